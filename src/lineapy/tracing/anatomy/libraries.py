"""Which library's objects are looked at in a way of their own; no library is imported for it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from lineapy.tracing.anatomy import arrays, drawing, randomness, tensors
from lineapy.tracing.anatomy.kind import Kind

_Rule = Callable[[Any, type], Kind | None]
#: By the first part of the name of the module in which a class was made.
_RULES: dict[str, tuple[_Rule, ...]] = {
    "random": (randomness.python_kind,),
    "_random": (lambda _, cls: randomness.python_kind(sys.modules["random"], cls),),
    "numpy": (arrays.numpy_kind, randomness.numpy_kind),
    "matplotlib": (drawing.matplotlib_kind,),
    "mpl_toolkits": (drawing.matplotlib_kind,),
    "pandas": (arrays.pandas_kind,),
    "torch": (tensors.torch_kind,),
}


def library_kind(cls: type) -> Kind | None:
    """How to look at the instances of a library's class, if there is a rule for it."""
    library = cls.__module__.partition(".")[0]
    if library == "builtins" and hasattr(cls, "next_functions"):
        return tensors.graph_kind(cls)  # torch makes them, and gives them no module
    rules = _RULES.get(library)
    module = sys.modules.get(library)
    if rules is not None and module is not None:
        for rule in rules:
            found = rule(module, cls)
            if found is not None:
                return found
    return None
