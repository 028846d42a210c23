"""No test, and no example in a docstring, may touch the home of whoever runs it, nor its accounts elsewhere."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lineapy.tracing import budget

pytest_plugins = ["tests.servers.fixtures"]

#: How much is to be tested, and where PostgreSQL is.
_SETTINGS_OF_TESTS = ("LINEAPY_KILLS", "LINEAPY_PROPERTY_", "LINEAPY_TEST_", "PG_BIN")

# Credentials and options of whoever runs the tests; a test that wants some brings those of its own server.
for _name in list(os.environ):
    if _name.startswith(("AWS_", "AZURE_", "GCSFS_", "GOOGLE_", "LINEAPY_", "PG")):
        if not _name.startswith(_SETTINGS_OF_TESTS):
            del os.environ[_name]
os.environ.update(
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_EC2_METADATA_DISABLED="true",  # or each client without credentials asks 169.254.169.254 for them
    GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT="false",  # or each call of gcsfs asks Google first, and waits a minute
)


# The configuration file of whoever runs the tests may name a team's database. Only then, because much is cached there.
if (Path.home() / "lineapy_config.json").exists():
    os.environ["HOME"] = tempfile.mkdtemp(prefix="lineapy-tests-home-")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--no-knowledge`` and ``--in-notebook``, see `tests.notation`."""
    parser.addoption(
        "--no-knowledge",
        action="store_true",
        help="Run the slicing tables only, with a tracer that knows nothing of what library calls do.",
    )
    parser.addoption(
        "--in-notebook",
        action="store_true",
        help="Run the slicing tables only, with a tracer that is loaded into IPython, which runs the cells.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Tell the interpreters that tests start."""
    if config.getoption("--no-knowledge"):
        os.environ["LINEAPY_TEST_KNOWLEDGE"] = "off"
    if config.getoption("--in-notebook"):
        os.environ["LINEAPY_TEST_NOTEBOOK"] = "on"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without knowledge and in a notebook, only the tables of cases are of interest."""
    if config.getoption("--no-knowledge") or config.getoption("--in-notebook"):
        items[:] = [item for item in items if "case" in getattr(item, "fixturenames", ())]


@pytest.fixture(autouse=True)
def linea_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty LineaPy home for each test, for child processes too."""
    home = tmp_path / "lineapy-home"
    monkeypatch.setenv("LINEAPY_HOME_DIR", str(home))
    return home


@pytest.fixture(autouse=True)
def _no_clock_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine, too, values are looked at however long it takes; else slices would grow there."""
    monkeypatch.setattr(budget, "FREE", 60.0)
    monkeypatch.setattr(budget, "FREE_WALKING", 60.0)


@pytest.fixture(autouse=True)
def _fresh_file_systems() -> Iterator[None]:
    """Fsspec keeps a file system per set of options, but what its options leave out comes from the environment."""
    yield
    if "fsspec" in sys.modules:
        from fsspec import AbstractFileSystem

        kinds = [AbstractFileSystem]
        for kind in kinds:
            kinds.extend(kind.__subclasses__())
            kind.clear_instance_cache()
