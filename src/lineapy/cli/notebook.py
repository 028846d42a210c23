"""``lineapy notebook``: save the value of an expression over a notebook's variables, without touching the notebook."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lineapy.cli.output import picture_option
from lineapy.errors import ScriptError


@click.command()
@click.argument("notebook", type=click.Path())
@click.argument("artifact_name")
@click.argument("expression")
@picture_option(
    "--visualize-slice", "Draw the graph of the notebook to this file, with the slice brought out."
)
def notebook(notebook: str, artifact_name: str, expression: str, visualize_slice: Path | None) -> int:
    """Run NOTEBOOK, save what EXPRESSION is at its end as ARTIFACT_NAME, and print the code that makes it.

    The cells are run from top to bottom in a fresh kernel, in the folder of the notebook, however long they take. The
    notebook stays as it is. Only the code goes to standard output; what the cells write goes to standard error. If a
    cell fails that is not tagged raises-exception, so does the command, and nothing is saved.

    \b
    Example:
      lineapy notebook analysis.ipynb iris_model model > clean.py
    """
    from lineapy.cli.kernel import cells_of, require_kernels, run_and_save
    from lineapy.session import parse_expression

    require_kernels()
    try:
        parse_expression(expression)
        cells = cells_of(notebook)
    except ScriptError as error:
        return _failed(error, 2)
    try:
        code = run_and_save(
            cells, Path(notebook).resolve().parent, artifact_name, expression, _show, visualize_slice
        )
    except ScriptError as error:
        _failed(error, 1)
        print("Nothing was saved.", file=sys.stderr)
        return 1
    click.echo(code, nl=False)
    return 0


def _show(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def _failed(error: ScriptError, status: int) -> int:
    print(f"lineapy: {error}", file=sys.stderr)
    return status
