"""A disk that fills up, under the values or under the database; and a home that cannot be written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.store.faults.confined import can_mount, run_with_small_disk, run_without_roots_rights
from tests.store.faults.notebook import check_store, is_mark, notebook, on_disk

#: A small disk of its own is the real thing; where that is not allowed, a limit on the size of files comes near. Its
#: errors are those of a quota.
KINDS = ["disk", "limit"] if can_mount() else ["limit"]

#: Saves, fills the disk, tries to save, reads, frees the disk, and saves again; prints what it met.
PROGRAM = """
import json
import os
import resource
import signal
import sys

import lineapy
from lineapy.errors import StoreError

kind, disk, what = sys.argv[1:]
met = {}

def fill():
    if kind == "limit":
        # Not a byte more than the largest file there is now, or what a value needs.
        sizes = [os.path.getsize(os.path.join(disk, name)) for name in os.listdir(disk)]
        soft = max(sizes) if what == "database" else 100_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))
        return
    with open(os.path.join(disk, "filler"), "wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass

def free():
    if kind == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    else:
        os.remove(os.path.join(disk, "filler"))

before = [1, 2]
lineapy.save(before, "model")

fill()
large = bytes(2_000_000) if what == "values" else [3, 4]
for attempt in range(2):
    try:
        lineapy.save(large, "model")
    except StoreError as error:
        met[f"error {attempt}"] = f"{type(error).__name__}: {error}"
met["files"] = sorted(os.listdir(disk))
met["read"] = lineapy.get("model").get_value()

free()
lineapy.save(large, "model")
print(json.dumps(met))
"""

#: Where the disk is still mounted, another program looks at what is there now.
CHECK = """
import subprocess, sys
from pathlib import Path
from tests.store.faults.notebook import check_store, on_disk, value_files
home, values, expected, *command = sys.argv[1:]
subprocess.run([sys.executable, *command], check=True)
sys.argv = command[-4:]  # the programs' code looks at them
config = on_disk(Path(home), artifact_storage_dir=values)
check_store(config, {("model", 0): [1, 2], ("model", 1): eval(expected)})
assert len([path for path in value_files(config) if path.name != "filler"]) == 2, value_files(config)
"""


def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, what: str, expected: str
) -> dict[str, Any]:
    home, values = tmp_path / "home", tmp_path / "values"
    disk = home if what == "database" else values
    for folder in (home, values):
        folder.mkdir()
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    monkeypatch.setenv("LINEAPY_HOME_DIR", str(home))
    monkeypatch.setenv("LINEAPY_ARTIFACT_STORAGE_DIR", str(values))
    command: list[object] = ["-c", CHECK, home, values, expected]
    command += ["-m", "lineapy", "python", program, kind, disk, what]
    if kind == "disk":
        done = run_with_small_disk(disk, 4 << 20, *command, folder=tmp_path)
    else:
        done = run_without_roots_rights(*command, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    met: dict[str, Any] = json.loads(done.stdout)
    return met


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_under_the_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    met = run(tmp_path, monkeypatch, kind, "values", "bytes(2_000_000)")

    for attempt in range(2):
        error = met[f"error {attempt}"]
        assert error.startswith(
            f"StoreError: A value could not be written to {tmp_path / 'values'}: OSError:"
        )
        assert "No space left on device" in error or "File too large" in error
        assert "Make sure that the folder exists, has space" in error
    assert met["read"] == [1, 2]
    assert len([name for name in met["files"] if name != "filler" and not is_mark(name)]) == 1, (
        "nothing half written is left"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_under_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    met = run(tmp_path, monkeypatch, kind, "database", "[3, 4]")

    for attempt in range(2):
        error = met[f"error {attempt}"]
        assert error.startswith(f"StoreError: The database {tmp_path / 'home' / 'db.sqlite'} cannot be used:")
        assert "disk is full" in error or "disk I/O error" in error
        assert "Free some disk space" in error
    assert met["read"] == [1, 2]


# -- a home that cannot be written

TRY_TO_SAVE = """
import lineapy
from lineapy.errors import StoreError
x = [1, 2]
try:
    lineapy.save(x, "model")
except StoreError as error:
    print(f"{type(error).__name__}: {error}")
print("and goes on")
"""


def test_a_home_that_cannot_be_written_is_an_error_at_save_and_the_program_can_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, home = tmp_path / "script.py", tmp_path / "home"
    script.write_text(TRY_TO_SAVE)
    home.mkdir(mode=0o555)
    monkeypatch.setenv("LINEAPY_HOME_DIR", str(home))

    done = run_without_roots_rights("-m", "lineapy", "python", script, folder=tmp_path)

    error, goes_on = done.stdout.splitlines()
    assert error.startswith("StoreError: ")
    assert str(home) in error
    assert "ermission denied" in error
    assert "choose another" in error
    assert goes_on == "and goes on"
    assert (done.returncode, done.stderr) == (0, "")
    assert list(home.iterdir()) == []

    home.chmod(0o755)
    done = run_without_roots_rights("-m", "lineapy", "python", script, folder=tmp_path)
    assert done.stdout == "and goes on\n", done.stderr
    check_store(on_disk(home), {("model", 0): [1, 2]})


def test_a_home_that_became_read_only_is_an_error_at_save_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, home = tmp_path / "script.py", tmp_path / "home"
    script.write_text(TRY_TO_SAVE)
    config = on_disk(home)
    with notebook(config) as program:
        program.save("'before'")
    monkeypatch.setenv("LINEAPY_HOME_DIR", str(home))
    folders = [home, home / "linea_pickles"]
    files = [path for path in home.rglob("*") if path.is_file()]
    contents = {path: path.read_bytes() for path in files}
    for path in [*files, *folders]:
        path.chmod(0o555 if path in folders else 0o444)

    done = run_without_roots_rights("-m", "lineapy", "python", script, folder=tmp_path)

    error, goes_on = done.stdout.splitlines()
    assert error.startswith("StoreError: ")
    assert str(home) in error
    assert "choose another" in error
    assert (goes_on, done.returncode, done.stderr) == ("and goes on", 0, "")
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == contents

    for path in [*folders, home / "db.sqlite"]:
        path.chmod(0o755)
    done = run_without_roots_rights("-m", "lineapy", "python", script, folder=tmp_path)
    assert done.stdout == "and goes on\n", done.stderr
    check_store(config, {("model", 0): "before", ("model", 1): [1, 2]})


def test_reading_from_a_read_only_home_is_an_error_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # SQLite itself needs to write beside the file, even for reading, to know of others who write.
    home = tmp_path / "home"
    config = on_disk(home)
    with notebook(config) as program:
        program.save("'before'")
    monkeypatch.setenv("LINEAPY_HOME_DIR", str(home))
    script = tmp_path / "script.py"
    script.write_text(
        "import lineapy\nprint(lineapy.get('model').get_value(), lineapy.artifact_store().len)\n"
    )
    for path in [*home.rglob("*"), home]:
        path.chmod(0o555 if path.is_dir() else 0o444)

    done = run_without_roots_rights(script, folder=tmp_path)

    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"lineapy.errors.StoreError: The database {home / 'db.sqlite'} cannot be used")
    assert "Make the file and its folder writable" in last
    for path in [*home.rglob("*"), home]:
        path.chmod(0o755)
    assert run_without_roots_rights(script, folder=tmp_path).stdout == "before 1\n"
