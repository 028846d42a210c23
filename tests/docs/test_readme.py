"""What the README and the guides show is what happens.

Its blocks are carried out from top to bottom in one empty folder: a block under ``<!-- file: NAME -->`` becomes that
file, the commands of a ``console`` block must print what follows them, and a ``python`` block with ``>>>`` is a doctest.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

_BLOCK = re.compile(
    r"(?:^<!-- file: (?P<file>\S+) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_COMMAND = re.compile(r"^\$ (?P<command>.*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)


@pytest.mark.parametrize("document", ["README.md", "docs/pipelines.md", "docs/orchestrators.md"])
def test_the_blocks(document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    readme = ROOT.joinpath(document).read_text(encoding="utf-8")
    names: dict[str, object] = {}
    carried_out = []

    for block in _BLOCK.finditer(readme):
        line = readme.count("\n", 0, block.start("text")) + 1
        if block["file"]:
            tmp_path.joinpath(block["file"]).write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "console":
            _check_commands(block["text"], f"{document}, line {line}")
        elif ">>>" in block["text"]:
            _check_doctest(block["text"], document, line, names)
        elif block["kind"] == "python":
            exec(compile(block["text"], document, "exec"), names)
        else:
            continue
        carried_out.append(block["kind"])

    assert {"console", "python"} <= set(carried_out)


def _check_commands(text: str, where: str) -> None:
    for shown in _COMMAND.finditer(text):
        done = subprocess.run(
            shown["command"],
            shell=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.stdout == shown["output"], f"{where}: {shown['command']}"
        assert done.returncode == 0, f"{where}: {shown['command']}"


def _check_doctest(text: str, document: str, line: int, names: dict[str, object]) -> None:
    example = doctest.DocTestParser().get_doctest(text, names, document, document, line)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    failed, _ = runner.run(example, out=report.append, clear_globs=False)
    names.update(example.globs)
    assert not failed, "".join(report)


@pytest.mark.parametrize(
    "document",
    ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/pipelines.md", "examples/data/README.md"],
)
def test_links_lead_somewhere(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))

    assert [link for link in links if not path.parent.joinpath(link).exists()] == []


def test_the_commands_it_names_are_there() -> None:
    makefile = ROOT.joinpath("Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake (\w+)", ROOT.joinpath("README.md").read_text(encoding="utf-8")))

    assert {"demo", "test"} <= named
    assert [
        target for target in named - {"and"} if not re.search(rf"^{target}:", makefile, re.MULTILINE)
    ] == []
