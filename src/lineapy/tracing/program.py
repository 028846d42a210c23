"""A text → a program that can be run traced: its code with hooks, and its statements."""

from __future__ import annotations
import __future__

import ast
import functools
import gc
import operator
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType
from typing import Any

from lineapy.depth import deep
from lineapy.ids import SourceId, StatementId
from lineapy.source.analysis import Analysis, analyse, root_name
from lineapy.source.pieces import parse, pieces
from lineapy.source.statements import Statement, Trait
from lineapy.tracing.rewrite import rewrite

_LOOPS = frozenset({"For", "AsyncFor", "While"})
_FUTURE = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)


@dataclass(frozen=True, slots=True)
class Program:
    """A text, analysed, and perhaps compiled with hooks.

    Attributes:
        codes: To be executed one after another in the session's namespace while the hooks are installed; none if the
            text was only analysed.
        statements: What it consists of.
        modules: For each import statement, the top-level packages it names.
    """

    codes: tuple[CodeType, ...]
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
        try:
            return _in_parts_or_whole(text, filename, source, first)
        except RecursionError:
            compile(text, filename, "exec", dont_inherit=True)  # is it too deep for Python as well?
            return deep(_in_parts_or_whole)(text, filename, source, first)


def _in_parts_or_whole(text: str | bytes, filename: str, source: SourceId, first: StatementId) -> Program:
    try:
        return _compiled(pieces(text, filename), filename, source, first)
    except (SyntaxError, _OnlyAsAWhole):
        return _compiled([(text, parse(text, filename))], filename, source, first)


def analyse_traced(text: str | bytes, filename: str, *, source: SourceId, first: StatementId) -> Program:
    """List the statements of a text that has been compiled already. Arguments as for `compile_traced`."""
    with _without_collection(), _warning_once():
        return _analysed(text, filename, source, first)


@deep
def _analysed(text: str | bytes, filename: str, source: SourceId, first: StatementId) -> Program:
    statements: list[Statement] = []
    modules: dict[StatementId, tuple[str, ...]] = {}
    for _, tree in pieces(text, filename):
        analysis = analyse(tree, source=source, first=StatementId(first + len(statements)))
        statements += analysis.statements
        modules |= _modules(analysis)
    return Program((), statements, modules)


def rewritten(text: str | bytes, filename: str) -> ast.Module:
    """The tree of a whole script, with hooks. The numbers of its statements begin with 0.

    Raises:
        SyntaxError: As Python itself raises it.
    """
    with _without_collection(), _warning_once():
        return _rewritten(text, filename)


@deep
def _rewritten(text: str | bytes, filename: str) -> ast.Module:
    analysis = analyse(parse(text, filename), source=SourceId(0), first=StatementId(0))
    return _with_hooks(analysis, text, filename)


def hook_tree(
    tree: ast.Module, text: str, recorded: str, filename: str, *, source: SourceId, first: StatementId
) -> tuple[Program, set[StatementId]]:
    """Put hooks into the tree of a cell, which somebody else compiles.

    Args:
        tree: The tree, which is changed.
        text: Its text.
        recorded: What is known of the cell instead: a text of as many statements, each of which does what the one in
            the tree does.
        filename: What errors call it.
        source: The cell's number in the session.
        first: The number for its first statement.

    Returns:
        The program, without code, and the statements that stand for others than what is run.
    """
    with _without_collection():
        analysis = deep(analyse)(tree, source=source, first=first)
        known = analysis
        others: set[StatementId] = set()
        if recorded != text:
            known = deep(analyse)(parse(recorded, filename), source=source, first=first)
            for there, here in zip(analysis.statements, known.statements, strict=True):
                if there.reads != here.reads or there.callees != here.callees:
                    here.traits |= Trait.CALLS
                    others.add(here.id)
        modules = _modules(known)
        for node, syntax in analysis.syntax.items():
            calls = [call for call in syntax.calls if not _is_of_shell(call.func)]
            if len(calls) < len(syntax.calls):
                # A magic: no hook is to look into it, for it would find IPython itself.
                syntax.calls[:] = calls
                here = known.statements[analysis.id_of[node] - first]
                if here.kind != "Pass":
                    here.traits |= Trait.OPERATES | Trait.CALLS_INSIDE
                    if here.id not in others:
                        here.traits |= Trait.DYNAMIC
        _with_hooks(analysis, text, filename, is_beginning=False)
    return Program((), known.statements, modules), others


def _is_of_shell(function: ast.expr) -> bool:
    """Whether a function is ``get_ipython`` or something that hangs on what that returns."""
    return root_name(function) == "get_ipython"


class _OnlyAsAWhole(Exception):
    """What a text means, or whether it is right, depends on more than one of its parts."""


def _compiled(
    parts: Iterable[tuple[str | bytes, ast.Module]], filename: str, source: SourceId, first: StatementId
) -> Program:
    codes: list[CodeType] = []
    statements: list[Statement] = []
    modules: dict[StatementId, tuple[str, ...]] = {}
    future = 0
    for text, tree in parts:
        analysis = analyse(tree, source=source, first=StatementId(first + len(statements)))
        if codes and any(s.traits & Trait.FUTURE or s.kind == "Global" for s in analysis.statements):
            raise _OnlyAsAWhole
        modules |= _modules(analysis)
        statements += analysis.statements
        hooked = _with_hooks(analysis, text, filename, is_beginning=not codes)
        code = compile(hooked, filename, "exec", flags=future, dont_inherit=True)
        future |= code.co_flags & _FUTURE
        codes.append(code)
    return Program(tuple(codes), statements, modules)


def _with_hooks(
    analysis: Analysis, text: str | bytes, filename: str, *, is_beginning: bool = True
) -> ast.Module:
    has_loops = any(statement.kind in _LOOPS for statement in analysis.statements)
    return rewrite(analysis, parse(text, filename) if has_loops else None, is_beginning=is_beginning)


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
