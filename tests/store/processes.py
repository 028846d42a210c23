"""Python programs in processes of their own, which import the LineaPy under test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import lineapy.errors

_ROOT = Path(__file__).parents[2]
_LINEAPY = Path(lineapy.errors.__file__).parents[1]


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a program; it begins by reading a line from stdin if it wants to wait for a signal to go."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{_LINEAPY}{os.pathsep}{_ROOT}"},
    )


def run(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; it must succeed."""
    process = start(program, *arguments)
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == 0, stderr
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def run_together(programs: int, program: str, *arguments: object) -> list[str]:
    """Run a program many times at the same moment and return what each printed after ``ready``."""
    processes = [start(program, number, *arguments) for number in range(programs)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    printed = []
    for process in processes:
        stdout, stderr = process.communicate(timeout=300)
        assert process.returncode == 0, stderr
        printed.append(stdout)
    return printed
