"""The kinds of session and of value that users name."""

from __future__ import annotations

import sys
from enum import Enum
from types import ModuleType


class SessionType(Enum):
    """How a traced program was run.

    Example:
        >>> SessionType.SCRIPT.name
        'SCRIPT'
    """

    JUPYTER = 1
    SCRIPT = 2


class ValueType(Enum):
    """What kind of thing an artifact's value is.

    Example:
        >>> ValueType["dataset"].value
        3
    """

    chart = 1
    array = 2
    dataset = 3
    code = 4
    value = 5


def value_type(value: object) -> ValueType:
    """The kind of a value, judged by its type alone.

    Example:
        >>> value_type([1, 2]).name, value_type(len).name, value_type(object()).name
        ('array', 'code', 'value')
    """
    module = type(value).__module__.partition(".")[0]
    if module in ("pandas", "polars"):
        return ValueType.dataset
    if module in ("matplotlib", "PIL", "plotly", "seaborn"):
        return ValueType.chart
    if isinstance(value, list | str | int) or type(value).__name__ == "ndarray":
        return ValueType.array
    if isinstance(value, type) or hasattr(value, "__code__"):
        return ValueType.code
    return ValueType.code if type(value) is type(len) else ValueType.value


class ExternalState(Enum):
    """What outlives a program, to be given to `lineapy.save` in place of a value.

    Saved, it stands for every statement that wrote it.
    """

    FILE_SYSTEM = "file_system"
    DATABASE = "db"


file_system = ExternalState.FILE_SYSTEM


def external_state(value: object) -> ExternalState | None:
    """The external state that a value stands for: `lineapy.file_system`, or the module `lineapy.db`.

    Example:
        >>> external_state(file_system)
        <ExternalState.FILE_SYSTEM: 'file_system'>
        >>> external_state([1]) is None
        True
    """
    if isinstance(value, ExternalState):
        return value
    is_database = isinstance(value, ModuleType) and value is sys.modules.get("lineapy.db")
    return ExternalState.DATABASE if is_database else None
