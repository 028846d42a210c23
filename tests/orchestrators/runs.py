"""Write pipelines for a framework, have it run them all in one process, and compare what they made."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cloudpickle

from lineapy.pipelines.handovers import ascii_identifier
from tests.orchestrators.cases import Case
from tests.orchestrators.environments import environment_of, python_of
from tests.slicing.support.describe import describe

_HERE = Path(__file__).parent
#: Where each run leaves a note of what it made.
NOTES = Path(sys.prefix) / "orchestrators" / "results"


@dataclass(frozen=True)
class Run:
    """What became of one pipeline.

    Attributes:
        pipeline: What it is: name, case, flavor, folder, expected values by artifact.
        result: What the driver says of it: whether it succeeded, and where the artifacts' files are.
        log: What the driver wrote.
    """

    pipeline: dict[str, Any]
    result: dict[str, Any]
    log: str

    def values(self) -> dict[str, Any]:
        """The artifacts that it made, described, by what their files are called."""
        assert self.result["state"] == "success", f"{self.result}\n{self.log[-6000:]}"
        sys.path.insert(0, self.pipeline["folder"])
        try:
            importlib.invalidate_caches()
            return {
                _plain(name): describe(cloudpickle.loads(Path(path).read_bytes()))
                for name, path in self.result["artifacts"].items()
            }
        finally:
            sys.path.remove(self.pipeline["folder"])

    def expected(self) -> dict[str, Any]:
        """What it has to make. In a sweep, what does not depend on the swept parameter is made once."""
        right = self.pipeline["expected"]
        once = {name.partition(" (")[0]: value for name, value in right.items()}
        made = {_plain(name) for name in self.result["artifacts"]}
        found = {name: value for name, value in right.items() if _plain(name.partition(" (")[0]) not in made}
        found |= {name: value for name, value in once.items() if _plain(name) in made}
        return {_plain(name): value for name, value in found.items()}


def _plain(name: str) -> str:
    """A name of an artifact, a file or an output, as it is whatever characters are allowed there."""
    return re.sub(r"[^a-z0-9]+", "_", ascii_identifier(name).lower())[:40].strip("_")


def write_pipelines(
    framework: str,
    flavors: dict[str, dict[str, Any]],
    root: Path,
    extra: dict[str, tuple[Case, dict[str, Any]]] | None = None,
) -> list[dict[str, Any]]:
    """Write a pipeline for each case and flavor.

    Args:
        framework: The framework.
        flavors: For each flavor, further options.
        root: A folder for them.
        extra: Further pipelines, by title, with their options.
    """
    job: dict[str, Any] = {"framework": framework, "flavors": flavors, "root": str(root)}
    job["extra"] = [
        {"title": title, "case": asdict(case), "config": config}
        for title, (case, config) in (extra or {}).items()
    ]
    (root / "pipelines").mkdir(parents=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LINEAPY_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.orchestrators.generate", json.dumps(job)],
        cwd=_HERE.parents[1],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(path.read_text()) for path in sorted((root / "pipelines").glob("*.json"))]


def run_pipelines(
    driver: str, environment: str, pipelines: list[dict[str, Any]], root: Path, **settings: str
) -> dict[tuple[str, str], Run]:
    """Have a framework run pipelines, all in one process.

    Args:
        driver: The program in ``drivers`` that does so.
        environment: Where the framework is installed.
        pipelines: What `write_pipelines` wrote.
        root: A folder for what they make.
        settings: Further environment variables.

    Returns:
        What became of each, by flavor and case.
    """
    jobs, results = root / "jobs.json", root / "results.json"
    jobs.write_text(json.dumps(pipelines))
    done = subprocess.run(
        [python_of(environment), str(_HERE / "drivers" / f"{driver}.py"), str(jobs), str(results)],
        cwd=root,
        env=environment_of(environment, root / "home", **settings),
        capture_output=True,
        text=True,
        timeout=1500,
    )
    log = done.stdout + done.stderr
    assert done.returncode == 0, log[-10000:]
    found = json.loads(results.read_text())
    runs = {(one["flavor"], one["case"]): Run(one, found[one["name"]], log) for one in pipelines}
    _note(driver if environment != "airflow-2" else environment, runs)
    return runs


def _note(name: str, runs: dict[tuple[str, str], Run]) -> None:
    """Leave a note of what was made, of which `tests.orchestrators.matrix` makes the table in the documentation."""
    cells = {
        f"{flavor}|{case}": run.result["state"] == "success" and run.values() == run.expected()
        for (flavor, case), run in runs.items()
        if flavor
    }
    version = next(run.result["version"] for run in runs.values() if "version" in run.result)
    NOTES.mkdir(parents=True, exist_ok=True)
    (NOTES / f"{name}.json").write_text(json.dumps({"version": version, "cells": cells}))
