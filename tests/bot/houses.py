"""A live house on a clock that whoever holds it moves: nothing here waits longer than the house itself is busy."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.live import Live


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Running:
    """A live house over a channel in memory."""

    live: Live
    channel: Any
    store: Any
    clock: Clock

    async def rest(self) -> None:
        """Until nothing more happens at this instant."""
        quiet = 0
        while quiet < 2:
            before = self._mark()
            for _ in range(2):
                await self.live.call(_nothing)
                await asyncio.sleep(0)
            quiet = quiet + 1 if self._mark() == before else 0

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

    def _mark(self) -> tuple[int, ...]:
        live, channel = self.live, self.channel
        said = (len(channel.posts), len(channel.whispers), channel._heard.qsize())
        return (*said, live._inbox.qsize(), len(live._sending), len(live._leaving))


def _nothing() -> None:
    return None
