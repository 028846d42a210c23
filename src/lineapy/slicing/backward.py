"""Backward reachability on the dependence graph, and the rules that make what is kept a program.

The slice of a target holds every statement that wrote a version which the target goes back to (Weiser, "Program
slicing", 1984; dynamic, with the dependences of the run: Korel and Laski, 1988). Closure rules then add what the kept
statements need around them: headers, jumps of kept loops, handlers of kept ``try`` statements, and of the code that
did not run, whatever could have bound or changed a variable that the slice needs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass

from lineapy.graph.model import Graph
from lineapy.ids import StatementId, VersionId
from lineapy.slicing.reasons import Because, Reason
from lineapy.slicing.target import Target
from lineapy.slicing.unrun import Unrun
from lineapy.source.statements import Statement, Trait


@dataclass(frozen=True, slots=True)
class Needs:
    """What a value needs.

    Attributes:
        kept: The statements, in order of their numbers, each with the reason for which it was kept first.
        uses: The versions that they use, each with the statement that uses it; None is the target itself.
    """

    kept: dict[StatementId, Reason]
    uses: list[tuple[VersionId, StatementId | None]]


def kept_statements(
    graph: Graph, statements: Sequence[Statement], target: Target, *, keep_target_statement: bool = False
) -> dict[StatementId, Reason]:
    """Find the statements that a value needs.

    Args:
        graph: The session's graph.
        statements: The session's statements, by number.
        target: The value.
        keep_target_statement: Keep the statement in which the value was asked for as well.

    Returns:
        The statements, in order of their numbers, each with the reason for which it was kept first.
    """
    return find_needs(graph, statements, target, keep_target_statement=keep_target_statement).kept


def find_needs(
    graph: Graph,
    statements: Sequence[Statement],
    target: Target,
    *,
    keep_target_statement: bool = False,
    given: Container[VersionId] = (),
) -> Needs:
    """Find the statements that a value needs, and the versions that these use.

    Args:
        graph: The session's graph.
        statements: The session's statements, by number.
        target: The value.
        keep_target_statement: Keep the statement in which the value was asked for as well.
        given: Versions that come from elsewhere: what made them is not needed.
    """
    walk = _Walk(graph.at(target.mark), statements, given, target.statement)
    for version in target.versions:
        walk.keep_version(version, None)
    if target.statement is not None:
        place = target.place
        if keep_target_statement or (place is not None and place.inside):
            walk.keep(target.statement, Reason(Because.TARGET))
        elif target.place is not None and (target.expression or loops_around(statements, target.statement)):
            # The value is made where it was asked for: in that block, but without that statement.
            walk.keep_headers(target.statement)
    walk.run()
    if walk.kept:
        for statement in statements:
            if statement.kind == "ImportFrom" and statement.traits & Trait.FUTURE:
                walk.keep(statement.id, Reason(Because.COMPILER))
    return Needs(dict(sorted(walk.kept.items())), walk.uses)


def loops_around(statements: Sequence[Statement], number: StatementId | None) -> list[StatementId]:
    """The loops that a statement stands in, inner ones first."""
    found = []
    parent = statements[number].parent if number is not None else None
    while parent is not None:
        if statements[parent].traits & Trait.LOOPS:
            found.append(parent)
        parent = statements[parent].parent
    return found


def top_level(statements: Sequence[Statement], number: StatementId) -> StatementId:
    """The statement at module level that holds a statement."""
    while (parent := statements[number].parent) is not None:
        number = parent
    return number


class _Walk:
    def __init__(
        self,
        graph: Graph,
        statements: Sequence[Statement],
        given: Container[VersionId] = (),
        until: StatementId | None = None,
    ) -> None:
        self.graph = graph
        self.given = given
        self.statements = statements
        self.kept: dict[StatementId, Reason] = {}
        self.versions: set[VersionId] = set()
        self.pending: list[VersionId] = []
        self.arrived: list[StatementId] = []  # kept, but what they need is not looked at yet
        #: For each version that the slice uses, the statements that use it; None is the target itself.
        self.uses: list[tuple[VersionId, StatementId | None]] = []
        self.reads: dict[StatementId, list[VersionId]] = defaultdict(list)
        for statement, version in graph.reads:
            self.reads[statement].append(version)
        self.previous: dict[VersionId, list[VersionId]] = defaultdict(list)
        for version, earlier in graph.previous:
            self.previous[version].append(earlier)
        self.raised: dict[StatementId, list[StatementId]] = defaultdict(list)
        for clause, statement in graph.raised:
            self.raised[clause].append(statement)
        self.ran = set(graph.ran)
        self.unrun = Unrun(graph, statements, self.ran, until)

    def run(self) -> None:
        """Walk until nothing more is needed."""
        while True:
            while self.pending or self.arrived:
                if self.pending:
                    self._follow(self.pending.pop())
                else:
                    self._arrive(self.arrived.pop())
            if not self._rules():
                return

    # -- keeping

    def keep_version(self, version: VersionId, user: StatementId | None) -> None:
        """The slice uses a version."""
        self.uses.append((version, user))
        if version in self.given:
            return
        if version not in self.versions:
            self.versions.add(version)
            self.pending.append(version)
            name, writer = self.graph.versions[version]
            because = Because.CHANGES if self.previous.get(version) else Because.BINDS
            self.keep(writer, Reason(because, name, user))
        if self.statements[self.graph.versions[version].writer].parent is not None:
            for alternative in self.unrun.alternatives(version, user):
                if alternative not in self.versions:
                    self.keep_version(alternative, user)

    def keep(self, number: StatementId, reason: Reason) -> None:
        """The slice holds a statement."""
        if number not in self.kept:
            self.kept[number] = reason
            self.arrived.append(number)

    def _arrive(self, number: StatementId) -> None:
        # In a loop whose rounds were not all watched, a statement that was not seen to run may have read something.
        for version in self.reads.get(number, ()):
            self.keep_version(version, number)
        for raising in self.raised.get(number, ()):
            self.keep(raising, Reason(Because.RAISES, None, number))
        if number not in self.ran:
            for version in self.unrun.reads(number):
                self.keep_version(version, number)
        self.keep_headers(number)

    def keep_headers(self, number: StatementId) -> None:
        """The slice holds what a statement is nested in."""
        parent = self.statements[number].parent
        if parent is not None:
            self.keep(parent, Reason(Because.CONTROLS, None, number))

    def _follow(self, version: VersionId) -> None:
        writer = self.graph.versions[version].writer
        for earlier in self.previous.get(version, ()):
            self.keep_version(earlier, writer)

    # -- rules

    def _skips_kept(self, jump: StatementId, loop: StatementId) -> bool:
        """Whether anything that is kept comes after a ``continue`` in its loop; if not, it makes no difference."""
        return any(later in self.kept for later in self.unrun.after_in_loop(jump, loop))

    def _rules(self) -> bool:
        before = len(self.kept)
        for number in list(self.kept):
            for jump in self.unrun.jumps.get(number, ()):
                if self.statements[jump].kind == "Continue" and not self._skips_kept(jump, number):
                    continue
                self.keep(jump, Reason(Because.JUMPS, None, number))
            for clause in self.unrun.clauses.get(number, ()):
                self.keep(clause, Reason(Because.HANDLES, None, number))
            for statement in self.unrun.reraises.get(number, ()):
                self.keep(statement, Reason(Because.RERAISES, None, number))
        for statement, _ in self.graph.failed:
            top = top_level(self.statements, statement)
            if top in self.kept:
                self.keep(statement, Reason(Because.FAILS, None, top))
        if len(self.kept) == before:
            for number, name in self.unrun.relevant(self.uses, self.kept):
                self.keep(number, Reason(Because.MIGHT_BIND, name))
        return len(self.kept) > before
