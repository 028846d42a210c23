"""`make demo` shows what it says: each slice of each example makes the artifact's value, and is much shorter."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

#: Of how many statements at most each slice may consist. Read by hand, those of the iris could do with 23 and 26: their
#: imports of `os` and `sys` are kept without need.
KEPT_AT_MOST = {
    "iris_model": 25,
    "iris_accuracy": 28,
    "clean_penguins": 25,
    "penguin_summary": 28,
    "tills_needed": 22,
    "waiting_time": 34,
}


@pytest.fixture(scope="module")
def shown() -> str:
    environment = os.environ | {"COLUMNS": "120", "TERM": "dumb"}
    done = subprocess.run(
        [sys.executable, "examples/demo.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_slice_makes_the_value(shown: str) -> None:
    assert "Each of the 6 slices, run alone, makes the value that was saved." in shown


@pytest.mark.parametrize("artifact", KEPT_AT_MOST)
def test_slices_are_short(artifact: str, shown: str) -> None:
    row = re.search(rf"│ {artifact} +│ (\d+) of (\d+) ", shown)

    assert row is not None
    assert int(row[1]) <= KEPT_AT_MOST[artifact]
