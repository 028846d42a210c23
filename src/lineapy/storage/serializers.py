"""The table of formats: which one a value is written in, and which one reads what was written.

The name of the format is stored with each value, so an entry may be improved but never removed or renamed: old
values must stay readable. Packages add formats with the entry point group ``lineapy.serializers``; they are asked
before ours, and what they write is recorded as ``<format>@<package>``.
"""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import metadata

from lineapy.errors import LineaWarning
from lineapy.storage.formats import Serializer, Sink, arrays, files, frames, pickles, plain_data, raw_bytes

__all__ = ["SERIALIZERS", "Serializer", "Sink", "plain_reading", "serializer_for", "serializer_named"]

#: Our formats by name, in the order in which they are asked. The last one takes every value.
SERIALIZERS: Mapping[str, Serializer] = {
    serializer.name: serializer
    for serializer in (
        plain_data.SERIALIZER,
        raw_bytes.SERIALIZER,
        files.SERIALIZER,
        arrays.SERIALIZER,
        arrays.READONLY,
        frames.SERIALIZER,
        pickles.SERIALIZER,
    )
}

GROUP = "lineapy.serializers"

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_LONGEST = 64  # what the database has room for


def serializer_for(value: object) -> Serializer:
    """The format in which a value is stored.

    Args:
        value: Any value.

    Returns:
        The serializer that should write it.

    Warns:
        LineaWarning: A package's serializer cannot be used.

    Example:
        >>> serializer_for([1, 2, 3]).name, serializer_for({1, 2, 3}).name
        ('json', 'cloudpickle')
    """
    for serializer in (*_plug_ins().usable.values(), *SERIALIZERS.values()):
        if serializer.takes(value):
            return serializer
    return pickles.SERIALIZER


def serializer_named(name: str) -> Serializer:
    """The format that a stored value has.

    Args:
        name: As it was recorded.

    Returns:
        The serializer that reads it.

    Raises:
        LookupError: There is none here. The message says why, and what to do.

    Example:
        >>> serializer_named("json").can_run_code
        False
    """
    if name in SERIALIZERS:
        return SERIALIZERS[name]
    bare, _, package = name.partition("@")
    plug_ins = _plug_ins()
    if bare in plug_ins.usable:
        return plug_ins.usable[bare]
    if bare in plug_ins.broken:
        raise LookupError(plug_ins.broken[bare])
    if package:
        raise LookupError(
            f"The package {package!r} wrote it, which is not installed here, or no longer has this format. Install it, "
            "in the version that was used then."
        )
    raise LookupError(f"This LineaPy knows {', '.join(SERIALIZERS)}. Update LineaPy.")


def plain_reading(name: str) -> str | None:
    """How a program without LineaPy reads a format; see `Serializer.plain`.

    Args:
        name: As it was recorded.

    Returns:
        The expression; None if there is none.

    Example:
        >>> plain_reading("json")
        '{json}.loads({pathlib}.Path({path}).read_bytes())'
    """
    try:
        return serializer_named(name).plain
    except LookupError:
        return None


@dataclass(frozen=True, slots=True)
class _PlugIns:
    usable: Mapping[str, Serializer]
    #: What is wrong with the others.
    broken: Mapping[str, str]


@functools.cache
def _plug_ins() -> _PlugIns:
    usable: dict[str, Serializer] = {}
    broken: dict[str, str] = {}
    for entry in metadata.entry_points(group=GROUP):
        package = entry.dist.name if entry.dist is not None else "unknown"
        try:
            serializer = _checked(entry.load(), package, usable)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".rstrip(".")
            text = (
                f"The serializer {entry.name!r} of the package {package!r} cannot be used: {reason}. Values are saved "
                "without it, and what it wrote cannot be read. Update the package, or uninstall it."
            )
            broken[entry.name] = text
            warnings.warn(text, LineaWarning, stacklevel=2)
        else:
            usable[serializer.name.partition("@")[0]] = serializer
    return _PlugIns(usable, broken)


def _checked(found: object, package: str, others: Mapping[str, Serializer]) -> Serializer:
    if not isinstance(found, Serializer):
        raise TypeError(f"it is a {type(found).__name__}, not a lineapy.storage.serializers.Serializer")
    if not _NAME.fullmatch(found.name) or not _NAME.fullmatch(found.extension):
        raise ValueError(
            f"its name {found.name!r} and extension {found.extension!r} must be of lower-case letters, digits, '_', '-'"
        )
    if found.name in SERIALIZERS:
        raise ValueError(f"LineaPy itself has a format with the name {found.name!r}")
    if found.name in others:
        raise ValueError(f"{others[found.name].name.partition('@')[2]!r} has a format with this name too")
    recorded = f"{found.name}@{package}"
    if len(recorded) > _LONGEST:
        raise ValueError(f"{recorded!r} is longer than {_LONGEST} characters")
    return replace(
        found,
        name=recorded,
        # Each format has its own names for files, because a file's name says digest and format.
        extension=f"{found.name}.{found.extension}",
        takes=_guarded(found.takes, recorded),
    )


def _guarded(takes: Callable[[object], bool], name: str) -> Callable[[object], bool]:
    """A package that fails must not keep the user from saving."""

    def guarded(value: object) -> bool:
        try:
            return bool(takes(value))
        except Exception as error:
            warnings.warn(
                f"The serializer {name!r} failed when it was asked whether it takes a value of type "
                f"{type(value).__name__}: {type(error).__name__}: {error}. The value is saved without it. Report it to "
                "the package's authors.",
                LineaWarning,
                stacklevel=4,
            )
            return False

    return guarded
