"""Where LineaPy keeps things, and how it behaves: the options, read once at the top of the program and passed down.

An option comes from (later wins) its default, `lineapy_config.json`, the environment, the command line,
`lineapy.options.set`. What derives from `home_dir` follows it. Reading options creates no file and no folder.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from lineapy.errors import ConfigurationError
from lineapy.masking import MASK, masked_mapping, masked_url

#: Looked for in the home folder, then in ``$HOME``.
CONFIG_FILE = "lineapy_config.json"

PREFIX = "LINEAPY_"

#: Which environment variables stand for options of the command line: their names, separated by commas. The ``lineapy``
#: command hands its options on as environment variables, so that child processes have them too.
COMMAND_LINE_VARIABLE = "LINEAPY_COMMAND_LINE"

_LEVELS = {"50": "CRITICAL", "40": "ERROR", "30": "WARNING", "20": "INFO", "10": "DEBUG"}


def _text(value: object) -> object:
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, str) and not value.strip():
        raise ValueError("which is empty")
    return value


def _absolute(value: object) -> object:
    """Absolute now, so that a later os.chdir in the user's program does not move the store."""
    value = _text(value)
    return value if not isinstance(value, str) or "://" in value else absolute_path(value)


def _local(value: object) -> object:
    value = _absolute(value)
    if isinstance(value, str) and "://" in value:
        raise ValueError("which is not a local path")
    return value


def _folder(value: object) -> object:
    value = _local(value)
    if isinstance(value, str) and os.path.exists(value) and not os.path.isdir(value):
        raise ValueError("which is a file and not a folder")
    return value


def _url(value: object) -> object:
    value = _text(value)
    if isinstance(value, str) and not re.match(r"[A-Za-z][\w+.-]*://", value):
        raise ValueError("which is no URL: it does not begin with <scheme>://")
    return value


def _level(value: object) -> object:
    word = str(value).strip().upper()
    return _LEVELS.get(word, word)


def _word(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _option(about: str, advice: str, *flags: str, **rest: Any) -> Any:
    """Declare an option; `flags` are those of the command line, none if it cannot be given there."""
    return Field(description=about, json_schema_extra={"advice": advice, "flags": list(flags)}, **rest)


Switch = Annotated[bool, BeforeValidator(_word)]


class Config(BaseSettings):
    """The options of one session, complete and checked. Make one with `from_environment`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", validate_default=True)

    home_dir: Annotated[Path, BeforeValidator(_folder)] = _option(
        "Where LineaPy keeps things unless told otherwise.",
        "Give the path of a local folder, or leave it out to use ~/.lineapy.",
        "--home-dir",
    )
    # Some hold passwords, and a repr ends up in logs and bug reports.
    database_url: Annotated[str, BeforeValidator(_url)] = _option(
        "The database for metadata: sqlite:///… or postgresql://…",
        "Give a URL like postgresql://user:password@host:5432/database or sqlite:////absolute/path/db.sqlite, or leave "
        "it out to use <home_dir>/db.sqlite.",
        "--database-url",
        repr=False,
    )
    artifact_storage_dir: Annotated[str, BeforeValidator(_absolute)] = _option(
        "Where values are stored: a local folder or an fsspec URL such as s3://bucket/folder.",
        "Give a local folder or an fsspec URL, or leave it out to use <home_dir>/linea_pickles.",
        "--artifact-storage-dir",
        repr=False,
    )
    storage_options: Mapping[str, Any] | None = _option(
        "Passed on to the fsspec file system of the storage folder.",
        "Give a dictionary like {'profile': 'my-aws-profile'}.",
        default=None,
        repr=False,
    )
    database_fallback: Switch = _option(
        "Use SQLite in the home folder when the database cannot be reached.",
        "Set it to true or false.",
        "--database-fallback",
        default=True,
    )
    trusted_types_only: Switch = _option(
        "Load values only from formats that cannot run code.",
        "Set it to true or false.",
        "--trusted-types-only",
        default=False,
    )
    customized_annotation_folder: Annotated[Path, BeforeValidator(_folder)] = _option(
        "Folder with your own *.annotations.yaml files.",
        "Give the path of a local folder, or leave it out to use <home_dir>/custom-annotations.",
        "--customized-annotation-folder",
        "--customized-annotation-dir",
    )
    tracing_budget: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = _option(
        "The share of the run time that fingerprints may take, such as 0.1.",
        "Give a number such as 0.1, which stands for a tenth of the program's run time.",
        "--tracing-budget",
        default=0.1,
    )
    logging_level: Annotated[
        Literal["CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"], BeforeValidator(_level)
    ] = _option(
        "What is worth a line in the log file.",
        f"Choose one of {', '.join(_LEVELS.values())}.",
        "--logging-level",
        default="INFO",
    )
    logging_file: Annotated[Path, BeforeValidator(_local)] = _option(
        "Where LineaPy logs to.",
        "Give the path of a local file, or leave it out to use <home_dir>/lineapy.log.",
        "--logging-file",
    )
    mlflow_tracking_uri: Annotated[str, BeforeValidator(_text)] | None = _option(
        "The MLflow server that tracks models.",
        "Give a URL or a path, as MLflow takes it.",
        "--mlflow-tracking-uri",
        default=None,
        repr=False,
    )
    mlflow_registry_uri: Annotated[str, BeforeValidator(_text)] | None = _option(
        "The MLflow server that registers models.",
        "Give a URL or a path, as MLflow takes it.",
        "--mlflow-registry-uri",
        default=None,
        repr=False,
    )
    default_ml_models_storage_backend: (
        Annotated[Literal["lineapy", "mlflow"], BeforeValidator(_word)] | None
    ) = _option(
        "Where models go unless save() says it: lineapy or mlflow.",
        "Choose lineapy or mlflow.",
        "--default-ml-models-storage-backend",
        default=None,
    )
    do_not_track: Switch = _option(
        "Does nothing: usage is never tracked.",
        "Set it to true or false, or leave it out.",
        "--do-not-track",
        default=False,
    )
    #: For each option, where its value came from, in words.
    origins: dict[str, str] = Field(default_factory=dict, repr=False, exclude=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Config) and self.model_dump() == other.model_dump()

    __hash__ = None  # type: ignore[assignment]  # storage_options has no hash

    @classmethod
    def from_environment(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        origin: str = "given by the caller",
        **overrides: object,
    ) -> Config:
        """Read the options from the configuration file and the environment; `overrides` win over both.

        Args:
            environ: Environment variables; by default those of the process.
            origin: Where the overrides come from, in words.
            **overrides: Options by name; None means not given.

        Returns:
            The options, complete and checked.

        Raises:
            ConfigurationError: An option has a wrong value or a wrong name; the message says which, and where it is.

        Example:
            >>> config = Config.from_environment({"HOME": "/home/ada", "LINEAPY_HOME_DIR": "/data/linea"})
            >>> config.database_url, config.origins["database_url"]
            ('sqlite:////data/linea/db.sqlite', 'follows home_dir')
            >>> Config.from_environment({}, home_dir="/srv", artifact_storage_dir="s3://team").artifact_storage_dir
            's3://team'
        """
        given = {name: value for name, value in overrides.items() if value is not None}
        return _Reading(os.environ if environ is None else environ, given, origin).config()

    @property
    def has_default_database(self) -> bool:
        """Whether the database is the SQLite file in the home folder."""
        return self.database_url == f"sqlite:///{self.home_dir / 'db.sqlite'}"

    def shown(self, name: str) -> object:
        """The value of an option as it may be shown: without secrets.

        Args:
            name: The option.

        Example:
            >>> Config.from_environment({}, home_dir="/srv", database_url="postgresql://ada:x@db/team").shown(
            ...     "database_url"
            ... )
            'postgresql://ada:***@db/team'
        """
        return _shown(getattr(self, name))


OPTIONS: tuple[str, ...] = tuple(name for name in Config.model_fields if name != "origins")


def advice(name: str) -> str:
    """What to do when an option has a wrong value."""
    return str(_extra(Config.model_fields[name])["advice"])


def flags(name: str) -> list[str]:
    """The flags of an option on the command line; none if it cannot be given there.

    Example:
        >>> flags("home_dir"), flags("storage_options")
        (['--home-dir'], [])
    """
    return [str(flag) for flag in _extra(Config.model_fields[name])["flags"]]


def about(name: str) -> str:
    """What an option is for, in one line."""
    return str(Config.model_fields[name].description)


def absolute_path(text: str, folder: str = "") -> str:
    """A path that means the same from every folder.

    Args:
        text: A path; ``~`` at its beginning is the user's home.
        folder: Where relative paths count from; the present folder by default.

    Raises:
        ValueError: It names the home of an unknown user.

    Example:
        >>> absolute_path("values", "/data"), absolute_path("/data/../srv")
        ('/data/values', '/srv')
    """
    path = os.path.expanduser(text)
    if text.startswith("~") and path == text:
        raise ValueError("which names the home folder of a user who is not known here")
    return os.path.abspath(os.path.join(folder, path))


def unknown_option(name: str, where: str) -> ConfigurationError:
    """The error for a name that is no option.

    Args:
        name: The name.
        where: Where it was given, in words.

    Example:
        >>> print(unknown_option("databse_url", "lineapy.options.set"))
        There is no option 'databse_url' (lineapy.options.set), so its value has no effect. Did you mean 'database_url'?
    """
    near = difflib.get_close_matches(name.lower(), OPTIONS, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"The options are {', '.join(OPTIONS)}."
    return ConfigurationError(f"There is no option {name!r} ({where}), so its value has no effect. {hint}")


class _Reading:
    """One reading of the options, from sources that depend on each other: the file is in the home folder."""

    def __init__(self, environ: Mapping[str, str], given: Mapping[str, object], origin: str) -> None:
        self.environ = environ
        self.given = given
        self.origin = origin
        self.origins: dict[str, str] = {}

    def config(self) -> Config:
        """Read them."""
        reading = self

        class Sources(Config):
            @classmethod
            def settings_customise_sources(
                cls,
                settings_cls: type[BaseSettings],
                *_usual: PydanticBaseSettingsSource,
                **_usual_by_name: PydanticBaseSettingsSource,
            ) -> tuple[PydanticBaseSettingsSource, ...]:
                return (
                    _Caller(settings_cls, reading),
                    _Variables(settings_cls, reading),
                    _ConfigFile(settings_cls, reading),
                    _Defaults(settings_cls, reading),
                )

        try:
            values = Sources()
        except ValidationError as error:
            raise self.explained(error.errors(include_url=False)[0]) from None
        return Config.model_construct(**dict(values))

    def user_home(self) -> str:
        """The user's home folder."""
        return self.environ.get("HOME") or os.path.expanduser("~")

    def expanded(self, value: object, folder: str = "") -> object:
        """A path below the home that this environment names."""
        if not isinstance(value, str | os.PathLike) or "://" in str(value) or not str(value).strip():
            return value
        text = os.fspath(value)
        if isinstance(text, str) and (text == "~" or text.startswith("~/")):
            return self.user_home() + text[1:]
        return os.path.join(folder, text) if isinstance(text, str) and not text.startswith("~") else text

    def note(self, values: Mapping[str, object], origin: str) -> dict[str, object]:
        """Remember where values came from, unless something stronger has given them already."""
        for name in values:
            self.origins.setdefault(name, origin)
        return dict(values)

    def explained(self, error: ErrorDetails) -> ConfigurationError:
        """What pydantic found wrong, in our words."""
        name = str(error["loc"][0])
        origin = self.origins.get(name, "default")
        if error["type"] == "extra_forbidden":
            return unknown_option(name, origin)
        why = error["msg"].removeprefix("Value error, ")
        if not why.startswith("which "):
            why = "but the " + why[0].lower() + why[1:]
        value = MASK if name == "storage_options" else repr(_shown(error["input"]))
        return ConfigurationError(f"The option {name} is {value} ({origin}), {why}. {advice(name)}")


class _Caller(InitSettingsSource):
    def __init__(self, settings_cls: type[BaseSettings], reading: _Reading) -> None:
        super().__init__(settings_cls, init_kwargs=dict(reading.given))
        self._reading = reading

    def __call__(self) -> dict[str, Any]:
        return _with_paths(self._reading, self._reading.note(super().__call__(), self._reading.origin))


class _Variables(PydanticBaseSettingsSource):
    # Not pydantic's EnvSettingsSource: that reads the present environment only, and dictionaries from it.
    def __init__(self, settings_cls: type[BaseSettings], reading: _Reading) -> None:
        super().__init__(settings_cls)
        self._reading = reading

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        raise NotImplementedError  # abstract above; only __call__ is used

    def __call__(self) -> dict[str, Any]:
        environ = self._reading.environ
        self._check_names()
        from_command = environ.get(COMMAND_LINE_VARIABLE, "").split(",")
        values: dict[str, Any] = {}
        for name in OPTIONS:
            variable = PREFIX + name.upper()
            if variable in environ:
                where = "command line" if name in from_command else f"environment variable {variable}"
                values |= self._reading.note({name: environ[variable]}, where)
        # Without what is given already: pydantic would merge two dictionaries of storage options into one.
        values = {name: value for name, value in values.items() if name not in self.current_state}
        return _with_paths(self._reading, values)

    def _check_names(self) -> None:
        """A misspelt variable would leave everything in the default place, and nobody would notice."""
        known = {PREFIX + name.upper() for name in OPTIONS} - {"LINEAPY_STORAGE_OPTIONS"}
        for variable in self._reading.environ:
            if not variable.startswith(PREFIX) or variable in known or variable == COMMAND_LINE_VARIABLE:
                continue
            if variable == "LINEAPY_STORAGE_OPTIONS":
                raise ConfigurationError(
                    f"The environment variable {variable} is set, but a dictionary, often with secrets in it, is not "
                    f"read from the environment. Put storage_options into {CONFIG_FILE}, call lineapy.options.set("
                    "'storage_options', {...}), or use the storage provider's own variables, such as AWS_PROFILE."
                )
            near = difflib.get_close_matches(variable, known, n=1, cutoff=0.85)
            if near:
                raise ConfigurationError(
                    f"The environment variable {variable} is set, but names no option, so its value has no effect. Did "
                    f"you mean {near[0]}?"
                )


class _ConfigFile(JsonConfigSettingsSource):
    def __init__(self, settings_cls: type[BaseSettings], reading: _Reading) -> None:
        self._reading = reading
        PydanticBaseSettingsSource.__init__(self, settings_cls)

    def __call__(self) -> dict[str, Any]:
        reading = self._reading
        home = self.current_state.get("home_dir") or os.path.join(reading.user_home(), ".lineapy")
        for folder in (str(home), reading.user_home()):
            path = Path(folder, CONFIG_FILE)
            if not path.is_file():
                continue
            self.json_file_encoding = "utf-8"
            try:
                values = self._read_file(path)
            except (OSError, ValueError) as error:
                raise ConfigurationError(
                    f"The configuration file {path} cannot be read: {error}. It holds one JSON object, such as "
                    '{"database_url": "postgresql://…"}; `lineapy init` writes one.'
                ) from error
            if not isinstance(values, dict):
                raise ConfigurationError(
                    f"The configuration file {path} holds a {type(values).__name__}, but should hold one JSON object, "
                    'such as {"database_url": "postgresql://…"}. `lineapy init` writes one.'
                )
            reading.note(values, f"file {path}")
            values = {name: value for name, value in values.items() if name not in self.current_state}
            return _with_paths(reading, values, folder)
        return {}


class _Defaults(PydanticBaseSettingsSource):
    """What derives from the home folder; and where everything came from."""

    def __init__(self, settings_cls: type[BaseSettings], reading: _Reading) -> None:
        super().__init__(settings_cls)
        self._reading = reading

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        raise NotImplementedError  # abstract above; only __call__ is used

    def __call__(self) -> dict[str, Any]:
        reading = self._reading
        default = os.path.join(reading.user_home(), ".lineapy")
        home = self.current_state.get("home_dir", default)
        derived: dict[str, Any] = {}
        if isinstance(home, str | Path) and str(home).strip():
            home = os.path.abspath(os.path.expanduser(home))  # if it is wrong, it is reported
            derived = {
                "database_url": f"sqlite:///{os.path.join(home, 'db.sqlite')}",
                "artifact_storage_dir": os.path.join(home, "linea_pickles"),
                "customized_annotation_folder": os.path.join(home, "custom-annotations"),
                "logging_file": os.path.join(home, "lineapy.log"),
            }
        reading.note({"home_dir": default}, "default")
        reading.note(derived, "default" if reading.origins["home_dir"] == "default" else "follows home_dir")
        reading.note(dict.fromkeys(OPTIONS), "default")
        return {"home_dir": default, **derived, "origins": reading.origins}


_PATHS = ("home_dir", "artifact_storage_dir", "customized_annotation_folder", "logging_file")


def _with_paths(reading: _Reading, values: dict[str, Any], folder: str = "") -> dict[str, Any]:
    """Paths count from the folder of the file that they stand in."""
    return values | {name: reading.expanded(values[name], folder) for name in _PATHS if name in values}


def _extra(field: FieldInfo) -> dict[str, Any]:
    extra = field.json_schema_extra
    assert isinstance(extra, dict)
    return extra


def _shown(value: object) -> object:
    if isinstance(value, Mapping):
        return masked_mapping(value)
    return masked_url(value) if isinstance(value, str) else value
