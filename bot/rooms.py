"""The rooms that a worker holds: who is in them, and the matters that live there, from memory or the store.

In memory only, and never the truth: whoever keeps a matter is told by its version whether it was still so.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from adapters.ports import Store
from adapters.records import Kept
from dialogs.matters import Matter
from dialogs.messages import Room

HELD = 10_000
"""Rooms whose matters are held at a time."""
EVER = datetime(1970, 1, 2, tzinfo=UTC)


@dataclass(slots=True)
class Held:
    """What is known of a room: its live matters with their versions."""

    room: Room
    matters: dict[str, tuple[Matter, int]]

    def since(self, instant: datetime) -> dict[str, tuple[Matter, int]]:
        """Its matters that are open or were touched since an instant; the others are let go."""
        self.matters = {id: kept for id, kept in self.matters.items() if kept[0].open or kept[0].touched >= instant}
        return dict(self.matters)


class Rooms:
    """All rooms; of those in which no matter lives nothing need be asked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._known: dict[str, Room] = {}
        self._busy: set[str] = set()
        self.staff: set[str] = set()

    def survey(self) -> None:
        """Find everything again in the store."""
        self._held.clear()
        self._known = {room.id: room for room in self._store.rooms()}
        self.staff = {person for room in self._known.values() for person in _staff(room)}
        self._busy = self._store.live_rooms(since=EVER)

    def place(self, room: Room) -> bool:
        """Know a room; whether it is new. What a directory said of it stays, name and members are as the channel sees them."""
        known = self._known.get(room.id) or self._store.room(room.id)
        if known is not None and not room.grid:
            roles = {member.id: member.role for member in known.members}
            members = tuple(replace(member, role=roles.get(member.id, member.role)) for member in room.members)
            room = replace(known, name=room.name or known.name, members=members or known.members, new=False)
        if room != known:
            self._store.put_room(room)
        self._known[room.id] = room
        self.staff |= _staff(room)
        self.drop(room.id)
        return known is None

    def load(self, home: str) -> Held:
        """A room and its live matters."""
        if (held := self._held.get(home)) is not None:
            self._held.move_to_end(home)
            return held
        matters = self._store.live(home, since=EVER) if home in self._busy else []
        held = Held(
            self._known.get(home) or Room(home, ""), {matter.id: (matter, version) for matter, version in matters}
        )
        self._held[home] = held
        if len(self._held) > HELD:
            self._held.popitem(last=False)
        return held

    def drop(self, home: str) -> None:
        """Forget what is held of a room."""
        self._held.pop(home, None)

    def took(self, kept: Kept) -> None:
        """Take a decision that has been kept into memory."""
        self._busy |= {matter.room for matter in kept.turn.matters}
        if (held := self._held.get(kept.room)) is None:
            return
        for matter in kept.turn.matters:
            if matter.room == kept.room:
                held.matters.pop(matter.id, None)
                if matter.live:
                    held.matters[matter.id] = (matter, kept.versions.get(matter.id, 0) + 1)


def _staff(room: Room) -> set[str]:
    return {member.id for member in room.members if member.role != "resident"}
