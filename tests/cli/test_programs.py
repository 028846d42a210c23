"""``lineapy ipython`` and ``lineapy jupyter``: the programs themselves, with LineaPy loaded where code runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import lineapy
from tests.cli.terminal import at_a_terminal

pytest.importorskip("IPython")

SAVED = "xs = [1]\nunrelated = 2\nxs.append(3)\nimport lineapy\n_ = lineapy.save(xs, 'my list')\n"
SLICE = "xs = [1]\nxs.append(3)\n"


def run(folder: Path, *arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
    # Profiles and kernels of whoever runs the tests are not to matter.
    return subprocess.run(
        [sys.executable, "-m", "lineapy", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "IPYTHONDIR": str(folder / "ipython"), **environ},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A user's own profile, with an extension of the user's own."""
    folder = tmp_path / "ipython" / "profile_default"
    folder.mkdir(parents=True)
    (tmp_path / "own_extension.py").write_text(
        "def load_ipython_extension(shell): shell.user_ns['own'] = 1\n"
    )
    (folder / "ipython_config.py").write_text("c.InteractiveShellApp.extensions = ['own_extension']\n")
    return folder


# ipython


def test_ipython_at_a_terminal(tmp_path: Path) -> None:
    typed = SAVED + "print(repr(lineapy.get('my list').get_code()))\nexit\n"
    status, screen = at_a_terminal(
        tmp_path, "ipython", "--simple-prompt", typed=typed, IPYTHONDIR=str(tmp_path / "ipython")
    )
    assert status == 0, screen
    assert repr(SLICE) in screen
    assert lineapy.get("my list").get_value() == [1, 3]


def test_ipython_has_its_arguments_and_the_profile(tmp_path: Path, profile: Path) -> None:
    code = f"{SAVED}\nprint(own, get_ipython().extension_manager.loaded)"
    done = run(tmp_path, "ipython", "--colors=NoColor", "-c", code, PYTHONPATH=_with(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 ")
    assert "'lineapy'" in done.stdout


def test_ipython_passes_on_its_status_and_its_help(tmp_path: Path) -> None:
    assert run(tmp_path, "ipython", "-c", "import os; os._exit(7)").returncode == 7
    assert "IPython" in run(tmp_path, "ipython", "--help").stdout
    assert run(tmp_path, "ipython", "locate").stdout.strip() == str(tmp_path / "ipython")


# jupyter


def test_jupyter_loads_it_in_the_kernels_it_starts(tmp_path: Path, profile: Path) -> None:
    cells = [*SAVED.splitlines(), "print(own)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, tmp_path / "a.ipynb")
    done = run(tmp_path, "jupyter", "execute", "--inplace", "a.ipynb", PYTHONPATH=_with(tmp_path))
    assert done.returncode == 0, done.stderr
    assert lineapy.get("my list").get_code() == SLICE
    assert nbformat.read(tmp_path / "a.ipynb", 4).cells[-1].outputs[0].text == "1\n"


def test_jupyter_finds_the_same_kernels_as_ever(tmp_path: Path) -> None:
    def kernels(*command: str) -> dict[str, list[str]]:
        done = subprocess.run([sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, check=True)
        specs = json.loads(done.stdout)["kernelspecs"]
        return {name: found["spec"]["argv"] for name, found in specs.items()}

    listing = ["jupyter", "kernelspec", "list", "--json"]
    plain, ours = kernels(*listing), kernels("lineapy", *listing)
    assert plain.keys() == ours.keys()
    assert "python3" in ours
    for name, command in plain.items():
        assert ours[name][: len(command)] == command


def test_jupyter_passes_on_its_status(tmp_path: Path) -> None:
    done = run(tmp_path, "jupyter", "execute", "nothing.ipynb")
    plain = subprocess.run([sys.executable, "-m", "jupyter", "execute", "nothing.ipynb"], capture_output=True)
    assert done.returncode == plain.returncode != 0


# not installed


def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    program = (
        "import importlib.util\nfind = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *a: None if name == 'jupytext' else find(name, *a)\n"
        "from lineapy.cli.main import main\nmain(['jupytext', '--to', 'notebook', 'x.py'])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("", 2)
    assert "pip install jupytext" in done.stderr


def _with(folder: Path) -> str:
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
