"""A kill at any instant loses nothing and does nothing twice. The whole sweep is `python -m benchmarks.proof`."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dialogs.manners import House
from dialogs.messages import Message
from killing import Driver, Outcome, driver, faults, points
from scenes import DAY, STORY, message

SEED = 20260512
EACH = 1
"""Calls of a frequent port method at which `make test` kills, beside the first."""
IDLE = ("store.together", "store.commit", "store.next_due", "store.changed_elsewhere")
"""Called whenever the house looks around, mostly for nothing."""


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
    assert [id for id, _, _ in calm["messages"]] == sorted(row["id"] for row in killer.script if row["type"] == "message")
    assert all(count == seen == 1 for _, count, seen in calm["messages"])
    assert {row[2] for row in calm["whys"]} >= {"clarify", "receipt", "emergency", "private", "progress", "survey", "answer"}
    assert len(calm["tickets"]) == 4
    assert sorted(ticket["status"] for ticket in calm["tickets"].values()) == ["closed", "open", "open", "open"]
    assert any(ticket["private"] for ticket in calm["tickets"].values())
    assert len(calm["ratings"]) == 1
    assert not calm["faults"]
    assert {name.split(".")[1] for name in calm["calls"]} >= {"accept", "keep", "post", "whisper", "heard", "commit"}
    assert not faults(calm, {**killer.play(None, seed=1), "unclear": []})


@pytest.mark.timeout(300)
def test_a_kill_at_any_port_call_loses_nothing_and_does_nothing_twice(killer: Driver, calm: Outcome) -> None:
    chance = random.Random(SEED)
    every = points(calm["calls"], each=EACH, seed=SEED)
    chosen = [point for point in every if point[0] in MUST or chance.random() < SHARE]
    reached = 0
    for number, point in enumerate(chosen):
        outcome = killer.play(point, seed=SEED + number, echoes=bool(number % 2))
        reached += outcome["killed"]
        assert not faults(calm, outcome), (point, number)
    assert reached >= len(chosen) * 0.9
    print(f"{reached} kills at {len({name for name, _, _ in chosen})} port methods")
