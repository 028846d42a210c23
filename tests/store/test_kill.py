"""``kill -9`` at random moments of programs that save: each time the store opens, and all that it lists is there.

How many processes are killed for each kind of store is in the variable ``LINEAPY_KILLS``; ``pytest -s`` shows figures.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import fsspec
import pytest

from lineapy.artifacts import LineaArtifact, LineaArtifactStore
from lineapy.config import Config
from lineapy.maintenance import check as store_check
from lineapy.maintenance import gc as store_gc
from lineapy.store import Store
from tests.servers.postgresql import PostgreSQLServer
from tests.servers.s3 import S3Server
from tests.store.faults.notebook import is_mark

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("LINEAPY_KILLS", "8"))

#: A store is most delicate when it comes into being, so there is a new one after this many kills.
_KILLS_PER_STORE = 10

#: Saves until it is killed: plain data, bytes from nothing to megabytes, what only a pickle can hold, and the same value
#: again and again. It says when it begins to save; when it prints a version, that has been saved for certain.
PROGRAM = """
import random
import sys
import types

import lineapy

writer = int(sys.argv[1])
dice = random.Random(writer)
step = 0
while True:
    step += 1
    kind = dice.choice(["small", "large", "large", "object", "same"])
    if kind == "small":
        value = {"writer": writer, "step": step}
    elif kind == "large":
        value = f"{writer} {step} ".encode() + dice.randbytes(dice.choice([1_000, 300_000, 5_000_000, 20_000_000]))
    elif kind == "object":
        value = types.SimpleNamespace(writer=writer, step=step)
    else:
        value = ["the same", "for all"]
    print("saving", flush=True)
    saved = lineapy.save(value, f"{kind} {dice.randrange(2)}")
    print(saved.version, writer, step, saved.name, flush=True)
"""


def test_sqlite_and_disk_survive(tmp_path: Path) -> None:
    def stores() -> Generator[Config, None, None]:
        for number in range(KILLS):
            yield Config.from_environment({}, home_dir=str(tmp_path / str(number)))

    check_that_it_survives(stores(), tmp_path)


def test_postgresql_and_disk_survive(tmp_path: Path, postgresql_server: PostgreSQLServer) -> None:
    def stores() -> Generator[Config, None, None]:
        for number in range(KILLS):
            with database(postgresql_server) as url:
                yield Config.from_environment(
                    {},
                    home_dir=str(tmp_path / "home"),
                    database_url=url,
                    database_fallback=False,
                    artifact_storage_dir=str(tmp_path / str(number)),
                )

    check_that_it_survives(stores(), tmp_path)


def test_postgresql_and_s3_survive(tmp_path: Path, postgresql_server: PostgreSQLServer, s3: S3Server) -> None:
    def stores() -> Generator[Config, None, None]:
        for _ in range(KILLS):
            with database(postgresql_server) as url:
                yield Config.from_environment(
                    {},
                    home_dir=str(tmp_path / "home"),
                    database_url=url,
                    database_fallback=False,
                    artifact_storage_dir=s3.new_location(),
                    storage_options=s3.storage_options,
                )

    check_that_it_survives(stores(), tmp_path)


@contextlib.contextmanager
def database(server: PostgreSQLServer) -> Iterator[str]:
    url = server.new_database()
    try:
        yield url
    finally:
        server.drop_database(url)


@dataclass
class Figures:
    kills: int = 0
    stores: int = 0
    kills_in_mid_save: int = 0
    artifacts: int = 0
    values_without_artifact: int = 0
    temporary_files: int = 0
    #: Name and version of everything that a program was told is saved, with who said so.
    promised: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)


def check_that_it_survives(stores: Generator[Config, None, None], folder: Path) -> None:
    script = folder / "program.py"
    script.write_text(PROGRAM)
    seed = random.randrange(10**6)
    print(f"\nseed {seed}")
    dice = random.Random(seed)
    figures = Figures()
    with contextlib.closing(stores):
        while figures.kills < KILLS:
            config = next(stores)
            figures.stores += 1
            figures.promised = {}
            checked: set[tuple[str, int]] = set()
            for _ in range(0, min(_KILLS_PER_STORE, KILLS - figures.kills), 2):
                # Two at a time: the one that lives longer sees what the other has left.
                programs = [Program(script, config, dice) for _ in range(2)]
                for program in sorted(programs, key=lambda program: program.patience):
                    figures.promised |= program.kill(figures)
                check(config, figures, checked)
            unused, temporary = check(config, figures, checked)
            figures.artifacts += len(checked)
            figures.values_without_artifact += unused
            figures.temporary_files += temporary
            clean_up(config)
            assert check(config, figures, checked) == (0, 0)
    figures.promised = {}
    print(figures)
    assert figures.kills >= KILLS
    if KILLS >= 8:
        assert figures.artifacts > 0


class Program:
    """A traced program that saves until it is killed."""

    def __init__(self, script: Path, config: Config, dice: random.Random) -> None:
        self.writer = dice.randrange(10**9)
        # Some are killed at any time while they start and create the store; the others, soon after a save has begun.
        self._saves = 0 if dice.random() < 0.2 else dice.randint(1, 8)
        self.patience = dice.uniform(0, dice.choice([0.01, 0.05, 0.2]) if self._saves else 2.5)
        self._started = time.monotonic()
        environment = {name: text for name, text in os.environ.items() if not name.startswith("LINEAPY_")}
        # The options come from a file, as storage_options can come from nowhere else.
        home = script.parent / f"home-{self.writer}"
        home.mkdir()
        home.joinpath("lineapy_config.json").write_text(_as_json(config))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "lineapy", "python", script, str(self.writer)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=script.parent,
            # Values on their way to a server wait in TMPDIR.
            env={**environment, "HOME": str(home), "TMPDIR": str(home)},
        )

    def kill(self, figures: Figures) -> dict[tuple[str, int], tuple[int, int]]:
        """Kill it at its time, and say which saves had returned before."""
        process = self._process
        assert process.stdout is not None
        before: list[str] = []
        while before.count("saving\n") < self._saves:
            before.append(process.stdout.readline())
            assert before[-1], f"it ended by itself:\n{process.communicate()[1]}"
        if self._saves:
            time.sleep(self.patience)
        else:
            time.sleep(max(0, self._started + self.patience - time.monotonic()))
        process.send_signal(signal.SIGKILL)
        printed, errors = process.communicate()
        assert process.returncode == -signal.SIGKILL, f"it ended by itself:\n{errors}"
        lines = ("".join(before) + printed).splitlines()
        figures.kills += 1
        figures.kills_in_mid_save += lines[-1:] == ["saving"]
        promised = {}
        for line in lines:
            if line == "saving":
                continue
            version, writer, step, name = line.split(" ", 3)
            promised[name, int(version)] = (int(writer), int(step))
        return promised


def check(config: Config, figures: Figures, checked: set[tuple[str, int]]) -> tuple[int, int]:
    """All that was promised is there and right; return the numbers of unused values and temporary files.

    What is in `checked` has been looked at; what is looked at now is added.
    """
    store = Store(lambda: config)
    try:
        artifacts = {(found.name, found.version): found for found in LineaArtifactStore(store).artifacts}
        versions = defaultdict(list)
        for name, version in artifacts:
            versions[name].append(version)
        for name, found in versions.items():
            assert sorted(found) == list(range(len(found))), f"versions of {name!r}"
        assert figures.promised.keys() <= artifacts.keys(), "a save that had returned is lost"
        assert checked <= artifacts.keys(), "what was there is lost"
        for place in artifacts.keys() - checked:
            check_artifact(artifacts[place], figures.promised.get(place))
            checked.add(place)
        keys = {use.value.key for use in store.db.stored_values()}
        assert {record.value.key for record in store.db.artifacts()} == keys
        return check_files(config, store, keys)
    finally:
        store.close()


def clean_up(config: Config) -> None:
    """As ``lineapy store check`` and ``lineapy store gc --delete`` do, when nobody saves any more."""
    store = Store(lambda: config)
    result = store_check.check(store.db, store.values, store_check.needed_values(store.db, None))
    assert result.is_clean
    with pytest.MonkeyPatch.context() as patch:
        # Files that look unfinished are otherwise left for a day: somebody might be writing them.
        patch.setattr(store_gc, "WRITING_TAKES", timedelta())
        # Such files are looked for in the folder for temporary files, too; there, other tests may be writing them.
        patch.setattr(tempfile, "tempdir", str(config.home_dir))
        collected = store_gc.collect(store.db, store.values, timedelta(), delete=True)
    assert [location.problem for location in collected.locations] == [None]
    store.close()


def check_artifact(artifact: LineaArtifact, promised: tuple[int, int] | None) -> None:
    value, kind = artifact.get_value(), artifact.name.split()[0]
    if kind == "small":
        assert isinstance(value, dict)
        found = (value["writer"], value["step"])
    elif kind == "large":
        writer, step, _ = value.split(b" ", 2)
        found = (int(writer), int(step))
    elif kind == "object":
        found = (value.writer, value.step)
    else:
        assert value == ["the same", "for all"]
        found = None
    if promised is not None and found is not None:
        assert found == promised
    code = artifact.get_code()
    compile(code, "<slice>", "exec")
    assert {"small": "step}", "large": "randbytes", "object": "SimpleNamespace", "same": "the same"}[
        kind
    ] in code


def check_files(config: Config, store: Store, keys: set[str]) -> tuple[int, int]:
    """Whatever no artifact has is a whole value, or a file that is recognised as temporary."""
    files, root = fsspec.core.url_to_fs(config.artifact_storage_dir, **(config.storage_options or {}))
    files.invalidate_cache()
    there = {path.rpartition("/")[2] for path in files.find(root)} if files.exists(root) else set()
    assert {found.key for found in store.values.files()} == there, "a file that gc would not know"
    marks = {key for key in there if is_mark(key)}
    assert len(marks) <= 1
    there -= marks
    assert keys <= there
    temporary = {key for key in there if key.startswith(".writing-")}
    for key in there - keys - temporary:
        assert hashlib.sha256(files.cat_file(f"{root}/{key}")).hexdigest() == key.partition(".")[0]
    return len(there - keys - temporary), len(temporary)


def _as_json(config: Config) -> str:
    options = {
        name: getattr(config, name) for name in ("database_url", "artifact_storage_dir", "storage_options")
    }
    options |= {"home_dir": str(config.home_dir), "database_fallback": config.database_fallback}
    return json.dumps({name: value for name, value in options.items() if value is not None})
