"""The dependence graph of a session: append-only logs of versions and edges.

Append-only means that a moment in the session is just the lengths of the logs (`Mark`): an artifact's slice sees the
graph as it was when the artifact was saved, and storing "what is new since the last save" is storing the tails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lineapy.ids import StatementId, VersionId

# The traced program shares our builtins, and may replace this one.
_len = len


class Version(NamedTuple):
    """One state of one variable: its name, and the statement that bound or changed it."""

    name: str
    writer: StatementId


class Read(NamedTuple):
    """A statement used a version."""

    statement: StatementId
    version: VersionId


class Previous(NamedTuple):
    """A version came about by changing an earlier one."""

    version: VersionId
    earlier: VersionId


class Raised(NamedTuple):
    """A clause (or a ``with``) was entered because a statement raised."""

    clause: StatementId
    statement: StatementId


class Failed(NamedTuple):
    """A statement raised, and nobody caught it: the rest of its text did not run. ``exception`` is a built-in class."""

    statement: StatementId
    exception: str


class Available(NamedTuple):
    """What a name meant when a compound statement began, for the sake of those of its parts that did not run.

    ``name`` is a name that occurs in the compound statement; ``version`` a version that reading it there would use:
    its own, or that of a global which the functions it holds name.
    """

    compound: StatementId
    name: str
    version: VersionId


class Fixed(NamedTuple):
    """A name held an immutable value when a compound statement began: only rebinding can change it."""

    compound: StatementId
    name: str


class Alias(NamedTuple):
    """Two variables shared an object when a compound statement began: what changes one may change the other."""

    compound: StatementId
    name: str
    other: str


class Mark(NamedTuple):
    """A moment: how long each log of the graph was."""

    versions: int
    ran: int
    reads: int
    previous: int
    raised: int
    available: int
    fixed: int
    pinned: int
    failed: int
    aliases: int


@dataclass(slots=True)
class Graph:
    """Statements by number, versions by number, and the edges in the order in which they appeared.

    Attributes:
        versions: Every version; a `VersionId` is a position in this list.
        ran: Statements in the order in which each ran for the first time.
        reads, previous, raised, available, fixed, failed, aliases: See the types.
        pinned: Imports that must stay where they are: of the user's own modules, or after a change to the import path.
    """

    versions: list[Version] = field(default_factory=list)
    ran: list[StatementId] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    previous: list[Previous] = field(default_factory=list)
    raised: list[Raised] = field(default_factory=list)
    available: list[Available] = field(default_factory=list)
    fixed: list[Fixed] = field(default_factory=list)
    pinned: list[StatementId] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)

    def add_version(self, name: str, writer: StatementId) -> VersionId:
        """Append a version and return its number."""
        number = VersionId(_len(self.versions))
        self.versions.append(Version(name, writer))
        return number

    def mark(self) -> Mark:
        """The present moment.

        Example:
            >>> graph = Graph()
            >>> _ = graph.add_version("x", StatementId(0))
            >>> graph.mark().versions
            1
        """
        return Mark(*map(_len, self.logs()))

    def logs(self) -> tuple[Sequence[object], ...]:
        """The logs, in the order of `Mark`'s fields."""
        return (
            self.versions,
            self.ran,
            self.reads,
            self.previous,
            self.raised,
            self.available,
            self.fixed,
            self.pinned,
            self.failed,
            self.aliases,
        )

    def at(self, mark: Mark) -> Graph:
        """The graph as it was at a moment."""
        return Graph(*(list(log[:length]) for log, length in zip(self.logs(), mark, strict=True)))  # type: ignore[arg-type]
