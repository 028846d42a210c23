"""Each server is what it claims to be, so that a test with it proves what it says."""

from __future__ import annotations

import subprocess
import sys
import uuid
from pathlib import Path

import fsspec
import psycopg
import pytest

from tests.servers.azure import AzureServer
from tests.servers.gcs import GCSServer
from tests.servers.postgresql import PASSWORD, USER, PostgreSQLServer
from tests.servers.process import ServerFailedError, ServerProcess
from tests.servers.remote import RemoteLocation
from tests.servers.s3 import S3Server
from tests.servers.sftp import SFTPServer
from tests.servers.tls import make_certificate


def one(url: str, statement: str) -> object:
    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def test_postgresql_gives_each_test_an_empty_database_of_its_own(
    postgresql_server: PostgreSQLServer, postgresql_url: str
) -> None:
    another = postgresql_server.new_database()
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("CREATE TABLE only_here (x int)")

    count = "SELECT count(*) FROM pg_tables WHERE tablename = 'only_here'"
    assert one(postgresql_url, count) == 1
    assert one(another, count) == 0
    postgresql_server.drop_database(another)


def test_postgresql_refuses_a_wrong_password(postgresql_url: str) -> None:
    assert f"{USER}:{PASSWORD}@" in postgresql_url
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgresql_url.replace(f":{PASSWORD}@", ":guessed@"))
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(postgresql_url.replace(f":{PASSWORD}@", "@"))


def test_the_user_of_postgresql_is_no_administrator(postgresql_url: str) -> None:
    assert one(postgresql_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


@pytest.mark.parametrize("at_once", [False, True])
def test_postgresql_keeps_its_data_and_its_port_over_a_restart(
    postgresql_server: PostgreSQLServer, postgresql_url: str, at_once: bool
) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS x")

    postgresql_server.stop(at_once=at_once)
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(postgresql_url)
    postgresql_server.start()

    assert one(postgresql_url, "SELECT x FROM kept") == 42


def test_a_stopped_postgresql_is_started_for_whoever_asks_next(postgresql_server: PostgreSQLServer) -> None:
    postgresql_server.stop()

    url = postgresql_server.new_database()

    assert one(url, "SELECT 1") == 1
    postgresql_server.drop_database(url)


def test_postgresql_cuts_connections_on_demand(
    postgresql_server: PostgreSQLServer, postgresql_url: str
) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("SELECT 1")

        assert postgresql_server.disconnect_everybody(postgresql_url) == 1

        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_tls_port_proves_who_it_is(
    postgresql_server: PostgreSQLServer, postgresql_url: str, host: str
) -> None:
    url = postgresql_server.tls_url(postgresql_url.rpartition("/")[2], host=host)

    with psycopg.connect(
        f"{url}?sslmode=verify-full&sslrootcert={postgresql_server.root_certificate}"
    ) as connection:
        assert connection.pgconn.ssl_in_use
        # More than one TLS record each way.
        big = "x" * 200_000
        row = connection.execute("SELECT %s", (big,)).fetchone()
        assert row == (big,)


def test_the_tls_port_is_not_believed_by_who_trusts_another_authority(
    postgresql_server: PostgreSQLServer, postgresql_url: str, tmp_path: Path
) -> None:
    stranger, _, _ = make_certificate(tmp_path)
    url = postgresql_server.tls_url(postgresql_url.rpartition("/")[2])

    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        psycopg.connect(f"{url}?sslmode=verify-full&sslrootcert={stranger}")
    assert one(f"{url}?sslmode=require", "SELECT 1") == 1


def test_the_plain_port_speaks_no_tls_and_the_tls_port_nothing_else(
    postgresql_server: PostgreSQLServer, postgresql_url: str
) -> None:
    with pytest.raises(psycopg.OperationalError, match="does not support SSL"):
        psycopg.connect(f"{postgresql_url}?sslmode=require")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"{postgresql_server.tls_url(postgresql_url.rpartition('/')[2])}?sslmode=disable")


def test_a_remote_location_takes_objects_and_gives_them_back(remote_location: RemoteLocation) -> None:
    files, root = fsspec.core.url_to_fs(remote_location.location, **remote_location.storage_options)
    content = uuid.uuid4().bytes * 100_000  # 1.6 MB
    files.makedirs(f"{root}/folder", exist_ok=True)

    files.pipe_file(f"{root}/folder/value", content)

    assert files.cat_file(f"{root}/folder/value") == content
    assert files.info(f"{root}/folder/value")["size"] == len(content)
    assert [path.rpartition("/")[2] for path in files.find(root)] == ["value"]
    files.rm_file(f"{root}/folder/value")
    assert not files.exists(f"{root}/folder/value")


def test_a_remote_location_takes_a_file_of_several_parts(
    remote_location: RemoteLocation, tmp_path: Path
) -> None:
    files, root = fsspec.core.url_to_fs(remote_location.location, **remote_location.storage_options)
    local = tmp_path / "large"
    local.write_bytes(uuid.uuid4().bytes * (1 << 20))  # 16 MB
    files.makedirs(root, exist_ok=True)

    files.put_file(str(local), f"{root}/large")
    files.get_file(f"{root}/large", str(tmp_path / "back"))

    assert (tmp_path / "back").read_bytes() == local.read_bytes()


def test_two_locations_are_different_and_empty(
    remote_location: RemoteLocation, request: pytest.FixtureRequest
) -> None:
    another = request.getfixturevalue(remote_location.server).new_location()
    files, root = fsspec.core.url_to_fs(another, **remote_location.storage_options)

    assert another != remote_location.location
    assert not files.exists(root) or files.find(root) == []


@pytest.mark.parametrize("server", ["s3", "rclone_s3"])
def test_s3_is_found_by_the_environment_or_by_a_profile(
    request: pytest.FixtureRequest, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3: S3Server = request.getfixturevalue(server)
    location = s3.new_location()
    with monkeypatch.context() as environment:
        for name, value in s3.environment.items():
            environment.setenv(name, value)
        fsspec.filesystem("s3", skip_instance_cache=True).pipe_file(f"{location}/one", b"1")
    with monkeypatch.context() as environment:
        for name, value in s3.profile_environment(tmp_path, "work").items():
            environment.setenv(name, value)

        files = fsspec.filesystem("s3", profile="work", skip_instance_cache=True)

        assert files.cat_file(f"{location}/one") == b"1"
    assert s3.keys(location) == ["one"]


def test_rclone_refuses_a_wrong_secret(rclone_s3: S3Server) -> None:
    location = rclone_s3.new_location()
    wrong = {**rclone_s3.storage_options, "secret": "guessed"}

    with pytest.raises(PermissionError):
        fsspec.filesystem("s3", **wrong).pipe_file(f"{location}/one", b"1")

    assert rclone_s3.keys(location) == []


def test_sftp_refuses_a_wrong_password(sftp: SFTPServer) -> None:
    wrong = {**sftp.storage_options, "password": "guessed"}
    with pytest.raises(Exception, match=r"(?i)authentication failed|permission denied"):
        fsspec.filesystem("sftp", host="127.0.0.1", port=sftp.port, **wrong)


def test_azure_refuses_a_wrong_key(azure: AzureServer) -> None:
    from azure.core.exceptions import HttpResponseError
    from azure.storage.blob import BlobServiceClient

    wrong = azure.connection_string.replace("AccountKey=Eby8", "AccountKey=Fby8")

    with (
        BlobServiceClient.from_connection_string(wrong) as client,
        pytest.raises(HttpResponseError, match="failed to authenticate"),
    ):
        client.create_container("mine")


def test_gcs_is_found_by_the_variable_of_the_emulator(
    gcs: GCSServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = gcs.new_location()
    for name, value in gcs.environment.items():
        monkeypatch.setenv(name, value)

    files = fsspec.filesystem("gs", token="anon", skip_instance_cache=True)
    files.pipe_file(f"{location}/one", b"1")

    assert files.cat_file(f"{location}/one") == b"1"


def test_a_server_that_does_not_start_fails_with_what_it_wrote(tmp_path: Path) -> None:
    with pytest.raises(ServerFailedError, match=r"exit code 3 .*(?s:.)*no disk today"):
        ServerProcess(
            [sys.executable, "-c", "import sys; print('no disk today'); sys.exit(3)"],
            lambda: False,
            tmp_path,
        )


def test_servers_end_when_the_tests_are_killed(tmp_path: Path) -> None:
    program = f"""
import pathlib, sys, os, signal
from tests.servers.process import ServerProcess
server = ServerProcess([sys.executable, "-c", "import time; time.sleep(600)"], lambda: True, pathlib.Path({str(tmp_path)!r}))
print(server._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )

    assert not _is_running(int(done.stdout))


def _is_running(pid: int) -> bool:
    # Its new parent may not have taken note of its end yet.
    import time

    for _ in range(500):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        if state == "Z":
            return False
        time.sleep(0.01)
    return True
