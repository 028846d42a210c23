"""Whether objects changed: their states before and after a statement.

A `Snapshot` holds strong references for as long as one statement runs, so identity of parts is exact: no id can be
reused while it is compared.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from time import perf_counter
from typing import NamedTuple

from lineapy.tracing.anatomy import IMMUTABLE, Anatomy, Kind, Parts
from lineapy.tracing.budget import BYTES, PARTS, SIZED, UNLIMITED, Budget
from lineapy.tracing.identity import same_objects


class Digests:
    """Digests of large buffers that still hold: nothing is known to have changed since they were made.

    Keeps no buffer alive.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[object], object]] = {}

    def of(self, value: object) -> object | None:
        """The digest of a buffer, if it is known."""
        entry = self._known.get(id(value))
        return entry[1] if entry is not None and entry[0]() is value else None

    def note(self, value: object, digest: object) -> None:
        """A buffer has been looked at."""
        if _bytes_of(value) >= _LARGE:
            with suppress(TypeError):  # not every object can be referred to weakly
                self._known[id(value)] = (weakref.ref(value), digest)

    def clear(self) -> None:
        """Something has changed."""
        self._known.clear()


#: Buffers of fewer bytes are hashed faster than looked up.
_LARGE = 1 << 14


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
        budget: What it may cost.
        digests: What is known of large buffers.

    Attributes:
        opaque: Ids of the objects whose state cannot be seen.
        moved: Of those that hold the same as before, in other memory: the memory that they left. They count as changed.
        gave_up: There was too much to look at: what was not looked at may have changed, too.

    Example:
        >>> inner = [1]
        >>> before = Snapshot(Anatomy({}), [{"a": inner}])
        >>> before.changed()
        set()
        >>> inner.append(2)
        >>> before.changed() == {id(inner)}
        True
    """

    __slots__ = ("_anatomy", "_budget", "_digests", "_left", "_now", "_states", "gave_up", "moved", "opaque")

    def __init__(
        self,
        anatomy: Anatomy,
        roots: Iterable[object],
        budget: Budget = UNLIMITED,
        digests: Digests | None = None,
    ) -> None:
        self._anatomy = anatomy
        self._digests = digests if digests is not None else Digests()
        self._now: list[tuple[object, object]] = []
        self._budget = budget
        self._left = budget.limit()
        self._states: dict[int, _State] = {}
        self.gave_up = False
        self.moved: dict[int, set[int]] = {}
        self.opaque: set[int] = set()
        self.add(roots)

    def add(self, roots: Iterable[object], is_spent: Callable[[int], bool] | None = None) -> None:
        """Take in further values. What is known already keeps the state it had when it was first seen.

        Args:
            roots: The values.
            is_spent: Of a large buffer, by the id of who owns its memory: whether it is to count as changed anyway,
                so that reading it would be in vain.
        """
        states, immutable = self._states, IMMUTABLE
        kind_of, has_immutable_parts = self._anatomy.kind, self._anatomy.has_immutable_parts
        pending = [root for root in roots if type(root) not in immutable]
        if not pending:
            return
        start = perf_counter()
        left = self._left
        while pending:
            value = pending.pop()
            if id(value) in states:
                continue
            kind = kind_of(value)
            if kind is None:
                continue
            left -= 1
            if left < 0 or (type(value) in SIZED and len(value) // PARTS > left):  # type: ignore[arg-type]
                left = -1
                break
            parts = kind.parts(value)
            digest = None
            if kind.digest is not None:
                digest = self._digests.of(value)
                if is_spent is not None and _bytes_of(value) >= _LARGE and kind.also_known_as is not None:
                    if all(map(is_spent, kind.also_known_as(value))):
                        digest = _NOT_SEEN
                if digest is None:
                    left -= _bytes_of(value) // BYTES
                    digest = kind.digest(value) if left >= 0 else _NOT_SEEN
            states[id(value)] = _State(value, kind, parts, digest)
            if kind.opaque:
                self.opaque.add(id(value))
            left -= len(parts) // PARTS
            if left >= 0 and not has_immutable_parts(parts):
                pending += [part for part in parts if type(part) not in immutable]
                if len(pending) > left:
                    left = -1  # it would not come to its end
        self._budget.charge(perf_counter() - start, max(0, self._left - left))
        self._left = left
        self.gave_up |= left < 0

    def changed(self) -> set[int]:
        """Ids of the objects whose state is not what it was, and of the memory they share with others."""
        start = perf_counter()
        is_too_much = self.gave_up or self._budget.limit() < len(self._states)
        found: set[int] = set()
        for number, (value, kind, parts, digest) in self._states.items():
            if is_too_much or not self._is_same(value, kind, parts, digest):
                found.add(number)
                if kind.moved_from is not None and not is_too_much:
                    left = kind.moved_from(value, parts)
                    if left is not None:
                        self.moved[number] = set(left)
                if kind.also_known_as is not None:
                    found.update(kind.also_known_as(value))
        self._budget.charge(perf_counter() - start, len(self._states))
        return found

    def _is_same(self, value: object, kind: Kind, parts: Parts, digest: object) -> bool:
        if digest is _NOT_SEEN:
            return False
        if not same_objects(kind.parts(value), parts):
            return False
        if kind.digest is None:
            return True
        digest_now = kind.digest(value)
        self._now.append((value, digest_now))
        return bool(digest_now == digest)

    def keep_digests(self) -> None:
        """Note the digests that the last comparison made, now that what was known before has been forgotten."""
        for value, digest in self._now:
            self._digests.note(value, digest)


class _NotSeen:
    """The digest of what was too large to look at: equal to none, so that it counts as changed."""


_NOT_SEEN = _NotSeen()


def _bytes_of(value: object) -> int:
    """The size of a buffer; 0 for what says nothing of it."""
    # Of those alone whose class speaks of it: the __getattr__ of others may do anything.
    size = getattr(value, "nbytes", 0) if hasattr(type(value), "nbytes") else 0
    return size if type(size) is int else 0
