"""Runs pipelines with Kubeflow's local runner, from what they compile to: ``python kubeflow.py JOBS RESULTS``."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
import warnings
from pathlib import Path

jobs = json.loads(Path(sys.argv[1]).read_text())
results_file = Path(sys.argv[2])
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).parent]

import kfp  # noqa: E402
import yaml  # noqa: E402
from google.protobuf import json_format  # noqa: E402
from kfp import compiler, components, local  # noqa: E402
from kfp.pipeline_spec import pipeline_spec_pb2  # noqa: E402


def given(job: dict, types: dict) -> dict:
    """The parameters as Kubeflow carries them: what may be anything is text."""
    return {
        name: json.dumps(value)
        if types[name]["parameterType"] == "STRING" and not isinstance(value, str)
        else value
        for name, value in job["given"].items()
    }


def run(job: dict) -> dict:
    """Compile a pipeline and run it; what became of it."""
    os.environ["LINEAPY_HOME_DIR"] = job["home"]
    os.environ["PYTHONPATH"] = job["folder"]  # as the image has it
    sys.path.insert(0, job["folder"])
    package = results_file.parent / "compiled" / f"{job['name']}.yaml"
    package.parent.mkdir(exist_ok=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module = importlib.import_module(f"{job['name']}_kfp")
        compiler.Compiler().compile(getattr(module, f"{job['name']}_pipeline"), str(package))
    compiled = yaml.safe_load(package.read_text())
    json_format.ParseDict(compiled, pipeline_spec_pb2.PipelineSpec())  # refuses what it does not know
    types = compiled["root"].get("inputDefinitions", {}).get("parameters", {})
    result = {"warned": [str(one.message) for one in caught], "version": kfp.__version__, "types": types}
    result["tasks"] = compiled["root"]["dag"]["tasks"]
    result["executors"] = compiled["deploymentSpec"]["executors"]
    root = results_file.parent / "made" / job["name"]
    local.init(local.SubprocessRunner(use_venv=False), pipeline_root=str(root), raise_on_error=True)
    log = io.StringIO()
    try:
        with contextlib.redirect_stdout(log):
            outputs = components.load_component_from_file(str(package))(**given(job, types)).outputs
    except Exception as error:
        return result | {
            "state": "failed",
            "error": f"{type(error).__name__}: {error}",
            "log": log.getvalue(),
        }
    result["kinds"] = {name: type(one).__name__ for name, one in outputs.items()}
    result["artifacts"] = {name: one.path for name, one in outputs.items()}
    return result | {"state": "success", "log": log.getvalue()}


results = {}
for job in jobs:
    try:
        results[job["name"]] = run(job)
    except Exception as error:
        results[job["name"]] = {"state": f"{type(error).__name__}: {error}"}
results_file.write_text(json.dumps(results))
