"""What is behind ``lineapy python``, without the command line around it, which takes longer to import."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from lineapy.config import Config


def checked_options(environ: Mapping[str, str]) -> Config:
    """The options, each of which can be used, as far as that can be known before anything is written.

    Raises:
        ConfigurationError: One cannot.
    """
    config = Config.from_environment(environ)
    if config.database_url != f"sqlite:///{config.home_dir / 'db.sqlite'}":
        from lineapy.db.db import RelationalLineaDB

        RelationalLineaDB.from_config(config)
    return config


def run_script(script: str, arguments: Sequence[str], config: Config) -> None:
    """Run a script traced. Where the system allows, the process becomes another one, and this does not return.

    Args:
        script: The script.
        arguments: What it finds in ``sys.argv`` behind its own path.
        config: The options; they are those of the environment.
    """
    from lineapy.handover import hand_over

    hand_over(script, arguments)
    from lineapy.api import open_store
    from lineapy.errors import ScriptError
    from lineapy.script import Script

    try:
        program = Script(script, arguments, open_store(config))
    except ScriptError as error:
        print(f"{sys.executable}: {error}", file=sys.stderr)
        sys.exit(2)
    program.run()


def is_plain_run(arguments: Sequence[str]) -> bool:
    """Whether a command line is no more than ``python SCRIPT ARGUMENTS``.

    Example:
        >>> is_plain_run(["python", "messy.py", "--epochs", "3"]), is_plain_run(["python", "--help"])
        (True, False)
    """
    return len(arguments) > 1 and arguments[0] == "python" and not arguments[1].startswith("-")
