"""The framework DVC: stages that run again when what they depend on has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import yaml
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
from lineapy.pipelines.options import DagOptions
from lineapy.pipelines.plan import PipelinePlan
from lineapy.pipelines.tasks import Grain, Task


class DVCOptions(DagOptions):
    """What can be said of stages."""

    grains: ClassVar[Mapping[str, Grain]] = {
        "StagePerArtifact": Grain.ARTIFACT,
        "StagePerSession": Grain.SESSION,
        "SingleStageAllSessions": Grain.ALL,
    }

    python: str = Field("python", description="The interpreter that stages are run by.")
    metrics: bool = Field(
        True, description="Write artifacts that are numbers as metrics, too, for `dvc metrics`."
    )


def _files(plan: PipelinePlan, options: DVCOptions) -> Mapping[str, str | bytes]:
    tasks = plan.tasks(options.grain)
    names = file_names(tasks)
    metrics = _metrics(plan, tasks, names) if options.metrics else {}
    own: dict[str, str | bytes] = {}
    stages: dict[str, Any] = {}
    by_name = {task.name: task for task in tasks}
    for task in tasks:
        own[f"stages/{task.name}.py"] = render(
            "dvc_stage.py.jinja",
            plan,
            task=task,
            body=list(_body(task, plan, names, metrics)),
            uses_literals=uses_literals([task]),
            reads=bool(task.sources),
            metrics=[name for name in task.artifacts if name in metrics],
        )
        stages[task.name] = _stage(task, plan, options, names, metrics, by_name)
    own["dvc.yaml"] = f"# Makes {', '.join(map(repr, plan.artifacts))}. Written by LineaPy.\n" + _yaml(
        {"stages": stages}
    )
    own["params.yaml"] = _yaml({one.name: carried(one).default for one in plan.parameters})
    return pipeline_files(
        plan,
        Surroundings(
            framework="DVC",
            own=own,
            requirements=["dvc>=3.50,<4", "PyYAML>=6,<7"],
            command=("dvc", "repro"),
            readme="dvc_README.md.jinja",
            packages=["git"],
            hands_on_files=True,
            setup=["git init --quiet . && dvc init --quiet"],
        ),
        files=names,
        tasks=tasks,
        metrics=metrics,
        params=[(one, carried(one)) for one in plan.parameters],
    )


def _metrics(plan: PipelinePlan, tasks: list[Task], names: Mapping[str, str]) -> dict[str, str]:
    """For artifacts that are numbers, also in the branches of a sweep, the files of their metrics."""
    return {
        artifact: f"metrics/{names[artifact]}.json"
        for task in tasks
        for artifact in task.artifacts
        if any(artifact == one or artifact.startswith(f"{one} (") for one in plan.numbers)
    }


def _stage(
    task: Task,
    plan: PipelinePlan,
    options: DVCOptions,
    names: Mapping[str, str],
    metrics: Mapping[str, str],
    by_name: Mapping[str, Task],
) -> dict[str, Any]:
    deps = [f"{plan.name}_module.py", f"{plan.name}_values.py", f"stages/{task.name}.py"]
    deps += [f"values/{source}.pkl" for source in task.sources]
    deps += [_outs(by_name[name], names)[0] for name in task.waits_for]
    stage: dict[str, Any] = {
        "cmd": f"{options.python} stages/{task.name}.py",
        "desc": task.title,
        "deps": list(dict.fromkeys(deps)),
    }
    taken = list(dict.fromkeys(one.name for one in task.parameters.values()))
    if taken:
        stage["params"] = taken
    stage["outs"] = _outs(task, names)
    written = [metrics[name] for name in task.artifacts if name in metrics]
    if written:
        stage["metrics"] = [{path: {"cache": False}} for path in written]
    return stage


def _outs(task: Task, names: Mapping[str, str]) -> list[str]:
    found = [f"artifacts/{names[artifact]}.pkl" for artifact in task.artifacts]
    if task.needed or not found:
        found.append(f"values/{task.name}.pkl")
    return found


def _body(
    task: Task, plan: PipelinePlan, names: Mapping[str, str], metrics: Mapping[str, str]
) -> Iterator[str]:
    if task.parameters:
        yield 'params = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))'
    given = {source: f"given_by_{source}" for source in task.sources}
    for source in task.sources:
        yield f'{given[source]} = read("values/{source}.pkl")'
    parameters = {one.name: f"params[{as_python(one.name)}]" for one in plan.parameters}
    yield from call_lines(task, module="module", values=given, parameters=parameters)
    for artifact, value in task.artifacts.items():
        yield f'write({value_text(task, value)}, "artifacts/{names[artifact]}.pkl")'
        if artifact in metrics:
            content = f"json.dumps({{{as_python(artifact)}: float({value_text(task, value)})}})"
            yield 'Path("metrics").mkdir(exist_ok=True)'
            yield f'Path({as_python(metrics[artifact])}).write_text({content}, encoding="utf-8")'
    if task.needed or not task.artifacts:
        yield f'write({values_text(task)}, "values/{task.name}.pkl")'


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100) if value else "{}\n"


FRAMEWORK = Framework("DVC", DVCOptions, _files)
