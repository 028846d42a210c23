"""A new user's path: LineaPy and JupyterLab in a fresh environment, the tutorial opened in a browser, all cells run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.display.browser import SCREENSHOTS, browser, command, jupyter_lab, open_notebook

_ROOT = Path(__file__).parents[2]
TUTORIAL = _ROOT / "docs" / "tutorials" / "quick-start.ipynb"
#: What the first cell of the tutorial asks the reader to install.
INSTALLED = ("lineapy", "jupyterlab", "pandas", "matplotlib", "scikit-learn")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The interpreter of a new environment, with the wheel that is built of this tree, and what it asks for."""
    folder = tmp_path_factory.mktemp("fresh")
    uv = [sys.executable, "-m", "uv"]
    _run([*uv, "build", "-q", "--wheel", "--out-dir", str(folder), str(_ROOT)])
    (wheel,) = folder.glob("lineapy-*.whl")
    _run([*uv, "venv", "-q", "--python", sys.executable, str(folder / "environment")])
    interpreter = str(folder / "environment" / "bin" / "python")
    _run([*uv, "pip", "install", "-q", "--python", interpreter, str(wheel), *INSTALLED[1:]])
    return interpreter


def _run(words: list[str]) -> None:
    done = subprocess.run(words, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def lab(python: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The tutorial in JupyterLab, after "Run All Cells"."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    folder = tmp_path_factory.mktemp("user")
    (folder / "work").mkdir()
    (folder / "work" / TUTORIAL.name).write_bytes(TUTORIAL.read_bytes())
    with browser() as chromium, jupyter_lab(folder, python) as address:
        page = chromium.new_page(viewport={"width": 1200, "height": 800}, device_scale_factor=2)
        open_notebook(page, address, TUTORIAL.name)
        page.screenshot(path=SCREENSHOTS / "tutorial-opened.png")
        command(page, "notebook:run-all-cells")
        page.wait_for_function("document.querySelectorAll('.lineapy-graph[data-ready]').length === 1")
        yield page


def outputs(page: Any) -> list[list[dict[str, Any]]]:
    """The outputs of each code cell, as JupyterLab has them."""
    text = page.evaluate(
        "JSON.stringify(window.jupyterapp.shell.currentWidget.content.model.toJSON().cells"
        ".filter(cell => cell.cell_type === 'code').map(cell => cell.outputs))"
    )
    found: list[list[dict[str, Any]]] = json.loads(text)
    return found


def text_behind(page: Any, source: str) -> str:
    """What was printed by the cell that holds a text."""
    sources = page.evaluate(
        "window.jupyterapp.shell.currentWidget.content.model.toJSON().cells"
        ".filter(cell => cell.cell_type === 'code').map(cell => cell.source)"
    )
    (at,) = (number for number, text in enumerate(sources) if source in text)
    return "".join("".join(output.get("text", "")) for output in outputs(page)[at])


def test_the_tutorial_says_what_to_install() -> None:
    first = json.loads(TUTORIAL.read_text())["cells"][0]["source"]

    assert f"pip install {' '.join(INSTALLED)}" in "".join(first)


def test_no_cell_fails_or_warns(lab: Any) -> None:
    kinds = {
        (output["output_type"], output.get("name"))
        for outputs_of_cell in outputs(lab)
        for output in outputs_of_cell
    }

    assert ("error", None) not in kinds
    assert ("stream", "stderr") not in kinds


def test_the_code_of_the_model_is_clean_and_makes_it_alone(lab: Any, python: str, tmp_path: Path) -> None:
    code = text_behind(lab, "get_code()")

    assert "petal_area" in code
    for unneeded in ("plt", "describe", "sepal", "print", "%load_ext", "lineapy"):
        assert unneeded not in code
    check = "print(model.score(flowers[features], flowers['target']))"
    done = subprocess.run(
        [python, "-c", f"{code}\n{check}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == text_behind(lab, "C=strength").removeprefix("accuracy: ").strip(), (
        done.stderr
    )


def test_the_pipeline_runs(lab: Any) -> None:
    assert (
        text_behind(lab, "--strength 0.1").strip()
        == "{'iris_model': LogisticRegression(C=0.1, max_iter=500)}"
    )


def test_it_can_be_seen(lab: Any) -> None:
    """The screenshots are those of ``docs/tutorials/quick-start.md``."""
    card, graph = lab.locator(".lineapy-card").first, lab.locator(".lineapy-graph").first
    table = lab.locator("table.lineapy-list").last
    command(lab, "application:toggle-left-area")
    card.scroll_into_view_if_needed()
    lab.screenshot(path=SCREENSHOTS / "tutorial-card.png")
    graph.locator(".l-artifact", has_text="iris_model").click()
    graph.get_by_title("fit").click()
    graph.screenshot(path=SCREENSHOTS / "tutorial-graph.png")
    on = graph.locator(".l-statement.l-on > title").all_text_contents()
    table.scroll_into_view_if_needed()
    lab.screenshot(path=SCREENSHOTS / "tutorial-end.png")

    assert "iris_model" in card.inner_text()
    assert "Reads" not in card.inner_text()
    assert any("petal_area" in text for text in on)
    assert not any("plt" in text for text in on)
    assert {"iris_model", "petals"} <= set(table.locator("tbody td:first-child").all_inner_texts())
