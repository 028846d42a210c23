"""Copy a whole store to another database and another location. The source is only read.

Artifacts go in the order in which they were saved, a few at a time: first their values, each verified on its way, then
their rows in one transaction. Whoever is killed leaves a smaller store that is right. Doing it again goes on from
there: a row tells by the id of its save that it is there, and a value by its digest.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lineapy.db.db import RelationalLineaDB
from lineapy.db.records import (
    ArtifactRecord,
    GraphPart,
    PipelineRecord,
    SessionRecord,
    SourceRecord,
    StoredValue,
    ValueBeingRemoved,
)
from lineapy.errors import DigestMismatchError, StoreConflictError, StoreError, ValueMissingError
from lineapy.ids import SessionId
from lineapy.storage.places import is_local
from lineapy.storage.values import ValueStore

#: Artifacts whose rows go together, at most.
BATCH = 200

#: After so many failures in a row at a remote location, the rest there is not tried: each may have to be waited for.
FAILURES_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Half:
    """A store, as far as copying is concerned: the metadata and the values."""

    db: RelationalLineaDB
    values: ValueStore


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to copy.

    Attributes:
        artifacts: Those that are not in the target, oldest first; also deleted ones that can be restored.
        present: Those that are.
        size: Bytes of the values of `artifacts`; what several share counts once.
    """

    artifacts: tuple[ArtifactRecord, ...]
    present: tuple[ArtifactRecord, ...]
    size: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An artifact that was not copied, because its value could not be."""

    artifact: ArtifactRecord
    reason: str


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied.

    Attributes:
        artifacts: How many artifacts.
        values: How many values they have; those that were at the target already, from an interrupted copy, count.
        size: Bytes of those.
        present: How many artifacts were there before.
        elsewhere: How many of those have their values at another location than the target's.
        left_out: Artifacts that were not copied, because their values are damaged or out of reach.
        pipelines: How many versions of pipelines.
    """

    artifacts: int
    values: int
    size: int
    present: int
    elsewhere: int
    left_out: tuple[LeftOut, ...]
    pipelines: int = 0


def plan(source: Half, target: Half) -> Work:
    """Find out what is to be copied, and whether it can be. Nothing is left behind.

    Args:
        source: What to copy.
        target: Where to.

    Returns:
        What there is to do.

    Raises:
        StoreConflictError: Source and target share their database or their location; or they give the same version
            of one name to different artifacts.
        StoreError: One of them cannot be used.
        ConfigurationError: The target's location or options are wrong, or a package is missing.

    Example:
        >>> import tempfile
        >>> here, there = (
        ...     Half(RelationalLineaDB(f"sqlite:///{folder}/db.sqlite"), ValueStore(f"{folder}/values"))
        ...     for folder in (tempfile.mkdtemp(), tempfile.mkdtemp())
        ... )
        >>> plan(here, there)
        Work(artifacts=(), present=(), size=0)
    """
    _check_differ(source, target)
    ours = source.db.artifacts(with_deleted=True)
    theirs = target.db.artifacts(with_deleted=True)
    _check_agree(ours, theirs)
    _check_pipelines_agree(source.db.pipeline_history(), target.db.pipeline_history())
    target.db.probe()
    target.values.probe()
    known = {artifact.save_id for artifact in theirs}
    missing = tuple(artifact for artifact in ours if artifact.save_id not in known)
    return Work(
        missing,
        tuple(artifact for artifact in ours if artifact.save_id in known),
        sum(value.size for value in {artifact.value for artifact in missing}),
    )


def copy(
    source: Half, target: Half, work: Work, on_copied: Callable[[StoredValue], None] = lambda _value: None
) -> Copied:
    """Copy, and then compare.

    Names, versions, dates, code, tags, notes, the ids of saves, the last version given to each name and pipelines are
    the same in the copy.

    Args:
        source: What to copy. Artifacts that are saved there from now on are not copied; do it again for them.
        target: Where to.
        work: From `plan`.
        on_copied: Told of each value when it is at the target, or has been given up.

    Returns:
        What was done.

    Raises:
        StoreConflictError: Somebody has saved other artifacts in the target meanwhile.
        StoreError: One of them cannot be used any more. Do it again later: it goes on from there.

    Example:
        >>> import tempfile
        >>> here, there = (
        ...     Half(RelationalLineaDB(f"sqlite:///{folder}/db.sqlite"), ValueStore(f"{folder}/values"))
        ...     for folder in (tempfile.mkdtemp(), tempfile.mkdtemp())
        ... )
        >>> copy(here, there, plan(here, there)).artifacts
        0
    """
    # First, so that who saves in the target meanwhile gets versions beyond those that are to come.
    target.db.raise_counters(source.db.counters())
    identity = target.db.identity()
    if identity is not None:
        target.values.note_database(identity)
    values = _Values(source.values, target.values, on_copied)
    sessions = _Sessions(source.db)
    left_out: list[LeftOut] = []
    for batch in _batches(work.artifacts):
        movable: list[ArtifactRecord] = []
        for artifact in batch:
            reason = values.why_not(artifact.value)
            if reason is None:
                movable.append(artifact)
            else:
                left_out.append(LeftOut(artifact, reason))
        if movable:
            _import(target.db, sessions.of(movable[0].session_id), movable, values)
    _bring_names(target.db, work.present)
    pipelines = target.db.import_pipelines(source.db.pipeline_history())
    there = {artifact.save_id: artifact for artifact in target.db.artifacts(with_deleted=True)}
    _compare(target.db, there, work, {out.artifact.save_id for out in left_out})
    return Copied(
        len(work.artifacts) - len(left_out),
        len(values.copied),
        sum(value.size for value in values.copied),
        len(work.present),
        sum(there[known.save_id].value.location != target.values.location for known in work.present),
        tuple(left_out),
        pipelines,
    )


class _Values:
    """Copies each value once, and remembers where it is now.

    Args:
        source: Where the values are.
        target: Where they are to go.
        on_copied: Told of each, once.
    """

    def __init__(
        self, source: ValueStore, target: ValueStore, on_copied: Callable[[StoredValue], None]
    ) -> None:
        self._source = source
        self._target = target
        self._on_copied = on_copied
        self._avoid: set[str] = set()
        self.copied: dict[StoredValue, StoredValue] = {}
        self._failed: dict[StoredValue, str] = {}
        self._in_a_row: dict[str, int] = {}

    def why_not(self, value: StoredValue) -> str | None:
        """Copy a value unless that was tried before; why it could not be copied, None if it was."""
        if value not in self.copied and value not in self._failed:
            try:
                self.copied[value] = self._copied(value)
            except (ValueMissingError, DigestMismatchError) as error:
                self._failed[value] = str(error)
            except StoreError as error:
                self._failed[value] = self._reason(value, error)
            self._on_copied(value)
        return self._failed.get(value)

    def copy_again(self, being_removed: StoredValue) -> None:
        """Copy a value to another key, because gc has just cleared away what was at this one."""
        self._avoid.add(being_removed.key)
        for value, here in list(self.copied.items()):
            if here == being_removed:
                self.copied[value] = self._target.copy_in(self._source, value, avoid=self._avoid)

    def _copied(self, value: StoredValue) -> StoredValue:
        location = value.location
        if self._in_a_row.get(location, 0) >= FAILURES_IN_A_ROW and not is_local(location):
            raise _GivenUpError(
                f"{location} could not be read several times in a row, and was not tried again."
            )
        copied = self._target.copy_in(self._source, value, avoid=self._avoid)
        self._in_a_row[location] = 0
        return copied

    def _reason(self, value: StoredValue, error: StoreError) -> str:
        """Why a value could not be read; if it can be, the target is to blame, and there is no going on."""
        if isinstance(error, _GivenUpError):
            return str(error)
        try:
            damage = self._source.verify(value)
        except StoreError as reading:
            self._in_a_row[value.location] = self._in_a_row.get(value.location, 0) + 1
            return str(reading)
        if damage is None:
            raise error
        return damage.message


class _GivenUpError(StoreError):
    """A location was not tried any more."""


@dataclass(frozen=True, slots=True)
class _SessionRows:
    record: SessionRecord
    sources: list[SourceRecord]
    graph_parts: list[GraphPart]


class _Sessions:
    """What the source knows of sessions: all of it the first time, and later only which session it is.

    Args:
        db: The source.
    """

    def __init__(self, db: RelationalLineaDB) -> None:
        self._db = db
        self._records: dict[SessionId, SessionRecord] = {}

    def of(self, session_id: SessionId) -> _SessionRows:
        if session_id in self._records:
            return _SessionRows(self._records[session_id], [], [])
        record = self._records[session_id] = self._db.session(session_id)
        return _SessionRows(record, self._db.sources(session_id), self._db.graph_parts(session_id))


def _batches(artifacts: Iterable[ArtifactRecord]) -> Iterator[list[ArtifactRecord]]:
    """Runs of artifacts of one session, so that the order is kept."""
    batch: list[ArtifactRecord] = []
    for artifact in artifacts:
        if batch and (batch[0].session_id != artifact.session_id or len(batch) == BATCH):
            yield batch
            batch = []
        batch.append(artifact)
    if batch:
        yield batch


def _import(
    db: RelationalLineaDB, session: _SessionRows, artifacts: list[ArtifactRecord], values: _Values
) -> None:
    while True:
        moved = [replace(artifact, value=values.copied[artifact.value]) for artifact in artifacts]
        try:
            db.import_artifacts(session.record, session.sources, session.graph_parts, moved)
            return
        except ValueBeingRemoved as refused:
            values.copy_again(refused.value)


def _bring_names(db: RelationalLineaDB, present: Collection[ArtifactRecord]) -> None:
    """Tags and notes that artifacts have been given since an earlier copy. Nothing is taken away in the target."""
    there = {artifact.save_id: artifact for artifact in db.artifacts()} if present else {}
    for artifact in present:
        copied = there.get(artifact.save_id)
        if copied is None or artifact.deleted_at is not None:
            continue
        for tag in sorted(set(artifact.tags) - set(copied.tags)):
            db.tag_artifact(copied.name, copied.version, tag)
        if artifact.notes is not None and artifact.notes != copied.notes:
            db.set_notes(copied.name, copied.version, artifact.notes)


def _compare(
    db: RelationalLineaDB, there: Mapping[str, ArtifactRecord], work: Work, left_out: Collection[str]
) -> None:
    """Compare what is there with what was to be there."""
    wrong = [
        f"{artifact.name!r} version {artifact.version}"
        for artifact in (*work.present, *work.artifacts)
        if artifact.save_id not in left_out and not _is_copy(there.get(artifact.save_id), artifact)
    ]
    if wrong:
        raise StoreError(
            f"After copying, {len(wrong)} artifacts are not in {db.masked_url} as they were saved: "
            f"{', '.join(wrong[:5])}{', …' if len(wrong) > 5 else ''}. Somebody has changed that database meanwhile. "
            "Copy again, into an empty database if need be."
        )


def _is_copy(copied: ArtifactRecord | None, artifact: ArtifactRecord) -> bool:
    def content(record: ArtifactRecord) -> object:
        value = record.value
        return (
            (record.name, record.version, record.date_created, record.session_id, record.target),
            (record.value_type, record.files, value.digest, value.size, value.format),
        )

    return copied is not None and content(copied) == content(artifact)


def _check_agree(ours: Iterable[ArtifactRecord], theirs: Iterable[ArtifactRecord]) -> None:
    there = {(artifact.name, artifact.version): artifact.save_id for artifact in theirs}
    clashes = [
        f"{artifact.name!r} version {artifact.version}"
        for artifact in ours
        if there.get((artifact.name, artifact.version), artifact.save_id) != artifact.save_id
    ]
    if clashes:
        raise StoreConflictError(
            f"The stores cannot become one: both have {', '.join(clashes[:5])}"
            f"{f' and {len(clashes) - 5} more' if len(clashes) > 5 else ''}, and they are different artifacts. Nothing "
            "was copied. Copy into an empty database; or delete the ones in the way for good (lineapy.delete, then "
            "`lineapy store gc --grace 0 --delete`)."
        )


def _check_pipelines_agree(ours: Iterable[PipelineRecord], theirs: Iterable[PipelineRecord]) -> None:
    there = {(record.name, record.version): record for record in theirs}
    for record in ours:
        if there.get((record.name, record.version), record) != record:
            raise StoreConflictError(
                f"The stores cannot become one: both have version {record.version} of a pipeline {record.name!r}, and "
                "they are different. Nothing was copied. Copy into an empty database."
            )


def _check_differ(source: Half, target: Half) -> None:
    if _is_same_database(source.db.url, target.db.url):
        raise StoreConflictError(
            f"The copy would be in the database that it is made from, {source.db.masked_url}. Nothing was copied. Name "
            "another one with --to-database-url."
        )
    if _is_same_location(source.values.location, target.values.location):
        raise StoreConflictError(
            f"The copy would have its values where the original has them, in {source.values.location}. Nothing was "
            "copied: if two databases share one location, cleaning up for one of them removes what the other needs. "
            "Name another location with --to-storage-dir."
        )


def _is_same_database(one: str, other: str) -> bool:
    return _identity(one) == _identity(other)


def _identity(url: str) -> Mapping[str, object]:
    """What tells one database from another, however its URL is written."""
    from sqlalchemy import make_url

    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return {"file": os.path.realpath(Path(str(parsed.database)).expanduser())}
    query = {name: parsed.query.get(name) for name in ("host", "port", "dbname", "options")}
    host = query.pop("host") or parsed.host or "localhost"
    return {
        "host": "127.0.0.1" if host == "localhost" else host,
        "port": str(query.pop("port") or parsed.port or 5432),
        "database": query.pop("dbname") or parsed.database or parsed.username,
        **query,
    }


def _is_same_location(one: str, other: str) -> bool:
    if is_local(one) and is_local(other):
        return os.path.realpath(one) == os.path.realpath(other)
    return one == other
