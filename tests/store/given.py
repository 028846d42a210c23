"""Sessions, values and artifacts for tests that do not care about their details."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from lineapy.db.db import RelationalLineaDB
from lineapy.db.records import (
    ArtifactRecord,
    GraphPart,
    NewArtifact,
    SessionRecord,
    SourceRecord,
    StoredValue,
)
from lineapy.ids import SessionId


def a_session(**changes: object) -> SessionRecord:
    fields: dict[str, object] = {
        "id": SessionId(uuid.uuid4().hex),
        "kind": "SCRIPT",
        "python_version": "3.11",
        "created_at": datetime.now(UTC),
        "working_directory": "/home/ada",
        "user_name": "ada",
        "host_name": "engine",
        "script_path": "/home/ada/model.py",
    }
    return SessionRecord(**{**fields, **changes})  # type: ignore[arg-type]


def a_stored_value(content: str = "value") -> StoredValue:
    digest = content.encode().hex().ljust(64, "0")[:64]
    return StoredValue(digest, len(content), "cloudpickle", "/values", f"{digest[:2]}/{digest}.pickle")


def an_artifact(name: str = "model", value: StoredValue | None = None) -> NewArtifact:
    return NewArtifact(name, '{"version": 0}', value or a_stored_value(), None)


def saved(
    db: RelationalLineaDB,
    name: str = "model",
    value: StoredValue | None = None,
    session: SessionRecord | None = None,
) -> ArtifactRecord:
    sources, parts = [SourceRecord(0, "model.py", "x = 1\n")], [GraphPart(0, b"\0graph")]
    return db.save_artifact(an_artifact(name, value), session or a_session(), sources, parts)
