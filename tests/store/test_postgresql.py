"""Metadata on a PostgreSQL server: how it is reached, and what happens when it is not, or not any more.

What PostgreSQL and SQLite have in common is in the other files of this folder, whose tests run on both.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lineapy.config import Config
from lineapy.db.db import RelationalLineaDB
from lineapy.errors import (
    ConfigurationError,
    DatabaseUnreachableError,
    FallbackWarning,
    LineaWarning,
    StoreError,
)
from tests.servers.postgresql import PASSWORD, PostgreSQLServer
from tests.store.given import a_session, a_stored_value, an_artifact, saved
from tests.store.processes import run, start
from tests.store.unreliable import UnreliableNetwork, unreliable_network


def with_port(url: str, port: int) -> str:
    return url.replace(url[url.rindex(":") : url.rindex("/")], f":{port}")


def database_of(url: str) -> str:
    return url.rpartition("/")[2].partition("?")[0]


@pytest.fixture
def closed_url() -> str:
    """Nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"postgresql://ada:{PASSWORD}@127.0.0.1:{port}/team"


@pytest.fixture
def network(postgresql_server: PostgreSQLServer) -> Iterator[UnreliableNetwork]:
    with unreliable_network(postgresql_server.port) as network:
        yield network


@pytest.fixture
def far_db(
    postgresql_url: str, network: UnreliableNetwork, caplog: pytest.LogCaptureFixture
) -> Iterator[RelationalLineaDB]:
    """A database with one artifact, reached by an unreliable network, and connected. Nothing that happens is logged."""
    db = RelationalLineaDB(with_port(postgresql_url, network.port))
    saved(db)
    yield db
    db.close()
    assert [record for record in caplog.records if record.name.startswith("sqlalchemy")] == []


_ASK_FOR_URL = """
from lineapy.db.db import RelationalLineaDB
print(RelationalLineaDB.from_environment().url)
"""


class TestTheDatabaseOfTheEnvironment:
    def test_is_printed_as_it_was_given_with_its_password(
        self, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LINEAPY_DATABASE_URL", postgresql_url)
        assert PASSWORD in postgresql_url
        assert run(_ASK_FOR_URL).stdout == f"{postgresql_url}\n"

    def test_is_sqlite_in_the_home_folder_if_the_server_does_not_answer(
        self, closed_url: str, linea_home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LINEAPY_DATABASE_URL", closed_url)
        done = subprocess.run(
            [sys.executable, "-c", _ASK_FOR_URL], capture_output=True, text=True, check=True, env=os.environ
        )
        assert done.stdout == f"sqlite:///{linea_home}/db.sqlite\n"
        assert "FallbackWarning: The database postgresql://ada:***@127.0.0.1:" in done.stderr
        assert "cannot be reached" in done.stderr
        assert "Connection refused" in done.stderr
        assert PASSWORD not in done.stderr
        assert not linea_home.exists()

    def test_that_stands_in_for_another_says_so_in_one_sentence(
        self, closed_url: str, linea_home: Path
    ) -> None:
        with pytest.warns(FallbackWarning, match=r"set the option database_fallback to false"):
            db = RelationalLineaDB.from_environment(closed_url)
        assert db.fallback is not None
        assert db.fallback.startswith("The database postgresql://ada:***@127.0.0.1:")
        assert db.fallback.endswith(f"so sqlite:///{linea_home}/db.sqlite is used instead.")
        assert "Connection refused" in db.fallback
        assert PASSWORD not in db.fallback
        saved(db)
        db.close()
        assert (linea_home / "db.sqlite").exists()

    def test_that_was_asked_for_stands_in_for_none(self, postgresql_url: str) -> None:
        db = RelationalLineaDB.from_environment(postgresql_url)
        assert db.fallback is None
        assert saved(db).version == 0
        db.close()

    def test_is_an_error_if_the_server_does_not_answer_and_no_other_is_wanted(self, closed_url: str) -> None:
        config = Config.from_environment(database_url=closed_url, database_fallback=False)
        with pytest.raises(DatabaseUnreachableError, match=r"Connection refused.*Start the server") as caught:
            RelationalLineaDB.from_config(config)
        assert PASSWORD not in str(caught.value)
        assert isinstance(caught.value, ConnectionError)

    @pytest.mark.parametrize("parameter", ["sslmode=nonsense", "target_session_attrs=fast", "sslmod=require"])
    def test_is_an_error_if_the_url_is_wrong_and_no_other_is_used(
        self, closed_url: str, parameter: str
    ) -> None:
        with pytest.raises(ConfigurationError, match=parameter.partition("=")[0]) as caught:
            RelationalLineaDB.from_environment(f"{closed_url}?{parameter}")
        assert "#LIBPQ-PARAMKEYWORDS" in str(caught.value)
        assert PASSWORD not in str(caught.value)

    def test_may_begin_with_postgres_which_is_corrected_with_a_note(self, postgresql_url: str) -> None:
        with pytest.warns(
            LineaWarning, match=r"postgresuser:\*\*\*@.* begins with postgres://.*Write postgresql://"
        ):
            db = RelationalLineaDB(postgresql_url.replace("postgresql://", "postgres://"))
        assert db.url == postgresql_url
        assert saved(db).version == 0
        db.close()

    def test_keeps_its_password_out_of_messages(self, postgresql_url: str) -> None:
        db = RelationalLineaDB(postgresql_url)
        assert db.masked_url == postgresql_url.replace(PASSWORD, "***")

    def test_is_not_touched_by_naming_it(self, closed_url: str) -> None:
        db = RelationalLineaDB(closed_url)
        assert db.url == closed_url
        db.close()


class TestTheDriver:
    def test_is_psycopg_or_else_psycopg2(self, postgresql_url: str) -> None:
        run(
            """
import sys
sys.modules["psycopg"] = None  # as if it were not installed
from lineapy.db.db import RelationalLineaDB
from tests.store.given import saved
db = RelationalLineaDB.from_environment(sys.argv[1])
assert [saved(db).version, saved(db).version] == [0, 1]
db.delete_artifacts("model", [0])
assert [artifact.version for artifact in db.artifacts()] == [1]
db.close()
assert "psycopg2" in sys.modules
""",
            postgresql_url,
        )

    def test_that_is_missing_is_an_error_that_names_the_extra(self, closed_url: str) -> None:
        run(
            """
import sys
sys.modules["psycopg"] = sys.modules["psycopg2"] = None
from lineapy.db.db import RelationalLineaDB
from lineapy.errors import MissingExtraError
try:
    RelationalLineaDB.from_environment(sys.argv[1])
except MissingExtraError as error:
    assert "pip install 'lineapy[postgres]'" in str(error), error
else:
    raise AssertionError("no error")
""",
            closed_url,
        )

    @pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
    def test_may_be_named_in_the_url(self, postgresql_url: str, driver: str) -> None:
        db = RelationalLineaDB(postgresql_url.replace("postgresql://", f"postgresql+{driver}://"))
        assert saved(db).version == 0
        db.close()

    def test_is_not_imported_for_sqlite(self, sqlite_url: str) -> None:
        run(
            """
import sys
from lineapy.db.db import RelationalLineaDB
from tests.store.given import saved
db = RelationalLineaDB(sys.argv[1])
saved(db)
db.close()
assert not {"psycopg", "psycopg2"} & sys.modules.keys()
""",
            sqlite_url,
        )


class TestParametersOfTheUrl:
    def test_reach_the_server(self, postgresql_url: str, postgresql_server: PostgreSQLServer) -> None:
        db = RelationalLineaDB(f"{postgresql_url}?application_name=the-team&connect_timeout=3")
        saved(db)
        names = postgresql_server.execute(
            "SELECT application_name FROM pg_stat_activity WHERE datname = %s", (database_of(postgresql_url),)
        )
        assert names == [("the-team",)]
        db.close()

    def test_may_give_stores_schemas_of_their_own(
        self, postgresql_url: str, postgresql_db: RelationalLineaDB
    ) -> None:
        with_schemas(postgresql_url, "one", "two")
        stores = [
            RelationalLineaDB(f"{postgresql_url}?options=-csearch_path%3D{name}") for name in ("one", "two")
        ]
        assert [saved(store).version for store in (*stores, stores[0], postgresql_db)] == [0, 0, 1, 0]
        assert [store.count() for store in (*stores, postgresql_db)] == [2, 1, 1]
        for store in stores:
            store.close()

    def test_that_name_a_schema_that_is_missing_are_found_out(self, postgresql_url: str) -> None:
        db = RelationalLineaDB(f"{postgresql_url}?options=-csearch_path%3Dnowhere")
        assert db.artifacts() == []
        for use in (db.probe, lambda: saved(db)):
            with pytest.raises(StoreError, match=r"The schema named by search_path does not exist"):
                use()
        db.close()

    def test_may_ask_for_tls_with_a_certificate(
        self, postgresql_url: str, postgresql_server: PostgreSQLServer
    ) -> None:
        url = postgresql_server.tls_url(database_of(postgresql_url))
        certificate = postgresql_server.root_certificate
        db = RelationalLineaDB(f"{url}?sslmode=verify-full&sslrootcert={certificate}")
        assert saved(db).version == 0
        db.close()

    def test_may_ask_for_tls_which_the_server_does_not_have(self, postgresql_url: str) -> None:
        db = RelationalLineaDB(f"{postgresql_url}?sslmode=require")
        with pytest.raises(DatabaseUnreachableError, match=r"(?i)ssl.*Check sslmode"):
            saved(db)

    def test_may_ask_for_a_certificate_which_the_server_does_not_have(
        self, postgresql_url: str, postgresql_server: PostgreSQLServer, tmp_path: Path
    ) -> None:
        url = postgresql_server.tls_url(database_of(postgresql_url), host="localhost")
        db = RelationalLineaDB(f"{url}?sslmode=verify-full&sslrootcert={tmp_path}/none.pem")
        with pytest.raises(DatabaseUnreachableError, match=r"certificate"):
            saved(db)


class TestAServerThatCannotBeUsed:
    @pytest.mark.parametrize(
        "wrong, why",
        [
            (
                lambda url: url.replace(PASSWORD, "guess"),
                "password authentication failed.*Check user and password",
            ),
            (lambda url: url.replace("postgresuser", "nobody"), "password authentication failed"),
            (lambda url: url + "-gone", "does not exist.*Check the database's name"),
            (lambda url: url.replace("127.0.0.1", "db.invalid"), "Check the host"),
        ],
        ids=["password", "user", "database", "host"],
    )
    def test_says_what_is_wrong(self, postgresql_url: str, wrong: Callable[[str], str], why: str) -> None:
        db = RelationalLineaDB(wrong(postgresql_url))
        for use in (db.artifacts, db.probe, lambda: saved(db)):
            with pytest.raises(DatabaseUnreachableError, match=f"(?s)cannot be reached.*{why}") as caught:
                use()
            assert PASSWORD not in str(caught.value)
            assert "guess" not in str(caught.value)
            assert "\n" not in str(caught.value)

    def test_says_that_the_role_may_not_log_in(
        self, postgresql_url: str, postgresql_server: PostgreSQLServer
    ) -> None:
        postgresql_server.execute("DROP ROLE IF EXISTS locked_out")
        postgresql_server.execute("CREATE ROLE locked_out NOLOGIN PASSWORD 'lovelace'")
        db = RelationalLineaDB(
            postgresql_server.url(database_of(postgresql_url), user="locked_out", password="lovelace")
        )
        with pytest.raises(
            DatabaseUnreachableError, match=r"not permitted to log in.*ALTER ROLE <user> LOGIN"
        ):
            saved(db)

    def test_says_that_it_does_not_answer(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            url = f"postgresql://ada@127.0.0.1:{deaf.getsockname()[1]}/team?connect_timeout=1"
            with pytest.raises(
                DatabaseUnreachableError, match=r"(?i)timeout.*connect_timeout=<seconds> waits longer"
            ):
                saved(RelationalLineaDB(url))

    def test_says_that_tables_may_not_be_created(
        self, postgresql_url: str, postgresql_server: PostgreSQLServer
    ) -> None:
        url = a_guest(postgresql_url, postgresql_server)
        as_owner(postgresql_url, "REVOKE CREATE ON SCHEMA public FROM public")
        db = RelationalLineaDB(url)
        assert db.artifacts() == []
        for use in (db.probe, db.upgrade, lambda: saved(db)):
            with pytest.raises(
                StoreError, match=r"permission denied.*GRANT USAGE, CREATE ON SCHEMA public TO <user>"
            ):
                use()
        db.close()

    def test_says_that_tables_of_others_may_not_be_used(
        self, postgresql_url: str, postgresql_db: RelationalLineaDB, postgresql_server: PostgreSQLServer
    ) -> None:
        saved(postgresql_db)
        guest = RelationalLineaDB(a_guest(postgresql_url, postgresql_server))
        for use in (guest.artifacts, guest.probe, lambda: saved(guest)):
            with pytest.raises(StoreError, match=r"permission denied.*GRANT ALL ON ALL TABLES"):
                use()
        as_owner(postgresql_url, "GRANT ALL ON ALL TABLES IN SCHEMA public TO public")
        as_owner(postgresql_url, "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO public")
        guest.probe()
        assert saved(guest).version == 1
        guest.close()

    def test_that_is_read_only_can_be_read_and_says_so_to_a_save(
        self, postgresql_url: str, postgresql_db: RelationalLineaDB
    ) -> None:
        saved(postgresql_db)
        as_owner(
            postgresql_url,
            f'ALTER DATABASE "{database_of(postgresql_url)}" SET default_transaction_read_only = on',
        )
        db = RelationalLineaDB(postgresql_url)
        assert db.count() == 1
        for use in (db.probe, lambda: saved(db)):
            with pytest.raises(StoreError, match=r"read-only.*Use the URL of the primary server"):
                use()
        db.close()

    def test_says_that_its_disk_is_full_and_nothing_was_kept(
        self, postgresql_url: str, postgresql_db: RelationalLineaDB
    ) -> None:
        saved(postgresql_db)
        as_owner(
            postgresql_url,
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$",
        )
        as_owner(
            postgresql_url,
            "CREATE TRIGGER full_disk BEFORE INSERT ON lineapy_artifact EXECUTE FUNCTION full_disk()",
        )
        with pytest.raises(StoreError, match=r"No space left on device.*The server's disk is full"):
            saved(postgresql_db)
        as_owner(postgresql_url, "DROP TRIGGER full_disk ON lineapy_artifact")
        assert saved(postgresql_db).version == 1

    def test_says_that_a_name_is_too_long_for_its_index(self, postgresql_db: RelationalLineaDB) -> None:
        saved(postgresql_db)
        name = os.urandom(4000).hex()
        with pytest.raises(StoreError, match=r"Choose a shorter name"):
            saved(postgresql_db, name)
        assert [artifact.name for artifact in postgresql_db.artifacts()] == ["model"]

    def test_says_that_its_encoding_lacks_a_character(
        self, postgresql_server: PostgreSQLServer, postgresql_url: str
    ) -> None:
        database = database_of(postgresql_url) + "_latin1"
        postgresql_server.execute(
            f'CREATE DATABASE "{database}" OWNER postgresuser ENCODING LATIN1 TEMPLATE template0'
        )
        db = RelationalLineaDB(postgresql_server.url(database))
        assert saved(db, "naïve").name == "naïve"
        with pytest.raises(StoreError, match=r"Use a database with encoding UTF8"):
            saved(db, "✓")
        assert db.find_artifact("naïve").version == 0
        db.close()
        postgresql_server.drop_database(postgresql_server.url(database))

    @pytest.mark.parametrize(
        "limit, why",
        [
            ("lock_timeout", "Another transaction has been in the way"),
            ("statement_timeout", "raise statement_timeout"),
        ],
    )
    def test_says_that_another_program_holds_on_to_a_name(
        self, postgresql_url: str, postgresql_db: RelationalLineaDB, limit: str, why: str
    ) -> None:
        import psycopg

        saved(postgresql_db)
        db = RelationalLineaDB(f"{postgresql_url}?options=-c%20{limit}%3D200")
        with psycopg.connect(postgresql_url) as other:
            other.execute("SELECT * FROM lineapy_artifact_counter FOR UPDATE")
            with pytest.raises(StoreError, match=why):
                saved(db)
            assert db.versions("model") == [0]
            assert saved(db, "another name").version == 0
        assert saved(db).version == 1
        db.close()

    def test_is_not_waited_for_for_ever_by_default(self, postgresql_db: RelationalLineaDB) -> None:
        saved(postgresql_db)
        query = (
            "SELECT current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')"
        )
        limits = postgresql_db._connections.write(lambda connection: connection.exec_driver_sql(query).one())
        assert tuple(limits) == ("30s", "30s")


class TestAConnectionThatBreaks:
    """A save survives it, and is there exactly once, whatever was being said at that moment."""

    STATEMENTS = (
        b"BEGIN",
        b"pg_advisory_xact_lock_shared",
        b"lineapy_schema_version",
        b"INSERT INTO lineapy_session",
        b"INSERT INTO lineapy_artifact_counter",
        b"INSERT INTO lineapy_artifact ",
        b"COMMIT",
    )

    @pytest.mark.parametrize("said", STATEMENTS)
    def test_before_the_server_hears_a_statement(
        self, far_db: RelationalLineaDB, network: UnreliableNetwork, said: bytes
    ) -> None:
        network.cut_before(said)
        assert saved(far_db).version == 1
        assert network.happened == 1
        assert far_db.versions("model") == [0, 1]

    @pytest.mark.parametrize("said", STATEMENTS)
    def test_before_the_server_answers(
        self, far_db: RelationalLineaDB, network: UnreliableNetwork, said: bytes
    ) -> None:
        network.cut_after(said)
        assert saved(far_db).version == 1
        assert network.happened == 1
        assert far_db.versions("model") == [0, 1]
        assert saved(far_db).version == 2

    @pytest.mark.parametrize("said", STATEMENTS)
    def test_because_an_administrator_ends_it(
        self,
        far_db: RelationalLineaDB,
        network: UnreliableNetwork,
        postgresql_url: str,
        postgresql_server: PostgreSQLServer,
        said: bytes,
    ) -> None:
        network.meanwhile(said, lambda: postgresql_server.disconnect_everybody(postgresql_url))
        assert saved(far_db).version == 1
        assert network.happened == 1
        assert far_db.versions("model") == [0, 1]

    def test_when_deleting_is_committed_already(
        self, far_db: RelationalLineaDB, network: UnreliableNetwork
    ) -> None:
        network.cut_after(b"COMMIT")
        far_db.delete_artifacts("model", [0])
        assert (network.happened, far_db.count()) == (1, 0)
        network.cut_after(b"COMMIT")
        far_db.restore_artifacts("model", [0])
        assert (network.happened, far_db.count()) == (2, 1)

    def test_while_reading(self, far_db: RelationalLineaDB, network: UnreliableNetwork) -> None:
        network.cut_before(b"lineapy_artifact.")
        assert far_db.versions("model") == [0]
        assert network.happened == 1

    def test_twice_is_an_error(self, far_db: RelationalLineaDB, network: UnreliableNetwork) -> None:
        network.cut_before(b"COMMIT")
        network.cut_before(b"COMMIT")
        with pytest.raises(
            DatabaseUnreachableError, match=r"broke, twice in a row.*nothing is stored in part"
        ):
            saved(far_db)
        assert far_db.versions("model") == [0]
        assert saved(far_db).version == 1


class TestAServerThatIsRestarted:
    @pytest.mark.parametrize("at_once", [False, True], ids=["stopped", "crashed"])
    def test_between_saves_is_connected_to_again(
        self, postgresql_db: RelationalLineaDB, postgresql_server: PostgreSQLServer, at_once: bool
    ) -> None:
        for version in range(3):
            assert saved(postgresql_db).version == version
            postgresql_server.restart(at_once=at_once)
        assert postgresql_db.versions("model") == [0, 1, 2]

    @pytest.mark.parametrize("said", [b"INSERT INTO lineapy_artifact ", b"COMMIT"])
    def test_in_the_middle_of_a_save_is_waited_for(
        self,
        far_db: RelationalLineaDB,
        network: UnreliableNetwork,
        postgresql_server: PostgreSQLServer,
        said: bytes,
    ) -> None:
        network.meanwhile(said, lambda: postgresql_server.stop(at_once=True))
        with ThreadPoolExecutor() as other_thread:
            save = other_thread.submit(saved, far_db)
            while postgresql_server.is_running:
                time.sleep(0.01)
            time.sleep(0.5)
            postgresql_server.start()
            assert save.result().version == 1
        assert network.happened == 1
        assert far_db.versions("model") == [0, 1]

    def test_and_does_not_come_back_is_an_error(
        self, postgresql_url: str, postgresql_server: PostgreSQLServer
    ) -> None:
        db = RelationalLineaDB(f"{postgresql_url}?connect_timeout=2")
        saved(db)
        postgresql_server.stop()
        for use in (db.artifacts, lambda: saved(db)):
            with pytest.raises(DatabaseUnreachableError, match=r"refused.*Start the server"):
                use()
        postgresql_server.start()
        assert saved(db).version == 1
        db.close()


class TestAProgramThatDies:
    def test_in_the_middle_of_a_save_leaves_nothing_and_holds_nobody_up(
        self, postgresql_url: str, postgresql_db: RelationalLineaDB
    ) -> None:
        saved(postgresql_db)
        process = start(
            """
import sys, time
from lineapy.db import changes
from lineapy.db.db import RelationalLineaDB
from tests.store.given import a_session, an_artifact
db = RelationalLineaDB(sys.argv[1])
def action(connection):
    changes.save_artifact(connection, an_artifact(), a_session(), [], [])
    print("saved, but not committed", flush=True)
    time.sleep(600)
db._connections.write(action)
""",
            postgresql_url,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "saved, but not committed\n"
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert saved(postgresql_db).version == 1
        assert postgresql_db.count() == 2


def test_a_save_that_is_repeated_is_one_save(db: RelationalLineaDB) -> None:
    new, session = an_artifact(), a_session()
    first = db.save_artifact(new, session, [], [])
    assert db.save_artifact(new, session, [], []) == first
    assert db.versions("model") == [0]


def test_another_default_isolation_does_not_mix_up_versions(postgresql_url: str) -> None:
    as_owner(
        postgresql_url,
        f'ALTER DATABASE "{database_of(postgresql_url)}" SET default_transaction_isolation = serializable',
    )
    db = RelationalLineaDB(postgresql_url)
    threads = [
        threading.Thread(target=lambda: [saved(db, value=a_stored_value()) for _ in range(10)])
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.versions("model") == list(range(60))
    db.close()


def as_owner(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def with_schemas(url: str, *names: str) -> None:
    for name in names:
        as_owner(url, f"CREATE SCHEMA {name}")


def a_guest(url: str, server: PostgreSQLServer) -> str:
    """The URL for a role that owns nothing."""
    server.execute("DROP ROLE IF EXISTS guest")
    server.execute("CREATE ROLE guest LOGIN PASSWORD 'lovelace'")
    return server.url(database_of(url), user="guest", password="lovelace")
