"""What a careful reader of a module would ask about: names that it binds and does not use."""

from __future__ import annotations

import ast
import importlib.machinery
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from lineapy.modules.scopes import names_of
from lineapy.slicing.edits import TextEdit, edit_text
from lineapy.source.places import span

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_BY_NAME = frozenset({"locals", "vars", "dir", "eval", "exec", "globals"})
_WORD = re.compile(r"[^\W\d]\w*")
_UNUSED = "  # noqa: F401"


def with_unused_names_marked(statements: Sequence[str], returned: Collection[str]) -> list[str]:
    """Let names begin with an underscore that a function binds and never reads.

    The value is still bound: what it stands for may end with it, such as a temporary folder.

    Args:
        statements: A function's statements.
        returned: The names that it returns.

    Example:
        >>> with_unused_names_marked(["noise = draw()", "x = draw()"], ["x"])
        ['_noise = draw()', 'x = draw()']
    """
    trees = [ast.parse(text) for text in statements]
    bound = {node.id for tree in trees for node in _bindings(tree)}
    bound |= {node.name for tree in trees for node in _handlers(tree) if node.name is not None}
    used = set(returned)
    for tree in trees:
        used.update(_uses(tree))
    if used & _BY_NAME:
        return list(statements)
    unused = {name for name in bound - used if not name.startswith("_") and f"_{name}" not in used | bound}
    return [_marked(text, tree, unused) for text, tree in zip(statements, trees, strict=True)]


def _marked(text: str, tree: ast.Module, unused: set[str]) -> str:
    edits = [TextEdit(*span(node), f"_{node.id}") for node in _bindings(tree) if node.id in unused]
    for handler in _handlers(tree):
        if handler.name in unused and handler.type is not None:
            _, _, line, column = span(handler.type)
            edits += _without_name(text, handler.name, line, column)
    return edit_text(text, edits, line=1, column=0) if edits else text


def _without_name(text: str, name: str, line: int, column: int) -> Iterator[TextEdit]:
    rest = text.split("\n")[line - 1].encode()[column:]
    found = re.match(rb"\)*(\s+as\s+" + re.escape(name.encode()) + rb")\s*:", rest)
    if found is not None:
        yield TextEdit(line, column + found.start(1), line, column + found.end(1), "")


def _inside(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function's own scope."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, _SCOPES):
            yield from _inside(node)


def _handlers(tree: ast.Module) -> Iterator[ast.ExceptHandler]:
    return (node for node in _inside(tree) if isinstance(node, ast.ExceptHandler))


def _bindings(tree: ast.Module) -> Iterator[ast.Name]:
    """Names bound in a way after which one expects them to be used."""
    for node in _inside(tree):
        match node:
            case ast.Assign(targets=targets):
                yield from (target for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr()):
                yield target
            case ast.NamedExpr(target=target):
                yield target
            case ast.withitem(optional_vars=ast.Name() as target):
                yield target


def _uses(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load() | ast.Del()):
                yield name
            case ast.AugAssign(target=ast.Name(id=name)):
                yield name
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from names
            case ast.Constant(value=str(words)):
                yield from _WORD.findall(words)


def used_imports(imports: Sequence[str], rest: Sequence[str]) -> list[str]:
    """Leave out of imports what nothing uses; say of the others that it is known.

    An import of which nothing is used stays: it was kept for what it does, such as registering a plugin.

    Args:
        imports: Import statements.
        rest: The other statements.

    Example:
        >>> used_imports(["from math import pi, tau", "import readline"], ["print(pi)"])
        ['from math import pi', 'import readline  # noqa: F401']
    """
    text = "\n".join(rest)
    used = names_of(text)
    words = set(_WORD.findall(text)) if used else set()
    return [_used(line, used, words) if line else line for line in imports]


def _used(line: str, used: set[str], words: set[str]) -> str:
    (node,) = ast.parse(line).body
    assert isinstance(node, ast.Import | ast.ImportFrom)
    if isinstance(node, ast.ImportFrom) and (node.module == "__future__" or node.names[0].name == "*"):
        return line
    names = {alias: alias.asname or alias.name.partition(".")[0] for alias in node.names}
    unused = [alias for alias, name in names.items() if name not in used]
    if not unused:
        return line
    if len(unused) < len(names):
        node.names = [
            alias
            for alias in node.names
            if alias not in unused or names[alias] in words or _may_be_module(node, alias)
        ]
        if len(node.names) < len(names):
            line = ast.unparse(node)
        if not any(alias in unused for alias in node.names):
            return line
    return line if "noqa" in line or "\n" in line else line + _UNUSED


def _may_be_module(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> bool:
    """Whether an import of a name may run a module, which may be what it is for."""
    if isinstance(node, ast.Import) or node.level or node.module is None:
        return True
    if node.module in sys.builtin_module_names:
        return False
    places: list[str] | None = None
    for part in node.module.split("."):  # one after the other, as to look for a.b would import a
        spec = importlib.machinery.PathFinder.find_spec(part, places)
        if spec is None:
            return True
        places = list(spec.submodule_search_locations or ())
    return any(
        path.stem.partition(".")[0] == alias.name
        for place in places or ()
        for path in Path(place).glob(f"{alias.name}*")
    )
