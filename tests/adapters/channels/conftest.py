"""The real Node peer as a fixture: `peer()` starts one, `plug()` connects to it, `sink` gathers what was heard."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.ports import Channel, Health, Heard

FOLDER = Path(__file__).parents[2] / "peers" / "wechaty"
TOKEN = "insecure_3f6c-test"


def _missing() -> str:
    if not shutil.which("node"):
        return "there is no Node here; the tests with the real Wechaty peer need it"
    if not (FOLDER / "node_modules").is_dir():
        return "tests/peers/wechaty/node_modules is missing; run tests/peers/setup.sh"
    return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def until(condition: Callable[[], Any], *, within: float = 10.0, what: str = "the condition") -> Any:
    """The first true value of `condition`."""
    for _ in range(int(within / 0.02)):
        if value := condition():
            return value
        await asyncio.sleep(0.02)
    raise AssertionError(f"{what} did not come true within {within} s")


class Peer:
    """One Node process: commands in, records out."""

    def __init__(self, *flags: str, port: int = 0) -> None:
        self.port = port or free_port()
        self.endpoint = f"127.0.0.1:{self.port}"
        self.records: list[dict[str, Any]] = []
        command = ["node", "peer.mjs", "--port", str(self.port), "--token", TOKEN, *flags]
        self._process = subprocess.Popen(
            command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._listens = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.records.append(json.loads(line))

    async def ready(self) -> Peer:
        """Wait until it listens."""
        if not self._listens:
            await self.record("listening", within=30)
            self._listens = True
        return self

    async def do(self, cmd: str, **rest: Any) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"cmd": cmd, **rest}) + "\n")
        self._process.stdin.flush()

    async def record(self, kind: str, *, count: int = 1, within: float = 10.0) -> dict[str, Any]:
        found = await until(lambda: self.all(kind)[count - 1 :], within=within, what=f"record {kind} of {self.records}")
        return dict(found[0])

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [record for record in list(self.records) if record["type"] == kind]

    @property
    def sent(self) -> list[dict[str, Any]]:
        return self.all("rpc")

    async def reset(self) -> None:
        """The neighbourhood as it was at the start."""
        await self.do("reset")
        await self.record("reset")
        self.records.clear()

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(5)
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()  # type: ignore[union-attr]


def _peers() -> Iterator[Callable[..., Peer]]:
    if reason := _missing():
        if os.environ.get("CI", "false").lower() not in ("", "0", "false"):
            pytest.fail(f"CI is set and {reason}")
        pytest.skip(reason)
    started: list[Peer] = []

    def start(*flags: str, port: int = 0) -> Peer:
        started.append(Peer(*flags, port=port))
        return started[-1]

    yield start
    for one in started:
        one.kill()


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    """Starts peers of one test: `await peer("--tls").ready()`, `peer(port=...)`."""
    yield from _peers()


@pytest.fixture(scope="module")
def peer_of_this_file() -> Iterator[Peer]:
    for start in _peers():
        yield start()


@pytest.fixture
async def node(peer_of_this_file: Peer) -> Peer:
    """The peer that the tests of a file share, as it was at its start."""
    await peer_of_this_file.ready()
    await peer_of_this_file.reset()
    return peer_of_this_file


class Sink:
    """Hears a channel in the background."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.heard: list[Heard] = []
        self._task = asyncio.create_task(self._hear())

    async def _hear(self) -> None:
        async for one in self.channel.heard():
            self.heard.append(one)

    def of(self, kind: type[Any]) -> list[Any]:
        return [one for one in self.heard if isinstance(one, kind)]

    async def wait(self, kind: type[Any], *, count: int = 1, within: float = 10.0) -> Any:
        """The `count`-th of this kind."""
        what = f"{kind.__name__} number {count}; health {self.channel.health}"
        return (await until(lambda: self.of(kind)[count - 1 :], within=within, what=what))[0]

    async def health(self, health: Health, *, within: float = 10.0) -> None:
        await until(lambda: self.channel.health is health, within=within, what=f"{health} from {self.channel.health}")

    async def pause(self, seconds: float = 0.02) -> None:
        await asyncio.sleep(seconds)

    async def close(self) -> None:
        await self.channel.close()
        await asyncio.wait_for(self._task, 5)


@pytest.fixture
async def sink() -> AsyncIterator[Callable[[Channel], Sink]]:
    """Starts to hear a channel; all are closed at the end."""
    sinks: list[Sink] = []

    def start(channel: Channel) -> Sink:
        sinks.append(Sink(channel))
        return sinks[-1]

    yield start
    for one in sinks:
        await one.close()


@pytest.fixture
def plug(tmp_path: Path) -> Callable[..., Any]:
    """Makes Wechaty channels with short times: `plug(peer.endpoint, abilities=..., token=...)`."""
    pytest.importorskip("grpc", reason="the extra wechaty is not installed")
    from adapters.channels.wechaty.channel import WechatyChannel
    from adapters.channels.wechaty.client import Link
    from adapters.channels.wechaty.hearing import Shelf

    def make(
        endpoint: str, *, limit: int = 1 << 20, abilities: Any = None, known: Any = (), **link: Any
    ) -> WechatyChannel:
        quick: dict[str, Any] = {
            "token": TOKEN, "tls": False, "deadline": 2.0, "patience": 4.0, "first_event": 2.0, "check_every": 1.0,
            "keepalive": 2.0, "keepalive_timeout": 1.0, "slowest_retry": 0.5, "taken_retry": 0.5,
        }  # fmt: skip
        return WechatyChannel(
            Link(endpoint=endpoint, **{**quick, **link}),
            Shelf(folder=tmp_path / "media", limit=limit),
            abilities=abilities,
            known=known,
        )

    return make
