"""The one place that writes a pipeline's files: all of them or none, and over nobody's own work."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lineapy.errors import PipelineFileError

#: Beside the files: what was in them when they were written, so that one edited since is told from one that was not.
_DIGESTS = ".lineapy-files.json"


def write_together(folder: Path, files: Mapping[str, str | bytes], *, overwrite: bool = False) -> None:
    """Write files into a folder, which is made if it is not there: all of them, or none.

    Args:
        folder: The folder; ``~`` stands for the home folder.
        files: Contents by path relative to the folder; text is written as UTF-8.
        overwrite: Replace files also if somebody has edited them since they were written, or made them.

    Raises:
        PipelineFileError: A file is there that was not written by this function, or was edited since, or the folder
            cannot be written to. Nothing has been changed.

    Example:
        >>> folder = Path(tempfile.mkdtemp())
        >>> write_together(folder, {"a.txt": "one"})
        >>> write_together(folder, {"a.txt": "two"})
        >>> _ = (folder / "a.txt").write_text("my own")
        >>> write_together(folder, {"a.txt": "three"})
        Traceback (most recent call last):
        lineapy.errors.PipelineFileError: 'a.txt' in ... was edited since it was written...
    """
    folder = folder.expanduser().absolute()
    contents = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    try:
        known = _known_digests(folder)
        if not overwrite:
            _check_nothing_is_lost(folder, contents, known)
        folder.mkdir(parents=True, exist_ok=True)
        known.update({name: _digest(content) for name, content in contents.items()})
        contents[_DIGESTS] = (json.dumps(dict(sorted(known.items())), indent=1) + "\n").encode()
        _replace_all(folder, contents)
    except OSError as error:
        raise PipelineFileError(
            f"The pipeline's files cannot be written to {str(folder)!r}: {error.strerror or error}. Nothing has been "
            "changed there. Choose another output_dir."
        ) from error


def _known_digests(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / _DIGESTS).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _check_nothing_is_lost(folder: Path, contents: Mapping[str, bytes], known: Mapping[str, str]) -> None:
    for name, content in contents.items():
        path = folder / name
        if not path.exists():
            continue
        there = path.read_bytes()
        if there == content or known.get(name) == _digest(there):
            continue
        what = "was edited since it was written" if name in known else "is there already"
        raise PipelineFileError(
            f"{name!r} in {str(folder)!r} {what}, and would be lost. Nothing has been changed. Keep your file under "
            "another name, choose another output_dir, or pass overwrite=True to replace it."
        )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _replace_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    with _beside(folder) as new, _beside(folder) as old:
        for name, content in contents.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(content)
        moved: list[str] = []
        try:
            for name in contents:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (old / name).parent.mkdir(parents=True, exist_ok=True)
                if (folder / name).exists():
                    shutil.copy2(folder / name, old / name)
                moved.append(name)
                os.replace(new / name, folder / name)
        except BaseException:
            for name in moved:
                if (old / name).exists():
                    os.replace(old / name, folder / name)
                else:
                    (folder / name).unlink(missing_ok=True)
            raise


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A folder on the same file system, where files can be made before they take their place."""
    made = Path(tempfile.mkdtemp(prefix=".lineapy-", dir=folder))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
