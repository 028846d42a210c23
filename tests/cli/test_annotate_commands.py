"""``lineapy annotate``: the user's own knowledge files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.support import run_python

RIGHT = "- module: mylib\n  annotations:\n  - criteria: {function_name: predict}\n    side_effects: []\n"
WRONG = "- module: mylib\n  annotations:\n  - criteria: {function_nam: predict}\n    side_effects: []\n"


def run(folder: Path, *arguments: object) -> Any:
    done = run_python("-m", "lineapy", *arguments, cwd=folder)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my.yaml").write_text(RIGHT)
    (tmp_path / "wrong.yaml").write_text(WRONG)
    (tmp_path / "my.txt").write_text(RIGHT)
    return tmp_path


def test_are_added_listed_and_deleted(folder: Path, linea_home: Path) -> None:
    target = linea_home / "custom-annotations/my-lib.annotations.yaml"
    done = run(folder, "annotate", "add", "my.yaml", "--name", "My Lib")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"my-lib\t{target}\n", "")
    assert target.read_text() == RIGHT
    assert run(folder, "annotate", "list").stdout == f"my-lib\t{target}\n"
    assert json.loads(run(folder, "annotate", "list", "--json").stdout) == [
        {"name": "my-lib", "path": str(target)}
    ]
    assert run(folder, "annotate", "validate").stdout == f"{target}: 1 annotation\n"
    assert run(folder, "annotate", "delete", "-n", "My Lib").returncode == 0
    done = run(folder, "annotate", "list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no annotations of yours" in done.stderr


def test_are_named_after_their_file(folder: Path, linea_home: Path) -> None:
    (folder / "my.yaml").rename(folder / "mylib.annotations.yaml")
    assert run(folder, "annotate", "add", "mylib.annotations.yaml").returncode == 0
    assert [path.name for path in linea_home.joinpath("custom-annotations").iterdir()] == [
        "mylib.annotations.yaml"
    ]


def test_are_replaced_only_if_told(folder: Path) -> None:
    assert run(folder, "annotate", "add", "my.yaml").returncode == 0
    done = run(folder, "annotate", "add", "my.yaml")
    assert (done.returncode, done.stdout) == (1, "")
    assert "--force" in done.stderr
    assert run(folder, "annotate", "add", "my.yaml", "--force").returncode == 0


@pytest.mark.parametrize(
    "file, why", [("wrong.yaml", "line 3"), ("my.txt", "ends in .yaml"), ("none.yaml", "No such file")]
)
def test_that_are_wrong_are_refused(folder: Path, linea_home: Path, file: str, why: str) -> None:
    for command in ("add", "validate"):
        done = run(folder, "annotate", command, file)
        assert (done.returncode, done.stdout) == (1, "")
        assert why in done.stderr
    assert not linea_home.joinpath("custom-annotations").exists()


@pytest.mark.parametrize("name", ["nothing", "../../my", ""])
def test_that_are_not_there_cannot_be_deleted(folder: Path, name: str) -> None:
    done = run(folder, "annotate", "delete", "--name", name)
    assert (done.returncode, done.stdout) == (1, "")
    assert (folder / "my.yaml").exists()


def test_count_in_the_folder_that_the_options_name(folder: Path) -> None:
    done = run(folder, "--customized-annotation-dir", "mine", "annotate", "add", "my.yaml")
    assert done.stdout == f"my\t{folder}/mine/my.annotations.yaml\n"
