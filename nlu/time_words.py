"""The words of time: each is a pattern and a reader that narrows a wider stretch to a nearer one.

Pure. A stretch is half open and naive, in the zone of the message. `nlu.times` joins the words to expressions.
"""

from __future__ import annotations

import calendar
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
    """So many days from a first one on."""
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
    """「2026.05」."""
    return _months(int(get("a")), int(get("b")))


def month_day(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「5月3号」 「09-01」."""
    month, day = number(get("a")), number(get("b"))
    if month is None or day is None:
        return None
    found = _nearest(lambda y: date(y, month, day) if day <= calendar.monthrange(y, month)[1] else None, at, outer)
    return days(found, 1, DAY) if found else None


def named_year(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「2026年」 「零七年」."""
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
    """「去年」."""
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
    """「年底」 「上半年」."""
    month, count = _YEAR_PARTS[(get("w") or get("v") or get("x")).rstrip("年")]
    return _months(outer.begin.year if outer else at.year, month, count, SEASON)


def quarter(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「第三季度」 「上个季度」."""
    year, word = outer.begin.year if outer else at.year, get("n") or get("r")
    steps = {"本": 0, "这": 0, "上": -1, "下": 1, "上上": -2, "下下": 2, "上一": -1, "下一": 1}
    if word in steps:
        first = shifted(date(at.year, (at.month - 1) // 3 * 3 + 1, 1), 3 * steps[word])
        return _months(first.year, first.month, 3, SEASON)
    which = 1 if word == "首" else number(word.lstrip("Qq"))
    return _months(year, which * 3 - 2, 3, SEASON) if which and 1 <= which <= 4 else None


def season(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「夏天」, by the solar terms."""
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
    return _months(first.year, first.month) if first else None


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
    """「上个月」."""
    first = shifted(at.date().replace(day=1), _STEPS[get("w")])
    return _months(outer.begin.year if outer else first.year, first.month)


def some_months(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「前七个月」 「后三月」 of a year."""
    count = number(get("n"))
    if outer is None or not count or count > 12:
        return None
    return _months(outer.begin.year, 1 if get("w") in "前头" else 13 - count, count, SEASON)


def month_part(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「月底」 「上旬」."""
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
    begin = base.begin + a * DAYS if a >= 0 else datetime(base.begin.year, base.begin.month, 25)
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
    """「上个星期三」 「周末」."""
    monday = at.date() - at.weekday() * DAYS + 7 * _STEPS[get("w") or ""] * DAYS
    if outer is not None and outer.level == WEEK:
        monday = outer.begin.date()
    word = get("d")
    if word == "末":
        return days(monday + 5 * DAYS, 2, DAY)
    return days(monday + _WEEKDAYS[word] * DAYS, 1, DAY)


def week(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「下周」."""
    return days(at.date() - at.weekday() * DAYS + 7 * _STEPS[get("w")] * DAYS, 7, WEEK)


def nth_week(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「第三周」 and 「第一个周二」 of a month, 「第三十七个星期」 of a year."""
    which = -1 if get("n") in ("最后一", "最末一") else number(get("n"))
    if outer is None or not which:
        return None
    if get("d"):
        day = nth_weekday(outer.begin.year, outer.begin.month, _WEEKDAYS[get("d")], which)
        return days(day, 1, DAY) if day else None
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
    if month or (outer and outer.lunar):
        number_of = (
            outer.lunar % 100
            if outer and outer.lunar
            else {"正": 1, "冬": 11, "腊": 12}.get(month) or number(month) or 0
        )
        year = outer.lunar // 100 if outer and outer.lunar else outer.begin.year if outer else lunar_year(at.date())
        found = lunar_date(year, number_of, day, leap=bool(get("leap")))
        return days(found, 1, DAY) if found else None
    now = lunar_month_of(at.date())
    found = lunar_date(*now, day) if now and outer is None else None
    return days(found, 1, DAY) if found else None


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
    """「昨天」."""
    return days(at.date() + _RELATIVE_DAYS[get("w")] * DAYS, 1, DAY)


def festival(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「端午节」 「清明」."""
    name = get("w")
    found = _nearest(lambda y: festival_date(name, y), at, outer)
    return days(found, 1, DAY) if found else None


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
    """「双抢」 「暑假」."""
    month, day, count = TIMES_OF_YEAR[get("w")]
    found = _nearest(lambda y: date(y, month, day), at, outer)
    return days(found, count, MONTH) if found else None


def head_month(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """The first number of 「3-5月」."""
    month = number(get("n"))
    first = _nearest(lambda y: date(y, month, 1), at, outer) if month and 1 <= month <= 12 else None
    return _months(first.year, first.month) if first else None


def decade(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「上世纪80年代」 「18世纪」."""
    word, tens = get("c"), get("d")
    named = {"上": at.year // 100, "本": at.year // 100 + 1, "": at.year // 100}
    century = named.get(word) or number(word) or 0
    if not tens:
        return Stretch(datetime(century * 100 - 100, 1, 1), datetime(century * 100, 1, 1), 0) if century > 1 else None
    ten = number(tens)
    if ten is None or ten % 10 or century < 2:
        return None
    first, part = century * 100 - 100 + ten, get("x")
    a, b = {"初": (0, 3), "前": (0, 3), "中": (3, 7), "末": (7, 10), "后": (7, 10)}.get(part[:1], (0, 10))
    return Stretch(datetime(first + a, 1, 1), datetime(first + b, 1, 1), 0)
