"""Reading a random generator's memory: what tells in a tenth of a microsecond whether it has moved.

Mersenne Twister keeps 624 words and a position. A draw moves the position, and every 624th makes all words anew; so
the position and the first four words (128 bits) are equal only if nothing was drawn. Copying the whole state, which is
what `random.getstate` and `numpy.random.get_state` do, takes a hundred times as long.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import struct
import sys
from collections.abc import Callable
from typing import Any

_WORDS = 624
_KEY = struct.Struct("=4I")


def python_state(generator: Any) -> Callable[[], tuple[bytes, bytes]]:
    """Make a function that reads the position and the first words of a `random.Random`.

    Args:
        generator: It must outlive the function.

    Returns:
        A function that gives its position and its key. `gauss` keeps one number back, in an attribute of its own.

    Example:
        >>> import random
        >>> generator = random.Random(1)
        >>> read = python_state(generator)
        >>> before = read()
        >>> _ = generator.random()
        >>> read() == before
        False
    """
    if not _layout_is_known():
        return lambda: _copied(generator)
    # struct { PyObject_HEAD; int index; uint32_t state[624]; }
    start = id(generator) + object.__basicsize__
    position = (ctypes.c_char * 4).from_address(start)
    key = (ctypes.c_char * 16).from_address(start + 4)
    return lambda: (position.raw, key.raw)


def _copied(generator: Any) -> tuple[bytes, bytes]:
    words = generator.getstate()[1]
    return words[-1].to_bytes(4, sys.byteorder), _KEY.pack(*words[:4])


@functools.cache
def _layout_is_known() -> bool:
    import _random

    probe = _random.Random(20)
    words = probe.getstate()
    size = object.__basicsize__ + 4 * (_WORDS + 1)
    if _random.Random.__basicsize__ < size:
        return False
    memory = (ctypes.c_char * (4 * (_WORDS + 1))).from_address(id(probe) + object.__basicsize__)
    return memory.raw == struct.pack(f"={_WORDS + 1}I", words[-1], *words[:-1])


def numpy_state(generator: Any, bits: Any) -> Callable[[], tuple[bytes, bytes, bytes]]:
    """Make a function that reads a `numpy.random.RandomState` whose bits come from Mersenne Twister.

    Args:
        generator: The `RandomState`; it must outlive the function.
        bits: Its `MT19937`; it must outlive the function.

    Returns:
        A function that gives position, key, and the object's own fields, one of which is the number that ``randn``
        keeps back.
    """
    key, position = _twister(bits)
    head = object.__basicsize__
    own = (ctypes.c_char * (type(generator).__basicsize__ - head)).from_address(id(generator) + head)
    return lambda: (position.raw, key.raw, own.raw)


def twister_state(bits: Any) -> Callable[[], tuple[bytes, bytes]]:
    """Make a function that reads the position and the first words of a `numpy.random.MT19937`.

    Args:
        bits: It must outlive the function.
    """
    key, position = _twister(bits)
    return lambda: (position.raw, key.raw)


def _twister(bits: Any) -> tuple[Any, Any]:
    address = bits.ctypes.state_address  # struct { uint32_t key[624]; int pos; }
    return (ctypes.c_char * 16).from_address(address), (ctypes.c_char * 4).from_address(address + 4 * _WORDS)


def just_seeded(position: bytes, key: bytes) -> bool:
    """Whether a Mersenne Twister has been seeded, and not used since.

    Both ways of seeding leave a mark: from an array, the first word is 2³¹; from one number, each word follows from
    the one before it by a known rule.
    """
    if int.from_bytes(position, sys.byteorder) != _WORDS:
        return False
    words = _KEY.unpack(key)
    return words[0] == 1 << 31 or all(
        after == (1812433253 * (word ^ (word >> 30)) + number) & 0xFFFFFFFF
        for number, (word, after) in enumerate(itertools.pairwise(words), 1)
    )
