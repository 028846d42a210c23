"""Parts → functions with names, arguments and results, and the calls that hand values from one to the next."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from lineapy.modules.dependence import Dependence
from lineapy.modules.partition import Part, Partition, Value, resolve
from lineapy.modules.polish import with_unused_names_marked
from lineapy.modules.program import Program, Result, Unit
from lineapy.modules.rewording import with_nonlocal
from lineapy.slicing.edits import without_unused_lineapy
from lineapy.slicing.render import identifier


@dataclass(slots=True)
class Function:
    """A function of the module.

    Attributes:
        name: Its name.
        artifacts: The artifacts that it makes.
        users: The artifacts that need it.
        arguments: What its parameters are called, in the order of their first use.
        changes: Those of them whose objects it may change.
        statements: The text of its body, statement by statement, without the ``return``.
        returns: The variables that it returns.
        waits: It has ``await`` outside of functions.
        is_by_name: Its body needs a namespace of its own, as that of a module is.
    """

    name: str
    artifacts: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)
    changes: set[str] = field(default_factory=set)
    statements: list[str] = field(default_factory=list)
    returns: list[str] = field(default_factory=list)
    waits: bool = False
    is_by_name: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """An artifact's value, as soon as it is there.

    Attributes:
        artifact: The artifact's name.
        expression: What holds the value.
        is_copied: It has to be copied, since something changes it later.
    """

    artifact: str
    expression: str
    is_copied: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a function.

    Attributes:
        function: The function.
        arguments: The caller's variables that it is given, in the order of the function's parameters.
        targets: The caller's variables that take what it returns.
        kept: The artifacts that are there then.
    """

    function: Function
    arguments: list[str]
    targets: list[str]
    kept: list[Kept]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable that the caller sets.

    Attributes:
        name: The variable.
        default: The expression of its value in the session.
        unit: The unit that bound it.
        annotation: Its type as text, if that is known.
    """

    name: str
    default: str
    unit: int
    annotation: str | None = None


def functions_and_calls(
    program: Program,
    dependence: Dependence,
    division: Partition,
    set_by_caller: Collection[Value],
) -> list[Call]:
    """Give each part of a program a name, arguments and results, and call one after the other.

    Args:
        program: The program.
        dependence: The order among its units.
        division: Its parts.
        set_by_caller: Values that the caller of all of them has.
    """
    return _Calls(program, dependence, division, set_by_caller).calls


class _Calls:
    def __init__(
        self,
        program: Program,
        dependence: Dependence,
        division: Partition,
        set_by_caller: Collection[Value],
    ) -> None:
        self.program, self.dependence, self.division = program, dependence, division
        self.set_by_caller = {name: (unit, name) for unit, name in set_by_caller}
        #: For each value that is kept in another variable than its own, that variable.
        self.kept_as: dict[Value, str] = {}
        self.additions: dict[int, list[str]] = {}
        self.results: dict[int, Value] = {}
        self.result_part: dict[int, Part] = {}
        self._place_results()
        self.needed = self._needed_values()
        self._keep_intermediate_values()
        self.calls = [*self._given_results(), *self._calls(), *self._bare_results()]

    # -- results

    def _place_results(self) -> None:
        part_of = self.division.part_of
        for number, result in enumerate(self.program.results):
            providers = self.dependence.results[number]
            if result.variable is not None and result.variable in providers:
                value = (providers[result.variable], result.variable)
                self.results[number] = resolve(self.program, self.dependence, value)
            makers = [part_of[p] for p in providers.values() if p in part_of]
            if number in self.results and self.results[number][0] in part_of:
                makers = [part_of[self.results[number][0]]] if not self._ends_later(number) else makers
            if makers:
                order = self.division.parts.index
                self.result_part[number] = max(makers, key=order)

    def _ends_later(self, number: int) -> bool:
        """Whether a value's object is changed in later parts under other names than its own."""
        value = self.results[number]
        providers = self.dependence.results[number]
        return providers[value[1]] != value[0]

    def _needed_values(self) -> dict[Part, dict[Value, None]]:
        """For each part, the values in it that others need."""
        needed: dict[Part, dict[Value, None]] = {part: {} for part in self.division.parts}
        for value in self.results.values():  # first, as a function's artifact is what it is for
            self._need(needed, value)
        for part in self.division.parts:
            for value in part.inputs.values():
                self._need(needed, value)
        return needed

    def _need(self, needed: dict[Part, dict[Value, None]], value: Value) -> None:
        part = self.division.part_of.get(value[0])
        if part is not None:
            needed[part][value] = None

    def _keep_intermediate_values(self) -> None:
        """Values that their own part replaces, or changes, before it ends."""
        for number, value in list(self.results.items()):
            part = self.division.part_of.get(value[0])
            result = self.program.results[number]
            if (
                part is not None
                and not result.is_copied
                and (result.is_exposed or number in self.dependence.spoiled)
            ):
                self._keep_copy(number, value, part)
        for part, values in self.needed.items():
            for value in values:
                index, name = value
                if any(unit.index > index and _rebinds(unit, name) for unit in part.units):
                    variable = self.kept_as[value] = self.program.unused(f"earlier_{name}")
                    self.additions.setdefault(index, []).append(f"{variable} = {name}")

    def _keep_copy(self, number: int, value: Value, part: Part) -> None:
        """An artifact that its own part changes after it was saved is copied before that."""
        index, name = value
        last = self.dependence.results[number][name]
        if self.division.part_of[last] is not part:
            last = index
        position = self.program.results[number].position
        if not self.program.results[number].is_exposed and not any(
            self._may_change(unit, value) for unit in part.units if unit.index >= position
        ):
            return
        variable = self.program.unused(identifier(self.program.results[number].name))
        self.additions.setdefault(last, []).append(f"{variable} = {self.program.copying()}({name})")
        self.dependence.spoiled.discard(number)
        copy = (-1 - number, variable)
        self.results[number] = copy
        self.needed[part][copy] = None
        if not self._is_needed_otherwise(value):
            del self.needed[part][value]

    def _is_needed_otherwise(self, value: Value) -> bool:
        return value in self.results.values() or any(
            value in part.inputs.values() for part in self.division.parts
        )

    def _may_change(self, unit: Unit, value: Value) -> bool:
        """Whether a unit may change the object of a value, under whatever name."""
        index, name = value
        return name in unit.changes or (
            bool(unit.changes) and bool(self.dependence.makers[unit.index] >> index & 1)
        )

    # -- functions

    def _calls(self) -> Iterator[Call]:
        holder: dict[Value, str] = {value: name for name, value in self.set_by_caller.items()}
        in_use: dict[str, Value] = {name: value for value, name in holder.items()}
        last_use = self._last_uses()
        for number, part in enumerate(self.division.parts):
            function = self._function(part)
            arguments = [holder[value] for value in part.inputs.values()]
            targets = []
            for value in self.needed[part]:
                name = self.kept_as.get(value, value[1])
                taken = in_use.get(name)
                if taken is not None and last_use.get(taken, -1) > number:
                    name = self.program.unused(name)
                holder[value], in_use[name] = name, value
                targets.append(name)
            kept = [
                Kept(
                    self.program.results[n].name,
                    holder.get(self.results[n], "None") if n in self.results else "None",
                    n in self.dependence.spoiled,
                )
                for n, owner in self.result_part.items()
                if owner is part
            ]
            if any(one.is_copied for one in kept):
                self.program.copying()
            yield Call(function, arguments, targets, kept)

    def _last_uses(self) -> dict[Value, int]:
        """For each value, the last call that uses it, by position."""
        found: dict[Value, int] = {}
        for number, part in enumerate(self.division.parts):
            for value in part.inputs.values():
                found[value] = number
            for n, owner in self.result_part.items():
                if owner is part and n in self.results:
                    found[self.results[n]] = max(number, found.get(self.results[n], 0))
        return found

    def _function(self, part: Part) -> Function:
        returns = [self.kept_as.get(value, value[1]) for value in self.needed[part]]
        artifacts = [self.program.results[n].name for n, owner in self.result_part.items() if owner is part]
        users = [result.name for n, result in enumerate(self.program.results) if part.wanted >> n & 1]
        function = Function(
            name=self.program.unused(_function_name(artifacts, users, returns)),
            artifacts=artifacts,
            users=users,
            arguments=list(part.inputs),
            changes={
                name
                for name, value in part.inputs.items()
                if any(self._may_change(unit, value) for unit in part.units)
            },
            returns=returns,
            waits=any(unit.waits for unit in part.units),
            is_by_name=self.division.is_by_name,
        )
        if not self.division.is_by_name:
            function.statements += self._first_statements(part, returns)
        else:  # the body is a program of its own
            function.statements += sorted(self.program.helpers)
            if self.program.copy is not None:
                function.statements.append(copy_import(self.program.copy))
            if any(unit.kind == "Load" for unit in part.units):
                function.statements.append("import lineapy")
        for unit in part.units:
            text = unit.text if self.division.is_by_name else with_nonlocal(unit.text)
            function.statements += [*unit.left_out, text, *self.additions.get(unit.index, ())]
        if not self.division.is_by_name:
            function.statements[:] = without_unused_lineapy(function.statements)
        if not self.division.is_by_name and self._may_have_unused_names(part, returns):
            function.statements[:] = with_unused_names_marked(function.statements, returns)
        return function

    def _may_have_unused_names(self, part: Part, returns: Sequence[str]) -> bool:
        used = set(returns)
        for unit in part.units:
            used |= unit.scopes.reads | unit.scopes.late | unit.scopes.words
        return not part.binds <= used

    def _first_statements(self, part: Part, returns: Sequence[str]) -> Iterator[str]:
        """What a variable of a function has to be before the function binds it, as at module level it need not."""
        bound = set(part.inputs)
        for unit in part.units:
            for name in sorted((unit.scopes.reads | unit.scopes.late) & part.binds - bound):
                if hasattr(builtins, name):  # such as sum = sum(values)
                    yield f"from builtins import {name}"
                    bound.add(name)
            for name in sorted(unit.scopes.assigns_late - part.binds - bound):
                yield f"{name} = None"
                bound.add(name)
            for name in sorted(unit.unbound.intersection(returns) - bound):
                yield f"{name} = None"  # only code that did not run either uses it
            bound |= unit.scopes.binds

    def _bare_results(self) -> Iterator[Call]:
        """Artifacts that are functions, classes or the like at module level."""
        for number, result in enumerate(self.program.results):
            if number not in self.result_part and result.variable not in self.set_by_caller:
                variable = self.program.unused(identifier(result.name))
                yield self._bare(result, [], result.variable or "None", variable, is_copied=False)

    def _given_results(self) -> Iterator[Call]:
        """Artifacts that the caller sets; before anything may change them."""
        for number, result in enumerate(self.program.results):
            name = result.variable
            if number not in self.result_part and name is not None and name in self.set_by_caller:
                value = self.set_by_caller[name]
                is_changed = any(self._may_change(unit, value) for unit in self.program.units)
                if is_changed:
                    self.program.copying()
                yield self._bare(result, [name], name, name, is_copied=is_changed)

    def _bare(
        self, result: Result, arguments: list[str], expression: str, variable: str, *, is_copied: bool
    ) -> Call:
        name = self.program.unused(f"get_{identifier(result.name)}")
        function = Function(name, [result.name], [result.name], arguments, returns=[expression])
        return Call(function, arguments, [variable], [Kept(result.name, variable, is_copied)])


def _rebinds(unit: Unit, name: str) -> bool:
    """Whether a unit gives a variable another object, itself or by a function that it calls."""
    return name in unit.scopes.binds or (name in unit.defs and name not in unit.changes)


def copy_import(name: str) -> str:
    """The import of the function that copies, under a name."""
    return "from copy import deepcopy" + ("" if name == "deepcopy" else f" as {name}")


def _function_name(artifacts: Sequence[str], users: Sequence[str], returns: Sequence[str]) -> str:
    if artifacts:
        return "get_" + "_and_".join(map(identifier, artifacts))
    what = f"get_{'_'.join(returns)}" if returns else "prepare"
    first = identifier(users[0]) if users else "all"
    return f"{what}_for_artifact_{first}" + ("_and_downstream" if len(users) > 1 else "")
