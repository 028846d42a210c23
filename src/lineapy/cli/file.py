"""``lineapy file``: save the value of an expression over a script's variables, without touching the script."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from lineapy.cli.output import picture_option
from lineapy.errors import KnowledgeFileError, LineaError, ScriptError

if TYPE_CHECKING:
    from lineapy.script import Script
    from lineapy.store import Store


@click.command()
@click.argument("script", type=click.Path())
@click.argument("artifact_name")
@click.argument("expression")
@picture_option("--visualize-slice", "Draw the graph of the script to this file, with the slice brought out.")
def file(
    script: str, artifact_name: str, expression: str, visualize_slice: Path | None
) -> Callable[[], None]:
    """Run SCRIPT, save what EXPRESSION is at its end as ARTIFACT_NAME, and print the code that makes it.

    Only the code goes to standard output; what the script itself prints goes to standard error. If the script fails,
    so does the command, and nothing is saved.

    \b
    Example:
      lineapy file messy.py iris_model model > clean.py
      lineapy file messy.py iris_model model --visualize-slice graph.svg
    """
    from lineapy.api import store_of_session

    store = store_of_session()
    return lambda: _save_from(script, artifact_name, expression, store, visualize_slice)


def _save_from(script: str, artifact_name: str, expression: str, store: Store, picture: Path | None) -> None:
    from lineapy.cli.saving import save
    from lineapy.live_options import options
    from lineapy.script import Script, output_to_stderr
    from lineapy.session import parse_expression

    try:
        parse_expression(expression)
        program = Script(script, (), store, options.annotation_folder())
    except (ScriptError, KnowledgeFileError) as error:
        _fail(error, 2)
    # To the very end: threads may outlive the script, and functions of it run at exit.
    output = output_to_stderr()
    _run(program)
    try:
        code = save(program.session, expression, artifact_name, picture)
    except (LineaError, OSError) as error:
        _fail(error, 1)
    try:
        with os.fdopen(output, "w", encoding="utf-8") as stream:
            stream.write(code)
    except BrokenPipeError:  # the reader has seen enough, as in "lineapy file … | head -1"
        sys.exit(1)


def _run(program: Script) -> None:
    try:
        program.run()
    except SystemExit as end:
        if end.code not in (None, 0):
            raise


def _fail(error: LineaError | OSError, status: int) -> NoReturn:
    print(f"lineapy: {error}", file=sys.stderr)
    sys.exit(status)
