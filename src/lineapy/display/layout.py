"""Boxes and arrows → places: layers from top to bottom, few crossings, short and straight arrows.

The steps are those of Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures"
(1981). Layers are filled in order of the boxes' numbers, none wider than a page (as Coffman and Graham have it); within
a layer, boxes are sorted by the mean place of their neighbours; then all get the places that are nearest to what their
neighbours would like, without one touching another: exactly, by isotonic regression.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_BETWEEN_BOXES, _BETWEEN_LAYERS, _MARGIN = 26.0, 46.0, 14.0
_NARROW = 1100.0  # a layer may be that wide
_LANE = 12.0  # of an arrow that passes a layer
_SWEEPS, _ROUNDS = 8, 10


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where everything is.

    Attributes:
        corners: Left and top of each box.
        ways: For each arrow, the points between its ends that it goes through, from top to bottom; for each, x, and y
            where it enters and leaves the layer.
        width, height: Of it all.
    """

    corners: list[tuple[float, float]]
    ways: list[list[tuple[float, float, float]]]
    width: float
    height: float


@dataclass(slots=True)
class _Item:
    """A box, or the place at which an arrow passes a layer."""

    width: float
    layer: int
    x: float = 0.0


def arranged(
    sizes: Sequence[tuple[float, float]],
    arrows: Sequence[tuple[int, int]],
    bundles: Sequence[Hashable] | None = None,
) -> Arrangement:
    """Arrange boxes.

    Args:
        sizes: Width and height of each box.
        arrows: Pairs of boxes, by number; the first number is less than the second.
        bundles: For each arrow, what those have in common that go the same way as long as they can; they start at the
            same box. By default, those do that start at the same box.

    Returns:
        Where everything is. The same for the same input.

    Example:
        >>> arranged([(10, 10), (10, 10)], [(0, 1)]).corners
        [(14.0, 14.0), (14.0, 70.0)]
    """
    if not sizes:
        return Arrangement([], [], 2 * _MARGIN, 2 * _MARGIN)
    layer_of = _layers(sizes, arrows)
    items = [_Item(width, layer) for (width, _), layer in zip(sizes, layer_of, strict=True)]
    links, lanes = _links(items, arrows, [first for first, _ in arrows] if bundles is None else bundles)
    layers: list[list[int]] = [[] for _ in range(max(layer_of) + 1)]
    for number, item in enumerate(items):
        layers[item.layer].append(number)
    above: list[list[int]] = [[] for _ in items]
    below: list[list[int]] = [[] for _ in items]
    for first, second in links:
        above[second].append(first)
        below[first].append(second)
    _sort(layers, above, below)
    _place(layers, items, above, below, len(sizes))
    left = min(item.x - item.width / 2 for item in items)
    tops, bottoms, y = [], [], _MARGIN
    for layer in layers:
        tops.append(y)
        y += max((sizes[number][1] for number in layer if number < len(sizes)), default=0.0)
        bottoms.append(y)
        y += _BETWEEN_LAYERS
    for item in items:
        item.x += _MARGIN - left
    return Arrangement(
        corners=[(item.x - item.width / 2, tops[item.layer]) for item in items[: len(sizes)]],
        ways=[
            [(items[number].x, tops[items[number].layer], bottoms[items[number].layer]) for number in lane]
            for lane in lanes
        ],
        width=max(item.x + item.width / 2 for item in items) + _MARGIN,
        height=bottoms[-1] + _MARGIN,
    )


def _layers(sizes: Sequence[tuple[float, float]], arrows: Sequence[tuple[int, int]]) -> list[int]:
    """The layer of each box: below what leads to it, as far up as there is room, but near to what it leads to."""
    area = sum((width + _BETWEEN_BOXES) * (height + _BETWEEN_LAYERS) for width, height in sizes)
    limit = max(_NARROW, 1.2 * math.sqrt(area))
    before: list[list[int]] = [[] for _ in sizes]
    after: list[list[int]] = [[] for _ in sizes]
    for first, second in arrows:
        before[second].append(first)
        after[first].append(second)
    filled: list[float] = []
    found: list[int] = []

    def fits(layer: int, width: float) -> bool:
        return layer >= len(filled) or not filled[layer] or filled[layer] + width <= limit

    for number, (width, _) in enumerate(sizes):
        width += _BETWEEN_BOXES
        layer = max((found[one] + 1 for one in before[number]), default=0)
        if not before[number] and not after[number] and found:
            layer = found[-1]  # what belongs to nothing stays where it was written
        while not fits(layer, width):
            layer += 1
        filled += [0.0] * (layer + 1 - len(filled))
        filled[layer] += width
        found.append(layer)
    for number in range(len(sizes) - 1, -1, -1):
        if len(after[number]) <= len(before[number]) or not after[number]:
            continue
        width = sizes[number][0] + _BETWEEN_BOXES
        layer = min(found[one] for one in after[number]) - 1
        while layer > found[number] and not fits(layer, width):
            layer -= 1
        filled[found[number]] -= width
        filled[layer] += width
        found[number] = layer
    used = {layer: place for place, layer in enumerate(sorted(set(found)))}
    return [used[layer] for layer in found]


def _links(
    items: list[_Item], arrows: Sequence[tuple[int, int]], bundles: Sequence[Hashable]
) -> tuple[list[tuple[int, int]], list[list[int]]]:
    """Pairs of neighbours, with new items where an arrow passes a layer; and these items, for each arrow."""
    links: list[tuple[int, int]] = []
    lanes: list[list[int]] = []
    taken: dict[tuple[Hashable, int], int] = {}
    for (first, second), bundle in zip(arrows, bundles, strict=True):
        begin, end = items[first].layer, items[second].layer
        lane = []
        for layer in range(begin + 1, end):
            if (bundle, layer) not in taken:
                taken[bundle, layer] = len(items)
                items.append(_Item(_LANE, layer))
            lane.append(taken[bundle, layer])
        way = [first, *lane, second]
        links += pairwise(way)
        lanes.append(lane)
    return list(dict.fromkeys(links)), lanes


def _sort(layers: list[list[int]], above: list[list[int]], below: list[list[int]]) -> None:
    """Within each layer, by the mean place of the neighbours, there and back several times."""
    place: dict[int, float] = {}
    for layer in layers:
        place |= {number: (rank + 0.5) / len(layer) for rank, number in enumerate(layer)}
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        neighbours = above if down else below
        for layer in layers if down else reversed(layers):
            wish = {
                number: sum(place[one] for one in neighbours[number]) / len(neighbours[number])
                if neighbours[number]
                else place[number]
                for number in layer
            }
            layer.sort(key=lambda number: (wish[number], place[number]))
            place |= {number: (rank + 0.5) / len(layer) for rank, number in enumerate(layer)}


def _place(
    layers: list[list[int]], items: list[_Item], above: list[list[int]], below: list[list[int]], boxes: int
) -> None:
    for layer in layers:
        x = 0.0
        for number in layer:
            items[number].x = x + items[number].width / 2
            x += items[number].width + _BETWEEN_BOXES
        for number in layer:
            items[number].x -= x / 2
    for turn in range(_ROUNDS):
        down = turn % 2 == 0
        for layer in layers if down else reversed(layers):
            wishes, weights = [], []
            for number in layer:
                near = (above if down else below)[number]
                if turn >= _ROUNDS - 2 and number < boxes:
                    near = above[number] + below[number]
                wishes.append(sum(items[one].x for one in near) / len(near) if near else items[number].x)
                # What nobody pulls makes room; arrows are to be straight.
                weights.append(0.1 if not near else 1.0 if number < boxes else 4.0)
            widths = [items[number].width for number in layer]
            for number, x in zip(layer, _nearest(wishes, weights, widths), strict=True):
                items[number].x = x


def _between(left: float, right: float) -> float:
    if _LANE in (left, right):
        return _BETWEEN_BOXES * (0.15 if left == right else 0.5)
    return _BETWEEN_BOXES


def _nearest(wishes: Sequence[float], weights: Sequence[float], widths: Sequence[float]) -> list[float]:
    """The places nearest to those that are wished for, in the same order and far enough from one another."""
    offsets = [0.0]
    for left, right in pairwise(widths):
        offsets.append(offsets[-1] + (left + right) / 2 + _between(left, right))
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many
    for wish, weight, offset in zip(wishes, weights, offsets, strict=True):
        mean, count = wish - offset, 1
        while blocks and blocks[-1][0] > mean:
            other, heavy, more = blocks.pop()
            mean = (mean * weight + other * heavy) / (weight + heavy)
            weight, count = weight + heavy, count + more
        blocks.append((mean, weight, count))
    means = [mean for mean, _, count in blocks for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
