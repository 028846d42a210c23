"""What the value store promises: complete files, immutable, loaded only when they are the ones that were saved."""

from __future__ import annotations

import errno
import hashlib
import importlib
import io
import json
import os
import pickle
import re
import shutil
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

import fsspec
import pytest

from lineapy.db.records import StoredValue
from lineapy.errors import (
    ArtifactSaveError,
    DigestMismatchError,
    LineaError,
    StoreError,
    UnreadableValueError,
    UnserializableValueError,
    UntrustedFormatError,
    ValueMissingError,
)
from lineapy.storage.serializers import SERIALIZERS
from lineapy.storage.values import ValueStore
from tests.store.processes import run, run_together, start


class TestWriting:
    @pytest.mark.parametrize(
        "value",
        [
            None,
            0,
            "naïve ✓",
            b"",
            b"\0" * 100_000,
            bytearray(100_000),
            {"a": [1, (2, {3})]},
            float("inf"),
            10**400,
        ],
    )
    def test_a_value_comes_back_equal(self, values: ValueStore, value: object) -> None:
        read = values.read(values.write(value))
        assert (read, type(read)) == (value, type(value))

    def test_code_of_the_users_script_loads_in_another_program(self, local_values: ValueStore) -> None:
        written = run(
            """
import dataclasses, json, sys
from lineapy.storage.values import ValueStore
class Model:
    scale = 3
    def __init__(self): self.predict = lambda x: x * self.scale
print(json.dumps(dataclasses.asdict(ValueStore(sys.argv[1]).write(Model()))))
""",
            local_values.location,
        )
        model: Any = local_values.read(StoredValue(**json.loads(written.stdout)))
        assert model.predict(5) == 15

    def test_the_key_is_the_digest_of_the_bytes_and_the_format(self, local_values: ValueStore) -> None:
        stored = local_values.write({1, 2, 3})
        content = (Path(local_values.location) / stored.key).read_bytes()
        assert stored.key == f"{stored.digest}.pickle"
        assert stored.digest == hashlib.sha256(content).hexdigest()
        assert stored.size == len(content)
        assert pickle.loads(content) == {1, 2, 3}

    def test_a_local_file_is_read_only(self, local_values: ValueStore) -> None:
        stored = local_values.write("iris")
        assert (Path(local_values.location) / stored.key).stat().st_mode & 0o777 == 0o444

    def test_a_local_file_is_as_private_as_the_user_wants(self, local_values: ValueStore) -> None:
        before = os.umask(0o077)
        try:
            stored = local_values.write("iris")
        finally:
            os.umask(before)
        path = Path(local_values.location) / stored.key
        assert path.stat().st_mode & 0o777 == 0o400
        assert path.parent.stat().st_mode & 0o777 == 0o700

    def test_equal_bytes_are_stored_once(self, local_values: ValueStore) -> None:
        assert local_values.write("iris") == local_values.write("iris")
        assert len(_files(local_values)) == 1

    def test_an_equal_value_is_not_written_again(self, local_values: ValueStore) -> None:
        path = Path(local_values.location) / local_values.write("iris").key
        before = path.stat()
        local_values.write("iris")
        assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)

    @pytest.mark.parametrize("damage", [b"", b'"irix"', b"other bytes"])
    def test_a_file_is_not_trusted_because_its_key_exists(self, values: ValueStore, damage: bytes) -> None:
        stored = values.write("iris")
        _overwrite(values, stored, damage)
        again = values.write("iris")
        assert again == replace(stored, key=again.key)
        assert re.fullmatch(rf"{stored.digest}-[0-9a-f]{{8}}\.json", again.key)
        assert values.read(again) == "iris"

    def test_what_is_at_a_key_is_not_overwritten_even_if_it_is_wrong(self, values: ValueStore) -> None:
        stored = values.write("iris")
        _overwrite(values, stored, b"somebody may be reading this")
        values.write("iris")
        assert _content(values, stored) == b"somebody may be reading this"

    def test_a_key_that_is_being_removed_can_be_avoided(self, values: ValueStore) -> None:
        stored = values.write("iris")
        other = values.write("iris", avoid={stored.key})
        assert other == replace(stored, key=other.key)
        assert other.key != stored.key
        third = values.write("iris", avoid={stored.key, other.key})
        assert len({stored.key, other.key, third.key}) == 3
        values.remove(stored)
        assert values.read(other) == values.read(third) == "iris"

    @pytest.mark.parametrize("refusal", [errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK])
    def test_a_file_system_without_hard_links_will_do(
        self, local_values: ValueStore, refusal: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def link(*arguments: object) -> None:
            raise OSError(refusal, os.strerror(refusal))

        monkeypatch.setattr("os.link", link)
        stored = local_values.write("iris")
        assert local_values.write("iris") == stored
        assert local_values.read(stored) == "iris"
        _overwrite(local_values, stored, b"damaged")
        assert local_values.read(local_values.write("iris")) == "iris"
        assert _content(local_values, stored) == b"damaged"
        assert len(_files(local_values)) == 2

    def test_processes_that_save_equal_values_at_once_all_succeed(self, local_values: ValueStore) -> None:
        printed = run_together(
            6,
            """
import dataclasses, json, sys
from lineapy.storage.values import ValueStore
values = ValueStore(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for i in range(20):
    print(json.dumps(dataclasses.asdict(values.write(["equal", i]))))
""",
            local_values.location,
        )
        assert len(set(printed)) == 1
        stored = [StoredValue(**json.loads(line)) for line in printed[0].splitlines()]
        assert [local_values.read(one) for one in stored] == [["equal", i] for i in range(20)]
        assert len(_files(local_values)) == 20

    def test_a_writer_that_is_killed_leaves_nothing_that_looks_finished(
        self, local_values: ValueStore
    ) -> None:
        process = start(
            """
import os, sys, threading
from lineapy.storage.values import ValueStore
class Endless:
    def __reduce__(self):
        print("ready", flush=True)
        threading.Event().wait()
ValueStore(sys.argv[1]).write([b"x" * 1_000_000, Endless()])
""",
            local_values.location,
        )
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            process.kill()
        (left,) = local_values.files()
        assert left.key.startswith(".writing-")
        assert left.modified is not None
        assert abs(left.modified.timestamp() - time.time()) < 600
        local_values.remove_key(left.key)
        assert _files(local_values) == []

    def test_constructing_and_looking_create_nothing(self, local_values: ValueStore, tmp_path: Path) -> None:
        stored = StoredValue("0" * 64, 1, "cloudpickle", local_values.location, "00/0.pickle")
        assert not local_values.exists(stored)
        local_values.remove(stored)
        assert list(tmp_path.iterdir()) == []

    def test_a_relative_location_does_not_move_with_chdir(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        values = ValueStore("here")
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        stored = values.write("iris")
        assert (tmp_path / "here" / stored.key).exists()
        assert stored.location == str(tmp_path / "here")

    def test_a_large_value_is_not_held_in_memory_twice(self, local_values: ValueStore) -> None:
        run(
            """
import resource, sys
from lineapy.storage.values import ValueStore
values = ValueStore(sys.argv[1])
values.write("warm up")
array = b"x" * (200 << 20)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
values.write(array)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
assert grown < 50 << 10, f"{grown} kB"
""",
            local_values.location,
        )


class _RaisingInReduce:
    def __reduce__(self) -> str:
        raise ZeroDivisionError("in the user's own code")


class _RaisingInGetstate:
    def __getstate__(self) -> object:
        raise KeyError("weights")


class _Interrupting:
    def __reduce__(self) -> str:
        raise KeyboardInterrupt


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


class TestValuesThatCannotBeSaved:
    @pytest.mark.parametrize(
        "make, cause",
        [
            (lambda: (x for x in "abc"), TypeError),
            (threading.Lock, TypeError),
            (lambda: {"deep": [threading.Lock()]}, TypeError),
            (_RaisingInReduce, ZeroDivisionError),
            (_RaisingInGetstate, KeyError),
        ],
    )
    def test_say_why_and_leave_nothing(
        self, local_values: ValueStore, make: Callable[[], object], cause: type[Exception]
    ) -> None:
        with pytest.raises(UnserializableValueError, match="type list") as caught:
            local_values.write([b"x" * 1_000_000, make()])
        assert isinstance(caught.value.__cause__, cause)
        assert str(caught.value.__cause__) in str(caught.value)
        assert _files(local_values) == []

    @pytest.mark.parametrize("mode", ["r", "w", "r+", "rb", "wb"])
    @pytest.mark.parametrize(
        "around",
        [
            lambda file: file,
            lambda file: {"deep": [(file,)]},
            lambda file: types.SimpleNamespace(log=file),
            lambda file: lambda: file,
            lambda file: file.buffer if hasattr(file, "buffer") else file.raw,
        ],
        ids=["alone", "in a container", "in an object", "in a closure", "its buffer"],
    )
    def test_an_open_file_is_one(
        self, local_values: ValueStore, tmp_path: Path, mode: str, around: Callable[[Any], object]
    ) -> None:
        (tmp_path / "data").write_text("content")
        with (
            (tmp_path / "data").open(mode) as file,
            pytest.raises(UnserializableValueError, match="cannot save an open file"),
        ):
            local_values.write(around(file))
        assert _files(local_values) == []

    def test_a_file_that_would_be_opened_again_is_one(self, local_values: ValueStore, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("content")
        with (
            fsspec.filesystem("file").open(str(tmp_path / "data")) as file,
            pytest.raises(UnserializableValueError, match="open file"),
        ):
            local_values.write(file)

    def test_a_view_of_memory_is_one(self, local_values: ValueStore) -> None:
        with pytest.raises(UnserializableValueError, match=r"save bytes\(view\)"):
            local_values.write([memoryview(b"of something else")])

    def test_files_in_memory_and_the_programs_own_streams_are_none(self, values: ValueStore) -> None:
        stream = io.StringIO("line 1\nline 2\n")
        stream.readline()
        saved = values.write((stream, io.BytesIO(b"x"), sys.stdout))
        text, data, out = cast("tuple[Any, Any, Any]", values.read(saved))
        assert out is sys.stdout
        assert (text.read(), data.read()) == ("line 2\n", b"x")

    def test_an_unserializable_value_is_a_type_error_too(self, values: ValueStore) -> None:
        with pytest.raises(TypeError):
            values.write(threading.Lock())

    def test_a_module_is_refused_by_name(self, local_values: ValueStore) -> None:
        module = types.ModuleType("my_module")
        with pytest.raises(ArtifactSaveError, match="'my_module'") as caught:
            local_values.write(module)
        assert not isinstance(caught.value, UnserializableValueError)
        assert _files(local_values) == []

    def test_a_value_nested_too_deeply_says_so(self, local_values: ValueStore) -> None:
        with pytest.raises(UnserializableValueError, match="nested too deeply"):
            local_values.write(_nested(100_000))
        assert _files(local_values) == []

    def test_an_interrupt_passes_and_leaves_nothing(self, local_values: ValueStore) -> None:
        with pytest.raises(KeyboardInterrupt):
            local_values.write([b"x" * 1_000_000, _Interrupting()])
        assert _files(local_values) == []

    def test_after_a_failure_the_next_value_is_saved(self, values: ValueStore) -> None:
        with pytest.raises(UnserializableValueError):
            values.write(threading.Lock())
        assert values.read(values.write("iris")) == "iris"


class TestLocationsThatCannotBeWritten:
    def test_a_full_disk_is_not_blamed_on_the_value(self, local_values: ValueStore) -> None:
        run(
            """
import resource, sys
from pathlib import Path
from lineapy.errors import ArtifactSaveError, StoreError
from lineapy.storage.values import ValueStore
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
for size in (1 << 21, 1 << 25):
    try:
        ValueStore(sys.argv[1]).write(b"x" * size)
    except StoreError as error:
        assert "File too large" in str(error) and not isinstance(error, ArtifactSaveError)
    else:
        raise AssertionError("saved")
assert list(Path(sys.argv[1]).iterdir()) == []
""",
            local_values.location,
        )

    def test_a_failure_at_the_last_step_leaves_nothing(
        self, local_values: ValueStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*arguments: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("os.link", fail)
        with pytest.raises(StoreError, match="No space left on device"):
            local_values.write("iris")
        assert _files(local_values) == []

    def test_a_failing_upload_leaves_no_temporary_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*arguments: object, **options: object) -> None:
            raise ConnectionResetError("reset by peer")

        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        monkeypatch.setattr("fsspec.implementations.memory.MemoryFileSystem.put_file", fail)
        with pytest.raises(StoreError, match=r"memory://team.*reset by peer"):
            ValueStore("memory://team").write("iris")
        assert list(tmp_path.iterdir()) == []

    def test_a_file_in_the_way_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "values").write_text("a file")
        with pytest.raises(StoreError, match=str(tmp_path / "values")):
            ValueStore(str(tmp_path / "values")).write("iris")

    def test_storage_options_reach_the_file_system(self, tmp_path: Path) -> None:
        values = ValueStore(
            "dir://values", {"path": str(tmp_path), "target_protocol": "file", "auto_mkdir": True}
        )
        stored = values.write("iris")
        assert (tmp_path / "values" / stored.key).exists()
        assert values.read(stored) == "iris"


class TestReading:
    def test_a_value_is_read_from_where_it_was_written(self, tmp_path: Path) -> None:
        stored = ValueStore(str(tmp_path / "old")).write("iris")
        assert ValueStore(str(tmp_path / "new")).read(stored) == "iris"
        assert ValueStore("memory://new", {"some": "option"}).read(stored) == "iris"

    def test_a_value_is_found_in_a_folder_that_was_moved(self, tmp_path: Path) -> None:
        old = ValueStore(str(tmp_path / "old"))
        stored = old.write("iris")
        (tmp_path / "old").rename(tmp_path / "new")
        new = ValueStore(str(tmp_path / "new"))
        assert new.read(stored) == "iris"
        assert new.exists(stored)
        assert new.verify(stored) is None
        assert new.local_file(stored) == tmp_path / "new" / stored.key

    def test_a_moved_value_is_checked_like_any_other(self, tmp_path: Path) -> None:
        old, new = ValueStore(str(tmp_path / "old")), ValueStore(str(tmp_path / "new"))
        stored = old.write("iris")
        (tmp_path / "old").rename(tmp_path / "new")
        _overwrite(new, stored, b'"irix"')
        with pytest.raises(DigestMismatchError, match=str(tmp_path / "new")):
            new.read(stored)

    def test_a_right_copy_here_stands_in_for_a_damaged_one_there(self, tmp_path: Path) -> None:
        old, new = ValueStore(str(tmp_path / "old")), ValueStore(str(tmp_path / "new"))
        stored = old.write("iris")
        new.copy_in(old, stored)
        _overwrite(old, stored, b'"irix"')
        assert new.read(stored) == "iris"
        with pytest.raises(DigestMismatchError, match=str(tmp_path / "old")):
            old.read(stored)

    def test_a_value_that_stayed_behind_says_both_locations_and_what_to_set(self, tmp_path: Path) -> None:
        stored = ValueStore(str(tmp_path / "old")).write("iris")
        shutil.rmtree(tmp_path / "old")
        with pytest.raises(ValueMissingError) as caught:
            ValueStore(str(tmp_path / "new")).read(stored)
        message = str(caught.value)
        assert f"saved to {tmp_path}/old, and its file {stored.key} is not there" in message
        assert f"nor is it in {tmp_path}/new, which artifact_storage_dir names now" in message
        assert "lineapy.options.set('artifact_storage_dir', …)" in message
        assert "set database_url" in message

    def test_a_location_that_fails_after_a_change_names_what_is_set_now(self, tmp_path: Path) -> None:
        (tmp_path / "old").write_text("a file where the folder was")
        (tmp_path / "old2").symlink_to("old2")
        stored = StoredValue("0" * 64, 1, "json", str(tmp_path / "old2"), f"{'0' * 64}.json")
        with pytest.raises(StoreError) as caught:
            ValueStore(str(tmp_path / "new")).read(stored)
        message = str(caught.value)
        assert f"could not be read from {tmp_path}/old2" in message
        assert f"artifact_storage_dir is {tmp_path}/new now" in message

    def test_a_missing_value_says_where_it_should_be(self, values: ValueStore) -> None:
        stored = values.write("iris")
        values.remove(stored)
        with pytest.raises(ValueMissingError) as caught:
            values.read(stored)
        assert values.location in str(caught.value)
        assert stored.key in str(caught.value)
        assert isinstance(caught.value, FileNotFoundError)

    @pytest.mark.parametrize("size", [10, 40 << 20], ids=["small", "large"])
    @pytest.mark.parametrize(
        "damage",
        [
            lambda content: content[:-1],
            lambda content: b"",
            lambda content: content + b"\0",
            lambda content: content[:5] + bytes([content[5] ^ 1]) + content[6:],
            lambda content: content[:-1] + bytes([content[-1] ^ 128]),
        ],
        ids=["truncated", "emptied", "extended", "flipped near the start", "flipped at the end"],
    )
    def test_a_damaged_value_is_refused(
        self, values: ValueStore, damage: Callable[[bytes], bytes], size: int
    ) -> None:
        stored = values.write(b"x" * size)
        _overwrite(values, stored, damage(_content(values, stored)))
        with pytest.raises(DigestMismatchError, match=stored.digest[:12]):
            values.read(stored)

    def test_a_tampered_pickle_is_never_run(self, values: ValueStore, tmp_path: Path) -> None:
        class Evil:
            def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
                return os.mkdir, (str(tmp_path / "evil was here"),)

        stored = values.write("iris")
        _overwrite(values, stored, pickle.dumps(Evil()))
        with pytest.raises(DigestMismatchError):
            values.read(stored)
        assert not (tmp_path / "evil was here").exists()

    def test_every_format_reads_only_verified_bytes(
        self, values: ValueStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored = values.write("iris")
        _overwrite(values, stored, b"other bytes")

        def read(file: BinaryIO) -> object:
            raise AssertionError("was given unverified bytes")

        for name, serializer in SERIALIZERS.items():
            monkeypatch.setitem(cast("dict[str, object]", SERIALIZERS), name, replace(serializer, read=read))
            with pytest.raises(DigestMismatchError):
                values.read(replace(stored, format=name))

    def test_a_missing_package_is_named(
        self, values: ValueStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "a_package_of_another_machine.py").write_text("class Model: pass")
        monkeypatch.syspath_prepend(tmp_path)
        module: Any = importlib.import_module("a_package_of_another_machine")
        stored = values.write(module.Model())
        monkeypatch.undo()
        del sys.modules["a_package_of_another_machine"]
        with pytest.raises(
            UnreadableValueError, match=r"Install .* 'a_package_of_another_machine'"
        ) as caught:
            values.read(stored)
        assert isinstance(caught.value.__cause__, ModuleNotFoundError)

    def test_an_error_of_the_values_own_code_is_chained(self, values: ValueStore) -> None:
        class Stubborn:
            def __setstate__(self, state: object) -> None:
                raise ZeroDivisionError("in the user's own code")

        value = Stubborn()
        value.__dict__["a"] = 1
        with pytest.raises(UnreadableValueError, match="in the user's own code") as caught:
            values.read(values.write(value))
        assert isinstance(caught.value.__cause__, ZeroDivisionError)

    def test_an_unknown_format_is_named(self, values: ValueStore) -> None:
        with pytest.raises(UnreadableValueError, match="'parquet-of-the-future'"):
            values.read(replace(values.write("iris"), format="parquet-of-the-future"))

    @pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "00/../../outside"])
    def test_a_key_cannot_lead_out_of_the_location(
        self, values: ValueStore, key: str, tmp_path: Path
    ) -> None:
        (tmp_path / "outside").write_text("precious")
        forged = replace(values.write("iris"), key=key)
        for use in (values.read, values.remove, values.exists, values.verify):
            with pytest.raises(StoreError, match="leads out of"):
                use(forged)
        with pytest.raises(StoreError, match="leads out of"):
            values.remove_key(key)
        assert (tmp_path / "outside").read_text() == "precious"


class TestTrustedTypesOnly:
    def test_data_is_loaded_and_a_pickle_is_not(self, values: ValueStore, tmp_path: Path) -> None:
        class Evil:
            def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
                return os.mkdir, (str(tmp_path / "evil was here"),)

        careful = ValueStore(values.location, trusted_types_only=True)
        evil = values.write(Evil())
        with pytest.raises(UntrustedFormatError) as caught:
            careful.read(evil)
        assert evil.digest[:12] in str(caught.value)
        assert "'cloudpickle'" in str(caught.value)
        assert "lineapy.options.set('trusted_types_only', False)" in str(caught.value)
        assert not (tmp_path / "evil was here").exists()
        assert careful.read(values.write({"plain": ["data"]})) == {"plain": ["data"]}
        assert careful.read(values.write(b"bytes")) == b"bytes"

    def test_writing_is_not_restricted(self, values: ValueStore) -> None:
        stored = ValueStore(values.location, trusted_types_only=True).write({1, 2})
        assert stored.format == "cloudpickle"
        assert values.read(stored) == {1, 2}

    def test_a_pickle_cannot_pretend_to_be_data(self, values: ValueStore) -> None:
        stored = replace(values.write({1, 2}), format="json")
        with pytest.raises(UnreadableValueError):
            ValueStore(values.location, trusted_types_only=True).read(stored)

    def test_a_pickle_can_be_checked_and_copied(self, values: ValueStore, tmp_path: Path) -> None:
        stored = values.write({1, 2})
        careful = ValueStore(str(tmp_path / "copy"), trusted_types_only=True)
        assert ValueStore(values.location, trusted_types_only=True).verify(stored) is None
        assert careful.verify(careful.copy_in(values, stored)) is None


class TestVerifying:
    def test_nothing_is_wrong_with_what_was_saved(self, values: ValueStore) -> None:
        assert values.verify(values.write("iris")) is None

    @pytest.mark.parametrize(
        "content, kind", [(b'"irix"', "digest"), (b'"iri', "size"), (b'"iris" ', "size")]
    )
    def test_damage_is_told_apart(self, values: ValueStore, content: bytes, kind: str) -> None:
        stored = values.write("iris")
        _overwrite(values, stored, content)
        damage = values.verify(stored)
        assert damage is not None
        assert damage.kind == kind
        assert stored.key in damage.message
        assert values.location in damage.message

    def test_what_is_gone_is_missing(self, values: ValueStore) -> None:
        stored = values.write("iris")
        values.remove(stored)
        damage = values.verify(stored)
        assert damage is not None
        assert damage.kind == "missing"

    def test_nothing_is_loaded(self, values: ValueStore, tmp_path: Path) -> None:
        class Noisy:
            def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
                return os.mkdir, (str(tmp_path / "loaded"),)

        assert values.verify(values.write(Noisy())) is None
        assert not (tmp_path / "loaded").exists()


class TestListing:
    def test_a_location_that_does_not_exist_yet_is_empty(self, values: ValueStore) -> None:
        assert list(values.files()) == []

    def test_our_files_are_listed_and_foreign_ones_are_not(self, local_values: ValueStore) -> None:
        stored = [
            local_values.write("iris"),
            local_values.write("iris", avoid={local_values.write("iris").key}),
        ]
        folder = Path(local_values.location)
        old_key = f"{stored[0].digest[:2]}/{stored[0].digest}.pickle"
        (folder / old_key).parent.mkdir()
        (folder / old_key).write_bytes(b"as the first version wrote it")
        (folder / ".writing-0123").write_bytes(b"unfinished")
        for foreign in ("README.md", "data.json", f"{'0' * 63}.json", ".gitignore", "00.json"):
            (folder / foreign).write_text("foreign")
        (folder / "reports").mkdir()
        (folder / "reports" / stored[0].key).write_text("foreign")
        (folder / f"{'1' * 64}.json").mkdir()
        (folder / f"{'2' * 64}.json").symlink_to("README.md")
        found = {file.key: file.size for file in local_values.files()}
        assert found == {
            stored[0].key: 6,
            stored[1].key: 6,
            old_key: 29,
            ".writing-0123": 10,
        }

    def test_times_are_in_utc(self, values: ValueStore) -> None:
        values.write("iris")
        (file,) = values.files()
        assert file.modified is not None
        assert file.modified.utcoffset() == timedelta(0)
        assert abs((datetime.now(UTC) - file.modified).total_seconds()) < 600


class TestCopying:
    def test_a_value_is_copied_unread(self, values: ValueStore, tmp_path: Path) -> None:
        class Noisy:
            def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
                return os.mkdir, (str(tmp_path / "loaded"),)

        target, stored = ValueStore(str(tmp_path / "copy")), values.write(Noisy())
        moved = target.copy_in(values, stored)
        assert moved == replace(stored, location=target.location)
        assert target.verify(moved) is None
        assert not (tmp_path / "loaded").exists()

    def test_copying_twice_copies_once(self, values: ValueStore, tmp_path: Path) -> None:
        target, stored = ValueStore(str(tmp_path / "copy")), values.write("iris")
        path = tmp_path / "copy" / target.copy_in(values, stored).key
        before = path.stat().st_ino
        assert target.copy_in(values, stored).key == path.name
        assert path.stat().st_ino == before
        values.remove(stored)
        assert target.read(target.copy_in(values, stored)) == "iris"

    def test_a_damaged_copy_is_not_taken_for_the_value(self, values: ValueStore, tmp_path: Path) -> None:
        target, stored = ValueStore(str(tmp_path / "copy")), values.write("iris")
        _overwrite(target, target.copy_in(values, stored), b'"irix"')
        assert target.read(target.copy_in(values, stored)) == "iris"

    def test_a_damaged_value_is_not_copied(self, values: ValueStore, tmp_path: Path) -> None:
        target, stored = ValueStore(str(tmp_path / "copy")), values.write("iris")
        _overwrite(values, stored, b'"irix"')
        with pytest.raises(DigestMismatchError):
            target.copy_in(values, stored)
        values.remove(stored)
        with pytest.raises(ValueMissingError):
            target.copy_in(values, stored)
        assert _files(target) == []

    def test_a_key_of_the_first_version_becomes_one_of_ours(self, tmp_path: Path) -> None:
        old, new = ValueStore(str(tmp_path / "old")), ValueStore(str(tmp_path / "new"))
        stored = old.write({1, 2})
        key = f"{stored.digest[:2]}/{stored.digest}.pickle"
        (tmp_path / "old" / key).parent.mkdir()
        (tmp_path / "old" / stored.key).rename(tmp_path / "old" / key)
        moved = new.copy_in(old, replace(stored, key=key))
        assert moved.key == stored.key
        assert new.read(moved) == {1, 2}


class TestProbing:
    def test_a_good_location_is_left_as_it_was(self, values: ValueStore) -> None:
        values.write("iris")
        values.probe()
        assert len(list(values.files())) == 1

    def test_a_location_that_cannot_be_written_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "values").write_text("a file")
        with pytest.raises(StoreError, match=str(tmp_path / "values")):
            ValueStore(str(tmp_path / "values")).probe()


class TestRemoving:
    def test_a_removed_value_is_gone(self, values: ValueStore) -> None:
        stored = values.write("iris")
        assert values.exists(stored)
        values.remove(stored)
        assert not values.exists(stored)

    def test_a_value_may_be_gone_already(self, values: ValueStore) -> None:
        stored = values.write("iris")
        values.remove(stored)
        values.remove(stored)

    def test_other_values_stay(self, values: ValueStore) -> None:
        iris, rose = values.write("iris"), values.write("rose")
        values.remove(iris)
        assert values.read(rose) == "rose"


def test_every_error_is_one_that_lineapy_names(values: ValueStore) -> None:
    with pytest.raises(LineaError):
        values.write(threading.Lock())


def test_local_values_need_no_fsspec(local_values: ValueStore) -> None:
    run(
        """
import sys
from lineapy.storage.values import ValueStore
values = ValueStore(sys.argv[1])
assert values.read(values.write([1])) == [1]
assert "fsspec" not in sys.modules
""",
        local_values.location,
    )


@pytest.fixture(autouse=True)
def _no_remote_leftovers() -> Iterator[None]:
    yield
    fsspec.filesystem("memory").store.clear()


def _files(values: ValueStore) -> list[Path]:
    return [path for path in Path(values.location).rglob("*") if path.is_file()]


def _content(values: ValueStore, stored: StoredValue) -> bytes:
    with fsspec.open(f"{values.location}/{stored.key}", "rb") as file:
        return bytes(file.read())


def _overwrite(values: ValueStore, stored: StoredValue, content: bytes) -> None:
    path = f"{values.location}/{stored.key}"
    fsspec.core.url_to_fs(path)[0].rm(path)
    with fsspec.open(path, "wb") as file:
        file.write(content)
