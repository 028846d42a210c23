"""How a script of the corpus, and the slices that are right for it, are written down.

A file in ``scripts/`` is a description, a line of ``=``, and the script with a margin on its left::

    A basket of fruit, and what it costs.

    a  total
    b  names[0]

    miss a: the engine cannot know that `show` leaves its argument alone.
    ======
    ab| prices = {"apple": 3, "pear": 4}
     b| names = list(prices)
    !b| show(names)
    a | total = sum(prices.values())
      | print(total)

Each target has a letter, and a column of the margin: the letter stands before each line that its slice keeps. So a
line and its marks cannot get out of step. The other marks are:

=========  ==========================================================================================
(blank)    the slice drops the line
``?``      the line may be kept or dropped
``!``      a careful human drops the line, but the engine keeps it; ``miss a: …`` above says why
``---``    (the whole line) a new cell begins
=========  ==========================================================================================

The marks are those of the smallest slice that is sound in the sense of the project: whole statements; also code that
did not run, as far as it could bind or change what the slice needs; also what a variable was before a branch or loop that
need not bind it. They were made by reading the script, before the engine was asked. Where the engine then proved the
reader wrong, the mark was corrected and a ``note`` says why.

``needs: a, b`` names libraries without which the script is skipped; ``raises: …`` the exceptions that leave its cells; ``waits: …`` says what the engine
cannot do yet, so that its slices may be too long, but not unsound. Files that a script reads lie in ``inputs/``, in a
folder with its name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).resolve().parent

#: Nodes that hold statements at module level, so that these are statements of their own.
_HOLDING = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match),
    *(ast.ExceptHandler, ast.match_case),
)


@dataclass(frozen=True)
class Target:
    """What is wanted of a script: a letter and an expression."""

    letter: str
    expression: str

    @property
    def result(self) -> str:
        """The variable in which the slice leaves the value."""
        return self.expression if self.expression.isidentifier() else "target"


@dataclass(frozen=True)
class Line:
    """A line of a script: its margin and its text."""

    margin: str
    text: str


@dataclass(frozen=True)
class Script:
    """A script of the corpus with its targets and the slices that are right."""

    name: str
    targets: tuple[Target, ...]
    needs: tuple[str, ...]
    misses: frozenset[str]
    waits: str
    raises: tuple[str, ...]
    cells: tuple[tuple[Line, ...], ...]

    @cached_property
    def texts(self) -> list[str]:
        """The text of each cell."""
        return ["".join(line.text + "\n" for line in cell) for cell in self.cells]

    @property
    def inputs(self) -> Path:
        """The folder of the files that the script reads; it need not exist."""
        return HERE / "inputs" / self.name

    @cached_property
    def statements(self) -> set[tuple[int, int]]:
        """Where a statement begins: number of the cell and line."""
        return {
            (number, first_line(node))
            for number, text in enumerate(self.texts)
            for node in _statements(ast.parse(text).body)
        }

    def mark(self, target: Target, place: tuple[int, int]) -> str:
        """The mark of the statement that begins at a place."""
        cell, line = place
        return self.cells[cell][line - 1].margin[self.targets.index(target)]


def all_scripts() -> list[Script]:
    """The scripts of the corpus."""
    return [read(path) for path in sorted((HERE / "scripts").glob("*.txt"))]


def read(path: Path) -> Script:
    """Read a file of the corpus.

    Raises:
        ValueError: It is not written as it should be.
    """
    head, _, body = path.read_text().partition("\n======\n")
    targets, needs, misses, waits, raises = [], (), set(), "", ()
    for line in head.splitlines()[1:]:
        key, _, rest = line.partition(": ") if ": " in line[:12] else line.partition("  ")
        if key == "needs":
            needs = tuple(rest.split(", "))
        elif key.startswith("miss "):
            misses.add(key.removeprefix("miss "))
        elif key == "raises":
            raises = tuple(rest.split(", "))
        elif key == "waits":
            waits = rest
        elif len(key) == 1:
            targets.append(Target(key, rest.strip()))
    cells: list[list[Line]] = [[]]
    for line in body.splitlines():
        if line == "---":
            cells.append([])
        else:
            cells[-1].append(_line(line, targets, path.name))
    found = Script(
        path.stem, tuple(targets), needs, frozenset(misses), waits, raises, tuple(map(tuple, cells))
    )
    _check(found)
    return found


def _line(text: str, targets: list[Target], name: str) -> Line:
    margin, bar, code = text.partition("|")
    margin = margin.ljust(len(targets))
    wrong = len(margin) != len(targets) or any(
        mark not in (target.letter, " ", "?", "!") for mark, target in zip(margin, targets, strict=False)
    )
    if not bar or wrong:
        raise ValueError(f"{name}: not a line with a margin for {len(targets)} targets: {text!r}")
    return Line(margin, code.removeprefix(" "))


def _check(script: Script) -> None:
    """All lines of a statement have its marks, and each miss is explained."""
    for number, text in enumerate(script.texts):
        for node in _statements(ast.parse(text).body):
            if not isinstance(node, _HOLDING):
                first = first_line(node)
                margins = {
                    line.margin for line in script.cells[number][first - 1 : node.end_lineno] if line.text
                }
                if len(margins) > 1:
                    raise ValueError(
                        f"{script.name}: the lines of a statement differ in their marks, from line {first}"
                    )
    for at, target in enumerate(script.targets):
        missed = any(line.margin[at] == "!" for cell in script.cells for line in cell)
        if missed != (target.letter in script.misses):
            raise ValueError(
                f"{script.name}: target {target.letter}: explained misses and marks do not agree"
            )


def _statements(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for node in body:
        yield node
        if isinstance(node, _HOLDING):
            for field in ("body", "handlers", "cases", "orelse", "finalbody"):
                yield from _statements(getattr(node, field, []))


def first_line(node: ast.AST) -> int:
    """The line in which a statement begins, its decorators included."""
    decorators = getattr(node, "decorator_list", [])
    where = decorators[0] if decorators else getattr(node, "pattern", node)
    line: int = where.lineno
    return line
