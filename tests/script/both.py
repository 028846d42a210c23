"""Run a script with plain Python and with LineaPy, from the same folder, and compare what can be seen from outside."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PLAIN = (sys.executable,)
TRACED = (sys.executable, "-m", "lineapy", "python")

_ADDRESS = re.compile(r"0x[0-9a-f]+")


@dataclass(frozen=True)
class Case:
    """A script and how it is started. ``script`` may be text, or bytes that are no UTF-8."""

    name: str
    script: str | bytes
    args: tuple[str, ...] = ()
    stdin: str = ""
    #: What lies beside the script, by path.
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    #: How the script is named on the command line, and the folder from which it is started.
    path: str = "script.py"
    cwd: str = "."
    #: Flags of the interpreter, and environment variables.
    flags: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    #: The first Python version that knows the script's syntax.
    since: tuple[int, int] = (3, 11)
    #: Pieces that the output must have, so that two equal failures do not pass for success.
    shows: tuple[str, ...] = ()
    #: The exit status; that both agree is always checked.
    status: int | None = 0
    #: Lines of standard error come from several processes, in any order.
    any_order: bool = False
    #: Why the two differ as yet. The test fails when they no longer do.
    differs: str = ""


@dataclass(frozen=True)
class Seen:
    """What a run looks like from outside."""

    stdout: str
    stderr: str
    status: int


def write(folder: Path, case: Case) -> None:
    """Lay out the files of a case in an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in {"script.py": case.script, **case.files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8", newline="")


def run(case: Case, folder: Path, *, traced: bool) -> Seen:
    """Run a case in a folder of its own."""
    write(folder, case)
    interpreter, *rest = TRACED if traced else PLAIN
    done = subprocess.run(
        [interpreter, *case.flags, *rest, case.path, *case.args],
        input=case.stdin.encode(),
        capture_output=True,
        cwd=folder / case.cwd,
        env=environment(folder.parent) | dict(case.env),
        timeout=120,
    )
    return Seen(_readable(done.stdout), _readable(done.stderr), done.returncode)


def environment(home: Path) -> dict[str, str]:
    """As the user's, but with an empty home."""
    dropped = ("PYTHONWARNINGS", "PYTHONUNBUFFERED", "COLUMNS")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"HOME": str(home), "LINEAPY_HOME_DIR": str(home / "lineapy-home")}


def _readable(output: bytes) -> str:
    return _ADDRESS.sub("0x…", output.decode("utf-8", "backslashreplace"))


def check(case: Case, tmp_path: Path) -> None:
    """Both runs must look the same, and show what the case says."""
    folder = tmp_path / "work"
    plain = run(case, folder, traced=False)
    for piece in case.shows:
        assert piece in plain.stdout + plain.stderr, "the case itself is wrong"
    if case.status is not None:
        assert plain.status == case.status, f"the case itself is wrong: {plain.stderr}"
    traced = run(case, folder, traced=True)
    _same("standard output", plain.stdout, traced.stdout, case.any_order)
    _same("standard error", plain.stderr, traced.stderr, case.any_order)
    assert traced.status == plain.status, "the exit status differs"


def _same(what: str, plain: str, traced: str, any_order: bool) -> None:
    one, two = plain.splitlines(), traced.splitlines()
    if any_order:
        one, two = sorted(one), sorted(two)
    if one != two:
        pytest.fail(
            "\n".join([f"{what} differs", *difflib.unified_diff(one, two, "plain", "traced", lineterm="")]),
            pytrace=False,
        )
