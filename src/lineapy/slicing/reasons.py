"""Why a statement is in a slice: data that can say itself in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from lineapy.ids import StatementId


class Because(Enum):
    """The kinds of reason."""

    TARGET = "makes the value"
    BINDS = "binds {name}"
    CHANGES = "changes {name}"
    CONTROLS = "decides whether {lines} runs"
    JUMPS = "ends or continues the loop in {lines}"
    HANDLES = "handles exceptions of the try statement in {lines}"
    RAISES = "raises the exception that leads to {lines}"
    FAILS = "raises, so the rest of {lines} does not run"
    RERAISES = "may raise in a try statement that is kept"
    MIGHT_BIND = "did not run, but could bind or change {name}"
    MIGHT_READ = "is used by code that did not run ({lines})"
    COMPILER = "tells the compiler how to read the rest"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one statement is kept.

    Attributes:
        because: The kind.
        name: The variable concerned, if any.
        whom: The statement on whose account it is kept, if any.
    """

    because: Because
    name: str | None = None
    whom: StatementId | None = None

    def words(self, lines: str) -> str:
        """The reason in words.

        Args:
            lines: Where the statement `whom` stands, such as ``"line 3"``.

        Example:
            >>> Reason(Because.BINDS, "x", StatementId(4)).words("line 5")
            'binds x, used in line 5'
        """
        text = self.because.value.format(name=self.name, lines=lines)
        if self.because in (Because.BINDS, Because.CHANGES):
            text += f", used in {lines}"
        return text
