"""The slice of a value: which statements, why, and as program text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from lineapy.depth import deep
from lineapy.graph.model import Graph
from lineapy.ids import SourceId, StatementId
from lineapy.slicing.awaiting import awaits, in_event_loop
from lineapy.slicing.backward import kept_statements, loops_around, top_level
from lineapy.slicing.edits import (
    SaveCalls,
    call_at,
    encloses,
    hand_out,
    removals,
    replaced_by_reference,
    waiting,
    without_unused_lineapy,
)
from lineapy.slicing.layout import Layout, Part
from lineapy.slicing.reasons import Because, Reason
from lineapy.slicing.render import (
    Changes,
    Piece,
    Renderer,
    commented,
    guarded,
    identifier,
    imports_first,
    sources_of,
    tidy,
    tidy_statements,
)
from lineapy.slicing.target import Target
from lineapy.source.lines import lines_of
from lineapy.source.places import reference_of
from lineapy.source.statements import Statement, Trait


@dataclass(frozen=True)
class Slice:
    """The least code that makes a value.

    Attributes:
        graph: The session's graph.
        statements: The session's statements, by number.
        texts: The session's source texts, by number.
        target: The value.
    """

    graph: Graph
    statements: Sequence[Statement]
    texts: Mapping[SourceId, str]
    target: Target

    @cached_property
    @deep
    def kept(self) -> dict[StatementId, Reason]:
        """The kept statements, each with the reason why."""
        return kept_statements(self.graph, self.statements, self.target)

    def code(self, *, keep_save: bool = False, comment_rest: bool = False) -> str:
        """The slice as a program.

        Args:
            keep_save: Keep the ``lineapy.save`` call that asked for the value.
            comment_rest: Show the other lines of the session as comments.

        Returns:
            Formatted text that ends in a newline. Run alone, it leaves the value in the variable ``target.name``.
        """
        if comment_rest:
            return tidy(self._commented(keep_save))
        return tidy_statements(self._program(keep_save))

    @deep
    def _program(self, keep_save: bool) -> list[str]:
        return self._rendering(keep_save).program()

    @deep
    def _commented(self, keep_save: bool) -> str:
        return self._rendering(keep_save).commented()

    def _rendering(self, keep_save: bool) -> _Rendering:
        kept = self.kept
        if keep_save and self.target.place is not None:
            kept = kept_statements(self.graph, self.statements, self.target, keep_target_statement=True)
        return _Rendering(self, kept, keep_save)

    @deep
    def explain(self) -> list[tuple[str, str]]:
        """Each kept statement's first line, with the reason why it is kept."""
        found = []
        for number, reason in self.kept.items():
            statement = self.statements[number]
            text = lines_of(self.texts[statement.source])[statement.line - 1].strip()
            found.append((text, reason.words(self._lines(reason.whom))))
        if self.target.expression is not None:
            found.append((f"{self.target.name} = {self.target.expression}", Because.TARGET.value))
        return found

    def _lines(self, number: StatementId | None) -> str:
        if number is None:
            return "the value"
        statement = self.statements[number]
        where = f"line {statement.line}"
        return where if len(self.texts) == 1 else f"{where} of cell {statement.source + 1}"


def _stays_outside(piece: Piece) -> bool:
    """Whether a statement at the head of a program may stay there when the rest is put into a coroutine."""
    return piece.statement.kind in ("Import", "ImportFrom", "FunctionDef", "AsyncFunctionDef", "ClassDef")


class _Rendering:
    """One way of writing a slice down."""

    def __init__(self, sliced: Slice, kept: Mapping[StatementId, Reason], keep_save: bool) -> None:
        self.sliced = sliced
        self.target = sliced.target
        self.kept = kept
        self.keep_save = keep_save
        self.by_source = sources_of(sliced.statements)
        self.first_lines: list[str] = []

    def program(self) -> list[str]:
        """The statements at module level."""
        failed = self._failed()
        pieces = [_survivor(piece, failed) for _, of_text in self._texts() for piece in of_text]
        ordered = imports_first(pieces, self.sliced.graph, failed)
        future = sum(
            piece.statement.kind == "ImportFrom" and bool(piece.statement.traits & Trait.FUTURE)
            for piece in ordered
        )
        ordered = [piece for piece in ordered if piece.statement.kind != "Pass"]
        lines = [piece.text for piece in ordered] + self._last_line()
        if any(map(awaits, lines)):
            lines = self._run_by_loop(ordered)
        lines[future:future] = self.first_lines
        return lines if self.keep_save else without_unused_lineapy(lines)

    def _run_by_loop(self, ordered: list[Piece]) -> list[str]:
        """The statements of a notebook that awaits something at module level, as a program."""
        first = next(number for number, piece in enumerate(ordered) if not _stays_outside(piece))
        bound = {name: None for number in self.kept for name in self.sliced.statements[number].binds}
        bound[self.target.name] = None
        lines = [piece.text for piece in ordered]
        return lines[:first] + in_event_loop([*lines[first:], *self._last_line()], list(bound))

    def _failed(self) -> dict[StatementId, str]:
        """The kept statements at module level that failed, each with the exception."""
        failed: dict[StatementId, str] = {}
        for failing, exception in self.sliced.graph.failed[: self.target.mark.failed]:
            if failing in self.kept:
                failed.setdefault(top_level(self.sliced.statements, failing), exception)
        return failed

    def commented(self) -> str:
        text = "".join(commented(layout, pieces) for layout, pieces in self._texts(every=True))
        return text + "".join(line + "\n" for line in self._last_line())

    def _texts(self, *, every: bool = False) -> Iterator[tuple[Layout, list[Piece]]]:
        place = self.target.place
        used = {self.sliced.statements[number].source for number in self.kept}
        for source, text in self.sliced.texts.items():
            statements = self.by_source.get(source, [])
            holds_target = place is not None and place.source == source
            if every or holds_target or source in used:
                layout = Layout(text, statements)
                yield layout, Renderer(layout, self.kept, self._changes(layout, source)).pieces()

    def _last_line(self) -> list[str]:
        target = self.target
        if target.expression is None or target.place is not None or self.keep_save:
            return []
        return [f"{target.name} = {target.expression}"]

    # -- what becomes of lineapy.save calls

    def _changes(self, layout: Layout, source: SourceId) -> Changes:
        changes = Changes()
        place = self.target.place
        call = None
        if place is not None and place.source == source and not self.keep_save:
            part = layout.part_at(place.line)
            call = call_at(part.tree, place) if part is not None else None
            if place.inside and part is not None:
                self._hand_out(layout, part, call, changes)
            elif self.target.expression is not None and self.target.statement is not None:
                assignment = f"{self.target.name} = {self.target.expression}"
                changes.replaced[self.target.statement] = [assignment]
            self._stop_at_pass(changes)
        saves = SaveCalls(part.tree for part in layout.parts_with(["lineapy"]))
        for part in layout.parts_with(saves.words):
            for number, node in part.nodes.items():
                if number not in self.kept:
                    continue
                edits = changes.edits.setdefault(number, [])
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    edits.extend(removals(node, saves, [] if call is None else [call]))
                elif not self.keep_save:
                    edits.extend(replaced_by_reference(node, saves, layout.cut))
        return changes

    def _hand_out(self, layout: Layout, part: Part, call: ast.Call | None, changes: Changes) -> None:
        """A value saved inside a function: instead of saving it, the function hands a copy to the module."""
        number = self.target.statement
        reference = reference_of(call) if call is not None else None
        if call is None or reference is None or number is None:
            return
        collector, copy = self._unused_name("saved"), self._unused_name("deepcopy")
        self.first_lines = [f"from copy import deepcopy{'' if copy == 'deepcopy' else f' as {copy}'}"]
        holder = max(number for number, node in part.nodes.items() if encloses(node, call))
        edit = hand_out(layout.cut, call, reference, collector, copy)
        changes.edits.setdefault(holder, []).append(edit)
        starter = self.target.starter
        for start in {top_level(self.sliced.statements, holder), number if starter is None else starter}:
            changes.before[start] = [f"{collector} = []"]
        wait = []
        if starter is not None:
            sleep = self._unused_name("sleep")
            self.first_lines.append(f"from time import sleep{'' if sleep == 'sleep' else f' as {sleep}'}")
            wait = waiting(collector, self.target.nth, sleep)
        changes.after[number] = [*wait, f"{self.target.name} = {collector}[{self.target.nth}]"]

    def _stop_at_pass(self, changes: Changes) -> None:
        """A value saved in a loop: the loop is left in the pass in which it was saved."""
        number, occurrence = self.target.statement, self.target.occurrence
        loops = loops_around(self.sliced.statements, number)
        if number is None or not loops:
            return
        counter = self._unused_name("passes")
        stop = [f"if {counter} == {occurrence}:", "    break"]
        own = changes.replaced.get(number, [])
        if number in self.kept:  # the statement that called the function in which the value was saved
            changes.after[number] = [*changes.after.get(number, ()), f"{counter} += 1", *stop]
        else:
            changes.replaced[number] = [*own, f"{counter} += 1", *stop]
        for loop in loops[:-1]:
            changes.after[loop] = stop
        changes.before.setdefault(loops[-1], []).append(f"{counter} = 0")

    def _unused_name(self, name: str) -> str:
        text = "".join(self.sliced.texts.values())
        while re.search(rf"\b{name}\b", text):
            name += "_"
        return name


def _survivor(piece: Piece, failed: Mapping[StatementId, str]) -> Piece:
    """A cell that failed did not end the session; a statement that fails must not end the slice."""
    exception = failed.get(piece.statement.id)
    return piece if exception is None else Piece(piece.statement, guarded(piece.text, exception))


def target_name(name: str, expression: ast.expr | None) -> str:
    """The variable in which a slice leaves an artifact's value."""
    return expression.id if isinstance(expression, ast.Name) else identifier(name)
