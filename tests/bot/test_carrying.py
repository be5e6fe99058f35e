"""Carrying over a real store and the carrier in memory: nothing is lost and nothing doubled, whenever it is killed."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar

import pytest

from adapters.carriers.memory import MemoryCarrier
from adapters.ports import Store, Unreachable
from adapters.records import Delivery, Kept, Ticket
from adapters.store.sql import SqlStore
from bot.carrying import LONGEST_PAUSE, RETRIES, deliver, pause
from dialogs.matters import Matter
from dialogs.turns import Step, Turn

T = TypeVar("T")
ZONE = timezone(timedelta(hours=8))
NOW = datetime(2026, 5, 12, 9, tzinfo=ZONE)
LAST = timedelta(hours=9)
"""Longer than all tries of one delivery together."""


class Line:
    """A store in its thread, a clock that is set by hand, and a carrier; all of it may be closed and opened again."""

    def __init__(self, path: Path | None) -> None:
        self.path, self.now, self.failing = path, NOW, 0
        self.due = asyncio.Event()
        self.carrier = MemoryCarrier()
        self.thread = ThreadPoolExecutor(1)
        self.store = SqlStore(path, carriers=("memory",))
        self.filed = 0

    async def call(self, question: Callable[[Store], T]) -> T:
        def asked() -> T:
            if self.failing:
                self.failing -= 1
                raise Unreachable("switched to fail")
            return question(self.store)

        return await asyncio.get_running_loop().run_in_executor(self.thread, asked)

    async def file(self, count: int = 1) -> None:
        for _ in range(count):
            self.filed += 1
            id = f"m{self.filed}"
            given: dict[str, Any] = {"kind": "complaint", "category": None, "urgency": "P3", "reporter": "p"}
            one = Matter(id, "r1", NOW, NOW, messages=(id,), number=f"n{self.filed}", status="open", **given)
            kept = Kept("r1", self.now, Turn((one,), (Step(id, "file", "p"),)), versions={id: 0})
            await self.call(lambda store, kept=kept: store.keep([kept]))  # type: ignore[misc]
        self.due.set()

    async def change(self, index: int) -> None:
        found = await self.call(lambda store: store.matter(f"m{index}"))
        assert found
        one = replace(found[0], supporters=(*found[0].supporters, f"s{found[1]}"))
        turn = Turn((one,), (Step(one.id, "amend", "p"),))
        kept = Kept("r1", self.now, turn, versions={one.id: found[1]})
        await self.call(lambda store: store.keep([kept]))
        self.due.set()

    async def waiting(self) -> int:
        return len(await self.call(lambda store: store.deliveries("memory", now=self.now + LAST, limit=1000)))

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(10):
            while not await condition():  # noqa: ASYNC110 - it is a store that is asked
                await asyncio.sleep(0.01)

    async def settled(self, waiting: int = 0) -> None:
        async def done() -> bool:
            return await self.waiting() == waiting

        await self.until(done)

    async def tried(self, count: int = 1) -> None:
        """Wait until so many have failed once, and that is noted."""

        async def done() -> bool:
            found = await self.call(lambda store: store.deliveries("memory", now=self.now + LAST, limit=1000))
            return [one.attempt for one in found] == [2] * count

        await self.until(done)

    async def pass_time(self, by: timedelta) -> None:
        self.now += by
        self.due.set()

    @asynccontextmanager
    async def delivering(self, **options: Any) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(
            deliver(self.call, self.carrier, clock=lambda: self.now, due=self.due, **{"look_every": 5.0, **options})
        )
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def close(self) -> None:
        self.thread.shutdown()
        self.store.close()

    def arrived(self) -> list[str]:
        return [delivery.key for delivery in self.carrier.deliveries]


@pytest.fixture(scope="module")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "linli.db"
    SqlStore(path).close()
    return path


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    one = Line(None)
    yield one
    one.close()


@pytest.fixture
def path(empty_file: Path, tmp_path: Path) -> Path:
    shutil.copy(empty_file, tmp_path / "linli.db")
    return tmp_path / "linli.db"


async def test_tickets_arrive_once_each_in_the_order_of_their_states(line: Line) -> None:
    await line.file(5)
    async with line.delivering():
        await line.settled()
        await line.change(2)
        await line.settled()
        await line.change(2)
        await line.settled()
    assert sorted(line.arrived()) == ["n1:1", "n2:1", "n2:2", "n2:3", "n3:1", "n4:1", "n5:1"]
    assert [key for key in line.arrived() if key.startswith("n2")] == ["n2:1", "n2:2", "n2:3"]
    assert line.carrier.latest["n2"].doc["supporters"] == ["s1", "s2"]


async def test_a_new_ticket_wakes_it(line: Line) -> None:
    async with line.delivering(look_every=60.0):
        await asyncio.sleep(0.1)
        await line.file()
        await line.settled()


async def test_without_being_woken_it_looks_by_itself(line: Line) -> None:
    async with line.delivering(look_every=0.05):
        await asyncio.sleep(0.05)
        await line.file()
        line.due.clear()
        await line.settled()


async def test_tries_come_at_their_time_and_end(line: Line) -> None:
    line.carrier.failure = "unreachable"
    await line.file()
    tried = []

    async def noted(attempt: int) -> Delivery | None:
        found: list[Delivery] = []

        async def there() -> bool:
            found[:] = await line.call(lambda store: store.deliveries("memory", now=NOW + timedelta(30), limit=1))
            return not found or found[0].attempt == attempt

        await line.until(there)
        return found[0] if found else None

    async with line.delivering():
        for attempt in range(2, len(RETRIES) + 2):
            delivery = await noted(attempt)
            assert delivery
            assert delivery.key == "n1:1"
            early = line.now + timedelta(seconds=RETRIES[attempt - 2] * 0.9 - 1)
            late = line.now + timedelta(seconds=RETRIES[attempt - 2] * 1.1 + 1)
            assert await line.call(lambda store, at=early: store.deliveries("memory", now=at, limit=1)) == []  # type: ignore[misc]
            tried.append(late)
            await line.pass_time(late - line.now)
        assert await noted(len(RETRIES) + 2) is None  # Dead.
        line.carrier.failure = ""
        await line.pass_time(timedelta(days=3))
        await asyncio.sleep(0.15)
        assert line.arrived() == []
        await line.change(1)  # The next state goes its own way.
        await line.settled()
    assert line.arrived() == ["n1:2"]


async def test_what_is_refused_is_not_tried_again(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    line.carrier.failure = "refused"
    await line.file()
    async with line.delivering():
        await line.settled()
        line.carrier.failure = ""
        await line.pass_time(LAST)
        await asyncio.sleep(0.1)
    assert line.arrived() == []
    assert "refuses ticket n1:1: switched to refuse" in caplog.text


async def test_a_platform_that_asks_for_a_pause_gets_it(line: Line) -> None:
    line.carrier.failure, line.carrier.retry_after = "unreachable", 3600.0
    await line.file()
    async with line.delivering():

        async def tried() -> bool:
            return not await line.call(lambda store: store.deliveries("memory", now=line.now, limit=1))

        await line.until(tried)
        hour = timedelta(hours=1)
        assert await line.call(lambda store: store.deliveries("memory", now=NOW + hour * 0.99, limit=1)) == []
        assert len(await line.call(lambda store: store.deliveries("memory", now=NOW + hour, limit=1))) == 1


async def test_a_lost_answer_means_twice_carried_and_once_there(line: Line) -> None:
    line.carrier.failure = "unclear"
    await line.file(3)
    async with line.delivering():
        await line.tried(3)
        line.carrier.failure = ""
        await line.pass_time(timedelta(minutes=1))
        await line.settled()
    assert len(line.arrived()) == 6
    assert sorted(line.carrier.tickets) == ["n1:1", "n2:1", "n3:1"]


async def test_one_that_hangs_does_not_hold_up_the_others(line: Line) -> None:
    hanging, released = asyncio.Event(), asyncio.Event()
    carry = line.carrier.carry

    async def sometimes(delivery: Delivery) -> None:
        if delivery.ticket.number == "n1" and not released.is_set():
            hanging.set()
            await released.wait()
            raise Unreachable("nothing is known")
        await carry(delivery)

    line.carrier.carry = sometimes  # type: ignore[method-assign]
    await line.file(6)
    async with line.delivering(at_once=2):
        await line.settled(1)
        assert hanging.is_set()
        await line.change(1)  # Its next state waits until it is known what became of the one under way.
        await asyncio.sleep(0.1)
        assert not any(key.startswith("n1") for key in line.arrived())
        released.set()
        await line.settled()
    assert [key for key in line.arrived() if key.startswith("n1")] == ["n1:2"]


async def test_one_that_hangs_does_not_hang_for_ever(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    line.carrier.failure = "hang"
    await line.file()
    async with line.delivering(patience=0.05):
        await line.tried()
        line.carrier.failure = ""
        await line.pass_time(timedelta(minutes=1))
        await line.settled()
    assert line.arrived() == ["n1:1"]
    assert "nothing came back in 0.05 s; again in" in caplog.text


async def test_no_more_are_under_way_than_is_allowed(line: Line) -> None:
    now, most = 0, 0
    carry = line.carrier.carry

    async def counted(delivery: Delivery) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        await carry(delivery)
        now -= 1

    line.carrier.carry = counted  # type: ignore[method-assign]
    await line.file(12)
    async with line.delivering(at_once=3):
        await line.settled()
    assert most == 3
    assert sorted(line.arrived()) == sorted(f"n{index}:1" for index in range(1, 13))


async def test_a_store_that_does_not_answer_is_waited_for(
    line: Line, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.carrying.STORE_WAIT", (0.01,))
    carry = line.carrier.carry

    async def then_fail(delivery: Delivery) -> None:
        await carry(delivery)
        line.failing = 3  # What has arrived cannot be noted at first.

    line.carrier.carry = then_fail  # type: ignore[method-assign]
    await line.file()
    line.failing = 3
    async with line.delivering():

        async def done() -> bool:
            return bool(line.arrived()) and line.failing == 0

        await line.until(done)
        await line.settled()
    assert line.arrived() == ["n1:1"]
    assert caplog.text.count("carrying waits for the store: switched to fail") == 2


async def test_a_broken_carrier_does_not_end_the_loop(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    carry = line.carrier.carry

    async def broken(delivery: Delivery) -> None:
        if delivery.ticket.number == "n1" and delivery.attempt == 1:
            raise KeyError("words of a resident")
        await carry(delivery)

    line.carrier.carry = broken  # type: ignore[method-assign]
    await line.file(2)
    async with line.delivering():
        await line.tried()
        await line.pass_time(timedelta(minutes=1))
        await line.settled()
    assert sorted(line.arrived()) == ["n1:1", "n2:1"]
    assert "is broken at ticket n1:1" in caplog.text


async def test_a_fault_of_our_own_is_not_hidden(line: Line) -> None:
    async def call(question: Callable[[Store], T]) -> T:
        raise ZeroDivisionError

    with pytest.raises(ExceptionGroup):
        await deliver(call, line.carrier, clock=lambda: NOW)


@pytest.mark.parametrize("seed", range(4))
async def test_killed_at_any_instant_nothing_is_lost_and_nothing_doubled(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    carrier = MemoryCarrier()
    filed, states = 0, dict[str, int]()
    for life in range(6):
        line = Line(path)
        line.carrier, line.filed, line.now = carrier, filed, NOW + timedelta(hours=life)
        carrier.failure = chance.choice(["", "", "unclear", "unreachable", "twice", "hang"])  # type: ignore[assignment]
        async with line.delivering(at_once=chance.randint(1, 4)):
            await line.file(3)
            await line.change(chance.randint(1, line.filed))
            await asyncio.sleep(chance.random() * 0.08)
        filed = line.filed
        line.close()
    carrier.failure = ""
    line = Line(path)
    line.carrier, line.now = carrier, NOW + timedelta(days=2)
    async with line.delivering():
        await line.settled()
    tickets = await line.call(lambda store: store.tickets())
    line.close()
    assert len(tickets) == filed == 18
    for ticket in tickets:
        assert carrier.latest[ticket.number].doc == ticket.doc
    for delivery in carrier.deliveries:
        assert delivery.ticket == carrier.tickets[delivery.key]
    for key in carrier.tickets:  # Once taken, a state never comes after a newer one.
        number, seq = key.rsplit(":", 1)
        assert int(seq) > states.get(number, 0)
        states[number] = int(seq)


def delivery(attempt: int, key: str = "n1:1") -> Delivery:
    return Delivery(key, "memory", Ticket("n1", "m1", "r1", "open", NOW, NOW, {}), 1, attempt)


def test_pauses_grow_and_do_not_fall_together() -> None:
    for attempt, seconds in enumerate(RETRIES, 1):
        waits = {pause(delivery(attempt, f"n{index}:1")) for index in range(50)}
        assert len(waits) > 40
        assert all(wait and 0.9 * seconds <= wait.total_seconds() <= 1.1 * seconds for wait in waits)
        assert pause(delivery(attempt)) == pause(delivery(attempt))
    assert pause(delivery(len(RETRIES) + 1)) is None
    assert pause(delivery(len(RETRIES) + 1), asked=5.0) is None


@pytest.mark.parametrize(("asked", "expected"), [(500.0, 500.0), (1e12, LONGEST_PAUSE), (0.0, None), (1.0, None)])
def test_what_a_platform_asks_for_is_kept_within_reason(asked: float, expected: float | None) -> None:
    wait = pause(delivery(1), asked=asked)
    assert wait
    assert wait == (timedelta(seconds=expected) if expected else pause(delivery(1)))
