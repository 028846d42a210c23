"""What a pipeline is to have, whatever framework runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lineapy.modules.module import Module


@dataclass(frozen=True, slots=True)
class PipelinePlan:
    """What the files of a pipeline are written from.

    Attributes:
        name: What the files are named after, an identifier.
        artifacts: The artifacts that it makes, in the order in which they were asked for.
        module: The module that makes them.
        text: Its text.
        requirements: The lines of its requirements file.
        python: The Python it was made with, such as ``"3.12"``.
        samples: The stored values, by artifact, for its tests; None if it is to have none.
    """

    name: str
    artifacts: tuple[str, ...]
    module: Module
    text: str
    requirements: tuple[str, ...]
    python: str
    samples: Mapping[str, object] | None = None
