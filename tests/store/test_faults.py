"""What goes wrong around a store, done for real: the program sees the documented error, nothing is lost, nothing half
written is visible, and the next save works when it is over.
"""

from __future__ import annotations

import datetime as datetime_module
import os
import pickle
import shutil
import sqlite3
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lineapy.config import Config
from lineapy.errors import (
    DatabaseUnreachableError,
    DigestMismatchError,
    StoreError,
    UntrustedFormatError,
    ValueMissingError,
)
from lineapy.maintenance.gc import collect
from lineapy.store import Store
from tests.servers.faults import CutUpload, Fault, Hang, HTTPFaultProxy, LoseAnswer, Refuse, TCPFaultProxy
from tests.servers.postgresql import PASSWORD, PostgreSQLServer
from tests.servers.s3 import S3Server
from tests.store.faults.notebook import check_store, is_mark, notebook, on_disk, seen_by_others, value_files

# -- S3

OUTAGES = [
    pytest.param(Refuse(500, "InternalError"), id="internal error"),
    pytest.param(Refuse(503, "SlowDown"), id="throttled"),
    pytest.param(Hang(), id="no answer"),
    pytest.param(CutUpload(1000), id="reset in mid-upload"),
]

#: As source text: one goes as one request, the other in parts.
VALUES = [pytest.param("[1, 2, 3]", id="small"), pytest.param("bytes(20_000_000)", id="in parts")]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """s3fs itself tries each request five times, and waits longer each time; no option says otherwise."""
    import s3fs  # type: ignore[import-untyped]

    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)


@pytest.fixture
def on_s3(tmp_path: Path, s3: S3Server, s3_faults: HTTPFaultProxy, impatient: None) -> Config:
    """Values on S3 by way of a proxy that does harm; clients that give up soon, so that the tests do not wait."""
    soon = {"connect_timeout": 2, "read_timeout": 3, "retries": {"max_attempts": 0}}
    return on_disk(
        tmp_path / "home",
        artifact_storage_dir=s3.new_location(),
        storage_options={**s3.storage_options, "endpoint_url": s3_faults.endpoint_url, "config_kwargs": soon},
    )


@pytest.mark.parametrize("fault", OUTAGES)
@pytest.mark.parametrize("value", VALUES)
def test_saving_to_an_s3_that_fails_is_an_error_and_works_again_afterwards(
    on_s3: Config, s3: S3Server, s3_faults: HTTPFaultProxy, fault: Fault, value: str
) -> None:
    with notebook(on_s3) as program:
        program.save("'before'")
        before = s3.keys(on_s3.artifact_storage_dir)
        s3_faults.inject(fault)

        with pytest.raises(
            StoreError, match=r"could not be written to s3://.*Make sure that .*reachable"
        ) as raised:
            program.save(value)

        assert s3_faults.harmed
        assert "moto-secret" not in str(raised.value)
        assert s3.keys(on_s3.artifact_storage_dir) == before
        s3_faults.heal()
        check_store(on_s3, {("model", 0): "before"})
        program.save(value)

    check_store(on_s3, {("model", 0): "before", ("model", 1): eval(value)})


@pytest.mark.parametrize(
    "fault", [Refuse(500, "InternalError"), Refuse(503, "SlowDown"), CutUpload(1000), LoseAnswer()], ids=str
)
def test_an_s3_that_fails_once_is_not_noticed(
    on_s3: Config, s3_faults: HTTPFaultProxy, fault: Fault, tmp_path: Path
) -> None:
    # With the number of retries that users have.
    options = {**(on_s3.storage_options or {}), "config_kwargs": {"read_timeout": 5}}
    config = on_disk(
        tmp_path / "home", artifact_storage_dir=on_s3.artifact_storage_dir, storage_options=options
    )
    with notebook(config) as program:
        program.save("'before'")
        s3_faults.inject(fault, times=1)

        program.save("[1, 2, 3]")

    assert len(s3_faults.harmed) == 1
    check_store(config, {("model", 0): "before", ("model", 1): [1, 2, 3]})


@pytest.mark.parametrize("fault", OUTAGES[:3])
def test_loading_from_an_s3_that_fails_is_an_error_and_works_again_afterwards(
    on_s3: Config, s3_faults: HTTPFaultProxy, fault: Fault
) -> None:
    with notebook(on_s3) as program:
        program.save("[1, 2, 3]")
    s3_faults.inject(fault, methods="GET HEAD")

    with seen_by_others(on_s3) as artifacts:
        with pytest.raises(
            StoreError, match=r"could not be read from s3://.*Make sure that .*reachable"
        ) as raised:
            artifacts["model", 0].get_value()
        # Whether the value is there is not known: that it is missing would be a lie.
        assert not isinstance(raised.value, (ValueMissingError, DigestMismatchError))
        assert "x = [1, 2, 3]" in artifacts["model", 0].get_code()
        s3_faults.heal()
        assert artifacts["model", 0].get_value() == [1, 2, 3]


# -- PostgreSQL


@pytest.fixture
def on_postgresql(tmp_path: Path, postgresql_url: str, postgresql_faults: TCPFaultProxy) -> Config:
    """Metadata in PostgreSQL by way of a proxy that cuts connections, values on disk."""
    head, _, database = postgresql_url.rpartition("/")
    return on_disk(
        tmp_path / "home",
        database_url=f"{head.rpartition(':')[0]}:{postgresql_faults.port}/{database}?connect_timeout=2",
        artifact_storage_dir=str(tmp_path / "values"),
        database_fallback=False,
    )


# What the client sends: a text ends with a zero byte there, which sets the statement apart from READ COMMITTED.
IN_TRANSACTION = pytest.param(b"INSERT INTO lineapy_artifact ", False, id="in mid-transaction")
BEFORE_COMMIT = pytest.param(b"COMMIT\0", False, id="before COMMIT arrives")
AFTER_COMMIT = pytest.param(b"COMMIT\0", True, id="before COMMIT is confirmed")


@pytest.mark.parametrize("text, delivered", [IN_TRANSACTION, BEFORE_COMMIT, AFTER_COMMIT])
def test_a_connection_that_is_reset_once_is_not_noticed(
    on_postgresql: Config, postgresql_faults: TCPFaultProxy, text: bytes, delivered: bool
) -> None:
    with notebook(on_postgresql) as program:
        program.save("'before'")
        postgresql_faults.cut_at(text, delivered=delivered)

        program.save("[1, 2, 3]")
        program.save("'after'")

    assert postgresql_faults.cuts == 1
    check_store(on_postgresql, {("model", 0): "before", ("model", 1): [1, 2, 3], ("model", 2): "after"})


@pytest.mark.parametrize("text, delivered", [IN_TRANSACTION, BEFORE_COMMIT, AFTER_COMMIT])
def test_connections_that_are_reset_again_and_again_are_an_error_and_saving_works_afterwards(
    on_postgresql: Config, postgresql_faults: TCPFaultProxy, text: bytes, delivered: bool
) -> None:
    with notebook(on_postgresql) as program:
        program.save("'before'")
        postgresql_faults.cut_at(text, delivered=delivered, times=100)

        with pytest.raises(
            DatabaseUnreachableError, match=r"connection to the database .*Try again"
        ) as raised:
            program.save("[1, 2, 3]")

        assert PASSWORD not in str(raised.value)
        postgresql_faults.heal()
        program.save("'after'")

    # What was committed, although nobody was told, is there whole; otherwise there is nothing of it.
    expected: list[Any] = ["before", [1, 2, 3], "after"] if delivered else ["before", "after"]
    check_store(on_postgresql, {("model", version): value for version, value in enumerate(expected)})


def test_the_very_first_save_survives_a_reset(
    on_postgresql: Config, postgresql_faults: TCPFaultProxy
) -> None:
    postgresql_faults.cut_at(b"CREATE TABLE", delivered=False)

    with notebook(on_postgresql) as program:
        program.save("'first'")

    assert postgresql_faults.cuts == 1
    check_store(on_postgresql, {("model", 0): "first"})


def test_a_server_that_is_gone_is_an_error_and_saving_works_when_it_is_back(
    on_postgresql: Config, postgresql_server: PostgreSQLServer
) -> None:
    with notebook(on_postgresql) as program:
        program.save("'before'")
        postgresql_server.stop()

        with pytest.raises(DatabaseUnreachableError) as raised:
            program.save("[1, 2, 3]")

        assert PASSWORD not in str(raised.value)
        postgresql_server.start()
        program.save("'after'")

    check_store(on_postgresql, {("model", 0): "before", ("model", 1): "after"})


@pytest.mark.parametrize("at_once", [False, True], ids=["restarted", "crashed"])
def test_a_server_that_is_restarted_between_saves_is_not_noticed(
    on_postgresql: Config, postgresql_server: PostgreSQLServer, at_once: bool
) -> None:
    with notebook(on_postgresql) as program:
        program.save("'before'")
        postgresql_server.restart(at_once=at_once)
        program.save("'after'")

        postgresql_server.restart(at_once=at_once)
        program.run("found = lineapy.get('model', 1).get_value()\nassert found == 'after'")

    check_store(on_postgresql, {("model", 0): "before", ("model", 1): "after"})


def test_a_session_that_the_administrator_ends_is_not_noticed(
    on_postgresql: Config, postgresql_server: PostgreSQLServer, postgresql_url: str
) -> None:
    with notebook(on_postgresql) as program:
        program.save("'before'")
        assert postgresql_server.disconnect_everybody(postgresql_url) > 0
        program.save("'after'")

    check_store(on_postgresql, {("model", 0): "before", ("model", 1): "after"})


# -- the clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime_module.timedelta], None]:
    """Sets every clock that LineaPy reads."""
    real = datetime_module.datetime
    shift = [datetime_module.timedelta()]

    class Shifted(real):  # type: ignore[misc, valid-type]
        @classmethod
        def now(cls, tz: datetime_module.tzinfo | None = None) -> datetime_module.datetime:
            return real.now(tz) + shift[0]

    def set_clock(by: datetime_module.timedelta) -> None:
        shift[0] = by
        for name, module in list(sys.modules.items()):
            if name.startswith("lineapy") and vars(module).get("datetime") is real:
                monkeypatch.setattr(module, "datetime", Shifted)
            elif name.startswith("lineapy") and vars(module).get("datetime") is datetime_module:
                monkeypatch.setattr(
                    module,
                    "datetime",
                    types.SimpleNamespace(**{**vars(datetime_module), "datetime": Shifted}),
                )

    return set_clock


def test_order_and_latest_do_not_depend_on_the_clock(
    tmp_path: Path, clock: Callable[[datetime_module.timedelta], None]
) -> None:
    config = on_disk(tmp_path / "home")
    years = datetime_module.timedelta(days=3650)
    with notebook(config) as program:
        program.save("'today'")
        clock(-years)
        program.save("'ten years ago'")
        clock(-2 * years)
        program.save("'twenty years ago'")
        program.run("latest = lineapy.get('model').get_value()\nassert latest == 'twenty years ago'")

    with seen_by_others(config) as artifacts:
        assert [version for _, version in artifacts] == [0, 1, 2]
        dates = [artifact.date_created for artifact in artifacts.values()]
        assert dates == sorted(dates, reverse=True), "the clock did go backwards"
    check_store(
        config, {("model", 0): "today", ("model", 1): "ten years ago", ("model", 2): "twenty years ago"}
    )


@pytest.mark.parametrize("years", [-10, 0, 10])
def test_a_clock_that_was_wrong_at_saving_does_not_make_gc_remove_what_is_needed(
    tmp_path: Path, clock: Callable[[datetime_module.timedelta], None], years: int
) -> None:
    config = on_disk(tmp_path / "home")
    clock(datetime_module.timedelta(days=365 * years))
    with notebook(config) as program:
        program.save("'kept'")
        program.save("'deleted'", "gone")
        program.run("lineapy.delete('gone', 'latest')")
    for file in value_files(config):
        moment = time.time() + 365 * 86_400 * years
        os.utime(file, (moment, moment))
    clock(datetime_module.timedelta())

    store = Store(lambda: config)
    collected = collect(store.db, store.values, datetime_module.timedelta(days=7), delete=True)
    store.close()

    # What was deleted in the future, or just now, was deleted too lately to be removed for good.
    assert [record.name for record in collected.artifacts] == (["gone"] if years < 0 else [])
    check_store(config, {("model", 0): "kept"})
    assert len(value_files(config)) == (1 if years < 0 else 2)


def test_after_the_clock_went_back_gc_takes_new_files_for_young(
    tmp_path: Path, clock: Callable[[datetime_module.timedelta], None]
) -> None:
    config = on_disk(tmp_path / "home")
    with notebook(config) as program:
        program.save("'before'")
    store = Store(lambda: config)
    # Another program has published its value, and is about to store the artifact.
    stored = store.values.write("'on its way'")
    clock(-datetime_module.timedelta(days=1))

    collected = collect(store.db, store.values, datetime_module.timedelta(hours=1), delete=True)

    assert [location.files for location in collected.locations] == [()]
    assert store.values.read(stored) == "'on its way'"
    store.close()


# -- damaged files


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


DAMAGES = [
    pytest.param(flip, "SHA-256", id="a bit flipped"),
    pytest.param(lambda content: content[:-1], "shorter", id="truncated"),
    pytest.param(lambda content: b"", "shorter", id="emptied"),
    pytest.param(lambda content: content + b"\0", "longer", id="grown"),
]


@pytest.mark.parametrize("damage, difference", DAMAGES)
def test_a_damaged_value_is_not_loaded_and_can_be_saved_again(
    tmp_path: Path, damage: Callable[[bytes], bytes], difference: str
) -> None:
    config = on_disk(tmp_path / "home")
    with notebook(config) as program:
        program.save("{'weights': [1.5, 2.5]}")
        [file] = value_files(config)
        program.save("'another'")
        write_over(file, damage(file.read_bytes()))
        damaged = file.read_bytes()

        with seen_by_others(config) as artifacts:
            with pytest.raises(DigestMismatchError, match=f"{difference}.*running the artifact's code"):
                artifacts["model", 0].get_value()
            assert artifacts["model", 1].get_value() == "another"
            assert "weights" in artifacts["model", 0].get_code()

        program.save("{'weights': [1.5, 2.5]}")

    assert file.read_bytes() == damaged, "evidence is not overwritten"
    with seen_by_others(config) as artifacts:
        assert artifacts["model", 2].get_value() == {"weights": [1.5, 2.5]}


@pytest.mark.parametrize("damage, difference", DAMAGES)
def test_a_damaged_object_on_s3_is_not_loaded_and_can_be_saved_again(
    on_s3: Config, s3: S3Server, damage: Callable[[bytes], bytes], difference: str
) -> None:
    with notebook(on_s3) as program:
        program.save("{'weights': [1.5, 2.5]}")
        [key] = [key for key in s3.keys(on_s3.artifact_storage_dir) if not is_mark(key)]
        bucket, _, folder = on_s3.artifact_storage_dir.removeprefix("s3://").partition("/")
        where = {"Bucket": bucket, "Key": f"{folder}/{key}"}
        content = s3.client().get_object(**where)["Body"].read()
        s3.client().put_object(**where, Body=damage(content))

        with (
            seen_by_others(on_s3) as artifacts,
            pytest.raises(DigestMismatchError, match=f"{difference}.*running the artifact's code"),
        ):
            artifacts["model", 0].get_value()

        program.save("{'weights': [1.5, 2.5]}")

    with seen_by_others(on_s3) as artifacts:
        assert artifacts["model", 1].get_value() == {"weights": [1.5, 2.5]}


class Trap:
    """Leaves a trace when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self._trace),)


def test_the_code_in_a_tampered_pickle_never_runs(tmp_path: Path) -> None:
    config, trace = on_disk(tmp_path / "home"), tmp_path / "was here"
    with notebook(config) as program:
        program.save("complex(1, 2)")
    [file] = value_files(config)
    assert file.suffix == ".pickle"
    trap = pickle.dumps(Trap(trace))
    pickle.loads(trap)
    assert trace.is_dir(), "the trap works"
    trace.rmdir()
    write_over(file, trap)

    with seen_by_others(config) as artifacts:
        for _ in range(2):
            with pytest.raises(DigestMismatchError, match="was not loaded"):
                artifacts["model", 0].get_value()

    assert not trace.exists()


def test_not_even_an_untouched_pickle_runs_where_only_trusted_types_are_loaded(tmp_path: Path) -> None:
    config, trace = on_disk(tmp_path / "home"), tmp_path / "was here"
    with notebook(config) as program:
        program.run(
            "import os\n"
            "class Trap:\n"
            f"    def __reduce__(self): return os.mkdir, ({str(trace)!r},)\n"
            "trap = Trap()\n"
            "lineapy.save(trap, 'model')\n"
        )
        program.save("[1, 2]", "plain")
    strict = on_disk(tmp_path / "home", trusted_types_only=True)

    with seen_by_others(strict) as artifacts:
        with pytest.raises(UntrustedFormatError, match="trusted_types_only"):
            artifacts["model", 0].get_value()
        assert not trace.exists()
        assert artifacts["plain", 0].get_value() == [1, 2]


def test_a_value_that_somebody_deleted_is_an_error_and_can_be_saved_again(tmp_path: Path) -> None:
    config = on_disk(tmp_path / "home")
    with notebook(config) as program:
        program.save("[1, 2]")
        [file] = value_files(config)
        file.unlink()

        with seen_by_others(config) as artifacts:
            with pytest.raises(ValueMissingError, match="running the artifact's code"):
                artifacts["model", 0].get_value()
            assert "x = [1, 2]" in artifacts["model", 0].get_code()
        program.save("[1, 2]")

    check_store(config, {("model", 0): [1, 2], ("model", 1): [1, 2]})


# -- the database file


def test_a_damaged_database_is_an_error_and_is_left_as_it_is(tmp_path: Path) -> None:
    config = on_disk(tmp_path / "home")
    with notebook(config) as program:
        program.save("'before'")
    database = tmp_path / "home" / "db.sqlite"
    good = database.read_bytes()
    damaged = b"not a database at all" + good[21:]
    database.write_bytes(damaged)

    with notebook(config) as program:
        with pytest.raises(StoreError, match=r"not a database.*Restore it from a copy"):
            program.save("'after'")
        with pytest.raises(StoreError, match=r"not a database.*Restore it from a copy"):
            program.run("lineapy.get('model')")
        assert database.read_bytes() == damaged

        restore(database, good)
        program.save("'after'")

    check_store(config, {("model", 0): "before", ("model", 1): "after"})


def test_damage_within_the_database_is_an_error_and_nothing_wrong_is_returned(tmp_path: Path) -> None:
    config = on_disk(tmp_path / "home")
    with notebook(config) as program:
        program.save("'before'")
    database = tmp_path / "home" / "db.sqlite"
    good = database.read_bytes()
    page = sqlite_page_of(database, "lineapy_artifact")
    database.write_bytes(good[: page.start] + b"\xff" * len(page) + good[page.stop :])

    with notebook(config) as program:
        with pytest.raises(StoreError, match=r"malformed.*Restore it from a copy"):
            program.run("lineapy.get('model').get_value()")
        with pytest.raises(StoreError, match=r"malformed.*Restore it from a copy"):
            program.save("'after'")

        restore(database, good)
        program.save("'after'")

    check_store(config, {("model", 0): "before", ("model", 1): "after"})


def test_a_truncated_database_is_an_error(tmp_path: Path) -> None:
    config = on_disk(tmp_path / "home")
    with notebook(config) as program:
        program.save("'before'")
    database = tmp_path / "home" / "db.sqlite"
    good = database.read_bytes()
    database.write_bytes(good[: len(good) // 2])

    with notebook(config) as program:
        with pytest.raises(StoreError, match=r"malformed.*Restore it from a copy"):
            program.save("'after'")
        restore(database, good)
        program.save("'after'")

    check_store(config, {("model", 0): "before", ("model", 1): "after"})


def test_after_the_database_is_deleted_in_mid_session_the_next_save_makes_a_whole_one(tmp_path: Path) -> None:
    config = on_disk(tmp_path / "home")
    with notebook(config) as program:
        program.run("base = [1]")
        program.save("base + [2]")
        for path in (tmp_path / "home").glob("db.sqlite*"):
            path.unlink()

        program.save("base + [3]")

    # Its code needs what was stored in the database that is gone.
    check_store(config, {("model", 0): [1, 3]})


def test_after_the_whole_home_is_deleted_in_mid_session_the_next_save_makes_a_whole_one(
    tmp_path: Path,
) -> None:
    config = on_disk(tmp_path / "home")
    with notebook(config) as program:
        program.run("base = [1]")
        program.save("base + [2]")
        shutil.rmtree(tmp_path / "home")

        program.save("base + [3]")

    check_store(config, {("model", 0): [1, 3]})


def write_over(file: Path, content: bytes) -> None:
    """As somebody does who means it: the files are read-only."""
    file.chmod(0o644)
    file.write_bytes(content)


def restore(database: Path, content: bytes) -> None:
    """As a backup is put back: it replaces the file, and what SQLite keeps beside it."""
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()
    database.write_bytes(content)


def sqlite_page_of(database: Path, table: str) -> range:
    """Where the first page of a table is in the file."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        [(size,)] = connection.execute("PRAGMA page_size")
        [(number,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
    finally:
        connection.close()
    return range((number - 1) * size, number * size)
