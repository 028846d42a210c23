"""Materializes assets with Dagster, one pipeline after the other in this process: ``python dagster.py JOBS RESULTS``."""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
import warnings
from pathlib import Path

jobs = json.loads(Path(sys.argv[1]).read_text())
results_file = Path(sys.argv[2])
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).parent]

import cloudpickle  # noqa: E402
import dagster as dg  # noqa: E402


def run(job: dict, instance: dg.DagsterInstance) -> dict:
    """Run a pipeline's job; what became of it."""
    os.environ["LINEAPY_HOME_DIR"] = job["home"]
    sys.path.insert(0, job["folder"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module = importlib.import_module(f"{job['name']}_assets")
    config = {"resources": {"parameters": {"config": job["given"]}}} if job["given"] else {}
    name = f"{job['name']}_job"
    done = module.defs.resolve_job_def(name).execute_in_process(
        config, instance=instance, raise_on_error=False
    )
    warned = [str(one.message) for one in caught if one.filename.startswith(job["folder"])]
    result = {"warned": warned, "version": dg.__version__, "state": "success" if done.success else "failed"}
    if not done.success:
        failures = [one for one in done.all_events if one.is_step_failure]
        return result | {
            "error": "\n".join(str(one.step_failure_data.error_display_string) for one in failures),
            "failed": [one.step_key for one in failures],
            "retried": [
                one.step_key for one in done.all_events if one.event_type_value == "STEP_UP_FOR_RETRY"
            ],
        }
    folder = results_file.parent / "made" / job["name"]
    folder.mkdir(parents=True)
    artifacts = {}
    readme = Path(job["folder"], f"{job['name']}_README.md").read_text()  # what it says has to be right
    places = re.findall(r"^(result\.output_for_node.*\S)  # (.*)$", readme, re.MULTILINE)
    for number, (expression, artifact) in enumerate(places):
        value = eval(expression, {"result": done})
        (folder / f"{number}.pkl").write_bytes(cloudpickle.dumps(value))
        artifacts[artifact] = str(folder / f"{number}.pkl")
    return result | {"artifacts": artifacts}


results = {}
storage = results_file.parent / "storage"
storage.mkdir()
with dg.DagsterInstance.local_temp(str(storage)) as instance:
    for job in jobs:
        try:
            results[job["name"]] = run(job, instance)
        except Exception as error:
            results[job["name"]] = {"state": f"{type(error).__name__}: {error}"}
results_file.write_text(json.dumps(results))
