"""Spans of nodes, and the user's ``lineapy.save(expression, name)`` calls."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A call in a source text.

    Attributes:
        source: The text's number.
        line, column, end_line, end_column: Its span, as `ast` has it.
        inside: It stands in a function, class, lambda or comprehension, whose text belongs to its statement.
    """

    source: int
    line: int
    column: int
    end_line: int
    end_column: int
    inside: bool


def span(node: ast.expr | ast.stmt) -> tuple[int, int, int, int]:
    """First line, first column, last line, and column behind the last character of a node."""
    return (
        node.lineno,
        node.col_offset,
        node.end_lineno or node.lineno,
        node.end_col_offset or node.col_offset,
    )


_INNER_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


def own_scope_calls(tree: ast.AST) -> set[ast.Call]:
    """The calls in a tree that run in its own scope, not in that of a function, class or comprehension in it.

    Example:
        >>> len(own_scope_calls(ast.parse("f(x); y = [g(z) for z in h(1)]")))
        1
    """
    found: set[ast.Call] = set()
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, _INNER_SCOPES):
            continue
        if isinstance(node, ast.Call):
            found.add(node)
        pending.extend(ast.iter_child_nodes(node))
    return found


def reference_of(call: ast.Call) -> ast.expr | None:
    """The expression that a ``lineapy.save`` call saves.

    Example:
        >>> ast.unparse(reference_of(ast.parse("save(name='n', reference=x + 1)", mode="eval").body))
        'x + 1'
    """
    found = _argument(call, 0, "reference")
    if found is not None:
        return found
    if call.args:  # save(*arguments)
        return ast.Subscript(ast.List(call.args, ast.Load()), ast.Constant(0), ast.Load())
    if call.keywords:  # save(**arguments)
        arguments = ast.Call(ast.Name("dict", ast.Load()), [], call.keywords)
        return ast.Subscript(arguments, ast.Constant("reference"), ast.Load())
    return None


def name_of(call: ast.Call) -> ast.expr | None:
    """The expression that names the artifact in a ``lineapy.save`` call."""
    return _argument(call, 1, "name")


def _argument(call: ast.Call, index: int, name: str) -> ast.expr | None:
    if len(call.args) > index and not any(
        isinstance(argument, ast.Starred) for argument in call.args[: index + 1]
    ):
        return call.args[index]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
