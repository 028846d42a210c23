"""What a program wrote outside itself, saved as an artifact."""

from __future__ import annotations

from pathlib import Path

import pytest

import lineapy
from lineapy.errors import NothingWrittenError
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
