"""Scripts that save several artifacts, and what the modules made of them have to return."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lineapy
from lineapy.api import store_of_session
from lineapy.pipeline import Pipeline
from lineapy.session import Session
from tests.slicing.support.describe import Description, describe
from tests.slicing.support.interpreters import run_plain

NEW_SESSION = "=== another session\n"
NEW_CELL = "--- another cell\n"


def trace(script: str) -> None:
    """Run sessions of cells, traced, with the test's own store."""
    for session_text in script.split(NEW_SESSION):
        session = Session(store_of_session())
        for number, cell in enumerate(session_text.split(NEW_CELL)):
            with contextlib.suppress(ZeroDivisionError):  # a cell may fail; the notebook goes on
                session.run(cell, f"<cell {number}>")


def saved_values(probes: dict[str, str]) -> dict[str, Description]:
    """What was saved, by name."""
    found = {artifact.name: artifact for artifact in lineapy.artifact_store().artifacts}
    return {name: _described(name, artifact.get_value(), probes) for name, artifact in found.items()}


def _described(name: str, value: Any, probes: dict[str, str]) -> Description:
    if name in probes:  # what a function or class does, not how it is made
        return describe(eval(probes[name], {"value": value}))
    return describe(value)


def definition(artifacts: Sequence[str], reuse: Sequence[str] = (), parameters: Sequence[str] = ()) -> str:
    """The text of a module."""
    return Pipeline.of(store_of_session(), list(artifacts)).module_definition(parameters, list(reuse))


def values_of(text: str, probes: dict[str, str], folder: Path) -> dict[str, Description]:
    """What a module makes, run in a namespace and an empty folder of its own."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    program = text.replace('if __name__ == "__main__":\n', "if False:\n")
    with _in(folder):
        exec(compile(program, "<module>", "exec", dont_inherit=True), namespace)
        values = namespace["run_all_sessions"]()
        return {name: _described(name, value, probes) for name, value in values.items()}


def values_alone(
    text: str, names: Sequence[str], probes: dict[str, str], folder: Path
) -> dict[str, Description]:
    """The same in a fresh interpreter, without LineaPy."""
    program = text.replace('if __name__ == "__main__":\n', "if False:\n") + "\n_made = run_all_sessions()\n"
    folder.mkdir()
    found = {}
    for name in names:
        outcome = run_plain(
            [program], f"(lambda value: {probes.get(name, 'value')})(_made[{name!r}])", folder
        )
        assert outcome.value is not None, f"{outcome.raised}{outcome.value_error}\n{text}"
        found[name] = outcome.value
    return found


@contextmanager
def _in(folder: Path) -> Iterator[None]:
    before = os.getcwd()
    folder.mkdir(exist_ok=True)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


#: Of so many artifacts at most, every choice is tried; of more, as many choices as these have.
_FEW = 4


def subsets(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Choices of at least one name: every one of a few names, else some, which are always the same."""
    every = [chosen for size in range(1, len(names) + 1) for chosen in itertools.combinations(names, size)]
    if len(names) <= _FEW:
        return every
    return [*random.Random(len(names)).sample(every[:-1], 2**_FEW - 2), every[-1]]


def check(script: str, tmp_path: Path, *, skip: Sequence[str] = (), **probes: str) -> str:
    """Every choice of artifacts, with and without others reused, makes what was saved.

    Args:
        script: Cells and sessions that save artifacts.
        tmp_path: A folder for the test.
        skip: Artifacts whose values are not compared: what they are is in files.
        **probes: For functions and classes, an expression over ``value`` that is compared instead.

    Returns:
        The text of the module that makes all of them.
    """
    with _in(tmp_path / "traced"):
        trace(script)
    saved = saved_values(probes)
    names = list(saved)
    for number, chosen in enumerate(subsets(names)):
        for reuse in dict.fromkeys([(), *((name,) for name in names), tuple(names)]):
            if any(name not in chosen and not _shares_session(name, chosen) for name in reuse):
                continue
            text = definition(chosen, reuse)
            made = values_of(text, probes, tmp_path / f"run-{number}")
            assert sorted(made) == sorted(chosen), text
            for name in chosen:
                if name not in skip:
                    assert made[name] == saved[name], f"{name}, with {reuse} reused:\n{text}"
    check_slices(tmp_path / "slices", skip, probes)
    text = definition(names)
    alone = values_alone(text, [name for name in names if name not in skip], probes, tmp_path / "alone")
    for name, value in alone.items():
        assert value == saved[name], f"{name}, in a fresh interpreter:\n{text}"
    return text


def check_slices(folder: Path, skip: Sequence[str], probes: dict[str, str]) -> None:
    """The slice of every version of every artifact makes its value, in a fresh interpreter."""
    for number, artifact in enumerate(lineapy.artifact_store().artifacts):
        if artifact.name not in skip:
            place = folder / str(number)
            place.mkdir(parents=True)
            code = artifact.get_code(use_lineapy_serialization=False)
            wanted = f"(lambda value: {probes.get(artifact.name, 'value')})({artifact.variable})"
            if "lineapy" in code:  # it loads other artifacts
                with _in(place):
                    exec(
                        compile(code, "<slice>", "exec", dont_inherit=True),
                        loaded := {"__name__": "__main__"},
                    )
                    assert describe(eval(wanted, loaded)) == _described(
                        artifact.name, artifact.get_value(), probes
                    )
                continue
            outcome = run_plain([code], wanted, place)
            value = _described(artifact.name, artifact.get_value(), probes)
            assert outcome.value == value, f"{artifact.name}: {outcome.raised}{outcome.value_error}\n{code}"


def _shares_session(name: str, chosen: Sequence[str]) -> bool:
    sessions = {artifact.name: artifact._record.session_id for artifact in lineapy.artifact_store().artifacts}
    return sessions[name] in {sessions[other] for other in chosen}
