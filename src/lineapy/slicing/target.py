"""What a slice is made for: some versions at some moment, and the expression they were used in."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from lineapy.graph.model import Mark
from lineapy.ids import StatementId, VersionId
from lineapy.source.places import Place


@dataclass(frozen=True, slots=True)
class Target:
    """Where a slice starts.

    Attributes:
        versions: The versions that make the value.
        mark: The moment: what the graph gained later does not count.
        name: The variable that holds the value after the slice has run.
        expression: How the value is made from variables; None if it simply is the variable ``name``.
        statement: The statement in which the value was asked for.
        place: The call that asked for it; None if it was asked for otherwise.
        nth: Which call at this place it was since that statement began, counted from 0; in another thread, since
            ``starter`` began.
        occurrence: How many times that statement had begun to run by then; counts in loops.
        starter: The statement that started the thread that asked for it; None if it was the session's own.
        shared: Variables that shared objects with the value then: what changes them may change it.
        waiting: Variables that kept objects alive whose end runs code of the program: a ``__del__``, a `finally`.
        bound: Variables that held what cannot leave its process: a generator, a lock, an open file.
        is_exposed: That code may change the value.
    """

    versions: tuple[VersionId, ...]
    mark: Mark
    name: str
    expression: str | None = None
    statement: StatementId | None = None
    place: Place | None = None
    occurrence: int | None = None
    nth: int = 0
    starter: StatementId | None = None
    shared: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()
    is_exposed: bool = False

    def to_json(self) -> str:
        """Text for `from_json`."""
        return json.dumps(asdict(self) | {"mark": list(self.mark)})

    @classmethod
    def from_json(cls, text: str) -> Target:
        """Read what `to_json` wrote.

        Example:
            >>> from lineapy.graph.model import Graph
            >>> target = Target((VersionId(0),), Graph().mark(), "x")
            >>> Target.from_json(target.to_json()) == target
            True
        """
        found = json.loads(text)
        place = found["place"]
        return cls(
            versions=tuple(found["versions"]),
            mark=Mark(*found["mark"]),
            name=found["name"],
            expression=found["expression"],
            statement=found["statement"],
            place=Place(**place) if place else None,
            occurrence=found["occurrence"],
            nth=found["nth"],
            starter=found.get("starter"),
            shared=tuple(found.get("shared", ())),
            waiting=tuple(found.get("waiting", ())),
            bound=tuple(found.get("bound", ())),
            is_exposed=found.get("is_exposed", False),
        )
