"""Run a script, traced, the way ``python script.py`` runs it, but within this process, to which it returns.

`lineapy.handover` has a better way for whoever does not need the process any more.
"""

from __future__ import annotations

import atexit
import builtins
import io
import os
import sys
import tokenize
import types
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from types import CodeType, TracebackType
from typing import TYPE_CHECKING, Any

from lineapy.errors import ScriptError

if TYPE_CHECKING:
    from lineapy.store import Store


class Script:
    """A script file that is about to run as the program's ``__main__``.

    Args:
        path: The file.
        arguments: What the script finds in ``sys.argv`` behind its own path.
        store: Where its artifacts go.
        annotations: The folder with the user's own knowledge files.

    Attributes:
        session: The traced run.

    Raises:
        ScriptError: The file cannot be read. Its text is the one that Python prints.
        KnowledgeFileError: One of the user's knowledge files is wrong.
    """

    def __init__(
        self, path: str, arguments: Sequence[str], store: Store, annotations: str | None = None
    ) -> None:
        from lineapy.session import Session, knowledge_for_session

        self.path = path
        self.arguments = list(arguments)
        self.file = absolute(path)
        self._content = _read(self.file)
        self._module = types.ModuleType("__main__")
        vars(self._module).update(
            __file__=self.file,
            __builtins__=builtins,
            __cached__=None,
            __loader__=SourceFileLoader("__main__", self.file),
            __annotations__={},
        )
        self.session = Session(
            store,
            namespace=vars(self._module),
            kind="SCRIPT",
            script_path=self.file,
            knowledge=knowledge_for_session(annotations),
        )

    def run(self) -> None:
        """Run it. To be called once; afterwards the process is the script's, up to its very end.

        Raises:
            BaseException: What the script raises. Its traceback is shown as Python shows it, without our frames.
        """
        sys.argv = [self.path, *self.arguments]
        sys.path[0] = folder_of(self.file)
        sys.modules["__main__"] = self._module
        try:
            self._execute()
        except BaseException:
            _hide_our_frames(vars(self._module))
            raise

    def _execute(self) -> None:
        codes = self._compile()
        # Left only after functions of the script that run at exit, because they may save as well.
        active = self.session.active()
        active.__enter__()
        atexit.register(self._close_store)
        atexit.register(active.__exit__, None, None, None)
        self.session.execute(codes)

    def _close_store(self) -> None:
        self.session.store.close()  # which the script may have changed

    def _compile(self) -> tuple[CodeType, ...]:
        return self.session.prepare(decoded(self._content), self.file, self._content)


def absolute(path: str) -> str:
    """What Python makes of a script's path for ``__file__``: absolute, but not normalised.

    Example:
        >>> absolute("/home/ada/../eve/./model.py")
        '/home/ada/../eve/./model.py'
    """
    if os.path.isabs(path):
        return path
    return os.path.join(os.getcwd(), path)


def folder_of(file: str) -> str:
    """What Python puts at the head of ``sys.path`` for a script: the folder of the file itself, not of a link to it.

    Example:
        >>> folder_of("/home/ada/../eve/model.py")
        '/home/eve'
    """
    return os.path.dirname(os.path.realpath(file))


def read_script(file: str) -> bytes:
    """The bytes of a script.

    Raises:
        OSError: It cannot be read.
    """
    with open(file, "rb") as stream:
        return stream.read()


def _read(file: str) -> bytes:
    try:
        return read_script(file)
    except OSError as error:
        raise ScriptError(f"can't open file {file!r}: [Errno {error.errno}] {error.strerror}") from error


def decoded(content: bytes) -> str:
    """The text of a script, in the encoding it declares; if it cannot be decoded, compiling says so in Python's way.

    Example:
        >>> decoded("# coding: latin-1\\nname = 'Zoë'".encode("latin-1"))
        "# coding: latin-1\\nname = 'Zoë'"
    """
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


def output_to_stderr() -> int:
    """Send what this process and its children write to standard output to standard error, from now on.

    Returns:
        A file descriptor for what is to go to standard output nevertheless.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    return kept
