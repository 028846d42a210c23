"""Where in the user's text a running call stands: from a frame to the call's node."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

from lineapy.depth import deep
from lineapy.ids import SourceId, StatementId
from lineapy.source.lines import lines_of
from lineapy.source.places import Place, own_scope_calls, span
from lineapy.source.statements import Statement


@dataclass(frozen=True, slots=True)
class CallSite:
    """A call that is running.

    Attributes:
        statement: The statement of the session that is running.
        place: Where the call stands; None if it is not in a traced text, as in a helper module.
        call: Its node.
    """

    statement: StatementId | None
    place: Place | None
    call: ast.Call | None


@deep
def find_call_site(
    frame: FrameType | None,
    files: Mapping[str, SourceId],
    texts: Mapping[SourceId, str],
    statements: Sequence[Statement],
    running: StatementId | None,
) -> CallSite:
    """Find the call that a frame is in the middle of.

    Args:
        frame: The caller's frame.
        files: Numbers of the session's texts, by file name.
        texts: The texts.
        statements: The session's statements.
        running: The statement that is running.
    """
    position = _position(frame)
    source = files.get(frame.f_code.co_filename) if frame is not None else None
    if position is None or source is None:
        return CallSite(running, None, None)
    tree = _parse(texts[source], position[0], statements[running] if running is not None else None, source)
    at_module_level = own_scope_calls(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and span(node) == position:
            return CallSite(running, Place(source, *position, inside=node not in at_module_level), node)
    return CallSite(running, None, None)


def _position(frame: FrameType | None) -> tuple[int, int, int, int] | None:
    if frame is None:
        return None
    positions = frame.f_code.co_positions()
    line, end_line, column, end_column = next(itertools.islice(positions, frame.f_lasti // 2, None))
    if line is None or end_line is None or column is None or end_column is None:
        return None  # Python was started with -X no_debug_ranges
    return line, column, end_line, end_column


def _parse(text: str, line: int, statement: Statement | None, source: SourceId) -> ast.Module:
    """The tree that holds a line: of the running statement alone where possible, which is quicker for a long text."""
    if statement is not None and statement.source == source and statement.parent is None:
        if statement.column == 0 and statement.line <= line <= statement.end_line:
            lines = lines_of(text)[statement.line - 1 : statement.end_line]
            try:
                return ast.increment_lineno(ast.parse("".join(lines)), statement.line - 1)
            except SyntaxError:
                pass  # it shares its first or last line with a piece of another statement
    return ast.parse(text)
