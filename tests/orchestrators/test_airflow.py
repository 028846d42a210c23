"""AIRFLOW: the DAGs are run by Airflow 3, and by Airflow 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.orchestrators.cases import CASES
from tests.orchestrators.runs import Run, run_pipelines, write_pipelines

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("airflow")]

FLAVORS = [
    "PythonOperatorPerArtifact",
    "PythonOperatorPerSession",
    "TaskFlowPerArtifact",
    "TaskFlowPerSession",
]
Runs = dict[tuple[str, str], Run]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all that this module makes."""
    return tmp_path_factory.mktemp("airflow")


@pytest.fixture(scope="module")
def runs(root: Path) -> Runs:
    """Every case in every flavor, run."""
    pipelines = write_pipelines(
        "AIRFLOW", {name: {"values_folder": str(root / "runs"), "retries": 0} for name in FLAVORS}, root
    )
    return run_pipelines("airflow", "airflow-3", pipelines, root)


@pytest.mark.parametrize("flavor", FLAVORS)
@pytest.mark.parametrize("case", CASES)
def test_makes_what_was_saved(runs: Runs, case: str, flavor: str) -> None:
    run = runs[flavor, case]
    assert run.values() == run.expected()
    assert run.result["warned"] == []
    assert set(run.result["tasks"].values()) == {"success"}
