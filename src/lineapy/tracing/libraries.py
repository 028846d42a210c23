"""Which modules are libraries, and which are the user's own: only the user's own code is looked into."""

from __future__ import annotations

import os
import sys
import sysconfig
from functools import cache
from types import FunctionType, ModuleType

_LIBRARY_FOLDERS = tuple(
    os.path.realpath(path) + os.sep
    for name, path in sysconfig.get_paths().items()
    if name in ("stdlib", "platstdlib", "purelib", "platlib")
)
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_OURS = os.path.dirname(os.path.dirname(os.path.realpath(__file__))) + os.sep


def is_library(module_name: str | None) -> bool:
    """Whether a module was installed rather than written by the user.

    Args:
        module_name: Its name in `sys.modules`.

    Returns:
        True for the standard library, for installed packages and for extension modules built into Python; False for
        ``__main__`` and for modules that lie elsewhere.

    Example:
        >>> is_library("json"), is_library("__main__")
        (True, False)
    """
    if module_name is None or module_name in ("builtins", "sys"):
        return True
    if module_name == "__main__" or module_name == "__mp_main__":
        return False
    module = sys.modules.get(module_name)
    if module is None:
        return is_library(module_name.rpartition(".")[0]) if "." in module_name else False
    file = getattr(module, "__file__", None)
    if file is None:
        # Namespace packages have no file; built-in modules have no path either.
        path = list(getattr(module, "__path__", ()))
        return not path or is_library_file(path[0] + os.sep)
    return is_library_file(file)


def is_library_function(function: FunctionType) -> bool:
    """Whether a function was installed rather than written by the user.

    What ``exec(text, {})`` and IPython's ``%run`` run has globals without a name, or with that of a module that has
    others: it is the user's.

    Example:
        >>> import json
        >>> made = {}
        >>> exec("def f(): pass", made)
        >>> is_library_function(json.dumps), is_library_function(made["f"])
        (True, False)
    """
    home = function.__globals__
    name = home.get("__name__")
    if isinstance(name, str):
        module = sys.modules.get(name)
        if module is None or getattr(module, "__dict__", None) is home:
            return is_library(name)
    return is_library_file(function.__code__.co_filename)


@cache
def is_library_file(path: str) -> bool:
    """Whether a file belongs to the standard library, an installed package, or LineaPy itself."""
    path = os.path.realpath(path) if not path.endswith(os.sep) else os.path.realpath(path) + os.sep
    return path.startswith((*_LIBRARY_FOLDERS, _OURS)) or any(part in path for part in _INSTALLED)


def name_of_module(module: ModuleType) -> str:
    """A module's name; an empty text if it has none, as while IPython's ``%run`` runs a file.

    Example:
        >>> import json
        >>> name_of_module(json)
        'json'
    """
    name = vars(module).get("__name__")
    return name if isinstance(name, str) else ""
