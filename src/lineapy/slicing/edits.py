"""Changes to the text of a kept statement: ``lineapy.save`` calls go, or become assignments."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lineapy.source.places import span


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace a span of the source text; lines count from 1, columns count UTF-8 bytes from 0."""

    line: int
    column: int
    end_line: int
    end_column: int
    replacement: str


def edit_text(text: str, edits: Sequence[TextEdit], *, line: int, column: int) -> str:
    """Apply edits to a piece of a source.

    Args:
        text: The piece.
        edits: Spans in the coordinates of the source; they do not overlap.
        line, column: Where the piece begins in the source.

    Example:
        >>> edit_text("f(x)", [TextEdit(3, 6, 3, 7, "y")], line=3, column=4)
        'f(y)'
    """
    lines = [part.encode() for part in text.splitlines(keepends=True)]
    starts = [0]
    for part in lines:
        starts.append(starts[-1] + len(part))
    raw = text.encode()

    def offset(at_line: int, at_column: int) -> int:
        return starts[at_line - line] + at_column - (column if at_line == line else 0)

    for edit in sorted(edits, key=lambda e: (e.line, e.column), reverse=True):
        start, end = offset(edit.line, edit.column), offset(edit.end_line, edit.end_column)
        raw = raw[:start] + edit.replacement.encode() + raw[end:]
    return raw.decode()


def lineapy_names(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Names that a text gives to the LineaPy package, and to its `save` function."""
    packages: set[str] = set()
    functions: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            packages |= {alias.asname or "lineapy" for alias in node.names if alias.name == "lineapy"}
        elif isinstance(node, ast.ImportFrom) and node.module in ("lineapy", "lineapy.api"):
            functions |= {alias.asname or "save" for alias in node.names if alias.name == "save"}
    return packages, functions


class SaveCalls:
    """Finds the calls of ``lineapy.save`` in a text."""

    def __init__(self, tree: ast.Module) -> None:
        self.packages, self.functions = lineapy_names(tree)

    def is_save(self, node: ast.AST) -> bool:
        """Whether a node is such a call."""
        if not isinstance(node, ast.Call):
            return False
        func = node.func
        if isinstance(func, ast.Name):
            return func.id in self.functions
        return (
            isinstance(func, ast.Attribute)
            and func.attr == "save"
            and isinstance(func.value, ast.Name)
            and func.value.id in self.packages
        )

    def is_save_statement(self, node: ast.AST) -> bool:
        """Whether a statement is nothing but such a call."""
        return isinstance(node, ast.Expr) and self.is_save(node.value)


def removals(statement: ast.AST, saves: SaveCalls, keep: ast.Call | None) -> Iterator[TextEdit]:
    """Edits that take the ``lineapy.save`` statements out of a function's or class's text.

    Args:
        statement: The kept statement.
        saves: What a call of `save` looks like in this text.
        keep: A call that is dealt with elsewhere.
    """
    for node in ast.walk(statement):
        if isinstance(node, ast.Expr) and saves.is_save(node.value) and node.value is not keep:
            yield TextEdit(*span(node), "pass")
