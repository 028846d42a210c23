"""The notation in which slices are specified.

A case is a script, the variable (or expression) wanted, and which statements its slice keeps::

    test_aliases = table(
        case("a list inside a list", "b", '''
    + a = []
    + b = [a]
    + a.append(1)
      c = 3
    '''),
    )

The first two columns of each line are its mark:

========  =======================================================================================
``+``     the line is in the script and in the slice
(blank)   the line is in the script, and the slice drops it
``>``     the line is only in the slice: a ``pass``, half of a line, the appended ``target = …``
``?``     the line is in the script, and may be kept or dropped (a run of such lines goes together)
``---``   a new cell begins
========  =======================================================================================

Each case is checked in four ways:

1. the traced run prints, raises and computes what a plain run does;
2. the slice is the one marked, where layout, comments and the place of import statements do not count;
3. the slice, run alone in a fresh interpreter and a folder that holds only the case's own ``files``, gives the
   value that the traced session had;
4. the slice names a reason for every statement it keeps.

``pytest --no-knowledge`` runs all cases once more with a tracer that knows nothing of any library. What they specify must
not depend on knowledge, so a slice must then be sound as well (1, 3, 4), but it may be longer.
"""

from __future__ import annotations

import ast
import difflib
import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lineapy.depth import deep
from tests.slicing.support.describe import Description
from tests.slicing.support.interpreters import (
    Outcome,
    knows_libraries,
    missing_library,
    run_plain,
    run_traced,
)

_MARKS = ("+ ", "  ", "> ", "? ")


@dataclass(frozen=True)
class Line:
    """One line of a case: its mark and its text."""

    mark: str
    text: str

    @property
    def in_script(self) -> bool:
        return self.mark != ">"


@dataclass(frozen=True)
class Case:
    """A script, what is wanted of it, and the slice that is right."""

    name: str
    target: str
    cells: tuple[tuple[Line, ...], ...]
    #: Only check that the slice is sound; which of several slices comes out is left open.
    sound_only: bool = False
    #: Exceptions that leave the cells, as "number of the cell: name of the exception".
    raises: tuple[str, ...] = ()
    #: Modules and input files that lie beside the script, by file name.
    files: dict[str, str] = field(default_factory=dict)
    #: Exactly this text, layout and comments included.
    exact: str | None = None
    #: Pieces of text that the slice must, and must not, have (for comments and layout).
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    #: The plain and the traced run may print different things (an address, a line number).
    compare_output: bool = True

    def scripts(self) -> list[str]:
        """The text of each cell."""
        return ["".join(line.text + "\n" for line in cell if line.in_script) for cell in self.cells]

    def skip_if_it_cannot_run(self) -> None:
        """Skip the test if the library that the case is about is not installed, as torch may be."""
        if missing := missing_library(self.scripts()):
            pytest.skip(f"{missing} is not installed")

    def expected(self) -> Iterator[str]:
        """Every program that is right: one, unless some lines may be kept or dropped."""
        lines = [line for cell in self.cells for line in cell]
        runs = itertools.groupby(lines, lambda line: line.mark)
        choices = [_choices(mark, [line.text for line in run]) for mark, run in runs]
        for chosen in itertools.product(*choices):
            yield "".join(text + "\n" for run in chosen for text in run)


def case(
    name: str,
    target: str,
    text: str,
    *,
    sound_only: bool = False,
    raises: str = "",
    files: dict[str, str] | None = None,
    exact: str | None = None,
    contains: tuple[str, ...] = (),
    lacks: tuple[str, ...] = (),
    compare_output: bool = True,
) -> Case:
    """Write down a case; see the module's docstring for the notation of ``text``.

    ``raises`` lists the exceptions that leave the cells, in order: ``"0: ValueError, 2: KeyError"``; for a single
    cell the exception's name is enough.
    """
    return Case(
        name=name,
        target=target,
        cells=_parse(text),
        sound_only=sound_only,
        raises=tuple(_parse_raise(part) for part in raises.split(",") if part.strip()),
        files=files or {},
        exact=exact,
        contains=contains,
        lacks=lacks,
        compare_output=compare_output,
    )


#: Every case of every table, for the tests that look at the specification itself.
ALL_CASES: list[Case] = []


def table(*cases: Case) -> Callable[..., None]:
    """Make one test of several cases. Assign it to a name that begins with ``test_``."""
    ALL_CASES.extend(cases)

    @pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])
    def test_case(case: Case, tmp_path: Path) -> None:
        check(case, tmp_path)

    return test_case


# Checking


def check(case: Case, folder: Path) -> None:
    """Fail, with everything needed to see why, unless the slice of a case is right."""
    case.skip_if_it_cannot_run()
    write_files(case, folder)
    plain = run_plain(case.scripts(), case.target, folder)
    write_files(case, folder)
    traced = run_traced(case.scripts(), case.target, folder)
    report = _Report(case, traced)
    _check_run(case, plain, traced, report)
    if traced.engine_error:
        report.fail("slicing raised", traced.engine_error)
    _check_runs_alone(case, traced, folder, report)
    _check_text(case, traced.code, report)
    _check_reasons(traced, report)


def write_files(case: Case, folder: Path) -> None:
    """Put the modules that a case imports, and the files it reads, beside its script, and nothing else.

    So nothing is left of what an earlier run wrote: a slice has to write it anew.
    """
    for left in folder.iterdir():
        shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
    for name, text in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _check_run(case: Case, plain: Outcome, traced: Outcome, report: _Report) -> None:
    if plain.raised != case.raises:
        report.fail("the case itself is wrong: a plain run raised", "\n".join(plain.tracebacks) or "nothing")
    if plain.value is None:
        report.fail("the case itself is wrong: a plain run has no such value", plain.value_error)
    if traced.raised != plain.raised:
        report.fail("the traced run raised", "\n".join(traced.tracebacks) or "nothing, but a plain run does")
    if case.compare_output and traced.stdout != plain.stdout:
        details = _diff(plain.stdout, traced.stdout, "plain", "traced")
        report.fail("the traced run printed something else", details)
    if traced.value != plain.value:
        details = difference(plain.value, traced.value, "plain", "traced")
        report.fail("the traced run made another value", details)


def _check_runs_alone(case: Case, traced: Outcome, folder: Path, report: _Report) -> None:
    write_files(case, folder)
    alone = run_plain([traced.code], result_name(case.target), folder)
    if alone.raised:
        report.fail("UNSOUND: the slice alone raised", alone.tracebacks[0])
    if alone.value is None:
        report.fail("UNSOUND: the slice alone does not make the value", alone.value_error)
    if alone.value != traced.value:
        report.fail("UNSOUND: the slice alone gives another value", difference(traced.value, alone.value))


def _check_text(case: Case, code: str, report: _Report) -> None:
    if not knows_libraries():
        return  # sound it must be, but it may keep more
    right = {normalise(text) for text in parseable(case.expected())}
    if not case.sound_only and normalise(code) not in right:
        report.fail("sound, but not the slice expected", "")
    if case.exact is not None and code != case.exact:
        report.fail("the text differs", _diff(case.exact, code, "expected", "actual"))
    for piece in case.contains:
        if piece not in code:
            report.fail("the slice lacks the text", piece)
    for piece in case.lacks:
        if piece in code:
            report.fail("the slice should not have the text", piece)


def _check_reasons(traced: Outcome, report: _Report) -> None:
    if any(not line.strip() or not reason.strip() for line, reason in traced.explain):
        report.fail("a kept statement has no reason", repr(traced.explain))
    if traced.code.strip() and not traced.explain:
        report.fail("explain() explains nothing", "")


@dataclass(frozen=True)
class _Report:
    case: Case
    traced: Outcome

    def fail(self, headline: str, details: str) -> None:
        __tracebackhide__ = True
        script = "---\n".join(self.case.scripts())
        expected = "(any sound slice)" if self.case.sound_only else next(parseable(self.case.expected()), "")
        parts = [
            f"{headline}    [case {self.case.name!r}, target {self.case.target!r}]",
            _section("script", script),
            _section("expected slice", expected),
            _section("actual slice", self.traced.code),
        ]
        if details:
            parts.append(_section("details", details))
        if self.traced.explain:
            reasons = [f"{line!r}: {why}" for line, why in self.traced.explain]
            parts.append(_section("reasons", "\n".join(reasons)))
        pytest.fail("\n".join(parts), pytrace=False)


def _section(title: str, text: str) -> str:
    return f"---- {title}\n{text.rstrip()}"


def result_name(target: str) -> str:
    """The variable that holds the value when the slice has run: the target's own name, or ``target``."""
    return target if target.isidentifier() else "target"


# Comparing programs


def normalise(program: str) -> str:
    """A program without its layout and its comments, its import statements first."""
    body = ast.parse(program).body
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    others = [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]
    return deep(ast.unparse)(ast.Module(imports + others, []))


def parseable(programs: Iterator[str]) -> Iterator[str]:
    """The programs that are programs: of optional lines, some choices make no sense."""
    for program in programs:
        try:
            ast.parse(program)
        except SyntaxError:
            continue
        yield program


# Comparing values


def difference(
    one: Description | None, two: Description | None, first: str = "traced", second: str = "alone"
) -> str:
    """Show where two descriptions differ."""
    return _diff(json.dumps(one, indent=1), json.dumps(two, indent=1), first, second)


def _diff(one: str, two: str, first: str, second: str) -> str:
    lines = difflib.unified_diff(one.splitlines(), two.splitlines(), first, second, n=4, lineterm="")
    return "\n".join(itertools.islice(lines, 60))


# Reading the notation


def _parse(text: str) -> tuple[tuple[Line, ...], ...]:
    cells: list[list[Line]] = [[]]
    for raw in text.strip("\n").split("\n"):
        if raw.rstrip() == "---":
            cells.append([])
        else:
            cells[-1].append(_parse_line(raw))
    return tuple(tuple(cell) for cell in cells)


def _parse_line(raw: str) -> Line:
    mark, text = raw[:2].ljust(2), raw[2:]
    if mark not in _MARKS:
        raise ValueError(f"a line of a case begins with one of {_MARKS}, not {raw!r}")
    return Line("+" if mark == "  " and not text.strip() else mark.strip(), text)


def _parse_raise(part: str) -> str:
    return part.strip() if ":" in part else f"0: {part.strip()}"


def _choices(mark: str, run: list[str]) -> list[list[str]]:
    kept, dropped = run, list[str]()
    choices = {"+": [kept], ">": [kept], "": [dropped], "?": [kept, dropped]}
    return choices[mark]
