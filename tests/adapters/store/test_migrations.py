"""An empty file is brought to the present tables, and those are what the migrations make."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.pool import NullPool

from adapters.store import migrate
from adapters.store.sql import SqlStore
from adapters.store.tables import metadata


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


def test_an_empty_file_is_brought_to_the_present_tables(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as connection:
        assert differences(connection) == []
        head = ScriptDirectory.from_config(migrate.configuration(connection)).get_current_head()
        assert MigrationContext.configure(connection).get_current_revision() == head
        unlike = {index["name"] for table in metadata.tables for index in inspect(connection).get_indexes(table)}
    assert unlike >= {index.name for table in metadata.tables.values() for index in table.indexes}


def test_the_migrations_make_what_the_tables_say_to_the_letter(path: Path) -> None:
    def shapes(connection: Connection) -> set[str]:
        seen = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {
            " ".join(sql.replace('"', "").replace("IS 1", "= 1").replace("IS 0", "= 0").split())
            for name, sql in seen
            if name != "alembic_version" and sql.startswith("CREATE INDEX")
        }

    memory = create_engine("sqlite://")
    file = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with memory.begin() as fresh, file.connect() as migrated:
        migrate.upgrade(fresh, fresh=True)
        assert shapes(fresh) == shapes(migrated)
    memory.dispose()


def test_upgrading_twice_does_nothing(path: Path, tmp_path: Path, make: SimpleNamespace) -> None:
    store = SqlStore(path)
    store.accept([make.message()], now=make.now)
    store.close()
    shutil.copy(path, tmp_path / "before")
    for _ in range(2):
        store = SqlStore(path)
        assert [message.id for message in store.unseen()] == ["m1"]
        store.close()
    assert path.read_bytes() == (tmp_path / "before").read_bytes()


def test_the_way_back_leaves_nothing(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.begin() as connection:
        command.downgrade(migrate.configuration(connection), "base")
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
