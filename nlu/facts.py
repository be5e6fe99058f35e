"""The facts in a text: where, since when, how many, who; and what of it may be shown.

Pure functions of the text and its surroundings; offsets count characters of the text as it was given.
"""

from __future__ import annotations

from nlu.people import find_numbers, find_people, find_subjects, mask
from nlu.places import Gazetteer, find_places, load_gazetteer
from nlu.times import find_times
from nlu.understanding import ELEMENTS, Facts, Span, Surroundings

__all__ = ["Gazetteer", "describe_place", "find_facts", "load_gazetteer", "mask"]

#: Places, times and people are read in this many characters; private numbers in the whole text.
READ = 4_000
LONGEST_PLACE = 40
HIDDEN = ("unit", "room")
BARE = {"building": "栋", "unit": "单元", "room": "室"}


def find_facts(text: str, around: Surroundings, gazetteer: Gazetteer) -> Facts:
    """All facts of a text, seen from `around`."""
    numbers = find_numbers(text)
    head = text[:READ]
    places = find_places(head, around, gazetteer)
    when, since = find_times(head, around)
    secret = [span for spans in numbers.values() for span in spans]
    places = _apart(places, secret)
    return Facts(
        place=places,
        when=_apart(when, (*secret, *places)),
        since=_apart(since, (*secret, *places)),
        people=_apart(find_people(head), secret),
        subject=_apart(find_subjects(head), secret),
        **numbers,
    )


def _apart(spans: tuple[Span, ...], others: list[Span] | tuple[Span, ...]) -> tuple[Span, ...]:
    """The spans that overlap none of the others, in the order of the text."""
    free = (s for s in spans if not any(o.start < s.end and s.start < o.end for o in others))
    return tuple(sorted(free, key=lambda s: (s.start, s.end)))


def describe_place(facts: Facts, *, public: bool) -> str:
    """The place in words, from the widest to the nearest, at most 40 characters; in public without unit and room."""
    parts = [_said(facts, name) for name in ELEMENTS if not (public and name in HIDDEN)]
    parts = [part for part in parts if part]
    while len(parts) > 1 and len("".join(parts)) > LONGEST_PLACE:
        parts.pop(0)
    return "".join(parts)[:LONGEST_PLACE]


def _said(facts: Facts, name: str) -> str:
    """One element in words: a bare number gets its word, roads that cross are both named, and an estate has its parts."""
    span = facts.element(name)
    if span is None:
        return ""
    if name in BARE and span.text.isalnum() and span.text.isascii():
        return span.text + BARE[name]
    if name == "estate":
        return "".join(part.text for part in _whole(facts, span))
    if name == "road":
        other = next((s for s in facts.place if s.element == "road" and 0 < span.start - s.end <= 1), None)
        return f"{other.text}与{span.text}" if other else span.text
    return span.text


def _whole(facts: Facts, last: Span) -> list[Span]:
    """The spans of one estate that touch, as an address cuts them: its name, its phase."""
    parts = [last]
    for span in reversed(facts.place):
        if span.element == last.element and span.end == parts[0].start:
            parts.insert(0, span)
    return parts
