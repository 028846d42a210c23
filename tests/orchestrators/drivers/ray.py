"""Runs pipelines with Ray, one after the other on a cluster in this process: ``python ray.py JOBS RESULTS``."""

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
sys.path += [job["folder"] for job in jobs]
os.environ["PYTHONPATH"] = ":".join(job["folder"] for job in jobs)  # workers have it, too

import cloudpickle  # noqa: E402
import ray  # noqa: E402


def parameter(name: str, value: object) -> object:
    """A parameter's value, of what JSON carries."""
    import datetime

    read = {"day": datetime.date.fromisoformat, "where": Path, "shape": tuple, "attempts": Path}
    read["wait"] = lambda seconds: datetime.timedelta(seconds=seconds)
    read = read.get(name)
    return read(value) if read is not None else value


def run(job: dict) -> dict:
    """Run a pipeline; what became of it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module = importlib.import_module(f"{job['name']}_ray")
    made = module.run(**{name: parameter(name, value) for name, value in job["given"].items()})
    folder = results_file.parent / "made" / job["name"]
    folder.mkdir(parents=True)
    artifacts = {}
    for number, (name, value) in enumerate(made.items()):
        (folder / f"{number}.pkl").write_bytes(cloudpickle.dumps(value))
        artifacts[name] = str(folder / f"{number}.pkl")
    warned = [str(one.message) for one in caught if one.filename.startswith(job["folder"])]
    return {"state": "success", "artifacts": artifacts, "warned": warned, "version": ray.__version__}


os.environ["LINEAPY_HOME_DIR"] = next(job["home"] for job in jobs if job["case"] == "reuse")
results = {}
ray.init(num_cpus=2, include_dashboard=False, object_store_memory=150_000_000, log_to_driver=False)
for job in jobs:
    try:
        results[job["name"]] = run(job)
    except Exception as error:
        results[job["name"]] = {
            "state": "failed",
            "error": "".join(traceback.format_exception(error)),
            "types": [one.__name__ for one in type(error).__mro__],
        }
ray.shutdown()
results_file.write_text(json.dumps(results))
