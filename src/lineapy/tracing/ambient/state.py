"""What the recorder knows of state that no variable holds; idle until a program has to do with such state."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterable
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from lineapy.tracing.ambient.figures import Figures
from lineapy.tracing.ambient.generators import Doings, Generators, names_in
from lineapy.tracing.ambient.settings import Doings as Uses
from lineapy.tracing.ambient.settings import Settings
from lineapy.tracing.libraries import is_library, is_library_function, name_of_module

if TYPE_CHECKING:
    from lineapy.effects.annotations import Effect
    from lineapy.tracing.ambient.versions import Versions
    from lineapy.tracing.anatomy import Anatomy

_GENERATORS = frozenset({"random", "numpy.random", "torch.random", "tensorflow.random"})
#: Functions and classes looked through, at most, for names that have to do with seeds.
_LIMIT = 2_000


class Ambient:
    """Ambient state, as a session sees it.

    Args:
        namespace: The traced program's globals.
        anatomy: Which types have been met.

    Attributes:
        watching: Statements that call something have to be followed up by `finish`.
        watching_figures: They are to be asked as well what they have changed.
        watching_settings: And what they have to do with settings.
    """

    def __init__(self, namespace: dict[str, Any], anatomy: Anatomy) -> None:
        self._namespace = namespace
        self._anatomy = anatomy
        self._generators = Generators()
        self._figures = Figures()
        self._settings = Settings()
        self._modules = 0
        self.watching = False
        self.watching_figures = False
        self.watching_settings = False

    def draws(self, names: Iterable[str], versions: Iterable[str]) -> bool:
        """Whether code may draw figures: what it then does to them cannot be found out afterwards.

        Args:
            names: The variables that it uses.
            versions: Names of the versions that it was seen to use.
        """
        if not self._figures.watching:
            return False
        return any(map(self._is_pyplot, names)) or any(
            name.startswith(("<matplotlib>", "<figure", "<end of figure")) for name in versions
        )

    def settings_changed(self) -> list[str]:
        """The versions of settings that there are."""
        return self._settings.versions()

    def look_at(self, text: str) -> None:
        """A text is going to run."""
        self._generators.look_at(text)
        self._settings.look_at(text)
        self._decide()

    def look_at_modules(self) -> None:
        """A statement is done that may have imported something."""
        if len(sys.modules) != self._modules:
            self._modules = len(sys.modules)
            self._settings.imported()
            if not self._figures.watching:
                self._figures.find()
                self._decide()

    def before_import(self, modules: Iterable[str]) -> None:
        """Some modules are about to be imported."""
        if not all(name in sys.modules for name in modules):
            self._settings.before_import()

    def finish_import(self, versions: Versions, *, own: bool) -> None:
        """Some modules have been imported.

        Args:
            versions: Where it is written down what that has done.
            own: One of them is the user's own.
        """
        if own:
            self._generators.imported(versions)
        self._settings.finish_import(versions, own=own)
        self._decide()

    def called(self, effect: Effect) -> None:
        """A function is about to be called of which it is known what it does to ambient state."""
        for name in effect.changes_states:
            if name in _GENERATORS and name not in effect.reads_states:
                self._generators.reseed(name)
            elif name.endswith(" settings"):
                self._settings.known_call()
        if "matplotlib" in effect.changes_states:
            self._figures.look_before()
        self._decide()

    def call(self, callee: object) -> None:
        """Something is about to be called while figures or settings are watched."""
        if type(callee) is FunctionType and callee.__module__ == "matplotlib.pyplot":
            self._figures.call(callee.__name__)
        if self.watching_settings:
            self._settings.call(callee)

    def change(self, value: object, roots: Iterable[str]) -> bool:
        """An attribute or item of an object is about to be set.

        Args:
            value: The object.
            roots: Variables through which the statement changes something.

        Returns:
            Whether it is a setting, so that nothing else is to be done about it.
        """
        is_setting = self._settings.change(value, [self._namespace.get(name) for name in roots])
        self._decide()
        return is_setting

    def look_before(self, callees: tuple[object, ...] = ()) -> None:
        """Code of which nothing is known is about to run while figures are watched.

        Args:
            callees: What is about to be called, where that is known. matplotlib itself draws on what it is handed, and
                on the current figure: there is nothing to be found out.
        """
        for callee in callees:
            owner = getattr(callee, "__self__", None)
            module = getattr(callee, "__module__", None) if owner is None else type(owner).__module__
            if isinstance(module, str) and module.startswith("matplotlib."):
                return
        self._figures.look_before()

    def finish(
        self, versions: Versions, text: Callable[[], str], callees: tuple[str, ...], names: Iterable[str]
    ) -> None:
        """A statement that may have called something is done: what has it done to the generators?

        Args:
            versions: Where what it did is written down.
            text: Gives the statement's text.
            callees: What it calls, as in `Statement.callees`.
            names: The variables that it uses, those which home code names included.
        """
        if self._generators.watching:
            self._generators.finish(versions, lambda: Doings(text(), callees, self._codes(names)))

    def is_idle(self, changed: set[int]) -> bool:
        """Whether a statement that ran no unknown code, and changed these objects, has nothing to do with this."""
        return not self.watching_settings and self._figures.is_idle(changed)

    def finish_figures(
        self, versions: Versions, changed: set[int], hidden: Iterable[str], names: Iterable[str]
    ) -> set[int]:
        """A statement is done: what has it done to pyplot's figures?

        Args:
            versions: Where what it did is written down.
            changed: Ids of the objects that it is known to have changed.
            hidden: The variables that code which it ran names, in ways that the hooks do not see.
            names: All the variables that it uses.

        Returns:
            Ids of the figures that it has changed besides.
        """
        return self._figures.finish(
            versions,
            changed,
            home=any(map(self._is_pyplot, hidden)),
            named=lambda: {name for code in self._codes(names) for name in names_in(code)},
        )

    def finish_settings(
        self,
        versions: Versions,
        text: Callable[[], str],
        callees: tuple[str, ...],
        names: set[str],
        types_reached: Callable[[], set[int]],
        *,
        is_home: bool,
        is_import: bool,
        calls: bool,
        quietly: bool,
    ) -> None:
        """A statement is done: what has it to do with libraries' settings?

        Args:
            versions: Where that is written down.
            text: Gives the statement's text.
            callees: What it calls, as in `Statement.callees`.
            names: All the variables that it uses.
            types_reached: Gives the ids of the types of what can be reached from them.
            is_home: It may have run the user's code.
            is_import: It is an import statement.
            calls: It has called something.
            quietly: What it set is for the time of a block only.
        """
        self._settings.finish(
            versions,
            Uses(
                versions.writer,
                text,
                callees,
                lambda: self._libraries(names, types_reached()),
                lambda: self._codes(names),
                is_home=is_home,
                is_import=is_import,
                draws=self._figures.has_drawn,
                calls=calls,
            ),
            quietly=quietly,
        )

    def _libraries(self, names: Iterable[str], types_reached: set[int]) -> set[str]:
        """The libraries of which some variables hold modules, functions, classes or values."""
        found = set()
        for name in names:
            value = self._namespace.get(name)
            if isinstance(value, types.ModuleType):
                found.add(name_of_module(value).partition(".")[0])
            else:
                own = getattr(value, "__module__", None) if callable(value) else None
                for module in (own, type(value).__module__):
                    if isinstance(module, str):
                        found.add(module.partition(".")[0])
        known = self._anatomy.libraries()
        found.update(library for number, library in known.items() if number in types_reached)
        return found

    def versions_behind(self, names: Iterable[str]) -> list[str]:
        """Ambient states that an expression over some variables uses."""
        found = self._figures.current() if any(map(self._is_pyplot, names)) else []
        if self._settings.watching:
            found += self._settings.behind(self._libraries(names, set()))
        return found

    def moved(self) -> list[str]:
        """Seeded generators that have moved, and settings that have changed, since `finish` last looked."""
        found = self._generators.moved() if self._generators.watching else []
        return found + self._settings.moved() if self._settings.watching else found

    def _is_pyplot(self, name: str) -> bool:
        value = self._namespace.get(name)
        if isinstance(value, types.ModuleType):
            return name_of_module(value) in ("matplotlib.pyplot", "pylab")
        return type(value) is FunctionType and value.__module__ == "matplotlib.pyplot"

    def _decide(self) -> None:
        self.watching_figures = self._figures.watching
        self.watching_settings = self._settings.watching
        self.watching = self._generators.watching

    def _codes(self, names: Iterable[str]) -> list[CodeType]:
        """The user's code that can be reached from some variables."""
        namespace = self._namespace
        pending: list[Any] = [namespace[name] for name in names if name in namespace]
        seen: set[int] = set()
        codes: list[CodeType] = []
        while pending and len(seen) < _LIMIT:
            value = pending.pop()
            if id(value) in seen:
                continue
            seen.add(id(value))
            if isinstance(value, FunctionType):
                home = value.__globals__
                if home is namespace or not is_library_function(value):
                    codes.append(value.__code__)
                    pending += [home[name] for name in value.__code__.co_names if name in home]
                    pending += [cell.cell_contents for cell in value.__closure__ or () if _is_filled(cell)]
            elif isinstance(value, types.MethodType):
                pending += (value.__func__, value.__self__)
            elif isinstance(value, type):
                if not is_library(value.__module__):
                    pending += (*vars(value).values(), *value.__bases__)
            elif isinstance(value, types.ModuleType):
                if not is_library(name_of_module(value)):
                    pending += vars(value).values()
            elif isinstance(value, staticmethod | classmethod):
                pending.append(value.__func__)
            elif isinstance(value, dict):
                pending += value.values()
            elif isinstance(value, list | tuple):
                pending += value
            else:
                pending.append(type(value))
        return codes


def _is_filled(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False
