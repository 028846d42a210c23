"""Patterns such as those of file names, as conditions that each database understands."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, literal

_SPECIAL = frozenset("*?[")


def matches(column: ColumnElement[Any], pattern: str, dialect: str) -> ColumnElement[bool]:
    """Whether a column's text matches a pattern, from beginning to end; capital letters are not small letters.

    Args:
        column: Of text.
        pattern: ``*`` for anything, ``?`` for one character, ``[abc]`` for one of some, ``[!abc]`` for one of all
            others; each other character for itself.
        dialect: ``"sqlite"`` or ``"postgresql"``.

    Example:
        >>> from sqlalchemy import column
        >>> print(matches(column("name"), "model", "sqlite"))
        name = :name_1
        >>> print(matches(column("name"), "model*", "sqlite"))
        name GLOB :param_1
    """
    if not _SPECIAL & set(pattern):
        return column == pattern
    if dialect == "sqlite":
        return column.op("GLOB", is_comparison=True)(literal(to_glob(pattern)))
    return column.op("~", is_comparison=True)(literal(to_regex(pattern)))


def to_glob(pattern: str) -> str:
    """The pattern as SQLite writes it.

    Example:
        >>> to_glob("model_[!0-9]*"), to_glob("a[b")
        ('model_[^0-9]*', 'a[[]b')
    """
    return "".join(_in_glob(piece) for piece in _pieces(pattern))


def to_regex(pattern: str) -> str:
    r"""The pattern as a regular expression of PostgreSQL.

    Example:
        >>> to_regex("model_[!0-9]*"), to_regex("a.b?")
        ('^model_[^0-9].*$', '^a\\.b.$')
    """
    return f"^{''.join(_in_regex(piece) for piece in _pieces(pattern))}$"


def _pieces(pattern: str) -> list[str]:
    """Sets of characters, and single characters. What begins as a set and is none is a bracket."""
    return re.findall(r"\[[!^]?+(?:\][^\]]*+|[^\]]++)\]|.", pattern, flags=re.DOTALL)


def _in_glob(piece: str) -> str:
    if len(piece) > 1:
        return f"[^{piece[2:]}" if piece[1] == "!" else piece
    return "[[]" if piece == "[" else piece


def _in_regex(piece: str) -> str:
    if len(piece) > 1:
        negated = piece[1] in "!^"
        inside = piece[2:-1] if negated else piece[1:-1]
        return f"[{'^' * negated}{inside.replace(chr(92), chr(92) * 2).replace('[', chr(92) + '[')}]"
    if piece == "*":
        return ".*"
    if piece == "?":
        return "."
    return piece if piece.isalnum() or piece == "_" or not piece.isascii() else f"\\{piece}"
