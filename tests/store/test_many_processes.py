"""What holds when many processes use one store, and when they are killed."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest

from lineapy.db.db import RelationalLineaDB
from lineapy.storage.values import ValueStore
from tests.store.given import saved
from tests.store.processes import run, run_together, start

#: How often a saving process is killed; the acceptance run sets some hundreds.
KILLS = int(os.environ.get("LINEAPY_KILLS", "8"))

_SAVE_MANY = """
import sys
from lineapy.db.db import RelationalLineaDB
from lineapy.storage.values import ValueStore
from tests.store.given import a_session, saved
number, url, folder, count = sys.argv[1:]
db, values = RelationalLineaDB(url), ValueStore(folder)
print("ready", flush=True)
sys.stdin.readline()
for i in range(int(count)):
    artifact = saved(db, "model", values.write((number, i)))
    print(artifact.version, flush=True)
db.close()
"""

_SAVE_FOR_EVER = """
import sys
from lineapy.db.db import RelationalLineaDB
from lineapy.storage.values import ValueStore
from tests.store.given import saved
url, folder = sys.argv[1:]
db, values = RelationalLineaDB(url), ValueStore(folder)
print("ready", flush=True)
while True:
    value = values.write([b"x" * 200_000, saved])
    artifact = saved(db, "model", value)
    print(artifact.version, flush=True)
"""


def test_eight_processes_save_one_name_and_no_version_is_lost_or_given_twice(
    db: RelationalLineaDB, url: str, local_values: ValueStore
) -> None:
    printed = run_together(8, _SAVE_MANY, url, local_values.location, 50)
    versions = [[int(line) for line in lines.split()] for lines in printed]
    assert sorted(version for mine in versions for version in mine) == list(range(400))
    assert all(mine == sorted(mine) for mine in versions)
    assert db.versions("model") == list(range(400))
    saved_values = [local_values.read(artifact.value) for artifact in db.artifacts()]
    assert set(saved_values) == {(str(process), i) for process in range(8) for i in range(50)}


def test_many_processes_create_one_store_at_the_same_moment(
    db: RelationalLineaDB, url: str, local_values: ValueStore
) -> None:
    run_together(8, _SAVE_MANY, url, local_values.location, 1)
    assert db.versions("model") == list(range(8))


def test_many_threads_share_one_store(db: RelationalLineaDB) -> None:
    threads = [
        threading.Thread(target=lambda: [saved(db) for _ in range(5)] and db.artifacts()) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.versions("model") == list(range(40))


def test_a_fork_leaves_both_processes_with_a_store_that_works(db: RelationalLineaDB, url: str) -> None:
    run(
        """
import gc, os, sys
from lineapy.db.db import RelationalLineaDB
from tests.store.given import saved
db = RelationalLineaDB(sys.argv[1])
saved(db)
child = os.fork()
for _ in range(20):
    saved(db)
gc.collect()
db.close()
if child:
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
""",
        url,
    )
    assert db.versions("model") == list(range(41))


@pytest.mark.parametrize("round_", range(KILLS))
def test_a_kill_at_any_moment_leaves_a_store_that_opens_with_every_artifact_whole(
    round_: int, db: RelationalLineaDB, url: str, local_values: ValueStore
) -> None:
    if round_ % 2:  # otherwise the kill may come while the store is being created
        saved(db, "model", local_values.write("before"))
        db.close()
    process = start(_SAVE_FOR_EVER, url, local_values.location)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(random.Random(round_).uniform(0, 1.2))
    process.send_signal(signal.SIGKILL)
    stdout, _ = process.communicate()

    reported = [int(line) for line in stdout.split("\n")[:-1]]
    artifacts = db.artifacts()
    assert [artifact.version for artifact in artifacts] == list(range(len(artifacts)))
    assert set(reported) <= {artifact.version for artifact in artifacts}
    for artifact in artifacts:
        local_values.read(artifact.value)
        assert db.sources(artifact.session_id)
        assert db.graph_parts(artifact.session_id)
    files = {str(path.relative_to(local_values.location)) for path in _files(local_values)}
    unfinished = {name for name in files if Path(name).name.startswith(".writing-")}
    assert len(unfinished) <= 1
    referenced = {artifact.value.key for artifact in artifacts}
    assert len(files - unfinished - referenced) <= 1
    assert saved(db, "model", local_values.write("after")).version == len(artifacts)


def _files(values: ValueStore) -> list[Path]:
    return [path for path in Path(values.location).rglob("*") if path.is_file()]
