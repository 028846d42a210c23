"""``lineapy pipeline``: writing the files of a stored pipeline for a framework."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.api.support import run_python, run_traced

SCRIPT = """\
import lineapy
alpha = 0.5
numbers = [alpha * n for n in range(3)]
lineapy.save(numbers, "numbers")
lineapy.create_pipeline(["numbers"], "weekly", persist=True)
"""


def run(folder: Path, *arguments: str) -> Any:
    done = run_python("-m", "lineapy", "pipeline", *arguments, cwd=folder)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder where a pipeline was stored."""
    assert run_traced(SCRIPT, tmp_path).returncode == 0
    return tmp_path


def test_export_with_options_of_the_framework(here: Path) -> None:
    options = ["--config", "retries=7", "--config", "owner=me", "--config", 'tags=["a", "b"]']
    done = run(here, "export", "weekly", "--framework", "airflow", "--output-dir", "out", *options)
    assert (done.returncode, done.stderr) == (0, "Written to out.\n")
    text = (here / "out" / "weekly_dag.py").read_text()
    assert '"retries": 7' in text
    assert '"owner": "me"' in text
    assert 'tags=["a", "b"]' in text


def test_export_with_a_sweep(here: Path) -> None:
    done = run(here, "export", "weekly", "--framework", "RAY", "--sweep", "alpha=[1, 2]")
    assert done.returncode == 0, done.stderr
    text = (here / "weekly_ray.py").read_text()
    assert "def task_numbers_alpha_1(" in text
    assert "def task_numbers_alpha_2(" in text


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--framework", "COBOL"], "There is no framework 'COBOL'"),
        (["--config", "retries=1"], "The framework SCRIPT has no options"),
        (
            ["--framework", "AIRFLOW", "--config", "retries=many"],
            "'retries' in pipeline_dag_config cannot be 'many'",
        ),
        (["--framework", "AIRFLOW", "--config", "retries"], "'retries' gives 'retries' no value"),
        (["--framework", "AIRFLOW", "--sweep", "alpha=1"], "The sweep gives 'alpha' 1"),
    ],
)
def test_what_is_wrong_is_told(here: Path, arguments: list[str], message: str) -> None:
    done = run(here, "export", "weekly", "--output-dir", "out", *arguments)
    assert done.returncode != 0
    assert message in done.stderr
    assert not (here / "out").exists()
