"""Drives the walk on the real clock: one thread holds walk and store, the event loop moves messages and sentences.

Nothing is decided here. A store that does not answer is asked again until it does; whatever the channel gave is kept meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TypeVar

from adapters.ports import Channel, Contact, Echo, Health, Heard, Refused, Store, Unreachable
from bot.runtime import Walk
from dialogs.messages import Message, Recall, Room
from dialogs.turns import Sentence

T = TypeVar("T")
log = logging.getLogger(__name__)

BATCH = 256
INBOX = 10_000
ECHO_WAIT = timedelta(seconds=30)
NEVER = datetime.max.replace(tzinfo=UTC)
PUT_OFF = timedelta(seconds=10)
LOOK_EVERY = 5.0
"""Seconds after which the store is looked into even if nothing was heard: the desk may be another process."""
FORGET_EVERY = timedelta(minutes=1)
STORE_WAIT = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between tries while the store does not answer; the last goes on."""


class Live:
    """The running bot. `clock` tells the instant, `changed` hears of every room in which something changed."""

    def __init__(
        self,
        *,
        walk: Walk,
        channel: Channel,
        clock: Callable[[], datetime],
        context: timedelta,
        changed: Callable[[str], None] = lambda room: None,
    ) -> None:
        self.walk, self.channel = walk, channel
        self._clock, self._context, self._changed = clock, context, changed
        self._thread = ThreadPoolExecutor(1, "walk")
        self._inbox: asyncio.Queue[Heard] = asyncio.Queue(INBOX)
        self._wake = asyncio.Event()
        self._leaving: list[Sentence] = []
        self._unclear: dict[str, tuple[Sentence, datetime]] = {}
        self._rooms: dict[str, asyncio.Lock] = {}
        self._sending: set[asyncio.Task[None]] = set()

    async def run(self, *others: Callable[[], Awaitable[None]]) -> None:
        """Until cancelled: hear, decide, say; `others` run beside it."""
        await self._patiently(self._restore)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen())
                group.create_task(self._work())
                group.create_task(self._forget())
                for other in others:
                    group.create_task(_forever(other))
        finally:
            for task in self._sending:
                task.cancel()
            await asyncio.gather(*self._sending, return_exceptions=True)
            await self.channel.close()
            self._thread.shutdown()

    async def ask(self, question: Callable[[Store], T]) -> T:
        """Run a question, or a change, on the store in its thread."""
        return await self.call(lambda: question(self.walk.store))

    async def call(self, deed: Callable[[], T]) -> T:
        """Run something in the walk's thread, and look at once whether anything has fallen due."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, deed)
        finally:
            self._wake.set()

    async def _listen(self) -> None:
        async for heard in self.channel.heard():
            await self._inbox.put(heard)
            self._wake.set()

    async def _work(self) -> None:
        while True:
            batch = [self._inbox.get_nowait() for _ in range(min(BATCH, self._inbox.qsize()))]
            wake = await self._patiently(lambda batch=batch: self._take(batch))  # type: ignore[misc]
            for sentence in self._leaving:
                task = asyncio.create_task(self._say(sentence))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)
            self._leaving = []
            if self._inbox.empty():
                await self._until(wake)

    async def _until(self, wake: datetime | None) -> None:
        instants = [wake, *(until for _, until in self._unclear.values())]
        now = self._clock()
        pause = min([LOOK_EVERY, *((instant - now).total_seconds() for instant in instants if instant)])
        try:
            async with asyncio.timeout(max(0.0, pause)):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    async def _patiently(self, deed: Callable[[], T]) -> T:
        """Do something with the store; while it does not answer, say so once and try again from what it last kept."""
        tries = 0
        while True:
            try:
                return await asyncio.get_running_loop().run_in_executor(self._thread, deed)
            except Unreachable as error:
                if tries == 0:
                    log.error("waiting for the store: %s", error)
                await asyncio.sleep(STORE_WAIT[min(tries, len(STORE_WAIT) - 1)])
                tries += 1
                deed = _after(self._restore, deed) if tries == 1 else deed

    def _restore(self) -> None:
        """In the walk's thread: find everything again, and wait for the echo of what was being sent when we stopped."""
        self.walk.restore()
        now = self._clock()
        self._unclear = {
            sentence.id: self._unclear.get(sentence.id, (sentence, now + ECHO_WAIT))
            for sentence in self.walk.store.sentences(state="sending")
        }

    def _take(self, batch: list[Heard]) -> datetime | None:
        """In the walk's thread, in one commit: everything heard, then everything due. Returns when something falls due next."""
        with self.walk.store.together():
            leaving = self._taken(batch, self._clock())
        self._leaving += leaving  # Nothing leaves the house before it is kept that it may.
        return self.walk.wake()

    def _taken(self, batch: list[Heard], now: datetime) -> list[Sentence]:
        if not batch:
            self.walk.look()
        for kind, group in groupby(batch, type):
            if kind is Message:
                self._hear([heard for heard in group if isinstance(heard, Message)], now)
            else:
                for heard in group:
                    self._note(heard, now)
        for id in [id for id, (_, until) in self._unclear.items() if until <= now]:
            self.walk.unclear(id, now=now)
            self._unclear.pop(id)
        return [sentence for sentence, _ in self.walk.advance(now)]

    def _hear(self, messages: list[Message], now: datetime) -> None:
        for person in {message.sender for message in messages if message.room is None}:
            self.walk.store.put_contact(person, reachable=True)
        self.walk.hear(messages, now=now)
        for room in {message.room or "" for message in messages}:
            self._changed(room)

    def _note(self, heard: Heard, now: datetime) -> None:
        if isinstance(heard, Recall):
            self.walk.recall(heard, now=now)
            self._changed(heard.room or "")
        elif isinstance(heard, Room):
            if heard.new and self.walk.store.room(heard.id) is None:
                self.walk.announce(
                    heard, now=now
                )  # Before the room is known, so that a kill in between forgets nothing.
            self.walk.place(heard)
        elif isinstance(heard, Contact):
            if heard.reachable is not None:
                self.walk.store.put_contact(heard.person, heard.reachable)
        elif isinstance(heard, Echo):
            self._echoed(heard, now)

    def _echoed(self, echo: Echo, now: datetime) -> None:
        """The channel's own word that a sentence arrived settles it, whatever the call said or will say."""
        for id, (sentence, _) in list(self._unclear.items()):
            if echo.conversation == (sentence.room or sentence.to[0]) and sentence.text in echo.text:
                del self._unclear[id]
                self.walk.settle(id, "sent", now=now, channel_id=echo.id)
                return

    async def _say(self, sentence: Sentence) -> None:
        """Hand one sentence to the channel; those of one conversation in their order."""
        conversation = sentence.room or sentence.to[0]
        async with self._rooms.setdefault(conversation, asyncio.Lock()):
            self._unclear[sentence.id] = (sentence, NEVER)  # Its echo may come before the call returns.
            outcome, id = await self._send(sentence)
        echoed = self._unclear.pop(sentence.id, None) is None
        now = self._clock()
        if outcome == "unclear":
            if not echoed:
                self._unclear[sentence.id] = (sentence, now + ECHO_WAIT)
        elif outcome == "waiting":
            await self._patiently(lambda: self.walk.put_off(sentence.id, now=now, until=now + PUT_OFF))
        else:
            await self._patiently(lambda: self.walk.settle(sentence.id, outcome, now=now, channel_id=id))
        self._changed(sentence.room or "")
        self._wake.set()

    async def _send(self, sentence: Sentence) -> tuple[str, str | None]:
        if self.channel.health is not Health.CONNECTED:
            return "waiting", None
        if self.channel.abilities.posts != "self":
            return "lost", None
        try:
            if sentence.room is not None:
                return "sent", await self.channel.post(sentence.room, sentence.text, mentions=sentence.to)
            person = sentence.to[0]
            known = await self._patiently(lambda: self.walk.store.reachable(person))
            if known is False or not self.channel.abilities.private:
                return "refused", None
            return "sent", await self.channel.whisper(person, sentence.text)
        except Refused as error:
            log.warning("sentence %s was refused: %s", sentence.id, error)
            return ("refused" if sentence.room is None else "lost"), None
        except Unreachable as error:
            log.warning("sentence %s: %s", sentence.id, error)
            return ("waiting" if error.arrived is False else "unclear"), None
        except Exception:
            log.exception("sentence %s: the channel failed in a way that nobody foresaw", sentence.id)
            return "unclear", None

    async def _forget(self) -> None:
        while True:
            await asyncio.sleep(FORGET_EVERY.total_seconds())
            before = self._clock() - self._context
            await self._patiently(lambda before=before: self.walk.store.forget(before=before))  # type: ignore[misc]


class Changes:
    """Tells any number of listeners which rooms have changed; a slow one loses repetitions, never the last word."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[str]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def tell(self, room: str) -> None:
        """Something changed in a room; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._spread, room)

    async def listen(self) -> AsyncIterator[str]:
        """Rooms, as they change."""
        self._loop = asyncio.get_running_loop()
        queue: asyncio.Queue[str] = asyncio.Queue(100)
        self._listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)

    def _spread(self, room: str) -> None:
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
                room = ""  # Something was dropped: look everywhere.
            queue.put_nowait(room)


async def _forever(other: Callable[[], Awaitable[None]]) -> None:
    await other()


def _after(first: Callable[[], None], then: Callable[[], T]) -> Callable[[], T]:
    def both() -> T:
        first()
        return then()

    return both
