"""Where the hooks of rewritten programs lead: builtins that the active recorder fills in.

Builtins, so that the user's namespace stays as it is without LineaPy. Without a recorder they are absent, and nothing
calls them: only module-level code of a traced text holds hooks, never a function that may outlive the session.
"""

from __future__ import annotations

import builtins
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import CodeType, MethodType
from typing import Any, Protocol

from lineapy.tracing.frames import frame_behind
from lineapy.tracing.resources.resources import EVENTS
from lineapy.tracing.rewrite import HOOKS

_logger = logging.getLogger(__name__)
_STARTS = frozenset(
    {"_thread.start_new_thread", "_thread.start_joinable_thread"}
)  # the latter since Python 3.13
_WANTED = EVENTS | _STARTS | {"exec", "sys._getframe"}
_LISTINGS = frozenset({"os.listdir", "os.scandir"})


class AuditListener(Protocol):
    """What the audit hook reports to."""

    def code_executed(self, code: CodeType, caller: dict[str, Any]) -> None:
        """``exec`` or ``eval`` is about to run code, called from code with these globals."""

    def frame_inspected(self) -> None:
        """A library is looking at a caller's frame, as ``DataFrame.query("a > @x")`` does."""

    def happened(self, event: str, arguments: tuple[Any, ...]) -> None:
        """One of the events that concern files, directories and the like."""

    def happened_elsewhere(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The same, in a thread that is not the traced one."""

    def thread_started(self, thread: object) -> None:
        """The program is about to start a thread."""


_listener: AuditListener | None = None
_thread = 0
_hook_installed = False


@contextmanager
def installed(functions: dict[str, Any]) -> Iterator[None]:
    """Let the hooks lead to these functions for the time being."""
    before = {name: vars(builtins).get(name) for name in HOOKS}
    for name in HOOKS:
        setattr(builtins, name, functions[name])
    try:
        yield
    finally:
        for name, function in before.items():
            if function is None:
                delattr(builtins, name)
            else:
                setattr(builtins, name, function)


@contextmanager
def listening(listener: AuditListener) -> Iterator[None]:
    """Report audit events of this thread to a listener for the time being.

    An audit hook cannot be removed again, so there is one for the life of the process, idle while nobody listens.
    """
    global _listener, _thread, _hook_installed
    if not _hook_installed:
        sys.addaudithook(_audit)
        _hook_installed = True
    before = _listener, _thread
    _listener, _thread = listener, threading.get_ident()
    try:
        with nullcontext() if sys.version_info >= (3, 12) else _threads_announced():
            yield
    finally:
        _listener, _thread = before


@contextmanager
def _threads_announced() -> Iterator[None]:
    """Python 3.11 raises no audit event for a new thread: raise it where `threading.Thread` starts one."""
    start = threading._start_new_thread  # type: ignore[attr-defined]

    def announce(function: Callable[..., object], *arguments: Any) -> Any:
        sys.audit("_thread.start_new_thread", function, *arguments)
        return start(function, *arguments)

    threading._start_new_thread = announce  # type: ignore[attr-defined]
    try:
        yield
    finally:
        threading._start_new_thread = start  # type: ignore[attr-defined]


@contextmanager
def unobserved() -> Iterator[None]:
    """Report nothing for the time being: LineaPy reads and writes files of its own."""
    global _listener
    before, _listener = _listener, None
    try:
        yield
    finally:
        _listener = before


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _listener is None or event not in _WANTED:
        return
    if threading.get_ident() != _thread:
        if event in EVENTS:
            _listener.happened_elsewhere(event, arguments)
        return
    if event == "exec":
        code = arguments[0]
        if isinstance(code, CodeType):
            _listener.code_executed(code, _caller_globals())
    elif event == "sys._getframe":
        _listener.frame_inspected()
    elif event in _STARTS:
        function = arguments[0]
        _quietly(_listener.thread_started, function.__self__ if isinstance(function, MethodType) else None)
    else:
        _quietly(_listener.happened, event, arguments)


def _quietly(report: Callable[..., None], *arguments: Any) -> None:
    """Report an event. Reporting raises no events of its own, and never an exception: it would be the program's."""
    global _listener
    listener, _listener = _listener, None
    try:
        if isinstance(arguments[0], str) and arguments[0] in _LISTINGS and _is_import():
            return
        report(*arguments)
    except Exception:
        _logger.debug("an audit event could not be understood: %r", arguments, exc_info=True)
    finally:
        _listener = listener


def _is_import() -> bool:
    """Whether the import system is looking for a module."""
    frame = frame_behind(2)
    return frame is not None and frame.f_code.co_filename == "<frozen importlib._bootstrap_external>"


def _caller_globals() -> dict[str, Any]:
    """The globals of whoever caused the audit event."""
    global _listener
    listener, _listener = _listener, None  # asking for the frame raises an audit event of its own
    try:
        return sys._getframe(2).f_globals
    finally:
        _listener = listener
