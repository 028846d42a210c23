"""Kept statements → program text: the user's own words, statement by statement, imports first."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from lineapy.graph.model import Graph
from lineapy.ids import SourceId, StatementId, VersionId
from lineapy.slicing.edits import TextEdit, edit_text
from lineapy.slicing.layout import Layout
from lineapy.source.places import span
from lineapy.source.statements import Statement

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

    def pieces(self) -> list[Piece]:
        """The kept statements at the top level, in order."""
        return [
            Piece(statement, "\n".join(self._statement(statement, "")))
            for statement in self.layout.top
            if self._is_kept(statement)
        ]

    def _is_kept(self, statement: Statement) -> bool:
        return statement.id in self.kept or statement.id in self.changes.replaced

    # -- statements

    def _statement(self, statement: Statement, indent: str) -> list[str]:
        own = self.layout.indentation(statement)
        if own is not None:
            indent = own
        changes = self.changes
        if statement.id in changes.replaced:
            lines = [indent + line for line in changes.replaced[statement.id]]
        else:
            lines = self._own_text(statement, indent)
        before = [indent + line for line in changes.before.get(statement.id, ())]
        after = [indent + line for line in changes.after.get(statement.id, ())]
        return [*before, *lines, *after]

    def _own_text(self, statement: Statement, indent: str) -> list[str]:
        if statement.kind in _COMPOUND:
            return self._compound(statement, indent)
        text = self.layout.statement_text(statement)
        edits = self.changes.edits.get(statement.id)
        if edits:
            text = edit_text(text, edits, line=statement.line, column=statement.column)
        return [indent + text]

    def _compound(self, statement: Statement, indent: str) -> list[str]:
        inner = self.layout.blocks[statement.id]
        lines: list[str] = []
        if statement.kind == "Match":
            node = self.layout.node(statement)
            assert isinstance(node, ast.Match)
            lines.append(f"{indent}match {self.layout.cut(*span(node.subject))}:")
        else:
            lines.append(indent + self._header(statement, inner["body"][0]))
            lines += self._block(inner["body"], indent)
        for clause in inner.get("cases", ()):
            lines += self._clause(clause, indent + _INDENT)
        for clause in inner.get("handlers", ()):
            lines += self._clause(clause, indent)
        lines += self._tail(inner, indent)
        return lines

    def _header(self, statement: Statement, first: Statement) -> str:
        return self.layout.header_text(statement.line, statement.column, first)

    def _clause(self, clause: Statement, indent: str) -> list[str]:
        """An ``except`` or ``case`` clause."""
        if not self._is_kept(clause):
            return []
        body = self.layout.blocks[clause.id]["body"]
        if clause.kind == "match_case":
            line, column = self.layout.case_keyword(clause)
            header = self.layout.header_text(line, column, body[0])
            indent = self.layout.lines[line - 1][:column]
        else:
            header = self._header(clause, body[0])
            own = self.layout.indentation(clause)
            indent = own if own is not None else indent
        return [indent + header, *self._block(body, indent)]

    def _tail(self, inner: Mapping[str, list[Statement]], indent: str) -> list[str]:
        """``else`` and ``finally``; one that loses everything vanishes."""
        lines: list[str] = []
        orelse = self._kept(inner.get("orelse", []))
        if orelse:
            if self._is_elif(orelse[0]):
                elif_lines = self._statement(orelse[0], indent)
                lines += [indent + elif_lines[0].lstrip(), *elif_lines[1:]]
            else:
                lines += [f"{indent}else:", *self._block(inner["orelse"], indent)]
        finalbody = inner.get("finalbody", [])
        if "finalbody" in inner:
            has_handler = any(self._is_kept(handler) for handler in inner.get("handlers", ()))
            if self._kept(finalbody) or not has_handler:
                lines += [f"{indent}finally:", *self._block(finalbody, indent)]
        return lines

    def _is_elif(self, statement: Statement) -> bool:
        if statement.kind != "If" or statement.arm != "orelse":
            return False
        start = self.layout.cut(statement.line, statement.column, statement.line, statement.column + 4)
        return start == "elif"

    def _kept(self, statements: Sequence[Statement]) -> list[Statement]:
        return [statement for statement in statements if self._is_kept(statement)]

    def _block(self, statements: Sequence[Statement], indent: str) -> list[str]:
        kept = self._kept(statements)
        inner = self._indentation_of(statements, indent)
        if not kept:
            return [f"{inner}pass"]
        return [line for statement in kept for line in self._statement(statement, inner)]

    def _indentation_of(self, statements: Sequence[Statement], indent: str) -> str:
        """How a block is indented in the source; one step more than its header if it stands on the header's line."""
        own = self.layout.indentation(statements[0])
        return own if own is not None else indent + _INDENT


# -- putting the pieces together


def imports_first(pieces: Sequence[Piece], graph: Graph, failed: Container[StatementId] = ()) -> list[Piece]:
    """Move imports to the top, except where something that stands before one may matter to it.

    An import stays behind a statement that reads or binds a name which it binds, and behind one that wrote a version
    which it reads (the module search path, say); an import of the user's own module stays where it is. So does one that
    stands behind a statement that failed: it may have failed because the import was missing.

    Args:
        pieces: Top-level statements, in the order in which they ran.
        graph: The graph they come from.
        failed: Those that failed.
    """
    reads: dict[StatementId, set[VersionId]] = {}
    imports = {p.statement.id for p in pieces if p.statement.kind in ("Import", "ImportFrom")}
    for number, version in graph.reads:
        if number in imports:
            reads.setdefault(number, set()).add(version)
    pinned = set(graph.pinned)
    top: list[Piece] = []
    rest: list[Piece] = []
    names: set[str] = set()  # that what is in `rest` reads or binds
    writers: set[StatementId] = set()
    may_move = True
    for piece in pieces:
        statement = piece.statement
        if may_move and statement.id in imports and not (statement.id in pinned and rest):
            needed = {graph.versions[version].writer for version in reads.get(statement.id, ())}
            # A star import binds anything.
            if needed.isdisjoint(writers) and (
                names.isdisjoint(statement.binds) if statement.binds else not rest
            ):
                top.append(piece)
                continue
        rest.append(piece)
        may_move = may_move and statement.id not in failed
        names.update(statement.binds, statement.reads)
        writers.add(statement.id)
    return top + rest


#: Beyond so many lines, what Black would have to look at stays as it is: it takes a millisecond for each.
_MOST_LINES_FOR_BLACK = 2000
#: The same for what it would break into very many lines, and may give more parentheses than Python can parse.
_LONGEST_LINE_FOR_BLACK = 5000
_MOST_PARENTHESES_ADDED = 100
#: Fewer statements in a row are not worth being spared.
_LEAST_SPARED = 4


def tidy_statements(statements: Sequence[str]) -> str:
    """Format a program, given as its statements at module level: as `tidy` does, but quickly if most are formatted.

    Statements in Black's style that follow each other are shown to Black as a single name, which it treats alike.

    Args:
        statements: Each without a final newline.

    Example:
        >>> tidy_statements(["x=1", "y = x", "z = y", "z = z + 1", "y = z", "def f(): return z"])
        'x = 1\\ny = x\\nz = y\\nz = z + 1\\ny = z\\n\\n\\ndef f():\\n    return z\\n'
    """
    from lineapy.slicing.formatted import is_formatted  # its patterns take long to compile

    code = "\n".join(statements) + "\n" if statements else ""
    if "fmt:" in code or "yapf:" in code:  # comments by which the user takes part in the formatting
        return tidy(code)
    spared = "spared"
    while spared in code:
        spared += "_"
    shown: list[str] = []
    hidden: list[str] = []
    run: list[str] = []
    for statement in (*statements, ""):
        if statement and is_formatted(statement):
            run.append(statement)
            continue
        if len(run) >= _LEAST_SPARED:
            shown.append(f"{spared}{len(hidden)}")
            hidden.append("\n".join(run))
        else:
            shown += run
        run = []
        if statement:
            shown.append(statement)
    if not hidden:
        return tidy(code)
    short = "\n".join(shown) + "\n"
    if short.count("\n") > _MOST_LINES_FOR_BLACK:
        return code
    return re.sub(rf"(?m)^{spared}(\d+)$", lambda found: hidden[int(found[1])], tidy(short))


def tidy(code: str) -> str:
    """Format a program with Black's style; text that Black cannot read, or that is very long, comes back as it is.

    Example:
        >>> tidy("x=[1,\\n2]")
        'x = [1, 2]\\n'
    """
    if not code.strip():
        return ""
    unchanged = code if code.endswith("\n") else code + "\n"
    if code.count("\n") > _MOST_LINES_FOR_BLACK:
        return unchanged
    if len(code) > _LONGEST_LINE_FOR_BLACK and max(map(len, code.split("\n"))) > _LONGEST_LINE_FOR_BLACK:
        return unchanged
    import black
    from black.parsing import InvalidInput

    try:
        formatted = black.format_str(code, mode=black.Mode(line_length=88))
    except (InvalidInput, RecursionError):
        return unchanged
    return formatted if formatted.count("(") - code.count("(") <= _MOST_PARENTHESES_ADDED else unchanged


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
