"""Values in and out of storage: written once under the digest of their bytes, read only if the digest is right."""

from __future__ import annotations

import contextlib
import io
import pickle
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import BinaryIO, Literal, TypeVar

from lineapy.db.records import StoredValue
from lineapy.errors import (
    ArtifactSaveError,
    DigestMismatchError,
    LineaError,
    StoreError,
    UnreadableValueError,
    UnserializableValueError,
    UntrustedFormatError,
    ValueMissingError,
)
from lineapy.storage.hashing import HashingWriter, digest_of
from lineapy.storage.places import (
    NOTE,
    Place,
    StoredFile,
    VanishedError,
    is_local,
    normal_location,
    place_at,
    protocol,
)
from lineapy.storage.secrets import with_password_of, without_password, without_secrets
from lineapy.storage.serializers import Serializer, serializer_for, serializer_named

#: Up to this size, a value is loaded from the very copy that was verified. Larger ones are read twice from one open
#: file, which needs no memory; only somebody who overwrites files in place, at that moment, could come in between.
_VERIFIED_IN_MEMORY = 32 << 20

#: Protocols whose URLs name no machine. Where they do, a password in the options is for that machine only.
_HOSTLESS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "memory"})

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with a stored value.

    Attributes:
        kind: ``"missing"``, ``"size"`` or ``"digest"``.
        message: What is wrong, where, and what to do.
    """

    kind: Literal["missing", "size", "digest"]
    message: str


class ValueStore:
    """Values at one location. Constructing it touches nothing.

    Args:
        location: `artifact_storage_dir`: a local path or an fsspec URL.
        storage_options: Passed unchanged to the fsspec file system of `location`, and to that of values that were
            written to another location of the same kind and machine.
        trusted_types_only: Refuse to load formats that can run code, such as pickles.

    Attributes:
        location: One spelling for each location, without a password: this goes to the database.

    Raises:
        ConfigurationError: The location cannot be one.

    Example:
        >>> import tempfile
        >>> store = ValueStore(tempfile.mkdtemp())
        >>> stored = store.write({"weights": [0.5, 0.25]})
        >>> stored.format
        'json'
        >>> store.read(stored)
        {'weights': [0.5, 0.25]}
        >>> store.remove(stored)
        >>> store.exists(stored)
        False
    """

    def __init__(
        self,
        location: str,
        storage_options: Mapping[str, object] | None = None,
        *,
        trusted_types_only: bool = False,
    ) -> None:
        self._url = normal_location(location)
        self.location = without_password(self._url)
        self._storage_options = storage_options
        self._trusted_types_only = trusted_types_only
        self._places: dict[str, Place] = {}
        self._writer: HashingWriter | None = None

    @property
    def written(self) -> int | None:
        """How many bytes of the value that is being written are; None if none is. For who watches from beside."""
        return None if self._writer is None else self._writer.size

    def __repr__(self) -> str:
        return f"ValueStore({self.location!r})"

    def write(self, value: object, avoid: Collection[str] = ()) -> StoredValue:
        """Store a value.

        Args:
            value: What to store.
            avoid: Keys that must not be used, because what is there is being removed.

        Returns:
            Where it is, and the digest of its bytes. The bytes are on disk, or at the provider.

        Raises:
            ArtifactSaveError: The value is a module.
            UnserializableValueError: No serializer can write it. The error chains the reason.
            StoreError: The location cannot be written. Nothing half-written is visible.

        Example:
            >>> import tempfile
            >>> store = ValueStore(tempfile.mkdtemp())
            >>> stored = store.write([1, 2, 3])
            >>> stored.key == f"{stored.digest}.json"
            True
            >>> store.write([1, 2, 3]) == stored  # equal bytes are stored once
            True
        """
        if isinstance(value, ModuleType):
            raise ArtifactSaveError(
                f"The module {value.__name__!r} cannot be saved as an artifact: it is code and not a value. Save what "
                "you made with it; the artifact's code will contain the import."
            )
        serializer = serializer_for(value)
        with self._new_file() as (path, file):
            digest, size = self._serialized(serializer, value, file)
            key = self._published(path, file, digest, size, serializer.extension, avoid)
        return StoredValue(digest, size, serializer.name, self.location, key)

    def read(self, stored: StoredValue) -> object:
        """Load a value from where it was written to, or from here if it has moved here.

        Args:
            stored: What `write` returned.

        Returns:
            The value.

        Raises:
            UntrustedFormatError: Its format can run code, and only trusted types are loaded.
            ValueMissingError: Its file is gone.
            DigestMismatchError: Its file is not the one that was written; nothing of it was loaded.
            UnreadableValueError: Its file is right, but cannot be turned into a value here, for example because
                a package is missing. The error chains the reason.
            StoreError: The location cannot be read.

        Example:
            >>> import tempfile
            >>> store = ValueStore(tempfile.mkdtemp())
            >>> store.read(store.write("iris"))
            'iris'
        """
        serializer = self._reader(stored)
        with self._verified(stored) as file:
            return _deserialized(serializer, file, stored)

    def remove(self, stored: StoredValue) -> None:
        """Remove a value that no artifact refers to any more. It may be gone already.

        Args:
            stored: What `write` returned.

        Raises:
            StoreError: The location cannot be written.

        Example:
            >>> import tempfile
            >>> store = ValueStore(tempfile.mkdtemp())
            >>> stored = store.write("iris")
            >>> store.remove(stored)
            >>> store.remove(stored)
        """
        with self._explained("removed from", stored.location):
            self._place_of(stored.location).remove(_safe(stored.key, stored.location))

    def exists(self, stored: StoredValue) -> bool:
        """Whether the file of a value is there; it may still be damaged.

        Args:
            stored: What `write` returned.

        Returns:
            Whether it is there.

        Raises:
            StoreError: The location cannot be read.

        Example:
            >>> import tempfile
            >>> store = ValueStore(tempfile.mkdtemp())
            >>> store.exists(store.write("iris"))
            True
        """
        return any(self._exists_at(location, stored) for location in self._locations_of(stored))

    def verify(self, stored: StoredValue) -> Damage | None:
        """Read a value's bytes, without loading it, and say whether they are the ones that were saved.

        Args:
            stored: What `write` returned.

        Returns:
            What is wrong; None if nothing is.

        Raises:
            StoreError: The location cannot be read, so nothing is known.

        Example:
            >>> import tempfile
            >>> store = ValueStore(tempfile.mkdtemp())
            >>> stored = store.write("iris")
            >>> store.verify(stored) is None
            True
            >>> store.remove(stored)
            >>> store.verify(stored).kind
            'missing'
        """
        try:
            with self._verified(stored):
                return None
        except ValueMissingError as error:
            return Damage("missing", str(error))
        except _WrongSizeError as error:
            return Damage("size", str(error))
        except DigestMismatchError as error:
            return Damage("digest", str(error))

    def files(self) -> Iterator[StoredFile]:
        """Every file of ours at this location, also those that an interrupted writer left; in no order.

        Raises:
            StoreError: The location cannot be read.

        Example:
            >>> import tempfile
            >>> store = ValueStore(tempfile.mkdtemp())
            >>> stored = store.write("iris")
            >>> [(file.key == stored.key, file.size) for file in store.files()]
            [(True, 6)]
        """
        with self._explained("listed in", self.location):
            yield from self._place.files()

    def remove_key(self, key: str) -> None:
        """Remove a file that `files` named. It may be gone already.

        Args:
            key: Its path below the location.

        Raises:
            StoreError: The location cannot be written.

        Example:
            >>> import tempfile
            >>> store = ValueStore(tempfile.mkdtemp())
            >>> stored = store.write("iris")
            >>> store.remove_key(stored.key)
            >>> store.exists(stored)
            False
        """
        with self._explained("removed from", self.location):
            self._place.remove(_safe(key, self.location))

    def fetch(self, stored: StoredValue, path: Path) -> None:
        """Copy a value's bytes into a local file, without loading it.

        Args:
            stored: What `write` returned.
            path: The file; what is in it is replaced.

        Raises:
            ValueMissingError: The value is gone.
            DigestMismatchError: It is damaged.
            StoreError: Its location cannot be read.

        Example:
            >>> import tempfile
            >>> store, path = ValueStore(tempfile.mkdtemp()), Path(tempfile.mkdtemp(), "copy")
            >>> store.fetch(store.write("iris"), path)
            >>> path.read_text()
            '"iris"'
        """

        def fetch(place: Place, key: str, location: str) -> None:
            place.fetch(key, path)
            with path.open("rb") as file:
                _check(stored, location, *digest_of(file))

        self._from_one_of_its_locations(stored, fetch)

    def copy_in(self, source: ValueStore, stored: StoredValue, avoid: Collection[str] = ()) -> StoredValue:
        """Copy a value from another store, without loading it. Its bytes are verified on the way.

        Args:
            source: The store that has it.
            stored: What the other store's `write` returned.
            avoid: Keys that must not be used, because what is there is being removed.

        Returns:
            Where it is now. If it was here already, and undamaged, nothing was copied.

        Raises:
            ValueMissingError: The other store no longer has it.
            DigestMismatchError: It is damaged there; nothing was copied.
            StoreError: One of the locations cannot be used.

        Example:
            >>> import tempfile
            >>> old, new = ValueStore(tempfile.mkdtemp()), ValueStore(tempfile.mkdtemp())
            >>> moved = new.copy_in(old, old.write("iris"))
            >>> moved.location == new.location
            True
            >>> new.read(moved)
            'iris'
        """
        key = PurePosixPath(stored.key).name
        with self._explained("looked up in", self.location):
            is_here = self._holds(_safe(key, self.location), stored.digest, stored.size)
        if not is_here or key in avoid:
            with self._new_file() as (path, file):
                source.fetch(stored, path)
                extension = key.partition(".")[2] or "value"
                key = self._published(path, file, stored.digest, stored.size, extension, avoid)
        return StoredValue(stored.digest, stored.size, stored.format, self.location, key)

    def at(self, location: str) -> ValueStore:
        """The store at another location, with those options and that password that are meant for it, too.

        Args:
            location: As in `StoredValue.location`.

        Returns:
            The other store.

        Raises:
            ConfigurationError: The location cannot be one.

        Example:
            >>> ValueStore("s3://bucket/new", {"profile": "team"}).at("s3://bucket/old").location
            's3://bucket/old'
        """
        options = self._storage_options if self._shares_options(location) else None
        url = with_password_of(location, self._url)
        return ValueStore(url, options, trusted_types_only=self._trusted_types_only)

    def note_database(self, identity: str) -> None:
        """Leave a note that a database keeps values here, so that gc of another one leaves them alone.

        Args:
            identity: Of the database, 32 hexadecimal digits.

        Raises:
            StoreError: The location cannot be written.

        Example:
            >>> import tempfile
            >>> store = ValueStore(tempfile.mkdtemp())
            >>> store.note_database("0" * 32)
            >>> [file.key[:15] for file in store.files()]
            ['.database-00000']
        """
        key = f"{NOTE}{identity}"
        with self._explained("written to", self.location):
            if self._place.exists(key):
                return
        with self._new_file() as (path, file):
            file.write(
                b"A database of LineaPy keeps values here. `lineapy store gc` of another one heeds this.\n"
            )
            with self._explained("written to", self.location), contextlib.suppress(FileExistsError):
                self._place.publish(path, file, key)

    def probe(self) -> None:
        """Write a small file, read it back, and remove it.

        Raises:
            StoreError: One of these cannot be done.
            ConfigurationError: The location or its options are wrong, or a package is missing.

        Example:
            >>> import tempfile
            >>> ValueStore(tempfile.mkdtemp()).probe()
        """
        key, content = f".writing-probe_{secrets.token_hex(8)}", secrets.token_bytes(32)
        with self._new_file() as (path, file):
            file.write(content)
            with self._explained("written to", self.location):
                self._place.publish(path, file, key)
        try:
            with self._explained("read from", self.location), self._place.open(key) as found:
                if found.read() != content:
                    raise OSError("what was read is not what was written")
        finally:
            self.remove_key(key)

    def local_file(self, stored: StoredValue) -> Path | None:
        """The file of a value, if it is on this machine.

        Args:
            stored: What `write` returned.

        Returns:
            Its path; None if the value is elsewhere. If it is nowhere, where it was written to.

        Example:
            >>> import tempfile
            >>> store = ValueStore(tempfile.mkdtemp())
            >>> store.local_file(store.write("iris")).read_text()
            '"iris"'
        """
        local = [location for location in self._locations_of(stored) if is_local(location)]
        paths = [Path(location) / _safe(stored.key, location) for location in local]
        recorded_is_local = is_local(stored.location)
        return next((path for path in paths if path.exists()), paths[0] if recorded_is_local else None)

    @property
    def _place(self) -> Place:
        return self._place_of(self.location)

    def _place_of(self, location: str) -> Place:
        """Values stay where they were written when the configured location changes."""
        if location not in self._places:
            options = self._storage_options if self._shares_options(location) else None
            self._places[location] = place_at(with_password_of(location, self._url), options)
        return self._places[location]

    def _shares_options(self, location: str) -> bool:
        """Options for one kind of file system mean nothing to another, and a password is for one machine."""
        kind = protocol(location)
        if kind != protocol(self.location):
            return False
        return kind in _HOSTLESS or _machine(location) == _machine(self.location)

    def _locations_of(self, stored: StoredValue) -> list[str]:
        """Where a value may be: where it was written to, and here, if the team has moved its folder.

        What is on this machine comes first: a server that is gone is waited for long.
        """
        recorded = normal_location(stored.location)
        return [recorded] if recorded == self.location else sorted((recorded, self.location), key=_is_remote)

    def _exists_at(self, location: str, stored: StoredValue) -> bool:
        with self._explained("looked up in", location):
            return self._place_of(location).exists(_safe(stored.key, location))

    def _reader(self, stored: StoredValue) -> Serializer:
        try:
            serializer = serializer_named(stored.format)
        except LookupError as error:
            raise UnreadableValueError(
                f"{_named(stored)} has the format {stored.format!r}, which cannot be read here. {error.args[0]}"
            ) from None
        if serializer.can_run_code and self._trusted_types_only:
            raise UntrustedFormatError(
                f"{_named(stored)} in {stored.location} was not loaded: its format is {serializer.name!r}, which can "
                "run code that came with the value, and trusted_types_only is set. If you trust whoever can write to "
                "your store, load it with lineapy.options.set('trusted_types_only', False); or make the value again by "
                "running the artifact's code, and save it as plain data, an array or a data frame."
            )
        return serializer

    @contextmanager
    def _new_file(self) -> Iterator[tuple[Path, BinaryIO]]:
        with self._explained("written to", self.location):
            path, file = self._place.new_file()
        try:
            with file:
                yield path, file
        finally:
            path.unlink(missing_ok=True)

    def _serialized(self, serializer: Serializer, value: object, file: BinaryIO) -> tuple[str, int]:
        with self._explained("written to", self.location):
            writer = self._writer = HashingWriter(file)
            try:
                serializer.write(value, writer)
                writer.flush()
            except MemoryError:
                raise
            except Exception as error:
                if writer.failure is not None:
                    raise writer.failure from None
                raise _unserializable(value, error, serializer) from error
            finally:
                self._writer = None
        return writer.digest, writer.size

    def _published(
        self, path: Path, file: BinaryIO, digest: str, size: int, extension: str, avoid: Collection[str]
    ) -> str:
        """Put a finished file in its place, and say under which key."""
        with self._explained("written to", self.location):
            key = f"{digest}.{extension}"
            if key not in avoid:
                try:
                    self._place.publish(path, file, key)
                except FileExistsError:
                    if self._holds(key, digest, size):
                        self._place.settle()
                        return key
                except VanishedError:
                    pass  # gc has just claimed this key, so another one is needed anyway
                else:
                    return key
            # What is at a key is never overwritten, also if it is damaged: somebody may be reading it.
            for attempts_left in (2, 1, 0):
                key = f"{digest}-{secrets.token_hex(4)}.{extension}"
                try:
                    self._place.publish(path, file, key)
                    break
                except VanishedError:
                    if not attempts_left:
                        raise
            return key

    def _holds(self, key: str, digest: str, size: int) -> bool:
        """Whether these very bytes are at a key. That something is there says nothing."""
        if not self._place.exists(key):
            return False
        try:
            with self._place.open(key) as file:
                return digest_of(file) == (size, digest)
        except FileNotFoundError:
            return False

    def _verified(self, stored: StoredValue) -> BinaryIO:
        """The bytes of a value. There is no other way to them, so nothing is ever loaded unverified."""

        def opened(place: Place, key: str, location: str) -> BinaryIO:
            file = place.open(key)
            try:
                if stored.size <= _VERIFIED_IN_MEMORY:
                    content = file.read(stored.size + 1)
                    file.close()
                    file = io.BytesIO(content)
                _check(stored, location, *digest_of(file))
                file.seek(0)
            except BaseException:
                file.close()
                raise
            return file

        return self._from_one_of_its_locations(stored, opened)

    def _from_one_of_its_locations(
        self, stored: StoredValue, get: Callable[[Place, str, str], _Found]
    ) -> _Found:
        """Get a value's bytes where they are; say what is wrong if they are nowhere, or damaged everywhere."""
        failures: dict[str, LineaError] = {}
        locations = self._locations_of(stored)
        for location in locations:
            try:
                with self._explained("read from", location):
                    try:
                        return get(self._place_of(location), _safe(stored.key, location), location)
                    except (FileNotFoundError, NotADirectoryError):
                        continue
            except LineaError as error:
                failures[location] = error
        if failures:
            raise failures.get(normal_location(stored.location)) or next(iter(failures.values()))
        raise self._missing(stored)

    def _missing(self, stored: StoredValue) -> ValueMissingError:
        if self._locations_of(stored) == [self.location]:
            return ValueMissingError(
                f"{_named(stored)} is missing from {self.location}: the file {stored.key} was deleted or moved, or the "
                "location is not reachable from here. If it was moved, set artifact_storage_dir to where it is; "
                "otherwise put it back, or make the value again by running the artifact's code."
            )
        return ValueMissingError(
            f"{_named(stored)} was saved to {stored.location}, and its file {stored.key} is not there; nor is it in "
            f"{self.location}, which artifact_storage_dir names now. If the files were moved, set artifact_storage_dir "
            "to where they are: lineapy.options.set('artifact_storage_dir', …). If this is the database of another "
            "store, set database_url to the one that belongs to artifact_storage_dir. Otherwise put the file back, or "
            "make the value again by running the artifact's code."
        )

    @contextmanager
    def _explained(self, done: str, location: str) -> Iterator[None]:
        """Whatever a file system raises, the user learns which location failed and why, and no secret."""
        try:
            yield
        except (LineaError, MemoryError):
            raise
        except Exception as error:
            reason = _reason(error)
            shown = without_secrets(reason, self._url, self._storage_options)
            # A chained error would show what has just been taken out.
            is_harmless = shown == reason and not self._has_secrets(error.__cause__ or error.__context__)
            raise StoreError(
                f"A value could not be {done} {location}: {shown}. {self._advice(location)}"
            ) from (error if is_harmless else None)

    def _has_secrets(self, error: BaseException | None) -> bool:
        if error is None:
            return False
        text = str(error)
        return without_secrets(text, self._url, self._storage_options) != text or self._has_secrets(
            error.__cause__ or error.__context__
        )

    def _advice(self, location: str) -> str:
        if location != self.location:
            options = (
                f" storage_options are meant for {self.location} and were not passed on."
                if self._storage_options and not self._shares_options(location)
                else ""
            )
            return (
                f"It was saved there; artifact_storage_dir is {self.location} now, and does not have it.{options} Make "
                f"{location} reachable, or copy its files to {self.location}."
            )
        if is_local(location):
            return (
                "Make sure that the folder exists, has space, and is yours to use, or choose another location with "
                "artifact_storage_dir."
            )
        return (
            "Make sure that the location exists and is reachable, and that your credentials, as the provider's own "
            "tools have them or in storage_options, allow it; or choose another location with artifact_storage_dir."
        )


class _WrongSizeError(DigestMismatchError):
    """So that `verify` can tell."""


def _check(stored: StoredValue, location: str, size: int, digest: str) -> None:
    if (size, digest) == (stored.size, stored.digest):
        return
    if size == stored.size:
        kind, difference = DigestMismatchError, f"its SHA-256 is not {stored.digest}"
    else:
        # Of a small file at most one byte more is read, so a longer file's true size is not known here.
        how = "longer" if size > stored.size else "shorter"
        kind, difference = _WrongSizeError, f"it is {how} than the {stored.size} bytes that were saved"
    raise kind(
        f"{_named(stored)} was not loaded, because the file {stored.key} in {location} has changed since it was saved: "
        f"{difference}. Restore it from a copy, or make the value again by running the artifact's code."
    )


def _safe(key: str, location: str) -> str:
    path = PurePosixPath(key)
    if not path.parts or path.is_absolute() or ".." in path.parts:
        raise StoreError(
            f"The key {key!r} leads out of {location}: the database row that has it is damaged or forged. Nothing was "
            "touched."
        )
    return key


def _is_remote(location: str) -> bool:
    return not is_local(location)


def _machine(location: str) -> str:
    return location.partition("://")[2].partition("/")[0].rpartition("@")[2]


def _deserialized(serializer: Serializer, file: BinaryIO, stored: StoredValue) -> object:
    try:
        return serializer.read(file)
    except (LineaError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == "pyarrow":
            advice = "Install it with: pip install 'lineapy[arrow]'"
        elif isinstance(error, ModuleNotFoundError):
            advice = f"Install the package that has the module {error.name!r}."
        elif isinstance(error, (AttributeError, ImportError)):
            advice = "Install the version of the package that it was saved with."
        else:
            advice = "Try the Python and package versions that it was saved with, or run the artifact's code."
        raise UnreadableValueError(
            f"{_named(stored)} is undamaged but cannot be loaded here: {_reason(error)}. {advice}"
        ) from error


def _unserializable(value: object, error: Exception, serializer: Serializer) -> UnserializableValueError:
    kind, reason = _type_name(value), _reason(error)
    if _is_recursion(error):
        return UnserializableValueError(
            f"A value of type {kind} cannot be saved: it is nested too deeply. Save it in a flatter form, or allow "
            "more with sys.setrecursionlimit."
        )
    if "@" in serializer.name:
        advice = (
            f"The format {serializer.name!r} took it and could not write it: report that to the package's authors, or "
            "uninstall the package."
        )
    elif isinstance(error, (TypeError, AttributeError, pickle.PicklingError)):
        advice = (
            "It, or something in it, exists only in the running program. Save the data it was made from: a list "
            "instead of a generator, a path instead of an open file."
        )
    else:
        advice = "Its own code raised that while it was pickled; mend its __reduce__ or __getstate__."
    return UnserializableValueError(f"A value of type {kind} cannot be saved: {reason}. {advice}")


def _is_recursion(error: BaseException | None) -> bool:
    # cloudpickle turns a RecursionError into a PicklingError that chains it.
    return error is not None and (isinstance(error, RecursionError) or _is_recursion(error.__cause__))


def _type_name(value: object) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(".")


def _named(stored: StoredValue) -> str:
    return f"The value {stored.digest[:12]}"
