"""What copying a store asks and writes, each a function of a connection whose transaction the caller holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, bindparam, select, text

from lineapy.db import changes, tables
from lineapy.db.column_types import AnyText
from lineapy.db.prepared import Prepared
from lineapy.db.records import (
    ArtifactRecord,
    ArtifactUse,
    GraphPart,
    SessionRecord,
    SourceRecord,
    StoredValue,
    StoredValueUse,
)
from lineapy.errors import StoreConflictError

_artifact = tables.artifact.c
_value = tables.stored_value.c

_raise_counter = Prepared(
    text(
        "INSERT INTO lineapy_artifact_counter (name, last_version) VALUES (:name, :last_version) ON CONFLICT (name) "
        "DO UPDATE SET last_version = excluded.last_version "
        "WHERE lineapy_artifact_counter.last_version < excluded.last_version"
    ).bindparams(bindparam("name", type_=AnyText, required=True), bindparam("last_version", required=True))
)
_save_id_of = Prepared(
    select(_artifact.save_id).where(
        _artifact.name == bindparam("name"), _artifact.version == bindparam("version")
    )
)


def stored_values(connection: Connection) -> list[StoredValueUse]:
    """All values, in the order in which they were stored first, and who needs them."""
    columns = (_value.digest, _value.size, _value.format, _value.location, _value.key)
    values = select(_value.id, *columns).order_by(_value.id)
    uses = select(_artifact.value_id, _artifact.name, _artifact.version, _artifact.deleted_at)
    needed: dict[int, list[ArtifactUse]] = {}
    for value_id, name, version, deleted_at in connection.execute(uses.order_by(_artifact.id)):
        needed.setdefault(value_id, []).append(ArtifactUse(name, version, deleted_at is not None))
    return [
        StoredValueUse(StoredValue(*value), tuple(needed.get(value_id, ())))
        for value_id, *value in connection.execute(values)
    ]


def counters(connection: Connection) -> dict[str, int]:
    """The last version given to each name."""
    return {row.name: row.last_version for row in connection.execute(select(tables.artifact_counter))}


def save_ids(connection: Connection) -> set[str]:
    """The save ids of all artifacts, also of deleted ones."""
    return set(connection.scalars(select(_artifact.save_id)))


def raise_counters(connection: Connection, counters: Mapping[str, int]) -> None:
    """Never give the versions up to these."""
    rows = [{"name": name, "last_version": last} for name, last in sorted(counters.items())]
    _raise_counter.run_many(connection, rows)


def import_artifacts(
    connection: Connection,
    session: SessionRecord,
    sources: Sequence[SourceRecord],
    graph_parts: Sequence[GraphPart],
    artifacts: Sequence[ArtifactRecord],
    counters: Mapping[str, int],
) -> list[ArtifactRecord]:
    """Add artifacts as they are; those that were not there yet."""
    new: list[tuple[ArtifactRecord, int]] = []
    # Values, then counters, then artifacts, as in a save: two transactions in one order do not wait for each other.
    for number, artifact in enumerate(artifacts):
        known = changes.known_of(connection, session.id, artifact.value, artifact.save_id)
        if number == 0:
            changes.add_session(connection, known, session, sources, graph_parts)
        if known.artifact_id is None:
            new.append((artifact, changes.add_value(connection, known, artifact.value)))
    last = dict(counters)
    for artifact, _ in new:
        last[artifact.name] = max(artifact.version, last.get(artifact.name, -1))
    raise_counters(connection, last)
    return [replace(artifact, id=_added(connection, artifact, value_id)) for artifact, value_id in new]


def _added(connection: Connection, artifact: ArtifactRecord, value_id: int) -> int:
    other = _save_id_of.run(connection, name=artifact.name, version=artifact.version).fetchone()
    if other is not None:
        raise StoreConflictError(
            f"The database has another artifact {artifact.name!r} with version {artifact.version}: it was saved "
            "there, and not copied from here. Nothing of this step was copied. Delete one of the two for good "
            "(lineapy.delete, then `lineapy store gc`), or copy into an empty database."
        )
    return changes.add_artifact(connection, artifact, value_id)
