"""How versions of ambient state are written down."""

from __future__ import annotations

from typing import Protocol

from lineapy.ids import StatementId


class Versions(Protocol):
    """The recorder, on behalf of the statement that has just ended."""

    @property
    def writer(self) -> StatementId:
        """The statement."""

    def read(self, name: str) -> None:
        """It uses the present version."""

    def begin(self, name: str) -> None:
        """It starts a version that owes nothing to earlier ones."""

    def supersede(self, name: str) -> None:
        """It changes the present version."""

    def drop(self, name: str) -> None:
        """There is no present version any more."""

    def tie(self, statement: StatementId, name: str) -> None:
        """Another statement cannot be kept without the present version."""
