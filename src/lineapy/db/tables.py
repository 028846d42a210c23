"""The tables as the queries see them. What creates them is `migrations`; a test keeps the two equal.

All names begin with ``lineapy_``: a team's database, and a database file of LineaPy 0.2, has other tables too.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from lineapy.db.column_types import AnyText, UtcDateTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

#: One traced run.
session = Table(
    "lineapy_session",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("python_version", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("working_directory", AnyText, nullable=False),
    Column("user_name", AnyText, nullable=False),
    Column("host_name", AnyText, nullable=False),
    Column("script_path", AnyText),
    # Not an Enum: adding a kind must not need another type on one database and a table copy on the other.
    CheckConstraint("kind IN ('SCRIPT', 'JUPYTER')", name="kind"),
)

#: The texts the user wrote in a session.
source = Table(
    "lineapy_source",
    metadata,
    Column("session_id", String(32), ForeignKey(session.c.id), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", AnyText, nullable=False),
    Column("text", AnyText, nullable=False),
)

#: The graph of a session, in pieces that are only ever added.
graph_part = Table(
    "lineapy_graph_part",
    metadata,
    Column("session_id", String(32), ForeignKey(session.c.id), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

#: Bytes in storage, shared by all artifacts with equal bytes. The key says digest and format.
stored_value = Table(
    "lineapy_stored_value",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("format", String(64), nullable=False),
    Column("location", AnyText, nullable=False),
    Column("key", AnyText, nullable=False),
    UniqueConstraint("location", "key"),
    sqlite_autoincrement=True,
)

#: The last version given to each name. It outlives the artifacts, so no version is ever given twice.
artifact_counter = Table(
    "lineapy_artifact_counter",
    metadata,
    Column("name", AnyText, primary_key=True),
    Column("last_version", Integer, nullable=False),
)

artifact = Table(
    "lineapy_artifact",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", AnyText, nullable=False),
    Column("version", Integer, nullable=False),
    Column("date_created", UtcDateTime, nullable=False),
    Column("session_id", String(32), ForeignKey(session.c.id), nullable=False),
    Column("target", AnyText, nullable=False),
    Column("value_id", Integer, ForeignKey(stored_value.c.id), nullable=False, index=True),
    Column("value_type", String(64)),
    # Deleted, but not beyond recall. The artifact is in no answer any more.
    Column("deleted_at", UtcDateTime),
    # Every row has one; SQLite cannot add a column that says so to a table that has rows.
    Column("save_id", String(32)),
    # The files that its code read and wrote, as JSON. What searches need of it is in a table of its own.
    Column("files", AnyText),
    # What the user wrote about it.
    Column("notes", AnyText),
    UniqueConstraint("name", "version"),
    CheckConstraint("version >= 0", name="version"),
    # Ids of deleted artifacts are not given again: other tables may remember them.
    sqlite_autoincrement=True,
)
# Not a constraint: SQLite cannot add one to a table that is there already.
Index("uq_lineapy_artifact_save_id", artifact.c.save_id, unique=True)
# A page of those that are not deleted, and their number, without reading the table.
_is_listed = artifact.c.deleted_at.is_(None)
Index("ix_lineapy_artifact_listed", artifact.c.id, postgresql_where=_is_listed, sqlite_where=_is_listed)
Index(
    "ix_lineapy_artifact_deleted_at",
    artifact.c.deleted_at,
    postgresql_where=~_is_listed,
    sqlite_where=~_is_listed,
)

#: Names that users give to versions. A tag stands for one version of a name at a time, and can be moved to another.
artifact_tag = Table(
    "lineapy_artifact_tag",
    metadata,
    Column("name", AnyText, primary_key=True),
    # Printable, and so nothing that some database does not take.
    Column("tag", Text, primary_key=True),
    Column("artifact_id", Integer, ForeignKey(artifact.c.id), nullable=False, index=True),
)

#: The files in the artifact's own list, for searches. Numbered, because a path may be too long for an index.
artifact_file = Table(
    "lineapy_artifact_file",
    metadata,
    Column("artifact_id", Integer, ForeignKey(artifact.c.id), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("role", String(16), nullable=False),
    Column("path", AnyText, nullable=False),
)

#: The last version given to each name of a pipeline.
pipeline_counter = Table(
    "lineapy_pipeline_counter",
    metadata,
    Column("name", AnyText, primary_key=True),
    Column("last_version", Integer, nullable=False),
)

#: Artifacts that are made together.
pipeline = Table(
    "lineapy_pipeline",
    metadata,
    Column("name", AnyText, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("date_created", UtcDateTime, nullable=False),
    # Artifacts with their versions, dependencies and parameters, as JSON: nothing is searched for in it.
    Column("definition", AnyText, nullable=False),
    Column("user_name", AnyText, nullable=False),
)

#: Files that gc is removing, or has removed not long ago. A save must not count on finding them.
removal = Table(
    "lineapy_removal",
    metadata,
    Column("location", AnyText, primary_key=True),
    Column("key", AnyText, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    # When the file was gone for certain; unset while it is being removed.
    Column("removed_at", UtcDateTime),
)

#: One row: which database this is. It is left where values are kept, for the gc of other databases.
identity = Table("lineapy_identity", metadata, Column("id", String(32), primary_key=True))
