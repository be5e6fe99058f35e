"""Brings a database to the present tables, by Alembic's migrations; a database in memory is simply made."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from adapters.ports import Unreachable
from adapters.store.tables import metadata


def upgrade(connection: Connection, *, fresh: bool = False) -> None:
    """Run the migrations that are missing; `fresh` makes all tables at once, for a database that lives in memory."""
    if fresh:
        metadata.create_all(connection)
        return
    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise Unreachable(
            f"the database was made by another version of Linli ({error}): install that one, or restore the last copy"
        ) from error


def configuration(connection: Connection) -> Config:
    """Alembic's settings for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
