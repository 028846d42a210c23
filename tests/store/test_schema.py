"""How the tables come into being, how they are upgraded, and which databases are refused."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from lineapy.db import schema, tables
from lineapy.db.db import RelationalLineaDB
from lineapy.errors import SchemaTooNewError, SchemaTooOldError
from tests.servers.postgresql import PostgreSQLServer
from tests.store.given import saved
from tests.store.processes import run, run_together


def test_the_tables_are_those_that_the_migrations_make(url: str) -> None:
    migrate(url, "head")
    with connected(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [
            difference
            for difference in compare_metadata(context, tables.metadata)
            if getattr(difference[1], "name", "") != schema.VERSION_TABLE
        ]
    assert differences == []


def test_sqlite_remembers_the_same_statements_whether_created_at_once_or_migrated(
    sqlite_db: RelationalLineaDB, tmp_path: Path
) -> None:
    """Alembic compares neither CHECK nor AUTOINCREMENT."""
    saved(sqlite_db)
    migrate(f"sqlite:///{tmp_path}/migrated.sqlite", "head")
    assert _definitions(tmp_path / "store/db.sqlite") == _definitions(tmp_path / "migrated.sqlite")


def test_postgresql_has_the_same_catalogue_whether_created_at_once_or_migrated(
    postgresql_db: RelationalLineaDB, postgresql_server: PostgreSQLServer
) -> None:
    saved(postgresql_db)
    other = postgresql_server.new_database()
    migrate(other, "head")
    assert _catalogue(postgresql_db.url) == _catalogue(other)
    postgresql_server.drop_database(other)


def test_the_migrations_are_those_that_are_recognised() -> None:
    scripts = ScriptDirectory.from_config(_alembic())
    assert [script.revision for script in scripts.walk_revisions()][::-1] == list(schema.REVISIONS)
    assert scripts.get_heads() == [schema.HEAD]


class TestAnOlderDatabase:
    def test_in_sqlite_is_upgraded_when_it_is_read(
        self, sqlite_url: str, sqlite_db: RelationalLineaDB
    ) -> None:
        make_first_store(sqlite_url)
        assert [(artifact.name, artifact.version) for artifact in sqlite_db.artifacts()] == OLD_ARTIFACTS
        assert sqlite_db.find_artifact("model").target == "{}"
        assert saved(sqlite_db).version == 2
        assert sqlite_db.upgrade() == (schema.HEAD, schema.HEAD)

    def test_in_sqlite_is_upgraded_when_it_is_written(
        self, sqlite_url: str, sqlite_db: RelationalLineaDB
    ) -> None:
        make_first_store(sqlite_url)
        assert saved(sqlite_db).version == 2
        assert sqlite_db.count() == 4

    def test_in_postgresql_is_refused_until_it_is_upgraded_on_request(
        self, postgresql_url: str, postgresql_db: RelationalLineaDB
    ) -> None:
        make_first_store(postgresql_url)
        for use in (postgresql_db.artifacts, postgresql_db.probe, lambda: saved(postgresql_db)):
            with pytest.raises(
                SchemaTooOldError, match=rf"schema 0001.*needs {schema.HEAD}.*run: lineapy db upgrade"
            ) as caught:
                use()
            assert "postgrespwd" not in str(caught.value)
        assert postgresql_db.upgrade() == ("0001", schema.HEAD)
        assert [(artifact.name, artifact.version) for artifact in postgresql_db.artifacts()] == OLD_ARTIFACTS
        assert saved(postgresql_db).version == 2

    def test_gives_each_artifact_a_save_id_that_is_the_same_in_each_copy(
        self, sqlite_url: str, tmp_path: Path
    ) -> None:
        make_first_store(sqlite_url)
        shutil.copytree(tmp_path / "store", tmp_path / "copy")
        both = [RelationalLineaDB(sqlite_url), RelationalLineaDB(f"sqlite:///{tmp_path}/copy/db.sqlite")]
        here, there = (db.save_ids() for db in both)
        assert here == there
        assert len(here) == len(OLD_ARTIFACTS)
        for db in both:
            db.close()

    def test_may_be_upgraded_by_many_at_the_same_moment(self, url: str, db: RelationalLineaDB) -> None:
        make_first_store(url)
        printed = run_together(
            4,
            """
import sys
from lineapy.db.db import RelationalLineaDB
db = RelationalLineaDB(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
print(*db.upgrade())
db.close()
""",
            url,
        )
        assert sorted(printed) == [f"0001 {schema.HEAD}\n", *[f"{schema.HEAD} {schema.HEAD}\n"] * 3]
        assert db.count() == len(OLD_ARTIFACTS)


def test_upgrading_a_database_without_tables_makes_them(db: RelationalLineaDB) -> None:
    assert db.upgrade() == (None, schema.HEAD)
    assert db.upgrade() == (schema.HEAD, schema.HEAD)
    assert db.artifacts() == []


@pytest.mark.parametrize(
    "use",
    [
        lambda db: db.artifacts(),
        lambda db: saved(db),
        lambda db: db.probe(),
        lambda db: db.upgrade(),
    ],
    ids=["read", "save", "probe", "upgrade"],
)
def test_a_database_of_a_newer_lineapy_is_refused(
    db: RelationalLineaDB, url: str, use: Callable[[RelationalLineaDB], object]
) -> None:
    saved(db)
    with connected(url) as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(SchemaTooNewError, match=r"schema 9999.*pip install --upgrade lineapy"):
        use(db)


def test_the_database_of_lineapy_0_2_is_shared_and_its_tables_are_left_alone(
    sqlite_db: RelationalLineaDB, tmp_path: Path
) -> None:
    path = tmp_path / "store/db.sqlite"
    path.parent.mkdir()
    _execute(path, "CREATE TABLE artifact (id INTEGER, name TEXT)")
    _execute(path, "CREATE TABLE alembic_version (version_num TEXT)")
    _execute(path, "INSERT INTO alembic_version VALUES ('38d5f834d3b7')")
    assert sqlite_db.artifacts() == []
    assert saved(sqlite_db).version == 0
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT * FROM alembic_version").fetchall() == [("38d5f834d3b7",)]
    assert connection.execute("SELECT * FROM artifact").fetchall() == []
    connection.close()


def test_alembic_is_not_imported_to_create_tables_or_to_use_them(db: RelationalLineaDB, url: str) -> None:
    run(
        """
import sys
from lineapy.db.db import RelationalLineaDB
from tests.store.given import saved
db = RelationalLineaDB(sys.argv[1])
saved(db)
saved(db)
assert [artifact.version for artifact in db.artifacts()] == [0, 1]
db.close()
assert not [name for name in sys.modules if name.partition(".")[0] in ("alembic", "mako")]
""",
        url,
    )


def test_upgrading_the_tables_logs_nothing_and_leaves_the_users_logging_alone(url: str) -> None:
    make_first_store(url)
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
db.upgrade()
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


#: In the order in which `make_first_store` makes them.
OLD_ARTIFACTS = [("model", 0), ("model", 1), ("naïve ✓", 0)]


def make_first_store(url: str) -> None:
    """A store as the first LineaPy with these tables has left it."""
    migrate(url, "0001")
    with connected(url) as connection:
        connection.execute(
            text(
                "INSERT INTO lineapy_session (id, kind, python_version, created_at, working_directory, user_name, "
                "host_name) VALUES ('s', 'SCRIPT', '3.11', '2026-01-01 12:00:00', '/home/ada', 'ada', 'engine')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO lineapy_stored_value (id, digest, size, format, location, key) "
                "VALUES (7, 'ab', 1, 'cloudpickle', '/values', 'ab/ab.pickle')"
            )
        )
        for name, version in OLD_ARTIFACTS:
            connection.execute(
                text(
                    "INSERT INTO lineapy_artifact (name, version, date_created, session_id, target, value_id) "
                    "VALUES (:name, :version, '2026-01-01 12:00:00', 's', '{}', 7)"
                ),
                {"name": name, "version": version},
            )
        connection.execute(text("INSERT INTO lineapy_artifact_counter VALUES ('model', 1), ('naïve ✓', 0)"))


def migrate(url: str, revision: str) -> None:
    """Go through the steps, as a store does that has been used since the first."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    with connected(url) as connection:
        config = _alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    return config


def _definitions(path: Path) -> dict[str, set[str]]:
    """What SQLite has been told, cut at commas: a column that was added stands at the end."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {name: {re.sub(r"\s+", " ", part).strip(" )") for part in sql.split(",")} for name, sql in rows}


def _catalogue(url: str) -> dict[str, set[tuple[object, ...]]]:
    queries = {
        "columns": "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default "
        "FROM information_schema.columns WHERE table_schema = 'public'",
        "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u')",
    }
    with connected(url) as connection:
        return {
            name: {tuple(row) for row in connection.execute(text(query))} for name, query in queries.items()
        }


def _execute(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement)
    connection.close()
