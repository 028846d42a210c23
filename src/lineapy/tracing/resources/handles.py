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
import re
import sys
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lineapy.tracing.anatomy.kind import Unseen
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
#: Tables made anew, other databases, settings of a connection, what the last statement did: numbers only.
_QUESTION = """
    select (select count(*) from pragma_database_list), (select schema_version from pragma_schema_version),
        (select user_version from pragma_user_version), (select foreign_keys from pragma_foreign_keys),
        'a' like 'A', last_insert_rowid(), changes()
"""
#: What may be done to a connection, or to its database, without its showing in a connection's digest.
_HIDDEN_CHANGES = re.compile(
    r"""create_(?:function|aggregate|window_function|collation)|set_(?:authorizer|trace_callback|progress_handler)
    |load_extension|blobopen|deserialize|\.backup|setlimit|setconfig|autocommit|\b(?:attach|temp|temporary)\b
    |\bpragma\b(?!\s+(?:table_x?info|table_list|index_x?info|index_list|foreign_key_list|database_list)\b)""",
    re.IGNORECASE | re.VERBOSE,
)


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


class HDF5File:
    """Stands for what an HDF5 file holds: whatever leads into the file has it as a part."""


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
        self.has_met_hdf5 = False
        self._hdf5_files: dict[tuple[str, bool], HDF5File] = {}
        self._dropped = dropped
        self._covers = covers
        self.has_hidden_changes = False
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

    def look_at(self, text: str) -> None:
        """A text is going to run: may it do to a connection what the connection says nothing of?"""
        if not self.has_hidden_changes and _HIDDEN_CHANGES.search(text):
            self.has_hidden_changes = True

    def connection_digest(self, connection: Any) -> object:
        """What SQLite tells of the changes that were made through a connection.

        Within a transaction that is nothing certain, as it may go back to a savepoint.
        """
        if self.has_hidden_changes:
            return Unseen()
        sqlite3 = sys.modules["sqlite3"]
        try:
            if connection.in_transaction:
                return Unseen()
            # Made this way, a cursor has no row factory; and the question begins no transaction.
            answer = sqlite3.Cursor(connection).execute(_QUESTION).fetchone()
            factories = (id(connection.row_factory), id(connection.text_factory))
            return (answer, connection.total_changes, connection.isolation_level, factories)
        except sqlite3.Error as error:  # closed, in use by another thread, locked
            is_closed = type(error) is sqlite3.ProgrammingError and "closed database" in str(error)
            return "closed" if is_closed else Unseen()

    def meet_hdf5(self, cls: type) -> bool:
        """A class of h5py's is looked at for the first time: whether its instances lead into files."""
        self.has_met_hdf5 = True
        objects = sys.modules.get("h5py._objects")
        return objects is not None and issubclass(cls, objects.ObjectID)

    def hdf5_parts(self, value: Any) -> tuple[object, ...]:
        """What an identifier of h5py's consists of: the file into which it leads, which is noticed on the way.

        A file, its groups and its data sets have no object in common. What one of them changes, the others see.
        """
        h5py = sys.modules["h5py"]
        try:
            if not value.valid:
                return ()
            name = h5py.h5f.get_name(value)
            file = value if type(value) is h5py.h5f.FileID else h5py.h5i.get_file_id(value)
            writes = file.get_intent() != h5py.h5f.ACC_RDONLY
        except (ValueError, RuntimeError, TypeError, AttributeError):
            return ()  # a type, a list of properties
        path = located(name)
        if path is None:
            return ()
        path = real(path)
        handle = Handle(f"<file {path}>", reads=True, writes=writes)
        inside = self._hdf5_files.get((path, writes))
        if inside is None:
            inside = self._hdf5_files[path, writes] = HDF5File()
            self.known[id(inside)] = handle
        if file is value and id(value) not in self.known:
            self.add(value, handle)  # which is closed when nobody has it any more
        return (inside,)

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
            if value is not None and _is_closed(value):
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


def _is_closed(value: Any) -> bool:
    return bool(value.closed) if type(value) in TYPES else getattr(value, "valid", 1) == 0
