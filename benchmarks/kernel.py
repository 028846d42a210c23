"""What does LineaPy cost in a Jupyter kernel? Measured there, from when the kernel takes up a cell until it is done."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from lineapy.cli.kernel import kernel_manager
from store import Figures
from workloads import notebook

#: Milliseconds that LineaPy may add to a cell that does nothing much.
MOST_ADDED = 2.0
#: The highest ratio for a notebook whose cells do something.
MOST = 1.05

#: How many times a notebook is run plain, and traced, in turn.
PAIRS = 3

#: Run in the kernel at first. History does not know it.
_TIMING = """
def _begin_timing(kernel, file):
    from time import process_time
    import json
    execute, times = kernel.do_execute, []

    async def do_execute(*arguments, **options):
        start = process_time()
        try:
            return await execute(*arguments, **options)
        finally:
            times.append(process_time() - start)

    def write():
        with open(file, "w") as sink:
            json.dump(times, sink)

    kernel.do_execute, kernel._write_times = do_execute, write

_begin_timing(get_ipython().kernel, {file!r})
del _begin_timing
"""
_WRITING = "get_ipython().kernel._write_times()"


def measure() -> Figures:
    """Cells in a kernel, with LineaPy loaded and without."""
    rows: list[list[str]] = []
    ratios: dict[str, float] = {}
    trivial = ["x = 1", "y = x + 1"] * 150
    for name, cells, middle, is_trivial in (
        ("300 trivial cells, one by one", trivial, statistics.median, True),
        ("300 cells: tables of 500,000 rows", notebook(300, 500_000).cells, sum, False),
        ("300 cells: tables of 20,000 rows", notebook(300).cells, sum, False),
    ):
        plain, traced = _alternate(cells, middle)
        ratio = statistics.median(b / a for a, b in zip(plain, traced, strict=True))
        before, after = statistics.median(plain) * 1000, statistics.median(traced) * 1000
        added = (after - before) / (1 if is_trivial else len(cells))
        aim, met = (
            (f"≤ {MOST_ADDED:g} ms a cell", added <= MOST_ADDED)
            if is_trivial
            else (f"≤ {MOST:g}", ratio <= MOST)
        )
        rows.append(
            [
                name,
                f"{before:,.2f} ms",
                f"{after:,.2f} ms",
                f"{ratio:.2f}",
                f"{added:,.2f} ms",
                f"{aim}: {'met' if met else '**not met**'}",
            ]
        )
        print(f"  kernel: {name}: {ratio:.2f}, {added:.2f} ms a cell", file=sys.stderr, flush=True)
        ratios[f"kernel: {name}"] = ratio
    return Figures(
        "In a Jupyter kernel",
        "Cells as a kernel runs them, with `%load_ext lineapy` before the first and without, in fresh kernels by "
        "turns; the kernel takes the CPU time of each, which other work of the machine does not "
        "lengthen. Of trivial cells, the median; of the others, the sum.",
        ["notebook", "plain", "traced", "ratio", "added to a cell", "aim"],
        rows,
        ratios,
    )


def _alternate(
    cells: Sequence[str], middle: Callable[[list[float]], float]
) -> tuple[list[float], list[float]]:
    plain, traced = [], []
    for _ in range(PAIRS):
        plain.append(middle(seconds(["pass", *cells])))
        traced.append(middle(seconds(["%load_ext lineapy", *cells])))
    return plain, traced


def seconds(cells: Sequence[str]) -> list[float]:
    """How long each cell takes in a fresh kernel; without the first one.

    Raises:
        RuntimeError: A cell failed.
    """
    with tempfile.TemporaryDirectory(prefix="lineapy-bench-kernel-") as folder:
        file = Path(folder, "times.json")
        manager = kernel_manager(Path(folder))
        manager.start_kernel(cwd=folder)
        client = manager.client()
        try:
            client.start_channels()
            client.wait_for_ready(timeout=60)
            _run(client, _TIMING.format(file=str(file)), store_history=False)
            for cell in cells:
                _run(client, cell)
            _run(client, _WRITING, store_history=False)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        times: list[float] = json.loads(file.read_text(encoding="utf-8"))
    return times[1:]


def _run(client: object, code: str, *, store_history: bool = True) -> None:
    reply = client.execute_interactive(  # type: ignore[attr-defined]
        code, store_history=store_history, timeout=300, output_hook=lambda _: None
    )
    if reply["content"]["status"] != "ok":
        raise RuntimeError("\n".join(reply["content"]["traceback"]))
