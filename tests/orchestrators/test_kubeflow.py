"""KUBEFLOW: what kfp compiles is checked against its own schema, and run by its local runner."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.orchestrators.cases import CASES, failing
from tests.orchestrators.runs import Run, run_pipelines, write_pipelines

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kubeflow")]

FLAVORS = ["ComponentPerArtifact", "ComponentPerSession"]
Runs = dict[tuple[str, str], Run]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all that this module makes."""
    return tmp_path_factory.mktemp("kubeflow")


@pytest.fixture(scope="module")
def runs(root: Path) -> Runs:
    """Every case in every flavor, run."""
    extra = {
        "failing": (failing(), {"retries": 0}),
        "with options": (CASES["chain"], {"retries": 5, "cpu": "2", "memory": "4G", "cache": False}),
    }
    pipelines = write_pipelines("KUBEFLOW", {flavor: {} for flavor in FLAVORS}, root, extra)
    return run_pipelines("kubeflow", "others", pipelines, root)


@pytest.mark.parametrize("flavor", FLAVORS)
@pytest.mark.parametrize("case", CASES)
def test_makes_what_was_saved(runs: Runs, case: str, flavor: str) -> None:
    run = runs[flavor, case]
    assert run.values() == run.expected()
    assert run.result["warned"] == []


def test_a_failing_component_shows_the_users_traceback(runs: Runs) -> None:
    run = runs["", "failing"]
    assert run.result["state"] == "failed"
    assert "ValueError: these rows are bad" in run.log
    assert '/extra_failing_module.py", line ' in run.log


def test_options_are_in_what_is_compiled(runs: Runs) -> None:
    spec = runs["", "with options"].result["spec"]
    for task in spec["root"]["dag"]["tasks"].values():
        assert task["retryPolicy"]["maxRetryCount"] == 5
        assert task["cachingOptions"] == {}
    for executor in spec["deploymentSpec"]["executors"].values():
        assert executor["container"]["image"] == "extra_with_options:lineapy"
        assert executor["container"]["resources"]["resourceCpuLimit"] == "2"
        assert executor["container"]["resources"]["resourceMemoryLimit"] == "4G"


def test_branches_of_a_sweep_run_side_by_side(runs: Runs) -> None:
    """What is compiled has no order among them."""
    tasks = runs["ComponentPerArtifact", "sweep"].result["spec"]["root"]["dag"]["tasks"]
    branches = [task for name, task in tasks.items() if "report-alpha" in name]
    assert len(branches) == 3
    assert all(
        not any("alpha" in one for one in task["dependentTasks"] if "report" in one) for task in branches
    )
