"""``lineapy notebook``: the code that makes a value of a notebook, and nothing of the notebook changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import lineapy

pytest.importorskip("ipykernel")

CELLS = [
    "from pathlib import Path\nxs = [int(Path('start.txt').read_text())]",
    "print('shown')\nunrelated = 1\n!echo from a child",
    "for x in range(3):\n    xs.append(x)",
    "%time ys = sorted(xs)\nxs",
]
SLICE = """\
from pathlib import Path

xs = [int(Path("start.txt").read_text())]
for x in range(3):
    xs.append(x)
"""


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """A notebook in a folder of its own, beside what it reads."""
    (tmp_path / "of it").mkdir()
    (tmp_path / "of it" / "start.txt").write_text("5")
    return _written(tmp_path, *CELLS)


def _written(folder: Path, *cells: str, **metadata: object) -> Path:
    path = folder / "of it" / "analysis.ipynb"
    path.parent.mkdir(exist_ok=True)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    book.metadata.update(metadata)
    nbformat.write(book, path)
    return path


def run(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Give the command in the folder above that of the notebook."""
    folder = path.parent.parent
    return subprocess.run(
        [sys.executable, "-m", "lineapy", "notebook", str(path.relative_to(folder)), *arguments],
        cwd=folder,
        env={**os.environ, "IPYTHONDIR": str(folder / "ipython")},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_prints_the_slice_and_nothing_else(notebook: Path) -> None:
    before = notebook.read_bytes()
    done = run(notebook, "my list", "xs")
    assert (done.returncode, done.stdout) == (0, SLICE)
    for shown in ("shown\n", "from a child", "[5, 0, 1, 2]\n"):
        assert shown in done.stderr
    assert lineapy.get("my list").get_value() == [5, 0, 1, 2]
    assert lineapy.get("my list").get_code() == SLICE
    assert notebook.read_bytes() == before


def test_of_an_expression(notebook: Path) -> None:
    done = run(notebook, "total", "sum(ys)")
    assert done.stdout == SLICE + "ys = sorted(xs)\ntotal = sum(ys)\n"
    assert lineapy.get("total").get_value() == 8


def test_draws_the_graph(notebook: Path) -> None:
    done = run(notebook, "my list", "xs", "--visualize-slice", "graph.svg")
    assert (done.returncode, done.stdout) == (0, SLICE)
    assert "xs.append(x)" in (notebook.parent.parent / "graph.svg").read_text()
    refused = run(notebook, "my list", "xs", "--visualize-slice", "graph.txt")
    assert (refused.returncode, refused.stdout) == (2, "")


def test_a_cell_that_fails_ends_it_unless_it_may(tmp_path: Path) -> None:
    path = _written(tmp_path, "x = 1", "1 / 0", "x = 2")
    done = run(path, "x", "x")
    assert (done.returncode, done.stdout) == (1, "")
    assert "ZeroDivisionError" in done.stderr
    assert "code cell 2 failed" in done.stderr
    book = nbformat.read(path, as_version=4)
    book.cells[1].metadata["tags"] = ["raises-exception"]
    nbformat.write(book, path)
    assert run(path, "x", "x").stdout == "x = 2\n"


@pytest.mark.parametrize(
    "last, said",
    [("%unload_ext lineapy", "has unloaded LineaPy"), ("import os; os._exit(3)", "died")],
)
def test_of_which_nothing_can_be_saved(tmp_path: Path, last: str, said: str) -> None:
    done = run(_written(tmp_path, "x = 1", last), "x", "x")
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_refuses(tmp_path: Path) -> None:
    path = _written(tmp_path, "x = 1")
    for wrong in (["x"], ["x", "x +"]):
        assert run(path, *wrong).returncode == 2
    assert "no_such has no value" in run(path, "x", "no_such").stderr.replace("'", "")
    in_r = _written(tmp_path, "x <- 1", kernelspec={"language": "R", "name": "ir", "display_name": "R"})
    assert (run(in_r, "x", "x").returncode, "in R" in run(in_r, "x", "x").stderr) == (2, True)
    in_r.write_text("no notebook")
    assert "is no notebook" in run(in_r, "x", "x").stderr
    in_r.unlink()
    assert "can't open" in run(in_r, "x", "x").stderr
