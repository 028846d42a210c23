"""The kinds of session and of value that users name."""

from __future__ import annotations

from enum import Enum


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
