"""Which units must follow which: because they use what these made, or because they change what these used.

The first is flow dependence, the second anti-dependence (Kuck et al., "Dependence graphs and compiler optimizations",
1981). Between functions, rebinding a variable is none: each has variables of its own. Changing an object is.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection
from dataclasses import dataclass, field

from lineapy.modules.program import CONDITIONAL, Program, Result, Unit


@dataclass(slots=True)
class Dependence:
    """The order among a program's units.

    Attributes:
        providers: For each unit, and each name that it uses, the unit that gave the name its value.
        before: For each unit, those that must come before it.
        makers: For each unit, those that its values go back to, itself included, as bits.
        together: Pairs of units that share a variable which a function looks up later, or binds.
        captured: For each unit, names that functions in it look up later.
        results: For each result, and each name that it uses, the unit that gave the name its value.
        spoiled: Results whose object is changed after they were saved.
    """

    providers: dict[int, dict[str, int]] = field(default_factory=dict)
    before: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    makers: dict[int, int] = field(default_factory=dict)
    together: list[tuple[int, int]] = field(default_factory=list)
    captured: dict[int, set[str]] = field(default_factory=dict)
    results: list[dict[str, int]] = field(default_factory=list)
    spoiled: set[int] = field(default_factory=set)


def depend(program: Program, outside: Collection[int]) -> Dependence:
    """Find the order among units.

    Args:
        program: The program.
        outside: Units that belong to the module, by index: what they bind is always there.
    """
    return _Analysis(program, outside).found


class _Analysis:
    def __init__(self, program: Program, outside: Collection[int]) -> None:
        self.found = Dependence()
        self.units = [unit for unit in program.units if unit.index not in outside]
        self.last: dict[str, int] = {}
        self.readers: dict[str, set[int]] = defaultdict(set)
        #: Values that no variable holds any more: who gave them, and who used them.
        self.orphans: dict[int, set[int]] = defaultdict(set)
        self.late = {name for unit in self.units for name in unit.scopes.late}
        self.assigned_late: dict[str, list[int]] = defaultdict(list)
        for unit in self.units:
            for name in unit.scopes.assigns_late:
                self.assigned_late[name].append(unit.index)
        #: What a branch or loop that may bind a name leaves to it if it does not: by unit and name, who gave that.
        self.otherwise: dict[tuple[int, str], int] = {}
        self.capturing: dict[str, list[int]] = defaultdict(list)
        #: For each result, who gave their values to the variables that share objects with it, as bits.
        self.holders: dict[int, int] = {}
        #: Results that their variables do not hold any more, with their holders.
        self.orphaned_results: list[tuple[int, int]] = []
        self.holding: dict[str, list[int]] = defaultdict(list)
        results = deque(sorted(enumerate(program.results), key=lambda pair: pair[1].position))
        self.found.results = [{} for _ in program.results]
        for unit in self.units:
            while results and results[0][1].position <= unit.index:
                self._result(*results.popleft())
            for name in program.lost.get(unit.index, ()):
                if name in self.last:
                    self._lose(name)
            self._unit(unit)
        while results:
            self._result(*results.popleft())

    def _result(self, number: int, result: Result) -> None:
        for name in result.uses:
            if name in self.last:
                self.found.results[number][name] = self._provider(name)
        if result.variable is not None and not result.is_copied:
            self.holding[result.variable].append(number)
            holders = {self.last[name] for name in {result.variable, *result.shared} if name in self.last}
            self.holders[number] = sum(1 << index for index in holders)

    def _unit(self, unit: Unit) -> None:
        index = unit.index
        providers = self.found.providers[index] = {
            name: self._provider(name) for name in sorted(unit.uses) if name in self.last
        }
        makers = 1 << index
        for name, provider in providers.items():
            makers |= self.found.makers[provider]
            self.found.before[index].add(provider)
            self.readers[name].add(index)
        self.found.makers[index] = makers
        for name in sorted(self.late & providers.keys()):
            self._use_through_function(unit, name, providers[name])
        self.found.captured[index] = {name for name in unit.scopes.late if name in self.last}
        for name in self.found.captured[index]:
            provider = self._provider(name)
            providers.setdefault(name, provider)
            self.found.before[index].add(provider)
        for name in unit.scopes.late:
            self.capturing[name].append(index)
        for name in unit.defs:
            if unit.kind in CONDITIONAL and name in self.last and name not in providers:
                self.otherwise[index, name] = self.last[name]
            self._define(unit, name)

    def _provider(self, name: str) -> int:
        """Who gave a name its value; if that is a branch or loop which may not do so, it needs what was before."""
        found = provider = self.last[name]
        while (earlier := self.otherwise.pop((provider, name), None)) is not None:
            self.found.providers[provider][name] = earlier
            self.found.before[provider].add(earlier)
            self.found.makers[provider] |= self.found.makers[earlier]
            provider = earlier
        return found

    def _use_through_function(self, unit: Unit, name: str, provider: int) -> None:
        """A function that is called looks up a variable: it finds the one of the function that it was made in."""
        for maker in self.capturing[name]:
            may_call = name not in unit.scopes.mentions or self.found.makers[unit.index] >> maker & 1
            if provider > maker and may_call:
                self.found.together.append((maker, provider))

    def _define(self, unit: Unit, name: str) -> None:
        index = unit.index
        is_change = name in unit.changes or name.startswith("<")
        readers = self.readers[name] - {index}
        if is_change or name in self.late:
            self.found.before[index] |= readers
        if is_change:
            makers = self.found.makers[index]
            for orphan, users in self.orphans.items():
                if self.found.makers[orphan] & makers:
                    self.found.before[index] |= users - {index}
            self.found.spoiled.update(self.holding[name])
            self.found.spoiled.update(number for number, holders in self.orphaned_results if makers & holders)
        elif name in self.last:
            self._lose(name)
        for assigner in self.assigned_late.get(name, ()):
            self.found.together.append((assigner, index))
        self.readers[name] = set()
        self.last[name] = index

    def _lose(self, name: str) -> None:
        """A variable holds something else from now on: changes of what it held are not told under its name."""
        last = self.last[name]
        self.orphans[last] |= self.readers[name]
        self.orphaned_results += [(number, self.holders[number]) for number in self.holding.pop(name, ())]
