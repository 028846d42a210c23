"""Each claim of the page on changing the storage location, against real servers.

`docs/changing-storage-location.md` is our wording of it; the claims are those of its users.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.api.support import value_files

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "changing-storage-location.md"

SAVE = "import lineapy\nx = [1, 2]\nx.append(3)\nlineapy.save(x, 'x')\n"
GET = "import lineapy\nartifact = lineapy.get('x')\nprint(artifact.get_value())\nprint(artifact.get_code(), end='')\n"
GOT = "[1, 2, 3]\nx = [1, 2]\nx.append(3)\n"


class User:
    """Somebody at a shell, with a home folder, and nothing of LineaPy's in the environment."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("LINEAPY_", "AWS_", "PG"))
        } | {"HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true"}

    def export(self, **variables: str) -> User:
        self.environ |= variables
        return self

    def python(self, text: str) -> subprocess.CompletedProcess[str]:
        """Run a program that is not traced."""
        return self._run(text)

    def lineapy(self, text: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run a program traced."""
        return self._run(text, "-m", "lineapy", *options, "python")

    def _run(self, text: str, *command: str) -> subprocess.CompletedProcess[str]:
        script = self.home / "script.py"
        script.write_text(text, encoding="utf-8")
        return subprocess.run(
            [sys.executable, *command, str(script)],
            cwd=self.home,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )


@pytest.fixture
def user(tmp_path: Path) -> User:
    home = tmp_path / "ada"
    home.mkdir()
    return User(home)


def succeeded(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


class TestTheTwoHalves:
    def test_values_and_metadata_are_in_the_home_folder_by_default(self, user: User) -> None:
        succeeded(user.lineapy(SAVE))
        assert (user.home / ".lineapy" / "db.sqlite").is_file()
        assert len(value_files(user.home / ".lineapy" / "linea_pickles")) == 1
        assert succeeded(user.python(GET)) == GOT

    def test_the_configuration_file_overrides_both_locations(self, user: User) -> None:
        options = {
            "artifact_storage_dir": str(user.home / "values"),
            "database_url": f"sqlite:///{user.home}/meta.sqlite",
        }
        (user.home / "lineapy_config.json").write_text(json.dumps(options))
        succeeded(user.lineapy(SAVE))
        assert (user.home / "meta.sqlite").is_file()
        assert len(value_files(user.home / "values")) == 1
        assert not (user.home / ".lineapy" / "db.sqlite").exists()
        assert succeeded(user.python(GET)) == GOT

    def test_options_set_overrides_both_locations_for_a_session(self, user: User) -> None:
        change = (
            "import lineapy\n"
            f"lineapy.options.set('artifact_storage_dir', '{user.home}/values')\n"
            f"lineapy.options.set('database_url', 'sqlite:///{user.home}/meta.sqlite')\n"
        )
        succeeded(user.lineapy(change + SAVE))
        assert (user.home / "meta.sqlite").is_file()
        assert len(value_files(user.home / "values")) == 1
        assert succeeded(user.python(change + GET)) == GOT
        assert user.python(GET).returncode == 1

    def test_what_was_saved_before_is_not_retrieved_from_the_new_database(self, user: User) -> None:
        succeeded(user.lineapy(SAVE))
        change = f"import lineapy\nlineapy.options.set('database_url', 'sqlite:///{user.home}/meta.sqlite')\n"
        done = user.python(change + GET)
        assert "ArtifactNotFoundError" in done.stderr

    def test_changing_one_half_alone_warns(self, user: User) -> None:
        for option, value in (
            ("artifact_storage_dir", "values"),
            ("database_url", f"sqlite:///{user.home}/x.sqlite"),
        ):
            done = user.python(f"import lineapy\nlineapy.options.set({option!r}, {value!r})\n")
            assert "StoreLocationWarning" in done.stderr
            assert "hand in hand" in done.stderr

    def test_an_artifact_is_retrieved_after_the_folder_alone_was_changed(self, user: User) -> None:
        succeeded(user.lineapy(SAVE))
        user.export(LINEAPY_ARTIFACT_STORAGE_DIR=str(user.home / "elsewhere"))
        assert succeeded(user.python(GET)) == GOT

    def test_an_artifact_whose_folder_is_gone_says_where_its_value_was_and_what_to_do(
        self, user: User
    ) -> None:
        succeeded(user.lineapy(SAVE))
        (user.home / ".lineapy" / "linea_pickles").rename(user.home / "moved")
        done = user.python(GET)
        assert "ValueMissingError" in done.stderr
        assert str(user.home / ".lineapy" / "linea_pickles") in done.stderr
        assert "artifact_storage_dir" in done.stderr
        user.export(LINEAPY_ARTIFACT_STORAGE_DIR=str(user.home / "moved"))
        assert succeeded(user.python(GET)) == GOT


class TestStorageOptions:
    def test_are_the_same_dictionary_that_pandas_takes(self, user: User, rclone_s3: Any) -> None:
        location, options = rclone_s3.new_location(), rclone_s3.storage_options
        text = (
            "import lineapy, pandas\n"
            f"options = {options!r}\n"
            "frame = pandas.DataFrame({'a': [1, 2]})\n"
            f"frame.to_csv('{location}/frame.csv', storage_options=options)\n"
            f"lineapy.options.set('artifact_storage_dir', '{location}')\n"
            "lineapy.options.set('storage_options', options)\n"
            "lineapy.save(frame, 'frame')\n"
            "print(lineapy.get('frame').get_value().a.sum())\n"
        )
        assert succeeded(user.lineapy(text)) == "3\n"

    def test_can_be_put_into_the_configuration_file(self, user: User, rclone_s3: Any) -> None:
        options = {
            "artifact_storage_dir": rclone_s3.new_location(),
            "storage_options": rclone_s3.storage_options,
        }
        (user.home / "lineapy_config.json").write_text(json.dumps(options))
        succeeded(user.lineapy(SAVE))
        assert succeeded(user.python(GET)) == GOT
        assert not (user.home / ".lineapy" / "linea_pickles").exists()

    def test_cannot_be_given_in_the_environment(self, user: User) -> None:
        done = user.export(LINEAPY_STORAGE_OPTIONS='{"key": "lovelace"}').lineapy(SAVE)
        assert done.returncode == 2
        assert "LINEAPY_STORAGE_OPTIONS" in done.stderr
        assert "lovelace" not in done.stderr

    def test_cannot_be_given_on_the_command_line(self, user: User) -> None:
        done = user.lineapy(SAVE, "--storage-options", "{}")
        assert done.returncode == 2
        assert "--storage-options" in done.stderr


class TestPostgreSQL:
    def test_the_environment_variable_makes_it_the_database(self, user: User, postgresql_url: str) -> None:
        user.export(LINEAPY_DATABASE_URL=postgresql_url)
        succeeded(user.lineapy(SAVE))
        assert succeeded(user.python(GET)) == GOT
        assert not (user.home / ".lineapy" / "db.sqlite").exists()

    CHECK = "from lineapy.db.db import RelationalLineaDB\nprint(RelationalLineaDB.from_environment().url)\n"

    def test_the_url_is_printed_if_it_can_be_reached(self, user: User, postgresql_url: str) -> None:
        user.export(LINEAPY_DATABASE_URL=postgresql_url)
        assert succeeded(user.python(self.CHECK)) == f"{postgresql_url}\n"

    @pytest.mark.parametrize("wrong", ["password", "port", "database"])
    def test_otherwise_the_sqlite_file_of_the_home_folder_is_printed_with_the_reason(
        self, wrong: str, user: User, postgresql_url: str
    ) -> None:
        url = {
            "password": postgresql_url.replace("postgrespwd", "mistyped"),
            "port": re.sub(r":\d+/", ":1/", postgresql_url),
            "database": f"{postgresql_url}_that_is_not_there",
        }[wrong]
        done = user.export(LINEAPY_DATABASE_URL=url).python(self.CHECK)
        assert succeeded(done) == f"sqlite:///{user.home}/.lineapy/db.sqlite\n"
        assert "FallbackWarning" in done.stderr
        assert "mistyped" not in done.stderr
        assert "postgrespwd" not in done.stderr

    def test_a_session_that_fell_back_says_so_at_its_start_and_at_each_save(self, user: User) -> None:
        user.export(LINEAPY_DATABASE_URL="postgresql://ada:secret@127.0.0.1:1/team")
        done = user.lineapy(SAVE + "lineapy.save(x, 'y')\n")
        assert done.returncode == 0
        assert done.stderr.count("FallbackWarning") == 1
        assert done.stderr.index("FallbackWarning") < done.stderr.index("lineapy.save: ")
        assert done.stderr.count("lineapy.save: ") == 2
        assert "secret" not in done.stderr

    def test_the_values_of_a_session_that_fell_back_are_in_the_home_folder_too(self, user: User) -> None:
        user.export(LINEAPY_DATABASE_URL="postgresql://ada:secret@127.0.0.1:1/team")
        user.export(LINEAPY_ARTIFACT_STORAGE_DIR=str(user.home / "of-the-team"))
        succeeded(user.lineapy(SAVE))
        assert len(value_files(user.home / ".lineapy" / "linea_pickles")) == 1
        assert not (user.home / "of-the-team").exists()
        assert succeeded(user.python(GET)) == GOT

    def test_without_falling_back_it_is_an_error_and_nothing_runs(self, user: User) -> None:
        user.export(LINEAPY_DATABASE_URL="postgresql://ada:secret@127.0.0.1:1/team")
        user.export(LINEAPY_DATABASE_FALLBACK="false")
        done = user.lineapy("print('running')\n" + SAVE)
        assert (done.returncode, done.stdout) == (2, "")
        assert "postgresql://ada:***@127.0.0.1:1/team cannot be reached" in done.stderr

    def test_urls_that_begin_with_postgres_are_corrected_with_a_note(
        self, user: User, postgresql_url: str
    ) -> None:
        user.export(LINEAPY_DATABASE_URL=postgresql_url.replace("postgresql://", "postgres://"))
        done = user.python(self.CHECK)
        assert succeeded(done) == f"{postgresql_url}\n"
        assert "LineaWarning" in done.stderr
        assert "postgresql://" in done.stderr
        succeeded(user.lineapy(SAVE))
        assert succeeded(user.python(GET)) == GOT


class TestS3:
    def test_options_set_moves_values_there(self, user: User, s3: Any) -> None:
        user.export(**s3.environment)
        change = f"import lineapy\nlineapy.options.set('artifact_storage_dir', '{s3.new_location()}')\n"
        succeeded(user.lineapy(change + SAVE))
        assert succeeded(user.python(GET)) == GOT
        assert not (user.home / ".lineapy" / "linea_pickles").exists()

    def test_credentials_are_found_as_the_aws_tools_find_them(self, user: User, rclone_s3: Any) -> None:
        user.export(LINEAPY_ARTIFACT_STORAGE_DIR=rclone_s3.new_location())
        user.export(**rclone_s3.profile_environment(user.home, "default"))
        succeeded(user.lineapy(SAVE))
        assert succeeded(user.python(GET)) == GOT

    def test_a_profile_in_storage_options_is_the_same_as_aws_profile(
        self, user: User, rclone_s3: Any
    ) -> None:
        environment = rclone_s3.profile_environment(user.home, "ANOTHER_AWS_PROFILE")
        environment.pop("AWS_PROFILE", None)
        user.export(**environment).export(LINEAPY_ARTIFACT_STORAGE_DIR=rclone_s3.new_location())
        assert user.lineapy(SAVE).returncode == 1  # no default credentials
        option = (
            "import lineapy\nlineapy.options.set('storage_options', {'profile': 'ANOTHER_AWS_PROFILE'})\n"
        )
        succeeded(user.lineapy(option + SAVE))
        assert succeeded(user.export(AWS_PROFILE="ANOTHER_AWS_PROFILE").python(GET)) == GOT

    def test_key_and_secret_in_storage_options_are_the_same_as_the_two_variables(
        self, user: User, rclone_s3: Any
    ) -> None:
        given = rclone_s3.environment
        key, secret = given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"]
        rest = {name: value for name, value in given.items() if "_KEY" not in name}
        user.export(**rest).export(LINEAPY_ARTIFACT_STORAGE_DIR=rclone_s3.new_location())
        option = f"import lineapy\nlineapy.options.set('storage_options', {{'key': {key!r}, 'secret': %r}})\n"
        wrong = user.lineapy(option % "mistyped" + SAVE)
        assert "StoreError" in wrong.stderr
        assert "mistyped" not in wrong.stderr.replace("'secret': 'mistyped'", "")  # the script's own line
        succeeded(user.lineapy(option % secret + SAVE))
        variables = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}
        assert succeeded(user.export(**variables).python(GET)) == GOT

    def test_the_items_are_the_parameters_of_s3fs(self, user: User, rclone_s3: Any) -> None:
        options = {**rclone_s3.storage_options, "default_block_size": 6 << 20, "use_listings_cache": False}
        user.export(LINEAPY_ARTIFACT_STORAGE_DIR=rclone_s3.new_location())
        option = f"import lineapy\nlineapy.options.set('storage_options', {options!r})\n"
        succeeded(user.lineapy(option + SAVE))
        assert succeeded(user.python(option + GET)) == GOT


class TestOurPage:
    """What only our wording of the page says."""

    def test_its_python_and_json_is_right(self, user: User) -> None:
        from lineapy.config import OPTIONS

        text = PAGE.read_text(encoding="utf-8")
        for block in re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            compile(block, str(PAGE), "exec")
        for name in re.findall(r"options\.set\(\"(\w+)\"", text):
            assert name in OPTIONS
        for block in re.findall(r"^```json.*?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            assert json.loads(block).keys() <= set(OPTIONS)

    def test_its_commands_exist(self) -> None:
        from lineapy.cli.commands import cli

        for command in re.findall(r"`lineapy ((?:store |db )?[a-z]+)", PAGE.read_text(encoding="utf-8")):
            found: Any = cli
            for word in command.split():
                found = found.commands[word]

    def test_every_place_to_set_an_option_wins_over_those_below(self, user: User) -> None:
        ask = "import lineapy\nprint(lineapy.options.get('artifact_storage_dir'))\n"
        assert succeeded(user.lineapy(ask)) == f"{user.home}/.lineapy/linea_pickles\n"
        (user.home / "lineapy_config.json").write_text('{"artifact_storage_dir": "/file"}')
        assert succeeded(user.lineapy(ask)) == "/file\n"
        user.export(LINEAPY_ARTIFACT_STORAGE_DIR="/environment")
        assert succeeded(user.lineapy(ask)) == "/environment\n"
        assert succeeded(user.lineapy(ask, "--artifact-storage-dir", "/command")) == "/command\n"
        change = "import lineapy\nlineapy.options.set('artifact_storage_dir', '/set', verbose=False)\n"
        assert succeeded(user.lineapy(change + ask, "--artifact-storage-dir", "/command")) == "/set\n"
