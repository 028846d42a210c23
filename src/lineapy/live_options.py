"""`lineapy.options`: the options as they are in this process, and changing them while it runs.

Not in `lineapy/options.py`: a submodule of that name would take the place of the object when it is imported.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import TYPE_CHECKING, Any

from lineapy.errors import StoreInUseError, StoreLocationWarning
from lineapy.log import write_to_file
from lineapy.session import current
from lineapy.store import Store

if TYPE_CHECKING:
    from lineapy.config import Config

_HERE = "lineapy.options.set"

#: What says where the store is.
_LOCATION = frozenset({"home_dir", "database_url", "artifact_storage_dir"})
_HALVES = {"database_url": "artifact_storage_dir", "artifact_storage_dir": "database_url"}


class Options:
    """The options of this process; shown as a table of option, value, and where the value came from.

    Each is also an attribute, such as `lineapy.options.home_dir`.

    Example:
        >>> import lineapy
        >>> lineapy.options.get("tracing_budget")
        0.1
        >>> lineapy.options.tracing_budget
        0.1
    """

    def __init__(self) -> None:
        self._set: dict[str, object] = {}
        self._read: tuple[object, Config] | None = None

    def get(self, key: str) -> Any:
        """The value of an option.

        Args:
            key: Its name.

        Returns:
            The value that holds now, whatever it comes from.

        Raises:
            ConfigurationError: There is no such option, or an option that was given is wrong.

        Example:
            >>> import lineapy
            >>> lineapy.options.get("database_ulr")
            Traceback (most recent call last):
            lineapy.errors.ConfigurationError: There is no option 'database_ulr' ... Did you mean 'database_url'?
        """
        from lineapy.config import OPTIONS, unknown_option

        if key not in OPTIONS:
            raise unknown_option(key, "lineapy.options.get")
        return getattr(self.config(), key)

    #: LineaPy 0.2 made missing folders here; now they are made when something is written to them.
    safe_get = get

    def set(self, key: str, value: object, verbose: bool = True) -> None:
        """Change an option for the rest of this process.

        Changing where the store is takes effect at once, for the session that is being traced, too: what is saved from
        then on, with all the code it needs, goes to the new store. What was saved before stays in the old one and is
        not found in the new one, so do this at the beginning.

        Args:
            key: Name of the option.
            value: Its new value; None for what it would be without having been set here.
            verbose: Whether to tell what follows from the change.

        Raises:
            ConfigurationError: There is no such option, or the value is wrong. Nothing was changed.
            DatabaseUnreachableError: The new database cannot be reached. Nothing was changed.
            StoreInUseError: A script that has already saved something cannot change its store.

        Example:
            >>> import lineapy
            >>> lineapy.options.set("tracing_budget", 0.05)
            >>> lineapy.options.get("tracing_budget")
            0.05
            >>> lineapy.options.set("tracing_budget", None)
        """
        from lineapy.config import OPTIONS, unknown_option

        if key not in OPTIONS:
            raise unknown_option(key, _HERE)
        session = current()
        if key in _LOCATION and session is not None and session.kind == "SCRIPT" and session.has_saved:
            raise StoreInUseError(
                f"The option {key} cannot be changed now: this script has already saved an artifact, and its artifacts "
                "would be scattered over two stores. Set it before the first lineapy.save(), or outside the script, as "
                f"with {_elsewhere(key)}."
            )
        before = dict(self._set)
        self._set[key] = value
        if value is None:
            del self._set[key]
        has_saved = session is not None and session.has_saved
        try:
            config = self._read_all()
            if key in ("database_url", "home_dir"):
                _connect(config)
        except BaseException:
            self._set = before
            raise
        if session is not None and key in _LOCATION:
            session.move_to(Store(lambda: config))
        elif session is not None:
            session.store.reconfigure(config)
        write_to_file(config)
        if verbose and key in _LOCATION:
            self._tell(key, config, has_saved)

    def config(self) -> Config:
        """All options. Read again when the environment or the configuration file has changed meanwhile.

        Raises:
            ConfigurationError: One of them is wrong.
        """
        session = current()
        if session is not None and session.has_store and session.store.is_configured:
            return session.store.config  # what holds is what it began with
        return self._read_all()

    def _read_all(self) -> Config:
        read_from = self._sources()
        if self._read is None or self._read[0] != read_from:
            from lineapy.config import Config

            self._read = read_from, Config.from_environment(None, origin=_HERE, **self._set)
        return self._read[1]

    def nothing_is_set(self) -> bool:
        """Whether all options have their defaults: known without reading them, which takes a while."""
        (variables, files), given = self._sources()
        return not given and not any(files) and all(name == "HOME" for name, _ in variables)

    def annotation_folder(self) -> str:
        """Where the user's own knowledge files are. If nothing is configured, nothing is read or imported for it."""
        if self.nothing_is_set():
            return os.path.join(os.path.expanduser("~"), ".lineapy", "custom-annotations")
        return str(self.config().customized_annotation_folder)

    def _sources(self) -> tuple[tuple[list[tuple[str, str]], list[object]], list[tuple[str, object]]]:
        variables = sorted(
            (name, value)
            for name, value in os.environ.items()
            if name.startswith("LINEAPY_") or name == "HOME"
        )
        user_home = os.path.expanduser("~")
        home = os.environ.get("LINEAPY_HOME_DIR") or os.path.join(user_home, ".lineapy")
        home = str(self._set.get("home_dir", home))
        files = [_state(os.path.join(folder, "lineapy_config.json")) for folder in (home, user_home)]
        return (variables, files), sorted(self._set.items())

    def _tell(self, key: str, config: Config, has_saved: bool) -> None:
        if has_saved:
            print(  # noqa: T201  # who has set up logging may see no log
                "lineapy: artifacts are saved to the new place from here on. Those saved before stay in the old one, "
                "and are not found in the new one: change the storage location at the beginning of a session.",
                file=sys.stderr,
            )
        other = _HALVES.get(key)
        if other is not None and self._set.keys().isdisjoint({other, "home_dir"}):
            warnings.warn(
                f"{key} was changed, and {other} was not: it is still {config.shown(other)}. Update both hand in hand, "
                f"with lineapy.options.set({other!r}, …), or whoever uses one of them alone will miss the other half.",
                StoreLocationWarning,
                stacklevel=3,
            )

    def __getattr__(self, name: str) -> Any:
        from lineapy.config import OPTIONS

        if name not in OPTIONS:
            raise AttributeError(f"lineapy.options has no option {name!r}")
        return self.get(name)

    def __dir__(self) -> list[str]:
        from lineapy.config import OPTIONS

        return [*super().__dir__(), *OPTIONS]

    def __repr__(self) -> str:
        rows = self._rows()
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        return "\n".join(
            f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}" for name, value, origin in rows
        )

    def _repr_html_(self) -> str:
        from lineapy.display.table import Cell, table_html

        head, *rows = self._rows()
        return table_html(head, [list(map(Cell, row)) for row in rows])

    def _rows(self) -> list[tuple[str, str, str]]:
        from lineapy.config import OPTIONS

        config = self.config()
        return [
            ("option", "value", "comes from"),
            *((name, str(config.shown(name)), config.origins[name]) for name in OPTIONS),
        ]


options = Options()


def _connect(config: Config) -> None:
    """Make sure that the database can be reached. It was named just now: another one would be a surprise."""
    from lineapy.db.db import RelationalLineaDB

    RelationalLineaDB.from_config(config.model_copy(update={"database_fallback": False})).close()


def _state(path: str) -> object:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _elsewhere(key: str) -> str:
    from lineapy.config import flags

    return (
        f"LINEAPY_{key.upper()} in the environment"
        if flags(key)
        else "storage_options in lineapy_config.json"
    )
