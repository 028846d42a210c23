"""Loops at module level that have shown all they do: further rounds run without hooks, and are accounted for after.

While a loop is *hot* nothing is reported. At its end the recorder makes up for it, and errs on the side of more:

- a statement in it that was never seen to run may have run, or not: it counts as either;
- a name that its statements bind may have been bound by any of them that can reach a use (`lineapy.tracing.loops`);
- objects that a statement with unknown effects could have changed are compared with what they were, and what did change
  is put down to every such statement that could reach it.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import itemgetter
from time import perf_counter
from types import ModuleType
from typing import TYPE_CHECKING, Any

from lineapy.graph.model import Raised
from lineapy.ids import StatementId
from lineapy.tracing.anatomy import IMMUTABLE
from lineapy.tracing.fingerprint import Snapshot
from lineapy.tracing.libraries import name_of_module
from lineapy.tracing.lineage import ANYTHING
from lineapy.tracing.loops import Loop
from lineapy.tracing.nodes import CALLS, CALLS_INSIDE, INDIRECT, ITERATES, OPERATES, RAISES, Node

if TYPE_CHECKING:
    from lineapy.tracing.recorder import Recorder

#: Share of a round's own time that watching may take before it is worth while to stop.
_CHEAP = 0.03
#: Rounds of a run that are watched at least.
_FEW_ROUNDS = 4
#: Quiet rounds that are enough if watching the rounds of the run has taken so many seconds.
_SOME_ROUNDS, _LONG = 16, 1.0

_item = itemgetter(1)
_MISSING = object()


class HotLoops:
    """Decides which loops go unwatched, and accounts for those that did.

    Args:
        recorder: Whose loops they are.

    Attributes:
        running: The loop whose rounds go unwatched now.
        quiet_rounds: Rounds without news after which a loop is taken to have shown all it does.
    """

    quiet_rounds = 64

    def __init__(self, recorder: Recorder) -> None:
        self.running: Unwatched | None = None
        self._recorder = recorder
        self._loops: dict[StatementId, Loop] = {}

    # -- hooks

    def rounds(self, number: int, iterator: Any) -> Any:
        """A ``for`` loop is about to take its items from an iterator: give it those of the watched rounds."""
        loop = self._loop(number)
        if not loop.eligible or not hasattr(type(iterator), "__iter__"):
            return _items(iterator)
        loop.iterator = iterator
        loop.begin(self._recorder.seconds)
        # Made of C alone, so that what the iterator raises passes no frame of ours.
        return map(_item, zip(_WatchedRounds(self, loop), iterator, strict=False))

    def test(self, number: int) -> bool:
        """A ``while`` loop is about to test its condition: whether it is to do so here, in the watched body."""
        recorder = self._recorder
        loop = self._loop(number)
        before = recorder.running
        if before is None or (before != loop.header.id and not recorder.nodes[before].is_inside(loop.header)):
            loop.begin(recorder.seconds)
        if loop.eligible and self.is_quiet(loop) and self.heat(loop):
            return False
        recorder.at(number)
        return True

    def rest(self, number: int) -> Any:
        """The watched rounds of a loop are over: the items left, or for a ``while`` loop whether to go on."""
        loop = self._loop(number)
        running = self.running
        is_hot = running is not None and running.loop is loop
        if loop.header.is_for:
            return loop.iterator if is_hot else ()
        return is_hot

    def could_not_begin(self, loop: Loop, error: BaseException) -> None:
        """To begin a round has failed: a mistake of ours, or an interrupt, which goes on to the program."""
        loop.eligible = False
        mend = self._recorder.mend_rounds
        if mend is not None:
            mend(loop.header.id, error)
        if mend is None or not isinstance(error, Exception):
            raise error.with_traceback(None)

    def _loop(self, number: int) -> Loop:
        loop = self._loops.get(StatementId(number))
        if loop is None:
            nodes = self._recorder.nodes
            header = nodes[number]
            end = number + 1
            while end < len(nodes) and nodes[end].is_inside(header):
                end += 1
            loop = self._loops[header.id] = Loop(header, nodes[number + 1 : end])
        return loop

    # -- when to stop watching

    def is_quiet(self, loop: Loop) -> bool:
        """Whether the rounds of a loop have shown nothing new for a while, and watching them costs something."""
        graph = self._recorder.graph
        known = (
            len(graph.reads) + len(graph.versions) + len(graph.previous) + len(graph.raised) + len(graph.ran)
        )
        loop.rounds += 1
        if loop.known is None:  # settled when it was last run
            loop.known = known
        if known != loop.known:
            loop.known = known
            loop.quiet = 0
            loop.is_settled = False
            return False
        loop.quiet += 1
        if loop.rounds < min(_FEW_ROUNDS, self.quiet_rounds):
            return False  # to stop watching costs as much as a few rounds: for many a loop within a loop, too much
        began, seconds_then = loop.began
        watching = self._recorder.seconds - seconds_then
        if loop.quiet >= self.quiet_rounds or (loop.quiet >= _SOME_ROUNDS and watching > _LONG):
            loop.is_settled = watching > _CHEAP * (perf_counter() - began - watching)
        return loop.is_settled

    def heat(self, loop: Loop) -> bool:
        """Stop watching a loop between two rounds; whether that can be."""
        recorder = self._recorder
        recorder.end_round(loop.header)
        if not self._may_go_unwatched(loop):
            loop.eligible = False
            return False
        self.running = Unwatched(recorder, loop)
        return True

    def rebinds_what_it_iterates(self, header: Node) -> list[str]:
        """Variables that a ``for`` loop iterates over, whose values can change, and that it binds as well."""
        loop, namespace = self._loop(header.id), self._recorder._namespace
        return [
            name for name in header.reads if loop.binders(name) and type(namespace.get(name)) not in IMMUTABLE
        ]

    def _may_go_unwatched(self, loop: Loop) -> bool:
        recorder = self._recorder
        if any(self.rebinds_what_it_iterates(node) for node in loop.nodes if node.is_for):
            return False  # which of its values goes on being iterated over, the text does not tell
        names = names_used(recorder, loop.nodes)
        if not recorder.is_simple(loop, names):
            return False
        for name in names:
            value = recorder._namespace.get(name)
            if type(value) in IMMUTABLE:
                continue
            module = (
                name_of_module(value) if isinstance(value, ModuleType) else getattr(value, "__module__", None)
            )
            if isinstance(module, str) and module.partition(".")[0] == "lineapy":
                return False  # it may save: then it has to be known which statement is running
            reach = recorder._reach_of(name)
            if reach.dynamic or reach.everything:
                return False
        return True

    # -- afterwards

    def cool(self, following: Node | None, error: BaseException | None = None) -> None:
        """The unwatched rounds are over.

        Args:
            following: The statement that comes next, if one does.
            error: What they were left by, if it is known.
        """
        running, self.running = self.running, None
        assert running is not None
        running.account()
        running.loop.iterator = None
        recorder = self._recorder
        raising = self._statement_raising(running.loop, error) if error is not None else None
        if raising is not None:
            recorder.resume(raising)
        elif error is None:
            recorder.left_abnormally(running.loop, following)

    def settle(self) -> None:
        """Account for what has happened so far, and go on unwatched."""
        if self.running is not None:
            loop = self.running.loop
            self.running.account()
            self.running = Unwatched(self._recorder, loop)

    def blind(self) -> None:
        """Code was executed of which no name is known."""
        if self.running is not None:
            self.running.is_blind = True

    def _statement_raising(self, loop: Loop, error: BaseException) -> Node:
        """The statement of a loop that an exception came from."""
        traceback = error.__traceback__
        namespace = self._recorder._namespace
        while traceback is not None:
            frame = traceback.tb_frame
            if frame.f_globals is namespace and frame.f_code.co_name == "<module>":
                line = traceback.tb_lineno
                for node in reversed(loop.inside):
                    statement = node.statement
                    if statement.line <= line <= statement.end_line:
                        return node
            traceback = traceback.tb_next
        return loop.header


class _WatchedRounds:
    """Yields once for each round that is watched."""

    __slots__ = ("_loop", "_loops")

    def __init__(self, loops: HotLoops, loop: Loop) -> None:
        self._loops = loops
        self._loop = loop

    def __iter__(self) -> Iterator[None]:
        return self

    def __next__(self) -> None:
        loop = self._loop
        if loop.eligible and self._may_stop():
            raise StopIteration

    def _may_stop(self) -> bool:
        loop, loops = self._loop, self._loops
        try:
            return loops.is_quiet(loop) and loops.heat(loop)
        except BaseException as error:
            loops.could_not_begin(loop, error)
            return False


def _items(iterator: Any) -> Any:
    """An iterator that ``for`` accepts, which asks for ``__iter__`` once more."""
    return iterator if hasattr(type(iterator), "__iter__") else iter(_Next(iterator), _MISSING)


class _Next:
    def __init__(self, iterator: Any) -> None:
        self._iterator = iterator

    def __call__(self) -> Any:
        try:
            return next(self._iterator)
        except StopIteration:
            return _MISSING


def names_used(recorder: Recorder, nodes: Iterable[Node]) -> dict[str, None]:
    """Variables that statements read, in their text or through code that they were seen to run."""
    found: dict[str, None] = {}
    versions = recorder.graph.versions
    for node in nodes:
        found.update(dict.fromkeys(node.reads))
        for version in node.seen:
            found[versions[version].name] = None
    return found


class Unwatched:
    """A loop whose rounds go unwatched, and what was the case when that began.

    Args:
        recorder: Whose loop it is.
        loop: The loop.

    Attributes:
        is_blind: Something happened that may have changed anything.
    """

    def __init__(self, recorder: Recorder, loop: Loop) -> None:
        self.loop = loop
        self.is_blind = False
        self._recorder = recorder
        self._entry = dict(recorder.current)
        self._namespace_before = dict(recorder._namespace)
        self._used: dict[Node, list[str]] = {}
        self._unknown: list[Node] = []
        for node in loop.nodes:
            used = names_used(recorder, (node,))
            runs_user_code = False
            for name in list(used):
                if self._holds_mutable(name):
                    reach = recorder._reach_of(name)
                    if reach.runs_user_code or not reach.complete:
                        runs_user_code = True
                        used.update(dict.fromkeys(sorted(recorder.names_behind(name))))
            self._used[node] = list(used)
            if (
                node.is_unknown
                or runs_user_code
                or (not node.runs and node.traits & OPERATES)
                or self._changes_what_the_loop_binds(node)
            ):
                self._unknown.append(node)
        self._sources = {name: self._flowing_into(name) for name in loop.binds}
        self._reached: dict[str, set[int]] = {}
        self._snapshot: Snapshot | None = None
        if self._unknown:
            roots: dict[str, None] = {}
            for node in self._unknown:
                roots.update(dict.fromkeys(sorted(self._concerned(node))))
            values = [recorder._namespace[name] for name in roots if name in recorder._namespace]
            if loop.iterator is not None:
                values.append(loop.iterator)
            self._snapshot = recorder.snapshot(values)
            for name in roots:
                if self._holds_mutable(name):
                    self._reached[name] = set(recorder._reach_of(name).ids)

    def _holds_mutable(self, name: str) -> bool:
        namespace = self._recorder._namespace
        return name in namespace and type(namespace[name]) not in IMMUTABLE

    def _changes_what_the_loop_binds(self, node: Node) -> bool:
        """Whether a statement changes an object that may be another one in each round."""
        changes = {name for name in node.own if not self.loop.binds_afresh(node, name)}
        changes.update(node.statement.roots)
        if not changes:
            return False
        return bool(node.traits & INDIRECT) or not changes.isdisjoint(self.loop.binds)

    def _flowing_into(self, name: str) -> set[str]:
        """Variables from whose values the value that the loop gives to one may come, itself included."""
        found = {name}
        pending = [name]
        while pending:
            for binder in self.loop.binders(pending.pop()):
                for source in self._used[binder]:
                    if source not in found:
                        found.add(source)
                        pending.append(source)
        return found

    def _concerned(self, node: Node) -> set[str]:
        """Variables whose values a statement of the loop may lay its hands on in some round."""
        found: set[str] = set()
        for name in self._used[node]:
            found |= self._sources.get(name, {name})
        return found

    def _reach(self, names: Iterable[str]) -> set[int]:
        """What could be reached from some variables, at the beginning or now."""
        ids: set[int] = set()
        for name in names:
            ids |= self._reached.get(name, set())
            if self._holds_mutable(name):
                ids |= self._recorder._reach_of(name).ids
        return ids

    # -- at the end

    def account(self) -> None:
        """Write into the graph what the rounds may have done."""
        recorder, loop = self._recorder, self.loop
        if not loop.header.runs:
            recorder.count_run(loop.header)
        for name in loop.binds:
            recorder.look_again(name)
        self._changes()
        recorder.account_ambient(loop.nodes)
        self._rebound_by_code()
        for used in self._used.values():
            if ANYTHING not in used and any(map(recorder.is_blurred, used)):
                used.append(ANYTHING)
        for name in loop.binds:
            may_hold = any(map(self._holds_mutable, self._sources[name]))
            for node in loop.binders(name):
                version = recorder.own_version(node, name)
                if may_hold:
                    recorder.lineages.hold(version)
        key = (len(recorder.graph.versions), tuple(self._entry.get(name, -1) for name in self._relevant()))
        writers = self._writers()
        if key != loop.accounted:
            loop.accounted = key
            self._edges(writers)
            self._exceptions()
        self._present(writers)

    def _relevant(self) -> dict[str, None]:
        names = dict.fromkeys(self.loop.binds)
        for used in self._used.values():
            names.update(dict.fromkeys(used))
        return names

    def _changes(self) -> None:
        recorder, loop = self._recorder, self.loop
        if self.is_blind or (self._snapshot is not None and self._snapshot.gave_up):
            concerned = set(recorder.mutable_names())
            is_blurred = False
            if not self.is_blind:
                used = {name for node in self._unknown for name in self._concerned(node)}
                sharing = recorder.sharing(used, concerned)
                is_blurred = sharing is None
                concerned = (sharing or set()) | (used & concerned)
            for node in self._unknown or [loop.header]:
                for name in sorted(concerned):
                    recorder.supersede(node, name)
                if is_blurred:
                    recorder.blur(node)
            if is_blurred:
                recorder.bound_before(loop.binds)  # in each round: who blurred last is not known
            return
        if self._snapshot is not None:
            changed = self._snapshot.changed() | self._snapshot.opaque
            if changed:
                for node in self._unknown:
                    hit = changed & (self._reach(self._concerned(node)) | {id(self.loop.iterator)})
                    if hit:
                        recorder._apply(node, hit, None)
                        for name, sources in self._sources.items():
                            # It may have been a name of a changed object in an earlier round.
                            if name not in node.own and hit & self._reach(sources):
                                recorder.supersede(node, name)
        for node in self.loop.nodes:
            recorder.asks_databases(node, self._used[node])
        for node in self.loop.nodes:
            if node.traits & (ITERATES | CALLS | CALLS_INSIDE):
                opaque: set[int] = set()
                for name in self._used[node]:
                    if self._holds_mutable(name):
                        for source in self._sources.get(name, (name,)):
                            if source not in node.own and self._holds_mutable(source):
                                opaque |= recorder._reach_of(source).opaque
                if opaque:
                    recorder._apply(node, opaque, None)

    def _rebound_by_code(self) -> None:
        recorder = self._recorder
        before, namespace = self._namespace_before, recorder._namespace
        bound = set(self.loop.binds)
        for name in sorted({*before, *namespace} - bound):
            if namespace.get(name, _MISSING) is not before.get(name, _MISSING) and name != "__builtins__":
                for node in self._unknown or [self.loop.header]:
                    recorder.supersede(node, name)

    def _writers(self) -> dict[str, list[Node]]:
        writers: dict[str, list[Node]] = defaultdict(list)
        for node in self.loop.nodes:
            for name in node.own:
                writers[name].append(node)
        return writers

    def _edges(self, writers: dict[str, list[Node]]) -> None:
        recorder, loop, entry = self._recorder, self.loop, self._entry
        for node in loop.nodes:
            for name in self._used[node]:
                reaching, from_outside = loop.reaching(name, node, writers.get(name, ()))
                for writer in reaching:
                    recorder.read_version(node, writer.own[name])
                if from_outside and name in entry:
                    recorder.read_version(node, entry[name])
            for name, version in list(node.own.items()):
                if loop.binds_afresh(node, name):
                    continue
                reaching, from_outside = loop.reaching(name, node, writers[name])
                for writer in reaching:
                    recorder._connect(node, version, writer.own[name])
                if from_outside and name in entry:
                    recorder._connect(node, version, entry[name])

    def _present(self, writers: dict[str, list[Node]]) -> None:
        """What each name that was written stands for behind the loop."""
        recorder, loop = self._recorder, self.loop
        for name, nodes in writers.items():
            last, from_outside = loop.leaving(name, nodes)
            if len(last) == 1 and not (from_outside and loop.binds_afresh(last[0], name)):
                version = last[0].own[name]
            else:
                version = recorder.own_version(loop.header, name)
                if self._holds_mutable(name):
                    recorder.lineages.hold(version)
                for writer in last:
                    recorder._connect(loop.header, version, writer.own[name])
                if from_outside and name in self._entry:
                    recorder._connect(loop.header, version, self._entry[name])
            recorder.current[name] = version

    def _exceptions(self) -> None:
        """Whatever may raise in a ``try`` or ``with`` block may have done so."""
        graph = self._recorder.graph
        known = set(graph.raised)
        for node in self.loop.inside:
            kind = node.statement.kind
            if kind == "ExceptHandler":
                block = node.parent
            elif node.is_with:
                block = node
            else:
                continue
            assert block is not None
            for other in self.loop.inside:
                if other.traits & (OPERATES | RAISES) and _stands_in_body(other, block):
                    edge = Raised(node.id, other.id)
                    if edge not in known:
                        known.add(edge)
                        graph.raised.append(edge)


def _stands_in_body(node: Node, block: Node) -> bool:
    while node.parent is not None:
        if node.parent is block:
            return node.statement.arm == "body"
        node = node.parent
    return False


def current_error() -> BaseException | None:
    """The exception that is being handled."""
    return sys.exc_info()[1]
