"""The notebooks in ``notebooks/``: Python files in which ``# %%`` begins a cell, as Jupytext and VS Code read them.

The first line names the variables that are saved when the cells have run.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).with_name("notebooks")
_BEGINNING = "# saves:"


@dataclass(frozen=True)
class Notebook:
    """A notebook: its name, its cells, and the variables that are saved."""

    name: str
    cells: tuple[str, ...]
    saves: tuple[str, ...]


def _read(path: Path) -> Notebook:
    first, *cells = path.read_text(encoding="utf-8").split("# %%\n")
    if not first.startswith(_BEGINNING):
        raise ValueError(f"{path.name} does not begin with {_BEGINNING!r}")
    return Notebook(path.stem, tuple(cell.strip("\n") for cell in cells), tuple(first[9:].split()))


NOTEBOOKS = {path.stem: _read(path) for path in sorted(_FOLDER.glob("*.py"))}
