"""The tables. Instants are whole microseconds since 1970 in UTC; documents are JSON of the core's dataclasses.

Words of residents stand in columns that can be emptied: `messages.text`, `messages.name`, `matters.doc`, `sentences.doc`,
`tickets.doc` and `words.text`. The journal holds none. Whatever text goes in, ids too, goes in clean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    TypeDecorator,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect

metadata = MetaData()


def clean(text: str) -> str:
    """A text that every database takes: no lone surrogates, no NUL."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


class String(TypeDecorator[str]):
    """A short text, such as an id or a code, cleaned on its way in."""

    impl = sqlalchemy.String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean the value, in rows and in questions alike."""
        return value if value is None or (value.isascii() and "\x00" not in value) else clean(value)


class Text(String):
    """A long text."""

    impl = sqlalchemy.Text
    cache_ok = True


messages = Table(
    "messages",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("id", String(200), nullable=False, unique=True),
    Column("room", String(200)),
    Column("sender", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("seen", Boolean, nullable=False, default=False),
    Column("worded", Boolean, nullable=False, default=True),
    Column("name", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("mentions", Text, nullable=False),
    Column("quote", String(200)),
    Column("media", Text, nullable=False),
)
Index(
    "messages_unseen",
    messages.c.position,
    sqlite_where=messages.c.seen.is_(False),
    postgresql_where=messages.c.seen.is_(False),
)
Index("messages_recent", messages.c.room, messages.c.at)
Index(
    "messages_worded",
    messages.c.at,
    sqlite_where=messages.c.worded.is_(True),
    postgresql_where=messages.c.worded.is_(True),
)

rooms = Table("rooms", metadata, Column("id", String(200), primary_key=True), Column("doc", Text, nullable=False))

people = Table(
    "people",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("reachable", Boolean),
)

matters = Table(
    "matters",
    metadata,
    Column("id", String(220), primary_key=True),
    Column("room", String(200), nullable=False),
    Column("number", String(20), unique=True),
    Column("live", Boolean, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("touched", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("doc", Text, nullable=False),
)
Index("matters_live", matters.c.room, matters.c.live, matters.c.touched)

participants = Table(
    "participants",
    metadata,
    Column("person", String(200), primary_key=True),
    Column("matter", ForeignKey("matters.id"), primary_key=True),
)

matter_messages = Table(
    "matter_messages",
    metadata,
    Column("message", String(200), primary_key=True),
    Column("matter", ForeignKey("matters.id"), primary_key=True),
)

timers = Table(
    "timers",
    metadata,
    Column("order", Integer, primary_key=True, autoincrement=True),
    Column("matter", ForeignKey("matters.id"), nullable=False),
    Column("name", String(20), nullable=False),
    Column("room", String(200), nullable=False),
    Column("due", BigInteger, nullable=False),
)
Index("timers_one", timers.c.matter, timers.c.name, unique=True)
Index("timers_due", timers.c.due)

sentences = Table(
    "sentences",
    metadata,
    Column("order", Integer, primary_key=True, autoincrement=True),
    Column("id", String(250), nullable=False, unique=True),
    Column("home", String(200), nullable=False),
    Column("matter", String(220)),
    Column("state", String(10), nullable=False),
    Column("after", BigInteger, nullable=False),
    Column("settled", BigInteger),
    Column("unasked", Boolean, nullable=False),
    Column("channel_id", String(200)),
    Column("reason", String(40), nullable=False, default=""),
    Column("doc", Text, nullable=False),
)
Index(
    "sentences_due",
    sentences.c.after,
    sqlite_where=sentences.c.state == "waiting",
    postgresql_where=sentences.c.state == "waiting",
)
Index("sentences_state", sentences.c.state)
Index("sentences_posts", sentences.c.home, sentences.c.unasked, sentences.c.settled)
Index("sentences_channel", sentences.c.channel_id)

flags = Table(
    "flags",
    metadata,
    Column("order", Integer, primary_key=True, autoincrement=True),
    Column("matter", ForeignKey("matters.id"), nullable=False),
    Column("room", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("messages", Text, nullable=False),
    Column("kind", String(20)),
    Column("category", String(8)),
    Column("confidence", String(10), nullable=False),
    Column("reason", String(60), nullable=False),
    Column("to", String(20), nullable=False),
    Column("state", String(10), nullable=False),
)
Index("flags_matter", flags.c.matter)
Index("flags_state", flags.c.state, flags.c.at)

tickets = Table(
    "tickets",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("matter", ForeignKey("matters.id"), nullable=False, unique=True),
    Column("room", String(200), nullable=False),
    Column("status", String(20), nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("changes", Integer, nullable=False),
    Column("doc", Text, nullable=False),
)
Index("tickets_changed", tickets.c.changed)
Index("tickets_status", tickets.c.status, tickets.c.changed)

ratings = Table(
    "ratings",
    metadata,
    Column("order", Integer, primary_key=True, autoincrement=True),
    Column("number", ForeignKey("tickets.number"), nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("solved", Boolean),
    Column("score", String(20), nullable=False),
    Column("comment", Text, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("number", ForeignKey("tickets.number"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("by", String(200), nullable=False),
    Column("move", String(20), nullable=False),
    Column("was", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("reason", String(60), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

words = Table(
    "words",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("text", Text, nullable=False),
)

moves = Table(
    "moves",
    metadata,
    Column("key", String(250), primary_key=True),
    Column("number", String(20), nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("order", Integer, primary_key=True, autoincrement=True),
    Column("carrier", String(40), nullable=False),
    Column("number", ForeignKey("tickets.number"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("error", Text, nullable=False, default=""),
    Column("doc", Text, nullable=False),
)
Index("deliveries_due", deliveries.c.carrier, deliveries.c.state, deliveries.c.due)
Index("deliveries_ticket", deliveries.c.number, deliveries.c.carrier)
