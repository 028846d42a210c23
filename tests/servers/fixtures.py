"""The servers as fixtures. Each starts when the first test asks for it, and fails that test if it cannot."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from tests.servers.azure import AzureServer, running_azure
from tests.servers.faults import HTTPFaultProxy, TCPFaultProxy
from tests.servers.gcs import GCSServer, running_gcs
from tests.servers.postgresql import PostgreSQLServer, running_postgresql
from tests.servers.remote import RemoteLocation, RemoteServer
from tests.servers.s3 import S3Server, running_moto, running_rclone_s3
from tests.servers.sftp import SFTPServer, running_sftp

REMOTE_SERVERS = ("s3", "rclone_s3", "gcs", "azure", "sftp")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQLServer]:
    """A PostgreSQL server. A test may stop it: whoever asks for a database next starts it again."""
    with running_postgresql() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: PostgreSQLServer) -> Iterator[str]:
    """The URL of an empty database for this test, with its password."""
    url = postgresql_server.new_database()
    yield url
    postgresql_server.drop_database(url)


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """moto: complete, but it believes every credential."""
    with running_moto() as server:
        yield server


@pytest.fixture(scope="session")
def rclone_s3() -> Iterator[S3Server]:
    """rclone: independent of moto and of Amazon's libraries; it refuses wrong credentials."""
    with running_rclone_s3() as server:
        yield server


@pytest.fixture(scope="session")
def gcs() -> Iterator[GCSServer]:
    """fake-gcs-server."""
    with running_gcs() as server:
        yield server


@pytest.fixture(scope="session")
def azure() -> Iterator[AzureServer]:
    """Azurite."""
    with running_azure() as server:
        yield server


@pytest.fixture(scope="session")
def sftp() -> Iterator[SFTPServer]:
    """rclone's SFTP server."""
    with running_sftp() as server:
        yield server


@pytest.fixture(params=REMOTE_SERVERS)
def remote_location(request: pytest.FixtureRequest) -> RemoteLocation:
    """An empty place on each of the servers in turn."""
    server: RemoteServer = request.getfixturevalue(request.param)
    return RemoteLocation(request.param, server.new_location(), server.storage_options, server.environment)


@pytest.fixture
def s3_faults(s3: S3Server) -> Iterator[HTTPFaultProxy]:
    """A proxy before moto that harms requests on demand."""
    with contextlib.closing(HTTPFaultProxy(s3.endpoint_url)) as proxy:
        yield proxy


@pytest.fixture
def postgresql_faults(postgresql_server: PostgreSQLServer) -> Iterator[TCPFaultProxy]:
    """A proxy before the PostgreSQL server that cuts connections on demand."""
    with contextlib.closing(TCPFaultProxy(postgresql_server.port)) as proxy:
        yield proxy
