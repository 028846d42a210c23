"""Each command's help has examples, each of them works, and docs/cli.md says what the help says."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest

from lineapy.cli.commands import cli
from lineapy.cli.reference import commands, examples, page
from tests.api.support import run_python, run_traced

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"

_COMMANDS = {context.command_path: command for command, context in commands()}
_EXAMPLES = [example for command in _COMMANDS.values() for example in examples(command)]

_MESSY = """\
import lineapy
table = open("iris.csv").read()
model = [len(table)]
lineapy.save(model, "model", tags=["production"])
for _ in range(4):
    lineapy.save(model, "iris_model")
"""

_ANNOTATIONS = """\
- module: mylib
  annotations:
  - criteria: {function_name: predict}
    side_effects: []
"""


def test_the_page_is_up_to_date() -> None:
    assert _PAGE.read_text(encoding="utf-8") == page(), "run: python -m lineapy.cli.reference > docs/cli.md"


@pytest.mark.parametrize("path", _COMMANDS)
def test_every_command_has_an_example_of_itself(path: str) -> None:
    found = examples(_COMMANDS[path])
    assert found
    words = path.split()
    for example in found:
        remaining = iter(example.split())
        assert all(word in remaining for word in words), f"{example} is no example of {path}"


@pytest.mark.parametrize("path", _COMMANDS)
def test_every_option_is_explained(path: str) -> None:
    options = [option for option in _COMMANDS[path].params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help] == (
        ["version"] if path == "lineapy" else []
    )


def test_every_listing_can_be_read_by_programs() -> None:
    for path, command in _COMMANDS.items():
        if path.endswith((" list", " show", " status")):
            assert "as_json" in [parameter.name for parameter in command.params], path


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the examples make sense, with a home folder of LineaPy in it."""
    folder = tmp_path_factory.mktemp("prepared")
    (folder / "iris.csv").write_text("1,2\n")
    (folder / "mylib.yaml").write_text(_ANNOTATIONS)
    (folder / "home/custom-annotations").mkdir(parents=True)
    (folder / "home/custom-annotations/oldlib.annotations.yaml").write_text(_ANNOTATIONS)
    environ = os.environ | {"HOME": str(folder), "LINEAPY_HOME_DIR": str(folder / "home")}
    assert run_traced(_MESSY, folder, env=environ).returncode == 0
    deleting = "import lineapy; lineapy.delete('iris_model', 3)"
    assert run_python("-c", deleting, cwd=folder, env=environ).returncode == 0
    storing = "import lineapy; lineapy.create_pipeline(['model', 'iris_model'], 'weekly', persist=True)"
    assert run_python("-c", storing, cwd=folder, env=environ).returncode == 0
    (folder / "script.py").rename(folder / "messy.py")
    cell = {"cell_type": "code", "source": ["m = model = [1]"], "metadata": {}, "outputs": []}
    for name in ("messy.ipynb", "analysis.ipynb"):
        (folder / name).write_text(json.dumps({"cells": [cell], "nbformat": 4, "metadata": {}}))
    (folder / "bin").mkdir()
    (folder / "bin/lineapy").write_text(f'#!/bin/sh\nexec {sys.executable} -m lineapy "$@"\n')
    (folder / "bin/lineapy").chmod(0o755)
    return folder


@pytest.mark.parametrize("example", _EXAMPLES)
def test_every_example_works(
    example: str, prepared: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = Path(shutil.copytree(prepared, tmp_path / "here"))
    connection = sqlite3.connect(folder / "home/db.sqlite")
    ((session,),) = connection.execute("SELECT id FROM lineapy_session").fetchall()
    connection.close()
    command = example.replace("4f1c", session[:8]).replace("s3://team/values", str(tmp_path / "team"))
    program = command.split()[1]
    if program in ("jupyter", "jupytext"):  # a server would stay; tests/cli/test_programs.py runs notebooks
        pytest.importorskip({"jupyter": "jupyterlab"}.get(program, program))
        command += " --help"
    if program == "notebook":
        pytest.importorskip("ipykernel")
    environ = os.environ | {
        "HOME": str(folder),
        "LINEAPY_HOME_DIR": str(folder / "home"),
        "PATH": f"{folder}/bin{os.pathsep}{os.environ['PATH']}",
    }

    def run(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", command], cwd=folder, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )  # fmt: skip

    if "postgresql://" in command:
        url = request.getfixturevalue("postgresql_url")
        command = command.replace("postgresql://ada@db.example/team", f"'{url}'")
        assert run(f"lineapy --database-url '{url}' db upgrade").returncode == 0
    done = run(command)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    program = """
import sys
from lineapy.cli.main import main
for arguments in (["--help"], ["artifacts", "--help"], ["artifacts", "list", "--help"], ["completion", "zsh"]):
    try:
        main(arguments)
    except SystemExit as end:
        assert not end.code
heavy = {"IPython", "alembic", "black", "cloudpickle", "fsspec", "numpy", "pandas", "rich", "sqlalchemy", "sqlite3", "yaml"}
print(sorted({name.partition(".")[0] for name in sys.modules} & heavy), file=sys.stderr)
"""
    assert run_python("-c", program, cwd=tmp_path).stderr == "[]\n"


class TestCompletion:
    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_script_speaks_of_the_command(self, shell: str, tmp_path: Path) -> None:
        done = run_python("-m", "lineapy", "completion", shell, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert f"_LINEAPY_COMPLETE={shell}_complete" in done.stdout

    def test_script_is_one_that_bash_understands(self, tmp_path: Path) -> None:
        done = run_python("-m", "lineapy", "completion", "bash", cwd=tmp_path)
        checked = subprocess.run(["bash", "-n"], input=done.stdout, capture_output=True, text=True)
        assert (checked.returncode, checked.stderr) == (0, "")

    @pytest.mark.parametrize(
        "words, proposed",
        [
            ("lineapy art", ["plain,artifacts"]),
            ("lineapy artifacts re", ["plain,rename"]),
            ("lineapy artifacts show --j", ["plain,--json"]),
            ("lineapy artifacts show iris", ["plain,iris_model"]),
            ("lineapy artifacts show [", []),
        ],
    )  # fmt: skip
    def test_proposes(self, prepared: Path, words: str, proposed: list[str]) -> None:
        environ = os.environ | {
            "LINEAPY_HOME_DIR": str(prepared / "home"),
            "_LINEAPY_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
        }
        done = run_python("-c", "from lineapy.cli.main import main; main()", cwd=prepared, env=environ)
        assert (done.stdout.split(), done.stderr) == (proposed, "")


def test_the_groups_are_those_that_the_module_knows() -> None:
    assert {path.split()[1] for path in _COMMANDS if path != "lineapy"} == set(cli.commands)
