"""What the database promises about artifacts, versions and sessions."""

from __future__ import annotations

import shutil
import sqlite3
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from lineapy.config import Config
from lineapy.db.db import RelationalLineaDB
from lineapy.db.records import ArtifactRecord, GraphPart, NewArtifact, SessionRecord, SourceRecord
from lineapy.errors import ArtifactNotFoundError, ConfigurationError, StoreError
from lineapy.ids import SessionId
from tests.store.given import a_session, a_stored_value, an_artifact, saved


class TestSaving:
    def test_what_was_saved_is_found_by_another_program(self, db: RelationalLineaDB, url: str) -> None:
        artifact = saved(db)
        assert RelationalLineaDB(url).find_artifact("model") == artifact

    def test_an_artifact_comes_back_whole(self, db: RelationalLineaDB) -> None:
        session, value = a_session(), a_stored_value()
        before = datetime.now(UTC)
        artifact = db.save_artifact(NewArtifact("iris", '{"slice": 7}', value, "array"), session, [], [])
        assert (artifact.name, artifact.version, artifact.session_id) == ("iris", 0, session.id)
        assert (artifact.target, artifact.value, artifact.value_type) == ('{"slice": 7}', value, "array")
        assert before <= artifact.date_created <= datetime.now(UTC)
        assert artifact.date_created.tzinfo is UTC

    def test_versions_of_a_name_count_from_zero(self, db: RelationalLineaDB) -> None:
        assert [saved(db, name).version for name in ("a", "a", "b", "a")] == [0, 1, 0, 2]

    def test_no_version_is_given_twice_even_after_a_delete(self, db: RelationalLineaDB) -> None:
        saved(db), saved(db)
        db.delete_artifacts("model", [1])
        assert saved(db).version == 2
        db.delete_artifacts("model", [0, 2])
        assert saved(db).version == 3

    def test_no_id_is_given_twice_even_after_a_delete(self, db: RelationalLineaDB) -> None:
        first = saved(db)
        db.delete_artifacts("model", [0])
        assert saved(db).id > first.id

    @pytest.mark.parametrize(
        "name",
        ["", " ", "naïve ✓", "it's; DROP TABLE", "a\0b", "not \udcff utf-8", "\ufffdjson:x", "n" * 5000],
    )
    def test_any_string_is_a_name(self, db: RelationalLineaDB, name: str) -> None:
        saved(db, "another")
        assert (saved(db, name).version, saved(db, name).version) == (0, 1)
        assert db.find_artifact(name).name == name
        assert db.versions(name) == [0, 1]

    def test_a_save_that_fails_leaves_nothing(self, db: RelationalLineaDB) -> None:
        saved(db)
        with pytest.raises(StoreError):
            saved(db, "other", session=a_session(kind="neither script nor notebook"))
        assert [(artifact.name, artifact.version) for artifact in db.artifacts()] == [("model", 0)]
        assert saved(db, "other").version == 0

    def test_a_moment_without_a_time_zone_is_refused(self, db: RelationalLineaDB) -> None:
        with pytest.raises(StoreError, match="time zone"):
            saved(db, session=a_session(created_at=datetime(2024, 1, 1)))  # noqa: DTZ001

    def test_a_store_deleted_meanwhile_is_made_anew(
        self, sqlite_db: RelationalLineaDB, sqlite_url: str, tmp_path: Path
    ) -> None:
        saved(sqlite_db), saved(sqlite_db)
        shutil.rmtree(tmp_path / "store")
        assert sqlite_db.artifacts() == []
        assert saved(sqlite_db).version == 0
        assert len(RelationalLineaDB(sqlite_url).artifacts()) == 1


class TestSessions:
    def test_a_session_comes_back_whole(self, db: RelationalLineaDB) -> None:
        session = a_session(kind="JUPYTER", script_path=None, working_directory="/not \udcff utf-8")
        sources = [SourceRecord(0, "cell 1", "x = 1"), SourceRecord(1, "cell 2", "naïve = '✓'")]
        parts = [GraphPart(0, b"\0\1"), GraphPart(1, b"")]
        db.save_artifact(an_artifact(), session, sources, parts)
        assert db.session(session.id) == session
        assert db.sources(session.id) == sources
        assert db.graph_parts(session.id) == parts

    def test_moments_come_back_in_utc(self, db: RelationalLineaDB) -> None:
        noon = datetime(2024, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
        session = a_session(created_at=noon)
        saved(db, session=session)
        created_at = db.session(session.id).created_at
        assert (created_at, created_at.tzinfo, created_at.hour) == (noon, UTC, 10)

    def test_a_session_grows_with_each_save(self, db: RelationalLineaDB) -> None:
        session = a_session()
        for number in range(3):
            source, part = SourceRecord(number, f"cell {number}", "x"), GraphPart(number, bytes([number]))
            db.save_artifact(an_artifact(), session, [source], [part])
        assert [source.number for source in db.sources(session.id)] == [0, 1, 2]
        assert [part.data for part in db.graph_parts(session.id)] == [b"\0", b"\1", b"\2"]

    def test_what_the_database_has_already_may_be_given_again(self, db: RelationalLineaDB) -> None:
        session = a_session()
        sources = [SourceRecord(number, "cell", str(number)) for number in range(3)]
        db.save_artifact(an_artifact(), session, sources[:2], [GraphPart(0, b"a")])
        db.save_artifact(an_artifact(), session, sources, [GraphPart(0, b"a"), GraphPart(1, b"b")])
        assert db.sources(session.id) == sources
        assert len(db.graph_parts(session.id)) == 2

    @pytest.mark.parametrize(
        "source, part",
        [
            (SourceRecord(0, "model.py", "y = 2"), GraphPart(0, b"graph")),
            (SourceRecord(0, "model.py", "x = 1"), GraphPart(0, b"another graph")),
        ],
    )
    def test_two_continuations_of_one_session_do_not_mix(
        self, db: RelationalLineaDB, source: SourceRecord, part: GraphPart
    ) -> None:
        session = a_session()
        db.save_artifact(
            an_artifact(), session, [SourceRecord(0, "model.py", "x = 1")], [GraphPart(0, b"graph")]
        )
        with pytest.raises(StoreError, match="continued in two processes"):
            db.save_artifact(an_artifact(), session, [source], [part])
        assert db.versions("model") == [0]

    def test_an_unknown_session_is_an_error(self, db: RelationalLineaDB) -> None:
        saved(db)
        with pytest.raises(StoreError, match="no session"):
            db.session(SessionId("0" * 32))
        assert db.sources(SessionId("0" * 32)) == []


class TestFinding:
    def test_the_newest_version_unless_one_is_named(self, db: RelationalLineaDB) -> None:
        first, second = saved(db), saved(db)
        assert db.find_artifact("model") == second
        assert db.find_artifact("model", 0) == first

    def test_the_newest_of_those_that_are_left(self, db: RelationalLineaDB) -> None:
        first = saved(db)
        saved(db)
        db.delete_artifacts("model", [1])
        assert db.find_artifact("model") == first

    def test_artifacts_are_listed_in_the_order_of_creation(self, db: RelationalLineaDB) -> None:
        made = [saved(db, name) for name in ("b", "a", "b")]
        assert db.artifacts() == made

    def test_a_missing_version_is_named_even_when_it_is_zero(self, db: RelationalLineaDB) -> None:
        saved(db), saved(db)
        db.delete_artifacts("model", [0])
        with pytest.raises(
            ArtifactNotFoundError, match=r"'model' with version 0: its versions are 1\."
        ) as caught:
            db.find_artifact("model", 0)
        assert "lineapy.artifact_store()" in str(caught.value)

    @pytest.mark.parametrize("version", [-1, 2**31, 10**30])
    def test_a_version_that_no_artifact_can_have_is_missing(
        self, db: RelationalLineaDB, version: int
    ) -> None:
        saved(db)
        for use in (
            lambda: db.find_artifact("model", version),
            lambda: db.delete_artifacts("model", [version]),
        ):
            with pytest.raises(ArtifactNotFoundError, match=f"with version {version}"):
                use()

    def test_a_mistyped_name_gets_the_nearest_ones(self, db: RelationalLineaDB) -> None:
        saved(db, "iris_model")
        with pytest.raises(
            ArtifactNotFoundError, match="'iris_modle': the names nearest to it are 'iris_model'"
        ):
            db.find_artifact("iris_modle")

    def test_a_mistyped_name_gets_the_nearest_of_very_many(self, db: RelationalLineaDB) -> None:
        session = a_session()
        names = [f"team-{number % 7}/report {number}" for number in range(1500)]
        db.import_artifacts(session, [], [], [a_record(session, name) for name in names])
        with pytest.raises(ArtifactNotFoundError, match="nearest to it are 'team-3/report 1018'"):
            db.find_artifact("team-3/reprot 1018")
        with pytest.raises(ArtifactNotFoundError, match="no name is like it"):
            db.find_artifact("q" * 40)

    def test_a_deleted_name_is_not_among_the_nearest(self, db: RelationalLineaDB) -> None:
        saved(db, "iris_model"), saved(db, "iris_model_2")
        db.delete_artifacts("iris_model", [0])
        with pytest.raises(ArtifactNotFoundError, match="nearest to it are 'iris_model_2'"):
            db.find_artifact("iris_modle")

    @pytest.mark.parametrize("name", ["", "a", "100%", "a_b", "\\", "a\0b"])
    def test_any_string_may_be_mistyped(self, db: RelationalLineaDB, name: str) -> None:
        saved(db)
        with pytest.raises(ArtifactNotFoundError, match="no name is like it"):
            db.find_artifact(name)

    def test_many_versions_are_summarised(self, db: RelationalLineaDB) -> None:
        for _ in range(12):
            saved(db)
        with pytest.raises(ArtifactNotFoundError, match="12 between 0 and 11"):
            db.find_artifact("model", 12)

    def test_not_finding_is_a_name_error_too(self, db: RelationalLineaDB) -> None:
        with pytest.raises(NameError):
            db.find_artifact("nothing")


class TestPages:
    def test_are_cut_from_the_list_at_either_end(self, db: RelationalLineaDB) -> None:
        made = [saved(db, name) for name in ("b", "a", "b", "c")]
        assert db.artifacts(limit=2) == made[:2]
        assert db.artifacts(offset=1, limit=2) == made[1:3]
        assert db.artifacts(offset=3) == made[3:]
        assert db.artifacts(newest_first=True) == made[::-1]
        assert db.artifacts(offset=1, limit=2, newest_first=True) == [made[2], made[1]]
        assert db.artifacts(offset=4, limit=2) == db.artifacts(limit=0) == []

    def test_leave_out_what_was_deleted(self, db: RelationalLineaDB) -> None:
        made = [saved(db) for _ in range(4)]
        db.delete_artifacts("model", [1, 3])
        assert db.artifacts(offset=1, limit=5) == [made[2]]
        assert db.artifacts(newest_first=True, limit=1) == [made[2]]
        assert [artifact.version for artifact in db.artifacts(offset=1, limit=2, with_deleted=True)] == [1, 2]

    def test_the_number_of_artifacts_is_that_of_the_list(self, db: RelationalLineaDB) -> None:
        assert db.count() == 0
        for _ in range(3):
            saved(db)
        db.delete_artifacts("model", [1])
        assert db.count() == len(db.artifacts()) == 2


class TestAStoreThatDoesNotExistYet:
    @pytest.mark.parametrize(
        "ask",
        [
            lambda db: db.artifacts(),
            lambda db: db.versions("model"),
            lambda db: db.sources(SessionId("0" * 32)),
            lambda db: db.graph_parts(SessionId("0" * 32)),
        ],
    )
    def test_is_empty_and_reading_creates_nothing(
        self, sqlite_db: RelationalLineaDB, tmp_path: Path, ask: Callable[[RelationalLineaDB], list[object]]
    ) -> None:
        assert ask(sqlite_db) == []
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "ask",
        [
            lambda db: db.find_artifact("model"),
            lambda db: db.delete_artifacts("model", [0]),
            lambda db: db.session(SessionId("0" * 32)),
        ],
    )
    def test_has_nothing_to_find_and_looking_creates_nothing(
        self, sqlite_db: RelationalLineaDB, tmp_path: Path, ask: Callable[[RelationalLineaDB], object]
    ) -> None:
        with pytest.raises((ArtifactNotFoundError, StoreError)):
            ask(sqlite_db)
        assert list(tmp_path.iterdir()) == []

    def test_is_an_empty_file_after_a_crash_at_the_first_moment(
        self, sqlite_db: RelationalLineaDB, tmp_path: Path
    ) -> None:
        (tmp_path / "store").mkdir()
        (tmp_path / "store/db.sqlite").touch()
        assert sqlite_db.artifacts() == []
        assert (tmp_path / "store/db.sqlite").stat().st_size == 0
        assert saved(sqlite_db).version == 0


class TestTheUrl:
    def test_is_the_one_of_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LINEAPY_DATABASE_URL", "sqlite:////data/db.sqlite")
        assert RelationalLineaDB.from_environment().url == "sqlite:////data/db.sqlite"

    def test_is_the_default_in_the_home_folder(self, linea_home: Path) -> None:
        assert RelationalLineaDB.from_environment().url == f"sqlite:///{linea_home}/db.sqlite"

    def test_may_be_given(self) -> None:
        assert RelationalLineaDB.from_environment("sqlite:////x.sqlite").url == "sqlite:////x.sqlite"

    def test_is_the_one_of_the_options(self) -> None:
        config = Config.from_environment({}, database_url="sqlite:////x.sqlite")
        assert RelationalLineaDB.from_config(config).url == "sqlite:////x.sqlite"

    def test_with_a_relative_path_does_not_move_with_chdir(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        db = RelationalLineaDB("sqlite:///here.sqlite")
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        saved(db)
        db.close()
        assert (tmp_path / "here.sqlite").exists()
        assert db.url == "sqlite:///here.sqlite"

    def test_works_with_characters_that_mean_something_elsewhere(self, tmp_path: Path) -> None:
        db = RelationalLineaDB(f"sqlite:///{tmp_path}/100% ü #1/db.sqlite")
        saved(db)
        db.close()
        assert (tmp_path / "100% ü #1/db.sqlite").exists()

    @pytest.mark.parametrize(
        "url, why",
        [
            ("sqlite://", "names no file"),
            ("sqlite:///:memory:", "names no file"),
            ("sqlite:///file:x?mode=ro&uri=true", "names no file"),
            ("sqlite:////x?timeout=soon", "not a number of seconds"),
            ("sqlite:////x?timeout=-1", "not a number of seconds"),
            ("sqlite:////x?mode=ro", "'mode'"),
            ("mysql://db/x", "only in SQLite and PostgreSQL"),
            ("no url at all", "cannot be understood"),
            ("postgresql://ada@db:port/x", "cannot be understood"),
            ("postgresql+asyncpg://ada@db/x", "Write postgresql:// instead"),
            ("postgresql://ada@db/x?sslmod=require", "sslmod.*parameters are those of libpq"),
            ("postgresql://ada@db/x?port=some", "port.*parameters are those of libpq"),
        ],
    )
    def test_that_is_wrong_is_refused_at_once(self, url: str, why: str) -> None:
        with pytest.raises(ConfigurationError, match=why):
            RelationalLineaDB(url)

    @pytest.mark.parametrize(
        "url",
        [
            "mysql://ada:lovelace@db/x",
            "postgresql://ada:lovelace@db:port/x",
            "postgresql+asyncpg://ada:lovelace@db/x",
            "postgresql://ada:lovelace@db/x?nonsense=1",
        ],
    )
    def test_keeps_its_password_to_itself_when_refused(self, url: str) -> None:
        with pytest.raises(ConfigurationError) as caught:
            RelationalLineaDB(url)
        assert "lovelace" not in "".join(traceback.format_exception(caught.value))


class TestProbing:
    def test_leaves_no_trace_where_there_is_no_store_yet(
        self, db: RelationalLineaDB, url: str, tmp_path: Path
    ) -> None:
        db.probe()
        assert not (tmp_path / "store").exists()
        assert db.schema() is None
        assert _tables(url) == set()
        assert saved(db).version == 0

    def test_leaves_no_trace_in_a_store(self, db: RelationalLineaDB, url: str) -> None:
        artifact = saved(db)
        before = _tables(url)
        db.probe()
        assert _tables(url) == before
        assert db.artifacts() == [artifact]
        assert db.claim_for_removal("", [], dry_run=True) == []
        assert saved(db).version == 1

    def test_finds_a_folder_that_cannot_be_made(self, sqlite_db: RelationalLineaDB, tmp_path: Path) -> None:
        (tmp_path / "store").write_text("a file in the way")
        with pytest.raises(StoreError, match=r"cannot be created: .*store is no folder.*LINEAPY_HOME_DIR"):
            sqlite_db.probe()

    def test_finds_a_file_that_is_damaged(self, sqlite_db: RelationalLineaDB, tmp_path: Path) -> None:
        (tmp_path / "store").mkdir()
        (tmp_path / "store/db.sqlite").write_bytes(b"not a database at all" * 100)
        with pytest.raises(StoreError, match="damaged or was written by another program"):
            sqlite_db.probe()

    def test_finds_that_another_program_is_writing(
        self, sqlite_db: RelationalLineaDB, sqlite_url: str, tmp_path: Path
    ) -> None:
        saved(sqlite_db)
        other = sqlite3.connect(tmp_path / "store/db.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="Another program has been writing"):
            RelationalLineaDB(sqlite_url + "?timeout=0.1").probe()
        other.close()


class TestADatabaseThatCannotBeUsed:
    def test_says_that_another_program_is_writing(
        self, sqlite_db: RelationalLineaDB, sqlite_url: str, tmp_path: Path
    ) -> None:
        saved(sqlite_db)
        other = sqlite3.connect(tmp_path / "store/db.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"Another program has been writing .* 0.2 seconds"):
            saved(RelationalLineaDB(sqlite_url + "?timeout=0.2"))
        other.rollback()
        other.close()
        assert saved(sqlite_db).version == 1

    def test_can_still_be_read_while_another_program_is_writing(
        self, sqlite_db: RelationalLineaDB, tmp_path: Path
    ) -> None:
        saved(sqlite_db)
        other = sqlite3.connect(tmp_path / "store/db.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert sqlite_db.versions("model") == [0]
        other.close()

    def test_says_that_it_is_damaged(self, sqlite_db: RelationalLineaDB, tmp_path: Path) -> None:
        (tmp_path / "store").mkdir()
        (tmp_path / "store/db.sqlite").write_bytes(b"not a database at all" * 100)
        for use in (sqlite_db.artifacts, lambda: saved(sqlite_db)):
            with pytest.raises(StoreError, match="damaged or was written by another program"):
                use()
        assert (tmp_path / "store/db.sqlite").read_bytes() == b"not a database at all" * 100

    def test_says_that_it_cannot_be_opened(self, sqlite_db: RelationalLineaDB, tmp_path: Path) -> None:
        (tmp_path / "store/db.sqlite").mkdir(parents=True)
        for use in (sqlite_db.artifacts, lambda: saved(sqlite_db)):
            with pytest.raises(StoreError, match="writable"):
                use()

    def test_says_that_its_folder_cannot_be_made(self, sqlite_db: RelationalLineaDB, tmp_path: Path) -> None:
        (tmp_path / "store").write_text("a file in the way")
        with pytest.raises(StoreError, match="cannot be created"):
            saved(sqlite_db)


def a_record(session: SessionRecord, name: str) -> ArtifactRecord:
    """One of another database."""
    new = an_artifact(name)
    return ArtifactRecord(1, name, 0, datetime.now(UTC), session.id, new.target, new.value, None, new.save_id)


def _tables(url: str) -> set[str]:
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        if not path.exists():
            return set()
        connection = sqlite3.connect(path)
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        connection.close()
    else:
        import psycopg

        with psycopg.connect(url) as server:
            rows = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {str(row[0]) for row in rows}
