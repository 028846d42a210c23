"""A small interpreter that waits, and forks a fresh copy of itself for each program it is asked to run.

Started once per test process as ``python -s -P zygote.py [--traced] [module ...]``. It has imported next to
nothing, so each copy is as good as an interpreter that has just started, at a tenth of the price. With ``--traced``
it imports the engine as well, and each copy runs its program in a traced session and slices it. The modules named
are big libraries that the programs import themselves, read once instead of every time.

Protocol: one request per line on standard input, one answer per line on standard output, both JSON.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import signal
import sys
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lineapy.session import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.slicing.support.describe import describe

del sys.path[0]

#: After this many seconds a program is stopped: no case is meant to take even one.
TIME_LIMIT = 60

Request = dict[str, Any]
Answer = dict[str, Any]


def run_plain(request: Request) -> Answer:
    """Run cells one after the other as CPython would, and describe what the target is then."""
    namespace = _fresh_main()
    output, raised = io.StringIO(), []
    sys.stdout = output
    for number, cell in enumerate(request["cells"]):
        try:
            exec(compile(cell, f"cell_{number}.py", "exec", dont_inherit=True), namespace)
        except BaseException as error:
            raised.append([number, type(error).__name__, traceback.format_exc()])
    return {"stdout": output.getvalue(), "raised": raised, **_value(request["target"], namespace)}


def run_traced(request: Request) -> Answer:
    """Run cells in a traced session, slice the target, then describe what it is."""
    from lineapy.effects.lookup import Knowledge
    from lineapy.session import Session
    from lineapy.tracing import budget

    budget.FREE = budget.FREE_WALKING = 30.0  # on a busy machine, too, it is not the time that decides
    output, raised = io.StringIO(), []
    sys.stdout = output
    knowledge = None if request["knowledge"] else Knowledge()
    session = Session(None, namespace=_fresh_main(), knowledge=knowledge)
    run = _in_notebook(session) if request["notebook"] else session.run
    for number, cell in enumerate(request["cells"]):
        try:
            run(cell, f"cell_{number}.py")
        except BaseException as error:
            raised.append([number, type(error).__name__, traceback.format_exc()])
    text = output.getvalue()
    answer: Answer = {"stdout": text, "raised": raised}
    try:
        sliced = session.slice(request["target"])
        answer |= {"code": sliced.code(), "explain": [list(line) for line in sliced.explain()]}
    except Exception:
        answer["engine_error"] = traceback.format_exc()
    return answer | _value(request["target"], session.namespace)


def _in_notebook(session: Session) -> Callable[[str, str], None]:
    """A function that runs cells through IPython's own runner, with the extension loaded."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    from lineapy.notebook.extension import Extension

    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.ast_node_interactivity = "none"  # plain Python shows no values either
    shell = InteractiveShell(config=config, user_module=sys.modules["__main__"])
    shell._showtraceback = lambda *_: None
    Extension(shell, session).load()

    def run(cell: str, filename: str) -> None:
        result = shell.run_cell(cell)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            raise error

    return run


def _fresh_main() -> dict[str, Any]:
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    namespace = vars(module)
    namespace["__builtins__"] = __builtins__
    return namespace


def _value(target: str, namespace: dict[str, Any]) -> Answer:
    try:
        return {"value": describe(eval(target, namespace))}
    except Exception:
        return {"value_error": traceback.format_exc()}


def _enter(folder: str | None) -> None:
    """Stand where the script lies, with its folder first on the path, as ``python script.py`` does."""
    if folder is not None:
        os.chdir(folder)
        sys.path.insert(0, folder)
    sys.argv[:] = ["script.py"]
    sys.dont_write_bytecode = True


def _answer_in_child(request: Request, pipe: int, traced: bool) -> None:
    signal.alarm(TIME_LIMIT)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    try:
        _enter(request.get("folder"))
        answer = run_traced(request) if traced else run_plain(request)
        data = json.dumps(answer)
    except BaseException:
        data = json.dumps({"harness_error": traceback.format_exc()})
    with os.fdopen(pipe, "w") as sink:
        sink.write(data)


def _serve_one(request: Request, traced: bool) -> str:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            _answer_in_child(request, writing, traced)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as source:
        data = source.read()
    _, status = os.waitpid(child, 0)
    return data or json.dumps({"harness_error": f"the interpreter died, or took too long (status {status})"})


def main() -> None:
    traced = "--traced" in sys.argv
    for name in [*sys.argv[1:], "lineapy.session", "black"] if traced else sys.argv[1:]:
        if not name.startswith("--"):
            importlib.import_module(name)
    if traced and os.environ.get("LINEAPY_TEST_NOTEBOOK") == "on":
        importlib.import_module("IPython.core.interactiveshell")
    requests, answers = sys.stdin, sys.stdout
    for line in requests:
        answers.write(_serve_one(json.loads(line), traced) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
