"""Pipelines in the database: adding one, and finding them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, text

from lineapy.db import tables
from lineapy.db.column_types import AnyText
from lineapy.db.records import PipelineRecord
from lineapy.errors import StoreConflictError

_pipeline = tables.pipeline.c
_counter = tables.pipeline_counter.c
# Both databases understand this, but SQLAlchemy has a class of its own for each.
_count_up = text(
    "INSERT INTO lineapy_pipeline_counter (name, last_version) VALUES (:name, 0) ON CONFLICT (name) "
    "DO UPDATE SET last_version = lineapy_pipeline_counter.last_version + 1"
).bindparams(bindparam("name", type_=AnyText, required=True))

_never_below = text(
    "INSERT INTO lineapy_pipeline_counter (name, last_version) VALUES (:name, :last_version) ON CONFLICT (name) "
    "DO UPDATE SET last_version = excluded.last_version "
    "WHERE lineapy_pipeline_counter.last_version < excluded.last_version"
).bindparams(bindparam("name", type_=AnyText, required=True), bindparam("last_version", required=True))


def save(connection: Connection, new: PipelineRecord) -> PipelineRecord:
    """Add a pipeline; its version is one more than the last one given to the name."""
    connection.execute(_count_up, {"name": new.name})
    version = connection.execute(select(_counter.last_version).where(_counter.name == new.name)).scalar_one()
    _insert(connection, replace(new, version=version))
    return find(connection, new.name, version) or new


def _insert(connection: Connection, new: PipelineRecord) -> None:
    definition = {
        "artifacts": new.artifacts,
        "dependencies": {name: list(earlier) for name, earlier in new.dependencies.items()},
        "parameters": new.parameters,
    }
    row = {
        "name": new.name,
        "version": new.version,
        "date_created": new.date_created,
        "definition": json.dumps(definition),
        "user_name": new.user_name,
    }
    connection.execute(insert(tables.pipeline).values(row))


def find(connection: Connection, name: str, version: int | None) -> PipelineRecord | None:
    """One pipeline; the newest of its name unless a version is given."""
    query = select(tables.pipeline).where(_pipeline.name == name)
    if version is not None:
        query = query.where(_pipeline.version == version)
    row = connection.execute(query.order_by(_pipeline.version.desc()).limit(1)).first()
    return _record(row) if row is not None else None


def every(connection: Connection, offset: int, limit: int | None) -> list[PipelineRecord]:
    """The newest version of each, by name."""
    newest = (
        select(_pipeline.name, func.max(_pipeline.version).label("version"))
        .group_by(_pipeline.name)
        .subquery()
    )
    query = (
        select(tables.pipeline)
        .join(newest, (newest.c.name == _pipeline.name) & (newest.c.version == _pipeline.version))
        .order_by(_pipeline.name)
        .offset(offset)
    )
    return [_record(row) for row in connection.execute(query if limit is None else query.limit(limit))]


def history(connection: Connection) -> list[PipelineRecord]:
    """Every version of each, by name and version."""
    query = select(tables.pipeline).order_by(_pipeline.name, _pipeline.version)
    return [_record(row) for row in connection.execute(query)]


def bring(connection: Connection, found: Iterable[PipelineRecord]) -> int:
    """Add pipelines of another database, with the versions that they have; how many there were not yet."""
    brought = 0
    for record in found:
        connection.execute(_never_below, {"name": record.name, "last_version": record.version})
        here = find(connection, record.name, record.version)
        if here is None:
            _insert(connection, record)
            brought += 1
        elif here != record:
            raise StoreConflictError(
                f"The stores cannot become one: both have version {record.version} of a pipeline {record.name!r}, and "
                "they are different. No pipeline was copied. Copy into an empty database."
            )
    return brought


def _record(row: Row[Any]) -> PipelineRecord:
    definition = json.loads(row.definition)
    return PipelineRecord(
        name=row.name,
        version=row.version,
        date_created=row.date_created,
        artifacts=tuple((name, version) for name, version in definition["artifacts"]),
        dependencies=definition["dependencies"],
        parameters=tuple(definition["parameters"]),
        user_name=row.user_name,
    )
