"""The store that the options name: metadata in a database, values in a value store, both opened when they are used."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from lineapy.log import write_to_file

if TYPE_CHECKING:
    from lineapy.config import Config
    from lineapy.db.db import RelationalLineaDB
    from lineapy.storage.values import ValueStore


class Store:
    """Where artifacts go: metadata to the database, values to the value store.

    Constructing it imports and opens nothing: SQLAlchemy alone takes longer to import than many scripts run.

    Args:
        configured: Says what the options are when the store is first used.

    Example:
        >>> import tempfile
        >>> from lineapy.config import Config
        >>> store = Store(lambda: Config.from_environment(home_dir=tempfile.mkdtemp()))
        >>> store.db.artifacts()
        []
        >>> store.close()
    """

    def __init__(self, configured: Callable[[], Config]) -> None:
        self._configured = configured
        self._is_noted = False

    @cached_property
    def config(self) -> Config:
        """The options, as they were when the store was first used."""
        config = self._configured()
        write_to_file(config)
        return config

    @property
    def is_configured(self) -> bool:
        """Whether it was used, so that a change of the environment changes nothing here any more."""
        return "config" in vars(self)

    def reconfigure(self, config: Config) -> None:
        """Take other options that keep the place: how values are read, and what is needed to reach them."""
        vars(self)["config"] = config
        vars(self).pop("values", None)

    @cached_property
    def db(self) -> RelationalLineaDB:
        """The metadata.

        Raises:
            ConfigurationError: `database_url` names no database that can be used.
            DatabaseUnreachableError: It cannot be reached, and `database_fallback` is off.
        """
        from lineapy.db.db import RelationalLineaDB

        return RelationalLineaDB.from_config(self.config)

    @cached_property
    def values(self) -> ValueStore:
        """The values.

        Raises:
            ConfigurationError: `artifact_storage_dir` names no location that can be used.
        """
        from lineapy.storage.values import ValueStore

        config = self.config
        location, options = config.artifact_storage_dir, config.storage_options
        if not config.has_default_database and self.fallback is not None:
            # Hand in hand: a team's folder is no place for values that the team's database knows nothing of.
            location, options = str(config.home_dir / "linea_pickles"), None
        return ValueStore(location, options, trusted_types_only=config.trusted_types_only)

    def note_database(self) -> None:
        """Leave a note where values are, once, that this database keeps values there."""
        if not self._is_noted:
            identity = self.db.identity()
            if identity is not None:
                self.values.note_database(identity)
            self._is_noted = True

    @property
    def fallback(self) -> str | None:
        """Why another database is used than the one that was named, if so."""
        return self.db.fallback

    @property
    def written(self) -> int | None:
        """How many bytes of the value that is being written are; None if none is. Opens nothing."""
        return self.values.written if "values" in vars(self) else None

    def close(self) -> None:
        """Close the database if it was ever opened, so that its log is written back and its side files go."""
        if "db" in vars(self):
            self.db.close()
