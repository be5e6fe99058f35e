"""Reads a transcript: one JSON object a line, in time order. A malformed one is refused whole, before anything is done.

Unknown keys are ignored. `docs/replay.md` describes the format.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from adapters.desk.flow import DESK_MOVES
from bot.settings import overrides
from dialogs.messages import ROLES, Member, Message, Recall, Room
from nlu.understanding import AREA, MESSAGE_KINDS

DECIDED = ("complaint", "dispute", "consultation")
YEARS = range(1971, 3000)
"""Years that an instant may lie in: far from the ends of the calendar, where no hour can be added."""


class TranscriptError(ValueError):
    """A line that cannot be read; the text names its number and the reason."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"line {number}: {reason}")
        self.number = number


@dataclass(frozen=True, slots=True)
class DeskLine:
    """The desk reports progress on the ticket that a message belongs to."""

    at: datetime
    message: str
    status: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class DecideLine:
    """A worker decides a flagged item."""

    at: datetime
    message: str
    by: str
    verdict: Literal["accept", "reject"]
    kind: str | None
    category: str | None


@dataclass(frozen=True, slots=True)
class ClockLine:
    """Time passes."""

    at: datetime


Line = Room | Message | Recall | DeskLine | DecideLine | ClockLine


def read(lines: Iterable[str]) -> list[tuple[int, Line]]:
    """All lines with their numbers. Raises TranscriptError at the first that is malformed or out of order."""
    found: list[tuple[int, Line]] = []
    rooms: set[str] = set()
    seen: set[str] = set()
    last: datetime | None = None
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        line = _line(number, text)
        if isinstance(line, Room):
            rooms.add(line.id)
        else:
            again = isinstance(line, Message) and line.id in seen
            if last is not None and line.at < last and not again:
                raise TranscriptError(
                    number, f"at {line.at.isoformat()} is before the line above; put the lines in time order"
                )
            last = line.at if last is None else max(last, line.at)
        if isinstance(line, Message):
            seen.add(line.id)
            if line.room is not None and line.room not in rooms:
                raise TranscriptError(number, f"room {line.room!r} has no room line above; add one")
        found.append((number, line))
    return found


def _line(number: int, text: str) -> Line:
    try:
        row = _cleaned(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise TranscriptError(number, f"is no JSON ({error}); each line is one JSON object") from error
    if not isinstance(row, dict):
        raise TranscriptError(number, "is no JSON object; each line is one JSON object")
    reader = _READERS.get(str(row.get("type")))
    if reader is None:
        raise TranscriptError(number, f"type {row.get('type')!r} is unknown; one of {', '.join(_READERS)}")
    try:
        return reader(row)
    except KeyError as error:
        raise TranscriptError(number, f"a {row['type']} needs the key {error.args[0]!r}") from error
    except (ValueError, TypeError) as error:
        raise TranscriptError(number, str(error)) from error


def _room(row: Mapping[str, Any]) -> Room:
    members = []
    for member in _list(row, "members", dict):
        role = member.get("role", "resident")
        if role not in ROLES:
            raise ValueError(f"role {role!r} is unknown; one of {', '.join(ROLES)}")
        members.append(Member(_text(member, "id"), _words(member, "name"), role))
    area, settings = row.get("area") or {}, row.get("settings") or {}
    if not isinstance(area, dict):
        raise ValueError("area is an object with any of county, town and village")
    if not isinstance(settings, dict):
        raise ValueError('settings is an object of manners, e.g. {"quiet": 60}')
    return Room(
        id=_text(row, "id"),
        name=_words(row, "name"),
        grid=str(row.get("grid") or ""),
        area={key: str(area[key]) for key in AREA if area.get(key)},
        places=tuple(_list(row, "places", str)),
        members=tuple(members),
        settings=overrides(settings),
        new=row.get("new") is True,
    )


def _message(row: Mapping[str, Any]) -> Message:
    kind = row.get("kind", "text")
    if kind not in MESSAGE_KINDS:
        raise ValueError(f"kind {kind!r} is unknown; one of {', '.join(MESSAGE_KINDS)}")
    if row["room"] is not None and not isinstance(row["room"], str):
        raise ValueError("room is the id of a room, or null for a private chat")
    quote = row.get("quote")
    return Message(
        id=_text(row, "id"),
        at=_instant(row),
        room=row["room"],
        sender=_text(row, "from"),
        name=_words(row, "name"),
        kind=kind,
        text=_words(row, "text"),
        mentions=tuple(_list(row, "mentions", str)),
        quote=str(quote) if quote else None,
        media=tuple(_list(row, "media", str)),
    )


def _recall(row: Mapping[str, Any]) -> Recall:
    return Recall(_instant(row), row.get("room"), _text(row, "from"), _text(row, "message"))


def _desk(row: Mapping[str, Any]) -> DeskLine:
    if row["status"] not in DESK_MOVES:
        raise ValueError(f"status {row['status']!r} is unknown; one of {', '.join(DESK_MOVES)}")
    return DeskLine(_instant(row), _text(row, "message"), row["status"], _words(row, "by"), _words(row, "note"))


def _decide(row: Mapping[str, Any]) -> DecideLine:
    verdict = row["verdict"]
    if verdict not in ("accept", "reject"):
        raise ValueError(f"verdict {verdict!r} is unknown; accept or reject")
    if (kind := row.get("kind") or None) not in (None, *DECIDED):
        raise ValueError(f"kind {kind!r} is unknown; one of {', '.join(DECIDED)}")
    category = _words(row, "category") or None
    return DecideLine(_instant(row), _text(row, "message"), _words(row, "by"), verdict, kind, category)


def _clock(row: Mapping[str, Any]) -> ClockLine:
    return ClockLine(_instant(row))


_READERS: dict[str, Callable[[Mapping[str, Any]], Line]] = {
    "room": _room,
    "message": _message,
    "recall": _recall,
    "desk": _desk,
    "decide": _decide,
    "clock": _clock,
}


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row[key]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key} is a text that is not empty, not {value!r}")
    return value


def _words(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str | None):
        raise ValueError(f"{key} is a text, not {value!r}")
    return value or ""


def _cleaned(value: Any) -> Any:
    """The value with every text as any database and any stream takes it: no lone surrogates, no NUL."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\x00", "")
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return {_cleaned(key): _cleaned(item) for key, item in value.items()} if isinstance(value, dict) else value


def _instant(row: Mapping[str, Any]) -> datetime:
    value = row["at"]
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"at {value!r} is no RFC 3339 instant, e.g. 2026-05-12T08:41:00+08:00") from None
    if at.tzinfo is None:
        raise ValueError(f"at {value!r} has no offset, e.g. +08:00")
    if at.year not in YEARS:
        raise ValueError(f"at {value!r} is not of our time")
    return at


def _list(row: Mapping[str, Any], key: str, kind: type) -> list[Any]:
    value = row.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        raise ValueError(f"{key} is a list of {'objects' if kind is dict else 'texts'}")
    return value
