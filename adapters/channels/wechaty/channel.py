"""The Wechaty plug of the channel socket: a group or a person on one side, a puppet service on the other.

Law: it moves messages and decides nothing. A sending is tried once: whether an unclear one arrived is for its echo to say.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable

from adapters.channels.wechaty import media
from adapters.channels.wechaty.client import Client, Fault, Link
from adapters.channels.wechaty.hearing import Hearing, Shelf
from adapters.channels.wechaty.names import Names
from adapters.channels.wechaty.pace import Pace
from adapters.channels.wechaty.payloads import FOUR_PER_EM, Event, clean, squeezed
from adapters.ports import Abilities, Contact, Health, Heard, Refused, Unreachable
from dialogs.messages import BOT

log = logging.getLogger(__name__)

REMEMBERED = 2_000
"""Sendings remembered, to know their echoes."""
LONGEST_TEXT = 500_000
"""Characters; the service takes 4 MiB, WeChat far less, and the puppet says so."""
LONGEST_HOLD = 10.0
"""Seconds that a post may wait for its turn in a room."""
_NO = frozenset(
    {"INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED", "FAILED_PRECONDITION", "OUT_OF_RANGE", "UNIMPLEMENTED"}
)
_NO_WORDS = (
    "not friend", "not a friend", "no friend", "not your friend", "not in contact", "not a contact", "blocked",
    "not exist", "no payload", "not found", "not in room", "not in the room", "好友", "拒收", "不是联系人", "已被移出",
)  # fmt: skip
_LOGGED_OUT_WORDS = ("not logged in", "logged out", "login first", "未登录")


class WechatyChannel:
    """One account behind one puppet service.

    `account` is the house's name for the account; left out, it is the account's id from the first login on, and empty
    before. `abilities` are what the puppet behind the service can do and the operator allows. `known` are people of whom
    the house knows that they wrote in private; the channel itself forgets it when it ends. `names_kept` is how long a
    name is believed, in seconds.
    """

    def __init__(
        self,
        link: Link,
        shelf: Shelf,
        *,
        account: str = "",
        abilities: Abilities | None = None,
        known: Iterable[str] = (),
        names_kept: float = 3600.0,
    ) -> None:
        self.account = account
        self.abilities = abilities or Abilities()
        self._shelf = shelf
        self._client = Client(link)
        self._names = Names(self._client.read, ttl=names_kept)
        self._sent: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._hearing = Hearing(self._client, self._names, shelf, sent=self._sent)
        self._hearing.wrote.update(known)
        self._pace = Pace(self.abilities.budget)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def health(self) -> Health:
        """The present state."""
        return self._client.health

    async def _deliver(self, event: Event) -> None:
        await self._hearing.deliver(event)
        self.account = self.account or self._hearing.account

    async def heard(self) -> AsyncIterator[Heard]:
        """What arrives, in order within each room, until `close`. To be called once."""
        if self._tasks or self.health is Health.STOPPED:
            raise RuntimeError("a channel is heard once")
        self._tasks = [
            asyncio.create_task(self._client.run(self._deliver)),
            asyncio.create_task(self._hearing.sort()),
        ]
        while (heard := await self._hearing.next()) is not None:
            for one in heard:
                yield one

    async def post(self, room: str, text: str, *, mentions: tuple[str, ...] = ()) -> str:
        """Say `text` in a group; each person mentioned is named in front. Raises Unreachable or Refused."""
        if self.abilities.posts != "self":
            raise Refused("this channel does not post by itself")
        ids = [one for one in dict.fromkeys(mentions) if one and one != BOT] if self.abilities.mentions else []
        said = _sayable(text)
        self._ready()
        names = await asyncio.gather(*(self._names.member(room, one) for one in ids))
        known = (name for one, name in zip(ids, names, strict=True) if name != one)
        prefix = "".join(f"@{_one_line(name)}{FOUR_PER_EM}" for name in known)
        return await self._send(room, prefix + said, text=text, mentions=ids)

    async def whisper(self, person: str, text: str) -> str:
        """Say `text` to one person. Raises Unreachable, or Refused if the person is no contact and never wrote."""
        if not self.abilities.private:
            raise Refused("this channel has no private messages")
        said = _sayable(text)
        self._ready()
        if person not in self._hearing.wrote:
            friend = (await self._names.person(person)).friend
            if friend is None:
                raise Unreachable("nobody knows whether this person can be reached", arrived=False)
            if not friend:
                raise Refused("this person is no contact and never wrote")
        try:
            return await self._send(person, said, text=text)
        except Refused:
            self._hearing.wrote.discard(person)
            self._hearing.friends[person] = False
            self._names.drop_contact(person)
            self._hearing.tell(Contact(person, False))
            raise

    async def media(self, name: str) -> bytes:
        """The bytes behind an opaque media name. Raises Unreachable or Refused."""
        return await asyncio.to_thread(media.load, self._shelf.folder, name)

    async def close(self) -> None:
        """Let go of the service; the account stays logged in."""
        if self.health is Health.CONNECTED:
            await self._hearing.drain(within=2.0)
        self._client.tell(Health.STOPPED, "closed")
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._hearing.stop()

    def _ready(self) -> None:
        if self.health is not Health.CONNECTED:
            raise Unreachable(f"the channel is {self.health}", arrived=False)

    async def _send(self, conversation: str, wire_text: str, *, text: str, mentions: Iterable[str] = ()) -> str:
        await self._turn(conversation)
        self._ready()
        self._remember(conversation, wire_text, text)
        try:
            answer = await self._client.ask(
                "MessageSendText", conversation_id=conversation, text=wire_text, mentional_ids=list(mentions)
            )
        except Fault as fault:
            raise _failure(fault) from fault
        return str(answer["id"] or answer["id_string_value_deprecated"]["value"] or f"unnamed-{uuid.uuid4().hex}")

    async def _turn(self, conversation: str) -> None:
        """Wait for the conversation's turn, not for long."""
        end = time.monotonic() + LONGEST_HOLD
        while wait := self._pace.take(conversation, now=time.monotonic()):
            if time.monotonic() + wait > end:
                raise Unreachable("the room has had its messages of this minute", arrived=False)
            await asyncio.sleep(wait)

    def _remember(self, conversation: str, wire_text: str, text: str) -> None:
        self._sent[conversation, squeezed(wire_text)] = text
        if len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)


def _sayable(text: str) -> str:
    said = clean(text)
    if not said.strip():
        raise Refused("there is nothing to say")
    if len(said) > LONGEST_TEXT:
        raise Refused("this is too long to say")
    return said


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _failure(fault: Fault) -> Unreachable | Refused:
    """What a failed sending means. A puppet's own error counts as a clear no only when its words say so."""
    words = fault.details.lower()
    if fault.code == "NOT_CONNECTED" or fault.code == "UNAUTHENTICATED" or any(w in words for w in _LOGGED_OUT_WORDS):
        return Unreachable(str(fault), arrived=False)
    if fault.code in _NO or (fault.code == "UNKNOWN" and any(w in words for w in _NO_WORDS)):
        return Refused(str(fault))
    return Unreachable(str(fault))
