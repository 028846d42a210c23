"""The framework RAY: remote functions that hand each other references to values, on this machine or a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import Field

from lineapy.errors import PipelineOptionError
from lineapy.pipelines.carried import argument_lines, carried, qualified
from lineapy.pipelines.files import (
    Surroundings,
    as_python,
    call_lines,
    pipeline_files,
    render,
    value_text,
    values_text,
    variable,
)
from lineapy.pipelines.frameworks import Framework
from lineapy.pipelines.handovers import ascii_names
from lineapy.pipelines.options import DagOptions
from lineapy.pipelines.plan import PipelinePlan
from lineapy.pipelines.tasks import Grain, Task


class RayOptions(DagOptions):
    """What can be said of tasks on Ray."""

    grains: ClassVar[Mapping[str, Grain]] = {
        "TaskPerArtifact": Grain.ARTIFACT,
        "TaskPerSession": Grain.SESSION,
    }
    gone: ClassVar[Mapping[str, str]] = {
        "use_workflows": "Ray has no workflows any more, and tasks are remote functions",
        "storage": "Ray has no workflows any more, which needed it",
    }

    retries: int = Field(2, ge=0, description="How often a failed task is tried again.")
    num_cpus: float = Field(1, ge=0, description="CPUs of each task.")
    num_gpus: float = Field(0, ge=0, description="GPUs of each task.")
    memory: int | None = Field(None, ge=1, description="Memory of each task, in bytes.")
    task_options: dict[str, dict[str, Any]] = Field(
        {},
        description="Options of certain tasks, by task: what `ray.remote` takes, as `{'model': {'num_gpus': 1}}`.",
    )
    runtime_env: dict[str, Any] = Field(
        {}, description="Ray's `runtime_env`; the pipeline's folder is its `working_dir` unless it has one."
    )
    copy_values: bool = Field(
        True,
        description="Give tasks copies of what they take. Without, only what a task changed when it was traced is "
        "copied, and arrays are read-only.",
    )


def _files(plan: PipelinePlan, options: RayOptions) -> Mapping[str, str | bytes]:
    tasks = plan.tasks(options.grain)
    names = [task.name for task in tasks]
    unknown = next((name for name in options.task_options if name not in names), None)
    if unknown is not None:
        raise PipelineOptionError(
            f"There is no task {unknown!r}, for which pipeline_dag_config has task_options. The tasks are: "
            f"{', '.join(names)}. Nothing was written."
        )
    functions = {task: f"task_{name}" for task, name in ascii_names(names).items()}  # Ray has only ASCII here
    waited_for = {name for task in tasks for name in task.waits_for}
    returned = {task.name: list(_returned(task, task.name in waited_for)) for task in tasks}
    bodies = {task.name: list(_body(task, plan, options, returned[task.name])) for task in tasks}
    names_known = {
        "options": options,
        "tasks": tasks,
        "returned": returned,
        "bodies": bodies,
        "functions": functions,
        "taken": {task.name: ", ".join(_taken(task)) for task in tasks},
        "settings": {task.name: _settings(task, options, len(returned[task.name])) for task in tasks},
        "submissions": [_submission(task, functions[task.name], returned[task.name]) for task in tasks],
        "signature": [f"{one.name}={qualified(one.default, 'module')}" for one in plan.parameters],
        "arguments": list(argument_lines(plan.parameters, "module")),
        "needs_reader": any(carried(one).type is None for one in plan.parameters),
        "has_copies": any("copied(" in line for body in bodies.values() for line in body),
        "uses_module": any("module." in qualified(one.default, "module") for one in plan.parameters),
    }
    return pipeline_files(
        plan,
        Surroundings(
            framework="Ray",
            own={f"{plan.name}_ray.py": render("ray.py.jinja", plan, **names_known)},
            requirements=["ray[default]>=2.50,<3"],
            command=("python", f"{plan.name}_ray.py"),
            readme="ray_README.md.jinja",
        ),
        **names_known,
    )


def _returned(task: Task, is_waited_for: bool) -> Iterator[str]:
    """What a task returns: each has a reference of its own, so that nobody fetches what it does not need."""
    if task.needed:
        yield "values"
    if task.artifacts:
        yield "artifacts"
    if is_waited_for or not (task.needed or task.artifacts):
        yield "done"


def _body(task: Task, plan: PipelinePlan, options: RayOptions, returned: list[str]) -> Iterator[str]:
    yield f"import {plan.name}_module as module"
    yield ""
    given = {source: f"given_by_{source}" for source in task.sources}
    changed = {argument.task for name, argument in task.inputs.items() if name in task.changes}
    for source in task.sources:
        if source in changed or options.copy_values:
            yield f"{given[source]} = copied({given[source]})"
    parameters = {one.name: variable(one.name) for one in plan.parameters}
    yield from call_lines(task, module="module", values=given, parameters=parameters, carries=False)
    made = {artifact: value_text(task, value) for artifact, value in task.artifacts.items()}
    texts = {
        "values": values_text(task),
        "artifacts": "{" + ", ".join(f"{as_python(name)}: {text}" for name, text in made.items()) + "}",
        "done": "True",
    }
    yield f"return {', '.join(texts[name] for name in returned)}"


def _settings(task: Task, options: RayOptions, num_returns: int) -> str:
    chosen: dict[str, Any] = {"num_cpus": options.num_cpus}
    if options.num_gpus:
        chosen["num_gpus"] = options.num_gpus
    if options.memory is not None:
        chosen["memory"] = options.memory
    if num_returns > 1:
        chosen["num_returns"] = num_returns
    chosen |= {"max_retries": options.retries, "retry_exceptions": options.retries > 0}
    chosen |= options.task_options.get(task.name, {})
    return ", ".join(f"{name}={_number(value)}" for name, value in chosen.items())


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else as_python(value)


def _submission(task: Task, function: str, returned: list[str]) -> str:
    prefixes = {"values": "values_of_", "artifacts": "artifacts_of_", "done": "done_"}
    references = ", ".join(prefixes[name] + task.name for name in returned)
    given = [f"values_of_{source}" for source in task.sources]
    given += [one.name for one in _parameters(task)]
    given += [f"done_{name}" for name in task.waits_for]
    return f"{references} = {function}.remote({', '.join(given)})"


def _taken(task: Task) -> Iterator[str]:
    yield from (f"given_by_{source}" for source in task.sources)
    yield from (variable(one.name) for one in _parameters(task))
    if task.waits_for:
        yield "*waited_for"


def _parameters(task: Task) -> list[Any]:
    return list({one.name: one for one in task.parameters.values()}.values())


FRAMEWORK = Framework("RAY", RayOptions, _files)
