"""The framework KUBEFLOW: components for Kubeflow Pipelines 2 that hand on values as its artifacts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from lineapy.modules.calls import Parameter
from lineapy.pipelines.carried import carried, json_type, python_type
from lineapy.pipelines.files import (
    Surroundings,
    as_python,
    call_line,
    file_names,
    pipeline_files,
    render,
    uses_literals,
    variable,
)
from lineapy.pipelines.frameworks import Framework
from lineapy.pipelines.handovers import (
    Output,
    ascii_identifier,
    ascii_names,
    kubernetes_name,
    output_for,
    outputs_of,
    unique,
)
from lineapy.pipelines.options import DagOptions
from lineapy.pipelines.plan import PipelinePlan
from lineapy.pipelines.tasks import Fixed, Grain, Source, Task

#: What components say of what they read and write.
_KINDS = {"Artifact", "Dataset", "Input", "Output"}


class KubeflowOptions(DagOptions):
    """What can be said of components. Lengths of time are in seconds."""

    grains: ClassVar[Mapping[str, Grain]] = {
        "ComponentPerArtifact": Grain.ARTIFACT,
        "ComponentPerSession": Grain.SESSION,
    }

    base_image: str | None = Field(
        None,
        description="The image that components run in, by default `<name>:lineapy`: that of the Dockerfile.",
    )
    host_url: str = Field(
        "http://localhost:3000", description="Where `python <name>_kfp.py --submit` sends a run."
    )
    retries: int = Field(2, ge=0, description="How often a failed component is tried again.")
    retry_delay: int = Field(60, ge=0, description="Seconds until then.")
    cache: bool = Field(
        False,
        description="Take over what an earlier run made of the same inputs. Kubeflow does not look into the image, so "
        "give `base_image` a new tag with each change of code or data.",
    )
    cpu: str | None = Field(None, description="The limit of CPUs for each component, such as `2` or `500m`.")
    memory: str | None = Field(None, description="The limit of memory for each component, such as `4Gi`.")
    environment: dict[str, str] = Field(
        {}, description="Environment variables of components, such as where LineaPy's database is."
    )

    @classmethod
    def adapted(cls, given: dict[str, Any]) -> dict[str, Any]:
        """A number of CPUs may be a number."""
        cpus = given.get("cpu")
        return given | {"cpu": f"{cpus:g}"} if isinstance(cpus, int | float) else given


@dataclass(frozen=True, slots=True)
class _Component:
    """What tasks are made by; those of a sweep's branches differ in what they are given.

    Attributes:
        signature: Its parameters, as a function has them.
        title: What it does.
        body: Its statements.
    """

    signature: tuple[str, ...]
    title: str
    body: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Call:
    """A task of the pipeline: a call of a component.

    Attributes:
        variable: What the task is called in the pipeline.
        function: The component.
        arguments: What it is given, as a call has it.
        display_name: What users see; the component's name if there is none.
        after: The variables of tasks that it waits for, although it takes nothing of theirs.
    """

    variable: str
    function: str
    arguments: tuple[str, ...]
    display_name: str
    after: tuple[str, ...]


def _files(plan: PipelinePlan, options: KubeflowOptions) -> Mapping[str, str | bytes]:
    image = options.base_image or f"{plan.name.lower()}:lineapy"
    writer = _Writer(plan, options)
    names = {
        "options": options,
        "image": image,
        "writer": writer,
        "title": kubernetes_name(plan.name, set()),
        "kinds": sorted(_KINDS & set(re.findall(r"\w+", " ".join(writer.signatures)))),
        "settings": "".join(_settings(options)),
        "params": [(one, writer.parameter_types[one.name]) for one in plan.parameters],
    }
    return pipeline_files(
        plan,
        Surroundings(
            framework="Kubeflow",
            own={f"{plan.name}_kfp.py": render("kubeflow.py.jinja", plan, **names)},
            requirements=["kfp>=2.7,<3"],
            command=("python", f"{plan.name}_kfp.py"),
            readme="kubeflow_README.md.jinja",
            environment={"PYTHONPATH": f"/home/runner/{plan.name}"},
            hands_on_files=True,
            image=image,
        ),
        **names,
    )


def _settings(options: KubeflowOptions) -> Iterator[str]:
    if options.retries:
        yield f'.set_retry({options.retries}, backoff_duration="{options.retry_delay}s")'
    yield f".set_caching_options({options.cache})"
    if options.cpu is not None:
        yield f".set_cpu_limit({as_python(options.cpu)})"
    if options.memory is not None:
        yield f".set_memory_limit({as_python(options.memory)})"
    for name, value in options.environment.items():
        yield f".set_env_variable({as_python(name)}, {as_python(value)})"


class _Writer:
    """Makes components of tasks, and calls of them.

    Attributes:
        components: The components by name.
        calls: The calls, in an order in which they can be made.
        artifacts: For each artifact, a name, what kind it is, and the expression of it behind the calls.
        names: For each parameter, what the pipeline calls it.
        result: What the type is called that the pipeline returns.
        parameter_types: For each parameter, its type and its default.
    """

    def __init__(self, plan: PipelinePlan, options: KubeflowOptions) -> None:
        self._plan = plan
        self._tasks = plan.tasks(options.grain)
        self._by_name = {task.name: task for task in self._tasks}
        self._outputs = {task.name: outputs_of(task, self._tasks) for task in self._tasks}
        self._types = {one.name: _type(one, self._fixed(one)) for one in plan.module.parameters}
        self.parameter_types = {one.name: self._typed(one) for one in plan.parameters}
        self.names = ascii_names(one.name for one in plan.parameters)
        self._taken = {*self.names.values(), "task", f"{plan.name}_pipeline"}
        self.result = unique("Artifacts", self._taken)
        self._out = {task.name: self._names_out(task) for task in self._tasks}
        self._variables = {
            task.name: unique(f"{ascii_identifier(task.name)}_task", self._taken) for task in self._tasks
        }
        self.components: dict[str, _Component] = {}
        self.calls = [self._call(task) for task in self._tasks]
        self.artifacts = list(self._artifacts())

    @property
    def signatures(self) -> list[str]:
        """The parameters of all components."""
        return [one for component in self.components.values() for one in component.signature]

    def _fixed(self, parameter: Parameter) -> list[Any]:
        given = (one for task in self._tasks for one in task.arguments.values())
        return [one.value for one in given if isinstance(one, Fixed) and one.parameter.name == parameter.name]

    def _typed(self, parameter: Parameter) -> tuple[str, str]:
        how = carried(parameter)
        kind = self._types[parameter.name]
        return (kind, as_python(how.default)) if kind else ("str", as_python(how.json))

    def _call(self, task: Task) -> _Call:
        inputs = self._inputs(task)
        component = self._component(task, inputs)
        function = next((name for name, one in self.components.items() if one == component), None)
        if function is None:
            short = kubernetes_name(task.stem, set(), 50).replace("-", "_")
            function = unique(f"task_{short}", self._taken)
            self.components[function] = component
        given = []
        arguments = _arguments(task)
        for name, argument in task.arguments.items():
            if isinstance(argument, Parameter):
                given.append(f"{arguments[name]}={self.names[argument.name]}")
            elif isinstance(argument, Fixed):
                is_text = not self._types[argument.parameter.name]
                value = json.dumps(argument.value) if is_text else argument.value
                given.append(f"{arguments[name]}={as_python(value)}")
        for (source, output), name in inputs.items():
            given.append(f"{name}={self._output_text(source, output)}")
        display_name = f"{task.stem} ({task.label})" if task.branch else ""
        waited_for = tuple(self._variables[name] for name in task.waits_for)
        return _Call(self._variables[task.name], function, tuple(given), display_name, waited_for)

    def _names_out(self, task: Task) -> dict[Output, str]:
        """What its outputs are called in the component."""
        taken = {variable(name) for name in task.values} | set(_arguments(task).values())
        return {output: unique(f"{output.name}_out", taken) for output in self._outputs[task.name]}

    def _inputs(self, task: Task) -> dict[tuple[str, Output], str]:
        """What it reads of which task, and what that is called in the component."""
        taken = {variable(name) for name in task.values} | set(_arguments(task).values())
        taken |= set(self._out[task.name].values())
        found: dict[tuple[str, Output], str] = {}
        for argument, source in task.inputs.items():
            output = output_for(source, self._outputs[source.task])
            if (source.task, output) not in found:
                stem = self._by_name[source.task].stem if output.value is None else argument
                found[source.task, output] = unique(f"{ascii_identifier(stem)}_in", taken)
        return found

    def _component(self, task: Task, inputs: Mapping[tuple[str, Output], str]) -> _Component:
        own = self._outputs[task.name]
        signature = [
            f"{_arguments(task)[name]}: {self._types[parameter.name] or 'str'}"
            for name, parameter in _taken_parameters(task)
        ]
        signature += [f"{name}: Input[{self._kind(output)}]" for (_, output), name in inputs.items()]
        signature += [f"{self._out[task.name][output]}: Output[{self._kind(output)}]" for output in own]
        made = [repr(output.artifact) for output in own if output.artifact is not None]
        title = f"Make {', '.join(made)}." if made else task.title
        return _Component(tuple(signature), title, tuple(self._body(task, inputs)))

    def _kind(self, output: Output) -> str:
        return "Dataset" if output.artifact in self._plan.frames else "Artifact"

    def _body(self, task: Task, inputs: Mapping[tuple[str, Output], str]) -> Iterator[str]:
        if uses_literals([task]):
            yield "import ast"
            yield ""
        yield f"import {self._plan.name}_module as module"
        has_texts = any(not self._types[one.name] for _, one in _taken_parameters(task))
        used = {"json_or_text": has_texts, "read": inputs, "write": self._outputs[task.name]}
        if any(used.values()):
            yield f"from {self._plan.name}_values import {', '.join(name for name in used if used[name])}"
        yield ""
        values = {}
        for (source_task, output), name in inputs.items():
            if output.value is None:
                values[source_task] = "given" if len(inputs) == 1 else f"given_by_{name.removesuffix('_in')}"
                yield f"{values[source_task]} = read({name}.path)"
        given = {}
        for name, argument in task.arguments.items():
            if isinstance(argument, Source):
                output = output_for(argument, self._outputs[argument.task])
                is_alone = output.value is not None
                file = inputs[argument.task, output]
                given[name] = (
                    f"read({file}.path)"
                    if is_alone
                    else f"{values[argument.task]}[{as_python(argument.value)}]"
                )
        for name, parameter in _taken_parameters(task):
            text = _arguments(task)[name]
            text = text if self._types[parameter.name] else f"json_or_text({text})"
            given[name] = carried(parameter).read(text, "module")
        yield call_line(task, "module", {name: given[name] for name in task.arguments})
        for output in self._outputs[task.name]:
            yield f"write({output.text(task)}, {self._out[task.name][output]}.path)"

    def _output_text(self, task: str, output: Output) -> str:
        return f'{self._variables[task]}.outputs["{self._out[task][output]}"]'

    def _artifacts(self) -> Iterator[tuple[str, str, str]]:
        names = {artifact: ascii_identifier(name) for artifact, name in file_names(self._tasks).items()}
        taken: set[str] = set()
        for task in self._tasks:
            written = [output for output in self._outputs[task.name] if output.artifact is not None]
            for artifact, output in zip(task.artifacts, written, strict=True):
                name = unique(names[artifact], taken)
                yield name, self._kind(output), self._output_text(task.name, output)


def _arguments(task: Task) -> dict[str, str]:
    """By the function's parameter, what the component calls a parameter."""
    return {name: variable(plain) for name, plain in ascii_names(task.arguments).items()}


def _taken_parameters(task: Task) -> Iterator[tuple[str, Parameter]]:
    """By the function's parameter, the pipeline's parameters that a task takes, also those of a sweep."""
    for name, argument in task.arguments.items():
        if isinstance(argument, Fixed):
            yield name, argument.parameter
        elif isinstance(argument, Parameter):
            yield name, argument


def _type(parameter: Parameter, fixed: Sequence[Any]) -> str:
    """What Kubeflow calls the type of a parameter; nothing if only JSON can carry what it may be."""
    how = carried(parameter)
    values = fixed or [how.default]
    kinds = {json_type(value) for value in values}
    if None in kinds or len(kinds) > 1:  # also of numbers: Kubeflow refuses an integer where it wants a float
        return ""
    if any(isinstance(value, list | dict) and not (value and _is_exact(value)) for value in values):
        return ""
    return python_type(kinds.pop())


def _is_exact(value: object) -> bool:
    """Whether Kubeflow carries just this in a list or a dictionary: it makes floats of integers, and refuses None."""
    if isinstance(value, list | dict):
        return all(map(_is_exact, value.values() if isinstance(value, dict) else value))
    return isinstance(value, bool | str)


FRAMEWORK = Framework("KUBEFLOW", KubeflowOptions, _files)
