"""PREFECT: the flows run in Prefect, on a server of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.orchestrators.cases import CASES, failing, flaky
from tests.orchestrators.runs import Run, run_pipelines, write_pipelines

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect")]

FLAVORS = ["TaskPerArtifact", "TaskPerSession"]
Runs = dict[tuple[str, str], Run]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all that this module makes."""
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture(scope="module")
def runs(root: Path) -> Runs:
    """Every case in every flavor, run."""
    extra = {
        "failing": (failing(), {"retries": 0}),
        "flaky": (flaky(str(root / "attempts")), {"retries": 1, "retry_delay": 0.1}),
    }
    pipelines = write_pipelines("PREFECT", {flavor: {} for flavor in FLAVORS}, root, extra)
    return run_pipelines("prefect", "flows", pipelines, root)


@pytest.mark.parametrize("flavor", FLAVORS)
@pytest.mark.parametrize("case", CASES)
def test_makes_what_was_saved(runs: Runs, case: str, flavor: str) -> None:
    run = runs[flavor, case]
    assert run.values() == run.expected()
    assert run.result["warned"] == []


def test_a_failing_task_shows_the_users_traceback(runs: Runs) -> None:
    run = runs["", "failing"]
    assert run.result["state"] == "failed"
    assert "ValueError: these rows are bad" in run.result["error"]
    assert '/extra_failing_module.py", line ' in run.result["error"]


def test_a_failed_task_is_tried_again(runs: Runs, root: Path) -> None:
    run = runs["", "flaky"]
    assert run.values() == run.expected()
    assert (root / "attempts").read_text() == "tried\ntried\n"
