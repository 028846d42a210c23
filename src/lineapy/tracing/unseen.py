"""Statements that have run without being watched: what they may have done, going by their text.

Cells of a notebook that were run before the extension was loaded, or while tracing was paused. Of each statement it is
taken that it ran, in the order of the text, and changed whatever it could have. That makes slices larger than need be,
never too small, as far as variables go; files and the like that such statements wrote are not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lineapy.tracing.nodes import AUGMENTS, CALLS, CALLS_INSIDE, DYNAMIC, ITERATES, LOOPS, OPERATES, Node

if TYPE_CHECKING:
    from lineapy.ids import VersionId
    from lineapy.tracing.recorder import Recorder

_MAY_CHANGE = OPERATES | CALLS | CALLS_INSIDE | ITERATES | AUGMENTS | DYNAMIC


def take_in(recorder: Recorder, nodes: Sequence[Node]) -> None:
    """Record statements that have run unseen.

    Args:
        recorder: The session's recorder; no statement is running.
        nodes: The statements of one text.
    """
    bound = {name for node in nodes for name in (*node.binds, *node.entry_binds)}
    for node in nodes:
        recorder.count_run(node)
        _take_in(recorder, node, bound)
        if node.traits & LOOPS:
            inside = [other for other in nodes if other.is_inside(node)]
            for other in inside:  # what a later round finds is what an earlier one left
                _take_in(recorder, other, bound)
            _take_in(recorder, node, bound)


def _take_in(recorder: Recorder, node: Node, bound: set[str]) -> None:
    """One statement. Of variables that the text binds, the values they have now tell nothing."""
    read = {name for name in node.reads if name in recorder.current}
    if node.traits & _MAY_CHANGE or node.statement.roots:
        for name in list(read):
            read |= recorder.names_behind(name) & recorder.current.keys()
    for name in sorted(read):
        recorder.read_version(node, recorder.current[name])
    if node.traits & DYNAMIC:
        read = set(recorder.current)
    if node.traits & _MAY_CHANGE or node.statement.roots:
        changed = {name for name in read if not name.startswith("<")}
        others = {*recorder.mutable_names(), *(bound & recorder.current.keys())}
        for name in sorted((changed & others) | recorder.lineages.sharing(changed, others)):
            if name not in node.binds:
                _hold(recorder, recorder.supersede(node, name))
    for name in (*node.entry_binds, *node.binds):
        recorder.bind(node, name)
        _hold(recorder, recorder.current[name])


def _hold(recorder: Recorder, version: VersionId) -> None:
    """What a variable held then may have been changed, whatever it holds now."""
    recorder.lineages.hold(version)
