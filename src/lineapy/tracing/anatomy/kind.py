"""How objects of one type are looked at."""

from __future__ import annotations

import copyreg
import gc
import pickle
import types
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import xxhash

Parts = tuple[object, ...]
NO_PARTS: Parts = ()
#: Calling it may change what it belongs to, or what it is given, as with ``found.append``.
ACTS = 1
#: A random generator: whoever is given it may take from it.
DRAWS = 2

_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE


@dataclass(slots=True, frozen=True)
class Kind:
    """How objects of one type are looked at.

    Attributes:
        parts: The objects that one consists of, in a fixed order.
        digest: A value that changes when the state changes that is not in the parts.
        opaque: The state cannot be seen.
        runs_user_code: Operating on one may run code that the user wrote.
        iterating: Iterating over one changes it, as with a text buffer.
        bound: It belongs to its process and cannot be pickled, such as a generator, a lock or an open file.
        also_known_as: Ids under which one's memory is shared with others, such as the owner of an array's buffer.
        moved_from: Of one whose parts are not what they were: the memory that it left, if it only put the same data
            elsewhere; None if it holds something else.
        acts: `ACTS`, `DRAWS` or 0 for one: what it may do in the hands of a call that does nothing by itself.
    """

    parts: Callable[[Any], Parts]
    digest: Callable[[Any], object] | None = None
    opaque: bool = False
    runs_user_code: bool = False
    iterating: bool = False
    bound: bool = False
    also_known_as: Callable[[Any], Iterable[int]] | None = None
    moved_from: Callable[[Any, Parts], Iterable[int] | None] | None = None
    acts: Callable[[Any], int] | None = None


def no_parts(_: object) -> Parts:
    """For what consists of nothing but its digest."""
    return NO_PARTS


#: Values that never change and hold nothing that does.
IMMUTABLE_KIND = Kind(no_parts)
#: Objects of which nothing can change that anybody would notice, such as those of a logger.
CLOSED_KIND = Kind(no_parts)


class Unseen:
    """The digest of an object whose state could not be read: equal to none, so it counts as changed."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return False


def unseen(_: object) -> Unseen:
    """The digest of what counts as changed by all code that could have changed it."""
    return Unseen()


def acting(_: object) -> int:
    """For callables that may change anything."""
    return ACTS


def drawing(_: object) -> int:
    """For random generators."""
    return DRAWS


def joined(first: Callable[[Any], Parts], second: Callable[[Any], Parts]) -> Callable[[Any], Parts]:
    """The parts that two functions tell of, together."""
    if second is no_parts:
        return first
    return lambda value: (*first(value), *second(value))


# -- instances of classes


def python_made(cls: type) -> bool:
    """Whether a class came from a ``class`` statement, as opposed to C code."""
    if not cls.__flags__ & _HEAP_TYPE:
        return False
    return any(
        "__module__" in vars(c) and ("__dict__" in vars(c) or "__slots__" in vars(c)) for c in cls.__mro__
    ) or (
        "__firstlineno__" in vars(cls) or any(isinstance(v, types.FunctionType) for v in vars(cls).values())
    )


def c_base(cls: type) -> type:
    """The nearest base that C code made."""
    for base in cls.__mro__:
        if not base.__flags__ & _HEAP_TYPE or not python_made(base):
            if base is object or base.__name__ in ("ABC", "Generic", "Protocol"):
                continue
            return base
    return object


def instance_parts(cls: type, *, with_class: bool) -> Callable[[Any], Parts]:
    """Make the function that finds an instance's dictionary and slots.

    Args:
        cls: The class.
        with_class: The class itself is a part as well: it is the user's, and may change.
    """
    slots = [
        member
        for base in cls.__mro__
        if base.__flags__ & _HEAP_TYPE
        for member in vars(base).values()
        if isinstance(member, types.MemberDescriptorType)
    ]
    has_dict = cls.__dictoffset__ != 0

    def parts(value: object) -> Parts:
        found: list[object] = []
        if has_dict:
            # Not value.__dict__: that could run the user's __getattribute__.
            with suppress(AttributeError):
                found.append(object.__getattribute__(value, "__dict__"))
        for slot in slots:
            try:
                found.append(slot.__get__(value))
            except AttributeError:  # empty
                found.append(None)
        if with_class:
            found.append(type(value))
        return tuple(found)

    return parts


# -- types made in C

_NOT_DATA = (types.FrameType, types.CodeType, types.TracebackType, types.ModuleType, type)


def referents(value: object) -> Parts:
    """What the garbage collector can see of an object made in C."""
    return tuple(part for part in gc.get_referents(value) if not isinstance(part, _NOT_DATA))


def c_kind(cls: type) -> Kind:
    """How to look at a type made in C of which nothing in particular is known."""
    if hasattr(cls, "__next__") or hasattr(cls, "__anext__") or hasattr(cls, "send"):
        return Kind(referents, opaque=True, bound=not _says_how_to_pickle(cls))
    if cls.__module__ == "builtins" and cls.__name__ in ("dict_keys", "dict_values", "dict_items"):
        return Kind(referents, bound=True)
    if _says_how_to_pickle(cls):
        return Kind(referents, digest=pickle_digest)
    if cls is object:
        return Kind(no_parts)
    return Kind(referents, opaque=True, bound=True)


def _says_how_to_pickle(cls: type) -> bool:
    return cls in copyreg.dispatch_table or any(
        getattr(cls, name) is not getattr(object, name)
        for name in ("__reduce__", "__reduce_ex__", "__getstate__")
    )


def pickle_digest(value: object) -> object:
    """A hash of what pickling writes."""
    try:
        return xxhash.xxh3_128_intdigest(pickle.dumps(value, 5))
    except Exception:
        return Unseen()
