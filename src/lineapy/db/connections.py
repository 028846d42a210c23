"""What is common to the databases: transactions, and what happens when one of them fails or the process forks."""

from __future__ import annotations

import os
import threading
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from lineapy.db import schema
from lineapy.errors import StoreError

Result = TypeVar("Result")


class Kind(Enum):
    """What a transaction is for."""

    #: Sees one state of the database and changes nothing.
    READ = "read"
    #: Changes something. On a database that allows it, several run at once.
    WRITE = "write"
    #: Changes something, and no other `WRITE` runs at the same time: none sees a state in between.
    ALONE = "alone"
    #: Creates tables if there are none; only one does so at a time.
    CREATE = "create"


class CannotConnect(Exception):
    """No connection was made; the cause says why."""


class UndoError(Exception):
    """Raised in a transaction that was only a trial."""


class Patience(Protocol):
    """Decides for one call whether it is worth trying again."""

    def pause_after(self, error: Exception, connecting: bool) -> float | None:
        """How many seconds to wait before the next attempt; `None` to give up.

        Args:
            error: The driver's error, or another that the driver did not cause.
            connecting: Whether it came before there was a connection.
        """


class Connections(ABC):
    """Runs transactions on one database. Constructing it touches nothing.

    It may be used from several threads, and after a fork in both processes.

    Args:
        url: Of the database, as SQLAlchemy is to open it.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._opened_as: tuple[int, object] | None = None
        _all.add(self)

    # -- what the store does

    def read(self, action: Callable[[Connection], Result], absent: Result) -> Result:
        """Run `action` in a reading transaction; it sees one state of the database.

        Args:
            action: What to read. It may run more than once.
            absent: The answer when there is no store yet. None is created.

        Returns:
            What `action` returns, or `absent`.

        Raises:
            StoreError: The database cannot be read.
            SchemaTooNewError: A newer LineaPy has used the database.
            SchemaTooOldError: An older LineaPy has used it, and it is upgraded only on request.
        """
        if not self._may_exist():
            return absent

        def attempt() -> Result:
            with self._transaction(Kind.READ) as (connection, found):
                if found == schema.HEAD:
                    return action(connection)
            if found is None:
                return absent
            self._bring_up_to_date()
            with self._transaction(Kind.READ) as (connection, found):
                return action(connection)

        return self._retried(attempt)

    def write(self, action: Callable[[Connection], Result], *, alone: bool = False) -> Result:
        """Run `action` in a writing transaction; create or upgrade the tables first.

        Args:
            action: What to write. It may run more than once, each time on a fresh transaction, also when an earlier
                one was committed after all: a connection that breaks at that moment leaves no answer.
            alone: Whether no other writing transaction may run at the same time.

        Returns:
            What `action` returns, once it is safely stored.

        Raises:
            StoreError: The database cannot be written; nothing of `action` remains.
            SchemaTooNewError: A newer LineaPy has used the database.
            SchemaTooOldError: An older LineaPy has used it, and it is upgraded only on request.
        """
        kind = Kind.ALONE if alone else Kind.WRITE

        def attempt() -> Result:
            with self._transaction(kind) as (connection, found):
                if found == schema.HEAD:
                    return action(connection)
            self._bring_up_to_date()
            with self._transaction(kind) as (connection, found):
                return action(connection)

        self._make_room()
        return self._retried(attempt)

    @abstractmethod
    def probe(self) -> None:
        """Open a connection and a writing transaction, and leave everything as it was.

        Raises:
            StoreError: Artifacts cannot be saved here; the message says why.
        """

    def upgrade(self) -> tuple[str | None, str]:
        """Bring the tables to the newest schema.

        Returns:
            Which schema there was, `None` for none, and which there is now.

        Raises:
            StoreError: It cannot be done; everything is as before.
            SchemaTooNewError: A newer LineaPy has used the database.
        """
        self._make_room()

        def attempt() -> str | None:
            with self._transaction(Kind.ALONE) as (connection, found):
                if found is not None:
                    schema.upgrade(connection, found)
                    return found
            self._bring_up_to_date()
            return None

        return self._retried(attempt), schema.HEAD

    def revision(self) -> str | None:
        """Which schema the database has; `None` when LineaPy has no tables in it. Nothing is upgraded.

        Raises:
            StoreError: The database cannot be read.
            SchemaTooNewError: A newer LineaPy has used the database.
        """
        if not self._may_exist():
            return None

        def attempt() -> str | None:
            with self._transaction(Kind.READ) as (_connection, found):
                return found

        return self._retried(attempt)

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        with self._lock:
            self._forget_engine()

    # -- what differs

    @abstractmethod
    def _new_engine(self) -> Engine:
        """An engine for the database, not yet connected."""

    @abstractmethod
    def _begin(self, connection: Connection, kind: Kind) -> None:
        """What opens a transaction, before anything else."""

    @abstractmethod
    def _patience(self) -> Patience:
        """For one call."""

    @abstractmethod
    def _is_missing_table(self, error: Exception) -> bool:
        """Whether the driver's error says that there is no such table."""

    def _is_dropped(self, _error: Exception) -> bool:
        """Whether the driver's error says that the connection is gone, and the transaction with it."""
        return False

    @abstractmethod
    def _explained(self, error: Exception, connecting: bool) -> StoreError:
        """The driver's error, in words for users."""

    @abstractmethod
    def _bring_up_to_date(self) -> None:
        """In a transaction of its own, create the tables that are missing, unless another process was quicker.

        Older tables are upgraded, or refused with a `SchemaTooOldError`.
        """

    def _options(self, _kind: Kind) -> dict[str, Any]:
        """SQLAlchemy's execution options for a transaction."""
        return {}

    def _may_exist(self) -> bool:
        """Whether there may be a store; asked before anything is opened for reading."""
        return True

    def _make_room(self) -> None:  # noqa: B027  # a server needs nothing
        """What has to be there before anything is opened for writing."""

    def _identity(self) -> object:
        """What tells this database from another one under the same URL."""
        return None

    @property
    @abstractmethod
    def _driver_error(self) -> type[Exception]:
        """The base of all errors that the driver raises."""

    # -- how it is done

    @contextmanager
    def _transaction(self, kind: Kind) -> Iterator[tuple[Connection, str | None]]:
        """Give a connection in a transaction, and the schema that the database has.

        When there are no tables, the transaction may be good for nothing more, unless it is one to create them.
        """
        with self._connection() as connection:
            options = self._options(kind)
            if options:
                connection = connection.execution_options(**options)
            with connection.begin():
                try:
                    yield connection, self._opened(connection, kind)
                except (SQLAlchemyError, self._driver_error) as error:
                    # SQLAlchemy would try to undo the transaction first, and log that it could not.
                    if self._is_dropped(_cause(error)) and not connection.invalidated:
                        connection.invalidate()
                    raise

    def _connection(self) -> Connection:
        try:
            return self._current_engine().connect()
        except (SQLAlchemyError, self._driver_error) as error:
            raise CannotConnect from error

    def _opened(self, connection: Connection, kind: Kind) -> str | None:
        try:
            self._begin(connection, kind)
            return schema.revision(connection)
        except self._driver_error as error:
            if self._is_missing_table(error):
                return None
            raise

    def _retried(self, attempt: Callable[[], Result]) -> Result:
        patience = self._patience()
        while True:
            try:
                return attempt()
            except (SQLAlchemyError, CannotConnect, self._driver_error) as error:
                connecting = isinstance(error, CannotConnect)
                cause = _cause(error)
                pause = patience.pause_after(cause, connecting)
                if pause is None:
                    # SQLAlchemy's own error would show the statement, with the user's program text in it.
                    raise self._explained(cause, connecting) from cause
            time.sleep(pause)

    def _current_engine(self) -> Engine:
        """The engine for the database that is there now, in the process that is running now."""
        with self._lock:
            now = (os.getpid(), self._identity())
            if now != self._opened_as:
                self._forget_engine()
            if self._engine is None:
                self._engine = self._new_engine()
                self._opened_as = now
            return self._engine

    def _forget_engine(self) -> None:
        if self._engine is not None and self._opened_as is not None and self._opened_as[0] != os.getpid():
            _left_behind_by_fork.append(self._engine)
        elif self._engine is not None:
            self._engine.dispose()
        self._engine, self._opened_as = None, None

    def _after_fork(self) -> None:
        """In the child: another thread of the parent may have held the lock, and nobody would ever release it."""
        self._lock = threading.Lock()


def _cause(error: BaseException) -> Exception:
    """The driver's error, or the one in Python that kept the driver from being asked."""
    if isinstance(error, CannotConnect) and error.__cause__ is not None:
        return _cause(error.__cause__)
    original = getattr(error, "orig", None) if isinstance(error, SQLAlchemyError) else None
    found = original if isinstance(original, Exception) else error
    assert isinstance(found, Exception)
    return found


_all: weakref.WeakSet[Connections] = weakref.WeakSet()

#: Engines opened before a fork. Their connections belong to the parent: SQLite forbids even closing them in the child,
#: and PostgreSQL would take it for the parent's wish. They stay referenced so that nothing closes them.
_left_behind_by_fork: list[Engine] = []


def _after_fork() -> None:
    for connections in list(_all):
        connections._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
