"""Takes the facts of an utterance into a matter: each remembers its message, and what it replaced.

Pure. A place is kept by its elements (road, estate, building …) and put together when it is told.
"""

from __future__ import annotations

import re
from dataclasses import replace

from dialogs.events import Spoken
from dialogs.gathering import joined, source
from dialogs.matters import Fact, Matter
from nlu.understanding import ELEMENTS, Facts, Span

PLACE_LIMIT = 40
WHAT_LIMIT = 60
INDOORS = ("unit", "floor", "room")
"""Elements that no public ticket shows."""
_TOLD = (
    "county",
    "town",
    "village",
    "road",
    "road_no",
    "estate",
    "group",
    "landmark",
    "building",
    "unit",
    "floor",
    "room",
)
_FINE = ("road", "building", "group", "landmark")
"""Elements that are enough to go and look."""
_NEGATED = re.compile(r"(?:不是|不在|不系|并非|冇在|莫去)\s*$")
_MASKS = ("phone", "plate", "identity_no")


def absorb(matter: Matter, spoken: Spoken, *, correcting: bool = False) -> Matter:
    """The matter with the utterance's facts: missing ones filled; known ones replaced where it corrects or is finer."""
    facts = dict(matter.facts)
    found = spoken.meaning.facts
    text = joined(spoken.messages)
    refused = {span.text for span in found.place if _negated(text, span)}
    for element in ELEMENTS:
        if told := [span for span in found.place if span.element == element and span.text not in refused]:
            chosen = told[-1] if element in ("building", *INDOORS) else max(told, key=lambda span: len(span.text))
            _put(facts, element, chosen, spoken, replacing=correcting or element in ("building", *INDOORS))
        elif element in facts and facts[element].text in refused:
            del facts[element]
    for name, spans in (
        ("when", found.when),
        ("since", found.since),
        ("people", found.people),
        ("subject", found.subject),
    ):
        first = next((span for span in spans if not _negated(text, span)), None)
        if first is not None:
            _put(facts, name, first, spoken, replacing=correcting)
    return replace(matter, facts=facts)


def say_place(matter: Matter, spoken: Spoken) -> Matter:
    """The matter with the utterance itself as its place, for an answer in words that no grammar knows."""
    text = masked(spoken).strip()[:PLACE_LIMIT]
    facts = {**matter.facts, "landmark": Fact(text, spoken.ids[-1])}
    return replace(matter, facts=facts)


def describe(matter: Matter, *, public: bool) -> str:
    """The place in words, widest element first, at most 40 characters; unit, floor and room only if not public."""
    told = [name for name in _TOLD if name in matter.facts and not (public and name in INDOORS)]
    text = ""
    for name in told:
        piece = matter.facts[name].text
        if piece not in text:
            text = piece if text and text in piece else text + piece
    return text[:PLACE_LIMIT]


def located(matter: Matter) -> bool:
    """Whether somebody could go there with what is known."""
    return any(name in matter.facts for name in _FINE)


def known(matter: Matter, fact: str) -> bool:
    """Whether a fact that could be asked for is known; a start answers for an instant and the other way round."""
    if fact == "place":
        return located(matter)
    if fact in ("when", "since"):
        return "when" in matter.facts or "since" in matter.facts
    return fact in matter.facts


def summary(spoken: Spoken) -> str:
    """The matter in one sentence: the words that carry it, with numbers of persons masked, at most 60 characters."""
    return " ".join(masked(spoken).split())[:WHAT_LIMIT]


def masked(spoken: Spoken) -> str:
    """The utterance's words with phone, plate and identity numbers made unreadable."""
    return mask(joined(spoken.messages), spoken.meaning.facts)


def mask(text: str, facts: Facts) -> str:
    """A text with its phone, plate and identity numbers replaced by stars of the same length."""
    for span in (span for name in _MASKS for span in getattr(facts, name)):
        text = text[: span.start] + "*" * (span.end - span.start) + text[span.end :]
    return text


def without(matter: Matter, message: str) -> Matter:
    """The matter without the facts that came from a message; a fact that had an earlier value gets it back."""
    facts = {}
    for name, fact in matter.facts.items():
        if fact.message != message:
            facts[name] = replace(fact, earlier=tuple(old for old in fact.earlier if old[1] != message))
            continue
        older = [old for old in fact.earlier if old[1] != message]
        if older:
            facts[name] = Fact(older[-1][0], older[-1][1], earlier=tuple(older[:-1]))
    return replace(matter, facts=facts)


def _put(facts: dict[str, Fact], name: str, span: Span, spoken: Spoken, *, replacing: bool) -> None:
    old = facts.get(name)
    if old is not None and (old.text == span.text or not (replacing or old.text in span.text)):
        return
    earlier = (*old.earlier, (old.text, old.message)) if old else ()
    facts[name] = Fact(
        span.text,
        source(spoken.messages, span),
        begin=span.begin,
        finish=span.finish,
        least=span.least,
        most=span.most,
        earlier=earlier,
    )


def _negated(text: str, span: Span) -> bool:
    return bool(_NEGATED.search(text[max(0, span.start - 4) : span.start]))
