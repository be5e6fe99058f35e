"""What passes through the store and the carriers: decisions to be kept, what falls due, and rows as pages see them.

Pure data. No imports of tools.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from dialogs.matters import Status
from dialogs.turns import Turn

Outcome = Literal["sent", "refused", "lost"]
SentenceState = Literal["waiting", "sending", "sent", "refused", "lost", "dropped"]


@dataclass(frozen=True, slots=True)
class Move:
    """The desk's own move of a ticket. `key` makes it happen once; `status` is what the flow said it leads to."""

    number: str
    move: str
    status: Status
    by: str
    note: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """One decision, to be kept whole or not at all.

    `seen` are the messages that it decided, `turn` what came of them. `timer` is the timer that went off, as (matter, name),
    and is cleared. `sentence` with its new `state` is a sentence that left, failed or was dropped; `channel_id` the id of the
    post and `reason` why it was dropped. `move` is the desk's own move, if that was decided.
    `after` puts a sentence off. `versions` are those that the changed matters had when they were loaded (0: new).
    """

    room: str
    now: datetime
    turn: Turn = field(default_factory=Turn)
    seen: tuple[str, ...] = ()
    recalled: tuple[str, ...] = ()
    timer: tuple[str, str] | None = None
    sentence: str | None = None
    state: SentenceState | None = None
    after: datetime | None = None
    channel_id: str | None = None
    reason: str = ""
    move: Move | None = None
    versions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that falls due: a timer of a matter, or a sentence that may leave. `order` is its creation."""

    due: datetime
    room: str
    order: int
    timer: tuple[str, str] | None = None
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as the desk, a carrier and a page see it. `doc` is its line in the replay format, without `type` and `at`."""

    number: str
    matter: str
    room: str
    status: Status
    opened: datetime
    changed: datetime
    doc: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a ticket's journal: references, codes and salted digests, never words."""

    number: str
    seq: int
    at: datetime
    by: str
    move: str
    was: str
    status: str
    reason: str
    digest: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class FlagRow:
    """A flag as a page sees it. `state` is "open", "accepted" or "rejected"."""

    matter: str
    room: str
    at: datetime
    messages: tuple[str, ...]
    kind: str | None
    category: str | None
    confidence: float
    reason: str
    to: str
    state: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A ticket on its way to a carrier. `key` is the same at every try; `attempt` counts from 1."""

    key: str
    carrier: str
    ticket: Ticket
    seq: int
    attempt: int
