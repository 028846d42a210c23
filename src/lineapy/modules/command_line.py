"""Parameters → the command line of a module."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from lineapy.modules.calls import Parameter


def needs_reader(parameters: Sequence[Parameter]) -> bool:
    """Whether the default of a parameter, which is None, does not tell what type it has."""
    return any(parameter.default == "None" for parameter in parameters)


def reader(name: str) -> str:
    """A function that reads such a parameter.

    Args:
        name: What to call it.
    """
    return (
        f"def {name}(text):\n"
        '    """What a text stands for in JSON; the text itself if it is none."""\n'
        "    try:\n"
        "        return json.loads(text)\n"
        "    except ValueError:\n"
        "        return text"
    )


def argument_parser(parameters: Sequence[Parameter], reader: str = "json_or_text") -> Iterator[str]:
    """Statements that make an `argparse` parser; what is not given on the command line keeps its default.

    Args:
        parameters: The parameters.
        reader: Name of the function that reads parameters without a type.

    Example:
        >>> for line in argument_parser([Parameter("n_rows", "50", 0, "int")]):
        ...     print(line)
        parser = argparse.ArgumentParser(argument_default=argparse.SUPPRESS)
        parser.add_argument('--n-rows', '--n_rows', type=int, help='default: 50')
    """
    yield "parser = argparse.ArgumentParser(argument_default=argparse.SUPPRESS)"
    for parameter in parameters:
        flags = dict.fromkeys((f"--{parameter.name.replace('_', '-')}", f"--{parameter.name}"))
        given = [*map(repr, flags), *_conversion(parameter, reader)]
        shown = parameter.default.replace("%", "%%")
        yield f"parser.add_argument({', '.join(given)}, help={f'default: {shown}'!r})"


def _conversion(parameter: Parameter, reader: str) -> Iterator[str]:
    node = ast.parse(parameter.default, mode="eval").body
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        constructor = ast.unparse(node.func)
        if name in ("date", "datetime", "time"):
            yield f"type={constructor}.fromisoformat"
        elif name == "timedelta":
            yield f"type=lambda text: {constructor}(seconds=float(text))"
        else:
            yield f"type={constructor}"
        return
    value = ast.literal_eval(node)
    if isinstance(value, bool):
        yield "action=argparse.BooleanOptionalAction"
    elif isinstance(value, int | float):
        yield f"type={type(value).__name__}"
    elif isinstance(value, tuple | set):
        yield f"type=lambda text: {type(value).__name__}(json.loads(text))"
    elif isinstance(value, list | dict):
        yield "type=json.loads"
    elif value is None:
        yield f"type={reader}"
