"""The proxies do the harm that they say, and none otherwise."""

from __future__ import annotations

import contextlib
from typing import Any

import fsspec
import psycopg
import pytest

from tests.servers.faults import CutUpload, Hang, HTTPFaultProxy, LoseAnswer, Refuse, TCPFaultProxy
from tests.servers.s3 import S3Server


def files_of(s3: S3Server, proxy: HTTPFaultProxy) -> Any:
    """Of clients that wait a second, and do not try again."""
    config = {"read_timeout": 1, "retries": {"max_attempts": 0}}
    options = {**s3.storage_options, "endpoint_url": proxy.endpoint_url, "config_kwargs": config}
    files = fsspec.filesystem("s3", skip_instance_cache=True, **options)
    files.retries = 1
    return files


def test_without_a_fault_everything_passes(s3: S3Server, s3_faults: HTTPFaultProxy) -> None:
    location, content = s3.new_location(), bytes(range(256)) * 80_000  # 20 MB
    files = files_of(s3, s3_faults)

    files.pipe_file(f"{location}/large", content, chunksize=6 << 20)
    files.pipe_file(f"{location}/small", b"1")

    assert files.cat_file(f"{location}/large") == content
    assert files.info(f"{location}/small")["size"] == 1
    assert s3.keys(location) == ["large", "small"]
    files.rm_file(f"{location}/small")
    assert s3.keys(location) == ["large"]
    assert s3_faults.harmed == []


@pytest.mark.parametrize(
    "fault", [Refuse(500, "InternalError"), Refuse(503, "SlowDown"), Hang(), CutUpload(1 << 20)]
)
def test_a_harmed_upload_fails_and_leaves_nothing(
    s3: S3Server, s3_faults: HTTPFaultProxy, fault: Refuse | Hang | CutUpload
) -> None:
    location = s3.new_location()
    files = files_of(s3, s3_faults)
    s3_faults.inject(fault)

    with pytest.raises(Exception):  # noqa: B017  # which one is up to s3fs
        files.pipe_file(f"{location}/value", b"x" * (3 << 20))

    assert s3_faults.harmed
    assert s3.keys(location) == []
    s3_faults.heal()
    files.pipe_file(f"{location}/value", b"x")
    assert s3.keys(location) == ["value"]


def test_when_the_answer_is_lost_the_object_is_there(s3: S3Server, s3_faults: HTTPFaultProxy) -> None:
    location = s3.new_location()
    s3_faults.inject(LoseAnswer())

    with pytest.raises(Exception):  # noqa: B017
        files_of(s3, s3_faults).pipe_file(f"{location}/value", b"x")

    assert s3.keys(location) == ["value"]


def test_a_fault_passes_after_as_many_requests_as_was_said(s3: S3Server, s3_faults: HTTPFaultProxy) -> None:
    location = s3.new_location()
    s3_faults.inject(Refuse(503, "SlowDown"), times=1)
    files = files_of(s3, s3_faults)

    with pytest.raises(Exception):  # noqa: B017
        files.pipe_file(f"{location}/value", b"x")
    files.pipe_file(f"{location}/value", b"x")

    assert len(s3_faults.harmed) == 1


@pytest.fixture
def url(postgresql_url: str, postgresql_faults: TCPFaultProxy) -> str:
    head, _, database = postgresql_url.rpartition("/")
    return f"{head.rpartition(':')[0]}:{postgresql_faults.port}/{database}"


def count(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM t").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("delivered", [False, True])
def test_a_connection_cut_at_commit(
    url: str, postgresql_url: str, postgresql_faults: TCPFaultProxy, delivered: bool
) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE t (x int)")
    postgresql_faults.cut_at(b"COMMIT\0", delivered=delivered)

    with contextlib.closing(psycopg.connect(url)) as connection:
        connection.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(psycopg.OperationalError):
            connection.commit()

    assert count(postgresql_url) == (1 if delivered else 0)
    assert postgresql_faults.cuts == 1
    assert count(url) == count(postgresql_url)  # the fault is over


def test_connections_are_cut_and_refused(url: str, postgresql_faults: TCPFaultProxy) -> None:
    with contextlib.closing(psycopg.connect(url)) as connection:
        postgresql_faults.refuse()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)

    postgresql_faults.heal()

    psycopg.connect(url).close()
