"""Paths as the program spells them → the one real path; and which files are nobody's data."""

from __future__ import annotations

import os
import sysconfig

from lineapy.tracing.libraries import is_library_file

# The traced program may replace these.
_abspath, _realpath, _join, _split = os.path.abspath, os.path.realpath, os.path.join, os.path.split
_fsdecode, _getcwd, _readlink = os.fsdecode, os.getcwd, os.readlink

_SYSTEM = ("/proc/", "/sys/", "/dev/")
_SHARED_MEMORY = "/dev/shm/"  # noqa: S108
_CACHES = (f"{os.sep}.cache{os.sep}", f"{os.sep}.lineapy{os.sep}", f"{os.sep}.ipython{os.sep}")
#: Files of the machine and the interpreter, which libraries read on their own account: time zones, fonts, certificates,
#: Python's standard library, packed or not.
_MACHINE = (
    *(_realpath(os.path.dirname(sysconfig.get_path(name))) + os.sep for name in ("stdlib", "platstdlib")),
    *(
        "/usr/lib/",
        "/usr/share/zoneinfo/",
        "/usr/share/fonts/",
        "/usr/share/fontconfig/",
        "/usr/share/ca-certificates/",
    ),
    *("/etc/fonts/", "/etc/ssl/", "/etc/pki/", "/etc/localtime", "/etc/timezone", "/etc/mime.types"),
)
_CACHED_CODE = f"{os.sep}__pycache__{os.sep}"


def located(path: object, folder: object = None) -> str | None:
    """An absolute path, its symbolic links not followed.

    Args:
        path: As an audit event has it: text, bytes, an open file's number, or None for the current directory.
        folder: The number of an open directory that the path is relative to, or -1 or None.

    Returns:
        The path; None if there is none, as for a pipe.

    Example:
        >>> located("a/../b") == os.path.join(os.getcwd(), "b")
        True
    """
    try:
        if path is None:
            return _getcwd()
        if isinstance(path, int):
            found = _readlink(f"/proc/self/fd/{path}")
            return found if found.startswith(os.sep) else None
        text = path if isinstance(path, str) else _fsdecode(path)  # type: ignore[arg-type]
        if isinstance(folder, int) and folder >= 0 and not text.startswith(os.sep):
            start = _readlink(f"/proc/self/fd/{folder}")
            return _abspath(_join(start, text))
        return _abspath(text)
    except (OSError, ValueError, TypeError):
        return None


def is_relative(path: object, folder: object = None) -> bool:
    """Whether the current directory decides what a path stands for."""
    if path is None:
        return True
    if isinstance(path, int) or (isinstance(folder, int) and folder >= 0):
        return False
    text = path if isinstance(path, str) else _fsdecode(path)  # type: ignore[arg-type]
    return not os.path.isabs(text)


def real(path: str, *, follow: bool = True) -> str:
    """The real path of an absolute one.

    Args:
        path: The path.
        follow: Follow the last component too, should it be a link; who removes or renames a link does not.
    """
    if follow:
        return _realpath(path)
    folder, name = _split(path)
    return _join(_realpath(folder), name)


def source_of_cached_code(path: str) -> str:
    """The module behind a byte-code file; any other path is returned as it is.

    Example:
        >>> source_of_cached_code("/home/me/__pycache__/steps.cpython-311.pyc")
        '/home/me/steps.py'
    """
    if _CACHED_CODE not in path or ".pyc" not in path:
        return path
    folder, name = path.rsplit(_CACHED_CODE, 1)
    return _join(folder, name.partition(".")[0] + ".py")


class Noise:
    """Files that are nobody's data: of the interpreter, of libraries, of caches, of LineaPy's own store."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}
        self._own: tuple[str, ...] = ()

    def add_folder(self, path: str) -> None:
        """Leave out everything in a folder."""
        folder = _realpath(path) + os.sep
        if folder not in self._own:
            self._own = (*self._own, folder)
            self._known.clear()

    def covers(self, path: str) -> bool:
        """Whether an absolute path is to be left out."""
        if self._own and (path + os.sep) in self._own:
            return True
        folder = path.rpartition(os.sep)[0]
        known = self._known.get(folder)
        if known is None:
            if len(self._known) > 10_000:
                self._known.clear()
            known = self._known[folder] = self._covers(folder + os.sep)
        return known

    def _covers(self, folder: str) -> bool:
        if folder.startswith(_SYSTEM):
            return not folder.startswith(_SHARED_MEMORY)
        if any(part in folder for part in _CACHES) or folder.startswith(self._own or ("\0",)):
            return True
        return is_library_file(folder)


def is_machines(path: str) -> bool:
    """Whether a file came with the machine or the interpreter, so that reading it makes it no input.

    Example:
        >>> is_machines("/usr/share/zoneinfo/Europe/Berlin"), is_machines("/usr/share/dict/words")
        (True, False)
    """
    return path.startswith(_MACHINE)
