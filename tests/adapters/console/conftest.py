"""A whole small house with the page before it: the real walk, store, reader and simulator, with short waits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from adapters.channels.simulator import DEMO, SimulatorChannel
from adapters.console.page import make_page
from adapters.store.sql import SqlStore
from bot import wiring
from bot.live import Changes, Live
from bot.runtime import Walk
from bot.settings import Settings, manners
from bot.workshop import House
from nlu.linear import Linear

RESIDENT, OTHER = DEMO.members[0].id, DEMO.members[1].id
WORKER = next(member.id for member in DEMO.members if member.role == "worker")


@dataclass(frozen=True)
class Page:
    """The page, from a client's side."""

    client: TestClient[Any, Any]
    channel: SimulatorChannel
    database: Path

    async def get(self, path: str) -> Any:
        async with self.client.get(path) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def post(self, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        async with self.client.post(path, json=body, **more) as response:
            return response.status, await response.json()

    async def say(self, text: str, *, sender: str = RESIDENT, room: str | None = DEMO.id, **more: Any) -> str:
        status, told = await self.post("/api/say", {"sender": sender, "room": room, "text": text, **more})
        assert status == 200, told
        return str(told["id"])

    async def state(self) -> Any:
        return await self.get("/api/state")

    async def until(self, found: Callable[[Any], Any], *, within: float = 15.0) -> Any:
        """The first true thing found in the state."""
        for _ in range(int(within / 0.1)):
            if value := found(await self.state()):
                return value
            await asyncio.sleep(0.1)
        raise AssertionError(f"nothing within {within} s: {await self.state()}")

    async def visit(self, key: str = "visit-1", **changed: Any) -> str:
        body = {"room": DEMO.id, "by": WORKER, "category": "0104", "what": "厨房天花板渗水", "place": "3栋", "key": key}
        status, told = await self.post("/api/visits", body | changed)
        assert status == 200, told
        return str(told["number"])


@pytest.fixture
async def page(mind: Linear, shipped: Settings, tmp_path: Path) -> AsyncIterator[Page]:
    zone = manners(shipped).zone

    def clock() -> datetime:
        return datetime.now(zone)

    habits = replace(manners(shipped), **{**wiring.LIVELY, "quiet": 1, "staff": 1})
    changes = Changes()
    channel = SimulatorChannel(clock=clock, media=tmp_path / "media")
    walk = Walk(
        store=SqlStore(tmp_path / "linli.db"),
        reader=mind,
        house=wiring.house(shipped, mind, account="test", secret="", habits=habits),
        sink=lambda _, kept: changes.tell(kept.room),
    )
    live = Live(walk=walk, channel=channel, clock=clock, context=timedelta(minutes=30), changed=changes.tell)
    workshop = House(live, rehearsal=partial(wiring.rehearsal, shipped, mind), changes=changes, clock=clock)
    app = make_page(
        workshop=workshop,
        channel=channel,
        lexicon=mind.lexicon,
        info={"quiet": habits.quiet, "staff": habits.staff, "model": mind.model, "version": "test"},
    )
    with channel.watched() as connected:
        running = asyncio.create_task(live.run())
        await connected.wait()
    async with TestClient(TestServer(app)) as client:
        yield Page(client, channel, tmp_path / "linli.db")
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    walk.store.close()
