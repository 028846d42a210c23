"""Virtual environments with the frameworks: made by the tests that need them, once, beside that of the tests."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_NEEDED_BY_PIPELINES = [
    "cloudpickle>=2.2.1,<4",
    "fsspec>=2024.2",
    "s3fs>=2024.2",
    "jsonschema>=4",
    "pyyaml>=6",
]
#: What lives together; ranges, as the frameworks publish often, and pin what they need.
ENVIRONMENTS: Mapping[str, list[str]] = {
    "airflow-3": ["apache-airflow>=3.3,<3.4", *_NEEDED_BY_PIPELINES],
    "airflow-2": ["apache-airflow>=2.11,<3", *_NEEDED_BY_PIPELINES],
    "others": ["dvc>=3.60,<4", "kfp>=2.17,<2.18", "hera>=7,<8", "ray>=2.50,<3", "pip", *_NEEDED_BY_PIPELINES],
    "flows": [
        "prefect>=3.4,<3.9",
        "fastapi<0.151",
        "dagster>=1.9,<2",
        "dagster-webserver>=1.9,<2",
        *_NEEDED_BY_PIPELINES,
    ],
}
#: The same in all, so that values that one pickled are those that another reads.
_SHARED = ("numpy", "pandas", "scikit-learn")


@cache
def python_of(name: str) -> str:
    """The interpreter of an environment, which is made if it is not there.

    Args:
        name: One of `ENVIRONMENTS`.
    """
    wanted = [*ENVIRONMENTS[name], "pyarrow>=14", *(f"{one}=={metadata.version(one)}" for one in _SHARED)]
    digest = hashlib.sha256("\n".join([*wanted, sys.version]).encode()).hexdigest()[:12]
    folder = Path(sys.prefix) / "orchestrators" / f"{name}-{digest}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    python, ready = folder / "bin" / "python", folder / "ready"
    with open(folder.parent / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            for other in folder.parent.glob(f"{name}-*/"):
                shutil.rmtree(other)
            uv = [sys.executable, "-m", "uv"]
            _run([*uv, "venv", "-q", "--python", sys.executable, str(folder)])
            _run([*uv, "pip", "install", "-q", "--python", str(python), *wanted])
            if name != "airflow-2":  # which needs a SQLAlchemy that LineaPy cannot do with
                _run([*uv, "pip", "install", "-q", "--python", str(python), "-e", f"{_ROOT}[arrow]"])
            ready.touch()
    return str(python)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def environment_of(name: str, home: Path, **settings: str) -> dict[str, str]:
    """The environment variables for a framework: nothing of whoever runs the tests.

    Args:
        name: One of `ENVIRONMENTS`.
        home: A home folder for it.
        settings: Further variables.
    """
    home.mkdir(parents=True, exist_ok=True)
    python = Path(python_of(name))
    kept = {
        key: value for key, value in os.environ.items() if key in ("LANG", "LC_ALL", "SSL_CERT_FILE", "TZ")
    }
    return {**kept, "HOME": str(home), "PATH": f"{python.parent}:/usr/local/bin:/usr/bin:/bin", **settings}
