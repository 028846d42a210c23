"""The rows that go into the database and come out of it, as plain values."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lineapy.ids import SessionId


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One traced run and the circumstances it ran in."""

    id: SessionId
    #: ``"SCRIPT"`` or ``"JUPYTER"``.
    kind: str
    #: Major and minor version, like ``"3.11"``.
    python_version: str
    #: With time zone; comes back in UTC.
    created_at: datetime
    working_directory: str
    user_name: str
    host_name: str
    script_path: str | None


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One source text of a session: the script, or one execution of a cell."""

    number: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class GraphPart:
    """A piece of a session's graph. The graph is stored as it grows; a piece once stored does not change."""

    number: int
    #: Opaque here.
    data: bytes


@dataclass(frozen=True, slots=True)
class StoredValue:
    """Where the bytes of a value are, and which bytes they must be."""

    #: SHA-256 of the stored bytes, in hexadecimal.
    digest: str
    size: int
    #: Name of the serializer that wrote them, like ``"cloudpickle"``.
    format: str
    #: The `artifact_storage_dir` at the time of writing.
    location: str
    #: Path below `location`.
    key: str


@dataclass(frozen=True, slots=True)
class NewArtifact:
    """An artifact about to be stored: the database adds version and date."""

    name: str
    #: Where in the session's graph the slice starts; opaque here.
    target: str
    value: StoredValue
    value_type: str | None
    #: The files that its code read and wrote, as JSON: a list of objects with ``path``, ``role`` and more.
    files: str | None = None
    #: What the user wrote about it.
    notes: str | None = None
    #: Names for this version; each is taken from the version that has it now.
    tags: tuple[str, ...] = ()
    #: Names this save. When a connection breaks while the save is being committed, nobody knows whether it was;
    #: trying again finds the artifact by this, instead of saving it twice.
    save_id: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass(frozen=True, slots=True)
class ArtifactRecord:
    """An artifact as the database knows it."""

    #: Grows in the order of creation and is never given twice.
    id: int
    name: str
    version: int
    #: In UTC, with time zone.
    date_created: datetime
    session_id: SessionId
    target: str
    value: StoredValue
    value_type: str | None
    #: The same wherever the artifact is copied to.
    save_id: str
    #: As in `NewArtifact`.
    files: str | None = None
    #: In UTC, with time zone; `None` unless the artifact was deleted and can still be restored.
    deleted_at: datetime | None = None
    notes: str | None = None
    #: In alphabetical order.
    tags: tuple[str, ...] = ()
    #: Of the session that it was saved in.
    user_name: str = ""
    host_name: str = ""


@dataclass(frozen=True, slots=True)
class PipelineRecord:
    """A pipeline as the database knows it."""

    name: str
    version: int
    #: In UTC, with time zone.
    date_created: datetime
    #: Names and versions.
    artifacts: tuple[tuple[str, int], ...]
    #: For artifacts by name, those that are made before.
    dependencies: Mapping[str, Sequence[str]]
    parameters: tuple[str, ...]
    user_name: str


@dataclass(frozen=True, slots=True)
class Search:
    """Which artifacts are looked for: those to which all applies that is given.

    Patterns are those of file names: ``*`` for anything, ``?`` for one character, ``[abc]`` and ``[!abc]`` for one of
    some, or of all others.
    """

    #: Pattern of the name.
    name: str | None = None
    #: As in `ArtifactRecord`.
    value_type: str | None = None
    #: With time zone: saved at that moment or later.
    since: datetime | None = None
    #: With time zone: saved before that moment.
    until: datetime | None = None
    #: Pattern of the name of the user who saved it.
    author: str | None = None
    #: Pattern of a tag.
    tag: str | None = None
    #: Pattern of the path of a file that its code read, or of the path's last part if there is no ``/`` in it.
    input_file: str | None = None
    session_id: SessionId | None = None


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A session, and how much of it there is."""

    session: SessionRecord
    #: How many artifacts were saved in it; deleted ones are not counted.
    artifacts: int


@dataclass(frozen=True, slots=True)
class ArtifactUse:
    """An artifact that refers to a value."""

    name: str
    version: int
    #: Whether the artifact was deleted; it can still be restored.
    deleted: bool


@dataclass(frozen=True, slots=True)
class StoredValueUse:
    """A value, and who needs it."""

    value: StoredValue
    #: None for a value whose artifacts were purged while another process was saving it again, and died.
    artifacts: tuple[ArtifactUse, ...]

    @property
    def deleted(self) -> bool:
        """Whether no artifact needs it but deleted ones."""
        return all(artifact.deleted for artifact in self.artifacts)


class ValueBeingRemoved(Exception):
    """The file of a value that was to be saved is being removed, or was a short while ago.

    Whoever saves may have found the file still there, and by now it is gone. So the value has to be published under
    another key.

    Attributes:
        value: The value.
    """

    def __init__(self, value: StoredValue) -> None:
        super().__init__(f"{value.key} at {value.location} is being removed from storage")
        self.value = value


class SessionIncomplete(Exception):
    """The database lacks the beginning of a session, whose continuation was to be saved.

    So it is not the database that the beginning was saved to: that one was deleted, or an older copy put in its place.
    Whoever saves has to save all of the session, as another one.
    """
