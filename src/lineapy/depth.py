"""Room for programs that are nested deeply: a sum of thousands of terms, an ``elif`` chain of hundreds.

Python's compiler takes them, as it has three times the depth to spend that functions have. What walks their trees
would end in a `RecursionError`, and the program, which is right, would not run.
"""

from __future__ import annotations

import _thread
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

_LIMIT = 200_000
#: Of addresses; memory is used only as far as the stack grows.
_STACK = 512 * 2**20


def deep(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Decorate a function that walks trees: where the stack does not suffice, it is called once more on a large one.

    Such a function must do nothing that cannot be done twice.

    Args:
        function: The function.

    Returns:
        One that does the same at any depth.

    Raises:
        RecursionError: It goes on without end, or beyond what Python's compiler allows.

    Example:
        >>> @deep
        ... def count(number):
        ...     return 1 + count.__wrapped__(number - 1) if number else 0
        >>> count(20_000)
        20000
    """

    @wraps(function)
    def with_room(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return function(*args, **kwargs)
        except RecursionError:
            pass
        return _on_a_large_stack(lambda: function(*args, **kwargs))

    return with_room


def _on_a_large_stack(function: Callable[[], _T]) -> _T:
    results: list[_T] = []
    errors: list[BaseException] = []
    done = _thread.allocate_lock()
    done.acquire()

    def run() -> None:
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)
        finally:
            done.release()

    limit = sys.getrecursionlimit()
    size = _thread.stack_size(_STACK)
    try:
        sys.setrecursionlimit(max(limit, _LIMIT))
        # Not a `threading.Thread`, which what the program has told `threading` would concern.
        _thread.start_new_thread(run, ())
        _thread.stack_size(size)
        done.acquire()
    finally:
        _thread.stack_size(size)
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return results[0]
