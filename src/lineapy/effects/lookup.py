"""Callee → what calling it does, if a knowledge file says so."""

from __future__ import annotations

import sys
import types
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib import resources

from lineapy.effects.annotations import Annotation, Effect, read_annotations

_SUFFIX = ".annotations.yaml"


def packaged_annotations() -> Iterator[Annotation]:
    """The knowledge that comes with LineaPy."""
    for file in sorted(
        resources.files("lineapy.effects").joinpath("knowledge").iterdir(), key=lambda f: f.name
    ):
        if file.name.endswith(_SUFFIX):
            yield from read_annotations(file.read_text("utf-8"), file=file.name)


class Knowledge:
    """Annotations, found by the callable they speak of.

    An annotation about a module that is not imported yet waits until it is.

    Args:
        annotations: What is known. Of two annotations of one callable the later wins.

    Example:
        >>> knowledge = Knowledge(packaged_annotations())
        >>> knowledge.effect([].append).changes_receiver, knowledge.effect(len).changes_receiver
        (True, False)
        >>> knowledge.effect(object()) is None
        True
    """

    def __init__(self, annotations: Iterable[Annotation]) -> None:
        self._waiting: dict[str, list[Annotation]] = defaultdict(list)
        for annotation in annotations:
            self._waiting[annotation.module].append(annotation)
        self._modules_seen = 0
        self._functions: dict[object, Effect] = {}
        self._methods: dict[tuple[type, str], Effect | None] = {}
        self._owners: dict[object, types.ModuleType] = {}

    def effect(self, callee: object) -> Effect | None:
        """What calling an object does; None if nothing is known."""
        if len(sys.modules) != self._modules_seen:
            self._resolve()
        cls = type(callee)
        if cls is types.BuiltinFunctionType or cls is types.MethodType or cls is types.MethodWrapperType:
            receiver = callee.__self__  # type: ignore[attr-defined]
            if receiver is not None and not isinstance(receiver, types.ModuleType | type):
                return self._method(type(receiver), callee.__name__)  # type: ignore[attr-defined]
        try:
            return self._functions.get(callee)
        except TypeError:  # unhashable
            return None

    def owner(self, callee: object) -> types.ModuleType | None:
        """The module whose annotation spoke of a function."""
        return self._owners.get(callee)

    def _method(self, cls: type, name: str) -> Effect | None:
        key = (cls, name)
        try:
            return self._methods[key]
        except KeyError:
            found: Effect | None = None
            for base in cls.__mro__:
                if (base, name) in self._methods:
                    found = self._methods[base, name]
                    break
                if name in vars(base):
                    break  # overridden below the class that is known
            self._methods[key] = found
            return found

    def _resolve(self) -> None:
        """Connect the annotations whose module has been imported since the last look."""
        self._modules_seen = len(sys.modules)
        for name in [name for name in self._waiting if name in sys.modules]:
            module = sys.modules[name]
            for annotation in self._waiting.pop(name):
                self._connect(annotation, module)

    def _connect(self, annotation: Annotation, module: types.ModuleType) -> None:
        if annotation.keyword is not None:
            return  # the arguments are not known at the hook; comparing finds out
        if annotation.class_name is not None:
            cls = getattr(module, annotation.class_name, None)
            if isinstance(cls, type):
                for name in annotation.names:
                    self._methods[cls, name] = annotation.effect
            return
        for name in annotation.names:
            function = getattr(module, name, None)
            if function is not None:
                self._functions[function] = annotation.effect
                self._owners[function] = module
