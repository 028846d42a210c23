"""AIRFLOW: the DAGs are run by Airflow 3, and by Airflow 2."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.orchestrators.cases import CASES, failing, flaky
from tests.orchestrators.runs import Run, run_pipelines, write_pipelines
from tests.servers.s3 import S3Server

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
def runs(root: Path, s3: S3Server) -> Runs:
    """Every case in every flavor, run."""
    options = {"values_folder": str(root / "runs"), "retries": 0}
    extra = {
        "failing": (failing(), options),
        "flaky": (flaky(str(root / "attempts")), options | {"retries": 1, "retry_delay": 0.1}),
        "nothing kept": (failing(), options | {"keep_values": "never"}),
        "on S3": (CASES["diamond"], options | {"values_folder": s3.new_location()}),
        "all kept": (CASES["diamond"], options | {"keep_values": "always"}),
    }
    pipelines = write_pipelines("AIRFLOW", dict.fromkeys(FLAVORS, options), root, extra)
    return run_pipelines("airflow", "airflow-3", pipelines, root, **s3.environment)


@pytest.mark.parametrize("flavor", FLAVORS)
@pytest.mark.parametrize("case", CASES)
def test_makes_what_was_saved(runs: Runs, case: str, flavor: str) -> None:
    run = runs[flavor, case]
    assert run.values() == run.expected()
    assert run.result["warned"] == []
    assert set(run.result["tasks"].values()) == {"success"}


def test_a_failing_task_shows_the_users_traceback(runs: Runs) -> None:
    run = runs["", "failing"]
    assert run.result["state"] == "failed"
    assert run.result["tasks"] == {"rows": "success", "total": "failed", "clean_up": "upstream_failed"}
    assert "ValueError: these rows are bad" in run.log
    assert '/extra_failing_module.py", line ' in run.log
    assert 'raise ValueError("these rows are bad")' in run.log


def test_a_failed_task_is_tried_again(runs: Runs, root: Path) -> None:
    run = runs["", "flaky"]
    assert run.values() == run.expected()
    assert (root / "attempts").read_text() == "tried\ntried\n"


def test_workers_on_many_machines_have_a_folder_on_s3(runs: Runs) -> None:
    run = runs["", "on S3"]
    assert run.values() == run.expected()
    assert all(name.startswith("artifacts/") for name in run.result["files"])


@pytest.mark.parametrize(
    "case, files",
    [
        ("failing", ["artifacts/rows.pkl", "values/rows.pkl"]),  # for another try
        ("nothing kept", ["artifacts/rows.pkl"]),
        ("flaky", ["artifacts/rows.pkl", "artifacts/total.pkl"]),
        ("all kept", None),
    ],
)
def test_values_are_kept_as_long_as_was_asked_for(runs: Runs, case: str, files: list[str] | None) -> None:
    found = runs["", case].result["files"]
    assert found == files if files is not None else any(name.startswith("values/") for name in found)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="Airflow 2 is not made for Python 3.13")
def test_airflow_2_runs_the_same_files(runs: Runs, root: Path) -> None:
    """Workers have neither LineaPy nor anything of it."""
    pipelines = [
        run.pipeline for run in runs.values() if run.pipeline["case"] in ("chain", "parameters", "sweep")
    ]
    folder = root / "airflow-2"
    folder.mkdir()
    for run in run_pipelines("airflow", "airflow-2", pipelines, folder).values():
        assert run.result["version"].startswith("2.")
        assert run.values() == run.expected()
        assert run.result["warned"] == []
