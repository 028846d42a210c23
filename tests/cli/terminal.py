"""A command at a terminal, as somebody sees it who sits in front of one."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path


def at_a_terminal(folder: Path, *arguments: object, typed: str = "", **environ: str) -> tuple[int, str]:
    """Run ``lineapy`` on a pseudo-terminal, and type at once what it will ask for.

    Args:
        folder: Where.
        *arguments: The command line.
        typed: What is typed.
        **environ: Variables of the environment.

    Returns:
        The exit status, and what was on the screen.
    """
    controller, terminal = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(
        [sys.executable, "-m", "lineapy", *map(str, arguments)],
        cwd=folder,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment | {"HOME": str(folder), "TERM": "xterm-256color", "COLUMNS": "120"} | environ,
    )
    os.close(terminal)
    if typed:
        os.write(controller, typed.encode())
    screen, end = b"", time.monotonic() + 120
    try:
        while time.monotonic() < end:
            ready, _, _ = select.select([controller], [], [], 1)
            if ready:
                try:
                    read = os.read(controller, 65536)
                except OSError:  # how Linux says that nobody has the terminal open any more
                    break
                if not read:
                    break
                screen += read
    finally:
        process.kill() if time.monotonic() >= end else None
        os.close(controller)
    return process.wait(), screen.decode().replace("\r\n", "\n")
