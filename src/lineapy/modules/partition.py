"""Units → functions: what the same values need goes together, as far as the order among units allows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from lineapy.modules.dependence import Dependence
from lineapy.modules.program import Program, Unit

#: Functions by which a program reaches variables that its text does not name.
_BY_NAME = frozenset({"exec", "eval", "globals", "locals", "vars"})
#: A value on its way between functions: the unit that made it, and the variable it is in there.
Value = tuple[int, str]


@dataclass(slots=True, eq=False)
class Part:
    """The units of one function.

    Attributes:
        units: The units, in the order in which they ran.
        inputs: For each variable that it takes, the value.
        wanted: The values that need it, a bit for each.
        binds: The variables that its units bind.
        follows: The parts that must come before it.
    """

    units: list[Unit] = field(default_factory=list)
    inputs: dict[str, Value] = field(default_factory=dict)
    wanted: int = 0
    binds: set[str] = field(default_factory=set)
    follows: set[Part] = field(default_factory=set)


@dataclass(slots=True)
class Partition:
    """A program's units, divided.

    Attributes:
        parts: In an order in which they can run.
        part_of: For each unit, by index, its part.
        is_by_name: The program reaches variables by names that it makes as it runs, so all of it is one part.
    """

    parts: list[Part]
    part_of: dict[int, Part]
    is_by_name: bool = False


def partition(program: Program, dependence: Dependence, outside: Collection[int]) -> Partition:
    """Divide a program among functions.

    Units that the same values need make one function. Where the order among units does not allow that, or where one
    variable would have to hold two values at once, it ends, and another one begins.

    Args:
        program: The program.
        dependence: The order among its units.
        outside: Units that belong to no function, by index.
    """
    units = [unit for unit in program.units if unit.index not in outside]
    _spread_wishes(program, dependence)
    units = [unit for unit in units if unit.wanted]
    keys = _keys(units, dependence)
    if is_by_name(program):
        whole = _divide(program, dependence, units, dict.fromkeys(keys, 0))
        return Partition(whole.parts, whole.part_of, is_by_name=True)
    if program.is_one:
        return _divide(program, dependence, units, dict.fromkeys(keys, 0))
    try:
        return _divide(program, dependence, units, keys)
    except _CannotDivideError:
        return _divide(program, dependence, units, dict.fromkeys(keys, 0))


def is_by_name(program: Program) -> bool:
    """Whether a program reaches variables by names that its text does not tell."""
    return any(_BY_NAME & (unit.scopes.reads | unit.scopes.late) for unit in program.units)


def resolve(program: Program, dependence: Dependence, value: Value) -> Value:
    """Who can hand a value on: a unit that changes an object need not know all variables that hold it."""
    index, name = value
    while name not in program.units[index].scopes.mentions:
        if name in program.units[index].defs - program.units[index].changes:
            break  # a function that it calls binds the variable
        earlier = dependence.providers.get(index, {}).get(name)
        if earlier is None:
            break
        index = earlier
    return index, name


def _spread_wishes(program: Program, dependence: Dependence) -> None:
    for number, uses in enumerate(dependence.results):
        for provider in uses.values():
            program.units[provider].wanted |= 1 << number
    for unit in reversed(program.units):
        for provider in dependence.providers.get(unit.index, {}).values():
            program.units[provider].wanted |= unit.wanted


def _keys(units: Iterable[Unit], dependence: Dependence) -> dict[int, int]:
    """For each unit, a number that those have in common which are to make a function."""
    keys: dict[int, int] = {unit.index: unit.wanted for unit in units}
    together = [pair for pair in dependence.together if all(index in keys for index in pair)]
    waiting = [unit.index for unit in units if unit.waits]
    together += pairwise(waiting)
    changed = bool(together)
    while changed:  # pairs are few
        changed = False
        for one, other in together:
            key = keys[one] | keys[other]
            for old in {keys[one], keys[other]} - {key}:
                changed = True
                keys.update((index, key) for index, own in keys.items() if own == old)
    bound = {keys[index] for pair in together for index in pair}
    return {index: -key if key in bound else key for index, key in keys.items()}


class _CannotDivideError(Exception):
    """Units that must stay together cannot."""


def _divide(program: Program, dependence: Dependence, units: list[Unit], keys: dict[int, int]) -> Partition:
    division = _Division(program, dependence, keys)
    for unit in units:
        division.add(unit)
    return Partition(list(_in_order(division.parts)), division.part_of)


class _Division:
    def __init__(self, program: Program, dependence: Dependence, keys: dict[int, int]) -> None:
        self.program, self.dependence, self.keys = program, dependence, keys
        self.parts: list[Part] = []
        self.part_of: dict[int, Part] = {}
        self.open: dict[int, Part] = {}

    def add(self, unit: Unit) -> None:
        key = self.keys[unit.index]
        part = self.open.get(key)
        if part is None or not self._fits(unit, part):
            if part is not None and key < 0:
                raise _CannotDivideError
            part = self.open[key] = Part()
            self.parts.append(part)
        part.units.append(unit)
        part.wanted |= unit.wanted
        part.follows |= self._earlier(unit, part)
        inputs = dict(self._inputs(unit, part))
        for name in in_order_of_use(inputs, unit.text) if len(inputs) > 1 else inputs:
            part.inputs.setdefault(name, inputs[name])
        part.binds |= unit.scopes.binds
        self.part_of[unit.index] = part

    def _fits(self, unit: Unit, part: Part) -> bool:
        for name, value in self._inputs(unit, part):
            if name in part.binds or part.inputs.get(name, value) != value:
                return False
        return not any(_follows(earlier, part) for earlier in self._earlier(unit, part))

    def _earlier(self, unit: Unit, part: Part) -> set[Part]:
        found = {self.part_of[index] for index in self.dependence.before[unit.index] if index in self.part_of}
        return found - {part}

    def _inputs(self, unit: Unit, part: Part) -> Iterator[tuple[str, Value]]:
        """The variables that a unit takes from outside of a part."""
        captured = self.dependence.captured[unit.index]
        for name, provider in self.dependence.providers[unit.index].items():
            if name.startswith("<") or not (name in unit.scopes.mentions or name in captured):
                continue
            value = resolve(self.program, self.dependence, (provider, name))
            if self.part_of.get(value[0]) is not part:
                yield name, value


def in_order_of_use(names: Iterable[str], text: str) -> list[str]:
    """Names in the order in which a text first has them; those that it does not have come last.

    Example:
        >>> in_order_of_use(["a", "b", "c"], "print(c + a)")
        ['c', 'a', 'b']
    """

    def position(name: str) -> int:
        found = re.search(rf"(?<![\w.]){name}\b", text)
        return found.start() if found is not None else len(text)

    return sorted(names, key=position)


def _follows(later: Part, earlier: Part) -> bool:
    pending, seen = [later], {later}
    while pending:
        part = pending.pop()
        if part is earlier:
            return True
        pending += part.follows - seen
        seen |= part.follows
    return False


def _in_order(parts: list[Part]) -> Iterator[Part]:
    """Each part behind those that it follows; otherwise in the order in which they began."""
    done: set[Part] = set()
    pending = list(parts)
    while pending:
        ready = next(part for part in pending if part.follows <= done)
        pending.remove(ready)
        done.add(ready)
        yield ready
