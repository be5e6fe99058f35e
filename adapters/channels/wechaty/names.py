"""Who is who: names of contacts, rooms and members, asked of the puppet once and kept for a while.

Law: what an event says has changed is dropped at once; what cannot be asked now has its id for a name, and that is not kept.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from adapters.channels.wechaty import wire
from adapters.channels.wechaty.client import Fault
from adapters.channels.wechaty.payloads import clean
from dialogs.messages import BOT, Member, Room

Read = Callable[..., Awaitable[wire.Plain]]
Key = tuple[str, ...]
OFFICIAL = 2


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as the puppet knows it. `friend` is None when it could not be asked."""

    id: str
    name: str
    friend: bool | None = None
    official: bool = False


class Names:
    """The kept payloads. `read` asks the puppet and raises Fault.

    Every member's name is a question to the puppet, so in a big room only the first `roster` are asked for; the others' names
    are empty in the Room and come with their messages.
    """

    def __init__(self, read: Read, *, ttl: float = 3600.0, roster: int = 100, limit: int = 50_000) -> None:
        self._read = read
        self._ttl = ttl
        self._roster = roster
        self._limit = limit
        self._kept: dict[Key, tuple[float, wire.Plain]] = {}
        self._rooms: dict[str, tuple[wire.Plain, Room]] = {}
        self._asked: dict[Key, asyncio.Task[wire.Plain]] = {}

    async def person(self, contact: str) -> Person:
        """The contact behind an id."""
        try:
            payload = await self._get("ContactPayload", contact)
        except Fault:
            return Person(contact, contact)
        name = clean(payload["name"]).strip() or contact
        return Person(contact, name, payload["friend"], payload["type"] == OFFICIAL)

    async def member(self, room: str, contact: str) -> str:
        """What somebody is called in a room: the room alias, else the name."""
        return (await self.aliases(room, contact))[0]

    async def aliases(self, room: str, contact: str) -> tuple[str, ...]:
        """All names that somebody goes by in a room, the best first."""
        try:
            payload = await self._get("RoomMemberPayload", room, contact)
        except Fault:
            payload = {"room_alias": "", "name": ""}
        alias, name = clean(payload["room_alias"]).strip(), clean(payload["name"]).strip()
        names = dict.fromkeys(filter(None, (alias, name)))
        if not name:
            names[(await self.person(contact)).name] = None
        return tuple(names)

    async def room(self, room: str, *, own: str) -> Room | None:
        """The room with its members, the bot left out; None when it cannot be asked."""
        try:
            payload = await self._get("RoomPayload", room)
        except Fault:
            return None
        built = self._rooms.get(room)
        if built and built[0] is payload:
            return built[1]
        ids = [one for one in dict.fromkeys(payload["member_ids"]) if one and one != own]
        asked = ids[: self._roster]
        known = await asyncio.gather(*(self.member(room, one) for one in asked))
        names = dict(zip(asked, known, strict=True))
        members = tuple(Member(one, names.get(one, "")) for one in ids if one != BOT)
        made = Room(id=room, name=clean(payload["topic"]).strip() or room, members=members)
        if all(name != one for one, name in names.items()):
            self._rooms[room] = (payload, made)
        return made

    def drop(self, *key: str) -> None:
        """Forget what begins with this: ("ContactPayload",), ("RoomPayload", room), ("RoomMemberPayload", room, id)."""
        if key[0] != "ContactPayload":
            self._rooms.pop(key[1], None)
        for kept in [one for one in self._kept if one[: len(key)] == key]:
            del self._kept[kept]
        for asked in [one for one in self._asked if one[: len(key)] == key]:
            del self._asked[asked]  # an answer on its way may already be old

    def drop_contact(self, contact: str) -> None:
        """Forget somebody everywhere."""
        self.drop("ContactPayload", contact)
        for kept in [one for one in self._kept if one[0] == "RoomMemberPayload" and one[2] == contact]:
            self.drop(*kept)

    def drop_room(self, room: str, *, members: bool = True) -> None:
        """Forget a room, and what its members are called there."""
        self.drop("RoomPayload", room)
        if members:
            self.drop("RoomMemberPayload", room)

    async def _get(self, method: str, *ids: str) -> wire.Plain:
        key = (method, *ids)
        kept = self._kept.get(key)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.create_task(self._ask(key))
            task.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(task)

    async def _ask(self, key: Key) -> wire.Plain:
        method, *ids = key
        return await self._read(method, **dict(zip(("id", "member_id"), ids, strict=False)))

    def _keep(self, key: Key, task: asyncio.Task[wire.Plain]) -> None:
        if self._asked.get(key) is not task:
            return  # dropped meanwhile
        del self._asked[key]
        if not task.cancelled() and task.exception() is None:
            if len(self._kept) >= self._limit:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = (time.monotonic() + self._ttl, task.result())
