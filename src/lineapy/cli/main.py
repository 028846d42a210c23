"""The ``lineapy`` command: global options, and the way into the subcommands."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from lineapy.cli.file import file
from lineapy.cli.python import python
from lineapy.errors import LineaError

#: What a subcommand leaves to be done once click is through; see `main`.
Continuation = Callable[[], None]


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
@click.pass_context
def cli(
    context: click.Context, home_dir: str | None, database_url: str | None, artifact_storage_dir: str | None
) -> None:
    """Capture what data science code really did, and get back just the code that matters.

    \b
    Example:
      lineapy python messy.py                  run a script that calls lineapy.save()
      lineapy file messy.py my_model model     save a variable of a script, print the code that makes it
    """
    chosen = {
        "home_dir": home_dir,
        "database_url": database_url,
        "artifact_storage_dir": artifact_storage_dir,
    }
    context.obj = {name: value for name, value in chosen.items() if value is not None}
    # Child processes of a script use the same store.
    for name, value in context.obj.items():
        os.environ[f"LINEAPY_{name.upper()}"] = value


cli.add_command(python)
cli.add_command(file)
COMMANDS = frozenset(cli.commands)


def main(arguments: list[str] | None = None) -> None:
    """The console script.

    A script must not run inside click: click turns the script's own ``KeyboardInterrupt`` and ``EOFError`` into
    messages of its own. So a subcommand that runs one returns a function, which is called when click is through.

    Args:
        arguments: Command line without the program's name; by default that of the process.

    Raises:
        SystemExit: With status 0 if all is well, 1 on an error, 2 if the command line is wrong.
    """
    try:
        continuation: Any = cli.main(arguments, prog_name="lineapy", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except LineaError as error:
        fail(error)
    if callable(continuation):
        continuation()
    elif isinstance(continuation, int):
        sys.exit(continuation)


def fail(error: LineaError) -> None:
    """Report an error and end."""
    click.echo(f"lineapy: {error}", err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
