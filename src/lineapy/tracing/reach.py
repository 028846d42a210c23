"""What can be reached from a value: the objects, the variables its code names, and what about it cannot be seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from time import perf_counter
from types import FunctionType, ModuleType

from lineapy.tracing.anatomy import ACTS, IMMUTABLE, Anatomy, Finalizer
from lineapy.tracing.budget import LEAST, PARTS, SIZED, UNLIMITED, Budget

_CODE = (type, FunctionType, ModuleType)


@dataclass(slots=True)
class Reach:
    """What one value reaches.

    Attributes:
        ids: Ids of the objects that can change, the value itself included.
        opaque: Ids of those whose state cannot be seen.
        code: Those of `ids` that are classes, functions and modules: sharing one does not make two values aliases.
        loads: Variables that code among them may load.
        stores: Variables that code among them may bind.
        dynamic: Code among them can reach the namespace without naming variables.
        everything: Code among them can read any variable.
        iterating: Ids of those that change when they are iterated over.
        is_bound: Something among them belongs to its process and cannot be pickled.
        runs_user_code: Operating on the value may run the user's code.
        acts: What may be done by who is only handed something of it; see `lineapy.tracing.anatomy.Kind`.
        finalizers: Those whose end runs code of the program.
        size: How many parts were looked at: what finding this out cost.
        complete: The walk came to its end within the budget. If not, the value may also reach whatever flowed into it.
        outdated: How often the value has changed since; what it may have gained was added without looking again.
    """

    ids: set[int] = field(default_factory=set)
    opaque: set[int] = field(default_factory=set)
    code: set[int] = field(default_factory=set)
    loads: set[str] = field(default_factory=set)
    stores: set[str] = field(default_factory=set)
    dynamic: bool = False
    everything: bool = False
    iterating: set[int] = field(default_factory=set)
    is_bound: bool = False
    runs_user_code: bool = False
    acts: int = 0
    finalizers: list[Finalizer] = field(default_factory=list)
    size: int = 0
    complete: bool = True
    outdated: int = 0

    def absorb(self, other: Reach) -> None:
        """Take in what another value reaches, as after ``self.append(other)``."""
        self.ids |= other.ids
        self.opaque |= other.opaque
        self.code |= other.code
        self.loads |= other.loads
        self.stores |= other.stores
        self.dynamic |= other.dynamic
        self.everything |= other.everything
        self.iterating |= other.iterating
        self.is_bound |= other.is_bound
        self.runs_user_code |= other.runs_user_code
        self.acts |= other.acts
        self.finalizers += other.finalizers


def survey(anatomy: Anatomy, roots: Iterable[object], budget: Budget = UNLIMITED) -> Reach:
    """Walk everything that can be reached from some values.

    Args:
        anatomy: How to look at objects.
        roots: Where to start.
        budget: What it may cost.

    Returns:
        What was found.

    Example:
        >>> inner = [1]
        >>> outer = {"a": inner}
        >>> reached = survey(Anatomy({}), [outer])
        >>> reached.ids - reached.code == {id(outer), id(inner)}
        True
    """
    start = perf_counter()
    left = max(budget.limit(), LEAST)
    found = Reach()
    ids, immutable, kind_of, names_of = found.ids, IMMUTABLE, anatomy.kind, anatomy.names
    has_immutable_parts = anatomy.has_immutable_parts
    finalizer_of = anatomy.finalizer if anatomy.has_finalizers else None
    aliases: set[int] = set()
    pending = [root for root in roots if type(root) not in immutable]
    while pending:
        value = pending.pop()
        number = id(value)
        if number in ids:
            continue
        kind = kind_of(value)
        if kind is None:
            continue
        ids.add(number)
        left -= 1
        if left < 0 or (type(value) in SIZED and len(value) // PARTS > left):  # type: ignore[arg-type]
            left = -1
            break
        if isinstance(value, _CODE):
            found.code.add(number)
        found.code.add(id(type(value)))  # so that patching a class changes its instances
        if kind.also_known_as is not None:
            aliases.update(kind.also_known_as(value))
        if kind.acts is not None:
            found.acts |= kind.acts(value)
        if kind.opaque:
            found.opaque.add(number)
        if kind.bound:
            found.is_bound = True
        if kind.iterating:
            found.iterating.add(number)
        if kind.runs_user_code:
            found.runs_user_code = True
        if finalizer_of is not None and (finalizer := finalizer_of(value)) is not None:
            found.finalizers.append(finalizer)
        names = names_of(value)
        if names is not None:
            found.runs_user_code = True
            found.loads |= names.loads
            found.stores |= names.stores
            found.dynamic |= names.dynamic
            found.everything |= names.everything
        parts = kind.parts(value)
        found.size += 1 + len(parts)
        left -= len(parts) // PARTS
        if left >= 0 and not has_immutable_parts(parts):
            pending += [part for part in parts if type(part) not in immutable]
            if len(pending) > left:
                left = -1  # it would not come to its end
    found.complete = left >= 0
    if found.acts & ACTS and found.opaque:
        found.runs_user_code = True  # as with map(found.append, rows), which does so when it is iterated over
    ids |= aliases | found.code
    budget.charge(perf_counter() - start, len(ids))
    return found
