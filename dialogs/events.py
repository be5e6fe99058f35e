"""What can happen to a conversation.

Pure data. Every event has two instants: `at`, when it happened (facts and windows are seen from there), and `now`, when it
is decided (quiet hours and staleness are seen from there).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dialogs.matters import Status
from dialogs.messages import Message
from nlu.understanding import Knowledge, Understanding


@dataclass(frozen=True, slots=True)
class Spoken:
    """One person's gathered messages: an utterance.

    `meaning` is of the whole, `parts` of each message alone; the whole text is the parts joined by line breaks.
    `addressed` says that the bot was spoken to; `knowledge` is an answer found for it, if it asks something;
    `quoted` is the matter that the quoted message belongs to.
    """

    at: datetime
    now: datetime
    messages: tuple[Message, ...]
    meaning: Understanding
    parts: tuple[Understanding, ...]
    addressed: bool = False
    knowledge: Knowledge | None = None
    quoted: str | None = None

    @property
    def sender(self) -> str:
        """Who spoke."""
        return self.messages[-1].sender

    @property
    def private(self) -> bool:
        """Whether it was said to the bot alone."""
        return self.messages[-1].room is None

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its messages."""
        return tuple(message.id for message in self.messages)


@dataclass(frozen=True, slots=True)
class Recalled:
    """A message was withdrawn by whoever wrote it. `text` and `media` are what it held, so that they can be taken out."""

    at: datetime
    now: datetime
    sender: str
    message: str
    text: str = ""
    media: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """The desk moved a ticket. `move` is the desk's word, `status` where the ticket is now."""

    at: datetime
    now: datetime
    matter: str
    move: str
    status: Status
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """A worker decided what a flag, or a ticket, is."""

    at: datetime
    now: datetime
    matter: str
    by: str
    verdict: Literal["accept", "reject"]
    kind: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A timer of a matter went off."""

    at: datetime
    now: datetime
    matter: str
    timer: str


@dataclass(frozen=True, slots=True)
class Settled:
    """It is known what became of a sentence: it was `sent`, `refused` (nobody can be reached so), is `lost`,
    or was `dropped` because a condition of the manners no longer held."""

    at: datetime
    now: datetime
    matter: str | None
    sentence: str
    why: str
    to: tuple[str, ...]
    private: bool
    outcome: Literal["sent", "refused", "lost", "dropped"]


@dataclass(frozen=True, slots=True)
class Visited:
    """A worker files a matter by hand, from a visit or a call. `id` makes the filing happen once."""

    at: datetime
    now: datetime
    id: str
    by: str
    kind: str
    category: str
    what: str
    place: str = ""
    reporter: str | None = None
    private: bool = False
    source: str = "visit"


Event = Spoken | Recalled | Moved | Decided | Due | Settled | Visited
