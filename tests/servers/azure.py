"""An Azure Blob Storage server: Azurite, from npm."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tests.servers.npm import installed, node
from tests.servers.process import ServerProcess, answers, on_a_free_port, server_folder
from tests.servers.remote import unique

_VERSION = "3.37.0"
_PROGRAM = ("node_modules", "azurite", "dist", "src", "blob", "main.js")

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
        program = installed("azurite", _VERSION, folder).joinpath(*_PROGRAM)

        def start(port: int) -> ServerProcess:
            command = [
                *(
                    node() / "bin" / "node",
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
