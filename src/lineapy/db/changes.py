"""What saving, deleting and restoring write, each a function of a connection whose transaction the caller holds.

Any of them may run again after its transaction was committed, because the connection broke at that moment: what it
finds done, it takes for its own work.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from lineapy.db import queries, tables
from lineapy.db.chunks import chunks
from lineapy.db.column_types import AnyText
from lineapy.db.prepared import Prepared
from lineapy.db.records import (
    ArtifactRecord,
    GraphPart,
    NewArtifact,
    SessionIncomplete,
    SessionRecord,
    SourceRecord,
    StoredValue,
    ValueBeingRemoved,
)
from lineapy.errors import StoreError
from lineapy.ids import SessionId

_artifact = tables.artifact.c
_counter = tables.artifact_counter.c
_graph_part = tables.graph_part.c
_removal = tables.removal.c
_session = tables.session.c
_source = tables.source.c
_tag = tables.artifact_tag.c
_value = tables.stored_value.c

#: How long after the removal of a file a save must not count on it. A save that takes longer from finding the file to
#: storing the artifact would lose it: uploads take hours, and laptops are closed for a weekend in the midst of it.
REMOVAL_IS_REMEMBERED = timedelta(days=7)

#: All that a save needs to know, in one question.
_known = Prepared(
    select(
        select(_session.id).where(_session.id == bindparam("session_id")).scalar_subquery(),
        select(func.max(_source.number))
        .where(_source.session_id == bindparam("session_id"))
        .scalar_subquery(),
        select(func.max(_graph_part.number))
        .where(_graph_part.session_id == bindparam("session_id"))
        .scalar_subquery(),
        select(_artifact.id).where(_artifact.save_id == bindparam("save_id")).scalar_subquery(),
        select(_value.id)
        .where(_value.location == bindparam("location"), _value.key == bindparam("key"))
        .scalar_subquery(),
        select(_removal.key)
        .where(_removal.location == bindparam("location"), _removal.key == bindparam("key"))
        .where(or_(_removal.removed_at.is_(None), _removal.removed_at > bindparam("lately")))
        .scalar_subquery(),
    )
)
_insert_session = Prepared(insert(tables.session), _session.keys())
_insert_source = Prepared(insert(tables.source), _source.keys())
_insert_graph_part = Prepared(insert(tables.graph_part), _graph_part.keys())
_insert_value = Prepared(
    insert(tables.stored_value), [column.name for column in _value if column.name != "id"]
)
_insert_artifact = Prepared(
    insert(tables.artifact), [column.name for column in _artifact if column.name != "id"]
)
# Both databases understand this, but SQLAlchemy has a class of its own for each.
_count_up = Prepared(
    text(
        "INSERT INTO lineapy_artifact_counter (name, last_version) VALUES (:name, 0) ON CONFLICT (name) "
        "DO UPDATE SET last_version = lineapy_artifact_counter.last_version + 1"
    ).bindparams(bindparam("name", type_=AnyText, required=True))
)
_insert_file = Prepared(insert(tables.artifact_file), tables.artifact_file.c.keys())
_move_tag = Prepared(
    text(
        "INSERT INTO lineapy_artifact_tag (name, tag, artifact_id) VALUES (:name, :tag, :artifact_id) "
        "ON CONFLICT (name, tag) DO UPDATE SET artifact_id = excluded.artifact_id"
    ).bindparams(
        bindparam("name", type_=AnyText, required=True),
        bindparam("tag", required=True),
        bindparam("artifact_id", required=True),
    )
)
_count = Prepared(select(_counter.last_version).where(_counter.name == bindparam("name")))


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows already of something that is to be saved."""

    session: bool
    #: Numbers of the last source and of the last piece of the graph; -1 for none.
    last_source: int
    last_graph_part: int
    artifact_id: int | None
    value_id: int | None


def save_artifact(
    connection: Connection,
    new: NewArtifact,
    session: SessionRecord,
    sources: Sequence[SourceRecord],
    graph_parts: Sequence[GraphPart],
) -> ArtifactRecord:
    """Add the artifact and what is still missing of its session."""
    known = known_of(connection, session.id, new.value, new.save_id)
    if known.artifact_id is not None:
        return queries.artifact_by_id(connection, known.artifact_id)
    add_session(connection, known, session, sources, graph_parts)
    value_id = add_value(connection, known, new.value)
    _count_up.run(connection, name=new.name)
    artifact = ArtifactRecord(
        id=0,
        name=new.name,
        version=int(_count.run(connection, name=new.name).fetchone()[0]),
        date_created=datetime.now(UTC),
        session_id=session.id,
        target=new.target,
        value=new.value,
        value_type=new.value_type,
        save_id=new.save_id,
        files=new.files,
        notes=new.notes,
        tags=tuple(sorted(set(new.tags))),
        user_name=session.user_name,
        host_name=session.host_name,
    )
    return replace(artifact, id=add_artifact(connection, artifact, value_id))


def known_of(connection: Connection, session_id: SessionId, value: StoredValue, save_id: str) -> Known:
    """What the database knows already.

    Raises:
        ValueBeingRemoved: The file of the value is not one to count on; unless the artifact is there.
    """
    row = _known.run(
        connection,
        session_id=session_id,
        save_id=save_id,
        location=value.location,
        key=value.key,
        lately=datetime.now(UTC) - REMOVAL_IS_REMEMBERED,
    ).fetchone()
    session, last_source, last_graph_part, artifact_id, value_id, being_removed = row
    if being_removed is not None and artifact_id is None:
        raise ValueBeingRemoved(value)
    return Known(
        session is not None,
        -1 if last_source is None else last_source,
        -1 if last_graph_part is None else last_graph_part,
        artifact_id,
        value_id,
    )


def add_session(
    connection: Connection,
    known: Known,
    session: SessionRecord,
    sources: Sequence[SourceRecord],
    graph_parts: Sequence[GraphPart],
) -> None:
    """Add what is still missing of a session.

    Raises:
        SessionIncomplete: The beginning is neither there nor given.
        StoreError: What is there is not the beginning of what is given.
    """
    if not known.session:
        _insert_session.run(connection, **_row(session))
    for table, insertion, last, records in (
        (tables.source, _insert_source, known.last_source, sources),
        (tables.graph_part, _insert_graph_part, known.last_graph_part, graph_parts),
    ):
        rows = {record.number: {"session_id": session.id, **_row(record)} for record in records}
        if rows and min(rows) > last + 1:
            raise SessionIncomplete(f"{session.id} has no {table.name} {last + 1}")
        if rows and min(rows) <= last:
            rows = _missing(connection, table, session.id, rows)
        insertion.run_many(connection, list(rows.values()))


def add_value(connection: Connection, known: Known, value: StoredValue) -> int:
    """Add a value unless it is there; its id."""
    if known.value_id is not None:
        return known.value_id
    return _insert_value.insert(connection, **_row(value))


def add_artifact(connection: Connection, artifact: ArtifactRecord, value_id: int) -> int:
    """Add an artifact as it is, but for its id; its id."""
    artifact_id = _insert_artifact.insert(
        connection,
        name=artifact.name,
        version=artifact.version,
        date_created=artifact.date_created,
        session_id=artifact.session_id,
        target=artifact.target,
        value_id=value_id,
        value_type=artifact.value_type,
        deleted_at=artifact.deleted_at,
        save_id=artifact.save_id,
        files=artifact.files,
        notes=artifact.notes,
    )
    if artifact.files is not None:
        uses = enumerate(json.loads(artifact.files))
        files = [
            {"artifact_id": artifact_id, "number": number, "role": use["role"], "path": use["path"]}
            for number, use in uses
        ]
        _insert_file.run_many(connection, files)
    for tag in artifact.tags:
        move_tag(connection, artifact.name, tag, artifact_id)
    return artifact_id


def move_tag(connection: Connection, name: str, tag: str, artifact_id: int) -> None:
    """Let a tag stand for a version, and for no other of that name."""
    _move_tag.run(connection, name=name, tag=tag, artifact_id=artifact_id)


def tag_artifact(connection: Connection, name: str, version: int, tag: str) -> bool:
    """Let a tag stand for a version; whether there is such a version."""
    query = select(_artifact.id).where(_artifact.name == name, _artifact.version == version)
    artifact_id = connection.scalar(query.where(_artifact.deleted_at.is_(None)).with_for_update())
    if artifact_id is not None:
        move_tag(connection, name, tag, artifact_id)
    return artifact_id is not None


def remove_tag(connection: Connection, name: str, tag: str) -> None:
    """Let a tag stand for nothing."""
    connection.execute(delete(tables.artifact_tag).where(_tag.name == name, _tag.tag == tag))


def set_notes(connection: Connection, name: str, version: int, notes: str | None) -> bool:
    """Replace the notes of a version; whether there is such a version."""
    this = (_artifact.name == name, _artifact.version == version, _artifact.deleted_at.is_(None))
    return connection.execute(update(tables.artifact).where(*this).values(notes=notes)).rowcount > 0


def rename_artifacts(connection: Connection, name: str, new_name: str) -> bool:
    """Give all versions of a name, deleted ones too, another name; whether nothing had that name.

    Versions of either name that have been given are not given again.
    """
    # Whoever saves under one of the names holds its counter to the end.
    counters = connection.execute(
        select(_counter.name, _counter.last_version)
        .where(_counter.name.in_([name, new_name]))
        .order_by(_counter.name)
        .with_for_update()
    )
    last = {counter.name: counter.last_version for counter in counters}
    if connection.scalar(select(func.count()).where(_artifact.name == new_name)):
        return not connection.scalar(select(func.count()).where(_artifact.name == name))
    highest = max(last.values(), default=-1)
    if new_name in last:
        connection.execute(
            update(tables.artifact_counter).where(_counter.name == new_name).values(last_version=highest)
        )
    else:
        connection.execute(insert(tables.artifact_counter).values(name=new_name, last_version=highest))
    connection.execute(update(tables.artifact).where(_artifact.name == name).values(name=new_name))
    connection.execute(update(tables.artifact_tag).where(_tag.name == name).values(name=new_name))
    return True


def delete_artifacts(connection: Connection, name: str, versions: Collection[int], moment: datetime) -> bool:
    """Mark artifacts as deleted at that moment, all of them or none; whether they were all there."""
    return _mark(connection, name, versions, moment, only=_artifact.deleted_at.is_(None))


def restore_artifacts(connection: Connection, name: str, versions: Collection[int]) -> bool:
    """Take the marks away, all of them or none; whether all the artifacts were there."""
    return _mark(connection, name, versions, None)


def _mark(
    connection: Connection,
    name: str,
    versions: Collection[int],
    moment: datetime | None,
    only: ColumnElement[bool] | None = None,
) -> bool:
    done = _artifact.deleted_at.is_not_distinct_from(moment)
    ids: list[int] = []
    for some in chunks(set(versions)):
        query = select(_artifact.id).where(_artifact.name == name, _artifact.version.in_(some))
        if only is not None:
            query = query.where(or_(only, done))
        ids += connection.scalars(query.with_for_update())
    if len(ids) < len(set(versions)):
        return False
    for some in chunks(ids):
        connection.execute(update(tables.artifact).where(_artifact.id.in_(some)).values(deleted_at=moment))
    return True


def _row(record: SessionRecord | SourceRecord | GraphPart | StoredValue) -> dict[str, Any]:
    """Its fields are the columns; `dataclasses.asdict` would copy each value deeply."""
    return {name: getattr(record, name) for name in record.__slots__}


def _missing(
    connection: Connection, table: Table, session_id: SessionId, rows: Mapping[int, dict[str, Any]]
) -> dict[int, dict[str, Any]]:
    """The rows whose number is new, having made sure that the others are the same as before.

    They differ when a traced program forks and both halves save: half of such a graph must not pass for a whole one.
    """
    query = select(table).where(table.c.session_id == session_id).where(table.c.number >= min(rows))
    stored = {row.number: row._mapping for row in connection.execute(query)}
    for number in rows.keys() & stored.keys():
        if any(stored[number][column] != value for column, value in rows[number].items()):
            raise StoreError(
                f"The session {session_id} was continued in two processes, and both saved an artifact, so their code "
                "cannot be told apart. Save artifacts in the process that started the session."
            )
    return {number: row for number, row in rows.items() if number not in stored}
