"""Whether a session's functions may run in processes of their own, handing each other nothing but copies of values.

In one process, functions share objects, the random generators' state and the rest of what no variable holds. What a
program owes to that gets lost between processes.
"""

from __future__ import annotations

from lineapy.modules.dependence import Dependence
from lineapy.modules.partition import Partition, resolve
from lineapy.modules.program import Program


def is_separable(program: Program, dependence: Dependence, division: Partition) -> bool:
    """Whether each part of a program makes the same values from copies of what it takes.

    Args:
        program: The program.
        dependence: The order among its units.
        division: Its parts.
    """
    bound = {name for result in program.results for name in result.bound}
    return _results_are_handed_on(program, dependence, division) and all(
        _is_separable(index, program, dependence, division, bound) for index in division.part_of
    )


def _is_separable(
    index: int, program: Program, dependence: Dependence, division: Partition, bound: set[str]
) -> bool:
    unit, part = program.units[index], division.part_of[index]
    changed_inputs = 0
    for name, provider in dependence.providers[index].items():
        source = division.part_of.get(provider)
        if source is None or source is part:
            continue
        if (
            name.startswith("<")
            or name in bound
            or not _is_handed_on(program, dependence, division, provider, name)
        ):
            return False
        changed_inputs += name in unit.changes
    return changed_inputs < 2  # two copies of what was one object


def _results_are_handed_on(program: Program, dependence: Dependence, division: Partition) -> bool:
    return all(
        _is_handed_on(program, dependence, division, providers[result.variable], result.variable)
        for result, providers in zip(program.results, dependence.results, strict=True)
        if result.variable in providers
    )


def _is_handed_on(
    program: Program, dependence: Dependence, division: Partition, provider: int, name: str
) -> bool:
    """Whether who changed a value last, is also who hands it on: not one that only had the same object."""
    value, _ = resolve(program, dependence, (provider, name))
    return division.part_of.get(value) is division.part_of.get(provider)
