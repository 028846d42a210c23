"""Changes to the text of a kept statement: ``lineapy.save`` calls go, or become assignments."""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from lineapy.source.lines import lines_of
from lineapy.source.places import Place, reference_of, span

#: Expressions that may do something besides having a value, such as taking from an iterator.
_ACTING = (
    ast.Call,
    ast.Await,
    ast.Yield,
    ast.YieldFrom,
    ast.NamedExpr,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
)
#: Gives the source text of a span: first line, first column, last line, last column.
Cut = Callable[[int, int, int, int], str]


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
    lines = [part.encode() for part in lines_of(text)]
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


def lineapy_names(trees: Iterable[ast.Module]) -> tuple[set[str], set[str]]:
    """Names that a text gives to the LineaPy package, and to its `save` function."""
    packages: set[str] = set()
    functions: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            packages |= {alias.asname or "lineapy" for alias in node.names if alias.name == "lineapy"}
        elif isinstance(node, ast.ImportFrom) and node.module in ("lineapy", "lineapy.api"):
            functions |= {alias.asname or "save" for alias in node.names if alias.name == "save"}
    return packages, functions


class SaveCalls:
    """Finds the calls of ``lineapy.save`` in a text.

    Args:
        trees: What there is in the text that imports LineaPy.

    Attributes:
        packages: Names of the package.
        functions: Names of its function.
        words: One of them occurs wherever there is such a call.
    """

    def __init__(self, trees: Iterable[ast.Module]) -> None:
        self.packages, self.functions = lineapy_names(trees)
        self.words = {"save", *self.functions} if self.packages else self.functions

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


def removals(statement: ast.AST, saves: SaveCalls, keep: Container[ast.Call]) -> Iterator[TextEdit]:
    """Edits that take the ``lineapy.save`` statements out of a function's or class's text.

    Args:
        statement: The kept statement.
        saves: What a call of `save` looks like in this text.
        keep: Calls that are dealt with elsewhere.
    """
    for body in _bodies(statement):
        for node in body:
            if isinstance(node, ast.Expr) and saves.is_save(node.value) and node.value not in keep:
                assert isinstance(node.value, ast.Call)
                reference = reference_of(node.value)
                if reference is not None and any(isinstance(part, _ACTING) for part in ast.walk(reference)):
                    yield TextEdit(*span(node), f"({ast.unparse(reference)})")
                    continue
                alone = all(other is node or not _share_a_line(other, node) for other in body)
                yield TextEdit(*span(node), "" if alone and len(body) > 1 else "pass")


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for inner in ast.walk(node):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(inner, name, None)
            if isinstance(body, list):
                yield body


def _share_a_line(one: ast.stmt, other: ast.stmt) -> bool:
    return one.lineno <= (other.end_lineno or other.lineno) and other.lineno <= (one.end_lineno or one.lineno)


def call_at(tree: ast.Module, place: Place) -> ast.Call | None:
    """The call that stands at a place."""
    wanted = (place.line, place.column, place.end_line, place.end_column)
    return next((n for n in ast.walk(tree) if isinstance(n, ast.Call) and span(n) == wanted), None)


def encloses(outer: ast.AST, inner: ast.AST) -> bool:
    """Whether a node is part of another."""
    return any(node is inner for node in ast.walk(outer))


def hand_out(cut: Cut, call: ast.Call, reference: ast.expr, collector: str, copy: str) -> TextEdit:
    """Replace a ``lineapy.save`` call inside a function by adding a copy of the value to a list of the module's.

    Args:
        cut: Gives the source text of a span.
        call: The call.
        reference: The expression it saves.
        collector: The list.
        copy: The function that copies.
    """
    value = cut(*span(reference)) if hasattr(reference, "lineno") else ast.unparse(reference)
    return TextEdit(*span(call), f"{collector}.append({copy}({value}))")


def waiting(collector: str, nth: int, sleep: str) -> list[str]:
    """Wait until another thread has handed out its values: nothing says which statement is running by then.

    Args:
        collector: The list.
        nth: Which value is waited for, counted from 0.
        sleep: The function that waits.

    Example:
        >>> print("\\n".join(waiting("saved", 0, "sleep")))
        while len(saved) <= 0:
            sleep(0.01)
    """
    return [f"while len({collector}) <= {nth}:", f"    {sleep}(0.01)"]


def replaced_by_reference(statement: ast.AST, saves: SaveCalls, cut: Cut) -> Iterator[TextEdit]:
    """Edits for a kept statement that is a ``lineapy.save`` call: only the expression it saves matters."""
    if isinstance(statement, ast.Expr) and saves.is_save(statement.value):
        assert isinstance(statement.value, ast.Call)
        reference = reference_of(statement.value)
        if reference is not None and hasattr(reference, "lineno"):
            yield TextEdit(*span(statement), f"({cut(*span(reference))})")


def without_unused_lineapy(statements: Sequence[str]) -> list[str]:
    """Drop LineaPy from the imports if nothing uses it any more once the calls of ``save`` are gone.

    Args:
        statements: A program's statements at module level.

    Example:
        >>> without_unused_lineapy(["import sys, lineapy", "print(sys.path)"])
        ['import sys', 'print(sys.path)']
    """
    found: list[str] = []

    @cache
    def is_used(name: str) -> bool:
        return any(_uses(statement, name) for statement in statements if name in statement)

    for statement in statements:
        if statement.startswith(("import", "from")) and "lineapy" in statement:
            statement = _without_unused_names(statement, is_used)
            if not statement:
                continue
        found.append(statement)
    return found


def _uses(statement: str, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(ast.parse(statement)))


def _without_unused_names(text: str, is_used: Callable[[str], bool]) -> str:
    lines = lines_of(text)
    for node in reversed(ast.parse(text).body):
        if isinstance(node, ast.Import):
            ours = [alias for alias in node.names if alias.name.partition(".")[0] == "lineapy"]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "lineapy":
            ours = node.names
        else:
            continue
        ours = [alias for alias in ours if not is_used(_bound_by(alias))]
        if not ours:
            continue
        # What shared the import with LineaPy was kept on its account only, unless it is used as well.
        node.names = [alias for alias in node.names if alias not in ours and is_used(_bound_by(alias))]
        lines[node.lineno - 1 : node.end_lineno] = [ast.unparse(node)] if node.names else []
    return "".join(lines)


def _bound_by(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]
