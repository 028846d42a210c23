"""Settings of libraries: options, styles, contexts, filters, which one statement sets and others depend on.

While no text speaks of settings, nothing is done. Where one does, statements that speak of them, or run the user's own
code, are followed by a comparison of the settings of the libraries that are loaded. Once a library's settings have
changed, every statement that has to do with the library depends on them: one that names it, uses a value of one of its
types, or runs the user's code that does.

Settings that say how values are *shown* (``display.max_rows``, ``set_printoptions``) are kept apart from the others:
they matter only to statements that may turn values into text.
"""

from __future__ import annotations

import dis
import re
import sys
from collections.abc import Callable, Iterable
from types import BuiltinFunctionType, CodeType, ModuleType
from typing import TYPE_CHECKING, Any

from lineapy.tracing.ambient.generators import names_in
from lineapy.tracing.libraries import is_library, name_of_module

if TYPE_CHECKING:
    from lineapy.tracing.ambient.versions import Versions

#: What a text says that sets something; whether it did shows when states are compared.
_WORDS = (
    *("rcParams", "rc_file", "rcdefaults", "reset_option", "reset_orig", "reset_defaults", "options"),
    *("option_context", "seterr", "errstate", "simplefilter", "filterwarnings", "resetwarnings", "setlocale"),
    *("getcontext", "setcontext", "localcontext", "DefaultContext", "setrecursionlimit", "set_int_max"),
    *(
        "templates",
        "defaults.",
        "config_context",
        "basicConfig",
        "logging.disable",
        "setdefaulttimeout",
        "tzset",
    ),
    *("mimetypes", "copyreg", "addLevelName", "setLoggerClass", "setLogRecordFactory", "builtins"),
    *("xkcd", "use_deterministic", "is_grad_enabled", "no_grad", "gc.", "settings", "__enter__", "plotting"),
)
#: The same, where the rest of the word matters: what to look for first, which is much faster, and what then.
_PATTERNS = {
    "rc(": re.compile(r"\brc\("),
    "set(": re.compile(r"\bset\("),
    "style": re.compile(r"\bstyle\b"),
    "sns": re.compile(r"\bsns\b"),
    "Config": re.compile(r"\bConfig\b"),
    "register": re.compile(r"\bregister\(|register_(?:adapter|converter|dialect|error|\w+_accessor)"),
    "set_": re.compile(
        r"set_(?:theme|style|palette|context|option|config|printoptions|hls|"
        r"default|num_threads|grad|float32|verbosity|eng_float|tbl|fmt)"
    ),
}
_TEXT_MAKERS = re.compile(
    r"(?:^|\.)(?:str|repr|format|print|ascii|display|to_string|to_html|to_latex|to_markdown|info|_repr_\w+_|__str__|"
    r"__repr__|__format__|array2string|array_repr|array_str|dumps|render|log|debug|warning|error)$"
)
_MAKES_TEXT = re.compile(
    r"""\b[rR]?[fF][rR]?['"]|\.to_(?:string|html|latex|markdown)|\b(?:str|repr|format|print|info)\b"""
    r"""|\b(?:get_option|describe_option|get_printoptions|options)\b"""  # who asks for settings gets them
)
#: Text that is filled in, once what the text says is left out: ``"%d"`` in itself is none.
_FILLS_IN = re.compile(r"""['"]\s*%""")
_LITERAL = re.compile(r"""'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*\"""")
#: Libraries that compute, and show nothing.
_COMPUTING = frozenset(
    {
        "numpy",
        "pandas",
        "scipy",
        "sklearn",
        "matplotlib",
        "seaborn",
        "torch",
        "statsmodels",
        "xgboost",
        "lightgbm",
    }
)


def _rc(module: Any) -> object:
    return [
        value
        for name, value in dict.items(module.rcParams)
        if not name.startswith("backend") and name != "interactive"
    ]


def _pandas(*, display: bool) -> object:
    options = getattr(sys.modules.get("pandas._config.config"), "_global_config", {})
    return [_flat(value) for name, value in options.items() if (name in ("display", "styler")) is display]


def _flat(value: Any) -> object:
    return tuple(map(_flat, value.values())) if isinstance(value, dict) else value


def _decimal(module: Any) -> object:
    context = module.getcontext()
    traps = [context.traps[signal] for signal in context.traps]
    return (
        context.prec,
        context.rounding,
        context.Emin,
        context.Emax,
        context.capitals,
        context.clamp,
        traps,
    )


def _warnings(module: Any) -> object:
    """Of the filters, whether and where one raises: the others change nothing but what is shown."""
    filters = list(module.filters)
    raising = [number for number, entry in enumerate(filters) if entry[0] == "error"]
    return filters[: raising[-1] + 1] if raising else None


def _dialects(module: Any) -> object:
    names = [name for name in dir(module.Dialect) if name[0] != "_"]
    found = {name: module.get_dialect(name) for name in module.list_dialects()}
    return {name: [getattr(dialect, part, None) for part in names] for name, dialect in found.items()}


def _mimetypes(module: Any) -> object:
    return [dict(found) for found in (module.types_map, module.common_types, module.encodings_map)]


def _logging(module: Any) -> object:
    made_by = module.getLoggerClass(), module.getLogRecordFactory()
    levels = module.getLevelNamesMapping()
    return module.root.level, module.root.handlers[:], module.root.manager.disable, made_by, levels


def _accessors(module: Any) -> object:
    classes = (module.DataFrame, module.Series, module.Index)
    return [{name: id(vars(cls).get(name)) for name in cls._accessors} for cls in classes]


def _builtins(module: Any) -> object:
    own = {"_", "__IPYTHON__", "display", "get_ipython"}
    return {
        name: id(value) for name, value in vars(module).items() if name not in own and "lineapy" not in name
    }


def _torch(module: Any) -> object:
    return (
        module.get_default_dtype(),
        module.is_grad_enabled(),
        module.get_num_threads(),
        module.are_deterministic_algorithms_enabled(),
        module.get_float32_matmul_precision(),
        module.backends.cudnn.deterministic,
        module.backends.cudnn.benchmark,
    )


def _speaks(text: str) -> bool:
    """Whether a text speaks of settings."""
    return any(word in text for word in _WORDS) or any(
        stem in text and pattern.search(text) for stem, pattern in _PATTERNS.items()
    )


class _Kept:
    """One library's settings: how to look at them, and whose statements depend on them.

    Args:
        module: The module that holds them.
        look: Gives what they are.
        users: Libraries that depend on them; None if every statement that calls something does.
        is_display: They matter to those only who turn values into text.
        word: Libraries change them whenever they are imported: a change is a statement's own only if it, or the user's
            code that it runs, says this word.
    """

    def __init__(
        self,
        module: str,
        look: Callable[[Any], object],
        users: Iterable[str] | None,
        *,
        is_display: bool = False,
        word: str = "",
    ) -> None:
        self.word = word
        self.module = module
        self.look = look
        self.users = None if users is None else frozenset(users)
        self.is_display = is_display


_NUMERIC = ("numpy", "scipy", "pandas", "sklearn", "statsmodels")
_KEPT: dict[str, _Kept] = {
    "matplotlib": _Kept("matplotlib", _rc, ("matplotlib", "mpl_toolkits", "seaborn", "pylab")),
    "pandas": _Kept("pandas", lambda _: _pandas(display=False), ("pandas",)),
    "pandas display": _Kept("pandas", lambda _: _pandas(display=True), ("pandas",), is_display=True),
    "numpy": _Kept("numpy", lambda m: (m.geterr(), m.geterrcall()), _NUMERIC),
    "numpy display": _Kept("numpy", lambda m: m.get_printoptions(), _NUMERIC, is_display=True),
    "warnings": _Kept("warnings", _warnings, None),
    "decimal": _Kept("decimal", _decimal, None),
    "locale": _Kept("locale", lambda m: m.setlocale(m.LC_ALL), None),
    "sys": _Kept("sys", lambda m: (m.getrecursionlimit(), getattr(m, "get_int_max_str_digits", int)()), None),
    "sklearn": _Kept("sklearn", lambda m: m.get_config(), ("sklearn", "imblearn", "xgboost", "lightgbm")),
    "torch": _Kept("torch", _torch, ("torch", "torchvision", "transformers", "lightning")),
    "torch display": _Kept(
        "torch", lambda m: tuple(vars(m._tensor_str.PRINT_OPTS).values()), ("torch",), is_display=True
    ),
    "plotly": _Kept("plotly.io", lambda m: (m.templates.default, m.renderers.default), ("plotly",)),
    "polars": _Kept("polars", lambda m: m.Config.state(), ("polars",), is_display=True),
    "socket": _Kept(
        "socket", lambda m: m.getdefaulttimeout(), ("socket", "urllib", "http", "requests", "ssl")
    ),
    "logging": _Kept("logging", _logging, ("logging",)),
    "csv": _Kept("csv", _dialects, ("csv", "_csv", "pandas")),
    "mimetypes": _Kept("mimetypes", _mimetypes, ("mimetypes", "email", "http", "urllib", "requests")),
    "sqlite3": _Kept(
        "sqlite3",
        lambda m: (dict(m.adapters), dict(m.converters)),
        ("sqlite3", "sqlalchemy", "pandas"),
        word="register",
    ),
    "pandas accessors": _Kept("pandas", _accessors, ("pandas",), word="register"),
    "abc": _Kept("abc", lambda m: m.get_cache_token(), None, word="register"),
    "copyreg": _Kept("copyreg", lambda m: dict(m.dispatch_table), None, word="copyreg"),
    "codecs": _Kept("codecs", lambda _: None, None),  # there is no looking at them
    "builtins": _Kept("builtins", _builtins, None),
    "gc": _Kept("gc", lambda m: (m.isenabled(), m.get_threshold()), ("gc",)),
    "time": _Kept("time", lambda m: (m.tzname, m.timezone), None),
}
#: Objects that hold a library's settings, by module and name of their class.
_HOLDERS = {
    ("matplotlib", "RcParams"): "matplotlib",
    ("pandas._config.config", "DictWrapper"): "pandas",
    ("plotly.io._templates", "TemplatesConfig"): "plotly",
    ("plotly.io._renderers", "RenderersConfig"): "plotly",
    ("decimal", "Context"): "decimal",
}
#: Functions that change what cannot be looked at.
_UNSEEN = {("_codecs", name) for name in ("register", "register_error", "unregister")}
#: Modules whose attributes are followed in other ways.
_ELSEWHERE = frozenset({"sys", "os", "builtins", "posix", "nt"})


class Settings:
    """The settings of libraries, as a session sees them.

    Attributes:
        watching: Statements have to be followed up by `finish`.
    """

    def __init__(self) -> None:
        self.watching = False
        self._last: dict[str, object] = {}
        self._changed: dict[str, None] = {}
        self._compare = False
        self._generic: set[str] = set()
        self._is_foreign = False
        self._speaking: dict[int, bool] = {}
        self._words = {kept.word for kept in _KEPT.values()} - {""}
        self._said = {""}  # those of these words that some text has said

    def look_at(self, text: str) -> None:
        """A text is going to run: does it speak of settings?"""
        self._said.update(word for word in self._words if word in text)
        if not self.watching and _speaks(text):
            self.watch()

    def watch(self) -> None:
        """From now on, compare."""
        if not self.watching:
            self.watching = True
            if not self._last:
                self._look()

    def known_call(self) -> None:
        """A function known to change settings is about to be called."""
        self.watch()
        self._compare = True

    def call(self, callee: object) -> None:
        """Something unknown is about to be called."""
        if type(callee) is BuiltinFunctionType and (callee.__module__, callee.__name__) in _UNSEEN:
            self._compare = True
            self._generic.add("codecs")
        if not self._is_foreign and self._changed:
            module = getattr(callee, "__module__", None) or type(getattr(callee, "__self__", None)).__module__
            if isinstance(module, str) and module.partition(".")[0] not in _COMPUTING and is_library(module):
                self._is_foreign = module != "builtins"

    def change(self, value: object, roots: Iterable[object]) -> bool:
        """An attribute or item is about to be set; whether it is a setting, and nothing else is to be done about it."""
        cls = type(value)
        library = _HOLDERS.get((cls.__module__, cls.__name__))
        if library is not None:
            if library == "decimal" and value is not sys.modules["decimal"].getcontext():
                return False
            self.known_call()
            return True
        held = [root for root in roots if isinstance(root, ModuleType) and is_library(name_of_module(root))]
        if held:
            name = value.__name__ if isinstance(value, ModuleType) else cls.__module__
            library = name.partition(".")[0]
            if library not in _ELSEWHERE and is_library(name) and library != "builtins":
                self.watch()
                self._compare = True
                if library not in _KEPT:
                    self._generic.add(library)
        return False

    def imported(self) -> None:
        """Libraries may have been imported."""
        if self.watching:
            for name in _KEPT.keys() - self._last.keys():
                self._look_at(name)

    def speaks(self, number: int, text: Callable[[], str]) -> bool:
        """Whether a statement's text speaks of settings."""
        found = self._speaking.get(number)
        if found is None:
            found = self._speaking[number] = _speaks(text())
        return found

    def finish(self, versions: Versions, doings: Doings, *, quietly: bool) -> None:
        """A statement is done: which settings did it depend on, and which did it change?

        Args:
            versions: Where it is written down.
            doings: What the statement has to do with.
            quietly: What it changed is only for as long as its block runs, or has been put back.
        """
        for name in self._changed:
            if doings.depends_on(name, foreign=self._is_foreign):
                versions.read(_version(name))
        self._is_foreign = False
        if doings.is_import or not (
            self._compare or doings.is_home or self.speaks(doings.number, doings.text)
        ):
            return
        self._compare = False
        before = dict(self._last)
        self._look()
        if not quietly:
            # What a library is set to when a call imports it is no change, unless the statement may have set it then.
            names = {name for name in self._last if name in before or doings.may_import(_KEPT[name].module)}
            self._note(
                versions, before, {name for name in (*before, *names) if doings.speaks_of(_KEPT[name].word)}
            )

    def before_import(self) -> None:
        """A module is about to be imported, which may be the user's own."""
        self._look()

    def finish_import(self, versions: Versions, *, own: bool) -> None:
        """Modules have been imported.

        Args:
            versions: Where it is written down what they have set.
            own: One of them is the user's own: it may set something later as well.
        """
        if own:
            self.watch()
        if self.watching:
            before = dict(self._last)
            self._look()
            # What a library is set to when it is imported is no change, unless the user's module may have set it.
            changed = {*before, *self._last} if own else {name for name in before if not _KEPT[name].word}
            self._note(versions, before, changed)

    def _note(self, versions: Versions, before: dict[str, object], names: set[str]) -> None:
        for name in sorted(names):
            if name not in before or not _same(before[name], self._last.get(name)):
                versions.supersede(_version(name))
                self._changed[name] = None
        for name in sorted(self._generic):
            versions.supersede(_version(name))
            self._changed[name] = None
        self._generic = set()

    def versions(self) -> list[str]:
        """The versions of the settings that were changed."""
        return [_version(name) for name in self._changed]

    def moved(self) -> list[str]:
        """The versions of settings that have changed since they were last looked at."""
        before = dict(self._last)
        self._look()
        found = [
            name
            for name in before
            if _KEPT[name].word in self._said and not _same(before[name], self._last.get(name))
        ]
        self._changed.update(dict.fromkeys(found))
        return [_version(name) for name in found]

    def behind(self, roots: set[str]) -> list[str]:
        """The versions that a value of some libraries' types depends on."""
        return [
            _version(name)
            for name in self._changed
            if name in _KEPT and not _KEPT[name].is_display and not roots.isdisjoint(_KEPT[name].users or ())
        ]

    def _look(self) -> None:
        for name in _KEPT:
            self._look_at(name)

    def _look_at(self, name: str) -> None:
        kept = _KEPT[name]
        module = sys.modules.get(kept.module)
        if module is not None:
            try:
                self._last[name] = kept.look(module)
            except Exception:  # half imported, or of another version
                self._last.pop(name, None)


class Doings:
    """What a statement has to do with.

    Args:
        number: The statement.
        text: Gives its text.
        callees: What it calls, as in `Statement.callees`.
        libraries: Gives the libraries whose modules and types it uses.
        codes: Gives the user's code that it may run.
        is_home: It may have run such code.
        is_import: It is an import statement.
        draws: It has changed or made a figure.
        calls: It has called something.
    """

    def __init__(
        self,
        number: int,
        text: Callable[[], str],
        callees: tuple[str, ...],
        libraries: Callable[[], set[str]],
        codes: Callable[[], list[CodeType]],
        *,
        is_home: bool,
        is_import: bool,
        draws: bool,
        calls: bool,
    ) -> None:
        self.is_import = is_import
        self.number = number
        self.text = text
        self.is_home = is_home
        self._callees = callees
        self._libraries = libraries
        self._codes = codes
        self._draws = draws
        self._calls = calls
        self._found: set[str] | None = None

    def may_import(self, module: str) -> bool:
        """Whether the statement's own code, not only that of a library it calls, may have imported a module."""
        return self.is_home or "import" in self.text() or module.partition(".")[0] in self.text()

    def speaks_of(self, word: str) -> bool:
        """Whether a word is in the statement's text, or among the names in the user's code that it may have run."""
        return word in self.text() or (
            self.is_home and any(word in name for code in self._codes() for name in names_in(code))
        )

    def depends_on(self, name: str, *, foreign: bool) -> bool:
        """Whether the settings of a library may matter to the statement."""
        kept = _KEPT.get(name)
        if kept is None:
            return name in self._used()
        if name == "sys":  # how deep calls may go
            return self.is_home or foreign
        if name == "builtins":
            return True
        if kept.users is None:
            return self._calls
        if name == "matplotlib" and self._draws:
            return True
        if self._used().isdisjoint(kept.users):
            return False
        return not kept.is_display or foreign or self._makes_text()

    def _used(self) -> set[str]:
        if self._found is None:
            self._found = self._libraries()
        return self._found

    def _makes_text(self) -> bool:
        text = self.text()
        if any(map(_TEXT_MAKERS.search, self._callees)) or _MAKES_TEXT.search(text):
            return True
        if '"""' not in text and "'''" not in text:
            text = _LITERAL.sub('""', text)
        if _FILLS_IN.search(text):
            return True
        return self.is_home and any(map(_code_makes_text, self._codes()))


_text_making: dict[CodeType, bool] = {}


def _code_makes_text(code: CodeType) -> bool:
    found = _text_making.get(code)
    if found is None:
        found = any(map(_TEXT_MAKERS.search, names_in(code))) or any(
            instruction.opname.startswith("FORMAT_") or instruction.argrepr in ("%", "%=")
            for instruction in dis.get_instructions(code)
        )
        found = found or any(
            _code_makes_text(inner) for inner in code.co_consts if isinstance(inner, CodeType)
        )
        _text_making[code] = found
    return found


def _version(library: str) -> str:
    return f"<{library} settings>"


def _same(one: Any, two: Any) -> bool:
    try:
        return bool(one == two)
    except Exception:  # an array among them
        return False
