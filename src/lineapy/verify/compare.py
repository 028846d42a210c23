"""Are two values the same to any program that does not look at memory addresses?

The values may come from different processes, so identity and ``__eq__`` say little: two estimators fitted alike are
not equal to Python, and ``1 == True``. Values are compared by their types and their contents, all the way down:

* plain Python exactly: ``1``, ``True`` and ``1.0`` differ, so do ``0.0`` and ``-0.0``; NaN is the same as NaN; the
  order of a dictionary counts, that of a set does not;
* arrays by dtype, shape and elements; frames, series and indexes also by labels, names and attributes;
* figures by the pixels they draw;
* functions by their code, defaults, closure and the globals that the code names; classes by name and contents;
* anything else by the state that pickling would write (that is how estimators are compared), without pickling it;
  iterators are not used up;
* sharing counts: in ``[x, x]`` changing one changes the other, so it is not the same as ``[x, x.copy()]``.

What cannot be compared (an open file, a lock) counts as different, unless it is one and the same object.

No library is imported: a value of a library that is not loaded cannot be here.
"""

from __future__ import annotations

import copyreg
import dis
import functools
import inspect
import io
import sys
import types
import warnings
import weakref
from array import array
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

#: What leads from the whole value to a part of it: the way to the parent, and one step more.
_Way = tuple["_Way", str] | None

_EXACT = frozenset({int, bool, str, bytes, type(None), type(...), type(NotImplemented)})

#: Parts of a class that say where it was written, or that Python caches there.
_CLASS_NOISE = frozenset(
    {
        "__annotate__",
        "__annotate_func__",
        "__annotations_cache__",
        "__dict__",
        "__doc__",
        "__firstlineno__",
        "__module__",
        "__slotnames__",
        "__static_attributes__",
        "__weakref__",
        "_abc_impl",
    }
)

#: What search and boosting estimators of scikit-learn read from the clock.
_CLOCK_READINGS = frozenset(
    {"refit_time_", "mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time"}
)


def same_value(a: object, b: object) -> bool:
    """Whether `a` and `b` are the same to any program that does not look at memory addresses.

    >>> same_value({"n": [1, 2.0, float("nan")]}, {"n": [1, 2.0, float("nan")]})
    True
    >>> same_value([1], [True])
    False
    """
    return difference(a, b) is None


def difference(a: object, b: object) -> str | None:
    """Say where `a` and `b` first differ, and how; None if they are the same.

    >>> difference({"weights": [1, 2]}, {"weights": [1, 2.5]})
    "in value['weights'][1]: 2 (int) is not 2.5 (float)"
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # asking an old iterator for its state warns on Python 3.12 and 3.13
        return _Comparison().run(a, b)


class _Differ(Exception):
    """The values differ; the reason is the argument."""


class _Comparison:
    """One comparison. Pairs still to be compared wait in a list, so deep values need no deep recursion."""

    def __init__(self) -> None:
        self._pending: list[tuple[Any, Any, _Way]] = []
        self._seen: set[tuple[int, int]] = set()
        self._partners: dict[int, tuple[int, _Way]] = {}
        self._partners_back: dict[int, int] = {}
        # We go by ids, so nothing that was compared may be freed before the end.
        self._alive: list[object] = []

    def run(self, a: object, b: object) -> str | None:
        self._pending.append((a, b, None))
        while self._pending:
            one, two, way = self._pending.pop()
            try:
                children = list(self._compare(one, two, way))
            except _Differ as reason:
                return f"in {_render(way)}: {reason}"
            self._pending.extend((x, y, (way, step)) for step, x, y in reversed(children))
        return None

    def _compare(self, a: Any, b: Any, way: _Way) -> Iterable[tuple[str, Any, Any]]:
        """Compare two objects, and name the pairs of parts that have to be compared in turn."""
        kind = type(a)
        if kind in _EXACT and kind is type(b):
            return () if a == b else _unlike(a, b)
        if (id(a), id(b)) in self._seen:
            return ()
        self._seen.add((id(a), id(b)))
        self._alive += (a, b)
        self._check_sharing(a, b, way)
        if a is b:
            return ()
        if not _same_type_name(kind, type(b)):
            _unlike(a, b)
        compare = _comparison_for(kind)
        parts = compare(a, b)
        if kind is not type(b) and not issubclass(kind, type):
            # One class defined twice, say in two runs: objects behave alike only if the classes do.
            return [*parts, (".__class__", kind, type(b))]
        return parts

    def _check_sharing(self, a: object, b: object, way: _Way) -> None:
        """What is one changeable object on one side must be one object on the other."""
        if not _is_changeable(a):
            return
        partner, first_way = self._partners.setdefault(id(a), (id(b), way))
        partner_back = self._partners_back.setdefault(id(b), id(a))
        if partner != id(b):
            raise _Differ(f"this is the same object as {_render(first_way)}, but only in the first value")
        if partner_back != id(a):
            raise _Differ("this is an object met before, but only in the second value")


_Parts = Iterable[tuple[str, Any, Any]]
_Compare = Callable[[Any, Any], _Parts]


def _comparison_for(kind: type) -> _Compare:
    found = _BY_TYPE.get(kind)
    if found is not None:
        return found
    for library, choose in _BY_LIBRARY.items():
        if library in sys.modules:
            found = choose(sys.modules[library], kind)
            if found is not None:
                return found
    for base, compare in _BY_BASE.items():
        if issubclass(kind, base):
            return compare
    return _by_state


# --- plain Python ---------------------------------------------------------------------------------


def _number(a: complex, b: complex) -> _Parts:
    # `repr` is exact for floats, tells 0.0 from -0.0, and makes NaN the same as NaN.
    return () if repr(a) == repr(b) else _unlike(a, b)


def _sequence(a: Any, b: Any) -> _Parts:
    if len(a) != len(b):
        raise _Differ(f"{len(a)} items are not {len(b)} items")
    kinds = set(map(type, a))
    # A million plain numbers should not take a million steps.
    if kinds <= _EXACT and list(map(type, a)) == list(map(type, b)) and a == b:
        return ()
    if kinds == {float} == set(map(type, b)) and array("d", a).tobytes() == array("d", b).tobytes():
        return ()
    return [(f"[{i}]", x, y) for i, (x, y) in enumerate(zip(a, b, strict=True))]


def _mapping(a: Any, b: Any) -> _Parts:
    if len(a) != len(b):
        raise _Differ(f"{len(a)} keys are not {len(b)} keys{_odd_keys(a, b)}")
    return _pairs(a.items(), b.items())


def _pairs(a: Iterable[tuple[Any, Any]], b: Iterable[tuple[Any, Any]]) -> Iterator[tuple[str, Any, Any]]:
    for i, ((key_a, value_a), (key_b, value_b)) in enumerate(zip(a, b, strict=True)):
        yield f".keys()[{i}]", key_a, key_b
        yield f"[{_short(key_a)}]", value_a, value_b


def _odd_keys(a: Any, b: Any) -> str:
    odd = [key for key in a if key not in b] + [key for key in b if key not in a]
    return f": only one has {_short(odd[0])}" if odd else ""


def _unordered(a: Any, b: Any) -> _Parts:
    """Pair up the items of two sets: by key where an item has one, by trial where it has none."""
    if len(a) != len(b):
        raise _Differ(f"{len(a)} items are not {len(b)} items")
    keyed_a, others_a = _with_keys(a)
    keyed_b, others_b = _with_keys(b)
    if keyed_a != keyed_b:
        odd = next(iter((keyed_a - keyed_b) or (keyed_b - keyed_a)))
        raise _Differ(f"only one of the two sets has {odd[1]}")
    for item in others_a:
        match = next((i for i, other in enumerate(others_b) if same_value(item, other)), None)
        if match is None:
            raise _Differ(f"only the first set has {_short(item)}")
        del others_b[match]
    return ()


def _with_keys(items: Iterable[object]) -> tuple[Counter[Any], list[object]]:
    keyed: Counter[Any] = Counter()
    others = []
    for item in items:
        key = _key(item)
        if key is None:
            others.append(item)
        else:
            keyed[key] += 1
    return keyed, others


def _key(item: object) -> Hashable | None:
    """Something that is equal for two values exactly if they are the same; None if there is no such thing."""
    kind = type(item)
    if kind in _EXACT or kind in (float, complex):
        return kind, repr(item)
    if kind is tuple:
        keys = [_key(part) for part in item]  # type: ignore[attr-defined]
        return None if None in keys else (tuple, tuple(keys))
    return None


def _bytes(a: Any, b: Any) -> _Parts:
    return () if bytes(a) == bytes(b) else _unlike(a, b)


def _attributes(*names: str) -> _Compare:
    def compare(a: Any, b: Any) -> _Parts:
        return [(f".{name}", getattr(a, name), getattr(b, name)) for name in names]

    return compare


def _converted(convert: Callable[[Any], Any], step: str) -> _Compare:
    def compare(a: Any, b: Any) -> _Parts:
        return [(step, convert(a), convert(b))]

    return compare


# --- functions and classes ------------------------------------------------------------------------


def _function(a: types.FunctionType, b: types.FunctionType) -> _Parts:
    names = ("__name__", "__qualname__", "__code__", "__defaults__", "__kwdefaults__", "__annotations__")
    parts = list(_attributes(*names)(a, b))
    parts += _state(a.__dict__, b.__dict__, ".__dict__")
    parts += [
        (f"'s closure of {name}", x, y)
        for name, x, y in zip(a.__code__.co_freevars, a.__closure__ or (), b.__closure__ or (), strict=False)
    ]
    if a.__globals__ is b.__globals__:
        return parts
    for name in sorted(_globals_named_by(a.__code__)):
        if (name in a.__globals__) != (name in b.__globals__):
            raise _Differ(f"the function uses the global {name!r}, which only one of the two has")
        if name in a.__globals__:
            parts.append((f"'s global {name}", a.__globals__[name], b.__globals__[name]))
    return parts


@functools.lru_cache(maxsize=1024)
def _globals_named_by(code: types.CodeType) -> frozenset[str]:
    inner = [
        _globals_named_by(constant) for constant in code.co_consts if isinstance(constant, types.CodeType)
    ]
    named = {i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return frozenset(named).union(*inner)


def _code(a: types.CodeType, b: types.CodeType) -> _Parts:
    """By what it does, whatever file and line it was compiled from."""
    names = """co_name co_qualname co_argcount co_posonlyargcount co_kwonlyargcount co_flags co_varnames co_freevars
               co_cellvars co_names co_code co_exceptiontable"""
    parts = list(_attributes(*names.split())(a, b))
    if len(a.co_consts) != len(b.co_consts):
        raise _Differ("the code has other constants")
    for i, (x, y) in enumerate(zip(a.co_consts, b.co_consts, strict=True)):
        if i == 0 and isinstance(x, str) and isinstance(y, str):
            # A docstring, perhaps, and formatting code indents docstrings anew.
            x, y = _plain_text(x), _plain_text(y)
        parts.append((f".co_consts[{i}]", x, y))
    return parts


def _plain_text(docstring: str) -> str:
    return "\n".join(line.rstrip() for line in inspect.cleandoc(docstring).strip().splitlines())


def _class(a: type, b: type) -> _Parts:
    if (a.__module__, a.__qualname__) != (b.__module__, b.__qualname__):
        _unlike(a, b)
    return [(".__bases__", a.__bases__, b.__bases__), *_state(_class_contents(a), _class_contents(b), "")]


def _class_contents(cls: type) -> dict[str, Any]:
    # `__slots__` is compared; the descriptors that Python makes from it say nothing more.
    made_by_python = (types.MemberDescriptorType, types.GetSetDescriptorType)
    return {
        name: value
        for name, value in vars(cls).items()
        if name not in _CLASS_NOISE and not isinstance(value, made_by_python)
    }


def _same_type_name(a: type, b: type) -> bool:
    return a is b or (a.__module__, a.__qualname__) == (b.__module__, b.__qualname__)


# --- everything else ------------------------------------------------------------------------------


def _by_state(a: Any, b: Any) -> _Parts:
    """By what pickling would write: how to make the object, and the state to give it."""
    reduced_a, reduced_b = _reduce(a), _reduce(b)
    if isinstance(reduced_a, str) or isinstance(reduced_b, str):
        # An object known by its name. Decorators such as `lru_cache` wear the name of what they wrap.
        if reduced_a != reduced_b:
            _unlike(a, b)
        return [
            (".__wrapped__", getattr(a, "__wrapped__", None), getattr(b, "__wrapped__", None)),
        ]
    make_a, arguments_a, state_a, items_a, pairs_a = reduced_a
    make_b, arguments_b, state_b, items_b, pairs_b = reduced_b
    if len(pairs_a) != len(pairs_b):
        raise _Differ(f"{len(pairs_a)} keys are not {len(pairs_b)} keys")
    return [
        (".__reduce__()[0]", make_a, make_b),
        (".__reduce__()[1]", arguments_a, arguments_b),
        *_state(state_a, state_b, ""),
        *_sequence(items_a, items_b),
        *_pairs(pairs_a, pairs_b),
    ]


def _reduce(item: object) -> str | tuple[Any, Any, Any, list[Any], list[Any]]:
    reduce = copyreg.dispatch_table.get(type(item))
    try:
        reduced = reduce(item) if reduce else item.__reduce_ex__(4)
    except Exception as error:
        raise _Differ(f"a {type(item).__qualname__} cannot be compared ({error})") from error
    if isinstance(reduced, str):
        return reduced
    make, arguments, *rest = reduced
    state, items, pairs = [*rest, None, None, None][:3]
    return make, arguments, state, list(items or ()), list(pairs or ())


def _state(a: Any, b: Any, step: str) -> list[tuple[str, Any, Any]]:
    """The attributes of two objects, in any order."""
    a, b = _with_slots(a), _with_slots(b)
    if type(a) is not dict or type(b) is not dict:
        return [(f"{step}.__getstate__()", a, b)]
    odd = set(a) ^ set(b)
    if odd:
        raise _Differ(f"only one of the two has the attribute {min(map(str, odd))!r}")
    return [(f"{step}.{name}", a[name], b[name]) for name in a]


def _with_slots(state: Any) -> Any:
    """Attributes and slots as one: cloudpickle gives the objects of a class with slots a ``__dict__`` instead."""
    if type(state) is tuple and len(state) == 2 and all(type(part) in (dict, type(None)) for part in state):
        return (state[0] or {}) | (state[1] or {})
    return state


def _generator(a: types.GeneratorType[Any, Any, Any], b: types.GeneratorType[Any, Any, Any]) -> _Parts:
    """By how far they have come, without taking another step."""
    frame_a, frame_b = a.gi_frame, b.gi_frame
    if frame_a is None or frame_b is None:
        return [(".gi_code", a.gi_code, b.gi_code), (" is exhausted", frame_a is None, frame_b is None)]
    return [
        (".gi_code", a.gi_code, b.gi_code),
        (".gi_frame.f_lasti", frame_a.f_lasti, frame_b.f_lasti),
        *_state(dict(frame_a.f_locals), dict(frame_b.f_locals), ".gi_frame.f_locals"),
        (".gi_yieldfrom", a.gi_yieldfrom, b.gi_yieldfrom),
    ]


def _set_subclass(a: Any, b: Any) -> _Parts:
    return [*_unordered(a, b), *_state(getattr(a, "__dict__", {}), getattr(b, "__dict__", {}), "")]


# --- libraries ------------------------------------------------------------------------------------


def _numpy(np: Any, kind: type) -> _Compare | None:
    if issubclass(kind, np.ma.MaskedArray):
        return lambda a, b: [
            (".mask", np.ma.getmaskarray(a), np.ma.getmaskarray(b)),
            (".compressed()", a.compressed(), b.compressed()),  # what a mask hides is no part of the value
            (".fill_value", a.fill_value, b.fill_value),
        ]
    if issubclass(kind, (np.ndarray, np.generic)):
        return functools.partial(_array, np)
    if issubclass(kind, np.dtype):
        return lambda a, b: () if a == b else _unlike(a, b)
    return None


def _array(np: Any, a: Any, b: Any) -> _Parts:
    if a.dtype != b.dtype:
        raise _Differ(f"dtype {a.dtype} is not {b.dtype}")
    if a.shape != b.shape:
        raise _Differ(f"shape {a.shape} is not {b.shape}")
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.names:  # by field, because the padding between fields is not part of the value
        return [(f"[{name!r}]", a[name], b[name]) for name in a.dtype.names]
    if a.dtype.kind == "O":
        return [("", a.ravel().tolist(), b.ravel().tolist())]
    if a.dtype.kind == "c":
        return [(".real", a.real, b.real), (".imag", a.imag, b.imag)]
    equal = a == b
    if a.dtype.kind == "f":
        equal = (equal & (np.signbit(a) == np.signbit(b))) | (np.isnan(a) & np.isnan(b))
    elif a.dtype.kind in "mM":
        equal |= np.isnat(a) & np.isnat(b)
    unlike = np.argwhere(~np.asarray(equal, dtype=bool))
    if not len(unlike):
        return ()
    first = tuple(int(i) for i in unlike[0])
    where = f"[{', '.join(map(str, first))}]" if first else ""
    raise _Differ(
        f"{len(unlike)} of {a.size} elements differ; {where or 'it'}: {a[first]!r} is not {b[first]!r}"
    )


def _pandas(pd: Any, kind: type) -> _Compare | None:
    if issubclass(kind, (pd.DataFrame, pd.Series)):
        return functools.partial(_frame, pd)
    if issubclass(kind, pd.Index):
        return _labels
    if issubclass(kind, pd.api.extensions.ExtensionArray):
        return functools.partial(_extension_array, pd)
    return None


def _frame(pd: Any, a: Any, b: Any) -> _Parts:
    parts: list[tuple[str, Any, Any]] = [(".index", a.index, b.index), (".attrs", a.attrs, b.attrs)]
    parts += [(f".{name}", getattr(a, name, None), getattr(b, name, None)) for name in a._metadata]
    if isinstance(a, pd.Series):
        return [*parts, (".array", a.array, b.array)]
    if a.shape != b.shape:
        raise _Differ(f"shape {a.shape} is not {b.shape}")
    columns = [
        (f"[{_short(a.columns[i])}]", a.iloc[:, i].array, b.iloc[:, i].array) for i in range(a.shape[1])
    ]
    return [(".columns", a.columns, b.columns), *parts, *columns]


def _labels(a: Any, b: Any) -> _Parts:
    if a.nlevels != b.nlevels:
        raise _Differ(f"{a.nlevels} levels are not {b.nlevels} levels")
    names = (".names", list(a.names), list(b.names))
    if a.nlevels > 1:
        return [names, *((f".levels[{i}]", *_level(a, b, i)) for i in range(a.nlevels))]
    return [
        names,
        (".freq", getattr(a, "freq", None), getattr(b, "freq", None)),
        (".array", a.array, b.array),
    ]


def _level(a: Any, b: Any, i: int) -> tuple[Any, Any]:
    # Not `.levels`, which may hold labels that no row has any more.
    return a.get_level_values(i), b.get_level_values(i)


def _extension_array(pd: Any, a: Any, b: Any) -> _Parts:
    if a.dtype != b.dtype:
        raise _Differ(f"dtype {a.dtype} is not {b.dtype}")
    if len(a) != len(b):
        raise _Differ(f"{len(a)} elements are not {len(b)} elements")
    if isinstance(a, pd.Categorical):
        return [(".categories", a.categories, b.categories), (".codes", a.codes, b.codes)]
    if type(a).__name__ in ("NumpyExtensionArray", "PandasArray"):
        return [("", a.to_numpy(), b.to_numpy())]
    if hasattr(a, "asi8") and not isinstance(a.dtype, pd.PeriodDtype):
        return [("", a.asi8, b.asi8)]  # the dtype, which knows the unit and the time zone, is the same
    there_a, there_b = (~_plain_flags(items.isna()) for items in (a, b))
    return [
        (".notna()", there_a, there_b),
        ("", a[there_a].astype(object).tolist(), b[there_b].astype(object).tolist()),
    ]


def _plain_flags(flags: Any) -> Any:
    """A NumPy array; sparse arrays answer sparsely."""
    return flags.to_dense() if hasattr(flags, "to_dense") else flags


def _sklearn(_: Any, kind: type) -> _Compare | None:
    base = getattr(sys.modules.get("sklearn.base"), "BaseEstimator", None)
    return _estimator if base is not None and issubclass(kind, base) else None


def _estimator(a: Any, b: Any) -> _Parts:
    parts = list(_by_state(a, b))
    return [
        part for part in map(_without_clock_readings, parts) if part[0].lstrip(".") not in _CLOCK_READINGS
    ]


def _without_clock_readings(part: tuple[str, Any, Any]) -> tuple[str, Any, Any]:
    step, a, b = part
    if step != ".cv_results_":
        return part
    kept = [
        {name: value for name, value in results.items() if name not in _CLOCK_READINGS} for results in (a, b)
    ]
    return step, kept[0], kept[1]


def _matplotlib(_: Any, kind: type) -> _Compare | None:
    figures, artists = sys.modules.get("matplotlib.figure"), sys.modules.get("matplotlib.artist")
    if figures is not None and issubclass(kind, figures.FigureBase):
        return _picture
    if artists is not None and issubclass(kind, artists.Artist):
        return lambda a, b: [(".get_figure()", a.get_figure(), b.get_figure()), *_place(a, b)]
    return None


def _picture(a: Any, b: Any) -> _Parts:
    pixels_a, pixels_b = _draw(a), _draw(b)
    if pixels_a != pixels_b:
        raise _Differ("the two figures draw different pictures")
    return ()


def _draw(figure: Any) -> tuple[tuple[float, ...], bytes]:
    buffer = io.BytesIO()
    figure.get_figure().savefig(buffer, format="rgba", dpi=figure.get_figure().dpi)
    return tuple(figure.bbox.bounds), buffer.getvalue()


def _place(a: Any, b: Any) -> _Parts:
    """Which of its figure's artists it is."""
    return [(" in its figure", _position(a), _position(b))]


def _position(artist: Any) -> int | None:
    figure = artist.get_figure()
    if figure is None:
        return None
    return next((i for i, other in enumerate(figure.findobj()) if other is artist), None)


# --- tables ---------------------------------------------------------------------------------------

_BY_TYPE: dict[type, _Compare] = {
    float: _number,
    complex: _number,
    list: _sequence,
    tuple: _sequence,
    dict: _mapping,
    set: _unordered,
    frozenset: _unordered,
    bytearray: _bytes,
    memoryview: lambda a, b: [
        *_attributes("format", "shape", "readonly")(a, b),
        (".tobytes()", a.tobytes(), b.tobytes()),
    ],
    types.FunctionType: _function,
    types.CodeType: _code,
    types.ModuleType: _attributes("__name__"),
    types.MethodType: _attributes("__func__", "__self__"),
    types.GeneratorType: _generator,
    types.MappingProxyType: _converted(dict, ""),
    types.CellType: lambda a, b: [("", *map(_cell_contents, (a, b)))],
    property: _attributes("fget", "fset", "fdel", "__doc__"),
    functools.cached_property: _attributes("func", "attrname"),
    classmethod: _attributes("__func__"),
    staticmethod: _attributes("__func__"),
    type({}.keys()): _converted(list, ""),
    type({}.values()): _converted(list, ""),
    type({}.items()): _converted(list, ""),
    weakref.ref: _converted(lambda reference: reference(), "()"),
}

_BY_BASE: dict[type, _Compare] = {
    type: _class,
    types.ModuleType: _attributes("__name__"),
    set: _set_subclass,
    frozenset: _set_subclass,
}

_BY_LIBRARY: dict[str, Callable[[Any, type], _Compare | None]] = {
    "numpy": _numpy,
    "pandas": _pandas,
    "sklearn": _sklearn,
    "matplotlib": _matplotlib,
}


def _cell_contents(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return _EMPTY_CELL


@dataclass(frozen=True)
class _EmptyCell:
    """Stands for what a closure's variable holds before it is bound."""


_EMPTY_CELL = _EmptyCell()


def _is_changeable(item: object) -> bool:
    """Whether it matters how many of this object there are. Libraries' internals may share as they please."""
    kind = type(item)
    return kind in (list, dict, set, bytearray) or (
        kind.__module__ == "__main__" and not isinstance(item, type)
    )


# --- words ----------------------------------------------------------------------------------------


def _unlike(a: object, b: object) -> tuple[()]:
    raise _Differ(f"{_short(a)} ({_type_name(a)}) is not {_short(b)} ({_type_name(b)})")


def _type_name(item: object) -> str:
    kind = type(item)
    return (
        kind.__qualname__
        if kind.__module__ in ("builtins", "__main__")
        else f"{kind.__module__}.{kind.__qualname__}"
    )


def _short(item: object) -> str:
    try:
        text = repr(item)
    except Exception:  # the user's own __repr__ may do anything
        text = object.__repr__(item)
    return text if len(text) <= 60 else f"{text[:40]} … {text[-15:]}"


def _render(way: _Way) -> str:
    def steps() -> Iterator[str]:
        at = way
        while at is not None:
            at, step = at
            yield step

    found = list(steps())
    if len(found) > 30:
        found[10:-10] = [" … "]
    return "value" + "".join(reversed(found))
