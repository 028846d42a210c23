"""Values that go from task to task as files: written whole or not at all, in a folder of the run's own.

This file is copied into pipelines as it is, and needs nothing of LineaPy. A folder may be on this machine, or anywhere
fsspec reaches, such as ``s3://bucket/runs``; then all workers see it.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

import cloudpickle

#: A write to these appears as a whole, or does not.
_OBJECT_STORES = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oci", "oss", "memory"}


def folder_of(root: str, run: str) -> str:
    """The folder of one run: no other has the same.

    Args:
        root: Where runs have their folders; ``~`` stands for the home folder.
        run: The run's identifier; any text.

    Example:
        >>> folder_of("s3://bucket/runs/", "manual 2026-01-01T00:00:00+00:00")
        's3://bucket/runs/manual%202026-01-01T00%3A00%3A00%2B00%3A00'
    """
    return f"{os.path.expanduser(root).rstrip('/')}/{quote(run, safe='')}"


def write(value: object, path: str) -> None:
    """Write a value; until that is done, whoever reads the path finds what was there before.

    Args:
        value: The value.
        path: A path, or a URL.

    Raises:
        TypeError, pickle.PicklingError: The value cannot leave its process. Tasks of a coarser flavor need not hand
            it on.
    """
    content = cloudpickle.dumps(value, protocol=5)
    if "://" not in path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        part = f"{path}.{uuid.uuid4().hex}.part"
        try:
            Path(part).write_bytes(content)
            os.replace(part, path)
        finally:
            Path(part).unlink(missing_ok=True)
        return
    files, place = _file_system(path)
    if path.partition("://")[0] in _OBJECT_STORES:
        files.pipe_file(place, content)
        return
    files.makedirs(place.rpartition("/")[0], exist_ok=True)
    part = f"{place}.{uuid.uuid4().hex}.part"
    files.pipe_file(part, content)
    if files.exists(place):  # of an earlier attempt; nobody reads it before this one is over
        files.rm_file(place)
    files.mv(part, place)


def read(path: str) -> Any:
    """Read a value.

    Args:
        path: A path, or a URL, of what `write` wrote.

    Raises:
        FileNotFoundError: There is none.
    """
    if "://" not in path:
        return cloudpickle.loads(Path(path).read_bytes())
    files, place = _file_system(path)
    return cloudpickle.loads(files.cat_file(place))


def json_or_text(text: str, kind: type = object) -> Any:
    """What a text stands for in JSON; the text itself if it is none, or stands for something of another kind.

    Args:
        text: The text.
        kind: What it may stand for.

    Example:
        >>> json_or_text("[1, 2]"), json_or_text("null"), json_or_text("some text"), json_or_text("3", str)
        ([1, 2], None, 'some text', '3')
    """
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, kind) else text


def remove(folder: str) -> None:
    """Remove a folder and all that is in it; nothing happens if it is not there."""
    if "://" not in folder:
        shutil.rmtree(folder, ignore_errors=True)
        return
    files, place = _file_system(folder)
    if files.exists(place):
        files.rm(place, recursive=True)


def _file_system(path: str) -> tuple[Any, str]:
    import fsspec.core

    found: tuple[Any, str] = fsspec.core.url_to_fs(path, use_listings_cache=False)
    return found
