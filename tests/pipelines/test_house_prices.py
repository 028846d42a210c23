"""The example of the house prices: traced, made a pipeline, run with other parameters, compared with what is right."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import lineapy
from tests.modules.support import trace

ROOT = Path(__file__).parents[2]
ARTIFACTS = ["cleaned_data_housing", "linear_model_housing", "error_housing"]

pytest.importorskip("sklearn")

#: What the pipeline is to make of its parameters, written without it.
PLAIN = (ROOT / "examples" / "house_prices.py").read_text().replace("import lineapy\n", "")
PROGRAM = """
import json, sys
from {module} import run_all_sessions
made = run_all_sessions(**json.loads(sys.argv[1]))
print(json.dumps([len(made["cleaned_data_housing"]), list(made["linear_model_housing"].coef_), made["error_housing"]]))
"""


def plainly(folder: Path, parameters: dict[str, object]) -> list[object]:
    """The script itself, with other values in its first lines."""
    text = "\n".join(line for line in PLAIN.splitlines() if not line.startswith("lineapy.save"))
    for name, value in parameters.items():
        (line,) = (line for line in text.splitlines() if line.startswith(f"{name} = "))
        text = text.replace(line, f"{name} = {value!r}")
    text += "\nimport json\nprint(json.dumps([len(houses), list(model.coef_), error]))\n"
    ran = subprocess.run([sys.executable, "-c", text], cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "parameters",
    [{}, {"strength": 25.0, "seed": 3}, {"largest_area": 120, "data_file": "other.csv"}],
    ids=["as they were", "of the model", "of the data"],
)
def test_pipeline_makes_what_the_script_makes(
    parameters: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "examples" / "data", tmp_path / "examples" / "data")
    rows = (ROOT / "examples" / "data" / "house_sales.csv").read_text().splitlines(keepends=True)
    (tmp_path / "other.csv").write_text("".join(rows[:301]))
    monkeypatch.chdir(tmp_path)
    trace((ROOT / "examples" / "house_prices.py").read_text())
    folder = lineapy.to_pipeline(
        ARTIFACTS,
        pipeline_name="housing",
        output_dir=tmp_path,
        input_parameters=["data_file", "largest_area", "strength", "seed"],
    )
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(module="housing_module"), json.dumps(parameters)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == plainly(tmp_path, parameters)
