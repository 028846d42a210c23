"""A module → tasks: what an orchestrator runs one by one, and which value goes from which to which."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from lineapy.modules.calls import Parameter
from lineapy.modules.module import Module, SessionFunctions

#: Of a task's name, in characters.
_LONGEST = 100


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


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that a branch of a sweep has for a parameter.

    Attributes:
        parameter: The parameter.
        value: The value, as JSON carries it.
    """

    parameter: Parameter
    value: Any


#: What a function of the module is given.
Argument = Parameter | Fixed | Source


@dataclass(slots=True)
class Task:
    """One call of a function of the module.

    Attributes:
        name: An identifier, unique in the pipeline.
        function: The function of the module.
        arguments: What it is called with, by the function's parameters.
        changes: Those of the function's parameters whose objects it may change.
        values: Names of what it returns, in order; those of `artifacts` if it returns a dictionary of them.
        artifacts: The artifacts that are there when it has run: for each by name, which of its values that is.
        by_name: It returns a dictionary of artifacts instead of values.
        needed: Those of its values that other tasks take.
        waits_for: Tasks that have to be over before it begins, although it takes nothing of theirs.
        branch: In a sweep, the values of the swept parameters, by name, that hold for it.
        stem: The name that all branches of a task have in common; without a sweep, the name.
    """

    name: str
    function: str
    arguments: dict[str, Argument] = field(default_factory=dict)
    changes: set[str] = field(default_factory=set)
    values: list[str] = field(default_factory=list)
    artifacts: dict[str, str] = field(default_factory=dict)
    by_name: bool = False
    needed: list[str] = field(default_factory=list)
    waits_for: list[str] = field(default_factory=list)
    branch: dict[str, Any] = field(default_factory=dict)
    stem: str = ""

    def __post_init__(self) -> None:
        """Without a sweep, the stem is the name."""
        self.stem = self.stem or self.name

    @property
    def label(self) -> str:
        """What the artifacts of its branch are marked with."""
        return ", ".join(f"{name}={value}" for name, value in self.branch.items())

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters of the pipeline that it takes, by the function's parameter."""
        return {name: given for name, given in self.arguments.items() if isinstance(given, Parameter)}

    @property
    def inputs(self) -> dict[str, Source]:
        """The values that it takes, by the function's parameter."""
        return {name: given for name, given in self.arguments.items() if isinstance(given, Source)}

    @property
    def sources(self) -> list[str]:
        """The tasks whose values it takes."""
        return list(dict.fromkeys(source.task for source in self.inputs.values()))

    @property
    def after(self) -> list[str]:
        """The tasks that have to be over before it begins."""
        return list(dict.fromkeys((*self.sources, *self.waits_for)))

    @property
    def title(self) -> str:
        """What it does, in a few words."""
        made = [repr(name) for name in self.artifacts]
        return (
            f"Make {', '.join(made or self.values)}." if made or self.values else "Prepare what others need."
        )


def tasks_of(
    module: Module, grain: Grain, dependencies: Mapping[str, Sequence[str]] | None = None
) -> list[Task]:
    """Divide a module into tasks.

    Args:
        module: The module.
        grain: How much makes a task. A session whose functions need each other's objects, or the same random generator,
            is one task in any case.
        dependencies: For artifacts, those that have to be made before.

    Returns:
        The tasks, each behind those that it comes after.
    """
    tasks = list(_tasks(module, grain))
    by_name = {task.name: task for task in tasks}
    for task in tasks:
        for source in task.inputs.values():
            needed = by_name[source.task].needed
            if source.value not in needed:
                needed.append(source.value)
    _keep_order(tasks, dependencies or {})
    return list(_in_order(tasks))


def _tasks(module: Module, grain: Grain) -> Iterator[Task]:
    if grain is Grain.ALL:
        task = _by_name("run_all_sessions", [name for one in module.sessions for name in _artifacts(one)])
        task.arguments.update({parameter.name: parameter for parameter in module.parameters})
        yield task
        return
    made: dict[str, Source] = {}
    taken: set[str] = set()
    for session in module.sessions:
        is_divided = grain is Grain.ARTIFACT and session.is_separable
        divided = _tasks_of_calls(session, made, taken) if is_divided else []
        for task in divided or [_task_of_session(session, made, taken)]:
            taken.add(task.name)
            made.update({artifact: Source(task.name, value) for artifact, value in task.artifacts.items()})
            yield task


def _artifacts(session: SessionFunctions) -> list[str]:
    return [kept.artifact for call in session.calls for kept in call.kept]


def _by_name(function: str, artifacts: list[str], name: str | None = None) -> Task:
    made = {artifact: artifact for artifact in artifacts}
    return Task(name or function, function, by_name=True, values=artifacts, artifacts=made)


def _task_of_session(session: SessionFunctions, made: Mapping[str, Source], taken: Collection[str]) -> Task:
    task = _by_name(session.name, _artifacts(session), _short(session.name, taken))
    task.arguments.update({variable: made[artifact] for variable, artifact in session.taken.items()})
    task.arguments.update({parameter.name: parameter for parameter in session.parameters})
    task.changes |= session.changed
    return task


def _tasks_of_calls(
    session: SessionFunctions, made: Mapping[str, Source], taken: Collection[str]
) -> list[Task]:
    holders: dict[str, Parameter | Source] = {parameter.name: parameter for parameter in session.parameters}
    holders.update({variable: made[artifact] for variable, artifact in session.taken.items()})
    tasks: dict[str, Task] = {}
    for call in session.calls:
        name = _short(call.function.name, {*taken, *tasks})
        task = tasks[name] = Task(name, call.function.name, values=list(call.targets))
        given = zip(call.function.arguments, call.arguments, strict=True)
        task.arguments.update({argument: holders[variable] for argument, variable in given})
        task.changes |= call.function.changes
        holders.update({variable: Source(name, variable) for variable in call.targets})
        for kept in call.kept:
            source = holders.get(kept.expression)
            if isinstance(source, Source):
                tasks[source.task].artifacts[kept.artifact] = source.value
    return list(tasks.values())


def _short(function: str, taken: Collection[str]) -> str:
    """What a task is called that calls a function; orchestrators put names into those of files and the like."""
    short = function.removeprefix("get_")
    name = (short if short.isidentifier() else function)[:_LONGEST]
    numbered = (f"{name}_{number}" for number in itertools.count(2))
    return next(one for one in itertools.chain([name], numbered) if one not in taken)


def _keep_order(tasks: Sequence[Task], dependencies: Mapping[str, Sequence[str]]) -> None:
    """Let tasks wait for those that make what has to be made before.

    All that leads to an artifact waits, unless what it waits for needs it in turn.
    """
    maker = {artifact: task for task in tasks for artifact in task.artifacts}
    by_name = {task.name: task for task in tasks}

    def before(task: Task) -> set[str]:
        found = set(task.after)
        for name in task.after:
            found |= before(by_name[name])
        return found

    for artifact, earlier in dependencies.items():
        for other in filter(None, map(maker.get, earlier)):
            kept_from = {other.name} | before(other)
            for name in {maker[artifact].name} | before(maker[artifact]):
                if name not in kept_from and other.name not in by_name[name].after:
                    by_name[name].waits_for.append(other.name)


def _in_order(tasks: Sequence[Task]) -> Iterator[Task]:
    """Each behind those that it comes after; otherwise as they are."""
    pending = {task.name: task for task in tasks}
    while pending:
        name = next(name for name, task in pending.items() if pending.keys().isdisjoint(task.after))
        yield pending.pop(name)
