"""Artifacts that a session loads and that the same module makes: the value goes from function to function instead."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from lineapy.modules.program import Program, SessionCode, Unit
from lineapy.modules.scopes import scopes_of
from lineapy.slicing.edits import TextEdit, edit_text
from lineapy.slicing.render import identifier
from lineapy.source.places import span

#: Says which artifact of the module a call of `lineapy.get` loads, given name and version, if it does.
Find = Callable[[str, int | None], str | None]


@dataclass(frozen=True, slots=True)
class Taken:
    """An artifact that a session takes from another one.

    Attributes:
        variable: The variable that holds its value.
        artifact: Its name.
        unit: The unit that stands for where it comes from.
    """

    variable: str
    artifact: str
    unit: Unit


class _Load(NamedTuple):
    unit: Unit
    tree: ast.Module
    node: ast.expr  # to be replaced
    is_value: bool  # not the artifact, but what its get_value() returns
    artifact: str


_REPEATING = (
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


def take_from_others(program: Program, find: Find) -> list[Taken]:
    """Let a program be given what it loads by ``lineapy.get``, as far as the module makes it.

    Args:
        program: The program; its texts are changed.
        find: Says which of the module's artifacts a call loads.
    """
    packages, functions = _names(program)
    loads: list[_Load] = []
    for unit in program.units:
        if "get" in unit.text and unit.kind != "Load":
            tree = ast.parse(unit.text)
            for node, call in _loads(tree, packages, functions):
                name, version = _arguments(call)
                artifact = find(name, version) if name is not None else None
                if artifact is not None:
                    loads.append(_Load(unit, tree, node, node is not call, artifact))
    # Each load makes an object of its own. One that may be run more than once counts twice.
    times = Counter(
        load.artifact for load in loads for _ in range(1 if _runs_once(load.tree, load.node) else 2)
    )
    found: dict[str, Taken] = {}
    edits: dict[Unit, list[TextEdit]] = {}
    for load in loads:
        variable = _bound_to(load)
        if variable is not None and times[load.artifact] == 1 and _binds_alone(program, load.unit, variable):
            found[load.artifact] = _become_input(load.unit, variable, load.artifact)
            continue
        if load.artifact not in found:
            found[load.artifact] = _add_input(program, load.artifact)
        taken = found[load.artifact]
        value = taken.variable if times[load.artifact] == 1 else f"{program.copying()}({taken.variable})"
        if not load.is_value:  # the artifact itself, which is asked for its value elsewhere
            value = f"SimpleNamespace(get_value=lambda value={value}: value)"
            program.helpers.add("from types import SimpleNamespace")
        edits.setdefault(load.unit, []).append(TextEdit(*span(load.node), value))
        load.unit.uses.add(taken.variable)
    for unit, changes in edits.items():
        unit.text = edit_text(unit.text, changes, line=1, column=0)
        unit.scopes = scopes_of(unit.text)
    return list(found.values())


def _runs_once(tree: ast.Module, node: ast.expr) -> bool:
    """Whether an expression of a statement at module level is evaluated once at most."""
    pending: list[ast.AST] = [tree]
    while pending:
        inner = pending.pop()
        if inner is node:
            return True
        if not isinstance(inner, _REPEATING):
            pending += ast.iter_child_nodes(inner)
    return False


def _bound_to(load: _Load) -> str | None:
    """The variable to which a statement binds what it loads, if it does nothing else."""
    match load.tree.body:
        case [ast.Assign(targets=[ast.Name(id=name)], value=value)] if value is load.node and load.is_value:
            return name
    return None


def _binds_alone(program: Program, unit: Unit, name: str) -> bool:
    """Whether a variable holds what one unit gives it from the first to the last."""
    return not any(
        other is not unit and (name in other.scopes.binds | other.scopes.assigns_late)
        for other in program.units
    )


def _become_input(unit: Unit, variable: str, artifact: str) -> Taken:
    unit.kind, unit.text = "Input", f"{variable} = None"
    unit.scopes, unit.uses, unit.defs, unit.changes = scopes_of(unit.text), set(), {variable}, set()
    return Taken(variable, artifact, unit)


def _add_input(program: Program, artifact: str) -> Taken:
    variable = program.unused(identifier(artifact))
    text = f"{variable} = None"
    unit = Unit(program.units[0].statement, "Input", text, scopes_of(text), defs={variable})
    program.insert(unit, 0)
    return Taken(variable, artifact, unit)


def _names(program: Program) -> tuple[set[str], set[str]]:
    imports = (
        unit for unit in program.units if unit.kind in ("Import", "ImportFrom") and "lineapy" in unit.text
    )
    return _names_in(ast.parse(unit.text) for unit in imports)


def _names_in(trees: Iterable[ast.AST]) -> tuple[set[str], set[str]]:
    """What texts call LineaPy, and its function `get`."""
    packages: set[str] = set()
    functions: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            packages |= {alias.asname or alias.name for alias in node.names if alias.name == "lineapy"}
        elif isinstance(node, ast.ImportFrom) and node.module in ("lineapy", "lineapy.api"):
            functions |= {alias.asname or alias.name for alias in node.names if alias.name == "get"}
    return packages, functions


def _loads(tree: ast.AST, packages: set[str], functions: set[str]) -> Iterator[tuple[ast.expr, ast.Call]]:
    """The calls of `get`, each with the expression to replace: with ``.get_value()`` behind it, if that is there."""
    done: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node not in done:
            inner = node.func.value if isinstance(node.func, ast.Attribute) else None
            if (
                isinstance(inner, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "get_value"
                and _is_get(inner, packages, functions)
            ):
                done.add(inner)
                yield node, inner
            elif _is_get(node, packages, functions):
                yield node, node


def _is_get(call: ast.Call, packages: set[str], functions: set[str]) -> bool:
    func = call.func
    if isinstance(func, ast.Name):
        return func.id in functions
    return (
        isinstance(func, ast.Attribute)
        and func.attr == "get"
        and isinstance(func.value, ast.Name)
        and func.value.id in packages
    )


def _arguments(call: ast.Call) -> tuple[str | None, int | None]:
    """Name and version, as far as they are literals."""
    given = dict(zip(("artifact_name", "version"), call.args, strict=False))
    given.update((keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg is not None)
    name, version = given.get("artifact_name"), given.get("version")
    if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
        return None, None
    if version is None:
        return name.value, None
    if isinstance(version, ast.Constant) and isinstance(version.value, int):
        return name.value, version.value
    return None, None


def loaded_artifacts(session: SessionCode, find: Find) -> set[str]:
    """The artifacts that a session loads, of those that its module makes.

    Args:
        session: The session.
        find: Says which of the module's artifacts a call loads.
    """
    found: set[str] = set()
    for text in session.texts.values():
        if "lineapy" in text:
            tree = ast.parse(text)
            packages, functions = _names_in([tree])
            for _, call in _loads(tree, packages, functions):
                name, version = _arguments(call)
                artifact = find(name, version) if name is not None else None
                if artifact is not None:
                    found.add(artifact)
    return found
