"""Faults of a real database: each leaves as Unreachable, says what to do, and keeps nothing by half."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, event

from adapters.ports import Unreachable
from adapters.store.sql import SqlStore

NOBODY = 65534
HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another_process(path: Path) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        yield


@contextmanager
def without_power() -> Iterator[None]:
    """As somebody whom the rights of files bind; root is bound by none."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def limited(pages: int) -> Iterator[None]:
    """A disk with room for so many pages."""

    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}").close()

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


def test_locked_by_another_process(opened: Callable[[], SqlStore], path: Path, make: SimpleNamespace) -> None:
    store = opened()
    store.accept([make.message("m1")], now=make.now)
    with held_by_another_process(path):
        with pytest.raises(Unreachable, match="another process holds the database"):
            store.accept([make.message("m2")], now=make.now)
        with pytest.raises(Unreachable, match="another process"):
            store.keep([make.new(make.matter(), seen=("m1",))])
        assert [message.id for message in store.unseen()] == ["m1"]  # Reading goes on.
    assert store.matter("m1") is None
    assert store.accept([make.message("m2")], now=make.now) == [True]


def test_locked_when_it_is_opened(opened: Callable[[], SqlStore], path: Path) -> None:
    with held_by_another_process(path), pytest.raises(Unreachable, match="another process"):
        opened()
    opened()


def test_a_file_that_may_not_be_written(open_folder: Path, make: SimpleNamespace) -> None:
    file = open_folder / "linli.db"
    SqlStore(file).close()
    file.chmod(0o444)
    with without_power(), pytest.raises(Unreachable, match="rights of the data folder"):
        SqlStore(file)
    file.chmod(0o644)
    SqlStore(file).close()


def test_a_folder_that_may_not_be_written(open_folder: Path) -> None:
    with without_power():
        open_folder.stat()
        if os.geteuid() == open_folder.stat().st_uid:
            open_folder.chmod(0o555)
        with pytest.raises(Unreachable, match="look at the path and the rights"):
            SqlStore(open_folder / "linli.db")
    open_folder.chmod(0o755)
    assert list(open_folder.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="look at the path"):
        SqlStore(tmp_path / "none" / "linli.db")
    with pytest.raises(Unreachable, match="look at the path"):
        SqlStore(tmp_path)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "linli.db"
    file.write_bytes(b"these are the words of somebody else\n" * 200)
    with pytest.raises(Unreachable, match="the file is no database; move it away"):
        SqlStore(file)
    assert file.read_bytes().startswith(b"these are")


def test_a_damaged_file(path: Path, make: SimpleNamespace) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with pytest.raises(Unreachable, match="restore the last copy"):  # noqa: PT012 - it may be noticed late
        store = SqlStore(path)
        try:
            store.accept([make.message("m1")], now=make.now)
        finally:
            store.close()


def test_the_tables_of_a_newer_linli(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(Unreachable, match="another version of Linli"):
        SqlStore(path)


def test_a_full_disk(opened: Callable[[], SqlStore], path: Path, make: SimpleNamespace) -> None:
    opened().close()
    pages = path.stat().st_size // 4096
    with limited(pages + 12):
        store = opened()
    accepted = 0
    with pytest.raises(Unreachable, match="the disk is full; make room"):  # noqa: PT012 - which one is the last is not known
        while accepted < 100:
            store.accept([make.message(f"m{accepted}.{part}", "字" * 500) for part in range(3)], now=make.now)
            accepted += 1
    assert 0 < accepted < 100
    assert len(store.unseen()) == 3 * accepted
    with pytest.raises(Unreachable, match="the disk is full"):
        store.keep([make.new(make.matter("big", facts={}, masked=("字" * 100_000,)), seen=("m0.0",))])
    assert store.matter("big") is None
    assert len(store.unseen()) == 3 * accepted

    def together(*, going_on: bool) -> None:
        with store.together():
            store.keep([make.new(make.matter("small"), seen=("m0.0",))])
            with suppress(Unreachable) if going_on else nullcontext():
                store.accept([make.message("big", "字" * 100_000)], now=make.now)

    with pytest.raises(Unreachable, match="the disk is full"):
        together(going_on=False)
    with pytest.raises(Unreachable, match="begin again"):
        together(going_on=True)
    assert store.matter("small") is None
    assert len(store.unseen()) == 3 * accepted
    store.close()
    again = opened()  # Room was made.
    assert len(again.unseen()) == 3 * accepted
    assert again.accept([make.message("more", "字" * 5000)], now=make.now) == [True]


@pytest.mark.parametrize("name", ["数据 库", "a%20b", "a?b#c", "%(here)s"])
def test_any_folder_will_do(tmp_path: Path, make: SimpleNamespace, name: str) -> None:
    (tmp_path / name).mkdir()
    store = SqlStore(tmp_path / name / "linli.db")
    store.accept([make.message()], now=make.now)
    store.close()
    assert (tmp_path / name / "linli.db").is_file()


def test_what_has_returned_survives_a_kill(path: Path) -> None:
    script = """
import os, sys
from datetime import datetime, timezone
from pathlib import Path
from adapters.store.sql import SqlStore
from dialogs.messages import Message
at = datetime(2026, 5, 12, tzinfo=timezone.utc)
store = SqlStore(Path(sys.argv[1]))
store.accept([Message(f"m{i}", at, "r1", "p1", "张三", text="话") for i in range(7)], now=at)
os._exit(9)
"""
    killed = subprocess.run([sys.executable, "-c", script, str(path)], check=False, cwd=Path(__file__).parents[3])
    assert killed.returncode == 9
    store = SqlStore(path)
    assert len(store.unseen()) == 7
    store.close()
