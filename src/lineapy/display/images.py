"""A drawing as PNG or PDF, by matplotlib: it brings its letters along, so nothing has to be installed beside it."""

from __future__ import annotations

import io
from typing import Any

from lineapy.display.drawing import LABEL, Drawing, arrow_head, texts
from lineapy.display.style import COLOURS
from lineapy.errors import MissingExtraError

_INCH = 96.0  # pixels of a drawing
_FINE, _LARGEST = 2.0, 12_000.0  # pixels of an image for one of the drawing; pixels of its longer side
_POINTS = 72 / _INCH
_FAMILY = "DejaVu Sans Mono"
_FADED = 0.3
_DASHES = {"reads": "-", "changes": (0, (5, 2.5)), "controls": (0, (1, 2.5))}


def image(drawing: Drawing, kind: str) -> bytes:
    """Draw it.

    Args:
        drawing: What to draw.
        kind: ``"png"`` or ``"pdf"``.

    Returns:
        The file's content.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.backends.backend_pdf import FigureCanvasPdf
        from matplotlib.figure import Figure
        from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon
        from matplotlib.path import Path
    except ImportError as error:
        raise MissingExtraError(
            f"A graph as {kind.upper()} is drawn by matplotlib, which cannot be imported ({error}). Install it with: "
            "pip install lineapy[graph]. A path that ends in .svg or .html needs nothing."
        ) from error

    boxes, lines, width, height = drawing.placed
    figure = Figure(figsize=(width / _INCH, height / _INCH), facecolor=COLOURS["--l-page"])
    axes: Any = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")

    def add(patch: Any, faded: bool) -> None:
        patch.set_alpha(_FADED if faded else 1)
        axes.add_patch(patch)

    def rectangle(x: float, y: float, wide: float, high: float, round_by: float, **look: Any) -> Any:
        style = f"round,pad=0,rounding_size={round_by}"
        return FancyBboxPatch((x, y), wide, high, boxstyle=style, mutation_aspect=1, **look)

    def write(
        text: str, x: float, y: float, size: float, colour: str, faded: bool, weight: str = "normal"
    ) -> None:
        # Not `$…$` as mathematics; letters that the font lacks are boxes, about which nobody is warned.
        axes.text(
            x, y, text, family=_FAMILY, fontsize=size * _POINTS, color=COLOURS[colour], weight=weight,
            alpha=_FADED if faded else 1, parse_math=False, usetex=False,
        )  # fmt: skip

    for line in lines:
        arrow = line.arrow
        faded = drawing.faded(arrow.start, arrow.end)
        colour = COLOURS["--l-mark" if arrow.changes else "--l-edge"]
        codes = [Path.MOVETO, *[Path.CURVE4] * (len(line.points) - 1)]
        look = {"edgecolor": colour, "linestyle": _DASHES[arrow.kind], "linewidth": 1.4 * _POINTS}
        add(PathPatch(Path(line.points, codes), facecolor="none", **look), faded)
        add(Polygon(arrow_head(line.points), closed=True, facecolor=colour, edgecolor="none"), faded)
    for number, box in enumerate(boxes):
        faded, is_artifact = drawing.faded(number), box.node.kind == "artifact"
        fill, edge = ("--l-tint", "--l-accent") if is_artifact else ("--l-page", "--l-edge")
        look = {"facecolor": COLOURS[fill], "edgecolor": COLOURS[edge], "linewidth": _POINTS}
        add(rectangle(box.x, box.y, box.width, box.height, 6, **look), faded)
        for text, x, y, kind_of_text in texts(box):
            if kind_of_text == "where":
                write(text, x, y, 10, "--l-dim", faded)
            else:
                write(text, x, y, 12, "--l-text", faded, "bold" if kind_of_text == "title" else "normal")
        for text, x, y, wide in box.labels():
            add(rectangle(x, y, wide, LABEL, 8, facecolor=COLOURS["--l-tint"], edgecolor="none"), faded)
            write(text, x + 6, y + 12.8, 11, "--l-accent", faded)
    file = io.BytesIO()
    if kind == "pdf":
        FigureCanvasPdf(figure).print_pdf(file, metadata={"CreationDate": None})  # type: ignore[no-untyped-call]
    else:
        figure.set_dpi(_INCH * min(_FINE, _LARGEST / max(width, height)))
        FigureCanvasAgg(figure).print_png(file)  # type: ignore[no-untyped-call]
    return file.getvalue()
