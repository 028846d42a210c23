"""The metadata store as the rest of LineaPy sees it."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import ArgumentError

from lineapy.config import Config
from lineapy.db import changes, copying, pipelines, queries, removal
from lineapy.db.connections import Connections
from lineapy.db.postgresql import PostgreSQLConnections
from lineapy.db.records import (
    ArtifactRecord,
    GraphPart,
    NewArtifact,
    PipelineRecord,
    Search,
    SessionRecord,
    SessionSummary,
    SourceRecord,
    StoredValueUse,
)
from lineapy.db.sqlite import SQLiteConnections
from lineapy.errors import (
    ArtifactNotFoundError,
    ArtifactSaveError,
    ConfigurationError,
    DatabaseUnreachableError,
    FallbackWarning,
    LineaWarning,
    PipelineNotFoundError,
    SessionNotFoundError,
    StoreError,
    TagNotFoundError,
)
from lineapy.ids import SessionId
from lineapy.masking import masked_url


class RelationalLineaDB:
    """Artifacts, their versions, and the sessions they came from, in a relational database.

    Constructing it touches nothing. The tables come into being at the first save; reading from a database that has none
    finds nothing and creates nothing. It may be used from several threads, and after a fork in both processes.

    Args:
        url: ``sqlite:///<path>`` or ``postgresql://<user>:<password>@<host>:<port>/<database>``. What stands behind a
            question mark goes to libpq, such as ``sslmode=require``.

    Attributes:
        url: As given, password included; but ``postgres://``, which some providers hand out, is corrected to
            ``postgresql://``.
        fallback: `None`, or a sentence that says that this is not the database that was asked for, and why.

    Raises:
        ConfigurationError: The URL names no database that LineaPy can use.
        MissingExtraError: There is no driver for the database.

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
        self.url = _corrected(url)
        self.fallback: str | None = None
        self._connections = _connections(self.url)

    @classmethod
    def from_environment(cls, url: str | None = None) -> RelationalLineaDB:
        """The database that the environment names, or the default one in the home folder.

        Args:
            url: Wins over the environment.

        Returns:
            The database. A server has been connected to; a file has not been touched.

        Raises:
            ConfigurationError: The environment or `url` has a wrong value.
            MissingExtraError: There is no driver for the database.
            DatabaseUnreachableError: The server cannot be used, and the option `database_fallback` is false.

        Example:
            >>> print(RelationalLineaDB.from_environment("sqlite:////data/linea/db.sqlite").url)
            sqlite:////data/linea/db.sqlite
        """
        return cls.from_config(Config.from_environment(database_url=url))

    @classmethod
    def from_config(cls, config: Config) -> RelationalLineaDB:
        """The database that the options name; if its server cannot be used, SQLite in the home folder.

        The second only if the option `database_fallback` is true, and with a `FallbackWarning`.

        Args:
            config: The options.

        Returns:
            The database. A server has been connected to; a file has not been touched.

        Raises:
            ConfigurationError: `config.database_url` names no database that LineaPy can use.
            MissingExtraError: There is no driver for the database.
            DatabaseUnreachableError: The server cannot be used, and the option `database_fallback` is false.

        Example:
            >>> RelationalLineaDB.from_config(Config.from_environment({}, home_dir="/srv/linea")).url
            'sqlite:////srv/linea/db.sqlite'
        """
        db = cls(config.database_url)
        if not isinstance(db._connections, PostgreSQLConnections):
            return db
        try:
            db._connections.connect()
        except DatabaseUnreachableError as error:
            db.close()
            if not config.database_fallback:
                raise
            instead = cls(f"sqlite:///{config.home_dir / 'db.sqlite'}")
            why = db._connections.reason(error.__cause__ or error)
            instead.fallback = (
                f"The database {db.masked_url} cannot be reached ({why}), so {instead.url} is used instead."
            )
            warnings.warn(
                f"{instead.fallback} Artifacts are saved there, and those in the other database are not found. To "
                "have an error instead, set the option database_fallback to false.",
                FallbackWarning,
                stacklevel=2,
            )
            return instead
        return db

    @property
    def masked_url(self) -> str:
        """The URL as it may be shown: without its password.

        Example:
            >>> RelationalLineaDB("sqlite:////srv/linea/db.sqlite").masked_url
            'sqlite:////srv/linea/db.sqlite'
        """
        return masked_url(self.url)

    def probe(self) -> None:
        """Find out whether artifacts can be saved, with a real connection and a real transaction that is undone.

        Raises:
            StoreError: They cannot; the message says why.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").probe()
        """
        self._connections.probe()

    def schema(self) -> str | None:
        """Which schema the tables have. Looking does not upgrade them.

        Returns:
            Its number; `None` for no tables.

        Raises:
            StoreError: The database cannot be read.
            SchemaTooNewError: A newer LineaPy has used the database.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").schema() is None
            True
        """
        return self._connections.revision()

    def upgrade(self) -> tuple[str | None, str]:
        """Bring the tables to the schema of this LineaPy, or create them.

        A SQLite file is also upgraded whenever it is used. A PostgreSQL database may be shared with people whose
        LineaPy does not know the new schema yet, so it is upgraded only by this.

        Returns:
            Which schema there was, `None` for none, and which there is now.

        Raises:
            StoreError: It cannot be done; everything is as before.
            SchemaTooNewError: A newer LineaPy has used the database.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> before, now = db.upgrade()
            >>> before is None, db.upgrade() == (now, now)
            (True, True)
            >>> db.close()
        """
        return self._connections.upgrade()

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
            new: The artifact. Its version is one more than the last one given to the name; the first is 0. If an
                artifact with its `save_id` is there already, it was saved before, and is not saved again.
            session: The run it was made in.
            sources: At least those the database does not have yet; a number it has must have the same content.
            graph_parts: The same.

        Returns:
            The artifact with its version and date; it is on disk.

        Raises:
            ValueBeingRemoved: The file of the value is being removed from storage, or was lately. Nothing was stored:
                publish the value under another key, and save again.
            SessionIncomplete: The database has not what the session stored before: it is another one. Nothing was
                stored: save all of the session, under another id.
            StoreError: The database cannot be written. Nothing was stored.

        Example:
            >>> import tempfile
            >>> from datetime import UTC, datetime
            >>> from lineapy.db.records import StoredValue
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> value = StoredValue("ab" * 32, 3, "cloudpickle", "/tmp/values", f"ab/{'ab' * 32}.pickle")
            >>> session = SessionRecord(
            ...     SessionId("0" * 32), "SCRIPT", "3.11", datetime.now(UTC), "/tmp", "ada", "engine", "/tmp/model.py"
            ... )
            >>> new = NewArtifact("model", "{}", value, None)
            >>> db.save_artifact(new, session, [SourceRecord(0, "model.py", "x = 1")], []).version
            0
            >>> db.save_artifact(NewArtifact("model", "{}", value, None), session, [], []).version
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

    def artifacts(
        self,
        *,
        offset: int = 0,
        limit: int | None = None,
        newest_first: bool = False,
        with_deleted: bool = False,
        search: Search = Search(),  # noqa: B008  # frozen
    ) -> list[ArtifactRecord]:
        """All artifacts, or a page of them, in the order in which they were saved.

        Args:
            offset: How many to leave out at the beginning.
            limit: How many to return at most; `None` for all.
            newest_first: The other way round.
            with_deleted: Also those that were deleted and can still be restored.
            search: Which ones.

        Returns:
            The artifacts; none when there is no database yet.

        Raises:
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").artifacts(limit=20, newest_first=True)
            []
        """
        return self._connections.read(
            lambda connection: queries.artifacts(
                connection, search, offset, limit, newest_first, with_deleted
            ),
            [],
        )

    def count(self, search: Search = Search()) -> int:  # noqa: B008  # frozen
        """How many artifacts there are.

        Args:
            search: Which ones.

        Raises:
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").count()
            0
        """
        return self._connections.read(lambda connection: queries.count(connection, search), 0)

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

    # -- names that people give

    def find_tagged(self, name: str, tag: str) -> ArtifactRecord:
        """Look up the version for which a tag stands.

        Args:
            name: Name of the artifact.
            tag: The tag.

        Returns:
            The artifact.

        Raises:
            ArtifactNotFoundError: There is no artifact of that name.
            TagNotFoundError: There is, but no version has that tag; the message names what there is.
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> db.find_tagged("model", "production")
            Traceback (most recent call last):
            lineapy.errors.ArtifactNotFoundError: There is no artifact 'model': ...
        """
        found = self._connections.read(lambda connection: queries.find_tagged(connection, name, tag), None)
        if found is None:
            raise self._not_tagged(name, tag)
        return found

    def tags(self, name: str) -> dict[str, int]:
        """The tags of a name, and the versions for which they stand.

        Raises:
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").tags("model")
            {}
        """
        return self._connections.read(lambda connection: queries.tags(connection, name), {})

    def tag_artifact(self, name: str, version: int, tag: str) -> None:
        """Let a tag stand for a version. If it stood for another one of that name, it moves.

        Args:
            name: Name of the artifact.
            version: Its version.
            tag: As `lineapy.tags.checked` allows.

        Raises:
            ArtifactNotFoundError: There is no such version.
            StoreError: The database cannot be written.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> db.tag_artifact("model", 0, "production")
            Traceback (most recent call last):
            lineapy.errors.ArtifactNotFoundError: There is no artifact 'model' with version 0: ...
        """
        self.find_artifact(name, version)  # Writing would create a store just to find nothing in it.
        if not self._connections.write(
            lambda connection: changes.tag_artifact(connection, name, version, tag)
        ):
            raise self._not_found(name, [version])

    def remove_tag(self, name: str, tag: str) -> None:
        """Let a tag stand for no version any more.

        Args:
            name: Name of the artifact.
            tag: The tag.

        Raises:
            ArtifactNotFoundError: There is no artifact of that name.
            TagNotFoundError: No version has that tag.
            StoreError: The database cannot be written.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> db.remove_tag("model", "production")
            Traceback (most recent call last):
            lineapy.errors.ArtifactNotFoundError: There is no artifact 'model': ...
        """
        self.find_tagged(name, tag)
        self._connections.write(lambda connection: changes.remove_tag(connection, name, tag))

    def set_notes(self, name: str, version: int, notes: str | None) -> None:
        """Replace the notes of a version.

        Args:
            name: Name of the artifact.
            version: Its version.
            notes: Any text; None for no notes.

        Raises:
            ArtifactNotFoundError: There is no such version.
            StoreError: The database cannot be written.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> db.set_notes("model", 0, "with the outliers removed")
            Traceback (most recent call last):
            lineapy.errors.ArtifactNotFoundError: There is no artifact 'model' with version 0: ...
        """
        self.find_artifact(name, version)
        if not self._connections.write(
            lambda connection: changes.set_notes(connection, name, version, notes)
        ):
            raise self._not_found(name, [version])

    def rename_artifacts(self, name: str, new_name: str) -> None:
        """Give all versions of an artifact another name, in one transaction. Versions, tags and dates stay.

        Deleted versions that can be restored are renamed, too. The code that was traced is kept as it was written, so
        it names the artifact as before.

        Args:
            name: Name of the artifact.
            new_name: The other name.

        Raises:
            ArtifactNotFoundError: There is no artifact of that name.
            ArtifactSaveError: There is one of the other name, perhaps a deleted one. Nothing was renamed.
            StoreError: The database cannot be written. Nothing was renamed.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> db.rename_artifacts("model", "iris model")
            Traceback (most recent call last):
            lineapy.errors.ArtifactNotFoundError: There is no artifact 'model': ...
        """
        if not self.versions(name):
            raise self._not_found(name, [])
        if not self._connections.write(
            lambda connection: changes.rename_artifacts(connection, name, new_name)
        ):
            what = "There is an artifact" if self.versions(new_name) else "There is a deleted artifact"
            raise ArtifactSaveError(
                f"{name!r} cannot be renamed to {new_name!r}. {what} of that name, and two cannot become one: their "
                "versions have the same numbers. Choose another name, or delete the other one for good "
                "(lineapy.delete, then `lineapy store gc --delete`)."
            )

    def delete_artifacts(self, name: str, versions: Collection[int]) -> None:
        """Delete artifacts, all of them or none, in one transaction. They can be restored until they are purged.

        Args:
            name: Name of the artifacts.
            versions: Which ones.

        Raises:
            ArtifactNotFoundError: One of them does not exist. Nothing was deleted.
            StoreError: The database cannot be written. Nothing was deleted.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> db.delete_artifacts("model", [0])
            Traceback (most recent call last):
            lineapy.errors.ArtifactNotFoundError: There is no artifact 'model' with version 0: ...
        """
        moment = datetime.now(UTC)  # Also tells our own deletions from others' if this has to be done twice.
        # Looked up first, because writing would create a store just to find nothing in it.
        present = self.versions(name)
        if not present or not set(versions) <= set(present):
            raise self._not_found(name, versions)
        done = self._connections.write(
            lambda connection: changes.delete_artifacts(connection, name, versions, moment)
        )
        if not done:
            raise self._not_found(name, versions)

    def restore_artifacts(self, name: str, versions: Collection[int]) -> None:
        """Undo a delete, of all artifacts or of none, in one transaction. Those that were not deleted stay as they are.

        Args:
            name: Name of the artifacts.
            versions: Which ones.

        Raises:
            ArtifactNotFoundError: One of them does not exist, or has been purged. Nothing was restored.
            StoreError: The database cannot be written. Nothing was restored.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> db.restore_artifacts("model", [0])
            Traceback (most recent call last):
            lineapy.errors.ArtifactNotFoundError: 'model' with version 0 cannot be restored: ...
        """
        exist = self._connections.read(
            lambda connection: queries.exist(connection, name, versions), not versions
        )
        if not exist or not self._connections.write(
            lambda connection: changes.restore_artifacts(connection, name, versions)
        ):
            raise ArtifactNotFoundError(
                f"{name!r} with version {_enumerated(sorted(versions))} cannot be restored: there never was such an "
                "artifact, or it has been removed for good by `lineapy store gc`. Make it again with its code, if you "
                "have that."
            )

    # -- removing for good

    def purge_deleted(self, before: datetime, dry_run: bool) -> list[ArtifactRecord]:
        """Remove artifacts that were deleted before some moment for good, and the rows of values that nothing needs.

        The files stay where they are, and are unreferenced from now on.

        Args:
            before: The moment; with time zone.
            dry_run: Only say which ones.

        Returns:
            The artifacts.

        Raises:
            StoreError: The database cannot be written. Nothing was removed.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> db.purge_deleted(datetime.now(UTC), dry_run=True)
            []
        """
        if dry_run:
            return self._connections.read(lambda connection: removal.purgeable(connection, before), [])
        if self._connections.revision() is None:
            return []
        purged: dict[int, ArtifactRecord] = {}

        def action(connection: Connection) -> None:
            # What an earlier attempt has found and this one does not, that attempt has removed.
            purged.update({artifact.id: artifact for artifact in removal.purge(connection, before)})

        self._connections.write(action, alone=True)
        return list(purged.values())

    def claim_for_removal(self, location: str, keys: Collection[str], dry_run: bool) -> list[str]:
        """Say which files may be removed from storage, and keep saves from counting on them.

        While this runs, no save does. After it, a save of a value with one of the keys raises `ValueBeingRemoved`.

        Args:
            location: Where the files are, exactly as in `StoredValue.location`.
            keys: The files there. Without a database, none may be removed: it may be the wrong one.
            dry_run: Claim nothing.

        Returns:
            Those that no value has, and those that were claimed before, but never confirmed, by a gc that died.

        Raises:
            StoreError: The database cannot be written. Nothing was claimed.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> db.claim_for_removal("/data/values", ["ab/ab.pickle"], dry_run=True)
            []
        """
        nothing: list[str] = []
        if dry_run:
            return self._connections.read(
                lambda connection: removal.claimable(connection, location, keys), nothing
            )
        if self._connections.revision() is None:
            return nothing
        return self._connections.write(
            lambda connection: removal.claim(connection, location, keys, datetime.now(UTC)), alone=True
        )

    def confirm_removed(self, location: str, keys: Collection[str]) -> None:
        """Note that files that were claimed are gone.

        For some days a save still does not count on them: it may have found one before it was removed.

        Args:
            location: Where they were.
            keys: Which ones.

        Raises:
            StoreError: The database cannot be written. They stay claimed.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> db.confirm_removed("/data/values", [])
        """
        if keys:
            self._connections.write(
                lambda connection: removal.confirm(connection, location, keys, datetime.now(UTC)), alone=True
            )

    # -- copying

    def stored_values(self) -> list[StoredValueUse]:
        """All values, and which artifacts need them.

        Returns:
            The values, in the order in which they were stored first; also those that only deleted artifacts need.

        Raises:
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").stored_values()
            []
        """
        return self._connections.read(copying.stored_values, [])

    def counters(self) -> dict[str, int]:
        """The last version that was given to each name, also where the artifact is gone.

        Raises:
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").counters()
            {}
        """
        return self._connections.read(copying.counters, {})

    def raise_counters(self, counters: Mapping[str, int]) -> None:
        """Never give the versions up to these.

        Args:
            counters: As from `counters` of another database.

        Raises:
            StoreError: The database cannot be written.

        Example:
            >>> import tempfile
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> db.raise_counters({"model": 4})
            >>> db.raise_counters({"model": 2})
            >>> db.counters()
            {'model': 4}
            >>> db.close()
        """
        if counters:
            self._connections.write(lambda connection: copying.raise_counters(connection, counters))

    def save_ids(self) -> set[str]:
        """The save ids of all artifacts, also of deleted ones.

        Raises:
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").save_ids()
            set()
        """
        return self._connections.read(copying.save_ids, set())

    def import_artifacts(
        self,
        session: SessionRecord,
        sources: Sequence[SourceRecord],
        graph_parts: Sequence[GraphPart],
        artifacts: Sequence[ArtifactRecord],
        counters: Mapping[str, int] | None = None,
    ) -> list[ArtifactRecord]:
        """Add artifacts of one session of another database, as they are, in one transaction.

        Artifacts that are here already, which their `save_id` tells, are left alone; so doing it again does nothing.

        Args:
            session: The run they were made in.
            sources: At least those that this database does not have yet.
            graph_parts: The same.
            artifacts: With their own names, versions, dates and save ids; in the order in which they are to be listed.
                Their values must be in storage already, where the artifacts say. Their ids are not kept.
            counters: Last versions given to names, as from `counters`; those of the artifacts need not be given.

        Returns:
            Those that were not here yet, with their new ids.

        Raises:
            StoreConflictError: Another artifact has the same name and version. Nothing was added.
            ValueBeingRemoved: As for `save_artifact`. Nothing was added.
            StoreError: The database cannot be written. Nothing was added.

        Example:
            >>> import tempfile
            >>> from lineapy.db.records import StoredValue
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> value = StoredValue("ab" * 32, 3, "cloudpickle", "/tmp/values", f"ab/{'ab' * 32}.pickle")
            >>> session = SessionRecord(
            ...     SessionId("0" * 32), "SCRIPT", "3.11", datetime.now(UTC), "/tmp", "ada", "engine", "/tmp/model.py"
            ... )
            >>> artifact = ArtifactRecord(9, "model", 3, datetime.now(UTC), session.id, "{}", value, None, "ef" * 16)
            >>> [(copy.name, copy.version) for copy in db.import_artifacts(session, [], [], [artifact])]
            [('model', 3)]
            >>> db.import_artifacts(session, [], [], [artifact])
            []
            >>> db.close()
        """
        return self._connections.write(
            lambda connection: copying.import_artifacts(
                connection, session, sources, graph_parts, artifacts, counters or {}
            )
        )

    # -- sessions

    def identity(self) -> str | None:
        """Which database this is; it stays the same for good, also in a copy of an SQLite file.

        Returns:
            32 hexadecimal digits; `None` when there is no database yet.

        Raises:
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").identity()
        """
        absent: str | None = None
        return self._connections.read(queries.identity, absent)

    def save_pipeline(self, new: PipelineRecord) -> PipelineRecord:
        """Store a pipeline.

        Args:
            new: The pipeline. Its version is one more than the last one given to the name; the first is 0.

        Returns:
            The pipeline with its version; it is on disk.

        Raises:
            StoreError: The database cannot be written. Nothing was stored.

        Example:
            >>> import tempfile
            >>> from datetime import UTC, datetime
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> new = PipelineRecord("iris", 0, datetime.now(UTC), (("model", 0),), {}, ("seed",), "ada")
            >>> db.save_pipeline(new).version, db.save_pipeline(new).version
            (0, 1)
            >>> db.find_pipeline("iris").artifacts
            (('model', 0),)
            >>> db.close()
        """
        return self._connections.write(lambda connection: pipelines.save(connection, new))

    def find_pipeline(self, name: str, version: int | None = None) -> PipelineRecord:
        """Look up one pipeline.

        Args:
            name: Its name.
            version: Its version; `None` for the newest.

        Raises:
            PipelineNotFoundError: There is none; the message names what there is.
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").find_pipeline("iris")
            Traceback (most recent call last):
            lineapy.errors.PipelineNotFoundError: There is no pipeline 'iris': there is none at all...
        """
        found = self._connections.read(lambda connection: pipelines.find(connection, name, version), None)
        if found is None:
            known = [record.name for record in self.pipelines()]
            what = f"pipeline {name!r}" + (f" with version {version}" if version is not None else "")
            there = f"there are {', '.join(map(repr, known))}" if known else "there is none at all"
            raise PipelineNotFoundError(
                f"There is no {what}: {there}. lineapy.to_pipeline makes one; lineapy pipeline list shows them."
            )
        return found

    def pipelines(self, *, offset: int = 0, limit: int | None = None) -> list[PipelineRecord]:
        """The newest version of each pipeline, by name.

        Args:
            offset: How many to leave out at the beginning.
            limit: How many to return at most; `None` for all.

        Raises:
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").pipelines()
            []
        """
        return self._connections.read(lambda connection: pipelines.every(connection, offset, limit), [])

    def pipeline_history(self) -> list[PipelineRecord]:
        """Every version of each pipeline, by name and version.

        Raises:
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").pipeline_history()
            []
        """
        return self._connections.read(pipelines.history, [])

    def import_pipelines(self, records: Iterable[PipelineRecord]) -> int:
        """Store pipelines of another database, with the versions that they have there.

        Args:
            records: The pipelines. Those that are here already are left out.

        Returns:
            How many were stored.

        Raises:
            StoreConflictError: There is another pipeline of a name and version. Nothing was stored.
            StoreError: The database cannot be written. Nothing was stored.

        Example:
            >>> import tempfile
            >>> from datetime import UTC, datetime
            >>> db = RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite")
            >>> record = PipelineRecord("iris", 4, datetime.now(UTC), (("model", 0),), {}, (), "ada")
            >>> db.import_pipelines([record]), db.import_pipelines([record])
            (1, 0)
            >>> db.close()
        """
        found = list(records)
        return self._connections.write(lambda connection: pipelines.bring(connection, found)) if found else 0

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

    def sessions(
        self, *, author: str | None = None, offset: int = 0, limit: int | None = None
    ) -> list[SessionSummary]:
        """The sessions in which something was saved, newest first.

        Args:
            author: Pattern of the name of the user who ran it, as in `Search`.
            offset: How many to leave out at the beginning.
            limit: How many to return at most; `None` for all.

        Raises:
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").sessions()
            []
        """
        return self._connections.read(
            lambda connection: queries.sessions(connection, author, offset, limit), []
        )

    def find_session(self, beginning: str) -> SessionRecord:
        """Look up a session by the beginning of its id, if no other begins like that.

        Args:
            beginning: Of the id.

        Raises:
            SessionNotFoundError: None begins like that, or several do; the message says which.
            StoreError: The database cannot be read.

        Example:
            >>> import tempfile
            >>> RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite").find_session("4f")
            Traceback (most recent call last):
            lineapy.errors.SessionNotFoundError: No session has an id that begins with '4f'...
        """
        nothing: list[SessionId] = []
        found = self._connections.read(
            lambda connection: queries.session_ids(connection, beginning, limit=4), nothing
        )
        if len(found) == 1:
            return self.session(found[0])
        why = (
            f"Several sessions have ids that begin with {beginning!r}: {', '.join(found[:3])}"
            f"{' and more' if len(found) > 3 else ''}. Give more of the id."
            if found
            else f"No session has an id that begins with {beginning!r}. See `lineapy sessions list`."
        )
        raise SessionNotFoundError(why)

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

    def _not_found(self, name: str, wanted: Collection[int]) -> ArtifactNotFoundError:
        present = self.versions(name)
        missing = [version for version in wanted if version not in present]
        what = f"There is no artifact {name!r}"
        if missing:
            what += f" with version {', '.join(map(str, missing))}"
        if present:
            why = f"its versions are {_enumerated(present)}"
        else:
            nothing: list[str] = []
            near = self._connections.read(lambda connection: queries.near_names(connection, name), nothing)
            why = (
                f"the names nearest to it are {', '.join(map(repr, near))}" if near else "no name is like it"
            )
        return ArtifactNotFoundError(f"{what}: {why}. See lineapy.artifact_store() for all artifacts.")

    def _not_tagged(self, name: str, tag: str) -> ArtifactNotFoundError:
        present = self.versions(name)
        if not present:
            return self._not_found(name, [])
        tags = ", ".join(f"{tag!r} (version {version})" for tag, version in self.tags(name).items())
        return TagNotFoundError(
            f"{tag!r} is not a version of artifact {name!r}, and no tag of it. Its versions are "
            f"{_enumerated(present)}; {f'its tags are {tags}' if tags else 'it has no tags'}."
        )


def _corrected(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    dialect, plus, driver = scheme.partition("+")
    if dialect != "postgres" or not separator:
        return url
    warnings.warn(
        f"The database URL {masked_url(url)} begins with postgres://, which SQLAlchemy does not take; postgresql:// is "
        "used instead. Write postgresql:// in LINEAPY_DATABASE_URL or lineapy_config.json.",
        LineaWarning,
        stacklevel=3,
    )
    return f"postgresql{plus}{driver}://{rest}"


def _connections(url: str) -> Connections:
    advice = (
        "Use sqlite:////absolute/path/db.sqlite or postgresql://<user>:<password>@<host>:<port>/<database>."
    )
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # SQLAlchemy's own message may show the password.
        raise ConfigurationError(
            f"The database URL {masked_url(url)!r} cannot be understood. {advice} Characters in the password that mean "
            "something in URLs are written like %40 for @."
        ) from None
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return SQLiteConnections(parsed)
    if parsed.drivername.partition("+")[0] == "postgresql":
        return PostgreSQLConnections(parsed)
    raise ConfigurationError(
        f"The database URL begins with {parsed.drivername}://, but LineaPy keeps metadata only in SQLite and "
        f"PostgreSQL. {advice}"
    )


def _enumerated(versions: Sequence[int]) -> str:
    if len(versions) <= 10:
        return ", ".join(map(str, versions))
    return f"{len(versions)} between {versions[0]} and {versions[-1]}"
