"""Traced programs for the tests of what users call."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import lineapy
from lineapy.api import store_of_session
from lineapy.session import Session
from lineapy.verify import difference, rerun


def trace(text: str, filename: str = "<script>") -> Session:
    """Run a program traced, in this process, with the test's own store."""
    session = Session(store_of_session())
    try:
        session.run(text, filename)
    finally:
        session.store.db.close()
    return session


def artifacts() -> dict[tuple[str, int], lineapy.LineaArtifact]:
    """All artifacts, by name and version."""
    return {(a.name, a.version): a for a in lineapy.artifact_store().artifacts}


def check_alone(artifact: lineapy.LineaArtifact, folder: Path | None = None) -> Any:
    """The artifact's code, run alone where there is no LineaPy in sight, makes the value. Returns the value."""
    value = artifact.get_value()
    code = artifact.get_code()
    assert "lineapy.save" not in code
    blocked = "import sys; sys.modules['lineapy'] = None\n"
    found = difference(value, rerun(blocked + code, artifact.variable, folder))
    assert found is None, f"{found}\n{code}"
    return value


def run_python(*arguments: object, cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run this Python with the test's home, and capture what it says."""
    options.setdefault("env", os.environ | {"HOME": str(cwd)})
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )


def value_files(folder: Path) -> list[Path]:
    """The files with values in a storage folder: without the note of which database keeps values there."""
    return [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".database-")]


def run_traced(
    text: str, folder: Path, *arguments: object, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Write a script, and run it with the ``lineapy`` command."""
    script = folder / "script.py"
    script.write_text(text, encoding="utf-8")
    return run_python("-m", "lineapy", "python", "script.py", *arguments, cwd=folder, **options)
