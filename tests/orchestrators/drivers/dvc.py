"""Runs pipelines with DVC, each in a fresh Git repository: ``python dvc.py JOBS RESULTS``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

jobs = json.loads(Path(sys.argv[1]).read_text())
results_file = Path(sys.argv[2])
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).parent]
home = Path(os.environ["HOME"])
os.environ.update(
    DVC_NO_ANALYTICS="true",
    DVC_SITE_CACHE_DIR=str(home / "site"),
    DVC_GLOBAL_CONFIG_DIR=str(home / "config"),
    GIT_CONFIG_NOSYSTEM="1",
)
(home / ".gitconfig").write_text("[user]\n name = t\n email = t@example.com\n[init]\n defaultBranch = main\n")

import dvc  # noqa: E402
import yaml  # noqa: E402
from dvc.exceptions import ReproductionError  # noqa: E402
from dvc.repo import Repo  # noqa: E402


def reproduce(repo: Repo, log: Path) -> tuple[str, list[str]]:
    """Run what has to be run: what became of it, and the stages that ran."""
    shown = os.dup(1), os.dup(2)
    with log.open("wb") as file:  # what stages write goes to the file descriptors
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            stages = repo.reproduce()
            state = "success"
        except ReproductionError:
            stages, state = [], "failed"
        finally:
            for number, saved in enumerate(shown, 1):
                os.dup2(saved, number)
    return state, [stage.addressing for stage in stages]


def run(job: dict) -> dict:
    """Run a pipeline; what became of it."""
    os.environ["LINEAPY_HOME_DIR"] = job["home"]
    folder = results_file.parent / "repositories" / job["name"]
    shutil.copytree(job["folder"], folder)
    os.chdir(folder)
    subprocess.run(["git", "init", "-q"], check=True)
    repo = Repo.init()
    parameters = yaml.safe_load(Path("params.yaml").read_text()) | job["given"]
    Path("params.yaml").write_text(yaml.safe_dump(parameters))
    log = folder / "log.txt"
    state, ran = reproduce(repo, log)
    again, ran_again = reproduce(repo, folder / "log2.txt")
    kept = shutil.copytree("artifacts", results_file.parent / "made" / job["name"])
    result = {
        "state": state,
        "ran": ran,
        "again": again,
        "ran_again": ran_again,
        "log": log.read_text(errors="replace"),
        "version": dvc.__version__,
        "folder": str(folder),
        "artifacts": {path.stem: str(path) for path in kept.glob("*.pkl")},
    }
    if job["case"] == "diamond":
        result["metrics"] = repo.metrics.show()
    if job["case"] == "parameters":
        Path("params.yaml").write_text(yaml.safe_dump(parameters | {"label": "another"}))
        result["after_change"] = reproduce(repo, folder / "log3.txt")
    repo.close()
    return result


results = {}
for job in jobs:
    try:
        results[job["name"]] = run(job)
    except Exception as error:
        results[job["name"]] = {"state": f"{type(error).__name__}: {error}"}
results_file.write_text(json.dumps(results, default=str))
