"""Where files with values are kept: a local folder, or any other fsspec location.

A file appears under its key complete or not at all, and is on disk when `publish` returns.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from lineapy.errors import ConfigurationError

_PIECE = 8 << 20


class Place(Protocol):
    """One location. Its methods raise what the file system raises."""

    def scratch_folder(self) -> Path:
        """A local folder for files on their way to `publish`."""

    def publish(self, file: Path, key: str) -> None:
        """Make a finished local file the content of `key`, whatever was there; the file may be used up."""

    def open(self, key: str) -> BinaryIO:
        """The content of `key`, as a local file that can be read twice."""

    def remove(self, key: str) -> None:
        """Remove `key`; it need not exist."""

    def exists(self, key: str) -> bool:
        """Whether `key` has a content."""


class LocalFolder:
    """A folder of this machine; made when something is published in it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def scratch_folder(self) -> Path:
        # The target's own file system: only there can a file be moved in one step.
        _make_folder(self._root)
        return self._root

    def publish(self, file: Path, key: str) -> None:
        target = self._root / key
        _make_folder(target.parent)
        file.chmod(0o444)
        _flush_to_disk(file)
        file.replace(target)
        _flush_to_disk(target.parent)

    def open(self, key: str) -> BinaryIO:
        return (self._root / key).open("rb")

    def remove(self, key: str) -> None:
        (self._root / key).unlink(missing_ok=True)

    def exists(self, key: str) -> bool:
        return (self._root / key).is_file()


class RemoteFolder:
    """A folder on a file system that fsspec knows."""

    def __init__(self, location: str, storage_options: Mapping[str, object]) -> None:
        # fsspec takes longer to import than a small value to save, so local folders do without it.
        import fsspec

        try:
            self._files, self._root = cast(
                "tuple[Any, str]", fsspec.core.url_to_fs(location, **storage_options)
            )
        except (ImportError, ValueError) as error:
            # fsspec says which package to install.
            raise ConfigurationError(
                f"The storage location {location!r} cannot be used: {error}. Install what is missing, or choose "
                "another location with LINEAPY_ARTIFACT_STORAGE_DIR."
            ) from error

    def scratch_folder(self) -> Path:
        return Path(tempfile.gettempdir())

    def publish(self, file: Path, key: str) -> None:
        self._files.makedirs(self._path(key).rpartition("/")[0], exist_ok=True)
        self._files.put_file(str(file), self._path(key))

    def open(self, key: str) -> BinaryIO:
        # A private copy: what is verified must be what is loaded.
        copy = tempfile.TemporaryFile()  # noqa: SIM115  # the caller closes it
        try:
            with self._files.open(self._path(key), "rb") as remote:
                shutil.copyfileobj(remote, copy, _PIECE)
            copy.seek(0)
        except BaseException:
            copy.close()
            raise
        return cast("BinaryIO", copy)

    def remove(self, key: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._files.rm_file(self._path(key))

    def exists(self, key: str) -> bool:
        return bool(self._files.exists(self._path(key)))

    def _path(self, key: str) -> str:
        return f"{self._root.rstrip('/')}/{key}"


def place_at(location: str, storage_options: Mapping[str, object] | None) -> Place:
    """The place that a location names.

    Args:
        location: A local path or an fsspec URL.
        storage_options: For the fsspec file system.

    Returns:
        The place; nothing is created yet.

    Raises:
        ConfigurationError: fsspec does not know such locations, or a package for them is missing.

    Example:
        >>> place_at("/data/values", None).exists("no such key")
        False
    """
    if protocol(location) == "file":
        return LocalFolder(Path(location.removeprefix("file://")))
    return RemoteFolder(location, storage_options or {})


def protocol(location: str) -> str:
    """The kind of file system: ``"file"`` for local paths, else what stands before ``://``.

    Args:
        location: A local path or an fsspec URL.

    Returns:
        The protocol.

    Example:
        >>> protocol("/data/values"), protocol("s3://bucket/values")
        ('file', 's3')
    """
    return location.partition("://")[0] if "://" in location else "file"


def _make_folder(folder: Path) -> None:
    """Make a folder that is still there after a power cut: each new entry is flushed in the folder that has it."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush_to_disk(folder.parent)


def _flush_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
