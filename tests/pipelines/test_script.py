"""The framework SCRIPT: files that a stranger can run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import lineapy
import lineapy.errors
from lineapy.errors import (
    ArtifactNotFoundError,
    DependencyError,
    ParameterError,
    PipelineError,
    PipelineFileError,
)
from tests.modules.support import trace

IRIS = """
import lineapy
import lineapy.errors
import pandas as pd
from sklearn import datasets
from sklearn.linear_model import LogisticRegression

test_share = 0.25
seed = 7
iris = datasets.load_iris(as_frame=True)
frame = iris.frame
frame.describe()
frame = frame.sample(frac=1.0, random_state=seed).reset_index(drop=True)
cut = int(len(frame) * (1 - test_share))
train, test = frame[:cut], frame[cut:]
lineapy.save(train, "train")
model = LogisticRegression(max_iter=500)
model.fit(train.drop(columns="target"), train["target"])
print(model)
lineapy.save(model, "iris model")
score = model.score(test.drop(columns="target"), test["target"])
lineapy.save(score, "score")
"""
SMALL = """
import lineapy
import lineapy.errors
n: int = 3
label = "sum"
weights = [1, 2]
flag = True
values = list(range(n))
lineapy.save(values, "values")
total = {label: sum(values) * sum(weights), "flag": flag}
lineapy.save(total, "total")
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the folder, where there is no LineaPy in sight."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LINEAPY_")}
    blocked = folder.parent / "blocked"
    (blocked / "lineapy").mkdir(parents=True, exist_ok=True)
    (blocked / "lineapy" / "__init__.py").write_text("raise ImportError('LineaPy is not needed here')")
    environment["PYTHONPATH"] = str(blocked)
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def test_iris_as_a_pipeline(tmp_path: Path) -> None:
    trace(IRIS)
    folder = lineapy.to_pipeline(
        ["train", "iris model", "score"],
        pipeline_name="iris",
        output_dir=tmp_path / "out",
        input_parameters=["test_share", "seed"],
        generate_test=True,
    )
    assert sorted(path.name for path in folder.iterdir()) == [
        ".lineapy-files.json",
        "iris_Dockerfile",
        "iris_README.md",
        "iris_module.py",
        "iris_requirements.txt",
        "sample_output",
        "test_iris.py",
    ]
    requirements = (folder / "iris_requirements.txt").read_text()
    assert "scikit-learn==" in requirements
    assert "lineapy" not in requirements
    code = (
        "import iris_module as m; one = m.run_all_sessions(); two = m.run_all_sessions(test_share=0.5); "
        "print(len(one['train']), len(two['train']), one['score'])"
    )
    ran = run(folder, "-c", code)
    assert ran.returncode == 0, ran.stderr
    score = lineapy.get("score").get_value()
    assert ran.stdout.split() == ["112", "75", str(score)]
    assert run(folder, "iris_module.py", "--test-share", "0.5").returncode == 0


def test_generated_tests_pass_and_fail_when_the_module_is_wrong(tmp_path: Path) -> None:
    trace(IRIS)
    folder = lineapy.to_pipeline(
        ["train", "iris model", "score"],
        pipeline_name="iris",
        output_dir=tmp_path / "out",
        generate_test=True,
    )
    right = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_iris.py")
    assert "3 passed" in right.stdout, right.stdout
    module = folder / "iris_module.py"
    module.write_text(module.read_text().replace("max_iter=500", "max_iter=2"))
    wrong = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_iris.py")
    assert "1 passed" in wrong.stdout, wrong.stdout
    assert "2 failed" in wrong.stdout, wrong.stdout


@pytest.mark.parametrize(
    "arguments, expected",
    [
        ([], "{'values': [0, 1, 2], 'total': {'sum': 9, 'flag': True}}"),
        (["--n", "2"], "{'values': [0, 1], 'total': {'sum': 3, 'flag': True}}"),
        (["--label", "s", "--no-flag"], "{'values': [0, 1, 2], 'total': {'s': 9, 'flag': False}}"),
        (["--weights", "[5]"], "{'values': [0, 1, 2], 'total': {'sum': 15, 'flag': True}}"),
    ],
)
def test_parameters_on_the_command_line(tmp_path: Path, arguments: list[str], expected: str) -> None:
    trace(SMALL)
    folder = lineapy.to_pipeline(
        ["values", "total"],
        pipeline_name="small",
        output_dir=tmp_path / "out",
        input_parameters=["n", "label", "weights", "flag"],
    )
    ran = run(folder, "small_module.py", *arguments)
    assert ran.stdout.strip() == expected, ran.stderr


def test_what_ruff_says_of_the_module(tmp_path: Path) -> None:
    trace(SMALL)
    folder = lineapy.to_pipeline(["values", "total"], pipeline_name="small", output_dir=tmp_path / "out")
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "small_module.py"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout


def test_a_file_that_was_edited_is_not_lost(tmp_path: Path) -> None:
    trace(SMALL)
    folder = lineapy.to_pipeline(["total"], pipeline_name="small", output_dir=tmp_path / "out")
    lineapy.to_pipeline(["total"], pipeline_name="small", output_dir=folder, input_parameters=["n"])
    module = folder / "small_module.py"
    module.write_text("# mine\n")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(PipelineFileError, match=r"'small_module.py'.*was edited.*overwrite=True"):
        lineapy.to_pipeline(["total"], pipeline_name="small", output_dir=folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    lineapy.to_pipeline(["total"], pipeline_name="small", output_dir=folder, overwrite=True)
    assert "def get_total" in module.read_text()


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"artifacts": []}, PipelineError, "no artifact to make"),
        ({"artifacts": "total"}, PipelineError, r"as a list.*\['total'\]"),
        ({"artifacts": ["nothing"]}, ArtifactNotFoundError, "nothing"),
        ({"artifacts": ["total", ("total", 0)]}, PipelineError, "more than once"),
        ({"artifacts": ["total"], "framework": "CRON"}, PipelineError, "'CRON'.*SCRIPT"),
        ({"artifacts": ["total"], "pipeline_name": "--"}, PipelineError, "letter or a digit"),
        (
            {"artifacts": ["total"], "dependencies": {"total": {"values"}}},
            DependencyError,
            "'values'.*none of",
        ),
        (
            {"artifacts": ["total", "values"], "dependencies": {"total": ["values"], "values": ["total"]}},
            DependencyError,
            "circle",
        ),
        (
            {"artifacts": ["total"], "input_parameters": ["values"]},
            ParameterError,
            "list.range.n..*'n', 'label'",
        ),
        ({"artifacts": ["total"], "input_parameters": ["m"]}, ParameterError, "no statement.*binds it.*'n'"),
        ({"artifacts": ["total"], "input_parameters": ["n", "n"]}, ParameterError, "more than once"),
        (
            {"artifacts": ["values"], "reuse_pre_computed_artifacts": ["nothing"]},
            ArtifactNotFoundError,
            "nothing",
        ),
    ],
)
def test_what_cannot_be_made(
    tmp_path: Path, arguments: dict[str, object], error: type[Exception], message: str
) -> None:
    trace(SMALL)
    with pytest.raises(error, match=f"(?s){message}"):
        lineapy.to_pipeline(**arguments, output_dir=tmp_path / "out")  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_the_order_of_sessions_is_found_or_told(tmp_path: Path) -> None:
    trace("import lineapy\na = 1\nlineapy.save(a, 'a')")
    trace("import lineapy\nb = lineapy.get('a').get_value() + 1\nlineapy.save(b, 'b')")
    trace("import lineapy\nc = 5\nlineapy.save(c, 'c')")
    found = lineapy.create_pipeline(["b", "a"]).module_definition()
    assert found.index("update(run_session_including_a(") < found.index("update(run_session_including_b(")
    told = lineapy.create_pipeline(["a", "c"], dependencies={"a": ["c"]}).module_definition()
    assert told.index("update(run_session_including_c(") < told.index("update(run_session_including_a(")
    with pytest.raises(DependencyError, match="need each other"):
        lineapy.create_pipeline(["a", "b"], dependencies={"a": {"b"}}).module_definition()


def test_a_pipeline_is_found_again_as_it_was(tmp_path: Path) -> None:
    trace(SMALL)
    lineapy.to_pipeline(
        ["values", "total"], pipeline_name="small", output_dir=tmp_path / "one", input_parameters=["n"]
    )
    trace(SMALL.replace("weights = [1, 2]", "weights = [7]"))
    found = lineapy.get_pipeline("small")
    assert (found.version, found.parameters, found.artifact_names) == (0, ("n",), ["values", "total"])
    found.export(output_dir=tmp_path / "two")
    one, two = ((tmp_path / folder / "small_module.py").read_text() for folder in ("one", "two"))
    assert one == two  # although the artifacts have newer versions by now
    newer = lineapy.create_pipeline(["values", "total"], "small", persist=True)
    assert newer.version == 1
    assert "weights = [7]" in lineapy.get_pipeline("small").module_definition()
    assert "weights = [1, 2]" in lineapy.get_pipeline("small", 0).module_definition()


def test_a_pipeline_that_is_not_there() -> None:
    with pytest.raises(lineapy.errors.PipelineNotFoundError, match=r"no pipeline 'gone'.*none at all"):
        lineapy.get_pipeline("gone")


def test_what_is_not_needed_may_be_shown_as_comments(tmp_path: Path) -> None:
    trace(
        "import lineapy\na = 1\nprint(a)\nfor i in range(2):\n    print(i)\nb = a + 1\nlineapy.save(b, 'b')\n"
    )
    folder = lineapy.to_pipeline(["b"], output_dir=tmp_path, include_non_slice_as_comment=True)
    text = (folder / "b_module.py").read_text()
    assert "a = 1\n    # print(a)\n    # for i in range(2):\n    #     print(i)\n    b = a + 1\n" in text


def test_options_of_a_framework_that_has_none(tmp_path: Path) -> None:
    trace(SMALL)
    with pytest.raises(lineapy.errors.PipelineOptionError, match="SCRIPT has no options, so 'retries'"):
        lineapy.to_pipeline(["total"], output_dir=tmp_path, pipeline_dag_config={"retries": 2})
