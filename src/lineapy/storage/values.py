"""Values in and out of storage: written once under the digest of their bytes, read only if the digest is right."""

from __future__ import annotations

import io
import os
import pickle
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import BinaryIO

from lineapy.db.records import StoredValue
from lineapy.errors import (
    ArtifactSaveError,
    DigestMismatchError,
    LineaError,
    StoreError,
    UnreadableValueError,
    UnserializableValueError,
    ValueMissingError,
)
from lineapy.storage.hashing import HashingWriter, digest_of
from lineapy.storage.places import Place, place_at, protocol
from lineapy.storage.serializers import SERIALIZERS, Serializer, serializer_for

#: Up to this size, a value is loaded from the very copy that was verified. Larger ones are read twice from one open
#: file, which needs no memory; only somebody who overwrites files in place, at that moment, could come in between.
_VERIFIED_IN_MEMORY = 32 << 20


class ValueStore:
    """Values at one location. Constructing it touches nothing.

    Args:
        location: `artifact_storage_dir`: a local path or an fsspec URL.
        storage_options: Passed unchanged to the fsspec file system of `location`.

    Example:
        >>> import tempfile
        >>> store = ValueStore(tempfile.mkdtemp())
        >>> stored = store.write({"weights": [0.5, 0.25]})
        >>> stored.format
        'cloudpickle'
        >>> store.read(stored)
        {'weights': [0.5, 0.25]}
        >>> store.remove(stored)
        >>> store.exists(stored)
        False
    """

    def __init__(self, location: str, storage_options: Mapping[str, object] | None = None) -> None:
        self.location = _normal(location)
        self._storage_options = storage_options

    def write(self, value: object) -> StoredValue:
        """Store a value.

        Args:
            value: What to store.

        Returns:
            Where it is, and the digest of its bytes. The bytes are on disk.

        Raises:
            ArtifactSaveError: The value is a module.
            UnserializableValueError: No serializer can write it. The error chains the reason.
            StoreError: The location cannot be written. Nothing half-written remains.

        Example:
            >>> import tempfile
            >>> len(ValueStore(tempfile.mkdtemp()).write([1, 2, 3]).digest)
            64
        """
        if isinstance(value, ModuleType):
            raise ArtifactSaveError(
                f"The module {value.__name__!r} cannot be saved as an artifact: it is code and not a value. Save what "
                "you made with it; the artifact's code will contain the import."
            )
        serializer = serializer_for(value)
        with self._temporary_file() as path:
            digest, size = self._serialized(serializer, value, path)
            key = f"{digest[:2]}/{digest}.{serializer.extension}"
            with _explained("written to", self.location):
                # Even when the key exists: whatever is there, these bytes are right, and replacing is atomic.
                self._place.publish(path, key)
        return StoredValue(digest, size, serializer.name, self.location, key)

    def read(self, stored: StoredValue) -> object:
        """Load a value from where it was written to.

        Args:
            stored: What `write` returned.

        Returns:
            The value.

        Raises:
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
        serializer = SERIALIZERS.get(stored.format)
        if serializer is None:
            raise UnreadableValueError(
                f"{_named(stored)} has the format {stored.format!r}, which this LineaPy does not know: it knows "
                f"{', '.join(SERIALIZERS)}. Update LineaPy, or install the package that adds the format."
            )
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
        with _explained("removed from", stored.location):
            self._place_of(stored).remove(_key(stored))

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
        with _explained("looked up in", stored.location):
            return self._place_of(stored).exists(_key(stored))

    @cached_property
    def _place(self) -> Place:
        return place_at(self.location, self._storage_options)

    def _place_of(self, stored: StoredValue) -> Place:
        """Values stay where they were written when the configured location changes."""
        if stored.location == self.location:
            return self._place
        is_same_kind = protocol(stored.location) == protocol(self.location)
        # Options of one kind of file system mean nothing, or something else, to another.
        return place_at(stored.location, self._storage_options if is_same_kind else None)

    @contextmanager
    def _temporary_file(self) -> Iterator[Path]:
        with _explained("written to", self.location):
            descriptor, name = tempfile.mkstemp(prefix=".writing-", dir=self._place.scratch_folder())
            os.close(descriptor)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _serialized(self, serializer: Serializer, value: object, path: Path) -> tuple[str, int]:
        with _explained("written to", self.location), path.open("wb") as file:
            writer = HashingWriter(file)
            try:
                serializer.write(value, writer)
                writer.flush()
            except MemoryError:
                raise
            except Exception as error:
                if writer.failure is not None:
                    raise writer.failure from None
                raise _unserializable(value, error) from error
        return writer.digest, writer.size

    @contextmanager
    def _verified(self, stored: StoredValue) -> Iterator[BinaryIO]:
        """The bytes of a value. There is no other way to them, so nothing is ever loaded unverified."""
        with _explained("read from", stored.location):
            try:
                file = self._place_of(stored).open(_key(stored))
            except FileNotFoundError as error:
                raise ValueMissingError(
                    f"{_named(stored)} is missing from {stored.location}: the file {stored.key} was deleted or moved, "
                    "or the location is not reachable from here. Put it back, or make the value again by running the "
                    "artifact's code."
                ) from error
        with file:
            with _explained("read from", stored.location):
                if stored.size <= _VERIFIED_IN_MEMORY:
                    content = file.read(stored.size + 1)
                    file.close()
                    file = io.BytesIO(content)
                size, digest = digest_of(file)
            if (size, digest) != (stored.size, stored.digest):
                raise DigestMismatchError(
                    f"{_named(stored)} was not loaded, because the file {stored.key} in {stored.location} has changed "
                    f"since it was saved: {_difference(stored, size)}. Restore it from a copy, or make the value "
                    "again by running the artifact's code."
                )
            file.seek(0)
            yield file


def _normal(location: str) -> str:
    """One spelling for one location, because equal values at one location are stored once."""
    if protocol(location) != "file" or "://" in location:
        return location if location.endswith("://") else location.rstrip("/")
    return str(Path(location).expanduser().absolute())


def _key(stored: StoredValue) -> str:
    path = PurePosixPath(stored.key)
    if path.is_absolute() or ".." in path.parts:
        raise StoreError(
            f"{_named(stored)} has the key {stored.key!r}, which leads out of {stored.location}: the database row is "
            "damaged or forged. Nothing was touched."
        )
    return stored.key


def _deserialized(serializer: Serializer, file: BinaryIO, stored: StoredValue) -> object:
    try:
        return serializer.read(file)
    except MemoryError:
        raise
    except Exception as error:
        if isinstance(error, ModuleNotFoundError):
            advice = f"Install the package that has the module {error.name!r}."
        elif isinstance(error, (AttributeError, ImportError)):
            advice = "Install the version of the package that it was saved with."
        else:
            advice = "Try the Python and package versions that it was saved with, or run the artifact's code."
        raise UnreadableValueError(
            f"{_named(stored)} is undamaged but cannot be loaded here: {_reason(error)}. {advice}"
        ) from error


def _unserializable(value: object, error: Exception) -> UnserializableValueError:
    kind = _type_name(value)
    if _is_recursion(error):
        return UnserializableValueError(
            f"A value of type {kind} cannot be saved: it is nested too deeply. Save it in a flatter form, or allow "
            "more with sys.setrecursionlimit."
        )
    if isinstance(error, (TypeError, AttributeError, pickle.PicklingError)):
        advice = (
            "It, or something in it, exists only in the running program. Save the data it was made from: a list "
            "instead of a generator, a path instead of an open file."
        )
    else:
        advice = "Its own code raised that while it was pickled; mend its __reduce__ or __getstate__."
    return UnserializableValueError(f"A value of type {kind} cannot be saved: {_reason(error)}. {advice}")


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


def _difference(stored: StoredValue, size: int) -> str:
    if size == stored.size:
        return f"its SHA-256 is not {stored.digest}"
    # At most one byte more is read, so a longer file's true size is not known here.
    return (
        f"it is {'longer' if size > stored.size else 'shorter'} than the {stored.size} bytes that were saved"
    )


@contextmanager
def _explained(done: str, location: str) -> Iterator[None]:
    """Whatever a file system raises, the user learns which location failed and why."""
    try:
        yield
    except (LineaError, MemoryError):
        raise
    except Exception as error:
        raise StoreError(
            f"A value could not be {done} {location}: {_reason(error)}. Make sure that the location exists, has "
            "space, and is yours to use, or choose another one with LINEAPY_ARTIFACT_STORAGE_DIR."
        ) from error
