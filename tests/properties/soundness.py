"""Ask of a program: is each slice of it sound? Everything happens in this process, in fresh namespaces."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import random
import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from random import Random
from types import CodeType, FrameType
from typing import Any

from lineapy.session import Session
from tests.slicing.support.describe import Description, describe

#: A file system in memory, if there is one.
_MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None

#: Seconds after which a program counts as one that does not end, and the same while one is made small: without a
#: statement or two, many a loop is endless.
TIME_LIMIT = 20.0
SHORT_TIME_LIMIT = 0.7


@dataclass(frozen=True)
class Failure:
    """A slice that is not sound, or a run that is not what Python does."""

    program: str
    target: str
    kind: str
    code: str
    details: str

    def report(self) -> str:
        """Everything one needs to see."""
        parts = [f"{self.kind}, target {self.target!r}", f"---- program\n{self.program}"]
        parts += [f"---- slice\n{self.code}", f"---- details\n{self.details}"]
        return "\n".join(parts)


class TooLongError(BaseException):
    """The program did not end in time. Not an `Exception`, or the program itself would handle it."""


@contextlib.contextmanager
def time_limit(seconds: float = TIME_LIMIT) -> Iterator[None]:
    """Stop a program that takes that much of the processor: an unsound slice of a loop may not end."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@lru_cache(maxsize=8)
def _compiled(program: str) -> CodeType:
    return compile(program, "<program>", "exec", dont_inherit=True)


@contextlib.contextmanager
def fresh_surroundings() -> Iterator[None]:
    """An empty current directory, and generators of random numbers in a state that nobody has seen before."""
    before = os.getcwd()
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
    with tempfile.TemporaryDirectory(dir=_MEMORY, ignore_cleanup_errors=True) as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def value_of(program: str, expression: str, seconds: float = TIME_LIMIT) -> Description:
    """What an expression is after a program ran in a namespace and a directory of its own."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with fresh_surroundings(), contextlib.redirect_stdout(io.StringIO()), time_limit(seconds):
        exec(_compiled(program), namespace)
        return describe(eval(expression, namespace))


def traced_session(program: str) -> Session:
    """Run a program in a traced session."""
    session = Session.in_memory()
    with fresh_surroundings(), contextlib.redirect_stdout(io.StringIO()), time_limit():
        session.run(program, filename="<program>")
    return session


def variables(program: str) -> list[str]:
    """The variables a program leaves behind, closed files excepted."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with fresh_surroundings(), contextlib.redirect_stdout(io.StringIO()), time_limit():
        exec(_compiled(program), namespace)
    return sorted(name for name in namespace if not re.match(r"__|h\d", name))


def choose_targets(chooser: Random, program: str, count: int) -> list[str]:
    """Some variables, and one pair: sharing between two variables must come out right as well."""
    names = variables(program)
    chosen = chooser.sample(names, min(count, len(names)))
    if len(names) > 1:
        one, two = chooser.sample(names, 2)
        chosen.append(f"[{one}, {two}]")
    return chosen


@cache
def statements_in(program: str) -> int:
    """How many statements a program has, ``pass`` not counted."""
    nodes = ast.walk(ast.parse(program))
    return sum(isinstance(node, ast.stmt) and not isinstance(node, ast.Pass) for node in nodes)


def find_failures(program: str, targets: list[str]) -> list[Failure]:
    """Every slice of these targets that is wrong."""
    try:
        session = traced_session(program)
    except (Exception, TooLongError) as error:
        return [Failure(program, target, "the traced run raised", "", repr(error)) for target in targets[:1]]
    failures = [find_failure(session, program, target) for target in targets]
    return [failure for failure in failures if failure is not None]


def find_failure(session: Session, program: str, target: str) -> Failure | None:
    """What is wrong with the slice of one target, if anything."""
    expected = value_of(program, target)
    try:
        code = session.slice(target).code()
    except (Exception, TooLongError) as error:
        return Failure(program, target, "slicing raised", "", repr(error))
    try:
        actual = value_of(code, target if target.isidentifier() else "target")
    except (Exception, TooLongError) as error:
        return Failure(program, target, "the slice raised", code, repr(error))
    if actual != expected:
        return Failure(program, target, "another value", code, f"whole {expected}\nslice {actual}")
    longest = statements_in(program) + (not target.isidentifier())
    if statements_in(code) > longest:
        return Failure(program, target, "the slice is longer than the script", code, "")
    return None


# Making a failing program small


def minimise(failure: Failure) -> Failure:
    """Delete statements, many at a time at first, as long as the slice of the target stays wrong in the same way."""
    before = None
    while before != failure:
        before = failure
        for length in (32, 8, 2, 1):
            failure = _shrink(failure, length)
        failure = _shrink(failure, 0)
    return failure


def _shrink(failure: Failure, length: int) -> Failure:
    """One pass over all places: without ``length`` statements; for 0, with a block's contents instead of it."""
    place = 0
    while (candidate := _without(failure.program, place, length)) is not None:
        found = _still_wrong(candidate, failure) if candidate else None
        if found is None:
            place += 1
        else:
            failure = found
    return failure


def _still_wrong(candidate: str, failure: Failure) -> Failure | None:
    try:
        value_of(candidate, failure.target, SHORT_TIME_LIMIT)
        found = find_failures(candidate, [failure.target])
    except (Exception, TooLongError):  # without that statement it is no program that runs
        return None
    return found[0] if found and found[0].kind == failure.kind else None


def _without(program: str, place: int, length: int) -> str | None:
    """The program changed at a place: empty if it cannot be, None if there is no such place."""
    tree = ast.parse(program)
    step = max(1, length // 2)
    places = [(block, start) for block in _blocks(tree) for start in range(0, len(block), step)]
    if place >= len(places):
        return None
    block, start = places[place]
    if length == 0:
        inner = getattr(block[start], "body", None)
        if not isinstance(inner, list) or isinstance(block[start], ast.FunctionDef | ast.ClassDef):
            return ""
        block[start : start + 1] = inner
    else:
        del block[start : start + length]
    return _text(tree)


def _blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody", "handlers"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                yield block


def _text(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and not body and node is not tree:
            body.append(ast.Pass())
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"
