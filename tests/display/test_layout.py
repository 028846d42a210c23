"""Boxes are placed apart, in layers, and arrows lead down."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lineapy.display.drawing import Arrow, Drawing, Node
from lineapy.display.layout import Arrangement, arranged

Sizes = list[tuple[float, float]]
Arrows = list[tuple[int, int]]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Sizes, Arrows]:
    sizes = draw(st.lists(st.tuples(st.integers(10, 400), st.integers(10, 80)), max_size=30))
    arrows = []
    if len(sizes) > 1:
        ends = st.tuples(st.integers(0, len(sizes) - 1), st.integers(0, len(sizes) - 1))
        arrows = [(min(pair), max(pair)) for pair in draw(st.lists(ends, max_size=60)) if pair[0] != pair[1]]
    return [(float(width), float(height)) for width, height in sizes], arrows


def check(sizes: Sizes, arrows: Arrows, found: Arrangement) -> None:
    boxes = [
        (x, y, x + width, y + height) for (x, y), (width, height) in zip(found.corners, sizes, strict=True)
    ]
    for number, (left, top, right, bottom) in enumerate(boxes):
        assert left >= 0
        assert top >= 0
        assert right <= found.width + 0.01
        assert bottom <= found.height + 0.01
        for other in boxes[:number]:
            apart = left >= other[2] or right <= other[0] or top >= other[3] or bottom <= other[1]
            assert apart, (boxes[number], other)
    for (first, second), way in zip(arrows, found.ways, strict=True):
        depths = [boxes[first][3], *(y for _, *ys in way for y in ys), boxes[second][1]]
        assert depths == sorted(depths)
        for x, top, bottom in way:
            hit = [box for box in boxes if box[0] < x < box[2] and box[1] < bottom and box[3] > top]
            assert not hit, "an arrow runs through a box"


@given(graphs())
def test_nothing_overlaps_and_arrows_lead_down(graph: tuple[Sizes, Arrows]) -> None:
    check(*graph, arranged(*graph))


@given(graphs())
def test_the_same_graph_gives_the_same_picture(graph: tuple[Sizes, Arrows]) -> None:
    assert arranged(*graph) == arranged(*graph)


def test_a_layer_is_no_wider_than_a_page() -> None:
    sizes = [(200.0, 40.0)] * 60
    found = arranged(sizes, [(0, number) for number in range(1, 60)])

    check(sizes, [(0, number) for number in range(1, 60)], found)
    assert found.width < 2 * found.height


def test_an_arrow_back_up_runs_through_no_box() -> None:
    boxes = [Node("statement", (f"number = {number}",), names=("number",)) for number in range(7)]
    ahead = [Arrow(0, "number", number) for number in range(1, 7)]
    placed, lines, width, _ = Drawing(
        "loops", boxes, [*ahead, Arrow(6, "number", 0), Arrow(3, "number", 0)]
    ).placed

    for line in lines[-2:]:
        assert [0 <= x <= width for x, _ in line.points] == [True] * len(line.points)
        (x, bottom), (_, top) = line.points[4], line.points[6]
        assert top < bottom
        assert not [
            box
            for box in placed
            if box.x < x < box.x + box.width and box.y < bottom and box.y + box.height > top
        ]


def test_a_long_session_is_no_trouble() -> None:
    sizes = [(150.0, 40.0)] * 600
    arrows = [
        (first, second)
        for second in range(1, 600)
        for first in {0, second // 2, second - 1}
        if first < second
    ]

    check(sizes, arrows, arranged(sizes, arrows))
