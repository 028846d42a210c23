"""Where LineaPy keeps things: the options, read once at the top of the program and passed down.

An option comes from (later wins) its default, the environment, the command line. What derives from `home_dir`
follows it. Reading options creates no file and no folder.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from lineapy.errors import ConfigurationError

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})

#: Options that have an environment variable. `storage_options` has none: a dictionary, often with secrets in it,
#: belongs into the provider's own environment variables.
_VARIABLES = {
    "home_dir": "LINEAPY_HOME_DIR",
    "database_url": "LINEAPY_DATABASE_URL",
    "artifact_storage_dir": "LINEAPY_ARTIFACT_STORAGE_DIR",
    "do_not_track": "LINEAPY_DO_NOT_TRACK",
}


@dataclass(frozen=True, slots=True)
class Config:
    """The options of one session.

    Attributes:
        home_dir: Local folder for everything that has no other place; absolute.
        database_url: Where the metadata is kept, as an SQLAlchemy URL.
        artifact_storage_dir: Where the values are kept: an absolute local path or any fsspec URL.
        storage_options: Passed unchanged to the fsspec file system of `artifact_storage_dir`.
        do_not_track: Accepted and without effect: LineaPy tracks nobody.
    """

    home_dir: Path
    # Both may hold passwords, and a repr ends up in logs and bug reports.
    database_url: str = field(repr=False)
    artifact_storage_dir: str
    storage_options: Mapping[str, object] | None = field(default=None, repr=False)
    do_not_track: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ, **overrides: object) -> Config:
        """Read the options from the environment; `overrides` win over it.

        Args:
            environ: Environment variables.
            **overrides: Options by name, as given on the command line; `None` means not given.

        Returns:
            The options, complete and checked.

        Raises:
            ConfigurationError: An option has a wrong value, or an override a wrong name.

        Example:
            >>> config = Config.from_environment({"LINEAPY_HOME_DIR": "/data/linea"})
            >>> config.database_url
            'sqlite:////data/linea/db.sqlite'
            >>> Config.from_environment({}, home_dir="/srv", artifact_storage_dir="s3://team").artifact_storage_dir
            's3://team'
        """
        given = _given(environ, overrides)
        home_dir = _home_dir(given.get("home_dir"), environ)
        return cls(
            home_dir=home_dir,
            database_url=_database_url(given.get("database_url"), home_dir),
            artifact_storage_dir=_artifact_storage_dir(given.get("artifact_storage_dir"), home_dir, environ),
            storage_options=_storage_options(given.get("storage_options")),
            do_not_track=_do_not_track(given.get("do_not_track")),
        )


@dataclass(frozen=True, slots=True)
class _Given:
    """A value together with the place it came from, which error messages name."""

    value: object
    origin: str

    def wrong(self, why: str, what_to_do: str) -> ConfigurationError:
        return ConfigurationError(f"{self.origin} is {self.value!r}, {why}. {what_to_do}")

    def text(self, what_to_do: str) -> str:
        if not isinstance(self.value, (str, os.PathLike)):
            raise self.wrong("which is not text", what_to_do)
        text = os.fspath(self.value)
        if not isinstance(text, str) or not text.strip():
            raise self.wrong("which is empty" if not text else "which is not usable text", what_to_do)
        return text


def _given(environ: Mapping[str, str], overrides: Mapping[str, object]) -> dict[str, _Given]:
    names = [option.name for option in fields(Config)]
    for name in overrides:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"The options are {', '.join(names)}."
            raise ConfigurationError(f"There is no option {name!r}, so its value has no effect. {hint}")
    given = {
        name: _Given(environ[variable], f"The environment variable {variable}")
        for name, variable in _VARIABLES.items()
        if variable in environ
    }
    for name, value in overrides.items():
        if value is not None:
            given[name] = _Given(value, f"The option {name}")
    return given


def _home_dir(given: _Given | None, environ: Mapping[str, str]) -> Path:
    if given is None:
        return _local_path("~", environ) / ".lineapy"
    what_to_do = "Give the path of a local folder, or leave it out to use ~/.lineapy."
    text = given.text(what_to_do)
    if "://" in text:
        raise given.wrong("which is not a local folder", what_to_do)
    path = _local_path(text, environ)
    if path.exists() and not path.is_dir():
        raise given.wrong("which is a file and not a folder", what_to_do)
    return path


def _database_url(given: _Given | None, home_dir: Path) -> str:
    if given is None:
        return f"sqlite:///{home_dir / 'db.sqlite'}"
    what_to_do = (
        "Give a URL like sqlite:////absolute/path/db.sqlite, or leave it out to use <home_dir>/db.sqlite."
    )
    text = given.text(what_to_do)
    if not re.match(r"[A-Za-z][\w+.-]*://", text):
        raise given.wrong("which is not a database URL: it does not begin with <database>://", what_to_do)
    return text


def _artifact_storage_dir(given: _Given | None, home_dir: Path, environ: Mapping[str, str]) -> str:
    if given is None:
        return str(home_dir / "linea_pickles")
    text = given.text(
        "Give a local folder or an fsspec URL, or leave it out to use <home_dir>/linea_pickles."
    )
    # Absolute now, so that a later os.chdir in the user's script does not move the store.
    return text if "://" in text else str(_local_path(text, environ))


def _storage_options(given: _Given | None) -> Mapping[str, object] | None:
    if given is None:
        return None
    if not isinstance(given.value, Mapping) or not all(isinstance(key, str) for key in given.value):
        # The value itself is not shown: it may be a secret.
        raise ConfigurationError(
            f"{given.origin} is a {type(given.value).__name__}, but fsspec takes a dictionary with text keys. "
            "Give a dictionary like {'profile': 'my-aws-profile'}."
        )
    return dict(given.value)


def _do_not_track(given: _Given | None) -> bool:
    if given is None:
        return False
    word = str(given.value).strip().lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise given.wrong("which is neither true nor false", "Set it to true or false, or leave it out.")


def _local_path(text: str, environ: Mapping[str, str]) -> Path:
    """`text` as an absolute path, with ``~`` taken from `environ` when it names a home."""
    if environ.get("HOME") and (text == "~" or text.startswith("~/")):
        text = environ["HOME"] + text[1:]
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError as error:
        raise ConfigurationError(
            f"The folder {text!r} cannot be found, because the home folder of that user is not known. "
            "Set LINEAPY_HOME_DIR to an absolute path."
        ) from error
