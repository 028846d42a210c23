"""Transactions on a SQLite file that many processes share."""

from __future__ import annotations

import math
import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import StatementError

from lineapy.db import schema
from lineapy.errors import ConfigurationError, StoreError

Result = TypeVar("Result")

#: How long to wait for another process that writes; ``?timeout=`` in the URL changes it.
DEFAULT_TIMEOUT_SECONDS = 30.0

#: Engines opened before a fork. SQLite forbids using, even closing, a connection in a forked child; they stay
#: referenced so that nothing closes them.
_left_behind_by_fork: list[Engine] = []


class SQLiteConnections:
    """Runs reading and writing transactions on one file. Constructing it touches nothing.

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
        self._url = url.set(database=str(self.path))
        self._timeout = _timeout(url)
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._opened_as: tuple[int, object] | None = None
        self._is_wal = False

    def read(self, action: Callable[[Connection], Result], absent: Result) -> Result:
        """Run `action` in a reading transaction; it sees one state of the database.

        Args:
            action: What to read.
            absent: The answer when there is no store yet. None is created.

        Returns:
            What `action` returns, or `absent`.

        Raises:
            StoreError: The database cannot be read.
        """
        if not self.path.exists():
            return absent

        def attempt() -> Result:
            with self._current_engine().begin() as connection:
                found = schema.revision(connection)
                if found == schema.HEAD:
                    return action(connection)
            return absent if found is None else self.write(action)  # which upgrades an older schema

        return self._retried(attempt)

    def write(self, action: Callable[[Connection], Result]) -> Result:
        """Run `action` as the only writer; create or upgrade the store first, in the same transaction.

        Args:
            action: What to write. It may run more than once, each time on a fresh transaction.

        Returns:
            What `action` returns, once it is safely on disk.

        Raises:
            StoreError: The database cannot be written; nothing of `action` remains.
            SchemaTooNewError: A newer LineaPy has used the database.
        """
        self._create_file()

        def attempt() -> Result:
            self._ensure_wal()
            writer = self._current_engine().execution_options(lineapy_begin="BEGIN IMMEDIATE")
            with writer.begin() as connection:
                schema.bring_up_to_date(connection)
                return action(connection)

        return self._retried(attempt)

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        with self._lock:
            self._forget_engine()

    def _retried(self, attempt: Callable[[], Result]) -> Result:
        """SQLite itself waits for writers, except where it fears a deadlock, as when switching to WAL."""
        deadline = time.monotonic() + self._timeout
        pause = 0.01
        while True:
            try:
                return attempt()
            except StatementError as error:
                if not _is_locked(error) or time.monotonic() >= deadline:
                    raise self._explained(error) from error
            time.sleep(random.uniform(0, pause))  # noqa: S311  # jitter, not a secret
            pause = min(pause * 2, 0.5)

    def _create_file(self) -> None:
        if self.path.exists():
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch()
        except OSError as error:
            raise StoreError(
                f"The database {self.path} cannot be created: {error.strerror or error}. Make the folder writable, "
                "or choose another place with LINEAPY_HOME_DIR or LINEAPY_DATABASE_URL."
            ) from error

    def _current_engine(self) -> Engine:
        """The engine for the file that is there now, in the process that is running now.

        A user may delete the folder while a notebook is open; writing on would go to a file nobody can see.
        """
        with self._lock:
            now = (os.getpid(), _identity(self.path))
            if now != self._opened_as:
                self._forget_engine()
            if self._engine is None:
                self._engine = _new_engine(self._url, self._timeout)
                self._opened_as = now
            return self._engine

    def _forget_engine(self) -> None:
        if self._engine is not None and self._opened_as is not None and self._opened_as[0] != os.getpid():
            _left_behind_by_fork.append(self._engine)
        elif self._engine is not None:
            self._engine.dispose()
        self._engine, self._opened_as, self._is_wal = None, None, False

    def _ensure_wal(self) -> None:
        """With a write-ahead log, readers and the writer do not wait for each other. The file remembers it."""
        engine = self._current_engine()
        if self._is_wal:
            return
        with engine.execution_options(lineapy_begin="").connect() as connection:
            if connection.exec_driver_sql("PRAGMA journal_mode").scalar() != "wal":
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        self._is_wal = True

    def _explained(self, error: StatementError) -> StoreError:
        reason = str(error.orig)
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
        elif "not a database" in reason or "malformed" in reason:
            advice = (
                "The file is damaged or was written by another program. Restore it from a copy, or choose another "
                "database with LINEAPY_DATABASE_URL."
            )
        else:
            advice = "Nothing of this step was kept."
        return StoreError(f"The database {self.path} cannot be used: {reason}. {advice}")


def _new_engine(url: URL, timeout: float) -> Engine:
    engine = create_engine(url.set(query={}), connect_args={"timeout": timeout})

    @event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin below, and only there
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # a save that returned survives a power cut

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        # A deferred transaction that turns to writing fails when another process wrote meanwhile, without waiting.
        statement = connection.get_execution_options().get("lineapy_begin", "BEGIN")
        if statement:
            connection.exec_driver_sql(statement)

    return engine


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


def _identity(path: Path) -> object:
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino)


def _is_locked(error: StatementError) -> bool:
    return "database is locked" in str(error.orig) or "database is busy" in str(error.orig)
