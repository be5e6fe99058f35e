"""The calendar that people name days by: lunar dates, solar terms, festivals, and plain arithmetic on months.

Pure. Lunar years 1990 to 2059; a date outside them is None. The table was computed with the library `lunardate`.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import lru_cache

from nlu.numerals import listed

FIRST = 1990
#: For each lunar year: 4 hex digits of months with 30 days (lowest bit first), 1 of the leap month, 2 of days from 1 January.
_TABLE = listed("""
1e9251a 0e9202d 0d26022 0a56316 0a57028 14d681e 035a031 06d5025 16c951b 074902e 0693023 152b417 052b02a 0a5b01f
155a215 056a027 1b5571c 0ba4030 0b49025 1a93519 0a9502c 052d021 0aad416 0ab5028 15aa91e 05d2031 0da5026 1d4a61b
0d4a02e 0c95023 152e418 055602a 0ab501f 15b2215 06d2028 0ea561c 072502f 064b024 0c97519 0cab02b 055a021 0ad6316
0b69029 1752b1e 0b52031 0b25026 1a4b61b 0a4b02d 04ab022 055b517 05ad02a 0b6a01f 1b52215 0d92028 1d2571d 0d2502f
0a55024 14ad519 04b602c 05b5020 0daa316 0ec9029 1e9281f 0e92031 0d26026 0a5661b 0a5702d 0556022 06d5417 075502a
""")
_TERMS = (
    "小寒 大寒 立春 雨水 惊蛰 春分 清明 谷雨 立夏 小满 芒种 夏至 小暑 大暑 立秋 处暑 白露 秋分 寒露 "
    "霜降 立冬 小雪 大雪 冬至"
)
#: Days of the terms in this century: int(0.2422 × year + constant) less the leap days before.
_CONSTANTS: tuple[float, ...] = (5.4055, 20.12, 3.87, 18.73, 5.63, 20.646, 4.81, 20.1, 5.52, 21.04, 5.678, 21.37)
_CONSTANTS += (7.108, 22.83, 7.5, 23.13, 7.646, 23.042, 8.318, 23.438, 7.438, 22.36, 7.18, 21.94)
TERMS = {name: (i // 2 + 1, _CONSTANTS[i]) for i, name in enumerate(listed(_TERMS))}
FESTIVALS = {
    "元旦": (1, 1), "新年": (1, 1), "情人节": (2, 14), "女生节": (3, 7), "妇女节": (3, 8), "三八": (3, 8),
    "植树节": (3, 12), "愚人节": (4, 1),
    "劳动节": (5, 1), "五一": (5, 1), "青年节": (5, 4), "五四": (5, 4), "儿童节": (6, 1), "六一": (6, 1),
    "建党节": (7, 1), "七一": (7, 1),
    "建军节": (8, 1), "八一": (8, 1), "教师节": (9, 10), "国庆": (10, 1), "十一": (10, 1), "万圣节": (10, 31),
    "光棍节": (11, 11), "双十一": (11, 11),
    "双十二": (12, 12), "平安夜": (12, 24), "圣诞": (12, 25),
}  # fmt: skip
LUNAR_FESTIVALS = {
    "春节": (1, 1), "大年初一": (1, 1), "过年": (1, 1), "元宵": (1, 15), "端午": (5, 5), "七夕": (7, 7),
    "中元": (7, 15), "七月半": (7, 15),
    "中秋": (8, 15), "重阳": (9, 9), "腊八": (12, 8), "小年": (12, 24), "除夕": (12, 30), "大年三十": (12, 30),
    "年三十": (12, 30),
}  # fmt: skip
#: Festivals on a weekday of a month: (month, weekday, which one).
MOVING = {"母亲节": (5, 6, 2), "父亲节": (6, 6, 3), "感恩节": (11, 3, 4)}


@lru_cache(maxsize=128)
def _months(year: int) -> tuple[tuple[int, bool, date, int], ...]:
    """The months of a lunar year: (month, whether leap, first day, days)."""
    row = _TABLE[year - FIRST]
    sizes, leap, day = int(row[:4], 16), int(row[4], 16), date(year, 1, 1) + timedelta(int(row[5:], 16))
    names = [(m, again) for m in range(1, 13) for again in (False, True) if not again or m == leap]
    found = []
    for i, (month, again) in enumerate(names):
        days = 29 + (sizes >> i & 1)
        found.append((month, again, day, days))
        day += timedelta(days)
    return tuple(found)


def lunar_month(year: int, month: int, *, leap: bool = False) -> tuple[date, int] | None:
    """The first day of a lunar month and how many days it has."""
    if not 0 <= year - FIRST < len(_TABLE):
        return None
    return next(((first, days) for m, again, first, days in _months(year) if (m, again) == (month, leap)), None)


def lunar_date(year: int, month: int, day: int, *, leap: bool = False) -> date | None:
    """The day in the common calendar; a thirtieth that the month has not is its last."""
    found = lunar_month(year, month, leap=leap)
    if found is None or not 1 <= day <= 30:
        return None
    return found[0] + timedelta(min(day, found[1]) - 1)


def lunar_year(day: date) -> int:
    """The lunar year that a day lies in; the common year outside the table."""
    new_year = lunar_date(day.year, 1, 1)
    return day.year - 1 if new_year and day < new_year else day.year


def lunar_month_of(day: date) -> tuple[int, int] | None:
    """The lunar year and month that a day lies in."""
    year = lunar_year(day)
    if not 0 <= year - FIRST < len(_TABLE):
        return None
    return next(((year, m) for m, _, first, days in _months(year) if first <= day < first + timedelta(days)), None)


def festival_date(name: str, year: int) -> date | None:
    """The day of a festival or solar term in a year."""
    name = name.removesuffix("节") if name.removesuffix("节") in {**FESTIVALS, **LUNAR_FESTIVALS, **TERMS} else name
    if name in FESTIVALS:
        return date(year, *FESTIVALS[name])
    if name in LUNAR_FESTIVALS:
        return lunar_date(year, *LUNAR_FESTIVALS[name])
    if name in MOVING:
        month, weekday, which = MOVING[name]
        return nth_weekday(year, month, weekday, which)
    if name in TERMS and 1901 <= year <= 2099:
        month, constant = TERMS[name]
        short = year % 100
        return date(year, month, int(short * 0.2422 + constant) - ((short - 1) // 4 if month < 3 else short // 4))
    return None


def nth_weekday(year: int, month: int, weekday: int, which: int) -> date | None:
    """The first (1), second … or last (-1) such weekday of a month; Monday is 0."""
    days = [d for d in range(1, calendar.monthrange(year, month)[1] + 1) if date(year, month, d).weekday() == weekday]
    return date(year, month, days[which - 1 if which > 0 else which]) if abs(which) <= len(days) and which else None


def shifted(day: date, months: int) -> date:
    """The same day some months later or earlier, or the last of that month; raises ValueError outside years 1 to 9999."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    if not 1 <= year <= 9999:
        raise ValueError("outside the calendar")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
