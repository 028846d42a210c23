"""No test, and no example in a docstring, may touch the home of whoever runs it."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def linea_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty LineaPy home for each test, for child processes too."""
    home = tmp_path / "lineapy-home"
    monkeypatch.setenv("LINEAPY_HOME_DIR", str(home))
    return home
