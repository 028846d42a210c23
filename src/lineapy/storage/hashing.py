"""SHA-256 of bytes on their way to or from a file, without holding them in memory."""

from __future__ import annotations

import hashlib
import pickle
from typing import BinaryIO

_PIECE = 8 << 20


class HashingWriter:
    """Writes to a file and knows the digest of what it wrote.

    Args:
        file: Where the bytes go.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0
        #: Why the file could not be written. A serializer may turn it into an error of its own, so it is kept here.
        self.failure: OSError | None = None

    @property
    def digest(self) -> str:
        """Of everything written so far, in hexadecimal."""
        return self._hash.hexdigest()

    def write(self, data: bytes | memoryview | pickle.PickleBuffer, /) -> int:
        """Write all of `data`. Large arrays arrive here as views of their own memory and are not copied."""
        with pickle.PickleBuffer(data).raw() as view:
            for start in range(0, view.nbytes, _PIECE):
                piece = view[start : start + _PIECE]
                self._hash.update(piece)
                self._write(piece)
                self.size += piece.nbytes
            return len(view)

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError as error:
            self.failure = error
            raise

    def _write(self, piece: memoryview) -> None:
        try:
            self._file.write(piece)
        except OSError as error:
            self.failure = error
            raise


def digest_of(file: BinaryIO) -> tuple[int, str]:
    """Size and digest of a file, from where it stands to its end.

    Args:
        file: Read to its end.

    Returns:
        The number of bytes and their SHA-256 in hexadecimal.

    Example:
        >>> import io
        >>> digest_of(io.BytesIO(b"abc"))
        (3, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    """
    digest, size, buffer = hashlib.sha256(), 0, bytearray(_PIECE)
    view = memoryview(buffer)
    while count := file.readinto(buffer):  # type: ignore[attr-defined]  # every binary file has it
        digest.update(view[:count])
        size += count
    return size, digest.hexdigest()
