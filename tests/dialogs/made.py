"""Hand-made houses, cases, meanings and events for the tests of the core: no model, no file but the wording."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from bot.data import load_wording
from dialogs.events import Spoken
from dialogs.manners import House, Manners
from dialogs.matters import Case, Fact, Matter
from dialogs.messages import Member, Message, Room
from dialogs.turns import Alert, Flag, Sentence, Step, Timer, Turn
from nlu.understanding import Facts, Leaf, Lexicon, Signal, Span, Understanding

ZONE = timezone(timedelta(hours=8))
NOON = datetime(2026, 5, 12, 12, tzinfo=ZONE)
LEAVES = (
    Leaf("0103", "电梯故障", "complaint", "物业", "P1", "never", ("place", "when", "what")),
    Leaf("0504", "路灯不亮", "complaint", "路灯所", "P2", "never", ("place", "since")),
    Leaf("0701", "停水", "complaint", "水厂", "P1", "never", ("place", "people")),
    Leaf("0905", "治安", "complaint", "公安", "P1", "by_words", ("place",)),
    Leaf("1402", "举报干部", "complaint", "纪委", "P3", "always", ()),
    Leaf("D01", "婚姻家庭纠纷", "dispute", "村社", "P3", "always", ()),
    Leaf("D03", "邻里纠纷", "dispute", "村社", "P3", "by_words", ("place",)),
)
SIGNALS = (
    Signal("fire", "火灾", ("119",), "请马上离开火场。"),
    Signal("suicide", "轻生", ("12356", "120"), "请陪在他身边。", quiet=True),
    Signal("domestic_violence", "家庭暴力", ("110",), "请先离开。", quiet=True),
)
HOUSE = House(
    Manners(),
    Lexicon({leaf.code: leaf for leaf in LEAVES}, {signal.code: signal for signal in SIGNALS}),
    load_wording(),
)
ROOM = Room("r", "群", members=(Member("w", "网格员", "worker"), Member("p", "物业", "property")))


def meaning(intent: str = "complaint", **values: Any) -> Understanding:
    """A meaning; a complaint is a sure one about a lift unless told otherwise."""
    matter = intent in ("complaint", "dispute")
    given: dict[str, Any] = {
        "text": "话",
        "probability": 0.99,
        "matter": 0.999 if matter else 0.01,
        "answer": "speak" if matter else "silent",
        "kind": intent if matter else None,
        "category": {"complaint": "0103", "dispute": "D03"}.get(intent),
    }
    return Understanding(intent=intent, **(given | values))


def place(**elements: str) -> Facts:
    """Facts of a place, its elements one after the other in the text."""
    spans, start = [], 0
    for element, text in elements.items():
        spans.append(Span(text, start, start + len(text), element))
        start += len(text)
    return Facts(place=tuple(spans))


def spoken(meant: Understanding, *, who: str = "a", id: str = "m9", after: float = 0, **values: Any) -> Spoken:
    """What somebody says so many seconds after noon; `late` is how much later it is decided, `media` what it shows."""
    at = NOON + timedelta(seconds=after)
    late, media, private = values.pop("late", 0), values.pop("media", ()), values.pop("private", False)
    message = Message(id, at, None if private else "r", who, who, text=meant.text, media=media)
    values.setdefault("addressed", private)
    return Spoken(at, at + timedelta(seconds=late), (message,), meant, (meant,), **values)


def filed(**values: Any) -> Matter:
    """A ticket of somebody called a, opened at noon."""
    given: dict[str, Any] = {
        "id": "m1",
        "room": "r",
        "opened": NOON,
        "touched": NOON,
        "kind": "complaint",
        "category": "0103",
        "urgency": "P1",
        "reporter": "a",
        "messages": ("m1",),
        "number": "20260512-AAAAAA",
        "status": "open",
        "facts": {"what": Fact("电梯坏了", "m1")},
    }
    return Matter(**(given | values))


def case(*matters: Matter, recent: tuple[Message, ...] = (), **values: Any) -> Case:
    """The room with these matters."""
    return Case(ROOM, matters, recent, **values)


def sentences(turn: Turn) -> list[Sentence]:
    """What is to be said."""
    return [action for action in turn.actions if isinstance(action, Sentence)]


def told(turn: Turn) -> list[str]:
    """A turn in words: `say why`, `whisper why`, `flag reason to`, `alert signal`, `step move`, `timer name set|off`."""
    words = []
    for action in turn.actions:
        if isinstance(action, Sentence):
            words.append(f"{'say' if action.room else 'whisper'} {action.why}")
        elif isinstance(action, Flag):
            words.append(f"flag {action.reason} {action.to}")
        elif isinstance(action, Alert):
            words.append(f"alert {action.signal}")
        elif isinstance(action, Step):
            words.append(f"step {action.move}")
        elif isinstance(action, Timer):
            words.append(f"timer {action.name} {'off' if action.due is None else 'set'}")
        else:
            words.append("rated")
    return words


def moved_to(matter: Matter, **values: Any) -> Matter:
    """The matter with other values."""
    return replace(matter, **values)
