"""``lineapy file``: save the value of an expression over a script's variables, without touching the script."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import click


@click.command()
@click.argument("script", type=click.Path())
@click.argument("artifact_name")
@click.argument("expression")
@click.pass_obj
def file(options: dict[str, str], script: str, artifact_name: str, expression: str) -> Callable[[], None]:
    """Run SCRIPT, save what EXPRESSION is at its end as ARTIFACT_NAME, and print the code that makes it.

    Only the code goes to standard output; what the script itself prints goes to standard error.

    \b
    Example:
      lineapy file messy.py iris_model model > clean.py
    """
    return lambda: _save_from(script, artifact_name, expression, options)


def _save_from(script: str, artifact_name: str, expression: str, options: dict[str, str]) -> None:
    from lineapy.api import open_store
    from lineapy.cli.main import fail
    from lineapy.config import Config
    from lineapy.errors import LineaError, ScriptError
    from lineapy.script import Script, output_to_stderr
    from lineapy.session import parse_expression

    try:
        parse_expression(expression)
        program = Script(script, (), open_store(Config.from_environment(os.environ, **options)))
    except ScriptError as error:
        click.echo(f"lineapy: {error}", err=True)
        sys.exit(2)
    with output_to_stderr():
        try:
            program.run()
        except SystemExit as end:
            if end.code not in (None, 0):
                raise
        try:
            _, target = program.session.save_expression(expression, artifact_name)
        except LineaError as error:
            fail(error)
    click.echo(program.session.slice_of(target).code(), nl=False)
