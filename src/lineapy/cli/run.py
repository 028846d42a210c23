"""What is behind ``lineapy python``, without the command line around it, which takes longer to import."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def run_script(script: str, arguments: Sequence[str], *, connect: bool) -> None:
    """Run a script traced. Where the system allows, the process becomes another one, and this does not return.

    Args:
        script: The script.
        arguments: What it finds in ``sys.argv`` behind its own path.
        connect: Whether the database is to be opened before the script begins.
    """
    from lineapy.handover import hand_over
    from lineapy.live_options import options

    annotations = options.annotation_folder()
    hand_over(script, arguments, connect=connect, annotations=annotations)
    from lineapy.api import store_of_session
    from lineapy.errors import LineaError, ScriptError
    from lineapy.script import Script

    try:
        program = Script(script, arguments, store_of_session(), annotations)
    except ScriptError as error:
        print(f"{sys.executable}: {error}", file=sys.stderr)
        sys.exit(2)
    except LineaError as error:
        print(f"lineapy: {error}", file=sys.stderr)
        sys.exit(2)
    program.run()


def names_a_database() -> bool:
    """Whether the options name a database other than the one in the home folder; and whether all options are right.

    Asked before the script's own process begins: what reads the options imports much, and changes filters of warnings.

    Raises:
        ConfigurationError: One of them is wrong.
    """
    from lineapy.live_options import options

    return not options.nothing_is_set() and not options.config().has_default_database


def is_plain_run(arguments: Sequence[str]) -> bool:
    """Whether a command line is no more than ``python SCRIPT ARGUMENTS``.

    Example:
        >>> is_plain_run(["python", "messy.py", "--epochs", "3"]), is_plain_run(["python", "--help"])
        (True, False)
    """
    return len(arguments) > 1 and arguments[0] == "python" and not arguments[1].startswith("-")
