"""Remove what nobody needs any more: artifacts deleted long ago, and files that no artifact refers to.

Saves go on meanwhile. A file goes in three steps: it is claimed in the database, in a transaction with no save beside
it, if nothing refers to it; it is removed; the database is told that it is gone. A save that has found the file before
is told by the database that it must not count on it. Whoever is killed between two steps leaves a claim, which no save
counts on either, and the next run goes on from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from lineapy.db.chunks import chunks
from lineapy.db.db import RelationalLineaDB
from lineapy.db.records import ArtifactRecord, StoredValueUse
from lineapy.errors import LineaError
from lineapy.storage.places import NOTE, StoredFile, database_of, scratch_files, scratch_folder
from lineapy.storage.values import ValueStore

#: A file that is still being written must not go, and nothing in the database tells of it. No save takes this long
#: between two writes to its file.
WRITING_TAKES = timedelta(days=1)

#: Files that are claimed together, at most. No save is stored meanwhile, so it has to be quick.
AT_ONCE = 5_000

_DURATION = re.compile(r"(?P<number>[0-9]{1,9}(?:\.[0-9]{1,9})?)(?P<unit>[smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


@dataclass(frozen=True, slots=True)
class CleanedLocation:
    """What went from one location, or would go.

    Attributes:
        location: Where.
        files: Values that nothing refers to, and what interrupted writers left.
        problem: Why not all of that went; None if it did.
    """

    location: str
    files: tuple[StoredFile, ...]
    problem: str | None = None

    @property
    def size(self) -> int:
        """Bytes of the files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Collected:
    """What went, or would go.

    Attributes:
        is_dry_run: Whether nothing was touched.
        artifacts: Those that were deleted long enough ago.
        locations: What was found at each location.
        not_cleaned: Locations that the database knows and that were not looked at.
    """

    is_dry_run: bool
    artifacts: tuple[ArtifactRecord, ...]
    locations: tuple[CleanedLocation, ...]
    not_cleaned: tuple[str, ...]


def parse_duration(text: str) -> timedelta:
    """Read a duration like ``90s``, ``30m``, ``12h``, ``7d`` or ``2w``.

    Args:
        text: A number and a unit; 0 needs none.

    Returns:
        The duration.

    Raises:
        ValueError: It is none; the message says what would be.

    Example:
        >>> parse_duration("36h")
        datetime.timedelta(days=1, seconds=43200)
    """
    if text.strip() == "0":
        return timedelta()
    found = _DURATION.fullmatch(text.strip())
    try:
        if found is not None:
            return timedelta(seconds=float(found["number"]) * _SECONDS[found["unit"]])
    except OverflowError:
        pass
    raise ValueError(f"{text!r} is no duration: write a number and s, m, h, d or w, such as 90s, 12h or 7d")


def collect(
    db: RelationalLineaDB,
    values: ValueStore,
    grace: timedelta,
    *,
    delete: bool,
    all_locations: bool = False,
    force: bool = False,
    on_removed: Callable[[StoredFile], None] = lambda _file: None,
) -> Collected:
    """Remove artifacts that were deleted long enough ago, and files that nothing refers to.

    What is younger than the grace period stays, and what seems to come from the future is young.

    Args:
        db: The metadata.
        values: The values. Its location must not be used with another database.
        grace: How long ago an artifact must have been deleted, or a file written.
        delete: Whether to do it, and not only to say what would be done.
        all_locations: Clean also the other locations that the database knows.
        force: Clean also a location of which the database knows no value, or where another database keeps some.
        on_removed: Told of each file when it has gone.

    Returns:
        What went, or would go. A location that cannot be cleaned says why, and the others are cleaned.

    Raises:
        StoreError: The database cannot be used. What has gone was needed by nobody.

    Example:
        >>> import tempfile
        >>> folder = tempfile.mkdtemp()
        >>> db, values = RelationalLineaDB(f"sqlite:///{folder}/db.sqlite"), ValueStore(f"{folder}/values")
        >>> collect(db, values, timedelta(days=7), delete=True).artifacts
        ()
    """
    now = datetime.now(UTC)
    before = _earlier(now, grace)
    uses_before = db.stored_values()
    artifacts = db.purge_deleted(before, dry_run=not delete)
    uses = db.stored_values() if delete else _without(uses_before, artifacts)
    needed = frozenset(use.value.key for use in uses)
    job = _Job(
        db,
        file_is_old=before,
        writer_is_dead=min(before, _earlier(now, WRITING_TAKES)),
        needed=needed,
        identity=db.identity(),
        force=force,
        going=frozenset() if delete else frozenset(use.value.key for use in uses_before) - needed,
        delete=delete,
        on_removed=on_removed,
    )
    known = {use.value.location for use in uses_before}
    # A database that has held artifacts, and holds none, has let go of those that were here.
    is_emptied = not known and bool(db.counters())
    others = sorted(known - {values.location})
    found = [job.clean(values, is_known=force or is_emptied or values.location in known)]
    if all_locations:
        found += [job.clean(values.at(location), is_known=True) for location in others]
    return Collected(not delete, tuple(artifacts), tuple(found), () if all_locations else tuple(others))


def clean_scratch(grace: timedelta, *, delete: bool) -> CleanedLocation:
    """Remove what programs of this user left on this machine that were killed while they uploaded a value.

    Args:
        grace: How long ago a file must have been written; a day at least, because an upload may still be going on.
        delete: Whether to do it, and not only to say what would be done.

    Returns:
        What went, or would go, from the folder for temporary files.

    Example:
        >>> clean_scratch(timedelta(days=3_000), delete=True).files
        ()
    """
    before = _earlier(datetime.now(UTC), max(grace, WRITING_TAKES))
    removed: list[StoredFile] = []
    problem = None
    for path in scratch_files():
        try:
            status = path.stat()
            modified = datetime.fromtimestamp(status.st_mtime, UTC)
            if modified < before:
                if delete:
                    path.unlink()
                removed.append(StoredFile(path.name, status.st_size, modified))
        except FileNotFoundError:
            continue
        except OSError as error:
            problem = f"{path} cannot be removed: {error.strerror or error}. Remove it by hand."
    return CleanedLocation(scratch_folder(), tuple(removed), problem)


@dataclass(frozen=True, slots=True)
class _Job:
    """What is the same for all locations."""

    db: RelationalLineaDB
    file_is_old: datetime
    writer_is_dead: datetime
    #: Of this database; None if there is none yet.
    identity: str | None
    #: Clean also what may belong to another database.
    force: bool
    #: Keys that rows refer to, wherever the rows say that the files are: a value is found here, too, when the team has
    #: moved its folder.
    needed: frozenset[str]
    #: In a dry run, keys whose rows would be gone.
    going: frozenset[str]
    delete: bool
    on_removed: Callable[[StoredFile], None]

    def clean(self, store: ValueStore, *, is_known: bool) -> CleanedLocation:
        """Clean one location."""
        claimed_before = set(self.db.claim_for_removal(store.location, [], dry_run=not self.delete))
        wanted: dict[str, StoredFile] = {}
        databases: set[str] = set()
        try:
            for file in store.files():
                database = database_of(file.key)
                if database is not None:
                    databases.add(database)
                elif file.key in self.needed:
                    is_known = True
                elif file.key in claimed_before or self._is_old(file):
                    wanted[file.key] = file
        except LineaError as error:
            return CleanedLocation(store.location, (), str(error))
        if wanted and not claimed_before and not is_known:
            return CleanedLocation(store.location, (), _belongs_to_others(store.location, len(wanted)))
        others = databases - {self.identity}
        if wanted and others and not self.force:
            return CleanedLocation(store.location, (), _is_shared(store.location, others))
        # What an earlier run has removed, but not reported, takes part: what is not there is soon removed.
        gone = sorted(claimed_before - wanted.keys() - self.needed)
        removed: list[StoredFile] = []
        problem = None
        for keys in chunks([*gone, *wanted], AT_ONCE):
            removable = self.going.union(
                self.db.claim_for_removal(store.location, keys, dry_run=not self.delete)
            )
            keys = [key for key in keys if key in removable]
            if self.delete:
                keys, problem = self._remove(store, keys, wanted)
            removed += [wanted[key] for key in keys if key in wanted]
            if problem is not None:
                break
        return CleanedLocation(store.location, tuple(removed), problem)

    def _remove(
        self, store: ValueStore, keys: list[str], files: Mapping[str, StoredFile]
    ) -> tuple[list[str], str | None]:
        """Remove files that are claimed: which ones have gone, and what has kept the others."""
        gone: list[str] = []
        try:
            for key in keys:
                store.remove_key(key)
                gone.append(key)
                if key in files:
                    self.on_removed(files[key])
        except LineaError as error:
            return gone, str(error)
        finally:
            self.db.confirm_removed(store.location, gone)
        return gone, None

    def _is_old(self, file: StoredFile) -> bool:
        if file.modified is None:
            return False
        return file.modified < (self.writer_is_dead if _is_unfinished(file.key) else self.file_is_old)


def _without(uses: Iterable[StoredValueUse], artifacts: Iterable[ArtifactRecord]) -> list[StoredValueUse]:
    """The values that are still referred to when those artifacts have gone."""
    going = {(artifact.name, artifact.version) for artifact in artifacts}
    return [use for use in uses if any((user.name, user.version) not in going for user in use.artifacts)]


def _is_unfinished(key: str) -> bool:
    """Whether a file of ours is one that somebody was still writing; the others are named by their digest."""
    return PurePosixPath(key).name.startswith(".")


def _earlier(now: datetime, duration: timedelta) -> datetime:
    try:
        return now - duration
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _is_shared(location: str, databases: Collection[str]) -> str:
    notes = ", ".join(sorted(f"{NOTE}{database}" for database in databases))
    return (
        f"Another database keeps values at {location}, too, as its note there says ({notes}): which files it needs is "
        "not known here, so none was removed. Give each database a location of its own, with `lineapy store copy`. If "
        "the other database is no more, remove its note, or say --force."
    )


def _belongs_to_others(location: str, count: int) -> str:
    return (
        f"The database knows of no value at {location}, but {count} files of LineaPy are there: they may belong to "
        "another database, so none was removed. Set database_url to the one that belongs to this location. If there is "
        "none any more, say --force."
    )
