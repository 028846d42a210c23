"""What is read from the database, each question a function of a connection."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, select

from lineapy.db import tables
from lineapy.db.records import ArtifactRecord, GraphPart, SessionRecord, SourceRecord, StoredValue
from lineapy.ids import SessionId

_artifact = tables.artifact.c
_value = tables.stored_value.c

#: What fits into the column. Other numbers are in no row, and drivers refuse to ask for them.
_VERSIONS = range(2**31)


def find_artifact(connection: Connection, name: str, version: int | None) -> ArtifactRecord | None:
    """The artifact of that name and version, or its newest version for `None`."""
    query = _select_artifacts().where(_artifact.name == name)
    if version is None:
        query = query.order_by(_artifact.version.desc()).limit(1)
    elif version in _VERSIONS:
        query = query.where(_artifact.version == version)
    else:
        return None
    row = connection.execute(query).first()
    return None if row is None else _artifact_record(row)


def artifacts(connection: Connection) -> list[ArtifactRecord]:
    """All artifacts in the order of creation; by id, because clocks run backwards at times."""
    return [_artifact_record(row) for row in connection.execute(_select_artifacts().order_by(_artifact.id))]


def versions(connection: Connection, name: str) -> list[int]:
    """The versions there are of a name, ascending."""
    query = select(_artifact.version).where(_artifact.name == name).order_by(_artifact.version)
    return list(connection.scalars(query))


def names(connection: Connection) -> list[str]:
    """The names of all artifacts."""
    return list(connection.scalars(select(_artifact.name).distinct().order_by(_artifact.name)))


def session(connection: Connection, session_id: SessionId) -> SessionRecord | None:
    """The session of that id."""
    row = connection.execute(select(tables.session).where(tables.session.c.id == session_id)).first()
    return None if row is None else SessionRecord(**row._mapping)


def sources(connection: Connection, session_id: SessionId) -> list[SourceRecord]:
    """What the user wrote in the session, in order."""
    column = tables.source.c
    query = select(column.number, column.name, column.text).where(column.session_id == session_id)
    return [SourceRecord(**row._mapping) for row in connection.execute(query.order_by(column.number))]


def graph_parts(connection: Connection, session_id: SessionId) -> list[GraphPart]:
    """The pieces of the session's graph, in order."""
    column = tables.graph_part.c
    query = select(column.number, column.data).where(column.session_id == session_id)
    return [GraphPart(**row._mapping) for row in connection.execute(query.order_by(column.number))]


def _select_artifacts() -> Select[Any]:
    return select(
        _artifact.id,
        _artifact.name,
        _artifact.version,
        _artifact.date_created,
        _artifact.session_id,
        _artifact.target,
        _artifact.value_type,
        _value.digest,
        _value.size,
        _value.format,
        _value.location,
        _value.key,
    ).join_from(tables.artifact, tables.stored_value)


def _artifact_record(row: Row[Any]) -> ArtifactRecord:
    return ArtifactRecord(
        id=row.id,
        name=row.name,
        version=row.version,
        date_created=row.date_created,
        session_id=SessionId(row.session_id),
        target=row.target,
        value=StoredValue(row.digest, row.size, row.format, row.location, row.key),
        value_type=row.value_type,
    )
