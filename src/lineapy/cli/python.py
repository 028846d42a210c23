"""``lineapy python``: run a script traced, otherwise as Python runs it."""

from __future__ import annotations

from collections.abc import Callable

import click

from lineapy.cli.run import names_a_database, run_script


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option(
    "-a", "--arg", "more_arguments", multiple=True, metavar="ARG", help="An argument for the script."
)
@click.argument("script", type=click.Path())
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def python(script: str, arguments: tuple[str, ...], more_arguments: tuple[str, ...]) -> Callable[[], None]:
    """Run SCRIPT traced, so that lineapy.save() in it works.

    Everything else is as with "python SCRIPT ARGUMENTS": output, exit status, tracebacks, sys.argv, working directory.

    \b
    Example:
      lineapy python messy.py --epochs 3
    """
    connect = names_a_database()
    return lambda: run_script(script, (*more_arguments, *arguments), connect=connect)
