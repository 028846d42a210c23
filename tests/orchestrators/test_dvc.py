"""DVC: the stages are reproduced in fresh Git repositories."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.orchestrators.cases import CASES, failing, flaky
from tests.orchestrators.environments import environment_of, python_of
from tests.orchestrators.runs import Run, run_pipelines, write_pipelines

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dvc")]

FLAVORS = ["StagePerArtifact", "StagePerSession", "SingleStageAllSessions"]
Runs = dict[tuple[str, str], Run]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all that this module makes."""
    return tmp_path_factory.mktemp("dvc")


@pytest.fixture(scope="module")
def runs(root: Path) -> Runs:
    """Every case in every flavor, run."""
    options = {"python": python_of("others")}
    extra = {
        "failing": (failing(), options),
        "flaky": (flaky(str(root / "attempts")), options),
    }
    pipelines = write_pipelines("DVC", dict.fromkeys(FLAVORS, options), root, extra)
    return run_pipelines("dvc", "others", pipelines, root)


@pytest.mark.parametrize("flavor", FLAVORS)
@pytest.mark.parametrize("case", CASES)
def test_makes_what_was_saved(runs: Runs, case: str, flavor: str) -> None:
    run = runs[flavor, case]
    assert run.values() == run.expected()
    assert (run.result["again"], run.result["ran_again"]) == ("success", [])


@pytest.mark.parametrize(
    "flavor, stages",
    [
        ("StagePerArtifact", ["report"]),
        ("StagePerSession", ["run_session_including_values"]),
        ("SingleStageAllSessions", ["run_all_sessions"]),
    ],
)
def test_a_changed_parameter_runs_what_depends_on_it(runs: Runs, flavor: str, stages: list[str]) -> None:
    assert runs[flavor, "parameters"].result["after_change"] == ["success", stages]


def test_numbers_are_metrics(runs: Runs) -> None:
    shown = runs["StagePerArtifact", "diamond"].result["metrics"]
    assert "'sum of squares': 10660.0" in str(shown)


def test_a_failing_stage_shows_the_users_traceback(runs: Runs) -> None:
    run = runs["", "failing"]
    assert run.result["state"] == "failed"
    assert "ValueError: these rows are bad" in run.result["log"]
    assert '/extra_failing_module.py", line ' in run.result["log"]
    assert sorted(run.result["artifacts"]) == ["rows"]


def test_another_try_goes_on_where_the_first_one_failed(runs: Runs) -> None:
    run = runs["", "flaky"]
    assert run.result["state"] == "failed"
    assert (run.result["again"], run.result["ran_again"]) == ("success", ["total"])


def test_an_experiment_tries_another_value(runs: Runs, root: Path) -> None:
    folder = Path(runs["StagePerArtifact", "parameters"].result["folder"])
    python = python_of("others")
    environment = environment_of("others", root / "home", DVC_NO_ANALYTICS="true")

    def run(*words: str) -> str:
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("git", "add", "--all")
    run("git", "commit", "--quiet", "--message", "first")
    run(str(Path(python).with_name("dvc")), "exp", "run", "-S", "n_rows=1", "-S", "alpha=4.0")
    code = "from StagePerArtifact_parameters_values import read; print(read('artifacts/values.pkl'))"
    assert run(python, "-c", code) == "[0.0]\n"
