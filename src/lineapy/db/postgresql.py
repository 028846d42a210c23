"""Transactions on a PostgreSQL database that many people share.

Connections break: a server is restarted, a network goes away, an administrator ends a session. A transaction whose
connection broke is run once more on a fresh one, also when it broke in the midst of COMMIT and nobody knows how that
ended; what runs in transactions is made for that.
"""

from __future__ import annotations

import importlib
import os
import random
import re
import time
from contextlib import suppress
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, insert
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from lineapy.db import schema, tables
from lineapy.db.connections import Connections, Kind, UndoError
from lineapy.errors import (
    ConfigurationError,
    DatabaseUnreachableError,
    MissingExtraError,
    SchemaTooOldError,
    StoreError,
)
from lineapy.masking import MASK, masked_url

#: How long to wait for a server to answer; ``?connect_timeout=`` in the URL or ``PGCONNECT_TIMEOUT`` changes it.
CONNECT_TIMEOUT_SECONDS = 10

#: How many connections stay open, and how many there may be when many threads save at once.
KEPT_CONNECTIONS, MOST_CONNECTIONS = 2, 10

#: How long to wait for another transaction; ``?options=-c lock_timeout=…`` changes it.
LOCK_TIMEOUT_SECONDS = 30

#: Parameters of libpq that are set unless the URL sets them. Without keepalives, a connection whose other end was
#: unplugged is waited for for hours.
_DEFAULTS: dict[str, str | int] = {
    "fallback_application_name": "lineapy",
    "client_encoding": "utf8",
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}

#: The first of the two numbers of our advisory locks: "Line" in ASCII. The second one is the table's id or the schema's
#: hash, so that two stores in one database do not wait for each other.
_LOCK = 0x4C696E65

# In one message, as they have no parameters. Savers share the lock on the store; gc and upgrades have it alone. The
# timeouts are for this transaction, and leave alone what an administrator or the URL has set.
_TIMEOUTS = " ".join(
    f"SELECT set_config('{name}', '{LOCK_TIMEOUT_SECONDS}s', true) WHERE current_setting('{name}', true) = '0';"
    for name in ("lock_timeout", "idle_in_transaction_session_timeout")
)
_BEGIN = {
    Kind.WRITE: f"{_TIMEOUTS} SELECT pg_advisory_xact_lock_shared({_LOCK}, 'lineapy_artifact'::regclass::oid::int4)",
    Kind.ALONE: f"{_TIMEOUTS} SELECT pg_advisory_xact_lock({_LOCK}, 'lineapy_artifact'::regclass::oid::int4)",
    Kind.CREATE: f"{_TIMEOUTS} SELECT pg_advisory_xact_lock({_LOCK}, hashtext(coalesce(current_schema()::text, '')))",
}

#: Tried in this order; the names are those of SQLAlchemy and of the packages.
_DRIVERS = ("psycopg", "psycopg2")

# Codes of errors, https://www.postgresql.org/docs/current/errcodes-appendix.html
_MISSING_TABLE = "42P01"
_DROPPED = {"25P03", "57P01", "57P02", "57P03", "57P05"}
#: Deadlock, serialization failure, and a row that another transaction has added at the same moment.
_IN_EACH_OTHERS_WAY = {"40P01", "40001", "23505"}
_TIMES_IN_THE_WAY = 20


class PostgreSQLConnections(Connections):
    """Runs reading and writing transactions on a PostgreSQL database. Constructing it touches nothing.

    Writing transactions run side by side, except those that run alone.

    Args:
        url: ``postgresql://<user>:<password>@<host>:<port>/<database>``; all parameters go to libpq.

    Raises:
        ConfigurationError: The URL has a parameter that libpq does not know, or names a driver that is not used here.
        MissingExtraError: There is no driver.
    """

    def __init__(self, url: URL) -> None:
        self._driver, drivername = _driver(url)
        self._masked = masked_url(url.render_as_string(hide_password=False))
        self._password = url.password
        self._was_connected = False
        super().__init__(url.set(drivername=drivername))
        self._check_parameters()

    def connect(self) -> None:
        """Make a connection, and keep it for later use.

        Raises:
            DatabaseUnreachableError: The server does not answer, or does not let us in.
            ConfigurationError: A parameter of the URL has a wrong value.
        """

        def attempt() -> None:
            with self._connection():
                pass

        self._retried(attempt)

    def probe(self) -> None:
        """Open a connection and a writing transaction, and leave everything as it was.

        Raises:
            DatabaseUnreachableError: The server does not answer, or does not let us in.
            StoreError: Artifacts cannot be saved here; the message says why.
        """

        def attempt() -> None:
            with self._transaction(Kind.WRITE) as (connection, found):
                if found is not None:
                    self._check_is_new(found)
                    # Nothing but writing tells whether it is allowed.
                    connection.execute(
                        insert(tables.removal), {"location": "", "key": "", "since": datetime.now(UTC)}
                    )
                    raise UndoError
            with self._transaction(Kind.CREATE) as (connection, _found):
                connection.exec_driver_sql("CREATE TABLE lineapy_probe (x integer)")
                raise UndoError

        with suppress(UndoError):
            self._retried(attempt)

    def _check_parameters(self) -> None:
        """Ask the driver, which asks libpq; nothing is connected."""
        try:
            _, parameters = self._new_engine().dialect.create_connect_args(self._url)
            if self._driver.__name__ == "psycopg":
                parameters.pop("context", None)  # SQLAlchemy's, for psycopg itself
                self._driver.conninfo.make_conninfo("", **parameters)
            else:
                self._driver.extensions.make_dsn(**parameters)
        except (self._driver.Error, ArgumentError, TypeError) as error:
            raise ConfigurationError(
                f"The database URL {self._masked} cannot be used: {self.reason(error)}. Its parameters are those of "
                "libpq, https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS"
            ) from None

    def _new_engine(self) -> Engine:
        defaults = dict(_DEFAULTS)
        if "PGCONNECT_TIMEOUT" not in os.environ:
            defaults["connect_timeout"] = CONNECT_TIMEOUT_SECONDS
        arguments: dict[str, Any] = {
            name: value for name, value in defaults.items() if name not in self._url.query
        }
        if self._driver.__name__ == "psycopg":
            # Statements prepared on the server do not survive a pooler such as PgBouncer.
            arguments["prepare_threshold"] = None
        return create_engine(
            self._url,
            connect_args=arguments,
            isolation_level="READ COMMITTED",  # also where an administrator has set another default
            pool_size=KEPT_CONNECTIONS,
            max_overflow=MOST_CONNECTIONS - KEPT_CONNECTIONS,
            pool_use_lifo=True,
            hide_parameters=True,  # they are the user's program, and no part of messages or tracebacks
        )

    def _options(self, kind: Kind) -> dict[str, Any]:
        # Not also read-only: SQLAlchemy takes that back by READ WRITE, also where an administrator forbids writing.
        return {"isolation_level": "REPEATABLE READ"} if kind is Kind.READ else {}

    def _connection(self) -> Connection:
        connection = super()._connection()
        self._was_connected = True
        return connection

    def _opened(self, connection: Connection, kind: Kind) -> str | None:
        if kind is not Kind.CREATE:
            return super()._opened(connection, kind)
        self._begin(connection, kind)
        # Asking a table that does not exist would end the transaction.
        there = connection.exec_driver_sql(
            f"SELECT to_regclass('{schema.VERSION_TABLE}') IS NOT NULL"
        ).scalar()
        return schema.revision(connection) if there else None

    def _begin(self, connection: Connection, kind: Kind) -> None:
        if kind in _BEGIN:
            connection.connection.cursor().execute(_BEGIN[kind])

    def _bring_up_to_date(self) -> None:
        with self._transaction(Kind.CREATE) as (connection, found):
            if found is None:
                schema.create(connection)
            else:
                self._check_is_new(found)

    def _check_is_new(self, found: str) -> None:
        if found != schema.HEAD:
            raise SchemaTooOldError(
                f"The database {self._masked} has schema {found}, and this LineaPy needs {schema.HEAD}. Others may be "
                "using it with the LineaPy they have, so it is not upgraded without being asked. When all have updated "
                "LineaPy, run: lineapy db upgrade"
            )

    # -- failures

    def _patience(self) -> _Patience:
        return _Patience(self)

    @property
    def _driver_error(self) -> type[Exception]:
        error: type[Exception] = self._driver.Error
        return error

    def _is_missing_table(self, error: Exception) -> bool:
        return _code(error) == _MISSING_TABLE

    def _is_dropped(self, error: Exception) -> bool:
        """Whether the connection is gone, and the transaction with it."""
        code = _code(error)
        if code is not None:
            return code in _DROPPED or code.startswith("08")
        # The driver says so without the server. Its other errors without a code are about parameters.
        driver = self._driver
        return (
            isinstance(error, (driver.OperationalError, driver.InterfaceError))
            or type(error) is driver.DatabaseError
        )

    def is_coming_back(self, error: Exception) -> bool:
        """Whether a server that cannot be connected to is likely to be restarting."""
        reason = str(error)
        if re.search(r"(?i)starting up|shutting down|not yet accepting|in recovery mode", reason):
            return True
        gone = r"(?i)refused|no such file|reset by peer|closed the connection|terminating connection"
        return self._was_connected and re.search(gone, reason) is not None

    @property
    def connect_timeout(self) -> float:
        """How long to wait for a server to answer, in seconds."""
        given = self._url.query.get("connect_timeout", os.environ.get("PGCONNECT_TIMEOUT"))
        try:
            return float(given) if isinstance(given, str) else CONNECT_TIMEOUT_SECONDS
        except ValueError:
            return CONNECT_TIMEOUT_SECONDS

    def _explained(self, error: Exception, connecting: bool) -> StoreError:
        reason = self.reason(error)
        if isinstance(error, PoolTimeoutError):
            return StoreError(
                f"The database {self._masked} cannot be used: {MOST_CONNECTIONS} threads of this "
                "program are using it already, and none came to an end. Save from fewer threads."
            )
        if connecting:
            return self._cannot_connect(reason)
        if self._is_dropped(error):
            return DatabaseUnreachableError(
                f"The connection to the database {self._masked} broke, twice in a row: {reason}. Whether the last "
                "step was stored is not known; nothing is stored in part. Try again when the server is well."
            )
        return StoreError(f"The database {self._masked} cannot be used: {reason}. {_advice(_code(error))}")

    def _cannot_connect(self, reason: str) -> StoreError:
        usual = "Check LINEAPY_DATABASE_URL, and try it with: psql <the URL>."
        found = (pattern for pattern in _CONNECTING if re.search(pattern, reason, re.IGNORECASE))
        advice = _CONNECTING.get(next(found, ""), usual)
        if advice is _WRONG_PARAMETER:
            raise ConfigurationError(f"The database URL {self._masked} cannot be used: {reason}. {advice}")
        return DatabaseUnreachableError(f"The database {self._masked} cannot be reached: {reason}. {advice}")

    def reason(self, error: BaseException) -> str:
        """What the driver says, on one line, without the hints that libpq indents, and without the password."""
        lines = [line.strip() for line in str(error).splitlines() if not line.startswith("\t")]
        reason = " ".join(line for line in lines if line).rstrip(".")
        if self._password:
            reason = reason.replace(str(self._password), MASK)
        return reason


class _Patience:
    """Once more after a connection broke; for a while when a server restarts, or others are in the way."""

    def __init__(self, connections: PostgreSQLConnections) -> None:
        self._connections = connections
        self._has_broken = False
        self._in_the_way = 0
        self._deadline: float | None = None

    def pause_after(self, error: Exception, connecting: bool) -> float | None:
        """How many seconds to wait before the next attempt; `None` to give up."""
        if isinstance(error, PoolTimeoutError):
            return None
        if connecting:
            now = time.monotonic()
            if self._deadline is None:
                self._deadline = now + self._connections.connect_timeout
            return 0.1 if now < self._deadline and self._connections.is_coming_back(error) else None
        if self._connections._is_dropped(error):
            again, self._has_broken = not self._has_broken, True
            return 0 if again else None
        if _code(error) in _IN_EACH_OTHERS_WAY and self._in_the_way < _TIMES_IN_THE_WAY:
            self._in_the_way += 1
            return random.uniform(0, 0.02 * self._in_the_way)  # noqa: S311  # jitter, not a secret
        return None


_WRONG_PARAMETER = "Its parameters are those of libpq, https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS"

#: What servers and libpq say when there is no connection (they give no codes then), and what to do about it.
_CONNECTING = {
    r"invalid .*(value|option)|invalid integer": _WRONG_PARAMETER,
    r"connection refused|no such file": "Start the server, or check host and port in LINEAPY_DATABASE_URL.",
    r"password authentication failed|no password supplied": "Check user and password in LINEAPY_DATABASE_URL.",
    r"not permitted to log in": "Ask the administrator for:  ALTER ROLE <user> LOGIN",
    r"role .* does not exist": "Check the user in LINEAPY_DATABASE_URL, or ask the administrator for one.",
    r"database .* does not exist": (
        "Check the database's name in LINEAPY_DATABASE_URL, or ask the administrator for:  CREATE DATABASE <name>"
    ),
    r"too many": "Close programs that use the server, or ask the administrator to raise its max_connections.",
    r"translate host name|not known|resolve": "Check the host in LINEAPY_DATABASE_URL, and the network.",
    r"time.?out|unreachable|no route": (
        "Check host and port in LINEAPY_DATABASE_URL, and whether the network lets you through; "
        "?connect_timeout=<seconds> waits longer."
    ),
    r"pg_hba": "The server does not let this user in from here; ask the administrator for a line in pg_hba.conf.",
    r"ssl|tls|certificate": "Check sslmode, sslrootcert and the like in LINEAPY_DATABASE_URL against the server's.",
    r"starting up|shutting down|recovery mode|not yet accepting": "The server is restarting. Try again in a moment.",
}

#: By code, or the first two characters of one.
_ADVICE = {
    "25006": "It is read-only: a standby, or set so by the administrator. Use the URL of the primary server.",
    "3F000": (
        "The schema named by search_path does not exist. Create it, or change ?options=-csearch_path=… in "
        "LINEAPY_DATABASE_URL."
    ),
    "42501": (
        "The user lacks a right. Ask the administrator for:  GRANT USAGE, CREATE ON SCHEMA public TO <user>  and, if "
        "somebody else's LineaPy created the tables:  GRANT ALL ON ALL TABLES IN SCHEMA public TO <user>; "
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO <user>"
    ),
    "53100": "The server's disk is full. Have space freed there, and save again. Nothing of this step was kept.",
    "53": (
        "The server has run out of something. Try again later, or tell its administrator. Nothing of this step was "
        "kept."
    ),
    "54000": (
        "PostgreSQL keeps names in an index, which takes about 2,600 bytes. Choose a shorter name. Nothing of this "
        "step was kept."
    ),
    "55P03": (
        "Another transaction has been in the way for as long as lock_timeout says. Look for one that was left open, "
        "and try again. Nothing of this step was kept."
    ),
    "57014": (
        "The statement took longer than statement_timeout allows, or was cancelled by somebody. Try again; if it "
        "happens again, raise statement_timeout. Nothing of this step was kept."
    ),
    "22P05": "The database's encoding lacks the character. Use a database with encoding UTF8.",
    "22021": "The database's encoding lacks the character. Use a database with encoding UTF8.",
}


def _advice(code: str | None) -> str:
    code = code or ""
    return _ADVICE.get(code) or _ADVICE.get(code[:2]) or "Nothing of this step was kept."


def _code(error: Exception) -> str | None:
    """The SQLSTATE; `None` if the error did not come from the server."""
    return getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)


def _driver(url: URL) -> tuple[ModuleType, str]:
    """The driver to use, and the name of SQLAlchemy's dialect for it."""
    _, _, asked = url.drivername.partition("+")
    if asked and asked not in _DRIVERS:
        raise ConfigurationError(
            f"The database URL begins with {url.drivername}://, but LineaPy talks to PostgreSQL through psycopg. Write "
            "postgresql:// instead."
        )
    why: ImportError | None = None
    for name in sorted(_DRIVERS, key=lambda name: name != asked):
        try:
            return importlib.import_module(name), f"postgresql+{name}"
        except ImportError as error:
            if why is None or not isinstance(error, ModuleNotFoundError):
                why = error
    raise MissingExtraError(
        f"The database URL begins with postgresql://, but there is no driver for PostgreSQL here ({why}). Install it "
        "with: pip install 'lineapy[postgres]'"
    )
