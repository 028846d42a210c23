"""What a pipeline is to have, whatever framework runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lineapy.modules.calls import Parameter
from lineapy.modules.module import Module
from lineapy.pipelines.sweeps import Branches, in_branches
from lineapy.pipelines.tasks import Grain, Task, tasks_of


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
        dependencies: For artifacts, those that have to be made before.
        sweep: For parameters of which the pipeline tries several values, those.
        numbers: The artifacts that were numbers when they were saved.
        frames: The artifacts that were data frames or columns of one.
    """

    name: str
    artifacts: tuple[str, ...]
    module: Module
    text: str
    requirements: tuple[str, ...]
    python: str
    samples: Mapping[str, object] | None = None
    dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sweep: Branches = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()
    frames: frozenset[str] = frozenset()

    @property
    def parameters(self) -> list[Parameter]:
        """What whoever starts the pipeline may set."""
        return [parameter for parameter in self.module.parameters if parameter.name not in self.sweep]

    def tasks(self, grain: Grain) -> list[Task]:
        """Its tasks, each behind those that it comes after."""
        return in_branches(tasks_of(self.module, grain, self.dependencies), self.sweep)
