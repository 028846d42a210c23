"""LineaPy: turn a messy notebook or script into clean, reproducible code.

Importing this package only defines names: no file is touched, no log handler is set, nothing heavy is imported. Each
name is looked up when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lineapy import db as db
    from lineapy.api import _is_executing as _is_executing
    from lineapy.api import artifact_store as artifact_store
    from lineapy.api import delete as delete
    from lineapy.api import get as get
    from lineapy.api import save as save
    from lineapy.api import tag as tag
    from lineapy.artifacts import LineaArtifact as LineaArtifact
    from lineapy.artifacts import LineaArtifactStore as LineaArtifactStore
    from lineapy.kinds import SessionType as SessionType
    from lineapy.kinds import ValueType as ValueType
    from lineapy.kinds import file_system as file_system
    from lineapy.live_options import options as options

    __version__: str

_HOMES = {
    "save": "lineapy.api",
    "get": "lineapy.api",
    "delete": "lineapy.api",
    "artifact_store": "lineapy.api",
    "tag": "lineapy.api",
    "options": "lineapy.live_options",
    "_is_executing": "lineapy.api",
    "LineaArtifact": "lineapy.artifacts",
    "LineaArtifactStore": "lineapy.artifacts",
    "SessionType": "lineapy.kinds",
    "file_system": "lineapy.kinds",
    "ValueType": "lineapy.kinds",
}

__all__ = [
    "LineaArtifact",
    "LineaArtifactStore",
    "SessionType",
    "ValueType",
    "__version__",
    "artifact_store",
    "db",
    "delete",
    "file_system",
    "get",
    "options",
    "save",
    "tag",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module, metadata

    if name == "__version__":
        return metadata.version("lineapy")
    if name == "db":
        return import_module("lineapy.db")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'lineapy' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
