"""Checks workflows, loads them with Hera, and runs their steps here: ``python argo.py JOBS RESULTS``.

There is no Kubernetes at hand, so what a workflow says is done by a small interpreter of its YAML: the order of its DAG, its
parameters, environment variables, and artifacts, which go through a folder as they go through Argo's repository.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import traceback
import warnings
from importlib import metadata
from pathlib import Path
from typing import Any

jobs = json.loads(Path(sys.argv[1]).read_text())
results_file = Path(sys.argv[2])
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).parent]

import jsonschema  # noqa: E402
import yaml  # noqa: E402
from hera.workflows import Workflow, models  # noqa: E402

_schema = os.environ.get("ARGO_SCHEMA")


def strict(schema: Any) -> Any:
    """The schema, with every field that it does not name forbidden: it would let misspelt ones pass."""
    if isinstance(schema, dict):
        for value in schema.values():
            strict(value)
        if schema.get("type") == "object" and "properties" in schema:
            schema.setdefault("additionalProperties", False)
    elif isinstance(schema, list):
        for value in schema:
            strict(value)
    return schema


SCHEMA = strict(json.loads(Path(_schema).read_text())) if _schema else None


def faults(document: dict) -> list[str]:
    """What is wrong with a workflow by Argo's published schema, and references to what is not there."""
    found = []
    if SCHEMA is not None:
        kind = {"$ref": f"#/definitions/io.argoproj.workflow.v1alpha1.{document['kind']}"}
        validator = jsonschema.Draft7Validator(kind | {"definitions": SCHEMA["definitions"]})
        found += [
            f"{'/'.join(map(str, one.path))}: {one.message[:200]}" for one in validator.iter_errors(document)
        ]
    spec = document["spec"]
    templates = {one["name"]: one for one in spec["templates"]}
    for template in templates.values():
        for task in template.get("dag", {}).get("tasks", []):
            if task["template"] not in templates:
                found.append(f"{task['name']} has no template")
        known = {
            f"tasks.{task['name']}.outputs.artifacts.{one['name']}"
            for task in template.get("dag", {}).get("tasks", [])
            for one in templates[task["template"]].get("outputs", {}).get("artifacts", [])
        }
        known |= {
            f"inputs.parameters.{one['name']}" for one in template.get("inputs", {}).get("parameters", [])
        }
        known |= {
            f"workflow.parameters.{one['name']}" for one in spec.get("arguments", {}).get("parameters", [])
        }
        found += [
            f"{one} is nowhere" for one in re.findall(r"\{\{(.*?)\}\}", str(template)) if one not in known
        ]
    for one in spec.get("arguments", {}).get("parameters", []):
        if not re.fullmatch(r"[-\w]+", one["name"], re.ASCII) or "{{" in one["value"]:
            found.append(f"{one} is no parameter")
    names = [*templates, *(task["name"] for task in templates[spec["entrypoint"]]["dag"]["tasks"])]
    found += [
        f"{name!r} is no name"
        for name in names
        if not re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", name)
    ]
    return found


def substituted(text: str, known: dict[str, str]) -> str:
    """A text with ``{{…}}`` replaced; what is not known is an error, as in Argo."""
    return re.sub(r"\{\{\s*([^}]+?)\s*\}\}", lambda match: known[match[1]], text)


def execute(document: dict, given: dict[str, str], root: Path, folder: str) -> dict[str, Any]:
    """Run a workflow's steps, each in an empty folder that stands for its container's file system."""
    spec = document["spec"]
    templates = {one["name"]: one for one in spec["templates"]}
    parameters = {
        one["name"]: one["value"] for one in spec.get("arguments", {}).get("parameters", [])
    } | given
    workflow = {f"workflow.parameters.{name}": value for name, value in parameters.items()}
    pending = {task["name"]: task for task in templates[spec["entrypoint"]]["dag"]["tasks"]}
    made: dict[str, Path] = {}
    states: dict[str, str] = {}
    log = []
    while pending:
        name = next(n for n, task in pending.items() if pending.keys().isdisjoint(before(task)))
        task = pending.pop(name)
        if any(states[one] != "Succeeded" for one in before(task)):
            states[name] = "Omitted"
            continue
        template = templates[task["template"]]
        limit = int(template.get("retryStrategy", {}).get("limit", 0))
        for attempt in range(limit + 1):
            box = root / f"{name}-{attempt}"
            done, outputs = step(template, task, workflow, made, box, folder)
            log.append(done.stdout + done.stderr)
            states[name] = "Failed" if done.returncode else "Succeeded"
            if done.returncode == 0:
                made |= {f"tasks.{name}.outputs.artifacts.{key}": path for key, path in outputs.items()}
                break
    return {"states": states, "made": made, "log": "\n".join(log)}


def before(task: dict) -> list[str]:
    """The tasks that one depends on."""
    return [one.strip().partition(".")[0] for one in task.get("depends", "").split("&&") if one.strip()]


def step(
    template: dict, task: dict, workflow: dict, made: dict, box: Path, folder: str
) -> tuple[Any, dict[str, Path]]:
    """Run one step, whose ``/tmp`` is a folder of its own."""
    box.mkdir(parents=True)
    arguments = task.get("arguments", {})
    known = {
        f"inputs.parameters.{one['name']}": substituted(one["value"], workflow)
        for one in arguments.get("parameters", [])
    }
    wanted = {f"inputs.parameters.{one['name']}" for one in template.get("inputs", {}).get("parameters", [])}
    assert wanted == set(known), f"{task['name']} needs {wanted} and is given {set(known)}"
    sources = {one["name"]: one["from"].strip("{} ") for one in arguments.get("artifacts", [])}
    for one in template.get("inputs", {}).get("artifacts", []):
        place = box / one["path"].removeprefix("/tmp/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if "raw" in one:
            place.write_text(substituted(one["raw"]["data"], known), encoding="utf-8")
        else:
            shutil.copy(made[sources.pop(one["name"])], place)
    assert not sources, f"{task['name']} is given {set(sources)}, and does not take it"
    script = template["script"]
    variables = {one["name"]: one["value"].replace("$$", "$") for one in script.get("env", [])}
    source = substituted(script["source"], known).replace('"/tmp/', f'"{box}/').replace("'/tmp/", f"'{box}/")
    (box / "script.py").write_text(source)
    done = subprocess.run(
        [sys.executable, str(box / "script.py")],
        cwd=box,
        env={**os.environ, "PYTHONPATH": folder, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    outputs = {
        one["name"]: box / one["path"].removeprefix("/tmp/")
        for one in template.get("outputs", {}).get("artifacts", [])
    }
    if done.returncode == 0:
        assert all(path.is_file() for path in outputs.values()), outputs
    return done, outputs


def described(job: dict) -> list[tuple[str, ...]]:
    """Where the README says that the artifacts are: artifact, step, output."""
    text = Path(job["folder"], f"{job['name']}_README.md").read_text()
    return re.findall(r"^\| `(.*)` \| `(.*)` \| `(.*)` \|$", text, re.MULTILINE)


def run(job: dict) -> dict:
    """Check a workflow and run it; what became of it."""
    os.environ["LINEAPY_HOME_DIR"] = job["home"]
    sys.path.insert(0, job["folder"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module = importlib.import_module(f"{job['name']}_workflow")
        file = Path(job["folder"], f"{job['name']}_workflow.yaml")
        by_hera = Workflow.from_file(file).to_dict()
    document = yaml.safe_load(file.read_text())
    warned = [str(one.message) for one in caught if one.filename.startswith(job["folder"])]
    models.Workflow.model_validate(document)
    assert by_hera == document, "Hera understands something else"
    assert module.parser.parse_args([]).namespace == document["metadata"]["namespace"]
    given = {name: json.dumps(value) for name, value in job["given"].items()}
    done = execute(document, given, results_file.parent / "steps" / job["name"], job["folder"])
    states = done["states"]
    return {
        "state": "success" if set(states.values()) == {"Succeeded"} else "failed",
        "tasks": states,
        "faults": faults(document),
        "has_schema": SCHEMA is not None,
        "warned": warned,
        "version": metadata.version("hera"),
        "document": document,
        "log": done["log"],
        "artifacts": {
            artifact: str(done["made"][f"tasks.{step}.outputs.artifacts.{output}"])
            for artifact, step, output in described(job)
            if f"tasks.{step}.outputs.artifacts.{output}" in done["made"]
        },
    }


results = {}
for job in jobs:
    try:
        results[job["name"]] = run(job)
    except Exception as error:
        results[job["name"]] = {"state": "".join(traceback.format_exception(error))}
results_file.write_text(json.dumps(results, default=str))
