"""`bytes`: the file is the value."""

from __future__ import annotations

from typing import BinaryIO, cast

from lineapy.storage.formats import Serializer, Sink


def _takes(value: object) -> bool:
    return type(value) is bytes


def _write(value: object, sink: Sink) -> None:
    sink.write(cast("bytes", value))


def _read(file: BinaryIO) -> bytes:
    return file.read()


SERIALIZER = Serializer(
    name="bytes",
    extension="bin",
    takes=_takes,
    write=_write,
    read=_read,
    can_run_code=False,
    plain="{pathlib}.Path({path}).read_bytes()",
)
