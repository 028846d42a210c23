"""``lineapy store`` and ``lineapy db``: what they print, and how they end."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lineapy.db import schema
from lineapy.db.db import RelationalLineaDB
from tests.api.support import run_python, run_traced
from tests.servers.s3 import S3Server

SCRIPT = """
import lineapy
limits = [1, 2]
lineapy.save(limits, "limits")
model = {"weights": limits}
lineapy.save(model, "model")
lineapy.save(model, "model")
"""


@pytest.fixture(autouse=True)
def _no_files_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gc also looks for what killed programs of the same user have left in the folder for temporary files."""
    (tmp_path / "scratch").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))


@pytest.fixture
def values(tmp_path: Path, linea_home: Path) -> Path:
    """A store with two values and three artifacts; the folder with the values."""
    assert run_traced(SCRIPT, tmp_path).returncode == 0
    return linea_home / "linea_pickles"


def run(folder: Path, *arguments: object) -> Any:
    done = run_python("-m", "lineapy", *arguments, cwd=folder)
    assert "Traceback" not in done.stderr
    return done


def python(folder: Path, program: str) -> str:
    done = run_python("-c", f"import lineapy\n{program}", cwd=folder)
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def value_of(values: Path, content: str) -> Path:
    return next(path for path in values.iterdir() if path.read_text() == content)


def sqlite(url_or_path: object, statement: str) -> None:
    import sqlite3

    connection = sqlite3.connect(str(url_or_path))
    with connection:
        connection.execute(statement)
    connection.close()


class TestCheck:
    def test_of_a_clean_store_ends_well(self, tmp_path: Path, values: Path) -> None:
        done = run(tmp_path, "store", "check")
        assert (done.returncode, done.stderr) == (0, "")
        assert re.fullmatch(r"2 values checked \(\d+ bytes\): 0 damaged or missing\.\n", done.stdout)

    def test_of_no_store_at_all_makes_none(self, tmp_path: Path, linea_home: Path) -> None:
        done = run(tmp_path, "store", "check")
        assert done.stdout == "0 values checked (0 bytes): 0 damaged or missing.\n"
        assert not (linea_home / "db.sqlite").exists()

    def test_names_the_artifacts_that_are_hit_and_what_to_do(self, tmp_path: Path, values: Path) -> None:
        path = value_of(values, '{"weights":[1,2]}')
        path.chmod(0o644)
        path.write_text('{"weights":[1,3]}')
        value_of(values, "[1,2]").unlink()
        done = run(tmp_path, "store", "check")
        assert done.returncode == 1
        assert "DIGEST  'model' version 0, 'model' version 1\n" in done.stdout
        assert "MISSING  'limits' version 0\n" in done.stdout
        assert done.stdout.count("make the value again by running the artifact's code") == 2
        assert done.stdout.endswith("2 damaged or missing.\n")

    def test_speaks_json(self, tmp_path: Path, values: Path) -> None:
        path = value_of(values, "[1,2]")
        path.unlink()
        done = run(tmp_path, "store", "check", "--json")
        answer = json.loads(done.stdout)
        assert done.returncode == 1
        assert answer["checked"] == 2
        (bad,) = answer["damaged"]
        assert (bad["kind"], bad["key"], bad["location"]) == ("missing", path.name, str(values))
        assert bad["artifacts"] == [{"name": "limits", "version": 0}]
        assert answer["unreachable"] == []

    @pytest.mark.parametrize("sample, checked", [("1", 1), ("50%", 1), ("99", 2)])
    def test_of_a_sample(self, sample: str, checked: int, tmp_path: Path, values: Path) -> None:
        done = run(tmp_path, "store", "check", "--json", "--sample", sample)
        assert json.loads(done.stdout)["checked"] == checked

    def test_cannot_run_without_the_very_database(self, tmp_path: Path, values: Path) -> None:
        url = "postgresql://ada:lovelace@127.0.0.1:1/team"
        done = run(tmp_path, "--database-url", url, "store", "check")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("lineapy: The database postgresql://ada:***@127.0.0.1:1/team cannot be")

    def test_reports_values_out_of_reach_as_such(self, tmp_path: Path, values: Path) -> None:
        value_of(values, "[1,2]").unlink()
        sqlite(
            values.parent / "db.sqlite",
            "UPDATE lineapy_stored_value SET location = 's3://bucket/values' WHERE size = 5",
        )
        environment = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1"}
        environment |= {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
        done = run_python(
            "-m",
            "lineapy",
            "store",
            "check",
            cwd=tmp_path,
            env=os.environ | environment | {"HOME": str(tmp_path)},
        )
        assert done.returncode == 1, done.stderr
        assert "NOT CHECKED  1 value at s3://bucket/values: 'limits' version 0\n" in done.stdout
        assert done.stdout.endswith(
            "1 value checked (17 bytes): 0 damaged or missing; 1 could not be reached.\n"
        )

    @pytest.mark.parametrize("sample", ["0", "many", "101%"])
    def test_a_wrong_sample_is_a_wrong_command(self, sample: str, tmp_path: Path) -> None:
        done = run(tmp_path, "store", "check", "--sample", sample)
        assert done.returncode == 2
        assert "neither a number of values such as 20" in done.stderr


class TestGc:
    def test_lists_first_and_removes_only_if_told(self, tmp_path: Path, values: Path) -> None:
        python(tmp_path, "lineapy.delete('limits', 0)")
        path = value_of(values, "[1,2]")
        done = run(tmp_path, "store", "gc", "--grace", "0")
        assert done.returncode == 0
        assert "artifact  'limits' version 0, deleted " in done.stdout
        assert f"{values}/{path.name}" in done.stdout
        assert "1 artifact and 1 file would be removed (5 bytes).\nNothing was touched." in done.stdout
        assert path.exists()
        assert python(tmp_path, "print(lineapy.artifact_store().len)") == "2\n"

        done = run(tmp_path, "store", "gc", "--grace", "0", "--delete")
        assert done.stdout.endswith("1 artifact and 1 file removed (5 bytes).\n")
        assert not path.exists()
        assert run(tmp_path, "store", "check").returncode == 0

    def test_removes_what_killed_uploads_left_on_this_machine(self, tmp_path: Path, values: Path) -> None:
        left = tmp_path / "scratch" / "lineapy-writing-abcdefgh"
        left.write_bytes(b"half")
        os.utime(left, (0, 0))
        done = run(tmp_path, "store", "gc", "--grace", "0", "--delete")
        assert (done.returncode, done.stdout.splitlines()[-1]) == (
            0,
            "0 artifacts and 1 file removed (4 bytes).",
        )
        assert not left.exists()

    def test_leaves_alone_what_is_younger_than_a_week(self, tmp_path: Path, values: Path) -> None:
        python(tmp_path, "lineapy.delete('model', 'all')")
        assert (
            run(tmp_path, "store", "gc", "--delete").stdout == "0 artifacts and 0 files removed (0 bytes).\n"
        )
        assert run(tmp_path, "store", "restore", "model").returncode == 0

    def test_speaks_json(self, tmp_path: Path, values: Path) -> None:
        python(tmp_path, "lineapy.delete('limits', 0)")
        path = value_of(values, "[1,2]")
        answer = json.loads(run(tmp_path, "store", "gc", "--grace", "0", "--json").stdout)
        assert answer["dry_run"] is True
        assert answer["artifacts"] == [{"name": "limits", "version": 0}]
        assert answer["bytes"] == 5
        (place,) = answer["locations"]
        assert (place["location"], place["problem"]) == (str(values), None)
        assert [file["key"] for file in place["files"]] == [path.name]

    def test_does_not_touch_a_location_of_which_the_database_knows_nothing(
        self, tmp_path: Path, values: Path
    ) -> None:
        before = sorted(values.iterdir())
        other = ("--database-url", f"sqlite:///{tmp_path}/other.sqlite")
        (tmp_path / "script.py").write_text("import lineapy\nx = 1\nlineapy.save(x, 'x')\n")
        assert run(tmp_path, *other, "--artifact-storage-dir", "o", "python", "script.py").returncode == 0
        done = run(tmp_path, *other, "store", "gc", "--grace", "0", "--delete")
        assert done.returncode == 1
        assert "may belong to another database, so none was removed" in done.stdout
        assert f"not looked at: {tmp_path}/o" in done.stdout
        assert sorted(values.iterdir()) == before

    @pytest.mark.parametrize("grace", ["soon", "7", "-1d"])
    def test_a_wrong_grace_is_a_wrong_command(self, grace: str, tmp_path: Path) -> None:
        done = run(tmp_path, "store", "gc", f"--grace={grace}")
        assert done.returncode == 2
        assert "such as 90s, 12h or 7d" in done.stderr


class TestRestore:
    def test_brings_back_one_version(self, tmp_path: Path, values: Path) -> None:
        python(tmp_path, "lineapy.delete('model', 'all')")
        done = run(tmp_path, "store", "restore", "model", "--version", "1")
        assert (done.returncode, done.stdout) == (0, "'model' version 1 restored\n")
        assert python(tmp_path, "print(lineapy.get('model').version, lineapy.get('model').get_value())") == (
            "1 {'weights': [1, 2]}\n"
        )

    def test_brings_back_all(self, tmp_path: Path, values: Path) -> None:
        python(tmp_path, "lineapy.delete('model', 'all')")
        assert run(tmp_path, "store", "restore", "model", "--version", "all").returncode == 0
        assert python(tmp_path, "print(lineapy.artifact_store().len)") == "3\n"

    def test_of_what_was_not_deleted_changes_nothing(self, tmp_path: Path, values: Path) -> None:
        done = run(tmp_path, "store", "restore", "model", "--version", "1")
        assert (done.returncode, done.stdout) == (0, "'model' version 1 was not deleted\n")

    @pytest.mark.parametrize("version", [("--version", "9"), ("--version", "all"), ()])
    def test_of_what_is_gone_or_never_was_says_so(
        self, version: tuple[str, ...], tmp_path: Path, values: Path
    ) -> None:
        python(tmp_path, "lineapy.delete('limits', 0)")
        run(tmp_path, "store", "gc", "--grace", "0", "--delete")
        for name in ("limits", "never"):
            done = run(tmp_path, "store", "restore", name, *version)
            assert (done.returncode, done.stdout) == (2, "")
            assert done.stderr.startswith("lineapy: ")
            assert "restored" in done.stderr

    def test_of_a_version_that_is_none_is_a_wrong_command(self, tmp_path: Path) -> None:
        assert run(tmp_path, "store", "restore", "model", "--version", "new").returncode == 2


class TestCopy:
    def test_to_servers_and_back(
        self, tmp_path: Path, values: Path, postgresql_url: str, s3: S3Server
    ) -> None:
        options = tmp_path / "options.json"
        options.write_text(json.dumps(s3.storage_options))
        location = s3.new_location()
        to_servers = ("store", "copy", "--to-database-url", postgresql_url, "--to-storage-dir", location)
        done = run(tmp_path, *to_servers, "--to-storage-options-file", options)
        assert done.returncode == 0, done.stderr
        assert (
            "3 artifacts copied, with 2 values (22 bytes), and compared; 0 were there before." in done.stdout
        )
        assert "postgrespwd" not in done.stdout + done.stderr
        assert len([key for key in s3.keys(location) if key.endswith(".json")]) == 2

        (tmp_path / "lineapy_config.json").write_text(
            json.dumps({"artifact_storage_dir": location, "storage_options": s3.storage_options})
        )
        server = ("--database-url", postgresql_url)
        assert run(tmp_path, *server, "store", "check").returncode == 0
        back = (
            "--to-database-url",
            f"sqlite:///{tmp_path}/back.sqlite",
            "--to-storage-dir",
            "back",
            "--json",
        )
        answer = json.loads(run(tmp_path, *server, "store", "copy", *back).stdout)
        assert answer == {
            "artifacts": 3,
            "values": 2,
            "bytes": 22,
            "pipelines": 0,
            "there_before": 0,
            "values_elsewhere": 0,
            "not_copied": [],
        }
        assert sorted(p.read_text() for p in (tmp_path / "back").glob("*.json")) == [
            "[1,2]",
            '{"weights":[1,2]}',
        ]

    def test_leaves_out_what_is_damaged_and_says_so(self, tmp_path: Path, values: Path) -> None:
        value_of(values, "[1,2]").unlink()
        to = ("--to-database-url", f"sqlite:///{tmp_path}/copy.sqlite", "--to-storage-dir", "copy")
        done = run(tmp_path, "store", "copy", *to)
        assert done.returncode == 1
        assert "NOT COPIED  'limits' version 0\n" in done.stdout
        assert "2 artifacts copied, with 1 value (17 bytes)" in done.stdout

    def test_into_itself_is_refused(self, tmp_path: Path, values: Path) -> None:
        url = f"sqlite:///{values.parent}/db.sqlite"
        done = run(tmp_path, "store", "copy", "--to-database-url", url, "--to-storage-dir", "copy")
        assert done.returncode == 2
        assert done.stderr.startswith("lineapy: The copy would be in the database that it is made from")
        assert not (tmp_path / "copy").exists()

    def test_into_a_store_that_has_other_artifacts_of_these_names_is_refused(
        self, tmp_path: Path, values: Path
    ) -> None:
        to = f"sqlite:///{tmp_path}/copy.sqlite"
        other = ("--database-url", to, "--artifact-storage-dir", "copy")
        assert run(tmp_path, *other, "python", "script.py").returncode == 0
        done = run(tmp_path, "store", "copy", "--to-database-url", to, "--to-storage-dir", "copy")
        assert done.returncode == 2
        assert "both have 'limits' version 0, 'model' version 0, 'model' version 1" in done.stderr

    @pytest.mark.parametrize("content", ["{'key': 'hunter22'}", "[]", None])
    def test_options_that_cannot_be_read_are_not_shown(
        self, content: str | None, tmp_path: Path, values: Path
    ) -> None:
        options = tmp_path / "options.json"
        if content is not None:
            options.write_text(content)
        to = ("--to-database-url", f"sqlite:///{tmp_path}/copy.sqlite", "--to-storage-dir", "copy")
        done = run(tmp_path, "store", "copy", *to, "--to-storage-options-file", options)
        assert done.returncode == 2
        assert str(options) in done.stderr
        assert "hunter22" not in done.stderr

    def test_to_a_server_that_does_not_answer_copies_nothing(self, tmp_path: Path, values: Path) -> None:
        url = "postgresql://ada:lovelace@127.0.0.1:1/team"
        done = run(tmp_path, "store", "copy", "--to-database-url", url, "--to-storage-dir", "copy")
        assert done.returncode == 2
        assert "lovelace" not in done.stderr
        assert not (tmp_path / "copy").exists()


class TestProgress:
    def test_is_shown_on_a_terminal_and_only_there(self, tmp_path: Path, values: Path) -> None:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "lineapy", "store", "check"],
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
            env=os.environ | {"TERM": "xterm"},
        )
        stdout, _ = process.communicate(timeout=60)
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 10_000):
                shown += piece
        except OSError:  # Linux says so when the other end is closed
            pass
        os.close(ours)
        assert b"checking" in shown
        assert stdout == run(tmp_path, "store", "check").stdout


class TestDb:
    def test_status_of_no_database_makes_none(self, tmp_path: Path, linea_home: Path) -> None:
        done = run(tmp_path, "db", "status")
        assert done.returncode == 1
        assert "schema:     none, there are no tables yet" in done.stdout
        assert not (linea_home / "db.sqlite").exists()

    def test_status_shows_the_schema_and_how_much_there_is(self, tmp_path: Path, values: Path) -> None:
        done = run(tmp_path, "db", "status")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == (
            f"database:   sqlite:///{values.parent}/db.sqlite\n"
            f"schema:     {schema.HEAD}\nnewest:     {schema.HEAD}\nartifacts:  3\n"
        )

    def test_upgrade_makes_the_tables_and_has_then_nothing_to_do(
        self, tmp_path: Path, postgresql_url: str
    ) -> None:
        url = ("--database-url", postgresql_url)
        done = run(tmp_path, *url, "db", "upgrade")
        masked = postgresql_url.replace("postgrespwd", "***")
        assert done.stdout == f"{masked} was upgraded from no tables to schema {schema.HEAD}.\n"
        done = run(tmp_path, *url, "db", "upgrade")
        assert done.stdout == f"{masked} is at the newest schema already, {schema.HEAD}.\n"
        assert json.loads(run(tmp_path, *url, "db", "status", "--json").stdout) == {
            "database": masked,
            "schema": schema.HEAD,
            "newest": schema.HEAD,
            "artifacts": 0,
        }

    def test_an_older_schema_is_upgraded_when_asked(self, tmp_path: Path, postgresql_url: str) -> None:
        make_old(postgresql_url)
        url = ("--database-url", postgresql_url)
        done = run(tmp_path, *url, "db", "status")
        assert done.returncode == 1
        assert "schema:     0001\n" in done.stdout
        assert "run: lineapy db upgrade" in done.stderr
        for command in (("store", "check"), ("store", "gc"), ("store", "restore", "model")):
            done = run(tmp_path, *url, *command)
            assert done.returncode == 2
            assert "run: lineapy db upgrade" in done.stderr
        done = run(tmp_path, *url, "db", "upgrade", "--json")
        assert json.loads(done.stdout)["from"] == "0001"
        assert json.loads(done.stdout)["to"] == schema.HEAD
        assert run(tmp_path, *url, "db", "status").returncode == 0
        assert run(tmp_path, *url, "store", "check").returncode == 0

    @pytest.mark.parametrize(
        "command",
        [
            ("db", "status"),
            ("db", "upgrade"),
            ("store", "check"),
            ("store", "gc", "--delete"),
            ("store", "restore", "model"),
            ("store", "copy", "--to-database-url", "sqlite:///copy.sqlite", "--to-storage-dir", "copy"),
        ],
    )
    def test_a_newer_schema_is_refused_by_every_command(
        self, command: tuple[str, ...], tmp_path: Path, values: Path
    ) -> None:
        database = values.parent / "db.sqlite"
        sqlite(database, f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'")
        done = run(tmp_path, *command)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("lineapy: The database has schema 9999, but this LineaPy knows")
        assert "pip install --upgrade lineapy" in done.stderr
        assert not (tmp_path / "copy").exists()

    def test_a_newer_schema_is_refused_as_a_target_too(self, tmp_path: Path, values: Path) -> None:
        newer = tmp_path / "newer.sqlite"
        db = RelationalLineaDB(f"sqlite:///{newer}")
        db.upgrade()
        db.close()
        sqlite(newer, f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'")
        done = run(
            tmp_path, "store", "copy", "--to-database-url", f"sqlite:///{newer}", "--to-storage-dir", "copy"
        )
        assert done.returncode == 2
        assert "schema 9999" in done.stderr


def make_old(url: str) -> None:
    """Create the tables as the first version did."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()


def test_every_command_explains_itself_with_an_example(tmp_path: Path) -> None:
    for command in ("store", "store check", "store gc", "store restore", "store copy"):
        assert "Example:" in run(tmp_path, *command.split(), "--help").stdout
    for command in ("db", "db status", "db upgrade"):
        assert "Example:" in run(tmp_path, *command.split(), "--help").stdout
