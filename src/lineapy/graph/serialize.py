"""Graph ↔ bytes, in pieces: each save stores what the graph has gained since the save before.

A piece is zlib-compressed JSON: the format's number, and for each log the entries gained, as plain lists.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable

from lineapy.errors import StoreError
from lineapy.graph.model import Alias, Available, Failed, Fixed, Graph, Mark, Previous, Raised, Read, Version

FORMAT = 1
_ENTRY_TYPES = (Version, None, Read, Previous, Raised, Available, Fixed, None, Failed, Alias)
EMPTY = Graph().mark()


def dump_since(graph: Graph, mark: Mark) -> bytes:
    """The part of a graph that came after a moment.

    Args:
        graph: The graph.
        mark: The moment; `EMPTY` for the whole graph.

    Returns:
        Bytes for `load`.

    Example:
        >>> from lineapy.ids import StatementId
        >>> graph = Graph()
        >>> _ = graph.add_version("x", StatementId(0))
        >>> first = dump_since(graph, EMPTY)
        >>> halfway = graph.mark()
        >>> _ = graph.add_version("y", StatementId(1))
        >>> load([first, dump_since(graph, halfway)]) == graph
        True
    """
    tails = [log[start:] for log, start in zip(graph.logs(), mark, strict=True)]
    return zlib.compress(json.dumps([FORMAT, *tails], separators=(",", ":")).encode(), 1)


def load(parts: Iterable[bytes]) -> Graph:
    """Put a graph together from its pieces, in the order in which they were dumped.

    Raises:
        StoreError: A piece has a format that this version of LineaPy does not know.
    """
    graph = Graph()
    for part in parts:
        number, *tails = json.loads(zlib.decompress(part))
        if number != FORMAT:
            raise StoreError(
                f"The session's graph is stored in format {number}, but this version of LineaPy reads format "
                f"{FORMAT}. Upgrade LineaPy to read it: pip install --upgrade lineapy"
            )
        for log, entry_type, tail in zip(graph.logs(), _ENTRY_TYPES, tails, strict=True):
            log.extend(tail if entry_type is None else (entry_type(*entry) for entry in tail))  # type: ignore[attr-defined]
    return graph
