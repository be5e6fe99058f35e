"""The public divisions of the city and the words that places end with, as data.

`load_gazetteer` reads `training_data/places.yaml`; everything else is pure. No real village, estate or road stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlu.page import read_page
from nlu.understanding import ELEMENTS


@dataclass(frozen=True)
class Gazetteer:
    """Divisions as (name, element), with their other names, and words by kind, each in the order of the file.

    `endings` are pairs (element, ending); `weak` are endings that need a number or a place word behind them. No name reaches
    across one of `breaks`, and `false_ends` only look like the end of a name.
    """

    divisions: tuple[tuple[str, str], ...] = ()
    endings: tuple[tuple[str, str], ...] = ()
    landmarks: tuple[str, ...] = ()
    junctions: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    relatives: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    false_ends: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    prefectures: tuple[str, ...] = ()

    def ending(self, element: str) -> tuple[str, ...]:
        """The endings of one element."""
        return tuple(word for name, word in self.endings if name == element)


EMPTY = Gazetteer()


def load_gazetteer(path: Path) -> Gazetteer:
    """The gazetteer of this file; raises `nlu.page.Fault` or OSError if it cannot be read."""
    page = read_page(path)
    counties, more = page.entries("counties"), page.data.get("more") or {}
    return Gazetteer(
        divisions=tuple(pair for county in counties for pair in _divisions(county)),
        endings=(*_endings(page.data.get("suffixes") or {}), *_endings(more)),
        landmarks=(*_words(page.data, "landmark"), *_words(more, "landmark")),
        relatives=(*_words(page.data, "relative"), *_words(more, "relative")),
        junctions=_words(page.data, "junction"),
        parts=_words(page.data, "part"),
        weak=_words(page.data, "weak"),
        breaks=_words(page.data, "breaks"),
        false_ends=_words(page.data, "false_ends"),
        provinces=_words(page.data, "provinces"),
        prefectures=_words(page.data, "prefectures"),
    )


def _endings(kinds: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(element, str(word)) for element, words in kinds.items() for word in words or () if element in ELEMENTS]


def _words(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(word) for word in data.get(key) or ())


def _divisions(county: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A county and its towns with all their names; a town also by its name without the last word."""
    found = [(str(name), "county") for name in (county["name"], *(county.get("also") or ()))]
    for town in county.get("towns") or ():
        found += [(str(name), "town") for name in (town["name"], *(town.get("also") or ()))]
    return found
