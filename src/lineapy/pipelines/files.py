"""Templates → the files of a pipeline; those that all frameworks have, and what the frameworks' own are made with."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineapy.modules.render import as_docstring
from lineapy.pipelines.carried import carried
from lineapy.pipelines.plan import PipelinePlan
from lineapy.pipelines.samples import test_files
from lineapy.pipelines.tasks import Fixed, Source, Task
from lineapy.slicing.render import identifier, tidy

if TYPE_CHECKING:
    import jinja2

_HERE = Path(__file__).parent
#: Of a file's name, in characters: file systems allow for 255 bytes.
_LONGEST = 60
#: What a pipeline needs that hands on values as files.
VALUES_REQUIREMENTS = ("cloudpickle>=2.2.1,<4", "fsspec>=2024.2")


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  # no HTML is made of them
    )
    found.filters["py"] = as_python
    found.filters["enumerated"] = enumerated
    found.filters["variable"] = variable
    found.filters["docstring"] = as_docstring
    found.filters["repr"] = repr
    found.filters["made_by"] = "made_by_{}".format
    return found


def render(template: str, plan: PipelinePlan, **names: Any) -> str:
    """Fill in a template.

    Args:
        template: Its file's name; of a ``.py.jinja``, the text is formatted.
        plan: The pipeline, which it knows as ``plan``.
        names: What else it knows.
    """
    text = _environment().get_template(template).render(plan=plan, **names)
    return tidy(text) if template.endswith(".py.jinja") else text


def as_python(value: Any) -> str:
    """A literal, with double quotes, as Black writes it.

    Example:
        >>> print(as_python("a"), as_python([1, "it's"]), as_python('"'))
        "a" [1, "it's"] '"'
    """
    text = repr(value)
    if isinstance(value, str) and text.startswith("'") and '"' not in text:
        return f'"{text[1:-1]}"'
    return text


def enumerated(names: Iterable[str]) -> str:
    """Names as a sentence has them.

    Example:
        >>> enumerated(["a", "b", "c"])
        'a, b and c'
    """
    listed = list(names)
    return " and ".join(filter(None, [", ".join(listed[:-1]), *listed[-1:]]))


# -- files that all frameworks have


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What files beside the module a pipeline has, for a framework.

    Attributes:
        framework: How people write its name.
        own: Contents of the framework's own files, by path.
        requirements: What the framework needs, as lines of the requirements file.
        command: What a container runs, word by word.
        readme: The template of its README.
        environment: Environment variables of a container.
        packages: Packages of the system that a container needs.
        hands_on_files: Tasks hand on values as files.
        setup: Commands of a shell that prepare a container, once the files are there.
        image: What the image is called that a cluster makes containers of; None if users run it.
    """

    framework: str
    own: Mapping[str, str | bytes]
    requirements: Sequence[str]
    command: Sequence[str]
    readme: str
    environment: Mapping[str, str] | None = None
    packages: Sequence[str] = ()
    hands_on_files: bool = False
    setup: Sequence[str] = ()
    image: str | None = None


def pipeline_files(plan: PipelinePlan, around: Surroundings, **names: Any) -> dict[str, str | bytes]:
    """All files of a pipeline.

    Args:
        plan: The pipeline.
        around: What the framework adds.
        names: What the README's template knows besides.

    Returns:
        Contents by path: the module, the framework's own, requirements, a Dockerfile, a README, and tests if the plan
        has samples.
    """
    requirements = [*around.requirements, *(VALUES_REQUIREMENTS if around.hands_on_files else ())]
    listed = {line.split(">")[0].split("[")[0]: line for line in requirements}
    listed.update({line.split("==")[0]: line for line in plan.requirements})
    found: dict[str, str | bytes] = {f"{plan.name}_module.py": plan.text, **around.own}
    if around.hands_on_files:
        found[f"{plan.name}_values.py"] = (_HERE / "values.py").read_text(encoding="utf-8")
    copied = sorted(name for name in found if "/" not in name)
    folders = sorted({name.partition("/")[0] for name in found if "/" in name})
    found[f"{plan.name}_requirements.txt"] = "".join(line + "\n" for line in listed.values())
    names |= {
        "around": around,
        "copied": copied,
        "folders": folders,
        "command": _as_json_list(around.command),
    }
    names["own_modules"] = [line[2:] for line in plan.requirements if line.startswith("#")]
    found[f"{plan.name}_Dockerfile"] = render("Dockerfile.jinja", plan, **names)
    found[f"{plan.name}_README.md"] = render(around.readme, plan, **names)
    if plan.samples is not None:
        found |= test_files(plan)
    return found


def _as_json_list(words: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


# -- what tasks do


def file_names(tasks: Iterable[Task]) -> dict[str, str]:
    """For each artifact, what its file is called, without an ending: letters, digits and underscores."""
    found: dict[str, str] = {}
    for task in tasks:
        for artifact in task.artifacts:
            name = identifier(artifact)[:_LONGEST]
            candidates = itertools.chain([name], (f"{name}_{number}" for number in itertools.count(2)))
            found[artifact] = next(one for one in candidates if one not in found.values())
    return found


#: For each task, the expression of the dictionary of its values; or the expression of each value.
Values = Mapping[str, str] | Callable[[Source], str]


def call_lines(
    task: Task, *, module: str, values: Values, parameters: Mapping[str, str], carries: bool = True
) -> Iterator[str]:
    """The statements that call a task's function: afterwards, each of its values has a variable.

    Args:
        task: The task.
        module: What the module is called there.
        values: Where it finds the values that it takes.
        parameters: For each parameter of the pipeline, the expression of its value as JSON carries it.
        carries: JSON does so; otherwise, the value is as it has to be.
    """
    given = {
        name: argument_text(argument, module, values, parameters, carries=carries)
        for name, argument in task.arguments.items()
    }
    yield call_line(task, module, given)


def call_line(task: Task, module: str, given: Mapping[str, str]) -> str:
    """As `call_lines`, of what the function's parameters are given: an expression for each."""
    call = f"{module}.{task.function}({', '.join(f'{name}={text}' for name, text in given.items())})"
    if task.by_name:
        return f"artifacts = {call}"
    return f"{', '.join(map(variable, task.values))} = {call}" if task.values else call


def argument_text(
    argument: object, module: str, values: Values, parameters: Mapping[str, str], *, carries: bool = True
) -> str:
    """The expression of what a function is given. Arguments as for `call_lines`."""
    if isinstance(argument, Source):
        if callable(values):
            return values(argument)
        return f"{values[argument.task]}[{as_python(argument.value)}]"
    if isinstance(argument, Fixed):
        return carried(argument.parameter).read(as_python(argument.value), module)
    name = argument.name  # type: ignore[attr-defined]
    return carried(argument).read(parameters[name], module) if carries else parameters[name]  # type: ignore[arg-type]


def variable(name: str) -> str:
    """A variable for a value or a task: none of the names that generated code uses otherwise.

    Example:
        >>> variable("model"), variable("read"), variable("task_1")
        ('model', 'read_', 'task_1_')
    """
    return f"{name}_" if name in _TAKEN or name.startswith(_PREFIXES) else name


def value_text(task: Task, name: str) -> str:
    """The expression of one of a task's values, behind `call_lines`."""
    return f"artifacts[{as_python(name)}]" if task.by_name else variable(name)


def values_text(task: Task, names: Iterable[str] | None = None) -> str:
    """The expression of a dictionary of a task's values, behind `call_lines`; of those that others need by default."""
    wanted = task.needed if names is None else names
    return "{" + ", ".join(f"{as_python(name)}: {value_text(task, name)}" for name in wanted) + "}"


#: Names that generated code uses.
# fmt: off
_TAKEN = frozenset({
    "Any", "Artifact", "Artifacts", "DAG", "Dataset", "Input", "Made", "NamedTuple", "Output", "PARAMETERS",
    "Param", "Parameters", "Path", "PythonOperator", "RETRIES", "RUNS", "SETTINGS", "argparse", "artifacts",
    "ast", "clean", "clean_up", "cloudpickle", "context", "copied", "dag", "dagster", "datetime", "defs",
    "dg", "dsl", "flow", "folder", "folder_of", "given", "job", "json", "json_or_text", "kfp", "module",
    "os", "parameters", "params", "parser", "pickle", "ray", "read", "remote", "results", "run", "run_id",
    "sys", "task", "timedelta", "timezone", "values", "write",
})
# fmt: on
_PREFIXES = ("given_by_", "made_by_", "task_", "values_of_")


def uses_literals(tasks: Iterable[Task]) -> bool:
    """Whether a parameter is carried as the text of a literal."""
    given = (argument for task in tasks for argument in task.arguments.values())
    found = (one.parameter if isinstance(one, Fixed) else one for one in given if not isinstance(one, Source))
    return any("ast." in carried(parameter).reading for parameter in found)
