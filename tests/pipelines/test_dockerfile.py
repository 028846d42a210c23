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


#: For each framework, what shows that a container has all that its pipeline needs; what runs tasks is tried elsewhere.
_TRIED_BY = {
    "AIRFLOW": "python -c 'import sizes_dag, sizes_module, sizes_values; print(sizes_dag.dag.task_ids)'",
    "DVC": "dvc repro --quiet && python -c 'import sizes_values; print(sizes_values.read(\"artifacts/large.pkl\"))'",
    "KUBEFLOW": "python sizes_kfp.py && ls sizes_kfp.yaml",
    "ARGO": "python -c 'import sizes_values, sizes_module; print(sizes_module.run_all_sessions())'",
    "RAY": "python sizes_ray.py --least 3 2>/dev/null",
    "PREFECT": "python -c 'import sizes_flow; print(sizes_flow.sizes_flow.name)'",
    "DAGSTER": "dagster job execute -f sizes_assets.py -j sizes_job 2>&1 | grep -o RUN_SUCCESS",
}
_SHOWN = {
    "AIRFLOW": "['large']",
    "DVC": "['b', 'c']",
    "KUBEFLOW": "sizes_kfp.yaml",
    "ARGO": "{'large': ['b', 'c']}",
    "RAY": "{'large': ['c']}",
    "PREFECT": "sizes",
    "DAGSTER": "RUN_SUCCESS",
}


@pytest.mark.slow
@pytest.mark.parametrize("framework", _TRIED_BY)
def test_a_container_has_what_the_pipeline_needs(framework: str, tmp_path: Path) -> None:
    """The steps in a fresh environment, with uv for pip, and without the system's packages."""
    trace(SCRIPT)
    folder = lineapy.to_pipeline(
        ["large"], framework, "sizes", output_dir=tmp_path / "context", input_parameters=["least"]
    )
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(tmp_path / "venv")], check=True)
    home = tmp_path / "image" / "home" / "runner"
    work = home
    environment = {
        "HOME": str(home),
        "PATH": f"{tmp_path / 'venv' / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "RAY_USAGE_STATS_ENABLED": "0",
        "DVC_NO_ANALYTICS": "true",
        "DVC_SITE_CACHE_DIR": str(tmp_path / "site"),
    }
    for name, arguments in instructions(folder / "sizes_Dockerfile"):
        if name == "WORKDIR":
            work = tmp_path / "image" / arguments.lstrip("/")
            work.mkdir(parents=True)
        elif name == "ENV":
            variable, _, value = arguments.partition("=")
            environment[variable] = value.replace("/home/runner", str(home))
        elif name == "COPY":
            *sources, target = shlex.split(arguments)
            for source in sources:
                copy = shutil.copytree if (folder / source).is_dir() else shutil.copy
                copy(folder / source, work / target)
        elif name == "RUN" and "pip install" in arguments:
            install = ["pip", "install", "--quiet", "--python", str(tmp_path / "venv" / "bin" / "python")]
            subprocess.run(
                [*uv, *install, "-r", shlex.split(arguments)[-1]], cwd=work, check=True, timeout=600
            )
        elif name == "RUN" and not arguments.startswith(("apt-get", "useradd", "chown")):
            subprocess.run(arguments, shell=True, cwd=work, env=environment, check=True, timeout=100)
    tried = subprocess.run(
        _TRIED_BY[framework],
        shell=True,
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert tried.stdout.strip().splitlines()[-1:] == [_SHOWN[framework]], tried.stdout + tried.stderr
