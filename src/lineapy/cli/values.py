"""What the value of an artifact looks like, and how it is written to a file that other programs read."""

from __future__ import annotations

import json
import reprlib
import shutil
import sys
from pathlib import Path
from typing import Any

#: How much of a value is shown.
_MOST_LINES, _MOST_CHARACTERS = 40, 4000


def preview(value: object) -> str:
    """The type of a value, and the beginning of what it looks like.

    Example:
        >>> print(preview([1, 2]))
        list
        [1, 2]
    """
    kind = type(value)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    lines = _text_of(value).splitlines()
    text = "\n".join(lines[:_MOST_LINES])
    is_cut = len(lines) > _MOST_LINES or len(text) > _MOST_CHARACTERS
    return f"{name}\n{_visible(text[:_MOST_CHARACTERS])}{chr(10) + '…' if is_cut else ''}"


def _text_of(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | dict | set | frozenset | bytes | bytearray):
        if len(value) > 1000:  # its whole text may be gigabytes
            short = reprlib.Repr()
            short.maxlist = short.maxtuple = short.maxdict = short.maxset = short.maxfrozenset = 50
            short.maxother = short.maxstring = 2000
            return f"{len(value):,} items: {short.repr(value)}"
    return repr(value)


def _visible(text: str) -> str:
    """Nothing in it that a terminal would obey."""
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)


def write(value: object, path: Path) -> str:
    """Write a value to a file, in the format that is its own, or pickled.

    Args:
        value: Any value that was stored.
        path: The file; what is there is replaced.

    Returns:
        Which format it was.

    Raises:
        OSError: The file cannot be written.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp(), "limits.json")
        >>> write({"low": 1, "high": 2.5}, path)
        'JSON'
        >>> path.read_text()
        '{\\n    "low": 1,\\n    "high": 2.5\\n}\\n'
    """
    if path.suffix in (".pickle", ".pkl"):
        return _pickled(value, path)
    if isinstance(value, Path) and value.is_file():
        shutil.copyfile(value, path)
        return "the file that was saved"
    if type(value) is str:
        path.write_text(value, encoding="utf-8", errors="surrogatepass", newline="")
        return "text"
    if type(value) in (bytes, bytearray):
        path.write_bytes(value)  # type: ignore[arg-type]
        return "bytes"
    if _is_frame(value):
        _write_csv(value, path)
        return "CSV"
    if _is_plain(value):
        path.write_text(json.dumps(value, indent=4, ensure_ascii=False) + "\n", encoding="utf-8")
        return "JSON"
    return _pickled(value, path)


def _pickled(value: object, path: Path) -> str:
    import cloudpickle

    path.write_bytes(cloudpickle.dumps(value))
    return "pickle"


def _is_frame(value: object) -> bool:
    pandas, polars = sys.modules.get("pandas"), sys.modules.get("polars")
    return (pandas is not None and isinstance(value, pandas.DataFrame | pandas.Series)) or (
        polars is not None and isinstance(value, polars.DataFrame)
    )


def _write_csv(frame: Any, path: Path) -> None:
    if hasattr(frame, "write_csv"):  # polars
        frame.write_csv(path)
        return
    # An index that only counts the rows is no data.
    counts = type(frame.index).__name__ == "RangeIndex" and frame.index.name is None
    frame.to_csv(path, index=not counts)


def _is_plain(value: object) -> bool:
    """Whether JSON gives back the very same value."""
    if value is None or type(value) in (bool, int):
        return True
    if type(value) is str:
        return not any("\ud800" <= c <= "\udfff" for c in value)
    if type(value) is float:
        return value - value == 0  # JSON has neither infinity nor "not a number"
    if type(value) is list:
        return all(map(_is_plain, value))
    return type(value) is dict and all(type(key) is str and _is_plain(part) for key, part in value.items())
