"""``lineapy config``: show the options and where they come from, and try out the store that they name."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import click

from lineapy.config import OPTIONS, Config
from lineapy.errors import LineaError


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--no-check", is_flag=True, help="Do not connect to anything.")
def config(as_json: bool, no_check: bool) -> int:
    """Show all options, and check that the store can be used.

    Checking connects to the database, and writes, reads and deletes a small file where values are stored. The exit
    status is 1 if one of them fails. Secrets are not shown.

    \b
    Example:
      lineapy --artifact-storage-dir s3://team/values config
    """
    options = Config.from_environment()
    checks = {} if no_check else dict(_checks(options))
    if as_json:
        rows = {
            name: {"value": _plain(options.shown(name)), "comes_from": options.origins[name]}
            for name in OPTIONS
        }
        click.echo(json.dumps({"options": rows, "checks": checks}, indent=4))
    else:
        _print_table(options, checks)
    return 1 if any(problem is not None for problem in checks.values()) else 0


def _checks(options: Config) -> Iterator[tuple[str, str | None]]:
    """For each half of the store, what is wrong with it; None if nothing is."""
    yield "database", _problem(lambda: _check_database(options))
    yield "storage", _problem(lambda: _check_storage(options))


def _problem(check: Callable[[], None]) -> str | None:
    try:
        check()
    except LineaError as error:
        return str(error)
    return None


def _check_database(options: Config) -> None:
    from lineapy.db.db import RelationalLineaDB

    # Without falling back: whoever checks wants to know.
    db = RelationalLineaDB.from_config(options.model_copy(update={"database_fallback": False}))
    try:
        db.probe()
    finally:
        db.close()


def _check_storage(options: Config) -> None:
    from lineapy.storage.values import ValueStore

    ValueStore(options.artifact_storage_dir, options.storage_options).probe()


def _print_table(options: Config, checks: dict[str, str | None]) -> None:
    rows = [(name, str(options.shown(name)), options.origins[name]) for name in OPTIONS]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, value, origin in rows:
        click.echo(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}")
    if checks:
        click.echo()
    for name, problem in checks.items():
        click.echo(f"{name}: {problem or 'works'}", file=sys.stderr if problem else sys.stdout)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float | str | dict) else str(value)
