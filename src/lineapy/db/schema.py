"""Bring a database to the schema this LineaPy knows, or refuse it."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, select

from lineapy.db import tables
from lineapy.db.prepared import Prepared
from lineapy.errors import SchemaTooNewError

#: The steps in `migrations`, oldest first; a test keeps it true. Written down so that a database is recognised without
#: importing alembic, which takes longer than everything else in a save.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
HEAD = REVISIONS[-1]

#: LineaPy's own, because a database may also belong to another program that uses alembic's usual ``alembic_version``.
VERSION_TABLE = "lineapy_schema_version"

_version_metadata = MetaData()
_version_table = Table(
    VERSION_TABLE,
    _version_metadata,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)
_version = Prepared(select(_version_table.c.version_num))
_alembic_loggers = ("alembic.runtime.migration", "alembic.runtime.plugins")


def revision(connection: Connection) -> str | None:
    """Which step of `migrations` the database has reached.

    Args:
        connection: To the database.

    Returns:
        The revision; `None` when LineaPy has no tables in it.

    Raises:
        Exception: The driver's, when there is no table to ask. On PostgreSQL the transaction is then over.
        SchemaTooNewError: A newer LineaPy was here.
    """
    row = _version.run(connection).fetchone()
    if row is None:
        return None
    found = str(row[0])
    if found not in REVISIONS:
        raise SchemaTooNewError(
            f"The database has schema {found}, but this LineaPy knows schemas only up to {HEAD}: a newer LineaPy "
            "has used it. Update LineaPy with `pip install --upgrade lineapy`, or choose another database with "
            "LINEAPY_DATABASE_URL."
        )
    return found


def create(connection: Connection) -> None:
    """Create all tables as they are now, without going through the steps, in the transaction of `connection`.

    Args:
        connection: In a transaction that keeps other writers out, on a database without tables of LineaPy.
    """
    tables.metadata.create_all(connection, checkfirst=False)
    _version_metadata.create_all(connection, checkfirst=False)
    connection.execute(insert(tables.identity), {"id": uuid.uuid4().hex})
    connection.execute(insert(_version_table), {"version_num": HEAD})


def upgrade(connection: Connection, found: str) -> None:
    """Run the missing steps of `migrations` in the transaction that `connection` is in.

    All steps in the caller's one transaction: whoever dies in between leaves the database as it was.

    Args:
        connection: In a transaction that keeps other writers out.
        found: The step that the database has reached.
    """
    if found == HEAD:
        return
    with _keep_out_of_the_log():
        from alembic import command
        from alembic.config import Config

        config = Config()
        folder = Path(__file__).parent / "migrations"
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


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
