"""The console script."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from lineapy.cli.run import is_plain_run, names_a_database, run_script
from lineapy.errors import LineaError

if TYPE_CHECKING:
    from collections.abc import Callable

#: Names of the subcommands, for ``python -m lineapy``, which takes anything else for a script.
COMMANDS = frozenset(
    {
        "annotate",
        "artifacts",
        "benchmark",
        "completion",
        "config",
        "db",
        "file",
        "init",
        "ipython",
        "jupyter",
        "jupytext",
        "notebook",
        "pipeline",
        "python",
        "sessions",
        "store",
    }
)


def main(arguments: list[str] | None = None) -> None:
    """The console script.

    A script must not run inside click: click turns the script's own ``KeyboardInterrupt`` and ``EOFError`` into
    messages of its own. So a subcommand that runs one returns a function, which is called when click is through.

    Args:
        arguments: Command line without the program's name; by default that of the process.

    Raises:
        SystemExit: With status 0 if all is well, 1 on an error, 2 if the command line is wrong.
    """
    if arguments is None:
        arguments = sys.argv[1:]
    try:
        continuation = _parse(arguments)
    except LineaError as error:
        print(f"lineapy: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:  # the reader has seen enough, as in "lineapy artifacts list --all | head -1"
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(1)
    continuation()


def _parse(arguments: list[str]) -> Callable[[], Any]:
    """Understand the command line, and check the options; no script runs yet."""
    if is_plain_run(arguments):
        connect = names_a_database()
        return lambda: run_script(arguments[1], arguments[2:], connect=connect)
    import click

    from lineapy.cli.commands import cli

    try:
        continuation: Any = cli.main(arguments, prog_name="lineapy", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    if callable(continuation):
        return continuation  # type: ignore[no-any-return]
    return lambda: sys.exit(continuation)


if __name__ == "__main__":
    main()
