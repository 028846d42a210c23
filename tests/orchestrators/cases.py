"""Pipelines of every shape: what they are made of, and what they have to make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """One pipeline.

    Attributes:
        script: Sessions that save artifacts, with a line between them.
        artifacts: Those that the pipeline makes.
        parameters: Its parameters.
        given: With what values for them it is run; the defaults if there are none.
        reuse: Artifacts that it loads.
        sweep: For parameters, the values that it tries.
        dependencies: For artifacts, those that have to be made before.
    """

    script: str
    artifacts: list[str]
    parameters: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    reuse: list[str] = field(default_factory=list)
    sweep: dict[str, list[Any]] = field(default_factory=dict)
    dependencies: dict[str, list[str]] = field(default_factory=dict)


_DIAMOND = """
import lineapy
import pandas as pd

n_rows = 20
alpha = 0.5
frame = pd.DataFrame({"x": range(n_rows), "y": [2 * x + 1 for x in range(n_rows)]})
lineapy.save(frame, "frame")
scaled = frame["x"] * alpha
frame["z"] = frame["y"] ** 2
lineapy.save(scaled, "scaled")
squares = frame["z"].sum()
lineapy.save(squares, "sum of squares")
report = {"squares": int(squares), "scaled": round(float(scaled.mean()), 6), "alpha": alpha}
lineapy.save(report, "report")
"""

CASES = {
    "one artifact": Case(
        """
import lineapy
numbers = [n * n for n in range(5)]
lineapy.save(numbers, "squares")
""",
        ["squares"],
    ),
    "chain": Case(
        """
import lineapy
import pandas as pd
from sklearn.linear_model import LinearRegression

class Scaler:
    def __init__(self, by):
        self.by = by

    def __call__(self, frame):
        return frame * self.by

frame = pd.DataFrame({"x": range(20), "y": [2 * x + 1 for x in range(20)]})
lineapy.save(frame, "frame")
scale = Scaler(3)
scaled = scale(frame)
lineapy.save(scaled, "scaled frame")
model = LinearRegression().fit(scaled[["x"]], scaled["y"])
lineapy.save(model, "model")
""",
        ["frame", "scaled frame", "model"],
    ),
    "diamond": Case(_DIAMOND, ["frame", "scaled", "sum of squares", "report"]),
    "two sessions": Case(
        """
import lineapy
limit = 3
rows = [{"name": name, "size": size} for size, name in enumerate("abcde")]
lineapy.save(rows, "rows")
=== another session
import lineapy
rows = lineapy.get("rows").get_value()
large = [row for row in rows if row["size"] >= 2]
lineapy.save(large, "large")
=== another session
import lineapy
title = "sizes"
lineapy.save(title, "title")
""",
        ["rows", "large", "title"],
        dependencies={"title": ["large"]},
    ),
    "parameters": Case(
        """
import datetime
import lineapy
from pathlib import Path

n_rows = 4
alpha: float = 0.5
label = "size's"
is_sorted = False
names = ["a", "b"]
first = None
shape = (1, 2)
day = datetime.date(2026, 1, 31)
folder = Path("data") / "raw" if False else Path("data/raw")
where = Path("data/raw")
values = [alpha * n for n in range(n_rows)]
if is_sorted:
    values.sort(reverse=True)
lineapy.save(values, "values")
report = {"label": label, "names": names, "first": first, "shape": shape, "day": day, "where": where.name}
report["values"] = values
lineapy.save(report, "report")
""",
        ["values", "report"],
        parameters=["n_rows", "alpha", "label", "is_sorted", "names", "first", "shape", "day", "where"],
        given={
            "n_rows": 3,
            "alpha": 2.5,
            "label": '7 "quoted"',
            "is_sorted": True,
            "names": ["c"],
            "first": "one",
            "shape": [3, 4, 5],
            "day": "2027-02-28",
            "where": "data/clean",
        },
    ),
    "odd names": Case(
        """
import lineapy
from datetime import timedelta
N = 2
größe = 2.5
run = "it's"
params = {"a": [1, 2], "b": None}
module = None
wait = timedelta(hours=2)
pairs = [(1, 2)]
chosen = {1}
values = [größe * n for n in range(N)]
lineapy.save(values, "values")
lineapy.save(values, "a very long name " * 12)
artifacts = [run, params, module, wait, pairs, chosen, *values]
lineapy.save(artifacts, "Größe & Co.")
task = [artifacts]
lineapy.save(task, "class")
dag = len(artifacts)
lineapy.save(dag, "number of größe")
""",
        ["values", "Größe & Co.", "class", "number of größe", "a very long name " * 12],
        parameters=["N", "größe", "run", "params", "module", "wait", "pairs", "chosen"],
        given={"N": 3, "run": "{{ \"x\" }} % {y} '''", "params": {"c": 1}, "module": [1], "wait": 60.0},
    ),
    "reuse": Case(
        _DIAMOND, ["scaled", "report"], parameters=["alpha"], given={"alpha": 3.0}, reuse=["frame"]
    ),
    "sweep": Case(
        _DIAMOND,
        ["frame", "report"],
        parameters=["n_rows"],
        given={"n_rows": 5},
        sweep={"alpha": [0.1, 0.2, 3]},
    ),
}

#: Names that Kubernetes, Kubeflow and the generated code have other uses for, or do not take.
NAMES = Case(
    """
import lineapy
module = 2
task = "read"
größe = 1.5
dsl = [module, größe]
lineapy.save(dsl, 'Größe! "{{x}}" 100%')
Artifacts = {"a": {"{{b}}": None}}
path = {1, 2}
write = {"task": task, "dsl": dsl[0], "Artifacts": Artifacts, "path": path}
lineapy.save(write, "2nd Artifact")
grosse_out = [dsl, dsl]
lineapy.save(grosse_out, "größe")
dataset = grosse_out[0] is grosse_out[1]
lineapy.save(dataset, "task")
IMAGE = [dataset, write]
lineapy.save(IMAGE, "an artifact whose name is much longer than what Kubernetes takes as the name of anything")
""",
    [
        'Größe! "{{x}}" 100%',
        "2nd Artifact",
        "größe",
        "task",
        "an artifact whose name is much longer than what Kubernetes takes as the name of anything",
    ],
    ["module", "task", "größe", "Artifacts", "path"],
    {"module": 3, "task": "{{json}} $$ $(HOME) 'a' \\ \"b\"\n"},
)
#: Two values share an object; who takes both finds that they still do.
SHARED = Case(
    """
import lineapy
rows = [1, 2]
pair = {"rows": rows}
first = [pair["rows"] is rows, "first"]
lineapy.save(first, "first")
second = [pair["rows"] is rows, "second"]
lineapy.save(second, "second")
""",
    ["first", "second"],
)
#: What a sweep tries is of several types.
MIXED = Case(
    """
import lineapy
limit = 2
kept = [n for n in range(5) if limit is None or n < limit]
lineapy.save(kept, "kept")
size = 1
sizes = [size, size * 2]
lineapy.save(sizes, "sizes")
""",
    ["kept", "sizes"],
    sweep={"limit": [1, None], "size": [1, 0.5]},
)

#: A task fails if it is told to, or the first time.
TROUBLE = """
import os
import signal
import lineapy
from pathlib import Path

is_bad = False
is_killed = False
attempts = Path("no attempts are counted")
rows = [1, 2, 3]
lineapy.save(rows, "rows")


def total_of(rows, attempts):
    if is_bad:
        raise ValueError("these rows are bad")
    if attempts.is_absolute():
        with attempts.open("a") as file:
            file.write("tried\\n")
        if attempts.read_text().count("tried") == 1:
            if is_killed:
                os.kill(os.getpid(), signal.SIGKILL)
            raise RuntimeError("the first time, it fails")
    return sum(rows)


total = total_of(rows, attempts)
lineapy.save(total, "total")
"""


def failing() -> Case:
    """A pipeline whose second task fails."""
    return Case(TROUBLE, ["rows", "total"], ["is_bad", "is_killed", "attempts"], {"is_bad": True})


def flaky(attempts: str, *, is_killed: bool = False) -> Case:
    """A pipeline whose second task fails the first time.

    Args:
        attempts: The path of a file that does not exist, by which it counts them.
        is_killed: It does not fail, but its process is killed.
    """
    return Case(
        TROUBLE,
        ["rows", "total"],
        ["is_bad", "is_killed", "attempts"],
        {"attempts": attempts, "is_killed": is_killed},
    )
