"""Kept statements → program text: the user's own words, statement by statement, imports first."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lineapy.graph.model import Graph
from lineapy.ids import SourceId, StatementId, VersionId
from lineapy.slicing.edits import TextEdit, edit_text
from lineapy.slicing.layout import Layout
from lineapy.source.analysis import arms
from lineapy.source.statements import Statement, Trait

_COMPOUND = frozenset({"If", "For", "AsyncFor", "While", "With", "AsyncWith", "Try", "TryStar", "Match"})
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Piece:
    """A top-level statement as it comes out.

    Attributes:
        statement: Where it comes from.
        text: Its text, indented as in the source, without a final newline.
    """

    statement: Statement
    text: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Where a slice differs from the user's own text; lines come without indentation.

    Attributes:
        edits: Changes within a statement's text.
        replaced: Lines that stand for a statement.
        before: Lines in front of a statement.
        after: Lines behind a statement.
    """

    edits: dict[StatementId, list[TextEdit]] = field(default_factory=dict)
    replaced: dict[StatementId, list[str]] = field(default_factory=dict)
    before: dict[StatementId, list[str]] = field(default_factory=dict)
    after: dict[StatementId, list[str]] = field(default_factory=dict)


class Renderer:
    """Renders the kept statements of one source text.

    Args:
        layout: The text.
        kept: The statements to keep.
        changes: What is different from the user's own text.
    """

    def __init__(
        self,
        layout: Layout,
        kept: Mapping[StatementId, object],
        changes: Changes,
    ) -> None:
        self.layout = layout
        self.kept = kept
        self.changes = changes
        self.by_id = {statement.id: statement for statement in layout.statements}

    def pieces(self) -> list[Piece]:
        """The kept statements at the top level, in order."""
        found = []
        for node in self.layout.tree.body:
            statement = self.by_id[self.layout.id_of[node]]
            if self._is_kept(statement):
                found.append(Piece(statement, "\n".join(self._statement(node, ""))))
        return found

    def _is_kept(self, statement: Statement) -> bool:
        return statement.id in self.kept or statement.id in self.changes.replaced

    # -- statements

    def _statement(self, node: ast.AST, indent: str) -> list[str]:
        statement = self.by_id[self.layout.id_of[node]]
        own = self.layout.indentation(statement)
        if own is not None:
            indent = own
        changes = self.changes
        if statement.id in changes.replaced:
            lines = [indent + line for line in changes.replaced[statement.id]]
        else:
            lines = self._own_text(node, statement, indent)
        before = [indent + line for line in changes.before.get(statement.id, ())]
        after = [indent + line for line in changes.after.get(statement.id, ())]
        return [*before, *lines, *after]

    def _own_text(self, node: ast.AST, statement: Statement, indent: str) -> list[str]:
        if statement.kind in _COMPOUND:
            return self._compound(node, statement, indent)
        text = self.layout.statement_text(statement)
        edits = self.changes.edits.get(statement.id)
        if edits:
            text = edit_text(text, edits, line=statement.line, column=statement.column)
        return [indent + text]

    def _compound(self, node: ast.AST, statement: Statement, indent: str) -> list[str]:
        inner = {arm: list(nodes) for arm, nodes in arms(node)}
        lines: list[str] = []
        if isinstance(node, ast.Match):
            subject = self.layout.cut(*_span(node.subject))
            lines.append(f"{indent}match {subject}:")
        else:
            lines.append(indent + self._header(statement, inner["body"][0]))
            lines += self._block(inner["body"], indent)
        for clause in inner.get("cases", ()):
            lines += self._clause(clause, indent + _INDENT)
        for clause in inner.get("handlers", ()):
            lines += self._clause(clause, indent)
        lines += self._tail(inner, indent)
        return lines

    def _header(self, statement: Statement, first: ast.AST) -> str:
        body = self.by_id[self.layout.id_of[first]]
        return self.layout.header_text(statement.line, statement.column, body)

    def _clause(self, node: ast.AST, indent: str) -> list[str]:
        """An ``except`` or ``case`` clause."""
        clause = self.by_id[self.layout.id_of[node]]
        if not self._is_kept(clause):
            return []
        body = list(dict(arms(node))["body"])
        if clause.kind == "match_case":
            line, column = self.layout.case_keyword(clause)
            first = self.by_id[self.layout.id_of[body[0]]]
            header = self.layout.header_text(line, column, first)
            indent = self.layout.lines[line - 1][:column]
        else:
            header = self._header(clause, body[0])
            own = self.layout.indentation(clause)
            indent = own if own is not None else indent
        return [indent + header, *self._block(body, indent)]

    def _tail(self, inner: Mapping[str, list[ast.AST]], indent: str) -> list[str]:
        """``else`` and ``finally``; one that loses everything vanishes."""
        lines: list[str] = []
        orelse = self._kept_nodes(inner.get("orelse", []))
        if orelse:
            following = self.by_id[self.layout.id_of[orelse[0]]]
            if self._is_elif(following):
                elif_lines = self._statement(orelse[0], indent)
                lines += [indent + elif_lines[0].lstrip(), *elif_lines[1:]]
            else:
                lines += [f"{indent}else:", *self._block(inner["orelse"], indent)]
        finalbody = inner.get("finalbody", [])
        if "finalbody" in inner:
            has_handler = any(
                self._is_kept(self.by_id[self.layout.id_of[h]]) for h in inner.get("handlers", ())
            )
            if self._kept_nodes(finalbody) or not has_handler:
                lines += [f"{indent}finally:", *self._block(finalbody, indent)]
        return lines

    def _is_elif(self, statement: Statement) -> bool:
        if statement.kind != "If" or statement.arm != "orelse":
            return False
        start = self.layout.cut(statement.line, statement.column, statement.line, statement.column + 4)
        return start == "elif"

    def _kept_nodes(self, nodes: Sequence[ast.AST]) -> list[ast.AST]:
        return [node for node in nodes if self._is_kept(self.by_id[self.layout.id_of[node]])]

    def _block(self, nodes: Sequence[ast.AST], indent: str) -> list[str]:
        kept = self._kept_nodes(nodes)
        inner = self._indentation_of(nodes, indent)
        if not kept:
            return [f"{inner}pass"]
        return [line for node in kept for line in self._statement(node, inner)]

    def _indentation_of(self, nodes: Sequence[ast.AST], indent: str) -> str:
        """How a block is indented in the source; one step more than its header if it stands on the header's line."""
        own = self.layout.indentation(self.by_id[self.layout.id_of[nodes[0]]])
        return own if own is not None else indent + _INDENT


def _span(node: ast.expr) -> tuple[int, int, int, int]:
    return (
        node.lineno,
        node.col_offset,
        node.end_lineno or node.lineno,
        node.end_col_offset or node.col_offset,
    )


# -- putting the pieces together


def imports_first(pieces: Sequence[Piece], graph: Graph) -> list[Piece]:
    """Move imports to the top, except where something that stands before one may matter to it.

    An import stays behind a statement that reads or binds a name which it binds, and behind one that wrote a version
    which it reads (the module search path, say); an import of the user's own module stays where it is.

    Args:
        pieces: Top-level statements, in the order in which they ran.
        graph: The graph they come from.
    """
    reads: dict[StatementId, set[VersionId]] = {}
    imports = {p.statement.id for p in pieces if p.statement.traits & Trait.IMPORTS}
    for number, version in graph.reads:
        if number in imports:
            reads.setdefault(number, set()).add(version)
    pinned = set(graph.pinned)
    top: list[Piece] = []
    rest: list[Piece] = []
    for piece in pieces:
        statement = piece.statement
        if statement.id not in imports or (statement.id in pinned and rest):
            rest.append(piece)
            continue
        needed = {graph.versions[version].writer for version in reads.get(statement.id, ())}
        if any(_must_stay_before(other.statement, statement, needed) for other in rest):
            rest.append(piece)
        else:
            top.append(piece)
    return top + rest


def _must_stay_before(earlier: Statement, statement: Statement, needed: set[StatementId]) -> bool:
    if earlier.id in needed:
        return True
    names = set(statement.binds)
    if not names:  # a star import binds anything
        return True
    return not names.isdisjoint(earlier.binds) or not names.isdisjoint(earlier.reads)


def tidy(code: str) -> str:
    """Format a program with Black's style; text that Black cannot read comes back as it is.

    Example:
        >>> tidy("x=[1,\\n2]")
        'x = [1, 2]\\n'
    """
    if not code.strip():
        return ""
    import black
    from black.parsing import InvalidInput

    try:
        return black.format_str(code, mode=black.Mode(line_length=88))
    except InvalidInput:
        return code if code.endswith("\n") else code + "\n"


def commented(layout: Layout, pieces: Sequence[Piece]) -> str:
    """The whole text, with the lines that are not in the slice as comments."""
    by_line = {piece.statement.line: piece for piece in pieces}
    lines: list[str] = []
    number, end = 1, 0
    for number, line in enumerate(layout.lines, 1):
        piece = by_line.get(number)
        if piece is not None:
            lines.append(piece.text)
            end = max(end, piece.statement.end_line)
        elif number > end:
            lines.append(("# " + line.rstrip("\n")).rstrip())
    return "\n".join(lines) + "\n"


def guarded(text: str, exception: str) -> str:
    """A statement that goes on after an exception.

    Example:
        >>> print(guarded("values.append(1 / 0)", "ZeroDivisionError"))
        try:
            values.append(1 / 0)
        except ZeroDivisionError:
            pass
    """
    return f"try:\n{_indented(text)}\nexcept {exception}:\n{_INDENT}pass"


def _indented(text: str) -> str:
    """Indent a text by one step, but not the inside of its multi-line strings."""
    inside: set[int] = set()
    opened: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(text + "\n").readline):
        name = tokenize.tok_name[token.type]
        if name == "STRING":
            inside.update(range(token.start[0] + 1, token.end[0] + 1))
        elif name in ("FSTRING_START", "TSTRING_START"):
            opened.append(token.start[0])
        elif name in ("FSTRING_END", "TSTRING_END"):
            inside.update(range(opened.pop() + 1, token.end[0] + 1))
    lines = text.split("\n")
    return "\n".join(line if number in inside else _INDENT + line for number, line in enumerate(lines, 1))


_NOT_IDENTIFIER = re.compile(r"\W+")


def identifier(name: str) -> str:
    """A variable name for an artifact of any name.

    Example:
        >>> identifier("p value"), identifier("2nd"), identifier("class")
        ('p_value', '_2nd', 'class_')
    """
    import keyword

    found = _NOT_IDENTIFIER.sub("_", name).strip("_") or "value"
    if found[0].isdigit():
        found = "_" + found
    return found + "_" if keyword.iskeyword(found) else found


def sources_of(statements: Sequence[Statement]) -> dict[SourceId, list[Statement]]:
    """Statements by source text."""
    found: dict[SourceId, list[Statement]] = {}
    for statement in statements:
        found.setdefault(statement.source, []).append(statement)
    return found
