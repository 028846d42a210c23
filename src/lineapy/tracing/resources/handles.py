"""Open files and connections: objects through which a statement reads and writes a resource without any audit event.

Nobody lists a process's open files in a way that tells objects from each other, so handles are noticed when the
recorder looks at them: `Handles.parts` is how their types are taken apart.
"""

from __future__ import annotations

import _thread
import gc
import io
import mmap
import os
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lineapy.tracing.resources.paths import located, real

_NOT_DATA = (type, type(os))
TYPES: tuple[type, ...] = (
    io.FileIO,
    io.BufferedReader,
    io.BufferedWriter,
    io.BufferedRandom,
    io.TextIOWrapper,
    mmap.mmap,
)
#: Who waits for a thread does so by a lock.
LOCK_TYPES: tuple[type, ...] = (_thread.LockType, _thread.RLock)


@dataclass(frozen=True, slots=True)
class Handle:
    """An open file or connection.

    Attributes:
        name: The resource it leads to.
        reads: What goes through it may come from there.
        writes: What goes through it may go there.
    """

    name: str
    reads: bool
    writes: bool


class Handles:
    """The handles that have been noticed and are not closed.

    Args:
        dropped: Told of a handle that was not closed by anyone and goes away: what it held back is written now.
        covers: Whether a path is nobody's data.
    """

    def __init__(self, dropped: Callable[[Handle], None], covers: Callable[[str], bool]) -> None:
        self.known: dict[int, Handle] = {}
        self.locks: set[int] = set()
        self._references: dict[int, weakref.ref[Any]] = {}
        self._dropped = dropped
        self._covers = covers
        self.is_looking = False  # what module `os` is asked for meanwhile is asked for by us

    def parts(self, value: Any) -> tuple[object, ...]:
        """What an open file consists of; it is noticed on the way."""
        if id(value) not in self.known:
            self.is_looking = True
            try:
                self._notice(value)
            finally:
                self.is_looking = False
        return tuple(part for part in gc.get_referents(value) if not isinstance(part, _NOT_DATA))

    def connection_parts(self, value: Any) -> tuple[object, ...]:
        """What a connection consists of: nothing that can be seen."""
        return ()

    def lock_parts(self, value: Any) -> tuple[object, ...]:
        """What a lock consists of; it is noticed on the way."""
        if id(value) not in self.locks:
            number = id(value)
            self._references[number] = weakref.ref(value, lambda _: self._forget_lock(number))
            self.locks.add(number)
        return ()

    def _forget_lock(self, number: int) -> None:
        self.locks.discard(number)
        self._references.pop(number, None)

    def add(self, value: Any, handle: Handle) -> None:
        """Make a handle known."""
        number = id(value)

        def gone(_: object) -> None:
            self._references.pop(number, None)
            left = self.known.pop(number, None)
            if left is not None and left.writes:
                self._dropped(left)

        try:
            self._references[number] = weakref.ref(value, gone)
        except TypeError:
            # Nobody will tell when a connection goes away. What comes to lie in its place is taken for it, at worst.
            self._references.pop(number, None)
        self.known[number] = handle

    def of(self, numbers: set[int]) -> list[Handle]:
        """The handles among some objects. Those that are closed by now are forgotten."""
        found = []
        for number in numbers & self.known.keys():
            found.append(self.known[number])
            reference = self._references.get(number)
            value = reference() if reference is not None else None
            if type(value) in TYPES and value is not None and value.closed:
                del self.known[number], self._references[number]
        return found

    def _notice(self, value: Any) -> None:
        cls = type(value)
        if cls is mmap.mmap:
            return  # known from the audit event, or not a file's
        raw = value
        try:
            while type(raw) is not io.FileIO:
                raw = raw.buffer if type(raw) is io.TextIOWrapper else raw.raw
                if type(raw) not in TYPES:
                    return  # a buffer around something else: of which that, too, is a part
            if raw.closed:
                return
            path = located(raw.fileno())
            if path is None and isinstance(raw.name, str | bytes):
                path = located(raw.name)
            reads, writes = raw.readable(), raw.writable()
        except (ValueError, OSError, AttributeError):
            return
        if path is None or path.endswith(" (deleted)"):
            return
        path = real(path)
        if not self._covers(path):
            self.add(value, Handle(f"<file {path}>", reads, writes))
