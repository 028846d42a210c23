"""Where the pieces of statements stand in a text: spans, headers, keywords."""

from __future__ import annotations

import ast
import tokenize
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

from lineapy.ids import StatementId
from lineapy.source.analysis import numbered
from lineapy.source.lines import lines_of
from lineapy.source.statements import Statement


@dataclass(frozen=True, slots=True)
class Part:
    """Statements at module level that share lines with each other, and with no others: usually just one.

    Attributes:
        tree: What is on these lines.
        nodes: Its statements, and those nested in them, by number.
    """

    tree: ast.Module
    nodes: dict[StatementId, ast.AST]


class Layout:
    """A source text, for cutting the pieces of its statements out of it.

    The text is parsed where a tree is needed, and no further: parsing a long text would take more time than all the
    rest of writing a slice.

    Args:
        text: The text.
        statements: Its statements, as numbered in the session.
    """

    def __init__(self, text: str, statements: Sequence[Statement]) -> None:
        self.text = text
        self.lines = lines_of(text)
        self.statements = statements
        self.first = statements[0].id if statements else StatementId(0)
        self.top = [statement for statement in statements if statement.parent is None]
        self._parts: dict[int, Part] = {}
        self._colons_of: dict[int, list[tuple[int, int]]] = {}

    @cached_property
    def blocks(self) -> dict[StatementId, dict[str, list[Statement]]]:
        """For each compound statement, its blocks of statements and clauses by name, in order of position."""
        found: dict[StatementId, dict[str, list[Statement]]] = {}
        for statement in self.statements:
            if statement.parent is not None:
                found.setdefault(statement.parent, {}).setdefault(statement.arm, []).append(statement)
        return found

    # -- trees

    def node(self, statement: Statement) -> ast.AST:
        """The node of a statement."""
        part = self.part_at(statement.line)
        assert part is not None
        return part.nodes[statement.id]

    def part_at(self, line: int) -> Part | None:
        """The part of the text that holds a line; None if nothing stands there."""
        at = self._group_at(line)
        if at < 0 or self._groups[at][1] < line:
            return None
        if at not in self._parts:
            self._parts[at] = self._parse(*self._groups[at])
        return self._parts[at]

    def _group_at(self, line: int) -> int:
        return bisect_right(self._groups, line, key=itemgetter(0)) - 1

    def parts_with(self, words: Iterable[str]) -> Iterator[Part]:
        """The parts of the text in which one of some words occurs, in code or elsewhere."""
        found = {line for word in words for line in self._lines_with(word)}
        parts = (self.part_at(line) for line in sorted(found))
        return iter({id(part): part for part in parts if part is not None}.values())

    def _lines_with(self, word: str) -> Iterator[int]:
        if word in self.text:
            yield from (number for number, line in enumerate(self.lines, 1) if word in line)

    @cached_property
    def _groups(self) -> list[tuple[int, int, list[Statement]]]:
        """First line, last line and statements of each part."""
        groups: list[tuple[int, int, list[Statement]]] = []
        for statement in self.top:
            if groups and statement.line <= groups[-1][1]:
                line, end, members = groups.pop()
                groups.append((line, max(end, statement.end_line), [*members, statement]))
            else:
                groups.append((statement.line, statement.end_line, [statement]))
        return groups

    def _parse(self, line: int, end_line: int, statements: list[Statement]) -> Part:
        try:
            tree = ast.parse("".join(self.lines[line - 1 : end_line]))
        except SyntaxError:  # a backslash joins the last line to an empty one
            tree = ast.parse(self.text)
            tree.body = [node for node in tree.body if line <= node.lineno <= end_line]
        else:
            ast.increment_lineno(tree, line - 1)
        return Part(tree, numbered(tree.body, statements[0].id))

    # -- pieces

    def cut(self, line: int, column: int, end_line: int, end_column: int) -> str:
        """The text of a span; columns count UTF-8 bytes, as `ast` has them."""
        if line == end_line:
            text = self.lines[line - 1]
            if text.isascii():
                return text[column:end_column]
            return text.encode()[column:end_column].decode()
        pieces = [self._bytes(line)[column:].decode()]
        pieces += self.lines[line : end_line - 1]
        pieces.append(self._bytes(end_line)[:end_column].decode())
        return "".join(pieces)

    def _bytes(self, line: int) -> bytes:
        return self.lines[line - 1].encode()

    def indentation(self, statement: Statement) -> str | None:
        """The white space before a statement; None if something else stands before it on its line."""
        if statement.column == 0:
            return ""
        before = self._bytes(statement.line)[: statement.column].decode()
        return before if not before.strip() else None

    def statement_text(self, statement: Statement) -> str:
        """A simple statement, function or class, with the comment behind it if it is the last on its line."""
        text = self.cut(statement.line, statement.column, statement.end_line, statement.end_column)
        last = self.lines[statement.end_line - 1]
        if "#" not in last:
            return text
        rest = last.encode()[statement.end_column :].decode().strip()
        return f"{text}  {rest}" if rest.startswith("#") else text

    def header_text(self, line: int, column: int, body: Statement) -> str:
        """From a position to the colon before a block."""
        end_line, end_column = self._colon_before(body.line, body.column)
        return self.cut(line, column, end_line, end_column)

    def case_keyword(self, clause: Statement) -> tuple[int, int]:
        """Where a ``case`` clause begins; `ast` only knows where its pattern does."""
        line = clause.line
        while not self.lines[line - 1].lstrip().startswith("case"):
            line -= 1
        text = self.lines[line - 1]
        return line, len(text) - len(text.lstrip())

    def _colon_before(self, line: int, column: int) -> tuple[int, int]:
        colons = self._colons(self._group_at(line))
        end_line, end_column = colons[bisect_left(colons, (line, column)) - 1]
        return end_line, end_column + 1

    def _colons(self, group: int) -> list[tuple[int, int]]:
        """Positions of all colons of a part, in bytes. The last one before a block is the one that opens it."""
        if group not in self._colons_of:
            line, end_line, _ = self._groups[group]
            try:
                found = list(_colons_in(self.lines[line - 1 : end_line], line))
            except tokenize.TokenError:  # a backslash joins the last line to an empty one
                found = list(_colons_in(self.lines, 1))
            self._colons_of[group] = found
        return self._colons_of[group]


def _colons_in(lines: list[str], first: int) -> Iterator[tuple[int, int]]:
    for token in tokenize.generate_tokens(iter(lines).__next__):
        if token.type == tokenize.OP and token.string == ":":
            line, character = token.start
            ascii_before = token.line.isascii()
            yield line + first - 1, character if ascii_before else len(token.line[:character].encode())
