"""Runs the whole product over a recorded chat, on the transcript's own clock, with no network and no waiting.

The same input gives the same output, byte for byte. Output is a line for everything the bot does; `docs/replay.md` lists them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from adapters.desk.flow import WrongMove
from adapters.desk.tickets import show
from adapters.records import Kept
from bot.runtime import Unknown, Walk
from bot.transcript import ClockLine, DecideLine, DeskLine, Line
from dialogs.events import Decided
from dialogs.messages import Message, Recall, Room
from dialogs.turns import Alert, Flag, Rated, Sentence

TAIL = timedelta(hours=24)
"""What falls due within this after the last line still happens."""

Emit = Callable[[dict[str, Any]], None]


@dataclass
class Summary:
    """One recorded day in one line: how many messages, and to how few of them the bot reacted."""

    messages: int = 0
    flags: int = 0
    posts: int = 0
    tickets: int = 0
    touched: set[str] = field(default_factory=set)
    """The messages that anything was done about."""

    def __str__(self) -> str:
        silent = self.messages - len(self.touched)
        return f"{self.messages} 条消息,沉默 {silent},标记 {self.flags},开口 {self.posts}"


@dataclass
class Outcome:
    """Turns what was kept into lines of the replay format, each once: a ticket only when it is new or has changed."""

    emit: Emit
    summary: Summary = field(default_factory=Summary)
    _tickets: dict[str, dict[str, object]] = field(default_factory=dict)

    def told(self, now: datetime, kept: Kept) -> None:
        """Lines for a decision that has been kept."""
        at = now.isoformat()
        self.summary.touched.update(id for matter in kept.turn.matters for id in matter.messages)
        homes = {matter.id: matter.room for matter in kept.turn.matters}
        for action in kept.turn.actions:
            if isinstance(action, Alert):
                room = homes.get(action.matter, kept.room)
                self.emit(
                    {
                        "type": "alert",
                        "at": at,
                        "room": room,
                        "signal": action.signal,
                        "messages": list(action.messages),
                    }
                )
        for matter in kept.turn.matters:
            if matter.number is not None and self._tickets.get(matter.number) != (doc := show(matter)):
                self.summary.tickets += matter.number not in self._tickets
                self._tickets[matter.number] = doc
                self.emit({"type": "ticket", "at": at, **doc})
        for action in kept.turn.actions:
            if isinstance(action, Flag):
                self.summary.flags += 1
                self.emit(_flag(at, homes.get(action.matter, kept.room), action))
            elif isinstance(action, Rated):
                self.emit(_rating(at, action))

    def said(self, now: datetime, sentence: Sentence) -> None:
        """A line for a sentence that left."""
        public = sentence.room is not None
        self.summary.touched.update(sentence.about)
        self.summary.posts += public
        self.emit(
            {
                "type": "say" if public else "whisper",
                "at": now.isoformat(),
                **({"room": sentence.room, "to": list(sentence.to)} if public else {"to": sentence.to[0]}),
                "text": sentence.text,
                "about": list(sentence.about),
                **({"number": sentence.number} if sentence.number else {}),
                "why": sentence.why,
            }
        )


def replay(
    lines: Iterable[tuple[int, Line]], walk: Walk, outcome: Outcome, *, complain: Callable[[str], None]
) -> Summary:
    """Drive the walk over a transcript; what it does goes to the outcome, what was ignored to `complain`."""
    last: datetime | None = None
    for number, line in lines:
        if isinstance(line, Room):
            walk.place(line)
            if line.new and last is not None:
                walk.announce(line, now=last)
            continue
        last = line.at if last is None else max(last, line.at)
        _until(walk, outcome, last)
        try:
            _take(walk, line, last, outcome.summary)
        except (Unknown, WrongMove) as error:
            complain(f"line {number}: ignored: {error}")
    if last is not None:
        _until(walk, outcome, last + TAIL)
    return outcome.summary


def dump(row: dict[str, Any]) -> str:
    """One line of the outcome, always written the same way."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _until(walk: Walk, outcome: Outcome, now: datetime) -> None:
    for sentence, left in walk.advance(now):
        walk.settle(sentence.id, "sent", now=left, channel_id=f"post:{sentence.id}")
        outcome.said(left, sentence)


def _take(walk: Walk, line: Line, now: datetime, summary: Summary) -> None:
    if isinstance(line, Message):
        summary.messages += walk.hear([line], now=now)
    elif isinstance(line, Recall):
        walk.recall(line, now=now)
    elif isinstance(line, DeskLine):
        walk.move(_matter(walk, line.message), line.status, by=line.by, note=line.note, at=line.at, now=now)
    elif isinstance(line, DecideLine):
        matter = _matter(walk, line.message)
        walk.decide(Decided(line.at, now, matter, line.by, line.verdict, line.kind, line.category))
    else:
        assert isinstance(line, ClockLine)


def _matter(walk: Walk, message: str) -> str:
    matter = walk.store.matter_of(message=message)
    if matter is None:
        raise Unknown(f"message {message} belongs to no ticket and no flag")
    return matter


def _flag(at: str, room: str, flag: Flag) -> dict[str, Any]:
    return {
        "type": "flag",
        "at": at,
        "room": room,
        "messages": list(flag.messages),
        "kind": flag.kind,
        "category": flag.category,
        "confidence": flag.confidence,
        "reason": flag.reason,
        "to": flag.to,
    }


def _rating(at: str, rated: Rated) -> dict[str, Any]:
    rating = rated.rating
    return {
        "type": "rating",
        "at": at,
        "number": rated.number,
        "by": rating.by,
        "solved": rating.solved,
        "score": rating.score,
        "comment": rating.comment,
    }
