"""Callee → what calling it does, if a knowledge file says so."""

from __future__ import annotations

import functools
import sys
import types
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import (
    BuiltinFunctionType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    WrapperDescriptorType,
)
from typing import Any

from lineapy.effects.annotations import Annotation, Effect
from lineapy.effects.files import ALWAYS, packaged_files, read_packaged, read_users

#: Libraries of which it is plain that the user did not write them; the knowledge of one may speak of another's objects.
_LIBRARIES = frozenset({*sys.stdlib_module_names, *packaged_files(), "keras", "jax", "numexpr", "wrapt"})
#: Reading a class without running code of its metaclass.
_dict_of = type.__dict__["__dict__"].__get__
_bases_of = type.__dict__["__mro__"].__get__
_name_of = type.__dict__["__name__"].__get__


def packaged_annotations() -> Iterator[Annotation]:
    """All the knowledge that comes with LineaPy."""
    for file in packaged_files().values():
        yield from read_packaged(file)


class _Layer:
    """Annotations of one origin, connected with the objects they speak of."""

    def __init__(self, annotations: Iterable[Annotation], is_library: Callable[[str], bool]) -> None:
        self.waiting: dict[str, list[Annotation]] = {}
        self.is_library = is_library
        #: By id of the function, or class. The objects are held in `held`, so that no id is given twice.
        self.callables: dict[int, Effect] = {}
        #: By id of the class, then by name of the method.
        self.methods: dict[int, dict[str, Effect]] = {}
        self.owners: dict[int, types.ModuleType] = {}
        #: Functions whose own name is not the one under which they are methods: pandas' Series.hist is hist_series.
        self.names: dict[int, str] = {}
        self.held: list[object] = []
        self.add(annotations)

    def add(self, annotations: Iterable[Annotation]) -> None:
        for annotation in annotations:
            self.waiting.setdefault(annotation.module, []).append(annotation)

    def resolve(self) -> bool:
        """Connect the annotations whose module has been imported since the last look; whether there were any."""
        found = False
        for name in list(self.waiting):
            module = _module(name)
            if module is None:
                continue
            waiting = self.waiting.pop(name)
            if self.is_library(name):  # and not a module of the user's that has its name
                found = True
                for annotation in waiting:
                    self._connect(annotation, module)
        return found

    def _connect(self, annotation: Annotation, module: types.ModuleType) -> None:
        if annotation.keyword is not None:
            return  # the arguments are not known at the hook; comparing finds out
        library = annotation.module.partition(".")[0]
        if annotation.class_name is not None:
            cls = _attribute(module, annotation.class_name)
            if isinstance(cls, type) and _is_of(library, cls):
                self.held.append(cls)
                methods = self.methods.setdefault(id(cls), {})
                methods.update(dict.fromkeys(annotation.names, annotation.effect))
                for name in annotation.names:
                    method = next(
                        (_dict_of(base)[name] for base in _bases_of(cls) if name in _dict_of(base)), None
                    )
                    if isinstance(method, FunctionType) and method.__name__ != name:
                        self.held.append(method)
                        self.names[id(method)] = name
            return
        for name in annotation.names:
            function = _attribute(module, name)
            if function is not None and _is_of(library, function):
                self.held.append(function)
                self.callables[id(function)] = annotation.effect
                self.owners[id(function)] = module

    def method(self, cls: type, name: str) -> tuple[type, Effect] | None:
        """What is known of a method of a class, and the class that the annotation names."""
        overridden: list[type] = []
        for base in _bases_of(cls):
            methods = self.methods.get(id(base))
            if methods is not None and name in methods:
                library = _library_of(base)
                if any(_library_of(other) != library for other in overridden):
                    return None  # whoever overrode it may do anything
                return base, methods[name]
            if name in _dict_of(base):
                overridden.append(base)
        return None


class _Table:
    """What was found out about the methods of one class."""

    __slots__ = ("found", "owner")

    def __init__(self, owner: weakref.ref[type]) -> None:
        self.owner = owner  # weakly: it may be the user's
        self.found: dict[str, tuple[type, Effect] | None] = {}


class Knowledge:
    """Annotations, found by the callable they speak of.

    An annotation about a module that is not imported yet waits until it is. An annotation of a class holds for its
    subclasses, also where they override the method, if the same library wrote them; what others override is unknown.
    Functions that were put in the place of a library's are unknown as well.

    Args:
        annotations: What is known. Of two annotations of one callable the later wins.
        lazily: Knowledge files by the package they speak of: each is read when its package has been imported.
            ``annotations`` win over them.
        is_library: Tells by its name whether a module was installed: a module beside the script may have a
            library's name. For the files in ``lazily``.

    Attributes:
        unread: The files in ``lazily`` that have not been read.

    Example:
        >>> knowledge = Knowledge.of_libraries()
        >>> knowledge.effect([].append).changes_receiver, knowledge.effect(len).changes_receiver
        (True, False)
        >>> knowledge.effect(object()) is None
        True
    """

    def __init__(
        self,
        annotations: Iterable[Annotation] = (),
        *,
        lazily: Mapping[str, str] | None = None,
        is_library: Callable[[str], bool] | None = None,
    ) -> None:
        self._packaged = _Layer((), is_library or _any)
        self._layers = (_Layer(annotations, _any), self._packaged)
        self.unread = dict(lazily or {})
        self._modules_seen = 0
        # What was looked up before, for speed.
        self._callables: dict[int, Effect] = {}
        self._methods: dict[int, tuple[type, Effect, object]] = {}
        self._tables: dict[int, _Table] = {}
        self._builtin: dict[int, dict[str, Effect]] = {}
        self._shared: set[int] = set()
        self._resolve()

    @classmethod
    def of_libraries(
        cls, users_folder: str | None = None, is_library: Callable[[str], bool] | None = None
    ) -> Knowledge:
        """The knowledge that comes with LineaPy, and that of the user, which wins.

        Args:
            users_folder: A folder with ``*.annotations.yaml`` files; there may be none.
            is_library: Tells whether a module was installed.

        Raises:
            KnowledgeFileError: One of the user's files is wrong.
        """
        users = read_users(users_folder) if users_folder is not None else ()
        return cls(users, lazily=packaged_files(), is_library=is_library)

    def effect(self, callee: object) -> Effect | None:
        """What calling an object does; None if nothing is known.

        None of the user's code runs for it: objects are told apart by identity, never by their own ``__eq__``.
        """
        cls = type(callee)
        if cls is MethodType:
            known = self._methods.get(id(callee.__func__))  # type: ignore[attr-defined]
            if known is not None and known[0] is type(callee.__self__):  # type: ignore[attr-defined]
                return known[1]
        else:
            effect = self._callables.get(id(callee))
            if effect is not None:
                return effect
            if cls is BuiltinFunctionType:
                methods = self._builtin.get(id(type(callee.__self__)))  # type: ignore[attr-defined]
                if methods is not None:
                    effect = methods.get(callee.__name__)  # type: ignore[attr-defined]
                    if effect is not None:
                        return effect
        return self._find(callee, cls)

    def owner(self, callee: object) -> types.ModuleType | None:
        """The module whose annotation spoke of a function."""
        for layer in self._layers:
            if id(callee) in layer.owners:
                return layer.owners[id(callee)]
        return None

    def _find(self, callee: Any, cls: Any) -> Effect | None:
        """Look up what the tables of `effect` do not have yet."""
        if len(sys.modules) != self._modules_seen:
            self._resolve()
        effect = self._callables.get(id(callee))
        if effect is not None:
            return effect
        if cls is MethodType or cls is BuiltinFunctionType or cls is MethodWrapperType:
            return self._find_bound(callee, cls)
        if cls is FunctionType:
            return self._find_wrapper(callee)
        if cls is MethodDescriptorType or cls is WrapperDescriptorType:
            found = self._method(callee.__objclass__, callee.__name__)
            # Its first argument is the receiver, of which the hook knows nothing.
            if found is None or found[1].changes_receiver or found[1].changes_others:
                return None
            return found[1]
        if issubclass(cls, type):
            if _library_of(cls) not in _LIBRARIES or _library_of(callee) not in _LIBRARIES:
                return None  # whose metaclass, or __new__, is the user's
            found = self._method(callee, "__init__")
        else:
            found = self._method(cls, "__call__")
        return found[1] if found is not None else None

    def _find_wrapper(self, callee: Any) -> Effect | None:
        """A function that a library put in the place of an object's method, as torch's schedulers do with ``step``.

        Of which object is not told, so that what is used has to be compared.
        """
        method = getattr(callee, "__wrapped__", None)
        if type(method) is not FunctionType or "." not in method.__qualname__:
            return None
        module = _module(method.__module__)
        cls = _attribute(module, method.__qualname__.rpartition(".")[0]) if module is not None else None
        if not isinstance(cls, type) or not _is_of(_library_of(cls), callee):
            return None
        found = self._method(cls, method.__name__)
        if found is None:
            return None
        return replace(found[1], changes_receiver=False, changes_parts=False, changes_others=True)

    def _find_bound(self, callee: Any, cls: type) -> Effect | None:
        receiver = callee.__self__
        if receiver is None or issubclass(type(receiver), types.ModuleType):
            return None
        of_class = issubclass(type(receiver), type)
        owner = receiver if of_class else type(receiver)
        if cls is not MethodType:
            found = self._method(owner, callee.__name__)
            if found is None:
                return None
            if cls is BuiltinFunctionType and not of_class and _library_of(owner) in _LIBRARIES:
                self._builtin.setdefault(id(owner), {})[callee.__name__] = found[1]
                self._packaged.held.append(owner)
            return found[1]
        function = callee.__func__
        if not _is_plain(type(function)):
            return None
        name = next(
            (layer.names[id(function)] for layer in self._layers if id(function) in layer.names), None
        )
        found = self._method(owner, name or function.__name__)
        if found is None or not _is_of(_library_of(found[0]), function):
            return None
        if not of_class and id(function) not in self._shared and _library_of(owner) in _LIBRARIES:
            self._methods[id(function)] = (owner, found[1], function)
        return found[1]

    def _method(self, cls: type, name: str) -> tuple[type, Effect] | None:
        table = self._tables.get(id(cls))
        if table is None:
            number, tables = id(cls), self._tables
            table = tables[number] = _Table(weakref.ref(cls, lambda _: tables.pop(number, None)))
        try:
            return table.found[name]
        except KeyError:
            pass
        found = None
        for layer in self._layers:
            found = layer.method(cls, name)
            if found is not None:
                break
        table.found[name] = found
        return found

    def _resolve(self) -> None:
        """Connect the annotations whose module has been imported since the last look."""
        self._modules_seen = len(sys.modules)
        for package in list(self.unread):
            if package in sys.modules or package in ALWAYS:
                self._packaged.add(read_packaged(self.unread.pop(package)))
        users, packaged = self._layers
        news = packaged.resolve()
        if not (users.resolve() or news):
            return
        self._callables = packaged.callables | users.callables
        held = (*packaged.held, *users.held)
        self._shared = {id(method.__func__) for method in held if isinstance(method, MethodType)}
        self._methods.clear()
        self._tables.clear()
        self._builtin.clear()


def _any(_: str) -> bool:
    return True


def _module(name: str) -> types.ModuleType | None:
    """A module that has been imported, also as an attribute of its parent alone. Nothing is imported for it."""
    module = sys.modules.get(name)
    if module is None and "." in name:
        parent, _, last = name.rpartition(".")
        module = vars(sys.modules[parent]).get(last) if parent in sys.modules else None
    return module if isinstance(module, types.ModuleType) else None


def _attribute(module: types.ModuleType, name: str) -> Any:
    """What a module has under a name, dotted if it stands in a class. Its ``__getattr__`` is not asked."""
    first, *rest = name.split(".")
    found = vars(module).get(first)
    for part in rest:
        found = getattr(found, part, None)
    return found


def _library_of(cls: type) -> str:
    module = _dict_of(cls).get("__module__")
    # Static types made in C compute it, and a class may have anything there.
    return str(module if isinstance(module, str) else type.__getattribute__(cls, "__module__")).partition(
        "."
    )[0]


def _is_of(library: str, callee: Any) -> bool:
    """Whether a callable is what a library put there, and not what the user put in its place."""
    while True:
        cls = type(callee)
        if cls is FunctionType:
            home = str(callee.__globals__.get("__name__")).partition(".")[0]
        elif cls is MethodType:
            callee = callee.__func__
            continue
        elif cls is functools.partial:
            callee = callee.func
            continue
        elif cls is functools._lru_cache_wrapper:
            callee = callee.__wrapped__
            continue
        else:
            home = _library_of(callee if isinstance(callee, type) else type(callee))
            if home == "builtins" or home.startswith("_"):
                return True
        return home == library or home in _LIBRARIES


def _is_plain(cls: type) -> bool:
    """Whether the ``__name__`` of such functions can be asked for without running anybody's code."""
    return cls is FunctionType or cls is BuiltinFunctionType or _name_of(cls) == "cython_function_or_method"
