"""Code that did not run: which of it could bind or change a variable that a slice needs, and what it reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from lineapy.graph.model import Graph
from lineapy.ids import StatementId, VersionId
from lineapy.source.statements import Statement, Trait

#: Calls in code that did not run which change nothing, whatever their arguments are.
_HARMLESS = frozenset(
    {
        *(
            "print",
            "len",
            "isinstance",
            "issubclass",
            "type",
            "id",
            "repr",
            "str",
            "int",
            "float",
            "bool",
            "abs",
        ),
        *(
            "min",
            "max",
            "sum",
            "sorted",
            "range",
            "round",
            "any",
            "all",
            "list",
            "dict",
            "tuple",
            "set",
            "hasattr",
        ),
        *("enumerate", "zip", "callable", "format", "ord", "chr", "getattr"),
        *("ValueError", "TypeError", "RuntimeError", "KeyError", "IndexError", "Exception", "AssertionError"),
        *(
            "NotImplementedError",
            "SystemExit",
            "StopIteration",
            "FileNotFoundError",
            "OSError",
            "ImportError",
        ),
    }
)
#: Methods that change no object of the built-in types, and that libraries do not use for changing one either.
_HARMLESS_METHODS = frozenset(
    {".format", ".join", ".upper", ".lower", ".strip", ".split", ".startswith", ".endswith", ".copy", ".keys"}
    | {".values", ".items", ".get", ".count", ".index", ".head", ".tail", ".describe", ".info"}
    | {
        ".sum",
        ".mean",
        ".median",
        ".std",
        ".var",
        ".min",
        ".max",
        ".any",
        ".all",
        ".round",
        ".item",
        ".tolist",
    }
    | {
        ".nunique",
        ".unique",
        ".value_counts",
        ".isna",
        ".isin",
        ".idxmax",
        ".idxmin",
        ".to_string",
        ".to_dict",
    }
    | {
        ".isdigit",
        ".isalpha",
        ".splitlines",
        ".title",
        ".capitalize",
        ".encode",
        ".decode",
        ".ljust",
        ".rjust",
    }
    | {".most_common", ".strftime", ".isoformat", ".total_seconds"}
)


#: Statements whose block may be skipped.
_CONDITIONAL = frozenset({"If", "For", "AsyncFor", "While", "Try", "TryStar", "Match"})
#: Statements whose block is entered if they are.
_HANDLERLESS = frozenset({"With", "AsyncWith"})


class Unrun:
    """The statements of a session that never ran although what holds them did.

    Args:
        graph: The session's graph, at the moment of the slice.
        statements: The session's statements, by number.
        ran: Those that ran.
        until: The statement in which the value was asked for, if it is one: what follows it in its block is left out.

    Attributes:
        jumps: For each loop, its ``break`` and ``continue`` statements, whether or not they ran.
        clauses: For each ``try`` and ``match`` statement, its clauses.
        reraises: For each ``except`` clause, the ``raise`` and ``assert`` statements in it and in what it guards.
    """

    def __init__(
        self,
        graph: Graph,
        statements: Sequence[Statement],
        ran: set[StatementId],
        until: StatementId | None = None,
    ) -> None:
        self._until = until
        self.graph = graph
        self.statements = statements
        self.ran = ran
        self.jumps: dict[StatementId, list[StatementId]] = defaultdict(list)
        self.clauses: dict[StatementId, list[StatementId]] = defaultdict(list)
        self.reraises: dict[StatementId, list[StatementId]] = defaultdict(list)
        self._candidates: list[Statement] = []
        self._raising: list[Statement] = []
        self._children: dict[StatementId, list[StatementId]] = defaultdict(list)
        for statement in statements:
            if statement.parent is not None:
                self._children[statement.parent].append(statement.id)
                self._classify(statement)
        for statement in self._raising:
            for clause in self._clauses_concerned(statement):
                self.reraises[clause].append(statement.id)
        self._ends: dict[StatementId, StatementId] = {}
        for statement in statements:
            for parent in self._ancestors(statement.id):
                self._ends[parent] = statement.id
        self._branches_of: dict[StatementId, dict[StatementId, str]] = {}
        self._bind_surely: dict[tuple[StatementId, str], bool] = {}
        self._meanings: dict[StatementId, dict[str, list[VersionId]]] = {}
        self._fixed = set(graph.fixed)
        self._aliases: dict[tuple[StatementId, str], list[str]] = defaultdict(list)
        for compound, name, other in graph.aliases:
            self._aliases[compound, name].append(other)
        self._written: dict[str, list[VersionId]] = defaultdict(list)
        for compound, name, version in graph.available:
            self._meanings.setdefault(compound, {}).setdefault(name, []).append(version)
        if self._candidates:
            for number, (name, _) in enumerate(graph.versions):
                self._written[name].append(VersionId(number))

    def _classify(self, statement: Statement) -> None:
        parent = statement.parent
        assert parent is not None
        if statement.traits & Trait.JUMPS:
            loop = next(
                (p for p in self._ancestors(statement.id) if self.statements[p].traits & Trait.LOOPS), None
            )
            # A jump in the else block of a loop belongs to the loop around it.
            if loop is not None and self._arm_in(statement.id, loop) == "orelse":
                loop = next(
                    (p for p in self._ancestors(loop) if self.statements[p].traits & Trait.LOOPS), None
                )
            if loop is not None:
                self.jumps[loop].append(statement.id)
        if statement.kind in ("ExceptHandler", "match_case"):
            self.clauses[parent].append(statement.id)
        if statement.traits & Trait.RAISES:
            self._raising.append(statement)
        if (
            statement.id not in self.ran
            and not self._follows_target(statement.id)
            and self._home(statement.id) is not None
        ):
            self._candidates.append(statement)

    def _follows_target(self, number: StatementId) -> bool:
        """Whether a statement comes behind the one in which the value was asked for, in a block that runs once."""
        until = self._until
        if until is None or number <= until:
            return False
        around = {until, *self._ancestors(until)}
        shared = [self.statements[ancestor] for ancestor in self._ancestors(number) if ancestor in around]
        return bool(shared) and not any(ancestor.traits & Trait.LOOPS for ancestor in shared)

    def _clauses_concerned(self, raising: Statement) -> Iterator[StatementId]:
        """The nearest ``except`` clauses around a raising statement, or beside the block it stands in."""
        below = raising.id
        for ancestor in self._ancestors(raising.id):
            if self.statements[ancestor].kind == "ExceptHandler":
                yield ancestor
                return
            if self.statements[ancestor].kind in ("Try", "TryStar") and self.statements[below].arm == "body":
                yield from self.clauses[ancestor]
                return
            below = ancestor

    def _ancestors(self, number: StatementId) -> Iterator[StatementId]:
        parent = self.statements[number].parent
        while parent is not None:
            yield parent
            parent = self.statements[parent].parent

    def _arm_in(self, number: StatementId, ancestor: StatementId) -> str:
        """The block of an ancestor in which a statement stands."""
        while self.statements[number].parent != ancestor:
            parent = self.statements[number].parent
            assert parent is not None
            number = parent
        return self.statements[number].arm

    def _home(self, number: StatementId) -> StatementId | None:
        """The nearest statement around an unrun one that did run."""
        return next((parent for parent in self._ancestors(number) if parent in self.ran), None)

    def after_in_loop(self, number: StatementId, loop: StatementId) -> Iterator[StatementId]:
        """The statements of a loop's body that stand after one of them."""
        for later in range(number + 1, self._ends[loop] + 1):
            if self._arm_in(StatementId(later), loop) == "body":
                yield StatementId(later)

    # -- what unrun code reads

    def reads(self, number: StatementId) -> list[VersionId]:
        """Versions that a statement would have read, had it run."""
        home = self._home(number)
        if home is None:
            return []
        found: dict[VersionId, None] = {}
        for name in self.statements[number].reads:
            for version in self._meaning(home, name):
                found[version] = None
        return list(found)

    def _meaning(self, home: StatementId, name: str) -> list[VersionId]:
        found: list[VersionId] = []
        for compound in (home, *self._ancestors(home)):
            versions = self._meanings.get(compound, {}).get(name)
            if versions:
                found += versions
                break
        end = self._ends.get(home, home)
        found += [v for v in self._written.get(name, ()) if home <= self.graph.versions[v].writer <= end]
        return found

    # -- what would count had other code run

    def alternatives(self, version: VersionId, user: StatementId | None) -> Iterator[VersionId]:
        """What a variable would be for a user behind a branch or loop, had that not bound it.

        Args:
            version: The version that the user uses.
            user: A statement, or None for the target.
        """
        name, writer = self.graph.versions[version]
        for ancestor in self._ancestors(writer):
            if user is not None and ancestor <= user <= self._ends[ancestor]:
                return
            if self.statements[ancestor].kind in _CONDITIONAL and not self._surely_binds(ancestor, name):
                for earlier in self._meanings.get(ancestor, {}).get(name, ()):
                    if self.graph.versions[earlier].name == name:
                        yield earlier

    def _surely_binds(self, number: StatementId, name: str) -> bool:
        """Whether a statement binds a name on every way through it."""
        known = self._bind_surely.get((number, name))
        if known is None:
            known = self._bind_surely[number, name] = self._always_binds(number, name)
        return known

    def _always_binds(self, number: StatementId, name: str) -> bool:
        statement = self.statements[number]
        if statement.kind in _HANDLERLESS:
            return _binds_surely(statement, name) or self._arm_binds(number, "body", name)
        if statement.kind == "If":
            return self._arm_binds(number, "body", name) and self._arm_binds(number, "orelse", name)
        if statement.kind in ("Try", "TryStar"):
            clauses = self.clauses.get(number, [])
            return self._arm_binds(number, "finalbody", name) or (
                (self._arm_binds(number, "body", name) or self._arm_binds(number, "orelse", name))
                and all(self._arm_binds(clause, "body", name) for clause in clauses)
            )
        return statement.kind not in _CONDITIONAL and _binds_surely(statement, name)

    def _arm_binds(self, number: StatementId, arm: str, name: str) -> bool:
        return any(
            self.statements[inner].arm == arm and self._surely_binds(inner, name)
            for inner in self._children[number]
        )

    # -- what unrun code could do to a slice

    def relevant(
        self, uses: Sequence[tuple[VersionId, StatementId | None]], kept: Mapping[StatementId, object]
    ) -> Iterator[tuple[StatementId, str]]:
        """Unrun statements that could bind or change a variable between its last change and its use.

        Args:
            uses: Versions that the slice uses, each with the statement that uses it (None: the target).
            kept: Statements that the slice holds already.

        Yields:
            Each such statement, with the variable.
        """
        candidates = [c for c in self._candidates if c.id not in kept]
        if not candidates:
            return
        spans: dict[str, set[tuple[StatementId, StatementId]]] = defaultdict(set)
        for number in kept:
            home = self._home(number) if number not in self.ran else None
            if home is not None:  # what unrun code reads, other unrun code before it may bind
                for name in self.statements[number].reads:
                    spans[name].add((home, number))
        last = StatementId(len(self.statements))
        for version, user in uses:
            name, writer = self.graph.versions[version]
            spans[name].add((writer, last if user is None else user))
        for candidate in candidates:
            for name in self._risks(candidate):
                if any(
                    self._lies_between(candidate.id, writer, user) for writer, user in spans.get(name, ())
                ):
                    yield candidate.id, name
                    break

    def _risks(self, statement: Statement) -> Iterator[str]:
        home = self._home(statement.id)
        assert home is not None
        yield from statement.binds
        yield from statement.deletes
        for name in statement.roots:
            yield name
            yield from self._aliases.get((home, name), ())
        if all(self._is_harmless(callee) for callee in statement.callees):
            if not statement.traits & (Trait.ITERATES | Trait.AUGMENTS):
                return
        for name in statement.reads:
            yield from self._aliases.get((home, name), ())
            # The callee may be a function that changes the globals it names.
            for version in self._meaning(home, name):
                used = self.graph.versions[version].name
                if (home, used) not in self._fixed:
                    yield used

    def _is_harmless(self, callee: str) -> bool:
        owner, dot, method = callee.partition(".")
        if dot:
            return dot + method in _HARMLESS_METHODS or (owner == "lineapy" and method in ("save", "get"))
        return callee in _HARMLESS and callee not in self._written

    def _lies_between(self, unrun: StatementId, writer: StatementId, user: StatementId) -> bool:
        """Whether an unrun statement could come after a writer and before a user of a version."""
        start, end = writer, user
        branches = self._branches(writer)
        below = unrun
        for ancestor in self._ancestors(unrun):
            branch, below = self._branch(below), ancestor
            until = self._ends[ancestor]
            statement = self.statements[ancestor]
            writer_inside = ancestor <= writer <= until
            user_inside = ancestor <= user <= until
            if statement.traits & Trait.LOOPS:
                if writer_inside:
                    start = min(start, ancestor)
                if user_inside:
                    end = StatementId(max(end, until + 1))
            elif writer_inside and branches[ancestor] != branch:
                start = min(start, ancestor)  # another branch of the same statement
        return start < unrun < end

    def _branches(self, number: StatementId) -> dict[StatementId, str]:
        """For each statement around one, the branch of it in which that stands."""
        if number not in self._branches_of:
            found = self._branches_of[number] = {number: "header"}
            below = number
            for ancestor in self._ancestors(number):
                found[ancestor], below = self._branch(below), ancestor
        return self._branches_of[number]

    def _branch(self, number: StatementId) -> str:
        """The branch that a statement stands in, of the statement just around it."""
        arm = self.statements[number].arm
        return f"{arm}:{number}" if arm in ("handlers", "cases") else arm


def _binds_surely(statement: Statement, name: str) -> bool:
    return name in statement.binds and statement.assigned.get(name, True)
