"""A list as a table that a click on a column's head sorts. Without the script, it still is a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from lineapy.display.style import style
from lineapy.display.words import clean

# Finds the tables that are not ready yet, so it needs to know nothing of them, and nothing of what is in them.
_SCRIPT = """<script>document.querySelectorAll('table.lineapy-list:not([data-ready])').forEach(function(t){
t.dataset.ready='1';var h=t.tHead.rows[0].cells,b=t.tBodies[0];
function k(r,i){var c=r.cells[i];return c.dataset.k!==undefined?+c.dataset.k:c.textContent}
Array.prototype.forEach.call(h,function(c,i){c.tabIndex=0;c.title='sort';function go(){
var up=c.getAttribute('aria-sort')!=='ascending';
Array.prototype.forEach.call(h,function(o){o.removeAttribute('aria-sort')});
c.setAttribute('aria-sort',up?'ascending':'descending');
Array.prototype.slice.call(b.rows).sort(function(x,y){var p=k(x,i),q=k(y,i);
var s=typeof p==='number'?p-q:p.localeCompare(q,undefined,{numeric:true});return up?s:-s})
.forEach(function(r){b.appendChild(r)})}
c.onclick=go;c.onkeydown=function(e){if(e.key==='Enter'){go()}}})});</script>"""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: What it shows.
        key: What rows are sorted by; None for the text.
    """

    text: str
    key: float | None = None


def table_html(head: Sequence[str], rows: Sequence[Sequence[Cell]], after: str = "") -> str:
    """A sortable table.

    Args:
        head: Names of the columns.
        rows: The cells. Columns of cells with keys stand on the right.
        after: What is said below it, or instead of it if there are no rows.

    Returns:
        HTML that needs nothing from elsewhere. All texts are escaped.

    Example:
        >>> "<td class=\\"l-lead\\">a &amp; b</td>" in table_html(["name"], [[Cell("a & b")]])
        True
    """
    right = [bool(rows) and all(row[number].key is not None for row in rows) for number in range(len(head))]
    names = "".join(
        f'<th scope="col"{" class=l-right" if to_right else ""}>{escape(name)}</th>'
        for name, to_right in zip(head, right, strict=True)
    )
    if not rows:
        return clean(f'<div class="lineapy">{style()}<div class="l-part">{escape(after)}</div></div>')
    body = "".join(
        "<tr>" + "".join(_cell(cell, number, right[number]) for number, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    below = f'<div class="l-after">{escape(after)}</div>' if after else ""
    script = _SCRIPT.replace("\n", "") if len(rows) > 1 else ""
    return clean(
        f'<div class="lineapy">{style()}<div class="l-scroll"><table class="lineapy-list">'
        f"<thead><tr>{names}</tr></thead><tbody>{body}</tbody></table></div>{below}{script}</div>"
    )


def _cell(cell: Cell, number: int, right: bool) -> str:
    kind = ' class="l-lead"' if number == 0 else ' class="l-right"' if right else ""
    key = "" if cell.key is None else f' data-k="{cell.key:.15g}"'
    return f"<td{kind}{key}>{escape(cell.text)}</td>"
