"""Where the pieces of statements stand in a text: spans, headers, keywords."""

from __future__ import annotations

import ast
import io
import tokenize
from bisect import bisect_left
from functools import cached_property

from lineapy.ids import SourceId, StatementId
from lineapy.source.analysis import analyse
from lineapy.source.lines import lines_of
from lineapy.source.statements import Statement


class Layout:
    """A source text and the nodes of its statements, for cutting pieces out of it.

    Args:
        text: The text.
        statements: Its statements, as numbered in the session.
    """

    def __init__(self, text: str, statements: list[Statement]) -> None:
        self.text = text
        self.lines = lines_of(text)
        self.tree = ast.parse(text)
        self.statements = statements
        first = statements[0].id if statements else StatementId(0)
        self.id_of = analyse(self.tree, source=SourceId(0), first=first).id_of

    def cut(self, line: int, column: int, end_line: int, end_column: int) -> str:
        """The text of a span; columns count UTF-8 bytes, as `ast` has them."""
        if line == end_line:
            return self._bytes(line)[column:end_column].decode()
        pieces = [self._bytes(line)[column:].decode()]
        pieces += self.lines[line : end_line - 1]
        pieces.append(self._bytes(end_line)[:end_column].decode())
        return "".join(pieces)

    def _bytes(self, line: int) -> bytes:
        return self.lines[line - 1].encode()

    def indentation(self, statement: Statement) -> str | None:
        """The white space before a statement; None if something else stands before it on its line."""
        before = self._bytes(statement.line)[: statement.column].decode()
        return before if not before.strip() else None

    def statement_text(self, statement: Statement) -> str:
        """A simple statement, function or class, with the comment behind it if it is the last on its line."""
        text = self.cut(statement.line, statement.column, statement.end_line, statement.end_column)
        rest = self._bytes(statement.end_line)[statement.end_column :].decode().strip()
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
        at = bisect_left(self._colons, (line, column))
        end_line, end_column = self._colons[at - 1]
        return end_line, end_column + 1

    @cached_property
    def _colons(self) -> list[tuple[int, int]]:
        """Positions of all colons, in bytes. The last one before a block is the one that opens it."""
        found = []
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.OP and token.string == ":":
                line, character = token.start
                found.append(
                    (line, len(token.line[:character].encode()) if not token.line.isascii() else character)
                )
        return found
