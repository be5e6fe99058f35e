"""A carrier in memory: for tests, and for trying the bot without any platform.

Law: it behaves as the socket says, and its other side keeps each state of a ticket once, by its key, as a platform should.
"""

from __future__ import annotations

import asyncio
from typing import Literal

from adapters.ports import Refused, Unreachable
from adapters.records import Delivery, Ticket

Failure = Literal["", "unreachable", "refused", "unclear", "hang", "twice"]
"""How carrying fails: `unreachable` before anything left, `refused`; `unclear`: it arrives, the answer does not; `hang`: nothing
comes back until `failure` is set back; `twice`: it arrives twice and is answered once."""


class MemoryCarrier:
    """A carrier whose other side is the caller.

    `deliveries` are all that arrived, in order, repetitions too; `tickets` what the platform has of each, by key, and
    `latest` by number. `failure` holds until it is set back to ""; `retry_after` goes with `unreachable`.
    """

    def __init__(self, *, name: str = "memory") -> None:
        self.name = name
        self.deliveries: list[Delivery] = []
        self.tickets: dict[str, Ticket] = {}
        self.latest: dict[str, Ticket] = {}
        self.retry_after: float | None = None
        self.closed = False
        self._failure: Failure = ""
        self._released = asyncio.Event()

    @property
    def failure(self) -> Failure:
        """How carrying fails at present."""
        return self._failure

    @failure.setter
    def failure(self, failure: Failure) -> None:
        self._failure = failure
        self._released.set()
        self._released = asyncio.Event()

    async def carry(self, delivery: Delivery) -> None:
        """Take the ticket, unless a switch says otherwise. Raises Unreachable or Refused."""
        while self.failure == "hang" and not self.closed:
            await self._released.wait()
        if self.closed:
            raise Unreachable("the carrier is closed", arrived=False)
        if self.failure == "refused":
            raise Refused("switched to refuse")
        if self.failure == "unreachable":
            raise Unreachable("switched to fail", arrived=False, retry_after=self.retry_after)
        self._take(delivery)
        if self.failure == "twice":
            self._take(delivery)
        if self.failure == "unclear":
            raise Unreachable("switched to arrive without a word")

    async def close(self) -> None:
        """Take nothing any more."""
        self.closed = True
        self._released.set()

    def _take(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        if delivery.key not in self.tickets:
            self.tickets[delivery.key] = self.latest[delivery.ticket.number] = delivery.ticket
