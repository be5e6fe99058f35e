"""What an utterance means, as plain data.

Pure: no input or output, no clock. The rest of the house imports this module of `nlu` and no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, get_args

MessageKind = Literal[
    "text", "image", "voice", "video", "location", "file", "sticker", "link", "note", "red_packet", "system"
]
MESSAGE_KINDS: tuple[MessageKind, ...] = get_args(MessageKind)
AREA = ("county", "town", "village")
"""What a room's area may name."""
Answer = Literal["speak", "flag", "silent"]
Kind = Literal["complaint", "dispute", "consultation"]
Stance = Literal["now", "past", "negated", "hypothetical", "reported", "advert", "figurative"]
Score = Literal["satisfied", "fair", "dissatisfied"]

INTENTS = (
    "complaint",
    "dispute",
    "emergency",
    "consultation",
    "follow_up",
    "progress_query",
    "fixed",
    "rating",
    "withdrawal",
    "support",
    "correction",
    "inform",
    "handoff",
    "praise",
    "notice",
    "chat",
)

MATTERS = ("complaint", "dispute", "emergency")
"""The intents that are a matter by themselves."""
URGED = "follow_up"
"""It is still not done, or back: voiced as a matter it is one, alone it belongs to another."""
SIGNALS = (
    "fire",
    "gas",
    "drowning",
    "violence",
    "domestic_violence",
    "suicide",
    "electric",
    "fall",
    "trapped",
    "medical",
    "flood",
    "missing",
    "poisoning",
    "fraud",
    "explosion",
)

ELEMENTS = (
    "county",
    "town",
    "village",
    "road",
    "road_no",
    "estate",
    "building",
    "unit",
    "floor",
    "room",
    "group",
    "landmark",
)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text. `start` and `end` count characters of the text as it was given; `end` is exclusive.

    `element` (one of ELEMENTS) belongs to a place; `begin` and `finish` bound a time (`finish` None if open);
    `least` and `most` count people.
    """

    text: str
    start: int
    end: int
    element: str | None = None
    begin: datetime | None = None
    finish: datetime | None = None
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts found in one text, each list in the order of the text.

    `phone`, `plate` and `identity_no` are there to be masked, never to be shown.
    """

    place: tuple[Span, ...] = ()
    when: tuple[Span, ...] = ()
    since: tuple[Span, ...] = ()
    people: tuple[Span, ...] = ()
    subject: tuple[Span, ...] = ()
    phone: tuple[Span, ...] = ()
    plate: tuple[Span, ...] = ()
    identity_no: tuple[Span, ...] = ()
    ticket_no: tuple[Span, ...] = ()

    def element(self, name: str) -> Span | None:
        """The last place span with this element: a later one corrects an earlier one."""
        return next((span for span in reversed(self.place) if span.element == name), None)


NO_FACTS = Facts()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a text is read against: when it was sent, what kind of message it is, and the names known in its grid."""

    at: datetime
    kind: str = "text"
    area: Mapping[str, str] = field(default_factory=dict)
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understanding:
    """What one text means.

    `probability` is the calibrated probability of `intent`; `matter` that it is a complaint, a dispute or an emergency at all.
    `signals` holds emergency names and, besides, "sensitive" and "escalation". `sure` names those emergencies
    that may be acted on at once; the others are for a worker to look at. `score` and `solved` are what the words say about
    a handled matter. `model` is the hash of the model that decided.
    """

    text: str
    intent: str
    probability: float
    matter: float
    answer: Answer
    kind: Kind | None = None
    category: str | None = None
    categories: tuple[tuple[str, float], ...] = ()
    signals: tuple[str, ...] = ()
    sure: tuple[str, ...] = ()
    stance: Stance = "now"
    score: Score | None = None
    solved: bool | None = None
    facts: Facts = NO_FACTS
    model: str = ""

    @property
    def emergency(self) -> str | None:
        """The first emergency that is sure, if any."""
        return self.sure[0] if self.sure else None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf of the taxonomy: what a resident is told it is called, who handles it, how urgent it is.

    `private` is "never", "by_words" (the words decide) or "always". `questions` are fact names, in the order worth asking.
    `mediable`: the other side is no authority but a firm or a neighbour, so that a mediator can help; such a matter is a dispute.
    """

    code: str
    name: str
    kind: Kind
    department: str
    urgency: str
    private: str
    questions: tuple[str, ...] = ()
    mediable: bool = False


@dataclass(frozen=True, slots=True)
class Signal:
    """One emergency: its Chinese name, the national numbers and the one sentence that are shown for it.

    A `quiet` one is never spoken of in the group.
    """

    code: str
    name: str
    numbers: tuple[str, ...]
    safety: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One answer to a common question, with its source."""

    id: str
    answer: str
    source: str
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The domain as data that decisions may look up: leaves by code and signals by code."""

    leaves: Mapping[str, Leaf]
    signals: Mapping[str, Signal]


class Reader(Protocol):
    """A backend: it says what a text means.

    `triage` is cheap and is asked of every message; `understand` looks for facts as well. Both are pure functions of
    their arguments and of the model. `answer` finds the knowledge that answers a question, or None.
    """

    @property
    def model(self) -> str:
        """The hash of the model, in short."""
        ...

    @property
    def lexicon(self) -> Lexicon:
        """The domain that its answers name."""
        ...

    def triage(self, text: str, around: Surroundings) -> Understanding:
        """The meaning without facts."""
        ...

    def understand(self, text: str, around: Surroundings) -> Understanding:
        """The meaning with facts."""
        ...

    def answer(self, text: str, at: datetime) -> Knowledge | None:
        """The knowledge that answers this question and is still valid, or None."""
        ...
