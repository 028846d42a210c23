"""A program that uses LineaPy → the same program without it: stored values are read and written as plain files."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lineapy.slicing.edits import TextEdit, edit_text
from lineapy.source.places import reference_of, span


@dataclass(frozen=True, slots=True)
class PlainFile:
    """The file of a value, and how a program without LineaPy reads it.

    Attributes:
        path: On this machine.
        reading: An expression in which ``{path}`` stands for the path, and each other name in braces for a module
            that the program has to import.
    """

    path: str
    reading: str


#: Finds the file of an artifact's value by name and version (None for the newest); None if only LineaPy can read it.
FindFile = Callable[[str, int | None], PlainFile | None]


def without_lineapy(code: str, find_file: FindFile, own_name: str) -> str:
    """Replace the calls of LineaPy in a program.

    ``lineapy.get("x").get_value()`` becomes reading the stored file in the way that its format asks for,
    ``lineapy.save(v, "n")`` writing ``n.pickle`` to the working directory. The store itself is never written to:
    LineaPy would refuse a value it did not write. Pickled functions and classes, and what is written, need
    `cloudpickle`. Other uses of LineaPy stay as they are, and the import with them.

    Args:
        code: The program.
        find_file: Finds the file of a value.
        own_name: The artifact whose code it is: stands in where a call does not write its name as a literal.

    Example:
        >>> code = 'import lineapy\\nx = lineapy.get("limits", 2).get_value()\\n'
        >>> file = PlainFile("/store/limits.json", "{json}.loads({pathlib}.Path({path}).read_bytes())")
        >>> print(without_lineapy(code, lambda name, version: file, "x"), end="")
        import json
        import pathlib
        x = json.loads(pathlib.Path('/store/limits.json').read_bytes())
    """
    rewriting = _Rewriting(code, find_file, own_name)
    if not rewriting.edits:
        return _without_import(code)
    return _without_import(_with_imports(rewriting.result(), rewriting.imports()))


class _Rewriting:
    def __init__(self, code: str, find_file: FindFile, own_name: str) -> None:
        self.code = code
        self.find_file = find_file
        self.own_name = own_name
        self.tree = ast.parse(code)
        self.names = _names_of_functions(self.tree)
        self.modules: dict[str, str] = {}
        self.edits: list[TextEdit] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                self.load(node)
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                self.dump(node.value)

    def result(self) -> str:
        return edit_text(self.code, self.edits, line=1, column=0)

    def imports(self) -> list[str]:
        return [
            f"import {module}" + (f" as {name}" if name != module else "")
            for module, name in sorted(self.modules.items())
        ]

    def load(self, call: ast.Call) -> None:
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Call() as found, attr="get_value"), args=[], keywords=[]
            ):
                wanted = self.artifact(found) if self.is_call_of("get", found) else None
                file = self.find_file(*wanted) if wanted is not None else None
                if file is not None:
                    self.edits.append(TextEdit(*span(call), self.reading(file)))

    def reading(self, file: PlainFile) -> str:
        parts = []
        for text, name, _, _ in string.Formatter().parse(file.reading):
            parts.append(text)
            if name is not None:
                parts.append(repr(file.path) if name == "path" else self.module(name))
        return "".join(parts)

    def dump(self, call: ast.Call) -> None:
        reference = reference_of(call)
        if reference is None or not self.is_call_of("save", call):
            return
        if not hasattr(reference, "lineno"):  # it comes out of a starred argument
            return
        given = _literal(_second(call))
        file = _file_name(given if isinstance(given, str) else self.own_name)
        before = f"{self.module('pathlib')}.Path({file!r}).write_bytes({self.module('cloudpickle')}.dumps("
        line, column, end_line, end_column = span(reference)
        # What stands between is left alone: it may hold calls of its own.
        self.edits.append(TextEdit(call.lineno, call.col_offset, line, column, before))
        _, _, call_end, call_end_column = span(call)
        self.edits.append(TextEdit(end_line, end_column, call_end, call_end_column, "))"))

    def is_call_of(self, function: str, call: ast.Call) -> bool:
        match call.func:
            case ast.Name(id=name):
                return self.names.get(name) == function
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                return self.names.get(name) == "lineapy" and attribute == function
        return False

    def artifact(self, call: ast.Call) -> tuple[str, int | None] | None:
        """Name and version in a call of `get`, if both are written as literals."""
        given: dict[str | None, ast.expr] = dict(zip(("artifact_name", "version"), call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords}
        if not given.keys() <= {"artifact_name", "version"} or len(call.args) > 2:
            return None
        name, version = _literal(given.get("artifact_name")), _version(given.get("version"))
        return (name, version) if isinstance(name, str) and version != -1 else None

    def module(self, name: str) -> str:
        """The name under which the new program has a module."""
        if name not in self.modules:
            taken = set(_bound_to_other_things(self.tree, name)) | set(self.modules.values())
            alias = name.replace(".", "_")
            while alias in taken:
                alias += "_"
            self.modules[name] = alias
        return self.modules[name]


def _names_of_functions(tree: ast.Module) -> dict[str, str]:
    """For each name that stands for something of LineaPy: ``"lineapy"`` itself, or the function's own name."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {
                alias.asname or alias.name: "lineapy" for alias in node.names if alias.name == "lineapy"
            }
        elif isinstance(node, ast.ImportFrom) and node.module in ("lineapy", "lineapy.api"):
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
    return found


def _bound_to_other_things(tree: ast.Module, module: str) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import(names=aliases):
                yield from (a.asname or a.name for a in aliases if a.name != module or a.asname)
            case ast.ImportFrom(names=aliases):
                yield from (a.asname or a.name for a in aliases)


def _second(call: ast.Call) -> ast.expr | None:
    """What names the artifact in a call of `save`, unless it comes out of a starred argument."""
    if len(call.args) > 1 and not any(isinstance(argument, ast.Starred) for argument in call.args[:2]):
        return call.args[1]
    return next((keyword.value for keyword in call.keywords if keyword.arg == "name"), None)


def _literal(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _version(node: ast.expr | None) -> int | None:
    """The version that a call names; -1 if it cannot be told from the text."""
    value = _literal(node)
    if node is None or (isinstance(node, ast.Constant) and value is None) or value == "latest":
        return None
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            return max(int(float(value)), -1)
        except (ValueError, OverflowError):
            return -1
    return -1


def _file_name(artifact: str) -> str:
    r"""A file for an artifact.

    >>> _file_name("p value"), _file_name("../x"), _file_name("")
    ('p_value.pickle', 'x.pickle', 'artifact.pickle')
    """
    return (re.sub(r"[^\w-]+", "_", artifact).strip("_") or "artifact") + ".pickle"


def _with_imports(code: str, imports: list[str]) -> str:
    """Put imports before the first statement that may have something before it."""
    body = ast.parse(code).body
    first = next(
        node
        for number, node in enumerate(body)
        if not (number == 0 and isinstance(_literal(getattr(node, "value", None)), str))
        and not (isinstance(node, ast.ImportFrom) and node.module == "__future__")
    )
    line, column = _start(first)
    separator = "; " if column else "\n"  # it shares its line with the docstring
    text = "".join(statement + separator for statement in imports)
    return edit_text(code, [TextEdit(line, column, line, column, text)], line=1, column=0)


def _start(node: ast.stmt) -> tuple[int, int]:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return (
        (decorators[0].lineno, decorators[0].col_offset - 1) if decorators else (node.lineno, node.col_offset)
    )


def _without_import(code: str) -> str:
    """Take LineaPy out of the imports where nothing uses it."""
    tree = ast.parse(code)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    lines = code.splitlines()
    edits = []
    for body in _bodies(tree):
        for node in body:
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            unused = [alias for alias in node.names if _is_unused(alias, node, used)]
            if not unused:
                continue
            node.names = [alias for alias in node.names if alias not in unused]
            if node.names:
                edits.append(TextEdit(*span(node), ast.unparse(node)))
            elif (
                len(body) > 1
                and _alone_on_its_lines(node, body)
                and lines[node.lineno - 1][: node.col_offset].isspace() | (node.col_offset == 0)
            ):
                edits.append(TextEdit(node.lineno, 0, span(node)[2] + 1, 0, ""))
            else:
                edits.append(TextEdit(*span(node), "pass"))
    return edit_text(code if code.endswith("\n") else code + "\n", edits, line=1, column=0) if edits else code


def _is_unused(alias: ast.alias, node: ast.Import | ast.ImportFrom, used: set[str]) -> bool:
    module = alias.name if isinstance(node, ast.Import) else node.module or ""
    # A submodule may be imported for what the import does.
    return module in ("lineapy", "lineapy.api") and (
        alias.asname or alias.name.partition(".")[0]
    ) not in used | {"*"}


def _alone_on_its_lines(node: ast.stmt, body: list[ast.stmt]) -> bool:
    first, last = node.lineno, node.end_lineno or node.lineno
    return all(
        other is node or other.lineno > last or (other.end_lineno or other.lineno) < first for other in body
    )


def _bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                yield body
