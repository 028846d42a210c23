"""Parameters as orchestrators carry them: as JSON, of which a task makes the value again."""

from __future__ import annotations

import ast
import datetime
import decimal
import fractions
import json
import pathlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lineapy.modules.calls import Parameter

#: What parameters are bound from that is no literal, and reads its own text.
_KNOWN: dict[str, Any] = {
    "date": datetime.date,
    "datetime": datetime.datetime,
    "time": datetime.time,
    "timedelta": datetime.timedelta,
    "Path": pathlib.PurePath,
    "PurePath": pathlib.PurePath,
    "Decimal": decimal.Decimal,
    "Fraction": fractions.Fraction,
    "UUID": uuid.UUID,
}


_PYDANTIC = _KNOWN.keys() - {"Fraction", "PurePath"}


@dataclass(frozen=True, slots=True)
class Carried:
    """How a parameter's value goes through JSON.

    Attributes:
        name: The parameter.
        type: What JSON Schema calls its type; None if it may be anything.
        default: The value that stands for its default.
        reading: Around the JSON value, the expression that makes the parameter's value; ``{}`` stands for the former,
            ``{module}`` for the pipeline's module.
    """

    name: str
    type: str | None
    default: Any
    reading: str = "{}"

    @property
    def python_type(self) -> str:
        """The type as Python names it: of what comes out of JSON."""
        return python_type(self.type)

    @property
    def json(self) -> str:
        """The default as JSON text."""
        return json.dumps(self.default)

    def read(self, expression: str, module: str) -> str:
        """The expression that makes the parameter's value.

        Args:
            expression: That of the JSON value.
            module: What the pipeline's module is called there.
        """
        return self.reading.replace("{module}", module).replace("{}", expression)


def carried(parameter: Parameter, text: str | None = None) -> Carried:
    """How a parameter goes through JSON.

    Args:
        parameter: The parameter.
        text: The expression of its value, if that is not its default.

    Example:
        >>> carried(Parameter("n", "3", 0))
        Carried(name='n', type='integer', default=3, reading='{}')
        >>> carried(Parameter("day", "datetime.date(2026, 1, 31)", 0))
        Carried(name='day', type='string', default='2026-01-31', reading='{module}.datetime.date.fromisoformat({})')
        >>> carried(Parameter("shape", "(2, 3)", 0))
        Carried(name='shape', type='array', default=[2, 3], reading='tuple({})')
    """
    node = ast.parse(text or parameter.default, mode="eval").body
    if isinstance(node, ast.Call):
        return _constructed(parameter.name, node)
    value = ast.literal_eval(node)
    if value is None:
        return Carried(parameter.name, None, None)
    if _is_json(value):
        return Carried(parameter.name, json_type(value), value)
    if isinstance(value, tuple | set | frozenset) and all(map(_is_json, value)):
        return Carried(parameter.name, "array", list(value), f"{type(value).__name__}({{}})")
    return Carried(parameter.name, "string", ast.unparse(node), "ast.literal_eval({})")


def qualified(text: str, module: str) -> str:
    """An expression of a default, for use outside of the pipeline's module.

    Args:
        text: The expression.
        module: What the module is called there.

    Example:
        >>> qualified("datetime.date(2026, 1, 31)", "module"), qualified("[1, 2]", "module")
        ('module.datetime.date(2026, 1, 31)', '[1, 2]')
    """
    tree = ast.parse(text, mode="eval")

    class Prefix(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return ast.Attribute(ast.Name(module), node.id)

    return ast.unparse(Prefix().visit(tree))


def type_text(parameter: Parameter, module: str) -> str | None:
    """The type of a parameter, if Pydantic can make such a value of JSON.

    Args:
        parameter: The parameter.
        module: What the pipeline's module is called there.

    Example:
        >>> type_text(Parameter("n", "3", 0), "module"), type_text(Parameter("d", "date(2026, 1, 31)", 0), "module")
        ('int', 'module.date')
    """
    node = ast.parse(parameter.default, mode="eval").body
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return qualified(ast.unparse(node.func), module) if called in _PYDANTIC else None
    value = ast.literal_eval(node)
    return None if value is None else type(value).__name__


def argument_lines(parameters: Iterable[Parameter], module: str) -> Iterator[str]:
    """Statements that let an `argparse` parser, ``parser``, read parameters.

    Args:
        parameters: The parameters.
        module: What the pipeline's module is called there.

    Example:
        >>> for line in argument_lines([Parameter("n_rows", "50", 0), Parameter("shape", "(2, 3)", 0)], "module"):
        ...     print(line)
        parser.add_argument("--n-rows", type=int, help="default: 50")
        parser.add_argument("--shape", type=lambda text: tuple(json.loads(text)), help="default: (2, 3)")
    """
    for parameter in parameters:
        how = carried(parameter)
        flag = f'"--{parameter.name.replace("_", "-")}"'
        names = f'{flag}, dest="{parameter.name}"' if not parameter.name.isascii() else flag
        shown = json.dumps(f"default: {parameter.default}".replace("%", "%%"), ensure_ascii=False)
        conversion = _conversion(how, module)
        yield f"parser.add_argument({names}{f', {conversion}' if conversion else ''}, help={shown})"


def _conversion(how: Carried, module: str) -> str:
    if how.type == "boolean":
        return "action=argparse.BooleanOptionalAction"
    simple = {
        "integer": "int",
        "number": "float",
        "string": "text",
        "array": "json.loads",
        "object": "json.loads",
    }
    if how.type is None:
        return "type=json_or_text"
    if how.reading == "{}":
        return "" if how.type == "string" else f"type={simple[how.type]}"
    inner = "text" if how.type == "string" else f"{simple[how.type]}(text)"
    reading = how.read(inner, module)
    return (
        f"type={reading.removesuffix('(text)')}"
        if reading.endswith("(text)") and reading.count("(") == 1
        else (f"type=lambda text: {reading}")
    )


def _constructed(name: str, node: ast.Call) -> Carried:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    constructor = f"{{module}}.{ast.unparse(node.func)}"
    if called in ("Timestamp", "Timedelta"):
        import pandas as pd

        value = eval(ast.unparse(node), {called: getattr(pd, called), "pd": pd, "pandas": pd})
        return Carried(name, "string", value.isoformat(), constructor + "({})")
    value = _made(node)
    if called in ("date", "datetime", "time"):
        return Carried(name, "string", value.isoformat(), constructor + ".fromisoformat({})")
    if called == "timedelta":
        return Carried(name, "number", value.total_seconds(), constructor + "(seconds={})")
    return Carried(name, "string", str(value), constructor + "({})")


def _made(node: ast.expr) -> Any:
    """The value that a literal, or a constructor called with literals, stands for."""
    if not isinstance(node, ast.Call):
        return ast.literal_eval(node)
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    named = {keyword.arg: _made(keyword.value) for keyword in node.keywords if keyword.arg is not None}
    return _KNOWN[called](*map(_made, node.args), **named)


def _is_json(value: object) -> bool:
    """Whether JSON gives back just this value."""
    if value is None or isinstance(value, bool | int | float | str):
        return True
    if isinstance(value, list):
        return all(map(_is_json, value))
    return isinstance(value, dict) and all(isinstance(k, str) and _is_json(v) for k, v in value.items())


def python_type(name: str | None) -> str:
    """What Python calls a type of JSON.

    Args:
        name: What JSON Schema calls it; None if it may be anything, which is carried as text.
    """
    names = {"integer": "int", "number": "float", "boolean": "bool", "array": "list", "object": "dict"}
    return names.get(name or "", "str")


def json_type(value: object) -> str | None:
    """What JSON Schema calls the type of a value; None for None.

    Example:
        >>> json_type(3), json_type([1]), json_type(None)
        ('integer', 'array', None)
    """
    types = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return types.get(type(value))
