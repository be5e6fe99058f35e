"""What the console may ask of the house: reads, moves, verdicts, filing, rehearsals. Handed to it by the wiring."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from adapters.desk.flow import DESK_MOVES, WrongMove
from adapters.ports import Refused, Store
from bot.importing import NotAChat, convert
from bot.live import Changes, Live
from bot.replay import Emit, Outcome, replay
from bot.runtime import Unknown, Walk
from bot.transcript import TranscriptError, read
from dialogs.events import Decided, Visited

T = TypeVar("T")
Rehearsal = Callable[[Emit], tuple[Walk, Outcome]]


class House:
    """The running house, as the console sees it."""

    def __init__(self, live: Live, *, rehearsal: Rehearsal, changes: Changes, clock: Callable[[], datetime]) -> None:
        self._live, self._rehearsal, self._changes, self._clock = live, rehearsal, changes, clock

    async def ask(self, question: Callable[[Store], T]) -> T:
        """Run a read on the store, in the walk's thread."""
        return await self._live.ask(question)

    async def move(self, number: str, move: str, *, by: str, note: str = "", key: str = "") -> None:
        """Move a ticket. Raises Refused, naming the moves that are possible."""
        if move not in DESK_MOVES:
            raise Refused(f"{move!r} is no move; one of {', '.join(DESK_MOVES)}")

        def moved(walk: Walk = self._live.walk) -> str:
            matter = walk.store.matter_of(number=number)
            if matter is None:
                raise Unknown(f"there is no ticket {number}")
            now = self._clock()
            walk.move(matter, move, by=by, note=note, at=now, now=now, key=key)
            return matter

        await self._do(moved)

    async def decide(self, matter: str, verdict: str, *, by: str, category: str | None = None) -> None:
        """A worker's verdict on a flag or a ticket. Raises Refused."""
        if verdict not in ("accept", "reject"):
            raise Refused(f"{verdict!r} is no verdict; accept or reject")
        leaf = self._live.walk.house.lexicon.leaves.get(category) if category else None
        if category and leaf is None:
            raise Refused(f"category {category!r} is no leaf of the taxonomy")
        now = self._clock()
        event = Decided(now, now, matter, by, verdict, leaf.kind if leaf else None, category)  # type: ignore[arg-type]
        await self._do(lambda: self._live.walk.decide(event))

    async def visit(self, *, room: str, by: str, kind: str, category: str, what: str, place: str = "", key: str) -> str:
        """File a matter by hand; under one `key` it is filed once. Returns its number. Raises Refused."""
        if category not in self._live.walk.house.lexicon.leaves:
            raise Refused(f"category {category!r} is no leaf of the taxonomy")
        now = self._clock()
        event = Visited(now, now, f"visit-{key}", by, kind, category, what, place)
        return await self._do(lambda: self._live.walk.visit(event, room))

    async def rehearse(self, transcript: Sequence[str]) -> tuple[str, list[dict[str, Any]]]:
        """Replay a transcript silently: its one line, and everything that would have been done. Raises Refused."""
        return await asyncio.to_thread(self._rehearse, list(transcript))

    async def convert(self, text: str) -> list[str]:
        """A pasted or exported chat as a transcript. Raises Refused."""
        try:
            return await asyncio.to_thread(convert, text, now=self._clock())
        except NotAChat as error:
            raise Refused(str(error)) from error

    def changes(self) -> AsyncIterator[str]:
        """The rooms in which something changes, as it happens; an empty one means everywhere."""
        return self._changes.listen()

    def _rehearse(self, transcript: list[str]) -> tuple[str, list[dict[str, Any]]]:
        rows: list[dict[str, Any]] = []
        try:
            lines = read(transcript)
        except TranscriptError as error:
            raise Refused(str(error)) from error
        walk, outcome = self._rehearsal(rows.append)
        try:
            summary = replay(lines, walk, outcome, complain=lambda line: None)
        finally:
            walk.store.close()
        return str(summary), rows

    async def _do(self, deed: Callable[[], T]) -> T:
        try:
            return await self._live.call(deed)
        except (WrongMove, Unknown) as error:
            raise Refused(str(error.args[0])) from error
        finally:
            self._changes.tell("")
