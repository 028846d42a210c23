"""What belongs to the module: imports, and functions and classes with the constants that they use."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from lineapy.modules.program import Program, Unit

_IMPORTS = ("Import", "ImportFrom")
_ASSIGNMENTS = ("Assign", "AnnAssign")
_DEFINITIONS = ("FunctionDef", "AsyncFunctionDef", "ClassDef")


def definitions(program: Program, taken: Mapping[str, str], parameters: Collection[str]) -> set[int]:
    """Find the units that may stand at module level, whatever functions the others become part of.

    A definition may if its name means nothing else in the program, if nothing changes it, and if all names in it that
    the program binds belong to the module as well. A constant does if one of these functions and classes names it.

    Args:
        program: The program.
        taken: Names that other programs of the module have bound at module level, each with the text that did.
        parameters: Variables that the caller sets.

    Returns:
        The units, by index.
    """
    binders = Counter(name for text, unit in _once(program.units) for name in bound_names(unit))
    changed = {name for unit in program.units for name in unit.changes | unit.scopes.assigns_late}
    named = _named_by_definitions(program.units)
    found = {
        unit.index: unit
        for unit in program.units
        if (unit.kind not in _ASSIGNMENTS or named & unit.scopes.binds)
        and _is_candidate(unit)
        and all(binders[name] == 1 for name in bound_names(unit))
        and all(taken.get(name, unit.text) == unit.text for name in bound_names(unit))
        and changed.isdisjoint(bound_names(unit))
        and bound_names(unit).isdisjoint(parameters)
    }
    while True:
        owners = {name: unit.index for unit in found.values() for name in bound_names(unit)}
        misfits = [unit.index for unit in found.values() if not _can_stay(unit, owners, binders)]
        if not misfits:
            break
        for index in misfits:
            del found[index]
    return set(_needed(found))


def bound_names(unit: Unit) -> frozenset[str]:
    """The names that a unit binds; what a star import binds is known from the run."""
    if unit.kind == "ImportFrom" and not unit.scopes.binds:
        return frozenset(name for name in unit.defs if not name.startswith("<"))
    return unit.scopes.binds


def _once(units: Iterable[Unit]) -> Iterable[tuple[str, Unit]]:
    """The units, but the same import or definition in several cells only once."""
    found: dict[str, Unit] = {}
    for unit in units:
        key = unit.text if unit.kind in (*_IMPORTS, *_DEFINITIONS) else f"{unit.index}"
        found.setdefault(key, unit)
    return found.items()


def _is_candidate(unit: Unit) -> bool:
    if unit.kind in _IMPORTS:
        return unit.is_at_top
    if unit.kind in ("Try", "TryStar", "If"):
        return _only_imports(unit)
    if (
        unit.defs - unit.scopes.binds
        or unit.scopes.assigns_late
        or any(name.startswith("<") for name in unit.uses)
    ):
        return False  # it does more than to define something
    return unit.kind in _DEFINITIONS or is_constant(unit)


def _only_imports(unit: Unit) -> bool:
    """Whether a ``try`` statement imports one thing or another, and an ``if`` statement by the Python version."""
    tree = ast.parse(unit.text).body
    inner = [node for node in ast.walk(ast.Module(tree, [])) if isinstance(node, ast.stmt)]
    return any(isinstance(node, ast.Import | ast.ImportFrom) for node in inner) and all(
        isinstance(node, ast.Import | ast.ImportFrom | ast.Try | ast.If | ast.Pass)
        or (isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant))
        for node in inner
    )


def is_constant(unit: Unit) -> bool:
    """Whether a unit binds one variable, to a literal that nobody can change.

    Example:
        >>> from lineapy.ids import StatementId
        >>> from lineapy.modules.scopes import scopes_of
        >>> text = "LIMIT = -1.5"
        >>> is_constant(Unit(StatementId(0), "Assign", text, scopes_of(text)))
        True
    """
    if unit.kind not in _ASSIGNMENTS or len(unit.scopes.binds) != 1:
        return False
    (node,) = ast.parse(unit.text).body[-1:]
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if len(targets) != 1 or not isinstance(targets[0], ast.Name):
        return False
    try:
        hash(ast.literal_eval(node.value))
    except (ValueError, TypeError, SyntaxError):
        return False
    return True


def _can_stay(unit: Unit, owners: Mapping[str, int], binders: Mapping[str, int]) -> bool:
    if unit.kind in _IMPORTS:
        return True
    for name in unit.scopes.reads - unit.scopes.binds:
        if binders.get(name) and owners.get(name, unit.index) >= unit.index:
            return False
    return all(not binders.get(name) or name in owners for name in unit.scopes.late)


def _needed(found: Mapping[int, Unit]) -> Iterable[int]:
    """Without constants that no function or class names."""
    named = _named_by_definitions(found.values())
    for index, unit in found.items():
        if not is_constant(unit) or named & unit.scopes.binds:
            yield index


def _named_by_definitions(units: Iterable[Unit]) -> set[str]:
    definitions = (unit for unit in units if unit.kind in _DEFINITIONS)
    return {name for unit in definitions for name in unit.scopes.late | unit.scopes.reads}
