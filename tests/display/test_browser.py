"""JupyterLab in a real browser: what a notebook shows can be seen, read on dark pages, sorted and clicked on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.display.browser import SCREENSHOTS, browser, command, jupyter_lab, open_notebook

CELLS = [
    "%load_ext lineapy\nimport lineapy\nimport pandas as pd\nimport matplotlib.pyplot as plt",
    "flowers = pd.DataFrame({'kind': ['a', 'b'] * 4, 'length': range(8)})\nfactor = 3",
    "lineapy.save(flowers, 'flowers', notes='as measured', tags=['production'])",
    (
        "flowers['area'] = flowers.length * factor\nunused = flowers.describe()\nfigure, axes = plt.subplots(figsize=(5, 2))\n"
        "axes.plot(flowers.area)\nplt.close()"
    ),
    "lineapy.save(figure, 'areas')",
    (
        "for tries in range(10):\n    total = sum(flowers.area[:tries])\n    if tries > 7:\n        _ = lineapy.save(total, 'total')"
    ),
    "lineapy.artifact_store()",
    "lineapy.options",
    "lineapy.visualize()",
    "lineapy.get('total').visualize()",
]
CARD, TABLE, GRAPH = ".lineapy-card", "table.lineapy-list", ".lineapy-graph"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab(chromium: Any, folder: Path) -> Iterator[Any]:
    """A page of JupyterLab with the notebook, all of whose cells were run by its own command."""
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    with jupyter_lab(folder) as address:
        nbformat.write(notebook, folder / "work" / "notebook.ipynb")
        page = chromium.new_page(viewport={"width": 1300, "height": 1000}, device_scale_factor=2)
        open_notebook(page, address, "notebook.ipynb")
        command(page, "notebook:run-all-cells")
        page.wait_for_function(
            f"document.querySelectorAll('{GRAPH}[data-ready]').length === 2", timeout=60_000
        )
        command(page, "docmanager:save")
        yield page
        page.close()


@pytest.fixture(scope="module")
def exported(lab: Any, chromium: Any, folder: Path) -> Iterator[Any]:
    """The notebook exported to HTML by nbconvert, opened from the file."""
    pytest.importorskip("nbconvert")
    work = folder / "work"
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", "notebook.ipynb"],
        cwd=work,
        check=True,
        capture_output=True,
    )
    page = chromium.new_page(viewport={"width": 1300, "height": 1000})
    page.goto((work / "notebook.html").as_uri(), wait_until="domcontentloaded")
    yield page
    page.close()


@pytest.fixture(params=["in JupyterLab", "exported"])
def page(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("lab" if request.param == "in JupyterLab" else "exported")


def shoot(locator: Any, name: str) -> None:
    locator.scroll_into_view_if_needed()
    locator.screenshot(path=SCREENSHOTS / f"{name}.png")


def contrasts(page: Any, selector: str) -> dict[str, float]:
    """How much each text below stands out, as WCAG has it: the brighter of text and ground over the darker one."""
    found: dict[str, float] = page.evaluate(_CONTRASTS, selector)
    return found


_CONTRASTS = """selector => {
  const parts = text => text.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => { const l = c => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
    return .2126 * l(r) + .7152 * l(g) + .0722 * l(b); };
  const ground = element => { for (; element; element = element.parentElement) {
      const of = element.tagName === 'g' ? getComputedStyle(element.querySelector('rect')).fill
        : getComputedStyle(element).backgroundColor;
      if (of !== 'none' && (parts(of)[3] ?? 1) > 0) return parts(of); }
    return [255, 255, 255]; };
  const found = {};
  for (const root of document.querySelectorAll(selector))
    for (const element of root.querySelectorAll('*')) {
      if (element.closest('style, script, title') || !['STYLE', 'SCRIPT'].every(n => n !== element.tagName)) continue;
      if (![...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
      const style = getComputedStyle(element);
      if (style.visibility === 'hidden' || element.closest('.l-faded')) continue;
      const text = light(parts(element.ownerSVGElement ? style.fill : style.color)), back = light(ground(element));
      found[element.textContent.trim().slice(0, 40)] =
        (Math.max(text, back) + .05) / (Math.min(text, back) + .05);
    }
  return found;
}"""


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_everything_can_be_read_on_light_and_dark_pages(lab: Any, theme: str) -> None:
    command(lab, "apputils:change-theme", theme=f"JupyterLab {theme}")
    lab.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")

    found = contrasts(lab, ".lineapy")
    shoot(lab.locator(CARD).first, f"card-of-a-frame-{theme.lower()}")
    shoot(lab.locator(CARD).nth(1), f"card-of-a-figure-{theme.lower()}")
    shoot(lab.locator(TABLE).first, f"store-{theme.lower()}")
    shoot(lab.locator(TABLE).nth(1), f"options-{theme.lower()}")
    lab.locator(GRAPH).first.get_by_title("fit").click()
    shoot(lab.locator(GRAPH).first, f"session-{theme.lower()}")
    shoot(lab.locator(GRAPH).nth(1), f"slice-{theme.lower()}")
    lab.screenshot(path=SCREENSHOTS / f"notebook-{theme.lower()}.png")

    assert len(found) > 50
    assert {text: ratio for text, ratio in found.items() if ratio < 4.5} == {}
    grounds = lab.evaluate(
        "[...document.querySelectorAll('.lineapy')].map(e => getComputedStyle(e).backgroundColor)"
    )
    assert set(grounds) == {"rgb(255, 255, 255)" if theme == "Light" else "rgb(24, 27, 32)"}


def test_cards_show_value_code_and_tags(page: Any) -> None:
    frame, figure = page.locator(CARD).all()

    assert frame.locator(".l-name").inner_text() == "flowers"
    assert frame.locator(".l-chip").all_inner_texts() == ["production"]
    assert "8 rows × 2 columns" in frame.inner_text()
    assert "flowers = pd.DataFrame" in frame.locator("pre").inner_text()
    assert figure.locator("img").evaluate("image => image.complete && [image.naturalWidth, image.width]") == [
        720,
        360,
    ]
    where = frame.locator("table td code").last
    assert where.evaluate("code => getComputedStyle(code).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert where.locator("..").evaluate("cell => getComputedStyle(cell).textAlign") == "left"
    assert [card.evaluate("card => card.scrollWidth <= card.clientWidth") for card in (frame, figure)] == [
        True,
        True,
    ]


def test_a_click_on_a_head_sorts_the_store(page: Any) -> None:
    table = page.locator(TABLE).first
    sizes = table.locator("tbody td:nth-child(4)")
    before = sizes.all_inner_texts()

    table.locator("th", has_text="size").click()
    up = [float(key) for key in sizes.evaluate_all("cells => cells.map(cell => cell.dataset.k)")]
    table.locator("th", has_text="size").click()
    down = [float(key) for key in sizes.evaluate_all("cells => cells.map(cell => cell.dataset.k)")]
    table.locator("th", has_text="created").click()

    assert up == sorted(up)
    assert down == up[::-1]
    assert len({*before}) > 1


class TestGraph:
    def test_the_artifact_that_it_is_about_is_in_sight(self, page: Any) -> None:
        graph = page.locator(GRAPH).nth(1)

        graph.scroll_into_view_if_needed()
        page.wait_for_function("graph => graph.dataset.ready === '2'", arg=graph.element_handle())
        around = graph.locator(".l-canvas").bounding_box()
        box = graph.locator(".l-artifact").bounding_box()

        assert around["x"] <= box["x"]
        assert box["x"] + box["width"] <= around["x"] + around["width"]

    def test_a_click_on_an_artifact_brings_out_its_slice(self, page: Any) -> None:
        graph = page.locator(GRAPH).first
        artifact = graph.locator(".l-artifact", has_text="flowers")

        artifact.click()
        on = {text.split("\n")[0] for text in graph.locator(".l-statement.l-on > title").all_text_contents()}
        if page.url.startswith("http"):
            shoot(graph, "session-with-a-slice-brought-out")
        artifact.click()

        assert {text.partition(": ")[2] for text in on} == {
            "import pandas as pd",
            "flowers = pd.DataFrame({'kind': ['a', 'b'] * 4, 'length': range(8)})",
        }
        assert graph.locator(".l-on").count() == 0

    def test_a_click_on_a_statement_brings_out_what_it_goes_back_to(self, page: Any) -> None:
        graph = page.locator(GRAPH).first

        graph.locator(".l-statement", has_text="flowers['area'] =").click()
        on = graph.locator(".l-statement.l-on > title").all_text_contents()
        page.keyboard.press("Escape")

        assert sorted(text.partition(": ")[2] for text in on) == [
            "factor = 3",
            "flowers = pd.DataFrame({'kind': ['a', 'b'] * 4, 'length': range(8)})",
            "flowers['area'] = flowers.length * factor",
            "import pandas as pd",
        ]
        assert graph.locator(".l-on").count() == 0

    def test_it_is_enlarged_and_dragged(self, page: Any) -> None:
        graph = page.locator(GRAPH).first
        canvas, svg = graph.locator(".l-canvas"), graph.locator(".l-canvas svg")
        fits = svg.bounding_box()["width"]

        for _ in range(5):
            graph.get_by_title("larger").click()
        large = svg.bounding_box()["width"]
        canvas.evaluate("canvas => { canvas.scrollLeft = canvas.scrollTop = 0 }")
        box = canvas.bounding_box()
        page.mouse.move(box["x"] + 300, box["y"] + 200)
        page.mouse.down()
        page.mouse.move(box["x"] + 150, box["y"] + 150, steps=5)
        page.mouse.up()
        scrolled = canvas.evaluate("canvas => [canvas.scrollLeft, canvas.scrollTop]")
        graph.get_by_title("fit").click()

        assert large > 2 * fits
        assert scrolled == [150, 50]
        assert svg.bounding_box()["width"] <= canvas.bounding_box()["width"]

    def test_texts_keep_within_their_boxes(self, page: Any) -> None:
        outside = page.locator(GRAPH).first.evaluate(
            """graph => [...graph.querySelectorAll('.l-node')].flatMap(node => {
              const box = node.querySelector('rect').getBBox();
              return [...node.querySelectorAll('text')].filter(text => { const at = text.getBBox();
                return at.x < box.x || at.x + at.width > box.x + box.width + 1
                  || at.y < box.y - 1 || at.y + at.height > box.y + box.height + 2; }).map(text => text.textContent) })"""
        )

        assert outside == []


def test_without_scripts_all_can_be_read(exported: Any, chromium: Any, folder: Path) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto((folder / "work" / "notebook.html").as_uri(), wait_until="domcontentloaded")

    assert page.locator(CARD).first.is_visible()
    assert page.locator(f"{GRAPH} .l-artifact").first.is_visible()
    assert not page.locator(".l-hint").first.is_visible()
