"""Where files with values are kept: a local folder, or any other fsspec location.

A file appears under its key complete or not at all, and is safe there when `publish` returns. What is at a key is
never overwritten.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import functools
import inspect
import os
import re
import shutil
import stat
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar, cast
from urllib.parse import unquote

from lineapy.errors import ConfigurationError, MissingExtraError
from lineapy.masking import masked_url
from lineapy.storage.secrets import without_secrets

#: Uploads go in parts of this size, two at a time, so they need little memory however large the value is.
_PART = 16 << 20
_MOST_PARTS = 10_000  # S3 takes no more

#: What an upload that fails leaves here is nothing: an object appears when all of it has arrived.
_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss"})

#: Which of our extras installs what a protocol needs.
_EXTRAS = {
    "s3": "s3",
    "s3a": "s3",
    "gs": "gcs",
    "gcs": "gcs",
    "az": "azure",
    "abfs": "azure",
    "abfss": "azure",
    "sftp": "sftp",
    "ssh": "sftp",
}

_LOCAL = frozenset({"file", "local"})

#: `ValueStore.write` names files like this. Two hexadecimal digits and a slash came first in LineaPy 0.3.0.dev0.
_KEY = r"(?:[0-9a-f]{2}/)?[0-9a-f]{64}(?:-[0-9a-f]{8})?(?:\.[a-z0-9_-]+)+"
_TEMPORARY = ".writing-"
_SCRATCH = "lineapy-writing-"
#: What the name of a database's note begins with: each database leaves one where it keeps values.
NOTE = ".database-"
_OURS = re.compile(
    rf"{_KEY}|(?:[0-9a-f]{{2}}/)?{re.escape(_TEMPORARY)}[a-z0-9_]+|{re.escape(NOTE)}[0-9a-f]{{32}}"
)
_FOLDER_OF_OLD_KEYS = re.compile(r"[0-9a-f]{2}")

#: What a file system answers that has no hard links.
_NO_HARD_LINKS = frozenset(
    {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of ours at a location: a value, or what an interrupted writer left.

    Attributes:
        key: Its path below the location.
        size: In bytes.
        modified: When it was written, in UTC; None if the file system does not say.
    """

    key: str
    size: int
    modified: datetime.datetime | None


class VanishedError(OSError):
    """What was published a moment ago is not there: it was lost, or gc has cleared away what was at its key before."""


class Place(Protocol):
    """One location. Its methods raise what the file system raises."""

    def new_file(self) -> tuple[Path, BinaryIO]:
        """A new local file on its way to `publish`, open for writing and reading."""

    def publish(self, path: Path, file: BinaryIO, key: str) -> None:
        """Make a finished file of `new_file` the content of `key`. The file may be used up.

        Raises:
            FileExistsError: There is something at `key`; it was not touched.
        """

    def settle(self) -> None:
        """What was found here survives a power cut from now on."""

    def fetch(self, key: str, path: Path) -> None:
        """Copy the content of `key` into a local file."""

    def open(self, key: str) -> BinaryIO:
        """The content of `key`, as a local file that can be read twice."""

    def remove(self, key: str) -> None:
        """Remove `key`; it need not exist."""

    def exists(self, key: str) -> bool:
        """Whether `key` has a content, also if another process wrote it a moment ago."""

    def files(self) -> Iterator[StoredFile]:
        """Our files here, those of interrupted writers too; foreign files are passed over."""


class LocalFolder:
    """A folder of this machine; made when something is written to it.

    Args:
        root: The folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def new_file(self) -> tuple[Path, BinaryIO]:
        # In the folder itself: only within one file system can a file be put in place in one step.
        path = self._root / f"{_TEMPORARY}{uuid.uuid4().hex}"
        try:
            return path, path.open("x+b")
        except FileNotFoundError:
            _make_folder(self._root)
            return path, path.open("x+b")

    def publish(self, path: Path, file: BinaryIO, key: str) -> None:
        target = self._root / key
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        file.flush()
        with contextlib.suppress(OSError):  # read-only is a courtesy, and some file systems do not have it
            os.fchmod(file.fileno(), os.fstat(file.fileno()).st_mode & 0o444)
        os.fsync(file.fileno())
        _put_in_place(path, target)
        self.settle()

    def settle(self) -> None:
        _flush_to_disk(self._root)

    def fetch(self, key: str, path: Path) -> None:
        shutil.copyfile(self._root / key, path)

    def open(self, key: str) -> BinaryIO:
        return (self._root / key).open("rb")

    def remove(self, key: str) -> None:
        (self._root / key).unlink(missing_ok=True)

    def exists(self, key: str) -> bool:
        try:
            (self._root / key).stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def files(self) -> Iterator[StoredFile]:
        yield from self._files_in("")

    def _files_in(self, folder: str) -> Iterator[StoredFile]:
        try:
            entries = os.scandir(self._root / folder)
        except FileNotFoundError:
            return
        with entries:
            for entry in entries:
                key = folder + entry.name
                if not folder and _FOLDER_OF_OLD_KEYS.fullmatch(entry.name) and entry.is_dir():
                    yield from self._files_in(f"{entry.name}/")
                elif is_ours(key) and entry.is_file(follow_symlinks=False):
                    with contextlib.suppress(FileNotFoundError):  # a writer has finished meanwhile
                        status = entry.stat(follow_symlinks=False)
                        yield StoredFile(key, status.st_size, _moment(status.st_mtime))


_Method = TypeVar("_Method", bound=Callable[..., Any])


def _reconnecting(method: _Method) -> _Method:
    """Once more, on a new connection, if the server has dropped the old one, as it does when nothing happens.

    Clients of object stores make a connection whenever they need one, and try again themselves.
    """

    @functools.wraps(method)
    def twice(self: RemoteFolder, *arguments: object) -> object:
        try:
            return method(self, *arguments)
        except Exception as error:
            if self._is_object_store or not _is_lost_connection(error):
                raise
            self._disconnect()
        return method(self, *arguments)

    return cast("_Method", twice)


def _is_lost_connection(error: Exception) -> bool:
    # paramiko: OSError("Socket is closed"), EOFError, SSHException; asyncssh: ConnectionLost, SFTPConnectionLost.
    if isinstance(error, OSError):
        return isinstance(error, ConnectionError | TimeoutError) or error.errno is None
    return isinstance(error, EOFError) or type(error).__module__.partition(".")[0] in ("paramiko", "asyncssh")


class RemoteFolder:
    """A folder on a file system that fsspec knows.

    Args:
        location: An fsspec URL.
        storage_options: For its file system, unchanged.

    Raises:
        ConfigurationError: fsspec does not know such locations, or the options are not for them.
        MissingExtraError: A package for them is missing.
    """

    def __init__(self, location: str, storage_options: Mapping[str, object]) -> None:
        self._location = location
        self._options = storage_options
        # Connections do not survive a fork; those of the parent are kept, because a child cannot close them. And only
        # fsspec's asynchronous file systems let several threads use one connection.
        self._shared: dict[int, tuple[Any, str]] = {}
        self._own = threading.local()
        self._is_object_store = protocol(location) in _OBJECT_STORES
        _ = self._files

    def new_file(self) -> tuple[Path, BinaryIO]:
        descriptor, name = tempfile.mkstemp(prefix=_SCRATCH, dir=scratch_folder())
        return Path(name), cast("BinaryIO", os.fdopen(descriptor, "w+b"))

    @_reconnecting
    def publish(self, path: Path, file: BinaryIO, key: str) -> None:
        file.flush()
        if self.exists(key):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), key)
        if self._is_object_store:
            self._upload(path, key)
            return
        temporary = f"{_TEMPORARY}{uuid.uuid4().hex}"
        self._files.makedirs(self._root, exist_ok=True)
        try:
            self._upload(path, temporary)
            self._files.mv(self._path(temporary), self._path(key))
        except BaseException:
            with contextlib.suppress(Exception):
                self.remove(temporary)
            raise
        self._check_size(path, key)

    def settle(self) -> None:
        pass

    @_reconnecting
    def fetch(self, key: str, path: Path) -> None:
        self._files.invalidate_cache()
        get = self._files.get_file
        get(self._path(key), str(path), **_accepted(get, chunksize=_PART, max_concurrency=2))

    def open(self, key: str) -> BinaryIO:
        # A private copy: what is verified must be what is loaded.
        path, file = self.new_file()
        try:
            self.fetch(key, path)
            return path.open("rb")
        finally:
            file.close()
            path.unlink(missing_ok=True)

    @_reconnecting
    def remove(self, key: str) -> None:
        self._files.invalidate_cache()
        with contextlib.suppress(FileNotFoundError):
            self._files.rm_file(self._path(key))

    @_reconnecting
    def exists(self, key: str) -> bool:
        return self._info(key) is not None

    @_reconnecting
    def files(self) -> Iterator[StoredFile]:
        return iter(list(self._files_in("")))

    def _files_in(self, folder: str) -> Iterator[StoredFile]:
        self._files.invalidate_cache()
        try:
            entries = self._files.ls(f"{self._root}/{folder}".rstrip("/"), detail=True)
        except FileNotFoundError:
            return
        for entry in entries:
            name = entry["name"].rstrip("/").rpartition("/")[2]
            if entry["type"] == "directory":
                if not folder and _FOLDER_OF_OLD_KEYS.fullmatch(name):
                    yield from self._files_in(f"{name}/")
            elif is_ours(folder + name):
                yield StoredFile(folder + name, entry["size"], _modified(entry))

    @property
    def _files(self) -> Any:
        """The fsspec file system: one of our own, and one for each process."""
        return self._connection()[0]

    @property
    def _root(self) -> str:
        return self._connection()[1]

    def _connection(self) -> tuple[Any, str]:
        process = os.getpid()
        own: dict[int, tuple[Any, str]] = vars(self._own).setdefault("connected", {})
        found = self._shared.get(process) or own.get(process)
        if found is None:
            found = _connect(self._location, self._options)
            is_shared = getattr(found[0], "async_impl", False)
            found = (self._shared if is_shared else own).setdefault(process, found)
        return found

    def _disconnect(self) -> None:
        process = os.getpid()
        self._shared.pop(process, None)
        vars(self._own).get("connected", {}).pop(process, None)

    def _upload(self, path: Path, key: str) -> None:
        put = self._files.put_file
        part = max(_PART, -(-path.stat().st_size // _MOST_PARTS // _PART) * _PART)
        put(str(path), self._path(key), **_accepted(put, chunksize=part, max_concurrency=2))
        self._check_size(path, key)

    def _check_size(self, path: Path, key: str) -> None:
        info, size = self._info(key), path.stat().st_size
        arrived = None if info is None else info.get("size")
        if info is None or arrived not in (size, None):
            with contextlib.suppress(Exception):
                self.remove(key)
            error = VanishedError if info is None else OSError
            raise error(f"of {size} bytes sent, {arrived or 0} arrived")

    def _info(self, key: str) -> dict[str, Any] | None:
        # fsspec remembers what it saw; what others have done since must be seen, too.
        self._files.invalidate_cache()
        try:
            return cast("dict[str, Any]", self._files.info(self._path(key)))
        except FileNotFoundError:
            return None

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"


def place_at(location: str, storage_options: Mapping[str, object] | None) -> Place:
    """The place that a location names.

    Args:
        location: A local path or an fsspec URL, as `normal_location` gives it.
        storage_options: For the fsspec file system.

    Returns:
        The place; nothing is created yet.

    Raises:
        ConfigurationError: fsspec does not know such locations, or the options are not for them.
        MissingExtraError: A package for them is missing.

    Example:
        >>> place_at("/data/values", None).exists("no such key")
        False
    """
    if is_local(location):
        return LocalFolder(Path(location))
    return RemoteFolder(location, storage_options or {})


def protocol(location: str) -> str:
    """The kind of file system: ``"file"`` for local paths, else what stands before ``://``.

    Args:
        location: A local path or an fsspec URL.

    Returns:
        The protocol.

    Example:
        >>> protocol("/data/values"), protocol("file:/data/values"), protocol("s3://bucket/values")
        ('file', 'file', 's3')
    """
    if "://" in location:
        before = location.partition("://")[0]
        return "file" if before in _LOCAL else before
    return "file"


def is_local(location: str) -> bool:
    """Whether a location is a folder of this machine.

    Example:
        >>> is_local("file:///data"), is_local("s3://bucket")
        (True, False)
    """
    return protocol(location) == "file"


def normal_location(location: str) -> str:
    """One spelling for one location, because equal values at one location are stored once.

    Args:
        location: As the user wrote it: a path, with ``~`` or relative to the working directory, a ``file:`` URL, or
            another fsspec URL.

    Returns:
        An absolute path, or a URL without a slash at its end.

    Raises:
        ConfigurationError: It names no location, or one that cannot hold a store.

    Example:
        >>> normal_location("/data/values/"), normal_location("s3://bucket/values/")
        ('/data/values', 's3://bucket/values')
        >>> normal_location("file://localhost/my%20data")
        '/my data'
    """
    if not location.strip():
        raise ConfigurationError(
            "The storage location is empty. Set artifact_storage_dir to a folder, or to a URL like s3://bucket/folder."
        )
    if "::" in location and not location.startswith(("/", ".", "~")):
        raise ConfigurationError(
            f"The storage location {location!r} chains file systems with '::'. Values are checked against what is "
            f"really stored, so nothing may stand between: name the location itself, {location.rpartition('::')[2]!r}."
        )
    found = re.match(r"(?:file:|local:(?=//))(?://(?P<host>[^/]*))?(?P<path>.*)", location, re.DOTALL)
    if found is not None:
        host, path = found["host"] or "", unquote(found["path"])
        if host.startswith(("~", ".")):
            host, path = "", f"{host}{path}"
        if host not in ("", "localhost"):
            raise ConfigurationError(
                f"The storage location {location!r} is a folder of the machine {host!r}, which a file URL cannot "
                f"reach. For a folder of this machine write file:///{host}{path}; for one over SSH, "
                f"sftp://{host}{path}."
            )
        location = path
    elif "://" in location:
        return location if location.endswith("://") else location.rstrip("/")
    try:
        return str(Path(location).expanduser().absolute())
    except RuntimeError as error:
        raise ConfigurationError(
            f"The storage location {location!r} cannot be used: {error} Write the whole path."
        ) from error


def is_ours(key: str) -> bool:
    """Whether a file looks like one that a value store wrote, finished or not.

    Example:
        >>> is_ours(f"{'0' * 64}.json"), is_ours(".writing-0af3"), is_ours("README.md")
        (True, True, False)
    """
    return _OURS.fullmatch(key) is not None


def database_of(key: str) -> str | None:
    """Which database left a note under this key; None if it is no such note.

    Example:
        >>> database_of(".database-" + "0" * 32)
        '00000000000000000000000000000000'
    """
    return key.removeprefix(NOTE) if key.startswith(NOTE) else None


def scratch_folder() -> str:
    """Where values wait that are on their way to or from another machine.

    ``/tmp`` is memory on many machines, and a large value must not be held there once more: unless the user names a
    folder with TMPDIR, ``/var/tmp`` is taken, which is on disk.
    """
    folder = tempfile.gettempdir()
    if folder == "/tmp" and "TMPDIR" not in os.environ and os.access("/var/tmp", os.W_OK | os.X_OK):  # noqa: S108
        return "/var/tmp"  # noqa: S108
    return folder


def scratch_files() -> Iterator[Path]:
    """What waits in the scratch folder, of this user; also what processes left there that were killed.

    Example:
        >>> [path for path in scratch_files() if "lineapy-writing-" not in path.name]
        []
    """
    for path in Path(scratch_folder()).glob(f"{_SCRATCH}*"):
        with contextlib.suppress(OSError):  # gone meanwhile
            status = path.lstat()
            is_mine = not hasattr(os, "getuid") or status.st_uid == os.getuid()
            if is_mine and stat.S_ISREG(status.st_mode):
                yield path


def _connect(location: str, storage_options: Mapping[str, object]) -> tuple[Any, str]:
    # fsspec takes longer to import than a small value to save, so local folders do without it.
    import fsspec

    kind = protocol(location)
    try:
        fsspec.get_filesystem_class(kind)
    except ImportError as error:
        raise _missing_package(location, kind, error) from error
    except ValueError as error:
        raise ConfigurationError(
            f"The storage location {location!r} cannot be used: {error}. Choose a local folder, or a location like "
            "s3://bucket/folder, gs://bucket/folder, az://container/folder or sftp://host/folder, with "
            "artifact_storage_dir."
        ) from error
    # fsspec changes dictionaries it is given, and shares file systems, with what they remember, between callers.
    options = {key: dict(v) if isinstance(v, dict) else v for key, v in storage_options.items()}
    try:
        files, root = fsspec.core.url_to_fs(location, **{"skip_instance_cache": True, **options})
    except (TypeError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}".rstrip(".")
        shown = without_secrets(reason, location, storage_options)
        raise ConfigurationError(
            f"The storage location {masked_url(location)!r} cannot be used: {shown}. Check artifact_storage_dir, and "
            f"storage_options, which has {_listed(storage_options)}: it is passed to fsspec.filesystem({kind!r}, …)."
        ) from (error if shown == reason else None)
    return files, root.rstrip("/")


def _missing_package(location: str, kind: str, error: ImportError) -> MissingExtraError:
    reason, extra = str(error).rstrip("."), _EXTRAS.get(kind)
    advice = f" ({reason}). Install it with: pip install 'lineapy[{extra}]'" if extra else f": {reason}."
    return MissingExtraError(
        f"The storage location {masked_url(location)!r} needs a package that is not installed{advice}"
    )


def extra_for(location: str) -> str | None:
    """The extra of ours that installs what a location needs; None if it needs nothing that we do not have.

    Example:
        >>> extra_for("s3://bucket/folder"), extra_for("/home/me")
        ('s3', None)
    """
    return _EXTRAS.get(location.partition("://")[0]) if "://" in location else None


def _listed(storage_options: Mapping[str, object]) -> str:
    return ", ".join(map(repr, storage_options)) or "nothing in it"


def _accepted(function: Any, **options: object) -> dict[str, object]:
    """Those of the options that this version of a file system knows."""
    parameters = inspect.signature(function).parameters
    return {name: value for name, value in options.items() if name in parameters}


def _modified(info: Mapping[str, Any]) -> datetime.datetime | None:
    for name in ("LastModified", "last_modified", "mtime", "updated", "modified", "created"):
        found = info.get(name)
        if isinstance(found, str):
            try:
                found = datetime.datetime.fromisoformat(found)
            except ValueError:
                continue
        if isinstance(found, datetime.datetime):
            return found.astimezone(datetime.UTC) if found.tzinfo else found.replace(tzinfo=datetime.UTC)
        if isinstance(found, int | float):
            return _moment(found)
    return None


def _moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def _put_in_place(path: Path, target: Path) -> None:
    """Move a file without overwriting: a hard link fails if there is something."""
    try:
        os.link(path, target)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        # Whoever comes between brings the same bytes: the name is made of their digest.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from error
        path.rename(target)
    else:
        path.unlink(missing_ok=True)


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
