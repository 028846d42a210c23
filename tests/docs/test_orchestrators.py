"""The pages on orchestrators: what they show is what happens, and what they list is what there is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lineapy.pipelines.frameworks import framework_named, framework_names
from lineapy.pipelines.reference import reference
from tests.docs.test_readme import ROOT
from tests.orchestrators.cases import CASES
from tests.orchestrators.matrix import BEGIN, END, HOW

_FILE = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^```console\n\$ (.*)\n((?:(?!```).*\n)*)", re.MULTILINE)


def test_the_page_of_options_is_up_to_date() -> None:
    written = (ROOT / "docs" / "pipeline-options.md").read_text(encoding="utf-8")
    assert written == reference(), "run python -m lineapy.pipelines.reference > docs/pipeline-options.md"


def test_the_table_has_every_flavor_and_says_that_it_was_run() -> None:
    page = (ROOT / "docs" / "orchestrators.md").read_text(encoding="utf-8")
    table = page[page.index(BEGIN) + len(BEGIN) : page.index(END)]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    assert rows[0][2:] == list(CASES)
    assert [row[1].strip("`") for row in rows[2:]] == [
        flavor for name in HOW for flavor in framework_named(name).options.grains
    ]
    assert set(HOW) == set(framework_names()) - {"SCRIPT"}
    assert all("executed" in cell for row in rows[2:] for cell in row[2:])


@pytest.mark.slow
def test_a_target_is_added_as_the_page_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "add-a-target.md").read_text(encoding="utf-8")
    for name, text in _FILE.findall(page):
        path = tmp_path / "package" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    # Installed beside what there is, so that the environment of the tests stays as it was.
    installed = tmp_path / "installed"
    command = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--python",
        sys.executable,
    ]
    subprocess.run([*command, "--target", str(installed), str(tmp_path / "package")], check=True, timeout=300)
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "use.py").write_text((tmp_path / "package" / "use.py").read_text())
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    python_path = os.pathsep.join([str(installed), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {"PATH": path, "PYTHONPATH": python_path}
    ((line, shown),) = _COMMAND.findall(page)
    done = subprocess.run(
        line,
        shell=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout, done.stderr) == (shown, "")
