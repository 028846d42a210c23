"""What saving and finding artifacts cost, against what the machine needs for the durable writes alone.

Everything happens in one run and by turns, so that a slow minute of the machine hits both sides. The database and
storage servers are those of the tests; where one cannot be started, its figures are left out, and the table says so.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

from lineapy.config import Config
from lineapy.session import Session
from lineapy.storage.places import scratch_folder
from lineapy.store import Store

SMALL_SAVES = 200
MB = 1 << 20
LARGE, SMALLER = 1000 * MB, 256 * MB
LARGE_PAIRS = 4
ARTIFACTS, NAMES = 100_000, 10_000
PROCESSES, SAVES = 8, 50


@dataclass(frozen=True)
class Figures:
    """A table for the results, and the ratios in it that are compared with the baseline."""

    title: str
    text: str
    columns: list[str]
    rows: list[list[str]]
    ratios: dict[str, float] = field(default_factory=dict)


# --- a small save ---------------------------------------------------------------------------------

_SMALL = """
import time
import lineapy
for round_ in range(rounds):
    measure_floor()
    value = {"round": round_, "run": run}
    start = time.perf_counter()
    lineapy.save(value, "small")
    seconds.append(time.perf_counter() - start)
"""


def measure_small_saves() -> Figures:
    """`lineapy.save` of a small dictionary, against the durable writes that it cannot do without."""
    with a_folder() as folder, Floor(folder) as floor:
        store = a_store(folder)
        seconds: list[float] = []
        for rounds in (10, SMALL_SAVES):  # the first with cold caches
            seconds.clear()
            floor.forget()
            run_traced(
                store,
                _SMALL,
                rounds=rounds,
                run=uuid.uuid4().hex,
                measure_floor=floor.measure,
                seconds=seconds,
            )
        store.close()
    save, least = statistics.median(seconds), statistics.median(floor.all)
    ratio = statistics.median(one / other for one, other in zip(seconds, floor.all, strict=True))
    rows = [
        [
            name,
            microseconds(statistics.median(times)),
            microseconds(ninety_fifth(times)),
            f"{statistics.median(times) / least:.2f}",
        ]
        for name, times in (
            ("one fsync of a small file", floor.fsync),
            ("file: write, fsync, rename, fsync of the folder", floor.file),
            ("row: one SQLite commit, WAL, synchronous=FULL", floor.commit),
            ("the floor: file and row", floor.all),
            ("`lineapy.save`", seconds),
        )
    ]
    return Figures(
        "A small save",
        f"`lineapy.save` of a dictionary in a traced loop, SQLite and disk, {SMALL_SAVES} times, in turn with the "
        "durable writes that it cannot do without. The aim is a median of at most twice the floor; the median of the "
        f"ratios of neighbours is {ratio:.2f}.",
        ["what", "median", "95th percentile", "to the floor"],
        rows,
        {"small save to its fsync floor": save / least},
    )


class Floor:
    """The least that a durable save must do, by hand.

    Args:
        folder: Where; on the same disk as the store.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "floor"
        self._folder.mkdir()
        self._database = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("CREATE TABLE artifact (id INTEGER PRIMARY KEY, name TEXT, content BLOB)")
        self.forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def forget(self) -> None:
        self.fsync: list[float] = []
        self.file: list[float] = []
        self.commit: list[float] = []
        self.all: list[float] = []

    def measure(self) -> None:
        content = os.urandom(60)
        start = time.perf_counter()
        name = self._folder / uuid.uuid4().hex
        with name.open("xb") as file:
            file.write(content)
            file.flush()
            before = time.perf_counter()
            os.fsync(file.fileno())
            after = time.perf_counter()
        name.rename(name.with_suffix(".done"))
        flush_folder(self._folder)
        middle = time.perf_counter()
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute("INSERT INTO artifact (name, content) VALUES (?, ?)", ("small", content))
        self._database.execute("COMMIT")
        end = time.perf_counter()
        self.fsync.append(after - before)
        self.file.append(middle - start)
        self.commit.append(end - middle)
        self.all.append(end - start)


# --- a large save ---------------------------------------------------------------------------------

_LARGE = """
import lineapy
value = array
for pair in range(pairs):
    change()
    if pair % 2 == 0:
        measure_plain()
    forget_peak()
    before = now()
    lineapy.save(value, "large")
    seconds.append(now() - before)
    note_peak()
    clear()
    if pair % 2:
        measure_plain()
"""


def measure_large_saves() -> Figures:
    """`lineapy.save` of a large array, against writing the same bytes by hand."""
    try:
        import numpy as np
    except ImportError:
        return Figures("A large save", "Left out: numpy is not installed.", ["what"], [])
    size, why = LARGE, ""
    with a_folder() as folder:
        if free_memory() < 3 * LARGE or shutil.disk_usage(folder).free < 4 * LARGE:
            size, why = SMALLER, " Memory or disk is too short here for 1,000 MB."
        array = np.random.default_rng(0).integers(0, 2**63, size // 8, dtype=np.int64)
        store, values = a_store(folder), folder / "linea_pickles"
        plain: list[float] = []
        saves: list[float] = []
        extra: list[int] = []

        def clear() -> None:
            for path in values.iterdir():
                path.unlink()
            os.sync()

        def measure_plain() -> None:
            start = time.perf_counter()
            write_plainly(folder, array)
            plain.append(time.perf_counter() - start)
            (folder / "plain").unlink()
            os.sync()

        def change() -> None:
            array[0] += 1
            gc.collect()

        resident = 0

        def forget_peak() -> None:
            nonlocal resident
            resident = reset_peak()

        run_traced(
            store,
            _LARGE,
            array=array,
            pairs=LARGE_PAIRS,
            change=change,
            measure_plain=measure_plain,
            forget_peak=forget_peak,
            note_peak=lambda: extra.append(peak() - resident),
            now=time.perf_counter,
            seconds=saves,
            clear=clear,
        )
        store.close()
    # Of the fastest: what else the machine writes makes single runs several times slower.
    ratio = min(saves) / min(plain)
    rows = [
        [
            what,
            f"{statistics.median(times):.2f} s",
            f"{min(times):.2f} s",
            f"{size / MB / min(times):,.0f} MB/s",
            shown,
            memory,
        ]
        for what, times, shown, memory in (
            ("written by hand", plain, "1.00", ""),
            ("`lineapy.save`", saves, f"{ratio:.2f}", f"{max(extra) / MB:,.1f} MB"),
        )
    ]
    return Figures(
        "A large save",
        f"An array of {size // MB:,} MB, to disk: `lineapy.save` in turn with writing the same bytes in pieces of 8 MB "
        f"with their SHA-256, fsync, rename and fsync of the folder; {LARGE_PAIRS} pairs.{why} The aim is a ratio of "
        "at most 1.15. Memory is how far the peak of the process rose during the save.",
        ["what", "median", "fastest", "speed", "ratio of the fastest", "extra memory"],
        rows,
        {"large save to a plain write": ratio},
    )


def write_plainly(folder: Path, array: Any) -> None:
    digest, view, name = hashlib.sha256(), memoryview(array).cast("B"), folder / "plain.part"
    with name.open("xb") as file:
        for start in range(0, len(view), 8 * MB):
            piece = view[start : start + 8 * MB]
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    name.rename(folder / "plain")
    flush_folder(folder)


def free_memory() -> int:
    with contextlib.suppress(OSError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0


def reset_peak() -> int:
    """Where the system can, begin anew to note the most memory in use; the memory in use now, in bytes."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak()


def peak() -> int:
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024


# --- many artifacts -------------------------------------------------------------------------------


def measure_many_artifacts() -> Figures:
    """Finding one among very many, and listing a page of them."""
    rows = []
    for kind, url in databases():
        if url is None:
            rows.append([kind, "left out: it could not be started", "", "", ""])
            continue
        with a_folder() as folder:
            store = a_store(folder, database_url=url(folder))
            fill(store)
            figures = find_and_list(store)
            store.close()
        rows.append([kind, *(milliseconds(seconds) for seconds in figures.values())])
    return Figures(
        "Many artifacts",
        f"A store of {ARTIFACTS:,} artifacts with {NAMES:,} names. Medians; the aims are 10 ms for `lineapy.get`, and "
        "100 ms for a page of the newest 50 (`lineapy.artifact_store().page()`).",
        ["database", "get by name", "get by name and version", "a page", "a page in the middle"],
        rows,
    )


#: Rows made by the database itself, in seconds: saving one by one takes minutes. Both databases understand this.
_FILL = (
    """INSERT INTO lineapy_stored_value (id, digest, size, format, location, key)
    SELECT i + 1, {digest}, 100, 'json', '/values', {digest} || '.json' FROM number""",
    """INSERT INTO lineapy_artifact_counter (name, last_version)
    SELECT {name}, {last_version} FROM number WHERE i < {names}""",
    """INSERT INTO lineapy_artifact
    (id, name, version, date_created, session_id, target, value_id, value_type, save_id)
    SELECT i + 1, {name}, i / {names}, :now, '{session}', '{{}}', i + 1, 'dict', substr({digest}, 33) FROM number""",
)


def fill(store: Store) -> None:
    from sqlalchemy import bindparam, create_engine, insert, text

    from lineapy.db import tables

    store.db.upgrade()
    engine = create_engine(store.config.database_url.replace("postgresql://", "postgresql+psycopg://"))
    about = {"kind": "SCRIPT", "python_version": "3.11", "working_directory": "/home/ada", "user_name": "ada"}
    about |= {"host_name": "engine", "script_path": "/home/ada/model.py"}
    session, now = uuid.uuid4().hex, datetime.now(UTC)
    parts = {
        "digest": f"'{'0' * 56}' || CAST(10000000 + i AS TEXT)",
        "name": f"'artifact of the team ' || CAST(i - (i / {NAMES}) * {NAMES} AS TEXT)",
        "names": NAMES,
        "last_version": ARTIFACTS // NAMES - 1,
        "session": session,
    }
    numbers = (
        "WITH RECURSIVE number(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM number WHERE i + 1 < {count}) "
    )
    with engine.begin() as connection:
        connection.execute(insert(tables.session), {"id": session, "created_at": now, **about})
        for statement in _FILL:
            query = text((numbers.format(count=ARTIFACTS) + statement).format(**parts))
            if ":now" in statement:
                query = query.bindparams(bindparam("now", now, tables.artifact.c.date_created.type))
            connection.execute(query)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def find_and_list(store: Store) -> dict[str, float]:
    import lineapy

    def median(action: Callable[[int], object], rounds: int) -> float:
        times = []
        for number in range(rounds + 3):
            start = time.perf_counter()
            action(number)
            times.append(time.perf_counter() - start)
        return statistics.median(times[3:])

    def name(number: int) -> str:
        return f"artifact of the team {number * 7919 % NAMES}"

    with Session(store).active():
        listing = lineapy.artifact_store()
        figures = {
            "get by name": median(lambda number: lineapy.get(name(number)), 200),
            "get by name and version": median(lambda number: lineapy.get(name(number), number % 10), 200),
            "a page": median(lambda _: listing.page(), 20),
            "a page in the middle": median(lambda _: listing.page(ARTIFACTS // 50 // 2), 20),
        }
        assert len(listing.page()) == 50
    return figures


# --- many processes -------------------------------------------------------------------------------

#: For each store it is told of on a line of its own: opens it, says that it is ready, waits, saves.
_SAVER = """
import json, sys
from lineapy.config import Config
from lineapy.session import Session
from lineapy.store import Store
program = '''
import sys, time
import lineapy
first = [who, "ready"]
lineapy.save(first, "warm " + str(who))
print("ready", flush=True)
sys.stdin.readline()
start = time.time()
for round_ in range(saves):
    value = {"who": who, "round": round_}
    lineapy.save(value, "shared")
print(start, time.time(), flush=True)
'''
while line := sys.stdin.readline():
    config = Config.from_environment({}, **json.loads(line))
    session = Session(Store(lambda: config))
    session.namespace.update(who=int(sys.argv[1]), saves=int(sys.argv[2]))
    session.run(program, "<saver>")
    session.store.close()
"""


def measure_many_processes() -> Figures:
    """Many processes that save versions of one name at the same time."""
    rows = []
    with savers() as processes:
        for name, options in stores():
            if options is None:
                rows.append([name, "left out: it could not be started", "", ""])
                continue
            with a_folder() as folder:
                given = {"home_dir": str(folder), **options(folder)}
                seconds = save_together(processes, given)
                versions = versions_of(given)
            assert versions == list(range(PROCESSES * SAVES)), f"{name}: versions were lost or given twice"
            rate = PROCESSES * SAVES / seconds
            rows.append([name, f"{rate:,.0f}", f"{len(versions)}", f"{seconds:.1f} s"])
    return Figures(
        "Many processes",
        f"{PROCESSES} processes that save {SAVES} versions of one name each, at the same time. The number of versions "
        "is checked: none is lost, and none is given twice. S3 is moto, a single Python process on this machine; "
        "PostgreSQL runs without fsync.",
        ["store", "saves per second", "versions", "time"],
        rows,
    )


@contextlib.contextmanager
def savers() -> Iterator[list[subprocess.Popen[str]]]:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _SAVER, str(number), str(SAVES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def save_together(processes: Sequence[subprocess.Popen[str]], options: Mapping[str, object]) -> float:
    """Seconds from the first save to the end of the last."""

    def tell(line: str) -> None:
        for process in processes:
            assert process.stdin is not None
            process.stdin.write(line + "\n")
            process.stdin.flush()

    def answers() -> list[str]:
        return [process.stdout.readline() if process.stdout else "" for process in processes]

    tell(json.dumps(options))
    assert set(answers()) == {"ready\n"}
    tell("go")
    moments = [[float(moment) for moment in answer.split()] for answer in answers()]
    return max(end for _, end in moments) - min(start for start, _ in moments)


def versions_of(options: Mapping[str, object]) -> list[int]:
    from lineapy.db.db import RelationalLineaDB

    db = RelationalLineaDB(str(options["database_url"]))
    versions = db.versions("shared")
    db.close()
    return versions


# --- where ----------------------------------------------------------------------------------------


@contextlib.contextmanager
def a_folder() -> Iterator[Path]:
    """An empty folder on a disk: where /tmp is memory, an fsync there costs nothing and says nothing."""
    folder = Path(tempfile.mkdtemp(prefix="lineapy-bench-", dir=scratch_folder()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def a_store(folder: Path, **options: Any) -> Store:
    config = Config.from_environment({}, home_dir=str(folder), **options)
    return Store(lambda: config)


def run_traced(store: Store, text: str, **names: object) -> None:
    session = Session(store)
    session.namespace.update(names)
    session.run(text, "<benchmark>")


_servers = contextlib.ExitStack()
_started: dict[str, Any] = {}


def server(name: str) -> Any:
    """A server of the tests, started when it is asked for first; None if it cannot be."""
    if name not in _started:
        root = str(Path(__file__).parents[1])
        if root not in sys.path:
            sys.path.append(root)
        try:
            if name == "PostgreSQL":
                from tests.servers.postgresql import running_postgresql

                _started[name] = _servers.enter_context(running_postgresql())
            else:
                from tests.servers.s3 import running_moto

                _started[name] = _servers.enter_context(running_moto())
        except Exception as error:  # whatever is wrong with it, the other figures are worth having
            print(f"{name} cannot be started: {error}", file=sys.stderr)
            _started[name] = None
    return _started[name]


def databases() -> Iterator[tuple[str, Callable[[Path], str] | None]]:
    """How to make the URL of a new database of each kind; None where there is no server."""
    yield "SQLite", lambda folder: f"sqlite:///{folder}/db.sqlite"
    running = server("PostgreSQL")
    yield "PostgreSQL", None if running is None else lambda _folder: str(running.new_database())


def stores() -> Iterator[tuple[str, Callable[[Path], dict[str, object]] | None]]:
    """How to make the options of a new store of each kind; None where there is no server."""
    for kind, url in databases():
        on_disk = None if url is None else partial(_on_disk, url)
        yield f"{kind} and disk", on_disk
    postgresql, s3 = server("PostgreSQL"), server("S3")
    yield (
        "PostgreSQL and S3",
        None
        if postgresql is None or s3 is None
        else lambda _folder: {
            "database_url": postgresql.new_database(),
            "artifact_storage_dir": s3.new_location(),
            "storage_options": s3.storage_options,
        },
    )


def _on_disk(url: Callable[[Path], str], folder: Path) -> dict[str, object]:
    return {"database_url": url(folder), "artifact_storage_dir": str(folder / "values")}


def flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def ninety_fifth(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


MEASURES = (measure_small_saves, measure_large_saves, measure_many_artifacts, measure_many_processes)


def measure_all() -> Iterator[Figures]:
    """All tables, one after the other; the servers are stopped at the end."""
    with _servers:
        for measure in MEASURES:
            yield measure()


if __name__ == "__main__":
    chosen = [
        measure
        for measure in MEASURES
        if not sys.argv[1:] or any(w in measure.__name__ for w in sys.argv[1:])
    ]
    with _servers:
        for measure in chosen:
            begun = time.perf_counter()
            figures = measure()
            print(figures.title, json.dumps(figures.ratios), f"{time.perf_counter() - begun:.1f} s")
            for row in [figures.columns, *figures.rows]:
                print("  ", " | ".join(row))
