"""An SFTP server: rclone's, on a local folder, with a user and a password."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.servers.process import ServerProcess, answers, on_a_free_port, server_folder
from tests.servers.remote import unique
from tests.servers.s3 import rclone, rclone_environment

_USER = "sftp-user"
_PASSWORD = "sftp-password"


class SFTPServer:
    """A server that shows one folder of the local disk."""

    def __init__(self, port: int, root: Path) -> None:
        self.port = port
        #: What it serves; its URL is ``sftp://127.0.0.1:<port>/``. What is changed here without the server, it notices
        #: only minutes later.
        self.root = root
        # SFTP has no variables that its tools agree on.
        self.environment: dict[str, str] = {}

    @property
    def storage_options(self) -> dict[str, object]:
        """User and password; the keys and the known hosts in the user's ``~/.ssh`` are left alone."""
        from fsspec import get_filesystem_class

        options: dict[str, object] = {"username": _USER, "password": _PASSWORD}
        if get_filesystem_class("sftp").__module__.startswith("sshfs"):
            # Where that package is installed, it takes the protocol over from fsspec's own class; its words are asyncssh's.
            return options | {"known_hosts": None, "client_keys": [], "agent_path": None, "config": []}
        return options | {"allow_agent": False, "look_for_keys": False}

    def new_location(self) -> str:
        """An empty folder, as ``sftp://…``; it does not exist yet."""
        return f"sftp://127.0.0.1:{self.port}/{unique('folder')}"


@contextlib.contextmanager
def running_sftp() -> Iterator[SFTPServer]:
    """A server that is stopped and removed at the end."""
    with server_folder("sftp") as folder:
        root = folder / "root"
        root.mkdir()

        def start(port: int) -> ServerProcess:
            command = [
                *(rclone(), "serve", "sftp", "--addr", f"127.0.0.1:{port}"),
                *("--user", _USER, "--pass", _PASSWORD),
                # Without a cache for files: with one, a rename waits for it, or makes the server spin.
                root,
            ]
            return ServerProcess(
                command, lambda: answers(port), folder, environment=rclone_environment(folder)
            )

        port, process = on_a_free_port(start)
        try:
            yield SFTPServer(port, root)
        finally:
            process.stop()
