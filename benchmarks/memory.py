"""The peak memory of one workload, plain or traced, in a process of its own: ``memory.py plain NAME``."""

from __future__ import annotations

import contextlib
import io
import resource
import sys
from pathlib import Path

from workloads import Workload, workload_named

MB = 1 << 20


def run_plain(workload: Workload) -> None:
    """Run it as Python does."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    for cell in workload.cells:
        exec(compile(cell, "<workload>", "exec"), namespace)


def run_traced(workload: Workload) -> None:
    """Run it in a session."""
    from lineapy.session import Session

    session = Session.in_memory()
    for number, cell in enumerate(workload.cells):
        session.run(cell, f"<cell {number}>")


def peak() -> float:
    """The most memory that this process has held so far, in MB."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / MB
    # Not on Linux, where this counts the process that started this one as well.
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / MB if sys.platform == "darwin" else most * 1024 / MB


if __name__ == "__main__":
    mode, name = sys.argv[1:]
    with contextlib.redirect_stdout(io.StringIO()):
        (run_traced if mode == "traced" else run_plain)(workload_named(name))
    print(peak())
