"""Varying: what a machine can vary in a line while it learns. Law: the same line varies the same way; nothing of it is stored.

The corpus is written as neighbours talk. Petitions name a place first, are cut down to a title and end in a plea; chatter comes in
long breaths. Such forms are made here of the corpus's own lines, with the words of `varying.yaml`.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from nlu.corpus import Line
from nlu.page import read_page

VARIED = ("complaint", "dispute", "emergency")
CHATTER = "chat"
LOOK_ALIKE = "hard"
SHORTEST_TITLE = 6
TITLE_WITH_PLACE = 0.7
PLEA_WITH_PLACE = 0.5
AREA_NAMED = 0.8
JOINED = (2, 2, 3, 3, 4, 5)
_CLAUSE = re.compile(r"[，。！？；：、,.!?;:\s]+")
_SLOT = re.compile(r"\{(name|short|number)\}")
_LISTS = ("areas", "places", "pleas", "openings", "questions", "joints")


@dataclass(frozen=True, slots=True)
class Variety:
    """The words that lines are varied with, and how many joined and placed lines of chatter there are for each line of it."""

    syllables: str
    areas: tuple[str, ...]
    places: tuple[str, ...]
    pleas: tuple[str, ...]
    openings: tuple[str, ...]
    questions: tuple[str, ...]
    joints: tuple[str, ...]
    joined: float = 0.7
    placed: float = 0.02


def read_variety(path: Path) -> Variety | None:
    """The variety of `varying.yaml`; None if there is no such file."""
    if not path.exists():
        return None
    page = read_page(path)
    lists = {name: page.strings(page.data.get(name), name) for name in _LISTS}
    if empty := [name for name in _LISTS if not lists[name]]:
        raise page.fault(f"no list under {empty[0]!r}", "write one entry at least", empty[0])
    syllables = str(page.data.get("syllables") or "")
    if not syllables:
        raise page.fault("no `syllables`", "write the syllables of invented names", "syllables")
    return Variety(
        syllables,
        areas=lists["areas"],
        places=lists["places"],
        pleas=lists["pleas"],
        openings=lists["openings"],
        questions=lists["questions"],
        joints=lists["joints"],
    )


def vary(lines: Sequence[Line], variety: Variety) -> list[Line]:
    """One more form of every matter, and joined chatter, in the order of the lines."""
    varied = [_matter(line, variety) for line in lines if line.intent in VARIED]
    by_author: dict[str, list[Line]] = {}
    for line in lines:
        if line.intent == CHATTER and line.sort != LOOK_ALIKE:
            by_author.setdefault(line.author, []).append(line)
    for author in sorted(by_author):
        varied += _chatter(by_author[author], variety)
    return varied


def place_name(variety: Variety, dice: Random) -> str:
    """An invented place, as a petition names one."""
    area = dice.choice(variety.areas) if dice.random() < AREA_NAMED else ""
    said = area + dice.choice(variety.places) or variety.areas[0]
    return _SLOT.sub(lambda slot: _filled(slot.group(1), variety, dice), said)


def _filled(slot: str, variety: Variety, dice: Random) -> str:
    if slot == "number":
        return str(dice.randint(1, 20))
    count = 2 if slot == "short" else dice.choice((2, 2, 2, 3))
    return "".join(dice.choice(variety.syllables) for _ in range(count))


def _dice(text: str) -> Random:
    return Random(zlib.crc32(text.encode("utf-8", "replace")))


def _matter(line: Line, variety: Variety) -> Line:
    dice = _dice(line.text)
    forms: list[Callable[[Line, Variety, Random], str]] = [_placed, _pleading]
    if max(map(len, _CLAUSE.split(line.text))) >= SHORTEST_TITLE:
        forms.append(_titled)
    if line.intent == "dispute":
        forms.append(_asking)
    return replace(line, text=dice.choice(forms)(line, variety, dice))


def _placed(line: Line, variety: Variety, dice: Random) -> str:
    return place_name(variety, dice) + line.text


def _titled(line: Line, variety: Variety, dice: Random) -> str:
    longest = max(_CLAUSE.split(line.text), key=len)
    return (place_name(variety, dice) if dice.random() < TITLE_WITH_PLACE else "") + longest


def _pleading(line: Line, variety: Variety, dice: Random) -> str:
    place = place_name(variety, dice) if dice.random() < PLEA_WITH_PLACE else ""
    return place + line.text.rstrip("。！？，") + dice.choice(variety.pleas)


def _asking(line: Line, variety: Variety, dice: Random) -> str:
    return dice.choice(variety.openings) + line.text.rstrip("。！？，") + dice.choice(variety.questions)


def _chatter(lines: Sequence[Line], variety: Variety) -> list[Line]:
    dice = _dice(lines[0].text)
    made = []
    for _ in range(int(len(lines) * variety.joined)):
        parts = [dice.choice(lines) for _ in range(dice.choice(JOINED))]
        made.append(replace(parts[0], text=dice.choice(variety.joints).join(part.text for part in parts)))
    for _ in range(int(len(lines) * variety.placed)):
        line = dice.choice(lines)
        made.append(replace(line, text=place_name(variety, dice) + line.text))
    return made
