"""``lineapy python``: run a script traced, otherwise as Python runs it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option("-a", "--arg", "more_arguments", multiple=True, metavar="ARG", help="An argument for the script.")
@click.argument("script", type=click.Path())
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def python(
    options: dict[str, str], script: str, arguments: tuple[str, ...], more_arguments: tuple[str, ...]
) -> Callable[[], None]:
    """Run SCRIPT traced, so that lineapy.save() in it works.

    Everything else is as with "python SCRIPT ARGUMENTS": output, exit status, tracebacks, sys.argv, working directory.

    \b
    Example:
      lineapy python messy.py --epochs 3
    """

    def run() -> None:
        from lineapy.api import open_store
        from lineapy.config import Config
        from lineapy.errors import ScriptError
        from lineapy.script import Script

        store = open_store(Config.from_environment(**options))
        try:
            program = Script(script, (*more_arguments, *arguments), store)
        except ScriptError as error:
            click.echo(f"{sys.executable}: {error}", err=True)
            sys.exit(2)
        program.run()

    return run
