"""the first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    for create in (
        _matters,
        _messages,
        _moves,
        _people,
        _rooms,
        _sentences,
        _words,
        _flags,
        _matter_messages,
        _participants,
        _tickets,
        _timers,
        _deliveries,
        _journal,
        _ratings,
    ):
        create()


def downgrade() -> None:
    for table in (
        "ratings",
        "journal",
        "deliveries",
        "timers",
        "tickets",
        "participants",
        "matter_messages",
        "flags",
        "words",
        "sentences",
        "rooms",
        "people",
        "moves",
        "messages",
        "matters",
    ):
        op.drop_table(table)


def _matters() -> None:
    op.create_table(
        "matters",
        sa.Column("id", sa.String(length=220), nullable=False),
        sa.Column("room", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("touched", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("matters", schema=None) as batch_op:
        batch_op.create_index("matters_live", ["room", "live", "touched"], unique=False)


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("room", sa.String(length=200), nullable=True),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("worded", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentions", sa.Text(), nullable=False),
        sa.Column("quote", sa.String(length=200), nullable=True),
        sa.Column("media", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("id"),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("messages_recent", ["room", "at"], unique=False)
        batch_op.create_index(
            "messages_unseen",
            ["position"],
            unique=False,
            sqlite_where=sa.text("seen IS 0"),
            postgresql_where=sa.text("seen IS 0"),
        )
        batch_op.create_index(
            "messages_worded",
            ["at"],
            unique=False,
            sqlite_where=sa.text("worded IS 1"),
            postgresql_where=sa.text("worded IS 1"),
        )


def _moves() -> None:
    op.create_table(
        "moves",
        sa.Column("key", sa.String(length=250), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("reachable", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _rooms() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _sentences() -> None:
    op.create_table(
        "sentences",
        sa.Column("order", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=250), nullable=False),
        sa.Column("home", sa.String(length=200), nullable=False),
        sa.Column("matter", sa.String(length=220), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=True),
        sa.Column("unasked", sa.Boolean(), nullable=False),
        sa.Column("channel_id", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("order"),
        sa.UniqueConstraint("id"),
    )
    with op.batch_alter_table("sentences", schema=None) as batch_op:
        batch_op.create_index("sentences_channel", ["channel_id"], unique=False)
        batch_op.create_index(
            "sentences_due",
            ["after"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index("sentences_posts", ["home", "unasked", "settled"], unique=False)
        batch_op.create_index("sentences_state", ["state"], unique=False)


def _words() -> None:
    op.create_table(
        "words",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", "seq"),
    )


def _flags() -> None:
    op.create_table(
        "flags",
        sa.Column("order", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("matter", sa.String(length=220), nullable=False),
        sa.Column("room", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("messages", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("category", sa.String(length=8), nullable=True),
        sa.Column("confidence", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("to", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter"],
            ["matters.id"],
        ),
        sa.PrimaryKeyConstraint("order"),
    )
    with op.batch_alter_table("flags", schema=None) as batch_op:
        batch_op.create_index("flags_matter", ["matter"], unique=False)
        batch_op.create_index("flags_state", ["state", "at"], unique=False)


def _matter_messages() -> None:
    op.create_table(
        "matter_messages",
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.Column("matter", sa.String(length=220), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter"],
            ["matters.id"],
        ),
        sa.PrimaryKeyConstraint("message", "matter"),
    )


def _participants() -> None:
    op.create_table(
        "participants",
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("matter", sa.String(length=220), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter"],
            ["matters.id"],
        ),
        sa.PrimaryKeyConstraint("person", "matter"),
    )


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("matter", sa.String(length=220), nullable=False),
        sa.Column("room", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter"],
            ["matters.id"],
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("matter"),
    )
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index("tickets_changed", ["changed"], unique=False)
        batch_op.create_index("tickets_status", ["status", "changed"], unique=False)


def _timers() -> None:
    op.create_table(
        "timers",
        sa.Column("order", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("matter", sa.String(length=220), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("room", sa.String(length=200), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter"],
            ["matters.id"],
        ),
        sa.PrimaryKeyConstraint("order"),
    )
    with op.batch_alter_table("timers", schema=None) as batch_op:
        batch_op.create_index("timers_due", ["due"], unique=False)
        batch_op.create_index("timers_one", ["matter", "name"], unique=True)


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("order", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"],
            ["tickets.number"],
        ),
        sa.PrimaryKeyConstraint("order"),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("deliveries_due", ["carrier", "state", "due"], unique=False)
        batch_op.create_index("deliveries_ticket", ["number", "carrier"], unique=False)


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("move", sa.String(length=20), nullable=False),
        sa.Column("was", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"],
            ["tickets.number"],
        ),
        sa.PrimaryKeyConstraint("number", "seq"),
    )


def _ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("order", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("score", sa.String(length=20), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"],
            ["tickets.number"],
        ),
        sa.PrimaryKeyConstraint("order"),
    )
