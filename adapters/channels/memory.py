"""A channel in memory: for tests, simulations and for trying the bot without any account.

Law: it behaves as the socket says, so what works on it works on a real one; its other side is plain lists and switches.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

from adapters.ports import Abilities, Contact, Echo, Health, Heard, Refused, Unreachable
from dialogs.messages import BOT, Message

Failure = Literal["", "unreachable", "refused", "unclear", "silent"]
"""How sendings fail: `unreachable` before anything left, `refused`, `unclear` and lost, `silent`: accepted, and not answered."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing the bot said: in a room, or to a person."""

    id: str
    conversation: str
    text: str
    mentions: tuple[str, ...] = ()


class MemoryChannel:
    """A channel whose other side is the caller.

    `posts` and `whispers` hold what arrived; `failure` fails sendings until it is set back to ""; after a `silent` one the
    echo waits for `release`. `strangers` are people who cannot be reached in private until they write.
    """

    def __init__(self, *, account: str = "memory", abilities: Abilities | None = None) -> None:
        self.account = account
        self.abilities = abilities or Abilities()
        self.posts: list[Said] = []
        self.whispers: list[Said] = []
        self.failure: Failure = ""
        self.strangers: set[str] = set()
        self.files: dict[str, bytes] = {}
        self.state = Health.STARTING
        self._count = 0
        self._held: list[Echo] = []
        self._heard: asyncio.Queue[Heard | None] = asyncio.Queue()

    # -- the caller's side

    def say(self, *heard: Heard) -> None:
        """Let this be heard; a room's message that a channel of mentions would not be shown is dropped."""
        for one in heard:
            if isinstance(one, Message):
                if self.abilities.hears == "mentions" and one.room is not None and BOT not in one.mentions:
                    continue
                if one.room is None and one.sender in self.strangers:
                    self.strangers.discard(one.sender)
                    self._heard.put_nowait(Contact(one.sender, True))
            self._heard.put_nowait(one)

    def release(self) -> None:
        """Let the echoes of `silent` sendings arrive."""
        self.say(*self._held)
        self._held.clear()

    # -- the socket

    @property
    def health(self) -> Health:
        """The present state; `state` sets it."""
        return self.state

    async def heard(self) -> AsyncIterator[Heard]:
        """What was said, in order, until `close`."""
        if self.state is Health.STARTING:
            self.state = Health.CONNECTED
        while (heard := await self._heard.get()) is not None:
            yield heard

    async def post(self, room: str, text: str, *, mentions: tuple[str, ...] = ()) -> str:
        """Say `text` in a group. Raises Unreachable or Refused as the switches say."""
        if self.abilities.posts != "self":
            raise Refused("this channel does not post by itself")
        return self._send(self.posts, room, text, tuple(one for one in mentions if one != BOT))

    async def whisper(self, person: str, text: str) -> str:
        """Say `text` to one person. Raises Unreachable, or Refused for a stranger."""
        if not self.abilities.private:
            raise Refused("this channel has no private messages")
        if person in self.strangers:
            raise Refused("this person is no contact and never wrote")
        return self._send(self.whispers, person, text, ())

    async def media(self, name: str) -> bytes:
        """The bytes put into `files`. Raises Refused."""
        if name not in self.files:
            raise Refused("there is no such medium")
        return self.files[name]

    async def close(self) -> None:
        """End `heard`."""
        self.state = Health.STOPPED
        self._heard.put_nowait(None)

    def _send(self, said: list[Said], conversation: str, text: str, mentions: tuple[str, ...]) -> str:
        if not text.strip():
            raise Refused("there is nothing to say")
        if self.state not in (Health.STARTING, Health.CONNECTED):
            raise Unreachable(f"the channel is {self.state}", arrived=False)
        if self.failure == "refused":
            raise Refused("switched to refuse")
        if self.failure in ("unreachable", "unclear"):
            raise Unreachable("switched to fail", arrived=False if self.failure == "unreachable" else None)
        self._count += 1
        one = Said(f"{self.account}-{self._count}", conversation, text, mentions)
        said.append(one)
        echo = Echo(one.id, conversation, text)
        if self.failure == "silent":
            self._held.append(echo)
            raise Unreachable("switched to accept without a word")
        self._heard.put_nowait(echo)
        return one.id
