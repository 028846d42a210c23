"""ARGO: what Hera makes is checked strictly against Argo's own schema; its steps are run by an interpreter of the YAML."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

from tests.orchestrators.cases import CASES, failing, flaky
from tests.orchestrators.runs import Run, run_pipelines, write_pipelines

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("argo")]

FLAVORS = ["StepPerArtifact", "StepPerSession"]
Runs = dict[tuple[str, str], Run]

#: Argo's published schema, which is too large to have a copy of.
SCHEMA = Path(
    os.environ.get("LINEAPY_TEST_ARGO_SCHEMA")
    or Path(__file__).parents[3] / "shared/reference/orchestrators/argo/argo-schema.json"
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all that this module makes."""
    return tmp_path_factory.mktemp("argo")


@pytest.fixture(scope="module")
def runs(root: Path) -> Runs:
    """Every case in every flavor, run."""
    extra = {
        "failing": (failing(), {"retries": 0}),
        "flaky": (flaky(str(root / "attempts")), {"retries": 1}),
        "with options": (
            CASES["chain"],
            {"cpu": "2", "memory": "4Gi", "image_pull_policy": "Always", "workflow_name": "My_Flow"},
        ),
    }
    pipelines = write_pipelines("ARGO", {flavor: {} for flavor in FLAVORS}, root, extra)
    settings = {"ARGO_SCHEMA": str(SCHEMA)} if SCHEMA.exists() else {}
    return run_pipelines("argo", "others", pipelines, root, **settings)


@pytest.mark.parametrize("flavor", FLAVORS)
@pytest.mark.parametrize("case", CASES)
def test_makes_what_was_saved(runs: Runs, case: str, flavor: str) -> None:
    run = runs[flavor, case]
    assert run.values() == run.expected()
    assert run.result["warned"] == []


def test_workflows_are_valid(runs: Runs) -> None:
    if not SCHEMA.exists():
        warnings.warn(
            f"Argo's schema is not at {SCHEMA}: only Hera's models and references are checked", stacklevel=1
        )
    for run in runs.values():
        assert run.result["faults"] == []
        assert run.result["has_schema"] == SCHEMA.exists()


def test_a_failing_step_shows_the_users_traceback(runs: Runs) -> None:
    run = runs["", "failing"]
    assert run.result["tasks"] == {"rows": "Succeeded", "total": "Failed"}
    assert "ValueError: these rows are bad" in run.result["log"]
    assert '/extra_failing_module.py", line ' in run.result["log"]


def test_a_failed_step_is_tried_again(runs: Runs, root: Path) -> None:
    run = runs["", "flaky"]
    assert run.values() == run.expected()
    assert (root / "attempts").read_text() == "tried\ntried\n"


def test_options_are_in_the_workflow(runs: Runs) -> None:
    document = runs["", "with options"].result["document"]
    assert document["metadata"]["generateName"] == "my-flow-"
    steps = [one for one in document["spec"]["templates"] if "script" in one]
    for step in steps:
        assert step["script"]["image"] == "extra_with_options:lineapy"
        assert step["script"]["imagePullPolicy"] == "Always"
        assert step["script"]["resources"] == {"limits": {"cpu": "2", "memory": "4Gi"}}
        assert step["retryStrategy"] == {"limit": "2", "retryPolicy": "Always"}
