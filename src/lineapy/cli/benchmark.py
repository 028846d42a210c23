"""``lineapy benchmark``: what tracing costs a script or notebook, measured by running it with and without."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import sqrt
from pathlib import Path

import click

from lineapy.cli.output import print_fields, print_json, say
from lineapy.errors import ScriptError

#: 95 % quantiles of Student's t distribution, by degrees of freedom from 1; beyond, the normal distribution will do.
_T95 = (6.31, 2.92, 2.35, 2.13, 2.02, 1.94, 1.89, 1.86, 1.83, 1.81, 1.80, 1.78, 1.77, 1.76, 1.75)
_T95_BEYOND = 1.70

_PLAIN = """
import os, runpy, sys, lineapy
lineapy.save = lambda *given, **more: None
del sys.argv[0]
sys.path[0] = os.path.dirname(sys.argv[0])
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@click.command()
@click.argument("program", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--n",
    "runs",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="How many runs of each kind.",
)
@click.option("--skip-baseline", is_flag=True, help="Only run it traced.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def benchmark(program: Path, runs: int, skip_baseline: bool, as_json: bool) -> int:
    """Run PROGRAM, a script or a notebook, with and without tracing, and compare the times.

    Each run is a process of its own, for a notebook a kernel, in the folder of the program, and saves to a store that
    is thrown away; without tracing, lineapy.save() does nothing. One run before the others is not counted. The change
    comes with a 90 % confidence interval. The exit status is 1 if the program fails.

    \b
    Example:
      lineapy benchmark messy.py --n 5
    """
    if program.suffix == ".ipynb":
        from lineapy.cli.kernel import require_kernels

        require_kernels()
    plain: list[float] = []
    measure = _seconds_of_notebook if program.suffix == ".ipynb" else _seconds_of_script
    try:
        measure(program, skip_baseline)
        if not skip_baseline:
            plain = [measure(program, False) for _ in range(runs)]
        traced = [measure(program, True) for _ in range(runs)]
    except subprocess.CalledProcessError as error:
        say(f"{program} failed with exit status {error.returncode}, so there is nothing to compare:")
        say(str(error.stderr).rstrip())
        return 1
    except ScriptError as error:
        say(f"lineapy: {error}")
        return 1
    result = {"plain": plain, "traced": traced}
    change = interval(plain, traced) if len(plain) > 1 else None
    if as_json:
        print_json({"seconds": result, "change": change})
        return 0
    print_fields((name, _described(seconds)) for name, seconds in result.items() if seconds)
    if plain:
        ratio = statistics.fmean(traced) / statistics.fmean(plain) - 1
        between = f" (90 % confidence: {change[0]:+.1%} to {change[1]:+.1%})" if change else ""
        click.echo(f"tracing changes the time by {ratio:+.1%}{between}")
    return 0


def interval(plain: Sequence[float], traced: Sequence[float]) -> tuple[float, float]:
    """The 90 % confidence interval of the relative change of the mean, by Welch's approximation.

    Args:
        plain: At least two times.
        traced: At least two others.

    Example:
        >>> low, high = interval([1.0, 1.1, 0.9], [2.0, 2.1, 1.9])
        >>> round(low, 2), round(high, 2)
        (0.83, 1.17)
    """
    base = statistics.fmean(plain)
    parts = [statistics.variance(times) / len(times) for times in (plain, traced)]
    error = sqrt(sum(parts))
    weights = [part**2 / (len(times) - 1) for part, times in zip(parts, (plain, traced), strict=True)]
    freedom = sum(parts) ** 2 / sum(weights) if sum(weights) else len(plain) + len(traced) - 2.0
    rank = max(int(freedom), 1)
    t = _T95[rank - 1] if rank <= len(_T95) else _T95_BEYOND
    change = statistics.fmean(traced) - base
    return (change - t * error) / base, (change + t * error) / base


def _described(seconds: Sequence[float]) -> str:
    return f"{statistics.fmean(seconds):.3f} s on average, {min(seconds):.3f} to {max(seconds):.3f} s"


def _seconds_of_script(program: Path, is_traced: bool) -> float:
    script = str(program.resolve())
    command = ["-m", "lineapy", "python", script] if is_traced else ["-c", _PLAIN, script]
    with _environment(program) as environ:
        begin = time.perf_counter()
        subprocess.run(
            [sys.executable, *command],
            cwd=program.resolve().parent,
            env=environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return time.perf_counter() - begin


def _seconds_of_notebook(program: Path, is_traced: bool) -> float:
    from lineapy.cli.kernel import cells_of, seconds

    cells = cells_of(str(program))
    with _environment(program) as environ:
        return seconds(cells, program.resolve().parent, environ, is_traced=is_traced)


@contextmanager
def _environment(program: Path) -> Iterator[dict[str, str]]:
    """The environment for one run, with a store that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="lineapy-benchmark-") as store:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("LINEAPY_")}
        path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(program.resolve().parent)]))
        yield environ | {"LINEAPY_HOME_DIR": store, "PYTHONPATH": path}
