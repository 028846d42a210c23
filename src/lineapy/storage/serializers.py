"""How a value becomes bytes and comes back: the table of formats.

A format is one entry in `SERIALIZERS`. Its name is stored with each value, so an entry may be improved but never
removed or renamed: old values must stay readable.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol


class Sink(Protocol):
    """What a serializer writes to."""

    def write(self, data: bytes | memoryview | pickle.PickleBuffer, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Serializer:
    """One format."""

    #: Stored with each value.
    name: str
    #: Of the files; different for each format, because the file's name says digest and format.
    extension: str
    #: Writes the value to the sink piece by piece, never as one big string.
    write: Callable[[object, Sink], None]
    #: Reads a value from a file whose digest has been verified.
    read: Callable[[BinaryIO], object]


def _write_cloudpickle(value: object, sink: Sink) -> None:
    import cloudpickle  # type: ignore[import-untyped]

    # Not pickle: classes and functions of the user's script must load in another program, too.
    cloudpickle.Pickler(sink, protocol=5).dump(value)


def _read_cloudpickle(file: BinaryIO) -> object:
    return pickle.load(file)


_CLOUDPICKLE = Serializer("cloudpickle", "pickle", _write_cloudpickle, _read_cloudpickle)

#: All formats by name.
SERIALIZERS: Mapping[str, Serializer] = {serializer.name: serializer for serializer in (_CLOUDPICKLE,)}


def serializer_for(value: object) -> Serializer:  # noqa: ARG001  # so far one format takes every value
    """The format in which a value is stored.

    Args:
        value: Any value.

    Returns:
        The serializer that should write it.

    Example:
        >>> serializer_for([1, 2, 3]).name
        'cloudpickle'
    """
    return _CLOUDPICKLE
