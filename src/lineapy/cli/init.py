"""``lineapy init``: write the options to a configuration file, to be edited."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from lineapy.config import CONFIG_FILE, OPTIONS, Config
from lineapy.errors import ConfigurationError


@click.command()
@click.option(
    "-o",
    "--output-file",
    type=click.Path(path_type=Path),
    help=f"Where to; by default {CONFIG_FILE} in the home folder of LineaPy, where it is found.",
)
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
def init(output_file: Path | None, force: bool) -> None:
    """Write a configuration file with all options as they are now.

    Read again, it gives the same options. It may hold secrets, such as the password of a database, so only you can
    read it.

    \b
    Example:
      lineapy --database-url postgresql://ada@db.example/team init
    """
    config = Config.from_environment()
    path = output_file or config.home_dir / CONFIG_FILE
    try:
        write_config_file(config, path, replace=force)
    except FileExistsError:
        raise ConfigurationError(
            f"The file {path} exists and was not replaced. Say --force to replace it, or --output-file to write "
            "another one."
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"The file {path} cannot be written: {error.strerror or error}. Choose another one with --output-file."
        ) from error
    click.echo(path)


def write_config_file(config: Config, path: Path, *, replace: bool) -> None:
    """Write the options as JSON, readable by nobody else.

    Args:
        config: The options.
        path: The file; its folder is made if need be.
        replace: Whether to replace the file if it exists.

    Raises:
        FileExistsError: It exists, and is not to be replaced.
        OSError: It cannot be written.

    Example:
        >>> import tempfile
        >>> folder = tempfile.mkdtemp()
        >>> config = Config.from_environment({}, home_dir=folder, tracing_budget=0.2)
        >>> write_config_file(config, Path(folder, CONFIG_FILE), replace=False)
        >>> Config.from_environment({"LINEAPY_HOME_DIR": folder}) == config
        True
    """
    options = config.model_dump(mode="json", include=set(OPTIONS))
    text = json.dumps({name: value for name, value in options.items() if value is not None}, indent=4) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not replace and path.exists():
        raise FileExistsError(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
