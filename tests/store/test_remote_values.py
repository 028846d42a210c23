"""What the value store promises, on real servers: S3 twice, Google Cloud Storage, Azure, SFTP."""

from __future__ import annotations

import copy
import json
import os
import re
import socket
import threading
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest

from lineapy.db.records import StoredValue
from lineapy.errors import DigestMismatchError, StoreError, ValueMissingError
from lineapy.storage.values import ValueStore
from tests.servers.remote import RemoteLocation
from tests.servers.s3 import S3Server
from tests.servers.sftp import SFTPServer
from tests.store.processes import run, run_together, start
from tests.store.proxy import proxied

MB = 1 << 20


@pytest.fixture
def values(remote_location: RemoteLocation) -> ValueStore:
    """A store on each of the servers in turn."""
    return ValueStore(remote_location.location, remote_location.storage_options)


def other(values: ValueStore) -> ValueStore:
    """Another process's view of the same store."""
    return ValueStore(values.location, values._storage_options)


class Remote:
    """The files of a store, as somebody sees them who does not use LineaPy."""

    def __init__(self, values: ValueStore) -> None:
        self.values = values
        options = values._storage_options or {}
        self.files, self.root = fsspec.core.url_to_fs(values.location, skip_instance_cache=True, **options)

    def content(self, key: str) -> bytes:
        self.files.invalidate_cache()
        return bytes(self.files.cat_file(f"{self.root}/{key}"))

    def put(self, key: str, content: bytes) -> None:
        self.files.pipe_file(f"{self.root}/{key}", content)
        self.files.invalidate_cache()

    def listing(self) -> list[str]:
        self.files.invalidate_cache()
        return sorted(name.removeprefix(f"{self.root}/") for name in self.files.find(self.root))


@pytest.fixture
def remote(values: ValueStore) -> Remote:
    return Remote(values)


class TestOnEveryServer:
    @pytest.mark.parametrize("value", [None, {"a": [1, 2.5]}, b"", b"\x00" * 100_000, {1, 2}])
    def test_a_value_comes_back(self, values: ValueStore, value: object) -> None:
        stored = values.write(value)
        assert (stored.location, stored.key.startswith(stored.digest)) == (values.location, True)
        assert values.read(stored) == value
        assert other(values).read(stored) == value

    def test_an_array_comes_back_that_is_sent_in_parts(self, values: ValueStore) -> None:
        array = np.random.default_rng(0).integers(0, 255, 33 * MB, dtype="u1")
        stored = values.write(array)
        read = other(values).read(stored)
        assert isinstance(read, np.ndarray)
        assert (read == array).all()
        assert values.verify(stored) is None

    def test_equal_values_are_stored_once(self, values: ValueStore, remote: Remote) -> None:
        stored = values.write("iris")
        assert values.write("iris") == stored == other(values).write("iris")
        assert remote.listing() == [stored.key]

    def test_a_key_is_not_trusted_because_it_exists_and_not_overwritten(
        self, values: ValueStore, remote: Remote
    ) -> None:
        stored = values.write("iris")
        for damage in (b'"irix"', b'"iri', b""):
            remote.put(stored.key, damage)
            again = values.write("iris")
            assert again.key != stored.key
            assert values.read(again) == "iris"
            assert remote.content(stored.key) == damage
            values.remove(again)

    def test_a_key_that_is_being_removed_can_be_avoided(self, values: ValueStore, remote: Remote) -> None:
        stored = values.write("iris")
        again = values.write("iris", avoid={stored.key})
        assert remote.listing() == sorted({stored.key, again.key})

    def test_what_another_process_wrote_is_found(self, values: ValueStore) -> None:
        """fsspec remembers listings; a value that came since must be seen all the same."""
        reader = other(values)
        first = values.write("first")
        assert reader.exists(first)
        assert [file.key for file in reader.files()] == [first.key]
        second = values.write("second")
        assert reader.exists(second)
        assert reader.read(second) == "second"
        assert {file.key for file in reader.files()} == {first.key, second.key}
        values.remove(first)
        assert not reader.exists(first)
        assert reader.verify(second) is None
        with pytest.raises(ValueMissingError):
            reader.read(first)

    @pytest.mark.parametrize("limit", [1 << 20, 10], ids=["verified in memory", "verified on disk"])
    def test_a_damaged_value_is_refused_before_it_is_loaded(
        self,
        values: ValueStore,
        remote: Remote,
        limit: int,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("lineapy.storage.values._VERIFIED_IN_MEMORY", limit)

        class Evil:
            def __reduce__(self) -> tuple[Any, tuple[str]]:
                return os.mkdir, (str(tmp_path / "evil was here"),)

        stored = values.write([{1}, b"x" * 1000])
        evil = values.write([Evil(), b"x" * 1000])
        content = remote.content(stored.key)
        for damage, kind in (
            (remote.content(evil.key), "size"),
            (content[:-1], "size"),
            (b"", "size"),
            (content[:-1] + bytes([content[-1] ^ 1]), "digest"),
        ):
            remote.put(stored.key, damage)
            with pytest.raises(DigestMismatchError, match=stored.digest[:12]):
                other(values).read(stored)
            found = other(values).verify(stored)
            assert found is not None
            assert found.kind == kind
        assert not (tmp_path / "evil was here").exists()

    def test_a_missing_value_says_where_it_should_be(self, values: ValueStore) -> None:
        stored = values.write("iris")
        values.remove(stored)
        values.remove(stored)
        for store in (values, other(values)):
            with pytest.raises(ValueMissingError) as caught:
                store.read(stored)
            assert values.location in str(caught.value)
            assert stored.key in str(caught.value)
            found = store.verify(stored)
            assert found is not None
            assert found.kind == "missing"

    def test_a_store_that_was_never_written_is_empty(self, values: ValueStore) -> None:
        stored = StoredValue("0" * 64, 1, "json", values.location, f"{'0' * 64}.json")
        assert list(values.files()) == []
        assert not values.exists(stored)
        values.remove(stored)
        with pytest.raises(ValueMissingError):
            values.read(stored)

    def test_our_files_are_listed_with_their_sizes_and_times(
        self, values: ValueStore, remote: Remote
    ) -> None:
        stored = values.write("iris")
        old_key = f"{stored.digest[:2]}/{stored.digest}.pickle"
        if remote.files.protocol[0] in ("sftp", "ssh") or "sftp" in remote.files.protocol:
            remote.files.makedirs(f"{remote.root}/{stored.digest[:2]}", exist_ok=True)
        remote.put(old_key, b"as the first version wrote it")
        remote.put(".writing-0123", b"unfinished")
        remote.put("README.md", b"foreign")
        found = {file.key: file for file in values.files()}
        assert {key: file.size for key, file in found.items()} == {
            stored.key: 6,
            old_key: 29,
            ".writing-0123": 10,
        }
        for file in found.values():
            assert file.modified is not None
            assert abs(datetime.now(UTC) - file.modified) < timedelta(minutes=10)
        values.remove_key(".writing-0123")
        values.remove_key(old_key)
        values.remove_key(old_key)
        assert remote.listing() == sorted(["README.md", stored.key])

    def test_a_probe_leaves_nothing(self, values: ValueStore, remote: Remote) -> None:
        values.probe()
        assert list(values.files()) == []
        values.write("iris")
        values.probe()
        assert len(remote.listing()) == 1

    def test_values_move_in_and_out(self, values: ValueStore, tmp_path: Path) -> None:
        disk, back = ValueStore(str(tmp_path / "disk")), ValueStore(str(tmp_path / "back"))
        array = np.arange(MB // 4, dtype="f8")
        for value in ("iris", {1, 2}, array):
            stored = disk.write(value)
            moved = values.copy_in(disk, stored)
            assert moved == replace(stored, location=values.location)
            assert values.verify(moved) is None
            assert values.copy_in(disk, stored) == moved
            assert back.copy_in(values, moved) == replace(stored, location=back.location)
            assert np.array_equal(back.read(replace(stored, location=back.location)), value)  # type: ignore[arg-type]

    def test_a_damaged_value_moves_neither_in_nor_out(
        self, values: ValueStore, remote: Remote, tmp_path: Path
    ) -> None:
        disk = ValueStore(str(tmp_path / "disk"))
        stored = disk.write("iris")
        moved = values.copy_in(disk, stored)
        remote.put(moved.key, b'"irix"')
        back = ValueStore(str(tmp_path / "back"))
        with pytest.raises(DigestMismatchError):
            back.copy_in(values, moved)
        assert list(back.files()) == []
        assert values.read(values.copy_in(disk, stored)) == "iris"
        (tmp_path / "disk" / stored.key).chmod(0o644)
        (tmp_path / "disk" / stored.key).write_bytes(b'"irix"')
        before = remote.listing()
        with pytest.raises(DigestMismatchError):
            values.copy_in(disk, replace(stored, digest=stored.digest))
        assert remote.listing() == before

    def test_a_writer_killed_in_mid_upload_leaves_nothing_that_looks_finished(
        self, values: ValueStore, remote: Remote
    ) -> None:
        kept = values.write("before")
        # Amazon's libraries send more than 32 MB in parts; one of them has arrived then.
        size = 40 * MB if values.location.startswith("s3://") else 4 * MB
        with proxied(values.location, values._storage_options or {}) as (proxy, location, options):
            proxy.stop_after(size // 2, hang_up=False)
            process = start(SAVE, location, json.dumps(options), size)
            with process:
                assert proxy.stopped.wait(60)
                process.kill()
        finished = [key for key in remote.listing() if not key.startswith(".writing-")]
        assert finished == [kept.key]
        # What is left is known to be ours, and goes.
        left = [file.key for file in values.files() if file.key != kept.key]
        assert left == [key for key in remote.listing() if key != kept.key]
        for key in left:
            values.remove_key(key)
        assert remote.listing() == [kept.key]

    def test_processes_that_save_equal_values_at_once_all_succeed(
        self, values: ValueStore, remote: Remote
    ) -> None:
        printed = run_together(
            3,
            """
import dataclasses, json, sys
from lineapy.storage.values import ValueStore
values = ValueStore(sys.argv[2], json.loads(sys.argv[3]))
values.exists(values.write("warm up"))
print("ready", flush=True)
sys.stdin.readline()
for i in range(5):
    print(json.dumps(dataclasses.asdict(values.write(["equal", i]))))
""",
            values.location,
            json.dumps(values._storage_options),
        )
        every = [[StoredValue(**json.loads(line)) for line in text.splitlines()] for text in printed]
        for stored in every:
            assert [values.read(one) for one in stored] == [["equal", i] for i in range(5)]
        # A reader may meet an upload that is not finished where there is no way to avoid that; it takes another key.
        assert not [key for key in remote.listing() if key.startswith(".writing-")]

    def test_a_child_made_by_fork_saves_and_loads(self, values: ValueStore) -> None:
        done = run(
            """
import json, os, sys, warnings
from lineapy.storage.values import ValueStore
values = ValueStore(sys.argv[1], json.loads(sys.argv[2]))
stored = values.write("from the parent")
warnings.simplefilter("ignore")  # that a process with threads forks
child = os.fork()
if child == 0:
    assert values.read(stored) == "from the parent"
    assert values.read(values.write("from the child")) == "from the child"
    print("child done", flush=True)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert values.read(values.write("after the child")) == "after the child"
print("parent done")
""",
            values.location,
            json.dumps(values._storage_options),
        )
        assert done.stdout.splitlines() == ["child done", "parent done"]

    def test_several_threads_save_at_once(self, values: ValueStore) -> None:
        found: list[object] = []

        def save(number: int) -> None:
            found.append(values.read(values.write(["thread", number])))

        threads = [threading.Thread(target=save, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found, key=str) == [["thread", number] for number in range(6)]

    def test_a_value_is_found_where_the_team_moved_it(self, values: ValueStore, tmp_path: Path) -> None:
        disk = ValueStore(str(tmp_path / "disk"))
        stored = disk.write("iris")
        values.copy_in(disk, stored)
        for file in disk.files():
            disk.remove_key(file.key)
        assert values.read(stored) == "iris"
        assert values.exists(stored)


SAVE = """
import json, sys, warnings
warnings.simplefilter("ignore", ResourceWarning)  # aiohttp has advice for gcsfs and adlfs
from lineapy.storage.values import ValueStore
ValueStore(sys.argv[1], json.loads(sys.argv[2])).write(b"x" * int(sys.argv[3]))
"""


class TestConnectionsThatBreak:
    @pytest.mark.parametrize("remote_location", ["s3", "rclone_s3", "sftp"], indirect=True)
    def test_a_failing_upload_says_so_and_leaves_nothing(
        self, values: ValueStore, remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        kept = values.write("before")
        options = dict(values._storage_options or {})
        if values.location.startswith("s3://"):
            options["config_kwargs"] = {**options.get("config_kwargs", {}), "retries": {"max_attempts": 1}}  # type: ignore[dict-item]
        with proxied(values.location, options) as (proxy, location, changed):
            broken = ValueStore(location, changed)
            broken.probe()
            proxy.stop_after(20 * MB, hang_up=True)
            with pytest.raises(StoreError, match=re.escape(location)) as caught:
                broken.write(b"x" * (40 * MB))
            assert "secret" not in str(caught.value)
            assert "password" not in str(caught.value)
        assert [key for key in remote.listing() if not key.startswith(".writing-")] == [kept.key]
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("remote_location", ["sftp"], indirect=True)
    def test_a_connection_that_was_dropped_is_made_again(self, values: ValueStore) -> None:
        with proxied(values.location, values._storage_options or {}) as (proxy, location, options):
            store = ValueStore(location, options)
            stored = store.write("before")
            proxy.drop()
            assert store.read(stored) == "before"
            proxy.drop()
            assert store.read(store.write("after")) == "after"

    # Those of Google and Microsoft try again for minutes.
    @pytest.mark.parametrize("remote_location", ["s3", "rclone_s3", "sftp"], indirect=True)
    def test_a_server_that_is_away_is_an_error_that_names_the_location(self, values: ValueStore) -> None:
        with proxied(values.location, values._storage_options or {}) as (_, location, options):
            pass
        done = run(
            """
import json, sys
from lineapy.db.records import StoredValue
from lineapy.errors import StoreError, ValueMissingError
from lineapy.storage.values import ValueStore
store = ValueStore(sys.argv[1], json.loads(sys.argv[2]))
try:
    store.read(StoredValue("0" * 64, 1, "json", store.location, "0" * 64 + ".json"))
except StoreError as error:
    assert not isinstance(error, ValueMissingError)
    print(error)
""",
            location,
            json.dumps(options),
        )
        assert location in done.stdout


class TestAmazonS3:
    @pytest.fixture(params=["s3", "rclone_s3"])
    def server(self, request: pytest.FixtureRequest) -> S3Server:
        return request.getfixturevalue(request.param)  # type: ignore[no-any-return]

    def test_a_missing_bucket_is_an_error_and_is_not_made(self, server: S3Server) -> None:
        values = ValueStore("s3://no-such-bucket-of-ours/values", server.storage_options)
        for use in (lambda: values.write("iris"), values.probe):
            with pytest.raises(StoreError, match=r"s3://no-such-bucket-of-ours/values.*[Bb]ucket"):
                use()
        names = [bucket["Name"] for bucket in server.client().list_buckets()["Buckets"]]
        assert "no-such-bucket-of-ours" not in names

    def test_wrong_credentials_are_refused_and_not_shown(self, rclone_s3: S3Server) -> None:
        location = rclone_s3.new_location()
        right = ValueStore(location, rclone_s3.storage_options)
        stored = right.write("iris")
        options = {**rclone_s3.storage_options, "secret": "a-wrong-secret"}
        wrong = ValueStore(location, options)
        for use in (
            lambda: wrong.write("rose"),
            lambda: wrong.read(stored),
            lambda: wrong.verify(stored),
            lambda: wrong.exists(stored),
            lambda: list(wrong.files()),
            wrong.probe,
        ):
            with pytest.raises(StoreError) as caught:
                use()
            assert not isinstance(caught.value, ValueMissingError)
            text = "".join(traceback.format_exception(caught.value, limit=0)) + repr(wrong)
            assert "a-wrong-secret" not in text
            assert str(options["key"]) not in text
            assert location in text
            assert "credentials" in text
        assert right.read(stored) == "iris"

    def test_a_bucket_itself_can_be_the_location(self, server: S3Server) -> None:
        values = ValueStore(f"s3://{server.new_bucket()}/", server.storage_options)
        stored = values.write("iris")
        assert values.read(stored) == "iris"
        assert [file.key for file in values.files()] == [stored.key]

    def test_credentials_come_from_the_environment(
        self, server: S3Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        values = ValueStore(server.new_location())
        assert values.read(values.write("iris")) == "iris"

    def test_storage_options_are_passed_unchanged(
        self, server: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        for name, value in server.profile_environment(tmp_path, "team").items():
            monkeypatch.setenv(name, value)
        options = {"profile": "team", "client_kwargs": {"region_name": "us-east-1"}}
        before = copy.deepcopy(options)
        values = ValueStore(server.new_location(), options)
        assert values.read(values.write("iris")) == "iris"
        assert options == before

    def test_a_large_value_needs_little_memory_to_be_sent(self, server: S3Server) -> None:
        done = run(
            """
import json, resource, sys
import numpy as np
from lineapy.storage.values import ValueStore
values = ValueStore(sys.argv[1], json.loads(sys.argv[2]))
values.read(values.write(np.arange(3 << 20)))
array = np.ones(19 << 20)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
values.write(array)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
""",
            server.new_location(),
            json.dumps(server.storage_options),
        )
        assert int(done.stdout) < 100, f"{done.stdout} MB for 152"

    def test_a_value_at_another_bucket_is_read_with_the_same_options(self, server: S3Server) -> None:
        stored = ValueStore(server.new_location(), server.storage_options).write("iris")
        assert ValueStore(server.new_location(), server.storage_options).read(stored) == "iris"

    def test_a_value_that_stayed_in_the_bucket_says_that_its_options_are_gone(
        self, rclone_s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The location was changed from a bucket to a folder, and the bucket's options with it."""
        for name, value in rclone_s3.environment_without_credentials.items():
            monkeypatch.setenv(name, value)
        stored = ValueStore(rclone_s3.new_location(), rclone_s3.storage_options).write("iris")
        with pytest.raises(StoreError) as caught:
            ValueStore(str(tmp_path / "new"), {"some": "option"}).read(stored)
        assert stored.location in str(caught.value)
        assert f"artifact_storage_dir is {tmp_path}/new now" in str(caught.value)
        assert "storage_options are meant for" in str(caught.value)


class TestSFTP:
    def test_a_password_in_the_location_is_used_and_not_recorded(self, sftp: SFTPServer) -> None:
        options = dict(sftp.storage_options)
        name, password = options.pop("username"), options.pop("password")
        location = sftp.new_location()
        values = ValueStore(location.replace("://", f"://{name}:{password}@"), options)
        stored = values.write("iris")
        assert stored.location == location.replace("://", f"://{name}@")
        assert values.read(stored) == "iris"
        elsewhere = ValueStore(values._url.rpartition("/")[0] + "/elsewhere", options)
        assert elsewhere.read(stored) == "iris"

    def test_a_password_is_not_sent_to_another_machine(self, sftp: SFTPServer) -> None:
        """What is in the database may have been written by somebody else."""
        values = ValueStore(sftp.new_location(), sftp.storage_options)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            forged = f"sftp://127.0.0.1:{listener.getsockname()[1]}/x"
            assert values._shares_options(sftp.new_location())
            assert not values._shares_options(forged)
