"""Whole notebooks: they show the same with LineaPy and without, and slices are sound whatever was run in which order."""

from __future__ import annotations

import base64
import io
import pickle
from pathlib import Path
from typing import Any

import pytest

from tests.notebook.collection import NOTEBOOKS
from tests.notebook.kernels import LOAD, comparable, run, text_of
from tests.notebook.orders import Order, orders, prepare, problems, wrong_alone

pytest.importorskip("matplotlib")
pytest.importorskip("sklearn")

#: How many random orders are tried here; ``python -m tests.notebook.orders`` tries more.
ORDERS = 13


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_same_outputs_and_sound_slices(name: str, tmp_path: Path) -> None:
    notebook = NOTEBOOKS[name]
    plain_folder, folder, alone = (tmp_path / which for which in ("plain", "traced", "alone"))
    for each in (plain_folder, folder, alone):
        each.mkdir()
    plain = run(["pass", *notebook.cells], plain_folder)[1:]
    keep = "import pickle; pickle.dump({name}, open('{name}.pickle', 'wb'))"
    save = "import lineapy; print(lineapy.save({name}, '{name}').get_code(), end='')"
    asked = [text.format(name=saved) for saved in notebook.saves for text in (save, keep)]
    traced = run([LOAD, *notebook.cells, *asked], folder)[1:]
    for cell, before, after in zip(notebook.cells, plain, traced, strict=False):
        assert comparable(_pixels(after)) == comparable(_pixels(before)), cell
    codes = [text_of(output) for output in traced[len(notebook.cells) :: 2]]
    for saved, code in zip(notebook.saves, codes, strict=True):
        value = (folder / f"{saved}.pickle").read_bytes()
        assert pickle.loads(value) is not None
        assert wrong_alone(alone, saved, value, code) == []


@pytest.fixture(scope="module")
def _libraries() -> None:
    prepare()


@pytest.mark.usefixtures("_libraries")
@pytest.mark.parametrize("order", list(orders(ORDERS, seed=5)), ids=lambda order: order.notebook.name)
def test_any_order(order: Order) -> None:
    _, found = problems(order)
    assert found == [], order.cells


def _pixels(value: Any) -> Any:
    """Outputs in which an image is what it shows: how it is compressed does not count."""
    if isinstance(value, list):
        return [_pixels(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _image(item) if key == "image/png" else _pixels(item) for key, item in value.items()}


def _image(data: str) -> Any:
    from matplotlib.image import imread

    return imread(io.BytesIO(base64.b64decode(data))).tolist()
