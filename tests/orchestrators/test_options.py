"""``pipeline_dag_config``: what is wrong in it is told before anything is written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import lineapy
from lineapy.errors import LineaWarning, ParameterError, PipelineError, PipelineOptionError
from lineapy.pipelines.frameworks import framework_named, framework_names
from tests.modules.support import trace

SCRIPT = """
import lineapy
alpha = 0.5
scaled = [alpha * n for n in range(3)]
lineapy.save(scaled, "scaled")
"""
_RUFF = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache"]
WITH_FLAVORS = [name for name in framework_names() if framework_named(name).options.grains]


def write(framework: str, folder: Path, config: dict[str, Any], **more: Any) -> str:
    """Write a pipeline; the text of all its files."""
    trace(SCRIPT)
    written = lineapy.to_pipeline(
        ["scaled"], framework, "demo", output_dir=folder / "out", pipeline_dag_config=config, **more
    )
    files = sorted(path for path in written.rglob("*") if path.is_file())
    return "\n".join(path.read_text() for path in files)


@pytest.mark.parametrize("framework", framework_names())
def test_an_option_that_there_is_not(framework: str, tmp_path: Path) -> None:
    with pytest.raises(PipelineOptionError) as caught:
        write(framework, tmp_path, {"retrys": 2})
    options = framework_named(framework).options.model_fields.keys() - {"dag_flavor"}
    assert "'retrys'" in str(caught.value)
    assert all(name in str(caught.value) for name in options)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("framework", WITH_FLAVORS)
def test_a_flavor_that_there_is_not(framework: str, tmp_path: Path) -> None:
    with pytest.raises(PipelineOptionError, match="no dag_flavor 'PerMoon'") as caught:
        write(framework, tmp_path, {"dag_flavor": "PerMoon"})
    assert all(flavor in str(caught.value) for flavor in framework_named(framework).options.grains)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("framework", WITH_FLAVORS)
def test_each_flavor_writes_files_that_ruff_finds_clean(framework: str, tmp_path: Path) -> None:
    for flavor in framework_named(framework).options.grains:
        folder = tmp_path / flavor
        write(framework, folder, {"dag_flavor": flavor}, input_parameters=["alpha"])
        checked = subprocess.run(
            [
                sys.executable,
                "-m",
                "ruff",
                "check",
                "--isolated",
                "--no-cache",
                "--select",
                "E4,E7,E9,F,AIR,UP034",
                ".",
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("framework", framework_names())
def test_each_option_says_what_it_is(framework: str) -> None:
    for name, field in framework_named(framework).options.model_fields.items():
        assert field.description, name


@pytest.mark.parametrize(
    "config, message",
    [
        (
            {"retries": -1},
            "'retries' in pipeline_dag_config cannot be -1: input should be greater than or equal to 0",
        ),
        (
            {"retries": "many"},
            "'retries' in pipeline_dag_config cannot be 'many': input should be a valid integer",
        ),
        ({"keep_values": "maybe"}, "choose one of: never, on_failure, always"),
        ({"start_date": "soon"}, "'start_date' in pipeline_dag_config cannot be 'soon'"),
    ],
)
def test_a_value_that_cannot_be(config: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(PipelineOptionError) as caught:
        write("AIRFLOW", tmp_path, config)
    assert message in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "config, warning, text",
    [
        ({"schedule_interval": "*/15 * * * *"}, "is called 'schedule' today", 'schedule="*/15 * * * *"'),
        ({"task_serialization": "TmpDirPickle"}, "has no effect any more: values go", "schedule=None"),
        ({"catchup": "True"}, None, "catchup=True"),
        ({"start_date": "days_ago(1)"}, None, "start_date=datetime(20"),
        ({"owner": "me", "max_active_runs": 3, "retries": 7}, None, '"retries": 7'),
    ],
)
def test_options_of_0_2_3(
    config: dict[str, Any], warning: str | None, text: str, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    assert text in write("AIRFLOW", tmp_path, config)
    warned = [str(one.message) for one in recwarn if issubclass(one.category, LineaWarning)]
    assert len(warned) == (warning is not None)
    assert all(str(warning) in one for one in warned)
    assert all(one.filename == __file__ for one in recwarn if issubclass(one.category, LineaWarning))


@pytest.mark.parametrize(
    "framework, sweep, error, message",
    [
        (
            "SCRIPT",
            {"alpha": [1, 2]},
            PipelineError,
            "SCRIPT runs one task after the other, so it has no sweep",
        ),
        (
            "AIRFLOW",
            {"alpha": 1},
            ParameterError,
            "The sweep gives 'alpha' 1. Give a list of the values to try",
        ),
        ("AIRFLOW", {"alpha": []}, ParameterError, "gives 'alpha' no value to try"),
        ("AIRFLOW", {"beta": [1]}, ParameterError, "'beta' cannot be a parameter"),
    ],
)
def test_a_sweep_that_cannot_be(
    framework: str, sweep: dict[str, Any], error: type[Exception], message: str, tmp_path: Path
) -> None:
    with pytest.raises(error) as caught:
        write(framework, tmp_path, {}, sweep=sweep)
    assert message in str(caught.value)
    assert not (tmp_path / "out").exists()
