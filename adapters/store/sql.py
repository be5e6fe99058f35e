"""The store over SQL: SQLite in WAL with full synchronisation, on a file or in memory (the plug for tests and replays).

Every fault of the database leaves as Unreachable, saying what to do. One thread holds it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, create_engine, event, func, insert, select, union_all, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from adapters.ports import Deed, Delivery, Entry, FlagRow, Kept, SentenceState, Ticket, Unreachable
from adapters.store import keeping, migrate
from adapters.store import tables as t
from adapters.store.codec import (
    entry_of,
    flag_of,
    instant,
    message_of,
    message_row,
    micros,
    pack_room,
    ticket_of,
    unpack_matter,
    unpack_room,
    unpack_sentence,
)
from dialogs.matters import Matter
from dialogs.messages import Message, Room
from dialogs.turns import Sentence

P = ParamSpec("P")
R = TypeVar("R")
_ADVICE = {
    "locked": "another process holds the database; stop it, or give this one a folder of its own",
    "readonly": "the database may not be written; look at the owner and the rights of the data folder",
    "disk is full": "the disk is full; make room, nothing that was accepted is lost",
    "unable to open": "the database cannot be opened; look at the path and the rights of the data folder",
    "malformed": "the database file is damaged; restore the last copy",
    "not a database": "the file is no database; move it away or name another data folder",
}


def _guarded(method: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(method)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except DBAPIError as error:
            said = str(error.orig)
            advice = next(
                (advice for sign, advice in _ADVICE.items() if sign in said), "see the database's own message"
            )
            raise Unreachable(f"the store does not answer ({said}): {advice}") from error

    return guarded


class SqlStore:
    """The store. `path` None keeps everything in memory; `carriers` are the names that each ticket's change is queued for."""

    @_guarded
    def __init__(
        self, path: Path | None, *, carriers: Sequence[str] = (), utc_offset: int = 8, wait_s: float = 5.0
    ) -> None:
        self._carriers = tuple(carriers)
        self._zone = timezone(timedelta(hours=utc_offset))
        url = "sqlite://" if path is None else f"sqlite:///{path}"
        args: dict[str, Any] = {"check_same_thread": False, "timeout": wait_s}
        extra: dict[str, Any] = {"poolclass": StaticPool} if path is None else {"pool_size": 1, "max_overflow": 0}
        self._engine = create_engine(url, connect_args=args, **extra)
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        migrate.upgrade(self._engine, fresh=path is None)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @_guarded
    def accept(self, messages: Sequence[Message], *, now: datetime) -> list[bool]:
        """Keep messages by their channel id, in one commit. False for each id that was known."""
        with self._transaction() as connection:
            ids = [message.id for message in messages]
            known: set[str] = set()
            for start in range(0, len(ids), keeping.CHUNK):
                known |= set(
                    connection.scalars(
                        select(t.messages.c.id).where(t.messages.c.id.in_(ids[start : start + keeping.CHUNK]))
                    )
                )
            new, rows = [], []
            for message in messages:
                new.append(message.id not in known)
                if new[-1]:
                    known.add(message.id)
                    rows.append(message_row(message, now))
            if rows:
                connection.execute(insert(t.messages), rows)
        return new

    @_guarded
    def unseen(self) -> list[Message]:
        """Accepted messages that nobody has decided yet, in the order of their acceptance."""
        return self._messages(select(t.messages).where(t.messages.c.seen.is_(False)).order_by(t.messages.c.position))

    @_guarded
    def message(self, id: str) -> Message | None:
        """One accepted message, with what is left of its words."""
        found = self._messages(select(t.messages).where(t.messages.c.id == id))
        return found[0] if found else None

    @_guarded
    def recent(self, room: str, *, since: datetime, limit: int) -> list[Message]:
        """The talk of a room since an instant, oldest first, at most the last `limit`."""
        where = (t.messages.c.room == room) & (t.messages.c.at >= micros(since))
        query = (
            select(t.messages).where(where).order_by(t.messages.c.at.desc(), t.messages.c.position.desc()).limit(limit)
        )
        return self._messages(query)[::-1]

    def _messages(self, query: Any) -> list[Message]:
        with self._reading() as connection:
            return [message_of(row, self._zone) for row in connection.execute(query).mappings()]

    @_guarded
    def room(self, id: str) -> Room | None:
        """A room by its id."""
        with self._reading() as connection:
            doc = connection.scalar(select(t.rooms.c.doc).where(t.rooms.c.id == id))
        return unpack_room(doc) if doc else None

    @_guarded
    def rooms(self) -> list[Room]:
        """All rooms."""
        with self._reading() as connection:
            return [unpack_room(doc) for doc in connection.scalars(select(t.rooms.c.doc).order_by(t.rooms.c.id))]

    @_guarded
    def put_room(self, room: Room) -> None:
        """Keep or replace a room."""
        with self._transaction() as connection:
            values = {"doc": pack_room(room)}
            if connection.execute(update(t.rooms).where(t.rooms.c.id == room.id).values(**values)).rowcount == 0:
                connection.execute(insert(t.rooms).values(id=room.id, **values))

    @_guarded
    def put_contact(self, person: str, reachable: bool) -> None:
        """Note whether a person can be reached in private."""
        with self._transaction() as connection:
            where = t.people.c.id == person
            if connection.execute(update(t.people).where(where).values(reachable=reachable)).rowcount == 0:
                connection.execute(insert(t.people).values(id=person, reachable=reachable))

    @_guarded
    def reachable(self, person: str) -> bool | None:
        """Whether a person can be reached in private; None when nobody knows."""
        with self._reading() as connection:
            known: bool | None = connection.scalar(select(t.people.c.reachable).where(t.people.c.id == person))
        return known

    @_guarded
    def live(self, room: str, *, since: datetime) -> list[tuple[Matter, int]]:
        """The live matters of a room touched since an instant, with their versions, oldest first."""
        where = (t.matters.c.room == room) & t.matters.c.live & (t.matters.c.touched >= micros(since))
        return self._matters(
            select(t.matters.c.doc, t.matters.c.version).where(where).order_by(t.matters.c.opened, t.matters.c.id)
        )

    @_guarded
    def matter(self, id: str) -> tuple[Matter, int] | None:
        """One matter with its version."""
        found = self._matters(select(t.matters.c.doc, t.matters.c.version).where(t.matters.c.id == id))
        return found[0] if found else None

    def _matters(self, query: Any) -> list[tuple[Matter, int]]:
        with self._reading() as connection:
            return [(unpack_matter(row.doc), row.version) for row in connection.execute(query)]

    @_guarded
    def matter_of(
        self, *, message: str | None = None, number: str | None = None, post: str | None = None
    ) -> str | None:
        """The id of the latest matter that holds a message, has a number, or was spoken of in a post of the bot."""
        if number is not None:
            query = select(t.matters.c.id).where(t.matters.c.number == number)
        elif post is not None:
            query = select(t.sentences.c.matter).where(t.sentences.c.channel_id == post)
        else:
            joined = t.matters.join(t.matter_messages, t.matter_messages.c.matter == t.matters.c.id)
            query = select(t.matters.c.id).select_from(joined).where(t.matter_messages.c.message == message)
            query = query.order_by(t.matters.c.opened.desc(), t.matters.c.id)
        with self._reading() as connection:
            found: str | None = connection.scalar(query.limit(1))
        return found

    @_guarded
    def matters_of(self, person: str) -> list[tuple[Matter, int]]:
        """The live matters, in any room, that a person reported or supports, latest touched first, at most 10."""
        joined = t.matters.join(t.participants, t.participants.c.matter == t.matters.c.id)
        query = select(t.matters.c.doc, t.matters.c.version).select_from(joined)
        query = query.where(t.participants.c.person == person, t.matters.c.live)
        return self._matters(query.order_by(t.matters.c.touched.desc(), t.matters.c.id).limit(10))

    @_guarded
    def posts(self, room: str, *, day: date) -> int:
        """How many unasked posts the bot made in a room on a local day."""
        start = datetime.combine(day, time(), self._zone)
        with self._reading() as connection:
            return keeping.count_posts(connection, room, micros(start), micros(start + timedelta(days=1)))

    @_guarded
    def keep(self, decisions: Sequence[Kept]) -> None:
        """Keep decisions in one transaction. Raises Taken or Stale, and then has kept none of them."""
        with self._transaction() as connection:
            for kept in decisions:
                keeping.keep(connection, kept, self._carriers)

    @_guarded
    def due(self, *, until: datetime, limit: int = 100) -> list[Deed]:
        """Timers and waiting sentences due at or before an instant: by due time, then room, then creation."""
        timers = select(t.timers.c.due, t.timers.c.room, t.timers.c.order, t.timers.c.matter, t.timers.c.name)
        timers = timers.where(t.timers.c.due <= micros(until)).order_by(t.timers.c.due).limit(limit)
        s = t.sentences.c
        waiting = select(s.after, s.home, s.order, s.id).where(s.state == "waiting", s.after <= micros(until))
        with self._reading() as connection:
            deeds = [
                Deed(instant(row.due, self._zone), row.room, row.order, timer=(row.matter, row.name))
                for row in connection.execute(timers)
            ] + [
                Deed(instant(row.after, self._zone), row.home, row.order, sentence=row.id)
                for row in connection.execute(waiting.order_by(s.after).limit(limit))
            ]
        return sorted(deeds, key=lambda deed: (deed.due, deed.room, deed.timer is None, deed.order))[:limit]

    @_guarded
    def next_due(self) -> datetime | None:
        """When the earliest timer or waiting sentence falls due."""
        timers = select(func.min(t.timers.c.due))
        waiting = select(func.min(t.sentences.c.after)).where(t.sentences.c.state == "waiting")
        with self._reading() as connection:
            found = [value for value in connection.scalars(union_all(timers, waiting)) if value is not None]
        return instant(min(found), self._zone) if found else None

    @_guarded
    def sentence(self, id: str) -> tuple[Sentence, SentenceState, str] | None:
        """One sentence, where it is, and the reason noted with that."""
        s = t.sentences.c
        with self._reading() as connection:
            row = connection.execute(select(s.doc, s.state, s.reason).where(s.id == id)).one_or_none()
        return (unpack_sentence(row.doc), row.state, row.reason) if row else None

    @_guarded
    def sentences(self, *, state: SentenceState) -> list[Sentence]:
        """The sentences in a state, oldest first."""
        query = select(t.sentences.c.doc).where(t.sentences.c.state == state).order_by(t.sentences.c.order)
        with self._reading() as connection:
            return [unpack_sentence(doc) for doc in connection.scalars(query)]

    @_guarded
    def flags(self, *, room: str | None = None, state: str | None = None, limit: int = 200) -> list[FlagRow]:
        """Flags, latest first."""
        query = select(t.flags).order_by(t.flags.c.order.desc()).limit(limit)
        query = query.where(t.flags.c.room == room) if room else query
        query = query.where(t.flags.c.state == state) if state else query
        with self._reading() as connection:
            return [flag_of(row, self._zone) for row in connection.execute(query).mappings()]

    @_guarded
    def tickets(self, *, room: str | None = None, status: str | None = None, limit: int = 200) -> list[Ticket]:
        """Tickets, latest changed first."""
        query = select(t.tickets).order_by(t.tickets.c.changed.desc(), t.tickets.c.number).limit(limit)
        query = query.where(t.tickets.c.room == room) if room else query
        query = query.where(t.tickets.c.status == status) if status else query
        with self._reading() as connection:
            return [ticket_of(row, self._zone) for row in connection.execute(query).mappings()]

    @_guarded
    def ticket(self, number: str) -> Ticket | None:
        """One ticket."""
        with self._reading() as connection:
            row = connection.execute(select(t.tickets).where(t.tickets.c.number == number)).mappings().one_or_none()
        return ticket_of(row, self._zone) if row else None

    @_guarded
    def journal(self, number: str | None = None) -> list[Entry]:
        """The journal of a ticket, or all of it, in order."""
        query = select(t.journal).order_by(t.journal.c.number, t.journal.c.seq)
        query = query.where(t.journal.c.number == number) if number else query
        with self._reading() as connection:
            return [entry_of(row) for row in connection.execute(query).mappings()]

    @_guarded
    def words(self, number: str) -> dict[int, str]:
        """What is left of the words behind a ticket's journal entries, by `seq`: they may have been erased."""
        with self._reading() as connection:
            rows = connection.execute(select(t.words.c.seq, t.words.c.text).where(t.words.c.number == number))
            return {row.seq: row.text for row in rows}

    @_guarded
    def done(self, key: str) -> bool:
        """Whether a desk move with this key has been kept."""
        with self._reading() as connection:
            return connection.scalar(select(t.moves.c.key).where(t.moves.c.key == key)) is not None

    @_guarded
    def deliveries(self, carrier: str, *, now: datetime, limit: int) -> list[Delivery]:
        """Ticket states that a carrier has not taken yet and that are due for a try, the oldest of each ticket only."""
        d, older = t.deliveries.c, t.deliveries.alias()
        waiting = (d.carrier == carrier) & (d.state == "waiting") & (d.due <= micros(now))
        blocked = select(older.c.order).where(
            older.c.carrier == carrier, older.c.number == d.number, older.c.state == "waiting", older.c.seq < d.seq
        )
        query = select(
            t.deliveries,
            t.tickets.c.matter,
            t.tickets.c.room,
            t.tickets.c.status,
            t.tickets.c.opened,
            t.tickets.c.changed,
        )
        query = (
            query.join_from(t.deliveries, t.tickets)
            .where(waiting, ~blocked.exists())
            .order_by(d.due, d.order)
            .limit(limit)
        )
        with self._reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            Delivery(
                f"{row['number']}:{row['seq']}", carrier, ticket_of(row, self._zone), row["seq"], row["attempts"] + 1
            )
            for row in rows
        ]

    @_guarded
    def delivered(
        self, delivery: Delivery, *, now: datetime, error: str | None = None, retry: datetime | None = None
    ) -> None:
        """Note that a delivery arrived (no error), waits for `retry`, or is dead (an error and no retry)."""
        d = t.deliveries.c
        where = (d.carrier == delivery.carrier) & (d.number == delivery.ticket.number) & (d.seq == delivery.seq)
        state = "done" if error is None else "waiting" if retry else "dead"
        values = {"state": state, "attempts": delivery.attempt, "due": micros(retry or now), "error": error or ""}
        with self._transaction() as connection:
            connection.execute(update(t.deliveries).where(where).values(**values))

    @_guarded
    def forget(self, *, before: datetime) -> int:
        """Erase the words of seen messages from before an instant that belong to no matter. Returns how many."""
        m = t.messages.c
        kept = select(t.matter_messages.c.message).where(t.matter_messages.c.message == m.id)
        where = (m.at < micros(before)) & m.worded & m.seen & ~kept.exists()
        with self._transaction() as connection:
            forgotten = connection.execute(
                update(t.messages).where(where).values(worded=False, text="", name="", media=json.dumps([]))
            )
        return int(forgotten.rowcount)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # We begin transactions ourselves; the driver's own way commits behind our back.
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
