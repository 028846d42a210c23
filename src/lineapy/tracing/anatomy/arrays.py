"""NumPy and pandas: data that lies in buffers."""

from __future__ import annotations

import operator
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import xxhash

from lineapy.tracing.anatomy.kind import IMMUTABLE_KIND, NO_PARTS, Kind, Parts


def numpy_kind(numpy: Any, cls: type) -> Kind | None:
    """Arrays, views of them, scalars."""
    if issubclass(cls, numpy.ndarray):
        return Kind(_array_parts, digest=_array_digest, also_known_as=_array_owner)
    if cls is numpy.nditer:
        return Kind(_walked_arrays, opaque=True)
    if issubclass(cls, numpy.generic):
        return IMMUTABLE_KIND
    return None


def pandas_kind(pandas: Any, cls: type) -> Kind | None:
    """Frames, series, indexes and what they are made of."""
    if issubclass(cls, pandas.DataFrame | pandas.Series):
        # Before pandas 3, whether columns lie together decides what a change of ``frame.values`` changes.
        has_lazy_copies = int(pandas.__version__.partition(".")[0]) >= 3
        return Kind(_frame_parts, moved_from=_left_by_frame if has_lazy_copies else None)
    if cls.__name__ == "BlockPlacement":
        return IMMUTABLE_KIND
    if cls.__module__ == "pandas.core.indexing" and hasattr(cls, "obj"):
        return Kind(lambda indexer: (indexer.obj,))
    if issubclass(cls, pandas.Index):
        return Kind(_index_parts)
    if issubclass(cls, pandas.api.extensions.ExtensionArray) and hasattr(cls, "_ndarray"):
        return Kind(lambda extension: (extension._ndarray,))
    if any(base.__name__ == "ArrowExtensionArray" for base in cls.__mro__):
        return Kind(
            lambda extension: (extension._pa_array,)
        )  # which is immutable: a change puts another in its place
    if issubclass(cls, pandas.api.extensions.ExtensionDtype):
        return IMMUTABLE_KIND
    return None


def _array_parts(value: Any) -> Parts:
    parts: Parts = ()
    if value.dtype.hasobject:
        parts = tuple(value.ravel().tolist())
    owner = _owner(value)
    if owner is value or type(owner).__name__ == "PyCapsule":
        return parts  # memory of Arrow's, for one: the capsule does nothing but hold it
    return (*parts, owner)


def _owner(value: Any) -> Any:
    """The object that holds an array's memory: the end of the chain of bases."""
    while True:
        base = value.obj if isinstance(value, memoryview) else getattr(value, "base", None)
        if base is None:
            return value
        value = base


def _walked_arrays(iterator: Any) -> Parts:
    try:
        return tuple(iterator.operands)
    except ValueError:  # closed
        return NO_PARTS


def _array_owner(value: Any) -> Iterator[int]:
    owner = _owner(value)
    yield id(owner)
    if "torch" in sys.modules:
        # Memory shared with a tensor, of which neither object knows.
        yield (
            value.__array_interface__["data"][0]
            if owner is value or not hasattr(owner, "__array_interface__")
            else owner.__array_interface__["data"][0]
        )


def _array_digest(value: Any) -> object:
    import numpy

    if value.dtype.hasobject:
        return value.shape
    # Through a byte view: xxhash wants a plain buffer, and datetime64 has none.
    contiguous = numpy.ascontiguousarray(value).reshape(-1)
    digest = 0
    if contiguous.size and contiguous.dtype.itemsize:
        raw: Any = contiguous.view(numpy.uint8)
        digest = xxhash.xxh3_128_intdigest(raw)
    return (digest, value.shape, value.dtype)


def _frame_parts(value: Any) -> Parts:
    manager = value._mgr
    blocks = tuple(block.values for block in manager.blocks)
    if value.ndim == 1:
        return (*blocks, *manager.axes, value._attrs, value._name)
    return (*blocks, *[block.mgr_locs for block in manager.blocks], *manager.axes, value._attrs)


def _left_by_frame(value: Any, before: Parts) -> Iterator[int] | None:
    """A frame that is asked for something may put columns of one type together: they are elsewhere, and the same."""
    if value.ndim != 2:
        return None
    count = (len(before) - 3) // 2
    now: tuple[Any, ...] = _frame_parts(value)
    earlier: tuple[Any, ...] = before
    if any(old is not new for old, new in zip(before[-3:], now[-3:], strict=True)):
        return None
    columns = [
        {
            place: (values, row)
            for values, places in zip(parts[:half], parts[half : 2 * half], strict=True)
            for row, place in enumerate(places)
        }
        for parts, half in ((earlier, count), (now, (len(now) - 3) // 2))
    ]
    if columns[0].keys() != columns[1].keys():
        return None
    for place, (old, old_row) in columns[0].items():
        new, new_row = columns[1][place]
        if old is not new and not _is_same_column(old, old_row, new, new_row):
            return None
    kept = {id(values) for values in now}
    return (number for old in before[:count] if id(old) not in kept for number in _memory_of(old))


def _memory_of(values: Any) -> Iterator[int]:
    yield id(values)
    inner = getattr(values, "_ndarray", values)
    if hasattr(inner, "__array_interface__"):
        yield from _array_owner(inner)


def _is_same_column(old: Any, old_row: int, new: Any, new_row: int) -> bool:
    old, new = getattr(old, "_ndarray", old), getattr(new, "_ndarray", new)
    numpy = sys.modules["numpy"]
    if type(old) is not numpy.ndarray or type(new) is not numpy.ndarray or not old.ndim == new.ndim == 2:
        return False
    old, new = old[old_row], new[new_row]
    if old.dtype != new.dtype or old.shape != new.shape:
        return False
    if old.dtype.hasobject:
        return all(map(operator.is_, old.tolist(), new.tolist()))
    return bool(_array_digest(old) == _array_digest(new))


def _index_parts(value: Any) -> Parts:
    # Not the instance's dictionary: it holds caches.
    names: Sequence[object] = value.names
    if hasattr(value, "levels"):
        return (*value.levels, *value.codes, *names)
    return (value._data, *names)
