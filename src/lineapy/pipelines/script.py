"""The framework SCRIPT: a module that anybody runs with Python, and what it takes to do so."""

from __future__ import annotations

from collections.abc import Iterator

from lineapy.pipelines.plan import PipelinePlan
from lineapy.pipelines.samples import test_files


def files(plan: PipelinePlan) -> dict[str, str | bytes]:
    """The files of a pipeline that is a script.

    Args:
        plan: The pipeline.

    Returns:
        Contents by name: the module, its requirements, a Dockerfile, a README, and its tests if it has samples.
    """
    found: dict[str, str | bytes] = {
        f"{plan.name}_module.py": plan.text,
        f"{plan.name}_requirements.txt": "".join(line + "\n" for line in plan.requirements),
        f"{plan.name}_Dockerfile": _dockerfile(plan),
        f"{plan.name}_README.md": "\n".join(_readme(plan)),
    }
    if plan.samples is not None:
        found |= test_files(plan)
    return found


def _dockerfile(plan: PipelinePlan) -> str:
    return f"""\
# docker build -f {plan.name}_Dockerfile -t {plan.name.lower()} . && docker run --rm {plan.name.lower()}
FROM python:{plan.python}-slim

RUN useradd --create-home runner
WORKDIR /home/runner/{plan.name}

COPY {plan.name}_requirements.txt .
RUN python -m pip install --no-cache-dir -r {plan.name}_requirements.txt

COPY {plan.name}_module.py .

USER runner
ENTRYPOINT ["python", "{plan.name}_module.py"]
"""


def _readme(plan: PipelinePlan) -> Iterator[str]:
    artifacts = ", ".join(f"`{name}`" for name in plan.artifacts)
    yield f"# {plan.name}\n"
    yield f"Makes {artifacts}. Written by LineaPy from the code that made them first.\n"
    yield "## Run it\n"
    yield "```bash"
    yield f"python -m pip install -r {plan.name}_requirements.txt"
    yield f"python {plan.name}_module.py"
    yield "```\n"
    yield "From Python:\n"
    yield "```python"
    yield f"from {plan.name}_module import run_all_sessions\n"
    yield "artifacts = run_all_sessions()  # values by name"
    yield "```\n"
    if plan.module.parameters:
        yield "## Parameters\n"
        yield "| parameter | on the command line | default |"
        yield "| --- | --- | --- |"
        for parameter in plan.module.parameters:
            flag = parameter.name.replace("_", "-")
            yield f"| `{parameter.name}` | `--{flag}` | `{parameter.default}` |"
        yield ""
    own = [line for line in plan.requirements if line.startswith("#")]
    if own:
        yield "## Modules of your own\n"
        yield from (f"- {line[2:]}" for line in own)
        yield ""
    if plan.samples is not None:
        yield "## Test it\n"
        yield "```bash"
        yield f"python -m pip install pytest && python -m pytest test_{plan.name}.py"
        yield "```\n"
        yield "The tests run the module and compare what it makes with `sample_output/`.\n"
    yield "## In a container\n"
    yield "```bash"
    yield f"docker build -f {plan.name}_Dockerfile -t {plan.name.lower()} . && docker run --rm {plan.name.lower()}"
    yield "```\n"
