"""The way from what is known of some sessions to a module: functions for their artifacts, and what runs them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lineapy.errors import ParameterError
from lineapy.modules.calls import Call, Parameter, functions_and_calls
from lineapy.modules.definitions import bound_names, definitions
from lineapy.modules.dependence import depend
from lineapy.modules.lineage import Find, Taken, take_from_others
from lineapy.modules.parameters import candidates, take_out
from lineapy.modules.partition import is_by_name, partition
from lineapy.modules.program import Program, SessionCode, Unit, Wanted, put_together
from lineapy.modules.separation import is_separable
from lineapy.slicing.render import identifier


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """What a module is to have of one session.

    Attributes:
        code: The session.
        wanted: Its artifacts.
        given: Further artifacts of it that are loaded wherever one of these needs them.
        find: Says which artifact of the module, from an earlier session, a call of `lineapy.get` loads.
    """

    code: SessionCode
    wanted: Sequence[Wanted]
    given: Sequence[Wanted] = ()
    find: Find | None = None


@dataclass(frozen=True, slots=True)
class SessionFunctions:
    """The part of a module that stands for one session.

    Attributes:
        name: The function that runs all of it.
        calls: The calls that it makes, in order.
        parameters: What the caller may set.
        taken: Artifacts of earlier sessions that it is given: by variable, the name.
        changed: Those of these variables whose object it may change.
        is_separable: Its calls may run in processes of their own.
    """

    name: str
    calls: list[Call]
    parameters: list[Parameter]
    taken: dict[str, str]
    changed: set[str]
    is_separable: bool


@dataclass(frozen=True, slots=True)
class Module:
    """A module that makes artifacts.

    Attributes:
        definitions: What stands at module level, statement by statement: imports, constants, functions, classes.
        sessions: Its sessions, in the order in which they run.
        parameters: What the caller may set, in the order in which it was asked for.
        words: Names that are taken.
        copy: The name of the function that copies, if there is any need for it.
        helpers: Further imports.
    """

    definitions: list[Unit]
    sessions: list[SessionFunctions]
    parameters: list[Parameter]
    words: set[str]
    copy: str | None
    helpers: set[str]


def make_module(
    requests: Sequence[SessionRequest], parameters: Sequence[str] = (), *, comment_rest: bool = False
) -> Module:
    """Make a module.

    Args:
        requests: What it is to have of each session, in the order in which they are to run.
        parameters: Variables that the caller is to set.
        comment_rest: Show the statements that are not needed as comments.

    Raises:
        ParameterError: A variable cannot be a parameter.
    """
    words: set[str] = set()
    programs = [
        put_together(request.code, request.wanted, request.given, words, comment_rest=comment_rest)
        for request in requests
    ]
    copy = None
    taken: dict[str, str] = {}
    collected: list[Unit] = []
    sessions: list[SessionFunctions] = []
    found: dict[str, Parameter] = {}
    for program, request in zip(programs, requests, strict=True):
        program.copy = program.copy or copy
        given = take_from_others(program, request.find) if request.find is not None else []
        own = take_out(program, parameters)
        _check_parameters_of_one(found, own)
        found.update(own)
        sessions.append(_session(program, own, given, collected, taken))
        copy = program.copy
    _check_parameters(parameters, found, programs)
    helpers = {line for program in programs for line in program.helpers}
    return Module(collected, sessions, [found[name] for name in parameters], words, copy, helpers)


def _session(
    program: Program,
    parameters: dict[str, Parameter],
    given: Sequence[Taken],
    collected: list[Unit],
    taken: dict[str, str],
) -> SessionFunctions:
    # What reaches variables by name needs a namespace with all of them.
    at_module_level = set() if is_by_name(program) else definitions(program, taken, parameters)
    for index in sorted(at_module_level):
        unit = program.units[index]
        if unit.text not in taken.values():
            collected.append(unit)
        taken.update(dict.fromkeys(bound_names(unit), unit.text))
    set_by_caller = {(parameter.unit, name) for name, parameter in parameters.items()}
    set_by_caller |= {(one.unit.index, one.variable) for one in given}
    dependence = depend(program, at_module_level)
    division = partition(program, dependence, at_module_level | {unit for unit, _ in set_by_caller})
    separable = is_separable(program, dependence, division)
    calls = functions_and_calls(program, dependence, division, set_by_caller)
    changed = {
        one.variable
        for one in given
        if any(
            unit.changes and dependence.makers.get(unit.index, 0) >> one.unit.index & 1
            for unit in program.units
        )
    }
    if changed:
        program.copying()
    first = identifier(program.results[0].name)
    name = program.unused(f"run_session_including_{first}")
    loaded = {one.variable: one.artifact for one in given}
    return SessionFunctions(name, calls, list(parameters.values()), loaded, changed, separable)


def _check_parameters_of_one(found: Iterable[str], own: Iterable[str]) -> None:
    twice = sorted(set(found) & set(own))
    if twice:
        raise ParameterError(
            f"{twice[0]!r} cannot be a parameter: the artifacts come from several sessions, and more than one of them "
            "binds it. Make a module for each session, or give the variables different names."
        )


def _check_parameters(wanted: Sequence[str], found: Iterable[str], programs: Sequence[Program]) -> None:
    twice = sorted(name for name in set(wanted) if list(wanted).count(name) > 1)
    if twice:
        raise ParameterError(f"The parameter {twice[0]!r} is given more than once. Name each parameter once.")
    missing = [name for name in wanted if name not in set(found)]
    if missing:
        possible = [name for program in programs for name in candidates(program)]
        raise ParameterError(
            f"{missing[0]!r} cannot be a parameter: no statement that the artifacts need binds it. "
            f"What may be a parameter: {', '.join(map(repr, possible)) or 'nothing'}."
        )
