"""One file per format: how a value becomes bytes and comes back, and which values it takes.

A value that a format takes comes back exactly. Each format's file says which values that are; where it is in doubt
it does not take the value, and `cloudpickle`, which takes everything, is next.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol


class Sink(Protocol):
    """What a serializer writes to."""

    def write(self, data: bytes | memoryview | pickle.PickleBuffer, /) -> int:
        """Write all of `data`, and return its length. Views of large memory are not copied."""


@dataclass(frozen=True, slots=True)
class Serializer:
    """One format.

    A package adds a format of its own with an entry point in the group ``lineapy.serializers`` that names an object
    of this class::

        [project.entry-points."lineapy.serializers"]
        polars = "lineapy_polars:SERIALIZER"

    Attributes:
        name: Stored with each value, so it may never change: lower-case letters, digits, ``_`` and ``-``.
        extension: Of the files. Each format has another, because a file's name says digest and format.
        takes: Whether a value is stored in this format; it must then come back exactly. Asked for every value that
            is saved, so it looks at the type first, and imports nothing.
        write: Writes the value to the sink piece by piece, never as one big string.
        read: Reads a value from a file whose digest has been verified.
        can_run_code: Whether reading a file made for the purpose could run code. Such formats are not loaded when
            `trusted_types_only` is set. It is True unless somebody is sure.
        plain: How a program without LineaPy reads the file: an expression in which ``{path}`` stands for the path
            and each other name in braces for a module to import; None if only LineaPy can.

    Example:
        >>> import fractions
        >>> serializer = Serializer(
        ...     name="fraction",
        ...     extension="txt",
        ...     takes=lambda value: type(value) is fractions.Fraction,
        ...     write=lambda value, sink: sink.write(str(value).encode()),
        ...     read=lambda file: fractions.Fraction(file.read().decode()),
        ...     can_run_code=False,
        ...     plain="{fractions}.Fraction(open({path}).read())",
        ... )
        >>> serializer.takes(fractions.Fraction(1, 3)), serializer.takes(0.5)
        (True, False)
    """

    name: str
    extension: str
    takes: Callable[[object], bool]
    write: Callable[[object, Sink], object]
    read: Callable[[BinaryIO], object]
    can_run_code: bool = True
    plain: str | None = None
