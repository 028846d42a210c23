"""What is written to the database, each change a function of a connection whose transaction the caller holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, exists, insert, select, update
from sqlalchemy.dialects import sqlite

from lineapy.db import tables
from lineapy.db.records import (
    ArtifactRecord,
    GraphPart,
    NewArtifact,
    SessionRecord,
    SourceRecord,
    StoredValue,
)
from lineapy.errors import StoreError
from lineapy.ids import SessionId


def save_artifact(
    connection: Connection,
    new: NewArtifact,
    session: SessionRecord,
    sources: Sequence[SourceRecord],
    graph_parts: Sequence[GraphPart],
) -> ArtifactRecord:
    """Add the artifact and what is still missing of its session."""
    _insert_if_missing(connection, tables.session, asdict(session))
    _append(connection, tables.source, session.id, {source.number: asdict(source) for source in sources})
    _append(connection, tables.graph_part, session.id, {part.number: asdict(part) for part in graph_parts})
    version = _next_version(connection, new.name)
    date_created = datetime.now(UTC)
    row = {
        "name": new.name,
        "version": version,
        "date_created": date_created,
        "session_id": session.id,
        "target": new.target,
        "value_id": _value_id(connection, new.value),
        "value_type": new.value_type,
    }
    artifact_id = _inserted_id(connection, tables.artifact, row)
    return ArtifactRecord(
        artifact_id, new.name, version, date_created, session.id, new.target, new.value, new.value_type
    )


def delete_artifacts(
    connection: Connection, name: str, versions: Collection[int]
) -> list[StoredValue] | None:
    """Remove the artifacts, all or none; the values that nothing refers to any more, or `None` if one is missing."""
    artifact = tables.artifact.c
    rows = connection.execute(
        select(artifact.id, artifact.version, artifact.value_id).where(artifact.name == name)
    )
    doomed = {row.version: row for row in rows}
    if not doomed or not set(versions) <= doomed.keys():
        return None
    for version in sorted(set(versions)):
        connection.execute(delete(tables.artifact).where(artifact.id == doomed[version].id))
    value_ids = dict.fromkeys(doomed[version].value_id for version in sorted(set(versions)))
    return [
        value for value_id in value_ids if (value := _removed_if_unused(connection, value_id)) is not None
    ]


def _insert_if_missing(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    connection.execute(sqlite.insert(table).on_conflict_do_nothing(), row)


def _append(
    connection: Connection, table: Table, session_id: SessionId, rows: Mapping[int, Mapping[str, Any]]
) -> None:
    """Add the rows whose number is new, and make sure that the others are the same as before.

    They differ when a traced program forks and both halves save: half of such a graph must not pass for a whole one.
    """
    if not rows:
        return
    query = select(table).where(table.c.session_id == session_id).where(table.c.number >= min(rows))
    stored = {row.number: row._mapping for row in connection.execute(query)}
    for number in rows.keys() & stored.keys():
        if any(stored[number][column] != value for column, value in rows[number].items()):
            raise StoreError(
                f"The session {session_id} was continued in two processes, and both saved an artifact, so their code "
                "cannot be told apart. Save artifacts in the process that started the session."
            )
    missing = [{"session_id": session_id, **row} for number, row in rows.items() if number not in stored]
    if missing:
        connection.execute(insert(table), missing)


def _next_version(connection: Connection, name: str) -> int:
    """Dense, in order, from 0, and never the same twice, even after a delete."""
    counter = tables.artifact_counter
    _insert_if_missing(connection, counter, {"name": name, "last_version": -1})
    this_name = counter.c.name == name
    connection.execute(update(counter).where(this_name).values(last_version=counter.c.last_version + 1))
    return int(connection.execute(select(counter.c.last_version).where(this_name)).scalar_one())


def _value_id(connection: Connection, value: StoredValue) -> int:
    column = tables.stored_value.c
    query = select(column.id).where(column.location == value.location, column.key == value.key)
    known = connection.scalar(query)
    return _inserted_id(connection, tables.stored_value, asdict(value)) if known is None else int(known)


def _inserted_id(connection: Connection, table: Table, row: Mapping[str, Any]) -> int:
    key = connection.execute(insert(table), row).inserted_primary_key
    assert key is not None  # one row, one key
    return int(key[0])


def _removed_if_unused(connection: Connection, value_id: int) -> StoredValue | None:
    artifact, value = tables.artifact.c, tables.stored_value.c
    if connection.scalar(select(exists().where(artifact.value_id == value_id))):
        return None
    columns = (value.digest, value.size, value.format, value.location, value.key)
    row = connection.execute(select(*columns).where(value.id == value_id)).one()
    connection.execute(delete(tables.stored_value).where(value.id == value_id))
    return StoredValue(**row._mapping)
