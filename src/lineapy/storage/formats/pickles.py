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


def _takes(_: object) -> bool:
    return True


@functools.cache
def _pickler() -> type[pickle.Pickler]:
    import cloudpickle

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
        def reducer_override(self, obj: object) -> object:
            if isinstance(obj, io.IOBase | memoryview):
                return _reduced(obj)
            return super().reducer_override(obj)

    return Pickler


def _write(value: object, sink: Sink) -> None:
    # Not pickle: classes and functions of the user's script must load in another program, too.
    _pickler()(sink, protocol=5).dump(value)


def _reduced(obj: io.IOBase | memoryview) -> object:
    """Cloudpickle makes bytes of a view, and a `StringIO` of an open file; others open the file again when loaded."""
    if isinstance(obj, memoryview):
        raise TypeError("cannot save a memoryview, which shows memory of something else; save bytes(view)")
    if isinstance(obj, io.StringIO | io.BytesIO):
        return NotImplemented
    for name in ("stdout", "stderr", "__stdout__", "__stderr__"):
        if obj is getattr(sys, name):
            return getattr, (sys, name)  # whatever it is in the program that loads it
    raise TypeError(f"cannot save an open file: {obj!r}")


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
