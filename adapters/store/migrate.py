"""Brings a database to the present tables, by Alembic's migrations; a database in memory is simply made."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from adapters.store.tables import metadata


def upgrade(engine: Engine, *, fresh: bool = False) -> None:
    """Run the migrations that are missing; `fresh` makes all tables at once, for a database that lives in memory."""
    if fresh:
        metadata.create_all(engine)
        return
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "head")


def configuration(connection: object) -> Config:
    """Alembic's settings for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
