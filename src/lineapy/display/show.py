"""A drawing → the notebook that is open, or a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lineapy.display.drawing import Drawing
from lineapy.errors import DisplayError

_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width"><body>{body}</body></html>\n'
)


def show(drawing: Drawing, path: str | os.PathLike[str] | None = None) -> None:
    """Show a drawing in the notebook that is open, or write it to a file.

    Args:
        drawing: What to show.
        path: A file that ends in ``.svg``, ``.html``, ``.png`` or ``.pdf``; None for the notebook.

    Raises:
        DisplayError: There is no notebook, or the file has another ending.
        MissingExtraError: PNG and PDF need matplotlib.
    """
    if path is not None:
        write(drawing, Path(path))
        return
    _display(drawing)


def write(drawing: Drawing, path: Path) -> None:
    """Write a drawing to a file.

    Args:
        drawing: What to write.
        path: Where to; its ending says how.

    Raises:
        DisplayError: It has another ending than ``.svg``, ``.html``, ``.png`` or ``.pdf``.
        MissingExtraError: PNG and PDF need matplotlib.
    """
    ending = path.suffix.lower()
    if ending == ".svg":
        content = drawing.svg().encode()
    elif ending in (".html", ".htm"):
        content = _PAGE.format(title=drawing.text().replace("<", "&lt;"), body=drawing.html()).encode()
    elif ending in (".png", ".pdf"):
        from lineapy.display.images import image

        content = image(drawing, ending[1:])
    else:
        raise DisplayError(
            f"A graph cannot be written to {os.fspath(path)!r}: the ending says how, and has to be one of .svg, .html, "
            ".png and .pdf."
        )
    path.write_bytes(content)


#: What stops the drawing that is kept up to date, if there is one.
_stop: Callable[[], None] | None = None


def show_live(draw: Callable[[], Drawing]) -> None:
    """Show a drawing, and draw it anew after each cell, in the same place; one at a time.

    Args:
        draw: Draws it.

    Raises:
        DisplayError: There is no notebook.
    """
    global _stop
    handle = _display(draw(), display_id=True)
    events = _shell().events
    if _stop is not None:
        _stop()

    def update(*_: object) -> None:
        handle.update(draw())

    def stop() -> None:
        if update in events.callbacks["post_run_cell"]:
            events.unregister("post_run_cell", update)

    events.register("post_run_cell", update)
    _stop = stop


def _shell() -> Any:
    """The IPython that is running, or None."""
    module = sys.modules.get("IPython")
    return None if module is None else module.get_ipython()


def _display(drawing: Drawing, **how: Any) -> Any:
    if _shell() is None:
        raise DisplayError(
            "A graph is shown in notebooks, and this program is none. Give a path to write it to: one that ends in "
            ".svg, .html, .png or .pdf."
        )
    from IPython.display import display

    return display(drawing, **how)  # type: ignore[no-untyped-call]
