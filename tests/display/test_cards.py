"""What a notebook shows of artifacts, the store, options and pipelines."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import lineapy
from lineapy.api import store_of_session
from lineapy.errors import ValueMissingError
from tests.api.support import artifacts, run_python, trace, value_files
from tests.display.pages import read

NASTY = "<script>alert(1)</script> & \"quoted\" 'text'"


@pytest.fixture
def artifact() -> lineapy.LineaArtifact:
    trace(
        "import lineapy\n"
        "limits = [1, 2]\n"
        "unused = 3\n"
        "lineapy.save(limits, 'limits', notes='of the <sensor>', tags=['production', 'v1.0'])\n"
    )
    return artifacts()["limits", 0]


class TestCard:
    def test_says_what_the_artifact_is(self, artifact: lineapy.LineaArtifact) -> None:
        page = read(artifact._repr_html_())

        assert page.all("span", class_="l-name")[0].text == "limits"
        assert page.all("span", class_="l-dim")[0].text == "version 0 · array · 5 B"
        assert [chip.text for chip in page.all("span", class_="l-chip")] == ["production", "v1.0"]
        assert page.all("div", class_="l-notes")[0].text == "of the <sensor>"
        value, code = page.all("pre")
        assert value.text == "[1, 2]"
        assert code.text == artifact.get_code() == "limits = [1, 2]\n"
        assert [row[0] for row in page.all("table")[0].rows()] == ["Stored in"]

    def test_shows_the_stored_value_not_one_that_was_changed_since(
        self, artifact: lineapy.LineaArtifact
    ) -> None:
        artifact.get_value().append(4)

        assert "[1, 2]" in read(artifact._repr_html_()).text

    def test_names_files(self, tmp_path: Path) -> None:
        source, target = tmp_path / "in & out.txt", tmp_path / "b.txt"
        source.write_text("1")
        trace(
            f"import lineapy\ntext = open({str(source)!r}).read()\nopen({str(target)!r}, 'w').write(text)\n"
            f"back = open({str(target)!r}).read()\nlineapy.save(back, 'back')\n"
        )

        rows = read(artifacts()["back", 0]._repr_html_()).all("table")[0].rows()

        assert rows[:2] == [["Reads", str(source)], ["Writes", str(target)]]

    def test_is_text_in_a_terminal_and_one_line_in_a_list(self, artifact: lineapy.LineaArtifact) -> None:
        pretty = pytest.importorskip("IPython.lib.pretty").pretty

        assert pretty(artifact).splitlines()[0] == "limits  (version 0, array, 5 B)"
        assert "    [1, 2]" in pretty(artifact).splitlines()
        assert pretty([artifact]) == f"[{artifact!r}]"
        assert "\n" not in repr(artifact)

    def test_trusts_no_text(self) -> None:
        trace(f"import lineapy\nx = {NASTY!r}\nlineapy.save(x, {NASTY!r}, notes={NASTY!r})\n")

        page = read(artifacts()[NASTY, 0]._repr_html_())

        assert not page.all("script")
        assert page.text.count(NASTY) >= 3

    def test_of_half_characters_is_a_text_that_can_be_sent(self) -> None:
        trace("import lineapy\nx = '\\ud800'\nlineapy.save(x, 'half')\n")

        assert artifacts()["half", 0]._repr_html_().encode()

    def test_sends_no_commands_to_a_terminal(self) -> None:
        trace("import lineapy\nx = 'a\\x1b[31mb'\nlineapy.save(x, 'red\\x1b[31m')\n")

        assert "\x1b" not in artifacts()["red\x1b[31m", 0]._card.text()

    def test_says_that_a_value_is_gone(self, artifact: lineapy.LineaArtifact, tmp_path: Path) -> None:
        for path in value_files(Path(store_of_session().config.artifact_storage_dir)):
            path.unlink()

        page = read(artifact._repr_html_())

        assert ValueMissingError.__name__ in page.all("div", class_="l-warn")[0].text
        assert page.all("pre")[0].text == "limits = [1, 2]\n"

    def test_loads_nothing_large(
        self, artifact: lineapy.LineaArtifact, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("lineapy.artifacts._GLANCE", 4)

        assert "large, and not loaded to be shown; get_value() loads it" in artifact._repr_html_()

    def test_loads_nothing_of_another_user_that_could_run_code(self, monkeypatch: pytest.MonkeyPatch) -> None:
        trace("import lineapy\nlineapy.save({1, 2}, 'pickled')\nlineapy.save([1, 2], 'plain')\n")
        monkeypatch.setattr("lineapy.session.user_name", lambda: "somebody else")

        assert "code of another user" in artifacts()["pickled", 0]._repr_html_()
        assert "[1, 2]" in artifacts()["plain", 0]._repr_html_()

    def test_of_a_figure_leaves_pyplot_as_it_was(self, tmp_path: Path) -> None:
        pytest.importorskip("matplotlib")
        script = tmp_path / "script.py"
        script.write_text(
            "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt\nimport lineapy\n"
            "for n in (1, 2):\n    plt.figure(n)\nplt.figure(1)\nplt.plot([1, 2])\n"
            "artifact = lineapy.save(plt.gcf(), 'figure')\nhtml = artifact._repr_html_()\n"
            "print('data:image/png;base64,' in html, plt.get_fignums(), plt.gcf().number)\n"
        )

        done = run_python("-m", "lineapy", "python", script, cwd=tmp_path)

        assert (done.stdout, done.stderr) == ("True [1, 2] 1\n", "")


class TestStore:
    def test_is_a_table_that_sorts_numbers_as_numbers(self) -> None:
        trace("import lineapy\nfor n in (1, 1000):\n    lineapy.save('x' * n, 'text <b>')\n")

        table = read(lineapy.artifact_store()._repr_html_()).all("table")[0]

        assert [row[:4] for row in table.rows()] == [
            ["artifact", "version", "kind", "size"],
            ["text <b>", "0", "array", "3 B"],
            ["text <b>", "1", "array", "1.0 kB"],
        ]
        assert [cell.attributes["data-k"] for cell in table.all("td") if "data-k" in cell.attributes] == [
            "0", "3", "1", "1002",
        ]  # fmt: skip

    def test_says_how_to_begin_when_it_is_empty(self) -> None:
        page = read(lineapy.artifact_store()._repr_html_())

        assert page.text == "no artifacts yet; make one with lineapy.save(value, name)"


def test_options_are_a_table() -> None:
    rows = read(lineapy.options._repr_html_()).all("table")[0].rows()

    assert rows[0] == ["option", "value", "comes from"]
    assert ["tracing_budget", "0.1", "default"] in rows


def test_a_pipeline_is_a_card_with_its_module() -> None:
    trace(
        "import lineapy\na = 2\nlineapy.save(a, 'first')\nb = a + 1\nlineapy.save(b, 'second')\n",
    )
    pipeline = lineapy.create_pipeline(["first", "second"], "both", {"second": {"first"}}).save(["a"])

    page = read(pipeline._repr_html_())

    assert page.all("table")[0].rows() == [
        ["artifact", "version", "kind", "after"],
        ["first", "0", "array", ""],
        ["second", "0", "array", "first"],
    ]
    assert page.all("pre")[0].text == pipeline.module_definition()
    assert [part.text for part in page.all("div", class_="l-part")][1] == "Parametersa"


def test_showing_imports_no_library(tmp_path: Path) -> None:
    code = (
        "import sys, lineapy\nbefore = set(sys.modules)\n"
        "from lineapy.display import preview, card, table\n"
        "print(preview.preview([1]).text, {'numpy', 'pandas', 'matplotlib', 'sklearn', 'PIL'} & set(sys.modules))"
    )

    assert run_python("-c", code, cwd=tmp_path).stdout == "[1] set()\n", sys.version
