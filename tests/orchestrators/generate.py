"""``python -m tests.orchestrators.generate JSON``: traces the cases and writes pipelines, as a user does."""

from __future__ import annotations

import datetime
import itertools
import json
import sys
from pathlib import Path
from typing import Any

import lineapy
from lineapy.api import store_of_session
from lineapy.pipeline import Pipeline
from lineapy.session import Session
from tests.orchestrators.cases import CASES, TROUBLE, Case
from tests.slicing.support.describe import describe


def trace(script: str) -> None:
    """Run each session of a script, traced."""
    for text in script.split("=== another session\n"):
        Session(store_of_session()).run(text, "<script>")


def as_python(name: str, value: Any) -> Any:
    """A parameter's value, of what JSON carries."""
    read = {"day": datetime.date.fromisoformat, "where": Path, "shape": tuple, "attempts": Path}.get(name)
    if name == "wait":
        return datetime.timedelta(seconds=value)
    return read(value) if read is not None else value


def expected(case: Case) -> dict[str, Any]:
    """What a pipeline has to make: what the module makes, which `tests.modules` looks after."""
    if case.script == TROUBLE:
        return {name: describe(lineapy.get(name).get_value()) for name in case.artifacts}
    pipeline = Pipeline.of(store_of_session(), list(case.artifacts))
    parameters = [*case.parameters, *case.sweep]
    module = pipeline.load(parameters, case.reuse)
    given = {name: as_python(name, value) for name, value in case.given.items()}
    found = {}
    for values in itertools.product(*case.sweep.values()):
        branch = dict(zip(case.sweep, values, strict=True))
        label = f" ({', '.join(f'{name}={value}' for name, value in branch.items())})" if branch else ""
        for name, value in module.run_all_sessions(**given, **branch).items():
            found[name + label] = describe(value)
    if not case.given and not case.sweep:
        saved = {name: describe(lineapy.get(name).get_value()) for name in case.artifacts}
        assert found == saved, "the module makes something else than was saved"
    return found


def main() -> None:
    """Write one pipeline for each case and flavor, and beside it what it has to make."""
    job = json.loads(sys.argv[1])
    root = Path(job["root"])
    pipelines = [
        (title, case, {"dag_flavor": flavor, **config})
        for title, case in CASES.items()
        for flavor, config in job["flavors"].items()
    ]
    pipelines += [(one["title"], Case(**one["case"]), one["config"]) for one in job["extra"]]
    homes: dict[str, Path] = {}
    for title, case, config in pipelines:
        is_new = case.script not in homes
        home = homes.setdefault(case.script, root / "homes" / str(len(homes)))
        lineapy.options.set("home_dir", str(home))
        if is_new:
            trace(case.script)
        flavor = config.get("dag_flavor", "")
        name = f"{flavor or 'extra'}_{title.replace(' ', '_')}"
        folder = lineapy.to_pipeline(
            case.artifacts,
            framework=job["framework"],
            pipeline_name=name,
            dependencies=case.dependencies,
            output_dir=root / "pipelines" / name,
            input_parameters=case.parameters,
            reuse_pre_computed_artifacts=case.reuse,
            pipeline_dag_config=config,
            sweep=case.sweep or None,
        )
        about = {"name": name, "case": title, "flavor": flavor, "folder": str(folder), "given": case.given}
        about |= {"home": str(home), "expected": expected(case)}
        (root / "pipelines" / f"{name}.json").write_text(json.dumps(about))


if __name__ == "__main__":
    main()
