"""A kill at any instant loses nothing and does nothing twice. The whole sweep is `python -m benchmarks.proof`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from killing import Driver, Outcome, driver, faults, points
from scenes import DAY, STORY, message

from dialogs.manners import House
from dialogs.messages import Message

SEED = 20260512


@pytest.fixture(scope="module")
def killer(models: Path) -> Iterator[Driver]:
    with driver(models.parent) as one:
        yield one


@pytest.fixture(scope="module")
def calm(killer: Driver) -> Outcome:
    """The script as it goes when nobody is killed."""
    return killer.play(None)


def test_undisturbed_the_script_has_everything_in_it(killer: Driver, calm: Outcome) -> None:
    assert not calm["killed"]
    assert [id for id, _, _ in calm["messages"]] == sorted(
        row["id"] for row in killer.script if row["type"] == "message"
    )
    assert all(count == seen == 1 for _, count, seen in calm["messages"])
    assert {row[2] for row in calm["whys"]} >= {
        "clarify",
        "receipt",
        "emergency",
        "private",
        "progress",
        "survey",
        "answer",
    }
    assert len(calm["tickets"]) == 4
    assert sorted(ticket["status"] for ticket in calm["tickets"].values()) == ["closed", "open", "open", "open"]
    assert any(ticket["private"] for ticket in calm["tickets"].values())
    assert len(calm["ratings"]) == 1
    assert not calm["faults"]
    assert {name.split(".")[1] for name in calm["calls"]} >= {"accept", "keep", "post", "whisper", "heard", "commit"}
    assert not faults(calm, {**killer.play(None, seed=1), "unclear": []})


@pytest.mark.timeout(400)
def test_a_kill_at_any_port_call_loses_nothing_and_does_nothing_twice(killer: Driver, calm: Outcome) -> None:
    chosen = points(calm["calls"], seed=SEED)
    reached = 0
    for number, point in enumerate(chosen):
        outcome = killer.play(point, seed=SEED + number, echoes=bool(number % 2))
        reached += outcome["killed"]
        assert not faults(calm, outcome), (point, number)
    assert reached >= len(chosen) * 0.9  # How often the house looks around for nothing is not the same each time.


Same = Callable[[Callable[[int, Message], Sequence[Message]]], Awaitable[tuple[Any, ...]]]


@pytest.fixture
def lived(run_house: Any, house: House) -> Same:
    """Lives through the story's messages with whatever the channel makes of each. Returns what came of it."""

    async def live(delivered: Callable[[int, Message], Sequence[Message]]) -> tuple[Any, ...]:
        running = await run_house(DAY, house=house)
        spoken = [message(row) for row in STORY if row["type"] == "message"]
        for index, one in enumerate(spoken):
            await running.until(one.at)
            await running.hear(*delivered(index, one))
        await running.after(3600)
        await running.hear(*(one for one in spoken))
        await running.until(DAY + timedelta(days=2))
        tickets = [dict(ticket.doc) for ticket in running.store.tickets()]
        steps = [(entry.by, entry.move, entry.reason) for entry in running.store.journal()]
        return tickets, steps, [(post.conversation, post.text) for post in running.channel.posts]

    return live


SPOKEN = [message(row) for row in STORY if row["type"] == "message"]


@pytest.mark.parametrize(
    "delivered",
    [
        pytest.param(lambda index, one: [one, one], id="twice"),
        pytest.param(lambda index, one: [one] * 10, id="ten times"),
        pytest.param(lambda index, one: [*SPOKEN[:index][::-1], one], id="all before it, backwards"),
        pytest.param(
            lambda index, one: [one, replace(one, text="别的话", at=one.at + timedelta(seconds=5))], id="changed"
        ),
        pytest.param(lambda index, one: [one, *SPOKEN[: max(0, index - 4)]], id="long ago"),
    ],
)
async def test_an_id_that_was_delivered_has_no_effect_again(lived: Same, delivered: Any) -> None:
    assert await lived(delivered) == await lived(lambda index, one: [one])


async def test_a_message_a_day_late_is_flagged_or_kept_but_never_answered(run_house: Any, house: House) -> None:
    running = await run_house(DAY + timedelta(days=1), house=house)
    await running.hear(*(message(row) for row in STORY[:4] if row["type"] == "message"))
    await running.after(1200)
    assert not running.channel.posts
    assert [flag.reason for flag in running.store.flags()] == ["late"]
    assert not running.store.tickets()
