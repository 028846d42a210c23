"""Three messy scripts, what is left of them, and the proof that it is enough.

Run it with ``make demo``. Nothing is kept: the artifacts go to a temporary home.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table

import lineapy
from lineapy.errors import VerificationError
from lineapy.verify import difference, rerun

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ("examples/messy_iris.py", "examples/clean_penguins.py", "examples/simulate_queue.py")
LINEAPY = Path(sys.executable).with_name("lineapy")


@dataclass(frozen=True)
class Size:
    """How much code there is, blank lines left out."""

    lines: int
    statements: int


@dataclass(frozen=True)
class Proof:
    """What came of running a slice alone. `failure` says what went wrong, if anything did."""

    artifact: str
    session: Size
    slice: Size
    failure: str | None


def main() -> int:
    """Trace, show and prove. Returns the exit code: 0 if every slice makes the value that was saved."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="lineapy-demo-") as home:
        os.environ["LINEAPY_HOME_DIR"] = home
        os.chdir(ROOT)
        for script in SCRIPTS:
            trace(script, console)

        console.rule("lineapy.artifact_store()")
        print(repr(lineapy.artifact_store()))

        proofs = [prove(artifact, console) for artifact in lineapy.artifact_store().artifacts]

    console.rule("What is left, and does it still work?")
    console.print(summary(proofs))
    failed = [proof for proof in proofs if proof.failure is not None]
    if failed or not proofs:
        console.print(
            f"[bold red]{len(failed)} of {len(proofs)} slices do not make the value that was saved."
        )
        return 1
    console.print(f"[bold green]Each of the {len(proofs)} slices, run alone, makes the value that was saved.")
    return 0


def trace(script: str, console: Console) -> None:
    """Run a script as a user would on the command line."""
    console.print(f"[bold]$ lineapy python {script}")
    start = time.perf_counter()
    done = subprocess.run([str(LINEAPY), "python", script], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}\n{script} ended with exit code {done.returncode}.")
    printed = done.stdout.splitlines()
    console.print(*printed[-3:], sep="\n", style="dim", highlight=False, markup=False)
    console.print(f"[dim]… the last 3 of {len(printed)} lines it printed, after {seconds:.1f} s\n")


def prove(artifact: lineapy.LineaArtifact, console: Console) -> Proof:
    """Show an artifact's slice, and run it alone in a fresh interpreter, without LineaPy."""
    code, session = artifact.get_code(), artifact.get_session_code()
    try:
        failure = difference(artifact.get_value(), rerun(code, artifact.variable, cwd=ROOT))
    except VerificationError as error:
        failure = str(error)
    proof = Proof(artifact.name, size(session), size(code), failure)
    console.print()
    console.print(
        Panel(
            Syntax(code.strip(), "python", theme="ansi_dark", background_color="default", word_wrap=True),
            title=f'lineapy.get("{artifact.name}").get_code()',
            subtitle=f"{proof.slice.statements} of {proof.session.statements} statements",
        )
    )
    console.print(f"[red]{failure}" if failure else "[green]Run alone, it makes the value that was saved.")
    return proof


def size(code: str) -> Size:
    r"""Count a program's lines and statements; a function or class is one statement, whatever is inside.

    >>> size("for i in range(3):\n\n    print(i); print(-i)\n")
    Size(lines=2, statements=3)
    """
    lines = [line for line in code.splitlines() if line.strip()]
    return Size(len(lines), sum(1 for _ in _statements(ast.parse(code))))


def _statements(block: ast.AST) -> Iterator[ast.stmt]:
    for node in ast.iter_child_nodes(block):
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.expr)):
            yield from _statements(node)


def summary(proofs: list[Proof]) -> Table:
    """The closing table."""
    table = Table("artifact", "statements", "lines", "run alone")
    for proof in proofs:
        table.add_row(
            proof.artifact,
            f"{proof.slice.statements} of {proof.session.statements}",
            f"{proof.slice.lines} of {proof.session.lines}",
            "[green]the same value" if proof.failure is None else f"[red]{proof.failure.splitlines()[0]}",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
