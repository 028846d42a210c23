"""A store of its own for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from lineapy.db.db import RelationalLineaDB
from lineapy.storage.values import ValueStore


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store/db.sqlite"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A database of each kind that does not hold anything yet."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def db(url: str) -> Iterator[RelationalLineaDB]:
    yield from _closed_at_the_end(url)


@pytest.fixture
def sqlite_db(sqlite_url: str) -> Iterator[RelationalLineaDB]:
    yield from _closed_at_the_end(sqlite_url)


@pytest.fixture
def postgresql_db(postgresql_url: str) -> Iterator[RelationalLineaDB]:
    yield from _closed_at_the_end(postgresql_url)


def _closed_at_the_end(url: str) -> Iterator[RelationalLineaDB]:
    db = RelationalLineaDB(url)
    yield db
    db.close()


@pytest.fixture(params=["local", "memory"])
def values(request: pytest.FixtureRequest, tmp_path: Path) -> ValueStore:
    """A value store on the local disk, and one on a remote file system's stand-in."""
    if request.param == "local":
        return ValueStore(str(tmp_path / "values"))
    return ValueStore(f"memory://{uuid.uuid4().hex}/values")


@pytest.fixture
def local_values(tmp_path: Path) -> ValueStore:
    return ValueStore(str(tmp_path / "values"))
