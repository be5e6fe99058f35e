"""Rooms and talk to measure with: as many groups as the prefecture has, and lines of the corpus said in them, seeded."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from bot.data import DATA
from dialogs.messages import Member, Message, Room
from nlu.corpus import read_corpus

ROOMS = 6031
CHATTER = 0.98
PEOPLE = 40
BEGIN = datetime(2026, 5, 12, 9, 0, tzinfo=timezone(timedelta(hours=8)))
PER_SECOND = 20
"""Messages in a second of the transcript's clock: five times what 6,031 groups say on an ordinary day."""


def rooms(count: int = ROOMS) -> list[Room]:
    """Groups with a worker each."""
    return [
        Room(
            id=f"room-{number}",
            name=f"第{number}网格群",
            grid=f"G{number:05}",
            area={"county": "赫山区", "town": "桃花仑街道", "village": f"第{number % 300}社区"},
            places=("锦绣园", "东门", "向阳路"),
            members=(Member(f"worker-{number}", "网格员", "worker"),),
        )
        for number in range(count)
    ]


def talk(count: int, *, rooms: int = ROOMS, seed: int = 1) -> Iterator[Message]:
    """Messages in time order, 98 of 100 of them chatter."""
    chance = random.Random(seed)
    lines = read_corpus(DATA)
    chatter = [line.text for line in lines if line.intent == "chat"]
    matters = [line.text for line in lines if line.intent in ("complaint", "dispute")]
    for number in range(count):
        room = chance.randrange(rooms)
        text = chance.choice(chatter if chance.random() < CHATTER else matters)
        at = BEGIN + timedelta(seconds=number / PER_SECOND)
        person = f"p-{room}-{chance.randrange(PEOPLE)}"
        yield Message(f"bench-{seed}-{number}", at, f"room-{room}", person, "居民", text=text)
