"""Takes the facts of an utterance into a matter: each remembers its message, and what it replaced.

Pure. A place is kept by its elements (road, estate, building …) and put together when it is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from dialogs.events import Spoken
from dialogs.gathering import joined, source
from dialogs.matters import Fact, Matter
from nlu.understanding import ELEMENTS, Facts, Span

PLACE_LIMIT = 40
WHAT_LIMIT = 60
PICTURE = "（图片）"
"""What a matter is about while it is only a picture."""
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
_SIDE = re.compile(r"[左右前后东西南北上下里外中对靠]|旁|门口|楼|那|这|负|地下")
"""How words begin that say where something is as seen from something else: they stand after it."""
_NEGATED = re.compile(r"(?:不是|不在|不系|并非|冇在|莫去)\s*$")
_CALLED = re.compile(r"^@\S+\s+")
"""The name of whom somebody speaks to, the bot or another: it says nothing of the matter."""
_MASKS = ("phone", "plate", "identity_no")


def absorb(matter: Matter, spoken: Spoken, *, correcting: bool = False) -> Matter:
    """The matter with its reporter's facts: missing ones filled; known ones replaced where it corrects or is finer."""
    facts = dict(matter.facts)
    found = spoken.meaning.facts
    text = joined(spoken.messages)
    refused = {span.text for span in found.place if _negated(text, span)}
    for element in ELEMENTS:
        if told := _unbroken(span for span in found.place if span.element == element and span.text not in refused):
            narrow = element in ("building", *INDOORS)
            chosen = told[-1] if narrow else max(told, key=lambda span: len(span.text))
            _put(facts, element, chosen, spoken, replacing=correcting or narrow)
        elif element in facts and facts[element].text in refused:
            del facts[element]
    for name, span in _besides_place(spoken, text):
        _put(facts, name, span, spoken, replacing=correcting)
    if facts.get("what", Fact("", "")).text == PICTURE and summary(spoken):
        facts["what"] = Fact(summary(spoken), spoken.ids[0])
    return replace(matter, facts=facts)


def _unbroken(spans: Iterable[Span]) -> list[Span]:
    """The spans, those that touch as one: an estate and its phase are one name."""
    told: list[Span] = []
    for span in spans:
        if told and told[-1].end == span.start:
            told[-1] = replace(told[-1], text=told[-1].text + span.text, end=span.end)
        else:
            told.append(span)
    return told


def lend(matter: Matter, spoken: Spoken) -> Matter:
    """The matter with what a neighbour says: it only fills what is missing, and where they live themselves is not the place."""
    facts = dict(matter.facts)
    text = joined(spoken.messages)
    if not located(matter):
        for span in spoken.meaning.facts.place:
            if span.element and span.element not in (*INDOORS, *facts) and not _negated(text, span):
                _put(facts, span.element, span, spoken, replacing=False)
    for name, span in _besides_place(spoken, text):
        if not known(matter, name):
            _put(facts, name, span, spoken, replacing=False)
    return replace(matter, facts=facts)


def say_place(matter: Matter, spoken: Spoken) -> Matter:
    """The matter with the utterance itself as its place, for an answer in words that no grammar knows; unit and room stay out."""
    text = masked(spoken)
    for span in sorted(spoken.meaning.facts.place, key=lambda span: -span.start):
        if span.element in INDOORS:
            text = text[: span.start] + text[span.end :]
    if not (text := " ".join(text.split())[:PLACE_LIMIT]):
        return matter
    return replace(matter, facts={**matter.facts, "landmark": Fact(text, spoken.ids[-1])})


def describe(matter: Matter, *, public: bool) -> str:
    """The place in words, widest element first, at most 40 characters; unit, floor and room only if not public."""
    told = [name for name in _TOLD if name in matter.facts and not (public and name in INDOORS)]
    if "landmark" in told and "building" in told and _beside(matter.facts["landmark"], matter.facts["building"]):
        told.remove("landmark")
        told.insert(told.index("building") + 1, "landmark")
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
    return _CALLED.sub("", " ".join(masked(spoken).split()))[:WHAT_LIMIT]


def masked(spoken: Spoken) -> str:
    """The utterance's words with phone, plate and identity numbers made unreadable."""
    return mask(joined(spoken.messages), spoken.meaning.facts)


def mask(text: str, facts: Facts) -> str:
    """A text with its phone, plate and identity numbers replaced by stars of the same length."""
    for span in (span for name in _MASKS for span in getattr(facts, name)):
        text = text[: span.start] + "*" * (span.end - span.start) + text[span.end :]
    return text


def without(matter: Matter, message: str, text: str = "") -> Matter:
    """The matter without the facts and the words of a message; a fact that had an earlier value gets it back."""
    facts = {}
    for name, fact in matter.facts.items():
        older = tuple(old for old in fact.earlier if old[1] != message)
        if name == "what":
            if words := _cut(fact.text, " ".join(text.split())) if text else fact.message != message and fact.text:
                facts[name] = replace(fact, text=words, earlier=older)
        elif fact.message != message:
            facts[name] = replace(fact, earlier=older)
        elif older:
            facts[name] = Fact(older[-1][0], older[-1][1], earlier=older[:-1])
    return replace(matter, facts=facts)


def _cut(told: str, words: str) -> str:
    """A summary without some words, of which it may hold masked digits, or no more than the beginning at its end."""
    last = len(told) - 1 if len(told) >= WHAT_LIMIT else len(told) - len(words)
    for start in range(last + 1):
        piece = told[start : start + len(words)]
        if all(shown in (said, "*") for shown, said in zip(piece, words, strict=False)):
            return " ".join((told[:start] + told[start + len(piece) :]).split())
    return told


def _besides_place(spoken: Spoken, text: str) -> list[tuple[str, Span]]:
    found = spoken.meaning.facts
    named = (("when", found.when), ("since", found.since), ("people", found.people), ("subject", found.subject))
    firsts = ((name, next((span for span in spans if not _negated(text, span)), None)) for name, spans in named)
    return [(name, span) for name, span in firsts if span is not None]


def _beside(landmark: Fact, building: Fact) -> bool:
    """Whether a landmark stands after the building: it was said so, or only says which side of it."""
    if landmark.message == building.message:
        return landmark.start > building.start
    return _SIDE.match(landmark.text) is not None


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
        start=span.start,
    )


def _negated(text: str, span: Span) -> bool:
    return bool(_NEGATED.search(text[max(0, span.start - 4) : span.start]))
