"""What ``lineapy python`` prints about a script once it has run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lineapy.errors import KnowledgeFileError, LineaError, ScriptError

if TYPE_CHECKING:
    from lineapy.script import Script
    from lineapy.session import Session
    from lineapy.store import Store


@dataclass(frozen=True, slots=True)
class Report:
    """What is wanted.

    Attributes:
        slices: Names of artifacts whose code is.
        files: Where the code of the first of them goes; that of the others is printed.
        source: Whether the script's text is to be printed.
        graph: Whether its graph is.
        picture: Where to draw it, if at all.
    """

    slices: tuple[str, ...]
    files: tuple[Path, ...]
    source: bool
    graph: bool
    picture: Path | None = None


def run_and_report(script: str, arguments: Sequence[str], store: Store, report: Report) -> None:
    """Run a script traced, with its output on standard error; then report. If it fails, so does this.

    Args:
        script: The script.
        arguments: What it finds in ``sys.argv`` behind its own path.
        store: Where its artifacts go.
        report: What to print.
    """
    from lineapy.live_options import options
    from lineapy.script import Script, output_to_stderr

    try:
        program = Script(script, arguments, store, options.annotation_folder())
    except (ScriptError, KnowledgeFileError) as error:
        print(f"lineapy: {error}", file=sys.stderr)
        sys.exit(2)
    output = output_to_stderr()
    try:
        program.run()
    except SystemExit as end:
        if end.code not in (None, 0):
            raise
    try:
        text = "\n".join(_parts(program, report))
    except (LineaError, OSError) as error:
        print(f"lineapy: {error}", file=sys.stderr)
        sys.exit(1)
    try:
        with os.fdopen(output, "w", encoding="utf-8") as stream:
            stream.write(text)
    except BrokenPipeError:
        sys.exit(1)


def _parts(program: Script, report: Report) -> Iterator[str]:
    session = program.session
    if report.source:
        yield from session.texts.values()
    if report.graph:
        yield "".join(f"{line}\n" for line in graph_lines(session))
    if report.picture is not None:
        from lineapy.api import visualize

        with session.current():
            visualize(report.picture)
        print(f"{report.picture} written", file=sys.stderr)
    for number, name in enumerate(report.slices):
        code = _code(session, name)
        if number < len(report.files):
            file = report.files[number]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(code, encoding="utf-8")
            print(f"{file} written", file=sys.stderr)
        else:
            yield code


def _code(session: Session, name: str) -> str:
    """The code of the newest version that this run has saved under a name."""
    from lineapy.artifacts import LineaArtifact
    from lineapy.db.records import Search
    from lineapy.errors import ArtifactNotFoundError

    records = session.store.db.artifacts(search=Search(session_id=session.id), newest_first=True)
    for record in records:
        if record.name == name:
            return LineaArtifact.from_record(record, session.store).get_code()
    saved = ", ".join(repr(found) for found in dict.fromkeys(record.name for record in records))
    raise ArtifactNotFoundError(
        f"The script has saved no artifact {name!r}; it has saved {saved or 'none at all'}. To have the code of a "
        "variable that is not saved, use `lineapy file`."
    )


def graph_lines(session: Session) -> list[str]:
    """One line for each statement that ran: its first line, and what it uses of which others.

    Args:
        session: That has run.

    Example:
        >>> from lineapy.session import Session
        >>> session = Session.in_memory()
        >>> session.run("a = [1]\\na.append(2)\\nb = sum(a)")
        >>> print("\\n".join(graph_lines(session)))
        1  a = [1]
        2  a.append(2)  <- a (1)
        3  b = sum(a)  <- a (2)
    """
    graph = session.recorder.graph
    uses: dict[int, dict[tuple[str, int], None]] = {}
    for statement, version in graph.reads:
        name, writer = graph.versions[version]
        if writer != statement:
            uses.setdefault(statement, {})[name, session.statements[writer].line] = None
    lines = {number: text.splitlines() for number, text in session.texts.items()}
    found = []
    for number in sorted(graph.ran):
        one = session.statements[number]
        text = lines[one.source][one.line - 1].strip()
        used = ", ".join(f"{name} ({line})" for name, line in uses.get(number, {}))
        found.append(f"{one.line}  {text}{f'  <- {used}' if used else ''}")
    return found
