"""The words of a day: its parts, the time by the clock, and what is near to now. Each reader narrows a wider stretch.

Pure. An hour said in a part of the day is counted from midnight of that day, so that the small hours of a night are the next day's.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from nlu.numerals import number
from nlu.time_words import CLOCK, DAY, DAYS, HOUR, PART, Get, Stretch

_PARTS = {
    "凌晨": (0, 5, "dawn"), "拂晓": (4, 6, "dawn"), "后半夜": (2, 5, "midnight"), "下半夜": (2, 5, "midnight"),
    "半夜": (23, 29, "midnight"),
    "深夜": (22, 29, "night"), "夜": (20, 29, "night"), "晚": (18, 24, "night"), "早": (6, 10, "morning"),
    "上午": (8, 12, "morning"),
    "中午": (12, 14, "noon"), "午后": (13, 15, "afternoon"), "下午": (12, 18, "afternoon"), "傍晚": (17, 19, "afternoon"),
    "白天": (8, 18, "morning"),
}  # fmt: skip
PART_WORDS = (
    ("后半夜", "后半夜|下半夜"), ("半夜", "(?:三更|大|深更)?半夜(?:三更|里)?|三更"), ("凌晨", "凌晨|拂晓|黎明"),
    ("深夜", "深夜"), ("傍晚", "傍晚|黄昏|夜边上?|晏边|擦黑|断黑"),
    ("晚", "(?:大)?晚上(?:头)?|晚间|晚|夜晚"), ("夜", "夜里头?|夜间|夜头|入夜|夜"), ("上午", "上午|午前"),
    ("下午", "下午|下昼"), ("午后", "午后|饭后"),
    ("中午", "中午|正午|晌午|午间|午"),
    ("早", "(?:大)?清早|早上(?:头)?|大早上|早晨|清晨|一早|早间|早|晨|天光|天亮|天[冇没]亮"), ("白天", "白天|日里"),
)  # fmt: skip


def _part_name(word: str) -> str:
    return next(name for name, pattern in PART_WORDS if re.fullmatch(pattern, word))


def part(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「晚上」: of the day given, or of the latest such night."""
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
    """「八点半」."""
    hour, rest = number(get("h")), get("m") or ""
    if hour is None:
        return None
    minute = {"半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45, "两刻": 30, "2刻": 30}.get(rest)
    if minute is None:
        minute = number(rest.removesuffix("分").removeprefix("过").removeprefix("零")) or 0 if rest else 0
    return time_of_day(hour, minute, bool(rest), outer, at)


def colon(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「20:30」."""
    return time_of_day(int(get("h")), int(get("m")), True, outer, at)


def head_clock(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """The first number of 「9-12点」."""
    hour = number(get("n"))
    return None if hour is None else time_of_day(hour, 0, False, outer, at)


def now(get: Get, outer: Stretch | None, at: datetime) -> Stretch | None:
    """「现在」."""
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
