"""What the servers of object stores have in common for a test."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Protocol


class RemoteServer(Protocol):
    """A server that keeps files or objects."""

    #: For `storage_options`: everything that is needed, credentials too.
    storage_options: dict[str, object]
    #: The same for the environment, in the words of the provider's own tools. Empty where there are none.
    environment: dict[str, str]

    def new_location(self) -> str:
        """An empty place, as an fsspec URL: for `artifact_storage_dir`."""
        ...


@dataclass(frozen=True)
class RemoteLocation:
    """An empty place on a server, for one test."""

    #: ``"s3"`` (moto), ``"rclone_s3"``, ``"gcs"``, ``"azure"`` or ``"sftp"``.
    server: str
    location: str
    storage_options: dict[str, object] = field(repr=False)
    environment: dict[str, str] = field(repr=False)


def unique(prefix: str) -> str:
    """A name that is right for buckets, containers and folders, and that nobody used before."""
    return f"{prefix}-{uuid.uuid4().hex[:20]}"
