"""What the console may ask of the house."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from houses import Running
from scenes import COMPLAINT, DAY, STORY, message, said

from adapters.ports import Refused
from bot import wiring
from bot.live import Changes
from bot.settings import Settings
from bot.workshop import House
from nlu.linear import Linear

Make = Callable[[], Awaitable[tuple[House, Running]]]
VISIT = {"room": "r1", "by": "worker", "kind": "complaint", "category": "0103", "what": "电梯坏了", "place": "5栋"}


@pytest.fixture
def make(run_house: Any, shipped: Settings, mind: Linear) -> Make:
    async def start() -> tuple[House, Running]:
        running = await run_house(DAY)
        rehearsal = partial(wiring.rehearsal, shipped, mind)
        return House(running.live, rehearsal=rehearsal, changes=Changes(), clock=running.clock), running

    return start


async def numbered(running: Running) -> str:
    """The number of a ticket that somebody's words have opened."""
    await running.hear(message(said("m1", running.second, COMPLAINT + "，就在5栋")))
    await running.after(5)
    (ticket,) = running.store.tickets()
    return str(ticket.number)


async def test_a_ticket_is_moved_once_for_each_key(make: Make) -> None:
    house, running = await make()
    number = await numbered(running)
    for _ in range(3):
        await house.move(number, "in_progress", by="worker", note="在修", key="k1")
    (ticket,) = await house.ask(lambda store: store.tickets())
    assert ticket.status == "in_progress"
    assert [entry.move for entry in running.store.journal(number)].count("in_progress") == 1
    await running.after(3)
    assert sum("在修" in post.text for post in running.channel.posts) == 1


@pytest.mark.parametrize(
    ("number", "move", "told"),
    [
        ("20260512-000000", "done", "there is no ticket 20260512-000000"),
        (None, "dance", "'dance' is no move; one of accepted, assigned"),
        (None, "close", "'close' is no move"),
    ],
)
async def test_what_cannot_be_moved_is_refused(make: Make, number: str | None, move: str, told: str) -> None:
    house, running = await make()
    number = number or await numbered(running)
    with pytest.raises(Refused, match=told):
        await house.move(number, move, by="worker")


async def test_a_wrong_move_names_the_right_ones(make: Make) -> None:
    house, running = await make()
    number = await numbered(running)
    await house.move(number, "refused", by="worker", note="不予受理：已过时效")
    with pytest.raises(Refused, match="possible: none: it has ended"):
        await house.move(number, "done", by="worker")


async def test_a_flag_is_decided(make: Make, weak: str) -> None:
    house, running = await make()
    await running.hear(message(said("m1", 0, weak)))
    await running.after(5)
    (flag,) = running.store.flags(state="open")
    with pytest.raises(Refused, match="accept or reject"):
        await house.decide(flag.matter, "perhaps", by="worker")
    with pytest.raises(Refused, match="no leaf of the taxonomy"):
        await house.decide(flag.matter, "accept", by="worker", category="9999")
    with pytest.raises(Refused, match="no matter nowhere"):
        await house.decide("nowhere", "accept", by="worker")
    await house.decide(flag.matter, "accept", by="worker", category="0501")
    assert [ticket.doc["category"] for ticket in running.store.tickets()] == ["0501"]
    assert [flag.state for flag in running.store.flags()] == ["accepted"]


async def test_a_visit_is_filed_once_for_each_key(make: Make) -> None:
    house, running = await make()
    numbers = {await house.visit(**VISIT, key="k") for _ in range(3)}
    assert numbers == {ticket.number for ticket in running.store.tickets()}
    assert len(numbers) == 1
    assert await house.visit(**VISIT, key="other") not in numbers
    with pytest.raises(Refused, match="no leaf"):
        await house.visit(**{**VISIT, "category": "abc"}, key="x")


async def test_a_rehearsal_changes_nothing(make: Make) -> None:
    house, running = await make()
    summary, rows = await house.rehearse([json.dumps(row, ensure_ascii=False) for row in STORY])
    assert summary.startswith("9 条消息")
    assert {row["type"] for row in rows} >= {"say", "ticket", "rating"}
    assert not running.store.tickets()
    assert not running.channel.posts
    with pytest.raises(Refused, match=r"line 2: type 'x' is unknown"):
        await house.rehearse(["", '{"type": "x"}'])


async def test_a_chat_is_converted_or_refused(make: Make) -> None:
    house, _ = await make()
    lines = await house.convert("文姐 2026/5/11 8:41:05\n电梯又坏了\n")
    assert json.loads(lines[1])["text"] == "电梯又坏了"
    with pytest.raises(Refused, match="write each as a line"):
        await house.convert("没有人说话。")


async def test_changes_are_told(make: Make) -> None:
    house, running = await make()
    number = await numbered(running)
    changes = house.changes()
    first: asyncio.Task[str] = asyncio.create_task(_next(changes))
    await asyncio.sleep(0)
    await house.move(number, "accepted", by="worker")
    assert await asyncio.wait_for(first, 5) == ""
    await changes.aclose()  # type: ignore[attr-defined]


async def _next(changes: AsyncIterator[str]) -> str:
    return await anext(changes)


async def test_everything_at_once(make: Make) -> None:
    house, running = await make()
    number = await numbered(running)
    deeds = [house.move(number, "accepted", by=f"w{count}", key=f"k{count % 3}") for count in range(12)]
    deeds += [house.visit(**VISIT, key=f"v{count % 4}") for count in range(12)]
    await asyncio.gather(*deeds)
    assert len(running.store.tickets()) == 5
    assert [entry.move for entry in running.store.journal(number)].count("accepted") == 3
