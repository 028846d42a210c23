"""``lineapy config`` and ``lineapy init``, and the options of the ``lineapy`` command."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from lineapy.config import OPTIONS, Config, flags
from tests.api.support import run_python


def run(folder: Path, *arguments: object) -> Any:
    return run_python("-m", "lineapy", *arguments, cwd=folder)


class TestInit:
    def test_writes_a_file_that_reads_back_identically(self, tmp_path: Path, linea_home: Path) -> None:
        done = run(tmp_path, "--tracing-budget", "0.2", "--artifact-storage-dir", "s3://team/x", "init")
        file = linea_home / "lineapy_config.json"
        assert done.stdout == f"{file}\n"
        given = {"tracing_budget": 0.2, "artifact_storage_dir": "s3://team/x"}
        environ = {"LINEAPY_HOME_DIR": str(linea_home)}
        assert Config.from_environment(environ) == Config.from_environment(environ | {"HOME": "/"}, **given)
        assert set(Config.from_environment(environ).origins.values()) >= {f"file {file}"}

    def test_keeps_dictionaries_and_numbers_what_they_are(self, tmp_path: Path) -> None:
        options = {"storage_options": {"anon": True, "client_kwargs": {"region_name": "eu"}}}
        (tmp_path / "lineapy_config.json").write_text(json.dumps(options))
        run(tmp_path, "init", "--output-file", "copy.json")
        written = json.loads((tmp_path / "copy.json").read_text())
        assert written["storage_options"] == options["storage_options"]
        assert written["tracing_budget"] == 0.1

    def test_is_for_the_users_eyes_only(self, tmp_path: Path) -> None:
        run(tmp_path, "init", "--output-file", "copy.json")
        assert stat.S_IMODE((tmp_path / "copy.json").stat().st_mode) == 0o600

    def test_replaces_a_file_only_if_told(self, tmp_path: Path) -> None:
        (tmp_path / "mine.json").write_text("{}")
        done = run(tmp_path, "init", "--output-file", "mine.json")
        assert done.returncode == 2
        assert "--force" in done.stderr
        assert (tmp_path / "mine.json").read_text() == "{}"
        assert run(tmp_path, "init", "--output-file", "mine.json", "--force").returncode == 0
        assert json.loads((tmp_path / "mine.json").read_text())["logging_level"] == "INFO"


class TestConfig:
    def test_shows_each_option_its_value_and_where_it_comes_from(
        self, tmp_path: Path, linea_home: Path
    ) -> None:
        done = run(tmp_path, "--tracing-budget", "0.2", "config")
        assert done.returncode == 0, done.stderr
        lines = {line.split()[0]: line.split(maxsplit=2)[1:] for line in done.stdout.splitlines() if line}
        assert lines["tracing_budget"] == ["0.2", "command line"]
        assert lines["home_dir"] == [str(linea_home), "environment variable LINEAPY_HOME_DIR"]
        assert lines["logging_level"] == ["INFO", "default"]
        assert lines.keys() >= set(OPTIONS)

    def test_tries_the_store_out_and_leaves_nothing_in_it(self, tmp_path: Path) -> None:
        done = run(tmp_path, "--artifact-storage-dir", "values", "config")
        assert done.stdout.splitlines()[-2:] == ["database: works", "storage: works"]
        assert [path for path in (tmp_path / "values").rglob("*") if path.is_file()] == []

    def test_tries_out_servers(self, tmp_path: Path, postgresql_url: str, s3: Any) -> None:
        options = {"artifact_storage_dir": s3.new_location(), "storage_options": s3.storage_options}
        (tmp_path / "lineapy_config.json").write_text(json.dumps(options))
        done = run(tmp_path, "--database-url", postgresql_url, "config")
        assert done.stdout.splitlines()[-2:] == ["database: works", "storage: works"]
        assert "postgrespwd" not in done.stdout
        assert s3.storage_options["secret"] not in done.stdout

    def test_fails_if_one_half_cannot_be_used_and_says_which(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        url = "postgresql://ada:lovelace@127.0.0.1:1/x"
        done = run(tmp_path, "--database-url", url, "--artifact-storage-dir", "file/x", "config")
        assert done.returncode == 1
        assert [line.partition(":")[0] for line in done.stderr.splitlines() if ": " in line][:2] == [
            "database",
            "storage",
        ]
        assert "lovelace" not in done.stdout + done.stderr

    def test_can_be_told_not_to_connect(self, tmp_path: Path) -> None:
        done = run(tmp_path, "--database-url", "postgresql://ada@127.0.0.1:1/x", "config", "--no-check")
        assert (done.returncode, done.stderr) == (0, "")

    def test_speaks_json(self, tmp_path: Path) -> None:
        answer = json.loads(run(tmp_path, "config", "--json").stdout)
        assert answer["checks"] == {"database": None, "storage": None}
        assert answer["options"]["logging_level"] == {"value": "INFO", "comes_from": "default"}


class TestTheOptionsOfTheCommand:
    def test_every_option_that_has_flags_is_one(self) -> None:
        from lineapy.cli.commands import cli

        shown = {flag for parameter in cli.params for flag in parameter.opts}
        assert {flag for name in OPTIONS for flag in flags(name)} <= shown

    def test_a_wrong_value_is_found_before_the_script_runs(self, tmp_path: Path) -> None:
        (tmp_path / "script.py").write_text("print('runs')")
        done = run(tmp_path, "--tracing-budget", "much", "python", "script.py")
        assert (done.returncode, done.stdout) == (2, "")
        assert "tracing_budget is 'much' (command line)" in done.stderr

    @pytest.mark.parametrize("flag", ["--customized-annotation-folder", "--customized-annotation-dir"])
    def test_the_folder_of_annotations_has_the_name_of_0_2_too(self, flag: str, tmp_path: Path) -> None:
        done = run(tmp_path, flag, "mine", "config", "--json", "--no-check")
        assert json.loads(done.stdout)["options"]["customized_annotation_folder"]["value"] == str(
            tmp_path / "mine"
        )

    def test_verbose_is_a_logging_level(self, tmp_path: Path) -> None:
        done = run(tmp_path, "--verbose", "config", "--json", "--no-check")
        assert json.loads(done.stdout)["options"]["logging_level"]["value"] == "DEBUG"


class TestTheLogFile:
    SAVE = "import lineapy, logging\nlogging.basicConfig(level=0)\nx = 1\nlineapy.save(x, 'x')\n"

    def test_has_a_line_for_each_save_and_the_programs_own_log_has_none(
        self, tmp_path: Path, linea_home: Path
    ) -> None:
        (tmp_path / "script.py").write_text(self.SAVE)
        done = run(tmp_path, "python", "script.py")
        assert done.stderr == ""
        assert "saved artifact 'x' version 0" in (linea_home / "lineapy.log").read_text()

    def test_is_where_and_as_loud_as_told(self, tmp_path: Path, linea_home: Path) -> None:
        (tmp_path / "script.py").write_text(self.SAVE)
        run(tmp_path, "--logging-file", "mine.log", "python", "script.py")
        assert "saved artifact" in (tmp_path / "mine.log").read_text()
        assert not (linea_home / "lineapy.log").exists()
        run(tmp_path, "--logging-file", "quiet.log", "--logging-level", "error", "python", "script.py")
        assert not (tmp_path / "quiet.log").exists()

    def test_that_cannot_be_written_does_not_stop_a_save(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        (tmp_path / "script.py").write_text(self.SAVE)
        done = run(tmp_path, "--logging-file", "file/x.log", "python", "script.py")
        assert (done.returncode, done.stderr) == (0, "")
