"""Plain data as JSON: None, booleans, numbers, texts, and lists and dictionaries of them.

Only exact types are taken, and only trees: a list that stands in two places is one list, which JSON cannot say.
Everything that Python's `json` reads back differently is left to pickle: keys that are not texts, lone surrogates,
a NaN that is not the usual one, integers with more digits than Python may be told to convert, deep nesting. So is
what is large: JSON is written and read in one piece.
"""

from __future__ import annotations

import json
import math
import struct
from typing import BinaryIO

from lineapy.storage.formats import Serializer, Sink

_MOST_ITEMS = 100_000
_MOST_CHARACTERS = 8 << 20
_DEEPEST = 100
#: `sys.set_int_max_str_digits` cannot forbid fewer than 640 digits.
_MOST_BITS = 2_000
_USUAL_NAN = struct.pack(">d", math.nan)


def _takes(value: object) -> bool:
    pending: list[tuple[object, int]] = [(value, 0)]
    seen: set[int] = set()
    items = characters = 0
    while pending:
        item, depth = pending.pop()
        kind = type(item)
        items += 1
        if kind is str:
            characters += len(item)  # type: ignore[arg-type]
            if not _is_text(item):  # type: ignore[arg-type]
                return False
        elif kind is int:
            if item.bit_length() > _MOST_BITS:  # type: ignore[attr-defined]
                return False
        elif kind is float:
            if item != item and struct.pack(">d", item) != _USUAL_NAN:
                return False
        elif kind is list or kind is dict:
            if id(item) in seen or depth == _DEEPEST:
                return False
            seen.add(id(item))
            if items + len(pending) + len(item) > _MOST_ITEMS:  # type: ignore[arg-type]
                return False
            if kind is dict:
                for key in item:  # type: ignore[attr-defined]
                    if type(key) is not str or not _is_text(key):
                        return False
                    characters += len(key)
                item = item.values()  # type: ignore[attr-defined]
            pending.extend((part, depth + 1) for part in item)  # type: ignore[attr-defined]
        elif item is not None and kind is not bool:
            return False
        if characters > _MOST_CHARACTERS:
            return False
    return True


def _is_text(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:  # surrogates
        return False
    return True


def _write(value: object, sink: Sink) -> None:
    sink.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _read(file: BinaryIO) -> object:
    return json.loads(file.read())


SERIALIZER = Serializer(
    name="json",
    extension="json",
    takes=_takes,
    write=_write,
    read=_read,
    can_run_code=False,
    plain="{json}.loads({pathlib}.Path({path}).read_bytes())",
)
