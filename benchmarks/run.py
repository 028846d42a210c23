"""What do tracing and saving cost? Measured as ratios to plain Python, because absolute times tell of the machine.

Run it with ``make bench``. Each figure is the median of pairs run in alternation, so that a slow minute of the machine
hits both sides. The table goes to ``RESULTS.md``. Ratios are compared with ``baseline.json``; ``--update-baseline``
writes it.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import store
from lineapy.session import Session
from workloads import TRACED, Workload, assignments

HERE = Path(__file__).parent
RESULTS, BASELINE = HERE / "RESULTS.md", HERE / "baseline.json"

#: A ratio this many times that of the baseline is worth a look; less may be noise, on a machine with other work to do.
MUCH_WORSE = 2.0

#: Pairs of runs go on until this much time is spent, but at least three are made.
SECONDS_PER_FIGURE = 4.0


@dataclass(frozen=True)
class Pair:
    """Seconds that two things took in alternation: medians, and the median of the ratios of neighbours."""

    plain: float
    other: float
    ratio: float


@dataclass(frozen=True)
class Cost:
    """What tracing added to a workload, in microseconds per statement: before it ran, and while it ran."""

    workload: Workload
    statements: int
    pair: Pair
    compiling: float
    running: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--update-baseline", action="store_true", help="write the ratios found to baseline.json"
    )
    options = parser.parse_args()

    tables: list[str] = []
    ratios: dict[str, float] = {}
    for measure in (measure_tracing, measure_slicing, measure_imports, measure_processes):
        table, found = measure()
        print(table, flush=True)
        tables.append(table)
        ratios |= found
    for figures in store.measure_all():
        table = section(figures.title, figures.text, figures.columns, figures.rows)
        print(table, flush=True)
        tables.append(table)
        ratios |= figures.ratios

    RESULTS.write_text("\n".join([heading(), *tables]), encoding="utf-8")
    print(f"Written to {RESULTS.relative_to(HERE.parent)}.")
    if options.update_baseline:
        rounded = {name: round(ratio, 2) for name, ratio in ratios.items()}
        BASELINE.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
    for line in much_worse(ratios, json.loads(BASELINE.read_text(encoding="utf-8"))):
        print(line)


# --- the four tables ------------------------------------------------------------------------------


def measure_tracing() -> tuple[str, dict[str, float]]:
    """Running programs traced, against running them plain."""
    costs = [trace_cost(workload) for workload in TRACED]
    rows = [
        [
            cost.workload.name,
            f"{cost.statements:,}",
            milliseconds(cost.pair.plain),
            milliseconds(cost.pair.other),
            f"{cost.pair.ratio:.2f}",
            f"{cost.compiling:,.0f} µs",
            f"{cost.running:,.1f} µs",
        ]
        for cost in costs
    ]
    table = section(
        "Running traced",
        "Compiling and running in one process, libraries already imported. The last two columns share out over the "
        "program's statements what tracing added: once when a statement is compiled, and while it runs (in a loop, "
        "all its rounds together).",
        ["program", "statements", "plain", "traced", "ratio", "added to compiling", "added to running"],
        rows,
    )
    return table, {cost.workload.name: cost.pair.ratio for cost in costs}


def measure_slicing() -> tuple[str, dict[str, float]]:
    """Slicing sessions of growing length: time per statement must stay what it is."""
    rows, per_statement = [], {}
    for n in (200, 2_000, 20_000):
        workload = assignments(n)
        session = Session.in_memory()
        session.run(workload.source, filename=f"<{workload.name}>")
        try:
            walking = median_seconds(partial(walk_graph, session, workload.target))
            writing = median_seconds(partial(slice_code, session, workload.target)) - walking
        except RecursionError as error:  # the other figures are still worth having
            rows.append([f"{n:,}", f"fails: {type(error).__name__}", "", ""])
            continue
        per_statement[n] = (walking + writing) / n
        length = len(slice_code(session, workload.target).splitlines())
        costs = (f"{seconds / n * 1e6:,.1f} µs" for seconds in (walking, writing))
        rows.append([f"{n:,}", f"{length:,}", *costs])
    table = section(
        "Slicing",
        "`session.slice(name).code()`, per statement of the session: walking the graph, and writing the code (mostly "
        "the formatter's time). The aim is that neither grows with the session.",
        ["statements", "lines of the slice", "walking", "writing"],
        rows,
    )
    growth = {
        f"slicing {n:,} statements to slicing 200, per statement": seconds / per_statement[200]
        for n, seconds in per_statement.items()
        if n > 200
    }
    return table, growth


def measure_imports() -> tuple[str, dict[str, float]]:
    """Importing, in fresh processes."""
    others = "import json, sqlite3, click"
    statements = {
        "import lineapy": "import lineapy",
        "import lineapy, and touch lineapy.save": "import lineapy; lineapy.save",
    }
    rows, ratios = [], {}
    for name, statement in statements.items():
        pair = alternate(partial(import_seconds, others), partial(import_seconds, statement), least=15)
        rows.append([f"`{name}`", milliseconds(pair.plain), milliseconds(pair.other), f"{pair.ratio:.2f}"])
        ratios[name] = pair.ratio
    table = section(
        "Importing",
        "Time within a fresh process for the import alone. The aim for the first line is a ratio under 1.3.",
        ["what", f"`{others}`", "LineaPy", "ratio"],
        rows,
    )
    return table, ratios


def measure_processes() -> tuple[str, dict[str, float]]:
    """Whole processes: `lineapy python` against `python`, with start-up and saving."""
    rows, ratios = [], {}
    programs = {
        "an empty script": "",
        "a script that saves": "limits = [1]\nlimits.append(2)\n",
        "a pandas session that saves": next(w.source for w in TRACED if "pandas" in w.name)
        + "limits = share\n",
    }
    for name, source in programs.items():
        with tempfile.TemporaryDirectory(prefix="lineapy-bench-") as folder:
            plain, traced = Path(folder, "plain.py"), Path(folder, "traced.py")
            plain.write_text(source, encoding="utf-8")
            saving = "import lineapy\nlineapy.save(limits, 'limits')\n" if "saves" in name else ""
            traced.write_text(source + saving, encoding="utf-8")
            pair = alternate(
                partial(process_seconds, "python", str(plain)),
                partial(process_seconds, "lineapy", "python", str(traced)),
            )
        rows.append([name, milliseconds(pair.plain), milliseconds(pair.other), f"{pair.ratio:.2f}"])
        ratios[f"process: {name}"] = pair.ratio
    table = section(
        "Whole processes",
        "`lineapy python script.py` against `python script.py`, the store already there.",
        ["script", "`python`", "`lineapy python`", "ratio"],
        rows,
    )
    return table, ratios


# --- measuring ------------------------------------------------------------------------------------


def trace_cost(workload: Workload) -> Cost:
    """Run a workload plain and traced in turn."""
    filename = f"<{workload.name}>"
    compiling: list[float] = []
    running: list[float] = []
    statements = 0
    compiled = ran = 0.0

    def plain() -> float:
        nonlocal compiled, ran
        namespace: dict[str, object] = {"__name__": "__main__"}
        start = time.perf_counter()
        code = compile(workload.source, filename, "exec")
        middle = time.perf_counter()
        exec(code, namespace)
        end = time.perf_counter()
        compiled, ran = middle - start, end - middle
        return end - start

    def traced() -> float:
        nonlocal statements
        session = Session.in_memory()
        start = time.perf_counter()
        code = session.prepare(workload.source, filename, workload.source)
        middle = time.perf_counter()
        with session.active():
            session.execute(code)
        end = time.perf_counter()
        statements = len(session.statements)
        compiling.append(middle - start - compiled)
        running.append(end - middle - ran)
        return end - start

    with contextlib.redirect_stdout(io.StringIO()):
        pair = alternate(plain, traced)
    shares = (statistics.median(added) / statements * 1e6 for added in (compiling, running))
    return Cost(workload, statements, pair, *shares)


def alternate(plain: Callable[[], float], other: Callable[[], float], least: int = 3) -> Pair:
    """Measure both in turn until there is enough of it. The first round, with cold caches, does not count."""
    plain()
    other()
    pairs: list[tuple[float, float]] = []
    end = time.perf_counter() + SECONDS_PER_FIGURE
    while len(pairs) < least or (time.perf_counter() < end and len(pairs) < 50):
        gc.collect()
        first = plain()
        gc.collect()
        pairs.append((first, other()))
    return Pair(
        statistics.median(first for first, _ in pairs),
        statistics.median(second for _, second in pairs),
        statistics.median(second / first for first, second in pairs),
    )


def median_seconds(action: Callable[[], object]) -> float:
    return statistics.median(timed(action) for _ in range(3))


def timed(action: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def walk_graph(session: Session, target: str) -> int:
    return len(session.slice(target).kept)


def slice_code(session: Session, target: str) -> str:
    return session.slice(target).code()


def import_seconds(statement: str) -> float:
    code = f"import time; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"
    return float(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    )


def process_seconds(program: str, *arguments: str) -> float:
    """Seconds that a program of this environment takes, from start to end."""
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    return timed(partial(subprocess.run, command, check=True, stdout=subprocess.DEVNULL))


# --- reporting ------------------------------------------------------------------------------------


def much_worse(ratios: dict[str, float], baseline: dict[str, float]) -> list[str]:
    """What to say about ratios that are far above the baseline."""
    worse = [name for name in ratios if name in baseline and ratios[name] > MUCH_WORSE * baseline[name]]
    if not worse:
        return [f"No ratio is more than {MUCH_WORSE:g} times that of the baseline."]
    return [f"MUCH WORSE  {name}: ratio {ratios[name]:.2f}, baseline {baseline[name]:.2f}" for name in worse]


def heading() -> str:
    return "\n".join(
        [
            "# What tracing and saving cost",
            "",
            "Written by `make bench`; do not edit. Ratios carry over to other machines, times do not.",
            "",
            f"- {datetime.now(UTC):%Y-%m-%d}",
            f"- {processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
            f"- {platform.python_implementation()} {platform.python_version()}",
            "",
        ]
    )


def processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def section(title: str, text: str, columns: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    ruler = ["---", *["---:"] * (len(columns) - 1)]
    lines = [f"| {' | '.join(cells)} |" for cells in (columns, ruler, *rows)]
    return "\n".join([f"## {title}", "", text, "", *lines, ""])


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="lineapy-bench-home-") as home:
        os.environ["LINEAPY_HOME_DIR"] = home
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each process would compile what it imports
        main()
