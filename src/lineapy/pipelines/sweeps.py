"""Several values of a parameter → a branch of tasks for each; what does not depend on them runs once."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lineapy.modules.calls import Parameter
from lineapy.pipelines.carried import carried
from lineapy.pipelines.tasks import Argument, Fixed, Source, Task

#: For each parameter that is swept, the values.
Branches = Mapping[str, Sequence[Any]]
#: The values that hold in a branch, as positions, by parameter.
_Branch = dict[str, int]


def in_branches(tasks: Sequence[Task], sweep: Branches) -> list[Task]:
    """Make a task once for each value that it depends on.

    Args:
        tasks: The tasks of a pipeline.
        sweep: The values.

    Returns:
        The tasks in all branches, each behind those that it comes after. In a branch, the artifacts' names say
        which one it is: ``model (alpha=0.1)``.

    Example:
        >>> alpha = Parameter("alpha", "0.5", 0)
        >>> data = Task("data", "get_data", values=["data"], needed=["data"])
        >>> model = Task("model", "get_model", {"data": Source("data", "data"), "alpha": alpha}, artifacts={"m": "m"})
        >>> for task in in_branches([data, model], {"alpha": [0.1, 1]}):
        ...     print(task.name, list(task.artifacts), task.sources)
        data [] []
        model_alpha_0_1 ['m (alpha=0.1)'] ['data']
        model_alpha_1 ['m (alpha=1)'] ['data']
    """
    depends = _dependence(tasks, sweep)
    names: dict[str, list[tuple[_Branch, str]]] = {}
    taken = {task.name for task in tasks if not depends[task.name]}
    found = []
    for task in tasks:
        for branch in _combinations(depends[task.name], sweep):
            values = {name: sweep[name][position] for name, position in branch.items()}
            name = _unique(_named(task.name, values), taken) if values else task.name
            names.setdefault(task.name, []).append((branch, name))
            found.append(_in_branch(task, name, branch, values, names))
    return found


def _dependence(tasks: Sequence[Task], sweep: Iterable[str]) -> dict[str, list[str]]:
    """For each task, the swept parameters on which what it makes depends."""
    found: dict[str, list[str]] = {}
    for task in tasks:
        own = {given.name for given in task.parameters.values()}
        own.update(name for source in task.sources for name in found[source])
        found[task.name] = [name for name in sweep if name in own]
    return found


def _combinations(names: Sequence[str], sweep: Branches) -> Iterator[_Branch]:
    for positions in itertools.product(*(range(len(sweep[name])) for name in names)):
        yield dict(zip(names, positions, strict=True))


def _in_branch(
    task: Task,
    name: str,
    branch: _Branch,
    values: Mapping[str, Any],
    names: Mapping[str, list[tuple[_Branch, str]]],
) -> Task:
    def argument(given: Argument) -> Argument:
        if isinstance(given, Source):
            return Source(next(_agreeing(names[given.task], branch)), given.value)
        if isinstance(given, Parameter) and given.name in values:
            return Fixed(given, _as_json(given, values[given.name]))
        return given

    label = replace(task, branch=dict(values)).label
    return replace(
        task,
        name=name,
        stem=task.name,
        arguments={key: argument(given) for key, given in task.arguments.items()},
        artifacts={f"{one} ({label})" if label else one: value for one, value in task.artifacts.items()},
        waits_for=[other for waited in task.waits_for for other in _agreeing(names[waited], branch)],
        branch=dict(values),
    )


def _agreeing(branches: Iterable[tuple[_Branch, str]], branch: _Branch) -> Iterator[str]:
    """The tasks of branches where no parameter has another value."""
    for other, name in branches:
        if all(branch.get(key, position) == position for key, position in other.items()):
            yield name


def _named(task: str, values: Mapping[str, Any]) -> str:
    branch = "_".join(f"{name}_{value}" for name, value in values.items())
    plain = re.sub(r"[^A-Za-z0-9]+", "_", branch.replace("-", "minus_")).strip("_")
    return f"{task[:60]}_{plain[:40].strip('_')}"


def _unique(name: str, taken: set[str]) -> str:
    found = next(one for n in itertools.count(1) if (one := name if n == 1 else f"{name}_{n}") not in taken)
    taken.add(found)
    return found


def _as_json(parameter: Parameter, value: Any) -> Any:
    """A value as JSON carries that parameter's values."""
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    how = carried(parameter)
    if isinstance(value, tuple | set | frozenset) and how.type == "array":
        return list(value)
    return str(value) if how.type == "string" and not isinstance(value, str) else value
