"""A glance at a value: a table's head, an array's corner, a figure's image, an estimator's parameters, or a short repr.

Libraries are looked up among the imported modules, never imported: a value of theirs cannot be there without them. Of
a value's own code, only what has to be called to see a few of its parts is called, and whatever it raises is shown.
"""

from __future__ import annotations

import base64
import io
import reprlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any

from lineapy.display.words import counted, shortened

_ROWS, _COLUMNS, _PARAMETERS = 5, 8, 12
_CELL, _TEXT = 40, 400
_IMAGE_WIDTH = 620  # pixels, at twice which an image is made


@dataclass(frozen=True, slots=True)
class Preview:
    """What a glance at a value shows.

    Attributes:
        what: In a few words, such as ``"data frame, 150 rows × 5 columns"``.
        html: The rest, for notebooks.
        text: The rest, for terminals.
    """

    what: str
    html: str = ""
    text: str = ""


def preview(value: object) -> Preview:
    """Take a glance at a value.

    Args:
        value: Any value. It is not changed.

    Returns:
        What was seen. If looking failed, that says so.

    Example:
        >>> preview([1, 2, 3])
        Preview(what='list of 3', html='<pre>[1, 2, 3]</pre>', text='[1, 2, 3]')
    """
    try:
        for look in (_frame, _series, _array, _figure, _estimator):
            found = look(value)
            if found is not None:
                return found
        return _other(value)
    except Exception as error:
        return failed(f"{type(value).__name__}", error)


def failed(what: str, error: BaseException) -> Preview:
    """What is shown in place of a preview.

    Args:
        what: What it was to be of.
        error: What went wrong.

    Example:
        >>> failed("model", ValueError("gone")).text
        'no preview: ValueError: gone'
    """
    try:
        message = " ".join(str(error).split())
    except Exception:
        message = "…"
    text = shortened(f"no preview: {type(error).__name__}: {message}", _TEXT)
    return Preview(what, f'<div class="l-warn">{escape(text)}</div>', text)


@contextmanager
def without_new_figures() -> Iterator[None]:
    """Take away the pyplot figures that were made meanwhile: one that is loaded from a pickle becomes one of them."""
    before = list(_figures())
    try:
        yield
    finally:
        figures = _figures()
        for number in [number for number in figures if number not in before]:
            del figures[number]
        if hasattr(figures, "move_to_end"):  # the present figure is the last one
            for number in before:
                if number in figures:
                    figures.move_to_end(number)


def _figures() -> Any:
    pyplot = sys.modules.get("matplotlib._pylab_helpers")
    return {} if pyplot is None else pyplot.Gcf.figs


def _is(value: object, module: str, *names: str) -> bool:
    """Whether a value is of one of a library's classes, if the library is there at all."""
    library = sys.modules.get(module)
    kinds = tuple(getattr(library, name) for name in names if hasattr(library, name))
    return bool(kinds) and issubclass(type(value), kinds)


# -- tables


def _frame(value: Any) -> Preview | None:
    if _is(value, "pandas", "DataFrame"):
        head = value.iloc[:_ROWS, :_COLUMNS]
        index = [_cell(label) for label in head.index]
        rows = [
            [name, *map(_cell, row)] for name, row in zip(index, head.to_numpy(dtype=object), strict=True)
        ]
        names = ["", *(_cell(name) for name in head.columns)]
    elif _is(value, "polars", "DataFrame"):
        head = value[:_ROWS, :_COLUMNS]
        rows = [list(map(_cell, row)) for row in head.rows()]
        names = list(map(_cell, head.columns))
    else:
        return None
    height, width = value.shape
    return _table(
        f"data frame, {counted(height, 'row')} × {counted(width, 'column')}", names, rows, value.shape
    )


def _series(value: Any) -> Preview | None:
    if not _is(value, "pandas", "Series"):
        return None
    head = value.iloc[:_ROWS]
    rows = [
        [_cell(label), _cell(item)]
        for label, item in zip(head.index, head.to_numpy(dtype=object), strict=True)
    ]
    name = "" if value.name is None else _cell(value.name)
    return _table(f"series of {len(value):,}, {value.dtype}", ["", name], rows, (len(value), 1))


def _array(value: Any) -> Preview | None:
    if not _is(value, "numpy", "ndarray"):
        return None
    shape = " × ".join(f"{length:,}" for length in value.shape) or "no dimension"
    what = f"array, {shape}, {value.dtype}"
    corner = value[(0,) * max(value.ndim - 2, 0)] if value.size else value
    if corner.ndim != 2 or not corner.size:
        flat = corner[: _ROWS * 2] if corner.ndim == 1 else corner
        text = "  ".join(_cell(item) for item in flat.reshape(-1).tolist())
        text += "  …" if corner.ndim == 1 and len(corner) > len(flat) else ""
        return Preview(what, f"<pre>{escape(text)}</pre>" if text else "", text)
    rows = [list(map(_cell, row)) for row in corner[:_ROWS, :_COLUMNS].tolist()]
    return _table(what, None, rows, corner.shape)


def _table(
    what: str, names: Sequence[str] | None, rows: Sequence[Sequence[str]], shape: tuple[int, ...]
) -> Preview:
    """A table's corner."""
    left_out = []
    if shape[0] > len(rows):
        left_out.append(counted(shape[0] - len(rows), "more row"))
    if shape[1] > _COLUMNS:
        left_out.append(counted(shape[1] - _COLUMNS, "more column"))
    after = " and ".join(left_out)
    head = "" if names is None else "<thead>" + _row(names, "th") + "</thead>"
    html = f'<table class="l-grid">{head}<tbody>{"".join(_row(row, "td") for row in rows)}</tbody></table>'
    html += f'<div class="l-after">{after}</div>' if after else ""
    lines = [*([names] if names is not None else []), *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return Preview(what, html, "\n".join([*text, *([f"… {after}"] if after else [])]))


def _row(cells: Iterable[str], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def _cell(item: object) -> str:
    if type(item) is float:
        return f"{item:.6g}"
    return shortened(" ".join(str(item).split()), _CELL)


# -- figures


def _figure(value: Any) -> Preview | None:
    if _is(value, "PIL.Image", "Image"):
        small = value.copy()
        small.thumbnail((2 * _IMAGE_WIDTH, 2 * _IMAGE_WIDTH))
        return _image(
            f"image, {value.width:,} × {value.height:,} pixels", lambda file: small.save(file, "png")
        )
    if _is(value, "matplotlib.axes", "Axes"):
        value = value.get_figure()
    if not _is(value, "matplotlib.figure", "Figure"):
        return None
    width, height = value.get_size_inches()
    canvas = value.canvas  # drawing puts another one in its place for a while
    dpi = min(144.0, 2 * _IMAGE_WIDTH / max(float(width), 0.1))
    try:
        return _image(
            f"figure, {width:g} × {height:g} inches", lambda file: value.savefig(file, format="png", dpi=dpi)
        )
    finally:
        value.set_canvas(canvas)


def _image(what: str, save: Callable[[io.BytesIO], object]) -> Preview:
    file = io.BytesIO()
    save(file)
    data = file.getvalue()
    width = min(int.from_bytes(data[16:20], "big") // 2, _IMAGE_WIDTH)
    source = base64.b64encode(data).decode()
    return Preview(what, f'<img alt="{escape(what)}" width="{width}" src="data:image/png;base64,{source}">')


# -- models and the rest


def _estimator(value: Any) -> Preview | None:
    if not _is(value, "sklearn.base", "BaseEstimator"):
        return None
    given = {name: _repr(parameter) for name, parameter in value.get_params(deep=False).items()}
    try:
        usual = {name: _repr(parameter) for name, parameter in type(value)().get_params(deep=False).items()}
    except TypeError:  # it cannot be made without parameters
        usual = {}
    changed = {name: text for name, text in given.items() if usual.get(name) != text}
    shown = dict(list(changed.items())[:_PARAMETERS])
    what = f"estimator, {type(value).__module__.partition('.')[0]} {type(value).__name__}"
    rest = len(given) - len(shown)
    after = (
        f"{counted(rest, 'other parameter')}{' as usual' if len(shown) == len(changed) else ''}"
        if rest
        else ""
    )
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td><code>{escape(text)}</code></td></tr>"
        for name, text in shown.items()
    )
    html = (f"<table>{rows}</table>" if rows else "") + (
        f'<div class="l-after">{after}</div>' if after else ""
    )
    lines = [f"{name} = {text}" for name, text in shown.items()]
    return Preview(what, html, "\n".join([*lines, *([f"… {after}"] if after else [])]))


def _other(value: object) -> Preview:
    kind = type(value).__name__
    builtin = type(value) in (list, tuple, set, frozenset, dict, str, bytes, bytearray)
    what = f"{kind} of {len(value):,}" if builtin else kind  # type: ignore[arg-type]
    text = value if type(value) is str else _repr(value, _TEXT)
    text = shortened(text, _TEXT)
    return Preview(what, f"<pre>{escape(text)}</pre>", text)


class _Repr(reprlib.Repr):
    """Short texts for nested containers; `repr` of an object that is no container is asked once."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdict = 12
        self.maxstring, self.maxother, self.maxlevel = 80, _TEXT, 4


def _repr(value: object, length: int = 80) -> str:
    text = _Repr().repr(value)
    return shortened(text, length)
