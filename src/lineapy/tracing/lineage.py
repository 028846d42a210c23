"""What flowed into a value, going by the graph alone: for values that were too large to look at.

The lineage of a version is what its writer read, what the writers of that read, and so on, as far as versions can pass
objects on: where a value was immutable, the walk ends. Two variables can share an object only if their lineages have a
version in common that holds data.

Lineages are kept from one question to the next, because the same ones are asked for after every statement. An edge that
a statement gets later, in a further round of a loop, makes those void that go through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import TYPE_CHECKING

from lineapy.graph.model import Graph
from lineapy.ids import VersionId

if TYPE_CHECKING:
    from lineapy.tracing.nodes import Node

#: The name of versions that stand for any value there is: what a statement changed, if nobody knows what.
ANYTHING = "<anything>"
#: Versions of things outside the program, which hand over copies, never an object.
_OUTSIDE = (
    "<file ",
    "<directory ",
    "<entries of ",
    "<env ",
    "<cwd>",
    "<random>",
    "<numpy.random>",
    "<torch.random>",
    "<tensorflow.random>",
)


class Lineages:
    """The lineages of a session's versions.

    A lineage is an integer whose bits are the numbers of its versions: sets of thousands of them are joined, and
    compared, in microseconds.

    Args:
        graph: The session's graph, which grows.
        nodes: Its statements, by number.
        current: The version that each variable has.
        value_of: Gives the value of a variable.
        is_import: Whether a statement imports modules, which are nobody's data.
    """

    def __init__(
        self,
        graph: Graph,
        nodes: Sequence[Node],
        current: Mapping[str, VersionId],
        value_of: Callable[[str], object],
        is_import: Callable[[Node], bool],
    ) -> None:
        self._graph = graph
        self._nodes = nodes
        self._current = current
        self._value_of = value_of
        self._is_import = is_import
        self._holding: set[VersionId] = set()
        self._newly_holding: list[VersionId] = []
        self._known: dict[VersionId, int] = {}
        self._data = 0  # the versions that hold data of the program's own
        self._seen_reads = self._seen_previous = 0

    def hold(self, version: VersionId) -> None:
        """A version's value may hold something that can change."""
        if version not in self._holding:
            self._holding.add(version)
            self._newly_holding.append(version)

    def sharing(self, names: Iterable[str], others: Iterable[str]) -> set[str]:
        """Those of some variables that may share an object with some others."""
        self._catch_up()
        flowed = 0
        for name in names:
            flowed |= self._lineage(name)
        for name, version in self._current.items():
            if flowed >> version & 1 and holds_nothing(self._value_of(name)):
                flowed &= ~(1 << version)
        flowed &= self._data
        return {name for name in others if flowed & self._lineage(name)}

    def _lineage(self, name: str) -> int:
        start = self._current.get(name)
        if start is None:
            return 0
        known = self._known
        found = known.get(start)
        if found is not None:
            return found
        found = 0
        versions, nodes, holding = self._graph.versions, self._nodes, self._holding
        pending = [start]
        while pending:
            version = pending.pop()
            if found >> version & 1:
                continue
            through = known.get(version)
            if through is not None:
                found |= through
                continue
            found |= 1 << version
            label, writer = versions[version]
            if version in holding or (label[0] == "<" and not _is_outside(label)):
                node = nodes[writer]
                pending += node.seen
                if node.earlier is not None:
                    pending += node.earlier.get(version, ())
        known[start] = found
        return found

    def _catch_up(self) -> None:
        """Drop the lineages into which something has flowed since they were found."""
        graph, nodes, versions = self._graph, self._nodes, self._graph.versions
        extended = {read.statement for read in graph.reads[self._seen_reads :]}
        extended.update(versions[edge.version].writer for edge in graph.previous[self._seen_previous :])
        stale = 0
        for version in self._newly_holding:
            stale |= 1 << version
            label, writer = versions[version]
            if label[0] != "<" and not self._is_import(nodes[writer]):
                self._data |= 1 << version
        self._newly_holding.clear()
        self._seen_reads, self._seen_previous = len(graph.reads), len(graph.previous)
        for statement in extended:
            for version in nodes[statement].own.values():
                stale |= 1 << version
        known = self._known
        if len(known) > 2 * len(self._current) + 100:
            alive = set(self._current.values())
            known = {version: lineage for version, lineage in known.items() if version in alive}
        self._known = {version: lineage for version, lineage in known.items() if not lineage & stale}


def _is_outside(label: str) -> bool:
    return label.startswith(_OUTSIDE) or label.endswith(" settings>")


def holds_nothing(value: object) -> bool:
    """Whether a value is a function without any object of its own."""
    return type(value) is FunctionType and not (
        value.__defaults__ or value.__kwdefaults__ or value.__closure__ or value.__dict__
    )
