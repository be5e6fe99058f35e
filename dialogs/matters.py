"""Matters: living incidents with a reporter, supporters, facts and a stage, and the case that a decision may look at.

Pure data. A matter that has a `number` is a ticket at the desk; one without is a candidate that a worker looks at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from dialogs.messages import Message, Role, Room
from nlu.understanding import Score

Status = Literal[
    "open",
    "assigned",
    "in_progress",
    "awaiting_rating",
    "reopened",
    "closed",
    "refused",
    "withdrawn",
    "merged",
    "erased",
]
"""Where a ticket is: 已立单 已派 办理中 办结待评 重办 关闭 不受理 撤回 并单, and erased."""

ENDED: tuple[Status, ...] = ("closed", "refused", "withdrawn", "merged", "erased")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as it was said, with the message that it came from; `start` counts characters of its utterance before it.

    `begin` and `finish` bound a time (`finish` None if open), `least` and `most` count people; `earlier` are the values
    that it replaced, oldest first, as (text, message).
    """

    text: str
    message: str
    begin: datetime | None = None
    finish: datetime | None = None
    least: int | None = None
    most: int | None = None
    earlier: tuple[tuple[str, str], ...] = ()
    start: int = 0


@dataclass(frozen=True, slots=True)
class Rating:
    """What one person thinks of how a matter was handled."""

    by: str
    at: datetime
    solved: bool | None
    score: Score
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """One incident. `id` is derived from its first message; `room` is its home.

    `asked` are the fact names asked for so far, `awaiting` the one that waits for an answer, `silences` how often nobody
    answered. `flagged` says that it lies before a worker who has not decided. `touched` is when it was last talked about.
    `accepted` says that the desk has taken it up, after which a recall masks instead of removing.
    """

    id: str
    room: str
    opened: datetime
    touched: datetime
    kind: str
    category: str | None
    urgency: str
    reporter: str | None
    messages: tuple[str, ...]
    confidence: float = 0.0
    private: bool = False
    quiet: bool = False
    signal: str | None = None
    source: str = "group"
    supporters: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    number: str | None = None
    status: Status | None = None
    flagged: bool = False
    rejected: bool = False
    accepted: bool = False
    asked: tuple[str, ...] = ()
    awaiting: str | None = None
    silences: int = 0
    with_worker: bool = False
    ratings: tuple[Rating, ...] = ()
    reopened: int = 0
    masked: tuple[str, ...] = ()

    @property
    def live(self) -> bool:
        """Whether anything can still happen to it in a conversation: a closed one may come back, a rejected one may not."""
        return not self.rejected and self.status not in ("refused", "withdrawn", "merged", "erased")

    @property
    def open(self) -> bool:
        """Whether it is filed and not ended."""
        return self.number is not None and self.status not in ENDED

    @property
    def aside(self) -> bool:
        """Whether it is talked about in private only: a private matter, or one that was told in private."""
        return self.private or self.source == "private" or self.room.startswith("@")

    def concerns(self, person: str) -> bool:
        """Whether this person reported or supports it."""
        return person == self.reporter or person in self.supporters


@dataclass(frozen=True, slots=True)
class Case:
    """All that a decision may look at: the room, its recent talk, and the few matters that the event may touch.

    `recent` is the talk of the last half hour, oldest first, staff included. `posts_today` counts unasked posts of the
    bot in this room today. `muted` is the kill switch of the room, the grid or everything. `attempt` counts the ticket
    numbers that turned out to be taken.
    """

    room: Room
    matters: tuple[Matter, ...] = ()
    recent: tuple[Message, ...] = ()
    posts_today: int = 0
    muted: bool = False
    attempt: int = 0

    def matter(self, id: str | None) -> Matter | None:
        """The matter with this id, if the case holds it."""
        return next((matter for matter in self.matters if matter.id == id), None)

    def role(self, person: str) -> Role:
        """The role of a person in this room."""
        return self.room.role(person)
