"""The ``lineapy`` command: global options, and the way into the subcommands."""

from __future__ import annotations

import os
from typing import Any

import click

from lineapy.cli.file import file
from lineapy.cli.python import python


def _print_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"lineapy {version('lineapy')}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-v", "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version)
@click.option("--home-dir", metavar="DIR", help="Where LineaPy keeps things unless told otherwise.")
@click.option("--database-url", metavar="URL", help="The database for metadata.")
@click.option("--artifact-storage-dir", metavar="DIR", help="Where values are stored.")
@click.option("--do-not-track", type=bool, expose_value=False, help="Does nothing: usage is never tracked.")
def cli(**options: Any) -> None:
    """Capture what data science code really did, and get back just the code that matters.

    \b
    Example:
      lineapy python messy.py                  run a script that calls lineapy.save()
      lineapy file messy.py my_model model     save a variable of a script, print the code that makes it
    """
    # In the environment, so that the script and its child processes use the same store.
    for name, value in options.items():
        if value is not None:
            os.environ[f"LINEAPY_{name.upper()}"] = _from_here(name, value)


def _from_here(option: str, value: str) -> str:
    """A relative path counts from the folder in which the command was given, wherever it is used."""
    is_path = option.endswith("_dir") and value and "://" not in value and not value.startswith("~")
    return os.path.abspath(value) if is_path else value


cli.add_command(python)
cli.add_command(file)
