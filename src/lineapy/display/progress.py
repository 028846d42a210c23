"""Say that something that takes long is still going on: to who sits before a terminal or a notebook, to nobody else."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from lineapy.display.words import size_in_words

_AFTER, _EVERY = 1.0, 0.5  # seconds


class _Screen(Protocol):
    def show(self, text: str) -> None:
        """Say something, in place of what was said before."""

    def end(self, text: str) -> None:
        """Say that it is over, or take away what was said."""


@contextmanager
def progress(what: str, written: Callable[[], int | None]) -> Iterator[None]:
    """While the block runs, and once it has run for a second, say so. What goes wrong with that is passed over.

    Args:
        what: What is going on, such as ``"saving 'model'"``.
        written: How many bytes have been written so far, or None. It is asked by another thread.

    Example:
        >>> with progress("saving 'model'", lambda: None):
        ...     pass
    """
    screen = _screen()
    if screen is None:
        yield
        return
    over, began = threading.Event(), time.monotonic()
    said: list[str] = []

    def watch() -> None:
        pause = _AFTER
        while not over.wait(pause):
            size = written()
            done = f": {size_in_words(size)} written" if size else ""
            said[:] = [f"{what}{done}, {time.monotonic() - began:.0f} s"]
            screen.show(said[0])
            pause = _EVERY

    def watch_or_leave_it() -> None:
        with suppress(Exception):  # what goes on is more important than saying so
            watch()

    watcher = threading.Thread(target=watch_or_leave_it, name="lineapy-progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        if said:
            with suppress(Exception):
                screen.end(f"{what}: {time.monotonic() - began:.0f} s")


class _Terminal:
    """A line on standard error that is written anew each time, and goes at the end."""

    def show(self, text: str) -> None:
        sys.stderr.write(f"\r{text}\x1b[K")
        sys.stderr.flush()

    def end(self, text: str) -> None:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


class _Notebook:
    """A line of the cell's output that changes; how long it took stays."""

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, text: str) -> None:
        from IPython.display import display

        content = {"text/plain": text}
        if self._handle is None:
            self._handle = display(content, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(content, raw=True)

    end = show


def _screen() -> _Screen | None:
    """Where somebody looks, if anybody does."""
    module = sys.modules.get("IPython")
    try:
        kernel = getattr(module.get_ipython(), "kernel", None) if module is not None else None
        if kernel is not None:
            # Who runs a notebook without sitting before it, as nbconvert does, does not let it ask for input either.
            return _Notebook() if getattr(kernel, "_allow_stdin", False) else None
        return _Terminal() if sys.stderr is not None and sys.stderr.isatty() else None
    except Exception:  # standard error may be anything
        return None
