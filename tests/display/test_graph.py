"""The graph of a session, in a notebook and as a file."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lineapy
from lineapy.api import _drawing
from lineapy.display.drawing import Arrow, Drawing, Node
from lineapy.display.show import write
from lineapy.errors import DisplayError, MissingExtraError, NotTracedError
from lineapy.session import Session
from tests.api.support import artifacts, run_python, trace
from tests.display.pages import read

PROGRAM = """\
import lineapy
import os
limits = [1, 2]
other = os.sep + "<b>&amp;</b>"
for limit in (3, 4):
    if limit > 3:
        limits.append(limit)
total = sum(limits)
lineapy.save(total, "the total")
print(other)
"""


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def drawn(text: str) -> Drawing:
    session = trace(text)
    try:
        return _drawing(session)
    finally:
        session.store.close()


def links(
    drawing: Drawing, kinds: Collection[str] = ("reads", "changes", "controls")
) -> set[tuple[str, str | None, str]]:
    """The arrows, by the first lines of their ends."""
    return {
        (drawing.nodes[arrow.start].lines[0], arrow.name, drawing.nodes[arrow.end].lines[0])
        for arrow in drawing.arrows
        if arrow.kind in kinds
    }


class TestWhatIsDrawn:
    def test_statements_variables_and_artifacts(self) -> None:
        drawing = drawn(PROGRAM)

        assert {("total = sum(limits)", "total", "the total")} == {
            link for link in links(drawing) if link[2] == "the total"
        }
        assert links(drawing, ["changes"]) == {("limits = [1, 2]", "limits", "limits.append(limit)")}
        assert links(drawing, ["controls"]) == {
            ("for limit in (3, 4):", None, "if limit > 3:"),
            ("if limit > 3:", None, "limits.append(limit)"),
        }
        assert ("import os", "os", 'other = os.sep + "<b>&amp;</b>"') in links(drawing, ["reads"])

    def test_an_artifact_stands_for_the_statement_that_saved_it(self) -> None:
        said = [node.lines[0] for node in drawn(PROGRAM).nodes]

        assert "the total" in said
        assert not [line for line in said if "lineapy" in line]

    def test_only_what_ran(self) -> None:
        said = [node.lines[0] for node in drawn("a = 1\nif a > 1:\n    b = 2\n").nodes]

        assert said == ["a = 1", "if a > 1:"]

    def test_cells_are_told_apart(self) -> None:
        session = Session.in_memory()
        session.run("a = 1")
        session.run("\nb = a")

        assert [node.where for node in _drawing(session).nodes] == ["cell 1, line 1", "cell 2, line 2"]

    def test_long_statements_are_cut_and_told_in_full_on_pointing(self) -> None:
        text = "x = [\n" + "".join(f"    {number},\n" for number in range(50)) + "]"
        node = drawn(text).nodes[0]

        assert (node.lines, node.full) == (("x = [", "    0,", "    1, …"), text)

    def test_statements_on_one_line(self) -> None:
        assert [node.lines for node in drawn("a = 'ü'; b = a; c = 3\n").nodes] == [
            ("a = 'ü'",), ("b = a",), ("c = 3",),
        ]  # fmt: skip

    def test_of_a_very_long_session_the_end(self) -> None:
        drawing = drawn("".join(f"x{number} = {number}\n" for number in range(700)))

        assert len(drawing.nodes) == 600
        assert drawing.nodes[-1].lines == ("x699 = 699",)
        assert drawing.remark == "100 earlier statements left out"

    def test_of_very_many_artifacts_the_last(self) -> None:
        drawing = drawn("import lineapy\nfor n in range(62):\n    lineapy.save(n, f'number {n}')\n")

        assert [node.lines for node in drawing.nodes][-2:] == [("number 60",), ("number 61",)]
        assert drawing.remark == "2 earlier artifacts left out"

    def test_of_a_long_session_only_the_slice_of_an_artifact(self) -> None:
        trace("import lineapy\nx = [1]\n" + "y = x\n" * 700 + "lineapy.save(x, 'x')\n")

        artifacts()["x", 0].visualize("x.html")

        page = read(Path("x.html").read_text())
        assert len(page.all("g", class_="l-node")) == 2
        assert "that it does not need left out" in page.text

    def test_an_artifact_shows_its_slice(self) -> None:
        trace(PROGRAM)
        path = Path("graph.html").resolve()

        artifacts()["the total", 0].visualize(path)

        page = read(path.read_text())
        faded = {
            node.all("title")[0].text
            for node in page.all("g", class_="l-faded")
            if "l-node" in node.attributes["class"]
        }
        assert faded == {"line 2: import os", 'line 4: other = os.sep + "<b>&amp;</b>"'}
        (artifact,) = page.all("g", class_="l-artifact")
        needed = {
            page.all("g", data_n=number)[0].all("title")[0].text
            for number in artifact.attributes["data-needs"].split()
        }
        assert {re.sub("^line [0-9]+: ", "", text) for text in needed} == {
            "limits = [1, 2]", "for limit in (3, 4):", "if limit > 3:", "limits.append(limit)", "total = sum(limits)",
        }  # fmt: skip

    def test_nothing_is_no_trouble(self) -> None:
        read(_drawing(Session.in_memory()).html())

    def test_drawing_is_no_part_of_a_slice(self, tmp_path: Path) -> None:
        trace(
            "import lineapy\na = [1]\nlineapy.visualize('a.svg')\nlineapy.save(a, 'a').visualize('b.svg')\nlineapy.save(a, 'b')\n"
        )

        assert artifacts()["b", 0].get_code() == "a = [1]\n"
        assert Path("a.svg").is_file()
        assert Path("b.svg").is_file()


class TestForms:
    def test_html_is_well_formed_and_needs_nothing_from_elsewhere(self) -> None:
        page = read(drawn(PROGRAM).html())

        svg = page.all("div", class_="l-canvas")[0].all("svg")[0]
        assert len(svg.all("g", class_="l-node")) == 9
        assert "<b>&amp;</b>" in "".join(text.text for text in svg.all("text"))
        assert len(page.all("script")) == 1

    def test_svg_stands_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "graph.svg"

        write(drawn(PROGRAM + "odd = '\\x0b 漢字 \U0001d11e'\n"), path)

        root = ElementTree.parse(path).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "var(" not in path.read_text()
        texts = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
        assert 'other = os.sep + "<b>&amp;</b>"' in texts
        assert {"limits", "total", "the total"} <= set(texts)

    @pytest.mark.parametrize("ending, start", [("png", b"\x89PNG"), ("pdf", b"%PDF-1.")])
    def test_png_and_pdf(
        self, ending: str, start: bytes, tmp_path: Path, recwarn: pytest.WarningsRecorder
    ) -> None:
        pytest.importorskip("matplotlib")
        path = tmp_path / f"graph.{ending}"

        write(drawn(PROGRAM + "price = '$a$ and $b'\n"), path)

        assert path.read_bytes().startswith(start)
        assert [str(warning.message) for warning in recwarn] == []

    def test_png_without_matplotlib_names_the_extra(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

        with pytest.raises(MissingExtraError, match=r"pip install lineapy\[graph\]"):
            write(drawn("a = 1"), tmp_path / "graph.png")

    @pytest.mark.parametrize("name", ["graph", "graph.jpeg"])
    def test_other_endings_are_refused(self, name: str, tmp_path: Path) -> None:
        with pytest.raises(DisplayError, match=r"has to be one of \.svg, \.html, \.png and \.pdf"):
            write(drawn("a = 1"), tmp_path / name)


TEXTS = st.text("ab<&>\"'\n\t\x00\x1b\ud800é漢 #f{}()[]=0", max_size=20)


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    number = draw(st.integers(1, 12))
    ends = draw(st.lists(st.tuples(*[st.integers(0, number - 1)] * 2), max_size=25))
    nodes = [
        Node(
            draw(st.sampled_from(["statement", "artifact"])),
            tuple(draw(st.lists(TEXTS, min_size=1, max_size=3))),
            draw(TEXTS),
            draw(TEXTS),
            ("a", "<b>"),
        )
        for _ in range(number)
    ]
    arrows = [
        Arrow(start, draw(st.sampled_from(["a", "<b>", None])), end, draw(st.booleans()))
        for start, end in ends
        if start != end
    ]
    return Drawing(
        draw(TEXTS), nodes, arrows, draw(st.none() | st.frozensets(st.integers(0, number - 1))), draw(TEXTS)
    )


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(drawings())
def test_any_graph_with_any_texts_is_a_well_formed_picture(drawing: Drawing) -> None:
    read(drawing.html().encode(errors="strict").decode())
    ElementTree.fromstring(drawing.svg().encode())
    _, lines, width, height = drawing.placed
    assert all(-1 <= x <= width + 1 and -30 <= y <= height + 30 for line in lines for x, y in line.points)


class TestWhere:
    def test_without_a_traced_program_there_is_nothing_to_draw(self) -> None:
        with pytest.raises(NotTracedError, match="is not"):
            lineapy.visualize()

    def test_outside_a_notebook_a_path_is_needed(self, tmp_path: Path) -> None:
        script = tmp_path / "script.py"
        script.write_text("import lineapy\nlineapy.visualize()\n")

        done = run_python("-m", "lineapy", "python", script, cwd=tmp_path)

        assert done.returncode == 1
        assert (
            "DisplayError: A graph is shown in notebooks, and this program is none. Give a path"
            in done.stderr
        )

    def test_matplotlib_s_state_stays_as_it_is(self, tmp_path: Path) -> None:
        pytest.importorskip("matplotlib")
        script = tmp_path / "script.py"
        script.write_text(
            "import lineapy, sys\na = 1\nlineapy.visualize('graph.png')\n"
            "print('matplotlib.pyplot' in sys.modules)\n"
        )

        done = run_python("-m", "lineapy", "python", script, cwd=tmp_path)

        assert (done.stdout, done.stderr) == ("False\n", "")


def test_live_is_drawn_anew_after_each_cell(tmp_path: Path) -> None:
    pytest.importorskip("ipykernel")
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    cells = [
        "%load_ext lineapy\nimport lineapy",
        "lineapy.visualize(live=True)",
        "first = 1",
        "second = first",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])

    nbclient.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()

    outputs = [output for cell in notebook.cells for output in cell.outputs]
    shown = [output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    assert len(shown) == 1
    said = [node.all("title")[0].text for node in read(shown[0]).all("g", class_="l-node")]
    assert said[-2:] == ["cell 3, line 1: first = 1", "cell 4, line 1: second = first"]
