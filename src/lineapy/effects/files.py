"""Where knowledge lies on the disk: ours beside this module, one file per library, and the user's own. Reads files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lineapy.effects.annotations import Annotation, read_annotations
from lineapy.errors import KnowledgeFileError

SUFFIX = ".annotations.yaml"
#: Files that are not about one package: they are read for every session.
ALWAYS = frozenset({"builtins", "stdlib", "lineapy"})
_FOLDER = Path(__file__).with_name("knowledge")


@cache
def packaged_files() -> dict[str, Path]:
    """The knowledge files that come with LineaPy, by the package that each speaks of."""
    return {
        file.name.removesuffix(SUFFIX): file
        for file in sorted(_FOLDER.iterdir())
        if file.name.endswith(SUFFIX)
    }


def read_packaged(file: Path) -> list[Annotation]:
    """Read one of the files that come with LineaPy."""
    return read_annotations(file.read_text("utf-8"), file=file.name)


def read_users(folder: Path) -> list[Annotation]:
    """Read the user's own files.

    Args:
        folder: Where they are. There may be no such folder.

    Returns:
        The annotations of all its ``*.annotations.yaml``, the files in the order of their names.

    Raises:
        KnowledgeFileError: One of them is wrong, or cannot be read.
    """
    found: list[Annotation] = []
    try:
        files = sorted(folder.glob(f"*{SUFFIX}"))
        for file in files:
            found += read_annotations(file.read_text("utf-8"), file=str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeFileError(f"{folder}: its knowledge files cannot be read: {error}") from error
    return found
