"""The benchmarks run and write a table. How long anything takes is none of the tests' business."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The command's module, with as few repetitions as it can make."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    module = importlib.import_module("run")
    monkeypatch.setattr(module, "SECONDS_PER_FIGURE", 0.0)
    yield module
    for name in set(sys.modules) - before:
        if str(BENCHMARKS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def rows_of(run: Any, figures: Any) -> list[list[str]]:
    """The rows of a table as it is written, each with as many cells as there are columns."""
    lines = run.section(figures.title, figures.text, figures.columns, figures.rows).splitlines()
    table = [line.strip("|").split(" | ") for line in lines if line.startswith("|")]
    assert {len(row) for row in table} == {len(figures.columns)}
    return [[cell.strip() for cell in row] for row in table[2:]]


def test_the_smallest_workloads_run_and_make_a_table_with_aims(run: Any) -> None:
    workloads = importlib.import_module("workloads")
    chosen = [workloads.assignments(20), workloads.notebook(3), workloads.workload_named("recursion")]
    figures = run.measure_tracing([chosen[2]])
    assert [row[0] for row in rows_of(run, figures)] == ["recursion"]
    assert figures.ratios.keys() == {"recursion"}
    assert all(run.trace_cost(workload).statements > 10 for workload in chosen[:2])


def test_a_workload_without_its_package_is_a_row_that_says_so(run: Any) -> None:
    workload = importlib.import_module("workloads").Workload(
        "w", "s", "x = 1", "x", needs=("no_such_package",)
    )
    assert rows_of(run, run.measure_tracing([workload]))[0][:2] == ["w", "not installed"]


def test_slicing_is_measured_for_a_slice_of_everything_and_one_of_ten_lines(run: Any) -> None:
    rows = rows_of(run, run.measure_slicing((19, 61)))
    assert [row[:2] for row in rows] == [["19", "19"], ["19", "10"], ["61", "61"], ["61", "10"]]


def test_every_workload_is_a_program_that_binds_its_target(run: Any) -> None:
    workloads = importlib.import_module("workloads").WORKLOADS
    assert len({workload.name for workload in workloads}) == len(workloads)
    for workload in workloads:
        assert workload.section in run.SECTIONS
        assert workload.target in workload.source
        for cell in workload.cells:
            compile(cell, workload.name, "exec")
