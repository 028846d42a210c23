"""Programs on a disk that is full, and without the rights that root has."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_ROOT = Path(__file__).parents[3]

#: Root may write anywhere, whatever the permissions say, because of these (see capabilities(7)). A program that drops
#: them, and then runs another one, has made that one an ordinary user who happens to own root's files.
_DROP = """
import ctypes, os, sys
if os.geteuid() == 0:
    PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
            sys.exit(os.strerror(ctypes.get_errno()))
os.execv(sys.argv[1], sys.argv[1:])
"""

_MOUNT = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"'


def run_without_roots_rights(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run this Python so that permissions of files hold, also for root."""
    return _run([sys.executable, "-c", _DROP, sys.executable, *arguments], folder)


def run_with_small_disk(
    disk: Path, size: int, *arguments: object, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run this Python; for it alone, a disk of its own is mounted at a folder.

    Args:
        disk: The folder.
        size: Of the disk, in bytes.
        *arguments: For Python.
        folder: The working directory.
    """
    return _run([*_unshare(), "sh", "-c", _MOUNT, "sh", size, disk, sys.executable, *arguments], folder)


@functools.cache
def can_mount() -> bool:
    """Whether this machine lets us mount something that only one process sees. Containers often forbid it."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            command = [*_unshare(), "sh", "-c", _MOUNT, "sh", "64k", folder, "true"]
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            return False


def _unshare() -> list[str]:
    return (
        ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    )


def _run(command: list[object], folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
