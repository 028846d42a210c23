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

#: Of how many statements at most each slice may consist: what is kept today, checked by reading it.
KEPT_AT_MOST = {
    "iris_model": 26,
    "iris_accuracy": 28,
    "clean_penguins": 26,
    "penguin_summary": 29,
    "tills_needed": 21,
    "waiting_time": 33,
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
