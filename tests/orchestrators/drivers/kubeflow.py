"""Compiles pipelines with kfp, checks and runs what was compiled: ``python kubeflow.py JOBS RESULTS``."""

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
os.environ["PYTHONPATH"] = ":".join(job["folder"] for job in jobs)  # as the image has it

import kfp  # noqa: E402
import yaml  # noqa: E402
from google.protobuf import json_format  # noqa: E402
from kfp import compiler, components, local  # noqa: E402
from kfp.pipeline_spec import pipeline_spec_pb2  # noqa: E402


def run(job: dict) -> dict:
    """Compile and run a pipeline; what became of it."""
    os.environ["LINEAPY_HOME_DIR"] = job["home"]
    sys.path.insert(0, job["folder"])
    root = results_file.parent / "outputs" / job["name"]
    root.mkdir(parents=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module = importlib.import_module(f"{job['name']}_kfp")
        compiled = root.parent / f"{job['name']}.yaml"
        compiler.Compiler().compile(getattr(module, f"{job['name']}_pipeline"), str(compiled))
    warned = [str(one.message) for one in caught if one.filename.startswith(job["folder"])]
    spec = next(yaml.safe_load_all(compiled.read_text()))
    json_format.ParseDict(spec, pipeline_spec_pb2.PipelineSpec())  # strict: unknown fields are errors
    local.init(runner=local.SubprocessRunner(use_venv=False), pipeline_root=str(root), raise_on_error=True)
    texts = {"first", "names", "shape", "params", "module"}  # these are JSON text
    given = {name: json.dumps(value) if name in texts else value for name, value in job["given"].items()}
    result = {"warned": warned, "version": kfp.__version__, "spec": spec}
    try:
        components.load_component_from_file(str(compiled))(**given)
    except Exception as error:
        return result | {"state": "failed", "error": "".join(traceback.format_exception(error))}
    files = {
        path.name.removeprefix("artifact_"): str(path) for path in root.rglob("artifact_*") if path.is_file()
    }
    return result | {"state": "success", "artifacts": files}


results = {}
for job in jobs:
    try:
        results[job["name"]] = run(job)
    except Exception as error:
        results[job["name"]] = {"state": "".join(traceback.format_exception(error))}
results_file.write_text(json.dumps(results, default=str))
