"""A module → its text."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lineapy.modules.calls import Call, Function, Parameter, copy_import
from lineapy.modules.command_line import argument_parser, needs_reader, reader
from lineapy.modules.module import Module, SessionFunctions
from lineapy.modules.polish import used_imports
from lineapy.slicing.awaiting import indented
from lineapy.slicing.edits import without_unused_lineapy
from lineapy.slicing.render import tidy


def module_text(module: Module) -> str:
    """Write a module down.

    Args:
        module: The module.

    Returns:
        Formatted text. ``run_all_sessions()`` returns a dictionary of the artifacts' values by name; run as a program,
        the module prints that.
    """
    return tidy("\n\n\n".join(_sections(module)) + "\n")


def _sections(module: Module) -> Iterator[str]:
    names = [
        name for session in module.sessions for call in session.calls for name in call.function.artifacts
    ]
    yield f'"""Makes {as_docstring(_enumerated([repr(name) for name in names]))}."""'
    functions = [
        function_text(call.function, _annotations(session))
        for session in module.sessions
        for call in session.calls
    ]
    runs = [*(_session_text(session, module) for session in module.sessions), _run_all(module)]
    reading = _free("json_or_text", module.words)
    main = _main(module, reading)
    definitions = [unit.text for unit in module.definitions if unit.kind not in ("Import", "ImportFrom")]
    lines = _imports(module, main)
    body = without_unused_lineapy([*lines, *definitions, *functions])
    imports = body[: len(body) - len(definitions) - len(functions)]
    yield "\n".join(_sorted_imports(used_imports(imports, [*definitions, *functions, *runs, main])))
    yield from definitions
    yield from functions
    yield from runs
    if needs_reader(module.parameters):
        yield reader(reading)
    yield main


def _imports(module: Module, main: str) -> list[str]:
    lines = [unit.text for unit in module.definitions if unit.kind in ("Import", "ImportFrom")]
    if module.copy is not None:
        lines.append(copy_import(module.copy))
    lines += [
        f"import {name}"
        for name in ("argparse", "json")
        if f"{name}." in main or (name == "json" and needs_reader(module.parameters))
    ]
    lines += sorted(module.helpers)
    if any("lineapy.get(" in text for call in _calls(module) for text in call.function.statements):
        lines.append("import lineapy")
    if any(call.function.waits for call in _calls(module)):
        lines.append("import asyncio")
    return list(dict.fromkeys(lines))


def _calls(module: Module) -> Iterator[Call]:
    return (call for session in module.sessions for call in session.calls)


def _sorted_imports(lines: Iterable[str]) -> Iterator[str]:
    """``__future__`` first, then the standard library, then the rest, each by name."""

    def key(line: str) -> tuple[int, bool, str]:
        node = ast.parse(line).body[0]
        assert isinstance(node, ast.Import | ast.ImportFrom)
        name = (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        top = name.partition(".")[0]
        group = 0 if top == "__future__" else 1 if top in sys.stdlib_module_names else 2
        return group, isinstance(node, ast.ImportFrom), name.lower()

    group = None
    for line in sorted(lines, key=key):
        if group is not None and key(line)[0] != group:
            yield ""
        group = key(line)[0]
        yield line


# -- functions


def function_text(function: Function, annotations: Mapping[str, str] | None = None) -> str:
    """Write a function down.

    Args:
        function: The function.
        annotations: Types of those of its arguments of which they are known.
    """
    header = f"def {function.name}({', '.join(_annotated(function, annotations or {}))}):"
    lines = [f'"""{as_docstring(_purpose(function))}"""']
    body = list(function.statements)
    if function.is_by_name:
        return _by_name(function, header, lines)
    if function.returns:
        body.append(f"return {', '.join(function.returns)}")
    if function.waits:
        inner = "\n".join(["async def main():", *map(indented, body)])
        body = [inner, "return asyncio.run(main())"]
    return "\n".join([header, *map(indented, [*lines, *body])])


def _annotated(function: Function, annotations: Mapping[str, str]) -> Iterator[str]:
    for name in function.arguments:
        yield f"{name}: {annotations[name]}" if name in annotations else name


def _annotations(session: SessionFunctions) -> dict[str, str]:
    """The types of parameters, as long as no function makes something else of them."""
    made = {name for call in session.calls for name in call.function.returns}
    return {
        parameter.name: parameter.annotation
        for parameter in session.parameters
        if parameter.annotation is not None and parameter.name not in made
    }


def _by_name(function: Function, header: str, lines: list[str]) -> str:
    """A function that runs its statements as a program: they reach variables by names, as ``exec`` does."""
    given = "".join(f", {name!r}: {name}" for name in function.arguments)
    returned = ", ".join(f"program[{name!r}]" for name in function.returns)
    body = "\n".join(function.statements)
    body = body.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    lines += [
        f'program = {{"__name__": "__main__"{given}}}',
        f'exec(\n    """\n{body}\n""",\n    program,\n)',
        f"return {returned}",
    ]
    return "\n".join([header, *map(indented, lines)])


def as_docstring(text: str) -> str:
    r"""A text as the content of a docstring, whatever characters are in it.

    Example:
        >>> print(as_docstring(r"Make 'C:\new'."))
        Make 'C:\\new'.
    """
    return text.replace("\\", "\\\\").replace('"' * 3, '\\"' * 3)


def _purpose(function: Function) -> str:
    if function.artifacts:
        return f"Make {_enumerated([repr(name) for name in function.artifacts])}."
    users = _enumerated([repr(name) for name in function.users])
    if function.returns:
        return f"Make {_enumerated(function.returns)} for {users}."
    return f"Prepare what {users} need{'s' if len(function.users) == 1 else ''}."


def _session_text(session: SessionFunctions, module: Module) -> str:
    names = [name for call in session.calls for name in call.function.artifacts]
    collected = _free("artifacts", module.words)
    them = "it" if len(names) == 1 else "them"
    purpose = as_docstring(_enumerated([repr(name) for name in names]))
    lines = [f'"""Make {purpose}; return {them} by name."""']
    lines += _defaults(session.parameters)
    lines.append(f"{collected} = {{}}")
    for call in session.calls:
        lines.append(_call_text(call))
        for kept in call.kept:
            value = f"{module.copy}({kept.expression})" if kept.is_copied else kept.expression
            lines.append(f"{collected}[{kept.artifact!r}] = {value}")
    lines.append(f"return {collected}")
    given = [*session.taken, *map(_declared, session.parameters)]
    header = f"def {session.name}({', '.join(given)}):"
    return "\n".join([header, *map(indented, lines)])


def _call_text(call: Call) -> str:
    text = f"{call.function.name}({', '.join(call.arguments)})"
    return f"{', '.join(call.targets)} = {text}" if call.targets else text


def _run_all(module: Module) -> str:
    lines = ['"""Make all artifacts; return them by name."""', *_defaults(module.parameters)]
    collected = _free("artifacts", module.words)
    if len(module.sessions) == 1:
        lines.append(f"return {_session_call(module.sessions[0], module, collected)}")
    else:
        lines.append(f"{collected} = {{}}")
        lines += [f"{collected}.update({_session_call(one, module, collected)})" for one in module.sessions]
        lines.append(f"return {collected}")
    header = f"def run_all_sessions({', '.join(map(_declared, module.parameters))}):"
    return "\n".join([header, *map(indented, lines)])


def _session_call(session: SessionFunctions, module: Module, collected: str) -> str:
    given = []
    for variable, artifact in session.taken.items():
        value = f"{collected}[{artifact!r}]"
        given.append(f"{module.copy}({value})" if variable in session.changed else value)
    given += [parameter.name for parameter in session.parameters]
    return f"{session.name}({', '.join(given)})"


def _main(module: Module, reading: str) -> str:
    lines = ["print(run_all_sessions())"]
    if module.parameters:
        lines = [
            *argument_parser(module.parameters, reading),
            "print(run_all_sessions(**vars(parser.parse_args())))",
        ]
    return "\n".join(['if __name__ == "__main__":', *map(indented, lines)])


# -- parameters


def _declared(parameter: Parameter) -> str:
    annotation, default = parameter.annotation, parameter.default
    if _is_shared(parameter):
        default = "None"
        if annotation is not None and not annotation.startswith(("'", '"')):
            annotation += " | None"
    return f"{parameter.name}{f': {annotation}' if annotation is not None else ''} = {default}"


def _defaults(parameters: Iterable[Parameter]) -> list[str]:
    return [
        f"if {parameter.name} is None:\n    {parameter.name} = {parameter.default}"
        for parameter in parameters
        if _is_shared(parameter)
    ]


def _is_shared(parameter: Parameter) -> bool:
    """Whether all calls would share one object, which one of them may change, if it were the declared default."""
    return isinstance(ast.parse(parameter.default, mode="eval").body, ast.List | ast.Dict | ast.Set)


def _free(name: str, words: set[str]) -> str:
    while name in words:
        name += "_"
    return name


def _enumerated(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
