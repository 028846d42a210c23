"""NumPy and pandas: data that lies in buffers."""

from __future__ import annotations

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
        return Kind(_frame_parts)
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
    return parts if owner is value else (*parts, owner)


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
    return (*blocks, *manager.axes, value._attrs, value._name if value.ndim == 1 else None)


def _index_parts(value: Any) -> Parts:
    # Not the instance's dictionary: it holds caches.
    names: Sequence[object] = value.names
    if hasattr(value, "levels"):
        return (*value.levels, *value.codes, *names)
    return (value._data, *names)
