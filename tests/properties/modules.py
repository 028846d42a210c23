"""Ask of a program that saves several values on the way: does the module made of them return them again?"""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import pickle
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from types import ModuleType
from typing import Any

from lineapy.modules.module import SessionRequest, make_module
from lineapy.modules.program import SessionCode, Wanted
from lineapy.modules.render import module_text
from lineapy.session import Session
from tests.properties.generator import SOUND, write_program
from tests.properties.soundness import Failure, TooLongError, fresh_surroundings, time_limit
from tests.slicing.support.describe import Description, describe

#: Beginnings of the names of values that cannot be saved as they are, or that go on changing: iterators, files,
#: functions and what they enclose, generators of random numbers.
_NOT_SAVED = ("g", "h", "c", "f", "r", "q", "o", "b", "_", "w", "Node", "B", "Guard")


@dataclass
class Run:
    """A traced session with what it saved on the way: which values, as what, and as bytes if that can be."""

    code: SessionCode
    wanted: list[Wanted]
    values: list[Description]
    pickles: list[bytes | None]


def traced_run(program: str, chooser: Random, count: int) -> Run:
    """Run a program as a notebook of some cells, and choose values to save between them."""
    body = ast.parse(program).body
    lines = program.splitlines(keepends=True)
    ends = sorted(chooser.sample(range(1, len(body)), min(count, len(body) - 1)))
    session = Session.in_memory()
    wanted: list[Wanted] = []
    values: list[Description] = []
    pickles: list[bytes | None] = []
    with fresh_surroundings(), contextlib.redirect_stdout(io.StringIO()), time_limit():
        start = 0
        for end in (*ends, len(body)):
            until = len(lines) if end == len(body) else _first_line(body[end]) - 1
            session.run("".join(lines[start:until]), filename=f"<cell {end}>")
            start = until
            namespace = session.recorder._namespace
            names = sorted(
                name
                for name, value in namespace.items()
                if not name.startswith(_NOT_SAVED) and not isinstance(value, ModuleType)
            )
            if names:
                name = chooser.choice(names)
                number = len(wanted)
                value = namespace[name]
                target = session.with_surroundings(session.slice(name).target, value)
                wanted.append(Wanted(f"{name}_{number}", target))
                values.append(describe(value))
                pickles.append(_pickled(namespace[name]))
    return Run(
        SessionCode(session.recorder.graph, session.statements, session.texts), wanted, values, pickles
    )


def _pickled(value: object) -> bytes | None:
    try:
        return pickle.dumps(value)
    except Exception:  # such as a lambda: then it cannot be reused
        return None


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def find_module_failure(program: str, chooser: Random, count: int = 4) -> Failure | None:
    """What is wrong with the module made of some values of a program, if anything."""
    try:
        run = traced_run(program, chooser, count)
    except Exception:  # whatever the program raises: few do
        return None
    numbers = sorted(chooser.sample(range(len(run.wanted)), chooser.randint(1, len(run.wanted))))
    reused = {
        number for number, saved in enumerate(run.pickles) if saved is not None and chooser.random() < 0.3
    }
    loaded = {
        number: replace(one, loading=f"load_saved({one.name!r})") if number in reused else one
        for number, one in enumerate(run.wanted)
    }
    wanted = [loaded[number] for number in numbers]
    given = [loaded[number] for number in sorted(reused - set(numbers))]
    target = ", ".join(one.name + " (reused)" * (one.loading is not None) for one in (*wanted, *given))
    try:
        text = module_text(make_module([SessionRequest(run.code, wanted, given)]))
    except (Exception, TooLongError):
        return Failure(program, target, "making the module raised", "", traceback.format_exc())
    try:
        found = values_of_module(
            text, {one.name: saved for one, saved in zip(run.wanted, run.pickles, strict=True)}
        )
    except (Exception, TooLongError):
        return Failure(program, target, "the module raised", text, traceback.format_exc())
    for number in numbers:
        name = run.wanted[number].name
        if found.get(name) != run.values[number]:
            details = f"{name}: saved {run.values[number]}\nmade {found.get(name)}"
            return Failure(program, target, "another value", text, details)
    return None


def values_of_module(text: str, saved: dict[str, bytes | None]) -> dict[str, Description]:
    """The values that a module makes, run in a namespace and a directory of its own."""
    namespace: dict[str, Any] = {"__name__": "made"}
    with fresh_surroundings(), contextlib.redirect_stdout(io.StringIO()), time_limit(), _loading(saved):
        exec(compile(text, "<module>", "exec", dont_inherit=True), namespace)
        return {name: describe(value, "made") for name, value in namespace["run_all_sessions"]().items()}


@contextlib.contextmanager
def _loading(saved: dict[str, bytes | None]) -> Iterator[None]:
    """Have a builtin that loads what was saved, as modules with an ``exec`` have namespaces of their own."""
    vars(builtins)["load_saved"] = lambda name: pickle.loads(saved[name] or b"")
    try:
        yield
    finally:
        del vars(builtins)["load_saved"]


def main() -> int:
    """Try many programs."""
    import argparse

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--programs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=25)
    parser.add_argument("--features", nargs="*", default=SOUND)
    options = parser.parse_args()
    wrong = 0
    for number in range(options.programs):
        chooser = Random(options.seed * 1_000_003 + number)
        program = write_program(chooser, chooser.randint(5, options.size), options.features)
        failure = find_module_failure(program, chooser)
        if failure is not None:
            wrong += 1
            print(f"==== program {number}\n{failure.report()}", flush=True)
    print(f"{options.programs} programs, {wrong} wrong")
    return wrong > 0


if __name__ == "__main__":
    raise SystemExit(main())
