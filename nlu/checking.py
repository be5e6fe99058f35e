"""Checking the corpus: what `linli check` says of the training data. Law: it finds and names, and changes nothing.

An `error` must be mended before training; a `warning` wants a look; a `note` is a count.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nlu.corpus import HELD_OUT, Line, corpus_files, scan_text
from nlu.spelling import spell
from nlu.understanding import INTENTS

Weight = Literal["error", "warning", "note"]

LIKE = 0.75
SHORTEST_LIKE = 8
FEWEST, FEWEST_OF_LEAF, FEWEST_REGISTERS = 8, 60, 6
_MARKS = re.compile(r"[\s，。！？；：、,.!?;:~～…]+")
_PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_IDENTITY = re.compile(r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9])")
_CARD = re.compile(r"(?<![0-9])[0-9]{16,19}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: how grave, where, what, and what to do about it."""

    weight: Weight
    file: str
    line: int
    reason: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.file else ""
        return f"{self.weight}: {where}{self.reason}" + (f"; {self.remedy}" if self.remedy else "")


def check_corpus(folder: Path, categories: Collection[str] | None = None) -> Iterator[Problem]:
    """Every problem of the corpus under `training_data`, faults first, counts last."""
    lines: list[Line] = []
    for path in corpus_files(folder):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            yield Problem("error", str(path), 1, f"not UTF-8 ({error.reason})", "save the file as UTF-8")
            continue
        found, faults = scan_text(text, path, categories)
        lines += found
        for fault in faults:
            yield Problem("error", fault.file, fault.line, fault.reason, fault.remedy)
    yield from duplicates(lines)
    yield from near_duplicates(lines)
    yield from personal_data(lines)
    yield from balance(lines, categories or ())


def duplicates(lines: Sequence[Line]) -> Iterator[Problem]:
    """Lines that say the same, but for marks and spaces; graver where their labels differ."""
    seen: dict[str, Line] = {}
    for line in lines:
        bare = _bare(line.text)
        first = seen.setdefault(bare, line) if bare else line
        if first is line:
            continue
        where = f"{first.file}:{first.line}"
        if (first.intent, first.category) != (line.intent, line.category):
            reason = f"{line.text[:30]!r} is {line.intent} here, {first.intent} in {where}, or of another category"
            yield Problem("error" if len(bare) > 4 else "warning", line.file, line.line, reason, "decide for one")
        elif line.author == first.author:
            yield Problem("warning", line.file, line.line, f"the same as {where}", "remove one")


def near_duplicates(lines: Sequence[Line]) -> Iterator[Problem]:
    """Lines of the held-out hand that nearly repeat one of another hand: they would make the model look better than it is."""
    ours = [line for line in lines if line.author != HELD_OUT and len(_bare(line.text)) >= SHORTEST_LIKE]
    grams = [_grams(line.text) for line in ours]
    posts: dict[str, list[int]] = defaultdict(list)
    for place, names in enumerate(grams):
        for name in names:
            posts[name].append(place)
    for line in lines:
        if line.author != HELD_OUT or len(_bare(line.text)) < SHORTEST_LIKE:
            continue
        names = _grams(line.text)
        shared = Counter(place for name in names if len(posts[name]) < 200 for place in posts[name])
        for place, common in shared.most_common(1):
            likeness = common / len(names | grams[place])
            if likeness >= LIKE:
                reason = f"{100 * likeness:.0f} % like {ours[place].file}:{ours[place].line}: {line.text[:30]!r}"
                yield Problem("warning", line.file, line.line, reason, "write another, or move it to that hand")


def personal_data(lines: Sequence[Line]) -> Iterator[Problem]:
    """Lines with what looks like a phone, identity or card number."""
    for line in lines:
        for name, pattern in (("phone", _PHONE), ("identity", _IDENTITY), ("card", _CARD)):
            if pattern.search(spell(line.text)):
                yield Problem("error", line.file, line.line, f"it holds a {name} number", "write x for its digits")
                break


def balance(lines: Sequence[Line], categories: Collection[str] = ()) -> Iterator[Problem]:
    """How many lines each intent and each author has, and the categories with too few outside the held-out hand."""
    taught = [line for line in lines if line.author != HELD_OUT]
    by_author = Counter(line.author for line in lines)
    yield Problem("note", "", 0, "lines: " + ", ".join(f"{name} {count}" for name, count in sorted(by_author.items())))
    intents = Counter(line.intent for line in taught)
    yield Problem("note", "", 0, "taught: " + ", ".join(f"{name} {intents[name]}" for name in INTENTS))
    for name in INTENTS:
        if intents[name] < FEWEST:
            yield Problem("warning", "", 0, f"intent {name} has {intents[name]} lines", f"write {FEWEST} at least")
    leaves = Counter(line.category for line in taught)
    for code in sorted(code for code in categories if code[-1].isdigit()):
        registers = {tag for line in taught if line.category == code for tag in line.tags}
        if leaves[code] < FEWEST_OF_LEAF or len(registers) < FEWEST_REGISTERS:
            said = f"category {code} has {leaves[code]} lines in {len(registers)} registers"
            remedy = f"write {FEWEST_OF_LEAF} at least, in {FEWEST_REGISTERS}"
            yield Problem("warning", "", 0, said, remedy)


def _bare(text: str) -> str:
    return _MARKS.sub("", spell(text)).lower()


def _grams(text: str) -> frozenset[str]:
    bare = _bare(text)
    return frozenset(bare[at : at + 3] for at in range(len(bare) - 2)) or frozenset({bare})
