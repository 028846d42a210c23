"""What the text of a loop says about the rounds that were not watched: which statement may read what which other wrote.

After some rounds in which nothing new was seen, a loop at module level goes on in a copy of its body that holds no
hooks (see `lineapy.tracing.rewrite`). What those rounds did is made up for at their end: by comparing the values that
they could have changed, and by the *reaching definitions* of the body (Aho et al., "Compilers", 9.2.4), found here from
the order and nesting of its statements alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from time import perf_counter

from lineapy.ids import StatementId
from lineapy.tracing.nodes import DYNAMIC, IMPORTS, JUMPS, LOOPS, Node


class Loop:
    """A loop at module level: what is inside it, and how far its rounds have been watched.

    Args:
        header: The ``for`` or ``while`` statement.
        inside: Everything nested in it, in order of position.

    Attributes:
        eligible: Its rounds may go unwatched.
        iterator: What a ``for`` loop takes its items from.
        known: How much was known of the program when that was last asked.
        quiet: Rounds in a row that showed nothing new.
        rounds: Rounds that were watched since it was last begun.
        began: When that was, and how many seconds had gone into watching the program until then.
        is_settled: They have been enough to stop watching.
        accounted: What was known when its unwatched rounds were last accounted for.
    """

    def __init__(self, header: Node, inside: list[Node]) -> None:
        self.header = header
        self.inside = inside
        self.known: int | None = -1
        self.quiet = 0
        self.rounds = 0
        self.began = (0.0, 0.0)
        self.is_settled = False
        self.accounted: object = None
        self.eligible = not any(node.traits & (DYNAMIC | IMPORTS) for node in inside)
        self.iterator: object = None
        self._siblings: dict[tuple[StatementId, str], list[Node]] = defaultdict(list)
        for node in inside:
            parent = node.parent
            assert parent is not None
            self._siblings[parent.id, node.statement.arm].append(node)
        self._binds: dict[str, list[Node]] = defaultdict(list)
        for node in (header, *inside):
            for name in (*node.statement.binds, *node.statement.deletes):
                self._binds[name].append(node)
        self._jumps = any(node.traits & JUMPS for node in inside)
        self._dominators: dict[tuple[StatementId, str], Node | None] = {}

    def begin(self, seconds: float) -> None:
        """It is run once more.

        Args:
            seconds: How many have gone into watching the program.
        """
        self.rounds = 0
        self.began = (perf_counter(), seconds)
        if self.is_settled:
            self.known = None  # what others did meanwhile is no news of this loop

    @property
    def nodes(self) -> Iterator[Node]:
        """The header, and everything inside."""
        yield self.header
        yield from self.inside

    @property
    def binds(self) -> Iterable[str]:
        """Names that a statement of it binds or deletes."""
        return self._binds

    def binders(self, name: str) -> list[Node]:
        """Statements of it that bind or delete a name."""
        return self._binds.get(name, [])

    def binds_afresh(self, node: Node, name: str) -> bool:
        """Whether a statement's version of a name does not go back to an earlier one: it binds, and surely."""
        if name in node.entry_binds:
            return True
        return name in node.binds and node.assigned.get(name, True)

    def reaching(self, name: str, user: Node, writers: Iterable[Node]) -> tuple[list[Node], bool]:
        """Which writers of a name a statement may see, and whether it may see what the name was before the loop.

        Args:
            name: The name.
            user: A statement of the loop.
            writers: Statements of the loop that bind or change it.
        """
        if user is self.header:
            return list(writers), True
        dominator = self._dominator(user, name)
        if dominator is None:
            return list(writers), True
        around = [node for node in _ancestors(user) if node.traits & LOOPS and node.id > dominator.id]
        outermost = around[-1] if around else None
        return [
            writer
            for writer in writers
            if writer is dominator
            or dominator.id < writer.id < user.id
            or (outermost is not None and (writer is outermost or writer.is_inside(outermost)))
        ], False

    def leaving(self, name: str, writers: Iterable[Node]) -> tuple[list[Node], bool]:
        """Which writers of a name whatever follows the loop may see, and whether also what was before the loop."""
        writers = list(writers)
        if self._jumps or self.header.statement.kind == "While":
            return writers, True  # left in the middle of a round, or before the first
        body = self._siblings[self.header.id, "body"]
        for node in reversed(body):
            if _binds_surely(node, name):
                return [writer for writer in writers if writer.id >= node.id], True
        return writers, True

    def _dominator(self, user: Node, name: str) -> Node | None:
        """The last statement that binds a name on every way from the beginning of a round to a statement."""
        key = (user.id, name)
        try:
            return self._dominators[key]
        except KeyError:
            found = self._dominators[key] = self._find_dominator(user, name)
            return found

    def _find_dominator(self, user: Node, name: str) -> Node | None:
        node = user
        while node is not self.header:
            parent = node.parent
            assert parent is not None
            for sibling in reversed(self._siblings[parent.id, node.statement.arm]):
                if sibling.id < node.id and _binds_surely(sibling, name):
                    return sibling
            if name in parent.entry_binds:
                if node.statement.arm == "body":
                    return parent
            elif not parent.is_for and _binds_surely(parent, name):
                return parent  # in the test of an if or while
            node = parent
        return None


def _binds_surely(node: Node, name: str) -> bool:
    """Whether a statement has bound or deleted a name once it is done, or once its block begins."""
    if name in node.binds:
        return node.assigned.get(name, True)
    return name in node.statement.deletes


def _ancestors(node: Node) -> Iterator[Node]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent
