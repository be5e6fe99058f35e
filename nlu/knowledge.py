"""Answers to common questions. Law: rather none than a wrong one, and none after its last day.

An entry answers when one of its questions and the text share most of what is rare in both, and no other entry comes near.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from nlu.spelling import spell
from nlu.taxonomy import Entry
from nlu.understanding import Knowledge
from nlu.words import Cutter

ENOUGH = 0.6
AHEAD = 0.08
SHORTEST = 4
LONGEST = 60
_EMPTY = frozenset(
    "的了吗呢啊呀吧么啵哦嘛请问一下想我你您们在有是个这那就都要怎么什么哪里多少可以能不能，。？！；：、 "
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The questions as weighed features: `posts` leads from a feature to (question, weight); `owner` from question to entry."""

    entries: tuple[Entry, ...]
    owner: tuple[int, ...]
    posts: Mapping[str, tuple[tuple[int, float], ...]]
    rarity: Mapping[str, float]
    rarest: float


def shelf(entries: Sequence[Entry], cutter: Cutter) -> Shelf:
    """The entries ready to be searched."""
    questions = [(number, question) for number, entry in enumerate(entries) for question in entry.questions]
    parts = [_parts(question, cutter) for _, question in questions]
    seen = Counter(part for names in parts for part in names)
    rarity = {part: float(np.log((1 + len(parts)) / times)) for part, times in seen.items()}
    posts: dict[str, list[tuple[int, float]]] = {}
    for number, names in enumerate(parts):
        length = _length(names, rarity, 1.0)
        for name in names:
            posts.setdefault(name, []).append((number, rarity[name] / length))
    return Shelf(
        entries=tuple(entries),
        owner=tuple(number for number, _ in questions),
        posts={name: tuple(pairs) for name, pairs in posts.items()},
        rarity=rarity,
        rarest=float(np.log(1 + len(parts))),
    )


def look_up(text: str, at: datetime, shelf: Shelf, cutter: Cutter) -> Knowledge | None:
    """The knowledge that answers this text on that day, or None."""
    spelt = spell(text)
    if not SHORTEST <= len(spelt) <= LONGEST:
        return None
    ranked = rank(spelt, shelf, cutter)
    if not ranked or ranked[0][0] < ENOUGH:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < AHEAD:
        return None
    entry = shelf.entries[ranked[0][1]]
    if entry.valid_until is not None and at.date() > entry.valid_until:
        return None
    return entry.knowledge


def rank(text: str, shelf: Shelf, cutter: Cutter) -> list[tuple[float, int]]:
    """The likeness of the text to each entry's nearest question, (likeness, entry), the likest first."""
    names = _parts(text, cutter)
    scores: dict[int, float] = {}
    for name in names:
        for question, weight in shelf.posts.get(name, ()):
            scores[question] = scores.get(question, 0.0) + weight * shelf.rarity[name]
    length = _length(names, shelf.rarity, shelf.rarest)
    best: dict[int, float] = {}
    for question, score in scores.items():
        owner = shelf.owner[question]
        best[owner] = max(best.get(owner, 0.0), score / length)
    return sorted(((score, owner) for owner, score in best.items()), key=lambda pair: (-pair[0], pair[1]))


def _length(names: Sequence[str], rarity: Mapping[str, float], unknown: float) -> float:
    return max(math.sqrt(sum(rarity.get(name, unknown) ** 2 for name in names)), 1e-9)


def _parts(text: str, cutter: Cutter) -> list[str]:
    """Words and pairs of letters that carry meaning, each once."""
    words = [cutter.variants.get(word, word) for word in cutter.cut(spell(text))]
    kept = [word for word in words if not set(word) <= _EMPTY]
    whole = "".join(kept)
    pairs = [whole[at : at + 2] for at in range(len(whole) - 1)]
    return list(dict.fromkeys([*("w" + word for word in kept), *pairs]))
