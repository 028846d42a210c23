"""How the tables come into being, and which databases are refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from lineapy.db import schema, tables
from lineapy.db.db import RelationalLineaDB
from lineapy.errors import SchemaTooNewError
from tests.store.given import saved
from tests.store.processes import run


def test_the_tables_are_those_that_the_migrations_make(
    db: RelationalLineaDB, url: str, tmp_path: Path
) -> None:
    saved(db)
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [
            difference
            for difference in compare_metadata(context, tables.metadata)
            if getattr(difference[1], "name", "") != schema.VERSION_TABLE
        ]
    engine.dispose()
    assert differences == []


def test_the_constraints_are_those_that_the_migrations_make(db: RelationalLineaDB, tmp_path: Path) -> None:
    """Alembic compares neither CHECK nor AUTOINCREMENT, so compare what SQLite remembers of CREATE TABLE."""
    saved(db)
    engine = create_engine(f"sqlite:///{tmp_path}/declared.sqlite")
    tables.metadata.create_all(engine)
    engine.dispose()
    assert _definitions(tmp_path / "store/db.sqlite") == _definitions(tmp_path / "declared.sqlite")


def test_the_newest_migration_is_the_one_that_is_recognised() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def test_a_database_of_a_newer_lineapy_is_refused(db: RelationalLineaDB, url: str, tmp_path: Path) -> None:
    saved(db)
    db.close()
    _execute(tmp_path / "store/db.sqlite", f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'")
    for use in (db.artifacts, lambda: saved(db)):
        with pytest.raises(SchemaTooNewError, match=r"schema 9999.*pip install --upgrade lineapy"):
            use()


def test_a_database_that_is_upgraded_while_it_is_open_is_refused(
    db: RelationalLineaDB, tmp_path: Path
) -> None:
    saved(db)
    _execute(tmp_path / "store/db.sqlite", f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(SchemaTooNewError):
        saved(db)


def test_the_database_of_lineapy_0_2_is_shared_and_its_tables_are_left_alone(
    db: RelationalLineaDB, tmp_path: Path
) -> None:
    path = tmp_path / "store/db.sqlite"
    path.parent.mkdir()
    _execute(path, "CREATE TABLE artifact (id INTEGER, name TEXT)")
    _execute(path, "CREATE TABLE alembic_version (version_num TEXT)")
    _execute(path, "INSERT INTO alembic_version VALUES ('38d5f834d3b7')")
    assert db.artifacts() == []
    assert saved(db).version == 0
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT * FROM alembic_version").fetchall() == [("38d5f834d3b7",)]
    assert connection.execute("SELECT * FROM artifact").fetchall() == []
    connection.close()


def test_alembic_is_imported_only_when_tables_are_missing(db: RelationalLineaDB, url: str) -> None:
    saved(db)
    run(
        """
import sys
from lineapy.db.db import RelationalLineaDB
from tests.store.given import saved
db = RelationalLineaDB(sys.argv[1])
saved(db)
assert [artifact.version for artifact in db.artifacts()] == [0, 1]
db.close()
assert not [name for name in sys.modules if name.partition(".")[0] in ("alembic", "mako")]
""",
        url,
    )


def test_creating_the_tables_logs_nothing_and_leaves_the_users_logging_alone(url: str) -> None:
    done = run(
        """
import logging, sys
logging.basicConfig(level=logging.DEBUG)
def state():
    root = logging.getLogger()
    names = ("alembic", "alembic.runtime.migration", "alembic.runtime.plugins", "sqlalchemy.engine")
    loggers = [root, *map(logging.getLogger, names)]
    return root.handlers[:], [(logger.level, logger.filters[:], logger.disabled) for logger in loggers]
before = state()
from lineapy.db.db import RelationalLineaDB
from tests.store.given import saved
db = RelationalLineaDB(sys.argv[1])
saved(db)
db.close()
assert state() == before
""",
        url,
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_the_package_that_stands_for_the_database_is_cheap_to_import() -> None:
    run(
        """
import sys
import lineapy.db
assert not [name for name in sys.modules if name.partition(".")[0] in ("sqlalchemy", "alembic", "fsspec", "sqlite3")]
"""
    )


def _definitions(path: Path) -> dict[str, set[str]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {
        name: {line.strip().rstrip(",") for line in sql.splitlines()}
        for name, sql in rows
        if name != schema.VERSION_TABLE
    }


def _execute(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement)
    connection.close()
