"""The domain as data: leaves of complaints, kinds of disputes, emergencies. Law: what is wrong in a file is refused, with its line.

The files say what things are called, who handles them and which words point at them; nothing of that stands in code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from nlu.page import Page, read_page
from nlu.understanding import SIGNALS, Kind, Knowledge, Leaf, Lexicon, Signal

URGENCIES = ("P0", "P1", "P2", "P3", "P4", "Q")  # Q: a question, without a deadline
URGENCY_OF_TICKET = {"Q": "P4"}  # a ticket of a question has the longest deadline
PRIVACY = ("never", "by_words", "always")
KINDS = ("complaint", "dispute")
FACTS = ("place", "when", "since", "what", "people", "subject")
ESCALATION = "petition_collective"


@dataclass(frozen=True, slots=True)
class Calm:
    """Patterns that make a raised emergency none, save where one of `unless` stands in the text too."""

    words: tuple[str, ...]
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """The words of one emergency: `raise_` patterns point at it, `calms` at a look-alike."""

    code: str
    raise_: tuple[str, ...]
    calms: tuple[Calm, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One knowledge entry with the ways to ask it and the last day on which it holds."""

    knowledge: Knowledge
    questions: tuple[str, ...]
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Domain:
    """Everything the data files say besides the corpus.

    `names` are, by leaf, the words that residents use; `sensitive` the words by sensitive kind; `calms` hold for all signals.
    """

    lexicon: Lexicon
    groups: Mapping[str, str]
    names: Mapping[str, tuple[str, ...]]
    sensitive: Mapping[str, tuple[str, ...]]
    consultations: tuple[str, ...]
    calms: tuple[Calm, ...]
    watches: tuple[Watch, ...]
    entries: tuple[Entry, ...]

    @property
    def categories(self) -> frozenset[str]:
        """Every code that a line of the corpus may carry."""
        return frozenset(self.lexicon.leaves) | frozenset(self.consultations)


def read_domain(folder: Path) -> Domain:
    """The domain in this `training_data` folder; a fault in it is a `nlu.page.Fault`."""
    page = read_page(folder / "taxonomy.yaml")
    leaves, names = _leaves(page)
    calms, watches, signals = read_signals(folder / "signals.yaml")
    sensitive = {}
    for number, entry in enumerate(page.entries("sensitive", required=False)):
        code = page.text(entry, "code", "sensitive", number)
        sensitive[code] = page.strings(entry.get("words"), "sensitive", number, "words")
    return Domain(
        lexicon=Lexicon(leaves, signals),
        groups={str(entry["code"]): str(entry["name"]) for entry in page.entries("groups")},
        names=names,
        sensitive=sensitive,
        consultations=tuple(str(entry["code"]) for entry in page.entries("consultations", required=False)),
        calms=calms,
        watches=watches,
        entries=read_knowledge(folder / "knowledge.yaml", leaves),
    )


def _leaves(page: Page) -> tuple[dict[str, Leaf], dict[str, tuple[str, ...]]]:
    leaves: dict[str, Leaf] = {}
    names: dict[str, tuple[str, ...]] = {}
    for number, entry in enumerate(page.entries("leaves")):
        at = ("leaves", number)
        code = page.text(entry, "code", *at)
        if code in leaves:
            raise page.fault(f"code {code!r} stands twice", "give the second one a code of its own", *at, "code")
        questions = page.strings(entry.get("questions"), *at, "questions")
        if unknown := [question for question in questions if question not in FACTS]:
            raise page.fault(f"unknown question {unknown[0]!r}", "use " + ", ".join(FACTS), *at, "questions")
        name = page.text(entry, "name", *at)
        leaves[code] = Leaf(
            code=code,
            name=name,
            kind=cast(Kind, page.text(entry, "kind", *at, among=KINDS)),
            department=page.text(entry, "department", *at),
            urgency=URGENCY_OF_TICKET.get(urgency := page.text(entry, "urgency", *at, among=URGENCIES), urgency),
            private=page.text(entry, "private", *at, among=PRIVACY),
            questions=questions,
            mediable=bool((entry.get("codes") or {}).get("mediation18")),
        )
        names[code] = (name, *page.strings(entry.get("also"), *at, "also"))
        for other in [other for other in names if other != code and set(names[other]) & set(names[code])]:
            raise page.fault(f"{code} and {other} share a name", "call each by words of its own", *at, "also")
    return leaves, names


def read_signals(path: Path) -> tuple[tuple[Calm, ...], tuple[Watch, ...], dict[str, Signal]]:
    """What calms every signal, the watches in the order of SIGNALS, and what is shown for each signal."""
    if not path.exists():
        return (), (), {}
    page = read_page(path)
    urgent = _patterns(page, page.data, "urgent", ())
    recent = _patterns(page, page.data, "recent", ())
    watches: dict[str, Watch] = {}
    signals: dict[str, Signal] = {}
    for at, code, entry in _signal_entries(page):
        if code not in SIGNALS or code in signals:
            raise page.fault(f"unknown or doubled signal {code!r}", "use each of " + ", ".join(SIGNALS), *at)
        signals[code] = Signal(
            code=code,
            name=page.text(entry, "name", *at),
            numbers=page.strings(entry.get("numbers"), *at, "numbers"),
            safety=page.text(entry, "safety", *at),
            quiet=entry.get("quiet") is True,
        )
        watches[code] = Watch(code, _patterns(page, entry, "raise", at), _calms(page, entry, at, urgent, recent))
    calms = _calms(page, page.data, (), urgent, recent)
    return calms, tuple(watches[code] for code in SIGNALS if code in watches), signals


def _calms(
    page: Page, entry: Mapping[str, Any], at: tuple[str | int, ...], urgent: tuple[str, ...], recent: tuple[str, ...]
) -> tuple[Calm, ...]:
    signs = _patterns(page, entry, "signs", at)
    unless = {"calm": urgent, "past": (*urgent, *recent), "doubt": (*urgent, *signs)}
    found = [Calm(_patterns(page, entry, name, at), others) for name, others in unless.items()]
    return tuple(calm for calm in found if calm.words)


def _signal_entries(page: Page) -> list[tuple[tuple[str | int, ...], str, Mapping[str, Any]]]:
    listed = page.data.get("signals")
    if isinstance(listed, dict):
        return [(("signals", str(code)), str(code), entry or {}) for code, entry in listed.items()]
    return [
        (("signals", number), page.text(entry, "code", "signals", number), entry)
        for number, entry in enumerate(page.entries("signals"))
    ]


def _patterns(page: Page, entry: Mapping[str, Any], name: str, at: tuple[str | int, ...]) -> tuple[str, ...]:
    patterns = page.strings(entry.get(name), *at, name)
    for number, pattern in enumerate(patterns):
        try:
            re.compile(pattern)
        except re.error as error:
            raise page.fault(
                f"bad pattern {pattern!r} ({error})", "correct the expression", *at, name, number
            ) from error
    return patterns


def read_knowledge(path: Path, leaves: Mapping[str, Leaf]) -> tuple[Entry, ...]:
    """The knowledge entries in the order of the file; none if there is no such file."""
    if not path.exists():
        return ()
    page = read_page(path)
    entries: dict[str, Entry] = {}
    for number, entry in enumerate(page.entries("entries")):
        at = ("entries", number)
        name = page.text(entry, "id", *at)
        if name in entries:
            raise page.fault(f"id {name!r} stands twice", "give the second one another id", *at, "id")
        category = entry.get("category")
        if category is not None and str(category) not in leaves:
            raise page.fault(f"unknown category {category!r}", "use a code of taxonomy.yaml", *at, "category")
        knowledge = Knowledge(
            id=name,
            answer=page.text(entry, "answer", *at),
            source=page.text(entry, "source", *at),
            category=None if category is None else str(category),
        )
        questions = page.strings(entry.get("questions"), *at, "questions")
        if not questions:
            raise page.fault(f"{name!r} has no questions", "write at least two ways to ask it", *at)
        entries[name] = Entry(knowledge, questions, _day(page, entry.get("valid_until"), at))
    return tuple(entries.values())


def _day(page: Page, value: Any, at: tuple[str | int, ...]) -> date | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise page.fault(f"{value!r} is no day", 'write "2027-12-31"', *at, "valid_until") from error
