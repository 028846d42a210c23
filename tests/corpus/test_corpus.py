"""Realistic scripts: each slice runs alone, makes the same value, and is no longer than one made by hand.

`script.py` explains how scripts and slices are written down. With ``CORPUS_EXACT`` set, a slice that is
shorter than the marked one fails as well: for those who work on the marks.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from tests.corpus.run import is_too_long, problems
from tests.corpus.script import Script, all_scripts, read

SCRIPTS = all_scripts()


each_script = pytest.mark.parametrize("script", SCRIPTS, ids=[script.name for script in SCRIPTS])


@each_script
def test_script(script: Script, tmp_path: Path) -> None:
    _fail_if_wrong(script, tmp_path)


@each_script
def test_script_is_sound_when_no_value_may_be_looked_at(script: Script, tmp_path: Path) -> None:
    _fail_if_wrong(script, tmp_path, blind=True)


def _fail_if_wrong(script: Script, folder: Path, *, blind: bool = False) -> None:
    for library in script.needs:
        if importlib.util.find_spec(library) is None:
            pytest.skip(f"{library} is not installed")
    found = problems(script, folder, blind=blind)
    if (
        found
        and script.waits
        and all(is_too_long(text) for text in found)
        and not os.environ.get("CORPUS_EXACT")
    ):
        pytest.xfail(script.waits)
    if found:
        pytest.fail(f"{script.name}\n" + "\n\n".join(found), pytrace=False)


def test_corpus_is_large_and_slices_are_minimal() -> None:
    """`test_script` shows that each slice is sound, and that none misses its marks but those with a ``!``.

    A script that waits for the engine may have more slices that are too long: until none waits, nothing is shown.
    """
    targets = [(script.name, target.letter) for script in SCRIPTS for target in script.targets]
    missed = [(script.name, letter) for script in SCRIPTS for letter in script.misses]
    lengths = {script.name: sum(len(cell) for cell in script.cells) for script in SCRIPTS}
    assert len(SCRIPTS) >= 30
    assert all(40 <= length <= 200 for length in lengths.values()), lengths
    assert all(len(script.targets) >= 2 for script in SCRIPTS)
    assert len(missed) <= 0.05 * len(targets), missed
    waiting = [script.name for script in SCRIPTS if script.waits]
    if waiting:
        pytest.xfail(f"these wait for the engine: {', '.join(waiting)}")


def test_a_statement_has_one_mark(tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_text("Bad.\n\na  x\n======\na| x = [\n | 1,\n | ]\n")
    with pytest.raises(ValueError, match="differ in their marks, from line 1"):
        read(path)


def test_a_miss_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_text("Bad.\n\na  x\n======\na| x = 1\n!| print(x)\n")
    with pytest.raises(ValueError, match="explained misses"):
        read(path)
