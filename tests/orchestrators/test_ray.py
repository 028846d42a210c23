"""RAY: the tasks run on a cluster of this machine, and on one that has an address."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.orchestrators.cases import CASES, Case, failing, flaky
from tests.orchestrators.environments import environment_of, python_of
from tests.orchestrators.runs import Run, run_pipelines, write_pipelines
from tests.servers.process import free_port
from tests.slicing.support.describe import describe

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ray")]

FLAVORS = ["TaskPerArtifact", "TaskPerSession"]
Runs = dict[tuple[str, str], Run]

#: Whoever changes an array in place, only if told to, finds one that it may change.
_IN_PLACE = Case(
    """
import lineapy
import numpy as np
is_scaled = False
numbers = np.arange(6.0)
lineapy.save(numbers, "numbers")
def scaled(numbers):
    if is_scaled:
        numbers *= 2
    return numbers.sum()
total = scaled(numbers)
lineapy.save(total, "total")
rest = numbers - 1
lineapy.save(rest, "rest")
""",
    ["numbers", "total"],
    ["is_scaled"],
    {"is_scaled": True},
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all that this module makes."""
    return tmp_path_factory.mktemp("ray")


@pytest.fixture(scope="module")
def runs(root: Path) -> Runs:
    """Every case in every flavor, run."""
    extra: dict[str, tuple[Case, dict[str, object]]] = {
        "failing": (failing(), {"retries": 0}),
        "flaky": (flaky(str(root / "attempts")), {"retries": 1}),
        "killed": (flaky(str(root / "killed"), is_killed=True), {"retries": 1}),
        "in place": (_IN_PLACE, {}),
        "read only": (CASES["diamond"], {"copy_values": False, "task_options": {"report": {"num_cpus": 2}}}),
    }
    pipelines = write_pipelines("RAY", {flavor: {} for flavor in FLAVORS}, root, extra)
    return run_pipelines("ray", "others", pipelines, root)


@pytest.mark.parametrize("flavor", FLAVORS)
@pytest.mark.parametrize("case", CASES)
def test_makes_what_was_saved(runs: Runs, case: str, flavor: str) -> None:
    run = runs[flavor, case]
    assert run.values() == run.expected()
    assert run.result["warned"] == []


def test_a_failing_task_raises_the_users_exception(runs: Runs) -> None:
    run = runs["", "failing"]
    assert run.result["state"] == "failed"
    assert "ValueError" in run.result["types"]
    assert "these rows are bad" in run.result["error"]
    assert '/extra_failing_module.py", line ' in run.result["error"]


def test_a_task_that_failed_or_was_killed_is_tried_again(runs: Runs, root: Path) -> None:
    for case, attempts in (("flaky", "attempts"), ("killed", "killed")):
        run = runs["", case]
        assert run.values() == run.expected()
        assert (root / attempts).read_text() == "tried\ntried\n"


def test_a_task_may_change_what_it_is_given(runs: Runs) -> None:
    found = runs["", "in place"].values()
    assert found == {"numbers": describe(np.arange(6.0)), "total": describe(np.float64(30))}


def test_options_of_certain_tasks(runs: Runs) -> None:
    run = runs["", "read only"]
    assert run.values() == run.expected()
    text = Path(run.pipeline["folder"], "extra_read_only_ray.py").read_text()
    assert "@ray.remote(num_cpus=2, max_retries=2, retry_exceptions=True)\ndef task_report(" in text


def test_runs_on_a_cluster_by_its_address(runs: Runs, root: Path) -> None:
    """A cluster of its own, whose workers have the module by the runtime environment alone."""
    pipeline = runs["TaskPerArtifact", "parameters"].pipeline
    python = python_of("others")
    command = [str(Path(python).with_name("ray"))]
    environment = environment_of("others", root / "cluster", RAY_USAGE_STATS_ENABLED="0")

    def run(*words: str, **more: str) -> str:
        done = subprocess.run(
            words, env=environment | more, cwd=root, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    address = f"127.0.0.1:{free_port()}"
    head = ["--head", "--node-ip-address=127.0.0.1", f"--port={address.partition(':')[2]}", "--num-cpus=2"]
    head += ["--include-dashboard=false", "--disable-usage-stats", "--object-store-memory=100000000"]
    run(*command, "start", *head, f"--temp-dir=/tmp/ray-{root.parent.name[-8:]}")
    try:
        file = Path(pipeline["folder"], f"{pipeline['name']}_ray.py")
        words = [python, str(file), "--n-rows", "2", "--label", "far", "--names", json.dumps(["x"])]
        made = run(*words, "--is-sorted", "--day", "2027-01-02", RAY_ADDRESS=address)
    finally:
        run(*command, "stop", "--force")
    assert "'values': [0.5, 0.0]" in made
    assert "'label': 'far'" in made
    assert "datetime.date(2027, 1, 2)" in made
