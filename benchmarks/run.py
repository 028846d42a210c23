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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import kernel
import store
from lineapy.session import Session
from store import Figures
from workloads import WORKLOADS, Workload, assignments, workload_named

HERE = Path(__file__).parent
RESULTS, BASELINE = HERE / "RESULTS.md", HERE / "baseline.json"

#: A ratio this many times that of the baseline is worth a look; less may be noise, on a machine with other work to do.
MUCH_WORSE = 2.0

#: Pairs of runs go on until this much time is spent, but at least three are made.
SECONDS_PER_FIGURE = 3.0

#: What is asked of the peak memory: so many times plain Python's, and so many MB.
MOST_MEMORY, SPARE_MEMORY = 1.1, 20.0


@dataclass(frozen=True)
class Pair:
    """Seconds that two things took in alternation: medians, and the median of the ratios of neighbours."""

    plain: float
    other: float
    ratio: float


@dataclass(frozen=True)
class Cost:
    """What tracing added to a workload, in microseconds per statement: before it ran, and while it ran.

    ``share`` is that of comparing values in the time of the run, if the recorder knows it.
    """

    workload: Workload
    statements: int
    pair: Pair
    compiling: float
    running: float
    share: float | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "sections", nargs="*", choices=[[], *SECTIONS], help="measure these only, and write nothing"
    )
    parser.add_argument(
        "--update-baseline", action="store_true", help="write the ratios found to baseline.json"
    )
    options = parser.parse_args()

    tables: list[str] = []
    ratios: dict[str, float] = {}
    for figures in measure(options.sections):
        table = section(figures.title, figures.text, figures.columns, figures.rows)
        print(table, flush=True)
        tables.append(table)
        ratios |= figures.ratios

    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    if not options.sections:
        RESULTS.write_text("\n".join([heading(), *tables]), encoding="utf-8")
        print(f"Written to {RESULTS.relative_to(HERE.parent)}.")
    if options.update_baseline:
        known = baseline if options.sections else {}
        rounded = known | {name: round(ratio, 2) for name, ratio in ratios.items()}
        BASELINE.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
    for line in much_worse(ratios, baseline):
        print(line)


def measure(sections: Sequence[str]) -> Iterator[Figures]:
    """The tables of some sections, or of all."""
    chosen = [w for w in WORKLOADS if not sections or w.section in sections]
    if chosen:
        yield measure_tracing(chosen)
    for name, function in OTHERS.items():
        if not sections or name in sections:
            yield function()
    if not sections or "kernel" in sections:
        yield kernel.measure()
    if not sections or "store" in sections:
        yield from store.measure_all()


# --- the tables -----------------------------------------------------------------------------------


def measure_tracing(workloads: Sequence[Workload]) -> Figures:
    """Running programs traced, against running them plain: time and memory."""
    rows: list[list[str]] = []
    ratios: dict[str, float] = {}
    for workload in workloads:
        if not workload.is_possible:
            rows.append([workload.name, *["not installed", *[""] * 9]])
            continue
        cost = trace_cost(workload)
        plain_memory, traced_memory = (peak_memory(mode, workload) for mode in ("plain", "traced"))
        added = cost.compiling + cost.running
        if workload.most_added is not None:
            aim, met = f"≤ {workload.most_added:g} µs added", added <= workload.most_added
        else:
            aim, met = f"≤ {workload.most:g}", cost.pair.ratio <= workload.most
        memory_met = traced_memory <= plain_memory * MOST_MEMORY + SPARE_MEMORY
        rows.append(
            [
                workload.name,
                milliseconds(cost.pair.plain),
                milliseconds(cost.pair.other),
                f"{cost.pair.ratio:.2f}",
                f"{aim}: {verdict(met)}",
                f"{cost.statements:,}",
                f"{cost.compiling:,.1f} + {cost.running:,.1f} µs",
                f"{cost.share:.1%}" if cost.share is not None else "",
                f"{plain_memory:,.0f} MB",
                f"{traced_memory:,.0f} MB",
                f"{traced_memory / plain_memory:.2f}: {verdict(memory_met)}",
            ]
        )
        print(f"  {workload.name}: {cost.pair.ratio:.2f}", file=sys.stderr, flush=True)
        ratios[workload.name] = cost.pair.ratio
    return Figures(
        "Running traced",
        "Compiling and running in one process, libraries already imported, against plain Python by turns: medians, and "
        "the median of the ratios of neighbours, with what is asked of it. *Added* shares out what tracing added over "
        "the program's statements: when a statement is compiled, and while it runs (in a loop, all its rounds "
        "together). *Fingerprints* is the share of the time that went into comparing values, as the recorder counts "
        f"it. Peak memory is that of a process of its own; at most {MOST_MEMORY:g} times plain Python's and "
        f"{SPARE_MEMORY:g} MB are asked for.",
        [
            "program", "plain", "traced", "ratio", "aim", "statements", "added", "fingerprints",
            "memory, plain", "memory, traced", "ratio of memory",
        ],
        rows,
        ratios,
    )  # fmt: skip


def measure_slicing(lengths: Sequence[int] = (200, 2_000, 20_000)) -> Figures:
    """Slicing sessions of growing length: a slice of nearly everything, and one of ten lines."""
    rows, per_statement = [], {}
    short = "few = []\n" + "few.append(len(few))\n" * 9
    for n in lengths:
        workload = assignments(n)
        session = Session.in_memory()
        session.run(workload.source + "\n" + short, filename="<session>")
        for target in (workload.target, "few"):
            walking = median_seconds(partial(walk_graph, session, target))
            whole = median_seconds(partial(slice_code, session, target))
            length = len(slice_code(session, target).splitlines())
            if target == workload.target:
                per_statement[n] = whole / n
            rows.append(
                [
                    f"{n:,}",
                    f"{length:,}",
                    milliseconds(walking),
                    milliseconds(whole - walking),
                    milliseconds(whole),
                    f"{whole / n * 1e6:,.1f} µs",
                    f"≤ 500 ms: {verdict(whole <= 0.5)}" if n == max(lengths) else "",
                ]
            )
    return Figures(
        "Slicing",
        "`session.slice(name).code()`: walking the graph, and writing the code. Time per statement of the session must "
        "not grow with the session.",
        ["statements", "lines of the slice", "walking", "writing", "together", "per statement", "aim"],
        rows,
        {
            f"slicing {n:,} statements to slicing {min(lengths):,}, per statement": seconds
            / per_statement[min(lengths)]
            for n, seconds in per_statement.items()
            if n > min(lengths)
        },
    )


def measure_imports() -> Figures:
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
    return Figures(
        "Importing",
        "Time within a fresh process for the import alone. The aim for the first line is a ratio under 1.3.",
        ["what", f"`{others}`", "LineaPy", "ratio"],
        rows,
        ratios,
    )


def measure_processes() -> Figures:
    """Whole processes: `lineapy python` against `python`, with start-up and saving."""
    rows, ratios = [], {}
    programs = {
        "an empty script": "",
        "a script that saves": "limits = [1]\nlimits.append(2)\n",
        "a loop of a million rounds that saves": workload_named("for, 1,000,000 rounds: arithmetic").source
        + "limits = 1\n",
        "a pandas session that saves": workload_named("pandas, 40 steps on 200,000 rows").source
        + "limits = result\n",
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
    return Figures(
        "Whole processes",
        "`lineapy python script.py` against `python script.py`, the store already there.",
        ["script", "`python`", "`lineapy python`", "ratio"],
        rows,
        ratios,
    )


OTHERS = {"slicing": measure_slicing, "imports": measure_imports, "processes": measure_processes}
SECTIONS = (*dict.fromkeys(workload.section for workload in WORKLOADS), *OTHERS, "kernel", "store")


# --- measuring ------------------------------------------------------------------------------------


def trace_cost(workload: Workload) -> Cost:
    """Run a workload plain and traced in turn."""
    compiling: list[float] = []
    running: list[float] = []
    shares: list[float] = []
    statements = 0
    compiled = ran = 0.0

    def plain() -> float:
        nonlocal compiled, ran
        namespace: dict[str, object] = {"__name__": "__main__"}
        compiled = ran = 0.0
        for number, cell in enumerate(workload.cells):
            start = time.perf_counter()
            code = compile(cell, f"<cell {number}>", "exec")
            middle = time.perf_counter()
            exec(code, namespace)
            compiled += middle - start
            ran += time.perf_counter() - middle
        return compiled + ran

    def traced() -> float:
        nonlocal statements
        session = Session.in_memory()
        compile_time = run_time = 0.0
        for number, cell in enumerate(workload.cells):
            start = time.perf_counter()
            codes = session.prepare(cell, f"<cell {number}>", cell)
            middle = time.perf_counter()
            with session.active():
                session.execute(codes)
            compile_time += middle - start
            run_time += time.perf_counter() - middle
        statements = len(session.statements)
        compiling.append(compile_time - compiled)
        running.append(run_time - ran)
        budget = getattr(session.recorder, "budget", None)
        if budget is not None:
            shares.append(budget.share)
        return compile_time + run_time

    with contextlib.redirect_stdout(io.StringIO()):
        pair = alternate(plain, traced, warm=not workload.big)
    per_compiled, per_run = (statistics.median(added) / statements * 1e6 for added in (compiling, running))
    return Cost(
        workload, statements, pair, per_compiled, per_run, statistics.median(shares) if shares else None
    )


def peak_memory(mode: str, workload: Workload) -> float:
    """The peak memory in MB of a process that runs a workload."""
    command = [sys.executable, str(HERE / "memory.py"), mode, workload.name]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def alternate(
    plain: Callable[[], float], other: Callable[[], float], least: int = 3, *, warm: bool = True
) -> Pair:
    """Measure both in turn until there is enough of it. The first round, with cold caches, does not count."""
    if warm:
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


def verdict(met: bool) -> str:
    return "met" if met else "**not met**"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="lineapy-bench-home-") as home:
        os.environ["LINEAPY_HOME_DIR"] = home
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each process would compile what it imports
        main()
