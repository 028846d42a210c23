"""pyplot's state: which figure is current, and what was drawn on the figures that it keeps.

Two versions stand for it. ``<matplotlib>`` is which figure is current: written by who makes, activates or closes one.
``<figure 2>`` is what is on a figure: written by who makes it and by who draws on it, through pyplot or through an axes
object. A function of pyplot that draws uses both; one that makes a figure uses neither, so what was drawn on other
figures does not matter to it. The numbers of figures matter only to who asks for a figure by its number.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from lineapy.ids import StatementId

if TYPE_CHECKING:
    from lineapy.tracing.ambient.versions import Versions

CURRENT = "<matplotlib>"
_NUMBERS = "<numbers of figures>"

#: Functions of pyplot that make a figure, unless they are told the number of one that is there.
_MAKES = frozenset({"figure", "subplots", "subplot_mosaic"})
#: Functions of pyplot that use the current figure and leave it as it is.
_LOOKS = frozenset(
    {
        *(
            "show",
            "savefig",
            "gcf",
            "get_fignums",
            "get_figlabels",
            "fignum_exists",
            "draw",
            "pause",
            "findobj",
        ),
        *(
            "get_current_fig_manager",
            "getp",
            "get",
            "gci",
            "sca",
            "close",
            "figure",
            "ginput",
            "waitforbuttonpress",
        ),
        *("connect", "disconnect", "isinteractive", "ion", "ioff", "draw_if_interactive"),
    }
)
#: Functions of pyplot that have nothing to do with any figure.
_STANDS_ALONE = frozenset(
    {
        *(
            "imread",
            "imsave",
            "rc",
            "rc_context",
            "rcdefaults",
            "get_cmap",
            "switch_backend",
            "set_loglevel",
            "xkcd",
        ),
        *("get_plot_commands", "install_repl_displayhook", "uninstall_repl_displayhook"),
    }
)
#: Functions of pyplot to which the numbers of figures matter.
_COUNTS = frozenset({"get_fignums", "get_figlabels", "fignum_exists"})
#: Axes of one figure that are looked at, at most, to find out whether a library has drawn on it.
_AXES = 20


class Figures:
    """pyplot's figures, as a session sees them.

    Attributes:
        watching: pyplot is there.
        are_used: It has been found to keep a figure.
        has_drawn: The statement that ended last has made or changed one.
    """

    def __init__(self) -> None:
        self.watching = False
        self.are_used = False
        self.has_drawn = False
        self._managers: dict[Any, Any] = {}
        self._figures: dict[Any, Any] = {}
        self._last: dict[Any, Any] = {}  # those that were open before the statement
        self._makers: dict[int, StatementId] = {}  # of each figure, by its id, the statement that made it
        self._made_by_drawing: set[int] = set()
        self._closed: list[tuple[StatementId, str]] = []
        self._called: list[str] = []
        self._before: dict[int, object] | None = None

    def find(self) -> None:
        """Look whether pyplot has been imported since."""
        module = sys.modules.get("matplotlib._pylab_helpers")
        if module is not None and not self.watching and hasattr(module, "Gcf"):
            self.watching = True
            self._managers = module.Gcf.figs

    def call(self, name: str) -> None:
        """A function of pyplot is about to be called."""
        if name == "gca" and self._managers and _has_axes(next(reversed(self._managers.values()))):
            name = "gcf"  # it makes axes only where there are none
        if name not in _STANDS_ALONE:
            self._called.append(name)

    def look_before(self) -> None:
        """Code of which nothing is known is about to run: note what is on the figures."""
        if self._before is None and self._managers:
            self._before = {id(figure): _digest(figure) for figure in self._open().values()}

    def current(self) -> list[str]:
        """The versions that tell what the current figure is, and what is on it."""
        if not self._managers:
            return [CURRENT]
        return [CURRENT, _content(next(reversed(self._managers)))]

    def is_idle(self, changed: set[int]) -> bool:
        """Whether a statement that ran no unknown code, and changed these objects, can have done nothing to figures."""
        if self._called or self._before is not None or len(self._managers) != len(self._figures):
            return False
        return not changed or all(id(figure) not in changed for figure in self._figures.values())

    def finish(
        self, versions: Versions, changed: set[int], *, home: bool, named: Callable[[], set[str]]
    ) -> set[int]:
        """A statement is done: what has it done to the figures?

        Args:
            versions: Where that is written down.
            changed: Ids of the objects that it is known to have changed.
            home: It ran code of the user's that names pyplot.
            named: Gives every name in that code.

        Returns:
            Ids of the figures that it has changed besides.
        """
        called, self._called = self._called, []
        looked, self._before = self._before, None
        before = self._figures
        self.has_drawn = False
        if not before and not self._managers:
            return set()
        self.are_used = True
        now = self._open()
        self._last, self._figures = before, now
        was_current = next(reversed(before), None)
        drawn = {
            number
            for number, figure in now.items()
            if number in before
            and before[number] is figure
            and (id(figure) in changed or (looked is not None and looked.get(id(figure)) != _digest(figure)))
        }
        made = [number for number, figure in now.items() if before.get(number) is not figure]
        gone = [number for number, figure in before.items() if now.get(number) is not figure]
        if home and made and next(reversed(now)) in made and not _MAKES.isdisjoint(named()):
            home = False  # it draws on a figure of its own; on the one before only if that shows
        draws = home or any(name not in _LOOKS and name not in _MAKES for name in called)
        uses = (
            draws
            or any(name not in _MAKES for name in called)
            or (was_current in drawn and looked is not None)
        )
        if draws and was_current in now and was_current not in gone:
            drawn.add(was_current)
        if called == ["clf"] and id(before.get(was_current)) in self._made_by_drawing:
            pass  # without it, clf would make a figure itself
        elif was_current is not None and uses:
            versions.read(CURRENT)
            versions.read(_content(was_current))
        if not _COUNTS.isdisjoint(called):
            versions.read(_NUMBERS)
        if was_current is None and uses:
            self._rely_on_emptiness(versions)
        self._write(versions, called, drawn, made, gone, uses=uses)
        is_current = next(reversed(now), None)
        if _is_other(before, was_current, now, is_current):
            self._activate(versions, made, is_current, before, uses=uses)
        elif not made and is_current is not None and not _MAKES.isdisjoint(called):
            versions.read(CURRENT)  # plt.figure(1), which was current already
            versions.read(_content(is_current))
        self._last = {}
        self.has_drawn = bool(drawn or made)
        return {id(now[number]) for number in drawn}

    def _write(
        self,
        versions: Versions,
        called: list[str],
        drawn: Iterable[Any],
        made: list[Any],
        gone: list[Any],
        *,
        uses: bool,
    ) -> None:
        for number in gone:
            figure = id(self._last[number])
            versions.begin(f"<end of figure {number}>")
            maker = self._makers.pop(figure, None)
            self._made_by_drawing.discard(figure)
            if maker is not None:
                self._closed.append((maker, f"<end of figure {number}>"))
        for number in drawn:
            if called == ["clf"] and id(self._figures[number]) in self._made_by_drawing:
                versions.begin(_content(number))
                versions.begin(CURRENT)
            else:
                versions.supersede(_content(number))
        for number in made:
            versions.begin(_content(number))
            self._makers[id(self._figures[number])] = versions.writer
            if uses:
                self._made_by_drawing.add(id(self._figures[number]))
        if made or gone:
            versions.supersede(_NUMBERS)

    def _activate(
        self,
        versions: Versions,
        made: list[Any],
        is_current: Any,
        before: dict[Any, Any],
        *,
        uses: bool,
    ) -> None:
        """Another figure is current than before."""
        if is_current is None:
            versions.drop(CURRENT)
        elif is_current in made:
            versions.begin(CURRENT)
        elif uses and before:
            versions.supersede(CURRENT)  # the one before the one that was closed
        else:
            versions.read(_NUMBERS)
            versions.read(_content(is_current))
            versions.begin(CURRENT)

    def _rely_on_emptiness(self, versions: Versions) -> None:
        """A figure is made because there was none: who made earlier ones cannot be kept without who closed them."""
        for maker, name in self._closed:
            versions.tie(maker, name)
        self._closed = []

    def _open(self) -> dict[Any, Any]:
        return {number: manager.canvas.figure for number, manager in self._managers.items()}


def _has_axes(manager: Any) -> bool:
    figure = manager.canvas.figure
    return bool(figure.axes)


def _content(number: Any) -> str:
    return f"<figure {number}>"


def _is_other(before: dict[Any, Any], was: Any, now: dict[Any, Any], current: Any) -> bool:
    return was != current or (was is not None and before[was] is not now[current])


def _digest(figure: Any) -> object:
    """What drawing functions of libraries change: which artists there are, and what the axes say and show."""
    return (
        tuple(map(id, figure.artists)),
        tuple(map(id, figure.axes)),
        tuple(map(id, figure.texts)),
        getattr(figure, "_suptitle", None) and figure._suptitle.get_text(),
        *map(_axes_digest, figure.axes[:_AXES]),
    )


def _axes_digest(axes: Any) -> object:
    fields: list[Callable[[], object]] = [
        lambda: tuple(map(id, axes._children)),
        lambda: (axes.title._text, axes.xaxis.label._text, axes.yaxis.label._text),
        lambda: (id(axes.legend_), axes.xaxis._scale.name, axes.yaxis._scale.name),
        lambda: axes._viewLim.get_points().tobytes(),
        lambda: axes.dataLim.get_points().tobytes(),
        lambda: (axes._position.bounds, axes._visible, axes.axison, axes._aspect, axes.patch._facecolor),
        lambda: [(spine._visible, spine._linewidth, spine._edgecolor) for spine in axes.spines.values()],
        lambda: [repr((axis._major_tick_kw, axis._minor_tick_kw)) for axis in (axes.xaxis, axes.yaxis)],
        lambda: (id(axes.xaxis.major.locator), id(axes.xaxis.major.formatter)),
        lambda: (id(axes.yaxis.major.locator), id(axes.yaxis.major.formatter)),
    ]
    return tuple(map(_tried, fields))


def _tried(field: Callable[[], object]) -> object:
    try:
        return field()
    except Exception:  # another version of matplotlib, or axes of another kind
        return None
