"""The names known in a grid: its own list of places and its area, found as written, in short, or as they sound.

Pure. The longest name wins; 「锦绣」 stands for 锦绣家园 only where no other estate begins so and nothing makes it another name.
An entry of the list may carry other and former names of the place: `锦绣家园=老棉纺厂宿舍,锦绣小区`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.sounding import Heard, Sounds, heard, tuned
from nlu.understanding import Surroundings

_SHORT = re.compile(r"(?:家园|花园|花苑|佳园|嘉园|小区|新城|新村|公寓|华庭|豪庭|名城|名苑|雅苑|佳苑|家苑|苑|府|城)$")
_PHASE = re.compile(r"(?:[一二三四五六\d]期|[东西南北][区苑])$")
_AFTER_SHORT = (
    r"(?=$|[\W\dA-Za-z_]|[一二三四五六七八九十]{1,3}[栋幢期单号]|[东西南北]门|[东西南北]区|"
    r"[那这咯里的门后前旁对附楼停也都又是有]|物业|小区)"
)
_ALSO = re.compile(r"[,，、]")
_ESTATE = re.compile(
    r"(?:家园|花园|小区|苑|新城|新村|公寓|佳园|嘉园|府|华庭|城|[一二三四五六\d]期|[东西南北]区|庭|郡|大厦|里|家属院|宿舍)$"
)


def known_places(line: str, around: Surroundings) -> list[tuple[int, int, str]]:
    """Where names known in the grid stand: (start, end, element), none over another."""
    pattern, elements, sounds = _names(tuple(around.places), tuple(sorted(around.area.items())))
    if pattern is None:
        return []
    found = [(m.start(), m.end(), elements.get(m.group(), "estate")) for m in pattern.finditer(line)]
    alike = [(h.start, h.end, elements[h.name]) for h in heard(line, sounds) if not _over(h, found)]
    return sorted(found + alike) if alike else found


def _over(sound: Heard, found: list[tuple[int, int, str]]) -> bool:
    return any(start < sound.end and sound.start < end for start, end, _ in found)


def _entry(place: str) -> tuple[str, ...]:
    """The names of one entry of the list, the proper one first."""
    name, _, others = place.replace("＝", "=").partition("=")
    return tuple(word for word in (part.strip() for part in (name, *_ALSO.split(others))) if word)


@lru_cache(maxsize=256)
def _names(
    places: tuple[str, ...], area: tuple[tuple[str, str], ...]
) -> tuple[re.Pattern[str] | None, dict[str, str], Sounds]:
    """A pattern of the known names and of their unambiguous short forms, the element of each, and how each sounds."""
    owners = {name: names[0] for names in map(_entry, places) for name in names if len(name) >= 2}
    elements = {name: _kind(own) for name, own in owners.items()}
    elements |= {name: element for element, name in area if len(name) >= 2 and element in ("county", "town", "village")}
    shorts: dict[str, set[str]] = {}
    for name, element in elements.items():
        short = _SHORT.sub("", _PHASE.sub("", name))
        if element == "estate" and len(short) >= 2 and short not in elements:
            shorts.setdefault(short, set()).add(_PHASE.sub("", owners[name]))
    single = {short: "estate" for short, whose in shorts.items() if len(whose) == 1}
    if not elements:
        return None, {}, tuned(())
    whole = "|".join(re.escape(n) for n in sorted(elements, key=len, reverse=True))
    some = "|".join(re.escape(n) for n in sorted(single, key=len, reverse=True))
    pattern = re.compile(whole + (rf"|(?:{some}){_AFTER_SHORT}" if some else ""))
    return pattern, single | elements, tuned(single | elements)


def _kind(name: str) -> str:
    """The element of a name known in a grid, by its ending."""
    if name.endswith(("路", "街", "巷", "大道", "弄", "巷子")) and not name.endswith("步行街"):
        return "road"
    if name.endswith(("村", "社区", "居委会")) and not name.endswith("新村"):
        return "village"
    if name.endswith(("组", "屋场")):
        return "group"
    return "estate" if _ESTATE.search(name) else "landmark"
