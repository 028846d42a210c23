"""`lineapy.get`, `lineapy.delete`, and what they understand as a version."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

import lineapy
from lineapy.errors import (
    ArtifactNotFoundError,
    ArtifactVersionError,
    DigestMismatchError,
)
from tests.api.support import run_python, trace, value_files


@pytest.fixture
def three() -> None:
    """Three versions of ``x``, with the values 10, 11, 12."""
    trace("import lineapy\nfor x in (10, 11, 12):\n    lineapy.save(x, 'x')\n")


@pytest.mark.usefixtures("three")
class TestVersions:
    @pytest.mark.parametrize(
        "version, value",
        [
            (None, 12), (0, 10), (1, 11), (2, 12), (1.0, 11), (1.9, 11), ("1", 11), ("1.1", 11), (" 1 ", 11), ("0", 10),
            ("latest", 12), ("LATEST", 12), ("all", 12),
        ],
    )  # fmt: skip
    def test_understood(self, version: Any, value: int) -> None:
        assert lineapy.get("x", version).get_value() == value
        assert lineapy.get(artifact_name="x", version=version).get_value() == value

    @pytest.mark.parametrize(
        "version",
        [
            -1,
            -0.5001 - 1,
            "-1",
            "",
            "newest",
            "1,1",
            float("nan"),
            float("inf"),
            True,
            [1],
            b"1",
            object(),
            1j,
        ],
    )
    def test_refused(self, version: Any) -> None:
        with pytest.raises(ArtifactVersionError, match="not a version"):
            lineapy.get("x", version)
        with pytest.raises(ValueError):
            lineapy.delete("x", version)
        assert lineapy.artifact_store().len == 3

    @pytest.mark.parametrize("version", [3, 99, "7", 10**30])
    def test_missing(self, version: Any) -> None:
        with pytest.raises(ArtifactNotFoundError, match="its versions are 0, 1, 2") as caught:
            lineapy.get("x", version)
        assert isinstance(caught.value, NameError)
        assert str(int(float(version))) in str(caught.value)
        assert "artifact_store()" in str(caught.value)
        with pytest.raises(NameError):
            lineapy.delete("x", version)
        assert lineapy.artifact_store().len == 3

    def test_missing_name_tells_the_nearest(self) -> None:
        trace("import lineapy\nlineapy.save(1, 'iris_model')\n")
        with pytest.raises(NameError, match="iris_model"):
            lineapy.get("iris_modle")
        with pytest.raises(NameError):
            lineapy.delete("iris_modle", "latest")
        with pytest.raises(NameError):
            lineapy.delete("iris_modle", "all")

    @pytest.mark.parametrize(
        "version, left",
        [
            (0, [1, 2]),
            ("1", [0, 2]),
            (2.0, [0, 1]),
            ("latest", [0, 1]),
            ("Latest", [0, 1]),
            ("all", []),
            ("ALL", []),
            (" All ", []),
        ],
    )
    def test_deleting(self, version: Any, left: list[int]) -> None:
        lineapy.delete("x", version)
        assert [a.version for a in lineapy.artifact_store().artifacts] == left
        assert [lineapy.get("x", number).get_value() for number in left] == [10 + number for number in left]

    @pytest.mark.parametrize("version", [1, "all"])
    def test_what_is_deleted_can_be_brought_back(self, version: Any) -> None:
        lineapy.delete("x", version)
        versions = [1] if version == 1 else [0, 1, 2]
        session = trace("")  # for its store
        session.store.db.restore_artifacts("x", versions)
        session.store.close()
        assert [a.get_value() for a in lineapy.artifact_store().artifacts] == [10, 11, 12]

    def test_the_version_to_delete_must_be_named(self) -> None:
        with pytest.raises(TypeError):
            lineapy.delete("x")  # type: ignore[call-arg]

    @pytest.mark.parametrize("version", ["latest", "all"])
    def test_a_number_is_not_used_again(self, version: str) -> None:
        lineapy.delete("x", version)
        trace("import lineapy\nlineapy.save(0, 'x')\n")
        assert lineapy.get("x").version == 3

    def test_deleting_twice(self) -> None:
        lineapy.delete("x", 1)
        with pytest.raises(NameError):
            lineapy.delete("x", 1)


def test_a_shared_value_survives() -> None:
    trace("import lineapy\nx = [1]\nlineapy.save(x, 'a')\nlineapy.save(x, 'b')\nlineapy.save(x, 'b')\n")
    lineapy.delete("b", "all")
    assert lineapy.get("a").get_value() == [1]


def test_an_artifact_in_hand_outlives_its_deletion() -> None:
    trace("import lineapy\nx = [1]\nlineapy.save(x, 'x')\n")
    artifact = lineapy.get("x")
    lineapy.delete("x", "all")
    assert artifact.get_value() == [1]
    assert artifact.get_code() == "x = [1]\n"


def test_nothing_there_creates_nothing(linea_home: Path) -> None:
    with pytest.raises(NameError, match="no artifact 'x'"):
        lineapy.get("x")
    with pytest.raises(NameError):
        lineapy.delete("x", "all")
    assert lineapy.artifact_store().len == 0
    assert not linea_home.exists()


@pytest.mark.parametrize("name", [5, None, ["x"]])
def test_a_name_that_is_no_text(name: Any) -> None:
    trace("import lineapy\nlineapy.save(1, 'x')\n")
    with pytest.raises(ArtifactNotFoundError):
        lineapy.get(name)
    with pytest.raises(ArtifactNotFoundError):
        lineapy.delete(name, "all")


def test_in_a_plain_process(tmp_path: Path, linea_home: Path) -> None:
    trace("import lineapy\nx = [1]\nlineapy.save(x, 'x')\nlineapy.save(x, 'y')\n")
    program = (
        "import lineapy, sys\n"
        "print(lineapy.get('x').get_value(), lineapy.get('x').get_code(), lineapy.artifact_store().len)\n"
        "lineapy.delete('x', 0)\n"
        "print(lineapy.artifact_store().print.split(' created')[0])\n"
    )
    done = run_python("-W", "error", "-X", "dev", "-c", program, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("[1] x = [1]\n 2\ny:0\n", "")
    assert [path.name for path in linea_home.glob("db*")] == ["db.sqlite"], "the database was closed"


def test_another_python_is_warned_of(linea_home: Path) -> None:
    trace("import lineapy\nlineapy.save(1, 'x')\n")
    with sqlite3.connect(linea_home / "db.sqlite") as db:
        tables = [name for (name,) in db.execute("select name from sqlite_master where type = 'table'")]
        table = next(name for name in tables if name.endswith("session"))
        db.execute(f"update {table} set python_version = '3.9'")
    with pytest.warns(UserWarning, match=r"saved by Python 3\.9") as caught:
        lineapy.get("x")
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    "damage",
    [lambda b: b[:-1], lambda b: b + b"!", lambda b: b"", lambda b: bytes([b[0] ^ 1]) + b[1:]],
    ids=["cut", "longer", "emptied", "changed"],
)
def test_a_damaged_value_is_refused_unread(damage: Any, linea_home: Path, tmp_path: Path) -> None:
    trace("import lineapy\nlineapy.save([1, 2], 'x')\n")
    (path,) = value_files(linea_home / "linea_pickles")
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DigestMismatchError):
        lineapy.get("x").get_value()
    assert lineapy.get("x").get_code() == "x = [1, 2]\n"


def test_a_value_that_somebody_put_there_is_not_unpickled(linea_home: Path, tmp_path: Path) -> None:
    trace("import lineapy\nlineapy.save([1, 2], 'x')\n")
    (path,) = value_files(linea_home / "linea_pickles")
    path.write_bytes(f"cos\nsystem\n(S'touch {tmp_path}/owned'\ntR.".encode())
    with pytest.raises(DigestMismatchError):
        lineapy.get("x").get_value()
    assert not (tmp_path / "owned").exists()
