"""Between the core's dataclasses and rows: documents as JSON, instants as whole microseconds in UTC."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import RowMapping

from adapters.ports import Entry, FlagRow, Ticket
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


def clean(text: str) -> str:
    """A text that every database takes: no lone surrogates, no NUL."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def pack_matter(matter: Matter) -> str:
    """A matter as JSON."""
    return _MATTER.dump_json(matter).decode()


def unpack_matter(doc: str) -> Matter:
    """A matter from JSON."""
    return _MATTER.validate_json(doc)


def pack_room(room: Room) -> str:
    """A room as JSON."""
    return _ROOM.dump_json(room).decode()


def unpack_room(doc: str) -> Room:
    """A room from JSON."""
    return _ROOM.validate_json(doc)


def pack_sentence(sentence: Sentence) -> str:
    """A sentence as JSON."""
    return _SENTENCE.dump_json(sentence).decode()


def unpack_sentence(doc: str) -> Sentence:
    """A sentence from JSON."""
    return _SENTENCE.validate_json(doc)


def message_row(message: Message, now: datetime) -> dict[str, Any]:
    """The columns of an accepted message."""
    return {
        "id": message.id,
        "room": message.room,
        "sender": message.sender,
        "at": micros(message.at),
        "accepted": micros(now),
        "seen": False,
        "worded": True,
        "name": clean(message.name),
        "kind": message.kind,
        "text": clean(message.text),
        "mentions": json.dumps(message.mentions),
        "quote": message.quote,
        "media": json.dumps(message.media),
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
