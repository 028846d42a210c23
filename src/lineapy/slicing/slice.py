"""The slice of a value: which statements, why, and as program text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from lineapy.graph.model import Graph
from lineapy.ids import SourceId, StatementId
from lineapy.slicing.backward import kept_statements
from lineapy.slicing.edits import SaveCalls, TextEdit, removals
from lineapy.slicing.layout import Layout
from lineapy.slicing.reasons import Reason
from lineapy.slicing.render import Piece, Renderer, commented, identifier, imports_first, sources_of, tidy
from lineapy.slicing.target import Target
from lineapy.source.places import Place, name_of, reference_of, span
from lineapy.source.statements import Statement


@dataclass(frozen=True)
class Slice:
    """The least code that makes a value.

    Attributes:
        graph: The session's graph.
        statements: The session's statements, by number.
        texts: The session's source texts, by number.
        target: The value.
    """

    graph: Graph
    statements: Sequence[Statement]
    texts: Mapping[SourceId, str]
    target: Target

    @cached_property
    def kept(self) -> dict[StatementId, Reason]:
        """The kept statements, each with the reason why."""
        return kept_statements(self.graph, self.statements, self.target)

    def code(self, *, keep_save: bool = False, comment_rest: bool = False) -> str:
        """The slice as a program.

        Args:
            keep_save: Keep the ``lineapy.save`` call that asked for the value.
            comment_rest: Show the other lines of the session as comments.

        Returns:
            Formatted text that ends in a newline. Run alone, it leaves the value in the variable ``target.name``.
        """
        kept = self.kept
        if keep_save and self.target.place is not None:
            kept = kept_statements(self.graph, self.statements, self.target, keep_target_statement=True)
        rendered = _Rendering(self, kept, keep_save)
        if comment_rest:
            return tidy(rendered.commented())
        return tidy(rendered.program())

    def explain(self) -> list[tuple[str, str]]:
        """Each kept statement's first line, with the reason why it is kept."""
        found = []
        for number, reason in self.kept.items():
            statement = self.statements[number]
            text = self.texts[statement.source].splitlines()[statement.line - 1].strip()
            found.append((text, reason.words(self._lines(reason.whom))))
        return found

    def _lines(self, number: StatementId | None) -> str:
        if number is None:
            return "the value"
        statement = self.statements[number]
        where = f"line {statement.line}"
        return where if len(self.texts) == 1 else f"{where} of cell {statement.source + 1}"


class _Rendering:
    """One way of writing a slice down."""

    def __init__(self, sliced: Slice, kept: Mapping[StatementId, Reason], keep_save: bool) -> None:
        self.sliced = sliced
        self.kept = kept
        self.keep_save = keep_save
        self.by_source = sources_of(sliced.statements)
        self.dropped_save = False

    def program(self) -> str:
        pieces = [piece for _, of_text in self._texts() for piece in of_text]
        lines = [piece.text for piece in imports_first(pieces, self.sliced.graph)]
        lines += self._last_line()
        text = "\n".join(lines) + "\n" if lines else ""
        return _without_unused_lineapy(text) if self.dropped_save else text

    def commented(self) -> str:
        text = "".join(commented(layout, pieces) for layout, pieces in self._texts(every=True))
        return text + "".join(line + "\n" for line in self._last_line())

    def _texts(self, *, every: bool = False) -> Iterator[tuple[Layout, list[Piece]]]:
        target = self.sliced.target
        for source, text in self.sliced.texts.items():
            statements = self.by_source.get(source, [])
            holds_target = target.place is not None and target.place.source == source
            if not every and not holds_target and not any(s.id in self.kept for s in statements):
                continue
            layout = Layout(text, statements)
            edits, replaced = self._changes(layout, source)
            yield layout, Renderer(layout, self.kept, edits, replaced).pieces()

    def _last_line(self) -> list[str]:
        target = self.sliced.target
        if target.expression is None or target.place is not None or self.keep_save:
            return []
        return [f"{target.name} = {target.expression}"]

    def _changes(
        self, layout: Layout, source: SourceId
    ) -> tuple[dict[StatementId, list[TextEdit]], dict[StatementId, str]]:
        """What happens to the ``lineapy.save`` calls of a text."""
        saves = SaveCalls(layout.tree)
        edits: dict[StatementId, list[TextEdit]] = {}
        replaced: dict[StatementId, str] = {}
        place = self.sliced.target.place
        call = None
        if place is not None and place.source == source and not self.keep_save:
            call = _call_at(layout.tree, place)
            self._at_target(layout, place, call, edits, replaced)
        for node, number in layout.id_of.items():
            if number in self.kept and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found = list(removals(node, saves, call))
                if found:
                    edits.setdefault(number, []).extend(found)
                    self.dropped_save = True
        return edits, replaced

    def _at_target(
        self,
        layout: Layout,
        place: Place,
        call: ast.Call | None,
        edits: dict[StatementId, list[TextEdit]],
        replaced: dict[StatementId, str],
    ) -> None:
        target = self.sliced.target
        reference = reference_of(call) if call is not None else None
        if call is None or reference is None or target.statement is None:
            return
        if not place.inside:
            if target.expression is not None:
                replaced[target.statement] = f"{target.name} = {target.expression}"
            return
        # Inside a function: the value is handed out to a variable of the module.
        self.dropped_save = True
        holder = _holder(layout, call)
        statement = _statement_of(layout.tree, call)
        value = ast.get_source_segment(layout.text, reference) or "None"
        if isinstance(statement, ast.Expr) and statement.value is call and target.name not in _locals(layout, call):
            text = f"global {target.name}; {target.name} = {value}"
            edit = TextEdit(*span(statement), text)
        else:
            name = name_of(call)
            key = ast.get_source_segment(layout.text, name) if name is not None else None
            edit = TextEdit(*span(call), f"globals().update({{{key or repr(target.name)}: {value}}})")
        edits.setdefault(holder, []).append(edit)


def _call_at(tree: ast.Module, place: Place) -> ast.Call | None:
    wanted = (place.line, place.column, place.end_line, place.end_column)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and span(node) == wanted:
            return node
    return None


def _encloses(outer: ast.AST, inner: ast.AST) -> bool:
    return any(node is inner for node in ast.walk(outer))


def _holder(layout: Layout, call: ast.Call) -> StatementId:
    """The innermost statement of the session that holds a call."""
    return max(
        (number for node, number in layout.id_of.items() if _encloses(node, call)),
        default=StatementId(-1),
    )


def _statement_of(tree: ast.Module, call: ast.Call) -> ast.stmt | None:
    return next((n for n in ast.walk(tree) if isinstance(n, ast.Expr) and n.value is call), None)


def _locals(layout: Layout, call: ast.Call) -> set[str]:
    """Names that the functions around a call bind for themselves."""
    found: set[str] = set()
    for node in ast.walk(layout.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _encloses(node, call):
            found |= {argument.arg for argument in ast.walk(node) if isinstance(argument, ast.arg)}
            found |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return found


def _without_unused_lineapy(text: str) -> str:
    """Drop imports of LineaPy that nothing uses any more once the calls of ``save`` are gone."""
    tree = ast.parse(text)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    lines = text.splitlines(keepends=True)
    for node in reversed(tree.body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            bound = {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            if module and re.fullmatch(r"lineapy(\..*)?", module) and not bound & used and len(node.names) == 1:
                del lines[node.lineno - 1 : (node.end_lineno or node.lineno)]
    return "".join(lines)


def target_name(name: str, expression: ast.expr | None) -> str:
    """The variable in which a slice leaves an artifact's value."""
    return expression.id if isinstance(expression, ast.Name) else identifier(name)
