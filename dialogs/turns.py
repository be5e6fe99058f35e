"""What a decision brings about: a turn is the changed matters and the actions.

Pure data. Nothing here happens by itself: the runtime keeps a turn in one transaction and carries its sentences out later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dialogs.matters import Matter, Rating

Why = Literal["clarify", "receipt", "emergency", "progress", "survey", "answer", "private", "announce"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence to a room (`room` set) or to one person in private (`room` None, `to` that person alone).

    `id` is derived from what brought it about, so that it exists once. `after` is the earliest instant; `unless` names the
    conditions under which it is dropped when it leaves (see `manners.still`); `stale` the instant after which it is not said.
    """

    id: str
    room: str | None
    to: tuple[str, ...]
    text: str
    about: tuple[str, ...]
    why: Why
    after: datetime
    matter: str | None = None
    number: str | None = None
    unless: tuple[str, ...] = ()
    stale: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A candidate for a person to look at. `to` is the worker, or whoever stands above when it is about the worker."""

    matter: str
    messages: tuple[str, ...]
    kind: str | None
    category: str | None
    confidence: float
    reason: str
    to: Literal["worker", "leader", "township", "discipline", "held"] = "worker"


@dataclass(frozen=True, slots=True)
class Alert:
    """An emergency is raised, or others add to it: `messages` are all of them."""

    matter: str
    signal: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """The conversation moves a ticket at the desk: file, amend, withdraw, rate, reopen, mark. `reason` is a code."""

    matter: str
    move: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating was given."""

    matter: str
    number: str
    rating: Rating


@dataclass(frozen=True, slots=True)
class Timer:
    """Set a matter's timer, or clear it with `due` None."""

    matter: str
    name: str
    due: datetime | None


Action = Sentence | Flag | Alert | Step | Rated | Timer


@dataclass(frozen=True, slots=True)
class Turn:
    """New state and actions. An empty turn is silence."""

    matters: tuple[Matter, ...] = ()
    actions: tuple[Action, ...] = ()

    def __add__(self, other: Turn) -> Turn:
        """Both turns in a row; a matter that both change is as the second leaves it."""
        later = {matter.id for matter in other.matters}
        kept = tuple(matter for matter in self.matters if matter.id not in later)
        return Turn(kept + other.matters, self.actions + other.actions)


SILENCE = Turn()
