"""A server as a child process: it is ready when it answers, and it ends when the tests do."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

#: How long a server may take until it answers. Generous: on a busy machine, everything is slow.
_SECONDS_TO_START = 120.0

#: Becomes another user if asked to (PostgreSQL refuses root), arranges to be killed should the tests be killed, and then
#: becomes the server. A program of its own, because Python warns of code between fork and exec in a threaded process.
_LAUNCH = """
import ctypes, os, signal, sys
if sys.argv[1]:
    import pwd
    user = pwd.getpwnam(sys.argv[1])
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
if sys.platform == "linux":
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(sys.argv[2]):
        sys.exit("killed before it began")
os.execv(sys.argv[3], sys.argv[3:])
"""


class ServerFailedError(Exception):
    """A server did not start. The message has what it wrote."""


class PortTakenError(ServerFailedError):
    """Another process took the free port before the server could."""


@contextlib.contextmanager
def server_folder(name: str) -> Iterator[Path]:
    """A folder with a short path (sockets need one) that other users may enter; it is removed at the end."""
    short = "/tmp" if os.access("/tmp", os.W_OK | os.X_OK) else None
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=short))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listened a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def on_a_free_port(start: Callable[[int], ServerProcess]) -> tuple[int, ServerProcess]:
    """Start a server that has to be told its port; another port if somebody was quicker."""
    for attempt in range(5):
        port = free_port()
        try:
            return port, start(port)
        except PortTakenError:
            if attempt == 4:
                raise
    raise AssertionError("not reached")


def answers(port: int) -> bool:
    """Whether somebody accepts connections on this port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


class ServerProcess:
    """A running server. Constructing it starts it and waits until it is ready.

    Args:
        command: Program, as an absolute path, and its arguments.
        is_ready: Asked again and again until it says yes.
        folder: Where its output goes, into ``output.txt``; also its current folder and its home.
        environment: Variables in addition to a few harmless ones of ours: a server sees no configuration of the user's.
        user: Whom to run it as, if not as ourselves.

    Raises:
        ServerFailedError: It ended, or did not become ready.
    """

    def __init__(
        self,
        command: Sequence[object],
        is_ready: Callable[[], bool],
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        user: str = "",
    ) -> None:
        self._name = Path(str(command[0])).name
        self._output = folder / "output.txt"
        inherited = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _LAUNCH, user, str(os.getpid()), *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={**inherited, "HOME": str(folder), **(environment or {})},
            )
        try:
            self._wait_until(is_ready)
        except BaseException:
            self.stop(signal.SIGKILL)
            raise

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def output(self) -> str:
        """What it has written so far."""
        return self._output.read_text(errors="replace")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, gently at first; it has ended when this returns."""
        if self.is_running:
            self._process.send_signal(how)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_until(self, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _SECONDS_TO_START
        while True:
            # In this order: another process may answer on a port that ours could not have.
            ready = is_ready()
            if not self.is_running:
                raise self._failure(f"ended with exit code {self._process.returncode} instead of starting")
            if ready:
                return
            if time.monotonic() > deadline:
                raise self._failure(f"was not ready after {_SECONDS_TO_START:.0f} seconds")
            time.sleep(0.02)

    def _failure(self, what: str) -> ServerFailedError:
        output = self.output[-4000:]
        is_taken = "address already in use" in output.lower() or "EADDRINUSE" in output
        kind = PortTakenError if is_taken else ServerFailedError
        return kind(f"{self._name} {what}. It wrote:\n{output or '(nothing)'}")
