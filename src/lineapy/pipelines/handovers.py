"""Tasks that hand on values one by one: what each of them writes, and which of that another one reads.

Values that share objects must not be taken apart: where a task takes several values of another, it gets them in one.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lineapy.pipelines.files import value_text, values_text
from lineapy.pipelines.tasks import Source, Task
from lineapy.slicing.render import identifier

#: Of an output's name, in characters: it becomes part of the names of files.
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Output:
    """What a task writes.

    Attributes:
        name: ASCII letters, digits and underscores, unique among what the task writes.
        value: Which of the task's values it is; None if it is a dictionary of all those that others need.
        artifact: The artifact that it is, without the mark of a branch; None if it only goes to other tasks.
    """

    name: str
    value: str | None
    artifact: str | None = None

    def text(self, task: Task) -> str:
        """The expression of it, once the task's function has been called."""
        return values_text(task) if self.value is None else value_text(task, self.value)


def outputs_of(task: Task, tasks: Iterable[Task]) -> list[Output]:
    """What a task writes: its artifacts, and what others need besides.

    Args:
        task: The task.
        tasks: All tasks.

    Example:
        >>> data = Task("data", "get_data", values=["x", "y"], artifacts={"the x": "x"}, needed=["x", "y"])
        >>> one = Task("one", "get_one", {"x": Source("data", "x")})
        >>> [output.name for output in outputs_of(data, [data, one])]
        ['the_x', 'y']
        >>> both = Task("both", "get_both", {"x": Source("data", "x"), "y": Source("data", "y")})
        >>> [output.name for output in outputs_of(data, [data, one, both])]
        ['the_x', 'values']
    """
    taken: set[str] = set()
    mark = f" ({task.label})" if task.branch else ""
    found = [
        Output(unique(ascii_identifier(name), taken, longest=_LONGEST), value, name)
        for name, value in (
            (artifact.removesuffix(mark), value) for artifact, value in task.artifacts.items()
        )
    ]
    if _are_together(task, tasks):
        found.append(Output(unique("values", taken), None))
    else:
        known = {output.value for output in found}
        found += [
            Output(unique(ascii_identifier(value), taken, longest=_LONGEST), value)
            for value in task.needed
            if value not in known
        ]
    return found


def output_for(source: Source, outputs: Sequence[Output]) -> Output:
    """Where a value is among what the task that makes it writes."""
    together = next((output for output in outputs if output.value is None), None)
    return together or next(output for output in outputs if output.value == source.value)


def _are_together(task: Task, tasks: Iterable[Task]) -> bool:
    return any(sum(source.task == task.name for source in other.inputs.values()) > 1 for other in tasks)


def ascii_identifier(name: str) -> str:
    """A variable name of ASCII letters, digits and underscores that begins with a letter.

    Example:
        >>> ascii_identifier("Größe (alpha=0.1)"), ascii_identifier("2nd"), ascii_identifier("数")
        ('Grosse_alpha_0_1', 'value_2nd', 'value')
    """
    text = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    text = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")
    return identifier(text if text[:1].isalpha() else f"value_{text}".strip("_"))


def ascii_names(names: Iterable[str]) -> dict[str, str]:
    """Names of variables as they are, if they begin with a letter and are of ASCII; otherwise similar ones.

    Example:
        >>> ascii_names(["größe", "_x", "grosse", "n__rows"])
        {'grosse': 'grosse', 'n__rows': 'n__rows', 'größe': 'grosse_2', '_x': 'x'}
    """
    listed = list(dict.fromkeys(names))
    found = {name: name for name in listed if name.isascii() and name[0].isalpha()}
    taken = set(found)
    return found | {name: unique(ascii_identifier(name), taken) for name in listed if name not in found}


def kubernetes_name(name: str, taken: set[str], longest: int = 63) -> str:
    """A name that Kubernetes takes: lower case, digits and dashes, and like no other.

    Args:
        name: Any text.
        taken: The names that there are; the new one is added.
        longest: The most characters.

    Example:
        >>> taken = set()
        >>> kubernetes_name("Sum of squares", taken), kubernetes_name("sum_of_squares", taken)
        ('sum-of-squares', 'sum-of-squares-2')
    """
    text = ascii_identifier(name).strip("_").lower().replace("_", "-")
    return unique(text, taken, "-", longest)


def unique(name: str, taken: set[str], separator: str = "_", longest: int = 200) -> str:
    """A name, with a number if it is taken.

    Args:
        name: The name.
        taken: The names that there are; the new one is added.
        separator: What stands before the number.
        longest: The most characters.
    """
    for number in itertools.count(1):
        ending = f"{separator}{number}" if number > 1 else ""
        is_whole = not ending and len(name) <= longest  # such as class_
        found = name if is_whole else name[: longest - len(ending)].rstrip(separator) + ending
        if found not in taken:
            taken.add(found)
            return found
    raise AssertionError
