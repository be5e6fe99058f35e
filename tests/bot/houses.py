"""A live house on a clock that whoever holds it moves: nothing here waits longer than the house itself is busy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scenes import DAY

from bot.live import Live


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now


class Asked:
    """The store of a running house, asked in the one thread that may hold it."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._live.walk.store, name)
        return lambda *arguments, **options: self._live._thread.submit(method, *arguments, **options).result(30)


@dataclass
class Running:
    """A live house over a channel in memory."""

    live: Live
    channel: Any
    clock: Clock

    @property
    def store(self) -> Any:
        """Its store, to be read."""
        return Asked(self.live)

    @property
    def second(self) -> float:
        """How many seconds of the day have passed."""
        return (self.clock.now - DAY).total_seconds()

    async def rest(self) -> None:
        """Until nothing more happens at this instant."""
        calm = 0
        while calm < 2:
            await self.live.call(_nothing)
            for _ in range(4):  # So that whoever waits for the thread, or for the word that it is done, has gone on.
                await asyncio.sleep(0)
            calm = 0 if self._busy() else calm + 1

    async def until(self, end: datetime) -> None:
        """Let the clock run to an instant, stopping wherever something falls due."""
        await self.rest()
        while self.clock.now < end:
            wake = await self.live.call(self.live.walk.wake)
            unclear = [until for _, until in self.live._unclear.values()]
            self.clock.now = max(self.clock.now, min([end, *unclear, *([wake] if wake else [])]))
            await self.rest()

    async def after(self, seconds: float) -> None:
        """Let so many seconds pass."""
        await self.until(self.clock.now + timedelta(seconds=seconds))

    async def hear(self, *heard: Any) -> None:
        """Let the channel hear something, and the house deal with it."""
        self.channel.say(*heard)
        await self.rest()

    def _busy(self) -> bool:
        live = self.live
        return bool(live._inbox.qsize() or live._sending or live._leaving or self.channel._heard.qsize())


def _nothing() -> None:
    return None


async def until(condition: Callable[[], Any], *, within: float = 10.0) -> Any:
    """The first true value of a condition, in real time."""
    for _ in range(int(within / 0.01)):
        if value := condition():
            return value
        await asyncio.sleep(0.01)
    raise AssertionError(f"it did not come true within {within} s")
