"""Data frames of pandas as Arrow IPC files, also known as Feather version 2.

Not Parquet: Arrow has a type for each that pandas has, and is written and read several times faster; Parquet's
smaller files matter less for values that are read back whole. `pandas.read_feather` reads them, as R and others do.

Taken are plain frames that come back exactly: columns named by different texts; numbers, booleans, times without
zone, texts and categories of texts; a simple index. Objects, nested data, attributes, levels and frequencies are left
to pickle, and so are all frames where pyarrow is not installed.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import re
import sys
from typing import Any, BinaryIO, cast

from lineapy.errors import StoreError
from lineapy.storage.formats import Serializer, Sink

#: Rows are converted so many bytes at a time; what Arrow needs for itself stays small.
_PIECE = 16 << 20

#: By their names in pandas. Half floats, zones, periods, intervals and sparse columns are left out: in doubt, pickle.
_TYPES = re.compile(
    r"bool|u?int(8|16|32|64)|float(32|64)|(datetime64|timedelta64)\[(s|ms|us|ns)\]"  # NumPy
    r"|boolean|U?Int(8|16|32|64)|string|str|category"  # pandas
)
#: pyarrow runs code that a file brings along before this version (CVE-2023-47248).
_FIRST_SAFE_PYARROW = (14, 0, 1)


def _takes(value: object) -> bool:
    pandas = sys.modules.get("pandas")
    if pandas is None or type(value) is not pandas.DataFrame or not _has_pyarrow():
        return False
    frame: Any = value
    return (
        not frame.attrs
        and frame.flags.allows_duplicate_labels
        and not frame.empty
        and _has_simple_columns(frame, pandas)
        and _has_simple_index(frame, pandas)
        and all(_is_simple_type(dtype) for dtype in frame.dtypes)
        and _comes_back(frame)
    )


@functools.cache
def _has_pyarrow() -> bool:
    return importlib.util.find_spec("pyarrow") is not None


def _pyarrow() -> Any:
    # It comes without types. Importing it takes a while, so that waits until there is a frame.
    return importlib.import_module("pyarrow")


def _has_simple_columns(frame: Any, pandas: Any) -> bool:
    columns = frame.columns
    return (
        type(columns) is pandas.Index
        and columns.name is None
        and columns.is_unique
        and all(_is_name(name) for name in columns)
    )


def _has_simple_index(frame: Any, pandas: Any) -> bool:
    index = frame.index
    if index.name is not None and (not _is_name(index.name) or index.name in frame.columns):
        return False
    if type(index) is pandas.RangeIndex:
        return True
    if type(index) in (pandas.DatetimeIndex, pandas.TimedeltaIndex) and index.freq is not None:
        return False
    plain = (pandas.Index, pandas.DatetimeIndex, pandas.TimedeltaIndex)
    return type(index) in plain and index.dtype.name != "category" and _is_simple_type(index.dtype)


def _is_name(name: object) -> bool:
    if type(name) is not str or name.startswith("__index_level_"):
        return False
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_simple_type(dtype: Any) -> bool:
    name = dtype.name
    if _TYPES.fullmatch(name) is None or getattr(dtype, "byteorder", "=") not in "=|":
        return False
    return name != "category" or dtype.categories.dtype.name in ("str", "string")


def _comes_back(frame: Any) -> bool:
    """Try it on the first rows: options and versions of pandas decide what kind of text comes out."""
    pyarrow = _pyarrow()
    head = frame.iloc[:1]
    try:
        back = pyarrow.Table.from_pandas(head, nthreads=1).to_pandas()
    except (pyarrow.ArrowException, ValueError, TypeError, UnicodeError):
        return False
    return (
        list(map(_type_of, frame.dtypes)) == list(map(_type_of, back.dtypes))
        and _type_of(frame.columns.dtype) == _type_of(back.columns.dtype)
        and _type_of(frame.index.dtype) == _type_of(back.index.dtype)
        and type(frame.index) is type(back.index)
        and bool(frame.columns.equals(back.columns))
        and frame.index.name == back.index.name
    )


def _type_of(dtype: Any) -> tuple[object, ...]:
    storage = getattr(dtype, "storage", None), repr(getattr(dtype, "na_value", None))
    if dtype.name == "category":
        return dtype.name, dtype.ordered, list(dtype.categories), _type_of(dtype.categories.dtype)
    return type(dtype), str(dtype), storage


def _write(value: object, sink: Sink) -> None:
    pyarrow = _pyarrow()
    frame: Any = value
    schema = pyarrow.Schema.from_pandas(frame)
    rows = max(1, _PIECE * len(frame) // max(1, int(frame.memory_usage(index=True).sum())))
    codec = "lz4" if pyarrow.Codec.is_available("lz4") else None
    options = pyarrow.ipc.IpcWriteOptions(compression=codec)
    with (
        pyarrow.PythonFile(_File(sink), mode="w") as file,
        pyarrow.ipc.new_file(file, schema, options=options) as writer,
    ):
        for start in range(0, len(frame), rows):
            piece = frame.iloc[start : start + rows]
            writer.write_table(pyarrow.Table.from_pandas(piece, schema=schema, nthreads=1))


class _File:
    """A sink in the form that pyarrow asks for."""

    closed = False

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, data: Any) -> int:
        return self._sink.write(memoryview(data))

    def flush(self) -> None: ...

    def close(self) -> None: ...


def _read(file: BinaryIO) -> object:
    pyarrow = _pyarrow()
    if _version(pyarrow.__version__) < _FIRST_SAFE_PYARROW:
        raise StoreError(
            f"A data frame was not loaded: pyarrow {pyarrow.__version__} can be made to run code by the file it reads "
            "(CVE-2023-47248). Install a newer one with: pip install 'lineapy[arrow]'"
        )
    with pyarrow.ipc.open_file(pyarrow.PythonFile(file, mode="r")) as reader:
        return cast("object", reader.read_all().to_pandas())


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


SERIALIZER = Serializer(
    name="arrow",
    extension="arrow",
    takes=_takes,
    write=_write,
    read=_read,
    can_run_code=False,
    plain="{pandas}.read_feather({path})",
)
