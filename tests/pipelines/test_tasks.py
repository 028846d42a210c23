"""Tasks make what was saved, although each has nothing of the others but copies of values: as in processes of its own."""

from __future__ import annotations

import decimal
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest

import lineapy
from lineapy.api import store_of_session
from lineapy.modules.calls import Parameter
from lineapy.modules.module import Module
from lineapy.modules.render import module_text
from lineapy.pipeline import Pipeline
from lineapy.pipelines.tasks import Grain, Source, Task, tasks_of
from tests.modules.support import saved_values, subsets, trace
from tests.modules.test_values import CASES, PANDAS, _with_sessions
from tests.slicing.support.describe import Description, describe


@pytest.fixture(autouse=True)
def _settings_as_they_were() -> Iterator[None]:
    """What one script leaves set, another one would not set again, as it changes nothing."""
    yield
    decimal.setcontext(decimal.DefaultContext.copy())
    if "pandas" in sys.modules:
        sys.modules["pandas"].reset_option("display.precision")


def run_apart(module: Module, tasks: list[Task], folder: Path) -> dict[str, Description]:
    """Run each task in a module of its own, with values that were pickled, and other random numbers."""
    text = module_text(module).replace('if __name__ == "__main__":\n', "if False:\n")
    made: dict[str, bytes] = {}
    artifacts: dict[str, Description] = {}

    def value_of(source: Source) -> Any:
        return cloudpickle.loads(made[source.task])[source.value]

    for number, task in enumerate(tasks):
        random.seed(number + 99)
        np.random.seed(number + 99)
        namespace: dict[str, Any] = {"__name__": "__main__"}
        place = folder / f"{number}"
        place.mkdir(parents=True)
        os.chdir(place)
        exec(compile(text, "<module>", "exec", dont_inherit=True), namespace)
        loaded: dict[str, dict[str, Any]] = {
            name: cloudpickle.loads(made[name]) for name in task.sources
        }  # one load for each task, so that what shared objects there still does
        given = {
            argument: eval(given.default, namespace)
            if isinstance(given, Parameter)
            else loaded[given.task][given.value]
            for argument, given in task.arguments.items()
        }
        returned = namespace[task.function](**given)
        if not task.by_name:
            returned = dict(
                zip(task.values, returned if len(task.values) > 1 else [returned], strict=True)
                if task.values
                else ()
            )
        made[task.name] = cloudpickle.dumps(returned)
        for artifact, value in task.artifacts.items():
            artifacts[artifact] = describe(value_of(Source(task.name, value)))
    return artifacts


@pytest.mark.parametrize("grain", Grain)
@pytest.mark.parametrize("name", [*CASES, *PANDAS])
def test_tasks_make_what_was_saved(
    name: str, grain: Grain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trace(_with_sessions((CASES | PANDAS)[name]))
    saved = saved_values({})
    for number, chosen in enumerate(subsets(list(saved))):
        module = Pipeline.of(store_of_session(), list(chosen)).module()
        tasks = tasks_of(module, grain)
        assert len({task.name for task in tasks}) == len(tasks)
        made = run_apart(module, tasks, tmp_path / f"run-{number}")
        shown = "\n".join(map(repr, tasks)) + "\n" + module_text(module)
        assert made == {artifact: saved[artifact] for artifact in chosen}, shown


@pytest.mark.parametrize(
    "script, names",
    [
        ("a = [1]\nsave(a, 'a')\nb = [*a, 2]\nsave(b, 'b')\n", ["a", "b"]),
        (
            "import random\nrandom.seed(1)\na = random.random()\nsave(a, 'a')\nb = random.random()\nsave(b, 'b')\n",
            None,
        ),
    ],
    ids=["values go from task to task", "the draws of a seeded generator stay in one process"],
)
def test_what_may_run_apart_does(
    script: str, names: list[str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trace("from lineapy import save\n" + script)
    saved = [artifact.name for artifact in lineapy.artifact_store().artifacts]
    tasks = tasks_of(Pipeline.of(store_of_session(), saved).module(), Grain.ARTIFACT)
    assert [task.name for task in tasks] == (names or ["run_session_including_a"])
