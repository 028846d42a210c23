"""Promises about the package as a whole: its direction, its public names, and that importing it does nothing."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import lineapy

ROOT = Path(__file__).parents[1]
SOURCES = sorted(ROOT.joinpath("src/lineapy").rglob("*.py"))

PUBLIC_NAMES = {
    "LineaArtifact",
    "LineaArtifactStore",
    "Pipeline",
    "SessionType",
    "ValueType",
    "__version__",
    "artifact_store",
    "create_pipeline",
    "db",
    "delete",
    "file_system",
    "get",
    "get_function",
    "get_module",
    "get_module_definition",
    "get_pipeline",
    "options",
    "pause",
    "resume",
    "save",
    "tag",
    "to_pipeline",
    "visualize",
}

HEAVY = {
    "IPython",
    "alembic",
    "ast",
    "black",
    "click",
    "cloudpickle",
    "fsspec",
    "numpy",
    "pandas",
    "rich",
    "sqlalchemy",
    "sqlite3",
    "yaml",
}


def run(code: str, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter whose home, LineaPy's too, is an empty folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LINEAPY_")}
    environment |= {"HOME": str(home), "USERPROFILE": str(home)}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=True)


def test_nothing_imports_upwards() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run(
        [str(lint_imports), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=[str(path.relative_to(ROOT)) for path in SOURCES])
def test_each_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""

    first = docstring.partition("\n\n")[0].rstrip()
    assert len(first.split()) >= 3, "the docstring's first line says what the module is for"
    assert first[-1] in ".?:!", "it is a sentence"


def test_the_public_names_are_these() -> None:
    assert set(lineapy.__all__) == PUBLIC_NAMES
    assert {name for name in dir(lineapy) if not name.startswith("_")} <= PUBLIC_NAMES
    for name in PUBLIC_NAMES:
        assert getattr(lineapy, name) is not None


def test_the_version_is_the_one_in_pyproject() -> None:
    project = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert lineapy.__version__ == version("lineapy") == project["version"]


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'svae'"):
        lineapy.svae


def test_importing_imports_nothing_heavy(tmp_path: Path) -> None:
    done = run(
        "import sys; before = set(sys.modules); import lineapy, json; print(json.dumps(sorted(sys.modules)))",
        tmp_path,
    )

    assert HEAVY & set(json.loads(done.stdout)) == set()


# Collects what the process does from here on; `arguments` are those of the `lineapy` command, if any.
_WATCH = """
import sys
seen = []
def watch(event, arguments):
    if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.")):
        seen.append(f"{event} {arguments!r}")
sys.addaudithook(watch)
import lineapy
if sys.argv[1:]:
    from lineapy.cli.main import main
    try:
        main(sys.argv[1:])
    except SystemExit as end:
        assert not end.code, end.code
print(seen, file=sys.stderr)
"""


def test_importing_writes_nothing_and_connects_to_nothing(tmp_path: Path) -> None:
    done = run(_WATCH, tmp_path)

    assert done.stderr.strip() == "[]"
    assert list(tmp_path.iterdir()) == []


def test_importing_leaves_logging_alone(tmp_path: Path) -> None:
    code = "import logging, lineapy; print(logging.root.handlers, logging.root.level == logging.WARNING)"

    assert run(code, tmp_path).stdout.strip() == "[] True"


def test_tracing_and_saving_connect_to_nothing(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    saving = "import lineapy\nlineapy.save([1], 'one')\nprint(lineapy.get('one').get_code())\n"
    # The command becomes another process, in which the script has to watch for itself.
    watching = _WATCH.partition("import lineapy")[0]
    script.write_text(watching + saving + "print(seen, file=sys.stderr)\n")

    done = run(_WATCH, tmp_path, "python", str(script))

    assert done.stderr.strip() == "[]"
    assert done.stdout.strip() == "one = [1]"
