"""Whether two tuples hold the same objects, however long they are.

Comparing a million elements one by one takes longer than many a statement that uses them. Where CPython keeps the
elements' addresses in a row, these are compared as numbers, hundreds of times faster.
"""

from __future__ import annotations

from functools import cache
from operator import is_

#: Shorter tuples are compared element by element.
LONG = 4_096


def same_objects(first: tuple[object, ...], second: tuple[object, ...]) -> bool:
    """Whether two tuples hold the same objects in the same order.

    Args:
        first: A tuple.
        second: Another.

    Example:
        >>> one = [1]
        >>> same_objects((one, "a"), (one, "a"))
        True
        >>> same_objects((one,), ([1],))
        False
    """
    length = len(first)
    if length != len(second):
        return False
    if length < LONG or not _is_row_of_addresses():
        return all(map(is_, first, second))
    return _addresses(first) == _addresses(second)


def _addresses(values: tuple[object, ...]) -> memoryview:
    """The memory where a tuple keeps its elements' addresses. To be let go of before the tuple is."""
    import ctypes  # takes milliseconds, for which few programs have a use

    width = ctypes.sizeof(ctypes.c_void_p)
    memory = (ctypes.c_ubyte * (width * len(values))).from_address(id(values) + tuple.__basicsize__)
    return memoryview(memory).cast("B").cast("Q" if width == 8 else "I")


@cache
def _is_row_of_addresses() -> bool:
    """Whether this Python keeps a tuple's elements as assumed: looked at, since no one promises it."""
    import ctypes
    import sys

    width = ctypes.sizeof(ctypes.c_void_p)
    values = tuple(object() for _ in range(3))
    if sys.implementation.name != "cpython" or sys.getsizeof(values) < tuple.__basicsize__ + width * len(
        values
    ):
        return False
    return list(_addresses(values)) == [*map(id, values)]
