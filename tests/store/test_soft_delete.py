"""Deleting, restoring, and removing for good while others save; on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotDoneYet
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from lineapy.db import changes, removal
from lineapy.db.db import RelationalLineaDB
from lineapy.db.records import (
    ArtifactRecord,
    ArtifactUse,
    GraphPart,
    SessionRecord,
    SourceRecord,
    StoredValue,
    StoredValueUse,
    ValueBeingRemoved,
)
from lineapy.errors import ArtifactNotFoundError, StoreConflictError, StoreError
from tests.store.given import a_session, a_stored_value, an_artifact, saved
from tests.store.processes import run_together

SOON = timedelta(minutes=1)


def names_of(artifacts: list[ArtifactRecord]) -> list[tuple[str, int]]:
    return [(artifact.name, artifact.version) for artifact in artifacts]


class TestDeleting:
    def test_takes_an_artifact_out_of_every_answer(self, db: RelationalLineaDB) -> None:
        saved(db), saved(db, "other")
        db.delete_artifacts("model", [0])
        assert names_of(db.artifacts()) == names_of(db.artifacts(limit=5)) == [("other", 0)]
        assert db.versions("model") == []
        assert db.count() == 1
        for version in (None, 0):
            with pytest.raises(ArtifactNotFoundError, match="'model'"):
                db.find_artifact("model", version)

    def test_is_seen_when_asked_for(self, db: RelationalLineaDB) -> None:
        kept, deleted = saved(db), saved(db)
        before = datetime.now(UTC)
        db.delete_artifacts("model", [1])
        found = db.artifacts(with_deleted=True)
        assert found[0] == kept
        assert replace(found[1], deleted_at=None) == deleted
        assert found[1].deleted_at is not None
        assert before <= found[1].deleted_at <= datetime.now(UTC)

    def test_does_not_free_the_version(self, db: RelationalLineaDB) -> None:
        saved(db), saved(db)
        db.delete_artifacts("model", [0, 1])
        assert saved(db).version == 2

    @pytest.mark.parametrize(
        "name, versions", [("model", [0, 5]), ("other", [0]), ("other", []), ("model", [0, 10**30])]
    )
    def test_is_for_all_or_none(self, db: RelationalLineaDB, name: str, versions: list[int]) -> None:
        saved(db)
        with pytest.raises(ArtifactNotFoundError, match=name):
            db.delete_artifacts(name, versions)
        assert db.versions("model") == [0]

    def test_a_second_time_does_not_find_it(self, db: RelationalLineaDB) -> None:
        saved(db)
        db.delete_artifacts("model", [0, 0])
        with pytest.raises(ArtifactNotFoundError, match="with version 0"):
            db.delete_artifacts("model", [0])

    def test_by_two_at_the_same_moment_is_done_by_one(self, db: RelationalLineaDB) -> None:
        saved(db)

        def delete(_: int) -> str:
            try:
                db.delete_artifacts("model", [0])
            except ArtifactNotFoundError:
                return "not found"
            return "deleted"

        with ThreadPoolExecutor(8) as threads:
            assert sorted(threads.map(delete, range(8))) == ["deleted"] + ["not found"] * 7

    def test_of_many_versions_at_once(self, db: RelationalLineaDB) -> None:
        session = a_session()
        for _ in range(1100):  # more than fit into one statement
            db.save_artifact(an_artifact(), session, [], [])
        db.delete_artifacts("model", range(1100))
        assert db.count() == 0
        db.restore_artifacts("model", range(1100))
        assert db.count() == 1100

    def test_leaves_a_value_that_may_be_saved_again(self, db: RelationalLineaDB) -> None:
        saved(db)
        db.delete_artifacts("model", [0])
        assert saved(db).value == a_stored_value()
        assert len(db.stored_values()) == 1


class TestRestoring:
    def test_brings_an_artifact_back_as_it_was(self, db: RelationalLineaDB) -> None:
        first, second = saved(db), saved(db)
        db.delete_artifacts("model", [0, 1])
        db.restore_artifacts("model", [0])
        assert db.artifacts() == [first]
        db.restore_artifacts("model", [0, 1])
        assert db.artifacts() == [first, second]

    @pytest.mark.parametrize("name, versions", [("model", [0, 5]), ("other", [0]), ("model", [10**30])])
    def test_is_for_all_or_none(self, db: RelationalLineaDB, name: str, versions: list[int]) -> None:
        saved(db)
        db.delete_artifacts("model", [0])
        with pytest.raises(ArtifactNotFoundError, match=f"'{name}' with version .* cannot be restored"):
            db.restore_artifacts(name, versions)
        assert db.count() == 0

    def test_what_was_purged_is_too_late(self, db: RelationalLineaDB) -> None:
        saved(db)
        db.delete_artifacts("model", [0])
        db.purge_deleted(datetime.now(UTC) + SOON, dry_run=False)
        with pytest.raises(ArtifactNotFoundError, match="removed for good by `lineapy store gc`"):
            db.restore_artifacts("model", [0])


class TestPurging:
    def test_removes_what_was_deleted_before_that_moment(self, db: RelationalLineaDB) -> None:
        for _ in range(3):
            saved(db)
        db.delete_artifacts("model", [0])
        between = datetime.now(UTC)
        db.delete_artifacts("model", [1])
        assert names_of(db.purge_deleted(between, dry_run=False)) == [("model", 0)]
        assert names_of(db.artifacts(with_deleted=True)) == [("model", 1), ("model", 2)]
        assert saved(db).version == 3

    def test_only_tells_when_it_is_dry(self, db: RelationalLineaDB) -> None:
        saved(db)
        db.delete_artifacts("model", [0])
        assert names_of(db.purge_deleted(datetime.now(UTC) + SOON, dry_run=True)) == [("model", 0)]
        db.restore_artifacts("model", [0])
        assert db.count() == 1

    def test_forgets_values_that_nothing_needs_any_more(self, db: RelationalLineaDB) -> None:
        shared, single = a_stored_value("shared"), a_stored_value("single")
        saved(db, "one", shared), saved(db, "other", shared), saved(db, "one", single)
        db.delete_artifacts("one", [0, 1])
        db.purge_deleted(datetime.now(UTC) + SOON, dry_run=False)
        assert [use.value for use in db.stored_values()] == [shared]
        assert db.find_artifact("other").value == shared

    def test_never_gives_an_id_twice(self, db: RelationalLineaDB) -> None:
        first = saved(db)
        db.delete_artifacts("model", [0])
        db.purge_deleted(datetime.now(UTC) + SOON, dry_run=False)
        assert saved(db).id > first.id

    def test_a_moment_without_a_time_zone_is_refused(self, db: RelationalLineaDB) -> None:
        saved(db)
        with pytest.raises(StoreError, match="time zone"):
            db.purge_deleted(datetime(2024, 1, 1), dry_run=False)  # noqa: DTZ001

    def test_a_database_that_is_not_there_finds_nothing(self, db: RelationalLineaDB) -> None:
        assert db.purge_deleted(datetime.now(UTC), dry_run=False) == []


class TestClaimingFiles:
    def test_takes_those_that_no_value_has(self, db: RelationalLineaDB) -> None:
        value = a_stored_value()
        saved(db, value=value)
        assert db.claim_for_removal("/values", ["a", value.key, "b"], dry_run=False) == ["a", "b"]

    def test_is_about_one_location(self, db: RelationalLineaDB) -> None:
        value = a_stored_value()
        saved(db, value=value)
        assert db.claim_for_removal("s3://team", [value.key], dry_run=False) == [value.key]
        assert saved(db, value=value).value == value

    def test_leaves_those_that_a_deleted_artifact_has(self, db: RelationalLineaDB) -> None:
        value = a_stored_value()
        saved(db, value=value)
        db.delete_artifacts("model", [0])
        assert db.claim_for_removal("/values", [value.key], dry_run=False) == []
        db.purge_deleted(datetime.now(UTC) + SOON, dry_run=False)
        assert db.claim_for_removal("/values", [value.key], dry_run=False) == [value.key]

    def test_only_tells_when_it_is_dry(self, db: RelationalLineaDB) -> None:
        saved(db, "other", a_stored_value("other"))
        value = a_stored_value()
        assert db.claim_for_removal("/values", [value.key], dry_run=True) == [value.key]
        assert saved(db, value=value).version == 0

    def test_makes_a_save_publish_elsewhere(self, db: RelationalLineaDB) -> None:
        value = a_stored_value()
        saved(db, "other", a_stored_value("other"))
        db.claim_for_removal("/values", [value.key], dry_run=False)
        new, session = an_artifact(value=value), a_session()
        with pytest.raises(ValueBeingRemoved) as caught:
            db.save_artifact(new, session, [], [])
        assert caught.value.value == value
        elsewhere = replace(value, key=value.key.replace(".pickle", "-0badcafe.pickle"))
        assert db.save_artifact(replace(new, value=elsewhere), session, [], []).version == 0

    def test_still_does_after_the_file_is_gone(self, db: RelationalLineaDB) -> None:
        """The save may have found the file before it was removed."""
        value = a_stored_value()
        saved(db, "other", a_stored_value("other"))
        db.claim_for_removal("/values", [value.key], dry_run=False)
        db.confirm_removed("/values", [value.key])
        with pytest.raises(ValueBeingRemoved):
            saved(db, value=value)

    def test_is_forgotten_some_days_after_that(self, db: RelationalLineaDB) -> None:
        value = a_stored_value()
        saved(db, "other", a_stored_value("other"))
        db.claim_for_removal("/values", [value.key], dry_run=False)
        eight_days_ago = datetime.now(UTC) - timedelta(days=8)
        db._connections.write(
            lambda connection: removal.confirm(connection, "/values", [value.key], eight_days_ago), alone=True
        )
        assert saved(db, value=value).version == 0
        assert db.claim_for_removal("/values", [value.key], dry_run=False) == []

    def test_is_told_again_until_it_is_confirmed(self, db: RelationalLineaDB) -> None:
        """Whoever claimed them may have died."""
        saved(db)
        db.claim_for_removal("/values", ["a", "b"], dry_run=False)
        db.confirm_removed("/values", ["b"])
        assert db.claim_for_removal("/values", [], dry_run=True) == ["a"]
        assert db.claim_for_removal("/values", ["c"], dry_run=False) == ["c", "a"]
        assert db.claim_for_removal("/values", ["b"], dry_run=False) == ["b", "a", "c"]

    def test_takes_many_at_once(self, db: RelationalLineaDB) -> None:
        saved(db)
        keys = [f"{number:05}" for number in range(2500)]
        assert db.claim_for_removal("/values", keys, dry_run=False) == keys
        db.confirm_removed("/values", keys)
        assert db.claim_for_removal("/values", [], dry_run=True) == []

    def test_takes_nothing_where_there_is_no_database(self, db: RelationalLineaDB) -> None:
        """It is more likely the wrong database than a folder full of values that nobody needs."""
        assert db.claim_for_removal("/values", ["a"], dry_run=False) == []
        assert db.artifacts() == []

    def test_that_was_committed_on_a_connection_that_broke_is_done_once(self, db: RelationalLineaDB) -> None:
        saved(db)
        assert db.claim_for_removal("/values", ["a"], dry_run=False) == ["a"]
        assert db.claim_for_removal("/values", ["a"], dry_run=False) == ["a"]


class Paused:
    """A transaction that stops before it is committed, until it is told to go on."""

    def __init__(
        self, threads: ThreadPoolExecutor, run: Callable[[Callable[[Connection], object]], object]
    ) -> None:
        self._reached, self._go_on = threading.Event(), threading.Event()
        self.result: Future[object] = threads.submit(run, self._pause)
        assert self._reached.wait(30)

    def _pause(self, _connection: Connection) -> None:
        self._reached.set()
        assert self._go_on.wait(30)

    def go_on(self) -> None:
        self._go_on.set()
        self.result.result(30)


def is_waiting(future: Future[object]) -> bool:
    try:
        future.result(0.5)
    except NotDoneYet:
        return True
    return False


class TestSavingWhileFilesAreRemoved:
    """A save and a claim, on connections of their own, stopped at the worst moments."""

    @pytest.fixture
    def value(self, db: RelationalLineaDB) -> StoredValue:
        saved(db, "another", a_stored_value("another"))
        return a_stored_value("found in storage")

    def test_a_claim_waits_for_a_save_that_has_begun_and_does_not_get_its_file(
        self, db: RelationalLineaDB, url: str, value: StoredValue
    ) -> None:
        saver = RelationalLineaDB(url)

        def save(pause: Callable[[Connection], object]) -> object:
            def action(connection: Connection) -> None:
                changes.save_artifact(connection, an_artifact(value=value), a_session(), [], [])
                pause(connection)

            return saver._connections.write(action)

        with ThreadPoolExecutor() as threads:
            saving = Paused(threads, save)
            claim = threads.submit(db.claim_for_removal, "/values", [value.key], dry_run=False)
            assert is_waiting(claim)
            saving.go_on()
            assert claim.result(30) == []
        assert db.find_artifact("model").value == value
        saver.close()

    def test_a_save_waits_for_a_claim_that_has_begun_and_is_sent_elsewhere(
        self, db: RelationalLineaDB, url: str, value: StoredValue
    ) -> None:
        collector = RelationalLineaDB(url)

        def claim(pause: Callable[[Connection], object]) -> object:
            def action(connection: Connection) -> None:
                assert removal.claim(connection, "/values", [value.key], datetime.now(UTC)) == [value.key]
                pause(connection)

            return collector._connections.write(action, alone=True)

        with ThreadPoolExecutor() as threads:
            claiming = Paused(threads, claim)
            save = threads.submit(saved, db, value=value)
            assert is_waiting(save)
            claiming.go_on()
            with pytest.raises(ValueBeingRemoved):
                save.result(30)
        assert names_of(db.artifacts()) == [("another", 0)]
        collector.close()

    def test_a_purge_waits_for_a_save_that_uses_a_value_nobody_else_needs(
        self, db: RelationalLineaDB, url: str, value: StoredValue
    ) -> None:
        saved(db, "old", value)
        db.delete_artifacts("old", [0])
        saver = RelationalLineaDB(url)

        def save(pause: Callable[[Connection], object]) -> object:
            def action(connection: Connection) -> None:
                changes.save_artifact(connection, an_artifact(value=value), a_session(), [], [])
                pause(connection)

            return saver._connections.write(action)

        with ThreadPoolExecutor() as threads:
            saving = Paused(threads, save)
            purge = threads.submit(db.purge_deleted, datetime.now(UTC) + SOON, dry_run=False)
            assert is_waiting(purge)
            saving.go_on()
            assert names_of(purge.result(30)) == [("old", 0)]
        assert db.claim_for_removal("/values", [value.key], dry_run=False) == []
        assert db.find_artifact("model").value == value
        saver.close()

    def test_saves_do_not_wait_for_each_other_on_a_server(
        self, postgresql_db: RelationalLineaDB, postgresql_url: str
    ) -> None:
        saved(postgresql_db)
        other = RelationalLineaDB(postgresql_url)

        def save(pause: Callable[[Connection], object]) -> object:
            def action(connection: Connection) -> None:
                changes.save_artifact(connection, an_artifact("one"), a_session(), [], [])
                pause(connection)

            return other._connections.write(action)

        with ThreadPoolExecutor() as threads:
            saving = Paused(threads, save)
            assert saved(postgresql_db, "other").version == 0
            saving.go_on()
        other.close()

    def test_no_artifact_loses_its_file_whatever_savers_and_collectors_do(
        self, db: RelationalLineaDB, url: str, tmp_path: Path
    ) -> None:
        """A few files, published, found, deleted and collected again and again by processes that know nothing of each other."""
        folder = tmp_path / "files"
        folder.mkdir()
        run_together(5, _SAVE_AND_COLLECT, url, folder, 100)
        artifacts = db.artifacts()
        assert artifacts
        missing = [artifact for artifact in artifacts if not (folder / artifact.value.key).exists()]
        assert missing == []


_SAVE_AND_COLLECT = """
import random, sys, time, uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from lineapy.db.db import RelationalLineaDB
from lineapy.db.records import ValueBeingRemoved
from lineapy.errors import ArtifactNotFoundError
from tests.store.given import a_session, a_stored_value, an_artifact
number, url, folder, rounds = sys.argv[1:]
db, folder, chance, session = RelationalLineaDB(url), Path(folder), random.Random(number), a_session()

def published(value, elsewhere=False):
    if elsewhere:
        value = replace(value, key=f"{value.digest[:8]}-{uuid.uuid4().hex[:8]}")
    else:
        value = replace(value, key=value.digest[:8])
    if not (folder / value.key).exists():  # what is there is used again
        (folder / value.key).write_text(value.digest)
    return value

def save():
    value = published(a_stored_value(str(chance.randrange(4)) * 8))
    for _ in range(20):
        if chance.random() < 0.3:
            time.sleep(chance.uniform(0, 0.05))  # meanwhile the file that was found is collected
        try:
            artifact = db.save_artifact(an_artifact(f"of {number}", value), session, [], [])
        except ValueBeingRemoved:
            value = published(value, elsewhere=True)
            continue
        assert (folder / value.key).exists(), "saved, and the file is gone"
        if chance.random() < 0.9:
            db.delete_artifacts(artifact.name, [artifact.version])
        return
    raise AssertionError("sent elsewhere again and again")

def collect():
    db.purge_deleted(datetime.now(UTC), dry_run=False)
    keys = [path.name for path in folder.iterdir()]
    claimed = db.claim_for_removal("/values", keys, dry_run=False)
    for key in claimed:
        (folder / key).unlink(missing_ok=True)
    if chance.random() < 0.8:  # else: as if it had died
        db.confirm_removed("/values", claimed)

print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(rounds)):
    collect() if chance.random() < 0.3 else save()
db.close()
"""


class TestCopying:
    def test_values_are_told_with_those_that_need_them(self, db: RelationalLineaDB) -> None:
        shared, single = a_stored_value("shared"), a_stored_value("single")
        saved(db, "one", shared), saved(db, "one", single), saved(db, "other", shared)
        db.delete_artifacts("one", [0, 1])
        uses = db.stored_values()
        assert uses == [
            StoredValueUse(shared, (ArtifactUse("one", 0, True), ArtifactUse("other", 0, False))),
            StoredValueUse(single, (ArtifactUse("one", 1, True),)),
        ]
        assert [use.deleted for use in uses] == [False, True]

    def test_counters_and_save_ids_know_of_deleted_artifacts(self, db: RelationalLineaDB) -> None:
        artifacts = [saved(db), saved(db), saved(db, "other")]
        db.delete_artifacts("model", [0, 1])
        assert db.counters() == {"model": 1, "other": 0}
        assert db.save_ids() == {artifact.save_id for artifact in artifacts}

    def test_artifacts_are_in_another_database_as_they_were(
        self, db: RelationalLineaDB, tmp_path: Path
    ) -> None:
        session = a_session()
        sources, parts = [SourceRecord(0, "model.py", "x = 1")], [GraphPart(0, b"\0")]
        for name in ("model", "other", "model"):
            db.save_artifact(an_artifact(name), session, sources, parts)
        db.delete_artifacts("model", [0])
        artifacts = db.artifacts(with_deleted=True)
        other = RelationalLineaDB(f"sqlite:///{tmp_path}/copy/db.sqlite")
        copies = other.import_artifacts(session, sources, parts, artifacts)
        assert [replace(copy, id=0) for copy in copies] == [replace(artifact, id=0) for artifact in artifacts]
        assert other.artifacts(with_deleted=True) == copies
        assert names_of(other.artifacts()) == [("other", 0), ("model", 1)]
        assert other.session(session.id) == session
        assert (other.sources(session.id), other.graph_parts(session.id)) == (sources, parts)
        assert other.counters() == db.counters()
        other.close()

    def test_copying_again_changes_nothing(self, db: RelationalLineaDB) -> None:
        session = a_session()
        artifacts = [artifact_record(session, "model", 3), artifact_record(session, "other", 0)]
        first = db.import_artifacts(session, [], [], artifacts)
        assert len(first) == 2
        assert db.import_artifacts(session, [], [], artifacts) == []
        more = [*artifacts, artifact_record(session, "model", 5)]
        assert names_of(db.import_artifacts(session, [], [], more)) == [("model", 5)]
        assert names_of(db.artifacts()) == [("model", 3), ("other", 0), ("model", 5)]

    def test_versions_go_on_after_those_that_were_copied(self, db: RelationalLineaDB) -> None:
        session = a_session()
        db.import_artifacts(session, [], [], [artifact_record(session, "model", 3)], {"model": 7, "gone": 2})
        assert (saved(db).version, saved(db, "gone").version) == (8, 3)
        db.raise_counters({"model": 1, "gone": 9})
        assert (saved(db).version, saved(db, "gone").version) == (9, 10)

    def test_another_artifact_of_that_name_and_version_is_a_conflict_and_nothing_is_added(
        self, db: RelationalLineaDB
    ) -> None:
        here, session = saved(db), a_session()
        artifacts = [artifact_record(session, "new", 0), artifact_record(session, "model", 0)]
        with pytest.raises(StoreConflictError, match="another artifact 'model' with version 0"):
            db.import_artifacts(session, [], [], artifacts)
        assert db.artifacts() == [here]
        assert db.counters() == {"model": 0}

    def test_values_whose_files_are_being_removed_are_not_counted_on(self, db: RelationalLineaDB) -> None:
        saved(db, "other", a_stored_value("other"))
        db.claim_for_removal("/values", [a_stored_value().key], dry_run=False)
        session = a_session()
        with pytest.raises(ValueBeingRemoved):
            db.import_artifacts(session, [], [], [artifact_record(session, "model", 0)])
        assert db.count() == 1

    def test_copying_while_others_save_loses_nothing(self, db: RelationalLineaDB, url: str) -> None:
        copier = RelationalLineaDB(url)

        def copy(number: int) -> None:
            session = a_session()
            artifacts = [
                artifact_record(session, f"name {number % 3}", 1000 * (number + 1)),
                artifact_record(session, f"own {number}", 0),
            ]
            assert len(copier.import_artifacts(session, [], [], artifacts)) == 2

        with ThreadPoolExecutor() as threads:
            saves = threads.submit(lambda: [saved(db, f"name {n % 3}") for n in range(60)])
            copies = threads.submit(lambda: [copy(n) for n in range(30)])
            saves.result(60), copies.result(60)
        assert db.count() == 60 + 2 * 30
        copier.close()


def artifact_record(session: SessionRecord, name: str, version: int) -> ArtifactRecord:
    """One of another database."""
    new = an_artifact(name)
    return ArtifactRecord(
        id=7,
        name=name,
        version=version,
        date_created=datetime(2024, 7, 1, 12, tzinfo=UTC),
        session_id=session.id,
        target=new.target,
        value=new.value,
        value_type="array",
        save_id=new.save_id,
    )
