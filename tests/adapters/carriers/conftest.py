"""A platform that takes webhooks, over real sockets, and can be told to behave in every way that platforms do."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

SECRET = "s3cret-of-the-webhook"


class Platform:
    """Keeps each state of a ticket once, by its key. `how` is how it answers: see `answer`."""

    def __init__(self) -> None:
        self.how = ""
        self.headers: dict[str, str] = {}
        self.requests: list[web.BaseRequest] = []
        self.bodies: dict[str, bytes] = {}
        self.states: dict[str, Any] = {}
        self.faults: list[str] = []
        self.port = 0
        self.released = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in?token=hidden"

    def take(self, request: web.BaseRequest, body: bytes) -> bool:
        """Check a request and keep its ticket; whether it was new."""
        key, timestamp = request.headers["Idempotency-Key"], request.headers["X-Linli-Timestamp"]
        expected = hmac.new(SECRET.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        if request.headers["X-Linli-Signature"] != f"sha256={expected}":
            self.faults.append(f"{key}: the signature is wrong")
        if self.bodies.setdefault(key, body) != body:
            self.faults.append(f"{key}: another body under the same key")
        new = key not in self.states
        self.states[key] = json.loads(body)
        return new

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request. `how`: "" takes it; a number is a status, the ticket not taken; the rest are names."""
        self.requests.append(request)
        body = await request.read()
        assert request.transport
        if self.how == "hang":
            await self.released.wait()
        elif self.how == "reset":
            request.transport.abort()
        elif self.how == "cut":
            self.take(request, body)
            request.transport.abort()
        elif self.how == "garbage":
            request.transport.write(b"\x16\x03\x01 this is not HTTP\r\n\r\n")
            request.transport.close()
        elif self.how == "late":
            self.take(request, body)  # Taken, and told when nobody listens any more.
            await self.released.wait()
        elif self.how == "twice":
            self.take(request, body)
            request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" * 2)
            request.transport.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            request.transport.close()
        elif self.how == "flood":
            self.take(request, body)
            response = web.StreamResponse(headers={"Content-Encoding": "gzip"})
            await response.prepare(request)
            with contextlib.suppress(ConnectionError):
                while not self.released.is_set():
                    await response.write(b"\x00" * 65536)
            return response
        elif self.how == "once":
            return web.Response(status=201 if self.take(request, body) else 409)
        elif self.how:
            return web.Response(
                status=int(self.how), headers=self.headers, text="no, and here is your body: " + str(body)
            )
        else:
            self.take(request, body)
        return web.Response(text="ok")


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    """The platform, at its address."""
    one = Platform()
    runner = web.ServerRunner(web.Server(one.answer, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    one.port = runner.addresses[0][1]
    yield one
    one.released.set()
    await runner.cleanup()
    assert one.faults == []
