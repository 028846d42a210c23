"""Cells run in any order, again, or not at all: whatever is saved then, its slice makes the same value alone.

``python -m tests.notebook.orders --orders 500 --seed 1`` tries so many orders over all notebooks. Each is run in
IPython, in a fresh process; at moments of its own choice, and at the end, variables are saved. Then the code of each
artifact is run alone, in another fresh process and an empty folder, and the values are compared.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import os
import pickle
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lineapy.verify.compare import difference
from tests.notebook.collection import NOTEBOOKS, Notebook

#: Read once, before processes are forked.
_LIBRARIES = (
    *(
        "pandas",
        "matplotlib.pyplot",
        "sqlite3",
        "sklearn.linear_model",
        "sklearn.datasets",
        "sklearn.naive_bayes",
    ),
    *(
        "sklearn.feature_extraction.text",
        "IPython.core.interactiveshell",
        "lineapy.api",
        "lineapy.session",
        "black",
    ),
)
#: No program here takes longer, in seconds.
_TIME_LIMIT = 60


@dataclass(frozen=True)
class Order:
    """Which cells of a notebook are run, by number, and behind how many of them all variables are saved."""

    notebook: Notebook
    cells: tuple[int, ...]
    saves: frozenset[int]


#: A variable that was saved: its name, its value, pickled, or None if it cannot be; and the code of its artifact. (Plain
#: data, because the child that hands it over has another ``__main__``.)
_Saved = tuple[str, bytes | None, str]


def orders(count: int, seed: int) -> Iterator[Order]:
    """Random orders, the same for the same seed.

    Half of them run the notebook from top to bottom first, or its beginning, as people do.
    """
    chance = random.Random(seed)
    notebooks = list(NOTEBOOKS.values())
    for number in range(count):
        notebook = notebooks[number % len(notebooks)]
        all_cells = range(len(notebook.cells))
        cells = list(all_cells[: chance.randint(1, len(all_cells))]) if chance.random() < 0.5 else []
        cells += chance.choices(all_cells, k=chance.randint(3, 2 * len(all_cells)))
        moments = {chance.randint(1, len(cells)), len(cells)}
        yield Order(notebook, tuple(cells), frozenset(moments))


def problems(order: Order) -> tuple[int, list[str]]:
    """Run an order, and the code of all that was saved; how many that were, and what is wrong with them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        saved = _in_child(folder, _run, order, folder)
        if isinstance(saved, str):
            return 0, [saved]
        found = []
        for artifact in saved:
            found += wrong_alone(folder, *artifact)
        return len(saved), found


def wrong_alone(folder: Path, name: str, value: bytes | None, code: str) -> list[str]:
    """What is wrong with a slice, if it is run alone in a folder, which is emptied first."""
    for left in folder.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    trouble = _in_child(folder, _wrong_alone, name, value, code)
    return [f"{name}: {trouble}\n---- its slice\n{code}"] if trouble else []


# In a process of its own


def _in_child(folder: Path, function: Callable[..., Any], *arguments: Any) -> Any:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(_TIME_LIMIT)
            os.close(reading)
            nowhere = os.open(os.devnull, os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(nowhere, number)
            os.chdir(folder)
            sys.path.insert(0, str(folder))
            sys.dont_write_bytecode = True
            try:
                answer = function(*arguments)
            except BaseException:
                answer = traceback.format_exc()
            with os.fdopen(writing, "wb") as sink:
                pickle.dump(answer, sink)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as source:
        data = source.read()
    _, status = os.waitpid(child, 0)
    return pickle.loads(data) if data else f"the process died, or took too long (status {status})"


def _fresh_main() -> types.ModuleType:
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    vars(module)["__builtins__"] = __builtins__
    return module


def _run(order: Order, folder: Path) -> list[_Saved]:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    os.environ["LINEAPY_HOME_DIR"] = str(folder / "home-of-lineapy")
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config, user_module=_fresh_main())
    saved: list[_Saved] = []
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        shell.run_cell("%load_ext lineapy")
        for done, number in enumerate(order.cells, 1):
            shell.run_cell(order.notebook.cells[number])
            if done in order.saves:
                saved += [_save(shell, name) for name in order.notebook.saves if name in shell.user_ns]
    return saved


def _save(shell: Any, name: str) -> _Saved:
    from lineapy.session import current

    session = current()
    assert session is not None
    try:
        value = pickle.dumps(shell.user_ns[name])
    except Exception:
        value = None
    return name, value, session.slice(name).code()


def _wrong_alone(name: str, value: bytes | None, code: str) -> str:
    namespace = vars(_fresh_main())
    try:
        exec(compile(code, "slice.py", "exec", dont_inherit=True), namespace)
    except BaseException:
        return "UNSOUND, the slice alone raises\n" + traceback.format_exc()
    if name not in namespace:
        return "UNSOUND, the slice alone does not make it"
    if value is None:
        return ""
    unlike = difference(pickle.loads(value), pickle.loads(pickle.dumps(namespace[name])))
    return f"UNSOUND, the slice alone makes another value: {unlike}" if unlike else ""


def prepare() -> None:
    """Read the libraries that the notebooks use."""
    for name in _LIBRARIES:
        importlib.import_module(name)


def main() -> int:
    """Try many orders, and print what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--orders", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="try the order with this number only")
    options = parser.parse_args()
    prepare()
    began, saved, wrong = time.monotonic(), 0, 0
    for number, order in enumerate(orders(options.orders, options.seed)):
        if options.only in (None, number):
            count, found = problems(order)
            saved += count
            wrong += bool(found)
            for text in found:
                print(f"==== order {number} of {order.notebook.name}: {order.cells}\n{text}", flush=True)
    print(
        f"{options.orders} orders, {saved} artifacts, {wrong} orders wrong, {time.monotonic() - began:.0f} s"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ |= {"MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    sys.exit(main())
