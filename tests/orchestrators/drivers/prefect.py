"""Runs flows with Prefect, one after the other in this process: ``python prefect.py JOBS RESULTS``."""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
import warnings
from pathlib import Path

jobs = json.loads(Path(sys.argv[1]).read_text())
results_file = Path(sys.argv[2])
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).parent]

import cloudpickle  # noqa: E402
import prefect  # noqa: E402
from prefect.testing.utilities import prefect_test_harness  # noqa: E402


def run(job: dict) -> dict:
    """Run a flow; what became of it."""
    os.environ["LINEAPY_HOME_DIR"] = job["home"]
    sys.path.insert(0, job["folder"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module = importlib.import_module(f"{job['name']}_flow")
    made = getattr(module, f"{job['name']}_flow")(**job["given"])
    folder = results_file.parent / "made" / job["name"]
    folder.mkdir(parents=True)
    artifacts = {}
    for number, (name, value) in enumerate(made.items()):
        (folder / f"{number}.pkl").write_bytes(cloudpickle.dumps(value))
        artifacts[name] = str(folder / f"{number}.pkl")
    warned = [str(one.message) for one in caught if one.filename.startswith(job["folder"])]
    return {"state": "success", "artifacts": artifacts, "warned": warned, "version": prefect.__version__}


results = {}
with prefect_test_harness(server_startup_timeout=300):
    for job in jobs:
        try:
            results[job["name"]] = run(job)
        except Exception as error:
            results[job["name"]] = {"state": "failed", "error": "".join(traceback.format_exception(error))}
results_file.write_text(json.dumps(results))
