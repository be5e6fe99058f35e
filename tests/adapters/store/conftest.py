"""Stores of each kind, and the little that the tests of this folder put into them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.records import Kept, Move
from adapters.store.sql import SqlStore
from dialogs.matters import Fact, Matter
from dialogs.messages import Message
from dialogs.turns import Flag, Sentence, Step, Timer, Turn

ZONE = timezone(timedelta(hours=8))
NOW = datetime(2026, 5, 12, 9, tzinfo=ZONE)


def message(id: str = "m1", text: str = "楼下垃圾三天没人收", *, after: float = 0, **values: Any) -> Message:
    given = {"at": NOW + timedelta(seconds=after), "room": "r1", "sender": "p1", "name": "张三", **values}
    return Message(id, text=text, **given)


def matter(id: str = "m1", **values: Any) -> Matter:
    given: dict[str, Any] = {
        "room": "r1",
        "opened": NOW,
        "touched": NOW,
        "kind": "complaint",
        "category": "0101",
        "urgency": "P3",
        "reporter": "p1",
        "messages": (id,),
        "confidence": 0.5,
        "facts": {"what": Fact("垃圾没人收", id), "since": Fact("三天", id, begin=NOW)},
        **values,
    }
    return Matter(id, **given)


def sentence(id: str = "m1:receipt", **values: Any) -> Sentence:
    given = {"room": "r1", "to": ("p1",), "text": "已登记", "about": ("m1",), "why": "receipt", "after": NOW, **values}
    return Sentence(id, **given)


def flag(id: str = "m1", **values: Any) -> Flag:
    given = {"confidence": 0.5, "reason": "unsure", **values}
    return Flag(id, (id,), "complaint", "0101", **given)


def new(one: Matter, *actions: Any, **values: Any) -> Kept:
    return Kept("r1", NOW, Turn((one,), actions), versions={one.id: 0}, **values)


def filed(id: str = "m1", number: str = "20260512-AAAAAA", *, by: str = "p1", **values: Any) -> Kept:
    one = matter(id, number=number, status="open", **values)
    return new(one, Step(id, "file", by), seen=one.messages)


def moved(one: Matter, version: int, move: str, status: Any, *, note: str = "", key: str = "", at: float = 60) -> Kept:
    now = NOW + timedelta(seconds=at)
    step = Move(one.number or "", move, status, "worker", note, key)
    turn = Turn((replace(one, status=status, accepted=True),))
    return Kept("r1", now, turn, move=step, versions={one.id: version})


@pytest.fixture
def make() -> SimpleNamespace:
    """Makes messages, matters, sentences and decisions."""
    return SimpleNamespace(
        now=NOW,
        zone=ZONE,
        message=message,
        matter=matter,
        sentence=sentence,
        flag=flag,
        new=new,
        filed=filed,
        moved=moved,
        timer=lambda id="m1", name="answer", after=0: Timer(id, name, NOW + timedelta(seconds=after)),
    )


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the head of the migrations, made once and copied."""
    path = tmp_path_factory.mktemp("template") / "linli.db"
    SqlStore(path).close()
    return path


@pytest.fixture
def path(tmp_path: Path, empty_file: Path) -> Path:
    """The file of a fresh database."""
    shutil.copy(empty_file, tmp_path / "linli.db")
    return tmp_path / "linli.db"


@pytest.fixture
def opened(path: Path) -> Iterator[Callable[..., SqlStore]]:
    """Opens the store on the file, as often as one likes; a short wait for locks."""
    stores: list[SqlStore] = []

    def open_store(**options: Any) -> SqlStore:
        stores.append(SqlStore(path, **{"carriers": ("a", "b"), "wait_s": 0.05, **options}))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest) -> Iterator[SqlStore]:
    """A fresh store: in memory, then on a file."""
    if request.param == "file":
        yield request.getfixturevalue("opened")()
        return
    memory = SqlStore(None, carriers=("a", "b"))
    yield memory
    memory.close()
