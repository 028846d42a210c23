"""The framework KUBEFLOW: a pipeline of kfp v2, whose components run in the image of the pipeline's Dockerfile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

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
    variable,
)
from lineapy.pipelines.frameworks import Framework
from lineapy.pipelines.options import DagOptions
from lineapy.pipelines.plan import PipelinePlan
from lineapy.pipelines.tasks import Grain, Task


class KubeflowOptions(DagOptions):
    """What can be said of components."""

    grains: ClassVar[Mapping[str, Grain]] = {
        "ComponentPerArtifact": Grain.ARTIFACT,
        "ComponentPerSession": Grain.SESSION,
    }

    host_url: str = Field(
        "http://localhost:3000", description="Where `python <name>_kfp.py --submit` sends a run."
    )
    base_image: str | None = Field(
        None,
        description="The image that components run in, by default `<name>:lineapy`: that of the Dockerfile.",
    )
    retries: int = Field(2, ge=0, description="How often a failed component is tried again.")
    cache: bool = Field(
        True, description="Whether Kubeflow may use what a component made before of the same."
    )
    cpu: str | None = Field(None, description="The limit of CPUs for each component, such as `2` or `500m`.")
    memory: str | None = Field(None, description="The limit of memory for each component, such as `4G`.")


def _files(plan: PipelinePlan, options: KubeflowOptions) -> Mapping[str, str | bytes]:
    tasks = plan.tasks(options.grain)
    names = plain_names(task.name for task in tasks)
    files = plain_names(file_names(tasks).values())
    outputs = {artifact: f"artifact_{files[file]}" for artifact, file in file_names(tasks).items()}
    inputs = plain_names(one.name for one in plan.parameters)
    parameters = [_Parameter(carried(one)) for one in plan.parameters]
    known: dict[str, Any] = {
        "options": options,
        "image": options.base_image or f"{plan.name.lower()}:lineapy",
        "tasks": tasks,
        "bodies": {task.name: list(_body(task, plan, outputs, names, inputs)) for task in tasks},
        "taken": {task.name: ", ".join(_taken(task, outputs, names, inputs)) for task in tasks},
        "calls": {task.name: ", ".join(_given(task, names, inputs)) for task in tasks},
        "names": names,
        "outputs": outputs,
        "signature": [f"{inputs[one.how.name]}: {one.type} = {as_python(one.default)}" for one in parameters],
        "params": [(inputs[one.name], carried(one)) for one in plan.parameters],
        "makers": {artifact: names[task.name] for task in tasks for artifact in task.artifacts},
    }
    return pipeline_files(
        plan,
        Surroundings(
            framework="Kubeflow",
            own={f"{plan.name}_kfp.py": render("kubeflow.py.jinja", plan, **known)},
            requirements=["kfp>=2.7,<3"],
            command=("python",),
            readme="kubeflow_README.md.jinja",
            environment={"PYTHONPATH": f"/home/runner/{plan.name}"},
            hands_on_files=True,
        ),
        **known,
    )


class _Parameter:
    """A parameter as kfp has it.

    Lists and dictionaries are the text of JSON, as Protocol Buffers make floats of the integers in them; so is what
    kfp has no type for.
    """

    def __init__(self, how: Carried) -> None:
        self.how = how
        self.is_text = how.type in (None, "array", "object")
        self.type = "str" if self.is_text else how.python_type
        self.default = how.json if self.is_text else how.default

    def expression(self, name: str) -> str:
        """The value as JSON carries it, where the component's input has this name."""
        return f"json.loads({name})" if self.is_text else name


def _parameters(task: Task) -> dict[str, _Parameter]:
    return {one.name: _Parameter(carried(one)) for one in task.parameters.values()}


def _taken(
    task: Task, outputs: Mapping[str, str], names: Mapping[str, str], inputs: Mapping[str, str]
) -> Iterator[str]:
    yield from (f"{variable(inputs[name])}: {one.type}" for name, one in _parameters(task).items())
    yield from (f"given_by_{names[source]}: dsl.Input[dsl.Artifact]" for source in task.sources)
    if task.needed:
        yield "values_for_others: dsl.Output[dsl.Artifact]"
    yield from (f"{outputs[artifact]}: dsl.Output[dsl.Artifact]" for artifact in task.artifacts)


def _given(task: Task, names: Mapping[str, str], inputs: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{variable(inputs[name])}={inputs[name]}" for name in _parameters(task))
    for source in task.sources:
        yield f'given_by_{names[source]}=made_by_{names[source]}.outputs["values_for_others"]'


def _body(
    task: Task,
    plan: PipelinePlan,
    outputs: Mapping[str, str],
    names: Mapping[str, str],
    inputs: Mapping[str, str],
) -> Iterator[str]:
    parameters = _parameters(task)
    if uses_literals([task]):
        yield "import ast"
    if any(one.is_text for one in parameters.values()):
        yield "import json"
    yield f"import {plan.name}_module as module"
    used = [*(["read"] if task.sources else []), *(["write"] if task.values else [])]
    if used:
        yield f"from {plan.name}_values import {', '.join(used)}"
    yield ""
    values = {source: f"values_of_{names[source]}" for source in task.sources}
    for source in task.sources:
        yield f"{values[source]} = read(given_by_{names[source]}.path)"
    expressions = {name: one.expression(variable(inputs[name])) for name, one in parameters.items()}
    yield from call_lines(task, module="module", values=values, parameters=expressions)
    for artifact, value in task.artifacts.items():
        yield f'{outputs[artifact]}.metadata["artifact"] = {as_python(artifact)}'
        yield f"write({value_text(task, value)}, {outputs[artifact]}.path)"
    if task.needed:
        yield f"write({values_text(task)}, values_for_others.path)"


FRAMEWORK = Framework("KUBEFLOW", KubeflowOptions, _files)
