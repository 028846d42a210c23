"""Places in module `os` that tell of what raises no audit event: looking whether a file exists, reading a variable.

They are put in place only once a session has changed something that they could tell of, and taken away when it ends.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from lineapy.tracing.frames import frame_behind

if TYPE_CHECKING:
    from lineapy.tracing.resources.resources import Resources


class Probe:
    """A function of module `os` that is as good as the original, and reports to whom it may concern.

    It is equal to the original, for the sake of sets such as `os.supports_dir_fd`.
    """

    def __init__(self, original: Any, report: Callable[..., None]) -> None:
        self._original = original
        self._report = report
        self._thread = threading.get_ident()
        self.__name__ = self.__qualname__ = original.__name__
        self.__module__ = "os"
        self.__doc__ = original.__doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            if threading.get_ident() == self._thread:
                self._report(*args, **kwargs)
        except Exception:  # noqa: S110
            pass  # the original says what is wrong with the arguments
        return self._original(*args, **kwargs)

    def __eq__(self, other: object) -> bool:
        return other is self or other is self._original

    def __hash__(self) -> int:
        return hash(self._original)

    def __repr__(self) -> str:
        return repr(self._original)

    def __reduce__(self) -> str:
        return str(self.__name__)


class RecordingDict(dict[Any, Any]):
    """The dictionary behind `os.environ`, which tells which variables are read."""

    __slots__ = ("_report",)

    def __init__(self, values: dict[Any, Any], report: Callable[[str | None], None]) -> None:
        super().__init__(values)
        self._report = report

    def __getitem__(self, key: Any) -> Any:
        self._report(os.fsdecode(key))
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._report(os.fsdecode(key))  # type: ignore[arg-type]
        return super().__contains__(key)

    def __iter__(self) -> Iterator[Any]:
        self._report(None)
        return super().__iter__()

    def __len__(self) -> int:
        self._report(None)
        return super().__len__()

    def __delitem__(self, key: Any) -> None:
        self._report(os.fsdecode(key))  # it has to be there
        super().__delitem__(key)


class Probes:
    """The probes of one session.

    Args:
        resources: Told of what they see.

    Attributes:
        environment_is_watched: The session has set environment variables.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._originals: dict[str, Any] = {}
        self._wanted: set[str] = set()
        self._active = False
        self._plain_environment: dict[Any, Any] | None = None
        self.environment_is_watched = False

    def start(self) -> None:
        """The session is running (again)."""
        self._active = True
        for name in self._wanted:
            self._install(name)
        if self.environment_is_watched:
            self._install_environment()

    def stop(self) -> None:
        """The session is over, or waits for its next cell: everything is put back."""
        self._active = False
        for name, original in self._originals.items():
            if type(getattr(os, name, None)) is Probe:
                setattr(os, name, original)
        self._originals.clear()
        self._remove_environment()

    def watch_stat(self) -> None:
        """Tell whether files exist, from now on."""
        if "stat" not in self._wanted:
            for name in ("stat", "lstat", "access"):
                self._watch(name)

    def watch_directory(self) -> None:
        """Tell of who asks for the current directory, from now on."""
        if "getcwd" not in self._wanted:
            for name in ("getcwd", "getcwdb"):
                self._watch(name)

    def watch_environment(self) -> None:
        """Tell of who reads environment variables, from now on."""
        self.environment_is_watched = True
        if self._active:
            self._install_environment()

    def _watch(self, name: str) -> None:
        self._wanted.add(name)
        if self._active:
            self._install(name)

    def _install(self, name: str) -> None:
        original = getattr(os, name, None)
        if original is None or type(original) is Probe:
            return
        self._originals[name] = original
        report = self._stat if name in ("stat", "lstat", "access") else self._directory
        setattr(os, name, Probe(original, report))

    def _stat(self, path: Any, *_: Any, dir_fd: int | None = None, **__: Any) -> None:
        # Following links component by component says nothing of what lies on the way.
        frame = frame_behind(1)
        if frame is None or frame.f_code.co_name not in ("_joinrealpath", "realpath"):
            self._resources.probed(self._resources.looked_at, path, dir_fd)

    def _directory(self, *_: Any) -> None:
        self._resources.probed(self._resources.directory_read)

    def _install_environment(self) -> None:
        data = getattr(os.environ, "_data", None)
        if type(data) is dict:
            self._plain_environment = data
            os.environ._data = RecordingDict(data, self._environment)  # type: ignore[attr-defined]

    def _remove_environment(self) -> None:
        plain, self._plain_environment = self._plain_environment, None
        data = getattr(os.environ, "_data", None)
        if plain is not None and type(data) is RecordingDict:
            plain.clear()
            plain.update(dict.items(data))
            os.environ._data = plain  # type: ignore[attr-defined]

    def _environment(self, name: str | None) -> None:
        self._resources.probed(self._resources.environment_read, name)
