"""The sockets, on one page: channel, store, carrier. No imports of tools.

Plugs need not inherit. Their libraries' errors become `Unreachable` (try again) or `Refused` (do not), raised `from` the original.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from adapters.records import Deed, Delivery, Entry, FlagRow, Kept, SentenceState, Ticket
from dialogs.matters import Matter
from dialogs.messages import Message, Recall, Room
from dialogs.turns import Sentence

T = TypeVar("T")


class Unreachable(Exception):
    """The other side did not answer, or not clearly. Whether anything arrived is unknown unless `arrived` says no.

    `retry_after` are the seconds for which it asked to be left alone, if it did.
    """

    def __init__(self, reason: str, *, arrived: bool | None = None, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.arrived = arrived
        self.retry_after = retry_after


class Refused(Exception):
    """The other side said no; asking again would bring the same answer."""


class Health(StrEnum):
    """How a channel is doing, in one word for the log and for whoever watches."""

    STARTING = "starting"
    CONNECTED = "connected"
    WAITING = "waiting"
    """Not reachable at present; it tries again by itself."""
    LOGGED_OUT = "logged_out"
    """The service answers, the account is not logged in."""
    TAKEN = "taken"
    """Somebody else holds the event stream."""
    DENIED = "denied"
    """The token is wrong: only a person can mend it."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a channel declares that it can do.

    `hears` is "all" or "mentions"; `posts` is "self", "tap" (a human sends what the bot drafts) or "never";
    `private` and `mentions` say whether the channel has private messages and mentions at all; whether one *person* can be
    reached in private is another question. `budget` is posts per room and minute.
    """

    hears: str = "all"
    posts: str = "self"
    private: bool = True
    mentions: bool = True
    budget: int = 20


@dataclass(frozen=True, slots=True)
class Contact:
    """That a person can, or cannot, be reached in private; `reachable` None means that nobody knows yet."""

    person: str
    reachable: bool | None


@dataclass(frozen=True, slots=True)
class Echo:
    """The channel's own word that a message of the bot went out: `text` to `conversation` (a room, or a person)."""

    id: str
    conversation: str
    text: str


Heard = Message | Recall | Room | Contact | Echo


class Channel(Protocol):
    """Where people talk. It moves messages and decides nothing.

    `heard` yields until `close`; it never raises for a fault of the other side but waits, tells its `health`, and goes on.
    A message is complete when it is yielded: names fetched, media stored, own messages turned into `Echo`.
    """

    account: str
    """A name for the account; empty until it is known who is logged in."""
    abilities: Abilities

    @property
    def health(self) -> Health:
        """The present state."""
        ...

    def heard(self) -> AsyncIterator[Heard]:
        """What arrives, in order. To be called once."""
        ...

    async def post(self, room: str, text: str, *, mentions: tuple[str, ...] = ()) -> str:
        """Say `text` in a group, mentioning these ids (the channel writes the @names). Returns the id of the post.

        Raises Unreachable (with `arrived`) or Refused.
        """
        ...

    async def whisper(self, person: str, text: str) -> str:
        """Say `text` to one person in private. Returns the id. Raises Unreachable, or Refused if the person is no contact."""
        ...

    async def media(self, name: str) -> bytes:
        """The bytes behind an opaque media name. Raises Unreachable or Refused."""
        ...

    async def close(self) -> None:
        """Let go of the service without logging the account out."""
        ...


class Taken(Exception):
    """The ticket number that a turn wants belongs to another matter: decide again with the next one."""


class Stale(Exception):
    """A matter has changed since it was loaded: load and decide again."""


class Store(Protocol):
    """Where everything lasts. Synchronous: one thread holds it. A fault becomes Unreachable (locked, full, gone).

    Whatever has returned is durable.
    """

    def together(self) -> AbstractContextManager[None]:
        """One commit for all that is kept inside; each decision stays whole. What is kept inside lasts when it ends."""
        ...

    def changed_elsewhere(self) -> bool:
        """Whether another process has written since this was last asked."""
        ...

    def accept(self, messages: Sequence[Message], *, now: datetime) -> list[bool]:
        """Keep messages by their channel id, in one commit. False for each id that was known."""
        ...

    def unseen(self) -> list[Message]:
        """Accepted messages that nobody has decided yet, in the order of their acceptance."""
        ...

    def message(self, id: str) -> Message | None:
        """One accepted message, with what is left of its words."""
        ...

    def recent(self, room: str, *, since: datetime, limit: int) -> list[Message]:
        """The talk of a room since an instant, oldest first, at most the last `limit`."""
        ...

    def room(self, id: str) -> Room | None:
        """A room by its id."""
        ...

    def rooms(self) -> list[Room]:
        """All rooms."""
        ...

    def put_room(self, room: Room) -> None:
        """Keep or replace a room."""
        ...

    def put_contact(self, person: str, reachable: bool) -> None:
        """Note whether a person can be reached in private."""
        ...

    def reachable(self, person: str) -> bool | None:
        """Whether a person can be reached in private; None when nobody knows."""
        ...

    def contacts(self) -> list[str]:
        """The people of whom it is known that they can be reached in private."""
        ...

    def live(self, room: str, *, since: datetime) -> list[tuple[Matter, int]]:
        """The live matters of a room that are open or were touched since an instant, with their versions, oldest first."""
        ...

    def live_rooms(self, *, since: datetime) -> set[str]:
        """The rooms for which `live` would find any."""
        ...

    def matter(self, id: str) -> tuple[Matter, int] | None:
        """One matter with its version."""
        ...

    def matter_of(
        self, *, message: str | None = None, number: str | None = None, post: str | None = None
    ) -> str | None:
        """The id of the latest matter that holds a message, has a number, or was spoken of in a post of the bot."""
        ...

    def matters_of(self, person: str) -> list[tuple[Matter, int]]:
        """The live matters, in any room, that a person reported or supports, latest touched first, at most 10."""
        ...

    def posts(self, room: str, *, day: date) -> int:
        """How many unasked posts the bot made in a room on a local day."""
        ...

    def keep(self, decisions: Sequence[Kept]) -> None:
        """Keep decisions in one transaction. Raises Taken or Stale, and then has kept none of them."""
        ...

    def due(self, *, until: datetime, limit: int = 100) -> list[Deed]:
        """Timers and waiting sentences due at or before an instant: by due time, then room, then creation."""
        ...

    def next_due(self) -> datetime | None:
        """When the earliest timer or waiting sentence falls due."""
        ...

    def sentence(self, id: str) -> tuple[Sentence, SentenceState, str] | None:
        """One sentence, where it is, and the reason noted with that."""
        ...

    def said(self, post: str) -> Sentence | None:
        """The sentence that arrived as this post, by the channel's id."""
        ...

    def sentences(self, *, state: SentenceState) -> list[Sentence]:
        """The sentences in a state, oldest first."""
        ...

    def flags(self, *, room: str | None = None, state: str | None = None, limit: int = 200) -> list[FlagRow]:
        """Flags, latest first."""
        ...

    def tickets(self, *, room: str | None = None, status: str | None = None, limit: int = 200) -> list[Ticket]:
        """Tickets, latest changed first."""
        ...

    def ticket(self, number: str) -> Ticket | None:
        """One ticket."""
        ...

    def journal(self, number: str | None = None) -> list[Entry]:
        """The journal of a ticket, or all of it, in order."""
        ...

    def words(self, number: str) -> dict[int, str]:
        """What is left of the words behind a ticket's journal entries, by `seq`: they may have been erased."""
        ...

    def done(self, key: str) -> bool:
        """Whether a desk move with this key has been kept."""
        ...

    def deliveries(self, carrier: str, *, now: datetime, limit: int) -> list[Delivery]:
        """Ticket states that a carrier has not taken yet and that are due for a try; the first call of each makes it due."""
        ...

    def delivered(
        self, delivery: Delivery, *, now: datetime, error: str | None = None, retry: datetime | None = None
    ) -> None:
        """Note that a delivery arrived (no error), waits for `retry`, or is dead (an error and no retry)."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Erase the words of seen messages from before an instant that belong to no live matter. Returns how many."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


class Carrier(Protocol):
    """Takes tickets to another platform. The same `delivery.key` always means the same ticket state."""

    name: str

    async def carry(self, delivery: Delivery) -> None:
        """Hand the ticket over. Raises Unreachable (try again) or Refused (do not)."""
        ...

    async def close(self) -> None:
        """Let go of the platform."""
        ...


class Workshop(Protocol):
    """What the console may ask of the house; wiring hands it in. Every deed runs in the walk's thread."""

    async def ask(self, question: Callable[[Store], T]) -> T:
        """Run a read on the store."""
        ...

    async def move(self, number: str, move: str, *, by: str, note: str = "", key: str = "") -> None:
        """Move a ticket; once for each key. Raises Refused, which shows the moves that would be right."""
        ...

    async def decide(self, matter: str, verdict: str, *, by: str, category: str | None = None) -> None:
        """Decide a flag: "accept" or "reject". Raises Refused."""
        ...

    async def visit(self, *, room: str, by: str, kind: str, category: str, what: str, place: str = "", key: str) -> str:
        """File a matter by hand, once for each key. Returns its number. Raises Refused."""
        ...

    async def rehearse(self, transcript: Sequence[str]) -> tuple[str, list[dict[str, Any]]]:
        """Replay a transcript in silence: its summary in one line, and its outcome. Raises Refused naming line and reason."""
        ...

    async def convert(self, text: str) -> list[str]:
        """A pasted or exported WeChat chat as transcript lines. Raises Refused."""
        ...

    def changes(self) -> AsyncIterator[str]:
        """The id of a room whenever anything has changed there; empty for everywhere."""
        ...
