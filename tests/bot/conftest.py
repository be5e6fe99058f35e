"""What the tests of the shell share: a replay in this process, the command in this process, and a house that runs live."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import io
import json
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from houses import Clock, Running
from scenes import DAY, ROOM

from adapters.channels.memory import MemoryChannel
from adapters.ports import Channel
from adapters.store.sql import SqlStore
from bot import cli, wiring
from bot.data import DATA
from bot.live import Live
from bot.replay import Summary, dump
from bot.replay import replay as run_replay
from bot.runtime import Walk
from bot.settings import Settings
from bot.transcript import read
from dialogs.manners import House
from dialogs.messages import Room
from nlu.corpus import HELD_OUT, read_corpus
from nlu.linear import Linear
from nlu.understanding import Surroundings


@dataclass
class Replayed:
    """What a replay did."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    summary: Summary = field(default_factory=Summary)

    def of(self, kind: str, **wanted: Any) -> list[dict[str, Any]]:
        """The rows of a type that say this."""
        return [row for row in self.rows if row["type"] == kind and all(row[key] == wanted[key] for key in wanted)]

    @property
    def text(self) -> str:
        return "".join(dump(row) + "\n" for row in self.rows)

    def last(self) -> dict[str, dict[str, Any]]:
        """The final state of each ticket."""
        return {row["number"]: row for row in self.of("ticket")}


Rows = Sequence[dict[str, Any] | str]


@pytest.fixture
def replayed(shipped: Settings, mind: Linear) -> Callable[[Rows], Replayed]:
    """Replays rows in this process."""

    def run(rows: Rows) -> Replayed:
        done = Replayed()
        lines = read(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
        walk, outcome = wiring.rehearsal(shipped, mind, done.rows.append)
        try:
            done.summary = run_replay(lines, walk, outcome, complain=done.complaints.append)
        finally:
            walk.store.close()
        return done

    return run


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    status: int
    out: str
    err: str


@pytest.fixture
def linli(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, models: Path
) -> Iterator[Callable[..., Ran]]:
    """Runs the command in this process, in a folder of its own whose data hold the present model."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def run(*arguments: str, stdin: str | bytes = "") -> Ran:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        monkeypatch.setattr(sys, "argv", ["linli", *arguments])
        capsys.readouterr()
        status: Any = 0
        try:
            cli.main()
        except SystemExit as end:
            status = end.code or 0
        finally:
            root.handlers[:], root.level = handlers[:], level
        said = capsys.readouterr()
        return Ran(int(status), said.out, said.err)

    yield run
    root.handlers[:], root.level = handlers, level


QUICK = {
    "quiet": 1, "window": 6, "staff": 1, "patience": 60, "survey_pause": 1, "progress_batch": 0,
    "posts_per_day": 1000, "night_from": 0, "night_until": 0,
}  # fmt: skip
"""The shipped manners in seconds."""


@pytest.fixture(scope="session")
def weak(mind: Linear) -> str:
    """A complaint of which the present model is not sure enough to speak, but sure enough to flag."""
    texts = (line.text for line in read_corpus(DATA) if line.author == HELD_OUT and line.intent == "complaint")
    meanings = ((text, mind.triage(text, Surroundings(DAY))) for text in texts)
    return next(text for text, meaning in meanings if meaning.answer == "flag" and not meaning.signals)


@pytest.fixture
def quick(house: House) -> House:
    """The house with manners that a test can wait for."""
    return replace(house, manners=replace(house.manners, **QUICK))  # type: ignore[arg-type]


@pytest.fixture
async def run_house(quick: House, mind: Linear) -> AsyncIterator[Callable[..., Awaitable[Running]]]:
    """Starts houses: a live walk over a store in memory and a channel in memory, unless others are given."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(
            at: datetime,
            *,
            store: Any = None,
            channel: Channel | None = None,
            house: House | None = None,
            rooms: Sequence[Room] = (ROOM,),
            context: timedelta = timedelta(minutes=30),
        ) -> Running:
            keep = store if store is not None else SqlStore(None)
            channel = channel or MemoryChannel()
            clock = Clock(at)
            walk = Walk(store=keep, reader=mind, house=house or quick)
            for room in rooms:
                walk.place(room)
            live = Live(walk=walk, channel=channel, clock=clock, context=context)
            task = asyncio.create_task(live.run())

            async def stop() -> None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
                keep.close()

            stack.push_async_callback(stop)
            running = Running(live, channel, clock)
            await asyncio.sleep(0)
            await running.rest()
            return running

        yield start


def _wechaty() -> Any:
    """The fixtures of the real Node peer, which live beside the tests of the channel."""
    path = Path(__file__).parents[1] / "adapters" / "channels" / "conftest.py"
    spec = importlib.util.spec_from_file_location("wechaty_peer", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_PEER = _wechaty()
peer, plug = _PEER.peer, _PEER.plug
