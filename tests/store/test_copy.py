"""`lineapy store copy`: everything arrives as it was, whatever happens on the way, and the source is left alone."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import lineapy
from lineapy.db.db import RelationalLineaDB
from lineapy.db.records import (
    ArtifactRecord,
    GraphPart,
    NewArtifact,
    PipelineRecord,
    Search,
    SourceRecord,
    StoredValue,
)
from lineapy.errors import StoreConflictError, StoreError
from lineapy.maintenance.check import check, needed_values
from lineapy.maintenance.copy import Copied, Half, copy, plan
from lineapy.maintenance.gc import collect, timedelta
from lineapy.storage.values import ValueStore
from tests.api.support import trace
from tests.servers.s3 import S3Server
from tests.store.given import a_session, saved
from tests.store.processes import start


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Half]:
    """A store on this machine, empty."""
    with_db = RelationalLineaDB(f"sqlite:///{tmp_path}/disk/db.sqlite")
    yield Half(with_db, ValueStore(str(tmp_path / "disk" / "values")))
    with_db.close()


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Half]:
    with_db = RelationalLineaDB(f"sqlite:///{tmp_path}/other/db.sqlite")
    yield Half(with_db, ValueStore(str(tmp_path / "other" / "values")))
    with_db.close()


@pytest.fixture
def servers(postgresql_url: str, s3: S3Server) -> Iterator[Half]:
    """A store on servers, empty."""
    with_db = RelationalLineaDB(postgresql_url)
    yield Half(with_db, ValueStore(s3.new_location(), s3.storage_options))
    with_db.close()


#: How many artifacts `fill` leaves, with one that is deleted.
ARTIFACTS = 10


def fill(store: Half) -> None:
    """Two sessions that save by turns, shared values, deleted and purged artifacts, odd names."""
    sessions = [a_session(), a_session(kind="JUPYTER", script_path=None)]
    sources = [SourceRecord(0, "model.py", "x = '\N{SNOWMAN}'\n")]
    parts: list[list[GraphPart]] = [[], []]
    shared = store.values.write(b"shared" * 1000)
    for number in range(12):
        which = number % 2
        parts[which].append(GraphPart(len(parts[which]), os.urandom(20)))
        value = shared if number % 3 == 0 else store.values.write({"number": number})
        new = NewArtifact(
            ["model", "it's \N{SNOWMAN} \\ /x"][which],
            f"target {number}",
            value,
            "json",
            files='[{"path": "/data/iris.csv", "role": "input", "size": 1, "digest": null}]',
            notes=f"note {number}" if number % 3 else None,
            tags=("newest", f"tag {number}"),
        )
        store.db.save_artifact(new, sessions[which], sources, parts[which])
    store.db.delete_artifacts("model", [1, 5])
    saved(store.db, "purged", store.values.write("purged"))
    store.db.delete_artifacts("purged", [0])
    collect(store.db, store.values, timedelta(0), delete=True)
    store.db.delete_artifacts("model", [2])
    for seeds in (("seed",), ()):
        artifacts = (("model", 3), ("it's \N{SNOWMAN} \\ /x", 0))
        store.db.save_pipeline(
            PipelineRecord(
                "iris \N{SNOWMAN}", 0, datetime(2026, 11, 23, tzinfo=UTC), artifacts, {}, seeds, "ada"
            )
        )
    assert len(store.db.artifacts(with_deleted=True)) == ARTIFACTS


def content(store: Half) -> object:
    """All that a store holds, without what depends on where it is."""
    return (
        [
            replace(artifact, id=0, value=replace(artifact.value, location="", key=""))
            for artifact in store.db.artifacts(with_deleted=True)
        ],
        store.db.counters(),
        store.db.pipeline_history(),
        {
            artifact.session_id: (
                store.db.session(artifact.session_id),
                store.db.sources(artifact.session_id),
                store.db.graph_parts(artifact.session_id),
            )
            for artifact in store.db.artifacts(with_deleted=True)
        },
        [store.values.read(artifact.value) for artifact in store.db.artifacts(with_deleted=True)],
    )


def copied(source: Half, target: Half) -> Copied:
    return copy(source, target, plan(source, target))


def everywhere(half: Half) -> list[ArtifactRecord]:
    artifacts = half.db.artifacts(with_deleted=True)
    assert {artifact.value.location for artifact in artifacts} <= {half.values.location}
    return artifacts


@pytest.mark.parametrize(
    "source_name, target_name", [("disk", "other_disk"), ("disk", "servers"), ("servers", "disk")]
)
def test_all_that_a_store_holds_arrives_and_can_be_copied_back(
    source_name: str, target_name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    source: Half = request.getfixturevalue(source_name)
    target: Half = request.getfixturevalue(target_name)
    fill(source)
    result = copied(source, target)
    assert content(target) == content(source)
    everywhere(target)
    artifacts = source.db.artifacts(with_deleted=True)
    assert result == Copied(
        len(artifacts),
        len({artifact.value for artifact in artifacts}),
        sum(value.size for value in {artifact.value for artifact in artifacts}),
        present=0,
        elsewhere=0,
        left_out=(),
        pipelines=2,
    )
    assert check(target.db, target.values, needed_values(target.db)).is_clean

    back = Half(RelationalLineaDB(f"sqlite:///{tmp_path}/back.sqlite"), ValueStore(str(tmp_path / "back")))
    copied(target, back)
    assert content(back) == content(source)
    back.db.close()


def test_the_next_version_of_a_pipeline_in_the_copy(disk: Half, servers: Half) -> None:
    fill(disk)
    copied(disk, servers)
    assert copied(disk, servers).pipelines == 0
    newer = replace(disk.db.find_pipeline("iris \N{SNOWMAN}"), parameters=("other",))
    assert servers.db.save_pipeline(newer).version == 2
    disk.db.save_pipeline(replace(newer, parameters=("another",)))
    with pytest.raises(
        StoreConflictError, match=r"both have version 2 of a pipeline 'iris.*Nothing was copied"
    ):
        copied(disk, servers)


def test_the_next_save_in_the_copy_gets_the_next_version(disk: Half, servers: Half) -> None:
    fill(disk)
    copied(disk, servers)
    for name in ("model", "purged", "new"):
        assert saved(servers.db, name, servers.values.write("later")).version == (
            saved(disk.db, name, disk.values.write("later")).version
        )


def test_a_deleted_artifact_can_be_restored_in_the_copy(disk: Half, servers: Half) -> None:
    fill(disk)
    copied(disk, servers)
    servers.db.restore_artifacts("model", [2])
    assert servers.values.read(servers.db.find_artifact("model", 2).value) == {"number": 4}


def test_artifacts_in_the_copy_have_their_code_and_their_values(
    linea_home: Path, disk: Half, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace("import lineapy\nnoise = 1\nx = [1]\nx.append(2)\nlineapy.save(x, 'x')\nlineapy.save(x, 'x')\n")
    home = Half(
        RelationalLineaDB(f"sqlite:///{linea_home}/db.sqlite"), ValueStore(str(linea_home / "linea_pickles"))
    )
    code = lineapy.get("x").get_code()
    copied(home, disk)
    home.db.close()
    monkeypatch.setenv("LINEAPY_DATABASE_URL", disk.db.url)
    monkeypatch.setenv("LINEAPY_ARTIFACT_STORAGE_DIR", disk.values.location)
    linea_home.rename(linea_home.with_name("gone"))
    program = "import lineapy; artifact = lineapy.get('x', 1); print(artifact.get_value()); print(artifact.get_code())"
    stdout, stderr = start(program).communicate(timeout=120)
    assert stdout == f"[1, 2]\n{code}\n", stderr


def test_the_source_is_only_read(disk: Half, servers: Half) -> None:
    fill(disk)
    disk.db.close()
    folder = Path(disk.values.location).parent

    def state() -> dict[str, tuple[str, int]]:
        return {
            str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
            for path in folder.rglob("*")
            if path.is_file()
        }

    before = state()
    copied(disk, servers)
    disk.db.close()
    assert state() == before


def test_a_source_that_may_not_be_written_can_be_copied(
    postgresql_url: str, disk: Half, servers: Half
) -> None:
    fill(servers)
    before = content(servers)
    read_only = RelationalLineaDB(f"{servers.db.url}?options=-c default_transaction_read_only=on")
    with pytest.raises(StoreError, match="read-only"):
        saved(read_only)
    copied(Half(read_only, servers.values), disk)
    read_only.close()
    assert content(disk) == before


class TestAgain:
    def test_brings_tags_and_notes_that_were_given_since(self, disk: Half, servers: Half) -> None:
        fill(disk)
        copied(disk, servers)
        disk.db.tag_artifact("model", 0, "newest")
        disk.db.set_notes("model", 0, "the best after all")
        copied(disk, servers)
        assert content(servers) == content(disk)
        assert servers.db.find_tagged("model", "newest").notes == "the best after all"
        assert servers.db.count(Search(input_file="iris.csv")) == disk.db.count()

    def test_copies_nothing_twice(self, disk: Half, servers: Half) -> None:
        fill(disk)
        copied(disk, servers)
        before = content(servers)
        work = plan(disk, servers)
        assert (work.artifacts, work.size) == ((), 0)
        assert copy(disk, servers, work).present == ARTIFACTS
        assert content(servers) == before

    def test_copies_what_was_saved_since(self, disk: Half, servers: Half) -> None:
        fill(disk)
        copied(disk, servers)
        session = a_session()
        saved(disk.db, "model", disk.values.write("later"), session)
        result = copied(disk, servers)
        assert (result.artifacts, result.present) == (1, ARTIFACTS)
        assert content(servers) == content(disk)

    def test_copies_the_later_part_of_a_session_that_goes_on(self, disk: Half, other_disk: Half) -> None:
        session, source = a_session(), SourceRecord(0, "a", "1")
        value = disk.values.write("value")
        disk.db.save_artifact(NewArtifact("a", "1", value, None), session, [source], [GraphPart(0, b"0")])
        copied(disk, other_disk)
        later = [source, SourceRecord(1, "b", "2")], [GraphPart(1, b"1")]
        disk.db.save_artifact(NewArtifact("a", "2", value, None), session, *later)
        copied(disk, other_disk)
        assert content(other_disk) == content(disk)

    def test_into_a_copy_that_has_been_cleaned_up_since(self, disk: Half, servers: Half) -> None:
        """What gc has cleared away there not long ago, saves and copies must not count on."""
        fill(disk)
        copied(disk, servers)
        for name in {artifact.name for artifact in servers.db.artifacts()}:
            servers.db.delete_artifacts(name, servers.db.versions(name))
        collect(servers.db, servers.values, timedelta(seconds=-5), delete=True)
        assert servers.db.artifacts(with_deleted=True) == []
        assert copied(disk, servers).artifacts == ARTIFACTS
        assert content(servers) == content(disk)

    def test_mends_nothing_that_is_there_but_says_what_is_elsewhere(
        self, disk: Half, other_disk: Half, tmp_path: Path
    ) -> None:
        fill(disk)
        copied(disk, other_disk)
        third = ValueStore(str(tmp_path / "third"))
        result = copied(disk, Half(other_disk.db, third))
        assert (result.artifacts, result.present, result.elsewhere) == (0, ARTIFACTS, ARTIFACTS)


_COPY = """
import sys
from lineapy.db.db import RelationalLineaDB
from lineapy.maintenance import copy as module
from lineapy.maintenance.copy import Half, copy, plan
from lineapy.storage.values import ValueStore
module.BATCH = 3  # or it would all be over after the first one
database, folder, to_database, to_folder = sys.argv[1:]
source = Half(RelationalLineaDB(database), ValueStore(folder))
target = Half(RelationalLineaDB(to_database), ValueStore(to_folder))
print("ready", flush=True)
copy(source, target, plan(source, target), lambda value: print(value.key, flush=True))
"""

#: How often a copy is killed; the acceptance run sets some hundreds.
KILLS = int(os.environ.get("LINEAPY_KILLS", "8"))


class TestKilled:
    @pytest.mark.slow
    @pytest.mark.parametrize("kind", ["SQLite and disk", "PostgreSQL and S3"])
    def test_at_random_moments_and_done_again_until_it_is_through(
        self, kind: str, disk: Half, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target: Half = request.getfixturevalue("servers" if kind == "PostgreSQL and S3" else "other_disk")
        if target.values._storage_options:
            for name, value in request.getfixturevalue("s3").environment.items():
                monkeypatch.setenv(name, value)
        session = a_session()
        for number in range(40):
            saved(disk.db, f"model {number % 3}", disk.values.write([number, "x" * 100_000]), session)
        arguments = disk.db.url, disk.values.location, target.db.url, target.values.location
        kills, chance = 0, random.Random(kind)
        for _ in range(KILLS if kind == "SQLite and disk" else KILLS // 2):
            process = start(_COPY, *arguments)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
            values = chance.randint(0, 10)
            while values and process.stdout.readline():
                values -= 1
            time.sleep(chance.uniform(0, 0.02))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += process.returncode == -signal.SIGKILL
            there = target.db.artifacts()
            assert [a.save_id for a in there] == [a.save_id for a in disk.db.artifacts()][: len(there)]
            assert check(target.db, target.values, needed_values(target.db)).is_clean
        assert kills > 0
        stdout, stderr = start(_COPY, *arguments).communicate(timeout=300)
        assert stdout.startswith("ready\n"), stderr
        assert content(target) == content(disk)
        assert len(stdout.splitlines()) - 1 < 40, "it began anew"


class TestDamage:
    def test_is_reported_and_all_others_are_copied(self, disk: Half, servers: Half) -> None:
        fill(disk)
        flipped = disk.db.find_artifact("model", 4).value
        gone = disk.db.find_artifact("it's \N{SNOWMAN} \\ /x", 0).value
        path = disk.values.local_file(flipped)
        assert path is not None
        path.chmod(0o644)
        path.write_bytes(b"x" * flipped.size)
        disk.values.remove(gone)
        result = copied(disk, servers)
        left_out = {(out.artifact.name, out.artifact.version): out.reason for out in result.left_out}
        assert {version for _, version in left_out} == {4, 0}
        assert all("running the artifact's code" in reason for reason in left_out.values())
        assert result.artifacts == ARTIFACTS - 2
        assert len(servers.db.artifacts(with_deleted=True)) == ARTIFACTS - 2
        assert check(servers.db, servers.values, needed_values(servers.db)).is_clean
        assert saved(servers.db, "model", servers.values.write("later")).version == 6

    def test_that_was_mended_is_copied_the_next_time(self, disk: Half, other_disk: Half) -> None:
        value = disk.values.write("value")
        saved(disk.db, "a", value)
        saved(disk.db, "b", disk.values.write("other"))
        path = disk.values.local_file(value)
        assert path is not None
        right = path.read_bytes()
        path.unlink()
        assert [out.artifact.name for out in copied(disk, other_disk).left_out] == ["a"]
        path.write_bytes(right)
        assert copied(disk, other_disk).left_out == ()
        assert {artifact.name for artifact in other_disk.db.artifacts()} == {"a", "b"}

    def test_a_location_that_cannot_be_reached_keeps_back_only_its_own(
        self, disk: Half, other_disk: Half, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in (("ENDPOINT_URL", "http://127.0.0.1:1"), ("MAX_ATTEMPTS", "1")):
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        for number in range(5):
            digest = f"{number:064x}"
            saved(disk.db, "far", StoredValue(digest, 3, "json", "s3://bucket/values", f"{digest}.json"))
        saved(disk.db, "near", disk.values.write("value"))
        result = copied(disk, other_disk)
        assert [out.artifact.name for out in result.left_out] == ["far"] * 5
        assert all("s3://bucket/values" in out.reason for out in result.left_out)
        assert [artifact.name for artifact in other_disk.db.artifacts()] == ["near"]

    def test_of_the_target_ends_the_copy(self, disk: Half, other_disk: Half, tmp_path: Path) -> None:
        fill(disk)
        (tmp_path / "file").write_text("")
        target = Half(other_disk.db, ValueStore(str(tmp_path / "file" / "values")))
        with pytest.raises(StoreError, match="could not be written"):
            copied(disk, target)
        assert other_disk.db.artifacts() == []

    def test_of_the_target_on_the_way_ends_the_copy_and_it_goes_on_later(
        self, disk: Half, other_disk: Half
    ) -> None:
        fill(disk)
        work = plan(disk, other_disk)
        folder = Path(other_disk.values.location)

        def in_the_way(_value: StoredValue) -> None:
            if folder.is_dir():
                folder.rename(folder.with_name("away"))
                folder.write_text("")

        with pytest.raises(StoreError, match=r"could not be (written to|looked up in)"):
            copy(disk, other_disk, work, in_the_way)
        folder.unlink()
        folder.with_name("away").rename(folder)
        copied(disk, other_disk)
        assert content(other_disk) == content(disk)


class TestRefused:
    def test_if_both_give_a_version_of_a_name_to_different_artifacts(self, disk: Half, servers: Half) -> None:
        fill(disk)
        saved(servers.db, "model", servers.values.write("theirs"))
        files = len(list(servers.values.files()))
        with pytest.raises(StoreConflictError, match="both have 'model' version 0, and they are different"):
            copied(disk, servers)
        assert len(servers.db.artifacts(with_deleted=True)) == 1
        assert len(list(servers.values.files())) == files
        assert servers.db.counters() == {"model": 0}

    def test_also_if_the_one_there_is_deleted_but_not_for_good(self, disk: Half, other_disk: Half) -> None:
        fill(disk)
        saved(other_disk.db, "model", other_disk.values.write("theirs"))
        other_disk.db.delete_artifacts("model", [0])
        with pytest.raises(StoreConflictError):
            copied(disk, other_disk)

    def test_if_somebody_saves_under_that_name_meanwhile_nothing_is_mixed_up(
        self, disk: Half, other_disk: Half
    ) -> None:
        fill(disk)
        work = plan(disk, other_disk)
        saved(other_disk.db, "model", other_disk.values.write("theirs"))
        with pytest.raises(StoreConflictError):
            copy(disk, other_disk, work)
        assert other_disk.values.read(other_disk.db.find_artifact("model", 0).value) == "theirs"

    def test_if_somebody_saves_during_the_copy_he_gets_a_version_beyond(
        self, disk: Half, other_disk: Half
    ) -> None:
        fill(disk)
        theirs = []

        def save_too(_value: StoredValue) -> None:
            theirs.append(saved(other_disk.db, "model", other_disk.values.write("theirs")).version)

        copy(disk, other_disk, plan(disk, other_disk), save_too)
        assert theirs == list(range(6, 6 + len(theirs)))
        assert theirs
        assert other_disk.db.versions("model") == [0, 3, 4, *theirs]

    @pytest.mark.parametrize(
        "spelling", ["{}", "{}?timeout=5", "sqlite+pysqlite:///{path}", "sqlite:///{link}"]
    )
    def test_if_the_databases_are_one(self, spelling: str, disk: Half, tmp_path: Path) -> None:
        fill(disk)
        path = Path(disk.db.url.removeprefix("sqlite:///"))
        (tmp_path / "link").symlink_to(path.parent)
        url = spelling.format(disk.db.url, path=path, link=tmp_path / "link" / path.name)
        same = RelationalLineaDB(url)
        with pytest.raises(StoreConflictError, match="the database that it is made from"):
            plan(disk, Half(same, ValueStore(str(tmp_path / "elsewhere"))))
        same.close()

    def test_if_the_servers_databases_are_one(self, servers: Half, tmp_path: Path) -> None:
        url = servers.db.url.replace("127.0.0.1", "localhost") + "?application_name=copy"
        elsewhere = ValueStore(str(tmp_path / "elsewhere"))
        with pytest.raises(StoreConflictError, match="the database that it is made from") as caught:
            plan(servers, Half(RelationalLineaDB(url), elsewhere))
        assert "postgrespwd" not in str(caught.value)

    def test_if_the_locations_are_one(self, disk: Half, other_disk: Half, tmp_path: Path) -> None:
        fill(disk)
        (tmp_path / "link").symlink_to(disk.values.location)
        for same in (disk.values.location + "/", f"file://{disk.values.location}", str(tmp_path / "link")):
            with pytest.raises(StoreConflictError, match="where the original has them"):
                plan(disk, Half(other_disk.db, ValueStore(same)))
