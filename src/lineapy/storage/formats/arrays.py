"""NumPy arrays as `.npy`: `numpy.load` reads them, and runs no code.

Taken are plain arrays, no subclasses, of numbers, booleans, dates, fixed-length texts and bytes, and structures of
these. Python objects in an array would be pickled, so such arrays are left to pickle. An array that may not be
written to comes back like that; the file cannot say so, so that is a format of its own.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from lineapy.storage.formats import Serializer, Sink

if TYPE_CHECKING:
    import numpy as np

    _Array = np.ndarray[Any, np.dtype[Any]]

#: Booleans, integers, floats, complex numbers, durations, dates, bytes, texts, structures.
_KINDS = frozenset("biufcmMSUV")


def _takes_writeable(value: object) -> bool:
    return _is_plain_array(value) and cast("_Array", value).flags.writeable


def _takes_readonly(value: object) -> bool:
    return _is_plain_array(value) and not cast("_Array", value).flags.writeable


def _is_plain_array(value: object) -> bool:
    numpy = sys.modules.get("numpy")
    if numpy is None or type(value) is not numpy.ndarray:
        return False
    return _comes_back(cast("_Array", value).dtype)


def _comes_back(dtype: np.dtype[Any]) -> bool:
    from numpy.lib import format as npy

    if dtype.hasobject or dtype.kind not in _KINDS or _has_metadata(dtype):
        return False
    # Types that other libraries add look like bytes here, and gaps in structures are told in several ways.
    back = npy.descr_to_dtype(npy.dtype_to_descr(dtype))
    return back == dtype and back.type is dtype.type and back.isalignedstruct == dtype.isalignedstruct


def _has_metadata(dtype: np.dtype[Any]) -> bool:
    if dtype.metadata is not None:
        return True
    if dtype.subdtype is not None:
        return _has_metadata(dtype.subdtype[0])
    return any(_has_metadata(field[0]) for field in (dtype.fields or {}).values())


def _write(value: object, sink: Sink) -> None:
    import numpy
    from numpy.lib import format as npy

    array = cast("_Array", value)
    data = array if array.flags.c_contiguous else array.T
    if data.flags.c_contiguous and data.dtype.names is None and data.dtype.itemsize:
        # The same bytes as below, without a copy of each piece.
        header = npy.header_data_from_array_1_0(array)
        npy.write_array_header_1_0(cast("Any", sink), header)
        sink.write(memoryview(cast("Any", data.reshape(-1).view(numpy.uint8))))
    else:
        # Left to itself, NumPy warns when the names of a structure need the newest version of the format.
        version = (3, 0) if array.dtype.names is not None else None
        npy.write_array(cast("Any", sink), array, version, allow_pickle=False)


def _read(file: BinaryIO) -> _Array:
    from numpy.lib import format as npy

    return npy.read_array(file, allow_pickle=False)


def _read_readonly(file: BinaryIO) -> _Array:
    array = _read(file)
    array.flags.writeable = False
    return array


_PLAIN = "{numpy}.load({path}, allow_pickle=False)"

SERIALIZER = Serializer(
    name="npy",
    extension="npy",
    takes=_takes_writeable,
    write=_write,
    read=_read,
    can_run_code=False,
    plain=_PLAIN,
)

READONLY = Serializer(
    name="npy-readonly",
    extension="readonly.npy",
    takes=_takes_readonly,
    write=_write,
    read=_read_readonly,
    can_run_code=False,
    plain=_PLAIN,
)
