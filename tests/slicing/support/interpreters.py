"""Run programs in fresh interpreters: plainly, or traced and sliced."""

from __future__ import annotations

import atexit
import importlib.util
import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.slicing.support.describe import Description

_ZYGOTE = Path(__file__).with_name("zygote.py")
#: By a word in the program, the biggest library first.
_PRELOADED = {
    "matplotlib": ("matplotlib.pyplot", "matplotlib.backends.backend_agg"),
    "torch": ("torch",),
    "sklearn": ("sklearn.ensemble", "sklearn.linear_model", "sklearn.model_selection", "sklearn.pipeline"),
    "pandas": ("pandas",),
    "numpy": ("numpy",),
}
#: Libraries that a test environment may lack: those above, and the heavy ones of `make test-knowledge`.
_OPTIONAL = {*_PRELOADED, "catboost", "cv2", "keras", "lightgbm", "polars", "tensorflow", "xgboost"}
_IMPORT = re.compile(r"^\s*(?:import|from) (\w+)", re.MULTILINE)
#: Set to "off", it makes traced sessions know nothing of what library calls do.
KNOWLEDGE = "LINEAPY_TEST_KNOWLEDGE"
#: Set to "on", it makes traced sessions run their cells in IPython.
NOTEBOOK = "LINEAPY_TEST_NOTEBOOK"
_SOURCES = Path(__file__).resolve().parents[3] / "src"


@dataclass(frozen=True)
class Outcome:
    """What came of running a program: its output, its uncaught exceptions by cell, and the target's value."""

    stdout: str
    raised: tuple[str, ...]
    tracebacks: tuple[str, ...]
    value: Description | None
    value_error: str = ""
    code: str = ""
    explain: tuple[tuple[str, str], ...] = field(default=())
    engine_error: str = ""


def run_plain(cells: list[str], target: str, folder: Path | None = None) -> Outcome:
    """Run cells in one fresh interpreter that knows nothing of LineaPy."""
    return _outcome(_ask(False, cells, target, folder))


def run_traced(cells: list[str], target: str, folder: Path | None = None) -> Outcome:
    """Run cells in a traced session of a fresh interpreter, and slice the target."""
    return _outcome(_ask(True, cells, target, folder))


def missing_library(cells: list[str]) -> str:
    """The library that the cells are about, if it is not installed here; an empty text if nothing is missing."""
    program = "\n".join(cells)
    libraries = [next(iter(_libraries(program)), "").partition(".")[0], *_IMPORT.findall(program)]
    missing = [name for name in libraries if name in _OPTIONAL and importlib.util.find_spec(name) is None]
    return next(iter(missing), "")


def knows_libraries() -> bool:
    """Whether traced sessions know what library calls do."""
    return os.environ.get(KNOWLEDGE) != "off"


def _ask(traced: bool, cells: list[str], target: str, folder: Path | None) -> dict[str, Any]:
    request = {
        "cells": cells,
        "target": target,
        "folder": None if folder is None else str(folder),
        "knowledge": knows_libraries(),
        "notebook": os.environ.get(NOTEBOOK) == "on",
    }
    server = _server(traced, _libraries("\n".join(cells)))
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(request) + "\n")
    server.stdin.flush()
    line = server.stdout.readline()
    if not line:
        raise RuntimeError(f"the waiting interpreter ended ({'traced' if traced else 'plain'})")
    answer: dict[str, Any] = json.loads(line)
    if "harness_error" in answer:
        raise RuntimeError(answer["harness_error"])
    return answer


def _libraries(program: str) -> tuple[str, ...]:
    """Modules to have read before the program starts: importing scikit-learn takes longer than all else."""
    return next((modules for name, modules in _PRELOADED.items() if name in program), ())


@cache
def _server(traced: bool, libraries: tuple[str, ...]) -> subprocess.Popen[str]:
    # -I would also switch off PYTHONHASHSEED, without which the order of sets differs between interpreters.
    command = [sys.executable, "-s", "-P", str(_ZYGOTE), *(["--traced"] if traced else []), *libraries]
    server = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment(traced), cwd="/"
    )
    atexit.register(_stop, server)
    return server


def _environment(traced: bool) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    threads = {"MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    path = {"PYTHONPATH": str(_SOURCES)} if traced else {}
    quiet = {"PYTHONHASHSEED": "0", "PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "1"}
    return kept | threads | path | quiet


def _stop(server: subprocess.Popen[str]) -> None:
    assert server.stdin is not None
    with suppress(BrokenPipeError):  # it has ended by itself, and a test has said so
        server.stdin.close()
    server.wait(timeout=10)


def _outcome(answer: dict[str, Any]) -> Outcome:
    return Outcome(
        stdout=answer["stdout"],
        raised=tuple(f"{number}: {name}" for number, name, _ in answer["raised"]),
        tracebacks=tuple(text for _, _, text in answer["raised"]),
        value=answer.get("value"),
        value_error=answer.get("value_error", ""),
        code=answer.get("code", ""),
        explain=tuple((line, reason) for line, reason in answer.get("explain", ())),
        engine_error=answer.get("engine_error", ""),
    )
