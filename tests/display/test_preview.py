"""A glance at values of many kinds."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from lineapy.display.code import highlighted
from lineapy.display.preview import preview
from tests.display.pages import read


class Loud:
    """Its repr fails."""

    def __repr__(self) -> str:
        raise RuntimeError("not <now>")


class Lying:
    """Claims to be something else."""

    @property
    def __class__(self) -> Any:
        raise RuntimeError("asked")


@pytest.mark.parametrize(
    "value, what, text",
    [
        (3, "int", "3"),
        ("a\nb", "str of 3", "a\nb"),
        (b"abc", "bytes of 3", "b'abc'"),
        ({"a": [1]}, "dict of 1", "{'a': [1]}"),
        (list(range(1000)), "list of 1,000", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ...]"),
        (None, "NoneType", "None"),
    ],
)
def test_plain_values(value: object, what: str, text: str) -> None:
    seen = preview(value)

    assert (seen.what, seen.text) == (what, text)
    assert read(seen.html).text == text


def test_a_long_text_is_cut() -> None:
    assert len(preview("x" * 10**6).html) < 1000
    assert len(preview([["x" * 10**6] * 100] * 100).html) < 6000


def test_a_list_within_itself() -> None:
    ring: list[object] = []
    ring.append(ring)

    assert preview(ring).text == "[[[[[...]]]]]"


@pytest.mark.parametrize("make", [Loud, lambda: [Loud()], Lying], ids=["loud", "within", "lying"])
def test_a_value_that_cannot_be_looked_at(make: Callable[[], object]) -> None:
    seen = preview(make())

    assert seen.what
    read(seen.html)


class TestTables:
    def test_a_frame_shows_its_corner(self) -> None:
        pandas = pytest.importorskip("pandas")
        frame = pandas.DataFrame({f"c{n}": range(100) for n in range(20)})

        seen = preview(frame)
        table = read(seen.html).all("table")[0].rows()

        assert seen.what == "data frame, 100 rows × 20 columns"
        assert table[0] == ["", *(f"c{n}" for n in range(8))]
        assert table[1:] == [[str(row)] * 9 for row in range(5)]
        assert seen.text.endswith("… 95 more rows and 12 more columns")

    @pytest.mark.parametrize(
        "make",
        [
            "DataFrame()",
            "DataFrame({'a': []})",
            "DataFrame(index=[1, 2])",
            "DataFrame([[1, 2]], columns=['x', 'x'])",
            "DataFrame({('a', 'b'): [1, None]}, index=[(1, 2), (3, 4)])",
            "DataFrame({'t': to_datetime(['2026-01-01', None]), 'c': Categorical(['<b>', 'z'])})",
            "Series([1.5, None], name='s')",
            "Series(dtype=float)",
        ],
    )
    def test_frames_of_all_shapes(self, make: str) -> None:
        pandas = pytest.importorskip("pandas")

        seen = preview(eval(make, vars(pandas)))

        assert "no preview" not in seen.text
        read(seen.html)

    @pytest.mark.parametrize(
        "make, what",
        [
            ("zeros((3, 4))", "array, 3 × 4, float64"),
            ("arange(10**6)", "array, 1,000,000, int64"),
            ("zeros((2, 3, 4, 5), dtype='u1')", "array, 2 × 3 × 4 × 5, uint8"),
            ("zeros((0, 4))", "array, 0 × 4, float64"),
            ("array(3.5)", "array, no dimension, float64"),
            ("array([object(), None])", "array, 2, object"),
            ("zeros(2, dtype=[('a', 'i4'), ('b', 'f8')])", "array, 2, [('a', '<i4'), ('b', '<f8')]"),
        ],
    )
    def test_arrays(self, make: str, what: str) -> None:
        numpy = pytest.importorskip("numpy")

        seen = preview(eval(make, vars(numpy)))

        assert seen.what == what
        assert "no preview" not in seen.text
        read(seen.html)

    def test_a_frame_of_polars(self) -> None:
        polars = pytest.importorskip("polars")

        seen = preview(polars.DataFrame({"a": [1, 2], "b": ["<i>", None]}))

        assert seen.what == "data frame, 2 rows × 2 columns"
        assert read(seen.html).all("table")[0].rows() == [["a", "b"], ["1", "<i>"], ["2", "None"]]


def test_a_figure_is_an_image_and_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = pytest.importorskip("matplotlib.figure")
    figure = figures.Figure(figsize=(4, 2))
    figure.subplots().plot([1, 2])
    canvas, dpi = figure.canvas, figure.dpi

    seen = preview(figure)

    assert seen.what == "figure, 4 × 2 inches"
    assert read(seen.html).all("img")[0].attributes["src"].startswith("data:image/png;base64,iVBOR")
    assert (figure.canvas, figure.dpi) == (canvas, dpi)


def test_an_estimator_shows_the_parameters_that_are_not_usual() -> None:
    pytest.importorskip("sklearn")
    from sklearn.linear_model import Ridge

    seen = preview(Ridge(alpha=0.5))

    assert seen.what == "estimator, sklearn Ridge"
    assert seen.text.splitlines()[0] == "alpha = 0.5"
    assert "other parameters as usual" in seen.text


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x = 1",
        "def f(a: int) -> str:\n    '''<doc>'''\n    return f'{a!r:>{a}} & {{}}'  # <b>\n",
        "unfinished = (1,\n",
        "'''never closed\n<b>",
        "\tx = 1\n  y\n",
        "a = 'ü𝄞'; b = \"\\\\\"\r\nc = 2\r\n\fd = 3\n",
        "%magic <b>\n!ls $x?\n",
        "\x00\ufeff",
        "x = '\ud800'",
    ],
)
def test_highlighting_changes_no_letter(code: str) -> None:
    assert "".join(read(highlighted(code)).text.splitlines()) == "".join(code.splitlines()), os.name
