"""How much of the program's run time may go into looking at its values.

Where it is used up, values are not looked at: what a statement could have changed then counts as changed. Slices grow;
they do not become wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

#: Seconds that are free in any session, so that short ones are exact.
FREE = 0.25
#: The same for walking the graph.
FREE_WALKING = 0.1
#: Objects looked at in one go, whatever the budget: it also bounds the memory that this takes.
MOST = 50_000
#: Objects that are looked at even so when it is asked which variables a value's own code names.
LEAST = 50
#: Seconds that looking at one object takes, until that is measured.
_COST = 1e-6
#: Bytes that are hashed, and parts of an object that are listed, in the same time.
BYTES, PARTS = 8_192, 16
#: Types whose number of parts is known without listing them.
SIZED = frozenset({list, tuple, dict, set, frozenset})


class Budget:
    """A share of the time that a program runs.

    Args:
        share: The share, between 0 and 1. Asked for only when more than `FREE` seconds have been spent.

    Attributes:
        spent: Seconds spent so far.
        walking: Seconds spent on going by the graph instead.

    Example:
        >>> budget = Budget(lambda: 0.1)
        >>> budget.limit() == MOST
        True
        >>> budget.charge(100.0, 1_000_000)
        >>> budget.limit()
        0
    """

    __slots__ = ("_objects", "_ran", "_share", "_since", "spent", "walking")

    def __init__(self, share: Callable[[], float]) -> None:
        self.spent = 0.0
        self.walking = 0.0
        self._share = share
        self._objects = 25_000  # so that the first few do not count for everything
        self._ran = 0.0
        self._since: float | None = None

    def begin(self) -> None:
        """The program begins to run, or a cell of it."""
        self._since = perf_counter()

    def end(self) -> None:
        """It has come to its end."""
        self._ran, self._since = self.run_time, None

    def charge(self, seconds: float, objects: int) -> None:
        """Some objects were looked at."""
        self.spent += seconds
        self._objects += objects

    @property
    def run_time(self) -> float:
        """Seconds that the program has run."""
        return self._ran + (perf_counter() - self._since if self._since is not None else 0.0)

    @property
    def share(self) -> float:
        """The share of the run time that has been spent."""
        return (self.spent + self.walking) / max(self.run_time, 1e-9)

    @property
    def may_walk(self) -> bool:
        """Whether there is time to ask the graph what may share objects with what."""
        return self.walking < FREE_WALKING or self.walking < self._share() * self.run_time / 2

    def limit(self) -> int:
        """How many objects may be looked at now."""
        left = FREE - self.spent
        cost = max(_COST, self.spent / self._objects)
        if left < MOST * cost:
            left += self._share() * self.run_time
            if left < MOST * cost:
                return max(0, int(left / cost))
        return MOST


#: For those who look at values outside a session.
UNLIMITED = Budget(lambda: 1.0)
