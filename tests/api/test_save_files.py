"""What a program wrote outside itself, saved as an artifact."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import lineapy
from lineapy.errors import NoSuchFileError, NothingWrittenError
from tests.api.support import trace


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_file_system_stands_for_every_statement_that_wrote_a_file() -> None:
    trace(
        "import lineapy\nimport os\n"
        "a = 1\nb = 2\n"
        "os.mkdir('out')\n"
        "with open('out/a', 'w') as f:\n    f.write(str(a))\n"
        "print(b)\n"
        "lineapy.save(lineapy.file_system, 'outputs')\n"
        "open('later', 'w').close()\n"
    )
    assert lineapy.get("outputs").get_code() == (
        'import os\n\na = 1\nos.mkdir("out")\nwith open("out/a", "w") as f:\n    f.write(str(a))\n'
    )


def test_running_the_code_writes_the_files_again(tmp_path: Path) -> None:
    trace("import lineapy\nopen('a', 'w').write('1')\nlineapy.save(lineapy.file_system, 'outputs')\n")
    (tmp_path / "a").unlink()
    lineapy.get("outputs").execute()
    assert (tmp_path / "a").read_text() == "1"


def test_the_database_stands_for_every_statement_that_used_one() -> None:
    trace(
        "import lineapy\nimport sqlite3\n"
        "n = 5\n"
        "con = sqlite3.connect('a.db')\n"
        "open('other', 'w').close()\n"
        "con.execute('CREATE TABLE t (a)')\n"
        "con.execute('INSERT INTO t VALUES (?)', (n,))\n"
        "con.commit()\n"
        "m = 6\n"
        "lineapy.save(lineapy.db, 'tables')\n"
    )
    code = lineapy.get("tables").get_code()
    assert "INSERT" in code
    assert "commit" in code
    assert "other" not in code
    assert "m = 6" not in code


@pytest.mark.parametrize("state", ["file_system", "db"])
def test_what_nobody_wrote_cannot_be_saved(state: str) -> None:
    with pytest.raises(NothingWrittenError, match=f"lineapy.{state}"):
        trace(f"import lineapy\nx = 1\nlineapy.save(lineapy.{state}, 'nothing')\n")
    assert lineapy.artifact_store().len == 0


def test_saving_an_artifact_is_no_writing_of_files() -> None:
    with pytest.raises(NothingWrittenError):
        trace(
            "import lineapy\nlineapy.save([1], 'x')\nlineapy.get('x').get_value()\n"
            "lineapy.save(lineapy.file_system, 'nothing')\n"
        )


def test_probes_are_taken_away_again() -> None:
    import os

    before = os.stat, os.getcwd, type(os.environ._data)  # type: ignore[attr-defined]
    trace("import os\nopen('a', 'w').close()\nos.chdir('.')\nos.environ['LINEAPY_TEST'] = '1'\n")
    assert os.environ.pop("LINEAPY_TEST") == "1"
    assert (os.stat, os.getcwd, type(os.environ._data)) == before  # type: ignore[attr-defined]
    assert type(os.stat) is type(len)


def test_a_path_saves_the_file_and_the_code_that_wrote_it(tmp_path: Path) -> None:
    trace(
        "import lineapy\nfrom pathlib import Path\n"
        "weights = [1, 2]\n"
        "other = Path('other.txt')\n"
        "other.write_text('no matter')\n"
        "out = Path('model.onnx')\n"
        "out.write_bytes(bytes(weights))\n"
        "lineapy.save(out, 'model')\n"
        "out.unlink()\n"
    )
    artifact = lineapy.get("model")
    assert artifact.get_value().read_bytes() == b"\1\2"
    assert artifact.get_value().name == "model.onnx"
    assert artifact.get_code() == (
        "from pathlib import Path\n\nweights = [1, 2]\n"
        'out = Path("model.onnx")\nout.write_bytes(bytes(weights))\n'
    )
    assert artifact.execute() == Path("model.onnx")
    assert (tmp_path / "model.onnx").read_bytes() == b"\1\2"


def test_the_copy_of_a_file_is_made_anew_when_somebody_has_changed_it() -> None:
    trace(
        "import lineapy\nfrom pathlib import Path\n"
        "Path('a.txt').write_text('a')\nlineapy.save(Path('a.txt'), 'file')\n"
    )
    lineapy.get("file").get_value().write_text("spoilt")
    assert lineapy.get("file").get_value().read_text() == "a"


def test_a_file_that_somebody_else_wrote_can_be_saved(tmp_path: Path) -> None:
    (tmp_path / "input.csv").write_text("a,b\n")
    trace("import lineapy\nfrom pathlib import Path\np = Path('input.csv')\nlineapy.save(p, 'input')\n")
    artifact = lineapy.get("input")
    assert artifact.get_value().read_text() == "a,b\n"
    assert artifact.get_code() == 'from pathlib import Path\n\np = Path("input.csv")\n'


@pytest.mark.parametrize("path", ["nowhere", "."])
def test_a_path_that_leads_to_no_file_cannot_be_saved(path: str) -> None:
    with pytest.raises(NoSuchFileError, match=r"str\(path\)"):
        trace(f"import lineapy\nfrom pathlib import Path\nlineapy.save(Path({path!r}), 'nothing')\n")
    assert lineapy.artifact_store().len == 0


def test_an_artifact_knows_the_files_that_its_code_read_and_wrote(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text("[1, 2]")
    (tmp_path / "log").write_text("begun ")
    trace(
        "import lineapy\nimport json\n"
        "data = json.load(open('in.json'))\n"
        "open('log').read()\n"
        "with open('log', 'a') as log:\n    log.write(str(data))\n"
        "before = open('log').read()\n"
        "open('other', 'w').close()\n"
        "lineapy.save(before, 'before')\n"
        "lineapy.save(data, 'data')\n"
        "lineapy.save(1, 'number')\n"
    )

    def files(name: str) -> list[tuple[str, str, int | None]]:
        return [
            (Path(use.path).name, use.role, use.size) for use in lineapy.get(name).get_metadata()["files"]
        ]

    assert files("before") == [("in.json", "input", 6), ("log", "input", None), ("log", "output", 12)]
    assert files("data") == [("in.json", "input", 6)]
    assert files("number") == []
    [use] = lineapy.get("data").get_metadata()["files"]
    assert use.path == str(tmp_path / "in.json")
    assert use.digest == hashlib.sha256(b"[1, 2]").hexdigest()


def test_what_libraries_read_of_the_machine_is_no_input() -> None:
    trace(
        "import lineapy\nimport importlib.metadata, zoneinfo\n"
        "groups = sorted(importlib.metadata.entry_points().groups)\n"  # looks for the packed standard library, too
        "zone = str(zoneinfo.ZoneInfo('UTC'))\n"
        "lineapy.save([groups, zone], 'found')\n"
    )
    assert lineapy.get("found").get_metadata()["files"] == []


def test_of_a_file_that_is_gone_the_path_is_known() -> None:
    trace(
        "import lineapy\nimport os\n"
        "open('a', 'w').write('1')\nx = open('a').read()\nos.remove('a')\nlineapy.save(x, 'x')\n"
    )
    assert [(use.role, use.size, use.digest) for use in lineapy.get("x").get_metadata()["files"]] == [
        ("output", None, None)
    ]
