"""`lineapy store gc`: what goes, what stays, and that nothing that somebody needs is ever lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import lineapy
from lineapy.db.db import RelationalLineaDB
from lineapy.db.records import NewArtifact, StoredValue, ValueBeingRemoved
from lineapy.errors import ArtifactNotFoundError
from lineapy.maintenance import gc
from lineapy.maintenance.check import check, needed_values
from lineapy.maintenance.gc import Collected, clean_scratch, collect, parse_duration
from lineapy.storage.values import ValueStore
from tests.servers.remote import RemoteLocation
from tests.servers.s3 import S3Server
from tests.store.given import a_session, saved
from tests.store.processes import start

WEEK = timedelta(days=7)
NOW = timedelta()


def age(values: ValueStore, key: str, by: timedelta) -> None:
    """Make a file look as if it had been written so long ago."""
    moment = time.time() - by.total_seconds()
    os.utime(Path(values.location) / key, (moment, moment))


def orphan(values: ValueStore, value: object, by: timedelta = timedelta(days=8)) -> StoredValue:
    """A value that nothing refers to, as a process leaves it that was killed before it could store the artifact."""
    stored = values.write(value)
    age(values, stored.key, by)
    return stored


def unfinished(values: ValueStore, by: timedelta) -> str:
    """What a writer leaves that was killed while it wrote."""
    key = ".writing-0123456789abcdef"
    Path(values.location).mkdir(exist_ok=True)
    (Path(values.location) / key).write_bytes(b"half")
    age(values, key, by)
    return key


def keys(result: Collected) -> set[str]:
    return {file.key for place in result.locations for file in place.files}


def artifacts(result: Collected) -> list[tuple[str, int]]:
    return [(artifact.name, artifact.version) for artifact in result.artifacts]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Set gc's clock, and the database's as it notes a delete, so much ahead of the file system's."""

    def set_(ahead: timedelta) -> None:
        class Clock(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                return datetime.now(UTC) + ahead

        monkeypatch.setattr(gc, "datetime", Clock)
        monkeypatch.setattr("lineapy.db.db.datetime", Clock)

    return set_


_UPLOAD = """
import json, sys, time
from lineapy.storage.values import ValueStore

class Slow:
    def __reduce__(self):
        print("writing", flush=True)
        time.sleep(60)

ValueStore(sys.argv[1], json.loads(sys.argv[2])).write([b"x" * 1_000_000, Slow()])
"""


class TestWhatGoes:
    def test_nothing_at_first(self, db: RelationalLineaDB, local_values: ValueStore) -> None:
        saved(db, "model", local_values.write("value"))
        result = collect(db, local_values, NOW, delete=True)
        assert (artifacts(result), keys(result)) == ([], set())
        assert check(db, local_values, needed_values(db)).checked == 1

    def test_artifacts_deleted_long_enough_ago_with_their_values(
        self, db: RelationalLineaDB, local_values: ValueStore, at: Callable[[timedelta], None]
    ) -> None:
        value = local_values.write("value")
        saved(db, "model", value)
        saved(db, "model", local_values.write("other"))
        db.delete_artifacts("model", [0])
        at(timedelta(days=6))
        assert artifacts(collect(db, local_values, WEEK, delete=True)) == []
        at(timedelta(days=8))
        result = collect(db, local_values, WEEK, delete=True)
        assert (artifacts(result), keys(result)) == ([("model", 0)], {value.key})
        assert not local_values.exists(value)
        with pytest.raises(ArtifactNotFoundError):
            db.restore_artifacts("model", [0])
        assert db.versions("model") == [1]

    def test_files_that_nothing_refers_to_if_they_are_old_enough(
        self, db: RelationalLineaDB, local_values: ValueStore
    ) -> None:
        saved(db, "model", local_values.write("value"))
        old, young = orphan(local_values, "old"), orphan(local_values, "young", timedelta(days=6))
        assert keys(collect(db, local_values, WEEK, delete=True)) == {old.key}
        assert not local_values.exists(old)
        assert local_values.exists(young)

    def test_nothing_where_another_database_keeps_values_too(
        self, db: RelationalLineaDB, local_values: ValueStore, tmp_path: Path
    ) -> None:
        """Which of the files it needs is not known to this one."""
        saved(db, "model", local_values.write("value"))
        theirs = orphan(local_values, "of the other database")
        other = RelationalLineaDB(f"sqlite:///{tmp_path}/other/db.sqlite")
        saved(other, "theirs", theirs)
        for database in (db, other):
            local_values.note_database(str(database.identity()))
        other.close()
        for delete in (False, True):
            (place,) = collect(db, local_values, WEEK, delete=delete).locations
            assert place.files == ()
            assert f".database-{other.identity()}" in str(place.problem)
            assert "store copy" in str(place.problem)
        assert local_values.exists(theirs)
        assert keys(collect(db, local_values, WEEK, delete=True, force=True)) == {theirs.key}

    def test_what_killed_writers_left_but_not_what_a_writer_may_still_be_writing(
        self, db: RelationalLineaDB, local_values: ValueStore
    ) -> None:
        saved(db, "model", local_values.write("value"))
        key = unfinished(local_values, timedelta(hours=20))
        assert keys(collect(db, local_values, NOW, delete=True)) == set()
        age(local_values, key, timedelta(hours=25))
        assert keys(collect(db, local_values, WEEK, delete=True)) == set()
        assert keys(collect(db, local_values, timedelta(hours=1), delete=True)) == {key}
        assert not (Path(local_values.location) / key).exists()

    def test_what_killed_uploads_left_on_this_machine(
        self, s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        monkeypatch.setattr(tempfile, "tempdir", None)
        uploader = start(_UPLOAD, s3.new_location(), json.dumps(s3.storage_options))
        assert uploader.stdout is not None
        assert uploader.stdout.readline() == "writing\n"
        uploader.kill()
        uploader.communicate()
        (left,) = tmp_path.glob("lineapy-writing-*")
        foreign = tmp_path / "writing-a-novel"
        foreign.write_text("Once upon a time")
        for path in (left, foreign):
            os.utime(path, (0, time.time() - 20 * 3600))
        assert clean_scratch(NOW, delete=True).files == ()
        for path in (left, foreign):
            os.utime(path, (0, time.time() - 25 * 3600))
        assert clean_scratch(WEEK, delete=True).files == ()
        assert [file.key for file in clean_scratch(NOW, delete=False).files] == [left.name]
        assert left.exists()
        assert [file.key for file in clean_scratch(NOW, delete=True).files] == [left.name]
        assert (left.exists(), foreign.exists()) == (False, True)

    def test_files_on_servers_too(
        self, sqlite_db: RelationalLineaDB, remote_location: RemoteLocation
    ) -> None:
        values = ValueStore(remote_location.location, remote_location.storage_options)
        kept, lost = values.write("kept"), values.write("lost")
        saved(sqlite_db, "model", kept)
        assert keys(collect(sqlite_db, values, timedelta(hours=1), delete=True)) == set()
        assert keys(collect(sqlite_db, values, timedelta(seconds=-5), delete=True)) == {lost.key}
        assert values.exists(kept)
        assert not values.exists(lost)

    def test_in_a_dry_run_nothing_and_the_list_is_that_of_the_real_run(
        self, db: RelationalLineaDB, local_values: ValueStore, at: Callable[[timedelta], None]
    ) -> None:
        value = local_values.write("value")
        saved(db, "model", value)
        saved(db, "kept", local_values.write("kept"))
        shared = local_values.write("shared")
        saved(db, "model", shared)
        saved(db, "kept", shared)
        db.delete_artifacts("model", [0, 1])
        lost = orphan(local_values, "lost", NOW)
        at(timedelta(days=8))
        before = {path: path.stat().st_mtime_ns for path in Path(local_values.location).iterdir()}
        trial = collect(db, local_values, WEEK, delete=False)
        assert {path: path.stat().st_mtime_ns for path in Path(local_values.location).iterdir()} == before
        assert keys(trial) == {value.key, lost.key}
        assert sum(place.size for place in trial.locations) == value.size + lost.size
        db.restore_artifacts("model", [0, 1])
        db.delete_artifacts("model", [0, 1])
        at(timedelta(days=16))
        real = collect(db, local_values, WEEK, delete=True)
        assert (artifacts(real), keys(real)) == (artifacts(trial), keys(trial))
        assert check(db, local_values, needed_values(db)).is_clean


class TestWhatStays:
    def test_a_value_that_another_artifact_shares(
        self, db: RelationalLineaDB, local_values: ValueStore
    ) -> None:
        value = local_values.write("shared")
        saved(db, "deleted", value)
        saved(db, "kept", value)
        db.delete_artifacts("deleted", [0])
        result = collect(db, local_values, NOW, delete=True)
        assert (artifacts(result), keys(result)) == ([("deleted", 0)], set())
        assert local_values.read(db.find_artifact("kept").value) == "shared"

    def test_a_deleted_artifact_that_was_restored(
        self, db: RelationalLineaDB, local_values: ValueStore
    ) -> None:
        saved(db, "model", local_values.write("value"))
        db.delete_artifacts("model", [0])
        db.restore_artifacts("model", [0])
        assert artifacts(collect(db, local_values, NOW, delete=True)) == []
        assert local_values.read(db.find_artifact("model").value) == "value"

    def test_a_file_from_the_future_because_a_clock_went_backwards(
        self, db: RelationalLineaDB, local_values: ValueStore, at: Callable[[timedelta], None]
    ) -> None:
        saved(db, "model", local_values.write("value"))
        future = orphan(local_values, "from the future", -timedelta(days=300))
        assert keys(collect(db, local_values, NOW, delete=True)) == set()
        young = orphan(local_values, "young", NOW)
        at(-timedelta(days=100))  # the clock goes back
        assert keys(collect(db, local_values, NOW, delete=True)) == set()
        assert local_values.exists(future)
        assert local_values.exists(young)

    def test_an_artifact_deleted_in_the_future_because_a_clock_went_backwards(
        self, db: RelationalLineaDB, local_values: ValueStore, at: Callable[[timedelta], None]
    ) -> None:
        saved(db, "model", local_values.write("value"))
        at(timedelta(days=100))
        db.delete_artifacts("model", [0])
        at(NOW)
        assert artifacts(collect(db, local_values, NOW, delete=True)) == []
        db.restore_artifacts("model", [0])

    def test_files_that_are_not_ours(self, db: RelationalLineaDB, local_values: ValueStore) -> None:
        saved(db, "model", local_values.write("value"))
        foreign = Path(local_values.location) / "README.md"
        foreign.write_text("Values of the team.")
        age(local_values, "README.md", timedelta(days=400))
        assert keys(collect(db, local_values, NOW, delete=True)) == set()
        assert foreign.exists()

    def test_values_of_a_folder_that_was_moved(
        self, db: RelationalLineaDB, local_values: ValueStore, tmp_path: Path
    ) -> None:
        value = local_values.write("value")
        saved(db, "model", value)
        Path(local_values.location).rename(tmp_path / "moved")
        moved = ValueStore(str(tmp_path / "moved"))
        lost = orphan(moved, "lost")
        assert keys(collect(db, moved, NOW, delete=True)) == {lost.key}
        assert moved.read(db.find_artifact("model").value) == "value"

    @pytest.mark.parametrize("delete", [True, False])
    def test_files_of_another_database_at_a_location_that_this_one_knows_nothing_of(
        self, delete: bool, db: RelationalLineaDB, local_values: ValueStore, tmp_path: Path
    ) -> None:
        others = ValueStore(str(tmp_path / "others"))
        theirs = orphan(others, "of another team")
        for stage in ("without tables", "with artifacts elsewhere"):
            result = collect(db, others, NOW, delete=delete)
            assert keys(result) == set()
            if stage == "without tables":
                saved(db, "model", local_values.write("value"))
            else:
                assert "may belong to another database" in str(result.locations[0].problem)
        assert others.exists(theirs)
        forced = collect(db, others, NOW, delete=True, force=True)
        assert keys(forced) == {theirs.key}

    def test_everything_if_the_configured_database_cannot_be_reached(self, tmp_path: Path) -> None:
        values = ValueStore(str(tmp_path / "values"))
        lost = orphan(values, "lost")
        done = subprocess.run(
            [
                *(sys.executable, "-m", "lineapy", "--artifact-storage-dir", values.location),
                *("--database-url", "postgresql://ada:lovelace@127.0.0.1:1/team"),
                *("store", "gc", "--grace", "0", "--delete", "--force"),
            ],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 2
        assert done.stderr.startswith(
            "lineapy: The database postgresql://ada:***@127.0.0.1:1/team cannot be reached"
        )
        assert values.exists(lost)


class TestOtherLocations:
    def test_are_named_and_cleaned_only_if_told(
        self, db: RelationalLineaDB, local_values: ValueStore, s3: S3Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in s3.environment.items():
            monkeypatch.setenv(name, value)
        before = ValueStore(s3.new_location())
        saved(db, "model", before.write("there"))
        saved(db, "model", local_values.write("here"))
        lost = before.write("lost"), orphan(local_values, "lost too")
        soon = timedelta(seconds=-5)
        result = collect(db, local_values, soon, delete=True)
        assert keys(result) == {lost[1].key}
        assert result.not_cleaned == (before.location,)
        result = collect(db, local_values, soon, delete=True, all_locations=True)
        assert keys(result) == {lost[0].key}
        assert result.not_cleaned == ()
        assert check(db, local_values, needed_values(db)).checked == 2

    def test_that_cannot_be_reached_say_so_and_do_not_stop_the_others(
        self, db: RelationalLineaDB, tmp_path: Path
    ) -> None:
        (tmp_path / "file").write_text("")
        digest = "0" * 64
        broken = str(tmp_path / "file" / "values")
        saved(db, "model", StoredValue(digest, 3, "json", broken, f"{digest}.json"))
        stores = [ValueStore(str(tmp_path / name)) for name in ("a", "z")]
        for store in stores:
            saved(db, "model", store.write("value"))
            orphan(store, "lost")
        result = collect(db, stores[0], NOW, delete=True, all_locations=True)
        assert [len(place.files) for place in result.locations] == [1, 0, 1]
        assert broken in str(result.locations[1].problem)


class TestKilled:
    """A gc that dies before or after any of its steps leaves a store that is right, and the next one finishes."""

    GC = """
import os, signal, sys
from datetime import timedelta
from lineapy.db.db import RelationalLineaDB
from lineapy.maintenance.gc import collect
from lineapy.storage.values import ValueStore
url, folder, step, when = sys.argv[1:]
steps = 0
def killing(owner, name):
    action = getattr(owner, name)
    def wrapped(*arguments, **options):
        global steps
        steps += 1
        if when == "before" and steps == int(step):
            os.kill(os.getpid(), signal.SIGKILL)
        answer = action(*arguments, **options)
        if when == "after" and steps == int(step):
            os.kill(os.getpid(), signal.SIGKILL)
        return answer
    setattr(owner, name, wrapped)
for name in ("purge_deleted", "claim_for_removal", "confirm_removed"):
    killing(RelationalLineaDB, name)
killing(ValueStore, "remove_key")
collect(RelationalLineaDB(url), ValueStore(folder), timedelta(), delete=True)
print(steps)
"""

    #: purge, ask for what an earlier run left, claim, remove twice, confirm
    STEPS = 6

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("step", range(1, STEPS + 1))
    def test_at_any_step(
        self, step: int, when: str, db: RelationalLineaDB, url: str, local_values: ValueStore
    ) -> None:
        purged, lost = local_values.write("purged"), orphan(local_values, "lost")
        saved(db, "model", purged)
        saved(db, "model", local_values.write("kept"))
        db.delete_artifacts("model", [0])
        self.kill_at(step, when, url, local_values)
        assert check(db, local_values, needed_values(db)).is_clean

        # Who saves the same value now does not lose it, whatever is left of the gc.
        again = save_as_sessions_do(db, local_values, "purged")
        is_claimed = step > 3 or (step, when) == (3, "after")
        assert (again.key != purged.key) == is_claimed
        collect(db, local_values, NOW, delete=True)
        result = check(db, local_values, needed_values(db))
        assert (result.is_clean, result.checked) == (True, 2)
        left = {path.name for path in Path(local_values.location).iterdir()}
        assert left == {use.value.key for use in needed_values(db)}
        assert lost.key not in left
        assert db.claim_for_removal(local_values.location, [], dry_run=True) == []

    @pytest.mark.parametrize("step", range(1, STEPS + 1))
    def test_also_when_there_is_no_other_artifact(
        self, step: int, sqlite_db: RelationalLineaDB, sqlite_url: str, local_values: ValueStore
    ) -> None:
        saved(sqlite_db, "model", local_values.write("purged"))
        orphan(local_values, "lost")
        sqlite_db.delete_artifacts("model", [0])
        self.kill_at(step, "after", sqlite_url, local_values)
        collect(sqlite_db, local_values, NOW, delete=True)
        assert list(Path(local_values.location).iterdir()) == []

    def kill_at(self, step: int, when: str, url: str, values: ValueStore) -> None:
        process = start(self.GC, url, values.location, step, when)
        stdout, stderr = process.communicate(timeout=120)
        assert (process.returncode, stdout) == (-signal.SIGKILL, ""), stderr

    def test_a_run_has_as_many_steps_as_are_tried(
        self, db: RelationalLineaDB, url: str, local_values: ValueStore
    ) -> None:
        orphan(local_values, "lost")
        saved(db, "model", local_values.write("purged"))
        saved(db, "model", local_values.write("kept"))
        db.delete_artifacts("model", [0])
        stdout, stderr = start(self.GC, url, local_values.location, 0, "never").communicate(timeout=120)
        assert stdout.strip() == str(self.STEPS), stderr

    def test_in_the_midst_of_a_batch(self, db: RelationalLineaDB, url: str, local_values: ValueStore) -> None:
        saved(db, "model", local_values.write("kept"))
        for number in range(10):
            orphan(local_values, number)
        self.kill_at(7, "after", url, local_values)
        assert 1 < len(list(Path(local_values.location).iterdir())) < 11
        collect(db, local_values, NOW, delete=True)
        assert len(list(Path(local_values.location).iterdir())) == 1
        assert local_values.read(db.find_artifact("model").value) == "kept"


def save_as_sessions_do(db: RelationalLineaDB, values: ValueStore, value: object) -> StoredValue:
    session, avoid, stored = a_session(), set(), values.write(value)
    while True:
        try:
            return db.save_artifact(NewArtifact("again", "{}", stored, None), session, [], []).value
        except ValueBeingRemoved:
            avoid.add(stored.key)
            stored = values.write(value, avoid=avoid)


class TestARemovalThatFails:
    def test_is_reported_and_finished_by_the_next_run(
        self, db: RelationalLineaDB, s3: S3Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        values = ValueStore(s3.new_location(), s3.storage_options)
        saved(db, "model", values.write("kept"))
        lost = [values.write(f"lost {number}") for number in range(4)]
        soon, remove = timedelta(seconds=-5), ValueStore.remove_key
        removed = 0

        def fails_at_the_third(store: ValueStore, key: str) -> None:
            nonlocal removed
            removed += 1
            wrong = {**s3.storage_options, "endpoint_url": "http://127.0.0.1:1"}
            wrong |= {"config_kwargs": {"retries": {"max_attempts": 1}}}
            remove(ValueStore(values.location, wrong) if removed == 3 else store, key)

        monkeypatch.setattr(ValueStore, "remove_key", fails_at_the_third)
        result = collect(db, values, soon, delete=True)
        assert len(keys(result)) == 2
        assert "could not be removed" in str(result.locations[0].problem)
        result = collect(db, values, soon, delete=True)
        assert len(keys(result)) == 2
        assert result.locations[0].problem is None
        assert not any(values.exists(value) for value in lost)
        assert check(db, values, needed_values(db)).is_clean


_SAVE_AND_DELETE = """
import lineapy, sys
for i in range(24):
    value = ["shared", i % 3]
    lineapy.save(value, "model" + sys.argv[1])
    if i % 3:
        lineapy.delete("model" + sys.argv[1], "latest")
"""

_COLLECT_FOR_EVER = """
import sys
from datetime import timedelta
from lineapy.api import store_of_session
from lineapy.maintenance.gc import collect
store = store_of_session()
removed = 0
print("ready", flush=True)
while True:
    result = collect(store.db, store.values, timedelta(), delete=True, force=True)
    problems = [place.problem for place in result.locations if place.problem]
    assert not problems, problems
    removed += sum(len(place.files) for place in result.locations)
    print(removed, flush=True)
"""


class TestSavesMeanwhile:
    """Processes save equal values and delete them, as users do, while others collect with no grace at all."""

    @pytest.fixture(params=["SQLite and disk", "PostgreSQL and S3"])
    def environment(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
        changes: dict[str, str] = {}
        if request.param == "PostgreSQL and S3":
            s3: S3Server = request.getfixturevalue("s3")
            changes = {
                **s3.environment,
                "LINEAPY_DATABASE_URL": request.getfixturevalue("postgresql_url"),
                "LINEAPY_ARTIFACT_STORAGE_DIR": s3.new_location(),
            }
        monkeypatch = request.getfixturevalue("monkeypatch")
        for name, value in changes.items():
            monkeypatch.setenv(name, value)
        yield changes
        lineapy.artifact_store()._store.close()

    @pytest.mark.slow
    def test_every_artifact_that_is_left_loads(self, environment: dict[str, str], tmp_path: Path) -> None:
        script = tmp_path / "script.py"
        script.write_text(_SAVE_AND_DELETE)
        collectors = [start(_COLLECT_FOR_EVER) for _ in range(2)]
        try:
            for collector in collectors:
                assert collector.stdout is not None
                assert collector.stdout.readline() == "ready\n", collector.communicate()
            savers = [
                subprocess.Popen(
                    [sys.executable, "-m", "lineapy", "python", str(script), str(number)],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
                for number in range(3)
            ]
            for saver in savers:
                stdout, stderr = saver.communicate(timeout=500)
                assert (saver.returncode, stdout) == (0, ""), stderr
                assert stderr == ""
        finally:
            removed = 0
            for collector in collectors:
                still_running = collector.poll() is None
                collector.kill()
                stdout, stderr = collector.communicate()
                assert still_running, stderr
                removed += int(stdout.split("\n")[-2])
        assert removed > 8, "the saves were not disturbed"

        left = lineapy.artifact_store().artifacts
        assert len(left) == 3 * 8
        for artifact in left:
            assert artifact.get_value() == ["shared", artifact.version % 3]
        for number in range(3):
            assert [a.version for a in left if a.name == f"model{number}"] == list(range(0, 24, 3))
        done = subprocess.run(
            [sys.executable, "-m", "lineapy", "store", "check", "--json"], capture_output=True, text=True
        )
        assert done.returncode == 0, done
        assert json.loads(done.stdout)["damaged"] == []


class TestDurations:
    @pytest.mark.parametrize(
        "text, duration",
        [
            ("0", timedelta()),
            ("90s", timedelta(seconds=90)),
            ("30m", timedelta(minutes=30)),
            ("12h", timedelta(hours=12)),
            ("7d", timedelta(days=7)),
            ("1.5d", timedelta(hours=36)),
            ("2w", timedelta(days=14)),
            (" 0s ", timedelta()),
        ],
    )
    def test_have_a_unit(self, text: str, duration: timedelta) -> None:
        assert parse_duration(text) == duration

    @pytest.mark.parametrize("text", ["", "7", "d", "-7d", "7 days", "1e3s", "٣d", "999999999w", "7D"])
    def test_cannot_be_guessed(self, text: str) -> None:
        with pytest.raises(ValueError, match="no duration"):
            parse_duration(text)

    def test_longer_than_history_is_for_ever(self, db: RelationalLineaDB, local_values: ValueStore) -> None:
        saved(db, "model", local_values.write("value"))
        orphan(local_values, "lost")
        assert keys(collect(db, local_values, parse_duration("990000d"), delete=True)) == set()
