"""Where an option comes from, and what happens when it is wrong."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from lineapy.config import Config
from lineapy.errors import ConfigurationError


def test_everything_is_in_a_folder_of_the_users_home() -> None:
    config = Config.from_environment({"HOME": "/home/ada"})
    assert config == Config(
        home_dir=Path("/home/ada/.lineapy"),
        database_url="sqlite:////home/ada/.lineapy/db.sqlite",
        artifact_storage_dir="/home/ada/.lineapy/linea_pickles",
        storage_options=None,
        do_not_track=False,
    )


def test_what_derives_from_home_dir_follows_it() -> None:
    config = Config.from_environment({"LINEAPY_HOME_DIR": "/data"})
    assert config.database_url == "sqlite:////data/db.sqlite"
    assert config.artifact_storage_dir == "/data/linea_pickles"


def test_each_option_has_its_environment_variable() -> None:
    config = Config.from_environment(
        {
            "LINEAPY_HOME_DIR": "/data",
            "LINEAPY_DATABASE_URL": "sqlite:////elsewhere/db.sqlite",
            "LINEAPY_ARTIFACT_STORAGE_DIR": "s3://team/values",
            "LINEAPY_DO_NOT_TRACK": "True",
        }
    )
    assert config == Config(
        Path("/data"), "sqlite:////elsewhere/db.sqlite", "s3://team/values", None, do_not_track=True
    )


def test_the_command_line_wins_over_the_environment() -> None:
    config = Config.from_environment({"LINEAPY_HOME_DIR": "/environment"}, home_dir="/command-line")
    assert config.home_dir == Path("/command-line")
    assert config.database_url == "sqlite:////command-line/db.sqlite"


def test_an_option_not_given_on_the_command_line_does_not_win() -> None:
    assert Config.from_environment({"LINEAPY_HOME_DIR": "/data"}, home_dir=None).home_dir == Path("/data")


def test_the_environment_is_read_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINEAPY_HOME_DIR", "/set/later")
    assert Config.from_environment().home_dir == Path("/set/later")


def test_local_paths_are_absolute_so_that_chdir_does_not_move_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = Config.from_environment({"LINEAPY_HOME_DIR": "here", "LINEAPY_ARTIFACT_STORAGE_DIR": "there"})
    assert config.home_dir == tmp_path / "here"
    assert config.artifact_storage_dir == str(tmp_path / "there")


def test_a_tilde_is_the_users_home() -> None:
    assert Config.from_environment({"HOME": "/home/ada", "LINEAPY_HOME_DIR": "~/x"}).home_dir == Path(
        "/home/ada/x"
    )


def test_reading_the_options_creates_nothing(tmp_path: Path) -> None:
    Config.from_environment({"LINEAPY_HOME_DIR": str(tmp_path / "home")})
    assert list(tmp_path.iterdir()) == []


def test_options_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config.from_environment({}).home_dir = Path("/")  # type: ignore[misc]


def test_secrets_are_not_shown() -> None:
    shown = repr(
        Config.from_environment(
            {}, database_url="postgresql://ada:lovelace@db/x", storage_options={"secret": "lovelace"}
        )
    )
    assert "lovelace" not in shown


def test_storage_options_are_kept_as_given() -> None:
    options = {"profile": "team", "client_kwargs": {"region_name": "eu-west-1"}}
    assert Config.from_environment({}, storage_options=options).storage_options == options


@pytest.mark.parametrize(
    "word, meaning", [("1", True), ("yes", True), ("0", False), ("FALSE", False), ("off", False)]
)
def test_do_not_track_is_understood(word: str, meaning: bool) -> None:
    assert Config.from_environment({"LINEAPY_DO_NOT_TRACK": word}).do_not_track is meaning


@pytest.mark.parametrize(
    "variable, value, why",
    [
        ("LINEAPY_HOME_DIR", "", "empty"),
        ("LINEAPY_HOME_DIR", "s3://bucket/home", "not a local folder"),
        ("LINEAPY_HOME_DIR", "~nobody-of-that-name/x", "not known"),
        ("LINEAPY_HOME_DIR", __file__, "a file and not a folder"),
        ("LINEAPY_DATABASE_URL", "", "empty"),
        ("LINEAPY_DATABASE_URL", "/data/db.sqlite", "not a database URL"),
        ("LINEAPY_ARTIFACT_STORAGE_DIR", " ", "not usable text"),
        ("LINEAPY_DO_NOT_TRACK", "perhaps", "neither true nor false"),
    ],
)
def test_a_wrong_value_says_which_and_why(variable: str, value: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as caught:
        Config.from_environment({variable: value})
    assert variable in str(caught.value)


@pytest.mark.parametrize("value", ["profile=team", {1: "a"}])
def test_wrong_storage_options_are_refused_without_being_shown(value: object) -> None:
    with pytest.raises(ConfigurationError, match="dictionary") as caught:
        Config.from_environment({}, storage_options=value)
    assert "team" not in str(caught.value)


def test_a_wrong_name_gets_the_nearest_right_one() -> None:
    with pytest.raises(ConfigurationError, match="Did you mean 'database_url'"):
        Config.from_environment({}, databse_url="sqlite:////x")


def test_a_value_of_the_wrong_type_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="not text"):
        Config.from_environment({}, home_dir=3)
