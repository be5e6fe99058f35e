"""Times in a text: words of time joined to expressions, and what they say as intervals.

Pure and linear. An expression goes from the wide to the near (去年 5月 3号 晚上 八点); two make a range. What lasts until
the message (三天了, 从昨天开始) is a `since`, open at its end; everything else is a `when`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from nlu.durations import LASTING, LENGTH, Found, read_length
from nlu.numerals import plain
from nlu.time_rules import BY_NAME, WORD
from nlu.time_words import CLOCK, DAY, DAYS, HOUR, MONTH, PART, YEAR, Stretch
from nlu.understanding import Span, Surroundings

#: What a word of time or a length may begin with: looked for first, for speed.
_STARTS = re.compile(
    "[0-9Qq〇零一二两三四五六七八九十百千万几半数仨卅廿"
    "上下不中之个今传儿元光入全公再农冬凌刚初前剩劳午去双同后周咯国圣处夏夜大天头女好如妇寒小尾平年底建当往情惊愚感成拂"
    "接擦教整断新方旧日早明星春昨晌晏晚晨暑最月未末本来梅植次正此母每汛深清父现白百的目礼秋立端第等而腊芒谷过近还这逢重闰阴"
    "除雨霜青饭首高黄黎]"
)
_JOINT = re.compile(r"(?:\s{0,2}|的|\s?[,，(（]\s?(?=(?:星期|周|礼拜))|大约|约|大概|差不多|份)(?:大约|约)?")
_TO = re.compile(r"\s{0,2}(?:一直)?(?:到|至|[-~–—－～])\s{0,2}(?!现在|目前|今天为止)")
_LIST = re.compile(r"[，,、和]\s?")
_BEFORE = re.compile(
    r"\s?(?:或|及|以|或者)?(?:之|以)?前(?!后|天|日|阵|段|不|些|两|一|几|半|面|门|头|往|台|进|所|来|去|年|夫|妻)"
)
_AFTER = re.compile(r"\s?(?:或|及|或者)?(?:之|以|过)?后(?!天|面|门|头|来|勤|续|果|悔|台|年|期|半|边|院|山|街)")
_FROM = re.compile(r"(?:自从|从|自|打|由)\s?$")
_ONWARD = re.compile(
    r"\s?(?:的时候)?(?:就|才)?(?:开始(?!前|时)|起(?!了|来|床|火|诉|码|伏|因|色|飞|早|夜|风|雾|哄)|以来|"
    r"至今|到现在|到而今|到今天|到目前|到如今)(?:至今|到现在)?"
)
_AROUND = re.compile(r"\s?(?:前后|左右|上下)")
_UNTIL_NOW = re.compile(r"\s?(?:一直)?(?:到|至)(?:现在|目前|而今|如今|今天|今)")


_DENIED = re.compile(r"(?:不是|冇是|并非)(?:在)?\s?$")
_FROM_TODAY = frozenset(("weekday", "relative_day", "day_part", "next_day", "every_day"))
#: Words that stand for themselves and narrow nothing.
CLOSED = frozenset(("now", "recent", "other_day"))
NO_PART = re.compile(r"[提太还很好最更从]早|(?:早上|上午|中午|下午|晚上)好|[早晚]安|[午晚夜][饭休餐]|[吃做煮][早晚]")
NO_CLOCK = re.compile(r"(?:要求|建议|意见|原因|问题|希望|声明|一刻都|都不|没有|好处|坏处|钱|儿|水|点|不)")
CLOCK_NEAR = re.compile(r"(?:半|钟|多|左右|整|的时候|到|至|[-~—])")


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of time in the text."""

    match: re.Match[str]

    @property
    def level(self) -> int:
        return BY_NAME[self.match.lastgroup or ""].level

    @property
    def name(self) -> str:
        return self.match.lastgroup or ""

    def read(self, outer: Stretch | None, at: datetime) -> Stretch | None:
        """The stretch that the word says inside another one; None if it says none."""
        name = self.name

        def get(group: str) -> str:
            try:
                return self.match[f"{name}_{group}"] or ""
            except IndexError:
                return ""

        try:
            return BY_NAME[name].read(get, outer, at)
        except (ValueError, OverflowError, KeyError):
            return None


@dataclass(frozen=True, slots=True)
class _Expression:
    """Words that narrow one another: the stretches, widest first, with the last one as the meaning."""

    start: int
    end: int
    chain: tuple[Stretch, ...]
    names: tuple[str, ...]

    @property
    def meaning(self) -> Stretch:
        return self.chain[-1]


def find_times(text: str, around: Surroundings) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """What happened when, and what lasts since when."""
    line = plain(text)
    zone = around.at.tzinfo
    at = around.at.replace(tzinfo=None)
    found: list[Found] = []
    length, word = _search(LENGTH, line), _search(WORD, line)
    while length or word:
        if length and (not word or length.start() <= word.start()):
            took = read_length(line, length, at)
            if took is None:
                length = _search(LENGTH, line, length.start() + 1)
                continue
        elif word:
            took = _take(line, word, at)
        position = took.end if took else word.end() if word else 0
        if took and length and took.start == length.start() and found and found[-1].end == took.start and took.lasts:
            took = replace(
                took, start=found[-1].start, begin=found[-1].begin, finish=found[-1].finish, lasts=found.pop().lasts
            )
        if took and not _DENIED.search(line[max(0, took.start - 4) : took.start]):
            found.append(took)
        if length and length.start() < position:
            length = _search(LENGTH, line, position)
        if word and word.start() < position:
            word = _search(WORD, line, position)
    for match in LASTING.finditer(line):
        if not any(f.start < match.end() and match.start() < f.end for f in found):
            found.append(Found(match.start(), match.end(), None, None, lasts=True))
    found.sort(key=lambda f: f.start)
    when, since = ([_span(text, f, zone) for f in found if f.lasts is lasts] for lasts in (False, True))
    return tuple(when), tuple(since)


def _search(pattern: re.Pattern[str], line: str, position: int = 0) -> re.Match[str] | None:
    """As `pattern.search`, but only where a word of time may begin."""
    for start in _STARTS.finditer(line, position):
        if match := pattern.match(line, start.start()):
            return match
    return None


def _span(text: str, found: Found, zone: tzinfo | None) -> Span:
    begin, finish = (x and x.replace(tzinfo=zone) for x in (found.begin, found.finish))
    return Span(text[found.start : found.end], found.start, found.end, begin=begin, finish=finish)


def _expression(line: str, match: re.Match[str], at: datetime, outer: Stretch | None = None) -> _Expression | None:
    """As many words as narrow one another, from this one on; None if this one says nothing."""
    word = _Word(match)
    meaning = word.read(outer, at)
    if meaning is None:
        return None
    chain, names, end = [meaning], [word.name], match.end()
    while len(chain) < 8:
        joint = _JOINT.match(line, end)
        following = WORD.match(line, joint.end() if joint else end)
        if following is None and joint:
            following = WORD.match(line, end)
        if following is None:
            break
        word = _Word(following)
        if (
            word.name in ("weekday", "week")
            and chain[-1].level == DAY
            and (meaning.level < DAY or names[0] not in _FROM_TODAY)
        ):
            end = following.end()
            continue
        if word.level <= BY_NAME[names[-1]].level or names[-1] in CLOSED or word.name in CLOSED:
            break
        narrowed = word.read(chain[-1], at)
        if narrowed is None:
            break
        chain.append(narrowed)
        names.append(word.name)
        end = following.end()
    return _Expression(match.start(), end, tuple(chain), tuple(names))


def _take(line: str, match: re.Match[str], at: datetime) -> Found | None:
    """One expression or range from this word on, with what stands before and behind it."""
    first = _expression(line, match, at)
    if first is None or not _tells(line, first):
        return None
    origin = _FROM.search(line[max(0, first.start - 4) : first.start])
    start = first.start - len(origin[0]) if origin else first.start
    begin, finish, end = first.meaning.begin, first.meaning.finish, first.end
    second = _second(line, first, at)
    if second:
        end, finish = second.end, second.meaning.begin if second.meaning.level == CLOCK else second.meaning.finish
        if second.names == ("now",):
            return Found(start, end, begin, None, lasts=True)
    elif first.names[-1].startswith("head_"):
        return None
    if behind := _behind(line, Found(start, end, begin, finish), at):
        return behind
    if origin and not second and first.names != ("now",):
        return Found(start, end, begin, None, lasts=begin <= at)
    return Found(start, end, begin, finish)


def _behind(line: str, found: Found, at: datetime) -> Found | None:
    """The expression with the word behind it that opens it: 前, 后, 起, 以来, 到现在; or widens it: 前后."""
    start, end, begin, finish = found.start, found.end, found.begin, found.finish
    if match := _ONWARD.match(line, end) or _UNTIL_NOW.match(line, end):
        return Found(start, match.end(), begin, None, lasts=True)
    if match := _AROUND.match(line, end):
        wide = timedelta(days=3) if begin and finish and finish - begin >= DAYS else timedelta()
        return Found(start, match.end(), begin and begin - wide, finish and finish + wide)
    if match := _BEFORE.match(line, end):
        if begin and finish and begin > at and finish - begin >= DAYS:
            return Found(start, match.end(), at, finish)
        return Found(start, match.end(), None, begin)
    if match := _AFTER.match(line, end):
        other = WORD.match(line, match.end())
        limit = _expression(line, other, at) if other else None
        before = _BEFORE.match(line, limit.end) if limit else None
        if limit and before:
            return Found(start, before.end(), begin, limit.meaning.begin)
        return Found(start, match.end(), begin, None)
    return None


def _second(line: str, first: _Expression, at: datetime) -> _Expression | None:
    """The other end of a range, or the last of a list of days."""
    joint = _TO.match(line, first.end)
    match = WORD.match(line, joint.end()) if joint else None
    if joint is None or match is None:
        return _listed(line, first, at)
    name = match.lastgroup or ""
    level = BY_NAME[name].level
    outer = _shared(first, name, level)
    second = _expression(line, match, at, outer)
    if second is None and outer is not None:
        second = _expression(line, match, at)
    if second and second.meaning.level == CLOCK:
        second = _later(second, first)
    if second and second.meaning.finish <= first.meaning.begin and second.meaning.level != CLOCK:
        if outer and outer.level == YEAR:
            return _expression(line, match, at, Stretch(outer.finish, datetime(outer.finish.year + 1, 1, 1), YEAR))
        alone = _expression(line, match, at)
        second = alone if alone and alone.meaning.finish > first.meaning.begin else None
    return second


def _shared(first: _Expression, name: str, level: int) -> Stretch | None:
    """What the second end of a range takes over from the first: its year, month, day or part of the day."""
    begin = first.meaning.begin
    if name == "day" and first.meaning.level >= DAY:
        return Stretch(*_month_of(begin), MONTH)
    if (
        name in ("written_date", "month", "month_day")
        and first.meaning.level >= MONTH
        and (first.chain[0].level == YEAR or level == MONTH)
    ):
        return Stretch(datetime(begin.year, 1, 1), datetime(begin.year + 1, 1, 1), YEAR)
    if level < CLOCK and first.meaning.level < CLOCK and level <= DAY:
        return None
    return next((s for s in reversed(first.chain) if s.level < level and s.level != CLOCK), None)


def _month_of(day: datetime) -> tuple[datetime, datetime]:
    first = datetime(day.year, day.month, 1)
    following = (first + 32 * DAYS).replace(day=1)
    return first, following


def _later(second: _Expression, first: _Expression) -> _Expression:
    """The end of a range of clock times after its beginning: in the afternoon, or on the next day."""
    meaning, begin = second.meaning, first.meaning.begin
    if meaning.begin <= begin and second.chain[0].level >= PART:
        half_day = 12 * HOUR if meaning.bare and meaning.begin + 12 * HOUR > begin else DAYS
        days = max(0, (begin - meaning.begin).days)
        shift = days * DAYS + half_day
        meaning = replace(meaning, begin=meaning.begin + shift, finish=meaning.finish + shift)
    return replace(second, chain=(*second.chain[:-1], meaning))


def _listed(line: str, first: _Expression, at: datetime) -> _Expression | None:
    """「10号，11号，12号」: days that follow one another."""
    last, expression = None, first
    while (joint := _LIST.match(line, expression.end)) and (match := WORD.match(line, joint.end())):
        month = next((s for s in first.chain if s.level == MONTH), None)
        following = _expression(line, match, at, month) if match.lastgroup == "day" else None
        if following is None or following.meaning.begin != expression.meaning.finish:
            break
        last = expression = following
    return last


def _tells(line: str, expression: _Expression) -> bool:
    """Whether the expression is one: 「一点」 and 「早」 alone are none."""
    names, start, end = expression.names, expression.start, expression.end
    said = line[start:end]
    if names[0] == "part" and len(names) == 1:
        return len(said) > 1 and not NO_PART.search(line[max(0, start - 1) : end + 1])
    if names == ("clock",):
        if line[end : end + 1] in "零一二三四五六七八九度" and line[end : end + 1]:
            return False
        if said in ("一点", "两点", "几点", "1点", "2点"):
            return bool(
                CLOCK_NEAR.match(line, end)
                or _FROM.search(line[max(0, start - 2) : start])
                or (start > 0 and line[start - 1] in "到至-")
            )
        return not NO_CLOCK.match(line, end)
    return len(said) > 1
