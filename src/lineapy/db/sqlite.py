"""Transactions on a SQLite file that many processes share."""

from __future__ import annotations

import math
import os
import random
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from lineapy.db import schema
from lineapy.db.connections import Connections, Kind, UndoError
from lineapy.errors import ConfigurationError, StoreError

#: How long to wait for another process that writes; ``?timeout=`` in the URL changes it.
DEFAULT_TIMEOUT_SECONDS = 30.0


class SQLiteConnections(Connections):
    """Runs reading and writing transactions on one file. Constructing it touches nothing.

    A writing transaction is always the only one.

    Args:
        url: ``sqlite:///<path>``; a relative path counts from the current folder at this moment.

    Raises:
        ConfigurationError: The URL names no file.
    """

    def __init__(self, url: URL) -> None:
        if url.database in (None, "", ":memory:") or str(url.database).startswith("file:"):
            raise ConfigurationError(
                f"The database URL {url.render_as_string()!r} names no file, but artifacts must outlive the program. "
                "Use sqlite:////absolute/path/db.sqlite."
            )
        self.path = Path(str(url.database)).expanduser().absolute()
        self._timeout = _timeout(url)
        super().__init__(url.set(database=str(self.path)))

    def probe(self) -> None:
        """Open the file and a writing transaction, and leave everything as it was.

        A file that is not there yet is not made: it is enough that it could be.

        Raises:
            StoreError: Artifacts cannot be saved here; the message says why.
        """
        if not self.path.exists():
            self._check_creatable()
            return

        def attempt() -> None:
            with self._transaction(Kind.WRITE) as (connection, _found):
                # Reading would not notice a full disk or a file that is read-only; this takes the place of a save.
                connection.exec_driver_sql("CREATE TABLE lineapy_probe (x)")
                raise UndoError

        with suppress(UndoError):
            self._retried(attempt)

    def _new_engine(self) -> Engine:
        # Parameters are the user's program; they are no part of messages or tracebacks.
        url, arguments = self._url.set(query={}), {"timeout": self._timeout}
        engine = create_engine(url, connect_args=arguments, hide_parameters=True)

        @event.listens_for(engine, "connect")
        def _(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = None  # transactions begin in _begin, and only there
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")  # a save that returned survives a power cut

        return engine

    def _begin(self, connection: Connection, kind: Kind) -> None:
        cursor = connection.connection.cursor()
        if kind is Kind.READ:
            cursor.execute("BEGIN")
            return
        self._ensure_wal(cursor, connection)
        # A deferred transaction that turns to writing fails when another process wrote meanwhile, without waiting.
        cursor.execute("BEGIN IMMEDIATE")

    def _ensure_wal(self, cursor: Any, connection: Connection) -> None:
        """With a write-ahead log, readers and the writer do not wait for each other. The file remembers it."""
        info = connection.info
        if "is_wal" not in info:
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                cursor.execute("PRAGMA journal_mode = WAL")
            info["is_wal"] = True

    def _bring_up_to_date(self) -> None:
        with self._transaction(Kind.CREATE) as (connection, found):
            if found is None:
                schema.create(connection)
            else:
                schema.upgrade(connection, found)

    def _patience(self) -> _Patience:
        return _Patience(self._timeout)

    @property
    def _driver_error(self) -> type[Exception]:
        return sqlite3.Error

    def _is_missing_table(self, error: Exception) -> bool:
        return "no such table" in str(error)

    def _may_exist(self) -> bool:
        return self.path.exists()

    def _make_room(self) -> None:
        if self.path.exists():
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch()
        except OSError as error:
            raise self._not_creatable(error.strerror or str(error)) from error

    def _check_creatable(self) -> None:
        folder = next(parent for parent in self.path.parents if parent.exists())
        if not folder.is_dir():
            raise self._not_creatable(f"{folder} is no folder")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise self._not_creatable(f"{folder} is not writable")

    def _not_creatable(self, why: str) -> StoreError:
        return StoreError(
            f"The database {self.path} cannot be created: {why}. Make the folder writable, or choose another place "
            "with LINEAPY_HOME_DIR or LINEAPY_DATABASE_URL."
        )

    def _identity(self) -> object:
        """A user may delete the folder while a notebook is open; writing on would go to a file nobody can see."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return (status.st_dev, status.st_ino)

    def _explained(self, error: Exception, _connecting: bool) -> StoreError:
        reason = str(error)
        if _is_locked(error):
            advice = (
                f"Another program has been writing to it for {self._timeout:g} seconds. Wait for it or end it; "
                "append ?timeout=<seconds> to the database URL to wait longer."
            )
        elif "readonly" in reason or "unable to open" in reason:
            advice = (
                "Make the file and its folder writable, or choose another database with LINEAPY_HOME_DIR or "
                "LINEAPY_DATABASE_URL."
            )
        elif "full" in reason:
            advice = "Free some disk space and save again."
        elif "I/O error" in reason:
            # This is also what SQLite makes of a quota that is used up.
            advice = "Free some disk space and save again; if that does not help, the disk is failing."
        elif "not a database" in reason or "malformed" in reason:
            advice = (
                "The file is damaged or was written by another program. Restore it from a copy, or choose another "
                "database with LINEAPY_DATABASE_URL."
            )
        else:
            advice = "Nothing of this step was kept."
        return StoreError(f"The database {self.path} cannot be used: {reason}. {advice}")


class _Patience:
    """SQLite itself waits for writers, except where it fears a deadlock, as when switching to WAL."""

    def __init__(self, timeout: float) -> None:
        self._deadline = time.monotonic() + timeout
        self._longest = 0.01

    def pause_after(self, error: Exception, _connecting: bool) -> float | None:
        if not _is_locked(error) or time.monotonic() >= self._deadline:
            return None
        pause = random.uniform(0, self._longest)  # noqa: S311  # jitter, not a secret
        self._longest = min(self._longest * 2, 0.5)
        return pause


def _timeout(url: URL) -> float:
    parameters = dict(url.query)
    text = parameters.pop("timeout", str(DEFAULT_TIMEOUT_SECONDS))
    if parameters:
        raise ConfigurationError(
            f"The database URL has the parameter {next(iter(parameters))!r}, which means nothing for SQLite here. "
            "Leave it out; ?timeout=<seconds> is the only one."
        )
    try:
        seconds = float(text) if isinstance(text, str) else math.nan
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise ConfigurationError(
            f"The database URL has timeout={text!r}, which is not a number of seconds. Write ?timeout=60."
        )
    return seconds


def _is_locked(error: Exception) -> bool:
    return "database is locked" in str(error) or "database is busy" in str(error)
