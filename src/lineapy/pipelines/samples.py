"""Stored values → tests that run a pipeline's module and really compare."""

from __future__ import annotations

from pathlib import Path
from pickle import PicklingError

import cloudpickle

from lineapy.errors import PipelineError
from lineapy.pipelines.plan import PipelinePlan
from lineapy.slicing.render import identifier

#: The test file; what it compares by is spelled out in it, so that it needs nothing of ours.
_TEMPLATE = Path(__file__).with_name("test_template.py.txt")


def test_files(plan: PipelinePlan) -> dict[str, str | bytes]:
    """A pytest file, and the values that it compares with.

    Args:
        plan: A pipeline with samples.

    Raises:
        PipelineError: A value cannot be written.
    """
    assert plan.samples is not None
    found: dict[str, str | bytes] = {}
    names: dict[str, str] = {}
    for artifact, value in plan.samples.items():
        file = f"{identifier(artifact)}.pkl"
        while file in names.values():
            file = f"_{file}"
        names[artifact] = file
        try:
            found[f"sample_output/{file}"] = cloudpickle.dumps(value)
        except (PicklingError, TypeError, AttributeError) as error:
            raise PipelineError(
                f"The value of {artifact!r} cannot be written as a sample: {error}. Leave generate_test out."
            ) from error
    text = _TEMPLATE.read_text()
    text = text.replace("pipeline_module", f"{plan.name}_module")
    text = text.replace('SAMPLES = {"artifact": "artifact.pkl"}', f"SAMPLES = {names!r}".replace("'", '"'))
    found[f"test_{plan.name}.py"] = text
    return found
