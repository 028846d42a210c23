"""``lineapy artifacts`` and ``lineapy sessions``: what they print, what they ask, and how they end."""

from __future__ import annotations

import csv
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from tests.api.support import run_python, run_traced
from tests.cli.terminal import at_a_terminal

SCRIPT = """\
import pathlib
import lineapy
unrelated = 1
text = open("data.csv").read()
lineapy.save(text, "text")
model = {"weights": [1, 2.5], "read": len(text)}
lineapy.save(model, "model", notes="the first one", tags=["production"])
model["read"] = None
lineapy.save(model, "model")
"""


def run(folder: Path, *arguments: object) -> Any:
    done = run_python("-m", "lineapy", *arguments, cwd=folder)
    assert "Traceback" not in done.stderr
    return done


def answer(folder: Path, *arguments: object) -> str:
    """What a command prints that has nothing to complain about."""
    done = run(folder, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return str(done.stdout)


def parsed(folder: Path, *arguments: object) -> Any:
    return json.loads(answer(folder, *arguments, "--json"))


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a script that was run, and left ``text:0``, ``model:0`` and ``model:1``."""
    (tmp_path / "data.csv").write_text("1,2\n")
    assert run_traced(SCRIPT, tmp_path).returncode == 0
    return tmp_path


@pytest.fixture
def saving(tmp_path: Path) -> Any:
    """Save the value of an expression as ``value``."""

    def save(expression: str) -> Path:
        program = f"import lineapy, pathlib\nvalue = {expression}\nlineapy.save(value, 'value')\n"
        assert run_traced(program, tmp_path).returncode == 0
        return tmp_path

    return save


def listed(folder: Path, *arguments: object) -> list[str]:
    return [f"{row['name']}:{row['version']}" for row in parsed(folder, "artifacts", "list", *arguments)]


class TestList:
    def test_shows_newest_first(self, here: Path) -> None:
        head, *rows = answer(here, "artifacts", "list").splitlines()
        assert head.split("  ")[0] == "name"
        assert [row.split()[:3] for row in rows] == [
            ["model", "1", "value"],
            ["model", "0", "value"],
            ["text", "0", "array"],
        ]
        assert rows[1].endswith("production")

    @pytest.mark.parametrize(
        "search, found",
        [
            (["mod*"], ["model:1", "model:0"]),
            (["--type", "array"], ["text:0"]),
            (["--tag", "prod*"], ["model:0"]),
            (["--input-file", "data.csv", "text"], ["text:0"]),
            (["--since", "1h"], ["model:1", "model:0", "text:0"]),
            (["--until", "1h"], []),
            (["--until", "2020-01-01"], []),
            (["--since", "2020-01-01 12:00"], ["model:1", "model:0", "text:0"]),
            (["--author", "nobody"], []),
            (["--limit", "2"], ["model:1", "model:0"]),
            (["--limit", "2", "--page", "2"], ["text:0"]),
            (["--limit", "2", "--all"], ["model:1", "model:0", "text:0"]),
        ],
    )  # fmt: skip
    def test_finds(self, here: Path, search: list[str], found: list[str]) -> None:
        assert listed(here, *search) == found

    def test_tells_programs_all(self, here: Path) -> None:
        (row,) = parsed(here, "artifacts", "list", "--tag", "production")
        assert row["tags"] == ["production"]
        assert row["notes"] == "the first one"
        assert row.keys() == {
            "name", "version", "type", "bytes", "created", "author", "host", "tags", "notes", "session_id",
        }  # fmt: skip

    def test_says_what_is_missing_where_it_disturbs_nobody(self, here: Path) -> None:
        done = run(here, "artifacts", "list", "--limit", "1")
        assert (len(done.stdout.splitlines()), done.stderr) == (
            2,
            "1 of 3 artifacts; see --page and --all.\n",
        )
        done = run(here, "artifacts", "list", "nothing")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "There are no such artifacts.\n")

    def test_of_nothing(self, tmp_path: Path, linea_home: Path) -> None:
        done = run(tmp_path, "artifacts", "list")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "There are no artifacts yet.\n")
        assert parsed(tmp_path, "artifacts", "list") == []
        assert not linea_home.joinpath("db.sqlite").exists()

    @pytest.mark.parametrize(
        "wrong", [["--since", "yesterday"], ["--type", "frame"], ["--limit", "0"], ["a", "b"]]
    )
    def test_refuses(self, tmp_path: Path, wrong: list[str]) -> None:
        done = run(tmp_path, "artifacts", "list", *wrong)
        assert (done.returncode, done.stdout) == (2, "")

    def test_obeys_no_name(self, tmp_path: Path) -> None:
        name = "\x1b[31mred\nline"
        assert run_traced(f"import lineapy\nlineapy.save(1, {name!r})\n", tmp_path).returncode == 0
        for command in (["artifacts", "list"], ["artifacts", "show", name]):
            printed = answer(tmp_path, *command)
            assert "\x1b" not in printed
            assert repr(name) in printed

    def test_has_colour_for_who_looks_unless_told_otherwise(self, here: Path) -> None:
        assert "\x1b[1m" in at_a_terminal(here, "artifacts", "list")[1]
        for quiet in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            status, screen = at_a_terminal(here, "artifacts", "list", **quiet)
            assert (status, "\x1b" in screen) == (0, False)
            assert "production" in screen
        assert "\x1b" not in answer(here, "artifacts", "list")


class TestShow:
    def test_tells_all_that_is_known(self, here: Path) -> None:
        lines = answer(here, "artifacts", "show", "model", "--version", "production").splitlines()
        known = {line.partition(":")[0]: line.partition(":")[2].strip() for line in lines}
        assert (known["name"], known["version"], known["notes"]) == ("model", "0", "the first one")
        assert (known["tags"], known["input"]) == ("production", str(here / "data.csv"))
        known = parsed(here, "artifacts", "show", "model", "-V", "0")
        assert known["variable"] == "model"
        assert [(use["path"], use["role"]) for use in known["files"]] == [(str(here / "data.csv"), "input")]

    def test_takes_the_newest(self, here: Path) -> None:
        assert parsed(here, "artifacts", "show", "model")["version"] == 1

    @pytest.mark.parametrize(
        "which", [["nothing"], ["model", "-V", "7"], ["model", "-V", "staging"], ["model", "-V", "-1"]]
    )
    def test_of_what_is_not_there(self, here: Path, which: list[str]) -> None:
        for command in ("show", "code", "value"):
            done = run(here, "artifacts", command, *which)
            assert (done.returncode, done.stdout) == (2, "")
            assert done.stderr.startswith("lineapy: ")


class TestCode:
    SLICE = 'text = open("data.csv").read()\nmodel = {"weights": [1, 2.5], "read": len(text)}\n'

    def test_is_the_slice(self, here: Path) -> None:
        assert answer(here, "artifacts", "code", "model", "-V", "0") == self.SLICE
        assert answer(here, "artifacts", "code", "model") == self.SLICE + 'model["read"] = None\n'

    def test_with_the_rest_as_comments(self, here: Path) -> None:
        assert "# unrelated = 1" in answer(here, "artifacts", "code", "text", "--with-rest")

    def test_is_highlighted_for_who_looks(self, here: Path) -> None:
        assert "\x1b[" in at_a_terminal(here, "artifacts", "code", "model")[1]
        assert at_a_terminal(here, "artifacts", "code", "model", "-V", "0", NO_COLOR="1")[1] == self.SLICE


class TestValue:
    def test_is_looked_at(self, here: Path) -> None:
        assert answer(here, "artifacts", "value", "model") == "dict\n{'weights': [1, 2.5], 'read': None}\n"
        assert answer(here, "artifacts", "value", "text") == "str\n1,2\n"

    @pytest.mark.parametrize(
        "expression",
        ["list(range(10**6))", "'x' * 10**6", "'\\n'.join('x' * 1000)", "{i: i for i in range(9999)}"],
    )
    def test_that_is_large_is_cut(self, saving: Any, expression: str) -> None:
        printed = answer(saving(expression), "artifacts", "value", "value")
        assert len(printed) < 5000

    def test_obeys_no_value(self, saving: Any) -> None:
        assert "\x1b" not in answer(saving("'\\x1b[2J'"), "artifacts", "value", "value")

    @pytest.mark.parametrize(
        "expression, kind, content",
        [
            ("'naïve\\r\\n'", "text", "naïve\r\n".encode()),
            ("b'\\0\\1'", "bytes", b"\0\1"),
            ("[1, None, {'a': 'ü'}]", "JSON", '[\n    1,\n    null,\n    {\n        "a": "ü"\n    }\n]\n'.encode()),
            ("__import__('pandas').DataFrame({'a': [1, 2]})", "CSV", b"a\n1\n2\n"),
            ("__import__('pandas').DataFrame({'a': [1]}, index=['x'])", "CSV", b",a\nx,1\n"),
            ("__import__('pandas').Series([1.5], name='s')", "CSV", b"s\n1.5\n"),
        ],
    )  # fmt: skip
    def test_is_written_in_its_own_format(
        self, saving: Any, expression: str, kind: str, content: bytes
    ) -> None:
        folder = saving(expression)
        assert f": {kind}, " in answer(folder, "artifacts", "value", "value", "--output", "out.txt")
        assert (folder / "out.txt").read_bytes() == content

    @pytest.mark.parametrize(
        "expression", ["{1: 2}", "(1, 2)", "float('inf')", "[{1, 2}]", "'\\ud800'.__len__", "True + 1j"]
    )
    def test_that_json_would_change_is_pickled(self, saving: Any, expression: str) -> None:
        folder = saving(expression)
        assert ": pickle, " in answer(folder, "artifacts", "value", "value", "-o", "out")
        loaded = pickle.loads((folder / "out").read_bytes())
        assert type(loaded) is type(eval(expression))
        assert repr(loaded).split(" at ")[0] == repr(eval(expression)).split(" at ")[0]

    def test_is_pickled_on_request(self, here: Path) -> None:
        answer(here, "artifacts", "value", "text", "-o", "text.pickle")
        assert pickle.loads((here / "text.pickle").read_bytes()) == "1,2\n"

    def test_that_is_a_file_is_written_as_it_was(self, tmp_path: Path) -> None:
        program = "import lineapy, pathlib\npath = pathlib.Path('a.bin')\npath.write_bytes(b'\\0x')\nlineapy.save(path, 'file')\n"
        assert run_traced(program, tmp_path).returncode == 0
        (tmp_path / "a.bin").unlink()
        answer(tmp_path, "artifacts", "value", "file", "-o", "b.bin")
        assert (tmp_path / "b.bin").read_bytes() == b"\0x"

    def test_replaces_a_file_only_if_told(self, here: Path) -> None:
        done = run(here, "artifacts", "value", "text", "-o", "data.csv")
        assert (done.returncode, done.stdout) == (2, "")
        assert "--force" in done.stderr
        answer(here, "artifacts", "value", "model", "-o", "data.csv", "--force")
        assert json.loads((here / "data.csv").read_text()) == {"weights": [1, 2.5], "read": None}

    def test_says_when_a_file_cannot_be_written(self, here: Path) -> None:
        done = run(here, "artifacts", "value", "text", "-o", "no/such/folder/x")
        assert (done.returncode, done.stdout) == (1, "")
        assert "No such file or directory" in done.stderr

    def test_frame_reads_back(self, saving: Any) -> None:
        folder = saving("__import__('pandas').DataFrame({'a,b': ['x\\ny', 'ü']})")
        answer(folder, "artifacts", "value", "value", "-o", "f.csv")
        with (folder / "f.csv").open(newline="", encoding="utf-8") as file:
            assert list(csv.reader(file)) == [["a,b"], ["x\ny"], ["ü"]]


class TestDelete:
    def test_asks(self, here: Path) -> None:
        status, screen = at_a_terminal(here, "artifacts", "delete", "model", "--version", "0", typed="n\n")
        assert status == 1
        assert "Delete 'model' version 0? [y/N]" in screen
        assert "Nothing was deleted." in screen
        assert len(listed(here)) == 3
        status, screen = at_a_terminal(here, "artifacts", "delete", "model", "-V", "production", typed="y\n")
        assert (status, listed(here)) == (0, ["model:1", "text:0"])

    def test_does_nothing_where_nobody_can_be_asked(self, here: Path) -> None:
        done = run_python("-m", "lineapy", "artifacts", "delete", "model", "-V", "all", cwd=here, input="y\n")
        assert (done.returncode, done.stdout) == (2, "")
        assert "--yes" in done.stderr
        assert len(listed(here)) == 3

    def test_does_not_ask_if_told(self, here: Path) -> None:
        assert (
            answer(here, "artifacts", "delete", "model", "-V", "all", "--yes")
            == "'model' version 0, 1 deleted\n"
        )
        assert listed(here) == ["text:0"]
        answer(here, "store", "restore", "model")
        assert listed(here) == ["model:1", "model:0", "text:0"]

    def test_wants_to_know_which(self, here: Path) -> None:
        assert run(here, "artifacts", "delete", "model", "--yes").returncode == 2
        assert run(here, "artifacts", "delete", "nothing", "-V", "all", "--yes").returncode == 2
        assert len(listed(here)) == 3


def test_rename_renames_all_versions(here: Path) -> None:
    assert (
        answer(here, "artifacts", "rename", "model", "iris model")
        == "'model' is 'iris model' now (2 versions)\n"
    )
    assert listed(here) == ["iris model:1", "iris model:0", "text:0"]
    done = run(here, "artifacts", "rename", "text", "iris model")
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is an artifact of that name" in done.stderr


class TestTag:
    def test_lists(self, here: Path) -> None:
        assert answer(here, "artifacts", "tag", "model") == "production\t0\n"
        assert parsed(here, "artifacts", "tag", "model") == {"production": 0}

    def test_moves_and_removes(self, here: Path) -> None:
        assert answer(here, "artifacts", "tag", "model", "production", "v2") == "production\t1\nv2\t1\n"
        assert answer(here, "artifacts", "tag", "model", "production", "--remove") == "v2\t1\n"
        assert answer(here, "artifacts", "tag", "model", "old", "--version", "0") == "old\t0\nv2\t1\n"

    def test_refuses_numbers(self, here: Path) -> None:
        done = run(here, "artifacts", "tag", "model", "2")
        assert (done.returncode, done.stdout) == (2, "")
        assert "could be taken for a number" in done.stderr
        assert run(here, "artifacts", "tag", "model", "nothing", "--remove").returncode == 2


class TestNote:
    def test_is_written_read_and_removed(self, here: Path) -> None:
        assert answer(here, "artifacts", "note", "model", "with all rows") == "with all rows\n"
        assert answer(here, "artifacts", "note", "model", "the first", "-V", "production") == "the first\n"
        assert answer(here, "artifacts", "note", "model") == "with all rows\n"
        known = {"name": "model", "version": 0, "notes": "the first"}
        assert parsed(here, "artifacts", "note", "model", "--version", "0") == known
        assert answer(here, "artifacts", "note", "model", "--remove") == ""
        assert [a["notes"] for a in parsed(here, "artifacts", "list", "model")] == [None, "the first"]

    def test_is_either_given_or_taken_away(self, here: Path) -> None:
        assert run(here, "artifacts", "note", "model", "text", "--remove").returncode == 2
        assert run(here, "artifacts", "note", "nothing", "text").returncode == 2


class TestSessions:
    def test_are_listed_newest_first(self, here: Path) -> None:
        assert run_traced("import lineapy\nlineapy.save(1, 'late')\n", here).returncode == 0
        late, early = parsed(here, "sessions", "list")
        assert (late["artifacts"], early["artifacts"]) == (1, 3)
        _, *rows = answer(here, "sessions", "list").splitlines()
        assert [row.split()[0] for row in rows] == [late["id"][:12], early["id"][:12]]
        done = run(here, "sessions", "list", "--limit", "1")
        assert (len(done.stdout.splitlines()), done.stderr) == (2, "There are more; see --page 2.\n")
        assert parsed(here, "sessions", "list", "--limit", "1", "--page", "2") == [early]
        assert parsed(here, "sessions", "list", "--author", "nobody") == []

    def test_are_shown_and_their_code(self, here: Path) -> None:
        (session,) = parsed(here, "sessions", "list")
        begun = session["id"][:6]
        known = parsed(here, "sessions", "show", begun)
        assert known["script"] == str(here / "script.py")
        assert {"name": "model", "version": 1} in known["artifacts"]
        assert "1 text, 9 lines" in answer(here, "sessions", "show", begun)
        assert answer(here, "sessions", "code", begun) == SCRIPT

    def test_that_are_not_there(self, here: Path) -> None:
        for command in ("show", "code"):
            done = run(here, "sessions", command, "zz")
            assert (done.returncode, done.stdout) == (2, "")
            assert "lineapy sessions list" in done.stderr


def test_who_reads_only_the_beginning_sees_no_traceback(here: Path) -> None:
    program = (
        "import subprocess, sys\n"
        "lister = subprocess.Popen([sys.executable, '-m', 'lineapy', 'artifacts', 'list'], stdout=subprocess.PIPE, "
        "stderr=subprocess.PIPE)\n"
        "lister.stdout.close()\n"
        "print(lister.stderr.read().decode(), end='')\n"
        "print(lister.wait())\n"
    )
    assert run_python("-c", program, cwd=here).stdout == "1\n"
