"""The store over SQL: SQLite in WAL with full synchronisation, on a file or in memory (the plug for tests and replays).

Every fault of the database leaves as Unreachable, saying what to do. One thread holds it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta, timezone
from itertools import compress
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Executable, create_engine, event, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from adapters.ports import Unreachable
from adapters.records import Deed, Delivery, Entry, FlagRow, Kept, SentenceState, Ticket
from adapters.store import keeping, migrate
from adapters.store import queries as q
from adapters.store import tables as t
from adapters.store.codec import (
    delivery_of,
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
CHUNK = 500
"""How many ids go into one question."""
_ADVICE = {
    "locked": "another process holds the database; stop it, or give this one a folder of its own",
    "readonly": "the database may not be written; look at the owner and the rights of the data folder",
    "disk is full": "the disk is full; make room, nothing that was accepted is lost",
    "disk I/O": "the disk does not answer; look at the disk and at the system's log",
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
            raise _unreachable(error) from error

    return guarded


def _unreachable(error: DBAPIError) -> Unreachable:
    said = str(error.orig)
    advice = next((advice for sign, advice in _ADVICE.items() if sign in said), "see the database's own message")
    return Unreachable(f"the store does not answer ({said}): {advice}")


class SqlStore:
    """The store. `path` None keeps everything in memory; `carriers` are the names that each ticket's change is queued for."""

    @_guarded
    def __init__(
        self, path: Path | None, *, carriers: Sequence[str] = (), utc_offset: int = 8, wait_s: float = 5.0
    ) -> None:
        self._carriers = tuple(carriers)
        self._shared = False
        self._version: int | None = None
        self._zone = timezone(timedelta(hours=utc_offset))
        url = URL.create("sqlite", database=None if path is None else str(path))
        engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": wait_s}, poolclass=NullPool)
        event.listen(engine, "connect", _prepare)
        self._connection = engine.connect()
        try:
            with self._transaction() as connection:
                migrate.upgrade(connection, fresh=path is None)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def together(self) -> Iterator[None]:
        """One commit for all that is kept inside; each decision stays whole, by a savepoint of its own."""
        if self._shared:
            yield
            return
        try:
            with self._transaction():
                self._shared = True
                yield
                self._still_together()
        except DBAPIError as error:
            raise _unreachable(error) from error
        finally:
            self._shared = False

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        if not self._shared:
            with self._connection.begin():
                self._connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield self._connection
            return
        self._still_together()
        savepoint = self._connection.begin_nested()
        try:
            yield self._connection
        except BaseException:
            with suppress(DBAPIError):  # A full disk has undone everything already, savepoints too.
                savepoint.rollback()
            raise
        savepoint.commit()

    def _still_together(self) -> None:
        """Raises Unreachable if a fault has ended the shared transaction: what followed would be kept by itself."""
        raw: Any = self._connection.connection.driver_connection
        if not raw.in_transaction:
            raise Unreachable("the store has undone all that was to be kept together: begin again")

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Outside of any transaction but a shared one; that SQLAlchemy thinks of one is undone at the end."""
        try:
            yield self._connection
        finally:
            if not self._shared:
                self._connection.rollback()

    def _scalar(self, query: Executable, **values: object) -> Any:
        with self._reading() as connection:
            return connection.scalar(query, values)

    @_guarded
    def changed_elsewhere(self) -> bool:
        """Whether another process has written since this was last asked."""
        with self._reading() as connection:
            version = connection.exec_driver_sql("PRAGMA data_version").scalar()
        changed, self._version = version != self._version, version
        return changed

    @_guarded
    def accept(self, messages: Sequence[Message], *, now: datetime) -> list[bool]:
        """Keep messages by their channel id, in one commit. False for each id that was known."""
        rows = [message_row(message, now) for message in messages]
        ids = [row["id"] for row in rows]
        with self._transaction() as connection:
            known: set[str] = set()
            for start in range(0, len(ids), CHUNK):
                known.update(connection.scalars(q.KNOWN, {"the_ids": ids[start : start + CHUNK]}))
            new = []
            for id in ids:
                new.append(id not in known)
                known.add(id)
            if any(new):
                connection.execute(insert(t.messages), list(compress(rows, new)))
        return new

    @_guarded
    def unseen(self) -> list[Message]:
        """Accepted messages that nobody has decided yet, in the order of their acceptance."""
        return self._messages(q.UNSEEN)

    @_guarded
    def message(self, id: str) -> Message | None:
        """One accepted message, with what is left of its words."""
        return next(iter(self._messages(q.MESSAGE, the_id=id)), None)

    @_guarded
    def recent(self, room: str, *, since: datetime, limit: int) -> list[Message]:
        """The talk of a room since an instant, oldest first, at most the last `limit`."""
        return self._messages(q.RECENT, the_room=room, the_since=micros(since), the_limit=limit)[::-1]

    def _messages(self, query: Executable, **values: object) -> list[Message]:
        with self._reading() as connection:
            return [message_of(row, self._zone) for row in connection.execute(query, values).mappings()]

    @_guarded
    def room(self, id: str) -> Room | None:
        """A room by its id."""
        doc = self._scalar(q.ROOM, the_id=id)
        return unpack_room(doc) if doc else None

    @_guarded
    def rooms(self) -> list[Room]:
        """All rooms."""
        with self._reading() as connection:
            return [unpack_room(doc) for doc in connection.scalars(q.ROOMS)]

    @_guarded
    def put_room(self, room: Room) -> None:
        """Keep or replace a room."""
        with self._transaction() as connection:
            values = {"doc": pack_room(room)}
            if connection.execute(update(t.rooms).where(t.rooms.c.id == room.id), values).rowcount == 0:
                connection.execute(insert(t.rooms), {"id": room.id, **values})

    @_guarded
    def put_contact(self, person: str, reachable: bool) -> None:
        """Note whether a person can be reached in private."""
        with self._transaction() as connection:
            values = {"reachable": reachable}
            if connection.execute(update(t.people).where(t.people.c.id == person), values).rowcount == 0:
                connection.execute(insert(t.people), {"id": person, **values})

    @_guarded
    def reachable(self, person: str) -> bool | None:
        """Whether a person can be reached in private; None when nobody knows."""
        known: bool | None = self._scalar(q.REACHABLE, the_id=person)
        return known

    @_guarded
    def contacts(self) -> list[str]:
        """The people of whom it is known that they can be reached in private."""
        with self._reading() as connection:
            return list(connection.scalars(select(t.people.c.id).where(t.people.c.reachable).order_by(t.people.c.id)))

    @_guarded
    def live(self, room: str, *, since: datetime) -> list[tuple[Matter, int]]:
        """The live matters of a room that are open or were touched since an instant, with their versions, oldest first."""
        return self._matters(q.LIVE, the_room=room, the_since=micros(since))

    @_guarded
    def live_rooms(self, *, since: datetime) -> set[str]:
        """The rooms for which `live` would find any."""
        with self._reading() as connection:
            return set(connection.scalars(q.LIVE_ROOMS, {"the_since": micros(since)}))

    @_guarded
    def matter(self, id: str) -> tuple[Matter, int] | None:
        """One matter with its version."""
        return next(iter(self._matters(q.MATTER, the_id=id)), None)

    def _matters(self, query: Executable, **values: object) -> list[tuple[Matter, int]]:
        with self._reading() as connection:
            return [(unpack_matter(row.doc), row.version) for row in connection.execute(query, values)]

    @_guarded
    def matter_of(
        self, *, message: str | None = None, number: str | None = None, post: str | None = None
    ) -> str | None:
        """The id of the latest matter that holds a message, has a number, or was spoken of in a post of the bot."""
        asked = (q.OF_NUMBER, number) if number is not None else (q.OF_POST, post) if post is not None else None
        query, id = asked or (q.OF_MESSAGE, message)
        found: str | None = self._scalar(query, the_id=id)
        return found

    @_guarded
    def matters_of(self, person: str) -> list[tuple[Matter, int]]:
        """The live matters, in any room, that a person reported or supports, latest touched first, at most 10."""
        return self._matters(q.MATTERS_OF, the_id=person)

    @_guarded
    def posts(self, room: str, *, day: date) -> int:
        """How many unasked posts the bot made in a room on a local day."""
        start = datetime.combine(day, time(), self._zone)
        end = start + timedelta(days=1)
        return self._scalar(q.POSTS, the_room=room, the_since=micros(start), the_until=micros(end)) or 0

    @_guarded
    def keep(self, decisions: Sequence[Kept]) -> None:
        """Keep decisions in one transaction. Raises Taken or Stale, and then has kept none of them."""
        with self._transaction() as connection:
            keeping.keep(connection, decisions, self._carriers)

    @_guarded
    def due(self, *, until: datetime, limit: int = 100) -> list[Deed]:
        """Timers and waiting sentences due at or before an instant: by due time, then room, then creation."""
        values = {"the_until": micros(until), "the_limit": limit}
        with self._reading() as connection:
            deeds = [
                Deed(instant(row.due, self._zone), row.room, row.order, timer=(row.matter, row.name))
                for row in connection.execute(q.TIMERS_DUE, values)
            ] + [
                Deed(instant(row.after, self._zone), row.home, row.order, sentence=row.id)
                for row in connection.execute(q.SENTENCES_DUE, values)
            ]
        return sorted(deeds, key=lambda deed: (deed.due, deed.room, deed.timer is None, deed.order))[:limit]

    @_guarded
    def next_due(self) -> datetime | None:
        """When the earliest timer or waiting sentence falls due."""
        with self._reading() as connection:
            found = [value for value in connection.scalars(q.NEXT_DUE) if value is not None]
        return instant(min(found), self._zone) if found else None

    @_guarded
    def sentence(self, id: str) -> tuple[Sentence, SentenceState, str] | None:
        """One sentence, where it is, and the reason noted with that."""
        with self._reading() as connection:
            row = connection.execute(q.SENTENCE, {"the_id": id}).one_or_none()
        return (unpack_sentence(row.doc), row.state, row.reason) if row else None

    @_guarded
    def said(self, post: str) -> Sentence | None:
        """The sentence that arrived as this post, by the channel's id."""
        with self._reading() as connection:
            doc = connection.scalar(q.SAID, {"the_id": post})
        return unpack_sentence(doc) if doc else None

    @_guarded
    def sentences(self, *, state: SentenceState) -> list[Sentence]:
        """The sentences in a state, oldest first."""
        with self._reading() as connection:
            return [unpack_sentence(doc) for doc in connection.scalars(q.SENTENCES, {"the_id": state})]

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
            row = connection.execute(q.TICKET, {"the_id": number}).mappings().one_or_none()
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
            return {row.seq: row.text for row in connection.execute(q.WORDS, {"the_id": number})}

    @_guarded
    def done(self, key: str) -> bool:
        """Whether a desk move with this key has been kept."""
        return self._scalar(q.DONE, the_id=key) is not None

    @_guarded
    def deliveries(self, carrier: str, *, now: datetime, limit: int) -> list[Delivery]:
        """Ticket states that a carrier has not taken yet and that are due for a try, the oldest of each ticket only."""
        values = {"the_id": carrier, "the_until": micros(now), "the_limit": limit}
        with self._reading() as connection:
            return [delivery_of(row, self._zone) for row in connection.execute(q.DELIVERIES, values).mappings()]

    @_guarded
    def delivered(
        self, delivery: Delivery, *, now: datetime, error: str | None = None, retry: datetime | None = None
    ) -> None:
        """Note that a delivery arrived (no error), waits for `retry`, or is dead (an error and no retry)."""
        which = {"the_carrier": delivery.carrier, "the_number": delivery.ticket.number, "the_seq": delivery.seq}
        state = "done" if error is None else "waiting" if retry else "dead"
        values = {"state": state, "attempts": delivery.attempt, "due": micros(retry or now), "error": error or ""}
        with self._transaction() as connection:
            connection.execute(q.DELIVERED, {**which, **values})

    @_guarded
    def forget(self, *, before: datetime) -> int:
        """Erase the words of seen messages from before an instant that belong to no matter. Returns how many."""
        with self._transaction() as connection:
            return int(connection.execute(q.FORGET, {"the_until": micros(before)}).rowcount)

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # We begin transactions ourselves; the driver's own way commits behind our back.
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
