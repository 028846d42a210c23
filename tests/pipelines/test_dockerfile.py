"""Dockerfiles of pipelines. No container engine is at hand: their steps are done in a fresh virtual environment."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

import lineapy
from lineapy.pipelines.frameworks import framework_names
from tests.modules.support import trace

SCRIPT = """
import lineapy
import pandas as pd
import yaml
least = 2
text = "[{name: a, size: 1}, {name: b, size: 2}, {name: c, size: 3}]"
frame = pd.DataFrame(yaml.safe_load(text))
print(frame)
frame = frame[frame["size"] >= least]
lineapy.save(frame["name"].tolist(), "large")
"""


def instructions(dockerfile: Path) -> Iterator[tuple[str, str]]:
    """Name and arguments of each instruction."""
    for line in dockerfile.read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, arguments = line.partition(" ")
            yield name, arguments


@pytest.mark.slow
def test_each_step_works(tmp_path: Path) -> None:
    trace(SCRIPT)
    folder = lineapy.to_pipeline(
        ["large"], pipeline_name="sizes", output_dir=tmp_path / "context", input_parameters=["least"]
    )
    image = tmp_path / "image"
    venv.create(tmp_path / "venv", with_pip=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    done: list[str] = []
    work, user, entry = image, "root", []
    for name, arguments in instructions(folder / "sizes_Dockerfile"):
        done.append(name)
        match name:
            case "FROM":
                assert arguments == f"python:{sys.version_info.major}.{sys.version_info.minor}-slim"
            case "WORKDIR":
                work = image / arguments.lstrip("/")
                work.mkdir(parents=True)
            case "COPY":
                source, target = shlex.split(arguments)
                shutil.copy(folder / source, work / target)
            case "RUN":
                command = shlex.split(arguments)
                if command[0] == "useradd":
                    user = command[-1]
                    continue
                assert command[0] == "python"
                subprocess.run([python, "-s", *command[1:]], cwd=work, check=True, capture_output=True)
            case "USER":
                assert arguments == user != "root"
            case "ENTRYPOINT":
                entry = json.loads(arguments)
            case _:
                pytest.fail(f"what is {name}?")
    assert done == ["FROM", "RUN", "WORKDIR", "COPY", "RUN", "COPY", "USER", "ENTRYPOINT"]

    ran = subprocess.run(
        [python, "-s", *entry[1:], "--least", "3"], cwd=work, capture_output=True, text=True, check=False
    )
    assert (ran.stdout, ran.stderr) == ("{'large': ['c']}\n", "")
    installed = subprocess.run([python, "-m", "pip", "freeze"], capture_output=True, text=True, check=True)
    assert "lineapy" not in installed.stdout


@pytest.mark.parametrize("framework", framework_names())
def test_of_each_framework(framework: str, tmp_path: Path) -> None:
    """All that is copied is there, it does not run as root, and what it installs can be installed together."""
    trace(SCRIPT)
    folder = lineapy.to_pipeline(
        ["large"], framework, "sizes", output_dir=tmp_path / "out", input_parameters=["least"]
    )
    found = list(instructions(folder / "sizes_Dockerfile"))
    names = [name for name, _ in found]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert found[0] == ("FROM", f"python:{version}-slim")
    assert set(names) <= {"FROM", "RUN", "WORKDIR", "ENV", "COPY", "USER", "ENTRYPOINT"}
    assert [arguments for name, arguments in found if name == "USER"] == ["runner"]
    assert names.index("USER") < names.index("ENTRYPOINT") == len(names) - 1
    copied: set[str] = set()
    for name, arguments in found:
        if name == "COPY":
            *sources, _ = shlex.split(arguments)
            copied |= {
                str(path) for source in sources for path in [folder / source, *(folder / source).rglob("*")]
            }
    beside = {str(path) for path in folder.rglob("*")} - copied
    assert {Path(path).name for path in beside} == {
        ".lineapy-files.json",
        "sizes_Dockerfile",
        "sizes_README.md",
    }
    uv = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--python-version", version]
    done = subprocess.run(
        [*uv, str(folder / "sizes_requirements.txt")],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "cloudpickle==" in done.stdout or framework in ("SCRIPT", "RAY", "DAGSTER")
