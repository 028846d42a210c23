"""Run a script, traced, the way ``python script.py`` runs it."""

from __future__ import annotations

import builtins
import io
import os
import sys
import tokenize
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from types import CodeType, TracebackType
from typing import Any

from lineapy.errors import ScriptError
from lineapy.session import Session, Store


class Script:
    """A script file that is about to run as the program's ``__main__``.

    Args:
        path: The file.
        arguments: What the script finds in ``sys.argv`` behind its own path.
        store: Where its artifacts go.

    Attributes:
        session: The traced run.

    Raises:
        ScriptError: The file cannot be read. Its text is the one that Python prints.
    """

    def __init__(self, path: str, arguments: Sequence[str], store: Store | None) -> None:
        self.path = path
        self.arguments = list(arguments)
        self.file = _absolute(path)
        self._content = _read(self.file)
        self._module = types.ModuleType("__main__")
        vars(self._module).update(
            __file__=self.file,
            __builtins__=builtins,
            __cached__=None,
            __loader__=SourceFileLoader("__main__", self.file),
            __annotations__={},
        )
        self.session = Session(store, namespace=vars(self._module), kind="SCRIPT", script_path=self.file)

    def run(self) -> None:
        """Run it. To be called once; afterwards the process is the script's, up to its very end.

        Raises:
            BaseException: What the script raises. Its traceback is shown as Python shows it, without our frames.
        """
        sys.argv = [self.path, *self.arguments]
        sys.path[0] = os.path.dirname(os.path.realpath(self.file))
        sys.modules["__main__"] = self._module
        try:
            self._execute()
        except BaseException:
            _hide_our_frames(vars(self._module))
            raise

    def _execute(self) -> None:
        code = self._compile()
        # Never left: functions that run at exit may save as well.
        self._active = self.session.active()
        self._active.__enter__()
        self.session.execute(code)

    def _compile(self) -> CodeType:
        code: CodeType = self.session.prepare(_decode(self._content), self.file, self._content)
        return code


def _absolute(path: str) -> str:
    """What Python makes of a script's path for ``__file__``: absolute, but not normalised."""
    if os.path.isabs(path):
        return path
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return os.path.join(os.getcwd(), path)


def _read(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise ScriptError(f"can't open file {file!r}: [Errno {error.errno}] {error.strerror}") from error


def _decode(content: bytes) -> str:
    """The text of a script, in the encoding it declares; if it cannot be decoded, compiling says so in Python's way."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return io.TextIOWrapper(io.BytesIO(content), encoding).read()
    except (SyntaxError, UnicodeDecodeError):
        return ""


def _hide_our_frames(namespace: dict[str, Any]) -> None:
    """Let tracebacks begin where the script's own code begins."""
    show = sys.excepthook

    def excepthook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        while traceback is not None and traceback.tb_frame.f_globals is not namespace:
            traceback = traceback.tb_next
        show(kind, error.with_traceback(traceback), traceback)

    sys.excepthook = excepthook


@contextmanager
def output_to_stderr() -> Iterator[None]:
    """Send what this process and its children write to standard output to standard error, for the time being."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
