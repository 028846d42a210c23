"""What a statement's text has to say differently because it stands in a function, or in a module that is imported."""

from __future__ import annotations

import ast

from lineapy.slicing.edits import TextEdit, edit_text
from lineapy.source.places import span


def with_nonlocal(text: str) -> str:
    """Let functions bind the variables of the function around them, as they did those of the module.

    Example:
        >>> with_nonlocal("def f():\\n    global n\\n    n += 1")
        'def f():\\n    nonlocal n\\n    n += 1'
    """
    if "global" not in text:
        return text
    found = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Global))
    edits = [
        TextEdit(node.lineno, node.col_offset, node.lineno, node.col_offset + len("global"), "nonlocal")
        for node in found
    ]
    return edit_text(text, edits, line=1, column=0)


def as_main(text: str) -> str:
    """Let a statement still be told that it runs as the main program.

    Example:
        >>> as_main('if __name__ == "__main__":\\n    main()')
        'if "__main__" == "__main__":\\n    main()'
    """
    if "__name__" not in text:
        return text
    found = (
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name) and node.id == "__name__" and isinstance(node.ctx, ast.Load)
    )
    return edit_text(text, [TextEdit(*span(node), '"__main__"') for node in found], line=1, column=0)
