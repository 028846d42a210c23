"""The metadata store as the rest of LineaPy sees it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from lineapy.config import Config
from lineapy.db import changes, queries
from lineapy.db.records import (
    ArtifactRecord,
    GraphPart,
    NewArtifact,
    SessionRecord,
    SourceRecord,
    StoredValue,
)
from lineapy.db.sqlite import SQLiteConnections
from lineapy.errors import ArtifactNotFoundError, ConfigurationError, StoreError
from lineapy.ids import SessionId


class RelationalLineaDB:
    """Artifacts, their versions, and the sessions they came from, in a relational database.

    Constructing it touches nothing. The database comes into being at the first save; reading from one that does not
    exist yet finds nothing and creates nothing. It may be used from several threads, and after a fork in both
    processes.

    Args:
        url: SQLAlchemy URL of the database.

    Raises:
        ConfigurationError: The URL names no database that LineaPy can use.

    Example:
        >>> import tempfile
        >>> folder = tempfile.mkdtemp()
        >>> db = RelationalLineaDB(f"sqlite:///{folder}/db.sqlite")
        >>> db.artifacts()
        []
        >>> import os
        >>> os.listdir(folder)
        []
    """

    def __init__(self, url: str) -> None:
        #: As given.
        self.url = url
        self._connections = _connections(url)

    @classmethod
    def from_environment(cls, url: str | None = None) -> RelationalLineaDB:
        """The database that the environment names, or the default one in the home folder.

        Args:
            url: Wins over the environment.

        Returns:
            The database, not yet opened.

        Raises:
            ConfigurationError: The environment or `url` has a wrong value.

        Example:
            >>> print(RelationalLineaDB.from_environment("sqlite:////data/linea/db.sqlite").url)
            sqlite:////data/linea/db.sqlite
        """
        return cls.from_config(Config.from_environment(database_url=url))

    @classmethod
    def from_config(cls, config: Config) -> RelationalLineaDB:
        """The database that the options name.

        Args:
            config: The options.

        Returns:
            The database, not yet opened.

        Raises:
            ConfigurationError: `config.database_url` names no database that LineaPy can use.

        Example:
            >>> RelationalLineaDB.from_config(Config.from_environment({}, home_dir="/srv/linea")).url
            'sqlite:////srv/linea/db.sqlite'
        """
        return cls(config.database_url)

    def save_artifact(
        self,
        new: NewArtifact,
        session: SessionRecord,
        sources: Sequence[SourceRecord],
        graph_parts: Sequence[GraphPart],
    ) -> ArtifactRecord:
        """Store an artifact and everything of its session that is not stored yet, in one transaction.

        The value's bytes must already be in storage: a crash then leaves a value without an artifact, never an
        artifact without its value.

        Args:
            new: The artifact. Its version is one more than the last one given to the name; the first is 0.
            session: The run it was made in.
            sources: At least those the database does not have yet; a number it has must have the same content.
            graph_parts: The same.

        Returns:
            The artifact with its version and date; it is on disk.

        Raises:
            StoreError: The database cannot be written. Nothing was stored.

        Example:
            >>> import tempfile
            >>> from datetime import UTC, datetime
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> value = StoredValue("ab" * 32, 3, "cloudpickle", "/tmp/values", f"ab/{'ab' * 32}.pickle")
            >>> session = SessionRecord(
            ...     SessionId("0" * 32), "SCRIPT", "3.11", datetime.now(UTC), "/tmp", "ada", "engine", "/tmp/model.py"
            ... )
            >>> new = NewArtifact("model", "{}", value, None)
            >>> db.save_artifact(new, session, [SourceRecord(0, "model.py", "x = 1")], []).version
            0
            >>> db.save_artifact(new, session, [], []).version
            1
            >>> db.close()
        """
        return self._connections.write(
            lambda connection: changes.save_artifact(connection, new, session, sources, graph_parts)
        )

    def find_artifact(self, name: str, version: int | None = None) -> ArtifactRecord:
        """Look up one artifact.

        Args:
            name: Its name.
            version: Its version; `None` for the newest.

        Returns:
            The artifact.

        Raises:
            ArtifactNotFoundError: There is none; the message names what there is.
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> db.find_artifact("model", 0)
            Traceback (most recent call last):
            lineapy.errors.ArtifactNotFoundError: There is no artifact 'model' with version 0: ...
        """
        found = self._connections.read(
            lambda connection: queries.find_artifact(connection, name, version), None
        )
        if found is None:
            raise self._not_found(name, [] if version is None else [version])
        return found

    def artifacts(self) -> list[ArtifactRecord]:
        """All artifacts, in the order in which they were saved.

        Returns:
            The artifacts; none when there is no database yet.

        Raises:
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").artifacts()
            []
        """
        return self._connections.read(queries.artifacts, [])

    def versions(self, name: str) -> list[int]:
        """The versions there are of an artifact.

        Args:
            name: Name of the artifact.

        Returns:
            The versions, ascending; none when there is no such artifact.

        Raises:
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").versions("model")
            []
        """
        return self._connections.read(lambda connection: queries.versions(connection, name), [])

    def delete_artifacts(self, name: str, versions: Sequence[int]) -> list[StoredValue]:
        """Remove artifacts, all of them or none, in one transaction.

        Args:
            name: Name of the artifacts.
            versions: Which ones.

        Returns:
            The values that no artifact refers to any more. Their bytes may be removed now, not earlier.

        Raises:
            ArtifactNotFoundError: One of them does not exist. Nothing was removed.
            StoreError: The database cannot be written. Nothing was removed.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> db.delete_artifacts("model", [0])
            Traceback (most recent call last):
            lineapy.errors.ArtifactNotFoundError: There is no artifact 'model' with version 0: ...
        """
        # Looked up first, because writing would create a store just to find nothing in it.
        present = self.versions(name)
        if present and set(versions) <= set(present):
            unused = self._connections.write(
                lambda connection: changes.delete_artifacts(connection, name, versions)
            )
            if unused is not None:
                return unused
        raise self._not_found(name, versions)

    def session(self, session_id: SessionId) -> SessionRecord:
        """Look up a session.

        Args:
            session_id: Its id, from an artifact.

        Returns:
            The session.

        Raises:
            StoreError: There is no such session, or the database cannot be read.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> db.session(SessionId("0" * 32))
            Traceback (most recent call last):
            lineapy.errors.StoreError: The database has no session 00000000000000000000000000000000...
        """
        found = self._connections.read(lambda connection: queries.session(connection, session_id), None)
        if found is None:
            raise StoreError(
                f"The database has no session {session_id}: the artifact it belongs to came from another database. "
                "Check LINEAPY_DATABASE_URL."
            )
        return found

    def sources(self, session_id: SessionId) -> list[SourceRecord]:
        """What the user wrote in a session.

        Args:
            session_id: The session's id.

        Returns:
            The source texts by number; none when there is no such session.

        Raises:
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").sources(SessionId("0" * 32))
            []
        """
        return self._connections.read(lambda connection: queries.sources(connection, session_id), [])

    def graph_parts(self, session_id: SessionId) -> list[GraphPart]:
        """The pieces of a session's graph.

        Args:
            session_id: The session's id.

        Returns:
            The pieces by number; none when there is no such session.

        Raises:
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").graph_parts(SessionId("0" * 32))
            []
        """
        return self._connections.read(lambda connection: queries.graph_parts(connection, session_id), [])

    def close(self) -> None:
        """Close the connections. The next use opens them again.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").close()
        """
        self._connections.close()

    def _not_found(self, name: str, wanted: Sequence[int]) -> ArtifactNotFoundError:
        present = self.versions(name)
        missing = [version for version in wanted if version not in present]
        what = f"There is no artifact {name!r}"
        if missing:
            what += f" with version {', '.join(map(str, missing))}"
        if present:
            why = f"its versions are {_enumerated(present)}"
        else:
            names: list[str] = self._connections.read(queries.names, [])
            near = difflib.get_close_matches(name, names)
            why = (
                f"the names nearest to it are {', '.join(map(repr, near))}" if near else "no name is like it"
            )
        return ArtifactNotFoundError(f"{what}: {why}. See lineapy.artifact_store() for all artifacts.")


def _connections(url: str) -> SQLiteConnections:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(
            f"The database URL {url!r} cannot be understood: {error}. Use sqlite:////absolute/path/db.sqlite."
        ) from error
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise ConfigurationError(
            f"The database URL begins with {parsed.drivername}://, but this LineaPy keeps metadata only in SQLite. "
            "Use sqlite:////absolute/path/db.sqlite."
        )
    return SQLiteConnections(parsed)


def _enumerated(versions: Sequence[int]) -> str:
    if len(versions) <= 10:
        return ", ".join(map(str, versions))
    return f"{len(versions)} between {versions[0]} and {versions[-1]}"
