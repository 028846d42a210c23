"""The framework ARGO: a workflow for Argo Workflows as YAML, and a script by which Hera submits it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

import yaml
from pydantic import Field

from lineapy.modules.calls import Parameter
from lineapy.pipelines.carried import carried
from lineapy.pipelines.files import Surroundings, as_python, call_line, pipeline_files, render, uses_literals
from lineapy.pipelines.frameworks import Framework
from lineapy.pipelines.handovers import (
    Output,
    ascii_names,
    kubernetes_name,
    output_for,
    outputs_of,
)
from lineapy.pipelines.options import DagOptions
from lineapy.pipelines.plan import PipelinePlan
from lineapy.pipelines.tasks import Fixed, Grain, Source, Task
from lineapy.slicing.render import tidy

_PARAMETERS, _INPUTS, _OUTPUTS = "/tmp/parameters", "/tmp/inputs", "/tmp/outputs"  # noqa: S108  # of a container


class ArgoOptions(DagOptions):
    """What can be said of a workflow. Lengths of time are in seconds."""

    grains: ClassVar[Mapping[str, Grain]] = {
        "StepPerArtifact": Grain.ARTIFACT,
        "StepPerSession": Grain.SESSION,
    }
    gone: ClassVar[Mapping[str, str]] = {
        "kube_config": "the token by which the workflow is submitted is taken from ARGO_TOKEN",
        "token": "a file is no place for a secret, and the token is taken from ARGO_TOKEN",
    }

    namespace: str = Field("argo", description="The namespace of Kubernetes.")
    host: str = Field("https://localhost:2746", description="Where `<name>_workflow.py` sends the workflow.")
    verify_ssl: bool = Field(False, description="Whether the certificate of the host has to be valid.")
    workflow_name: str | None = Field(
        None, description="What the names of workflows begin with; by default the pipeline's."
    )
    image: str | None = Field(
        None, description="The image that steps run in, by default `<name>:lineapy`: that of the Dockerfile."
    )
    image_pull_policy: Literal["Never", "IfNotPresent", "Always"] = Field(
        "Never", description="When the image is fetched."
    )
    service_account: str = Field("argo", description="The account that steps run as.")
    retries: int = Field(2, ge=0, description="How often a failed step is tried again.")
    retry_delay: int = Field(60, ge=0, description="Seconds until then.")
    cpu: str | None = Field(None, description="The limit of CPUs for each step, such as `2` or `500m`.")
    memory: str | None = Field(None, description="The limit of memory for each step, such as `4Gi`.")
    environment: dict[str, str] = Field(
        {}, description="Environment variables of steps, such as where LineaPy's database is."
    )
    artifact_repository: str | None = Field(
        None,
        description="The config map with the artifact repository (S3 or another), as `name` or `name/key`; by default "
        "the cluster's.",
    )


def _files(plan: PipelinePlan, options: ArgoOptions) -> Mapping[str, str | bytes]:
    image = options.image or f"{plan.name.lower()}:lineapy"
    writer = _Writer(plan, options, image)
    known: dict[str, Any] = {
        "options": options,
        "image": image,
        "inputs": writer.parameters,
        "params": [(one, argo_text(carried(one).default)) for one in plan.parameters],
        "made": list(writer.artifacts()),
    }
    made = f"# Makes {', '.join(map(repr, plan.artifacts))}: a workflow for Argo Workflows, written by LineaPy.\n"
    return pipeline_files(
        plan,
        Surroundings(
            framework="Argo Workflows",
            own={
                f"{plan.name}_workflow.yaml": made + _yaml(writer.workflow()),
                f"{plan.name}_workflow.py": render("argo.py.jinja", plan, **known),
            },
            requirements=[],
            command=("python",),
            readme="argo_README.md.jinja",
            environment={"PYTHONPATH": f"/home/runner/{plan.name}"},
            hands_on_files=True,
            image=image,
        ),
        **known,
    )


class _Writer:
    """Makes templates of tasks, and a workflow that runs them.

    Attributes:
        parameters: What each parameter of the pipeline is called in the workflow.
    """

    def __init__(self, plan: PipelinePlan, options: ArgoOptions, image: str) -> None:
        self._plan, self._options, self._image = plan, options, image
        self._tasks = plan.tasks(options.grain)
        self._by_name = {task.name: task for task in self._tasks}
        self._outputs = {task.name: outputs_of(task, self._tasks) for task in self._tasks}
        self.parameters = ascii_names(one.name for one in plan.module.parameters)
        # 5 characters that Argo adds have room in a label
        self._name = kubernetes_name(options.workflow_name or plan.name, set(), 50)
        self._names: dict[str, str] = {}
        steps: set[str] = set()
        for task in self._tasks:
            self._names[task.name] = kubernetes_name(task.name, steps)
        self._entrypoint = self._name
        self._templates: dict[str, dict[str, Any]] = {}

    def workflow(self) -> dict[str, Any]:
        """The workflow, as Argo's API has it."""
        taken = {self._entrypoint}
        tasks = [self._task(task, taken) for task in self._tasks]
        spec: dict[str, Any] = {
            "entrypoint": self._entrypoint,
            "serviceAccountName": self._options.service_account,
        }
        if self._options.artifact_repository is not None:
            name, _, key = self._options.artifact_repository.partition("/")
            spec["artifactRepositoryRef"] = {"configMap": name, **({"key": key} if key else {})}
        if self._plan.parameters:
            spec["arguments"] = {
                "parameters": [
                    {"name": self.parameters[one.name], "value": argo_text(carried(one).default)}
                    for one in self._plan.parameters
                ]
            }
        dag = {"name": self._entrypoint, "dag": {"tasks": tasks}}
        templates = [{"name": name, **template} for name, template in self._templates.items()]
        spec["templates"] = [dag, *templates]
        metadata = {"generateName": f"{self._name}-", "namespace": self._options.namespace}
        return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": metadata, "spec": spec}

    def artifacts(self) -> Iterator[tuple[str, str, str]]:
        """For each artifact: its name, the step that makes it, and what that calls it."""
        for task in self._tasks:
            written = [output for output in self._outputs[task.name] if output.artifact is not None]
            for artifact, output in zip(task.artifacts, written, strict=True):
                yield artifact, self._names[task.name], _dashed(output)

    def _task(self, task: Task, taken: set[str]) -> dict[str, Any]:
        inputs = self._inputs(task)
        template = self._template(task, inputs)
        name = next((name for name, one in self._templates.items() if one == template), None)
        if name is None:
            name = kubernetes_name(task.stem, taken)
            self._templates[name] = template
        parameters = []
        for given in _parameters(task).values():
            called = self.parameters[given.name]
            fixed = next((one for one in task.arguments.values() if _is_fixed(one, given)), None)
            value = (
                argo_text(fixed.value)
                if isinstance(fixed, Fixed)
                else f"{{{{workflow.parameters.{called}}}}}"
            )
            parameters.append({"name": called, "value": value})
        artifacts = [
            {
                "name": called,
                "from": f"{{{{tasks.{self._names[source]}.outputs.artifacts.{_dashed(output)}}}}}",
            }
            for (source, output), called in inputs.items()
        ]
        found: dict[str, Any] = {"name": self._names[task.name], "template": name}
        if task.after:
            found["depends"] = " && ".join(self._names[one] for one in task.after)
        arguments = {"parameters": parameters, "artifacts": artifacts}
        if any(arguments.values()):
            found["arguments"] = {kind: given for kind, given in arguments.items() if given}
        return found

    def _inputs(self, task: Task) -> dict[tuple[str, Output], str]:
        """What it reads of which task, and what the artifact is called in the step."""
        taken: set[str] = set()
        found: dict[tuple[str, Output], str] = {}
        for argument, source in task.inputs.items():
            output = output_for(source, self._outputs[source.task])
            if (source.task, output) not in found:
                stem = self._by_name[source.task].stem if output.value is None else argument
                found[source.task, output] = kubernetes_name(stem, taken, 50)
        return found

    def _template(self, task: Task, inputs: Mapping[tuple[str, Output], str]) -> dict[str, Any]:
        parameters = [self.parameters[name] for name in _parameters(task)]
        # Files, because in environment variables and arguments Kubernetes takes `$(…)` for something else.
        files = [
            {
                "name": f"parameter-{one}",
                "path": f"{_PARAMETERS}/{one}",
                "raw": {"data": f"{{{{inputs.parameters.{one}}}}}"},
            }
            for one in parameters
        ]
        files += [{"name": one, "path": f"{_INPUTS}/{one}"} for one in inputs.values()]
        made = [
            {"name": _dashed(one), "path": f"{_OUTPUTS}/{_dashed(one)}", "archive": {"none": {}}}
            for one in self._outputs[task.name]
        ]
        found: dict[str, Any] = {}
        taken = {"parameters": [{"name": one} for one in parameters], "artifacts": files}
        if files:
            found["inputs"] = {kind: given for kind, given in taken.items() if given}
        if made:
            found["outputs"] = {"artifacts": made}
        script: dict[str, Any] = {
            "image": self._image,
            "imagePullPolicy": self._options.image_pull_policy,
            "command": ["python"],
        }
        if self._options.environment:
            script["env"] = [
                {"name": name, "value": value.replace("$", "$$")}
                for name, value in self._options.environment.items()
            ]
        limits = {"cpu": self._options.cpu, "memory": self._options.memory}
        if any(limits.values()):
            script["resources"] = {"limits": {name: value for name, value in limits.items() if value}}
        # Two braces are only in literals of text, and are a reference to Argo.
        script["source"] = "\n".join(self._body(task, inputs)).replace("{{", "{\\x7b") + "\n"
        found["script"] = script
        if self._options.retries:
            found["retryStrategy"] = {
                "limit": str(self._options.retries),
                "retryPolicy": "Always",
                "backoff": {"duration": str(self._options.retry_delay)},
            }
        return found

    def _body(self, task: Task, inputs: Mapping[tuple[str, Output], str]) -> Iterator[str]:
        parameters = _parameters(task)
        if uses_literals([task]):
            yield "import ast"
        if parameters:
            yield "from pathlib import Path"
        if uses_literals([task]) or parameters:
            yield ""
        yield f"import {self._plan.name}_module as module"
        used = {"json_or_text": parameters, "read": inputs, "write": self._outputs[task.name]}
        if any(used.values()):
            yield f"from {self._plan.name}_values import {', '.join(name for name in used if used[name])}"
        yield ""
        values = {}
        for (source, output), name in inputs.items():
            if output.value is None:
                values[source] = f"given_by_{name.replace('-', '_')}"
                yield f'{values[source]} = read("{_INPUTS}/{name}")'
        given = {}
        for name, argument in task.arguments.items():
            if isinstance(argument, Source):
                output = output_for(argument, self._outputs[argument.task])
                place = inputs[argument.task, output]
                given[name] = (
                    f'read("{_INPUTS}/{place}")'
                    if output.value is not None
                    else f"{values[argument.task]}[{as_python(argument.value)}]"
                )
            else:
                parameter = argument.parameter if isinstance(argument, Fixed) else argument
                how = carried(parameter)
                file = f'Path("{_PARAMETERS}/{self.parameters[parameter.name]}")'
                text = f'{file}.read_text(encoding="utf-8")'
                kind = ", str" if how.type == "string" else ""
                given[name] = how.read(f"json_or_text({text}{kind})", "module")
        line = call_line(task, "module", given)
        yield from tidy(line).splitlines()
        for output in self._outputs[task.name]:
            yield f'write({output.text(task)}, "{_OUTPUTS}/{_dashed(output)}")'


def _parameters(task: Task) -> dict[str, Parameter]:
    """The pipeline's parameters that a task takes, also those of a sweep, by name."""
    given = (one.parameter if isinstance(one, Fixed) else one for one in task.arguments.values())
    return {one.name: one for one in given if isinstance(one, Parameter)}


def _is_fixed(argument: object, parameter: Parameter) -> bool:
    return isinstance(argument, Fixed) and argument.parameter.name == parameter.name


def _dashed(output: Output) -> str:
    return output.name.strip("_").replace("_", "-")


def argo_text(value: Any) -> str:
    """A value as JSON, in which Argo finds nothing to replace.

    Example:
        >>> argo_text({"a": "{{b}}"})
        '{"a": "{\\\\u007bb}}"}'
    """
    return json.dumps(value, ensure_ascii=False).replace("{{", "{\\u007b")


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as a block."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _yaml(value: Any) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)


FRAMEWORK = Framework("ARGO", ArgoOptions, _files)
