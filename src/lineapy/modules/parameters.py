"""Variables bound from a literal → parameters, which the caller of a module sets."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lineapy.errors import ParameterError
from lineapy.modules.calls import Parameter
from lineapy.modules.program import Program, Unit
from lineapy.modules.scopes import scopes_of

#: Classes whose calls with literals make nothing but a value.
CONSTRUCTORS = frozenset(
    {
        "date",
        "datetime",
        "time",
        "timedelta",
        "Path",
        "PurePath",
        "Timestamp",
        "Timedelta",
        "Decimal",
        "Fraction",
        "UUID",
    }
)


@dataclass(frozen=True, slots=True)
class _Binding:
    """One variable bound by one unit; ``value`` is None unless it is a literal."""

    unit: Unit
    value: ast.expr | None
    annotation: ast.expr | None = None


def take_out(program: Program, names: Iterable[str]) -> dict[str, Parameter]:
    """Take the statements that bind parameters out of a program.

    Args:
        program: The program; a unit that binds a parameter binds nothing else afterwards.
        names: The parameters.

    Returns:
        Those of them that the program binds.

    Raises:
        ParameterError: A variable cannot be a parameter, since it is no literal or is bound from several.
    """
    found: dict[str, tuple[Unit, str, str | None]] = {}
    for name in names:
        bindings = [binding for unit in program.units for binding in _bindings(unit, name)]
        if not bindings:
            continue
        literals = [binding for binding in bindings if binding.value is not None]
        if not literals or bindings[0].value is None:
            raise ParameterError(_why_not(name, bindings[0].unit, program))
        if len(literals) > 1:
            lines = "; ".join(binding.unit.text for binding in literals)
            raise ParameterError(
                f"{name!r} cannot be a parameter: the code of the artifacts binds it from a literal more than once "
                f"({lines}), so one value would not do. Give the variables different names."
            )
        unit, value = literals[0].unit, literals[0].value
        assert value is not None
        _reduce_to(program, unit, name)
        annotation = literals[0].annotation
        type_name = ast.unparse(annotation) if annotation is not None else _type_name(value)
        found[name] = (unit, ast.unparse(value), type_name)
    return {name: Parameter(name, text, unit.index, kind) for name, (unit, text, kind) in found.items()}


def candidates(program: Program) -> list[str]:
    """The variables of a program that may become parameters, in the order in which they are bound."""
    names = [name for unit in program.units for name in sorted(unit.scopes.binds)]
    found = []
    for name in dict.fromkeys(names):
        bindings = [binding for unit in program.units for binding in _bindings(unit, name)]
        if bindings[0].value is not None and sum(binding.value is not None for binding in bindings) == 1:
            found.append(name)
    return found


def _bindings(unit: Unit, name: str) -> Iterator[_Binding]:
    if name not in unit.scopes.binds:
        return
    if unit.kind in ("Assign", "AnnAssign"):
        for node in ast.parse(unit.text).body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                if node.target.id == name:
                    yield _Binding(unit, node.value if _is_literal(node.value) else None, node.annotation)
                    return
            elif isinstance(node, ast.Assign):
                values = [
                    value
                    for target in node.targets
                    for key, value in _pairs(target, node.value)
                    if key == name
                ]
                if values:
                    alone = len(node.targets) == 1 or _is_immutable(values[0])
                    yield _Binding(unit, values[0] if alone and _is_literal(values[0]) else None)
                    return
    yield _Binding(unit, None)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Which name gets which expression."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        starred = any(isinstance(node, ast.Starred) for node in (*target.elts, *value.elts))
        if not starred and len(target.elts) == len(value.elts):
            for inner, part in zip(target.elts, value.elts, strict=True):
                yield from _pairs(inner, part)


def _is_literal(node: ast.expr | None) -> bool:
    if node is None:
        return False
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        return name in CONSTRUCTORS and all(map(_is_literal, given))
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError):
        return False
    return True


def _is_immutable(node: ast.expr) -> bool:
    try:
        hash(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError):
        return False
    return True


def _type_name(value: ast.expr) -> str | None:
    if isinstance(value, ast.Call):
        return ast.unparse(value.func)
    name = type(ast.literal_eval(value)).__name__
    return None if name == "NoneType" else name


def _reduce_to(program: Program, unit: Unit, name: str) -> None:
    """Let a unit bind a single variable; the others get a unit of their own, behind it."""
    others = unit.scopes.binds - {name}
    if not others:
        return
    (node,) = ast.parse(unit.text).body
    assert isinstance(node, ast.Assign)
    pairs = [pair for target in node.targets for pair in _pairs(target, node.value)]
    rest = "\n".join(f"{key} = {ast.unparse(value)}" for key, value in pairs if key != name)
    own = next(f"{key} = {ast.unparse(value)}" for key, value in pairs if key == name)
    other = Unit(unit.statement, "Assign", rest, scopes_of(rest), uses=set(unit.uses), wanted=unit.wanted)
    other.defs, other.changes = unit.defs - {name}, unit.changes - {name}
    unit.text, unit.scopes = own, scopes_of(own)
    unit.defs, unit.changes = unit.defs & {name}, unit.changes & {name}
    program.insert(other, unit.index + 1)


def _why_not(name: str, unit: Unit, program: Program) -> str:
    first_line = unit.text.split("\n")[0]
    others = ", ".join(map(repr, candidates(program))) or "none"
    return (
        f"{name!r} cannot be a parameter: it is bound by {first_line!r}, and a parameter's value has to be a literal "
        "(a number, text, True, False, None, a list, dict or tuple of these, a date or a path) that a statement at "
        f"module level binds. Bind it from one, or take one of those that are: {others}."
    )
