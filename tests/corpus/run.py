"""Runs a script of the corpus in all ways, and says what is wrong."""

from __future__ import annotations

import atexit
import json
import os
import pickle
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from lineapy.verify.compare import difference
from tests.corpus.script import Script, Target

_PROGRAM = Path(__file__).with_name("interpreter.py")
_SOURCES = Path(__file__).resolve().parents[2] / "src"
#: Read once by the waiting interpreters: what of the libraries takes long to import, by the library's name.
_PRELOADED = {
    "torch": ("torch",),
    "sklearn": (
        *("sklearn.ensemble", "sklearn.linear_model", "sklearn.model_selection", "sklearn.pipeline"),
        *("sklearn.cluster", "sklearn.decomposition", "sklearn.feature_extraction.text", "sklearn.datasets"),
        *("sklearn.compose", "sklearn.preprocessing", "sklearn.metrics", "sklearn.naive_bayes", "pandas"),
        "matplotlib.pyplot",
    ),
    "matplotlib": ("seaborn", "matplotlib.pyplot", "pandas"),
    "pandas": ("pandas",),
    "numpy": ("pandas",),
}


def problems(script: Script, folder: Path, *, blind: bool = False) -> list[str]:
    """Run a script plainly and traced, and its slices alone; empty if all is as it should be.

    Args:
        script: The script.
        folder: Where to work.
        blind: Let the engine look at no value, and only ask whether the slices are sound.
    """
    for traced_too in (False, True):
        _server(traced_too, _libraries(script))  # both start at the same time
    wanted = [target.expression for target in script.targets]
    plain = _run(script, False, script.texts, wanted, folder / "plain")
    traced = _run(script, True, script.texts, wanted, folder / "traced", blind=blind)
    if [name for name, _ in plain["raised"]] != list(script.raises):
        return [f"the script itself is wrong:\n{plain['raised']}"]
    found = []
    if [name for name, _ in traced["raised"]] != list(script.raises):
        found.append(f"the traced run raised\n{traced['raised']}")
    if traced["stdout"] != plain["stdout"]:
        found.append(
            f"the traced run printed something else:\n{traced['stdout']}\n-- instead of\n{plain['stdout']}"
        )
    for number, target in enumerate(script.targets):
        if plain["errors"][number]:
            return [f"the script itself is wrong:\n{plain['errors'][number]}"]
        values = [_value(folder / which, number) for which in ("plain", "traced")]
        if traced["errors"][number] or (unlike := difference(*values)):
            found.append(
                f"{target.letter}: the traced run made another value\n{traced['errors'][number] or unlike}"
            )
        wrong = _wrong_with_slice(script, target, values[0], traced["slices"][number], folder / target.letter)
        found += [text for text in wrong if "UNSOUND" in text or not blind]
    return found


def _wrong_with_slice(script: Script, target: Target, value: object, sliced: Any, folder: Path) -> list[str]:
    if "error" in sliced:
        return [f"{target.letter}: slicing raised\n{sliced['error']}"]
    found = []
    alone = _run(script, False, [sliced["code"]], [target.result], folder)
    trouble = alone["raised"][0][1] if alone["raised"] else alone["errors"][0]
    unsound = trouble or difference(value, _value(folder, 0))
    if unsound:
        found.append(
            f"{target.letter}: UNSOUND, the slice alone does not make {target.expression}:\n{unsound}"
        )
    kept = {(cell, line) for cell, line in sliced["kept"]}
    too_much = {place for place in kept if script.mark(target, place) == " "}
    mended = {place for place in script.statements - kept if script.mark(target, place) == "!"}
    compared = _side_by_side(script, target, sliced)
    if too_much or (
        os.environ.get("CORPUS_EXACT") and (kept ^ _expected(script, target)) - _either(script, target)
    ):
        found.append(f"{target.letter}: the slice of {target.expression} is not the one marked:\n{compared}")
    elif mended:
        found.append(f"{target.letter}: no miss any more:\n{compared}")
    elif unsound:
        found.append(compared)
    return found


def is_too_long(problem: str) -> bool:
    """Whether a problem is no more than a slice that keeps more than its marks."""
    return "is not the one marked" in problem.splitlines()[0]


def _expected(script: Script, target: Target) -> set[tuple[int, int]]:
    return {place for place in script.statements if script.mark(target, place) in (target.letter, "!")}


def _either(script: Script, target: Target) -> set[tuple[int, int]]:
    return {place for place in script.statements if script.mark(target, place) == "?"}


def _side_by_side(script: Script, target: Target, sliced: Any) -> str:
    """The lines that are marked (first column) or kept (second column), with the reason where they differ."""
    reasons = {
        (cell, at): why for (cell, at), (_, why) in zip(sliced["kept"], sliced["explain"], strict=False)
    }
    lines = []
    for number, cell in enumerate(script.cells):
        for at, line in enumerate(cell, 1):
            place = (number, at)
            if place in script.statements:
                mark, kept = script.mark(target, place), place in reasons
                differs = mark != "?" and (mark != " ") != kept
                if differs or kept:
                    shown = f"{'->' if differs else '  '} {mark} {'+' if kept else ' '} | {line.text}"
                    lines.append(shown + (f"    # {reasons.get(place, 'not kept')}" if differs else ""))
    return "\n".join(lines)


def _value(folder: Path, number: int) -> object:
    path = folder / f"{number}.pickle"
    return pickle.loads(path.read_bytes()) if path.exists() else None


def _run(
    script: Script, traced: bool, cells: list[str], targets: list[str], folder: Path, *, blind: bool = False
) -> Any:
    """Run cells in a fresh folder that holds the script's input files and nothing else."""
    work = folder / "work"
    if script.inputs.exists():
        shutil.copytree(script.inputs, work)
    else:
        work.mkdir(parents=True)
    values = [(target, str(folder / f"{number}.pickle")) for number, target in enumerate(targets)]
    budget = -1e9 if blind else 1e3  # seconds: slices are not to depend on how busy the machine is
    request = {"cells": cells, "targets": targets, "values": values, "folder": str(work), "budget": budget}
    server = _server(traced, _libraries(script))
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(request) + "\n")
    server.stdin.flush()
    answer = json.loads(server.stdout.readline() or '{"died": "the waiting interpreter ended"}')
    if "died" in answer:
        raise RuntimeError(answer["died"])
    return answer


def _libraries(script: Script) -> tuple[str, ...]:
    text = "\n".join(script.texts)
    return next((modules for name, modules in _PRELOADED.items() if name in text), ())


@cache
def _server(traced: bool, libraries: tuple[str, ...]) -> subprocess.Popen[str]:
    command = [sys.executable, "-s", "-P", str(_PROGRAM), *(["--traced"] if traced else []), *libraries]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    # The order of sets differs between interpreters without a hash seed.
    fixed = {
        "PYTHONHASHSEED": "0",
        "PYTHONWARNINGS": "ignore",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "Agg",
    }
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    path = {"PYTHONPATH": str(_SOURCES)} if traced else {}
    server = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=kept | fixed | threads | path,
        cwd="/",
    )
    atexit.register(_stop, server)
    return server


def _stop(server: subprocess.Popen[str]) -> None:
    assert server.stdin is not None
    server.stdin.close()
    server.wait(timeout=10)
