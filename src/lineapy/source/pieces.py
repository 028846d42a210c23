"""A long text → consecutive parts of it, parsed one at a time.

Python's syntax tree takes some five kilobytes a statement: that of 20,000 would be larger than all the rest of a
session. So a long text is parsed, analysed and compiled in parts of whole statements, and each tree is gone before
the next is made.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from lineapy.source.lines import lines_of

#: A part has at least so many lines; a text of fewer than twice as many is parsed as a whole.
LINES = 250

#: Where a statement may begin that is not a clause of the one before. A comment may stand inside of a block.
_BEGINS = re.compile(r"(?!(?:elif|else|except|finally)\b)[^\s#)\]}]")


def pieces(text: str | bytes, filename: str) -> Iterator[tuple[str | bytes, ast.Module]]:
    r"""Parse a text, in parts if it is long.

    The nodes have their positions in the whole text. That the parts are parsed does not mean that the text is right:
    it is not if there is a `__future__` import in a later part, or a ``global`` statement behind a use of its name.

    Args:
        text: A program. Bytes, which may declare their encoding, are always one part.
        filename: What errors call it.

    Yields:
        The text and the tree of each part, of a short text one. The text may be parsed again.

    Raises:
        SyntaxError: A part is wrong. Only a short text's error is sure to be the one that Python raises.

    Example:
        >>> long = "\n".join(f"if {n}:\n    x = '''\ny = 1\n'''\nelse:\n    x = 2" for n in range(300))
        >>> [(len(tree.body), tree.body[0].lineno) for _, tree in pieces(long, "long.py")]
        [(42, 1), (42, 253), (42, 505), (42, 757), (42, 1009), (42, 1261), (48, 1513)]
    """
    lines = lines_of(text) if isinstance(text, str) else []
    if len(lines) < 2 * LINES:
        yield text, parse(text, filename)
        return
    begin, end = 0, LINES
    while begin < len(lines):
        while end < len(lines) and not _BEGINS.match(lines[end]):
            end += 1
        if len(lines) - end < LINES:
            end = len(lines)
        # Empty lines before it cost next to nothing, and bring every position to where it is in the text.
        part = "\n" * begin + "".join(lines[begin:end])
        try:
            tree = parse(part, filename)
        except SyntaxError:
            if end == len(lines):
                raise
            end += (end - begin) // 2 + 1  # it ends within a string or brackets, as far as one can tell
            continue
        yield part, tree
        del tree
        begin, end = end, end + LINES


def parse(text: str | bytes, filename: str) -> ast.Module:
    """Parse a text as a whole.

    Raises:
        SyntaxError: As Python itself raises it.
    """
    tree = compile(text, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree
