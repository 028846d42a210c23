"""Which globals a piece of code loads and stores: the "fields" of a user's function."""

from __future__ import annotations

import dis
from types import CodeType
from typing import NamedTuple

from lineapy.source.analysis import DYNAMIC_ATTRIBUTES, DYNAMIC_NAMES


class CodeNames(NamedTuple):
    """Global names that a code object, or one nested in it, uses.

    Attributes:
        loads: Names it may load.
        stores: Names it may bind or delete.
        dynamic: It can reach its namespace without naming the variables (``exec``, ``globals`` …).
        everything: It can read any variable without naming it.
    """

    loads: frozenset[str]
    stores: frozenset[str]
    dynamic: bool = False
    everything: bool = False


def _reaches_own_module(code: CodeType) -> bool:
    """Whether code imports ``__main__``, or looks for it in `sys.modules`."""
    names = code.co_names
    if "__main__" in names:
        return True
    return "modules" in names and "sys" in names and ("__main__" in code.co_consts or "__name__" in names)


_LOAD_GLOBAL = dis.opmap["LOAD_GLOBAL"]
_LOADS = frozenset(
    {dis.opmap.get(name) for name in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")}
)
_STORES = frozenset({dis.opmap[name] for name in ("STORE_GLOBAL", "DELETE_GLOBAL")})
_cache: dict[CodeType, CodeNames] = {}


def code_names(code: CodeType) -> CodeNames:
    """Find the global names in a code object and in the functions, classes and comprehensions it contains.

    Example:
        >>> def outer():
        ...     global counter
        ...     counter = 1
        ...     return lambda: limit
        >>> names = code_names(outer.__code__)
        >>> names.loads, names.stores
        (frozenset({'limit'}), frozenset({'counter'}))
    """
    known = _cache.get(code)
    if known is None:
        loads: set[str] = set()
        stores: set[str] = set()
        # Not dis.get_instructions, which asks for len(), and that may be the user's by now.
        names, argument = code.co_names, 0
        raw = iter(code.co_code)
        for operation, low in zip(raw, raw, strict=True):
            argument = argument << 8 | low
            if operation == dis.EXTENDED_ARG:
                continue
            if operation in _LOADS:
                # The lowest bit of LOAD_GLOBAL says whether a NULL is pushed as well.
                loads.add(names[argument >> 1 if operation == _LOAD_GLOBAL else argument])
            elif operation in _STORES:
                stores.add(names[argument])
            argument = 0
        dynamic = not loads.isdisjoint(DYNAMIC_NAMES)
        everything = (
            "globals" in loads
            or not DYNAMIC_ATTRIBUTES.isdisjoint(code.co_names)
            or _reaches_own_module(code)
        )
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                inner = code_names(constant)
                loads |= inner.loads
                stores |= inner.stores
                dynamic |= inner.dynamic
                everything |= inner.everything
        known = _cache[code] = CodeNames(frozenset(loads), frozenset(stores), dynamic, everything)
    return known
