"""Numbers in words."""

from __future__ import annotations

import re

_NO_TEXT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(page: str) -> str:
    """A page without the characters that neither XML nor a file in UTF-8 can hold.

    Example:
        >>> clean("a\\x00b\\ud800")
        'a�b�'
    """
    return _NO_TEXT.sub("�", page)


def size_in_words(size: float) -> str:
    """How many bytes, in the largest unit that fits.

    Example:
        >>> size_in_words(999), size_in_words(1_500_000)
        ('999 B', '1.5 MB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def counted(number: int, what: str) -> str:
    """How many of something.

    Example:
        >>> counted(1, "row"), counted(1200, "row")
        ('1 row', '1,200 rows')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def shortened(text: str, length: int) -> str:
    """The beginning of a text, with ``…`` for the rest.

    Example:
        >>> shortened("abcdef", 4)
        'abc…'
    """
    return text if len(text) <= length else text[: length - 1] + "…"
