"""Libraries that read and write files in C, without audit events: their calls are told of by knowledge.

At module level such a callee is replaced by a thin wrapper that sees the arguments. Inside functions nothing is
hooked; there, what the code mentions decides whether files are compared.
"""

from __future__ import annotations

from types import CodeType, FunctionType, MethodType
from typing import Any

from lineapy.tracing.code_names import code_names

_LIBRARIES = frozenset(
    [
        "pyarrow",
        "polars",
        "duckdb",
        "_duckdb",
        "h5py",
        "cv2",
        "torch",
        "torchvision",
        "torchaudio",
        "xgboost",
        "lightgbm",
        "catboost",
        "tables",
        "netCDF4",
        "fiona",
        "pyogrio",
        "rasterio",
        "geopandas",
        "onnx",
        "onnxruntime",
        "tensorflow",
        "keras",
        "soundfile",
        "fastparquet",
        "zarr",
        "safetensors",
    ]
)
_DUCKDB = frozenset(["duckdb", "_duckdb"])
#: Functions of pandas that leave files to one of these libraries.
_PANDAS = frozenset(
    [
        "read_parquet",
        "to_parquet",
        "read_orc",
        "to_orc",
        "read_feather",
        "to_feather",
        "read_hdf",
        "to_hdf",
        "HDFStore",
    ]
)
#: Functions of dask that may do so.
_DASK = frozenset(["read_parquet", "to_parquet", "read_orc", "to_orc", "compute", "persist"])
_OF_LIBRARY = {"pandas": _PANDAS, "dask": _DASK}
#: Attributes by which code inside a function may mean such a library.
_WORDS = (
    _LIBRARIES
    | _PANDAS
    | frozenset(
        [
            "pa",
            "pq",
            "pl",
            "imread",
            "imwrite",
            "write_table",
            "read_table",
            "scan_parquet",
            "scan_csv",
            "sink_parquet",
            "write_parquet",
            "write_csv",
            "write_ipc",
            "read_ipc",
            "write_json",
            "save_model",
            "load_model",
            "open_dataset",
            "to_netcdf",
            "File",
        ]
    )
)
_words: dict[CodeType, bool] = {}


def is_unseen(callee: Any) -> bool:
    """Whether a callee that knowledge says to use files may do so without an audit event."""
    function = callee.__func__ if type(callee) is MethodType else callee
    module = getattr(function, "__module__", None)
    if not isinstance(module, str):
        module = getattr(type(getattr(callee, "__self__", None)), "__module__", None)
    if not isinstance(module, str):
        return False
    library = module.partition(".")[0]
    if module == "pandas.io.pytables":
        return True  # a method of an HDFStore: closing it may be what writes the file
    some = _OF_LIBRARY.get(library)
    return library in _LIBRARIES or (some is not None and getattr(callee, "__name__", None) in some)


def uses_duckdb(callee: Any) -> bool:
    """Whether a callee belongs to DuckDB, whose databases are no objects of Python's."""
    function = callee.__func__ if type(callee) is MethodType else callee
    module = getattr(function, "__module__", None)
    if not isinstance(module, str):
        module = getattr(type(getattr(callee, "__self__", None)), "__module__", None)
    return isinstance(module, str) and module.partition(".")[0] in _DUCKDB


def mentions_unseen(function: FunctionType, namespace: dict[str, Any]) -> bool:
    """Whether a function, or one of the traced program that it names, may call such a library."""
    visited = {function.__code__}
    pending = [function.__code__]
    while pending:
        code = pending.pop()
        if _has_word(code):
            return True
        for name in code_names(code).loads:
            value = namespace.get(name)
            if type(value) is FunctionType and value.__code__ not in visited:
                visited.add(value.__code__)
                pending.append(value.__code__)
    return False


def _has_word(code: CodeType) -> bool:
    known = _words.get(code)
    if known is None:
        known = not _WORDS.isdisjoint(code.co_names) or any(
            _has_word(inner) for inner in code.co_consts if isinstance(inner, CodeType)
        )
        _words[code] = known
    return known
