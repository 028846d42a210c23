"""Statements of a notebook that wait for something at module level, where only a notebook allows it → a program."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

_INDENT = "    "
_OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_ASYNC = (ast.Await, ast.AsyncFor, ast.AsyncWith)


def awaits(text: str) -> bool:
    """Whether a statement has ``await``, ``async for`` or ``async with`` outside of functions.

    Example:
        >>> awaits("x = await f()"), awaits("async def f():\\n    await g()")
        (True, False)
    """
    if "await" not in text and "async" not in text:
        return False
    return any(
        isinstance(node, _ASYNC) or (isinstance(node, ast.comprehension) and node.is_async)
        for node in _own_scope(ast.parse(text))
    )


def in_event_loop(statements: Sequence[str], names: Sequence[str]) -> list[str]:
    """Put statements into a coroutine, and run it: as in a notebook, there is one event loop for all of them.

    Args:
        statements: The statements, without indentation.
        names: The variables that they bind.

    Returns:
        Statements of a program without ``await`` at module level.

    Example:
        >>> print(*in_event_loop(["x = await f()", "print(x)"], ["x"]), sep="\\n")
        import asyncio
        async def main():
            global x
            x = await f()
            print(x)
        asyncio.run(main())
    """
    taken = {name for text in statements for name in _names(text)}
    main = next(name for name in _candidates("main") if name not in taken)
    body = [f"{_INDENT}global {', '.join(names)}"] if names else []
    body += [indented(text) for text in statements]
    return ["import asyncio", "\n".join([f"async def {main}():", *body]), f"asyncio.run({main}())"]


def indented(text: str) -> str:
    """A statement one level further in; what stands within a string stays where it is.

    Example:
        >>> print(indented("if x:\\n    y = 1"))
            if x:
                y = 1
    """
    if "\n" not in text:
        return _INDENT + text
    fixed: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno is not None:
            if isinstance(node, ast.JoinedStr) or isinstance(node.value, str | bytes):
                fixed.update(range(node.lineno + 1, node.end_lineno + 1))
    lines = text.split("\n")
    return "\n".join(
        line if number in fixed or not line.strip() else _INDENT + line
        for number, line in enumerate(lines, 1)
    )


def _own_scope(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, _OWN_SCOPE):
            yield node
            yield from _own_scope(node)


def _names(text: str) -> Iterator[str]:
    return (node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name))


def _candidates(name: str) -> Iterator[str]:
    yield name
    number = 1
    while True:
        number += 1
        yield f"{name}_{number}"
