"""Removing for good, each step a function of a connection whose transaction the caller holds, with no other writing.

The way of a file out of storage: its key is claimed here, while no save is under way and nothing refers to it; then
the file is removed; then that is confirmed here. From the claim on, and for days after, a save that has found the
file is told to publish its value elsewhere. So none refers to a file that is gone, however the two are interleaved.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select, update

from lineapy.db import queries, tables
from lineapy.db.changes import REMOVAL_IS_REMEMBERED
from lineapy.db.chunks import chunks
from lineapy.db.records import ArtifactRecord

_artifact = tables.artifact.c
_removal = tables.removal.c
_value = tables.stored_value.c


def purgeable(connection: Connection, before: datetime) -> list[ArtifactRecord]:
    """The artifacts that were deleted before that moment."""
    query = queries.select_artifacts().where(_artifact.deleted_at < before).order_by(_artifact.id)
    return [queries.artifact_record(row) for row in connection.execute(query)]


def purge(connection: Connection, before: datetime) -> list[ArtifactRecord]:
    """Remove those artifacts, and the values that nothing refers to any more."""
    found = purgeable(connection, before)
    connection.execute(delete(tables.artifact).where(_artifact.deleted_at < before))
    connection.execute(delete(tables.stored_value).where(~exists().where(_artifact.value_id == _value.id)))
    return found


def claimable(connection: Connection, location: str, keys: Collection[str]) -> list[str]:
    """Those of the keys that nothing refers to, and those that an earlier gc has claimed, but not confirmed."""
    left = select(_removal.key).where(_removal.location == location, _removal.removed_at.is_(None))
    wanted = dict.fromkeys([*keys, *connection.scalars(left.order_by(_removal.key))])
    needed: set[str] = set()
    for some in chunks(wanted):
        needed.update(
            connection.scalars(select(_value.key).where(_value.location == location, _value.key.in_(some)))
        )
    return [key for key in wanted if key not in needed]


def claim(connection: Connection, location: str, keys: Collection[str], now: datetime) -> list[str]:
    """Enter those keys among the files being removed, if they are not there already."""
    found = claimable(connection, location, keys)
    entered: set[str] = set()
    for some in chunks(found):
        here = (_removal.location == location, _removal.key.in_(some))
        entered.update(connection.scalars(select(_removal.key).where(*here)))
        connection.execute(update(tables.removal).where(*here).values(since=now, removed_at=None))
    missing = [{"location": location, "key": key, "since": now} for key in found if key not in entered]
    if missing:
        connection.execute(insert(tables.removal), missing)
    return found


def confirm(connection: Connection, location: str, keys: Collection[str], now: datetime) -> None:
    """Note that the files are gone, and forget those that have been gone for long."""
    for some in chunks(keys):
        here = (_removal.location == location, _removal.key.in_(some))
        connection.execute(update(tables.removal).where(*here).values(removed_at=now))
    connection.execute(delete(tables.removal).where(_removal.removed_at < now - REMOVAL_IS_REMEMBERED))
