"""A text → a program that can be run traced: its code with hooks, and its statements."""

from __future__ import annotations

import ast
import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType
from typing import Any

from lineapy.ids import SourceId, StatementId
from lineapy.source.analysis import Analysis, analyse
from lineapy.source.statements import Statement
from lineapy.tracing.rewrite import rewrite

_LOOPS = frozenset({"For", "AsyncFor", "While"})


@dataclass(frozen=True, slots=True)
class Program:
    """A text, compiled with hooks.

    Attributes:
        code: To be executed in the session's namespace while the hooks are installed.
        statements: What it consists of.
        modules: For each import statement, the top-level packages it names.
    """

    code: CodeType
    statements: list[Statement]
    modules: dict[StatementId, tuple[str, ...]]


def compile_traced(text: str | bytes, filename: str, *, source: SourceId, first: StatementId) -> Program:
    """Compile a text with hooks.

    Args:
        text: A script or a cell; bytes may declare their own encoding, as in a file.
        filename: What tracebacks call it.
        source: Its number in the session.
        first: The number for its first statement.

    Raises:
        SyntaxError: As Python itself raises it.

    Example:
        >>> compile_traced("import os.path", "x.py", source=SourceId(0), first=StatementId(0)).modules
        {0: ('os',)}
    """
    with _without_collection(), _warning_once():
        tree = _parse(text, filename)
        analysis = analyse(tree, source=source, first=first)
        modules = _modules(analysis)
        if any(statement.kind in _LOOPS for statement in analysis.statements):
            untouched = _parse(text, filename)
        else:
            untouched = None
        code = compile(rewrite(analysis, untouched), filename, "exec", dont_inherit=True)
    return Program(code, analysis.statements, modules)


def _parse(text: str | bytes, filename: str) -> ast.Module:
    tree = compile(text, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree


@contextmanager
def _warning_once() -> Iterator[None]:
    """A loop is compiled twice; what the compiler has to say of it is said once.

    Not with `warnings.catch_warnings`, which would make Python forget what it has warned of already.
    """
    show = warnings.showwarning
    said = set()

    def show_once(
        message: Warning | str, category: type[Warning], filename: str, line: int, *rest: Any
    ) -> None:
        what = (str(message), category, filename, line)
        if what not in said:
            said.add(what)
            show(message, category, filename, line, *rest)

    warnings.showwarning = show_once  # type: ignore[assignment]
    try:
        yield
    finally:
        warnings.showwarning = show


def _modules(analysis: Analysis) -> dict[StatementId, tuple[str, ...]]:
    found: dict[StatementId, tuple[str, ...]] = {}
    for node, number in analysis.id_of.items():
        if isinstance(node, ast.Import):
            found[number] = tuple(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found[number] = ((node.module or "__main__").partition(".")[0],)
    return found


@contextmanager
def _without_collection() -> Iterator[None]:
    """A syntax tree is many small objects without cycles; collecting garbage meanwhile doubles the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
