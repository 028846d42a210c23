"""ARGO: workflows are checked by Hera, and strictly against Argo's own schema; its steps are run by an interpreter of the YAML."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.orchestrators.cases import CASES, MIXED, NAMES, SHARED, failing, flaky
from tests.orchestrators.environments import environment_of, python_of
from tests.orchestrators.runs import Run, run_pipelines, write_pipelines

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("argo")]

FLAVORS = ["StepPerArtifact", "StepPerSession"]
Runs = dict[tuple[str, str], Run]

#: Argo's published schema, which is too large to have a copy of.
_PLACE = "shared/reference/orchestrators/argo/argo-schema.json"
SCHEMA = Path(
    os.environ.get("LINEAPY_TEST_ARGO_SCHEMA")
    or next(
        (found for folder in Path(__file__).parents if (found := folder / _PLACE).exists()),
        Path(__file__).parents[3] / _PLACE,
    )
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
        "killed": (flaky(str(root / "killed"), is_killed=True), {"retries": 1}),
        "names": (NAMES, {}),
        "names by session": (NAMES, {"dag_flavor": "StepPerSession"}),
        "shared": (SHARED, {}),
        "mixed": (MIXED, {}),
        "with options": (
            CASES["chain"],
            {
                "cpu": "2",
                "memory": "4Gi",
                "image_pull_policy": "Always",
                "workflow_name": "My_Flow",
                "retry_delay": 7,
                "environment": {"COST": "$(HOME) $5"},
                "artifact_repository": "stores/s3",
            },
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


def test_a_step_that_failed_or_was_killed_is_tried_again(runs: Runs, root: Path) -> None:
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


def test_branches_of_a_sweep_share_a_template_and_wait_for_none_of_each_other(runs: Runs) -> None:
    dag, *steps = runs[FLAVORS[0], "sweep"].result["document"]["spec"]["templates"]
    assert [one["name"] for one in steps if "report" in one["name"]] == ["report"]
    reports = {one["name"]: one for one in dag["dag"]["tasks"] if one["template"] == "report"}
    assert list(reports) == ["report-alpha-0-1", "report-alpha-0-2", "report-alpha-3"]
    assert not any("report" in one["depends"] for one in reports.values())


def test_options_are_in_the_workflow(runs: Runs) -> None:
    document = runs["", "with options"].result["document"]
    assert document["metadata"]["generateName"] == "my-flow-"
    steps = [one for one in document["spec"]["templates"] if "script" in one]
    for step in steps:
        assert step["script"]["image"] == "extra_with_options:lineapy"
        assert step["script"]["imagePullPolicy"] == "Always"
        assert step["script"]["resources"] == {"limits": {"cpu": "2", "memory": "4Gi"}}
        assert step["retryStrategy"] == {"limit": "2", "retryPolicy": "Always", "backoff": {"duration": "7"}}
        assert step["script"]["env"] == [{"name": "COST", "value": "$$(HOME) $$5"}]
    assert document["spec"]["artifactRepositoryRef"] == {"configMap": "stores", "key": "s3"}


def test_the_script_submits_the_workflow_with_parameters_and_token(runs: Runs, root: Path) -> None:
    """What Argo's server is sent, as this one takes note of it; it knows nothing else of Argo."""
    received: list[tuple[str, str | None, dict[str, Any]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.append((self.path, self.headers["Authorization"], body["workflow"]))
            made = body["workflow"]
            made["metadata"]["name"] = "made-by-argo"
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(made).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
            """It says nothing."""

    run = runs[FLAVORS[0], "parameters"]
    script = Path(run.pipeline["folder"], f"{run.pipeline['name']}_workflow.py")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"http://127.0.0.1:{server.server_port}"
        done = [
            subprocess.run(
                [python_of("others"), str(script), "--host", host, "--namespace", "mine", "-p", given],
                env=environment_of("others", root / "home", ARGO_TOKEN="Bearer secret"),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            for given in ('label="a=b"', "alhpa=2")
        ]
        server.shutdown()
    assert (done[0].stdout, done[0].stderr) == ("made-by-argo\n", "")
    assert "there is no parameter 'alhpa', but n_rows, alpha, label" in done[1].stderr
    ((path, token, workflow),) = received
    assert (path, token) == ("/api/v1/workflows/mine", "Bearer secret")
    sent = {one["name"]: one["value"] for one in workflow["spec"]["arguments"]["parameters"]}
    assert (sent["label"], sent["n_rows"]) == ('"a=b"', "4")
    assert workflow["spec"]["templates"] == run.result["document"]["spec"]["templates"]
