"""Between the core's dataclasses and rows: documents as JSON, instants as whole microseconds in UTC."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError
from sqlalchemy import RowMapping

from adapters.records import Delivery, Entry, FlagRow, Ticket
from adapters.store.tables import clean
from dialogs.matters import Matter
from dialogs.messages import Message, Room
from dialogs.turns import Sentence

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MATTER = TypeAdapter(Matter)
_ROOM = TypeAdapter(Room)
_SENTENCE = TypeAdapter(Sentence)


def micros(at: datetime) -> int:
    """An instant as whole microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def instant(value: int, zone: timezone) -> datetime:
    """The instant of so many microseconds, on the clock of a zone."""
    return (_EPOCH + timedelta(microseconds=value)).astimezone(zone)


def _packed(adapter: TypeAdapter[Any], value: object) -> str:
    try:
        return adapter.dump_json(value).decode()
    except (
        PydanticSerializationError
    ):  # A lone surrogate somewhere, from a broken emoji: its place is kept by a question mark.
        return clean(json.dumps(adapter.dump_python(value, mode="json"), ensure_ascii=False))


def pack_matter(matter: Matter) -> str:
    """A matter as JSON."""
    return _packed(_MATTER, matter)


def unpack_matter(doc: str) -> Matter:
    """A matter from JSON."""
    return _MATTER.validate_json(doc)


def pack_room(room: Room) -> str:
    """A room as JSON."""
    return _packed(_ROOM, room)


def unpack_room(doc: str) -> Room:
    """A room from JSON."""
    return _ROOM.validate_json(doc)


def pack_sentence(sentence: Sentence) -> str:
    """A sentence as JSON."""
    return _packed(_SENTENCE, sentence)


def unpack_sentence(doc: str) -> Sentence:
    """A sentence from JSON."""
    return _SENTENCE.validate_json(doc)


def pack_ids(ids: Sequence[str]) -> str:
    """Ids as JSON."""
    return json.dumps([clean(id) for id in ids]) if ids else "[]"


def message_row(message: Message, now: datetime) -> dict[str, Any]:
    """The columns of an accepted message."""
    return {
        "id": clean(message.id),
        "room": message.room,
        "sender": message.sender,
        "at": micros(message.at),
        "accepted": micros(now),
        "seen": False,
        "worded": True,
        "name": message.name,
        "kind": message.kind,
        "text": message.text,
        "mentions": pack_ids(message.mentions),
        "quote": message.quote,
        "media": pack_ids(message.media),
    }


def message_of(row: RowMapping, zone: timezone) -> Message:
    """The message of a row."""
    return Message(
        id=row["id"],
        at=instant(row["at"], zone),
        room=row["room"],
        sender=row["sender"],
        name=row["name"],
        kind=row["kind"],
        text=row["text"],
        mentions=tuple(json.loads(row["mentions"])),
        quote=row["quote"],
        media=tuple(json.loads(row["media"])),
    )


def ticket_of(row: RowMapping, zone: timezone) -> Ticket:
    """The ticket of a row."""
    return Ticket(
        number=row["number"],
        matter=row["matter"],
        room=row["room"],
        status=row["status"],
        opened=instant(row["opened"], zone),
        changed=instant(row["changed"], zone),
        doc=json.loads(row["doc"]),
    )


def delivery_of(row: RowMapping, zone: timezone) -> Delivery:
    """The delivery of a row, with the ticket as it was then: what stands behind a key never changes."""
    ticket = replace(ticket_of(row, zone), changed=instant(row["at"], zone))
    status: Any = ticket.doc["status"]
    key = f"{ticket.number}:{row['seq']}"
    return Delivery(key, row["carrier"], replace(ticket, status=status), row["seq"], row["attempts"] + 1)


def flag_of(row: RowMapping, zone: timezone) -> FlagRow:
    """The flag of a row."""
    return FlagRow(
        matter=row["matter"],
        room=row["room"],
        at=instant(row["at"], zone),
        messages=tuple(json.loads(row["messages"])),
        kind=row["kind"],
        category=row["category"],
        confidence=float(row["confidence"]),
        reason=row["reason"],
        to=row["to"],
        state=row["state"],
    )


def entry_of(row: RowMapping) -> Entry:
    """The journal entry of a row."""
    return Entry(**{**dict(row), "at": instant(row["at"], UTC)})
