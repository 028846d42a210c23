"""Run cells in a real kernel, as JupyterLab, nbconvert and papermill do."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from lineapy.cli.kernel import kernel_manager

LOAD = "%load_ext lineapy"


def run(cells: Sequence[str], folder: Path) -> list[list[dict[str, Any]]]:
    """The outputs of each cell, in a fresh kernel that stands in a folder. Cells that fail do not stop it."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    with tempfile.TemporaryDirectory() as connection:
        client = NotebookClient(
            notebook,
            km=kernel_manager(Path(connection)),
            allow_errors=True,
            timeout=120,
            resources={"metadata": {"path": str(folder)}},
        )
        client.execute()
    return [list(cell.outputs) for cell in notebook.cells]


def text_of(outputs: Sequence[dict[str, Any]]) -> str:
    """What a cell wrote to standard output, and the text of the value that it shows."""
    found = []
    for output in outputs:
        if output["output_type"] == "stream" and output["name"] == "stdout":
            found.append(output["text"])
        elif output["output_type"] in ("execute_result", "display_data"):
            found.append(output["data"].get("text/plain", ""))
    return "".join(found)


def comparable(outputs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outputs without what differs between any two runs: addresses, times, and the files of cells."""
    joined: list[dict[str, Any]] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]  # in how many pieces it arrives is chance, too
        else:
            joined.append(dict(output))
    return [_without_chance(output) for output in joined]


_CHANCE = re.compile(
    r"0x[0-9a-f]+|ipykernel_\d+|\d+\.py|[\d.]+(?:e[+-]\d+)? ?(?:ns|µs|μs|us|ms|s)\b|\(mean .*?\)|each\)|pid=\d+|line \d+ in <cell"
)


def _without_chance(value: Any) -> Any:
    if isinstance(value, str):
        return _CHANCE.sub("…", value)
    if isinstance(value, dict):
        return {key: _without_chance(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_chance(item) for item in value]
    return value
