"""Keeps one decision: the *seen* mark, the matters, the outbox and the desk's steps, all on one connection.

The caller opens the transaction, so that several decisions may share a commit and none is ever split.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from adapters.desk import flow, journal
from adapters.desk.tickets import show
from adapters.ports import Entry, Kept, Stale, Taken
from adapters.store import tables as t
from adapters.store.codec import clean, entry_of, micros, pack_matter, pack_sentence
from dialogs.matters import Matter
from dialogs.turns import Flag, Rated, Sentence, Step, Timer

CHUNK = 500
"""How many ids go into one statement."""
UNASKED = ("staff", "budget")
"""The conditions by which a sentence that nobody asked for is known."""


@dataclass(frozen=True, slots=True)
class Change:
    """A desk step to be written: what moved, by whom, and the words that go with it."""

    move: str
    by: str
    reason: str = ""
    words: str = ""
    status: str | None = None


def keep(connection: Connection, kept: Kept, carriers: Sequence[str]) -> None:
    """Write one decision. Raises Taken or Stale."""
    _mark(connection, kept)
    before = {matter.id: _put_matter(connection, matter, kept) for matter in kept.turn.matters}
    rows = {matter.id: matter for matter in kept.turn.matters}
    for action in kept.turn.actions:
        if isinstance(action, Sentence):
            _put_sentence(connection, action, kept)
        elif isinstance(action, Timer):
            _set_timer(connection, action, kept)
        elif isinstance(action, Flag):
            _put_flag(connection, action, kept)
        elif isinstance(action, Rated):
            _put_rating(connection, action)
    for matter in rows.values():
        if matter.number is not None:
            changes = _changes(matter, kept)
            _put_ticket(connection, matter, kept, changes, carriers, was=before[matter.id])
    _settle_flags(connection, kept)


def _mark(connection: Connection, kept: Kept) -> None:
    for start in range(0, len(kept.seen), CHUNK):
        chunk = kept.seen[start : start + CHUNK]
        connection.execute(update(t.messages).where(t.messages.c.id.in_(chunk)).values(seen=True))
    if kept.recalled:
        connection.execute(
            update(t.messages)
            .where(t.messages.c.id.in_(kept.recalled))
            .values(seen=True, worded=False, text="", media="[]")
        )
    if kept.timer:
        matter, name = kept.timer
        connection.execute(delete(t.timers).where(t.timers.c.matter == matter, t.timers.c.name == name))
    if kept.sentence:
        values: dict[str, Any] = {"state": kept.state, "settled": micros(kept.now)}
        if kept.reason:
            values["reason"] = kept.reason
        if kept.after is not None:
            values["after"] = micros(kept.after)
        if kept.channel_id is not None:
            values["channel_id"] = kept.channel_id
        connection.execute(update(t.sentences).where(t.sentences.c.id == kept.sentence).values(**values))


def _put_matter(connection: Connection, matter: Matter, kept: Kept) -> str | None:
    """Write a matter. Returns the status that its ticket had before."""
    was = connection.scalar(select(t.tickets.c.status).where(t.tickets.c.matter == matter.id))
    values = {
        "room": matter.room,
        "number": matter.number,
        "live": matter.live,
        "opened": micros(matter.opened),
        "touched": micros(matter.touched),
        "doc": clean(pack_matter(matter)),
    }
    version = kept.versions.get(matter.id, 0)
    try:
        if version == 0:
            connection.execute(insert(t.matters).values(id=matter.id, version=1, **values))
        else:
            where = (t.matters.c.id == matter.id) & (t.matters.c.version == version)
            if connection.execute(update(t.matters).where(where).values(version=version + 1, **values)).rowcount != 1:
                raise Stale(matter.id)
    except IntegrityError as error:
        if matter.number and connection.scalar(select(t.matters.c.id).where(t.matters.c.number == matter.number)):
            raise Taken(matter.number) from error
        raise Stale(matter.id) from error
    people = {person for person in (matter.reporter, *matter.supporters) if person}
    _add_missing(connection, t.participants, "person", people, matter.id)
    _add_missing(connection, t.matter_messages, "message", set(matter.messages), matter.id)
    gone = select(t.matter_messages.c.message).where(t.matter_messages.c.matter == matter.id)
    for message in set(connection.scalars(gone)) - set(matter.messages):
        where = (t.matter_messages.c.matter == matter.id) & (t.matter_messages.c.message == message)
        connection.execute(delete(t.matter_messages).where(where))
    return was


def _add_missing(connection: Connection, table: Table, column: str, wanted: set[str], matter: str) -> None:
    known = set(connection.scalars(select(table.c[column]).where(table.c.matter == matter)))
    if new := sorted(wanted - known):
        connection.execute(insert(table), [{column: value, "matter": matter} for value in new])


def _put_sentence(connection: Connection, sentence: Sentence, kept: Kept) -> None:
    if connection.scalar(select(t.sentences.c.order).where(t.sentences.c.id == sentence.id)) is not None:
        return  # Derived from what brought it about: the same sentence exists once.
    connection.execute(
        insert(t.sentences).values(
            id=sentence.id,
            home=kept.room,
            matter=sentence.matter,
            state="waiting",
            after=micros(sentence.after),
            unasked=any(name in sentence.unless for name in UNASKED),
            doc=clean(pack_sentence(sentence)),
        )
    )


def _set_timer(connection: Connection, timer: Timer, kept: Kept) -> None:
    connection.execute(delete(t.timers).where(t.timers.c.matter == timer.matter, t.timers.c.name == timer.name))
    if timer.due is not None:
        values = {"matter": timer.matter, "name": timer.name, "room": kept.room, "due": micros(timer.due)}
        connection.execute(insert(t.timers).values(**values))


def _put_flag(connection: Connection, flag: Flag, kept: Kept) -> None:
    same = (t.flags.c.matter == flag.matter) & (t.flags.c.reason == flag.reason) & (t.flags.c.state == "open")
    values = {
        "at": micros(kept.now),
        "messages": json.dumps(flag.messages),
        "kind": flag.kind,
        "category": flag.category,
        "confidence": f"{flag.confidence:.4f}",
    }
    if connection.execute(update(t.flags).where(same).values(**values)).rowcount == 0:
        row = {
            "matter": flag.matter,
            "room": kept.room,
            "reason": flag.reason,
            "to": flag.to,
            "state": "open",
            **values,
        }
        connection.execute(insert(t.flags).values(**row))


def _put_rating(connection: Connection, rated: Rated) -> None:
    rating = rated.rating
    connection.execute(
        insert(t.ratings).values(
            number=rated.number,
            by=rating.by,
            at=micros(rating.at),
            solved=rating.solved,
            score=rating.score,
            comment=clean(rating.comment),
        )
    )


def _changes(matter: Matter, kept: Kept) -> list[Change]:
    """The desk steps that a decision takes on one matter, in their order."""
    if kept.move is not None:
        return [Change(kept.move.move, kept.move.by, words=kept.move.note, status=kept.move.status)]
    steps = [action for action in kept.turn.actions if isinstance(action, Step) and action.matter == matter.id]
    what = matter.facts.get("what")
    return [
        Change(step.move, step.by, step.reason, what.text if what and step.move == "file" else "") for step in steps
    ]


def _put_ticket(
    connection: Connection,
    matter: Matter,
    kept: Kept,
    changes: list[Change],
    carriers: Sequence[str],
    *,
    was: str | None,
) -> None:
    doc = clean(json.dumps(show(matter), ensure_ascii=False))
    row = connection.execute(
        select(t.tickets.c.doc, t.tickets.c.changes).where(t.tickets.c.number == matter.number)
    ).one_or_none()
    count = (row.changes if row else 0) + 1
    now = micros(kept.now)
    if row is None:
        values = {"number": matter.number, "matter": matter.id, "room": matter.room, "opened": micros(matter.opened)}
        connection.execute(
            insert(t.tickets).values(status=matter.status, changed=now, changes=count, doc=doc, **values)
        )
    elif row.doc != doc:
        changed = update(t.tickets).where(t.tickets.c.number == matter.number)
        connection.execute(changed.values(status=matter.status, changed=now, changes=count, doc=doc))
    status = was
    for change in changes:
        status = _enter(connection, matter, change, kept.now, status)
    if changes and status != matter.status:
        raise flow.WrongMove(f"{matter.number}: the conversation says {matter.status}, the desk's flow {status}")
    if row is None or row.doc != doc:
        _send_off(connection, matter, count, doc, now, carriers)


def _enter(connection: Connection, matter: Matter, change: Change, at: datetime, was: str | None) -> str:
    """Write a step into the journal, by the flow. Returns the status that it leads to."""
    status = flow.lead(was, change.move, note=change.words)  # type: ignore[arg-type]
    last = connection.execute(
        select(t.journal).where(t.journal.c.number == matter.number).order_by(t.journal.c.seq.desc()).limit(1)
    ).one_or_none()
    salt = secrets.token_bytes(16)
    entry = Entry(
        number=matter.number or "",
        seq=0,
        at=at,
        by=change.by,
        move=change.move,
        was=was or "",
        status=status,
        reason=change.reason,
        digest=journal.digest(change.words, salt),
        previous="",
        hash="",
    )
    entry = journal.chained(entry, entry_of(last._mapping) if last else None)
    values = {name: getattr(entry, name) for name in Entry.__slots__}
    connection.execute(insert(t.journal).values(**{**values, "at": micros(entry.at)}))
    if change.words:
        connection.execute(
            insert(t.words).values(number=entry.number, seq=entry.seq, salt=salt, text=clean(change.words))
        )
    return status


def _send_off(connection: Connection, matter: Matter, seq: int, doc: str, now: int, carriers: Sequence[str]) -> None:
    for carrier in carriers:
        mine = (t.deliveries.c.number == matter.number) & (t.deliveries.c.carrier == carrier)
        untried = mine & (t.deliveries.c.state == "waiting") & (t.deliveries.c.attempts == 0)
        connection.execute(delete(t.deliveries).where(untried))  # A state that was never sent is overtaken by the next.
        values = {"carrier": carrier, "number": matter.number, "seq": seq, "state": "waiting", "attempts": 0}
        connection.execute(insert(t.deliveries).values(due=now, doc=doc, **values))


def _settle_flags(connection: Connection, kept: Kept) -> None:
    """A flag is answered when its matter is filed, moved by the desk, rejected or withdrawn."""
    moved = {action.matter for action in kept.turn.actions if isinstance(action, Step) and action.move == "file"}
    for matter in kept.turn.matters:
        own = (t.flags.c.matter == matter.id) & (t.flags.c.state == "open")
        if matter.rejected or matter.status == "withdrawn":
            connection.execute(update(t.flags).where(own).values(state="rejected"))
        elif matter.id in moved or kept.move is not None:
            connection.execute(update(t.flags).where(own).values(state="accepted"))
    if kept.move is not None and kept.move.key:
        connection.execute(insert(t.moves).values(key=kept.move.key, number=kept.move.number))


def count_posts(connection: Connection, room: str, start: int, end: int) -> int:
    """How many unasked sentences left for a room in an interval."""
    where = (t.sentences.c.home == room) & t.sentences.c.unasked & t.sentences.c.settled.between(start, end - 1)
    return (
        connection.scalar(select(func.count()).select_from(t.sentences).where(where, t.sentences.c.state == "sent"))
        or 0
    )
