"""The framework AIRFLOW: a DAG for Airflow 2.10 and later, whose tasks need no LineaPy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from lineapy.pipelines.carried import carried
from lineapy.pipelines.files import (
    Surroundings,
    as_python,
    call_lines,
    file_names,
    pipeline_files,
    render,
    uses_literals,
    value_text,
    values_text,
)
from lineapy.pipelines.frameworks import Framework
from lineapy.pipelines.handovers import ascii_names
from lineapy.pipelines.options import DagOptions, KeepValues
from lineapy.pipelines.plan import PipelinePlan
from lineapy.pipelines.tasks import Grain, Task


class AirflowOptions(DagOptions):
    """What can be said of a DAG. Lengths of time are in seconds."""

    grains: ClassVar[Mapping[str, Grain]] = {
        "PythonOperatorPerArtifact": Grain.ARTIFACT,
        "PythonOperatorPerSession": Grain.SESSION,
        "TaskFlowPerArtifact": Grain.ARTIFACT,
        "TaskFlowPerSession": Grain.SESSION,
    }
    moved: ClassVar[Mapping[str, str]] = {"schedule_interval": "schedule"}
    gone: ClassVar[Mapping[str, str]] = {
        "task_serialization": "values go from task to task as files in values_folder"
    }

    owner: str = Field("airflow", description="Whose DAG it is.")
    retries: int = Field(2, ge=0, description="How often a failed task is tried again.")
    retry_delay: float = Field(300, ge=0, description="Seconds until then.")
    start_date: date = Field(date(2024, 1, 1), description="The first day it may run for.")
    schedule: str | None = Field(
        None, description="When it runs: a cron expression or `@daily` and the like; by hand alone if None."
    )
    catchup: bool = Field(False, description="Whether to run for times that have passed.")
    max_active_runs: int = Field(1, ge=1, description="How many runs may go at once.")
    tags: tuple[str, ...] = Field(("lineapy",), description="Tags of the DAG.")
    values_folder: str = Field(
        "~/lineapy-runs",
        description="Where each run has a folder, for values that go from task to task and for the artifacts; `s3://…` "
        "for workers on several machines.",
    )
    keep_values: KeepValues = Field(
        "on_failure",
        description="When the values that went from task to task are kept. Artifacts always are.",
    )

    @classmethod
    def adapted(cls, given: dict[str, Any]) -> dict[str, Any]:
        """``days_ago(1)`` was a start date; text stands for a list of tags with one."""
        start = given.get("start_date")
        if isinstance(start, datetime):
            given = given | {"start_date": start.date()}
        elif isinstance(start, str) and (ago := re.fullmatch(r"(?:\w+\.)*days_ago\((\d+)\)", start.strip())):
            given = given | {"start_date": (datetime.now(UTC) - timedelta(days=int(ago[1]))).date()}
        return given


def _files(plan: PipelinePlan, options: AirflowOptions) -> Mapping[str, str | bytes]:
    tasks = plan.tasks(options.grain)
    is_taskflow = options.flavor.startswith("TaskFlow")
    names = {
        "options": options,
        "tasks": tasks,
        "ids": ascii_names(task.name for task in tasks),
        "bodies": {task.name: list(_body(task, plan, tasks, is_taskflow=is_taskflow)) for task in tasks},
        "params": [(one, carried(one)) for one in plan.parameters],
        "uses_literals": uses_literals(tasks),
        "has_values": any(task.needed for task in tasks) and options.keep_values != "always",
        "waited_for": {name for task in tasks for name in task.after},
        "files": file_names(tasks),
    }
    dag = render("airflow_taskflow.py.jinja" if is_taskflow else "airflow_operators.py.jinja", plan, **names)
    return pipeline_files(
        plan,
        Surroundings(
            framework="Airflow",
            own={f"{plan.name}_dag.py": dag},
            requirements=["apache-airflow>=3,<4"],
            command=("airflow", "standalone"),
            readme="airflow_README.md.jinja",
            environment={
                "AIRFLOW__CORE__DAGS_FOLDER": f"/home/runner/{plan.name}",
                "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            },
            hands_on_files=True,
        ),
        **names,
    )


def _body(task: Task, plan: PipelinePlan, tasks: Sequence[Task], *, is_taskflow: bool) -> Iterator[str]:
    files = file_names(tasks)
    used = ["folder_of", *(["read"] if task.sources else []), *(["write"] if task.values else [])]
    yield f"import {plan.name}_module as module"
    if task.values or task.sources:
        yield f"from {plan.name}_values import {', '.join(used)}"
        yield ""
        if not is_taskflow or task.values:
            yield "run = folder_of(RUNS, run_id)"
    else:
        yield ""
    given = {}
    for source in task.sources:
        given[source] = f"given_by_{source}" if len(task.sources) > 1 else "given"
        place = f"values_of_{source}" if is_taskflow else f'f"{{run}}/values/{source}.pkl"'
        yield f"{given[source]} = read({place})"
    parameters = {one.name: f"params[{as_python(one.name)}]" for one in plan.parameters}
    yield from call_lines(task, module="module", values=given, parameters=parameters)
    for artifact, value in task.artifacts.items():
        yield f'write({value_text(task, value)}, f"{{run}}/artifacts/{files[artifact]}.pkl")'
    if task.needed:
        place = f'f"{{run}}/values/{task.name}.pkl"'
        if is_taskflow:
            yield f"values = {place}"
        yield f"write({values_text(task)}, {'values' if is_taskflow else place})"
        if is_taskflow:
            yield "return values"


FRAMEWORK = Framework("AIRFLOW", AirflowOptions, _files)
