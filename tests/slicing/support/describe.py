"""A value as plain nested lists, so that values of two different interpreters can be compared.

Two descriptions are equal exactly if the values look the same to any program that is not interested in memory
addresses: types count (``1``, ``True`` and ``1.0`` differ), NaN equals NaN, and *sharing* counts: the second time a
mutable object turns up it is described as a reference to the first, so ``[x, x]`` and ``[x, list(x)]`` differ.

Instances are described with their class when the user's program defined it, functions with their defaults, their
closures and the globals that their code names, because all of these decide what the value does next. An iterator
is described by what is left of it, which uses it up: describe last.

This file runs inside freshly started interpreters, so it imports as little as possible and nothing of ours.
"""

from __future__ import annotations

import dis
import hashlib
import io
import re
import types
from collections.abc import Callable
from typing import Any, TypeAlias

Description: TypeAlias = "str | int | list[Description]"

#: How many remaining items of an iterator are looked at: some are endless.
ITERATOR_LIMIT = 100

#: Parts of a class that say where it was written or how it was compiled, not what it does.
_CLASS_NOISE = frozenset(
    {
        "__abstractmethods__", "__annotate__", "__annotate_func__", "__annotations__", "__annotations_cache__",
        "__dataclass_fields__", "__dataclass_params__", "__dict__", "__doc__", "__firstlineno__", "__match_args__",
        "__module__", "__orig_bases__", "__parameters__", "__qualname__", "__static_attributes__",
        "__subclasshook__", "__type_params__", "__weakref__", "_abc_impl",
    }
)  # fmt: skip
_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
_ATOMS = (type(None), bool, int, str, bytes, type(Ellipsis), type(NotImplemented), range)


def describe(value: object, main: str = "__main__") -> Description:
    """Describe a value; ``main`` is the ``__name__`` of the user's program."""
    return _Describer(main).describe(value)


class _Describer:
    def __init__(self, main: str) -> None:
        self._main = main
        self._seen: dict[int, int] = {}
        self._alive: list[object] = []  # an id must not be used again while we go by ids

    def describe(self, value: Any) -> Description:
        kind = type(value)
        if kind in _ATOMS:
            return [kind.__name__, repr(value)]
        if kind is float:
            return ["float", _number(value)]
        if kind is complex:
            return ["complex", _number(value.real), _number(value.imag)]
        if kind is tuple:
            return ["tuple", [self.describe(item) for item in value]]
        if id(value) in self._seen:
            return ["same as", self._seen[id(value)]]
        self._seen[id(value)] = len(self._seen)
        self._alive.append(value)
        return self._by_type(value)

    def _by_type(self, value: Any) -> Description:
        for test, describe in self._rules():
            if test(value):
                return describe(value)
        return self._object(value)

    def _rules(self) -> list[tuple[Callable[[Any], bool], Callable[[Any], Description]]]:
        return [
            (_is(types.ModuleType), lambda v: ["module", v.__name__]),
            (_is(type), self._class),
            (_is(types.FunctionType), self._function),
            (_is(types.MethodType), lambda v: ["method", v.__func__.__name__, self.describe(v.__self__)]),
            (_is(types.BuiltinFunctionType), self._builtin),
            (_is((staticmethod, classmethod)), lambda v: [type(v).__name__, self.describe(v.__func__)]),
            (_is(property), lambda v: ["property", *map(self.describe, (v.fget, v.fset, v.fdel))]),
            (_is(types.CellType), self._cell),
            (lambda v: _has_base(v, "FigureBase"), self._figure),
            (lambda v: _has_base(v, "Artist"), self._artist),
            (_from("numpy"), self._numpy),
            (_from("pandas"), self._pandas),
            (_is(str | int | float | bytes), lambda v: [_name(type(v)), repr(v), self._attributes(v)]),
            (_is(dict), lambda v: [_name(type(v)), self._pairs(v), self._attributes(v)]),
            (_is((set, frozenset)), self._set),
            (_is((list, tuple)), self._sequence),
            (lambda v: _name(type(v)) == "collections.deque", self._sequence),
            (lambda v: _name(type(v)) == "functools.partial", self._partial),
            (_is(bytearray), lambda v: ["bytearray", repr(v)]),
            (_is(BaseException), self._exception),
            (lambda v: _name(type(v)) in ("_io.StringIO", "_io.BytesIO"), self._memory_file),
            (lambda v: hasattr(type(v), "__next__") and _defined_in_library(v, self._main), self._iterator),
        ]

    # Containers

    def _sequence(self, value: Any) -> Description:
        return [_name(type(value)), [self.describe(item) for item in value], self._attributes(value)]

    def _pairs(self, value: dict[Any, Any]) -> Description:
        return [[self.describe(key), self.describe(item)] for key, item in value.items()]

    def _set(self, value: Any) -> Description:
        # The order of a set means nothing, so its members are described one by one, each without a past.
        members = sorted((describe(member, self._main) for member in value), key=repr)
        return [_name(type(value)), members]

    def _iterator(self, value: Any) -> Description:
        items: list[Description] = []
        try:
            while len(items) < ITERATOR_LIMIT:
                items.append(self.describe(next(value)))
        except StopIteration:
            pass
        except Exception as error:
            items.append(["raises", type(error).__name__])
        return ["iterator", _name(type(value)), items]

    def _memory_file(self, value: Any) -> Description:
        if value.closed:
            return [_name(type(value)), "closed"]
        return [_name(type(value)), repr(value.getvalue()), value.tell()]

    # Pictures

    def _figure(self, value: Any) -> Description:
        """By its pixels."""
        pixels, figure = io.BytesIO(), value.get_figure()
        figure.savefig(pixels, format="rgba", dpi=figure.dpi)
        return ["figure", hashlib.sha256(pixels.getvalue()).hexdigest(), repr(value.bbox.bounds)]

    def _artist(self, value: Any) -> Description:
        """By its figure, and which of the artists on it this is."""
        figure = value.get_figure()
        if figure is None:
            return ["artist", _name(type(value)), "on no figure"]
        number = next((i for i, other in enumerate(figure.findobj()) if other is value), None)
        return ["artist", _name(type(value)), repr(number), self.describe(figure)]

    # Code

    def _function(self, value: types.FunctionType) -> Description:
        code = value.__code__
        return [
            "function",
            value.__name__,
            list(code.co_varnames[: code.co_argcount]),
            [repr(constant) for constant in code.co_consts if not isinstance(constant, types.CodeType)],
            [self.describe(default) for default in value.__defaults__ or ()],
            self._pairs(value.__kwdefaults__ or {}),
            [self.describe(cell) for cell in value.__closure__ or ()],
            self._pairs({k: v for k, v in vars(value).items() if k != "__wrapped__"}),
            self._globals_of(value),
        ]

    def _globals_of(self, value: types.FunctionType) -> Description:
        namespace = value.__globals__
        if namespace.get("__name__") != self._main:
            return []
        names = sorted(name for name in _global_names(value.__code__) if name in namespace)
        return [[name, self.describe(namespace[name])] for name in names]

    def _cell(self, value: types.CellType) -> Description:
        try:
            return ["cell", self.describe(value.cell_contents)]
        except ValueError:
            return ["cell", "empty"]

    def _builtin(self, value: Any) -> Description:
        owner = value.__self__
        if owner is None or isinstance(owner, types.ModuleType | type):
            return ["builtin", value.__qualname__]
        return ["builtin", value.__qualname__, self.describe(owner)]

    def _partial(self, value: Any) -> Description:
        return ["partial", *map(self.describe, (value.func, value.args, value.keywords))]

    def _class(self, value: type) -> Description:
        if value.__module__ != self._main:
            return ["class", _name(value)]
        members = {name: member for name, member in vars(value).items() if name not in _CLASS_NOISE}
        slots = {n: m for n, m in members.items() if isinstance(m, types.MemberDescriptorType)}
        return [
            "class",
            value.__name__,
            [self.describe(base) for base in value.__bases__],
            self.describe(type(value)) if type(value) is not type else "type",
            sorted(slots),
            [[name, self.describe(members[name])] for name in sorted(members) if name not in slots],
        ]

    # Objects

    def _exception(self, value: BaseException) -> Description:
        kind, arguments = self.describe(type(value)), self.describe(value.args)
        return ["exception", kind, arguments, self._pairs(vars(value))]

    def _object(self, value: Any) -> Description:
        attributes = self._attributes(value)
        if attributes:
            return ["object", self.describe(type(value)), attributes]
        if type(value).__module__ == self._main:
            return ["object", self.describe(type(value)), []]
        return [_name(type(value)), _ADDRESS.sub("0x", repr(value))]

    def _attributes(self, value: Any) -> Description:
        found: dict[str, Any] = dict(getattr(value, "__dict__", {}))
        for kind in type(value).__mro__:
            for name in _slot_names(kind):
                if hasattr(value, name):
                    found.setdefault(name, getattr(value, name))
        return [[name, self.describe(found[name])] for name in sorted(found, key=str)]

    # Libraries

    def _numpy(self, value: Any) -> Description:
        if _name(type(value)) == "numpy.ndarray":
            items = [self.describe(item) for item in value.ravel().tolist()]
            return ["ndarray", str(value.dtype), repr(value.shape), items]
        if hasattr(value, "dtype") and hasattr(value, "item"):
            return ["numpy scalar", str(value.dtype), self.describe(value.item())]
        if hasattr(value, "bit_generator"):
            return ["numpy generator", _ADDRESS.sub("0x", repr(value.bit_generator.state))]
        return [_name(type(value)), _ADDRESS.sub("0x", repr(value))]

    def _pandas(self, value: Any) -> Description:
        kind = type(value).__name__
        if kind == "DataFrame":
            columns = [self._pandas(value.iloc[:, at]) for at in range(value.shape[1])]
            header = self._pandas(value.columns)
            return ["DataFrame", header, self._pandas(value.index), columns, self.describe(dict(value.attrs))]
        if kind == "Series":
            name, index = self.describe(value.name), self._pandas(value.index)
            return ["Series", name, str(value.dtype), self._items(value), index]
        if kind.endswith("Index"):
            names = [self.describe(name) for name in value.names]
            return [kind, names, str(value.dtype), self._items(value)]
        if "GroupBy" in kind:
            return [kind, self._pandas(value.obj), self.describe(list(value.groups))]
        return [_name(type(value)), _ADDRESS.sub("0x", repr(value))]

    def _items(self, value: Any) -> Description:
        return [self.describe(item) for item in value.tolist()]


def _is(kinds: Any) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds)


def _from(library: str) -> Callable[[Any], bool]:
    return lambda value: type(value).__module__.split(".")[0] == library


def _defined_in_library(value: object, main: str) -> bool:
    return type(value).__module__ != main


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}" if kind.__module__ != "builtins" else kind.__qualname__


def _number(value: float) -> str:
    # Twelve digits: the last bits of a sum may depend on how a library splits it among threads.
    return format(value, ".12g")


def _slot_names(kind: type) -> list[str]:
    slots = kind.__dict__.get("__slots__", ())
    names = [slots] if isinstance(slots, str) else list(slots)
    return [name for name in names if name not in ("__dict__", "__weakref__")]


def _global_names(code: types.CodeType) -> set[str]:
    reads = ("LOAD_GLOBAL", "LOAD_NAME")
    names = {str(step.argval) for step in dis.get_instructions(code) if step.opname in reads}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _global_names(constant)
    return names


def _has_base(value: object, name: str) -> bool:
    return any(
        base.__name__ == name and base.__module__.startswith("matplotlib.") for base in type(value).__mro__
    )
