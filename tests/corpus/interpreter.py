"""Runs the scripts of the corpus in fresh interpreters: plainly, or traced and sliced.

This file is both sides. As a program, ``python interpreter.py [--traced] module ...``, it imports the libraries that
scripts use, and then forks a fresh copy of itself for each script: importing them takes longer than running a script.
Values travel as pickles, as in `lineapy.verify`; a plain copy never imports LineaPy.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import json
import os
import signal
import sys
import traceback
import types
from pathlib import Path
from typing import Any

#: After this many seconds a script is stopped.
TIME_LIMIT = 100

Request = dict[str, Any]
Answer = dict[str, Any]


# As a program


def run(request: Request, traced: bool) -> Answer:
    """Run cells one after the other, pickle the targets, and slice them if the run is traced."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    namespace = vars(module)
    namespace["__builtins__"] = __builtins__
    output, raised = io.StringIO(), []
    sys.stdout = output
    session = None
    if traced:
        from lineapy.session import Session
        from lineapy.tracing import budget, hot_loops

        # On a busy machine, too, it is not the time that decides.
        budget.FREE = budget.FREE_WALKING = hot_loops._LONG = request["budget"]
        session = Session(None, namespace=namespace)
    for number, cell in enumerate(request["cells"]):
        try:
            if session is not None:
                session.run(cell, filename=f"cell_{number}.py")
            else:
                exec(compile(cell, f"cell_{number}.py", "exec", dont_inherit=True), namespace)
        except BaseException as error:
            raised.append((type(error).__name__, traceback.format_exc()))
    text = output.getvalue()
    sys.stdout = io.StringIO()
    slices = [] if session is None else [_slice(session, target) for target in request["targets"]]
    errors = [_pickle(target, namespace, Path(path)) for target, path in request["values"]]
    return {"stdout": text, "raised": raised, "slices": slices, "errors": errors}


def _slice(session: Any, target: str) -> Answer:
    try:
        sliced = session.slice(target)
        kept = [(sliced.statements[number].source, sliced.statements[number].line) for number in sliced.kept]
        return {"code": sliced.code(), "kept": kept, "explain": sliced.explain()}
    except Exception:
        return {"error": traceback.format_exc()}


def _pickle(target: str, namespace: dict[str, Any], path: Path) -> str:
    import cloudpickle

    try:
        path.write_bytes(cloudpickle.dumps(eval(target, namespace)))
    except Exception:
        return traceback.format_exc()
    return ""


def _serve_one(request: Request, traced: bool) -> str:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            signal.alarm(TIME_LIMIT)
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, 0)
            os.dup2(nowhere, 1)
            os.chdir(request["folder"])
            sys.path.insert(0, request["folder"])
            sys.argv[:] = ["script.py"]
            with os.fdopen(writing, "w") as sink:
                sink.write(json.dumps(run(request, traced)))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as source:
        data = source.read()
    _, status = os.waitpid(child, 0)
    return data or json.dumps({"died": f"the interpreter died, or took too long (status {status})"})


def main() -> None:
    """Serve requests, one a line on standard input, with one answer a line on standard output."""
    traced = "--traced" in sys.argv
    for name in [*(["lineapy.session", "black"] if traced else []), "cloudpickle", *sys.argv[1:]]:
        if not name.startswith("--") and importlib.util.find_spec(name.partition(".")[0]) is not None:
            importlib.import_module(name)
    requests, answers = sys.stdin, sys.stdout
    for line in requests:
        answers.write(_serve_one(json.loads(line), traced) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
