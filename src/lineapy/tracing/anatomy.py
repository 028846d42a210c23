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
import copyreg
import functools
import gc
import io
import pickle
import sys
import types
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import xxhash

from lineapy.tracing.code_names import CodeNames, code_names
from lineapy.tracing.libraries import is_library

Parts = tuple[object, ...]
_NO_PARTS: Parts = ()

_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE

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
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
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
        "operator.methodcaller",
        "_struct.Struct",
        "numpy.dtype",
        "numpy.ufunc",
        "pandas.Timestamp",
        "pandas.Timedelta",
        "pandas.Period",
        "pandas.Interval",
    }
)
#: Libraries whose instances are registries, or our own: their insides are nobody's data.
_CLOSED_MODULES = ("logging", "lineapy", "importlib", "_frozen_importlib", "typing", "zipimport", "pyarrow")


@dataclass(slots=True, frozen=True)
class Kind:
    """How objects of one type are looked at.

    Attributes:
        parts: The objects that one consists of, in a fixed order.
        digest: A value that changes when the state changes that is not in the parts.
        opaque: The state cannot be seen.
        runs_user_code: Operating on one may run code that the user wrote.
        iterating: Iterating over one changes it, as with a text buffer.
        also_known_as: Ids under which one's memory is shared with others, such as the owner of an array's buffer.
    """

    parts: Callable[[Any], Parts]
    digest: Callable[[Any], object] | None = None
    opaque: bool = False
    runs_user_code: bool = False
    iterating: bool = False
    also_known_as: Callable[[Any], Iterable[int]] | None = None


class Anatomy:
    """The table of kinds, for one traced namespace.

    Args:
        namespace: The traced program's globals. A function that was defined there has the globals it names as
            *variables*, not as parts.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._kinds: dict[type, Kind] = {
            list: Kind(tuple),
            tuple: Kind(tuple),
            dict: Kind(_dict_parts),
            set: Kind(tuple),
            frozenset: Kind(tuple),
            collections.deque: Kind(tuple),
            bytearray: Kind(_no_parts, digest=bytes),
            memoryview: Kind(lambda view: (view.obj,)),
            array.array: Kind(_no_parts, digest=bytes),
            types.MappingProxyType: Kind(_referents),
            types.CellType: Kind(_cell_parts),
            types.MethodType: Kind(lambda method: (method.__func__, method.__self__)),
            types.BuiltinFunctionType: Kind(_builtin_parts),
            types.MethodWrapperType: Kind(_builtin_parts),
            functools.partial: Kind(lambda p: (p.func, p.args, p.keywords, vars(p))),
            property: Kind(lambda p: (p.fget, p.fset, p.fdel)),
            staticmethod: Kind(lambda method: (method.__func__,)),
            classmethod: Kind(lambda method: (method.__func__,)),
            weakref.ReferenceType: Kind(lambda reference: (reference(),)),
            io.StringIO: Kind(_no_parts, digest=_buffer_digest, iterating=True),
            io.BytesIO: Kind(_no_parts, digest=_buffer_digest, iterating=True),
            # d[key] makes an item.
            collections.defaultdict: Kind(
                lambda d: (*_dict_parts(d), d.default_factory), runs_user_code=True
            ),
            functools._lru_cache_wrapper: Kind(
                lambda wrapper: (wrapper.__wrapped__, wrapper.__dict__),
                # Hits do not count: they leave the cache as it was.
                digest=lambda wrapper: (wrapper.cache_info().misses, wrapper.cache_info().currsize),
            ),
            types.FunctionType: Kind(self._function_parts),
        }
        self._user_function = Kind(self._function_parts, runs_user_code=True)
        self._library_function = Kind(lambda function: function.__closure__ or _NO_PARTS)
        self._user_class = Kind(self._class_parts, runs_user_code=True)
        self._library_class = Kind(_no_parts)
        self._user_module = Kind(_module_parts, runs_user_code=True)
        self._library_module = Kind(_no_parts)

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
            return self._library_module if is_library(value.__name__) else self._user_module
        kind = self._examine(cls)
        if kind is None:
            IMMUTABLE.add(cls)
        else:
            self._kinds[cls] = kind
        return kind

    def is_home(self, function: types.FunctionType) -> bool:
        """Whether a function's globals are the traced namespace."""
        return function.__globals__ is self._namespace

    def is_user_function(self, function: types.FunctionType) -> bool:
        """Whether a function was written by the user, in the program or in a module beside it."""
        return function.__globals__ is self._namespace or not is_library(function.__globals__.get("__name__"))

    def names(self, value: object) -> CodeNames | None:
        """Variables of the traced namespace that an object's own code uses."""
        cls = type(value)
        if cls is types.FunctionType:
            return code_names(value.__code__) if value.__globals__ is self._namespace else None  # type: ignore[attr-defined]
        if cls is types.GeneratorType:
            return self._frame_names(value.gi_frame)  # type: ignore[attr-defined]
        if cls is types.CoroutineType:
            return self._frame_names(value.cr_frame)  # type: ignore[attr-defined]
        if cls is types.AsyncGeneratorType:
            return self._frame_names(value.ag_frame)  # type: ignore[attr-defined]
        return None

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
        if cls.__module__.partition(".")[0] in _CLOSED_MODULES:
            return Kind(_no_parts)
        special = _special(cls)
        if special is not None:
            return special if special is not _IMMUTABLE_KIND else None
        python_made = _python_made(cls)
        if not python_made:
            return _c_kind(cls)
        user = not self._is_library_class(cls)
        instance = _instance_parts(cls, with_class=user)
        base = _c_base(cls)
        if base is object or base in self._kinds:
            container = self._kinds[base].parts if base in self._kinds else _no_parts
            digest = self._kinds[base].digest if base in self._kinds else None
            return Kind(_joined(instance, container), digest=digest, runs_user_code=user)
        if issubclass(cls, BaseException):
            return Kind(lambda error: (*instance(error), error.args, error.__cause__), runs_user_code=user)
        if issubclass(base, int | float | complex | str | bytes):
            return Kind(instance, runs_user_code=user)  # the value itself cannot change
        c_kind = _c_kind(base)
        if c_kind is None:
            return Kind(instance, runs_user_code=user)
        return Kind(
            _joined(instance, c_kind.parts), digest=c_kind.digest, opaque=c_kind.opaque, runs_user_code=user
        )


# -- parts of the built-in types


def _no_parts(_: object) -> Parts:
    return _NO_PARTS


def _dict_parts(value: dict[object, object]) -> Parts:
    return (*value, *value.values())


def _buffer_digest(buffer: io.StringIO | io.BytesIO) -> object:
    return buffer.closed or (buffer.getvalue(), buffer.tell())


def _cell_parts(cell: types.CellType) -> Parts:
    try:
        return (cell.cell_contents,)
    except ValueError:  # not filled yet
        return _NO_PARTS


def _builtin_parts(function: types.BuiltinFunctionType) -> Parts:
    owner = function.__self__
    return _NO_PARTS if owner is None or isinstance(owner, types.ModuleType) else (owner,)


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
_NOT_DATA = (types.FrameType, types.CodeType, types.TracebackType, types.ModuleType, type)


def _referents(value: object) -> Parts:
    """What the garbage collector can see of an object made in C."""
    return tuple(part for part in gc.get_referents(value) if not isinstance(part, _NOT_DATA))


def _joined(first: Callable[[Any], Parts], second: Callable[[Any], Parts]) -> Callable[[Any], Parts]:
    if second is _no_parts:
        return first
    return lambda value: (*first(value), *second(value))


# -- instances of classes


def _python_made(cls: type) -> bool:
    """Whether a class came from a ``class`` statement, as opposed to C code."""
    if not cls.__flags__ & _HEAP_TYPE:
        return False
    return any(
        "__module__" in vars(c) and ("__dict__" in vars(c) or "__slots__" in vars(c)) for c in cls.__mro__
    ) or (
        "__firstlineno__" in vars(cls) or any(isinstance(v, types.FunctionType) for v in vars(cls).values())
    )


def _c_base(cls: type) -> type:
    """The nearest base that C code made."""
    for base in cls.__mro__:
        if not base.__flags__ & _HEAP_TYPE or not _python_made(base):
            if base is object or base.__name__ in ("ABC", "Generic", "Protocol"):
                continue
            return base
    return object


def _instance_parts(cls: type, *, with_class: bool) -> Callable[[Any], Parts]:
    slots = [
        member
        for base in cls.__mro__
        if base.__flags__ & _HEAP_TYPE
        for member in vars(base).values()
        if isinstance(member, types.MemberDescriptorType)
    ]
    has_dict = cls.__dictoffset__ != 0

    def parts(value: object) -> Parts:
        found: list[object] = []
        if has_dict:
            # Not value.__dict__: that could run the user's __getattribute__.
            with suppress(AttributeError):
                found.append(object.__getattribute__(value, "__dict__"))
        for slot in slots:
            try:
                found.append(slot.__get__(value))
            except AttributeError:  # empty
                found.append(None)
        if with_class:
            found.append(type(value))
        return tuple(found)

    return parts


# -- types made in C


def _c_kind(cls: type) -> Kind | None:
    if hasattr(cls, "__next__") or hasattr(cls, "__anext__") or hasattr(cls, "send"):
        return Kind(_referents, opaque=True)
    if cls.__module__ == "builtins" and cls.__name__ in ("dict_keys", "dict_values", "dict_items"):
        return Kind(_referents)
    if _says_how_to_pickle(cls):
        return Kind(_referents, digest=_pickle_digest)
    if cls is object:
        return Kind(_no_parts)
    return Kind(_referents, opaque=True)


def _says_how_to_pickle(cls: type) -> bool:
    return cls in copyreg.dispatch_table or any(
        getattr(cls, name) is not getattr(object, name)
        for name in ("__reduce__", "__reduce_ex__", "__getstate__")
    )


class _Unseen:
    """The digest of an object whose state could not be read: equal to none, so it counts as changed."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return False


def _pickle_digest(value: object) -> object:
    try:
        return xxhash.xxh3_128_intdigest(pickle.dumps(value, 5))
    except Exception:
        return _Unseen()


# -- NumPy, pandas

_IMMUTABLE_KIND = Kind(_no_parts)


def _special(cls: type) -> Kind | None:
    """Kinds of the libraries whose data lies in buffers."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and cls.__module__.partition(".")[0] == "numpy":
        if issubclass(cls, numpy.ndarray):
            return Kind(_array_parts, digest=_array_digest, also_known_as=_array_owner)
        if cls is numpy.nditer:
            return Kind(_walked_arrays, opaque=True)
        if issubclass(cls, numpy.generic):
            return _IMMUTABLE_KIND
    pandas = sys.modules.get("pandas")
    if pandas is not None and cls.__module__.partition(".")[0] == "pandas":
        if issubclass(cls, pandas.DataFrame | pandas.Series):
            return Kind(_frame_parts)
        if issubclass(cls, pandas.Index):
            return Kind(_index_parts)
        if issubclass(cls, pandas.api.extensions.ExtensionArray) and hasattr(cls, "_ndarray"):
            return Kind(lambda extension: (extension._ndarray,))
        if issubclass(cls, pandas.api.extensions.ExtensionDtype):
            return _IMMUTABLE_KIND
    return None


def _array_parts(value: Any) -> Parts:
    parts: Parts = ()
    if value.dtype.hasobject:
        parts = tuple(value.ravel().tolist())
    owner = _owner(value)
    return parts if owner is value else (*parts, owner)


def _owner(value: Any) -> Any:
    """The object that holds an array's memory: the end of the chain of bases."""
    while True:
        base = value.obj if isinstance(value, memoryview) else getattr(value, "base", None)
        if base is None:
            return value
        value = base


def _walked_arrays(iterator: Any) -> Parts:
    try:
        return tuple(iterator.operands)
    except ValueError:  # closed
        return _NO_PARTS


def _array_owner(value: Any) -> Iterator[int]:
    yield id(_owner(value))


def _array_digest(value: Any) -> object:
    import numpy

    if value.dtype.hasobject:
        return value.shape
    # Through a byte view: xxhash wants a plain buffer, and datetime64 has none.
    contiguous = numpy.ascontiguousarray(value).reshape(-1)
    digest = 0
    if contiguous.size and contiguous.dtype.itemsize:
        raw: Any = contiguous.view(numpy.uint8)
        digest = xxhash.xxh3_128_intdigest(raw)
    return (digest, value.shape, value.dtype)


def _frame_parts(value: Any) -> Parts:
    manager = value._mgr
    blocks = tuple(block.values for block in manager.blocks)
    return (*blocks, *manager.axes, value._attrs, value._name if value.ndim == 1 else None)


def _index_parts(value: Any) -> Parts:
    # Not the instance's dictionary: it holds caches.
    names: Sequence[object] = value.names
    if hasattr(value, "levels"):
        return (*value.levels, *value.codes, *names)
    return (value._data, *names)
