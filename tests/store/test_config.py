"""Where an option comes from, and what happens when it is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from lineapy.config import CONFIG_FILE, OPTIONS, Config, advice, flags
from lineapy.errors import ConfigurationError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user's home folder, with a LineaPy home in it."""
    (tmp_path / ".lineapy").mkdir()
    return tmp_path


def write(folder: Path, **options: object) -> Path:
    path = folder / CONFIG_FILE
    path.write_text(json.dumps(options))
    return path


def read(home: Path, environ: dict[str, str] | None = None, **overrides: Any) -> Config:
    return Config.from_environment({"HOME": str(home)} | (environ or {}), **overrides)


class TestDefaults:
    def test_everything_is_in_a_folder_of_the_users_home(self) -> None:
        config = read(Path("/home/ada"))
        assert config.model_dump(exclude={"origins"}) == {
            "home_dir": Path("/home/ada/.lineapy"),
            "database_url": "sqlite:////home/ada/.lineapy/db.sqlite",
            "artifact_storage_dir": "/home/ada/.lineapy/linea_pickles",
            "storage_options": None,
            "database_fallback": True,
            "trusted_types_only": False,
            "customized_annotation_folder": Path("/home/ada/.lineapy/custom-annotations"),
            "tracing_budget": 0.1,
            "logging_level": "INFO",
            "logging_file": Path("/home/ada/.lineapy/lineapy.log"),
            "mlflow_tracking_uri": None,
            "mlflow_registry_uri": None,
            "default_ml_models_storage_backend": None,
            "do_not_track": False,
        }
        assert set(config.origins.values()) == {"default"}

    def test_what_derives_from_home_dir_follows_it(self) -> None:
        config = read(Path("/home/ada"), {"LINEAPY_HOME_DIR": "/data"})
        assert config.database_url == "sqlite:////data/db.sqlite"
        assert config.artifact_storage_dir == "/data/linea_pickles"
        assert config.customized_annotation_folder == Path("/data/custom-annotations")
        assert config.logging_file == Path("/data/lineapy.log")
        assert config.origins["logging_file"] == "follows home_dir"

    def test_a_home_dir_in_the_configuration_file_is_followed_too(self, home: Path) -> None:
        write(home / ".lineapy", home_dir="/data")
        assert read(home).artifact_storage_dir == "/data/linea_pickles"

    def test_reading_creates_nothing(self, tmp_path: Path) -> None:
        read(tmp_path, {"LINEAPY_HOME_DIR": str(tmp_path / "home")})
        assert list(tmp_path.iterdir()) == []

    def test_every_option_says_what_it_is_for_and_what_to_do_when_it_is_wrong(self) -> None:
        for name in OPTIONS:
            assert Config.model_fields[name].description
            assert advice(name).endswith(".")

    def test_storage_options_alone_have_no_flag(self) -> None:
        assert [name for name in OPTIONS if not flags(name)] == ["storage_options"]


class TestPrecedence:
    """Command line > environment > lineapy_config.json in the home folder, then in $HOME > default."""

    def test_the_environment_wins_over_the_file(self, home: Path) -> None:
        write(home / ".lineapy", artifact_storage_dir="/file", tracing_budget=0.2)
        config = read(home, {"LINEAPY_ARTIFACT_STORAGE_DIR": "/environment"})
        assert (config.artifact_storage_dir, config.tracing_budget) == ("/environment", 0.2)

    def test_the_caller_wins_over_the_environment(self, home: Path) -> None:
        environ = {"LINEAPY_HOME_DIR": "/environment"}
        assert read(home, environ, home_dir="/caller").database_url == "sqlite:////caller/db.sqlite"

    def test_an_option_that_is_not_given_does_not_win(self, home: Path) -> None:
        assert read(home, {"LINEAPY_HOME_DIR": "/data"}, home_dir=None).home_dir == Path("/data")

    def test_the_file_in_the_home_folder_wins_over_the_one_in_the_users_home(self, home: Path) -> None:
        write(home, tracing_budget=0.3)
        assert read(home).tracing_budget == 0.3
        write(home / ".lineapy", tracing_budget=0.2)
        assert read(home).tracing_budget == 0.2

    def test_the_file_is_looked_for_in_the_home_folder_that_was_given(
        self, home: Path, tmp_path: Path
    ) -> None:
        other = tmp_path / "other"
        other.mkdir()
        write(other, tracing_budget=0.4)
        assert read(home, {"LINEAPY_HOME_DIR": str(other)}).tracing_budget == 0.4
        assert read(home, home_dir=str(other)).tracing_budget == 0.4

    def test_each_value_says_where_it_comes_from(self, home: Path) -> None:
        file = write(home, logging_level="debug")
        environ = {
            "LINEAPY_TRACING_BUDGET": "0.5",
            "LINEAPY_DO_NOT_TRACK": "1",
            "LINEAPY_COMMAND_LINE": "do_not_track",
        }
        origins = read(home, environ, origin="lineapy.options.set", database_fallback=False).origins
        assert origins["logging_level"] == f"file {file}"
        assert origins["tracing_budget"] == "environment variable LINEAPY_TRACING_BUDGET"
        assert origins["do_not_track"] == "command line"
        assert origins["database_fallback"] == "lineapy.options.set"
        assert origins["database_url"] == "default"

    def test_the_environment_is_read_when_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LINEAPY_HOME_DIR", "/set/later")
        assert Config.from_environment().home_dir == Path("/set/later")


class TestValues:
    @pytest.mark.parametrize(
        "option, text, value",
        [
            ("home_dir", "/data/../srv", Path("/srv")),
            ("database_url", "postgresql://ada@db/team", "postgresql://ada@db/team"),
            ("artifact_storage_dir", "s3://team/values", "s3://team/values"),
            ("database_fallback", "no", False),
            ("trusted_types_only", "On", True),
            ("customized_annotation_folder", "/srv/annotations", Path("/srv/annotations")),
            ("tracing_budget", "0.25", 0.25),
            ("logging_level", "warning", "WARNING"),
            ("logging_level", "10", "DEBUG"),
            ("logging_file", "/var/log/linea.log", Path("/var/log/linea.log")),
            ("mlflow_tracking_uri", "http://mlflow:5000", "http://mlflow:5000"),
            ("mlflow_registry_uri", "sqlite:///mlruns.db", "sqlite:///mlruns.db"),
            ("default_ml_models_storage_backend", "MLflow", "mlflow"),
            ("do_not_track", " FALSE", False),
        ],
    )
    def test_each_option_has_its_environment_variable(self, option: str, text: str, value: object) -> None:
        assert getattr(read(Path("/home/ada"), {f"LINEAPY_{option.upper()}": text}), option) == value

    def test_storage_options_are_kept_as_given(self, home: Path) -> None:
        options = {"profile": "team", "client_kwargs": {"region_name": "eu-west-1"}, "use_ssl": False}
        write(home, storage_options=options)
        assert read(home).storage_options == options
        assert read(home, storage_options={"anon": True}).storage_options == {"anon": True}

    def test_local_paths_are_absolute_so_that_chdir_does_not_move_the_store(
        self, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        config = read(home, {"LINEAPY_HOME_DIR": "here", "LINEAPY_ARTIFACT_STORAGE_DIR": "there"})
        assert config.home_dir == tmp_path / "here"
        assert config.artifact_storage_dir == str(tmp_path / "there")

    def test_paths_in_the_file_count_from_its_folder(self, home: Path) -> None:
        write(home, artifact_storage_dir="values")
        assert read(home).artifact_storage_dir == str(home / "values")

    def test_a_tilde_is_the_users_home(self) -> None:
        assert read(Path("/home/ada"), {"LINEAPY_HOME_DIR": "~/x"}).home_dir == Path("/home/ada/x")

    def test_options_cannot_be_changed(self) -> None:
        with pytest.raises(ValidationError):
            Config.from_environment({}).home_dir = Path("/")  # type: ignore[misc]


class TestWrongValues:
    @pytest.mark.parametrize(
        "variable, value, why",
        [
            ("LINEAPY_HOME_DIR", "", "empty"),
            ("LINEAPY_HOME_DIR", "s3://bucket/home", "not a local path"),
            ("LINEAPY_HOME_DIR", "~nobody-of-that-name/x", "not known"),
            ("LINEAPY_HOME_DIR", __file__, "a file and not a folder"),
            ("LINEAPY_DATABASE_URL", "", "empty"),
            ("LINEAPY_DATABASE_URL", "/data/db.sqlite", "no URL"),
            ("LINEAPY_ARTIFACT_STORAGE_DIR", " ", "empty"),
            ("LINEAPY_DO_NOT_TRACK", "perhaps", "boolean"),
            ("LINEAPY_TRACING_BUDGET", "0", "greater than 0"),
            ("LINEAPY_TRACING_BUDGET", "ten", "number"),
            ("LINEAPY_TRACING_BUDGET", "nan", "finite"),
            ("LINEAPY_LOGGING_LEVEL", "LOUD", "'WARNING'"),
            ("LINEAPY_DEFAULT_ML_MODELS_STORAGE_BACKEND", "s3", "'mlflow'"),
        ],
    )
    def test_say_which_option_from_where_and_why(self, variable: str, value: str, why: str) -> None:
        option = variable.removeprefix("LINEAPY_").lower()
        with pytest.raises(ConfigurationError, match=why) as caught:
            Config.from_environment({variable: value})
        assert f"The option {option} is" in str(caught.value)
        assert f"environment variable {variable}" in str(caught.value)
        assert advice(option) in str(caught.value)

    def test_in_the_file_name_the_file(self, home: Path) -> None:
        file = write(home, tracing_budget="much")
        with pytest.raises(ConfigurationError, match=str(file)):
            read(home)

    @pytest.mark.parametrize("value", ["profile=team", {1: "team"}, ["team"]])
    def test_of_storage_options_are_not_shown(self, value: object) -> None:
        with pytest.raises(ConfigurationError, match="dictionary") as caught:
            Config.from_environment({}, storage_options=value)
        assert "team" not in str(caught.value)

    def test_of_the_wrong_type_are_refused(self) -> None:
        with pytest.raises(ConfigurationError, match="not a valid path"):
            Config.from_environment({}, home_dir=3)

    @pytest.mark.parametrize("text", ["{", "[1]", '"x"', "\x80"])
    def test_a_file_that_is_no_json_object_is_named(self, text: str, home: Path) -> None:
        path = home / CONFIG_FILE
        path.write_text(text, encoding="latin-1")
        with pytest.raises(ConfigurationError, match=str(path)) as caught:
            read(home)
        assert "lineapy init" in str(caught.value)


class TestWrongNames:
    def test_get_the_nearest_right_one(self) -> None:
        with pytest.raises(ConfigurationError, match="Did you mean 'database_url'"):
            Config.from_environment({}, databse_url="sqlite:////x")

    def test_in_the_file_name_the_file(self, home: Path) -> None:
        file = write(home, artefact_storage_dir="/x")
        with pytest.raises(ConfigurationError, match="Did you mean 'artifact_storage_dir'") as caught:
            read(home)
        assert str(file) in str(caught.value)

    def test_in_the_environment_are_noticed_when_they_are_like_a_right_one(self) -> None:
        with pytest.raises(ConfigurationError, match="Did you mean LINEAPY_DATABASE_URL"):
            Config.from_environment({"LINEAPY_DATABASE_ULR": "sqlite:////x"})

    def test_in_the_environment_are_left_alone_when_they_are_not(self) -> None:
        Config.from_environment({"LINEAPY_RUNTIME_TAG": "colab", "LINEAPY_PROPERTY_PROGRAMS": "5"})

    def test_storage_options_in_the_environment_are_refused(self) -> None:
        with pytest.raises(ConfigurationError, match="AWS_PROFILE") as caught:
            Config.from_environment({"LINEAPY_STORAGE_OPTIONS": '{"secret": "lovelace"}'})
        assert "lovelace" not in str(caught.value)


class TestSecrets:
    SECRETS = {
        "database_url": "postgresql://ada:lovelace@db/x?sslpassword=lovelace",
        "artifact_storage_dir": "sftp://ada:lovelace@host/values",
        "storage_options": {"key": "lovelace", "client_kwargs": {"secret": "lovelace"}},
        "mlflow_tracking_uri": "https://ada:lovelace@mlflow.example",
    }

    def test_are_not_in_the_representation(self) -> None:
        assert "lovelace" not in repr(Config.from_environment({}, **self.SECRETS))

    def test_are_not_in_what_is_shown_of_a_value(self) -> None:
        config = Config.from_environment({}, **self.SECRETS)
        shown = {name: str(config.shown(name)) for name in OPTIONS}
        assert "lovelace" not in str(shown)
        assert shown["database_url"] == "postgresql://ada:***@db/x?sslpassword=***"
        assert shown["storage_options"] == "{'key': '***', 'client_kwargs': '***'}"

    def test_are_not_in_error_messages(self) -> None:
        with pytest.raises(ConfigurationError) as caught:
            Config.from_environment({}, home_dir="x://ada:lovelace@host")
        assert "lovelace" not in str(caught.value)
