"""Values saved inside of a loop, a block or a function, or as an expression: where a program keeps them in variables.

A slice of one value may stop where that was saved. A program that makes several goes on, so it keeps each at its place:
in a loop, in the pass in which it was saved; in a function, by handing a copy out to the module.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field

from lineapy.ids import SourceId, StatementId
from lineapy.slicing.backward import loops_around, top_level
from lineapy.slicing.edits import (
    SaveCalls,
    call_at,
    encloses,
    hand_out,
    removals,
    replaced_by_reference,
    waiting,
)
from lineapy.slicing.layout import Layout
from lineapy.slicing.render import Changes, identifier
from lineapy.slicing.target import Target
from lineapy.source.places import Place, reference_of
from lineapy.source.statements import Statement, Trait


@dataclass(slots=True)
class Captures:
    """Changes to a session's text.

    Attributes:
        statements: The session's statements, by number.
        kept: Those that the program has.
        layouts: The session's texts.
        unused: Makes a name that nothing else has.
        writes: Whether a statement gives a new value to a name, and whether by changing its object.
        changes: The changes, by text.
        variables: For each value that is kept in a variable of its own, by number, that variable.
        copied: Values, by number, that are kept as copies.
        copy: The name of the function that copies, once it is needed.
    """

    statements: list[Statement]
    kept: Container[StatementId]
    layouts: Mapping[SourceId, Layout]
    unused: Callable[[str], str]
    writes: Callable[[StatementId, str], bool]
    changes: dict[SourceId, Changes] = field(default_factory=lambda: defaultdict(Changes))
    variables: dict[int, str] = field(default_factory=dict)
    copied: set[int] = field(default_factory=set)
    copy: str | None = None
    #: Statements in whose place something stands, although they are kept; and what is evaluated there.
    _instead: set[StatementId] = field(default_factory=set)
    _values: dict[StatementId, str] = field(default_factory=dict)
    _calls: list[ast.Call] = field(default_factory=list)
    _collectors: dict[Place, str] = field(default_factory=dict)
    _at_passes: dict[StatementId, list[tuple[int | None, list[str]]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, number: int, name: str, target: Target, *, is_last: bool = False) -> None:
        """Keep a value at the place where it was saved, if it is not there to the end of the statement around it.

        Args:
            number: Its number.
            name: The artifact's name.
            target: Where it was saved.
            is_last: It is what was saved there last.
        """
        place, statement = target.place, target.statement
        if place is None or statement is None:
            return
        if place.inside:
            self._from_function(number, name, target, place, statement)
        elif loops_around(self.statements, statement):
            if is_last and target.expression is None and self._stays(target.name, statement):
                return
            variable = self._variable(number, name)
            value = target.name
            if target.expression is not None:
                value = self._evaluated(statement, target.expression, place)
            line = f"{variable} = {self._copy()}({value})"
            self._at_passes[statement].append((None if is_last else target.occurrence, [line]))
            self.copied.add(number)
        elif target.expression is not None or self._changes_later(target.name, statement):
            value = target.expression or target.name
            if target.expression is not None and self._is_all_of(statement, place):
                self._instead.add(statement)
            if self._changes_later(target.name if target.expression is None else None, statement):
                value = f"{self._copy()}({value})"
                self.copied.add(number)
            self._put(statement, [f"{self._variable(number, name)} = {value}"])

    def finish(self) -> None:
        """Write down what goes by passes of loops, and take out what else saves anything."""
        for statement, captured in self._at_passes.items():
            loops = loops_around(self.statements, statement)
            lines = [self._values[statement]] if statement in self._values else []
            lines += [
                line for occurrence, made in captured if occurrence is None or not loops for line in made
            ]
            passing = [
                (occurrence, made) for occurrence, made in captured if loops and occurrence is not None
            ]
            if passing:
                counter = self.unused("passes")
                outermost = loops[-1]
                before = self.changes[self.statements[outermost].source].before
                before.setdefault(outermost, []).append(f"{counter} = 0")
                lines.append(f"{counter} += 1")
                for occurrence, made in passing:
                    lines += [f"if {counter} == {occurrence}:", *(f"    {line}" for line in made)]
            self._put(statement, lines, after=True)
        for source, layout in self.layouts.items():
            self._take_out_saves(layout, self.changes[source])

    # -- pieces

    def _variable(self, number: int, name: str) -> str:
        self.variables[number] = self.unused(identifier(name))
        return self.variables[number]

    def _copy(self) -> str:
        if self.copy is None:
            self.copy = self.unused("deepcopy")
        return self.copy

    def _put(self, statement: StatementId, lines: list[str], *, after: bool = False) -> None:
        """Put lines in the place of a statement, or beside it if it is kept."""
        changes = self.changes[self.statements[statement].source]
        if statement not in self.kept or statement in self._instead:
            changes.replaced.setdefault(statement, []).extend(lines)
        else:
            (changes.after if after else changes.before).setdefault(statement, []).extend(lines)

    def _evaluated(self, statement: StatementId, expression: str, place: Place) -> str:
        """What to copy a value from that an expression in a loop has: it is evaluated once in each pass, as before."""
        if not self._is_all_of(statement, place):
            return expression
        if statement not in self._values:
            self._instead.add(statement)
            self._values[statement] = f"{self.unused('value')} = {expression}"
        return self._values[statement].partition(" = ")[0]

    def _is_all_of(self, statement: StatementId, place: Place) -> bool:
        """Whether a statement does nothing but save."""
        part = self.layouts[SourceId(place.source)].part_at(place.line)
        node = part.nodes.get(statement) if part is not None else None
        return isinstance(node, ast.Expr) and part is not None and node.value is call_at(part.tree, place)

    def _stays(self, name: str, statement: StatementId) -> bool:
        """Whether a variable still holds, behind the loops around a place, what it held there in the last pass."""
        inner = statement
        while (parent := self.statements[inner].parent) is not None:
            if not self.statements[parent].traits & Trait.LOOPS or self.statements[inner].arm != "body":
                return False
            inner = parent
        first, number = inner, inner + 1
        while number < len(self.statements) and self.statements[number].parent is not None:
            if number in self.kept and self.statements[number].traits & Trait.JUMPS:
                return False
            number += 1
        return name not in self.statements[first].binds and not self._changes_later(name, statement)

    def _changes_later(self, name: str | None, statement: StatementId) -> bool:
        """Whether the rest of the statement around a place gives a name (None: any name) a new value."""
        top = top_level(self.statements, statement)
        later = statement + 1
        while later < len(self.statements) and self.statements[later].parent is not None:
            number = StatementId(later)
            if number in self.kept and (name is None or self.writes(number, name)):
                return top != statement
            later += 1
        return False

    def _from_function(
        self, number: int, name: str, target: Target, place: Place, statement: StatementId
    ) -> None:
        source = SourceId(place.source)
        layout = self.layouts[source]
        part = layout.part_at(place.line)
        call = call_at(part.tree, place) if part is not None else None
        reference = reference_of(call) if call is not None else None
        if part is None or call is None or reference is None:
            return
        holder = max(inner for inner, node in part.nodes.items() if encloses(node, call))
        top = top_level(self.statements, holder)
        if place not in self._collectors:
            collector = self._collectors[place] = self.unused("saved")
            edit = hand_out(layout.cut, call, reference, collector, self._copy())
            self.changes[source].edits.setdefault(holder, []).append(edit)
            self.changes[source].before.setdefault(top, []).insert(0, f"{collector} = []")
            self._calls.append(call)
        collector = self._collectors[place]
        lines = [f"{self._variable(number, name)} = {collector}[{target.nth}]"]
        begins = statement if target.starter is None else target.starter
        if target.starter is not None:
            sleep = self.unused("sleep")
            as_name = "" if sleep == "sleep" else f" as {sleep}"
            lines = [f"from time import sleep{as_name}", *waiting(collector, target.nth, sleep), *lines]
        if top != top_level(self.statements, begins):
            before = self.changes[self.statements[begins].source].before.setdefault(begins, [])
            if f"{collector}.clear()" not in before:
                before.append(f"{collector}.clear()")
        self._at_passes[statement].append((target.occurrence, lines))
        self.copied.add(number)

    def _take_out_saves(self, layout: Layout, changes: Changes) -> None:
        saves = SaveCalls(part.tree for part in layout.parts_with(["lineapy"]))
        for part in layout.parts_with(saves.words):
            for number, node in part.nodes.items():
                if number not in self.kept:
                    continue
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    found = list(removals(node, saves, self._calls))
                else:
                    found = list(replaced_by_reference(node, saves, layout.cut))
                if found:
                    changes.edits.setdefault(number, []).extend(found)
