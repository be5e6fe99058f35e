"""The words of time: each is a pattern and a reader that narrows a wider stretch to a nearer one.

Pure. A stretch is half open and naive, in the zone of the message. `nlu.times` joins the words to expressions.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from nlu.lunar import (
    festival_date,
    lunar_date,
    lunar_month,
    lunar_month_of,
    lunar_year,
    nth_weekday,
    shifted,
)
from nlu.numerals import number

YEAR, SEASON, MONTH, WEEK, DAY, PART, CLOCK = range(1, 8)
DAYS = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `begin` to before `finish`. `part` is the part of the day that it lies in, `bare` a clock time without one."""

    begin: datetime
    finish: datetime
    level: int
    part: str = ""
    bare: bool = False
    lunar: int = 0
    dated: bool = True


#: What a group of the pattern matched, "" if nothing.
Get = Callable[[str], str]
Reader = Callable[[Get, "Stretch | None", datetime], "Stretch | None"]


def days(first: date, count: int, level: int) -> Stretch:
    begin = datetime.combine(first, time())
    return Stretch(begin, begin + count * DAYS, level)


def _year(year: int) -> Stretch:
    return Stretch(datetime(year, 1, 1), datetime(year + 1, 1, 1), YEAR)


def _months(year: int, month: int, count: int = 1, level: int = MONTH) -> Stretch:
    first = date(year, month, 1)
    return Stretch(datetime.combine(first, time()), datetime.combine(shifted(first, count), time()), level)


def _nearest(make: Callable[[int], date | None], at: datetime, outer: Stretch | None, far: int = 240) -> date | None:
    """The day that `make` gives for the year meant: the one of `outer`, else this year unless another is much nearer."""
    if outer is not None:
        return make(outer.begin.year)
    days = [d for year in (at.year, at.year - 1, at.year + 1, at.year - 2, at.year - 3) if (d := make(year))]
    if not days:
        return None
    return days[0] if abs((days[0] - at.date()).days) <= far else min(days[:3], key=lambda d: abs((d - at.date()).days))


# ---------------------------------------------------------------- readers


def full(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「2026-05-12」 「12/5/2026」 「20260512」."""
    numbers = [int(get(g)) for g in "abc"]
    if numbers[0] < 1000 <= numbers[2]:
        numbers = [numbers[2], numbers[1], numbers[0]]
    elif numbers[0] < 100 and numbers[2] < 100:
        numbers = (
            [numbers[0] + 2000, *numbers[1:]]
            if numbers[0] > 12 or numbers[2] <= 12
            else [numbers[2] + 2000, numbers[1], numbers[0]]
        )
    return days(date(*numbers), 1, DAY)


def year_month(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    return _months(int(get("a")), int(get("b")))


def month_day(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「5月3号」 「09-01」."""
    month, day = number(get("a")), number(get("b"))
    if month is None or day is None:
        return None
    found = _nearest(lambda y: date(y, month, day) if day <= calendar.monthrange(y, month)[1] else None, at, outer)
    return found and days(found, 1, DAY)


def named_year(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    digits = get("n") or get("m")
    year = number(digits)
    if year is None:
        return None
    if year < 100 and len(digits) == 2 and not any(c in "十百千" for c in digits):
        year += (at.year // 100) * 100
        year -= 100 if year > at.year + 10 else 0
    return _year(year)


_YEARS = {"大前": -3, "前": -2, "去": -1, "旧": -1, "上": -1, "上一": -1, "今": 0, "本": 0, "这一": 0, "同": 0, "当": 0}
_YEARS |= {"明": 1, "来": 1, "次": 1, "下": 1, "下一": 1, "后": 2, "大后": 3}


def relative_year(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    return _year(at.year + _YEARS[get("w")])


_YEAR_PARTS = {
    "初": (1, 2),
    "头": (1, 2),
    "底": (11, 2),
    "末": (11, 2),
    "尾": (11, 2),
    "中": (6, 2),
    "上半": (1, 6),
    "前半": (1, 6),
    "下半": (7, 6),
    "后半": (7, 6),
}
_SEASONS = {"春": (2, 4), "夏": (5, 5), "秋": (8, 7), "冬": (11, 7)}


def year_part(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    month, count = _YEAR_PARTS[(get("w") or get("v") or get("x")).rstrip("年")]
    return _months(outer.begin.year if outer else at.year, month, count, SEASON)


def quarter(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    year, word = outer.begin.year if outer else at.year, get("n") or get("r")
    steps = {"本": 0, "这": 0, "上": -1, "下": 1, "上上": -2, "下下": 2, "上一": -1, "下一": 1}
    if word in steps:
        first = shifted(date(at.year, (at.month - 1) // 3 * 3 + 1, 1), 3 * steps[word])
        return _months(first.year, first.month, 3, SEASON)
    which = 1 if word == "首" else number(word.lstrip("Qq"))
    return _months(year, which * 3 - 2, 3, SEASON) if which and 1 <= which <= 4 else None


def season(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    year = outer.begin.year if outer else at.year
    month, day = _SEASONS[get("w")]
    first = date(year, month, day)
    return Stretch(datetime.combine(first, time()), datetime.combine(shifted(first, 3), time()), SEASON)


def month(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「5月」; 「正月」「腊月」「农历四月」 by the moon."""
    word = get("n")
    month = {"正": 1, "冬": 11, "腊": 12, "首": 1}.get(word) or number(word)
    if month is None or not 1 <= month <= 12:
        return None
    if get("l") or word in "正冬腊":
        year = outer.begin.year if outer else lunar_year(at.date())
        found = lunar_month(year, month, leap=bool(get("leap")))
        return replace(days(found[0], found[1], MONTH), lunar=year * 100 + month) if found else None
    first = _nearest(lambda y: date(y, month, 1), at, outer)
    return first and _months(first.year, first.month)


_STEPS = {
    "上上": -2,
    "上": -1,
    "上一": -1,
    "前": -1,
    "这": 0,
    "咯": 0,
    "本": 0,
    "当": 0,
    "同": 0,
    "下": 1,
    "下一": 1,
    "次": 1,
    "下下": 2,
    "": 0,
    "每": 0,
    "逢": 0,
}


def relative_month(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    first = shifted(at.date().replace(day=1), _STEPS[get("w")])
    return _months(outer.begin.year if outer else first.year, first.month)


def some_months(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「前七个月」 「后三月」 of a year."""
    count = number(get("n"))
    if outer is None or not count or count > 12:
        return None
    return _months(outer.begin.year, 1 if get("w") in "前头" else 13 - count, count, SEASON)


def month_part(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    base = outer or _months(at.year, at.month)
    a, b = {
        "上": (0, 10),
        "中": (10, 20),
        "下": (20, 31),
        "初": (0, 5),
        "底": (-6, 31),
        "末": (-6, 31),
        "尾": (-6, 31),
    }[get("w")[0]]
    begin = base.begin + a * DAYS if a >= 0 else base.finish + a * DAYS - (0 if base.finish.day == 1 else 0) * DAYS
    if a < 0:
        begin = max(base.begin, datetime(base.begin.year, base.begin.month, 25))
    return Stretch(begin, min(base.finish, base.begin + b * DAYS), WEEK)


def some_days(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「前两天」 「最后五天」 of a month."""
    count = number(get("n"))
    if outer is None or not count or count > 31:
        return None
    if get("w") in ("前", "头"):
        return Stretch(outer.begin, outer.begin + count * DAYS, DAY)
    return Stretch(outer.finish - count * DAYS, outer.finish, DAY)


_WEEKDAYS = {c: i for i, c in enumerate("一二三四五六日")} | {"天": 6} | {str(i + 1): i for i in range(7)}


def weekday(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    monday = at.date() - at.weekday() * DAYS + 7 * _STEPS[get("w") or ""] * DAYS
    if outer is not None and outer.level == WEEK:
        monday = outer.begin.date()
    word = get("d")
    if word == "末":
        return days(monday + 5 * DAYS, 2, DAY)
    return days(monday + _WEEKDAYS[word] * DAYS, 1, DAY)


def week(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    return days(at.date() - at.weekday() * DAYS + 7 * _STEPS[get("w")] * DAYS, 7, WEEK)


def nth_week(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「第三周」 and 「第一个周二」 of a month, 「第三十七个星期」 of a year."""
    which = -1 if get("n") in ("最后一", "最末一") else number(get("n"))
    if outer is None or not which:
        return None
    if get("d"):
        day = nth_weekday(outer.begin.year, outer.begin.month, _WEEKDAYS[get("d")], which)
        return day and days(day, 1, DAY)
    first = outer.begin.date() if which > 0 else outer.finish.date()
    first += (-first.weekday() % 7) * DAYS
    return days(first + 7 * (which - 1 if which > 0 else which) * DAYS, 7, WEEK)


def day(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「3号」 of the month meant; alone of this month, or of the last one if it is far ahead."""
    day = number(get("n"))
    if day is None or not 1 <= day <= 31:
        return None
    if outer is not None:
        found = days(outer.begin.date() + (day - 1) * DAYS, 1, DAY) if outer.level == MONTH else None
        return found if found and found.finish <= outer.finish else None
    first = at.date().replace(day=1)
    if day - at.day > 20 or day > calendar.monthrange(first.year, first.month)[1]:
        first = shifted(first, -1)
    return days(first.replace(day=day), 1, DAY) if day <= calendar.monthrange(first.year, first.month)[1] else None


def lunar_day(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「初五」 「廿二」, after a month or of this lunar month."""
    word = get("n")
    day = number(word.replace("初", "").replace("廿", "二十").replace("卅", "三十"))
    month = get("m")
    if not day:
        return None
    if month or outer and outer.lunar:
        number_of = (
            outer.lunar % 100
            if outer and outer.lunar
            else {"正": 1, "冬": 11, "腊": 12}.get(month) or number(month) or 0
        )
        year = outer.lunar // 100 if outer and outer.lunar else outer.begin.year if outer else lunar_year(at.date())
        found = lunar_date(year, number_of, day, leap=bool(get("leap")))
        return found and days(found, 1, DAY)
    now = lunar_month_of(at.date())
    found = lunar_date(*now, day) if now and outer is None else None
    return found and days(found, 1, DAY)


_RELATIVE_DAYS = {
    "大前": -3,
    "前": -2,
    "昨": -1,
    "今": 0,
    "当": 0,
    "同": 0,
    "明": 1,
    "次": 1,
    "第二": 1,
    "后": 2,
    "大后": 3,
    "每": 0,
    "全": 0,
}


def relative_day(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    return days(at.date() + _RELATIVE_DAYS[get("w")] * DAYS, 1, DAY)


def festival(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    name = get("w")
    found = _nearest(lambda y: festival_date(name, y), at, outer)
    return found and days(found, 1, DAY)


TIMES_OF_YEAR = {
    "双抢": (7, 10, 30),
    "暑假": (7, 1, 62),
    "寒假": (1, 15, 35),
    "高考": (6, 7, 3),
    "中考": (6, 17, 3),
    "梅雨": (6, 1, 35),
    "汛期": (4, 1, 183),
}


def time_of_year(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    month, day, count = TIMES_OF_YEAR[get("w")]
    found = _nearest(lambda y: date(y, month, day), at, outer)
    return found and days(found, count, MONTH)


_PARTS = {
    "凌晨": (0, 5, "dawn"), "拂晓": (4, 6, "dawn"), "后半夜": (2, 5, "midnight"), "下半夜": (2, 5, "midnight"), "半夜": (23, 29, "midnight"),
    "深夜": (22, 29, "night"), "夜": (20, 29, "night"), "晚": (18, 24, "night"), "早": (6, 10, "morning"), "上午": (8, 12, "morning"),
    "中午": (12, 14, "noon"), "午后": (13, 15, "afternoon"), "下午": (12, 18, "afternoon"), "傍晚": (17, 19, "afternoon"),
    "白天": (8, 18, "morning"),
}  # fmt: skip
PART_WORDS = (
    ("后半夜", "后半夜|下半夜"), ("半夜", "(?:三更|大|深更)?半夜(?:三更|里)?|三更"), ("凌晨", "凌晨|拂晓|黎明"), ("深夜", "深夜"), ("傍晚", "傍晚|黄昏|夜边上?|晏边|擦黑|断黑"),
    ("晚", "(?:大)?晚上(?:头)?|晚间|晚|夜晚"), ("夜", "夜里头?|夜间|夜头|入夜|夜"), ("上午", "上午|午前"), ("下午", "下午|下昼"), ("午后", "午后|饭后"),
    ("中午", "中午|正午|晌午|午间|午"), ("早", "(?:大)?清早|早上(?:头)?|大早上|早晨|清晨|一早|早间|早|晨|天光|天亮|天[冇没]亮"), ("白天", "白天|日里"),
)  # fmt: skip


def _part_name(word: str) -> str:
    return next(name for name, pattern in PART_WORDS if re.fullmatch(pattern, word))


def part(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    name = _part_name(get("w"))
    first, last, part = _PARTS[name]
    day = outer.begin if outer else datetime.combine(at.date(), time())
    if outer and outer.level < DAY:
        return None
    if outer is None and ((part in ("midnight", "night") and last > 24) or (part == "night" and at.hour < 5)):
        day -= DAYS if at.hour < 20 else timedelta()
    return Stretch(day + first * HOUR, day + last * HOUR, PART, part=part, dated=outer is not None)


def _hour(hour: int, part: str) -> int:
    """The hour counted from midnight of the day, of an hour said in a part of the day; 24 and more are the next day."""
    if part == "afternoon" and 1 <= hour < 12:
        return hour + 12
    if part == "noon" and 1 <= hour <= 3:
        return hour + 12
    if part in ("night", "midnight"):
        if 5 <= hour < 12:
            return hour + 12
        if hour in (0, 12):
            return 24
        return hour + 24 if part == "night" and hour < 5 else hour
    return 0 if part == "dawn" and hour == 12 else hour


def time_of_day(hour: int, minute: int, exact: bool, outer: Stretch | None, at: datetime) -> Stretch | None:
    """A time of day: an hour long, or ten minutes if minutes were said."""
    if not (0 <= hour <= 24 and 0 <= minute < 60):
        return None
    part = outer.part if outer else ""
    if outer and outer.level < DAY:
        return None
    day = datetime.combine((outer.begin if outer and outer.dated else at).date(), time())
    if outer and outer.level == PART and outer.begin.hour == 0 and part == "night":
        day -= DAYS
    if outer and not outer.dated and part == "night" and outer.begin.date() < at.date():
        day -= DAYS
    shift = _hour(hour, part)
    undated = outer is None
    if undated and 1 <= hour <= 5 and at >= day + (hour + 12) * HOUR:
        shift += 12
    begin = day + shift * HOUR + timedelta(minutes=minute)
    if outer and not outer.dated and part == "midnight" and begin > at:
        begin -= DAYS
    length = timedelta(minutes=10) if exact else HOUR
    return Stretch(begin, begin + length, CLOCK, part=part, bare=not part and hour < 12, dated=not undated)


def clock(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    hour, rest = number(get("h")), get("m") or ""
    if hour is None:
        return None
    minute = {"半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45, "两刻": 30, "2刻": 30}.get(rest)
    if minute is None:
        minute = number(rest.removesuffix("分").removeprefix("过").removeprefix("零")) or 0 if rest else 0
    return time_of_day(hour, minute, bool(rest), outer, at)


def colon(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    return time_of_day(int(get("h")), int(get("m")), True, outer, at)


def head_clock(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """The first number of 「9-12点」."""
    hour = number(get("n"))
    return None if hour is None else time_of_day(hour, 0, False, outer, at)


def head_month(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    month = number(get("n"))
    first = _nearest(lambda y: date(y, month, 1), at, outer) if month and 1 <= month <= 12 else None
    return first and _months(first.year, first.month)


def decade(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「上世纪80年代」 「18世纪」."""
    word, tens = get("c"), get("d")
    century = (
        {"上": at.year // 100, "本": at.year // 100 + 1, None: at.year // 100}.get(word) or number(word or "") or 0
    )
    if tens is None:
        return Stretch(datetime(century * 100 - 100, 1, 1), datetime(century * 100, 1, 1), 0) if century > 1 else None
    ten = number(tens)
    if ten is None or ten % 10 or century < 2:
        return None
    first, part = century * 100 - 100 + ten, get("x")
    a, b = {"初": (0, 3), "前": (0, 3), "中": (3, 7), "末": (7, 10), "后": (7, 10)}.get((part or "")[:1], (0, 10))
    return Stretch(datetime(first + a, 1, 1), datetime(first + b, 1, 1), 0)


def now(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    return Stretch(at, at, CLOCK) if outer is None else None


_RECENT = {"刚才": 1 / 24, "刚刚": 1 / 24, "头先": 1 / 24, "方才": 1 / 24, "近": 14, "段": 30, "阵": 14}


def recent(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「刚才」 「最近」 「这两天」."""
    word = get("w")
    days = next((n for key, n in _RECENT.items() if key in word), 3)
    begin = at - days * DAYS
    if days >= 1:
        begin = datetime.combine(begin.date(), time())
    return Stretch(begin, at, CLOCK) if outer is None else None


def the_other_day(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「前几天」 「前日子」 「前阵子」: some days that are over."""
    far, near = (60, 7) if get("w")[-1] in "间子段期向" and "日" not in get("w") else (8, 1)
    today = datetime.combine(at.date(), time())
    return Stretch(today - far * DAYS, today - (near - 1) * DAYS, CLOCK) if outer is None else None
