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
    from lineapy.api import create_pipeline as create_pipeline
    from lineapy.api import delete as delete
    from lineapy.api import get as get
    from lineapy.api import get_function as get_function
    from lineapy.api import get_module as get_module
    from lineapy.api import get_module_definition as get_module_definition
    from lineapy.api import get_pipeline as get_pipeline
    from lineapy.api import pause as pause
    from lineapy.api import resume as resume
    from lineapy.api import save as save
    from lineapy.api import tag as tag
    from lineapy.api import to_pipeline as to_pipeline
    from lineapy.api import visualize as visualize
    from lineapy.artifacts import LineaArtifact as LineaArtifact
    from lineapy.artifacts import LineaArtifactStore as LineaArtifactStore
    from lineapy.kinds import SessionType as SessionType
    from lineapy.kinds import ValueType as ValueType
    from lineapy.kinds import file_system as file_system
    from lineapy.live_options import options as options
    from lineapy.pipeline import Pipeline as Pipeline

    __version__: str

_HOMES = {
    "save": "lineapy.api",
    "get": "lineapy.api",
    "delete": "lineapy.api",
    "create_pipeline": "lineapy.api",
    "to_pipeline": "lineapy.api",
    "get_function": "lineapy.api",
    "get_module": "lineapy.api",
    "get_module_definition": "lineapy.api",
    "get_pipeline": "lineapy.api",
    "Pipeline": "lineapy.pipeline",
    "artifact_store": "lineapy.api",
    "tag": "lineapy.api",
    "pause": "lineapy.api",
    "resume": "lineapy.api",
    "visualize": "lineapy.api",
    "options": "lineapy.live_options",
    "_is_executing": "lineapy.api",
    "LineaArtifact": "lineapy.artifacts",
    "LineaArtifactStore": "lineapy.artifacts",
    "SessionType": "lineapy.kinds",
    "file_system": "lineapy.kinds",
    "ValueType": "lineapy.kinds",
    "load_ipython_extension": "lineapy.notebook.extension",
    "unload_ipython_extension": "lineapy.notebook.extension",
}

__all__ = [
    "LineaArtifact",
    "LineaArtifactStore",
    "Pipeline",
    "SessionType",
    "ValueType",
    "__version__",
    "artifact_store",
    "create_pipeline",
    "db",
    "delete",
    "file_system",
    "get",
    "get_function",
    "get_module",
    "get_module_definition",
    "get_pipeline",
    "options",
    "pause",
    "resume",
    "save",
    "tag",
    "to_pipeline",
    "visualize",
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
