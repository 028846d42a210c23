"""Runs DAGs with Airflow, one after the other in this process: ``python airflow.py JOBS RESULTS``."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

jobs = json.loads(Path(sys.argv[1]).read_text())
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).parent]
home = Path(os.environ["HOME"])
os.environ["AIRFLOW_HOME"] = str(home / "airflow")
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(Path(jobs[0]["folder"]).parent)
os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "ERROR"
subprocess.run(
    [str(Path(sys.executable).with_name("airflow")), "db", "migrate"], check=True, capture_output=True
)

import airflow  # noqa: E402


def load(job: dict) -> tuple[object, list[str]]:
    """Import a DAG's file; the DAG, and what was warned of on behalf of that file."""
    sys.path.insert(0, job["folder"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module = importlib.import_module(f"{job['name']}_dag")
    return module.dag, [str(one.message) for one in caught if one.filename.startswith(job["folder"])]


def fetched(place: str, folder: Path) -> Path:
    """A copy on this machine of what is in a folder elsewhere."""
    import fsspec.core

    files, path = fsspec.core.url_to_fs(place)
    files.get(path, str(folder), recursive=True)
    return folder


def run(job: dict) -> dict:
    """Run a DAG; what became of it."""
    os.environ["LINEAPY_HOME_DIR"] = job["home"]
    dag, warned = load(job)
    done = dag.test(run_conf=job["given"])
    tasks = {one.task_id: str(one.state) for one in done.get_task_instances()}
    values = importlib.import_module(f"{job['name']}_values")
    place = values.folder_of(sys.modules[f"{job['name']}_dag"].RUNS, done.run_id)
    folder = fetched(place, home / "fetched" / job["name"]) if "://" in place else Path(place)
    return {
        "state": str(getattr(done.state, "value", done.state)),
        "tasks": tasks,
        "warned": warned,
        "version": airflow.__version__,
        "files": sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()),
        "artifacts": {path.stem: str(path) for path in folder.glob("artifacts/*.pkl")},
        "folder": str(folder),
    }


results = {}
for job in jobs:
    try:
        results[job["name"]] = run(job)
    except Exception as error:
        results[job["name"]] = {"state": f"{type(error).__name__}: {error}"}
Path(sys.argv[2]).write_text(json.dumps(results))
