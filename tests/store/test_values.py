"""What the value store promises: complete files, immutable, loaded only when they are the ones that were saved."""

from __future__ import annotations

import errno
import importlib
import json
import os
import pickle
import sys
import threading
import types
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import fsspec
import pytest

from lineapy.db.records import StoredValue
from lineapy.errors import (
    ArtifactSaveError,
    ConfigurationError,
    DigestMismatchError,
    LineaError,
    StoreError,
    UnreadableValueError,
    UnserializableValueError,
    ValueMissingError,
)
from lineapy.storage.serializers import SERIALIZERS
from lineapy.storage.values import ValueStore
from tests.store.processes import run


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

    def test_the_key_is_made_of_the_digest_of_the_bytes(self, local_values: ValueStore) -> None:
        stored = local_values.write([1, 2, 3])
        assert stored.key == f"{stored.digest[:2]}/{stored.digest}.pickle"
        content = (Path(local_values.location) / stored.key).read_bytes()
        assert len(content) == stored.size
        assert pickle.loads(content) == [1, 2, 3]

    def test_a_local_file_is_read_only(self, local_values: ValueStore) -> None:
        stored = local_values.write("iris")
        assert (Path(local_values.location) / stored.key).stat().st_mode & 0o777 == 0o444

    def test_equal_bytes_are_stored_once(self, local_values: ValueStore) -> None:
        assert local_values.write("iris") == local_values.write("iris")
        assert len(_files(local_values)) == 1

    @pytest.mark.parametrize("damage", [b"", b"other bytes"])
    def test_a_file_is_not_trusted_because_its_key_exists(self, values: ValueStore, damage: bytes) -> None:
        stored = values.write("iris")
        _overwrite(values, stored, damage)
        assert values.write("iris") == stored
        assert values.read(stored) == "iris"

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

    def test_a_trailing_slash_makes_no_other_location(self, tmp_path: Path) -> None:
        assert ValueStore(f"{tmp_path}/").location == ValueStore(str(tmp_path)).location
        assert ValueStore("memory://x/").location == ValueStore("memory://x").location

    def test_a_file_url_is_a_local_folder(self, tmp_path: Path) -> None:
        values = ValueStore(f"file://{tmp_path}/values")
        stored = values.write("iris")
        assert (tmp_path / "values" / stored.key).exists()
        assert values.read(stored) == "iris"

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

    def test_an_open_file_is_one(self, local_values: ValueStore, tmp_path: Path) -> None:
        with (
            (tmp_path / "data").open("wb") as file,
            pytest.raises(UnserializableValueError, match="BufferedWriter"),
        ):
            local_values.write(file)

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

        monkeypatch.setattr(Path, "replace", fail)
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

    def test_an_unknown_protocol_says_so(self) -> None:
        with pytest.raises(ConfigurationError, match=r"nosuch://team.*Protocol not known"):
            ValueStore("nosuch://team").write("iris")

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
            formats = {name: replace(serializer, read=read)}
            monkeypatch.setattr("lineapy.storage.values.SERIALIZERS", formats)
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
        for use in (values.read, values.remove, values.exists):
            with pytest.raises(StoreError, match="leads out of"):
                use(forged)
        assert (tmp_path / "outside").read_text() == "precious"


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
