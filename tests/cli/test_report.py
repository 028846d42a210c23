"""What ``lineapy python`` says about a script when asked, and ``lineapy benchmark``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.support import run_python

SCRIPT = """\
import lineapy
print("shown")
unrelated = 1
xs = [1]
xs.append(2)
lineapy.save(xs, "xs")
lineapy.save(unrelated, "one")
"""
SLICE = "xs = [1]\nxs.append(2)\n"


def run(folder: Path, *arguments: object) -> Any:
    return run_python("-m", "lineapy", *arguments, cwd=folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "messy.py").write_text(SCRIPT)
    return tmp_path


class TestPythonWithOptions:
    def test_prints_a_slice_alone(self, folder: Path) -> None:
        done = run(folder, "python", "--slice", "xs", "messy.py")
        assert (done.returncode, done.stdout, done.stderr) == (0, SLICE, "shown\n")

    def test_prints_the_slice_of_this_run(self, folder: Path) -> None:
        run(folder, "python", "messy.py")
        (folder / "messy.py").write_text(SCRIPT.replace("append(2)", "append(3)"))
        assert run(folder, "python", "--slice", "xs", "messy.py").stdout == SLICE.replace("2", "3")

    def test_writes_slices_in_the_order_of_their_names(self, folder: Path) -> None:
        done = run(
            folder, "python", "--slice", "xs", "--slice", "one", "--export-slice", "clean", "--export-dir", "made/here", "messy.py"
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, "unrelated = 1\n")
        assert (folder / "made/here/clean.py").read_text() == SLICE

    def test_prints_source_and_graph(self, folder: Path) -> None:
        assert run(folder, "python", "--print-source", "messy.py").stdout == SCRIPT
        graph = run(folder, "python", "--print-graph", "messy.py").stdout
        assert "5  xs.append(2)  <- xs (4)\n" in graph

    def test_says_what_was_saved_if_it_was_not_that(self, folder: Path) -> None:
        done = run(folder, "python", "--slice", "ys", "messy.py")
        assert (done.returncode, done.stdout) == (1, "")
        assert "it has saved 'one', 'xs'" in done.stderr

    def test_does_nothing_with_more_files_than_slices(self, folder: Path) -> None:
        done = run(folder, "python", "--export-slice", "clean", "messy.py")
        assert (done.returncode, done.stdout) == (2, "")
        assert "shown" not in done.stderr

    def test_fails_as_the_script_does(self, folder: Path) -> None:
        (folder / "messy.py").write_text(SCRIPT + "raise KeyError('mine')\n")
        done = run(folder, "python", "--slice", "xs", "messy.py")
        assert (done.returncode, done.stdout) == (1, "")
        assert "\nKeyError: 'mine'\n" in done.stderr
        (folder / "messy.py").write_text(SCRIPT + "raise SystemExit(3)\n")
        assert run(folder, "python", "--slice", "xs", "messy.py").returncode == 3

    def test_leaves_options_behind_the_script_to_it(self, folder: Path) -> None:
        (folder / "messy.py").write_text("import sys\nprint(sys.argv)\n")
        assert run(folder, "python", "messy.py", "--slice", "xs").stdout == "['messy.py', '--slice', 'xs']\n"


class TestBenchmark:
    def test_of_a_script(self, folder: Path, linea_home: Path) -> None:
        done = run(folder, "benchmark", "messy.py", "--n", "2", "--json")
        assert (done.returncode, done.stderr) == (0, "")
        found = json.loads(done.stdout)
        assert [len(found["seconds"][kind]) for kind in ("plain", "traced")] == [2, 2]
        low, high = found["change"]
        assert low <= high
        assert not linea_home.exists(), "what it saves is thrown away"

    def test_of_a_notebook(self, folder: Path) -> None:
        cells = [
            {"cell_type": "markdown", "source": ["# Not code"]},
            {"cell_type": "code", "source": ["import lineapy\n", "import beside"]},
            {"cell_type": "code", "source": "lineapy.save(beside.x, 'x')"},
        ]
        (folder / "beside.py").write_text("x = 1\n")
        (folder / "messy.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}))
        done = run(folder, "benchmark", "messy.ipynb", "--n", "1", "--skip-baseline")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("traced:")
        assert "plain" not in done.stdout

    def test_of_a_notebook_with_magics(self, folder: Path, linea_home: Path) -> None:
        cells = ["%load_ext lineapy\nimport lineapy", "%time xs = [1]", "!ls", "lineapy.save(xs, 'x')"]
        book = {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
        (folder / "messy.ipynb").write_text(json.dumps(book))
        done = run(folder, "benchmark", "messy.ipynb", "--n", "1", "--json")
        assert done.returncode == 0, done.stderr
        assert {kind: len(times) for kind, times in json.loads(done.stdout)["seconds"].items()} == {
            "plain": 1,
            "traced": 1,
        }
        assert not linea_home.exists()

    def test_of_a_notebook_that_fails_shows_why(self, folder: Path) -> None:
        book = {"cells": [{"cell_type": "code", "source": "print('before')\n{}['mine']"}]}
        (folder / "messy.ipynb").write_text(json.dumps(book))
        done = run(folder, "benchmark", "messy.ipynb", "--skip-baseline")
        assert (done.returncode, done.stdout) == (1, "")
        assert "code cell 1 failed (KeyError: 'mine')" in done.stderr

    def test_of_a_program_that_fails_shows_why(self, folder: Path) -> None:
        (folder / "messy.py").write_text("raise KeyError('mine')\n")
        done = run(folder, "benchmark", "messy.py")
        assert (done.returncode, done.stdout) == (1, "")
        assert "KeyError: 'mine'" in done.stderr
