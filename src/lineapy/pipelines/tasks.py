"""A module → tasks: what an orchestrator runs one by one, and which value goes from which to which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from lineapy.modules.calls import Parameter
from lineapy.modules.module import Module, SessionFunctions


class Grain(Enum):
    """How much of a pipeline makes a task."""

    ARTIFACT = "artifact"
    SESSION = "session"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Source:
    """A value that another task has made.

    Attributes:
        task: The task's name.
        value: The name of the value among what that task makes.
    """

    task: str
    value: str


@dataclass(slots=True)
class Task:
    """One call of a function of the module.

    Attributes:
        name: An identifier, unique in the pipeline.
        function: The function of the module.
        arguments: What it is called with, by the function's parameters: a parameter of the pipeline or a value.
        values: Names of what it returns, in order; those of `artifacts` if it returns a dictionary of them.
        artifacts: The artifacts that are there when it has run: by name, the value.
        by_name: It returns a dictionary of artifacts instead of values.
    """

    name: str
    function: str
    arguments: dict[str, Parameter | Source] = field(default_factory=dict)
    values: list[str] = field(default_factory=list)
    artifacts: dict[str, Source] = field(default_factory=dict)
    by_name: bool = False

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters of the pipeline that it takes, by the function's parameter."""
        return {name: given for name, given in self.arguments.items() if isinstance(given, Parameter)}

    @property
    def inputs(self) -> dict[str, Source]:
        """The values that it takes, by the function's parameter."""
        return {name: given for name, given in self.arguments.items() if isinstance(given, Source)}

    @property
    def after(self) -> list[str]:
        """The tasks whose values it takes."""
        return list(dict.fromkeys(source.task for source in self.inputs.values()))


def tasks_of(module: Module, grain: Grain) -> list[Task]:
    """Divide a module into tasks.

    Args:
        module: The module.
        grain: How much makes a task. A session whose functions need each other's objects, or the same random generator,
            is one task in any case.

    Returns:
        The tasks, each behind those whose values it takes.
    """
    if grain is Grain.ALL:
        artifacts = [name for session in module.sessions for name in _artifacts(session)]
        task = Task("run_all_sessions", "run_all_sessions", by_name=True, values=artifacts)
        task.arguments.update({parameter.name: parameter for parameter in module.parameters})
        task.artifacts.update({name: Source(task.name, name) for name in artifacts})
        return [task]
    found: list[Task] = []
    made: dict[str, Source] = {}
    for session in module.sessions:
        is_divided = grain is Grain.ARTIFACT and session.is_separable
        tasks = list(_tasks_of_calls(session, made) if is_divided else [_task_of_session(session, made)])
        for task in tasks:
            made.update(task.artifacts)
        found += tasks
    return found


def _artifacts(session: SessionFunctions) -> list[str]:
    return [kept.artifact for call in session.calls for kept in call.kept]


def _task_of_session(session: SessionFunctions, made: dict[str, Source]) -> Task:
    artifacts = _artifacts(session)
    task = Task(session.name, session.name, by_name=True, values=artifacts)
    task.arguments.update({variable: made[artifact] for variable, artifact in session.taken.items()})
    task.arguments.update({parameter.name: parameter for parameter in session.parameters})
    task.artifacts.update({name: Source(task.name, name) for name in artifacts})
    return task


def _tasks_of_calls(session: SessionFunctions, made: dict[str, Source]) -> Iterator[Task]:
    holders: dict[str, Parameter | Source] = {parameter.name: parameter for parameter in session.parameters}
    holders.update({variable: made[artifact] for variable, artifact in session.taken.items()})
    for call in session.calls:
        short = call.function.name.removeprefix("get_")
        name = short if short.isidentifier() else call.function.name
        task = Task(name, call.function.name, values=list(call.targets))
        given = zip(call.function.arguments, call.arguments, strict=True)
        task.arguments.update({argument: holders[variable] for argument, variable in given})
        holders.update({variable: Source(name, variable) for variable in call.targets})
        for kept in call.kept:
            source = holders.get(kept.expression)
            if isinstance(source, Source):
                task.artifacts[kept.artifact] = source
        yield task
