"""Keeps decisions: the *seen* marks, the matters, the outbox and the desk's steps, all on one connection.

The caller opens the transaction, so that several decisions may share a commit and none is ever split. Every statement is made
once, when this module is read: making one costs more than running it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Delete,
    Insert,
    RowMapping,
    Select,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from adapters.desk import flow, journal
from adapters.desk.tickets import show
from adapters.ports import Stale, Taken
from adapters.records import Entry, Kept
from adapters.store import tables as t
from adapters.store.codec import entry_of, micros, pack_ids, pack_matter, pack_sentence
from adapters.store.tables import clean
from dialogs.matters import Matter
from dialogs.turns import Flag, Rated, Sentence, Step, Timer

UNASKED = ("staff", "budget")
"""The conditions by which a sentence that nobody asked for is known."""

_ID: BindParameter[Any] = bindparam("the_id")
_MATTER: BindParameter[Any] = bindparam("the_matter")
_NAME: BindParameter[Any] = bindparam("the_name")
_NUMBER: BindParameter[Any] = bindparam("the_number")
_SEEN = update(t.messages).where(t.messages.c.id == _ID).values(seen=True)
_RECALLED = (
    update(t.messages).where(t.messages.c.id == _ID).values(seen=True, worded=False, name="", text="", media="[]")
)
_TIMER_GONE = delete(t.timers).where(t.timers.c.matter == _MATTER, t.timers.c.name == _NAME)
_SENTENCE_MOVED = update(t.sentences).where(t.sentences.c.id == _ID)
_SENTENCE_KNOWN = select(t.sentences.c.order).where(t.sentences.c.id == _ID)
_MATTER_CHANGED = update(t.matters).where(t.matters.c.id == _ID, t.matters.c.version == bindparam("the_version"))
_NUMBER_TAKEN = select(t.matters.c.id).where(t.matters.c.number == _NUMBER, t.matters.c.id != _ID)
_FLAG_SAME = update(t.flags).where(
    t.flags.c.matter == _MATTER, t.flags.c.reason == bindparam("the_reason"), t.flags.c.state == "open"
)
_FLAGS_ANSWERED = update(t.flags).where(t.flags.c.matter == _MATTER, t.flags.c.state == "open")
_TICKET = select(t.tickets.c.status, t.tickets.c.doc, t.tickets.c.changes).where(t.tickets.c.matter == _MATTER)
_TICKET_CHANGED = update(t.tickets).where(t.tickets.c.number == _NUMBER)
_LAST_ENTRY = select(t.journal).where(t.journal.c.number == _NUMBER).order_by(t.journal.c.seq.desc()).limit(1)
_UNTRIED_GONE = delete(t.deliveries).where(
    t.deliveries.c.number == _NUMBER,
    t.deliveries.c.carrier == bindparam("the_carrier"),
    t.deliveries.c.state == "waiting",
    t.deliveries.c.attempts == 0,
)


def _links(table: Table, column: str) -> tuple[Select[Any], Insert, Delete]:
    """How the links of a matter are read, added and taken out."""
    mine = table.c.matter == _MATTER
    return select(table.c[column]).where(mine), insert(table), delete(table).where(mine, table.c[column] == _ID)


_PEOPLE = _links(t.participants, "person")
_MESSAGES = _links(t.matter_messages, "message")


@dataclass(frozen=True, slots=True)
class Change:
    """A desk step to be written: what moved, by whom, and the words that go with it."""

    move: str
    by: str
    reason: str = ""
    words: str = ""


def keep(connection: Connection, decisions: Sequence[Kept], carriers: Sequence[str]) -> None:
    """Write decisions. Raises Taken or Stale. Silence is most of what there is, so all marks are one statement."""
    if seen := [{"the_id": id} for kept in decisions for id in kept.seen]:
        connection.execute(_SEEN, seen)
    for kept in decisions:
        _settle(connection, kept)
        _take(connection, kept, carriers)


def _settle(connection: Connection, kept: Kept) -> None:
    """Write what brought the decision about: a recall, a timer, a sentence on its way, the desk's move."""
    if kept.recalled:
        connection.execute(_RECALLED, [{"the_id": id} for id in kept.recalled])
    if kept.timer:
        matter, name = kept.timer
        connection.execute(_TIMER_GONE, {"the_matter": matter, "the_name": name})
    if kept.sentence:
        values: dict[str, Any] = {"state": kept.state, "settled": micros(kept.now)}
        if kept.reason:  # None given: the one that was noted stays.
            values["reason"] = kept.reason
        if kept.after is not None:
            values["after"] = micros(kept.after)
        if kept.channel_id is not None:
            values["channel_id"] = kept.channel_id
        connection.execute(_SENTENCE_MOVED, {"the_id": kept.sentence, **values})
    if kept.move is not None and kept.move.key:
        connection.execute(insert(t.moves), {"key": kept.move.key, "number": kept.move.number})


def _take(connection: Connection, kept: Kept, carriers: Sequence[str]) -> None:
    """Write what came of it: matters first, since everything else points to them, and tickets last."""
    before = [(matter, _put_matter(connection, matter, kept)) for matter in kept.turn.matters]
    for action in kept.turn.actions:
        if isinstance(action, Sentence):
            _put_sentence(connection, action, kept)
        elif isinstance(action, Timer):
            _set_timer(connection, action, kept)
        elif isinstance(action, Flag):
            _put_flag(connection, action, kept)
    for matter, was in before:
        changes = _changes(matter, kept)
        if matter.number is not None:
            _put_ticket(connection, matter, kept, changes, carriers, was=was)
        _settle_flags(connection, matter, changes)
    for action in kept.turn.actions:
        if isinstance(action, Rated):
            _put_rating(connection, action)


def _put_matter(connection: Connection, matter: Matter, kept: Kept) -> RowMapping | None:
    """Write a matter. Returns the ticket that it had before."""
    version = kept.versions.get(matter.id, 0)
    values = {
        "room": matter.room,
        "number": matter.number,
        "live": matter.live,
        "open": matter.open,
        "opened": micros(matter.opened),
        "touched": micros(matter.touched),
        "version": version + 1,
        "doc": pack_matter(matter),
    }
    try:
        if version == 0:
            connection.execute(insert(t.matters), {"id": matter.id, **values})
        else:
            changed = connection.execute(_MATTER_CHANGED, {"the_id": matter.id, "the_version": version, **values})
            if changed.rowcount != 1:
                raise Stale(matter.id)
    except IntegrityError as error:
        taken = {"the_number": matter.number, "the_id": matter.id}
        if matter.number and connection.scalar(_NUMBER_TAKEN, taken) is not None:
            raise Taken(matter.number) from error
        raise Stale(matter.id) from error
    people = {person for person in (matter.reporter, *matter.supporters) if person}
    _link(connection, _PEOPLE, "person", people, matter.id, new=version == 0)
    _link(connection, _MESSAGES, "message", set(matter.messages), matter.id, new=version == 0)
    return connection.execute(_TICKET, {"the_matter": matter.id}).mappings().one_or_none() if version else None


def _link(
    connection: Connection,
    links: tuple[Select[Any], Insert, Delete],
    column: str,
    wanted: set[str],
    matter: str,
    *,
    new: bool,
) -> None:
    """Make the links of a matter those that are wanted."""
    known, add, take_out = links
    wanted = {clean(id) for id in wanted}
    there: set[str] = set() if new else set(connection.scalars(known, {"the_matter": matter}))
    if missing := sorted(wanted - there):
        connection.execute(add, [{column: id, "matter": matter} for id in missing])
    if gone := sorted(there - wanted):
        connection.execute(take_out, [{"the_id": id, "the_matter": matter} for id in gone])


def _put_sentence(connection: Connection, sentence: Sentence, kept: Kept) -> None:
    if connection.scalar(_SENTENCE_KNOWN, {"the_id": sentence.id}) is not None:
        return  # Derived from what brought it about: the same sentence exists once.
    row = {
        "id": sentence.id,
        "home": kept.room,
        "matter": sentence.matter,
        "state": "waiting",
        "after": micros(sentence.after),
        "unasked": any(name in sentence.unless for name in UNASKED),
        "doc": pack_sentence(sentence),
    }
    connection.execute(insert(t.sentences), row)


def _set_timer(connection: Connection, timer: Timer, kept: Kept) -> None:
    connection.execute(_TIMER_GONE, {"the_matter": timer.matter, "the_name": timer.name})
    if timer.due is not None:
        row = {"matter": timer.matter, "name": timer.name, "room": kept.room, "due": micros(timer.due)}
        connection.execute(insert(t.timers), row)


def _put_flag(connection: Connection, flag: Flag, kept: Kept) -> None:
    values = {
        "at": micros(kept.now),
        "messages": pack_ids(flag.messages),
        "kind": flag.kind,
        "category": flag.category,
        "confidence": f"{flag.confidence:.4f}",
    }
    same = {"the_matter": flag.matter, "the_reason": flag.reason}
    if connection.execute(_FLAG_SAME, {**same, **values}).rowcount == 0:
        row = {"matter": flag.matter, "room": kept.room, "reason": flag.reason, "to": flag.to, "state": "open"}
        connection.execute(insert(t.flags), {**row, **values})


def _put_rating(connection: Connection, rated: Rated) -> None:
    rating = rated.rating
    row = {
        "number": rated.number,
        "by": rating.by,
        "at": micros(rating.at),
        "solved": rating.solved,
        "score": rating.score,
        "comment": rating.comment,
    }
    connection.execute(insert(t.ratings), row)


def _changes(matter: Matter, kept: Kept) -> list[Change]:
    """The desk steps that a decision takes on one matter, in their order."""
    moved = kept.move if kept.move is not None and kept.move.number == matter.number else None
    moves = [Change(moved.move, moved.by, words=moved.note)] if moved else []
    steps = [action for action in kept.turn.actions if isinstance(action, Step) and action.matter == matter.id]
    what = matter.facts.get("what")
    return moves + [
        Change(step.move, step.by, step.reason, what.text if what and step.move == "file" else "") for step in steps
    ]


def _put_ticket(
    connection: Connection,
    matter: Matter,
    kept: Kept,
    changes: list[Change],
    carriers: Sequence[str],
    *,
    was: RowMapping | None,
) -> None:
    doc = clean(json.dumps(show(matter), ensure_ascii=False))
    new, count, now = was is None, (was["changes"] if was else 0) + 1, micros(kept.now)
    values = {"status": matter.status, "changed": now, "changes": count, "doc": doc}
    if was is None:
        row = {"number": matter.number, "matter": matter.id, "room": matter.room, "opened": micros(matter.opened)}
        connection.execute(insert(t.tickets), {**row, **values})
    elif was["doc"] != doc:
        connection.execute(_TICKET_CHANGED, {"the_number": matter.number, **values})
    _enter(connection, matter, changes, kept.now, was=was["status"] if was else None)
    if was is None or was["doc"] != doc:
        _send_off(connection, matter, count, doc, now, carriers, new=new)


def _enter(connection: Connection, matter: Matter, changes: list[Change], at: datetime, *, was: str | None) -> None:
    """Write steps into the journal, by the flow, which has to lead where the conversation says."""
    if not changes:
        return
    found = connection.execute(_LAST_ENTRY, {"the_number": matter.number}).mappings().one_or_none() if was else None
    last = entry_of(found) if found else None
    status = was
    for change in changes:
        words, salt = clean(change.words), secrets.token_bytes(16)
        previous, status = status, flow.lead(status, change.move, note=change.words)  # type: ignore[arg-type]
        entry = Entry(
            number=matter.number or "",
            seq=0,
            at=at,
            by=clean(change.by),
            move=change.move,
            was=previous or "",
            status=status,
            reason=clean(change.reason),
            digest=journal.digest(words, salt),
            previous="",
            hash="",
        )
        last = journal.chained(entry, last)
        row = {name: getattr(last, name) for name in Entry.__slots__}
        connection.execute(insert(t.journal), {**row, "at": micros(at)})
        if words:
            connection.execute(insert(t.words), {"number": last.number, "seq": last.seq, "salt": salt, "text": words})
    if status != matter.status:
        raise flow.WrongMove(f"{matter.number}: the conversation says {matter.status}, the desk's flow {status}")


def _send_off(
    connection: Connection, matter: Matter, seq: int, doc: str, now: int, carriers: Sequence[str], *, new: bool
) -> None:
    for carrier in carriers:
        if not new:  # A state that was never tried is overtaken by the next.
            connection.execute(_UNTRIED_GONE, {"the_number": matter.number, "the_carrier": carrier})
        row = {"carrier": carrier, "number": matter.number, "seq": seq, "at": now, "due": now, "doc": doc}
        connection.execute(insert(t.deliveries), {**row, "state": "waiting", "attempts": 0, "error": ""})


def _settle_flags(connection: Connection, matter: Matter, changes: list[Change]) -> None:
    """A flag is answered when its matter is filed, moved by the desk, rejected or withdrawn."""
    if matter.rejected or matter.status == "withdrawn":
        connection.execute(_FLAGS_ANSWERED, {"the_matter": matter.id, "state": "rejected"})
    elif any(change.move == "file" or change.move in flow.DESK_MOVES for change in changes):
        connection.execute(_FLAGS_ANSWERED, {"the_matter": matter.id, "state": "accepted"})
