"""Everything else, by cloudpickle with protocol 5: classes and functions of the user's script are written out whole.

Loading a pickle can run any code, so `trusted_types_only` refuses it.
"""

from __future__ import annotations

import functools
import io
import pickle
import sys
from typing import BinaryIO

from lineapy.storage.formats import Serializer, Sink


class NotAValueError(TypeError):
    """Something that pickle would write, but not as what it is."""


def _takes(_: object) -> bool:
    return True


@functools.cache
def _pickler() -> type[pickle.Pickler]:
    import cloudpickle  # type: ignore[import-untyped]

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
        def reducer_override(self, obj: object) -> object:
            if isinstance(obj, io.IOBase | memoryview):
                _check_is_a_value(obj)
            return super().reducer_override(obj)

    return Pickler


def _write(value: object, sink: Sink) -> None:
    # Not pickle: classes and functions of the user's script must load in another program, too.
    _pickler()(sink, protocol=5).dump(value)


def _check_is_a_value(obj: io.IOBase | memoryview) -> None:
    """Cloudpickle makes bytes of a view, and a `StringIO` of an open file; others open the file again when loaded."""
    if isinstance(obj, memoryview):
        raise NotAValueError(
            "cannot save a memoryview: it shows memory that belongs to something else; save bytes(view)"
        )
    in_memory = isinstance(obj, io.StringIO | io.BytesIO)
    if not in_memory and not any(obj is stream for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise NotAValueError(f"cannot save an open file: {obj!r}")


def _read(file: BinaryIO) -> object:
    return pickle.load(file)


SERIALIZER = Serializer(
    name="cloudpickle",
    extension="pickle",
    takes=_takes,
    write=_write,
    read=_read,
    can_run_code=True,
    plain="{pickle}.loads({pathlib}.Path({path}).read_bytes())",
)
