"""A session as a picture: statements as boxes with their code, variables as labels from which arrows start."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape

from lineapy.display.code import highlighted
from lineapy.display.layout import arranged
from lineapy.display.style import light, style
from lineapy.display.words import clean, counted, shortened

#: Sizes, in pixels; letters have the same width.
LETTER, LINE, LABEL_LETTER, LABEL, PAD = 7.25, 17.0, 6.65, 18.0, 10.0
_WHERE = 15.0  # height of the line that says where the code stands
_APART = 13.0  # between the points of arrows


@dataclass(frozen=True, slots=True)
class Node:
    """A box.

    Attributes:
        kind: ``"statement"`` or ``"artifact"``.
        lines: What it says, few and short.
        where: Where that stands, such as ``"line 3"``.
        full: All of it, for who points at it.
        names: The variables, or other state, that it binds or changes, and that something uses.
        needs: For an artifact, the nodes that its value needs, by number.
    """

    kind: str
    lines: tuple[str, ...]
    where: str = ""
    full: str = ""
    names: tuple[str, ...] = ()
    needs: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Arrow:
    """What goes from one box to another.

    Attributes:
        start: Number of the box that made something.
        name: What it made, one of its `Node.names`; None for a header that decides whether the other runs.
        end: Number of the box that uses it.
        changes: Whether that changes it.
    """

    start: int
    name: str | None
    end: int
    changes: bool = False

    @property
    def kind(self) -> str:
        """``"reads"``, ``"changes"`` or ``"controls"``."""
        return "controls" if self.name is None else "changes" if self.changes else "reads"


@dataclass(frozen=True, slots=True)
class Box:
    """A box in its place."""

    node: Node
    x: float
    y: float
    width: float
    height: float

    def labels(self) -> list[tuple[str, float, float, float]]:
        """Text, left, top and width of the label of each name."""
        found, x = [], self.x + PAD
        for name in self.node.names:
            text = _label(name)
            width = wide(text) * LABEL_LETTER + 12
            found.append((text, x, self.y + self.height - LABEL - 7, width))
            x += width + 5
        return found


@dataclass(frozen=True, slots=True)
class Line:
    """An arrow in its place.

    Attributes:
        arrow: What it is.
        points: A start, and for each of some Bézier curves two points that pull it and its end.
    """

    arrow: Arrow
    points: list[tuple[float, float]]


@dataclass(frozen=True)
class Drawing:
    """A picture, for a notebook or a file.

    Attributes:
        title: What it shows.
        nodes: The boxes, in the order of the session.
        arrows: The arrows.
        shown: The boxes that are not faded; None for all.
        remark: What is left out, if anything.
    """

    title: str
    nodes: Sequence[Node] = field(repr=False)
    arrows: Sequence[Arrow] = field(repr=False)
    shown: frozenset[int] | None = field(default=None, repr=False)
    remark: str = field(default="", repr=False)

    @cached_property
    def placed(self) -> tuple[list[Box], list[Line], float, float]:
        """Boxes, arrows, width and height."""
        sizes = [_size(node) for node in self.nodes]
        ahead = [number for number, arrow in enumerate(self.arrows) if arrow.start < arrow.end]
        down = [self.arrows[number] for number in ahead]
        ends_of_all = [(arrow.start, arrow.end) for arrow in down]
        arrangement = arranged(sizes, ends_of_all, [(arrow.start, arrow.name, arrow.kind) for arrow in down])
        boxes = [
            Box(node, *corner, *size)
            for node, corner, size in zip(self.nodes, arrangement.corners, sizes, strict=True)
        ]
        ways = dict(zip(ahead, arrangement.ways, strict=True))
        starts = [_start(boxes[arrow.start], arrow.name) for arrow in self.arrows]
        arriving: dict[int, list[tuple[float, int]]] = {}
        for number, arrow in enumerate(self.arrows):
            if number in ways:
                way = ways[number]
                arriving.setdefault(arrow.end, []).append((way[-1][0] if way else starts[number][0], number))
        ends: dict[int, float] = {}
        for box, several in arriving.items():
            several.sort()
            step = min(_APART, (boxes[box].width - 2 * PAD) / max(len(several) - 1, 1))
            first = boxes[box].x + boxes[box].width / 2 - step * (len(several) - 1) / 2
            ends |= {number: first + step * place for place, (_, number) in enumerate(several)}
        lines, width = [], arrangement.width
        for number, arrow in enumerate(self.arrows):
            if number in ways:
                end = (ends[number], boxes[arrow.end].y - 1)
                lines.append(Line(arrow, _curve(starts[number], ways[number], end)))
            else:
                lines.append(Line(arrow, _back(starts[number], boxes[arrow.end], boxes)))
                width = max(width, *(x + 14 for x, _ in lines[-1].points))
        return boxes, lines, width, arrangement.height

    def svg(self) -> str:
        """An SVG image that stands alone. It is drawn for a light page, on a background of its own."""
        rules = light(_RULES + _ALONE).replace("\n", "")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{self._svg(f"<style>{escape(rules, quote=False)}</style>")}\n'

    def html(self) -> str:
        """The picture for a notebook: to be dragged, enlarged and clicked on; without scripts, to be scrolled."""
        remark = f'<div class="l-after">{escape(self.remark)}</div>' if self.remark else ""
        buttons = "".join(
            f'<button type="button" data-zoom="{zoom}" title="{title}" aria-label="{title}">{text}</button>'
            for zoom, title, text in (("0.8", "smaller", "−"), ("1.25", "larger", "+"), ("0", "fit", "fit"))
        )
        return clean(
            f'<div class="lineapy lineapy-graph">{style(_RULES)}'
            f'<div class="l-head"><span class="l-name">{escape(self.title)}</span>'
            f'<span class="l-dim">{escape(self._size())}</span><span class="l-zoom">{buttons}</span></div>'
            f'<div class="l-canvas" tabindex="0">{self._svg("")}</div>'
            f'<div class="l-part l-legend">{_LEGEND}{remark}</div>'
            f"{_SCRIPT}</div>"
        )

    def text(self) -> str:
        """In a line."""
        return f"graph of {self.title}: {self._size()}"

    def _size(self) -> str:
        artifacts = sum(node.kind == "artifact" for node in self.nodes)
        parts = [counted(len(self.nodes) - artifacts, "statement")]
        if artifacts:
            parts.append(counted(artifacts, "artifact"))
        return ", ".join(parts)

    def _svg(self, rules: str) -> str:
        boxes, lines, width, height = self.placed
        size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
        content = [
            *(self._line(line) for line in lines),
            *(self._box(number) for number in range(len(boxes))),
        ]
        return clean(
            f'<svg xmlns="http://www.w3.org/2000/svg" class="lineapy-svg" {size} role="img">'
            f"<title>{escape(self.text())}</title>{rules}{''.join(content)}</svg>"
        )

    def faded(self, *numbers: int) -> bool:
        """Whether what belongs to these boxes is not what the picture is about."""
        return self.shown is not None and not self.shown.issuperset(numbers)

    def _line(self, line: Line) -> str:
        (x, y), *rest = line.points
        curve = "".join(
            f"C{' '.join(f'{x:.1f},{y:.1f}' for x, y in rest[number : number + 3])}"
            for number in range(0, len(rest), 3)
        )
        tip = " ".join(f"{x:.1f},{y:.1f}" for x, y in arrow_head(line.points))
        arrow = line.arrow
        faded = " l-faded" if self.faded(arrow.start, arrow.end) else ""
        return (
            f'<g class="l-arrow l-{arrow.kind}{faded}" data-a="{arrow.start}" data-b="{arrow.end}">'
            f'<path d="M{x:.1f},{y:.1f}{curve}"/><polygon points="{tip}"/></g>'
        )

    def _box(self, number: int) -> str:
        box = self.placed[0][number]
        node = box.node
        faded = " l-faded" if self.faded(number) else ""
        needs = "" if node.needs is None else f' data-needs="{" ".join(map(str, sorted(node.needs)))}"'
        said = node.full or "\n".join(node.lines)
        head = (
            f'<g class="l-node l-{node.kind}{faded}" data-n="{number}"{needs} tabindex="0">'
            f"<title>{escape(f'{node.where}: {said}' if node.where else said)}</title>"
            f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="6"/>'
        )
        parts = [head]
        for text, x, y, kind in texts(box):
            if kind == "code":
                width = wide(text) * LETTER
                coloured = re.sub("(</?)span", r"\1tspan", highlighted(text))
                parts.append(
                    f'<text class="l-code" x="{x:.1f}" y="{y:.1f}" textLength="{width:.1f}" '
                    f'xml:space="preserve">{coloured}</text>'
                )
            else:
                parts.append(f'<text class="l-{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>')
        for text, x, y, width in box.labels():
            parts.append(
                f'<rect class="l-var" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{LABEL}" rx="8"/>'
                f'<text class="l-var" x="{x + 6:.1f}" y="{y + 12.8:.1f}" '
                f'textLength="{width - 12:.1f}">{escape(text)}</text>'
            )
        return "".join([*parts, "</g>"])

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        return self.text()


def texts(box: Box) -> Iterator[tuple[str, float, float, str]]:
    """What a box says: text, x, y of the base line, and what it is: ``"where"``, ``"code"`` or ``"title"``."""
    y = box.y + 4
    if box.node.where:
        y += _WHERE
        yield box.node.where, box.x + PAD, y - 3, "where"
    for text in box.node.lines:
        y += LINE
        yield text, box.x + PAD, y - 4, "code" if box.node.kind == "statement" else "title"


def arrow_head(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners of the triangle at an arrow's end."""
    x, y = points[-1]
    return [(x, y), (x - 3.5, y - 7), (x + 3.5, y - 7)]


def wide(text: str) -> int:
    """How many letters' room a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _label(name: str) -> str:
    return shortened(name, 28)


def _size(node: Node) -> tuple[float, float]:
    names = sum(wide(_label(name)) * LABEL_LETTER + 17 for name in node.names) - 5
    widths = [*(wide(line) * LETTER for line in node.lines), len(node.where) * 6.0, names]
    height = 8 + LINE * len(node.lines) + (_WHERE if node.where else 0) + (LABEL + 6 if node.names else 0)
    return max(widths) + 2 * PAD, height


def _start(box: Box, name: str | None) -> tuple[float, float]:
    if name is None:
        return box.x + box.width / 2, box.y + box.height
    _, x, y, width = box.labels()[box.node.names.index(name)]
    return x + width / 2, y + LABEL


def _curve(
    start: tuple[float, float], way: Sequence[tuple[float, float, float]], end: tuple[float, float]
) -> list[tuple[float, float]]:
    """From the start through the layers between to the end, leaving and arriving straight down."""
    points = [start]
    for x, top, bottom in way:
        points += _bend(points[-1], (x, top))
        points += _bend(points[-1], (x, bottom))
    return points + _bend(points[-1], end)


def _bend(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    middle = max((end[1] - start[1]) / 2, 8.0)
    return [(start[0], start[1] + middle), (end[0], end[1] - middle), end]


def _back(start: tuple[float, float], target: Box, boxes: Sequence[Box]) -> list[tuple[float, float]]:
    """An arrow back up, as in a loop: between the layers to the nearest way past the boxes, and up there."""
    top, bottom = target.y - 12, start[1] + 12
    if top >= bottom:  # it was written earlier, but stands further down
        return [start, *_bend(start, (target.x + target.width / 2, target.y - 1))]
    beside = [box for box in boxes if box.y < bottom and box.y + box.height > top]
    free = [
        x
        for x in (side for box in beside for side in (box.x - 9, box.x + box.width + 9))
        if not any(box.x - 5 < x < box.x + box.width + 5 for box in beside)
    ]
    x = min(free, key=lambda x: abs(x - start[0]))
    end = (target.x + target.width / 2 + (_APART / 2 if x > target.x else -_APART / 2), target.y - 1)
    below = [(start[0], start[1] + 22), (x, start[1] + 22), (x, start[1])]
    above = [(x, target.y - 24), (end[0], target.y - 24), end]
    return [start, *below, (x, start[1]), (x, target.y), (x, target.y), *above]


_LEGEND = (
    '<span class="l-key"><svg width="34" height="10"><path class="l-k1" d="M1,5H33"/></svg> uses</span>'
    '<span class="l-key"><svg width="34" height="10"><path class="l-k2" d="M1,5H33"/></svg> changes</span>'
    '<span class="l-key"><svg width="34" height="10"><path class="l-k3" d="M1,5H33"/></svg> '
    "decides whether it runs</span>"
    '<span class="l-hint">Click a statement for what it goes back to, an artifact for its slice.</span>'
)

_RULES = """
.lineapy-graph{max-width:none}
.lineapy-graph .l-canvas{overflow:auto;max-height:640px;border-top:1px solid var(--l-line);background:var(--l-soft)}
.lineapy-graph .l-canvas:focus{outline:none}
.lineapy-graph .l-canvas svg{display:block;margin:0 auto;max-width:none}
.lineapy-graph[data-ready] .l-canvas{cursor:grab}
.lineapy-graph .l-zoom{margin-left:auto;visibility:hidden}
.lineapy-graph[data-ready] .l-zoom{visibility:visible}
.lineapy-graph button{font:inherit;color:inherit;background:var(--l-soft);border:1px solid var(--l-line);
border-radius:5px;padding:0 9px;margin-left:4px;cursor:pointer}
.lineapy-graph .l-legend{display:flex;flex-wrap:wrap;gap:2px 20px;color:var(--l-dim);font-size:11.5px}
.lineapy-graph .l-key path,.lineapy-svg .l-arrow path{fill:none;stroke:var(--l-edge);stroke-width:1.4}
.lineapy-graph .l-hint{visibility:hidden}
.lineapy-graph[data-ready] .l-hint{visibility:visible}
.lineapy-svg .l-arrow polygon{fill:var(--l-edge);stroke:none}
.lineapy-svg .l-changes path,.lineapy-graph .l-key .l-k2{stroke:var(--l-mark);stroke-dasharray:6 3}
.lineapy-svg .l-changes polygon{fill:var(--l-mark)}
.lineapy-svg .l-controls path,.lineapy-graph .l-key .l-k3{stroke-dasharray:1.5 3.5;stroke-linecap:round}
.lineapy-svg .l-node rect{fill:var(--l-page);stroke:var(--l-line)}
.lineapy-svg .l-artifact rect{fill:var(--l-tint);stroke:var(--l-accent);stroke-width:1.5}
.lineapy-svg .l-node rect.l-var{fill:var(--l-tint);stroke:none}
.lineapy-svg text{fill:var(--l-text);font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
white-space:pre}
.lineapy-svg text.l-where{fill:var(--l-dim);font-size:10px}
.lineapy-svg text.l-title{font-weight:600}
.lineapy-svg text.l-var{fill:var(--l-accent);font-size:11px}
.lineapy-svg .k{fill:var(--l-keyword)}.lineapy-svg .s{fill:var(--l-string)}.lineapy-svg .n{fill:var(--l-number)}
.lineapy-svg .c{fill:var(--l-comment)}.lineapy-svg .d{fill:var(--l-name)}
.lineapy-svg .l-faded{opacity:.3}
.lineapy-graph[data-ready] .l-node{cursor:pointer}
.lineapy-graph .l-node:focus{outline:none}
.lineapy-graph .l-node:focus-visible>rect:first-of-type,.lineapy-graph .l-picked>rect:first-of-type{
stroke:var(--l-accent);stroke-width:2.5}
.lineapy-graph[data-picked] .l-node,.lineapy-graph[data-picked] .l-arrow{opacity:.18}
.lineapy-graph[data-picked] .l-on{opacity:1}
.lineapy-graph[data-picked] .l-arrow.l-on path{stroke-width:2}
"""

_ALONE = "\n.lineapy-svg{background:var(--l-soft)}"

# Without it, the picture can be scrolled, and pointing at a box shows all of its code.
_SCRIPT = """<script>document.querySelectorAll('.lineapy-graph:not([data-ready])').forEach(function(d){
d.dataset.ready='1';var c=d.querySelector('.l-canvas'),s=c.querySelector('svg'),w=+s.getAttribute('width'),
h=+s.getAttribute('height'),z=1,each=Array.prototype.forEach;
function zoom(n,x,y){n=Math.max(.08,Math.min(4,n));var f=n/z,l=(c.scrollLeft+x)*f-x,t=(c.scrollTop+y)*f-y;z=n;
s.setAttribute('width',w*z);s.setAttribute('height',h*z);c.scrollLeft=l;c.scrollTop=t}
function fit(low){zoom(Math.max(low,Math.min(1,c.clientWidth/w,640/h)),0,0)}
each.call(d.querySelectorAll('button'),function(b){b.onclick=function(){var f=+b.dataset.zoom;
if(f){zoom(z*f,c.clientWidth/2,c.clientHeight/2)}else{fit(.08)}}});
c.addEventListener('wheel',function(e){if(!e.ctrlKey&&!e.metaKey){return}e.preventDefault();
var r=c.getBoundingClientRect();zoom(z*Math.exp(-e.deltaY/300),e.clientX-r.left,e.clientY-r.top)},{passive:false});
var from=null,moved=false;
c.addEventListener('pointerdown',function(e){if(e.button===0){
from=[e.clientX,e.clientY,c.scrollLeft,c.scrollTop];moved=false}});
c.addEventListener('pointermove',function(e){if(!from||!(e.buttons&1)){from=null;return}
var x=e.clientX-from[0],y=e.clientY-from[1];if(Math.abs(x)+Math.abs(y)>4){moved=true}
if(moved){c.scrollLeft=from[2]-x;c.scrollTop=from[3]-y;e.preventDefault()}});
c.addEventListener('pointerup',function(){from=null});
function pick(g){each.call(d.querySelectorAll('.l-on,.l-picked'),function(o){o.classList.remove('l-on','l-picked')});
if(!g||g.dataset.n===d.dataset.picked){delete d.dataset.picked;return}
d.dataset.picked=g.dataset.n;g.classList.add('l-picked');
var on={},a=[];on[g.dataset.n]=1;each.call(s.querySelectorAll('.l-arrow'),function(o){a.push(o)});
if(g.dataset.needs!==undefined){g.dataset.needs.split(' ').forEach(function(n){on[n]=1})}else{
var into={},todo=[g.dataset.n],n;a.forEach(function(o){(into[o.dataset.b]=into[o.dataset.b]||[]).push(o.dataset.a)});
while(todo.length){n=todo.pop();(into[n]||[]).forEach(function(m){if(!on[m]){on[m]=1;todo.push(m)}})}}
each.call(s.querySelectorAll('.l-node'),function(o){if(on[o.dataset.n]){o.classList.add('l-on')}});
a.forEach(function(o){if(on[o.dataset.a]&&on[o.dataset.b]){o.classList.add('l-on')}})}
c.addEventListener('click',function(e){if(!moved){pick(e.target.closest('.l-node'))}});
c.addEventListener('keydown',function(e){if(e.key==='Escape'){pick(null)}
else if(e.key==='Enter'){pick(e.target.closest('.l-node'))}});
var own=false;['pointerdown','wheel','keydown'].forEach(function(n){d.addEventListener(n,function(){own=true})});
new ResizeObserver(function(){if(own||!c.clientWidth){return}fit(.6);
var f=s.querySelector('.l-faded')&&s.querySelector('.l-artifact rect');if(f){
c.scrollLeft=(+f.getAttribute('x')+f.getAttribute('width')/2)*z-c.clientWidth/2}d.dataset.ready='2'}).observe(d)});</script>""".replace(
    "\n", ""
)
