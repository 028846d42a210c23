"""KUBEFLOW: the pipelines are compiled, checked against the schema, and run by Kubeflow's local runner."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.orchestrators.cases import CASES, MIXED, NAMES, SHARED, Case, failing, flaky
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
    extra: dict[str, tuple[Case, dict[str, object]]] = {
        "failing": (failing(), {"retries": 0}),
        "flaky": (flaky(str(root / "attempts")), {"retries": 1, "retry_delay": 0}),
        "killed": (flaky(str(root / "killed"), is_killed=True), {"retries": 1, "retry_delay": 0}),
        "names": (NAMES, {}),
        "names by session": (NAMES, {"dag_flavor": "ComponentPerSession"}),
        "shared": (SHARED, {}),
        "mixed": (MIXED, {}),
        "options": (
            CASES["one artifact"],
            {
                "base_image": "registry.example.com/python-squares:2",
                "host_url": "http://kubeflow.example.com",
                "cache": True,
                "retries": 3,
                "retry_delay": 7,
                "cpu": 0.5,
                "memory": "2Gi",
                "environment": {"LINEAPY_DATABASE_URL": "postgresql://db/lineapy"},
            },
        ),
    }
    pipelines = write_pipelines("KUBEFLOW", {flavor: {} for flavor in FLAVORS}, root, extra)
    return run_pipelines("kubeflow", "others", pipelines, root)


@pytest.mark.parametrize("flavor", FLAVORS)
@pytest.mark.parametrize("case", CASES)
def test_makes_what_was_saved(runs: Runs, case: str, flavor: str) -> None:
    run = runs[flavor, case]
    assert run.values() == run.expected()
    assert run.result["warned"] == []


def test_parameters_have_types(runs: Runs) -> None:
    found = {
        name: one["parameterType"] for name, one in runs[FLAVORS[0], "parameters"].result["types"].items()
    }
    assert found == {
        "n_rows": "NUMBER_INTEGER",
        "alpha": "NUMBER_DOUBLE",
        "label": "STRING",
        "is_sorted": "BOOLEAN",
        "names": "LIST",
        "first": "STRING",  # JSON, or else the text itself: it was None
        "shape": "STRING",  # JSON: in lists, Kubeflow has no integers
        "day": "STRING",
        "where": "STRING",
    }


def test_frames_are_datasets(runs: Runs) -> None:
    assert runs[FLAVORS[0], "chain"].result["kinds"] == {
        "frame": "Dataset",
        "scaled_frame": "Dataset",
        "model": "Artifact",
    }


def test_branches_of_a_sweep_share_a_component_and_wait_for_none_of_each_other(runs: Runs) -> None:
    run = runs[FLAVORS[0], "sweep"]
    text = Path(run.pipeline["folder"], f"{run.pipeline['name']}_kfp.py").read_text()
    assert text.count("def task_report(") == 1
    reports = [one for name, one in run.result["tasks"].items() if name.startswith("task-report")]
    assert [one["taskInfo"]["name"] for one in reports] == [f"report (alpha={n})" for n in (0.1, 0.2, 3)]
    assert not any("report" in name for one in reports for name in one.get("dependentTasks", []))


def test_a_failing_task_shows_the_users_traceback(runs: Runs) -> None:
    run = runs["", "failing"]
    assert run.result["state"] == "failed"
    assert "ValueError: these rows are bad" in run.result["log"]
    assert '/extra_failing_module.py", line ' in run.result["log"]


def test_a_task_that_failed_or_was_killed_is_tried_again(runs: Runs, root: Path) -> None:
    for case, attempts in (("flaky", "attempts"), ("killed", "killed")):
        run = runs["", case]
        assert run.values() == run.expected()
        assert (root / attempts).read_text() == "tried\ntried\n"


@pytest.mark.parametrize(
    "flavor, case", [("", "names"), (FLAVORS[1], "names by session"), ("", "shared"), ("", "mixed")]
)
def test_makes_what_was_saved_whatever_it_is_called(runs: Runs, flavor: str, case: str) -> None:
    run = runs[flavor, case]
    assert set(map(str, run.values().values())) == set(map(str, run.pipeline["expected"].values()))
    assert run.result["warned"] == []


def test_values_of_several_types_go_as_text(runs: Runs) -> None:
    text = Path(runs["", "mixed"].pipeline["folder"], "extra_mixed_kfp.py").read_text()
    assert 'task_kept(limit="null")' in text
    assert 'task_sizes(size="0.5")' in text


def test_names_are_those_that_kubernetes_takes(runs: Runs) -> None:
    for run in runs.values():
        for name in run.result["tasks"]:
            assert len(name) <= 63
            assert name.isascii()
            assert name.replace("-", "").isalnum()
            assert name == name.lower()


def test_options(runs: Runs) -> None:
    run = runs["", "options"]
    assert run.values() == run.expected()
    [task] = run.result["tasks"].values()
    assert task["cachingOptions"] == {"enableCache": True}
    assert task["retryPolicy"]["maxRetryCount"] == 3
    assert task["retryPolicy"]["backoffDuration"] == "7s"
    [executor] = run.result["executors"].values()
    container = executor["container"]
    assert container["image"] == "registry.example.com/python-squares:2"
    assert container["resources"]["resourceCpuLimit"] == "0.5"
    assert container["resources"]["resourceMemoryLimit"] == "2Gi"
    assert container["env"] == [{"name": "LINEAPY_DATABASE_URL", "value": "postgresql://db/lineapy"}]
    assert "pip install" not in str(container["command"])
    text = Path(run.pipeline["folder"], "extra_options_kfp.py").read_text()
    assert 'HOST = "http://kubeflow.example.com"' in text
