"""The framework ARGO: a workflow for Argo Workflows, made and submitted by Hera."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from lineapy.pipelines.carried import Carried, carried
from lineapy.pipelines.files import (
    Surroundings,
    as_python,
    call_lines,
    file_names,
    pipeline_files,
    plain_names,
    render,
    uses_literals,
    value_text,
    values_text,
)
from lineapy.pipelines.frameworks import Framework
from lineapy.pipelines.options import DagOptions
from lineapy.pipelines.plan import PipelinePlan
from lineapy.pipelines.tasks import Grain, Task


class ArgoOptions(DagOptions):
    """What can be said of a workflow."""

    grains: ClassVar[Mapping[str, Grain]] = {
        "StepPerArtifact": Grain.ARTIFACT,
        "StepPerSession": Grain.SESSION,
    }
    gone: ClassVar[Mapping[str, str]] = {
        "kube_config": "the token by which the workflow is submitted is taken from ARGO_TOKEN",
        "token": "a file is no place for a secret, and the token is taken from ARGO_TOKEN",
    }

    namespace: str = Field("argo", description="The namespace of Kubernetes.")
    host: str = Field("https://localhost:2746", description="Where `--submit` sends the workflow.")
    verify_ssl: bool = Field(False, description="Whether the certificate of the host has to be valid.")
    workflow_name: str | None = Field(
        None, description="What the names of workflows begin with; by default the pipeline's."
    )
    image: str | None = Field(
        None, description="The image that steps run in, by default `<name>:lineapy`: that of the Dockerfile."
    )
    image_pull_policy: Literal["Never", "IfNotPresent", "Always"] = Field(
        "Never", description="When the image is fetched."
    )
    service_account: str = Field("argo", description="The account that steps run as.")
    retries: int = Field(2, ge=0, description="How often a failed step is tried again.")
    cpu: str | None = Field(None, description="The limit of CPUs for each step, such as `2` or `500m`.")
    memory: str | None = Field(None, description="The limit of memory for each step, such as `4Gi`.")


def _files(plan: PipelinePlan, options: ArgoOptions) -> Mapping[str, str | bytes]:
    tasks = plan.tasks(options.grain)
    name = next(iter(plain_names([options.workflow_name or plan.name], separator="-", longest=50).values()))
    entrypoint = f"{name}-dag"
    names = plain_names([entrypoint, *(task.name for task in tasks)], separator="-")
    files = file_names(tasks)
    outputs = {
        artifact: f"artifact-{one}" for artifact, one in plain_names(files, separator="-", longest=50).items()
    }
    inputs = plain_names(one.name for one in plan.parameters)
    known: dict[str, Any] = {
        "options": options,
        "image": options.image or f"{plan.name.lower()}:lineapy",
        "name": name,
        "entrypoint": entrypoint,
        "tasks": tasks,
        "names": names,
        "outputs": outputs,
        "bodies": {task.name: list(_body(task, plan, files, inputs)) for task in tasks},
        "settings": {task.name: ", ".join(_settings(task, files, names, outputs, inputs)) for task in tasks},
        "calls": {task.name: ", ".join(_given(task, names, inputs)) for task in tasks},
        "inputs": inputs,
        "params": [(one, carried(one)) for one in plan.parameters],
        "uses_parameters": any(task.parameters for task in tasks),
        "uses_artifacts": any(task.sources or task.values for task in tasks),
    }
    return pipeline_files(
        plan,
        Surroundings(
            framework="Argo Workflows",
            own={f"{plan.name}_workflow.py": render("argo.py.jinja", plan, **known)},
            requirements=[],
            command=("python",),
            readme="argo_README.md.jinja",
            environment={"PYTHONPATH": f"/home/runner/{plan.name}"},
            hands_on_files=True,
        ),
        **known,
    )


def _parameters(task: Task) -> dict[str, Carried]:
    return {one.name: carried(one) for one in task.parameters.values()}


def _settings(
    task: Task,
    files: Mapping[str, str],
    names: Mapping[str, str],
    outputs: Mapping[str, str],
    inputs: Mapping[str, str],
) -> Iterator[str]:
    yield f"name={as_python(names[task.name])}"
    taken = [f"Parameter(name={as_python(inputs[name])})" for name in _parameters(task)]
    taken += [_artifact(f"given-by-{names[one]}", f"/tmp/given/{one}.pkl") for one in task.sources]  # noqa: S108
    if taken:
        yield f"inputs=[{', '.join(taken)}]"
    made = [_artifact("values", "/tmp/made/values.pkl", is_kept=True)] if task.needed else []  # noqa: S108
    made += [
        _artifact(outputs[artifact], f"/tmp/made/artifact_{files[artifact]}.pkl", is_kept=True)  # noqa: S108
        for artifact in task.artifacts
    ]
    if made:
        yield f"outputs=[{', '.join(made)}]"
    if task.parameters:
        given = []
        for name in _parameters(task):
            value = f"{{{{inputs.parameters.{inputs[name]}}}}}"
            given.append(f"Env(name={as_python(_variable(inputs[name]))}, value={as_python(value)})")
        yield f"env=[{', '.join(given)}]"


def _artifact(name: str, path: str, *, is_kept: bool = False) -> str:
    archive = ", archive=NoneArchiveStrategy()" if is_kept else ""
    return f"Artifact(name={as_python(name)}, path={as_python(path)}{archive})"


def _variable(name: str) -> str:
    """The environment variable by which a step is given a parameter: so that quotes in it do no harm."""
    return f"PARAMETER_{name}"


def _given(task: Task, names: Mapping[str, str], inputs: Mapping[str, str]) -> Iterator[str]:
    yield f"name={as_python(names[task.name])}"
    given = [
        f'Parameter(name={as_python(inputs[name])}, value="{{{{workflow.parameters.{inputs[name]}}}}}")'
        for name in _parameters(task)
    ]
    given += [
        f'made_by_{source}.get_artifact("values").with_name({as_python(f"given-by-{names[source]}")})'
        for source in task.sources
    ]
    if given:
        yield f"arguments=[{', '.join(given)}]"


def _body(
    task: Task, plan: PipelinePlan, files: Mapping[str, str], inputs: Mapping[str, str]
) -> Iterator[str]:
    parameters = _parameters(task)
    if uses_literals([task]):
        yield "import ast"
    if parameters:
        yield "import json"
        yield "import os"
    yield f"import {plan.name}_module as module"
    used = [*(["read"] if task.sources else []), *(["write"] if task.values else [])]
    if used:
        yield f"from {plan.name}_values import {', '.join(used)}"
    yield ""
    given = {source: f"given_by_{source}" for source in task.sources}
    for source in task.sources:
        yield f'{given[source]} = read("/tmp/given/{source}.pkl")'
    expressions = {
        name: f"json.loads(os.environ[{as_python(_variable(inputs[name]))}])" for name in parameters
    }
    yield from call_lines(task, module="module", values=given, parameters=expressions)
    for artifact, value in task.artifacts.items():
        yield f'write({value_text(task, value)}, "/tmp/made/artifact_{files[artifact]}.pkl")'
    if task.needed:
        yield f'write({values_text(task)}, "/tmp/made/values.pkl")'


FRAMEWORK = Framework("ARGO", ArgoOptions, _files)
