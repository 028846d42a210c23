"""``lineapy python``: run a script traced, otherwise as Python runs it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lineapy.config import Config


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option(
    "-a", "--arg", "more_arguments", multiple=True, metavar="ARG", help="An argument for the script."
)
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
        from lineapy.config import Config

        config = Config.from_environment(os.environ, **options)
        _run(script, (*more_arguments, *arguments), config)

    return run


def _run(script: str, arguments: tuple[str, ...], config: Config) -> None:
    from lineapy.handover import hand_over

    hand_over(script, arguments)
    # Only where a process cannot become another one.
    from lineapy.api import open_store
    from lineapy.errors import ScriptError
    from lineapy.script import Script

    try:
        program = Script(script, arguments, open_store(config))
    except ScriptError as error:
        click.echo(f"{sys.executable}: {error}", err=True)
        sys.exit(2)
    program.run()
