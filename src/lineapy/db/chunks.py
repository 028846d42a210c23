"""Long lists, in pieces that a statement can take."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")

#: Fewer than the 999 parameters that older SQLites take.
CHUNK = 500


def chunks(items: Collection[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """Cut a collection into lists.

    Args:
        items: Anything, in any number.
        size: The most that a list holds.

    Example:
        >>> list(chunks(range(5), 2))
        [[0, 1], [2, 3], [4]]
    """
    iterator = iter(items)
    while piece := list(islice(iterator, size)):
        yield piece
