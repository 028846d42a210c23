"""``lineapy db``: the tables in the database, and the schema that they have."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from lineapy.config import Config

if TYPE_CHECKING:
    from lineapy.db.db import RelationalLineaDB


@click.group()
def db() -> None:
    """Look after the database that has the metadata.

    \b
    Example:
      lineapy --database-url postgresql://ada@db.example/team db status
    """


@db.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(as_json: bool) -> int:
    """Show which schema the database has, and which one this LineaPy needs.

    Nothing is changed. The exit status is 1 if the database has an older schema or no tables yet.

    \b
    Example:
      lineapy db status
    """
    from lineapy.db.schema import HEAD

    with _database() as database:
        found = database.schema()
        count = database.count() if found == HEAD else None
        url = database.masked_url
    if as_json:
        click.echo(
            json.dumps({"database": url, "schema": found, "newest": HEAD, "artifacts": count}, indent=4)
        )
    else:
        click.echo(f"database:   {url}")
        click.echo(f"schema:     {found or 'none, there are no tables yet'}")
        click.echo(f"newest:     {HEAD}")
        if count is not None:
            click.echo(f"artifacts:  {count:,}")
    if found != HEAD:
        advice = (
            "The first save creates the tables; to create them now, run: lineapy db upgrade"
            if found is None
            else "When all who use the database have updated LineaPy, run: lineapy db upgrade"
        )
        click.echo(advice, file=sys.stderr)
        return 1
    return 0


@db.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def upgrade(as_json: bool) -> None:
    """Bring the tables to the schema of this LineaPy, or create them.

    All of it or nothing happens, and doing it again changes nothing. An older LineaPy refuses to use the database
    afterwards, so let all who share it update LineaPy first.

    \b
    Example:
      lineapy --database-url postgresql://ada@db.example/team db upgrade
    """
    with _database() as database:
        before, now = database.upgrade()
        url = database.masked_url
    if as_json:
        click.echo(json.dumps({"database": url, "from": before, "to": now}, indent=4))
    elif before == now:
        click.echo(f"{url} is at the newest schema already, {now}.")
    else:
        click.echo(
            f"{url} was upgraded from {f'schema {before}' if before else 'no tables'} to schema {now}."
        )


@contextmanager
def _database() -> Iterator[RelationalLineaDB]:
    """The very database that is configured: another one in its place would be no help."""
    from lineapy.db.db import RelationalLineaDB

    config = Config.from_environment()
    database = RelationalLineaDB.from_config(config.model_copy(update={"database_fallback": False}))
    try:
        yield database
    finally:
        database.close()
