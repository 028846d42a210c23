"""Whether objects changed: their states before and after a statement.

A `Snapshot` holds strong references for as long as one statement runs, so identity of parts is exact: no id can be
reused while it is compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import is_
from typing import NamedTuple

from lineapy.tracing.anatomy import IMMUTABLE, Anatomy, Kind, Parts

#: Objects compared at most; beyond it, what was to be compared counts as changed.
LIMIT = 200_000


class _State(NamedTuple):
    value: object
    kind: Kind
    parts: Parts
    digest: object


class Snapshot:
    """The states of everything that can be reached from some values.

    Args:
        anatomy: How to look at objects.
        roots: Where to start.
        limit: Number of parts after which to give up comparing.

    Attributes:
        opaque: Ids of the objects whose state cannot be seen.
        gave_up: There was too much to compare.

    Example:
        >>> inner = [1]
        >>> before = Snapshot(Anatomy({}), [{"a": inner}])
        >>> before.changed()
        set()
        >>> inner.append(2)
        >>> before.changed() == {id(inner)}
        True
    """

    __slots__ = ("_anatomy", "gave_up", "_limit", "_size", "_states", "opaque")

    def __init__(self, anatomy: Anatomy, roots: Iterable[object], *, limit: int = LIMIT) -> None:
        self._anatomy = anatomy
        self._states: dict[int, _State] = {}
        self._limit = limit
        self._size = 0
        self.gave_up = False
        self.opaque: set[int] = set()
        self.add(roots)

    def add(self, roots: Iterable[object]) -> None:
        """Take in further values. What is known already keeps the state it had when it was first seen."""
        states, immutable, kind_of = self._states, IMMUTABLE, self._anatomy.kind
        pending = [root for root in roots if type(root) not in immutable]
        while pending:
            value = pending.pop()
            if id(value) in states:
                continue
            kind = kind_of(value)
            if kind is None:
                continue
            parts = kind.parts(value)
            digest = kind.digest(value) if kind.digest is not None else None
            states[id(value)] = _State(value, kind, parts, digest)
            if kind.opaque:
                self.opaque.add(id(value))
            self._size += 1 + len(parts)
            if self._size > self._limit:
                self.gave_up = True
                return
            if not immutable.issuperset(map(type, parts)):
                pending += [part for part in parts if type(part) not in immutable]

    def changed(self) -> set[int]:
        """Ids of the objects whose state is not what it was, and of the memory they share with others."""
        found: set[int] = set()
        for number, (value, kind, parts, digest) in self._states.items():
            if self.gave_up or not _same(value, kind, parts, digest):
                found.add(number)
                if kind.also_known_as is not None:
                    found.update(kind.also_known_as(value))
        return found


def _same(value: object, kind: Kind, parts: Parts, digest: object) -> bool:
    now = kind.parts(value)
    if len(now) != len(parts) or not all(map(is_, now, parts)):
        return False
    return kind.digest is None or bool(kind.digest(value) == digest)
