"""matplotlib: a figure and all that is on it are one object, for whoever changes it.

An artist's insides are thousands of objects that refer to each other in all directions. So its one part is the figure
that it is on, and the state of a figure counts as unseen: code that is handed a figure, or anything on it, changes it,
unless knowledge says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lineapy.tracing.anatomy.kind import CLOSED_KIND, NO_PARTS, Kind, Parts, unseen


def matplotlib_kind(_: Any, cls: type) -> Kind | None:
    """Figures, artists, and what leads to them."""
    if any(base.__name__ == "FigureBase" for base in cls.__mro__):
        return Kind(_parts_of_figure, digest=unseen, also_known_as=_figure_id)
    if any(base.__name__ == "Artist" for base in cls.__mro__):
        return Kind(_parts_of_artist, digest=_digest_of_artist, also_known_as=_figure_id)
    if any(base.__name__ in ("FigureManagerBase", "FigureCanvasBase") for base in cls.__mro__):
        return Kind(lambda holder: (_figure_of_holder(holder),))
    if cls.__name__ in ("RcParams", "ColormapRegistry"):
        return CLOSED_KIND  # settings: see `lineapy.tracing.ambient`
    return None


def _figure_of_holder(holder: Any) -> Any:
    canvas = getattr(holder, "canvas", holder)
    return getattr(canvas, "figure", None)


def figure_of(artist: Any) -> Any:
    """The outermost figure that an artist is on; None if it is on none."""
    fields = vars(artist)
    found = fields.get("_root_figure") or fields.get("_parent_figure") or fields.get("figure")
    if found is None or found is artist:
        return found
    return vars(found).get("_root_figure") or vars(found).get("figure") or found


def _parts_of_figure(figure: Any) -> Parts:
    outer = figure_of(figure)
    return NO_PARTS if outer is None or outer is figure else (outer,)


def _parts_of_artist(artist: Any) -> Parts:
    figure = figure_of(artist)
    return NO_PARTS if figure is None else (figure,)


def _digest_of_artist(artist: Any) -> object:
    """On a figure, the figure's state is all there is."""
    return unseen(artist) if figure_of(artist) is None else None


def _figure_id(artist: Any) -> Iterator[int]:
    figure = figure_of(artist)
    if figure is not None:
        yield id(figure)
