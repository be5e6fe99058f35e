"""Makes the sentences of a matter: where they go, what they are about, and under which conditions they stay unsaid.

Pure. What was told in private is only ever spoken of in private; the conditions of an unasked sentence are written here, once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from dialogs.events import Spoken
from dialogs.manners import House
from dialogs.matters import Matter
from dialogs.turns import Sentence, Why

ABOUT_LIMIT = 10


def unasked(
    matter: Matter, text: str, house: House, *, id: str, why: Why, at: datetime, unless: tuple[str, ...] = ()
) -> Sentence:
    """A sentence that nobody asked for: it waits for three quiet minutes, and gives way to staff, budget, night and age."""
    if matter.aside:
        return _sentence(matter, text, id=id, why=why, after=at, unless=("ended", "night:wait", *unless))
    return _sentence(
        matter,
        text,
        id=id,
        why=why,
        after=at + timedelta(seconds=house.manners.staff),
        unless=("ended", "staff", "night", "budget", *unless),
        stale=at + timedelta(seconds=house.manners.stale),
        since=at,
    )


def reply(matter: Matter, text: str, *, id: str, why: Why, now: datetime, unless: tuple[str, ...] = ()) -> Sentence:
    """A sentence in a talk that is going on with the bot: said at once, at any hour."""
    return _sentence(matter, text, id=id, why=why, after=now, unless=unless)


def report(matter: Matter, text: str, *, id: str, why: Why, after: datetime, unless: tuple[str, ...]) -> Sentence:
    """A sentence about a matter's progress, to all whom it concerns; it waits for the morning."""
    return _sentence(matter, text, id=id, why=why, after=after, unless=("night:wait", *unless), everyone=True)


def respond(spoken: Spoken, room: str, text: str, *, why: Why = "answer", key: str = "") -> Sentence:
    """An answer to somebody who spoke to the bot, about no matter: where they spoke, at once."""
    id = f"{spoken.ids[-1]}:{why}{':' + key if key else ''}"
    home = None if spoken.private else room
    return Sentence(id, home, (spoken.sender,), text, spoken.ids[-ABOUT_LIMIT:], why, spoken.now)


def told(matter: Matter, spoken: Spoken, text: str, *, id: str) -> Sentence:
    """An answer to somebody who spoke of a matter: to them, where they spoke, and never of a private one in the group."""
    said = reply(matter, text, id=f"{id}:{spoken.ids[-1]}", why="answer", now=spoken.now)
    about = tuple(dict.fromkeys((*spoken.ids, *said.about)))[:ABOUT_LIMIT]
    return replace(said, to=(spoken.sender,), about=about, room=None if spoken.private else said.room)


def whisper(
    person: str, text: str, *, id: str, why: Why, about: tuple[str, ...], now: datetime, matter: Matter | None
) -> Sentence:
    """A sentence to one person in private, at once."""
    return Sentence(id, None, (person,), text, about[-ABOUT_LIMIT:], why, now, matter=matter.id if matter else None)


def _sentence(  # noqa: PLR0913
    matter: Matter,
    text: str,
    *,
    id: str,
    why: Why,
    after: datetime,
    unless: tuple[str, ...],
    stale: datetime | None = None,
    since: datetime | None = None,
    everyone: bool = False,
) -> Sentence:
    people = (matter.reporter, *matter.supporters) if everyone and not matter.aside else (matter.reporter,)
    return Sentence(
        id=f"{matter.id}:{id}",
        room=None if matter.aside else matter.room,
        to=tuple(person for person in people if person),
        text=text,
        about=matter.messages[:ABOUT_LIMIT],
        why=why,
        after=after,
        matter=matter.id,
        number=matter.number,
        unless=unless,
        stale=stale,
        since=since,
    )
