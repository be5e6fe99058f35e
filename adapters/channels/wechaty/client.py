"""The life of the connection to one puppet service: open, listen, check, wait, try again.

Law: it never gives up, except on a wrong token; it logs one line when its health changes, none with the token; it repeats
questions and never a sending. Order of a connection: the event stream, its first heartbeat, `Start`; never `Stop` at the end,
which would log the account out.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from adapters.channels.wechaty import wire
from adapters.channels.wechaty.payloads import Event, to_event
from adapters.ports import Health

os.environ.setdefault("GRPC_VERBOSITY", "ERROR")  # else every restart of the server writes lines on stderr
try:
    import grpc
    import grpc.aio
except ImportError as error:  # pragma: no cover - the extra is missing
    raise ImportError("The Wechaty channel needs grpcio and protobuf: pip install 'linli[wechaty]'") from error

log = logging.getLogger(__name__)

MEBIBYTE = 1 << 20
TRANSIENT = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED")


class Fault(Exception):
    """A call that failed: gRPC's name of the reason, and the other side's words without the token."""

    def __init__(self, code: str, details: str) -> None:
        super().__init__(f"{code}: {details}")
        self.code = code
        self.details = details


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where the service is and how it is spoken to; all times in seconds.

    `tls` may be off only on loopback or a private network. `name` is what the server's certificate says, where that differs
    from the endpoint. `take_over` says that we are the elected holder of the account and may end another client's stream.
    """

    endpoint: str
    token: str = field(repr=False)
    tls: bool = True
    root: bytes | None = field(default=None, repr=False)
    name: str = ""
    take_over: bool = False
    deadline: float = 10.0
    patience: float = 20.0
    first_event: float = 5.0
    check_every: float = 30.0
    keepalive: float = 10.0
    keepalive_timeout: float = 5.0
    slowest_retry: float = 5.0
    taken_retry: float = 5.0

    def options(self) -> list[tuple[str, int | str]]:
        """The channel's options. Without `ping_timeout_ms` a frozen peer is noticed only after a minute."""
        timeout = int(self.keepalive_timeout * 1000)
        options: list[tuple[str, int | str]] = [
            ("grpc.keepalive_time_ms", int(self.keepalive * 1000)),
            ("grpc.keepalive_timeout_ms", timeout),
            ("grpc.http2.ping_timeout_ms", timeout),
            ("grpc.http2.max_pings_without_data", 0),
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.initial_reconnect_backoff_ms", 200),
            ("grpc.min_reconnect_backoff_ms", 200),
            ("grpc.max_reconnect_backoff_ms", 2000),
            ("grpc.max_receive_message_length", 32 * MEBIBYTE),
            ("grpc.max_send_message_length", 4 * MEBIBYTE),
            ("grpc.use_local_subchannel_pool", 1),
        ]
        if self.name:
            options.append(("grpc.ssl_target_name_override", self.name))
        return options


class Client:
    """One connection at a time to one service; `run` lives until `close`."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.health = Health.STARTING
        self._reason = ""
        self._channel: Any = None
        self._up = asyncio.Event()
        self._reading = asyncio.Semaphore(16)
        self._fetching = asyncio.Semaphore(4)
        self._alive = asyncio.Event()
        self._logged_in = asyncio.Event()
        self._answers_dings = False
        self._busy = False
        self._stopped_at: float | None = None
        self._failures = 0

    async def run(self, deliver: Callable[[Event], Awaitable[None]]) -> None:
        """Hold the event stream and hand each event to `deliver`, one after the other, until cancelled or denied."""
        if not self.link.tls and not _nearby(self.link.endpoint):
            log.warning(
                "Wechaty: TLS is off towards %s: the token and every word can be read on the way", self.link.endpoint
            )
        while self.health is not Health.STOPPED:
            fault = await self._session(deliver)
            self._up.clear()
            if fault.code == "UNAUTHENTICATED":
                self.tell(Health.DENIED, "the service refuses the token; set the right one and start again")
                return
            if fault.code == "ALREADY_EXISTS":
                self.tell(Health.TAKEN, "another client holds the event stream of this service")
                await self._wait_for_turn()
            else:
                self.tell(Health.WAITING, f"no puppet service at {self.link.endpoint} ({fault})")
                pause = min(self.link.slowest_retry, 0.2 * 2**self._failures)
                ended = fault.code == "OK"  # a clean end: somebody took over, who shall find the stream free
                await self._pause(self.link.taken_retry if ended else pause)
                self._failures = min(self._failures + 1, 10)

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds * random.uniform(0.5, 1.5))

    async def _wait_for_turn(self) -> None:
        """Wait for the stream to become free; as the elected holder free it, at most once a minute."""
        now = time.monotonic()
        if not self.link.take_over or (self._stopped_at is not None and now - self._stopped_at < 60):
            await self._pause(self.link.taken_retry)
            return
        self._stopped_at = now
        log.warning("Wechaty: taking over the event stream as its elected holder")
        channel = self._open()
        try:
            await self._call(channel, "Stop", self.link.patience, {})
        except Fault as fault:
            log.warning("Wechaty: the other client could not be stopped (%s)", fault)
            await self._pause(self.link.taken_retry)
        finally:
            await channel.close()

    async def _session(self, deliver: Callable[[Event], Awaitable[None]]) -> Fault:
        """One connection from its opening to its end; returns why it ended."""
        channel = self._open()
        call = self._stream(channel, "Event", {})
        check: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(self.link.first_event):
                first = await self._next(call)
            await self._call(channel, "Start", self.link.patience, {})
            self._channel = channel
            self._failures = 0
            self._logged_in.clear()
            self._up.set()
            check = asyncio.create_task(self._check(call))
            await self._hand_on(first, deliver)
            while True:
                await self._hand_on(await self._next(call), deliver)
        except TimeoutError:
            return Fault("DEADLINE_EXCEEDED", f"no event within {self.link.first_event:g} s")
        except Fault as fault:
            return fault
        except Exception as error:
            log.debug("Wechaty: the error", exc_info=True)
            return Fault("INTERNAL", type(error).__name__)
        finally:
            self._up.clear()
            self._channel = None
            if check:
                check.cancel()
            call.cancel()
            await channel.close()

    async def _hand_on(self, raw: wire.Plain, deliver: Callable[[Event], Awaitable[None]]) -> None:
        event = to_event(raw)
        self._alive.set()
        if event.kind == wire.DONG:
            self._answers_dings = True
        elif event.kind == wire.LOGIN:
            self._logged_in.set()
            self.tell(Health.CONNECTED, "logged in")
        elif event.kind in (wire.LOGOUT, wire.SCAN):
            self.tell(Health.LOGGED_OUT, "the account is logged out; somebody has to log it in at the puppet")
        self._busy = True  # a full house is no hung puppet
        try:
            await deliver(event)
        except Exception as error:  # what one event does must not end the hearing
            log.error("Wechaty: an event of kind %d was lost: %s", event.kind, type(error).__name__)
            log.debug("Wechaty: the error", exc_info=True)
        finally:
            self._busy = False

    async def _check(self, call: Any) -> None:
        """End the stream of a puppet that hangs while its server goes on answering pings.

        A `Ding` brings a `dong` event, where a puppet knows it; any event counts, and without a single dong ever the answer to the
        call has to do.
        """
        try:
            await asyncio.wait_for(self._logged_in.wait(), self.link.first_event)
        except TimeoutError:
            self.tell(Health.LOGGED_OUT, "nobody is logged in; somebody has to log the account in at the puppet")
        while True:
            await asyncio.sleep(self.link.check_every)
            self._alive.clear()
            try:
                await self.ask("Ding", data="linli")
            except Fault as fault:
                if fault.code in TRANSIENT:
                    call.cancel()
                    return
            if self._answers_dings and not self._busy:
                try:
                    await asyncio.wait_for(self._alive.wait(), self.link.deadline)
                except TimeoutError:
                    if not self._busy:
                        call.cancel()
                        return

    def tell(self, health: Health, reason: str) -> None:
        """Change the health, with one line in the log when it did change."""
        if health is self.health:
            log.debug("Wechaty: still %s: %s", health, reason)
            return
        self.health = health
        good = health in (Health.CONNECTED, Health.STOPPED)
        level = logging.ERROR if health is Health.DENIED else logging.INFO if good else logging.WARNING
        log.log(level, "Wechaty: %s: %s", health, reason)

    # -- calls

    async def ask(self, method: str, **fields: Any) -> wire.Plain:
        """One call, once. Raises Fault; its code is NOT_CONNECTED when nothing was sent."""
        if self._channel is None:
            raise Fault("NOT_CONNECTED", "there is no connection to the puppet service")
        return await self._call(self._channel, method, self.link.deadline, fields)

    async def read(self, method: str, **fields: Any) -> wire.Plain:
        """A question without effects: asked again over `patience` seconds while the connection is bad. Raises Fault."""
        end = time.monotonic() + self.link.patience
        pause = 0.1
        while True:
            try:
                async with self._fetching if method == "MessageFile" else self._reading:
                    return await self.ask(method, **fields)
            except Fault as fault:
                left = end - time.monotonic()
                if fault.code not in (*TRANSIENT, "NOT_CONNECTED") or left <= 0 or self.health is Health.DENIED:
                    raise
                await asyncio.sleep(min(pause, left))
                pause = min(2.0, pause * 2)

    async def download(self, uuid: str, *, limit: int) -> bytes | None:
        """The bytes of a file of the service; None when they are more than `limit`. Raises Fault."""
        if self._channel is None:
            raise Fault("NOT_CONNECTED", "there is no connection to the puppet service")
        data = bytearray()
        async with self._fetching:
            call = self._stream(self._channel, "Download", {"id": uuid}, timeout=self.link.patience)
            try:
                async for chunk in self._rest(call):
                    data += chunk["chunk"]
                    if len(data) > limit:
                        return None
            finally:
                call.cancel()
        return bytes(data)

    async def _rest(self, call: Any) -> AsyncIterator[wire.Plain]:
        while True:
            try:
                yield await self._next(call)
            except Fault as fault:
                if fault.code == "OK":
                    return
                raise

    def _open(self) -> Any:
        if not self.link.tls:
            return grpc.aio.insecure_channel(self.link.endpoint, options=self.link.options())
        credentials = grpc.ssl_channel_credentials(root_certificates=self.link.root)
        return grpc.aio.secure_channel(self.link.endpoint, credentials, options=self.link.options())

    def _metadata(self) -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Wechaty {self.link.token}"),)

    def _stream(self, channel: Any, method: str, fields: wire.Plain, *, timeout: float | None = None) -> Any:
        stub = channel.unary_stream(wire.path(method), response_deserializer=wire.reader(method))
        return stub(wire.write(method, fields), metadata=self._metadata(), timeout=timeout)

    async def _call(self, channel: Any, method: str, deadline: float, fields: wire.Plain) -> wire.Plain:
        stub = channel.unary_unary(wire.path(method), response_deserializer=wire.reader(method))
        try:
            request = wire.write(method, fields)
        except (TypeError, ValueError) as error:
            raise Fault("INVALID_ARGUMENT", f"this cannot be said on the wire: {error}") from error
        try:
            answer = await stub(request, metadata=self._metadata(), timeout=deadline)
        except grpc.aio.AioRpcError as error:
            self._raise(error)
        except asyncio.CancelledError:
            self._unless_cancelled("the connection was closed during the call")
        return _readable(answer)

    async def _next(self, call: Any) -> wire.Plain:
        """The next of a stream. Raises Fault at its end, with the code OK when the other side ended it in good order."""
        try:
            answer = await call.read()
        except grpc.aio.AioRpcError as error:
            self._raise(error)
        except asyncio.CancelledError:
            self._unless_cancelled("the puppet did not answer a check")
        if answer is grpc.aio.EOF:
            raise Fault("OK", "the service ended the stream")
        return _readable(answer)

    def _raise(self, error: Any) -> NoReturn:
        """A Fault without the token: services repeat a wrong one in their answer, so the original is not kept as the cause."""
        details = str(error.details() or "")
        if self.link.token:
            details = details.replace(self.link.token, "***")
        raise Fault(error.code().name, " ".join(details.split())[:300]) from None

    def _unless_cancelled(self, reason: str) -> NoReturn:
        """Tell our own cancelling of a call from the cancelling of the task."""
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise  # called while one is handled
        raise Fault("CANCELLED", reason) from None


def _nearby(endpoint: str) -> bool:
    """Whether this is on this machine or in a private network, as far as its name tells."""
    host = endpoint.rpartition(":")[0].strip("[]") or endpoint
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))


def _readable(answer: Any) -> wire.Plain:
    """The answer; gRPC hands on None for bytes that are no message. Raises Fault."""
    if not isinstance(answer, dict):
        raise Fault("INTERNAL", "the service sent bytes that are no message")
    return answer
