"""Carries tickets to a platform: each state until it has arrived once, in the order of its ticket.

Whatever is under way can be lost at any instant: it is still due in the store, and goes again under the same key. Names no
concrete adapter.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from adapters.ports import Carrier, Refused, Store, Unreachable
from adapters.records import Delivery

T = TypeVar("T")
log = logging.getLogger(__name__)

RETRIES = (30, 120, 600, 1800, 3600, 21600)
"""Seconds until the next try, by how many have failed; a delivery that fails once more is dead."""
LONGEST_PAUSE = 86400.0
"""A platform may ask to be left alone for so many seconds, and no longer."""
PATIENCE = 60.0
"""Seconds after which a carrier that has said nothing is taken for unreachable."""
LOOK_EVERY = 10.0
REST = 0.05
"""Seconds between two looks at least, so that a busy hour does not ask the store for every decision."""
STORE_WAIT = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between tries while the store does not answer; the last goes on."""


class StoreCall(Protocol):
    """Runs a function on the store, in the one thread that holds it."""

    def __call__(self, question: Callable[[Store], T], /) -> Awaitable[T]:
        """Ask, or change, the store. Raises Unreachable."""
        ...


async def deliver(
    store_call: StoreCall,
    carrier: Carrier,
    *,
    clock: Callable[[], datetime],
    due: asyncio.Event | None = None,
    at_once: int = 4,
    look_every: float = LOOK_EVERY,
    patience: float = PATIENCE,
) -> None:
    """Until cancelled: carry what is due, at most `at_once` tickets at a time, and never two states of one ticket.

    `due` is set by whoever has filed or changed a ticket; it belongs to this loop alone, which clears it.
    """
    due = due or asyncio.Event()
    under_way: set[str] = set()

    def look(store: Store) -> list[Delivery]:
        """In the store's thread: nothing under way can be noted as arrived between the two lines and so go twice."""
        found = store.deliveries(carrier.name, now=clock(), limit=2 * at_once)
        return [delivery for delivery in found if delivery.ticket.number not in under_way]

    async def carry(delivery: Delivery) -> None:
        try:
            error, retry = await _carried(carrier, delivery, clock=clock, patience=patience)
            await _patiently(store_call, lambda store: store.delivered(delivery, now=clock(), error=error, retry=retry))
        finally:
            under_way.discard(delivery.ticket.number)
            due.set()

    async with asyncio.TaskGroup() as group:
        while True:
            due.clear()
            if (free := at_once - len(under_way)) > 0:
                for delivery in (await _patiently(store_call, look))[:free]:
                    under_way.add(delivery.ticket.number)
                    group.create_task(carry(delivery))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(look_every):
                    await due.wait()
            await asyncio.sleep(REST)


def pause(delivery: Delivery, *, asked: float | None = None) -> timedelta | None:
    """How long to wait after this try has failed; None if it was the last. `asked` is what the platform asked for, in seconds.

    A tenth more or less, by the key, so that those that failed together do not come again together.
    """
    if delivery.attempt > len(RETRIES):
        return None
    chance = int.from_bytes(hashlib.sha256(f"{delivery.key}:{delivery.attempt}".encode()).digest()[:4], "big") / 2**32
    planned = RETRIES[delivery.attempt - 1] * (0.9 + 0.2 * chance)
    return timedelta(seconds=max(planned, min(asked or 0.0, LONGEST_PAUSE)))


async def _carried(
    carrier: Carrier, delivery: Delivery, *, clock: Callable[[], datetime], patience: float
) -> tuple[str | None, datetime | None]:
    """Carry once. Returns what was wrong, and when to try again."""
    asked = None
    try:
        async with asyncio.timeout(patience):
            await carrier.carry(delivery)
        return None, None
    except Refused as error:
        log.error("%s refuses ticket %s: %s", carrier.name, delivery.key, error)
        return str(error) or "refused", None
    except Unreachable as error:
        reason, asked = str(error) or "unreachable", error.retry_after
    except TimeoutError:
        reason = f"nothing came back in {patience:g} s"
    except Exception as error:
        log.exception("%s is broken at ticket %s", carrier.name, delivery.key)
        reason = f"the carrier is broken: {type(error).__name__}"
    wait = pause(delivery, asked=asked)
    level = logging.WARNING if wait is not None else logging.ERROR
    told = f"again in {wait.total_seconds():.0f} s" if wait is not None else "given up"
    log.log(
        level, "%s did not take ticket %s, try %d: %s; %s", carrier.name, delivery.key, delivery.attempt, reason, told
    )
    return reason, None if wait is None else clock() + wait


async def _patiently(store_call: StoreCall, question: Callable[[Store], T]) -> T:
    """Ask the store; while it does not answer, say so once and ask again."""
    tries = 0
    while True:
        try:
            return await store_call(question)
        except Unreachable as error:
            if tries == 0:
                log.error("carrying waits for the store: %s", error)
            await asyncio.sleep(STORE_WAIT[min(tries, len(STORE_WAIT) - 1)])
            tries += 1
