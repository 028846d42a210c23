"""What statements do to files and the like, as reads and versions in the graph."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib.machinery import all_suffixes
from pathlib import PurePath
from typing import Any, Protocol

from lineapy.tracing.frames import frame_behind
from lineapy.tracing.resources.handles import TYPES as HANDLE_TYPES
from lineapy.tracing.resources.handles import Handle, Handles
from lineapy.tracing.resources.paths import Noise, is_relative, located, real, source_of_cached_code
from lineapy.tracing.resources.probes import Probes

CWD = "<cwd>"
_DUCKDB = "<database duckdb>"
#: Environment variables of names that nobody can tell.
_ENVIRONMENT = "<env "

# The traced program may replace these.
_access, _lexists, _isdir, _islink, _dirname = (
    os.access,
    os.path.lexists,
    os.path.isdir,
    os.path.islink,
    os.path.dirname,
)
_getcwd, _listdir, _stat, _isfile = os.getcwd, os.listdir, os.stat, os.path.isfile
_State = tuple[int, int, int]
#: Requests by which a server is told nothing.
_ASKING = frozenset({b"GET", b"HEAD", b"OPTIONS", b"TRACE"})
#: Files that are watched because they stand open under a number, at most.
_WATCHED = 16
#: Files of one directory that are compared, at most.
_MANY = 10_000
#: The same, of the directories in it together.
_MANY_INSIDE = 500
_PATTERN = frozenset("*?[")
#: Arguments by which a function may be asked to add to a file.
_MODES = frozenset({"mode", "append", "if_exists"})
#: How the names of files end that an import, or the search for installed packages, may find.
_MODULES = (*all_suffixes(), ".dist-info", ".egg-info", ".egg", ".pth")
_ALL_KINDS = ("<file ", "<directory ", "<entries of ")
_open_flags = (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC, os.O_EXCL)
_WRONLY, _RDWR, _CREAT, _TRUNC, _EXCL = _open_flags


class Ledger(Protocol):
    """Where reads and versions are written down, for the statement that is running."""

    def resource_read(self, name: str) -> None:
        """The statement used a resource."""

    def resource_changed(self, name: str) -> None:
        """The statement changed it; what it was before still counts."""

    def resource_replaced(self, name: str) -> None:
        """The statement made it anew; what it was before counts only if the statement fails."""

    def resource_version(self, name: str) -> bool:
        """Whether the session has changed it."""

    def resource_names(self) -> list[str]:
        """Everything that the session has changed."""

    def file_used(self, path: str, *, written: bool) -> None:
        """The statement read or wrote a file, for the record."""

    def is_importing_library(self) -> bool:
        """Whether what happens is a library's doing, while it is imported."""

    def connection_made(self, cls: type) -> None:
        """A database was connected to; from now on its connections are known when they are seen."""

    def probed(self, report: Callable[..., None], *arguments: object) -> None:
        """Call a function that says what the statement that is running did."""


#: Programs that tell of the machine alone: joblib, and so scikit-learn and LightGBM, count processors with one.
_OF_THE_MACHINE = frozenset({"lscpu", "nproc", "uname"})


class Resources:
    """Turns audit events, handles and probes into what the ledger understands.

    Args:
        ledger: Where it is written down.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.noise = Noise()
        self.handles = Handles(self._dropped, self.noise.covers)
        self.probes = Probes(self)
        #: Events of other threads, until the thread that is traced comes to them.
        self._others: deque[tuple[str, tuple[Any, ...]]] = deque()
        self._links: set[str] = set()
        self._hard_links: dict[str, set[str]] = {}
        self._memory_databases = 0
        self._database: str | None = None
        #: Resources that are databases.
        self.databases: set[str] = set()
        #: Files that stand open under a number.
        self._watched: dict[str, _State | None] = {}
        self._compared: dict[str, _State | None] = {}
        self._compared_folders: dict[str, set[str]] = {}
        #: What other threads wrote.
        self._of_threads: dict[str, None] = {}
        self.has_written = False
        self._thread = threading.get_ident()

    # -- events

    def event(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit event happened, one of `EVENTS`."""
        handler = _HANDLERS[event]
        handler(self, *arguments)

    def is_idle_reading(self, arguments: tuple[Any, ...]) -> bool:
        """Whether a file that is opened is nobody's data, as most are while a library is imported."""
        path, _, flags = arguments
        if not isinstance(path, str) or flags & (_WRONLY | _RDWR) or path[:1] != os.sep:
            return False
        return self.noise.covers(path) and "__pycache__" not in path

    def anything_read(self) -> None:
        """What was done may have read any file."""
        for name in self._ledger.resource_names():
            if name.startswith(_ALL_KINDS):
                self._ledger.resource_read(name)

    def anything_done(self) -> None:
        """What is about to be done may read any file; which it writes is found by comparing."""
        self.anything_read()
        self.compare_files()

    def duckdb_used(self) -> None:
        """DuckDB is asked for something: what its databases hold may be needed, and may be changed.

        They live in C++, connections to one database are many objects, and the one that the module's functions use is
        none. So all of them are one resource.
        """
        self.anything_done()
        if not self._ledger.resource_version(_DUCKDB):
            self._ledger.resource_changed(_DUCKDB)
        self._ledger.resource_read(_DUCKDB)
        self._ledger.resource_changed(_DUCKDB)
        self.databases.add(_DUCKDB)

    def arguments_read(self, pointers: Iterable[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """A function of which no event tells reads the files that some of its arguments name."""
        for value in _pointed_at(pointers, args, kwargs):
            if isinstance(value, str) and not _lexists(value) and _PATTERN.intersection(value):
                self.anything_read()
            elif isinstance(value, str | bytes | PurePath):
                if _isdir(value):
                    self.anything_read()
                self.read(os.fspath(value))
            else:
                self._argument_used(value)

    def arguments_written(
        self, pointers: Iterable[Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """A function of which no event tells writes the files that some of its arguments name."""
        for value in _pointed_at(pointers, args, kwargs):
            if isinstance(value, str | bytes | PurePath):
                self.written(os.fspath(value), replaced=_MODES.isdisjoint(kwargs))
            else:
                self._argument_used(value)

    def _argument_used(self, value: object) -> None:
        if type(value) in HANDLE_TYPES:
            self.handles.parts(value)
            self.changed({id(value)})

    # -- files that are compared, for want of events

    @property
    def is_comparing(self) -> bool:
        """Whether files are to be compared when the statement is done."""
        return bool(self._watched or self._compared or self._compared_folders)

    def compare_files(self, others: Iterable[str] = ()) -> None:
        """Compare, when the statement is done, what is in the current directory and what the session has written."""
        folder = _getcwd()
        compared = self._compared
        for name in self._ledger.resource_names():
            kind, path = _split_name(name)
            if kind == "file":
                compared.setdefault(path, _state(path))
        for path in others:
            found = located(path)
            if found is not None:
                compared.setdefault(real(found), _state(found))
        with suppress(OSError):
            self._compared_folders.setdefault(folder, set(_listdir(folder)))
            left = _MANY_INSIDE
            for name in list(self._compared_folders[folder])[:_MANY]:
                path = os.path.join(folder, name)
                compared.setdefault(path, _state(path))
                if left > 0 and name[0] != "." and path not in self._compared_folders and _isdir(path):
                    with suppress(OSError):
                        names = self._compared_folders[path] = set(_listdir(path))
                        for inner in [os.path.join(path, name) for name in list(names)[:left]]:
                            compared.setdefault(inner, _state(inner))
                        left -= len(names)

    def compare(self) -> None:
        """The statement is done: what of the files that are compared has changed?"""
        for path, before in list(self._watched.items()):
            now = _state(path)
            if now != before:
                self._watched[path] = now
                self._changed(path)
        compared, self._compared = self._compared, {}
        folders, self._compared_folders = self._compared_folders, {}
        for path, before in compared.items():
            if _state(path) != before:
                self._found_changed(path, exists=before is not None)
        for folder, names in folders.items():
            with suppress(OSError):
                for name in _listdir(folder):
                    if name not in names:
                        self._found_changed(os.path.join(folder, name), exists=False)

    def _found_changed(self, path: str, *, exists: bool) -> None:
        if _isdir(path) and not _islink(path):
            self._ledger.resource_changed(f"<directory {path}>")
            if not exists:  # made together with what is in it
                with suppress(OSError):
                    for name in _listdir(path)[:_MANY]:
                        self._found_changed(os.path.join(path, name), exists=False)
        else:
            self._changed(path)
            self._ledger.file_used(path, written=True)
        if not exists:
            self._entry(path)

    def _process_started(self, executable: object, arguments: object = (), *_: object) -> None:
        """Another program may read and write any file; which it wrote is found by comparing."""
        if isinstance(executable, str) and os.path.basename(executable) in _OF_THE_MACHINE:
            return
        self.anything_read()
        self.environment_read(None)
        self.directory_read()
        words = [executable, *arguments] if isinstance(arguments, list | tuple) else [executable, arguments]
        named: list[str] = []
        for word in words:
            if isinstance(word, bytes):
                word = os.fsdecode(word)
            if isinstance(word, str):
                named += [part for part in {word, *word.split()} if len(part) < 4096]
        for word in named:
            found = located(word)
            if found is not None and _isfile(found) and not self.noise.covers(found):
                self._ledger.file_used(real(found), written=False)
        self.compare_files(named)

    def event_elsewhere(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit event happened in a thread that is not traced itself."""
        if event == "open" and self.is_idle_reading(arguments):
            return
        self._others.append((event, arguments))

    @property
    def has_pending(self) -> bool:
        """Whether other threads did something."""
        return bool(self._others)

    def pending(self) -> Iterable[tuple[str, tuple[Any, ...]]]:
        """What other threads did since this was last asked for."""
        while self._others:
            event, arguments = self._others.popleft()
            if event == "open" and arguments[2] & (_WRONLY | _RDWR):
                found = self._path(arguments[0])
                if found is not None:
                    self._of_threads[f"<file {found}>"] = None
            yield event, arguments

    # -- paths

    def _path(self, path: object, folder: object = None, *, follow: bool = True) -> str | None:
        """The real path, or None if it is nobody's data. The links and the current directory on the way are read."""
        found = located(path, folder)
        if found is None:
            return None
        if self._links:
            self._read_links(found)
        if self.noise.covers(found):
            source = source_of_cached_code(found)
            if source == found or self.noise.covers(source):
                return None
        resolved = source_of_cached_code(real(found, follow=follow))
        if self.noise.covers(resolved):
            return None
        if is_relative(path, folder):
            self._ledger.resource_read(CWD)
        return resolved

    def _read_links(self, path: str) -> None:
        while len(path) > 1:
            place = real(path, follow=False)
            if place in self._links:
                self._ledger.resource_read(f"<file {place}>")
            path = _dirname(path)

    def _read_folder(self, path: str) -> None:
        """The directory that holds a path was made, moved or removed in the session: that matters."""
        path = _dirname(path)
        while len(path) > 1:
            name = f"<directory {path}>"
            if self._ledger.resource_version(name):
                self._ledger.resource_read(name)
                return
            path = _dirname(path)

    def _read_file(self, path: str) -> None:
        name = f"<file {path}>"
        if self._ledger.resource_version(name):
            self._ledger.resource_read(name)
        elif self.has_written:
            self._read_folder(path)

    def _entry(self, path: str) -> None:
        """A name appears in a directory, or goes from it."""
        self._ledger.resource_changed(f"<entries of {_dirname(path)}>")

    def _changed(self, path: str, *, replaced: bool = False) -> None:
        self.has_written = True
        self.probes.watch_stat()
        name = f"<file {path}>"
        self._read_folder(path)
        if replaced:
            self._ledger.resource_replaced(name)
        else:
            self._ledger.resource_changed(name)
        for other in self._hard_links.get(path, ()):
            self._ledger.resource_changed(f"<file {other}>")

    # -- what a statement may do to files

    def read(self, path: object, folder: object = None) -> None:
        """A file is read."""
        found = self._path(path, folder)
        if found is not None and not _isdir(found):
            self._read_file(found)
            self._ledger.file_used(found, written=False)

    def written(self, path: object, folder: object = None, *, replaced: bool = False) -> None:
        """A file is written.

        Args:
            path: Its path.
            folder: The number of an open directory that the path is relative to.
            replaced: Nothing of what was in it is left.
        """
        found = self._path(path, folder)
        if found is None or _isdir(found):
            return
        exists = _lexists(found)
        if not replaced and exists and not self._ledger.resource_version(f"<file {found}>"):
            self._ledger.file_used(found, written=False)
        self._changed(found, replaced=replaced and (not exists or _access(found, os.W_OK)))
        if not exists:
            self._entry(found)
        self._ledger.file_used(found, written=True)

    def _open(self, path: object, mode: object, flags: int) -> None:
        if not flags & (_WRONLY | _RDWR):
            self.read(path)
        else:
            self.written(path, replaced=bool(flags & _TRUNC) and not flags & _EXCL)
            if mode is None:  # os.open: what is written by number, nobody tells
                self._watch(path)

    def _watch(self, path: object) -> None:
        found = self._path(path)
        if found is not None and not _isdir(found):
            self._watched.pop(found, None)
            if len(self._watched) >= _WATCHED:
                del self._watched[next(iter(self._watched))]
            self._watched[found] = _state(found)

    def _removed(self, path: object, folder: object = None) -> None:
        found = self._path(path, folder, follow=False)
        if found is not None:
            self._changed(found)
            self._entry(found)

    def _renamed(self, source: object, target: object, folder: object, target_folder: object) -> None:
        old = self._path(source, folder, follow=False)
        new = self._path(target, target_folder, follow=False)
        if old is None or new is None:
            if new is not None:
                self._changed(new)
                self._entry(new)
            elif old is not None:
                self._changed(old)
                self._entry(old)
            return
        if _isdir(old) and not _islink(old):
            self._renamed_folder(old, new)
            return
        self._read_file(old)
        self._changed(old)
        self._entry(old)
        self._changed(new, replaced=True)
        self._entry(new)
        self._ledger.file_used(new, written=True)

    def _renamed_folder(self, old: str, new: str) -> None:
        for name in self._ledger.resource_names():
            kind, path = _split_name(name)
            if path == old or path.startswith(old + os.sep):
                self._ledger.resource_read(name)
                self._ledger.resource_changed(name)
                self._ledger.resource_changed(f"<{kind} {new}{path[len(old) :]}>")
        self.has_written = True
        self.probes.watch_stat()
        self._read_folder(old)
        self._read_folder(new)
        for path in (old, new):
            self._ledger.resource_changed(f"<directory {path}>")
            self._entry(path)

    def _folder_made(self, path: object, _mode: object = None, folder: object = None) -> None:
        found = self._path(path, folder)
        if found is None:
            return
        self.has_written = True
        self.probes.watch_stat()
        self._read_folder(found)
        # That it is there already does not mean that it is there where the slice runs.
        self._ledger.resource_changed(f"<directory {found}>")
        if not _lexists(found):
            self._entry(found)

    def _folder_removed(self, path: object, folder: object = None) -> None:
        found = self._path(path, folder)
        if found is None:
            return
        self.has_written = True
        self.probes.watch_stat()
        self._ledger.resource_read(f"<entries of {found}>")  # it has to be empty
        self._read_folder(found)
        self._ledger.resource_changed(f"<directory {found}>")
        self._entry(found)

    def _linked(self, source: object, target: object, *folders: object) -> None:
        old = self._path(source, folders[0] if folders else None)
        new = self._path(target, folders[-1] if folders else None, follow=False)
        if new is None:
            return
        if old is not None:
            self._read_file(old)
            group = self._hard_links.setdefault(old, set())
            for other in [old, *group]:
                self._hard_links.setdefault(other, set()).add(new)
                self._hard_links.setdefault(new, set()).add(other)
            self._hard_links[old].discard(old)
        self._changed(new)
        self._entry(new)

    def _soft_linked(self, _source: object, target: object, folder: object = None) -> None:
        new = self._path(target, folder, follow=False)
        if new is not None:
            self._changed(new)
            self._entry(new)
            self._links.add(new)

    def _touched(self, path: object, *rest: object) -> None:
        # The last argument of each of these events is the number of a directory.
        found = self._path(path, rest[-1] if len(rest) > 1 else None)
        if found is not None:
            if _isdir(found):
                self._ledger.resource_changed(f"<directory {found}>")
            else:
                self._changed(found)

    def listed(self, path: object) -> None:
        """The names in a directory are read."""
        found = self._path(path)
        if found is not None and _is_search_for_modules():
            self._searched(found)
        elif found is not None:
            self._ledger.resource_read(f"<entries of {found}>")
            self._ledger.resource_read(f"<directory {found}>")
            self._read_folder(found)

    def _searched(self, folder: str) -> None:
        """A module is looked for in a directory: of the names in it, only those matter that can be modules."""
        for name in self._ledger.resource_names():
            kind, path = _split_name(name)
            if _dirname(path) != folder:
                continue
            if kind == "directory" or (kind == "file" and (path.endswith(_MODULES) or _islink(path))):
                self._ledger.resource_read(name)
        self._ledger.resource_read(f"<directory {folder}>")
        self._read_folder(folder)

    def looked_at(self, path: object, folder: object = None) -> None:
        """Whether a path exists, how large it is and the like are read."""
        found = self._path(path, folder)
        if found is not None:
            self._ledger.resource_read(f"<directory {found}>")
            self._read_file(found)

    # -- current directory, environment

    def _directory_changed(self, path: object) -> None:
        found = located(path)
        if found is None:
            return
        if is_relative(path):
            self._ledger.resource_read(CWD)
        if self._links:
            self._read_links(found)
        resolved = real(found)
        self._ledger.resource_read(f"<directory {resolved}>")
        self._read_folder(resolved)
        self._ledger.resource_replaced(CWD)
        self.probes.watch_directory()

    def probed(self, report: Callable[..., None], *arguments: object) -> None:
        """A probe saw something."""
        if not self.handles.is_looking:
            self._ledger.probed(report, *arguments)

    def directory_read(self) -> None:
        """The current directory is asked for."""
        self._ledger.resource_read(CWD)

    def _environment_changed(self, name: object, _value: object = None) -> None:
        if self._ledger.is_importing_library():
            return  # the library's own affair, which it sees to wherever it is imported
        self._ledger.resource_changed(f"{_ENVIRONMENT}{os.fsdecode(name)}>")  # type: ignore[arg-type]
        self.probes.watch_environment()

    def environment_read(self, name: str | None) -> None:
        """An environment variable is read; None for all of them."""
        if name is not None:
            self._ledger.resource_read(f"{_ENVIRONMENT}{name}>")
            return
        for known in self._ledger.resource_names():
            if known.startswith(_ENVIRONMENT):
                self._ledger.resource_read(known)

    def _imported(self, name: object, *_: object) -> None:
        """A module is imported for the first time: what it reads of the environment in C cannot be seen."""
        if self.probes.environment_is_watched and name not in sys.modules:
            self.environment_read(None)

    # -- databases

    def _connecting(self, database: object) -> None:
        self._database = located(database) if _is_file_database(database) else None
        if self._database is not None:
            self._database = real(self._database)

    def _connected(self, connection: Any) -> None:
        path, self._database = self._database, None
        if path is not None:
            name = f"<file {path}>"
            self.has_written = True
            self.probes.watch_stat()
            if not self._ledger.resource_version(name):
                self._read_folder(path)
            self._ledger.resource_read(name)
            # Connecting makes the file.
            self._ledger.resource_changed(name)
            self._entry(path)
            self._ledger.file_used(path, written=False)
        else:
            self._memory_databases += 1
            name = f"<database in memory {self._memory_databases}>"
            self._ledger.resource_changed(name)
        self.databases.add(name)
        self._ledger.connection_made(type(connection))
        self.handles.add(connection, Handle(name, reads=True, writes=True))

    # -- the network

    def _sent(self, connection: Any, data: object) -> None:
        """Something was sent over HTTP: what a server is told, it may answer with when it is asked later."""
        if type(data) is not bytes:
            return
        words = data.partition(b"\r\n")[0].split(b" ")
        if len(words) != 3 or not words[2].startswith(b"HTTP/") or words[0] == b"CONNECT":
            return  # what follows after a head
        name = f"<network {_domain(connection)}>"
        if words[0] not in _ASKING:
            self._ledger.resource_changed(name)
        elif self._ledger.resource_version(name):
            self._ledger.resource_read(name)

    # -- handles

    def changed(self, numbers: set[int]) -> None:
        """Objects counted as changed: those that are open files were used."""
        if self._of_threads and not self.handles.locks.isdisjoint(numbers):
            # Perhaps it waited for them.
            for name in self._of_threads:
                self._ledger.resource_changed(name)
        for handle in self.handles.of(numbers):
            if handle.name in self.databases:
                self._ledger.file_used(_split_name(handle.name)[1], written=True)
            self._use(handle)

    def looked_into(self, numbers: set[int]) -> None:
        """Objects may have been used without being changed: those that are connections may have been asked."""
        for handle in self.handles.of(numbers):
            if handle.name in self.databases:
                self._ledger.resource_read(handle.name)

    def connections(self, numbers: set[int]) -> set[int]:
        """Those of some objects that are connections to databases."""
        known = self.handles.known
        return {n for n in numbers & known.keys() if known[n].name in self.databases}

    def _use(self, handle: Handle) -> None:
        if handle.reads:
            self._ledger.resource_read(handle.name)
        if handle.writes:
            self.has_written = True
            self.probes.watch_stat()
            self._ledger.resource_changed(handle.name)

    def _dropped(self, handle: Handle) -> None:
        if threading.get_ident() == self._thread:
            self._ledger.resource_changed(handle.name)


def _is_search_for_modules() -> bool:
    """Whether it is an import, or the search for installed packages, that lists a directory."""
    frame = frame_behind(1)
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("lineapy."):
        frame = frame.f_back
    if frame is None or frame.f_back is None:
        return False
    code, caller = frame.f_code, frame.f_back
    if code.co_filename == "<frozen importlib._bootstrap_external>":
        return code.co_name == "_fill_cache"
    module = sys.modules.get("importlib.metadata")
    return (
        module is not None
        and frame.f_globals is caller.f_globals is vars(module)
        and (code.co_name, caller.f_code.co_name) == ("children", "__init__")
    )


def _domain(connection: Any) -> str:
    """The last two parts of the name of who is spoken to: the servers of one service know what each of them is told."""
    host = getattr(connection, "_tunnel_host", None) or getattr(connection, "host", None)
    if not isinstance(host, str):
        return "here"
    parts = host.rpartition("://")[2].lower().split(".")[-2:]
    return ".".join(parts) if len(parts) == 2 and not parts[1].isdigit() else "here"


def _is_file_database(database: object) -> bool:
    if not isinstance(database, str | bytes | PurePath):
        return False
    text = os.fsdecode(database)
    return bool(text) and text != ":memory:" and not text.startswith("file:")


def _state(path: str) -> _State | None:
    """What changes when a file is written."""
    try:
        found = _stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _pointed_at(pointers: Iterable[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Any]:
    """The arguments that pointers speak of; of a list, its items."""
    for position, keyword in pointers:
        if keyword is not None and keyword in kwargs:
            value = kwargs[keyword]
        elif position is not None and position < len(args):
            value = args[position]
        else:
            continue
        for item in value if type(value) in (list, tuple) else (value,):
            yield item.removeprefix("file://") if type(item) is str else item


def _split_name(name: str) -> tuple[str, str]:
    for kind in ("file", "directory", "entries of"):
        if name.startswith(f"<{kind} "):
            return kind, name[len(kind) + 2 : -1]
    return "", ""


_HANDLERS: dict[str, Callable[..., None]] = {
    "open": Resources._open,
    "os.rename": Resources._renamed,
    "os.remove": Resources._removed,
    "os.mkdir": Resources._folder_made,
    "os.rmdir": Resources._folder_removed,
    "os.link": Resources._linked,
    "os.symlink": Resources._soft_linked,
    "os.truncate": Resources._touched,
    "os.utime": Resources._touched,
    "os.chmod": Resources._touched,
    "os.chown": Resources._touched,
    "os.listdir": Resources.listed,
    "os.scandir": Resources.listed,
    "os.chdir": Resources._directory_changed,
    "os.fchdir": Resources._directory_changed,
    "os.putenv": Resources._environment_changed,
    "os.unsetenv": Resources._environment_changed,
    "subprocess.Popen": Resources._process_started,
    "os.system": Resources._process_started,
    "os.posix_spawn": Resources._process_started,
    "os.fork": lambda resources: resources._process_started(None),
    "sqlite3.connect": Resources._connecting,
    "sqlite3.connect/handle": Resources._connected,
    "http.client.send": Resources._sent,
}
EVENTS = frozenset(_HANDLERS)
