"""The framework PREFECT: a flow whose tasks run side by side as far as they can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from pydantic import Field

from lineapy.pipelines.carried import argument_lines, carried, qualified, type_text
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
from lineapy.pipelines.options import DagOptions
from lineapy.pipelines.plan import PipelinePlan
from lineapy.pipelines.tasks import Grain, Task


class PrefectOptions(DagOptions):
    """What can be said of a flow. Lengths of time are in seconds."""

    grains: ClassVar[Mapping[str, Grain]] = {
        "TaskPerArtifact": Grain.ARTIFACT,
        "TaskPerSession": Grain.SESSION,
    }
    moved: ClassVar[Mapping[str, str]] = {"schedule_interval": "schedule"}

    retries: int = Field(2, ge=0, description="How often a failed task is tried again.")
    retry_delay: float = Field(10, ge=0, description="Seconds until then.")
    schedule: str | None = Field(
        None, description="When `python <name>_flow.py --serve` runs it: a cron expression."
    )
    tags: tuple[str, ...] = Field(("lineapy",), description="Tags of the tasks.")
    copy_values: bool = Field(
        True,
        description="Give tasks copies of what they take, as they run in one process. Without, only what a task "
        "changed when it was traced is copied.",
    )


def _files(plan: PipelinePlan, options: PrefectOptions) -> Mapping[str, str | bytes]:
    tasks = plan.tasks(options.grain)
    bodies = {task.name: list(_body(task, plan, options)) for task in tasks}
    arguments = list(argument_lines(plan.parameters, "module"))
    signature = [
        f"{one.name}{_annotation(type_text(one, 'module'))} = {qualified(one.default, 'module')}"
        for one in plan.parameters
    ]
    names = {
        "options": options,
        "tasks": tasks,
        "bodies": bodies,
        "taken": {task.name: ", ".join(_taken(task)) for task in tasks},
        "submissions": [_submission(task) for task in tasks],
        "signature": signature,
        "arguments": arguments,
        "needs_reader": any(carried(one).type is None for one in plan.parameters),
        "has_copies": any("copied(" in line for body in bodies.values() for line in body),
        "uses_module": any("module." in line for line in (*signature, *arguments)),
    }
    return pipeline_files(
        plan,
        Surroundings(
            framework="Prefect",
            own={f"{plan.name}_flow.py": render("prefect.py.jinja", plan, **names)},
            requirements=["prefect>=3,<4", "cloudpickle>=2.2.1,<4"],
            command=("python", f"{plan.name}_flow.py"),
            readme="prefect_README.md.jinja",
        ),
        **names,
    )


def _annotation(text: str | None) -> str:
    return f": {text}" if text is not None else ""


def _body(task: Task, plan: PipelinePlan, options: PrefectOptions) -> Iterator[str]:
    yield f"import {plan.name}_module as module"
    yield ""
    changed = {argument.task for name, argument in task.inputs.items() if name in task.changes}
    given = {}
    for source in task.sources:
        given[source] = f"given_by_{source}"
        is_copied = options.copy_values or source in changed
        place = f"given_by_{source}.values"
        yield f"{given[source]} = {f'copied({place})' if is_copied else place}"
    parameters = {one.name: variable(one.name) for one in plan.parameters}
    yield from call_lines(task, module="module", values=given, parameters=parameters, carries=False)
    made = (f"{as_python(name)}: {value_text(task, value)}" for name, value in task.artifacts.items())
    yield f"return Made({values_text(task)}, {{{', '.join(made)}}})"


def _taken(task: Task) -> Iterator[str]:
    yield from (f"given_by_{source}" for source in task.sources)
    yield from dict.fromkeys(variable(one.name) for one in task.parameters.values())


def _submission(task: Task) -> str:
    given = [f"made_by_{source}" for source in task.sources]
    given += dict.fromkeys(one.name for one in task.parameters.values())
    if task.waits_for:
        given.append(f"wait_for=[{', '.join(f'made_by_{name}' for name in task.waits_for)}]")
    return f"made_by_{task.name} = task_{task.name}.submit({', '.join(given)})"


FRAMEWORK = Framework("PREFECT", PrefectOptions, _files)
