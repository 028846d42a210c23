"""The frameworks that a pipeline can be written for: ours, and those that packages bring."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module, metadata
from typing import Any

from lineapy.errors import LineaWarning, PipelineError
from lineapy.pipelines.options import DagOptions
from lineapy.pipelines.plan import PipelinePlan

#: The entry points by which packages bring frameworks; each leads to a `Framework`.
GROUP = "lineapy.frameworks"
#: By name, the module of ours that has the `Framework` as ``FRAMEWORK``.
_OWN = {
    "SCRIPT": "lineapy.pipelines.script",
    "AIRFLOW": "lineapy.pipelines.airflow",
    "DVC": "lineapy.pipelines.dvc",
    "KUBEFLOW": "lineapy.pipelines.kubeflow",
    "ARGO": "lineapy.pipelines.argo",
    "RAY": "lineapy.pipelines.ray",
    "PREFECT": "lineapy.pipelines.prefect",
    "DAGSTER": "lineapy.pipelines.dagster",
}


@dataclass(frozen=True, slots=True)
class Framework:
    """What writes pipelines for a framework.

    Attributes:
        name: What users call it, in capitals.
        options: The class of its options.
        files: The plan of a pipeline, and the options → contents of files by path.
        sweeps: It can try several values of a parameter.
    """

    name: str
    options: type[DagOptions]
    files: Callable[[PipelinePlan, Any], Mapping[str, str | bytes]]
    sweeps: bool = True


def framework_names() -> list[str]:
    """The frameworks there are, by name."""
    return [*_OWN, *(name for name in sorted(_entry_points()) if name not in _OWN)]


def framework_named(name: object) -> Framework:
    """Find a framework.

    Args:
        name: Its name; capitals do not matter.

    Raises:
        PipelineError: There is none of that name, or the package that brings it is broken.

    Example:
        >>> framework_named("script").name
        'SCRIPT'
        >>> framework_named("COBOL")
        Traceback (most recent call last):
        lineapy.errors.PipelineError: There is no framework 'COBOL'. Choose one of: SCRIPT, ... Nothing was written.
    """
    wanted = str(name).upper()
    if wanted in _OWN:
        own: Framework = import_module(_OWN[wanted]).FRAMEWORK
        return own
    entry = _entry_points().get(wanted)
    if entry is None:
        raise PipelineError(
            f"There is no framework {name!r}. Choose one of: {', '.join(framework_names())}. Nothing was written."
        )
    package = entry.dist.name if entry.dist is not None else "unknown"
    try:
        found = entry.load()
    except Exception as error:
        raise PipelineError(
            f"The framework {wanted!r} of the package {package!r} cannot be used: {type(error).__name__}: {error}. "
            "Update the package, or uninstall it. Nothing was written."
        ) from error
    if not isinstance(found, Framework):
        raise PipelineError(
            f"The framework {wanted!r} of the package {package!r} is a {type(found).__name__}, not a "
            "lineapy.pipelines.frameworks.Framework. Nothing was written."
        )
    return found


@cache
def _entry_points() -> dict[str, metadata.EntryPoint]:
    found: dict[str, metadata.EntryPoint] = {}
    for entry in metadata.entry_points(group=GROUP):
        name = entry.name.upper()
        if name in _OWN:
            warnings.warn(
                f"A package brings a framework {entry.name!r}, which is LineaPy's own: it is not used.",
                LineaWarning,
                stacklevel=2,
            )
        else:
            found[name] = entry
    return found
