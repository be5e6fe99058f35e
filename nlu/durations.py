"""Lengths of time: how long something lasts, how long ago it was, how soon it will be.

Pure. 「三天了」 lasts and is open at its end; 「三天前」 and 「三天内」 are a `when`. A vague length is read as its nearest bound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from nlu.lunar import shifted
from nlu.numerals import VAGUE, amount

_DAY = timedelta(days=1)
_UNITS = {
    "年": "年",
    "载": "年",
    "月": "月",
    "周": "周",
    "星期": "周",
    "礼拜": "周",
    "天": "天",
    "日": "天",
    "夜": "天",
    "工作日": "天",
    "交易日": "天",
}
_UNITS |= {"小时": "时", "钟头": "时", "时": "时", "刻钟": "刻", "分钟": "分", "分": "分", "秒": "秒", "秒钟": "秒"}
_SIZES = {"年": 365 * _DAY, "月": 30 * _DAY, "周": 7 * _DAY, "天": _DAY}
_SIZES |= {
    "时": timedelta(hours=1),
    "刻": timedelta(minutes=15),
    "分": timedelta(minutes=1),
    "秒": timedelta(seconds=1),
}
_ONE = (
    rf"(?:{VAGUE}(?:\s?[-~—－到至]\s?\d{{1,3}})?)\s?(?:个?(?:多|半)?(?:小时|钟头|星期|礼拜)|个(?:多|"
    rf"半)?月|个(?:工作|交易)日|(?:年(?!代)|周(?![一二三四五六日末天岁年围边])|天)(?:多|半)?"
    r"|分钟|秒钟?|刻钟|分半|载)"
)
_NUMBER_MONTH = (
    r"(?:半|仨|(?<=近)[一二两三四五六\d]{1,2}|数|(?<=整)[一二两三四五六])个?月|(?:3[2-9]|[4-9]\d|"
    r"\d{3,4})日|\d{1,2}\s?[-~—－]\s?\d{1,3}日"
)
LENGTH = re.compile(
    r"(?P<prefix>(?:最近|近|过去|之前|未来|今后|接下来|之后|往后|再过|再等|过|再|还有|还要|还剩|剩|等|"
    r"(?:前|上|头|下)(?=\s?[两二三四五六七八九十几\d]))(?:的|这)?\s?)?"
    rf"(?<![第\d.,])(?P<body>(?:{_ONE}|{_NUMBER_MONTH})(?:\s?[又零]?\s?(?:{_ONE}|"
    rf"\d{{1,2}}时))?)(?P<half>半)?(?:左右|上下|整)?"
    r"(?P<tail>\s?(?:以前|之前|前(?![几天面门头后])|以后|之后|过后|后(?![天面门头来半])|以内|之内|内|"
    r"以来|来(?![了的往]))|(?:多)?(?:以上|以下))?"
)
_PIECE = re.compile(
    rf"(?P<n>{VAGUE}|仨|数)\s?(?:[-~—－到至]\s?(?P<to>\d{{1,3}}))?\s?个?(?P<more>多|半)?(?P<unit>小时|"
    rf"钟头|星期|礼拜|工作日|交易日|刻钟|分钟|秒钟|[年载周天日月时分秒夜])(?P<half>[半多])?"
)
#: What makes a length no length: an age, a school year, a price, a rate.
_NOT = re.compile(
    r"级|度(?!假)|纪|轻|四季|到晚|[一两三\d]{1,2}[次回]|[一二两三\d]+(?:块|元)|(?:\d+)?(?:块|元)|假|"
    r"班|游|\d|工资(?!没|不|冇|都)|租|卡|票|保修|质保|才|就(?:好|到)"
)
#: A year by its number, which is no length.
_YEAR = re.compile(
    r"(?:(?:1\d|20)\d\d|0\d|[零〇一二三四五六七八九]{3,4}|零[一二三四五六七八九]|两千[^年]{1,4}|"
    r"二千[^年]{1,4})\s?年(?!半)|\d\d年(?:也|那年|的时候|\d|[一二三四五六七八九十]{1,2}月|第)"
)
_EMPTY = frozenset(
    (
        "一天",
        "半天",
        "一年",
        "几年",
        "半年",
        "几天",
        "一分",
        "一周",
        "几周",
        "几个月",
        "几分钟",
        "几个小时",
        "一秒",
        "一秒钟",
        "一分钟",
    )
)
_LASTS = re.compile(r"\s?(?:时间|功夫)?(?:了|哒|嘎|啦|没|冇|不|都|还|也|过去|来|左右了|多了)")
LASTING = re.compile(
    r"一直以来|一直(?=[没冇不都在漏停堵黑臭响闹没还是这咯坏积])|一直(?=$|[\s，。,！!])|长期(?!投资|"
    r"合作|有效|招)|常年|(?:好|蛮|很|几)(?:久|多天|长时间|长一?段时间)(?:了|哒|没|冇)|好久(?:没|冇|了|"
    r"哒)|老早就|成天"
)


@dataclass(frozen=True, slots=True)
class Found:
    """An expression of time in the text; naive, and None is open. `lasts` says that it still goes on."""

    start: int
    end: int
    begin: datetime | None
    finish: datetime | None
    lasts: bool = False


def _size(body: str, half: bool) -> tuple[timedelta, str, float] | None:
    """How long, in which smallest unit, and how many months it makes of years and months."""
    total, months, smallest = timedelta(), 0.0, ""
    for piece in _PIECE.finditer(body):
        word = piece["n"]
        bounds = (3, 3) if word == "仨" else amount(word)
        if bounds is None:
            return None
        count = (
            float(bounds[1] or bounds[0])
            if word[-1] not in "多余来+"
            else float(bounds[0] if len(word) < 3 else int(bounds[0]) // 10 * 10)
        )
        if word[-1] in "多余来+" and (plain := amount(word[:-1])):
            count = plain[0]
        count = float(piece["to"]) if piece["to"] else count
        if piece["more"] == "半" or piece["half"] == "半" or half:
            count += 0.5
        smallest = _UNITS[piece["unit"]]
        if smallest in ("年", "月"):
            months += count * (12 if smallest == "年" else 1)
        total += _SIZES[smallest] * count
    return (total, smallest, months) if smallest else None


def _back(at: datetime, size: timedelta, months: float) -> datetime:
    """The instant so long before; whole months by the calendar. A negative length is ahead."""
    if not months:
        return at - size
    whole = int(months)
    day = shifted(at.date(), -whole)
    rest = timedelta(days=round((abs(months) - abs(whole)) * 30)) * (1 if months > 0 else -1)
    return datetime.combine(day, at.time()) - rest


def _around(at: datetime, unit: str, months: float) -> tuple[datetime, datetime]:
    """The day, month or year that an instant lies in, as wide as the unit it was counted in."""
    day = datetime.combine(at.date(), time())
    if unit == "年" and months % 12 == 0:
        return datetime(at.year, 1, 1), datetime(at.year + 1, 1, 1)
    if unit in ("年", "月"):
        first = at.date().replace(day=1)
        return datetime.combine(first, time()), datetime.combine(shifted(first, 1), time())
    if unit == "周":
        return day, day + 7 * _DAY
    return (day, day + _DAY) if unit == "天" else (at, at + _SIZES[unit])


def read_length(line: str, match: re.Match[str], at: datetime) -> Found | None:
    """What a length says, seen from `at`; None if it is none."""
    if _YEAR.match(line, match.start("body")):
        return None
    body, tail, prefix = match["body"], (match["tail"] or "").strip(), (match["prefix"] or "").strip().rstrip("的这")
    start, end = match.span()
    lasts = bool(_LASTS.match(line, end))
    if not tail and not prefix and body in _EMPTY and not lasts:
        return None
    if body == "半天" and not tail and line[end : end + 1] not in ("了", "哒", "嘎"):
        return None
    if _NOT.match(line, end) and not tail and not lasts:
        return None
    size = _size(body, bool(match["half"]))
    if size is None:
        return None
    try:
        return _meaning(start, end, at, size, prefix, tail)
    except (OverflowError, ValueError):
        return Found(start, end, None, None, lasts=True)


def _meaning(start: int, end: int, at: datetime, size: tuple[timedelta, str, float], prefix: str, tail: str) -> Found:
    length, unit, months = size
    today = datetime.combine(at.date(), time())
    if tail in ("前", "以前", "之前"):
        begin, finish = _around(_back(at, length, months), unit, months)
        return Found(start, end, begin, finish)
    ahead = _back(at, -length, -months)
    if tail in ("后", "以后", "之后", "过后"):
        begin, finish = _around(ahead, unit, months)
        return Found(start, end, begin, None if tail in ("以后", "之后") and unit not in ("分", "秒") else finish)
    if tail in ("内", "以内", "之内") and prefix not in ("近", "最近", "过去"):
        return Found(start, end, at, ahead)
    if prefix in ("未来", "今后", "接下来", "之后", "往后", "下"):
        begin = today + _DAY if unit == "天" else at
        return Found(start, end, begin, begin + length if unit == "天" else ahead)
    if prefix in ("再过", "过", "再", "再等", "等", "还有", "还要", "还剩", "剩"):
        return (
            Found(start, end, *_around(ahead, unit, months))
            if prefix in ("再过", "过")
            else Found(start, end, at, ahead)
        )
    begin = _back(at, length, months)
    if unit in ("年", "月", "周", "天") and length >= _DAY:
        begin = datetime.combine(begin.date(), time())
    if prefix in ("近", "最近", "过去", "之前", "前", "上", "头"):
        return Found(start, end, begin, at)
    return Found(start, end, begin, None, lasts=True)
