"""What the database promises about tags, notes, searches and renaming."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from lineapy.db.db import RelationalLineaDB
from lineapy.db.records import ArtifactRecord, NewArtifact, Search, SessionRecord
from lineapy.errors import (
    ArtifactNotFoundError,
    ArtifactSaveError,
    SessionNotFoundError,
    TagNotFoundError,
)
from tests.store.given import a_session, an_artifact, saved
from tests.store.test_schema import connected, migrate

LATER = timedelta(days=1)


def save(db: RelationalLineaDB, new: NewArtifact, session: SessionRecord | None = None) -> ArtifactRecord:
    return db.save_artifact(new, session or a_session(), [], [])


def found(db: RelationalLineaDB, **search: object) -> list[str]:
    """Names and versions, and the same counted by the database."""
    wanted = Search(**search)  # type: ignore[arg-type]
    names = [f"{record.name}:{record.version}" for record in db.artifacts(search=wanted)]
    assert db.count(wanted) == len(names)
    return names


def files(*paths: str, role: str = "input") -> str:
    return json.dumps([{"path": path, "role": role, "size": 1, "digest": None} for path in paths])


class TestTags:
    def test_are_saved_with_the_artifact_and_found(self, db: RelationalLineaDB, url: str) -> None:
        artifact = save(db, replace(an_artifact(), tags=("v1", "best ✓"), notes="naïve\nof two lines"))
        assert (artifact.tags, artifact.notes) == (("best ✓", "v1"), "naïve\nof two lines")
        assert RelationalLineaDB(url).find_artifact("model") == artifact
        assert db.find_tagged("model", "best ✓") == artifact
        assert db.artifacts() == [artifact]

    def test_stand_for_one_version_and_move(self, db: RelationalLineaDB) -> None:
        save(db, replace(an_artifact(), tags=("production",)))
        save(db, replace(an_artifact(), tags=("production", "v2")))
        assert db.tags("model") == {"production": 1, "v2": 1}
        assert db.find_artifact("model", 0).tags == ()
        db.tag_artifact("model", 0, "production")
        db.tag_artifact("model", 0, "production")
        assert db.tags("model") == {"production": 0, "v2": 1}

    def test_of_different_artifacts_have_nothing_to_do_with_each_other(self, db: RelationalLineaDB) -> None:
        save(db, replace(an_artifact("a"), tags=("production",)))
        save(db, replace(an_artifact("b"), tags=("production",)))
        db.remove_tag("a", "production")
        assert (db.tags("a"), db.tags("b")) == ({}, {"production": 0})

    def test_of_a_deleted_version_are_not_found_and_come_back_with_it(self, db: RelationalLineaDB) -> None:
        save(db, replace(an_artifact(), tags=("production",)))
        saved(db)
        db.delete_artifacts("model", [0])
        with pytest.raises(TagNotFoundError, match="Its versions are 1; it has no tags"):
            db.find_tagged("model", "production")
        db.restore_artifacts("model", [0])
        assert db.find_tagged("model", "production").version == 0

    def test_go_when_the_version_is_removed_for_good(self, db: RelationalLineaDB) -> None:
        save(db, replace(an_artifact(), tags=("production",), files=files("/data/a.csv")))
        kept = save(db, replace(an_artifact(), tags=("v2",), files=files("/data/a.csv")))
        db.delete_artifacts("model", [0])
        assert [gone.version for gone in db.purge_deleted(datetime.now(UTC) + LATER, dry_run=False)] == [0]
        assert db.tags("model") == {"v2": 1}
        assert db.artifacts(search=Search(input_file="a.csv")) == [kept]

    def test_that_are_not_there_are_named_with_what_is(self, db: RelationalLineaDB) -> None:
        save(db, replace(an_artifact(), tags=("production",)))
        for use in (db.find_tagged, db.remove_tag):
            with pytest.raises(
                TagNotFoundError, match=r"versions are 0; its tags are 'production' \(version 0\)"
            ):
                use("model", "prod")
            with pytest.raises(ArtifactNotFoundError, match="nearest to it are 'model'"):
                use("modle", "production")
        with pytest.raises(ArtifactNotFoundError, match="version 7"):
            db.tag_artifact("model", 7, "production")

    def test_of_nothing_make_no_database(self, db: RelationalLineaDB) -> None:
        assert db.tags("model") == {}
        for use in (
            lambda: db.tag_artifact("m", 0, "t"),
            lambda: db.set_notes("m", 0, ""),
            lambda: db.remove_tag("m", "t"),
        ):
            with pytest.raises(ArtifactNotFoundError):
                use()
        assert db.schema() is None


def test_notes_are_replaced(db: RelationalLineaDB) -> None:
    saved(db), saved(db)
    db.set_notes("model", 0, "first\0of all")
    assert [artifact.notes for artifact in db.artifacts()] == ["first\0of all", None]
    db.set_notes("model", 0, None)
    assert db.find_artifact("model", 0).notes is None


class TestSearching:
    @pytest.mark.parametrize(
        "pattern, names",
        [
            ("model", ["model:0"]),
            ("mod*", ["model:0", "model_2:0"]),
            ("*", ["model:0", "model_2:0", "Model:0", "iris.csv:0", "a[1]:0", "naïve\n✓:0", "10%:0"]),
            ("?odel", ["model:0", "Model:0"]),
            ("[mM]odel", ["model:0", "Model:0"]),
            ("[!m]odel", ["Model:0"]),
            ("model_[0-9]", ["model_2:0"]),
            ("iris?csv", ["iris.csv:0"]),
            ("iris.*", ["iris.csv:0"]),
            ("a[[]1]", ["a[1]:0"]),
            ("a[[1]*", ["a[1]:0"]),
            ("naïve*✓", ["naïve\n✓:0"]),
            ("1?%", ["10%:0"]),
            ("m[", []),
            ("odel*", []),
            ("mod.l*", []),
            ("%*", []),
            ("(*", []),
            ("\\*", []),
            ("", []),
        ],
    )  # fmt: skip
    def test_by_a_pattern_of_the_name(self, db: RelationalLineaDB, pattern: str, names: list[str]) -> None:
        for name in ("model", "model_2", "Model", "iris.csv", "a[1]", "naïve\n✓", "10%"):
            saved(db, name)
        assert found(db, name=pattern) == names

    def test_by_all_that_an_artifact_has(self, db: RelationalLineaDB) -> None:
        ada, bob = a_session(), a_session(user_name="bob")
        save(db, replace(an_artifact("a"), value_type="dataset", tags=("production",)), ada)
        middle = save(db, replace(an_artifact("b"), value_type="array", tags=("v1", "v2")), ada)
        save(db, replace(an_artifact("c"), value_type="dataset"), bob)
        assert found(db) == ["a:0", "b:0", "c:0"]
        assert found(db, value_type="dataset") == ["a:0", "c:0"]
        assert found(db, author="b*") == ["c:0"]
        assert found(db, tag="v*") == ["b:0"]
        assert found(db, tag="production", value_type="array") == []
        assert found(db, session_id=ada.id) == ["a:0", "b:0"]
        assert found(db, since=middle.date_created) == ["b:0", "c:0"]
        assert found(db, until=middle.date_created) == ["a:0"]
        assert found(db, since=middle.date_created, author="ada") == ["b:0"]

    def test_by_a_file_that_the_code_read(self, db: RelationalLineaDB) -> None:
        save(db, replace(an_artifact("a"), files=files("/data/2026/iris.csv", "/data/not \udcff utf-8")))
        save(db, replace(an_artifact("b"), files=files("/data/iris.csv", role="output")))
        save(db, replace(an_artifact("c"), files=files("/tmp/my_iris.csv", "/tmp/" + "x" * 4000)))
        assert found(db, input_file="iris.csv") == ["a:0"]
        assert found(db, input_file="*iris.csv") == ["a:0", "c:0"]
        assert found(db, input_file="/data/*") == ["a:0"]
        assert found(db, input_file="/data/not \udcff utf-8") == ["a:0"]
        assert found(db, input_file="/tmp/x*") == ["c:0"]
        assert found(db, input_file="2026/iris.csv") == []

    def test_takes_pages(self, db: RelationalLineaDB) -> None:
        for name in ("a", "b", "a", "b", "a"):
            saved(db, name)
        search = Search(name="a")
        first = db.artifacts(search=search, limit=2, newest_first=True)
        second = db.artifacts(search=search, offset=2, limit=2, newest_first=True)
        assert [artifact.version for artifact in first + second] == [2, 1, 0]

    def test_finds_nothing_that_is_deleted_unless_asked(self, db: RelationalLineaDB) -> None:
        saved(db), saved(db)
        db.delete_artifacts("model", [0])
        assert found(db, name="m*") == ["model:1"]
        assert len(db.artifacts(search=Search(name="m*"), with_deleted=True)) == 2


class TestRenaming:
    def test_takes_all_along(self, db: RelationalLineaDB) -> None:
        save(db, replace(an_artifact(), tags=("production",), notes="n"))
        saved(db), saved(db)
        before = db.artifacts(with_deleted=True)
        db.delete_artifacts("model", [1])
        db.rename_artifacts("model", "iris model")
        db.restore_artifacts("iris model", [1])
        assert db.artifacts() == [replace(artifact, name="iris model") for artifact in before]
        assert db.find_tagged("iris model", "production").version == 0
        assert db.tags("model") == {}

    def test_gives_no_version_twice_under_either_name(self, db: RelationalLineaDB) -> None:
        saved(db), saved(db)
        db.rename_artifacts("model", "other")
        assert (saved(db, "other").version, saved(db, "model").version) == (2, 2)

    @pytest.mark.parametrize("deleted", [False, True])
    def test_to_a_name_that_is_taken_is_refused(self, db: RelationalLineaDB, deleted: bool) -> None:
        saved(db), saved(db, "other")
        if deleted:
            db.delete_artifacts("other", [0])
        with pytest.raises(ArtifactSaveError, match=f"There is {'a deleted' if deleted else 'an'} artifact"):
            db.rename_artifacts("model", "other")
        assert db.versions("model") == [0]

    def test_to_a_name_that_was_removed_for_good(self, db: RelationalLineaDB) -> None:
        for _ in range(3):
            saved(db, "other")
        db.delete_artifacts("other", [0, 1, 2])
        db.purge_deleted(datetime.now(UTC) + LATER, dry_run=False)
        saved(db)
        db.rename_artifacts("model", "other")
        assert (db.versions("other"), saved(db, "other").version) == ([0], 3)

    def test_of_nothing_makes_no_database(self, db: RelationalLineaDB) -> None:
        with pytest.raises(ArtifactNotFoundError):
            db.rename_artifacts("model", "other")
        assert db.schema() is None


class TestSessions:
    def test_are_listed_newest_first(self, db: RelationalLineaDB) -> None:
        now = datetime.now(UTC)
        old, new = a_session(created_at=now - LATER), a_session(created_at=now, user_name="bob")
        for session in (new, old, old):
            save(db, an_artifact(), session)
        db.delete_artifacts("model", [2])
        assert [(summary.session, summary.artifacts) for summary in db.sessions()] == [(new, 1), (old, 1)]
        assert [summary.session for summary in db.sessions(author="a*")] == [old]
        assert [summary.session for summary in db.sessions(offset=1, limit=1)] == [old]

    def test_are_found_by_the_beginning_of_their_id(self, db: RelationalLineaDB) -> None:
        one, two = (a_session(id=letter * 32) for letter in "ab")
        save(db, an_artifact(), one), save(db, an_artifact(), two)
        assert db.find_session("a") == one
        assert db.find_session(two.id) == two
        for beginning in ("c", "a%"):
            with pytest.raises(SessionNotFoundError, match="No session has an id"):
                db.find_session(beginning)
        with pytest.raises(SessionNotFoundError, match="Several sessions"):
            db.find_session("")


def test_files_that_older_stores_only_list_can_be_searched_by(url: str, db: RelationalLineaDB) -> None:
    migrate(url, "0004")
    session = (
        "INSERT INTO lineapy_session (id, kind, python_version, created_at, working_directory, user_name, host_name) "
        "VALUES ('s', 'SCRIPT', '3.11', '2026-01-01 12:00:00', '/', 'ada', 'engine')"
    )
    value = (
        "INSERT INTO lineapy_stored_value (id, digest, size, format, location, key) "
        "VALUES (7, 'ab', 1, 'json', '/values', 'ab')"
    )
    artifact = (
        "INSERT INTO lineapy_artifact (name, version, date_created, session_id, target, value_id, files, save_id) "
        "VALUES ('model', :version, '2026-01-01 12:00:00', 's', '{}', 7, :files, :save_id)"
    )
    with connected(url) as connection:
        connection.execute(text(session))
        connection.execute(text(value))
        for version, listed in enumerate([None, files("/data/iris.csv", "/data/not \udcff utf-8")]):
            row = {"version": version, "files": listed, "save_id": str(version)}
            connection.execute(text(artifact), row)
    db.upgrade()
    assert found(db, input_file="iris.csv") == ["model:1"]
    assert found(db, input_file="/data/not \udcff utf-8") == ["model:1"]
