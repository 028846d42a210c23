"""Functions of a module that nothing is known of: what they do to their arguments has to be found out by comparing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def look(items: Sequence[Any]) -> int:
    """Changes nothing."""
    return len(items)


def replace(items: list[Any], index: int, item: Any) -> None:
    """Changes one item."""
    items[index] = item


def deep(items: list[Any], index: int) -> None:
    """Changes something inside an item."""
    items[index].append(index)
