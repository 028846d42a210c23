"""What to do when a hook of ours is left by an exception: the program goes on, and the graph stays right.

That is Ctrl-C in the middle of a hook, or a mistake of ours. What was known of the statement at hand is lost then, and
perhaps what was remembered of values. So all of that is forgotten, and the statement counts as having read and changed
whatever there is: slices become wider, never too small.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lineapy.ids import StatementId

if TYPE_CHECKING:
    from lineapy.tracing.nodes import Node
    from lineapy.tracing.recorder import Recorder

#: Hooks that hand on what they are given.
_HANDING_ON = frozenset({"__lineapy_call__", "__lineapy_change__", "__lineapy_given__"})
#: Hooks behind which no statement is running, until the next one begins.
_BETWEEN = frozenset({"__lineapy_each__", "__lineapy_finally__"})
#: Hooks in front of a statement, which does not run if they are interrupted.
_IN_FRONT = frozenset({"__lineapy_at__", "__lineapy_test__"})
#: Hooks that do nothing which may fail, or what is the program's own.
_UNGUARDED = frozenset({"__lineapy_iter__", "__lineapy_rest__"})


def guarded(recorder: Recorder, report: Callable[[Exception], None]) -> dict[str, Any]:
    """What each hook leads to, in a session whose program is never broken by a mistake of ours.

    Args:
        recorder: Whose hooks they are.
        report: Is told of an exception that was a mistake of ours. An interrupt goes on to the program.
    """
    functions = recorder.functions()
    for name, function in functions.items():
        if name not in _UNGUARDED:
            functions[name] = _guarded(recorder, name, function, report)
    recorder.mend_rounds = lambda number, error: _mend(
        recorder, "__lineapy_each__", number, None, error, report
    )
    return functions


def _guarded(
    recorder: Recorder, hook: str, function: Callable[..., Any], report: Callable[[Exception], None]
) -> Callable[..., Any]:
    def call(number: int, *values: Any) -> Any:
        __tracebackhide__ = True
        before = recorder.node_running
        try:
            return function(number, *values)
        except BaseException as error:
            _mend(recorder, hook, number, before, error, report)
            if not isinstance(error, Exception):
                raise error.with_traceback(None) from None
        if hook in _HANDING_ON:
            return values[0]
        if hook == "__lineapy_rounds__":
            return iter(functools.partial(_next_or, values[0]), _END)
        return hook == "__lineapy_test__"  # the round is to be watched

    return call


_END = object()


def _next_or(iterator: Any) -> Any:
    return next(iterator, _END)


def _mend(
    recorder: Recorder,
    hook: str,
    number: int,
    before: Node | None,
    error: BaseException,
    report: Callable[[Exception], None],
) -> None:
    is_interrupt = not isinstance(error, Exception)
    never_begins = is_interrupt and hook in _IN_FRONT
    recorder.start_afresh(
        before, None if never_begins else StatementId(number), is_running=hook not in _BETWEEN
    )
    if isinstance(error, Exception):
        report(error)
