"""The framework SCRIPT: a module that anybody runs with Python, and what it takes to do so."""

from __future__ import annotations

from collections.abc import Mapping

from lineapy.pipelines.files import Surroundings, pipeline_files
from lineapy.pipelines.frameworks import Framework
from lineapy.pipelines.options import DagOptions
from lineapy.pipelines.plan import PipelinePlan


def _files(plan: PipelinePlan, _: DagOptions) -> Mapping[str, str | bytes]:
    return pipeline_files(
        plan,
        Surroundings(
            framework="Python",
            own={},
            requirements=(),
            command=("python", f"{plan.name}_module.py"),
            readme="README.md.jinja",
        ),
    )


FRAMEWORK = Framework("SCRIPT", DagOptions, _files, sweeps=False)
