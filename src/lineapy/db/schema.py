"""Bring a database to the schema this LineaPy knows, or refuse it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from lineapy.errors import SchemaTooNewError

#: The newest step in `migrations`; a test keeps it true. Written down so that a database that has it is recognised
#: without importing alembic, which takes longer than everything else in a save.
HEAD = "0001"

#: LineaPy's own, because a database may also belong to another program that uses alembic's usual ``alembic_version``.
VERSION_TABLE = "lineapy_schema_version"

_version_table = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32), primary_key=True))
_alembic_loggers = ("alembic.runtime.migration", "alembic.runtime.plugins")


def revision(connection: Connection) -> str | None:
    """Which step of `migrations` the database has reached; `None` when LineaPy has no tables in it.

    Args:
        connection: To the database.

    Returns:
        The revision, or `None`.
    """
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(select(_version_table.c.version_num))


def bring_up_to_date(connection: Connection) -> None:
    """Run the missing steps of `migrations` in the transaction that `connection` is in.

    All steps in the caller's one transaction: whoever dies in between leaves the database as it was.

    Args:
        connection: In a transaction that keeps other writers out.

    Raises:
        SchemaTooNewError: A newer LineaPy was here.
    """
    found = revision(connection)
    if found == HEAD:
        return
    with _keep_out_of_the_log():
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory
        from alembic.util import CommandError

        config = Config()
        folder = Path(__file__).parent / "migrations"
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        try:
            ScriptDirectory.from_config(config).get_revisions(found or "base")
        except CommandError as error:
            raise SchemaTooNewError(
                f"The database has schema {found}, but this LineaPy knows schemas only up to {HEAD}: a newer LineaPy "
                "has used it. Update LineaPy with `pip install --upgrade lineapy`, or choose another database with "
                "LINEAPY_DATABASE_URL."
            ) from error
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _keep_out_of_the_log() -> Iterator[None]:
    """Drop alembic's progress messages of this thread: a script that logs to stderr must not show them."""
    here = threading.get_ident()

    def is_elsewhere(record: logging.LogRecord) -> bool:
        return record.thread != here

    loggers = [logging.getLogger(name) for name in _alembic_loggers]
    for logger in loggers:
        logger.addFilter(is_elsewhere)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(is_elsewhere)
