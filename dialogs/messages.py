"""What people send, and where.

Pure data. A `Message` is what one person sent at one instant; channels make it, the store keeps it, the core reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from nlu.understanding import MessageKind

Role = Literal["resident", "worker", "leader", "property", "police", "mediator"]
ROLES: tuple[Role, ...] = ("resident", "worker", "leader", "property", "police", "mediator")

BOT = "bot"
"""The bot's own id inside the house: channels translate it to and from the account's id."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `room` is None in a private chat with the bot.

    `text` is the transcript of a voice, the title of a link, the address of a location; it may be empty.
    `mentions` holds ids, the bot's being BOT; `quote` is the id of the message replied to; `media` are opaque names.
    """

    id: str
    at: datetime
    room: str | None
    sender: str
    name: str
    kind: MessageKind = "text"
    text: str = ""
    mentions: tuple[str, ...] = ()
    quote: str | None = None
    media: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recall:
    """Somebody withdrew a message."""

    at: datetime
    room: str | None
    sender: str
    message: str


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a room. A channel's members are residents until a directory says otherwise."""

    id: str
    name: str
    role: Role = "resident"


@dataclass(frozen=True, slots=True)
class Room:
    """A group and its grid. `grid` is an opaque code; `area` has any of county, town and village.

    `settings` overrides the product's manners for this room alone; `new` says that the bot has just joined.
    """

    id: str
    name: str
    grid: str = ""
    area: Mapping[str, str] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    new: bool = False

    def role(self, person: str) -> Role:
        """The role of this person here; whoever is not listed is a resident."""
        return next((member.role for member in self.members if member.id == person), "resident")

    def staff(self, *roles: Role) -> tuple[str, ...]:
        """The ids of the members with one of these roles, in the order of the list."""
        return tuple(member.id for member in self.members if member.role in roles)
