"""One suite for every plug of the carrier socket: whatever happens on the way, the other side ends with one state of each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol

import pytest

from adapters.carriers.memory import MemoryCarrier
from adapters.carriers.webhook import WebhookCarrier
from adapters.ports import Carrier, Refused, Unreachable
from adapters.records import Delivery, Ticket

ZONE = timezone(timedelta(hours=8))
AT = datetime(2026, 5, 12, 9, tzinfo=ZONE)


def delivery(seq: int = 1, *, attempt: int = 1, number: str = "20260512-AAAAAA", **doc: Any) -> Delivery:
    shown = {"number": number, "status": "open", "private": False, "facts": {"what": f"第{seq}次"}, **doc}
    ticket = Ticket(number, "m1", "r1", "open", AT, AT + timedelta(seconds=seq), shown)
    return Delivery(f"{number}:{seq}", "any", ticket, seq, attempt)


class Side(Protocol):
    """A plug and its other side."""

    carrier: Carrier

    def behave(self, how: str) -> None: ...
    def states(self) -> Mapping[str, Any]: ...


class InMemory:
    def __init__(self) -> None:
        self.carrier = self.memory = MemoryCarrier()

    def behave(self, how: str) -> None:
        self.memory.failure = how  # type: ignore[assignment]

    def states(self) -> Mapping[str, Any]:
        return {key: ticket.doc for key, ticket in self.memory.tickets.items()}


ON_THE_WIRE = {"unreachable": "503", "refused": "422", "unclear": "cut"}


class OverHttp:
    def __init__(self, platform: Any) -> None:
        self.platform = platform
        self.carrier = WebhookCarrier(platform.url, "s3cret-of-the-webhook", timeout_s=10.0)

    def behave(self, how: str) -> None:
        self.platform.how = ON_THE_WIRE.get(how, how)

    def states(self) -> Mapping[str, Any]:
        return {key: body["ticket"] for key, body in self.platform.states.items()}


@pytest.fixture(params=["memory", "webhook"])
async def side(request: pytest.FixtureRequest, platform: Any) -> AsyncIterator[Side]:
    """Each plug with its other side."""
    one: Side = InMemory() if request.param == "memory" else OverHttp(platform)
    yield one
    await one.carrier.close()


async def test_a_ticket_arrives(side: Side) -> None:
    await side.carrier.carry(delivery())
    assert side.states() == {"20260512-AAAAAA:1": delivery().ticket.doc}


async def test_the_same_key_is_the_same_state(side: Side) -> None:
    for attempt in range(1, 4):
        await side.carrier.carry(delivery(attempt=attempt))
    await side.carrier.carry(delivery(2))
    assert list(side.states()) == ["20260512-AAAAAA:1", "20260512-AAAAAA:2"]


@pytest.mark.parametrize("how", ["unreachable", "unclear"])
async def test_what_may_be_tried_again_arrives_once_in_the_end(side: Side, how: str) -> None:
    side.behave(how)
    for attempt in range(1, 3):
        with pytest.raises(Unreachable):
            await side.carrier.carry(delivery(attempt=attempt))
    side.behave("")
    await side.carrier.carry(delivery(attempt=3))
    assert list(side.states().values()) == [delivery().ticket.doc]


async def test_a_refusal_is_no_fault_of_the_way(side: Side) -> None:
    side.behave("refused")
    with pytest.raises(Refused):
        await side.carrier.carry(delivery())
    assert side.states() == {}


async def test_what_is_answered_twice_has_arrived_once_and_disturbs_nobody_else(side: Side) -> None:
    side.behave("twice")
    await side.carrier.carry(delivery())
    side.behave("refused")
    with pytest.raises(Refused):
        await side.carrier.carry(delivery(2))
    side.behave("")
    await side.carrier.carry(delivery(3))
    assert list(side.states()) == ["20260512-AAAAAA:1", "20260512-AAAAAA:3"]


async def test_what_hangs_can_be_cancelled(side: Side) -> None:
    side.behave("hang")
    hanging = asyncio.create_task(side.carrier.carry(delivery()))
    await asyncio.sleep(0.03)
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    side.behave("")
    await side.carrier.carry(delivery())
    assert len(side.states()) == 1


async def test_many_at_once(side: Side) -> None:
    await asyncio.gather(*(side.carrier.carry(delivery(number=f"n{index}")) for index in range(20)))
    assert len(side.states()) == 20


async def test_a_closed_carrier_says_that_nothing_arrived(side: Side) -> None:
    await side.carrier.close()
    await side.carrier.close()
    with pytest.raises(Unreachable) as failed:
        await side.carrier.carry(delivery())
    assert failed.value.arrived is False


async def test_closing_ends_what_hangs(side: Side) -> None:
    side.behave("hang")
    hanging = asyncio.create_task(side.carrier.carry(delivery()))
    await asyncio.sleep(0.03)
    await side.carrier.close()
    with pytest.raises(Unreachable):
        await hanging


async def test_the_switches_of_the_carrier_in_memory() -> None:
    memory = MemoryCarrier(name="desk")
    carrier: Carrier = memory
    assert carrier.name == "desk"
    memory.failure, memory.retry_after = "unreachable", 7.0
    with pytest.raises(Unreachable) as failed:
        await carrier.carry(delivery())
    assert (failed.value.arrived, failed.value.retry_after) == (False, 7.0)
    memory.failure = "twice"
    await carrier.carry(delivery(2))
    assert (len(memory.deliveries), len(memory.tickets)) == (2, 1)
    assert memory.latest["20260512-AAAAAA"] == delivery(2).ticket
    memory.failure = "hang"
    hanging = asyncio.create_task(carrier.carry(delivery(3)))
    await asyncio.sleep(0)
    memory.failure = ""
    await hanging
    assert len(memory.tickets) == 2
