"""The slices of some values of one session, put together as one program of units: top-level statements as sliced.

A unit keeps of its statement what any of the values needs, and says which names it uses and gives new values to. That
is what the run has shown, and what the text adds for code that did not run.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from lineapy.graph.model import Graph
from lineapy.ids import SourceId, StatementId, VersionId
from lineapy.modules.captures import Captures
from lineapy.modules.rewording import as_main
from lineapy.modules.scopes import Scopes, names_of, scopes_of
from lineapy.slicing.awaiting import awaits
from lineapy.slicing.backward import Needs, find_needs, top_level
from lineapy.slicing.layout import Layout
from lineapy.slicing.render import Piece, Renderer, guarded, identifier, imports_first, sources_of
from lineapy.slicing.target import Target
from lineapy.source.statements import Statement, Trait

#: Kinds of unit that do not bind every time what they may bind.
CONDITIONAL = frozenset({"If", "For", "AsyncFor", "While", "Try", "TryStar", "With", "AsyncWith", "Match"})


@dataclass(frozen=True, slots=True)
class SessionCode:
    """What is known of one session.

    Attributes:
        graph: Its graph.
        statements: Its statements, by number.
        texts: Its source texts, by number.
    """

    graph: Graph
    statements: Sequence[Statement]
    texts: Mapping[SourceId, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value of the session.

    Attributes:
        name: The artifact's name.
        target: Where its slice starts.
        loading: An expression that loads the value instead of making it.
        is_last: It is what was saved last at that place.
    """

    name: str
    target: Target
    loading: str | None = None
    is_last: bool = False


# Not frozen: later steps add what they find out.
@dataclass(slots=True, eq=False)
class Unit:
    """A top-level statement, as sliced.

    Attributes:
        statement: The number of the statement that it stands for.
        kind: Name of the statement's syntax node; ``"Load"`` if it loads an artifact, ``"Keep"`` if it only gives a
            name to a value that was saved.
        text: Its text, without indentation.
        scopes: The names in it.
        index: Its position among the program's units.
        uses: Variables and states (``<matplotlib>``) whose value from before it uses.
        defs: Those to which it gives a new value or state.
        changes: Those of them whose object it changes: others may hold it as well.
        is_at_top: It is an import that may stand at the top of a module.
        wanted: The values that need it, a bit for each.
        waits: It has ``await`` outside of functions, as only notebooks allow.
        left_out: As comments, what stood before it and is not needed.
        unbound: Names that it may bind, although in the session it did not.
    """

    statement: StatementId
    kind: str
    text: str
    scopes: Scopes
    index: int = 0
    uses: set[str] = field(default_factory=set)
    defs: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    is_at_top: bool = False
    wanted: int = 0
    waits: bool = False
    left_out: list[str] = field(default_factory=list)
    unbound: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Result:
    """Where a value is once the program has come to some point.

    Attributes:
        name: The artifact's name.
        variable: The variable that holds it; None for what was written to files or databases.
        position: How many units have run by then.
        uses: Variables and states that the value goes back to, the variable included.
        is_copied: The variable holds a copy that belongs to nobody else.
        shared: Variables that shared objects with the value when it was saved.
        bound: Variables that held what cannot leave its process when it was saved.
        is_exposed: The end of a function may change it: then objects end that were still there when it was saved.
    """

    name: str
    variable: str | None
    position: int
    uses: frozenset[str]
    is_copied: bool = False
    shared: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()
    is_exposed: bool = False


@dataclass(slots=True)
class Program:
    """The slices of some values, as one program.

    Attributes:
        units: In the order in which they ran.
        results: Where the values are, in the order in which they were asked for.
        words: Every name in the session's texts: names that are free to use are none of these.
        copy: The name of the function that copies, if there is any need for it yet.
        helpers: Further imports that the program needs.
        lost: Before the units of these positions, the session bound these variables to something that no value needs:
            nobody tells any more who changes what they held.
        is_one: It must not be divided: a function's end would let go of objects whose end runs code of the program.
    """

    units: list[Unit]
    results: list[Result]
    words: set[str]
    copy: str | None = None
    helpers: set[str] = field(default_factory=set)
    lost: dict[int, set[str]] = field(default_factory=dict)
    is_one: bool = False

    def unused(self, name: str) -> str:
        """A name that nothing in the program has; it is taken from then on.

        Example:
            >>> program = Program([], [], {"x"})
            >>> program.unused("x"), program.unused("x")
            ('x_', 'x__')
        """
        while name in self.words:
            name += "_"
        self.words.add(name)
        return name

    def insert(self, unit: Unit, index: int) -> None:
        """Put a unit in front of another one."""
        self.units.insert(index, unit)
        for number, moved in enumerate(self.units):
            moved.index = number
        self.lost = {number + (number > index): names for number, names in self.lost.items()}
        for number, result in enumerate(self.results):
            if result.position >= index:
                self.results[number] = replace(result, position=result.position + 1)

    def copying(self) -> str:
        """The name of the function that copies."""
        if self.copy is None:
            self.copy = self.unused("deepcopy")
        return self.copy


def put_together(
    session: SessionCode,
    wanted: Sequence[Wanted],
    given: Sequence[Wanted] = (),
    words: set[str] | None = None,
    *,
    comment_rest: bool = False,
) -> Program:
    """Put slices together.

    Args:
        session: The session.
        wanted: The values.
        given: Further values of the session that are loaded wherever one of the others needs them.
        words: Names that other programs of the same module have; those of this one are added.
        comment_rest: Let units tell, as comments, of the statements that are not needed.

    Returns:
        The program. Run alone, it makes the values.
    """
    assembly = _Assembly(session, wanted, given, set() if words is None else words)
    program = assembly.program()
    if comment_rest:
        assembly.comment_rest()
    return program


class _Assembly:
    def __init__(
        self, session: SessionCode, wanted: Sequence[Wanted], given: Sequence[Wanted], words: set[str]
    ) -> None:
        self.session = session
        self.graph, self.statements = session.graph, session.statements
        self.wanted = wanted
        loaded = [*given, *(value for value in wanted if value.loading is not None)]
        self.given = {value.target.versions[0]: value for value in loaded if _is_variable(value.target)}
        self._find_needs()
        while doubtful := self._doubtful():
            for version in doubtful:
                del self.given[version]
            self._find_needs()
        self.kept = {statement: None for needs in self.needs.values() for statement in needs.kept}
        self.written: dict[tuple[StatementId, str], bool] = {}
        self.unknown: list[StatementId] = []
        self._find_what_is_written()
        self._unit_of: dict[StatementId, Unit] = {}
        for text in session.texts.values():
            words |= names_of(text)
        self.result = Program([], [], words)
        self.captures = Captures(
            statements=list(self.statements),
            kept=self.kept,
            layouts=self._layouts(),
            unused=self.result.unused,
            writes=lambda statement, name: (statement, name) in self.written,
        )

    def program(self) -> Program:
        for number, value in enumerate(self.wanted):
            if value.loading is None:
                self.captures.add(number, value.name, value.target, is_last=value.is_last)
        self.captures.finish()
        self.result.copy = self.captures.copy
        self._make_units()
        self._add_lines()
        self.result.units.sort(key=lambda unit: (unit.statement, unit.kind in _ADDED))
        for index, unit in enumerate(self.result.units):
            unit.index = index
        self._find_uses()
        self._find_what_is_lost()
        self.result.results.extend(map(self._result, range(len(self.wanted))))
        self.result.is_one = any(map(self._is_held_up, self.needs))
        return self.result

    def comment_rest(self) -> None:
        """Let each unit tell of the statements before it that are not needed."""
        units = iter(self.result.units)
        unit = next(units, None)
        pending: list[str] = []
        for source, statements in sources_of(self.statements).items():
            layout = Layout(self.session.texts[source], statements)
            for statement in layout.top:
                while unit is not None and unit.statement < statement.id:
                    unit = next(units, None)
                if unit is None:
                    return
                if unit.statement == statement.id:
                    unit.left_out, pending = pending, []
                elif statement.id not in self._unit_of:
                    pending += [f"# {line}".rstrip() for line in layout.statement_text(statement).split("\n")]

    def _find_needs(self) -> None:
        self.needs: dict[int, Needs] = {
            number: find_needs(self.graph, self.statements, value.target, given=self.given)
            for number, value in enumerate(self.wanted)
            if value.loading is None
        }

    def _doubtful(self) -> list[VersionId]:
        """Values that cannot be loaded: what else holds or changes the same object, or a block's rest, is needed."""
        kept = {statement for needs in self.needs.values() for statement in needs.kept}
        units = {top_level(self.statements, statement) for statement in kept}
        names: dict[StatementId, set[str]] = {}
        for version, _ in self.graph.previous:
            name, writer = self.graph.versions[version]
            if writer in kept and not name.startswith("<"):
                names.setdefault(writer, set()).add(name)
        shared = {name for changed in names.values() if len(changed) > 1 for name in changed}
        return [
            version
            for version, value in self.given.items()
            if value.target.is_exposed
            or value.target.name in shared
            or top_level(self.statements, self.graph.versions[version].writer) in units
            or self._last_statement(value.target)
            == top_level(self.statements, self.graph.versions[version].writer)
        ]

    def _layouts(self) -> dict[SourceId, Layout]:
        used = {self.statements[number].source for number in self.kept}
        for number in self.needs:
            place = self.wanted[number].target.place
            if place is not None:
                used.add(SourceId(place.source))
        by_source = sources_of(self.statements)
        return {
            source: Layout(text, by_source.get(source, []))
            for source, text in self.session.texts.items()
            if source in used
        }

    # -- units

    def _make_units(self) -> None:
        pieces: list[Piece] = []
        for source, layout in self.captures.layouts.items():
            pieces += Renderer(layout, self.kept, self.captures.changes[source]).pieces()
        failed = {
            top_level(self.statements, failing): exception
            for failing, exception in self.graph.failed
            if failing in self.kept
        }
        ordered = imports_first(pieces, self.graph, failed)
        at_top = {piece.statement.id for piece in takewhile(_is_import, ordered)}
        for piece in pieces:
            number = piece.statement.id
            if piece.statement.kind in ("Pass", "Global"):
                continue
            text = as_main(piece.text if number not in failed else guarded(piece.text, failed[number]))
            kind = piece.statement.kind if number in self.kept else "Keep"
            unit = Unit(number, kind, text, scopes_of(text), is_at_top=number in at_top, waits=awaits(text))
            self._unit_of[number] = unit
            self.result.units.append(unit)
        for wanted, needs in self.needs.items():
            for statement in needs.kept:
                self._want(self._unit_at(statement), wanted)
            target = self.wanted[wanted].target
            if wanted in self.captures.variables and target.statement is not None:
                here = self._unit_at(target.statement)
                self._want(here, wanted)
                if here is not None and target.expression is not None:  # it is evaluated there
                    here.uses.update(self.graph.versions[version].name for version in target.versions)

    def _add_lines(self) -> None:
        """What stands for no statement: artifacts that are loaded, and expressions saved from outside."""
        used = {version for needs in self.needs.values() for version, _ in needs.uses}
        for version, value in self.given.items():
            if version in used or value in self.wanted:
                writer = top_level(self.statements, self.graph.versions[version].writer)
                self._add(writer, "Load", value.target.name, str(value.loading))
        for number, value in enumerate(self.wanted):
            target = value.target
            if value.loading is not None:
                if value in self.given.values():
                    self.captures.variables[number] = target.name
                else:
                    self._add_result(number, "Load", value.loading)
            elif target.expression is not None and number not in self.captures.variables:
                self._add_result(number, "Keep", target.expression)

    def _add_result(self, number: int, kind: str, expression: str) -> None:
        target = self.wanted[number].target
        variable = self.result.unused(identifier(self.wanted[number].name))
        self.captures.variables[number] = variable
        unit = self._add(self._last_statement(target), kind, variable, expression)
        unit.uses.update(self.graph.versions[version].name for version in target.versions if kind == "Keep")
        self._want(unit, number)

    def _add(self, statement: StatementId, kind: str, variable: str, expression: str) -> Unit:
        text = f"{variable} = {expression}"
        unit = Unit(statement, kind, text, scopes_of(text), defs={variable})
        self.result.units.append(unit)
        return unit

    def _last_statement(self, target: Target) -> StatementId:
        """The top-level statement behind which a value was saved, or which holds the place."""
        if target.statement is not None:
            return top_level(self.statements, target.statement)
        ran = self.graph.ran[: target.mark.ran]
        return top_level(self.statements, max(ran)) if ran else StatementId(0)

    def _unit_at(self, statement: StatementId) -> Unit | None:
        return self._unit_of.get(top_level(self.statements, statement))

    def _want(self, unit: Unit | None, number: int) -> None:
        if unit is not None:
            unit.wanted |= 1 << number

    # -- names

    def _find_what_is_written(self) -> None:
        """Which kept statement gave which name a new value, and whether by changing its object."""
        changed = {version for version, _ in self.graph.previous}
        ran = set(self.graph.ran)
        for version, (name, writer) in enumerate(self.graph.versions):
            if writer in self.kept:
                self.written[writer, name] = self.written.get((writer, name), False) or version in changed
        for number in self.kept:
            statement = self.statements[number]
            for name in (*statement.binds, *statement.deletes):
                self.written.setdefault((number, name), False)
                if statement.traits & Trait.AUGMENTS:  # a list is changed, and then bound again
                    self.written[number, name] = True
            if number not in ran:
                for name in statement.roots:
                    self.written[number, name] = True
                if statement.callees:  # what it would have changed is not known
                    self.unknown.append(number)

    def _find_uses(self) -> None:
        variables = {
            name for unit in self.result.units if unit.kind not in _DEFINING for name in unit.scopes.binds
        }
        for number in self.unknown:
            for name in variables.intersection(self.statements[number].reads):
                self.written[number, name] = True
        for (statement, name), is_change in self.written.items():
            unit = self._unit_at(statement)
            if unit is not None:
                unit.defs.add(name)
                if is_change:
                    unit.changes.add(name)
        for needs in self.needs.values():
            for version, user in needs.uses:
                name, writer = self.graph.versions[version]
                unit = self._unit_at(user) if user is not None else None
                if unit is not None and (version in self.given or self._unit_at(writer) is not unit):
                    unit.uses.add(name)
        ran, bound = set(self.graph.ran), defaultdict[StatementId, set[str]](set)
        for number in self.kept:
            if number in ran:
                bound[top_level(self.statements, number)].update(self.statements[number].binds)
        for number, unit in self._unit_of.items():
            if unit.kind in CONDITIONAL:
                unit.unbound = set(unit.scopes.binds - bound[number])
        for unit in self.result.units:
            unit.defs |= unit.scopes.binds
            unit.uses |= unit.scopes.reads - unit.scopes.binds
            unit.uses |= unit.changes - unit.scopes.binds

    def _find_what_is_lost(self) -> None:
        names = {name for unit in self.result.units for name in unit.scopes.binds}
        changed = {version for version, _ in self.graph.previous}
        gone = [
            (top_level(self.statements, writer), name)
            for version, (name, writer) in enumerate(self.graph.versions)
            if name in names and writer not in self.kept and version not in changed
        ]
        gone += [
            (top_level(self.statements, statement.id), name)
            for statement in self.statements
            if statement.deletes and statement.id not in self.kept
            for name in names.intersection(statement.deletes)
        ]
        starts = [unit.statement for unit in self.result.units]
        for statement, name in gone:
            # In the midst of a unit, it is lost to the unit's own changes as well as to later ones.
            for position in {bisect_left(starts, statement), bisect_right(starts, statement)}:
                self.result.lost.setdefault(position, set()).add(name)

    def _is_held_up(self, number: int) -> bool:
        """Whether something was still there when a value was saved whose end runs code that the program has."""
        waiting = self.wanted[number].target.waiting
        return any(not unit.defs.isdisjoint(waiting) for unit in self.result.units)

    def _result(self, number: int) -> Result:
        target = self.wanted[number].target
        names = {self.graph.versions[version].name for version in target.versions}
        if self.wanted[number].loading is not None:
            names = set()
        variable = self.captures.variables.get(number)
        is_own = variable is not None
        if variable is None and target.name in names:
            variable = target.name
        last = self._last_statement(target)
        nested = target.statement is not None and target.statement != last
        position = sum(
            unit.statement < last
            or (unit.statement == last and (is_own or nested or target.statement is None))
            for unit in self.result.units
        )
        uses = {variable} if is_own else names
        return Result(
            name=self.wanted[number].name,
            variable=variable,
            position=position,
            uses=frozenset(name for name in uses if name is not None),
            is_copied=number in self.captures.copied,
            shared=target.shared,
            bound=target.bound,
            is_exposed=target.is_exposed and self.wanted[number].loading is None and self._is_held_up(number),
        )


#: Kinds of unit whose names nobody expects to be changed by a call.
_DEFINING = frozenset({"Import", "ImportFrom", "FunctionDef", "AsyncFunctionDef", "ClassDef"})
#: Kinds of unit that stand behind the statement whose number they have.
_ADDED = ("Load", "Keep")


def _is_variable(target: Target) -> bool:
    """Whether a value simply is a variable's, at the module level."""
    return (
        target.expression is None and len(target.versions) == 1 and not (target.place and target.place.inside)
    )


def _is_import(piece: Piece) -> bool:
    return piece.statement.kind in ("Import", "ImportFrom")
