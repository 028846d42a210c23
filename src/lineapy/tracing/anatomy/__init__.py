"""What an object consists of: its parts, a digest of what has no parts, and whether its state can be seen at all.

An object's *state* is the identity of its parts plus its digest. A list has its items as parts, an instance its
``__dict__`` and class, a function its closure cells and defaults, an array no parts but a digest of its buffer. An
*opaque* object (a generator, an open file, a lock) has state that cannot be seen; whoever uses one must assume that
it changed.

Each type is looked at once; what was found (`Kind`) is kept in a table.
"""

from __future__ import annotations

import array
import collections
import functools
import io
import opcode
import operator
import sys
import types
import weakref
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from lineapy.tracing.anatomy.kind import (
    ACTS,
    CLOSED_KIND,
    IMMUTABLE_KIND,
    NO_PARTS,
    Kind,
    Parts,
    acting,
    c_base,
    c_kind,
    instance_parts,
    joined,
    no_parts,
    python_made,
    referents,
)
from lineapy.tracing.anatomy.libraries import library_kind
from lineapy.tracing.anatomy.randomness import is_global
from lineapy.tracing.code_names import CodeNames, code_names
from lineapy.tracing.identity import LONG, same_objects
from lineapy.tracing.libraries import is_library, is_library_function, name_of_module

_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE
#: The program's own module: its attributes are the variables.
_EVERYTHING = CodeNames(frozenset(), frozenset(), dynamic=True, everything=True)

__all__ = ["ACTS", "IMMUTABLE", "Anatomy", "Kind", "Parts", "no_parts"]

#: Types whose values never change and hold nothing that does. Grows as types are looked at.
IMMUTABLE: set[type] = {
    int,
    float,
    complex,
    bool,
    str,
    bytes,
    type(None),
    type(...),
    type(NotImplemented),
    range,
    slice,
    types.CodeType,
    types.GenericAlias,
    types.UnionType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    types.ClassMethodDescriptorType,
    types.FrameType,
    types.TracebackType,
}

#: Library types that are immutable by contract; by name, so that nothing has to be imported.
_IMMUTABLE_NAMES = frozenset(
    {
        "datetime.date",
        "datetime.time",
        "datetime.datetime",
        "datetime.timedelta",
        "datetime.timezone",
        "decimal.Decimal",
        "fractions.Fraction",
        "uuid.UUID",
        "zoneinfo.ZoneInfo",
        "re.Pattern",
        "re.Match",
        "operator.itemgetter",
        "operator.attrgetter",
        "_struct.Struct",
        "numpy.dtype",
        "numpy.ufunc",
        "pandas.Timestamp",
        "pandas.Timedelta",
        "pandas.Period",
        "pandas.Interval",
    }
)
#: Libraries whose instances are registries, the machinery of a notebook, or our own: their insides are nobody's data.
_CLOSED_MODULES = frozenset(
    {
        "_frozen_importlib",
        "importlib",
        "ipykernel",
        "jupyter_client",
        "lineapy",
        "logging",
        "pyarrow",
        "tornado",
        "typing",
        "zipimport",
        "zmq",
    }
)


#: Where a suspended function keeps its frame.
_FRAMES = {
    types.GeneratorType: "gi_frame",
    types.CoroutineType: "cr_frame",
    types.AsyncGeneratorType: "ag_frame",
}
#: How every handler of exceptions begins in bytecode, but not the one that surrounds each generator since Python 3.12.
_PUSH_EXC_INFO = opcode.opmap["PUSH_EXC_INFO"]


def has_begun(value: object) -> bool:
    """Whether an object is no generator or coroutine, or one that has begun."""
    frame = _FRAMES.get(type(value))
    return frame is None or bool(getattr(value, frame.replace("_frame", "_suspended"), True))


class Finalizer(NamedTuple):
    """An object whose end runs code of the program.

    Attributes:
        target: Gives the object, or None once it has ended, or if nobody can know.
        called: What is called then, besides the code of the object.
    """

    target: Callable[[], object]
    called: tuple[object, ...]


class Anatomy:
    """The table of kinds, for one traced namespace.

    Args:
        namespace: The traced program's globals. A function that was defined there has the globals it names as
            *variables*, not as parts.
        may_change: Whether calling a function or method that was not written by the user may change anything.
    """

    def __init__(
        self, namespace: dict[str, Any], may_change: Callable[[object], bool] = lambda _: True
    ) -> None:
        self._namespace = namespace
        #: Whether the program may have made objects whose end runs code of it: without, nobody looks for them.
        self.has_finalizers = False
        self._may_change = may_change
        self._all_immutable: list[Parts] = []
        self._rules: dict[str, Callable[[type], Kind | None]] = {}
        self._kinds: dict[type, Kind] = {
            list: Kind(tuple),
            tuple: Kind(tuple),
            dict: Kind(_dict_parts),
            set: Kind(tuple),
            frozenset: Kind(tuple),
            collections.deque: Kind(tuple),
            bytearray: Kind(no_parts, digest=bytes),
            memoryview: Kind(lambda view: (view.obj,), bound=True),
            array.array: Kind(no_parts, digest=bytes),
            types.MappingProxyType: Kind(referents, bound=True),
            types.CellType: Kind(_cell_parts),
            types.MethodType: Kind(_method_parts, acts=self.acts),
            types.BuiltinFunctionType: Kind(_builtin_parts, acts=self.acts),
            types.MethodWrapperType: Kind(_builtin_parts, acts=self.acts),
            types.MethodDescriptorType: Kind(no_parts, acts=self.acts),
            types.WrapperDescriptorType: Kind(no_parts, acts=self.acts),
            operator.methodcaller: Kind(no_parts, acts=acting),
            functools.partial: Kind(lambda p: (p.func, p.args, p.keywords, vars(p))),
            property: Kind(lambda p: (p.fget, p.fset, p.fdel)),
            staticmethod: Kind(lambda method: (method.__func__,)),
            classmethod: Kind(lambda method: (method.__func__,)),
            weakref.ReferenceType: Kind(lambda reference: (reference(),), bound=True),
            io.StringIO: Kind(no_parts, digest=_buffer_digest, iterating=True),
            io.BytesIO: Kind(no_parts, digest=_buffer_digest, iterating=True),
            # d[key] makes an item.
            collections.defaultdict: Kind(
                lambda d: (*_dict_parts(d), d.default_factory), runs_user_code=True
            ),
            functools._lru_cache_wrapper: Kind(
                lambda wrapper: (wrapper.__wrapped__, wrapper.__dict__),
                # Hits do not count: they leave the cache as it was.
                digest=lambda wrapper: (wrapper.cache_info().misses, wrapper.cache_info().currsize),
                bound=True,
            ),
            types.FunctionType: Kind(self._function_parts),
        }
        self._user_function = Kind(self._function_parts, runs_user_code=True)
        self._library_function = Kind(lambda function: function.__closure__ or NO_PARTS)
        self._user_class = Kind(self._class_parts, runs_user_code=True)
        self._library_class = Kind(no_parts)
        self._user_module = Kind(_module_parts, runs_user_code=True)
        self._library_module = Kind(no_parts)

    def kind(self, value: object) -> Kind | None:
        """How to look at a value; None if it is immutable and holds nothing that is not."""
        cls = type(value)
        if cls in IMMUTABLE:
            return None
        if value is self._namespace:
            return self._library_module  # its items are the variables
        if cls is types.FunctionType:
            return self._user_function if self.is_user_function(value) else self._library_function  # type: ignore[arg-type]
        kind = self._kinds.get(cls)
        if kind is not None:
            return kind
        if isinstance(value, type):
            return self._library_class if self._is_library_class(value) else self._user_class
        if isinstance(value, types.ModuleType):
            if self.is_own_module(value):
                return self._library_module
            return self._library_module if is_library(name_of_module(value)) else self._user_module
        kind = self._examine(cls)
        if kind is None:
            IMMUTABLE.add(cls)
        else:
            self._kinds[cls] = kind
        return kind

    def libraries(self) -> dict[int, str]:
        """Of each type that has been met, by its id, the first part of the name of its module."""
        return {id(cls): str(cls.__module__).partition(".")[0] for cls in self._kinds}

    def acts(self, function: Any) -> int:
        """Whether calling a method, or a function made in C, may change something that belongs to the program.

        Returns:
            `ACTS` or 0.
        """
        if is_global(getattr(function, "__self__", None)) and function.__name__ != "shuffle":
            return 0  # of the generators that everybody uses, `lineapy.tracing.ambient` takes care
        return ACTS if self._may_change(function) else 0

    def has_immutable_parts(self, parts: Parts) -> bool:
        """Whether nothing can change among some parts, and nothing can be reached from them.

        What has been found of a long list is remembered until `forget`.
        """
        if len(parts) < LONG:
            return IMMUTABLE.issuperset(map(type, parts))
        for known in self._all_immutable:
            if same_objects(known, parts):
                return True
        first = type(parts[0])
        if first not in IMMUTABLE:
            return False
        if operator.countOf(map(type, parts), first) != len(parts):  # the fastest way to count by identity
            return IMMUTABLE.issuperset(map(type, parts))
        self._all_immutable.append(parts)
        return True

    def forget(self) -> None:
        """A statement is over: let go of its values."""
        if self._all_immutable:
            self._all_immutable = []

    def teach(self, cls: type, kind: Kind) -> None:
        """Look at the instances of a class in this way."""
        self._kinds[cls] = kind

    def teach_library(self, library: str, rule: Callable[[type], Kind | None]) -> None:
        """Look at the instances of a library's classes as a rule says, if it says anything of them."""
        self._rules[library] = rule

    def is_own_module(self, module: types.ModuleType) -> bool:
        """Whether a module's globals are the traced namespace."""
        return vars(module) is self._namespace

    def is_home(self, function: types.FunctionType) -> bool:
        """Whether a function's globals are the traced namespace."""
        return function.__globals__ is self._namespace

    def is_user_function(self, function: types.FunctionType) -> bool:
        """Whether a function was written by the user, in the program or in a module beside it."""
        return function.__globals__ is self._namespace or not is_library_function(function)

    def names(self, value: object) -> CodeNames | None:
        """Variables of the traced namespace that an object's own code uses."""
        cls = type(value)
        if cls is types.FunctionType:
            return code_names(value.__code__) if value.__globals__ is self._namespace else None  # type: ignore[attr-defined]
        if cls is types.ModuleType:
            return _EVERYTHING if self.is_own_module(value) else None  # type: ignore[arg-type]
        if cls is types.GeneratorType:
            return self._frame_names(value.gi_frame)  # type: ignore[attr-defined]
        if cls is types.CoroutineType:
            return self._frame_names(value.cr_frame)  # type: ignore[attr-defined]
        if cls is types.AsyncGeneratorType:
            return self._frame_names(value.ag_frame)  # type: ignore[attr-defined]
        return None

    def finalizer(self, value: object) -> Finalizer | None:
        """What of the program runs when an object ends; None if nothing does.

        That is its ``__del__``, what was asked for by `weakref.finalize` or a weak reference, and, of a generator that
        waits inside a ``try`` or ``with``, the end of that.
        """
        cls = type(value)
        if cls in _FRAMES:
            frame = getattr(value, _FRAMES[cls])
            waits = frame is not None and _PUSH_EXC_INFO in frame.f_code.co_code[::2]
            return Finalizer(weakref.ref(value), ()) if waits else None
        called = tuple(function for ref in weakref.getweakrefs(value) for function in self._called_by(ref))
        function = getattr(cls, "__del__", None)
        has_own = type(function) is types.FunctionType and self.is_user_function(function)
        if not called and not has_own:
            return None
        if cls.__weakrefoffset__:
            return Finalizer(weakref.ref(value), called)
        kind = self.kind(value)
        return Finalizer(lambda: None, (cls, *(kind.parts(value) if kind is not None else ())))

    def _called_by(self, reference: weakref.ref[object]) -> Iterator[object]:
        callback: object = reference.__callback__
        if isinstance(callback, weakref.finalize):
            _, function, arguments, named = callback.peek() or (None, None, (), {})
            yield from (function, arguments, *named.values())
        elif callback is not None and (
            not isinstance(callback, types.FunctionType) or self.is_user_function(callback)
        ):
            yield callback

    def _frame_names(self, frame: types.FrameType | None) -> CodeNames | None:
        return code_names(frame.f_code) if frame is not None and frame.f_globals is self._namespace else None

    # -- kinds that depend on whose code it is

    def _is_library_class(self, cls: type) -> bool:
        module = (
            cls.__dict__.get("__module__")
            if isinstance(cls.__dict__.get("__module__"), str)
            else cls.__module__
        )
        if not cls.__flags__ & _HEAP_TYPE:
            return True
        if module == self._namespace.get("__name__"):
            return False
        if module == "builtins" and python_made(cls):
            return False  # made where globals have no name, as by exec(text, {})
        return is_library(module if isinstance(module, str) else None)

    def _function_parts(self, function: types.FunctionType) -> Parts:
        parts: list[object] = [
            *(function.__closure__ or ()),
            function.__defaults__,
            function.__kwdefaults__,
            function.__code__,
            function.__dict__,
        ]
        if function.__globals__ is not self._namespace:
            # A function of the user's own module: the globals it names are parts of it.
            names = code_names(function.__code__)
            home = function.__globals__
            parts += [home[name] for name in sorted(names.loads | names.stores) if name in home]
        return tuple(parts)

    def _class_parts(self, cls: type) -> Parts:
        own = {name: value for name, value in vars(cls).items() if name not in _CLASS_BOOKKEEPING}
        return (*own, *own.values(), *cls.__bases__, type(cls))

    def _examine(self, cls: type) -> Kind | None:
        """Find out how to look at the instances of a class seen for the first time."""
        name = f"{cls.__module__}.{cls.__qualname__}"
        if name in _IMMUTABLE_NAMES or cls.__module__ in ("pathlib", "pathlib._local"):
            return None
        logs = _logging_kind(cls, user=not self._is_library_class(cls))
        if logs is not None:
            return logs
        if name == "lineapy.artifacts.LineaArtifact":
            return Kind(_parts_of_artifact)
        if cls.__module__.partition(".")[0] in _CLOSED_MODULES:
            return CLOSED_KIND
        taught = self._rules.get(cls.__module__.partition(".")[0])
        special = (taught(cls) if taught is not None else None) or library_kind(cls)
        if special is not None:
            return special if special is not IMMUTABLE_KIND else None
        if not python_made(cls):
            return c_kind(cls)
        user = not self._is_library_class(cls)
        instance = instance_parts(cls, with_class=user)
        base = c_base(cls)
        if base is object or base in self._kinds:
            container = self._kinds[base].parts if base in self._kinds else no_parts
            container = _ITEMS.get(base, container)
            digest = self._kinds[base].digest if base in self._kinds else None
            opaque = base in self._kinds and self._kinds[base].opaque
            bound = base in self._kinds and self._kinds[base].bound
            return Kind(
                joined(instance, container), digest=digest, opaque=opaque, runs_user_code=user, bound=bound
            )
        if issubclass(cls, BaseException):
            return Kind(lambda error: (*instance(error), error.args, error.__cause__), runs_user_code=user)
        if issubclass(base, int | float | complex | str | bytes):
            return Kind(instance, runs_user_code=user)  # the value itself cannot change
        inner = library_kind(base) or c_kind(base)
        return Kind(
            joined(instance, inner.parts),
            digest=inner.digest,
            opaque=inner.opaque,
            runs_user_code=user,
            bound=inner.bound,
            also_known_as=inner.also_known_as,
        )


def _parts_of_artifact(artifact: Any) -> Parts:
    # Once loaded, it gives the same value again.
    return tuple(value for name, value in vars(artifact).items() if name == "_value")


def _logging_kind(cls: type, *, user: bool) -> Kind | None:
    """Loggers and handlers: what a program logs may end in a buffer, or in a handler that it wrote."""
    logging = sys.modules.get("logging")
    if logging is None or not issubclass(cls, logging.Logger | logging.Handler):
        return None
    return Kind(
        _parts_of_handler if issubclass(cls, logging.Handler) else _parts_of_logger, runs_user_code=user
    )


def _parts_of_logger(logger: Any) -> Parts:
    # Not its manager, through which all loggers are reached, nor its cache.
    return (logger.handlers, logger.filters, logger.level, logger.propagate, logger.disabled, logger.parent)


def _parts_of_handler(handler: Any) -> Parts:
    # A lock counts as changed by whoever reaches it, and so would a terminal or a log file: those are nobody's data.
    own = object.__getattribute__(handler, "__dict__").items()
    return tuple(
        value
        for name, value in own
        if (name != "lock" and not isinstance(value, io.TextIOBase | io.RawIOBase))
        or isinstance(value, io.StringIO)
    )


# -- parts of the built-in types


def _dict_parts(value: dict[object, object]) -> Parts:
    # Not its own methods: those of a subclass may do anything, such as complaining that a file is closed.
    return (*_keys(value), *_values(value))


_keys, _values = dict.keys, dict.values
#: The items of an instance of a subclass, whose own way of iterating may be anything.
_ITEMS: dict[type, Callable[[Any], Parts]] = {
    list: lambda value: tuple(list.__iter__(value)),
    tuple: lambda value: tuple(tuple.__iter__(value)),
    set: lambda value: tuple(set.__iter__(value)),
    frozenset: lambda value: tuple(frozenset.__iter__(value)),
    collections.deque: lambda value: tuple(collections.deque.__iter__(value)),
}


def _buffer_digest(buffer: io.StringIO | io.BytesIO) -> object:
    return buffer.closed or (buffer.getvalue(), buffer.tell())


def _cell_parts(cell: types.CellType) -> Parts:
    try:
        return (cell.cell_contents,)
    except ValueError:  # not filled yet
        return NO_PARTS


def _method_parts(method: types.MethodType) -> Parts:
    owner = method.__self__
    return (method.__func__,) if is_global(owner) else (method.__func__, owner)


def _builtin_parts(function: types.BuiltinFunctionType) -> Parts:
    owner = function.__self__
    return NO_PARTS if owner is None or isinstance(owner, types.ModuleType) or is_global(owner) else (owner,)


def _module_parts(module: types.ModuleType) -> Parts:
    own = {name: value for name, value in vars(module).items() if not name.startswith("__")}
    return (*own, *own.values())


_CLASS_BOOKKEEPING = frozenset(
    {
        "__dict__",
        "__weakref__",
        "__doc__",
        "__module__",
        "__qualname__",
        "__firstlineno__",
        "__static_attributes__",
    }
    | {
        "__abstractmethods__",
        "_abc_impl",
        "__slotnames__",
        "__annotations__",
        "__annotate__",
        "__match_args__",
    }
)
