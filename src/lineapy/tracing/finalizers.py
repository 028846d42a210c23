"""What runs when an object ends: its ``__del__``, what `weakref.finalize` was given, the ``finally`` of a generator."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lineapy.tracing.anatomy import IMMUTABLE, Finalizer, has_begun
from lineapy.tracing.nodes import Node
from lineapy.tracing.reach import Reach, survey

if TYPE_CHECKING:
    from lineapy.tracing.recorder import Recorder

#: What makes objects whose end runs code of the program.
_MAKERS = re.compile(r"__del__|\b(?:yield|await)\b")
_GIVERS = re.compile(r"\b(?:finalize|weakref)\b")
#: How many of them are looked at behind each statement.
_KEPT = 64


@dataclass
class _Expected:
    """An object that may end.

    Attributes:
        finalizer: How to tell, and what is called then.
        names: The variables from which it could be reached when statements used them.
        reach: What the code that runs at its end can reach.
        used: It could be reached by the statement that is running.
    """

    finalizer: Finalizer
    names: set[str]
    reach: Reach
    used: bool = True


class Finalizers:
    """Objects that the last statements used and whose end runs code of the program.

    Attributes:
        expected: Each of them, by the identity of what tells whether it is still there.
        may_be_given: Whether the program may ask for something to be called at the end of an object.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.expected: dict[int, _Expected] = {}
        self.may_be_given = False
        self._recorder = recorder

    def look_at(self, text: str) -> None:
        """Look for such objects from now on if a text of the program may make them."""
        self.may_be_given |= _GIVERS.search(text) is not None
        self._recorder._anatomy.has_finalizers |= self.may_be_given or _MAKERS.search(text) is not None

    def expect(self, names: Iterable[str], *, begun: bool = False) -> None:
        """The last reference to something that variables hold may go.

        Args:
            names: The variables.
            begun: The statement does nothing but let go, so that a generator that has not begun ends without a word.
        """
        recorder = self._recorder
        for name in dict.fromkeys(names):
            if type(recorder._namespace.get(name)) in IMMUTABLE:
                continue
            for finalizer in recorder._reach_of(name).finalizers:
                value = finalizer.target()
                if begun and not has_begun(value):
                    continue
                reach = survey(recorder._anatomy, (value, *finalizer.called), recorder.budget)
                reach.ids.discard(id(value))
                recorder._may_store(reach.stores)
                known = self.expected.pop(id(finalizer.target), None)
                earlier = known.names if known is not None else ()
                self.expected[id(finalizer.target)] = _Expected(finalizer, {name, *earlier}, reach)

    def given(self, names: Iterable[str]) -> set[int]:
        """Objects at whose end more is to be called than before: that changes nothing else of them."""
        recorder = self._recorder
        found: set[int] = set()
        for name in names:
            known = recorder._reach.get(name)
            if known is not None:
                before = set(map(_key_of, known.finalizers))
                reach = survey(recorder._anatomy, (recorder._namespace.get(name),), recorder.budget)
                found |= {id(f.target()) for f in reach.finalizers if _key_of(f) not in before}
        return found

    def waiting(self, value: object) -> tuple[tuple[str, ...], bool]:
        """Who keeps objects alive whose end will run code of the program.

        Args:
            value: A value of the program.

        Returns:
            The variables that do, and whether that code may change the value.
        """
        recorder = self._recorder
        names: list[str] = []
        ids: set[int] = set()
        for name in recorder.current:
            if type(recorder._namespace.get(name)) not in IMMUTABLE:
                for finalizer in recorder._reach_of(name).finalizers:
                    target = finalizer.target()
                    if has_begun(target):
                        names.append(name)
                        ids |= self._touched(
                            survey(recorder._anatomy, (target, *finalizer.called), recorder.budget)
                        )
        if not ids or type(value) in IMMUTABLE:
            return tuple(names), False
        return tuple(names), not ids.isdisjoint(survey(recorder._anatomy, (value,), recorder.budget).ids)

    def changed_by(self, node: Node, changed: set[int]) -> set[int]:
        """What was changed by code that ran because something has ended: all that this code can reach.

        To compare it, one would have to hold it, and what holds it may keep alive what is to end. The variable of a
        ``for`` loop lets go of an item behind the last statement of the body, whichever that is.

        Args:
            node: The statement that is over.
            changed: What else it changed.
        """
        found: set[int] = set()
        for number, expected in tuple(self.expected.items()):
            target = expected.finalizer.target()
            if target is None:
                del self.expected[number]
                found |= self._ended(node, expected)
            elif expected.used:
                expected.used = False
                if self._recorder._anatomy.finalizer(target) is None:
                    del self.expected[number]  # such as a generator that came to its end
                self._kept(node, target, expected, changed)
        while len(self.expected) > _KEPT:
            del self.expected[next(iter(self.expected))]
        return found

    def _ended(self, node: Node, expected: _Expected) -> set[int]:
        recorder, reach = self._recorder, expected.reach
        for name in sorted(expected.names):
            recorder._read(node, name)  # also of those that have let go of it before
        for used in sorted(reach.loads | reach.stores):
            for behind in (used, *sorted(recorder.names_behind(used))):
                recorder._read(node, behind)
        return self._touched(reach)

    def _touched(self, reach: Reach) -> set[int]:
        """What code that can reach something may change."""
        found = reach.ids - reach.code
        for used in reach.loads | reach.stores:
            for behind in (used, *self._recorder.names_behind(used)):
                if type(self._recorder._namespace.get(behind)) not in IMMUTABLE:
                    reached = self._recorder._reach_of(behind)
                    found |= reached.ids - reached.code
        return found

    def _kept(self, node: Node, target: object, expected: _Expected, changed: set[int]) -> None:
        """If a statement has let go of an object that did not end, it is by those who still hold it."""
        recorder = self._recorder
        let_go = {*node.binds, *node.entry_binds, *node.statement.deletes}
        for name in sorted(expected.names):
            if name in let_go or not changed.isdisjoint(recorder._reach_of(name).ids):
                value = recorder._namespace.get(name)
                if id(target) not in survey(recorder._anatomy, (value,), recorder.budget).ids:
                    for holder in sorted(recorder.holders_of(target) - {name}):
                        recorder._read(node, holder)


def _key_of(finalizer: Finalizer) -> tuple[int, ...]:
    return (id(finalizer.target), *map(id, finalizer.called))
