"""A text's lines, as Python's parser counts them."""

from __future__ import annotations

import re

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def lines_of(text: str) -> list[str]:
    r"""Split a program text into lines, each with its end.

    Unlike `str.splitlines`, form feeds and Unicode's line separators end no line.

    Example:
        >>> lines_of("a = 1\n\fb = '\u2028'\n") == ["a = 1\n", "\fb = '\u2028'\n"]
        True
    """
    return _LINE.findall(text)
