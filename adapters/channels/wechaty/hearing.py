"""From events to what was heard: payloads, names and media fetched side by side, handed on in order.

Law: nothing is yielded half; within a room the order is that of the events, while a slow picture holds up its own room alone.
What cannot be fetched costs itself, with one line in the log, and nothing else. No words of residents at INFO or above.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from adapters.channels.wechaty import media, payloads, wire
from adapters.channels.wechaty.client import Client, Fault
from adapters.channels.wechaty.names import Names
from adapters.channels.wechaty.payloads import Event, identities, identity
from adapters.ports import Contact, Heard
from dialogs.messages import Message, Room

log = logging.getLogger(__name__)

SEEN = 10_000
"""Ids remembered, since puppets repeat messages."""
BACKLOG = 1_000
"""Events on their way; beyond it the service has to wait."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work on one event: jobs with the same key are handed on in order."""

    key: str
    work: Callable[[], Awaitable[list[Heard]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where media go and how big they may be, in bytes."""

    folder: Path
    limit: int = 10 << 20


class Recent:
    """Which words were lately said in which message of a room: digests, since the words themselves are only on loan."""

    def __init__(self, *, each: int = 200) -> None:
        self._each = each
        self._rooms: dict[str, OrderedDict[str, str]] = {}

    def add(self, room: str, text: str, message: str) -> None:
        """Remember a message; of two that say the same the later one counts."""
        said = self._rooms.setdefault(room, OrderedDict())
        said[self._digest(text)] = message
        said.move_to_end(self._digest(text))
        if len(said) > self._each:
            said.popitem(last=False)

    def find(self, room: str, quoted: str) -> str | None:
        """The id of the message that was quoted."""
        said = self._rooms.get(room)
        return said.get(self._digest(quoted)) if said else None

    @staticmethod
    def _digest(text: str) -> str:
        return hashlib.sha256(payloads.squeezed(text).encode("utf-8", "replace")).hexdigest()[:16]


class Hearing:
    """Turns events into what was heard. `sent` and `friends` are shared with the speaking half of the channel."""

    def __init__(self, client: Client, names: Names, shelf: Shelf, *, sent: Mapping[tuple[str, str], str]) -> None:
        self.account = ""
        self.friends: dict[str, bool] = {}
        self.wrote: set[str] = set()
        self._out: asyncio.Queue[tuple[bool, list[Heard] | None]] = asyncio.Queue()
        self._client = client
        self._names = names
        self._shelf = shelf
        self._sent = sent
        self._slots = asyncio.Semaphore(BACKLOG)
        self._arrived: asyncio.Queue[asyncio.Task[Job | None]] = asyncio.Queue()
        self._tails: dict[str, asyncio.Task[None]] = {}
        self._pending = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._recent = Recent()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._rooms: dict[str, Room] = {}

    # -- in

    async def deliver(self, event: Event) -> None:
        """Take one event. Waits only while too many are on their way."""
        what = event.payload
        if event.kind == wire.MESSAGE:
            message = identity(what.get("messageId"))
            if message and self._fresh(message):
                await self._line_up(self._read(message))
        elif event.kind in (wire.ROOM_TOPIC, wire.ROOM_JOIN, wire.ROOM_LEAVE):
            await self._room_changed(event)
        elif event.kind == wire.DIRTY:
            await self._dirty(what.get("payloadType"), identity(what.get("payloadId")))
        elif event.kind == wire.LOGIN:
            self._login(identity(what.get("contactId")))
        elif event.kind == wire.FRIENDSHIP:
            self._names.drop("ContactPayload")  # the event does not say whose; it is rare
        elif event.kind == wire.ERROR:
            log.warning("Wechaty: the puppet reports an error of its own")
            log.debug("Wechaty: the error: %s", what)

    def _login(self, account: str) -> None:
        if self.account and account and account != self.account:
            log.warning("Wechaty: another account is logged in than before")
            self._rooms.clear()
        self.account = account or self.account

    def _fresh(self, message: str) -> bool:
        if message in self._seen:
            return False
        self._seen[message] = None
        if len(self._seen) > SEEN:
            self._seen.popitem(last=False)
        return True

    async def _room_changed(self, event: Event) -> None:
        room = identity(event.payload.get("roomId"))
        joined = identities(event.payload.get("inviteeIdList"))
        left = identities(event.payload.get("removeeIdList"))
        self._names.drop_room(room, members=False)
        for person in (*joined, *left):
            self._names.drop("RoomMemberPayload", room, person)
        if room and self.account not in left:
            new = event.kind == wire.ROOM_JOIN and self.account in joined
            await self._line_up(self._reread(room, new=new))

    async def _dirty(self, kind: object, name: str) -> None:
        if kind == wire.DIRTY_CONTACT:
            self._names.drop_contact(name)
            self.friends.pop(name, None)
        elif kind in (wire.DIRTY_ROOM, wire.DIRTY_MEMBER):
            self._names.drop_room(name)
            if name in self._rooms:
                await self._line_up(self._reread(name, new=False))

    # -- along

    async def _line_up(self, job: Any) -> None:
        await self._slots.acquire()
        self._pending += 1
        self._idle.clear()
        self._arrived.put_nowait(asyncio.create_task(job))

    async def sort(self) -> None:
        """Give each job its place behind the last one of its room, for as long as the channel lives."""
        while True:
            job = await (await self._arrived.get())
            if job is None:
                self._slots.release()
                self._done()
                continue
            task = asyncio.create_task(self._finish(job, self._tails.get(job.key)))
            self._tails[job.key] = task
            task.add_done_callback(partial(self._off, job.key))

    def _done(self) -> None:
        self._pending -= 1
        if not self._pending:
            self._idle.set()

    def _off(self, key: str, task: asyncio.Task[None]) -> None:
        if self._tails.get(key) is task:
            del self._tails[key]

    async def _finish(self, job: Job, before: asyncio.Task[None] | None) -> None:
        try:
            heard = await job.work()
        except Exception as error:  # one odd payload must not end the hearing
            log.error("Wechaty: a payload could not be understood: %s", type(error).__name__)
            log.debug("Wechaty: the error", exc_info=True)
            heard = []
        if before:
            await asyncio.wait({before})
        self._out.put_nowait((True, heard))
        self._done()

    async def next(self) -> list[Heard] | None:
        """What the next event brought; None when the channel is closed."""
        of_event, heard = await self._out.get()
        if of_event:
            self._slots.release()
        return heard

    async def drain(self, *, within: float) -> None:
        """Wait until what has arrived is ready, but not for long."""
        try:
            await asyncio.wait_for(self._idle.wait(), within)
        except TimeoutError:
            log.warning("Wechaty: closed before all that had arrived could be read")

    def stop(self) -> None:
        """End the hearing."""
        for task in self._tails.values():
            task.cancel()
        self._out.put_nowait((False, None))

    def tell(self, *heard: Heard) -> None:
        """Hand on something that came of no event."""
        self._out.put_nowait((False, list(heard)))

    # -- work

    async def _read(self, message: str) -> Job | None:
        try:
            payload = await self._client.read("MessagePayload", id=message)
        except Fault as fault:
            log.warning("Wechaty: message %s could not be read (%s); it is lost", message, fault.code)
            self._seen.pop(message, None)
            return None
        payload["id"] = message
        key = payloads.conversation(payload, own=self.account)
        return Job(key, lambda: self._understand(payload))

    async def _reread(self, room: str, *, new: bool) -> Job:
        return Job(room, lambda: self._room(room, new=new))

    async def _understand(self, payload: wire.Plain) -> list[Heard]:
        now = datetime.now(UTC)
        if payload["type"] == payloads.RECALLED:
            recall = payloads.to_recall(payload, own=self.account, now=now)
            return [recall] if recall else []
        if payload["type"] == payloads.TEXT:
            said = payloads.reply(payloads.clean(payload["text"]))[1]
            self._recent.add(payloads.conversation(payload, own=self.account), said, payload["id"])
        if payload["talker_id"] == self.account:
            return [payloads.to_echo(payload, own=self.account, sent=self._sent)]
        if not payload["talker_id"]:
            return []
        if payload["room_id"]:
            return await self._said_in_room(payload, now=now)
        return await self._said_in_private(payload, now=now)

    async def _said_in_room(self, payload: wire.Plain, *, now: datetime) -> list[Heard]:
        room, talker = payload["room_id"], payload["talker_id"]
        heard = await self._room(room, new=False)
        name = await self._names.member(room, talker)
        own_names = await self._names.aliases(room, self.account)
        person = await self._names.person(talker)
        if person.friend is not None:
            heard += self._contact(talker, person.friend or talker in self.wrote)
        message = await self._message(payload, name=name, own_names=own_names, now=now)
        return [*heard, message]

    async def _said_in_private(self, payload: wire.Plain, *, now: datetime) -> list[Heard]:
        talker = payload["talker_id"]
        person = await self._names.person(talker)
        if person.official:  # newsletters are nobody's words
            return []
        self.wrote.add(talker)
        message = await self._message(payload, name=person.name, own_names=(), now=now)
        return [*self._contact(talker, True), message]

    async def _room(self, room: str, *, new: bool) -> list[Heard]:
        """The room, if this is the first of it or it has changed."""
        found = await self._names.room(room, own=self.account)
        if found is None or (found == self._rooms.get(room) and not new):
            return []
        self._rooms[room] = found
        return [replace(found, new=new)]

    def _contact(self, person: str, reachable: bool) -> list[Heard]:
        """Whether the person can be reached in private, if that is news."""
        if self.friends.get(person) is reachable:
            return []
        self.friends[person] = reachable
        return [Contact(person, reachable)]

    async def _message(self, payload: wire.Plain, *, name: str, own_names: tuple[str, ...], now: datetime) -> Message:
        aside = await self._aside(payload)
        message = payloads.to_message(
            payload,
            own=self.account,
            name=name,
            own_names=own_names,
            now=now,
            aside=aside,
            find=partial(self._recent.find, payloads.conversation(payload, own=self.account)),
        )
        if message.kind not in ("image", "voice", "video"):
            return message
        data = await self._fetch(payload)
        if data is None:
            return message
        if message.kind == "image" and media.sniff(data) not in media.PICTURES:
            return replace(message, kind="file", text=payloads.words(payload["filename"]))
        try:
            stored = await asyncio.to_thread(
                media.keep, self._shelf.folder, data, account=self.account, message=message.id
            )
        except OSError as error:
            log.warning("Wechaty: a medium could not be kept: %s", error.strerror)
            return message
        return replace(message, media=(stored,))

    async def _aside(self, payload: wire.Plain) -> str:
        """The words that the payload does not hold: of a link, a mini program, a location."""
        kind, message = payload["type"], payload["id"]
        try:
            if kind == payloads.URL:
                return str((await self._client.read("MessageUrl", id=message))["url_link"]["title"])
            if kind == payloads.MINI_PROGRAM:
                return str((await self._client.read("MessageMiniProgram", id=message))["mini_program"]["title"])
            if kind == payloads.LOCATION:
                return payloads.address((await self._client.read("MessageLocation", id=message))["location"])
        except Fault as fault:
            log.info("Wechaty: no details of message %s (%s)", message, fault.code)
        return ""

    async def _fetch(self, payload: wire.Plain) -> bytes | None:
        """The bytes of a medium within the limit, or None."""
        message = payload["id"]
        try:
            answer = await self._client.read("MessageFile", id=message)
            data = await media.unpack(answer["file_box"], limit=self._shelf.limit, download=self._download)
        except Fault as fault:
            log.warning("Wechaty: the file of message %s could not be fetched (%s)", message, fault.code)
            return None
        if not data:
            log.warning("Wechaty: the file of message %s is empty, too big or out of reach", message)
        return data or None

    async def _download(self, uuid: str, limit: int) -> bytes | None:
        return await self._client.download(uuid, limit=limit)
