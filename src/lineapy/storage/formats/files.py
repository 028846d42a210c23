"""`pathlib.Path`: not the path is the value, but the file it leads to."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, cast

from lineapy.storage.formats import Serializer, Sink

_PIECE = 1 << 20


def _takes(value: object) -> bool:
    return isinstance(value, Path)


def _write(value: object, sink: Sink) -> None:
    with cast("Path", value).open("rb") as file:
        while piece := file.read(_PIECE):
            sink.write(piece)


def _read(file: BinaryIO) -> bytes:
    return file.read()


SERIALIZER = Serializer(
    name="file",
    extension="file",
    takes=_takes,
    write=_write,
    read=_read,
    can_run_code=False,
    plain="{pathlib}.Path({path})",
)
