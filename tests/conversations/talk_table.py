"""Reads tables of conversations and plays them. A conversation is a mapping:

`said` is what happens, in order, a list each: [who, when, text], then perhaps {kind, quote, mention, private, media, again};
[desk, when, move, {of, note}]; [decide, when, verdict, {of, kind, category}]; [recall, when, {who, of}]; [clock, when].
`when` is "9:05", "9:05:30", or with a day before it, "2 9:05" (day 1 is Tuesday, 12 May 2026). Messages are m1, m2, … in
order; `means` says what a line means where the point is not whether the model sees it ({answer: flag}); `again` delivers
an id a second time; `quote` is an id, or a sentence of the bot as "post:m1:receipt".
What the bot says, whispers, alerts and files must be exactly as `says`, `whispers`, `alerts` and `tickets` tell, nothing more;
`flags` and `ratings` are looked at only where they are given. Of each, only the keys given are compared; `has` and `lacks` are
pieces of the text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml

from bot import wiring
from bot.replay import replay
from bot.settings import Settings
from bot.transcript import read
from nlu.linear import Linear
from nlu.understanding import Knowledge, Lexicon, Surroundings, Understanding

HERE = Path(__file__).parent
ZONE = timezone(timedelta(hours=8))
FIRST = datetime(2026, 5, 12, tzinfo=ZONE)
ROOM = {
    "type": "room",
    "id": "room",
    "name": "云溪社区一网格",
    "grid": "YX-01",
    "area": {"county": "赫山区", "town": "金银山街道", "village": "云溪社区"},
    "places": ["云溪花园", "云溪路", "枫林路", "云溪菜市场"],
    "members": [
        {"id": "li", "name": "网格员小李", "role": "worker"},
        {"id": "wu", "name": "云溪物业", "role": "property"},
    ],
}

Row = dict[str, Any]


def conversations() -> list[tuple[str, Row]]:
    """All conversations of all tables, each with its name."""
    return [
        (f"{path.stem}: {conversation['name']}", conversation)
        for path in sorted(HERE.glob("*.yaml"))
        for conversation in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def play(conversation: Row, chosen: Settings, mind: Linear) -> list[Row]:
    """Everything that the bot does in a conversation, as rows of the replay format."""
    rows: list[Row] = []
    told = {
        line[2]: line[-1]["means"]
        for line in conversation["said"]
        if isinstance(line[-1], dict) and "means" in line[-1]
    }
    walk, outcome = wiring.rehearsal(chosen, mind, rows.append)
    walk.reader = Told(mind, told)
    room = ROOM | conversation.get("room", {})
    replay(read(_lines([room], conversation["said"])), walk, outcome, complain=lambda text: rows.append({"type": text}))
    return rows


@dataclass(frozen=True)
class Told:
    """The trained reader, except for lines of which the table says what they mean."""

    mind: Linear
    means: Mapping[str, Mapping[str, Any]]

    @property
    def model(self) -> str:
        return self.mind.model

    @property
    def lexicon(self) -> Lexicon:
        return self.mind.lexicon

    def triage(self, text: str, around: Surroundings) -> Understanding:
        return replace(self.mind.triage(text, around), **self.means.get(text, {}))

    def understand(self, text: str, around: Surroundings) -> Understanding:
        return replace(self.mind.understand(text, around), **self.means.get(text, {}))

    def answer(self, text: str, at: datetime) -> Knowledge | None:
        return self.mind.answer(text, at)


def instant(when: str) -> datetime:
    """A table's instant."""
    *day, clock = str(when).split()
    hour, minute, *second = (int(part) for part in clock.split(":"))
    days = int(day[0]) - 1 if day else 0
    return FIRST + timedelta(days=days, hours=hour, minutes=minute, seconds=second[0] if second else 0)


def _lines(rows: list[Row], said: list[list[Any]]) -> list[str]:
    count = 0
    for who, when, *rest in said:
        more: Mapping[str, Any] = rest[-1] if rest and isinstance(rest[-1], dict) else {}
        words = [part for part in rest if isinstance(part, str)]
        at = instant(when).isoformat()
        if who == "clock":
            rows.append({"type": "clock", "at": at})
        elif who == "desk":
            note = more.get("note", "")
            move = {"type": "desk", "at": at, "message": more.get("of", "m1"), "status": words[0], "by": "li"}
            rows.append(move | {"note": note})
        elif who == "decide":
            verdict = {"type": "decide", "at": at, "message": more.get("of", "m1"), "by": "li", "verdict": words[0]}
            rows.append(verdict | {key: more[key] for key in ("kind", "category") if key in more})
        elif who == "recall":
            rows.append({"type": "recall", "at": at, "room": "room", "from": more["who"], "message": more["of"]})
        else:
            count += "again" not in more
            rows.append(_message(f"m{count}", who, at, words, more))
    return [json.dumps(row, ensure_ascii=False) for row in rows]


def _message(id: str, who: str, at: str, words: list[str], more: Mapping[str, Any]) -> Row:
    return {
        "type": "message",
        "id": more.get("again", id),
        "at": at,
        "room": None if more.get("private") else "room",
        "from": who,
        "name": who,
        "kind": more.get("kind", "text"),
        "text": words[0] if words else "",
        "mentions": ["bot"] if more.get("mention") else [],
        "quote": more.get("quote"),
        "media": more.get("media", []),
    }
