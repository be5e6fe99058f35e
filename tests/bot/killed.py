"""A house that kills itself: `python killed.py DATA_FOLDER`, one JSON request a line in, one JSON answer a line out.

The house is the real one over a store on a file; the channel's other side lies in files, as it would lie at other people's.
Thin proxies around the two ports kill the process before or after the n-th call of a method. Each request is played in
forks of this process, which has read the model once: until the kill, and again from what is left, until the script ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from houses import Clock, Running
from scenes import COMPLAINT, DAY, FIRE, ROOM, SOLVED, at, message, said

from adapters.channels.memory import MemoryChannel
from adapters.desk import journal
from adapters.ports import Echo
from adapters.store.sql import SqlStore
from bot import settings, wiring
from bot.live import Live
from bot.runtime import Walk
from dialogs.events import Decided
from dialogs.manners import House
from dialogs.messages import Recall
from nlu.linear import Linear

DEBT = "@邻里 隔壁老王借我三万块钱不还，躲着不见人，怎么办"
OTHER = replace(ROOM, id="r2", name="二群")
SCRIPT: list[dict[str, Any]] = [
    said("c1", 0, "屋里有人冇", by="bei"),
    said("m1", 10, "大家早上好"),
    said("m2", 20, COMPLAINT),
    said("m3", 30, kind="image", media=["m3.jpg"]),
    said("c2", 35, "今天这个天要落雨的样子", by="fang"),
    said("m4", 400, "3栋"),
    said("m5", 410, "不是3栋 是5栋"),
    said("w1", 600, DEBT, by="mei", room="r2", mentions=["bot"]),
    said("f1", 800, FIRE, by="bei"),
    said("f2", 830, "6栋着火了，看到好大的烟，快打119", by="fang", room="r1"),
    {"type": "move", "at": at(1200), "message": "m2", "status": "accepted", "note": "已通知物业"},
    said("c3", 1300, "晚上吃什么呢", by="bei", room="r2"),
    {"type": "recall", "at": at(1310), "message": "c3", "from": "bei", "room": "r2"},
    said("u1", 1500, "电梯坏了，没人修", by="fang", room="r2"),
    {"type": "decide", "at": at(1900), "message": "u1"},
    {"type": "move", "at": at(2600), "message": "m2", "status": "in_progress", "note": "维保更换门机控制板"},
    said("p1", 3000, "你好", by="fang", room=None),
    {"type": "move", "at": at(5000), "message": "m2", "status": "done", "note": "更换门机板并试运行"},
    said("m6", 8000, SOLVED),
    said("c4", 8600, "明天赶集去不", by="bei"),
    {"type": "end", "at": at(12000)},
]
"""Chatter, a burst with its answer and correction, a private matter, an emergency, a flag, the desk, a survey and its rating."""


WRITES = ("store.accept", "store.keep", "store.put_room", "store.put_contact")


class Killer:
    """Counts the calls of the ports, and kills the process at one of them."""

    def __init__(self, point: tuple[str, str, int] | None) -> None:
        self.point = point
        self.calls: Counter[str] = Counter()
        self.wrote = False

    def enter(self, name: str) -> tuple[str, int]:
        """A call begins."""
        self.calls[name] += 1
        self.wrote |= name in WRITES
        self._at(name, "before", self.calls[name])
        return name, self.calls[name]

    def leave(self, call: tuple[str, int]) -> None:
        """A call has returned."""
        self._at(call[0], "after", call[1])

    def _at(self, name: str, when: str, count: int) -> None:
        if self.point == (name, when, count):
            os.kill(os.getpid(), signal.SIGKILL)


class StoreProxy:
    """The store, watched."""

    def __init__(self, inner: SqlStore, killer: Killer) -> None:
        self._inner, self._killer = inner, killer

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._inner, name)

        def watched(*arguments: Any, **options: Any) -> Any:
            call = self._killer.enter(f"store.{name}")
            result = method(*arguments, **options)
            self._killer.leave(call)
            return result

        return watched

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """One commit: its begin and its end are calls of their own."""
        begin = self._killer.enter("store.together")
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._inner.together())
            self._killer.leave(begin)
            self._killer.wrote = False
            yield
            end = self._killer.enter("store.commit" if self._killer.wrote else "store.commit_of_nothing")
        self._killer.leave(end)


class ChannelProxy:
    """The channel, watched; what arrives at the others is written down at their side."""

    def __init__(self, inner: MemoryChannel, killer: Killer, said: Path) -> None:
        self._inner, self._killer, self._said = inner, killer, said

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def heard(self) -> AsyncIterator[Any]:
        """What arrives."""
        async for one in self._inner.heard():
            call = self._killer.enter("channel.heard")
            yield one
            self._killer.leave(call)

    async def post(self, room: str, text: str, *, mentions: tuple[str, ...] = ()) -> str:
        """Say it in a group."""
        call = self._killer.enter("channel.post")
        id = await self._inner.post(room, text, mentions=mentions)
        self._write(id, room, text)
        self._killer.leave(call)
        return id

    async def whisper(self, person: str, text: str) -> str:
        """Say it to one person."""
        call = self._killer.enter("channel.whisper")
        id = await self._inner.whisper(person, text)
        self._write(id, person, text)
        self._killer.leave(call)
        return id

    def _write(self, *arrived: str) -> None:
        with self._said.open("a", encoding="utf-8") as file:
            file.write(json.dumps(arrived, ensure_ascii=False) + "\n")


def replaced(path: Path, text: str) -> None:
    """Write a file whole or not at all: another thread may kill the process at any instant."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)


class FileClock(Clock):
    """A clock whose hands a kill does not move."""

    def __init__(self, path: Path) -> None:
        self._path = path
        super().__init__(datetime.fromisoformat(path.read_text()) if path.exists() else DAY)

    @property  # type: ignore[override]
    def now(self) -> datetime:
        """The instant."""
        return self._now

    @now.setter
    def now(self, instant: datetime) -> None:
        self._now = instant
        replaced(self._path, instant.isoformat())


async def play(folder: Path, request: dict[str, Any], house: House, mind: Linear, *, again: bool) -> None:
    """Play the script from where it was; at a second start what a channel delivers once more comes first."""
    chance = random.Random(request["seed"])
    killer = Killer(None if again or not request["point"] else tuple(request["point"]))
    position, arrived = folder / "position", folder / "said.jsonl"
    begun = int(position.read_text()) if position.exists() else 0
    clock = FileClock(folder / "now")
    said_before = [json.loads(line) for line in arrived.read_text().splitlines()] if arrived.exists() else []
    store: Any = StoreProxy(SqlStore(folder / "linli.db"), killer)
    inner = MemoryChannel(account=f"memory-{begun}-{again}")
    channel: Any = ChannelProxy(inner, killer, arrived)
    walk = Walk(store=store, reader=mind, house=house)
    live = Live(walk=walk, channel=channel, clock=clock, context=timedelta(minutes=30))
    running = Running(live, channel, clock)
    if again:
        clock.now += timedelta(seconds=chance.choice([0, 1, 20, 45]))
    task = asyncio.create_task(live.run())
    await running.hear(ROOM, OTHER)
    if again:
        old = [message(row) for row in SCRIPT[:begun] if row["type"] == "message"]
        late = chance.sample(old, min(2, len(old)))
        last = old[-chance.randint(3, 8) :]
        echoes = [Echo(*sent) for sent in said_before[-3:]] if request["echoes"] else []
        heard: list[Any] = [*last, *late, *echoes]
        if chance.random() < 0.5:
            chance.shuffle(heard)
        await running.hear(*heard)
    for index in range(begun, len(SCRIPT)):
        replaced(position, str(index))
        row = SCRIPT[index]
        await running.until(datetime.fromisoformat(row["at"]))
        await do(running, row)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    result = {**state(folder, store._inner), "calls": killer.calls}
    store._inner.close()
    (folder / "result.json").write_text(json.dumps(result, ensure_ascii=False))


async def do(running: Running, row: dict[str, Any]) -> None:
    """One line of the script. A worker who does not know whether it worked does it again, under the same key."""
    walk, now = running.live.walk, running.clock.now
    at = datetime.fromisoformat(row["at"])
    if row["type"] == "message":
        await running.hear(message(row))
    elif row["type"] == "recall":
        await running.hear(Recall(at, row["room"], row["from"], row["message"]))
    elif row["type"] == "move":

        def move() -> None:
            matter = walk.store.matter_of(message=row["message"])
            assert matter is not None
            key = f"{row['message']}:{row['status']}"
            walk.move(matter, row["status"], by="worker", note=row["note"], at=at, now=now, key=key)

        await running.live.call(move)
    elif row["type"] == "decide":

        def decide() -> None:
            matter = walk.store.matter_of(message=row["message"])
            if matter in {flag.matter for flag in walk.store.flags(state="open") if flag.reason == "unsure"}:
                walk.decide(Decided(at, now, str(matter), "worker", "accept"))

        await running.live.call(decide)
    await running.rest()


def state(folder: Path, store: SqlStore) -> dict[str, Any]:
    """All that can be seen when the script has ended."""
    entries = store.journal()
    with contextlib.closing(sqlite3.connect(folder / "linli.db")) as database:

        def rows(query: str) -> list[list[Any]]:
            return [list(row) for row in database.execute(query)]

        arrived = folder / "said.jsonl"
        return {
            "messages": rows("select id, count(*), min(seen) from messages group by id order by id"),
            "tickets": {ticket.number: dict(ticket.doc) for ticket in store.tickets()},
            "journal": [[entry.number, entry.by, entry.move, entry.status, entry.reason] for entry in entries],
            "faults": journal.faults(entries),
            "ratings": rows("select number, by, solved, score from ratings"),
            "flags": sorted([flag.matter, flag.reason, flag.state] for flag in store.flags()),
            "sentences": rows("select id, state, reason from sentences order by id"),
            "timers": rows("select matter, name from timers order by matter, name"),
            "whys": rows("select id, matter, json_extract(doc, '$.why'), json_extract(doc, '$.text') from sentences"),
            "said": [json.loads(line)[1:] for line in arrived.read_text().splitlines()] if arrived.exists() else [],
        }


def flying(folder: Path) -> list[str]:
    """The sentences of which a kill leaves unknown whether they arrived."""
    with contextlib.closing(sqlite3.connect(folder / "linli.db")) as database:
        return [id for (id,) in database.execute("select id from sentences where state = 'sending'")]


def forked(deed: Callable[[], Any], errors: Path) -> int:
    """Do it in a fork. Returns 0, or how it ended: minus the signal, or 1 with what went wrong in a file."""
    pid = os.fork()
    if pid == 0:
        try:
            deed()
            os._exit(0)
        except BaseException:
            errors.write_text(traceback.format_exc())
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def tried(request: dict[str, Any], template: Path, house: House, mind: Linear) -> dict[str, Any]:
    """Play one request in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder, errors = Path(name), Path(name) / "error"
        shutil.copy(template, folder / "linli.db")
        status = forked(lambda: asyncio.run(play(folder, request, house, mind, again=False)), errors)
        killed, unclear = status == -signal.SIGKILL, flying(folder) if status else []
        if killed:
            status = forked(lambda: asyncio.run(play(folder, request, house, mind, again=True)), errors)
        if status:
            return {"error": errors.read_text() if errors.exists() else f"ended with {status}"}
        return {**json.loads((folder / "result.json").read_text()), "killed": killed, "unclear": unclear}


def main() -> None:
    """Answer requests until there are no more."""
    chosen = settings.load(None, {}).model_copy(update={"data": Path(sys.argv[1])})
    mind = wiring.reader(chosen)
    house = wiring.house(chosen, mind, account="test", secret="")
    with tempfile.TemporaryDirectory() as name:
        template = Path(name) / "linli.db"
        SqlStore(template).close()
        warm = {"point": None, "seed": 0, "echoes": False}
        (Path(name) / "warm").mkdir()
        shutil.copy(template, Path(name) / "warm" / "linli.db")
        asyncio.run(
            play(Path(name) / "warm", warm, house, mind, again=False)
        )  # What is slow once is done before a fork.
        print(json.dumps({"script": SCRIPT}, ensure_ascii=False), flush=True)
        for line in sys.stdin:
            print(json.dumps(tried(json.loads(line), template, house, mind), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
