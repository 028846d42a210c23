"""The graph of a session → a drawing of its statements, the variables between them, and artifacts."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lineapy.depth import deep
from lineapy.display.drawing import Arrow, Drawing, Node
from lineapy.display.words import counted, shortened
from lineapy.graph.model import Graph
from lineapy.ids import SourceId, StatementId
from lineapy.slicing.backward import kept_statements
from lineapy.slicing.target import Target
from lineapy.source.lines import lines_of
from lineapy.source.statements import Statement

_LINES, _LETTERS, _FULL = 3, 52, 3000
#: More statements than that are no picture.
_MOST, _MOST_ARTIFACTS = 600, 60


@dataclass(frozen=True, slots=True)
class Shown:
    """An artifact in a drawing.

    Attributes:
        name, version: Its name and version.
        target: What its slice is made for.
    """

    name: str
    version: int
    target: Target


@deep
def session_drawing(
    title: str,
    graph: Graph,
    statements: Sequence[Statement],
    texts: Mapping[SourceId, str],
    artifacts: Collection[Shown] = (),
    *,
    only: Shown | None = None,
) -> Drawing:
    """Draw a session.

    Args:
        title: What it is.
        graph: The session's graph.
        statements: Its statements, by number.
        texts: Its source texts.
        artifacts: What was saved in it. They stand for the statements that did no more than save them.
        only: The artifact that the drawing is about: what it does not need is faded, or left out if that is very much.
            What the session did after it was saved is left out.

    Returns:
        The drawing. Of a very long session, it shows the end.
    """
    every = list(artifacts)[-_MOST_ARTIFACTS:] if only is None else [only]
    if only is not None:
        graph = graph.at(only.target.mark)
    needed = [kept_statements(graph, statements, artifact.target) for artifact in every]
    of_slices = sorted({number for kept in needed for number in kept})
    numbers = sorted({*graph.ran, *of_slices} - _stood_for(graph, statements, artifacts, of_slices))
    remarks = []
    if only is None and len(artifacts) > len(every):
        remarks.append(counted(len(artifacts) - len(every), "earlier artifact") + " left out")
    if only is not None and len(numbers) > _MOST:
        left_out = counted(len(numbers) - len(of_slices), "statement")
        remarks.append(f"{left_out} that it does not need left out")
        numbers = of_slices
    if len(numbers) > _MOST:
        remarks.append(counted(len(numbers) - _MOST, "earlier statement") + " left out")
        numbers = numbers[-_MOST:]
    place = {number: rank for rank, number in enumerate(numbers)}
    arrows = _arrows(graph, statements, place)
    for rank, artifact in enumerate(every, len(place)):
        for version in artifact.target.versions:
            name, writer = graph.versions[version]
            if writer in place:
                arrows[Arrow(place[writer], name, rank)] = None
    names: dict[int, dict[str, None]] = {}
    for arrow in arrows:
        if arrow.name is not None:
            names.setdefault(arrow.start, {})[arrow.name] = None
    several = len(texts) > 1
    layout = _Texts(texts)
    nodes = [
        layout.node(statements[number], statements, tuple(names.get(rank, ())), several)
        for number, rank in place.items()
    ]
    kept = [frozenset(place[number] for number in of_one if number in place) for of_one in needed]
    nodes += [
        Node(
            "artifact",
            (shortened(artifact.name, _LETTERS),),
            f"artifact, version {artifact.version}",
            needs=needs,
        )
        for artifact, needs in zip(every, kept, strict=True)
    ]
    shown = frozenset({*kept[0], len(place)}) if only is not None else None
    return Drawing(title, nodes, list(arrows), shown, "; ".join(remarks))


def _stood_for(
    graph: Graph,
    statements: Sequence[Statement],
    artifacts: Collection[Shown],
    needed: Collection[StatementId],
) -> set[StatementId]:
    """Statements that do nothing, as what is left of ``%load_ext``; that only save artifacts; imports for these."""
    saving = (artifact.target.statement for artifact in artifacts)
    found = {
        number
        for number in saving
        if number is not None and statements[number].kind == "Expr" and number not in needed
    }
    users: dict[StatementId, set[StatementId]] = {}
    for number, version in graph.reads:
        users.setdefault(graph.versions[version].writer, set()).add(number)
    of_imports = {
        number
        for number, by in users.items()
        if statements[number].kind.startswith("Import") and by <= found and number not in needed
    }
    idle = {
        statement.id for statement in statements if statement.kind == "Pass" and statement.id not in needed
    }
    return found | of_imports | idle


def _arrows(
    graph: Graph, statements: Sequence[Statement], place: Mapping[StatementId, int]
) -> dict[Arrow, None]:
    """Each once, in the order in which they came about."""
    arrows: dict[Arrow, None] = {}
    changed: set[tuple[StatementId, StatementId, str]] = set()
    for version, earlier in graph.previous:
        name, writer = graph.versions[earlier]
        changer = graph.versions[version].writer
        if writer in place and changer in place and writer != changer:
            changed.add((writer, changer, name))
            arrows[Arrow(place[writer], name, place[changer], changes=True)] = None
    for number, version in graph.reads:
        name, writer = graph.versions[version]
        if number in place and writer in place and writer != number and (writer, number, name) not in changed:
            arrows[Arrow(place[writer], name, place[number])] = None
    for number in place:
        parent = statements[number].parent
        if parent is not None and parent in place:
            arrows[Arrow(place[parent], None, place[number])] = None
    return arrows


class _Texts:
    """The texts of statements."""

    def __init__(self, texts: Mapping[SourceId, str]) -> None:
        self.texts = texts
        self._lines: dict[SourceId, list[str]] = {}
        self._first_inside: dict[StatementId, int] | None = None

    def node(
        self, statement: Statement, statements: Sequence[Statement], names: tuple[str, ...], several: bool
    ) -> Node:
        full = self._text(statement, statements)
        lines = full.splitlines() or [""]
        shown = [shortened(line.expandtabs(4), _LETTERS) for line in lines[:_LINES]]
        if len(lines) > _LINES:
            shown[-1] = shortened(shown[-1], _LETTERS - 2) + " …"
        where = f"cell {statement.source + 1}, line {statement.line}" if several else f"line {statement.line}"
        return Node("statement", tuple(shown), where, shortened(full, _FULL), names)

    def _text(self, statement: Statement, statements: Sequence[Statement]) -> str:
        if self._first_inside is None:
            self._first_inside = {}
            for other in statements:
                if other.parent is not None:
                    self._first_inside.setdefault(other.parent, other.line)
        lines = self._lines.get(statement.source)
        if lines is None:
            lines = self._lines[statement.source] = lines_of(self.texts[statement.source])
        inside = self._first_inside.get(statement.id)
        last = statement.end_line
        if inside is not None:  # of what holds other statements, the header
            last = max(inside - 1, statement.line)
        cut = [line.rstrip("\r\n\f") for line in lines[statement.line - 1 : last]]
        if cut and last == statement.end_line:
            cut[-1] = cut[-1].encode()[: statement.end_column].decode(errors="replace")
        if cut and len(cut) == 1:
            return cut[0].encode()[statement.column :].decode(errors="replace").strip()
        return textwrap.dedent("\n".join(cut)).rstrip()
