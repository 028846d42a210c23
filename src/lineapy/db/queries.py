"""What is read from the database, each question a function of a connection. Deleted artifacts are in no answer."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, func, literal, select

from lineapy.db import patterns, tables
from lineapy.db.records import (
    ArtifactRecord,
    GraphPart,
    Search,
    SessionRecord,
    SessionSummary,
    SourceRecord,
    StoredValue,
)
from lineapy.ids import SessionId

_artifact = tables.artifact.c
_counter = tables.artifact_counter.c
_file = tables.artifact_file.c
_session = tables.session.c
_tag = tables.artifact_tag.c
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


def find_tagged(connection: Connection, name: str, tag: str) -> ArtifactRecord | None:
    """The artifact of that name for which the tag stands."""
    tagged = select(_tag.artifact_id).where(_tag.name == name, _tag.tag == tag)
    query = select_artifacts().where(_artifact.id.in_(tagged), _and_is_there)
    row = connection.execute(query).first()
    return None if row is None else artifact_record(row)


def tags(connection: Connection, name: str) -> dict[str, int]:
    """The tags that a name has, in alphabetical order, and the versions for which they stand."""
    query = select(_tag.tag, _artifact.version).join_from(tables.artifact_tag, tables.artifact)
    query = query.where(_tag.name == name, _and_is_there)
    return dict(sorted((row[0], row[1]) for row in connection.execute(query)))


def artifacts(
    connection: Connection,
    search: Search,
    offset: int,
    limit: int | None,
    newest_first: bool,
    with_deleted: bool,
) -> list[ArtifactRecord]:
    """Artifacts in the order of creation; by id, because clocks run backwards at times."""
    order = _artifact.id.desc() if newest_first else _artifact.id.asc()
    conditions = _conditions(connection, search)
    if not with_deleted:
        conditions.append(_is_there)
    query = select_artifacts().where(*conditions).order_by(order)
    if offset or limit is not None:
        # Which ones is found in an index; only their rows are read.
        page = select(_artifact.id).where(*conditions).order_by(order).offset(offset).limit(limit)
        query = select_artifacts().where(_artifact.id.in_(page)).order_by(order)
    return [artifact_record(row) for row in connection.execute(query)]


def count(connection: Connection, search: Search) -> int:
    """How many artifacts there are."""
    conditions = _conditions(connection, search)
    query = select(func.count()).select_from(tables.artifact).where(_is_there, *conditions)
    return int(connection.scalar(query) or 0)


def _conditions(connection: Connection, search: Search) -> list[ColumnElement[bool]]:
    def like(column: ColumnElement[Any], pattern: str) -> ColumnElement[bool]:
        return patterns.matches(column, pattern, connection.dialect.name)

    found: list[ColumnElement[bool]] = []
    if search.name is not None:
        found.append(like(_artifact.name, search.name))
    if search.value_type is not None:
        found.append(_artifact.value_type == search.value_type)
    if search.since is not None:
        found.append(_artifact.date_created >= search.since)
    if search.until is not None:
        found.append(_artifact.date_created < search.until)
    if search.session_id is not None:
        found.append(_artifact.session_id == search.session_id)
    if search.author is not None:
        authors = select(_session.id).where(like(_session.user_name, search.author))
        found.append(_artifact.session_id.in_(authors))
    if search.tag is not None:
        found.append(_artifact.id.in_(select(_tag.artifact_id).where(like(_tag.tag, search.tag))))
    if search.input_file is not None:
        path = like(_file.path, search.input_file)
        if "/" not in search.input_file:
            path |= like(_file.path, f"*/{search.input_file}")
        readers = select(_file.artifact_id).where(_file.role == "input", path)
        found.append(_artifact.id.in_(readers))
    return found


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


def sessions(
    connection: Connection, author: str | None, offset: int, limit: int | None
) -> list[SessionSummary]:
    """Sessions, newest first."""
    saved = (
        select(func.count())
        .select_from(tables.artifact)
        .where(_artifact.session_id == _session.id, _is_there)
        .correlate(tables.session)
        .scalar_subquery()
    )
    query = select(tables.session, saved).order_by(_session.created_at.desc(), _session.id)
    if author is not None:
        query = query.where(patterns.matches(_session.user_name, author, connection.dialect.name))
    found = connection.execute(query.offset(offset).limit(limit))
    return [SessionSummary(SessionRecord(*row[:-1]), row[-1]) for row in map(tuple, found)]


def session_ids(connection: Connection, beginning: str, limit: int) -> list[SessionId]:
    """The sessions whose ids begin like that."""
    query = select(_session.id).where(_session.id.startswith(beginning, autoescape=True))
    return [SessionId(found) for found in connection.scalars(query.order_by(_session.id).limit(limit))]


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


#: All tags of an artifact in one text. No tag has a line break in it.
_tags = (
    select(func.aggregate_strings(_tag.tag, "\n"))
    .where(_tag.artifact_id == _artifact.id)
    .correlate(tables.artifact)
    .scalar_subquery()
)


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
        _artifact.notes,
        _tags.label("tags"),
        _session.user_name,
        _session.host_name,
        _value.digest,
        _value.size,
        _value.format,
        _value.location,
        _value.key,
    ).select_from(
        tables.artifact.join(tables.stored_value, _artifact.value_id == _value.id).join(
            tables.session, _artifact.session_id == _session.id
        )
    )


def artifact_record(row: Row[Any]) -> ArtifactRecord:
    """The artifact in a row of `select_artifacts`."""
    columns: tuple[Any, ...] = tuple(row)  # SQLAlchemy 2.0 and 2.1 type a row differently
    artifact_id, name, version, date, session_id, target, value_type, *rest = columns
    save_id, files, deleted_at, notes, tags, user_name, host_name, *value = rest
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
        notes,
        tuple(sorted(tags.split("\n"))) if tags else (),
        user_name,
        host_name,
    )
