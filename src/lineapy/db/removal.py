"""Removing for good, each step a function of a connection whose transaction the caller holds, with no other writing.

The way of a file out of storage: its key is claimed here, while no save is under way and nothing refers to it; then
the file is removed; then that is confirmed here. From the claim on, and for days after, a save that has found the
file is told to publish its value elsewhere. So none refers to a file that is gone, however the two are interleaved.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, update

from lineapy.db import queries, tables
from lineapy.db.changes import REMOVAL_IS_REMEMBERED
from lineapy.db.chunks import CHUNK
from lineapy.db.column_types import UtcDateTime
from lineapy.db.prepared import Prepared
from lineapy.db.records import ArtifactRecord

_artifact = tables.artifact.c
_removal = tables.removal.c
_value = tables.stored_value.c

_this_file = (_removal.location == bindparam("of"), _removal.key == bindparam("name"))
_now = bindparam("now", type_=UtcDateTime)
_claim = Prepared(insert(tables.removal).values(location=bindparam("of"), key=bindparam("name"), since=_now))
_claim_again = Prepared(update(tables.removal).where(*_this_file).values(since=_now, removed_at=None))
_confirm = Prepared(update(tables.removal).where(*_this_file).values(removed_at=_now))


def purgeable(connection: Connection, before: datetime) -> list[ArtifactRecord]:
    """The artifacts that were deleted before that moment."""
    query = queries.select_artifacts().where(_artifact.deleted_at < before).order_by(_artifact.id)
    return [queries.artifact_record(row) for row in connection.execute(query)]


def purge(connection: Connection, before: datetime) -> list[ArtifactRecord]:
    """Remove those artifacts, and the values that nothing refers to any more."""
    found = purgeable(connection, before)
    goes = select(_artifact.id).where(_artifact.deleted_at < before)
    for table in (tables.artifact_tag, tables.artifact_file):
        connection.execute(delete(table).where(table.c.artifact_id.in_(goes)))
    connection.execute(delete(tables.artifact).where(_artifact.deleted_at < before))
    connection.execute(delete(tables.stored_value).where(~exists().where(_artifact.value_id == _value.id)))
    return found


def claimable(connection: Connection, location: str, keys: Collection[str]) -> list[str]:
    """Those of the keys that nothing refers to, and those that an earlier gc has claimed, but not confirmed."""
    left = select(_removal.key).where(_removal.location == location, _removal.removed_at.is_(None))
    wanted = dict.fromkeys([*keys, *connection.scalars(left.order_by(_removal.key))])
    needed = select(_value.key).where(_value.location == location)
    if len(wanted) <= CHUNK:  # else a gc of all files: this has to be quick, because saves wait
        needed = needed.where(_value.key.in_(list(wanted)))
    found = set(connection.scalars(needed))
    return [key for key in wanted if key not in found]


def claim(connection: Connection, location: str, keys: Collection[str], now: datetime) -> list[str]:
    """Enter those keys among the files being removed, if they are not there already."""
    found = claimable(connection, location, keys)
    here = set(connection.scalars(select(_removal.key).where(_removal.location == location)))
    for statement, is_here in ((_claim_again, True), (_claim, False)):
        rows = [{"of": location, "name": key, "now": now} for key in found if (key in here) is is_here]
        statement.run_many(connection, rows)
    return found


def confirm(connection: Connection, location: str, keys: Collection[str], now: datetime) -> None:
    """Note that the files are gone, and forget those that have been gone for long."""
    _confirm.run_many(connection, [{"of": location, "name": key, "now": now} for key in keys])
    connection.execute(delete(tables.removal).where(_removal.removed_at < now - REMOVAL_IS_REMEMBERED))
