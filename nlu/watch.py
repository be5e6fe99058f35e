"""Watching for signals by words. Law: an emergency is missed last; a look-alike calms it only by its own words.

A pattern that raises a signal is tried only where one of the letters that it needs stands in the text, so that ordinary talk
costs next to nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from nlu.taxonomy import ESCALATION, Calm, Domain

RARE = -16.0


@dataclass(frozen=True, slots=True)
class Raised:
    """A signal whose words stand in the text, and whether other words there calm it."""

    code: str
    calm: bool


def said_by(raised: Iterable[Raised]) -> str:
    """What the words say of an emergency: one is "raised", or "calmed" again by others of them, or "unraised"."""
    calm = [found.calm for found in raised]
    return "unraised" if not calm else "calmed" if all(calm) else "raised"


@dataclass(frozen=True, slots=True)
class Watcher:
    """The compiled words. `keys` leads from a letter to the patterns that need it; `always` are those that need none.

    `calms` hold for all signals, `calms_by` for one each.
    """

    keys: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]]
    always: tuple[tuple[str, re.Pattern[str]], ...]
    calms: tuple[Calm, ...]
    calms_by: Mapping[str, tuple[Calm, ...]]
    sensitive: re.Pattern[str] | None
    escalation: re.Pattern[str] | None

    def raised(self, text: str) -> tuple[Raised, ...]:
        """The signals that the words of this spelt text raise, in the order of the file."""
        text = text.lower()
        found: dict[str, None] = {}
        for letter in dict.fromkeys(text):  # a pattern may be tried twice; to remember it would cost more
            for code, pattern in self.keys.get(letter, ()):
                if code not in found and pattern.search(text):
                    found[code] = None
        for code, pattern in self.always:
            if code not in found and pattern.search(text):
                found[code] = None
        if not found:
            return ()
        shared = _calmed(self.calms, text)
        return tuple(Raised(code, shared or _calmed(self.calms_by[code], text)) for code in self._ordered(found))

    def _ordered(self, found: Iterable[str]) -> list[str]:
        order = list(self.calms_by)
        return sorted(found, key=order.index)


def _calmed(calms: Iterable[Calm], text: str) -> bool:
    return any(_stands(calm.words, text) and not _stands(calm.unless, text) for calm in calms)


def _stands(patterns: tuple[str, ...], text: str) -> bool:
    return any(_compiled(pattern).search(text) for pattern in patterns)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern compiled when it is first needed: few texts need to be calmed. A dot stands for a line break too."""
    return re.compile(pattern, re.DOTALL)


def watcher(domain: Domain, common: Mapping[str, float] | None = None) -> Watcher:
    """The watcher of this domain's words; `common` (log frequency by letter) makes it quicker."""
    keys: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    always: list[tuple[str, re.Pattern[str]]] = []
    for watch in domain.watches:
        for source in watch.raise_:
            pattern = re.compile(source)
            needed = letters_needed(source, common)
            if needed is None:
                always.append((watch.code, pattern))
            for letter in sorted(needed or ()):
                keys.setdefault(letter, []).append((watch.code, pattern))
    hints = [word for code, words in domain.sensitive.items() if code != ESCALATION for word in words]
    return Watcher(
        keys={letter: tuple(patterns) for letter, patterns in keys.items()},
        always=tuple(always),
        calms=domain.calms,
        calms_by={watch.code: watch.calms for watch in domain.watches},
        sensitive=_any([re.escape(word) for word in hints]),
        escalation=_any([re.escape(word) for word in domain.sensitive.get(ESCALATION, ())]),
    )


def _any(patterns: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(patterns)
    return re.compile(joined) if joined else None


def letters_needed(pattern: str, common: Mapping[str, float] | None = None) -> frozenset[str] | None:
    """Letters of which every match of the pattern holds at least one; None where that cannot be told.

    Of several such sets it is the rarest, by how `common` each letter is (the log frequency).
    """
    return _needed(_parser.parse(pattern), common or {})


def _needed(items: Any, common: Mapping[str, float]) -> frozenset[str] | None:
    best: frozenset[str] | None = None
    for kind, detail in items:
        letters = _needed_of(kind, detail, common)
        if letters is not None and (best is None or _weight(letters, common) < _weight(best, common)):
            best = letters
    return best


def _weight(letters: frozenset[str], common: Mapping[str, float]) -> float:
    return sum(math.exp(common.get(letter, RARE)) for letter in sorted(letters))


def _needed_of(kind: Any, detail: Any, common: Mapping[str, float]) -> frozenset[str] | None:
    if kind is _constants.LITERAL:
        return frozenset(chr(detail))
    if kind is _constants.IN:
        literals = [chr(value) for name, value in detail if name is _constants.LITERAL]
        return frozenset(literals) if len(literals) == len(detail) else None
    if kind is _constants.SUBPATTERN:
        return _needed(detail[3], common)
    if kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        return _needed(detail[2], common) if detail[0] else None
    if kind is _constants.BRANCH:
        parts = [_needed(branch, common) for branch in detail[1]]
        known = [part for part in parts if part is not None]
        return frozenset().union(*known) if len(known) == len(parts) else None
    return None
