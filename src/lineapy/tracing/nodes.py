"""The recorder's own view of a statement: its static facts, unpacked for speed, and the edges it has written."""

from __future__ import annotations

from lineapy.ids import VersionId
from lineapy.source.statements import Statement, Trait

#: Statements that bind their names when their block is entered, not when their first line is done.
_BINDS_ON_ENTRY = frozenset({"For", "AsyncFor", "With", "AsyncWith", "ExceptHandler", "match_case"})


class Node:
    """One statement while it is traced.

    Attributes:
        arguments: See `Statement`.
        assigned: See `Statement`.
        binds: Names it binds once it is done.
        entry_binds: Names it binds when its block is entered.
        names_inside: Names that occur in the statements nested in it.
        is_for: Whether it is a ``for`` statement.
        is_unknown: Whether what it does had to be found out by comparing, at least once.
        is_with: Whether it is a ``with`` statement.
        inside_left: How many statements nested in it have not run yet.
        runs: How many times it has begun to run.
        own: The version of each name that it wrote.
        seen: Versions it is known to have read.
        earlier: For each of its versions, the earlier ones that it has been connected to.
        available: What has been noted of names at its beginning.
        iterated: Of a ``for`` loop that binds a variable that it iterates over: the objects which that reached.
    """

    __slots__ = (
        "arguments",
        "assigned",
        "available",
        "binds",
        "earlier",
        "entry_binds",
        "id",
        "inside_left",
        "is_for",
        "is_unknown",
        "is_with",
        "iterated",
        "modules",
        "names_inside",
        "own",
        "parent",
        "runs",
        "reads",
        "seen",
        "statement",
        "traits",
    )

    def __init__(self, statement: Statement, parent: Node | None) -> None:
        self.id = statement.id
        self.statement = statement
        self.parent = parent
        self.reads = statement.reads
        self.traits = int(statement.traits)
        self.is_for = statement.kind in ("For", "AsyncFor")
        self.is_unknown = False
        self.arguments = statement.arguments
        self.is_with = statement.kind in ("With", "AsyncWith")
        self.assigned = statement.assigned
        self.binds = statement.binds
        self.entry_binds: tuple[str, ...] = ()
        if statement.kind in _BINDS_ON_ENTRY:
            self.binds = tuple(statement.assigned)
            self.entry_binds = tuple(name for name in statement.binds if name not in statement.assigned)
        self.names_inside: dict[str, None] | None = None
        self.inside_left = 0
        self.runs = 0
        self.modules: tuple[str, ...] = ()
        self.own: dict[str, VersionId] = {}
        self.seen: set[VersionId] = set()
        self.earlier: dict[VersionId, dict[VersionId, None]] | None = None
        self.available: set[tuple[str, VersionId | str]] | None = None
        self.iterated: set[int] | None = None

    def is_inside(self, block: Node) -> bool:
        """Whether it is nested in another statement, at any depth."""
        node = self.parent
        while node is not None:
            if node is block:
                return True
            node = node.parent
        return False


def nodes_of(statements: list[Statement], first: int) -> list[Node]:
    """Make the nodes of one text's statements, and tell each what is nested in it.

    Args:
        statements: The statements, outer before inner.
        first: The number of the first.
    """
    nodes: list[Node] = []
    for statement in statements:
        parent = nodes[statement.parent - first] if statement.parent is not None else None
        node = Node(statement, parent)
        nodes.append(node)
        while parent is not None:
            if parent.names_inside is None:
                parent.names_inside = {}
            parent.names_inside.update(dict.fromkeys((*statement.reads, *statement.binds)))
            parent.inside_left += 1
            parent = parent.parent
    return nodes


# Plain integers, for the recorder's hot path.
OPERATES = int(Trait.OPERATES)
ITERATES = int(Trait.ITERATES)
CALLS_INSIDE = int(Trait.CALLS_INSIDE)
DYNAMIC = int(Trait.DYNAMIC)
IMPORTS = int(Trait.IMPORTS)
IMPORTS_SUBMODULE = int(Trait.IMPORTS_SUBMODULE)
JUMPS = int(Trait.JUMPS)
LOOPS = int(Trait.LOOPS)
RAISES = int(Trait.RAISES)
AUGMENTS = int(Trait.AUGMENTS)
CALLS = int(Trait.CALLS)
HOLDS_LAMBDA = int(Trait.HOLDS_LAMBDA)
INDIRECT = int(Trait.INDIRECT)
BINDS_LAST = int(Trait.BINDS_LAST)
