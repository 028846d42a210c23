"""How values go from task to task as files: `lineapy.pipelines.values`, which is copied into pipelines."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from lineapy.pipelines import values


def test_a_value_comes_back(tmp_path: Path) -> None:
    path = f"{values.folder_of(str(tmp_path), 'run 1')}/values/a.pkl"
    shared = [1]
    values.write({"a": shared, "b": shared, "f": lambda n: n + 1}, path)
    found = values.read(path)
    assert found["a"] == [1]
    assert found["a"] is found["b"]
    assert found["f"](1) == 2


def test_runs_have_folders_of_their_own() -> None:
    names = ["a/b", "a:b", "a b", "a%b", "..", "ä", "a_b"]
    assert len({values.folder_of("/runs", name) for name in names}) == len(names)
    assert all(values.folder_of("/runs", name).startswith("/runs/") for name in names)


class _Unwritable:
    def __reduce__(self) -> str:
        raise RuntimeError("this cannot be written")


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.pkl"
    values.write("earlier", str(path))
    with pytest.raises(RuntimeError, match="this cannot be written"):
        values.write(["much", _Unwritable()], str(path))
    assert values.read(str(path)) == "earlier"
    assert [one.name for one in tmp_path.iterdir()] == ["a.pkl"]


def _write_for_ever(path: str) -> None:
    number = 0
    while True:
        number += 1
        values.write([number] * 200_000, path)


def test_a_killed_writer_leaves_a_whole_value(tmp_path: Path) -> None:
    path = str(tmp_path / "a.pkl")
    context = multiprocessing.get_context("spawn")
    for wait in (0.0, 0.003, 0.01, 0.02):
        writer = context.Process(target=_write_for_ever, args=(path,))
        writer.start()
        before = os.stat(path).st_mtime_ns if os.path.exists(path) else 0
        while not os.path.exists(path) or os.stat(path).st_mtime_ns == before:
            time.sleep(0.001)
        time.sleep(wait)
        assert writer.pid is not None
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        found = values.read(path)
        assert len(found) == 200_000
        assert len(set(found)) == 1


def test_readers_never_see_half_of_it(tmp_path: Path) -> None:
    path = str(tmp_path / "a.pkl")
    values.write([0] * 50_000, path)
    over = threading.Event()

    def write() -> None:
        for number in range(60):
            values.write([number] * 50_000, path)
        over.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = 0
    while not over.is_set() or not seen:
        assert len(set(values.read(path))) == 1
        seen += 1
    writer.join()


@pytest.mark.parametrize("root", ["memory://runs", "file://{tmp_path}/runs"])
def test_other_file_systems(root: str, tmp_path: Path) -> None:
    folder = values.folder_of(root.format(tmp_path=tmp_path), "manual 12:30")
    for value in ("one", "two"):
        values.write(value, f"{folder}/values/a.pkl")
        assert values.read(f"{folder}/values/a.pkl") == value
    values.write(1, f"{folder}/artifacts/b.pkl")
    values.remove(f"{folder}/values")
    values.remove(f"{folder}/values")
    with pytest.raises(FileNotFoundError):
        values.read(f"{folder}/values/a.pkl")
    assert values.read(f"{folder}/artifacts/b.pkl") == 1
