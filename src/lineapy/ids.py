"""The identifiers that stages hand to one another, each a type of its own."""

from __future__ import annotations

from typing import NewType

#: Position of a statement in its session's graph, counted from 0 in the order in which statements were compiled.
StatementId = NewType("StatementId", int)

#: Position of a variable version in its session's graph, counted from 0 in the order in which versions appeared.
VersionId = NewType("VersionId", int)

#: Position of a source text (a script, or one execution of a cell) in its session, counted from 0.
SourceId = NewType("SourceId", int)

#: One traced run: a random UUID, as 32 hexadecimal digits.
SessionId = NewType("SessionId", str)
