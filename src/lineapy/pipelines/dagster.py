"""The framework DAGSTER: assets, whose values an IO manager keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from pydantic import Field

from lineapy.pipelines.carried import Carried, carried
from lineapy.pipelines.files import (
    Surroundings,
    as_python,
    call_lines,
    pipeline_files,
    render,
    uses_literals,
    value_text,
    values_text,
    variable,
)
from lineapy.pipelines.frameworks import Framework
from lineapy.pipelines.handovers import ascii_names
from lineapy.pipelines.options import DagOptions
from lineapy.pipelines.plan import PipelinePlan
from lineapy.pipelines.tasks import Grain, Source, Task


class DagsterOptions(DagOptions):
    """What can be said of assets. Lengths of time are in seconds."""

    grains: ClassVar[Mapping[str, Grain]] = {
        "AssetPerArtifact": Grain.ARTIFACT,
        "AssetPerSession": Grain.SESSION,
    }
    moved: ClassVar[Mapping[str, str]] = {"schedule_interval": "schedule"}

    retries: int = Field(2, ge=0, description="How often a failed asset is tried again.")
    retry_delay: float = Field(10, ge=0, description="Seconds until then.")
    schedule: str | None = Field(None, description="When the job runs: a cron expression.")
    owner: str | None = Field(None, description="Who owns the assets: an e-mail address, or `team:name`.")
    group: str | None = Field(None, description="The assets' group; by default called like the pipeline.")


def _files(plan: PipelinePlan, options: DagsterOptions) -> Mapping[str, str | bytes]:
    tasks = plan.tasks(options.grain)
    assets = ascii_names(task.name for task in tasks)
    kept = {task.name: _kept(task) for task in tasks}
    names = {
        "options": options,
        "tasks": tasks,
        "functions": {task.name: variable(assets[task.name]) for task in tasks},
        "bodies": {task.name: list(_body(task, plan, kept, assets)) for task in tasks},
        "taken": {task.name: ", ".join(_taken(task, assets)) for task in tasks},
        "settings": {task.name: ", ".join(_settings(task, plan, options, assets)) for task in tasks},
        "places": {
            artifact: (assets[task.name], value if len(kept[task.name]) > 1 else None)
            for task in tasks
            for artifact, value in task.artifacts.items()
        },
        "params": [(one, carried(one), _field_type(carried(one))) for one in plan.parameters],
        "uses_literals": uses_literals(tasks),
    }
    return pipeline_files(
        plan,
        Surroundings(
            framework="Dagster",
            own={f"{plan.name}_assets.py": render("dagster.py.jinja", plan, **names)},
            requirements=["dagster>=1.9,<2", "dagster-webserver>=1.9,<2"],
            # Of a container, only what it publishes is seen from outside.
            command=("dagster", "dev", "-h", "0.0.0.0", "-f", f"{plan.name}_assets.py"),  # noqa: S104
            readme="dagster_README.md.jinja",
        ),
        **names,
    )


def _field_type(how: Carried) -> str:
    return "Any" if how.type is None else how.python_type


def _kept(task: Task) -> list[str]:
    """The values of a task that its asset holds: those that others need, and artifacts."""
    return list(dict.fromkeys((*task.needed, *task.artifacts.values())))


def _settings(
    task: Task, plan: PipelinePlan, options: DagsterOptions, assets: Mapping[str, str]
) -> Iterator[str]:
    yield f"name={as_python(assets[task.name])}"
    yield f"group_name={as_python(options.group or plan.name)}"
    if task.artifacts:
        yield f"description={as_python(task.title)}"
    if task.waits_for:
        yield f"deps={as_python([assets[name] for name in task.waits_for])}"
    renamed = [assets[name] for name in task.sources if variable(assets[name]) != assets[name]]
    if renamed:
        given = (f"{as_python(variable(name))}: dg.AssetIn({as_python(name)})" for name in renamed)
        yield f"ins={{{', '.join(given)}}}"
    if options.owner is not None:
        yield f"owners=[{as_python(options.owner)}]"
    yield "retry_policy=RETRIES"


def _taken(task: Task, assets: Mapping[str, str]) -> Iterator[str]:
    yield from (variable(assets[source]) for source in task.sources)
    if task.parameters:
        yield "parameters: Parameters"


def _body(
    task: Task, plan: PipelinePlan, kept: Mapping[str, Sequence[str]], assets: Mapping[str, str]
) -> Iterator[str]:
    parameters = {one.name: f"parameters.{one.name}" for one in plan.parameters}

    def value(source: Source) -> str:
        is_one = len(kept[source.task]) == 1
        return variable(assets[source.task]) + ("" if is_one else f"[{as_python(source.value)}]")

    yield from call_lines(task, module="module", values=value, parameters=parameters)
    own = kept[task.name]
    yield f"return {value_text(task, own[0]) if len(own) == 1 else values_text(task, own)}"


FRAMEWORK = Framework("DAGSTER", DagsterOptions, _files)
