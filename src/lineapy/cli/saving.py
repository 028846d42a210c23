"""What ``lineapy file`` and ``lineapy notebook`` do with a program that has run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lineapy.session import Session


def save(session: Session, expression: str, name: str, picture: Path | None) -> str:
    """Save what an expression is at the end of a program.

    Args:
        session: The program, which has run.
        expression: Over its variables.
        name: The name of the artifact.
        picture: Where to draw the graph of the program, if at all.

    Returns:
        The code that makes the value.

    Raises:
        LineaError: The expression has no value, it cannot be saved, or the graph cannot be drawn.
    """
    record, target = session.save_expression(expression, name)
    if picture is not None:
        from lineapy.artifacts import LineaArtifact

        LineaArtifact.from_record(record, session.store).visualize(picture)
    return session.slice_of(target).code()
