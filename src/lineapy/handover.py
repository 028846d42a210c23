"""Hand a script over to Python: with hooks compiled in, but with nothing of ours beneath it.

A script that is run by ``exec`` is not alone: our frames lie beneath its own, where ``traceback.print_stack()``,
``warnings.warn(stacklevel=2)``, ``inspect.stack()``, a debugger and the recursion limit find them, and what Python does
after a program's last statement (exit status, ``sys.excepthook``, death by the signal of Ctrl-C) has to be imitated.
Python itself, however, runs a file of *compiled* code just as it runs a script. So the process becomes, by ``exec(2)``,
``python compiled.pyc arguments…``, where the code is the script's with hooks, and begins by calling `begin`.

Whatever is wrong with the script itself, as a missing file or a syntax error, Python is left to say.
"""

from __future__ import annotations

import ast
import atexit
import importlib.util
import marshal
import os
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import TYPE_CHECKING, NoReturn

import lineapy
from lineapy.depth import deep
from lineapy.script import absolute, decoded, folder_of, read_script
from lineapy.tracing.program import rewritten
from lineapy.tracing.rewrite import is_hook

if TYPE_CHECKING:
    from lineapy.session import Session


def hand_over(
    path: str, arguments: Sequence[str], *, connect: bool = False, annotations: str | None = None
) -> None:
    """Let Python run a script, traced. Returns only if that is not possible on this system.

    Args:
        path: The script.
        arguments: What it finds in ``sys.argv`` behind its own path.
        connect: Whether the database is to be opened before the script begins, and not at its first save.
        annotations: The folder with the user's own knowledge files.
    """
    if os.name != "posix" or not sys.executable:
        return
    try:
        content = read_script(absolute(path))
    except OSError:
        _become(path, arguments)
    try:
        with warnings.catch_warnings(record=True) as found:
            code = compile_with_start(path, content, connect=connect, annotations=annotations)
    except Exception:
        if _is_program(content, absolute(path)):
            raise  # the fault is ours
        _become(path, arguments)
    for warning in found:
        warnings.showwarning(warning.message, warning.category, warning.filename, warning.lineno)
    try:
        compiled = os.path.join(tempfile.mkdtemp(prefix="lineapy-"), "script.pyc")
        with open(compiled, "wb") as file:
            file.write(importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(code))
    except OSError:
        return  # no place for temporary files
    _become(compiled, arguments)


def _become(program: str, arguments: Sequence[str]) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]  # as multiprocessing does
    os.execv(sys.executable, [sys.executable, *flags, program, *arguments])  # noqa: S606


def _is_program(content: bytes, file: str) -> bool:
    try:
        with warnings.catch_warnings(record=True):
            compile(content, file, "exec", dont_inherit=True)
    except Exception:
        return False
    return True


def compile_with_start(
    path: str, content: bytes, *, connect: bool = False, annotations: str | None = None
) -> CodeType:
    """Compile a script with hooks, and with a call of `begin` before the first of them.

    Args:
        path: The script, as the user named it.
        content: What is in the file.
        connect: Whether the database is to be opened before the script begins.
        annotations: The folder with the user's own knowledge files.

    Raises:
        SyntaxError, ValueError: It is no Python program.
    """
    file = absolute(path)
    tree = rewritten(content, file)
    _insert(tree, _start(path, content, connect, annotations))
    code = deep(compile)(tree, file, "exec", dont_inherit=True)
    assert isinstance(code, CodeType)
    return code


def _start(path: str, content: bytes, connect: bool, annotations: str | None) -> list[ast.stmt]:
    """Statements that call `begin`, wherever this LineaPy was found, and bind no name."""
    home = os.path.dirname(os.path.dirname(os.path.abspath(lineapy.__file__)))
    text = (
        f"__import__('sys').path.append({home!r})\n"
        f"__import__({__name__!r}, fromlist=['begin'])"
        f".begin({path!r}, {content!r}, {sys.orig_argv!r}, {connect}, {annotations!r})"
    )
    body = ast.parse(text).body
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.expr | ast.stmt):
                node.lineno, node.col_offset, node.end_lineno, node.end_col_offset = 1, 0, 1, 0
    return body


def _insert(tree: ast.Module, start: list[ast.stmt]) -> None:
    """Put statements before the first hook, but behind what must come first: docstring and ``from __future__``."""
    first: list[ast.stmt] = []
    hooks: list[ast.stmt] = []
    for number, node in enumerate(tree.body):
        if is_hook(node):
            hooks.append(node)
        elif (number == 0 and _is_text(node)) or (
            isinstance(node, ast.ImportFrom) and node.module == "__future__"
        ):
            first.append(node)
        else:
            break
    tree.body[: len(first) + len(hooks)] = [*first, *start, *hooks]


def _is_text(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
    return False


def begin(path: str, content: bytes, command: list[str], connect: bool, annotations: str | None) -> None:
    """Called first by the compiled script: make everything as if Python ran the script, and start tracing.

    Args:
        path: The script, as the user named it.
        content: What was in the file when it was compiled.
        command: The process's command line, as it was before the handing over.
        connect: Whether to open the database at once.
        annotations: The folder with the user's own knowledge files.
    """
    main = sys.modules["__main__"]
    compiled, file = str(main.__file__), absolute(path)
    del sys.path[-1]
    os.unlink(compiled)
    os.rmdir(os.path.dirname(compiled))
    main.__file__ = file
    main.__loader__ = SourceFileLoader("__main__", file)
    sys.argv[0] = path
    sys.orig_argv[:] = command
    if not sys.flags.safe_path:
        sys.path[0] = folder_of(file)
    _trace(file, content, sys._getframe(1).f_code, connect, annotations)


def _trace(file: str, content: bytes, code: CodeType, connect: bool, annotations: str | None) -> None:
    from lineapy.errors import LineaError
    from lineapy.live_options import options
    from lineapy.session import Session, knowledge_for_session
    from lineapy.store import Store

    store = Store(options.config)
    try:
        session = Session(
            store,
            namespace=vars(sys.modules["__main__"]),
            kind="SCRIPT",
            script_path=file,
            knowledge=knowledge_for_session(annotations),
        )
        if connect:
            _ = store.db
    except LineaError as error:
        print(f"lineapy: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    with _silent_warnings():  # they were shown when the code was compiled
        session.adopt(decoded(content), file, content, code)
    active = session.active()
    active.__enter__()
    # The script's end: before threads that still run are waited for, and before functions that run at exit. All of them
    # may save, and the statement that ended the script must be over then.
    threading._register_atexit(_script_ended, session)  # type: ignore[attr-defined]  # as concurrent.futures does
    # Registered before any function of the script, so it runs after all of them.
    atexit.register(_process_ends, session, active)


def _script_ended(session: Session) -> None:
    # Python has just shown the exception that ended the script, if one did.
    session.recorder.end(getattr(sys, "last_value", None))


def _process_ends(session: Session, active: AbstractContextManager[None]) -> None:
    active.__exit__(None, None, None)
    session.store.close()
    # What we hold must not keep the script's objects from being finalized as Python does it.
    vars(session).clear()


@contextmanager
def _silent_warnings() -> Iterator[None]:
    """Unlike `warnings.catch_warnings`, leave no trace in the script's ``__warningregistry__``."""
    show = warnings.showwarning
    warnings.showwarning = lambda *_args, **_options: None
    try:
        yield
    finally:
        warnings.showwarning = show
