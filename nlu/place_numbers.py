"""What a number in an address counts: buildings, units, floors, rooms, houses, lanes, groups and phases.

Each step takes one match of the grammar and returns where to look on.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from nlu.place_walk import Walk

Step = Callable[[Walk, "re.Match[str]"], int]
_COUNTED = re.compile(r"(?:[这那整每哪几半两另]|有|建|盖|起|买|一共|共|总共|只有)$")
_COUNT_AFTER = re.compile(r"楼?(?:都|全|的人|人都|之间|房子|还是|新|大楼|楼房)|楼(?![下上梯道顶栋里前后电层])")
_PIECE = re.compile(r"[0-9A-Za-z]+(?:室|号房)?")
#: Names of old settlements end so; what is built there is counted in phases of the same name.
_SETTLEMENTS = "湾冲坳塘坝垸岭坪洲嘴港坡咀垅"
_YEARS = range(1990, 2041)


def _building(walk: Walk, match: re.Match[str]) -> int:
    start, end = match.span()
    before, number = walk.line[max(0, start - 3) : start], match.group()
    counted = number[0] in "一二两三" and _COUNT_AFTER.match(walk.line, end)
    walk.settle(start)
    if walk.near(start) is None and (_COUNTED.search(before) or counted):
        return walk.skip(end)
    if number.endswith("栋楼"):
        end -= 1
        if _COUNT_AFTER.match(walk.line, end):
            return walk.skip(end)
    walk.add("building", start, end)
    return walk.tail(end)


def _numbered(element: str) -> Step:
    """A step for a number with its own word."""

    def step(walk: Walk, match: re.Match[str]) -> int:
        start, end = match.span()
        walk.add(element, start, end)
        return walk.tail(end)

    return step


def _floor(walk: Walk, match: re.Match[str]) -> int:
    start, end = match.span()
    layer = match.group().endswith("层")
    if layer and (walk.near(start) is None or walk.line[start - 1 : start] in ("第", "有", "共", "高")):
        return walk.skip(end)
    walk.add("floor", start, end)
    return walk.tail(end)


def _lane(walk: Walk, match: re.Match[str]) -> int:
    """「169弄」: the number of a road, or a lane of its own if a house follows."""
    start, end = match.span()
    near = walk.near(start)
    numbers_road = walk.postal and match.group().endswith("弄") and near is not None and near.element == "road"
    walk.add(
        "road_no" if numbers_road and not re.match(r"[-_]?\d{1,4}号(?!楼)", walk.line[end:]) else "road", start, end
    )
    return walk.tail(end)


def _dashed(walk: Walk, match: re.Match[str]) -> int:
    """「3-2-501」 and 「7-1101」: building, unit, room; after a building, unit and room."""
    start, end = match.span()
    near = walk.near(start)
    pieces = [m.span() for m in _PIECE.finditer(match.group())]
    if near is None and not walk.postal and not _roomlike(match.group()):
        return walk.skip(end)
    if len(pieces) == 3:
        elements = ["building", "unit", "room"]
    else:
        walk.settle(start)
        elements = ["unit" if near and near.element == "building" else "building", "room"]
    for element, (a, b) in zip(elements, pieces, strict=True):
        walk.add(element, start + a, start + b)
    return end


def _roomlike(number: str) -> bool:
    """Whether the last piece can be a room: no year, and few doors on a floor."""
    room = int(re.findall(r"\d+", number)[-1])
    return room not in _YEARS and 1 <= room % 100 <= 20


def _pair(walk: Walk, match: re.Match[str]) -> int:
    """「5-2」 behind a name: building and unit; behind a building, unit and room. Elsewhere it is a score."""
    start, end = match.span()
    near, middle = walk.touching(start), match.start("joint")
    if near and near.element in ("road", "group"):
        walk.add("road_no", start, end)
        return end
    if near is None or near.element not in ("estate", "landmark", "village", "building"):
        return walk.skip(end)
    first, second = ("unit", "room") if near.element == "building" else ("building", "unit")
    walk.add(first, start, middle)
    walk.add(second, middle + 1, end)
    return end


def _range(walk: Walk, match: re.Match[str]) -> int:
    """「806-808室」: rooms of one floor together; other numbers are a building and a room."""
    start, end = match.span()
    first, last = re.findall(r"\d+", match.group())
    if len(first) != len(last) or first[:-2] != last[:-2] or first >= last:
        return _dashed(walk, match)
    near = walk.touching(start)
    if (near is None or near.element in ("county", "town")) and not match.group().endswith("室"):
        return walk.skip(end)
    walk.add("road_no" if near and near.element == "road" else "room", start, end)
    return end


def _phase(walk: Walk, match: re.Match[str]) -> int:
    """「二期」「南区」: part of the estate before it, or an estate by itself."""
    start, end = match.span()
    last = walk.touching(start)
    if last and last.element in ("estate", "village", "landmark") and walk.formal and not _part_of_name(walk, match):
        walk.add("estate", start, end)
    elif last and last.element in ("estate", "village", "landmark"):
        walk.spans.pop()
        walk.add(last.element, last.start, end)
    else:
        walk.add("estate", walk.edge if 2 <= start - walk.edge <= 6 else start, end)
    return walk.tail(end)


def _part_of_name(walk: Walk, match: re.Match[str]) -> bool:
    """Whether a phase belongs to the name before it, which nothing else ends: 「某某四区」, 「某某市场A区」."""
    last = walk.spans[-1]
    if last.start == walk.guessed:
        return match.group().endswith("区") or last.end - last.start == 2
    lettered = match.group()[0].isascii() and match.group()[0].isalpha()
    return last.element == "landmark" and (lettered or last.text[-1] in _SETTLEMENTS)


def _house(walk: Walk, match: re.Match[str]) -> int:
    """「12号」: the number of a house, by what it follows."""
    start, end = match.span()
    near = walk.touching(start)
    element = _house_kind(walk, near.element or "", match) if near else None
    if near and (near.start == walk.guessed or (near.element == "estate" and near.text.endswith("村"))):
        element = "road_no"
    if _names(walk, near.element if near else None, match):
        return end
    if element is None:
        return walk.skip(end)
    walk.add(element, start, end)
    return walk.tail(end)


def _names(walk: Walk, before: str | None, match: re.Match[str]) -> bool:
    """Whether a small number begins a name, as in 「二号宾馆」: in an address, where no house can stand."""
    small = not re.match(r"\d\d", match.group()) and walk.line[match.end() : match.end() + 1].isalpha()
    return walk.postal and small and before in (None, "county", "town", "road_no")


def _house_kind(walk: Walk, before: str, match: re.Match[str]) -> str | None:
    digits = len(re.match(r"\d*", match.group())[0])  # type: ignore[index]
    if before in ("road", "village", "group", "town"):
        return "road_no"
    if before in ("estate", "landmark"):
        return "room" if digits >= (4 if before == "estate" else 3) else "building"
    if before == "building":
        inside = re.match(r"\d{3,4}(?!\d)", walk.line[match.end() :]) or (walk.postal and digits < 3)
        return "unit" if inside else "room"
    return "room" if before in ("unit", "floor") else None


def _bare(walk: Walk, match: re.Match[str]) -> int:
    """A number by itself: a room behind a building, a house behind a road."""
    start, end = match.span()
    near, number = walk.touching(start), match.group()
    element, digits = None, len(re.sub(r"\D", "", number))
    if near and near.element in ("building", "unit", "floor", "estate", "landmark"):
        element = "room" if 3 <= digits <= 5 else None
        if walk.postal and near.element in ("estate", "landmark") and (digits < 3 or not number[-1].isdigit()):
            element = "building"
    elif near and near.element == "road" and (number.isdigit() or walk.postal):
        element = "road_no"
    if element is None:
        return end if walk.postal and walk.line[end : end + 1].isalpha() else walk.skip(end)
    walk.add(element, start, end)
    return end


STEPS: dict[str, Step] = {
    "building": _building,
    "unit": _numbered("unit"),
    "floor": _floor,
    "room": _numbered("room"),
    "lane": _lane,
    "group": _numbered("group"),
    "triple": _dashed,
    "double": _dashed,
    "pair": _pair,
    "range": _range,
    "phase": _phase,
    "road_no": _house,
    "bare": _bare,
}
