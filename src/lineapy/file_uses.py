"""The files that an artifact's code read and wrote: which ones, and what was in them."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from lineapy.ids import StatementId
from lineapy.storage.hashing import digest_of

Role = Literal["input", "output", "value"]


@dataclass(frozen=True, slots=True)
class FileUse:
    """A file that an artifact's code used, as it was when the artifact was saved.

    Attributes:
        path: Where it was, with no symbolic links.
        role: ``"input"`` if the code read what it had not written before; ``"output"`` if it wrote it; ``"value"`` if
            the artifact is this very file. A file that was read first and written then, or appended to, has two
            entries.
        size: In bytes; None if the file was gone by then, or as an input had been written to.
        digest: SHA-256 of its content, in hexadecimal; None in the same cases, and if it could not be read.
    """

    path: str
    role: Role
    size: int | None
    digest: str | None


class FileDigests:
    """Sizes and digests of files, computed anew only when a file has changed.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp(), "a.txt")
        >>> _ = path.write_bytes(b"abc")
        >>> FileDigests().describe(str(path), "output").size
        3
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[int, ...], str]] = {}

    def describe(self, path: str, role: Role) -> FileUse:
        """What is in a file now."""
        try:
            found = os.stat(path)
            if not stat.S_ISREG(found.st_mode):
                return FileUse(path, role, None, None)
        except OSError:
            return FileUse(path, role, None, None)
        identity = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
        known = self._known.get(path)
        if known is None or known[0] != identity:
            try:
                with open(path, "rb") as file:
                    known = self._known[path] = identity, digest_of(file)[1]
            except OSError:  # nobody has to be able to read what the program only wrote
                return FileUse(path, role, found.st_size, None)
        return FileUse(path, role, found.st_size, known[1])

    def describe_uses(
        self, used: Iterable[tuple[StatementId, str, bool]], statements: Collection[StatementId]
    ) -> list[FileUse]:
        """The files that some statements used.

        Args:
            used: What was seen, in order: the statement, the path, and whether it wrote.
            statements: The statements that are asked about.

        Returns:
            Inputs and outputs, in the order in which they were first used.
        """
        roles: dict[tuple[str, Role], None] = {}
        for statement, path, written in used:
            if statement not in statements:
                continue
            if written:
                roles[path, "output"] = None
            elif (path, "output") not in roles:
                roles[path, "input"] = None
        return [
            FileUse(path, role, None, None)
            if role == "input" and (path, "output") in roles  # what was read is no longer there
            else self.describe(path, role)
            for path, role in roles
        ]


def to_json(uses: Collection[FileUse]) -> str | None:
    """Text for `from_json`; None if there are none."""
    return json.dumps([asdict(use) for use in uses]) if uses else None


def from_json(text: str | None) -> list[FileUse]:
    """Read what `to_json` wrote.

    Example:
        >>> from_json(to_json([FileUse("/data/a.csv", "input", 3, None)]))
        [FileUse(path='/data/a.csv', role='input', size=3, digest=None)]
        >>> from_json(None)
        []
    """
    return [FileUse(**use) for use in json.loads(text)] if text else []
