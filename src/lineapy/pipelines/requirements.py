"""What a module imports → the lines of a requirements file, with the versions that are installed here."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import metadata


def requirements_of(code: str) -> list[str]:
    """The distributions that a program needs.

    Args:
        code: The program.

    Returns:
        Lines such as ``"scikit-learn==1.7.2"``, by name. A module that belongs to no installed distribution, as one of
        the user's own, is named in a comment.

    Example:
        >>> requirements_of("import json, click\\nimport my_helpers\\nimport yaml as y")
        ['click==...', 'PyYAML==...', '# my_helpers: a module of your own; put it beside the module']
    """
    distributions: dict[str, str] = {}
    own: list[str] = []
    for module in dict.fromkeys(_imported(ast.parse(code))):
        top = module.partition(".")[0]
        if top in sys.stdlib_module_names:
            continue
        found = _distributions_of(module)
        distributions.update({name: metadata.version(name) for name in found})
        if not found and top not in own:
            own.append(top)
    lines = [
        f"{name}=={version}" for name, version in sorted(distributions.items(), key=lambda d: d[0].lower())
    ]
    return lines + [f"# {name}: a module of your own; put it beside the module" for name in sorted(own)]


def with_extras(line: str, extras: Sequence[str]) -> str:
    """A line of requirements; that of LineaPy with extras.

    Example:
        >>> with_extras("lineapy==1.0", ["arrow", "s3"]), with_extras("numpy==2.0", ["arrow"])
        ('lineapy[arrow,s3]==1.0', 'numpy==2.0')
    """
    name, sign, version = line.partition("==")
    return f"{name}[{','.join(extras)}]{sign}{version}" if name == "lineapy" and extras else line


def _imported(tree: ast.AST) -> Iterator[str]:
    """Modules by full name; what follows ``from a import`` may be a module of a namespace package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def _installed() -> dict[str, list[str]]:
    return {name: sorted(set(found)) for name, found in metadata.packages_distributions().items()}


def _distributions_of(module: str) -> list[str]:
    """Those that bring a module; of several that share a namespace, those that have its files."""
    candidates = _installed().get(module.partition(".")[0], [])
    if len(candidates) < 2:
        return candidates
    parts = module.split(".")
    for length in range(len(parts), 1, -1):
        path = "/".join(parts[:length])
        found = [name for name in candidates if _has_files(name, path)]
        if found:
            return found
    return [name for name in candidates if _has_files(name, f"{parts[0]}/__init__.py")] or candidates


def _has_files(distribution: str, path: str) -> bool:
    files = metadata.files(distribution) or []
    return any(str(file) in (path, f"{path}.py") or str(file).startswith(f"{path}/") for file in files)
