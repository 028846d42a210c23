"""What is read from the database, each question a function of a connection. Deleted artifacts are in no answer."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, literal, select

from lineapy.db import tables
from lineapy.db.records import ArtifactRecord, GraphPart, SessionRecord, SourceRecord, StoredValue
from lineapy.ids import SessionId

_artifact = tables.artifact.c
_counter = tables.artifact_counter.c
_value = tables.stored_value.c

_is_there = _artifact.deleted_at.is_(None)

#: The same, for questions about one name. Told in this way, PostgreSQL does not answer them from the index of all
#: artifacts that are not deleted, as it does until it has analysed the table.
_and_is_there = case((_is_there, 1)) == 1

#: What fits into the column. Other numbers are in no row, and drivers refuse to ask for them.
VERSIONS = range(2**31)

#: How many names are compared letter by letter with one that was mistyped; the database chooses them.
_NAMES_COMPARED = 300


def find_artifact(connection: Connection, name: str, version: int | None) -> ArtifactRecord | None:
    """The artifact of that name and version, or its newest version for `None`."""
    query = select_artifacts().where(_artifact.name == name, _and_is_there)
    if version is None:
        query = query.order_by(_artifact.version.desc()).limit(1)
    elif version in VERSIONS:
        query = query.where(_artifact.version == version)
    else:
        return None
    row = connection.execute(query).first()
    return None if row is None else artifact_record(row)


def artifact_by_id(connection: Connection, artifact_id: int) -> ArtifactRecord:
    """The artifact with that id, deleted or not."""
    return artifact_record(connection.execute(select_artifacts().where(_artifact.id == artifact_id)).one())


def artifacts(
    connection: Connection, offset: int, limit: int | None, newest_first: bool, with_deleted: bool
) -> list[ArtifactRecord]:
    """Artifacts in the order of creation; by id, because clocks run backwards at times."""
    order = _artifact.id.desc() if newest_first else _artifact.id.asc()
    query = select_artifacts().order_by(order)
    if not with_deleted:
        query = query.where(_is_there)
    if offset or limit is not None:
        # Which ones is found in an index; only their rows are read.
        page = select(_artifact.id).order_by(order).offset(offset).limit(limit)
        page = page if with_deleted else page.where(_is_there)
        query = select_artifacts().where(_artifact.id.in_(page)).order_by(order)
    return [artifact_record(row) for row in connection.execute(query)]


def count(connection: Connection) -> int:
    """How many artifacts there are."""
    return int(connection.scalar(select(func.count()).select_from(tables.artifact).where(_is_there)) or 0)


def versions(connection: Connection, name: str) -> list[int]:
    """The versions there are of a name, ascending."""
    query = select(_artifact.version).where(_artifact.name == name, _and_is_there)
    return list(connection.scalars(query.order_by(_artifact.version)))


def exist(connection: Connection, name: str, versions: Collection[int]) -> bool:
    """Whether all those artifacts are there, deleted or not."""
    query = select(_artifact.version).where(_artifact.name == name)
    return set(versions) <= set(connection.scalars(query))


def near_names(connection: Connection, name: str) -> list[str]:
    """Up to three names of artifacts that are most like one that was mistyped.

    Comparing a hundred thousand names letter by letter takes seconds. So the database picks those that have most
    pieces of the name, in which letters next to each other stay next to each other.
    """
    pieces = _pieces(name)
    has = [case((_counter.name.contains(piece, autoescape=True), 1), else_=0) for piece in pieces]
    score = sum(has[1:], start=has[0]) if has else literal(0)
    likely = (
        select(_counter.name)
        .order_by(score.desc(), func.abs(func.length(_counter.name) - len(name)), _counter.name)
        .limit(_NAMES_COMPARED)
    )
    query = select(_artifact.name).distinct().where(_artifact.name.in_(likely), _and_is_there)
    return difflib.get_close_matches(name, sorted(connection.scalars(query)))


def _pieces(name: str) -> list[str]:
    """Up to eight pieces of a name, from all over it.

    Example:
        >>> _pieces("iris")
        ['ir', 'ri', 'is']
    """
    length = 3 if len(name) >= 6 else min(2, len(name))
    starts = range(len(name) - length + 1)
    step = max(1, -(-len(starts) // 8))
    return list(dict.fromkeys(name[start : start + length] for start in starts[::step] if length))


def session(connection: Connection, session_id: SessionId) -> SessionRecord | None:
    """The session of that id."""
    row = connection.execute(select(tables.session).where(tables.session.c.id == session_id)).first()
    return None if row is None else SessionRecord(**row._mapping)


def identity(connection: Connection) -> str:
    """Which database this is."""
    return str(connection.scalars(select(tables.identity.c.id)).one())


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


def select_artifacts() -> Select[Any]:
    """The columns that `artifact_record` takes, of all artifacts, also of deleted ones."""
    return select(
        _artifact.id,
        _artifact.name,
        _artifact.version,
        _artifact.date_created,
        _artifact.session_id,
        _artifact.target,
        _artifact.value_type,
        _artifact.save_id,
        _artifact.files,
        _artifact.deleted_at,
        _value.digest,
        _value.size,
        _value.format,
        _value.location,
        _value.key,
    ).join_from(tables.artifact, tables.stored_value)


def artifact_record(row: Row[Any]) -> ArtifactRecord:
    """The artifact in a row of `select_artifacts`."""
    columns: tuple[Any, ...] = tuple(row)  # SQLAlchemy 2.0 and 2.1 type a row differently
    artifact_id, name, version, date, session_id, target, value_type, *rest = columns
    save_id, files, deleted_at, *value = rest
    return ArtifactRecord(
        artifact_id,
        name,
        version,
        date,
        SessionId(session_id),
        target,
        StoredValue(*value),
        value_type,
        save_id,
        files,
        deleted_at,
    )
