"""The one property that counts: a slice alone gives the value that the whole program gave.

``LINEAPY_PROPERTY_PROGRAMS`` says how many random programs are tried. To try very many, use the hunt:
``python -m tests.properties.hunt --programs 10000``.
"""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lineapy.tracing import budget
from lineapy.tracing.hot_loops import HotLoops
from tests.properties.generator import FEATURES, write_program
from tests.properties.hunt import program_and_targets
from tests.properties.soundness import choose_targets, find_failures, minimise, traced_session, value_of
from tests.slicing.support.interpreters import run_plain, run_traced

PROGRAMS = int(os.environ.get("LINEAPY_PROPERTY_PROGRAMS", "150"))

#: A few of the programs run in interpreters of their own, in case sharing one hides something.
FRESH = range(max(5, PROGRAMS // 20))


@settings(max_examples=PROGRAMS, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(random=st.randoms(use_true_random=False), size=st.integers(1, 20))
def test_every_slice_is_sound(random: Random, size: int) -> None:
    program = write_program(random, size)
    failures = find_failures(program, choose_targets(random, program, 3))
    assert not failures, "\n\n".join(failure.report() for failure in failures)


@pytest.mark.parametrize("rounds", [1, 3])
def test_every_slice_is_sound_with_loops_watched_for_few_rounds(
    rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HotLoops, "quiet_rounds", rounds)
    for number in range(PROGRAMS // 2):
        program, targets = program_and_targets(rounds, number)
        failures = find_failures(program, targets)
        assert not failures, "\n\n".join(failure.report() for failure in failures)


@pytest.mark.parametrize("may_walk", [True, False], ids=["the graph may", "nor the graph"])
def test_every_slice_is_sound_when_values_may_not_be_looked_at(
    may_walk: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "FREE", -1e9)
    monkeypatch.setattr(budget.Budget, "may_walk", may_walk)
    for number in range(PROGRAMS // 5):
        program, targets = program_and_targets(17, number)
        failures = find_failures(program, targets)
        assert not failures, "\n\n".join(failure.report() for failure in failures)


@pytest.mark.parametrize("number", FRESH)
def test_every_slice_is_sound_in_a_fresh_interpreter(number: int) -> None:
    program, targets = program_and_targets(7, number)
    for target in targets:
        traced = run_traced([program], target)
        assert not traced.raised, traced.tracebacks
        assert not traced.engine_error, traced.engine_error
        assert traced.value == run_plain([program], target).value, program
        alone = run_plain([traced.code], target if target.isidentifier() else "target")
        assert alone.value == traced.value, (
            f"target {target}\n---- program\n{program}\n---- slice\n{traced.code}"
        )


# The tools themselves


def test_programs_end_do_not_raise_and_come_out_the_same_again() -> None:
    for number in range(200):
        program, targets = program_and_targets(3, number, FEATURES)
        assert value_of(program, targets[0]) == value_of(program, targets[0])


def test_a_seed_gives_the_same_program_again() -> None:
    assert program_and_targets(1, 5) == program_and_targets(1, 5)
    assert program_and_targets(1, 5) != program_and_targets(2, 5)


def test_an_unsound_slice_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "a = [1]\nb = 2\nif b:\n    a.append(b)\n    c = 3\nd = 4\n"
    sliced = type(traced_session(program).slice("a"))
    monkeypatch.setattr(sliced, "code", lambda self: "a = [1]\n")
    found = find_failures(program, ["a"])
    assert [failure.kind for failure in found] == ["another value"]
    assert (
        minimise(found[0]).program == "b = 2\na = [1]\na.append(b)\n" or len(minimise(found[0]).program) < 40
    )
