"""The one mutable heart of a traced run: what the hooks report becomes versions and edges of the graph.

A statement's life: `at` finishes the statement before it and starts this one. Starting notes the versions it reads,
and where user code may run, takes a snapshot of what that code could change. While it runs, `call` and `change` report
what is known to be changed, or that the snapshot is needed after all. Finishing compares, gives the names that it
bound a fresh version, and every variable from which a changed object can be reached a further version.
"""

from __future__ import annotations

import ast
import builtins
import os
import re
import sys
import threading
import weakref
from collections.abc import Callable, Iterable
from itertools import takewhile
from time import perf_counter
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any

from lineapy.effects.annotations import Effect
from lineapy.effects.lookup import Knowledge
from lineapy.graph.model import Alias, Available, Failed, Fixed, Graph, Previous, Raised, Read
from lineapy.ids import StatementId, VersionId
from lineapy.source.analysis import DYNAMIC_NAMES
from lineapy.source.lines import lines_of
from lineapy.tracing.ambient.state import Ambient
from lineapy.tracing.anatomy import ACTS, IMMUTABLE, Anatomy, Kind, no_parts
from lineapy.tracing.budget import UNLIMITED, Budget
from lineapy.tracing.code_names import CodeNames, code_names
from lineapy.tracing.finalizers import Finalizers
from lineapy.tracing.fingerprint import Digests, Snapshot
from lineapy.tracing.frames import frame_behind
from lineapy.tracing.hot_loops import HotLoops
from lineapy.tracing.libraries import is_library, name_of_module
from lineapy.tracing.lineage import ANYTHING, Lineages, holds_nothing
from lineapy.tracing.loops import Loop
from lineapy.tracing.nodes import (
    AUGMENTS,
    BINDS_LAST,
    CALLS,
    CALLS_INSIDE,
    DYNAMIC,
    HOLDS_LAMBDA,
    IMPORTS,
    IMPORTS_SUBMODULE,
    ITERATES,
    JUMPS,
    OPERATES,
    RAISES,
    Node,
    nodes_of,
)
from lineapy.tracing.program import Program
from lineapy.tracing.reach import Reach, survey
from lineapy.tracing.resources.handles import LOCK_TYPES, HDF5File
from lineapy.tracing.resources.handles import TYPES as HANDLE_TYPES
from lineapy.tracing.resources.paths import is_machines
from lineapy.tracing.resources.resources import Resources
from lineapy.tracing.resources.unseen import is_unseen, mentions_unseen, uses_duckdb

#: Resources, whose versions are states of something that is not a variable: the module search path, where output goes.
IMPORT_PATH = "<sys.path>"
OUTPUT = "<sys.stdout>"
#: Modules that the program put in place by hand, and attributes that it set in modules.
MODULES = "<sys.modules>"

_MISSING = object()
_Environment = type(os.environ)
#: Containers whose item assignment changes the container itself and nothing else.
_PLAIN_CONTAINERS = frozenset({list, dict, bytearray})
#: Reaches larger than this are brought up to date by addition, not by another walk after each change.
_LARGE = 256
#: Uses of files written down at most.
_MANY_FILES = 100_000
#: Types of methods.
_ACTORS = frozenset(
    {BuiltinFunctionType, MethodType, MethodWrapperType, MethodDescriptorType, WrapperDescriptorType}
)
#: The program's own module, asked for by its name.
_MODULES_MENTIONED = re.compile(r"""sys\.modules(?:\[(?:__name__|["']__main__["'])\])?""")
_WORD = re.compile(r"[^\W\d]\w*")


class Recorder:
    """Writes down a traced run.

    Args:
        namespace: The globals in which the traced program runs.
        knowledge: What is known of library calls.
        budget: How much time looking at values may take.

    Attributes:
        graph: What has been written so far.
        current: For each variable, its present version.
        budget: What looking at values has cost so far.
        seconds: Time spent in the hooks, as far as they do more than to return.
    """

    def __init__(self, namespace: dict[str, Any], knowledge: Knowledge, budget: Budget = UNLIMITED) -> None:
        self.graph = Graph()
        self.current: dict[str, VersionId] = {}
        self.nodes: list[Node] = []
        self._namespace = namespace
        self._knowledge = knowledge
        self.budget = budget
        self.seconds = 0.0
        #: What may share objects with what, for values that are too large to look at.
        self.lineages = Lineages(
            self.graph, self.nodes, self.current, namespace.get, lambda node: bool(node.traits & IMPORTS)
        )
        self._digests = Digests()
        self._anatomy = Anatomy(namespace, self._may_change)
        self._ambient = Ambient(namespace, self._anatomy)
        self._texts: dict[int, list[str]] = {}
        # Which objects can be reached from which variables. Those in _unknown changed since they were looked at.
        self._reach: dict[str, Reach] = {}
        self._owners: dict[int, set[str]] = {}
        self._unknown: set[str] = set()
        self._may_hold_new: set[str] = set()
        self._boundless: set[str] = set()
        #: The versions that came of the last change of an object, by its id, and how to tell that it is still there.
        self._last_change: dict[int, tuple[tuple[VersionId, ...], weakref.ref[object] | None]] = {}
        self._has_patched = False
        self._own_modules: dict[str, ModuleType] = {}
        self._import_path = tuple(sys.path)
        self._stdout = self._last_stdout = sys.stdout
        # Blocks that code runs at the end of: with blocks, and loops over the user's own iterators.
        self._open_blocks: list[tuple[Node, Snapshot | None]] = []
        # About the statement that is running.
        self._now: Node | None = None
        self._is_leaving = False  # a with block
        self._inspected: tuple[StatementId, int] | None = None  # the run of a statement in which a frame was
        self._mutable: list[str] = []
        #: Variables that hold methods, or random generators, which even a harmless call may use if it is given them.
        self._acting_names: list[str] = []
        self._code_names: set[str] | None = None
        #: The statement may run the user's own functions, and not only look at variables from inside a library.
        self._runs_own_code = False
        self._snapshot: Snapshot | None = None
        self._covered = False  # the snapshot holds what can be reached from the names that the statement uses
        self._spared: set[int] = set()  # what the statement's only callee is known to leave as it is
        self._stores: dict[str, object] | None = None
        self._namespace_before: dict[str, object] | None = None
        self._changed: set[int] = set()
        self._finalizers = Finalizers(self)
        self._resources: list[str] = []
        self._advances = False
        self._augmented: tuple[str, int] | None = None
        self._blurred: set[str] = set()  # variables whose values were too large to compare
        #: How often a statement may have changed anything, as there was no time to find out what; see `blur`.
        self._blurs = 0
        self._bound_at: dict[str, int] = {}  # how often that had happened when a variable was bound
        self._codes: list[CodeType | str] = []  # code whose names have not been asked for yet
        self._loads_of_code: set[str] = set()
        self._stores_of_code: set[str] = set()
        self._hot = HotLoops(self)
        #: Is told when a round of a loop could not be begun; None lets the exception out.
        self.mend_rounds: Callable[[int, BaseException], None] | None = None
        #: Files and the like: see `lineapy.tracing.resources`.
        self.resources = Resources(self)
        self._acting: Node | None = None  # whose doing it is, what is being said of a resource
        self._replaced: list[tuple[VersionId, VersionId]] = []
        self._starters: dict[Node, None] = {}  # statements that started threads
        self._started: dict[int, tuple[weakref.ref[threading.Thread], tuple[StatementId, int]]] = {}
        self.files_used: dict[tuple[StatementId, str, bool], None] = {}
        for cls in HANDLE_TYPES:
            self._anatomy.teach(cls, Kind(self.resources.handles.parts, opaque=True, bound=True))
        for cls in LOCK_TYPES:
            self._anatomy.teach(cls, Kind(self.resources.handles.lock_parts, opaque=True, bound=True))
        # Not opaque: nobody iterates over them. But whoever may have changed them, is taken to have done so.
        within_hdf5 = Kind(self.resources.handles.hdf5_parts)
        self._anatomy.teach(HDF5File, Kind(no_parts, digest=lambda _: object(), bound=True))
        self._anatomy.teach_library(
            "h5py", lambda cls: within_hdf5 if self.resources.handles.meet_hdf5(cls) else None
        )

    # -- statements

    def add_source(self, text: str, program: Program) -> None:
        """Make the statements of a text known before it runs.

        Args:
            text: The text.
            program: Its statements, whose numbers go on where the last text's ended, and its code.
        """
        statements = program.statements
        if not statements:
            return
        self._codes += program.codes or (text,)
        self._texts[statements[0].source] = lines_of(text)
        self._ambient.look_at(text)
        self.resources.handles.look_at(text)
        self._finalizers.look_at(text)
        nodes = nodes_of(statements, statements[0].id)
        for number, names in program.modules.items():
            nodes[number - statements[0].id].modules = names
        self.nodes += nodes

    @property
    def node_running(self) -> Node | None:
        """The statement that is running, if it is watched."""
        return self._now

    @property
    def running(self) -> StatementId | None:
        """The statement that is running."""
        if self._hot.running is not None:
            return self._hot.running.loop.header.id
        return self._now.id if self._now is not None else None

    def functions(self) -> dict[str, Any]:
        """What each hook leads to."""
        return {
            "__lineapy_at__": self.at,
            "__lineapy_call__": self.call,
            "__lineapy_change__": self.change,
            "__lineapy_given__": self.given,
            "__lineapy_each__": self.each,
            "__lineapy_enter__": self.enter,
            "__lineapy_leave__": self.leave,
            "__lineapy_finally__": self.finally_,
            "__lineapy_iter__": iter,
            "__lineapy_rounds__": self._hot.rounds,
            "__lineapy_test__": self._hot.test,
            "__lineapy_rest__": self._hot.rest,
        }

    # -- hooks

    def at(self, number: int) -> None:
        """A statement begins."""
        start = perf_counter()
        node = self.nodes[number]
        if self._hot.running is not None:
            self._hot.cool(node)
        if self._open_blocks:
            self._close_blocks(node)
        before = self._now
        if before is not None:
            # A with statement that was not entered: one context manager swallowed what another raised.
            self._finish(raised=bool(before.entry_binds) and not self._is_leaving and before.is_with)
        self._start(node)
        self.seconds += perf_counter() - start

    def each(self, number: int) -> None:
        """A ``for`` loop has bound its next item."""
        start = perf_counter()
        header = self.nodes[number]
        if self._hot.running is not None:
            self._hot.cool(header)
        self.end_round(header)
        self._bind_all(header, header.entry_binds)
        self._watch(header)
        self.seconds += perf_counter() - start

    def end_round(self, header: Node) -> None:
        """A loop is about to begin its next round, or its first."""
        if self._now is header:
            self._finish()  # it has just been evaluated
            rebound = self._hot.rebinds_what_it_iterates(header) if header.is_for else ()
            header.iterated = (
                {id_ for name in rebound for id_ in self._reach_of(name).ids} if rebound else None
            )
            return
        while (
            self._open_blocks
            and self._open_blocks[-1][0] is not header
            and not header.is_inside(self._open_blocks[-1][0])
        ):
            self._leave_block(abnormally=self._now is None or not self._now.traits & JUMPS)
        if self._now is not None:
            self._finish()
        if not header.is_for:
            return  # its condition is the header's next run
        self._start(header)
        self._advances = True
        if self._open_blocks and self._open_blocks[-1][0] is header:
            watched = self._open_blocks.pop()[1]
            if watched is not None:
                self._changed |= watched.changed()
        self._finish()

    def enter(self, number: int) -> None:
        """A ``with`` block, an ``except`` clause or a ``case`` clause is entered."""
        node = self.nodes[number]
        kind = node.statement.kind
        if kind == "ExceptHandler":
            self._enter_handler(node)
        elif kind == "match_case":
            if self._now is not None:
                self._finish()
            self._start(node)
            self._finish()
            self._bind_all(node, node.entry_binds)
        else:
            if self._now is not None:
                self._finish()
            self._bind_all(node, node.entry_binds)
            values = [self._namespace[n] for n in (*node.reads, *node.entry_binds) if n in self._namespace]
            reached = survey(self._anatomy, values, self.budget)
            node.is_unknown |= reached.runs_user_code
            self._open_blocks.append(
                (
                    node,
                    Snapshot(self._anatomy, values, self.budget, self._digests)
                    if reached.runs_user_code
                    else None,
                )
            )

    def _enter_handler(self, node: Node) -> None:
        if self._hot.running is not None:
            self._hot.cool(None, sys.exc_info()[1])
        raised = self._now
        while self._open_blocks and not node.is_inside(self._open_blocks[-1][0]):
            self._leave_block(abnormally=True)
        if raised is not None:
            if self._now is not None:
                self._finish(raised=True)
            self._raised_into(node, raised)
        self._start(node)
        self._finish()
        self._bind_all(node, node.entry_binds)

    def leave(self, number: int) -> None:
        """The end of a block is reached without an exception or jump."""
        node = self.nodes[number]
        if self._hot.running is not None:
            self._hot.cool(None)
        while self._open_blocks and self._open_blocks[-1][0].is_inside(node):
            # Left by an exception that its own __exit__ swallowed, or by a jump.
            self._leave_block(abnormally=self._now is None or not self._now.traits & JUMPS)
        if self._now is not None:
            self._finish()
        if node.is_with:
            if self._open_blocks and self._open_blocks[-1][0] is node:
                self._open_blocks.pop()
            # What __exit__ does is the header's doing.
            self._start(node, extra=node.entry_binds)
            self._is_leaving = True

    def finally_(self, number: int) -> None:
        """A ``finally`` block begins; whether after an exception shows in `leave` not having been called."""
        block = self.nodes[number]
        if self._hot.running is not None:
            self._hot.cool(None, sys.exc_info()[1])
        while self._open_blocks and self._open_blocks[-1][0].is_inside(block):
            self._leave_block(abnormally=self._now is not None and not self._now.traits & JUMPS)
        if self._now is not None:
            self._finish(raised=not self._now.traits & JUMPS and self._now is not block)

    def call(self, number: int, callee: Any) -> Any:
        """Something is about to be called."""
        node = self._now
        if node is None:
            return callee
        start = perf_counter()
        try:
            return self._called(node, callee)
        finally:
            self.seconds += perf_counter() - start

    def _called(self, node: Node, callee: Any) -> Any:
        effect = self._knowledge.effect(callee)
        if self._ambient.watching_figures or self._ambient.watching_settings:
            self._ambient.call(callee)
        if effect is not None and (effect.reads_files or effect.writes_files) and is_unseen(callee):
            self._note_effect(node, callee, effect)
            return self._telling(node, callee, effect)
        return self._note_effect(node, callee, effect)

    def _telling(self, node: Node, callee: Any, effect: Effect) -> Any:
        """A callee that tells which files it is given: nothing else does."""
        act, resources = self._doing, self.resources

        def told(*args: Any, **kwargs: Any) -> Any:
            act(node, resources.arguments_read, effect.reads_files, args, kwargs)
            act(node, resources.arguments_written, effect.writes_files, args, kwargs)
            return callee(*args, **kwargs)

        return told

    def _note_effect(self, node: Node, callee: Any, effect: Effect | None) -> Any:
        if effect is None or (effect.changes_others and node.arguments >= effect.least_arguments):
            if effect is not None and effect.changes_states:
                self._ambient.called(effect)
            if effect is None or effect.advances_iterators:
                self._advances = True
            function = callee.__func__ if type(callee) is MethodType else callee
            if type(function) is FunctionType and self._anatomy.is_home(function):
                self._read_code(node, code_names(function.__code__))
                if mentions_unseen(function, self._namespace):
                    self._doing(node, self.resources.anything_done)
            elif effect is None and is_unseen(callee):
                used = self.resources.duckdb_used if uses_duckdb(callee) else self.resources.anything_done
                self._doing(node, used)
            self._take_snapshot(node, callee)
            if effect is not None and effect.changes_receiver:
                self._change_receiver(
                    callee, effect
                )  # also what comparing cannot see, such as a handle of C code
            elif effect is not None and effect.writes_files:
                self._spare(node, callee)
            return callee
        if self._acting_names:
            self._note_acting(node, callee)
        if effect.reads_db or effect.writes_db:
            self._take_snapshot(node, callee)  # what it is asked to do is for the connection to say
        if effect.changes_receiver:
            self._change_receiver(callee, effect)
        if effect.changes_states:
            self._ambient.called(effect)
        if effect.advances_iterators:
            self._advances = True
        return callee

    def _change_receiver(self, callee: Any, effect: Effect) -> None:
        """A method is about to be called that changes its object."""
        receiver = getattr(callee, "__self__", None)
        if receiver is None or isinstance(receiver, ModuleType):
            receiver = self._knowledge.owner(callee)
        self._changed.add(id(receiver))
        if type(receiver) not in _PLAIN_CONTAINERS:
            self._note_receiver(receiver, with_parts=effect.changes_parts)

    def _spare(self, node: Node, callee: Any) -> None:
        """A method writes its object to a file: the object stays as it is, whatever else the call may change."""
        receiver = getattr(callee, "__self__", None)
        if receiver is None or len(node.statement.callees) != 1 or node.traits & CALLS_INSIDE:
            return
        kind = self._anatomy.kind(receiver)
        self._spared.add(id(receiver))
        if kind is not None and kind.also_known_as is not None:
            self._spared.update(kind.also_known_as(receiver))

    def given(self, number: int, value: Any) -> Any:
        """A call is about to be given an attribute of something: perhaps a method, which it may call."""
        if type(value) in _ACTORS and self._now is not None and self._anatomy.acts(value):
            self._take_snapshot(self._now, value)
        return value

    def _may_change(self, function: object) -> bool:
        effect = self._knowledge.effect(function)
        return effect is None or effect.changes_receiver or effect.changes_others

    def _note_acting(self, node: Node, callee: Any) -> None:
        """A call that changes nothing by itself may be given something by which it does."""
        for name in self._acting_names:
            value = self._namespace.get(name)
            if value is callee:
                continue
            if self._reach_of(name).acts & ACTS:
                self._take_snapshot(node)
                return
            kind = self._anatomy.kind(value)
            if kind is not None and kind.acts is not None and value is getattr(callee, "__self__", None):
                continue  # the generator's own method, of which the annotation speaks
            self._compare(node, value)

    def _compare(self, node: Node, value: object) -> None:
        """Find out by comparing what a statement changes of one value."""
        node.is_unknown = True
        if self._snapshot is None:
            self._snapshot = Snapshot(self._anatomy, (), self.budget, self._digests)
        self._snapshot.add((value,))

    def _note_receiver(self, receiver: object, *, with_parts: bool) -> None:
        """An object is about to be changed by its own method."""
        kind = self._anatomy.kind(receiver)
        if kind is not None and kind.also_known_as is not None:
            self._changed.update(kind.also_known_as(receiver))
        if self.resources.handles.known or self.resources.handles.has_met_hdf5:
            self._note_handles(receiver)
        if with_parts:
            if self._snapshot is None:
                self._snapshot = Snapshot(self._anatomy, ())
            self._snapshot.add((receiver,), self._who_changes_with(id(receiver)))

    def _note_handles(self, value: object) -> None:
        """What is done to an object is done to the open files and connections that it leads to."""
        reached = survey(self._anatomy, (value,)).ids
        self._changed |= reached & self.resources.handles.known.keys()

    def _who_changes_with(self, *objects: int) -> Callable[[int], bool] | None:
        """Which memory is reached by no other variables than those that count as changed when some objects change."""
        self._look_at_all()
        if self._boundless or self._may_hold_new:
            return None
        owners = self._owners
        changing: set[str] = set()
        for number in objects:
            changing |= owners.get(number, set())
        return lambda number: owners.get(number, changing) <= changing

    def change(self, number: int, value: Any) -> Any:
        """An item or attribute of an object is about to be set or deleted."""
        node = self._now
        if node is None or type(value) is _Environment:
            return value  # of an environment variable that is set, an audit event tells
        cls = type(value)
        if cls not in _PLAIN_CONTAINERS and self._ambient.change(value, node.statement.roots):
            return value
        self._changed.add(id(value))
        if value is sys.modules:
            self._resources.append(MODULES)
        elif value is self._namespace:
            self._prepare_dynamic(node, everything=False)
        if cls in _PLAIN_CONTAINERS and not node.traits & AUGMENTS:
            return value
        kind = self._anatomy.kind(value)
        if isinstance(value, ModuleType):
            if self._anatomy.is_own_module(value):
                self._prepare_dynamic(node, everything=False)
            else:
                self._resources.append(f"<module {name_of_module(value)}>")
            return value
        if kind is None:
            return value
        if kind.also_known_as is not None:
            self._changed.update(kind.also_known_as(value))
            if all(self._anatomy.kind(part) is kind for part in kind.parts(value)):
                return value  # an array, or a view of one: its memory is all there is
        # Setting an attribute may run code; and x[i] += y may change what x[i] is.
        self._changed.add(id(getattr(value, "__dict__", None)))
        roots = [self._namespace[name] for name in node.statement.roots if name in self._namespace]
        self._take_snapshot(node, value, is_spent=self._who_changes_with(id(value), *map(id, roots)))
        if self.resources.handles.has_met_hdf5:
            self._note_handles(value)
        return value

    def end(self, error: BaseException | None = None) -> None:
        """The text has been run to its end, or to an exception that nobody caught."""
        if self._hot.running is not None:
            self._hot.cool(None, error)
        raising = self._now  # perhaps within a block
        while self._open_blocks:
            self._leave_block(abnormally=self._now is None or not self._now.traits & JUMPS)
        if self._now is not None:
            self._finish(raised=error is not None)
        if raising is not None and error is not None:
            self.failed(raising.id, error)

    def failed(self, statement: StatementId, error: BaseException) -> None:
        """A statement has raised what nobody caught, and the session goes on."""
        name = type(error).__name__
        known = getattr(builtins, name, None) is type(error)
        self.graph.failed.append(Failed(statement, name if known else "Exception"))

    # -- audit events

    def code_executed(self, code: CodeType, caller: dict[str, Any]) -> None:
        """``exec`` or ``eval`` is about to run code: it may use any name it mentions, and bind any."""
        if caller is self._namespace:
            self._hot.blind()
        node = self._now
        if node is None or (caller is not self._namespace and not node.traits & DYNAMIC):
            return  # a library's own business, such as the import of a module or the making of a named tuple
        names = code_names(code)
        self._codes.append(code)
        self._ambient.look_at(" ".join(code.co_names))
        self._anatomy.has_finalizers = True
        self.resources.handles.look_at(" ".join((*code.co_names, *map(str, code.co_consts))))
        known = names.loads & self._namespace.keys()
        if known:
            self._read_code(node, CodeNames(frozenset(known), frozenset()))
            self._take_snapshot(node, *(self._namespace[name] for name in known))
        if self._namespace_before is None:
            self._namespace_before = dict(self._namespace)

    def frame_inspected(self) -> None:
        """A library looks for variables in the caller's frame: what the statement's strings mention counts as read."""
        node = self._now
        if node is not None and node.traits & CALLS and self._inspected != (node.id, node.runs):
            self._inspected = (
                node.id,
                node.runs,
            )  # libraries may do it hundreds of times while they are imported
            self._read_words(node)

    def happened(self, event: str, arguments: tuple[Any, ...]) -> None:
        """A file was opened, a directory made, or the like."""
        if event == "open" and self.resources.is_idle_reading(arguments):
            return
        node = self._node_at_work()
        if node is None:
            return
        if self.resources.has_pending:
            self._catch_up(node)
        self._act(node, event, arguments)

    def happened_elsewhere(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The same, in another thread."""
        self.resources.event_elsewhere(event, arguments)

    def thread_started(self, thread: object) -> None:
        """The statement that is running starts a thread: what that does is its doing."""
        node = self._node_at_work()
        if node is not None:
            self._starters[node] = None
            if isinstance(thread, threading.Thread):
                self._started[id(thread)] = weakref.ref(thread), (node.statement.id, node.runs)

    def starter_of(self, thread: threading.Thread) -> tuple[StatementId, int] | None:
        """Which statement started a thread, and how many times that had begun to run by then; None if nobody knows."""
        reference, starter = self._started.get(id(thread), (None, None))
        return starter if reference is not None and reference() is thread else None

    def _act(self, node: Node, event: str, arguments: tuple[Any, ...]) -> None:
        self._doing(node, self.resources.event, event, arguments)

    def _doing(self, node: Node, function: Callable[..., None], *arguments: Any) -> None:
        """Let a function of the resources speak of what a statement does."""
        before, self._acting = self._acting, node
        try:
            function(*arguments)
        finally:
            self._acting = before

    def _catch_up(self, node: Node) -> None:
        """What other threads did is the doing of who started them, and of who was running meanwhile."""
        for event, arguments in self.resources.pending():
            for starter in (*self._starters, node):
                self._act(starter, event, arguments)

    def _node_at_work(self) -> Node | None:
        """The statement that is running: by the line, since a loop's header runs between two rounds, unannounced."""
        node, hot = self._now, self._hot.running
        if hot is None and node is None:
            return None
        line = self._line()
        if hot is not None:
            for candidate in reversed(list(hot.loop.nodes)):
                if line is not None and candidate.statement.line <= line <= candidate.statement.end_line:
                    return candidate
            return hot.loop.header
        candidate_or_none = node
        while line is not None and candidate_or_none is not None:
            statement = candidate_or_none.statement
            if statement.line <= line <= statement.end_line:
                return candidate_or_none
            candidate_or_none = candidate_or_none.parent
        return node

    def _line(self) -> int | None:
        """The line of the traced text that is being executed."""
        frame = frame_behind(1)
        namespace, found = self._namespace, None
        while frame is not None:
            if frame.f_globals is namespace and frame.f_code.co_name[0] == "<":
                found = frame
            frame = frame.f_back
        return found.f_lineno if found is not None else None

    def is_importing_library(self) -> bool:
        """Whether what happens is a library's doing, while it is imported."""
        frame = frame_behind(1)
        inner = True
        while frame is not None and frame.f_globals is not self._namespace:
            if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
                return inner
            name = frame.f_globals.get("__name__")
            inner = inner and (name is None or is_library(name))
            frame = frame.f_back
        return False

    # -- starting

    def _start(self, node: Node, extra: tuple[str, ...] = ()) -> None:
        self._now = node
        self._is_leaving = False
        node.runs += 1
        if node.runs == 1:
            self._count_first_run(node)
        current, namespace, seen = self.current, self._namespace, node.seen
        mutable = self._mutable = []
        for name in node.reads + extra if extra else node.reads:
            version = current.get(name)
            if version is not None and version not in seen:
                seen.add(version)
                self.graph.reads.append(Read(node.id, version))
            if type(namespace.get(name)) not in IMMUTABLE:
                mutable.append(name)
        if self._blurs:
            self._read_blurred(node, mutable)
        traits = node.traits
        if node.inside_left:
            self._note_available(node)
        if traits & OPERATES:
            if mutable or traits & (DYNAMIC | CALLS_INSIDE):
                self._look_ahead(node)
            if traits & AUGMENTS and node.binds:
                self._note_augmented(node)
        if traits & CALLS and sys.stdout is not self._stdout:
            self._read(node, OUTPUT)
        if self._anatomy.has_finalizers:
            let_go = (*node.binds, *node.entry_binds, *node.statement.deletes)
            self._finalizers.expect(let_go, begun=True)
            if traits & OPERATES:
                self._finalizers.expect(mutable)
        if self._has_patched and traits & (CALLS | IMPORTS):
            self._read_patched(node)
        if traits & IMPORTS:
            self._read(node, IMPORT_PATH)
            self._ambient.before_import(node.modules)
            if self._own_modules:
                self._snapshot = Snapshot(
                    self._anatomy, self._own_modules.values(), self.budget, self._digests
                )
            if traits & DYNAMIC:
                self._namespace_before = dict(namespace)

    def _read_blurred(self, node: Node, names: Iterable[str]) -> None:
        if any(map(self.is_blurred, names)):
            self._read(node, ANYTHING)

    def is_blurred(self, name: str) -> bool:
        """Whether the value of a variable may have changed in a way that none of its versions tells of."""
        if self._bound_at.get(name, 0) == self._blurs:
            return False
        value = self._namespace.get(name)
        return type(value) not in IMMUTABLE and type(value) is not ModuleType and not holds_nothing(value)

    def blur(self, node: Node) -> None:
        """A statement may have changed any value there is.

        That is one version, of `ANYTHING`, which goes back to the one before; whoever reads a variable that was bound
        earlier reads it, too. A version of each variable would cost more than the statement.
        """
        self._blurs += 1
        for name in node.binds:
            self._bound_at[name] = self._blurs
        self._supersede_resource(node, ANYTHING)

    def bound_before(self, names: Iterable[str]) -> None:
        """Variables may have been bound before anything was blurred, as far as is known."""
        for name in names:
            self._bound_at[name] = 0

    def sharing(self, names: Iterable[str], others: Iterable[str]) -> set[str] | None:
        """Those of some variables that may share an object with others; None if there is no time to find out."""
        if not self.budget.may_walk:
            return None
        start = perf_counter()
        found = self.lineages.sharing(names, others)
        self.budget.walking += perf_counter() - start
        return found

    def _names_in_code(self) -> tuple[set[str], set[str]]:
        """Every variable that a function of the program loads, and every one that one binds."""
        for code in self._codes:
            if isinstance(code, str):  # a cell, which somebody else has compiled
                code = compile(
                    code, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
                )
            for constant in code.co_consts:
                if isinstance(constant, CodeType):
                    names = code_names(constant)
                    self._loads_of_code |= names.loads
                    self._stores_of_code |= names.stores
        self._codes.clear()
        return self._loads_of_code & self.current.keys(), self._stores_of_code

    def _count_first_run(self, node: Node) -> None:
        self.graph.ran.append(node.id)
        parent = node.parent
        while parent is not None:
            parent.inside_left -= 1
            parent = parent.parent

    def _may_store(self, names: Iterable[str]) -> None:
        """Code that may run binds these variables: what they hold now will be compared."""
        for name in names:
            if self._stores is None:
                self._stores = {}
            if name not in self._stores:
                self._stores[name] = self._namespace.get(name, _MISSING)

    def _read_patched(self, node: Node) -> None:
        """Modules that the program changed matter to whoever imports them; changed builtins, to every call."""
        self._read(node, "<module builtins>")
        if node.traits & IMPORTS:
            self._read(node, MODULES)
            for name in [name for name in self.current if name.startswith("<module ")]:
                if name[len("<module ") : -1].partition(".")[0] in node.modules:
                    self._read(node, name)

    def _read(self, node: Node, name: str) -> None:
        version = self.current.get(name)
        if version is not None:
            self.read_version(node, version)

    def _look_ahead(self, node: Node) -> None:
        """Note what code may run in a statement that uses mutable values, before it runs."""
        traits = node.traits
        runs_user_code = bool(traits & CALLS_INSIDE)
        for name in self._mutable:
            reach = self._reach_of(name)
            if reach.loads or reach.stores or reach.dynamic or reach.everything:
                value = self._namespace[name]
                if type(value) is ModuleType and self._anatomy.is_own_module(value):
                    self._read_attributes(node, rf"(?<![\w.]){name}\b")
                else:
                    self._read_code(node, _names_of(reach))
            if reach.runs_user_code:
                runs_user_code = True
            if reach.acts:
                self._acting_names.append(name)
                if traits & ITERATES:
                    self._compare(node, self._namespace[name])  # a loader that shuffles what it loads
            if self._namespace[name] is self._namespace:
                self._prepare_dynamic(node, everything=not self._read_words(node))
        if traits & DYNAMIC:
            self._read_dynamic(node)
            runs_user_code = self._runs_own_code = True
        if runs_user_code:
            self._take_snapshot(node)

    def _read_code(self, node: Node, names: CodeNames, *, runs: bool = True) -> None:
        """Code that may run names these variables: they are read, and what is reached from them may change.

        Without ``runs``, they are only looked at, by a library's code that was given their names.
        """
        self._runs_own_code |= runs
        if self._code_names is None:
            self._code_names = set(self._mutable)
        pending = [names]
        visited = self._code_names
        while pending:
            names = pending.pop()
            self._may_store(names.stores)
            if names.dynamic or names.everything:
                self._prepare_dynamic(node, everything=names.everything)
            for name in names.loads | names.stores:
                if name in visited:
                    continue
                visited.add(name)
                self._read(node, name)
                if self._blurs:
                    self._read_blurred(node, (name,))
                value = self._namespace.get(name, _MISSING)
                if value is _MISSING or type(value) in IMMUTABLE:
                    continue
                reach = self._reach_of(name)
                if reach.finalizers:
                    self._finalizers.expect((name,))
                if reach.loads or reach.stores or reach.dynamic or reach.everything:
                    pending.append(_names_of(reach))
                if reach.runs_user_code:
                    self._runs_own_code = True
                if self._snapshot is not None:
                    self._snapshot.add((value,))

    def _read_dynamic(self, node: Node) -> None:
        used = DYNAMIC_NAMES.intersection(node.reads)
        self._prepare_dynamic(node, everything=False)
        if (used and used <= {"exec", "eval"}) or node.traits & IMPORTS:
            return
        if not used and _MODULES_MENTIONED.search(self._text_of(node)):
            self._read_attributes(node, _MODULES_MENTIONED.pattern)
            return
        if not used or not self._read_words(node):
            self._prepare_dynamic(node, everything=True)

    def _read_attributes(self, node: Node, itself: str) -> None:
        """Use of the program's own module, written as a pattern says: its attributes are the variables."""
        text = self._text_of(node)
        if re.fullmatch(rf"\s*\w+ *= *{itself}\s*", text):
            return  # what is done with the variable counts
        found = re.findall(itself + r"(?:\.(?!__)([^\W\d]\w*))?", text)
        names = self.current.keys() & set(found)
        self._prepare_dynamic(node, everything=not all(found))
        if all(found) and names:
            self._read_code(node, CodeNames(frozenset(names), frozenset()))

    def _prepare_dynamic(self, node: Node, *, everything: bool) -> None:
        if self._namespace_before is None:
            self._namespace_before = dict(self._namespace)
        if everything:
            known = frozenset(self.current) & self._namespace.keys()
            if self._code_names is None:
                self._code_names = set(self._mutable)
            if known - self._code_names:
                self._read_code(node, CodeNames(frozenset(known), frozenset()), runs=False)

    def _read_words(self, node: Node) -> bool:
        """Count the variables that a statement's string literals mention as read; whether there was any string."""
        text = self._text_of(node)
        if '"' not in text and "'" not in text:
            return False
        words = {word for word in _WORD.findall(text) if word in self.current}
        for name in node.reads:
            value = self._namespace.get(name)
            if type(value) is str and len(value) < 10_000:
                words.update(word for word in _WORD.findall(value) if word in self.current)
        if words:
            self._read_code(node, CodeNames(frozenset(words), frozenset()), runs=False)
        return True

    def _take_snapshot(
        self, node: Node, *others: object, is_spent: Callable[[int], bool] | None = None
    ) -> None:
        """Remember the state of everything that code which runs now could change."""
        node.is_unknown = True
        if self._snapshot is None:
            self._snapshot = Snapshot(self._anatomy, (), self.budget, self._digests)
        if self._ambient.watching_figures:
            self._ambient.look_before(others)
        if not self._covered:
            self._covered = True
            names: Iterable[str] = self._code_names if self._code_names is not None else ()
            used = [self._namespace[n] for n in (*self._mutable, *names) if n in self._namespace]
            self._snapshot.add(used, is_spent)
        if others:
            self._snapshot.add(others, is_spent)

    def _note_augmented(self, node: Node) -> None:
        name = node.binds[-1]
        value = self._namespace.get(name)
        if type(value) in IMMUTABLE:
            return
        self._augmented = (name, id(value))
        kind = self._anatomy.kind(value)
        if kind is not None and kind.parts is not tuple and kind.also_known_as is None:
            self._take_snapshot(node)

    def _note_available(self, node: Node) -> None:
        """Note what the names in a compound statement mean at its beginning, for those of its parts that never run."""
        names_inside = node.names_inside or {}
        noted = node.available
        if noted is None:
            noted = node.available = set()
        log = self.graph.available
        stored = self._names_stored_behind(names_inside)
        for name in names_inside:
            version = self.current.get(name)
            if version is None:
                continue
            value = self._namespace.get(name, _MISSING)
            if (name, version) not in noted:
                noted.add((name, version))
                log.append(Available(node.id, name, version))
                self._note_fixed(node, name, stored)
            if self._blurs and self.is_blurred(name) and (name, self.current[ANYTHING]) not in noted:
                noted.add((name, self.current[ANYTHING]))
                log.append(Available(node.id, name, self.current[ANYTHING]))
            if value is not _MISSING and type(value) not in IMMUTABLE:
                for other in sorted(self._aliases_of(name)):
                    if (name, other) not in noted:
                        noted.add((name, other))
                        self.graph.aliases.append(Alias(node.id, name, other))
                for used in self.names_behind(name):
                    behind = self.current.get(used)
                    if behind is not None and (name, behind) not in noted:
                        noted.add((name, behind))
                        log.append(Available(node.id, name, behind))
                        self._note_fixed(node, used, stored)

    def _names_stored_behind(self, names: Iterable[str]) -> set[str]:
        """Variables that code reached from some variables may bind."""
        found: set[str] = set()
        for name in names:
            if name in self._namespace and type(self._namespace[name]) not in IMMUTABLE:
                for used in (name, *self.names_behind(name)):
                    if used in self._namespace and type(self._namespace[used]) not in IMMUTABLE:
                        found |= self._reach_of(used).stores
        return found

    def _note_fixed(self, node: Node, name: str, stored: set[str]) -> None:
        """Only rebinding can change an immutable value, and code that is called does not rebind it."""
        if name not in stored and type(self._namespace.get(name, _MISSING)) in IMMUTABLE:
            self.graph.fixed.append(Fixed(node.id, name))

    def _aliases_of(self, name: str) -> set[str]:
        """Variables that share an object with a variable."""
        self._look_at_all()
        reach = self._reach_of(name)
        found: set[str] = set()
        for number in reach.ids - reach.code:
            found |= self._owners.get(number, set())
        found.discard(name)
        return found

    def holders_of(self, value: object) -> set[str]:
        """Variables from which an object can be reached."""
        self._look_at_all()
        return set(self._owners.get(id(value), ()))

    def holders_of_parts(self, value: object) -> tuple[str, ...]:
        """Variables from which an object can be reached that a value consists of: what changes them may change it."""
        if type(value) in IMMUTABLE:
            return ()
        self._look_at_all()
        reach, owners = survey(self._anatomy, (value,), self.budget), self._owners
        found = set().union(*(owners.get(number, ()) for number in reach.ids - reach.code))
        return tuple(sorted(found | self._boundless))

    def _look_at_all(self) -> None:
        while self._unknown:
            self._reach_of(self._unknown.pop())

    def bound(self) -> tuple[str, ...]:
        """Variables from which something can be reached that cannot leave this process."""
        self._look_at_all()
        return tuple(sorted(name for name, reach in self._reach.items() if reach.is_bound))

    def names_behind(self, name: str) -> set[str]:
        """Variables that code reached from a variable names, through any number of functions."""
        found: set[str] = set()
        pending = [name]
        while pending:
            name = pending.pop()
            if name not in self._namespace or type(self._namespace[name]) in IMMUTABLE:
                continue
            reach = self._reach_of(name)
            for used in (reach.loads | reach.stores) - found:
                found.add(used)
                pending.append(used)
        return found

    # -- finishing

    def _finish(self, *, raised: bool = False) -> None:
        node = self._now
        assert node is not None
        self._now = None
        traits = node.traits
        if self._ambient.watching and (
            traits & (CALLS | ITERATES | IMPORTS) or self._snapshot is not None or self._is_leaving
        ):
            self._follow_ambient(node)
        if self._finalizers.may_be_given and traits & CALLS:
            self._changed |= self._finalizers.given((*self._mutable, *(self._code_names or ())))
        if traits & OPERATES or self._snapshot is not None:
            if self._ambient.watching_figures or self._ambient.watching_settings:
                changed = self._follow_changes(node)
            else:
                changed = self._collect_changes(node)
        else:
            changed = None
        rebound: set[str] | None = None
        if self._stores is not None or self._namespace_before is not None:
            rebound = self._rebound_by_code(node)
        if self._finalizers.expected:
            changed = (changed or set()) | self._finalizers.changed_by(node, changed or set())
        if node.binds:
            self._bind_all(node, node.binds, maybe=raised)
        if raised and node.entry_binds:
            self._bind_all(node, node.entry_binds, maybe=True)  # by the first of several context managers
        if node.statement.deletes:
            self._delete(node)
        if changed or self._blurred:
            self._apply(node, changed or set(), rebound)
        if traits & (CALLS | IMPORTS) or node.statement.roots:
            self._check_resources(node)
            self._ambient.look_at_modules()
        if self._replaced:
            self._settle_replaced(node, raised=raised)
        self._mutable = []
        self._anatomy.forget()

    def _collect_changes(self, node: Node) -> set[int]:
        """Ids of the objects that the statement changed, or may have changed."""
        changed = self._changed
        if changed:
            self._changed = set()
        found = set(changed)
        if self._snapshot is not None:
            found |= self._snapshot.changed()
            if self._snapshot.moved:
                found -= self._only_moved(self._snapshot.moved) - changed
            if self._spared:
                if not self._runs_own_code:
                    found -= self._spared - changed
                self._spared = set()
            if self._snapshot.gave_up:
                self._blurred = {*self._mutable, *(self._code_names or ())}
        if self._advances or node.traits & (ITERATES | CALLS_INSIDE):
            if self._advances and self._snapshot is not None:
                found |= self._snapshot.opaque
            for name in self._mutable:
                reach = self._reach.get(name)
                if reach is not None:
                    found |= reach.opaque
                    if reach.iterating and (node.traits & ITERATES or not self._covered):
                        found |= reach.iterating
        if self.resources.databases:
            found |= self._follow_connections(node)
        snapshot, self._snapshot = self._snapshot, None
        self._covered = False
        self._advances = False
        self._code_names = None
        if self._acting_names:
            self._acting_names = []
        self._runs_own_code = False
        if self._augmented is not None:
            found |= self._augmented_in_place(*self._augmented)
            self._augmented = None
        if sys.stdout is not self._stdout and node.traits & CALLS:
            found.add(id(sys.stdout))  # redirected: whatever prints, changes it
        if found:
            self._digests.clear()
        if snapshot is not None:
            snapshot.keep_digests()
        if snapshot is not None and self.resources.handles.known:
            self._acting = node  # handles that only the snapshot still holds are closed now
            snapshot = None
            self._acting = None
        return found

    def _only_moved(self, moved: dict[int, set[int]]) -> set[int]:
        """Objects that hold the same as before in other memory, unless somebody else looks into the memory they left.

        What they reach from now on is found out anew.
        """
        while self._unknown:
            self._reach_of(self._unknown.pop())
        if self._boundless or self._may_hold_new:
            return set()
        found: set[int] = set()
        for number, memory in moved.items():
            owners = self._owners.get(number, set())
            if all(self._owners.get(part, owners) <= owners for part in memory):
                found.add(number)
        for number in found:
            for name in tuple(self._owners.get(number, ())):
                self._forget(name)
                self._unknown.add(name)
        return found

    def _follow_connections(self, node: Node) -> set[int]:
        """A statement may ask the databases whose connections it can reach; the end of a block changes them."""
        reached: set[int] = set()
        for name in (*self._mutable, *(self._code_names or ())):
            if name in self._namespace and type(self._namespace[name]) not in IMMUTABLE:
                reached |= self._reach_of(name).ids
        self._doing(node, self.resources.looked_into, reached)
        hidden = node.is_with or self.resources.handles.has_hidden_changes
        return self.resources.connections(reached) if hidden else set()

    def asks_databases(self, node: Node, names: Iterable[str]) -> None:
        """A statement may have asked the databases whose connections some variables lead to."""
        if self.resources.databases:
            for name in names:
                if name in self._namespace and type(self._namespace[name]) not in IMMUTABLE:
                    self._doing(node, self.resources.looked_into, self._reach_of(name).ids)

    def _augmented_in_place(self, name: str, before: int) -> set[int]:
        value = self._namespace.get(name)
        if id(value) != before:
            return set()
        kind = self._anatomy.kind(value)
        if kind is None or kind.also_known_as is None:
            return {before}
        return {before, *kind.also_known_as(value)}

    def _rebound_by_code(self, node: Node) -> set[str]:
        """Bind the names that functions or executed text rebound during a statement."""
        namespace = self._namespace
        before: dict[str, object] = {}
        if self._namespace_before is not None:
            before = self._namespace_before
            names = {*before, *namespace}
        else:
            names = set()
        if self._stores is not None:
            before = {**before, **self._stores}
            names |= self._stores.keys()
        self._stores = self._namespace_before = None
        rebound = {name for name in names if namespace.get(name, _MISSING) is not before.get(name, _MISSING)}
        rebound.difference_update(node.binds, node.entry_binds)
        rebound.discard("__builtins__")
        for name in sorted(rebound):
            self.bind(node, name)
        return rebound

    def _bind_all(self, node: Node, names: tuple[str, ...], *, maybe: bool = False) -> None:
        if maybe and node.traits & BINDS_LAST:
            return  # it raised before it came to bind
        for name in names:
            if maybe or not node.assigned.get(name, True):
                # Whether it got as far as binding the name is not known.
                if name in self._namespace:
                    self.supersede(node, name)
            else:
                self.bind(node, name)

    def bind(self, node: Node, name: str) -> None:
        """A statement has bound a variable."""
        version = self.own_version(node, name)
        earlier = self.current.get(name)
        if earlier is not None:
            if node.traits & IMPORTS_SUBMODULE and earlier != version:
                self._connect(node, version, earlier)
            self._forget(name)
        self.current[name] = version
        if self._blurs:
            self._bound_at[name] = self._blurs
        value = self._namespace.get(name)
        if type(value) not in IMMUTABLE:
            self._unknown.add(name)
            self.lineages.hold(version)
            if self._last_change:
                # An object that came by a hidden way, such as a registry, after it was changed elsewhere.
                changes, changed = self._last_change.get(id(value), ((), None))
                for change in changes if changed is None or changed() is value else ():
                    if change not in node.seen and change != version:
                        if self.current.get(self.graph.versions[change].name) == change:
                            self._connect(node, version, change)

    def _delete(self, node: Node) -> None:
        for name in node.statement.deletes:
            if name not in self._namespace:
                version = node.own.get(name)
                if version is None:
                    version = node.own[name] = self.graph.add_version(name, node.id)
                earlier = self.current.get(name)
                if earlier is not None and earlier != version:
                    self._connect(node, version, earlier)
                self._forget(name)
                self._unknown.discard(name)
                self.current[name] = version

    def supersede(self, node: Node, name: str) -> VersionId:
        """Give a variable a further version, which goes back to the one it has."""
        version = self.own_version(node, name)
        earlier = self.current.get(name)
        if earlier is not None and earlier != version:
            self._connect(node, version, earlier)
        self.current[name] = version
        self._forget(name)
        if type(self._namespace.get(name)) not in IMMUTABLE:
            self._unknown.add(name)
            self.lineages.hold(version)
        return version

    def _connect(self, node: Node, version: VersionId, earlier: VersionId) -> None:
        if node.earlier is None:
            node.earlier = {}
        before = node.earlier.setdefault(version, {})
        if earlier not in before:
            before[earlier] = None
            self.graph.previous.append(Previous(version, earlier))

    def _apply(self, node: Node, changed: set[int], rebound: set[str] | None) -> None:
        """Objects were changed: every variable from which one can be reached gets a further version."""
        if self.resources.handles.known or self.resources.handles.locks:
            known = self.resources.handles.known
            self._doing(node, self.resources.changed, changed | known.keys() if self._blurred else changed)
        names = self._owners_of(node, changed)
        if self._blurred:
            mutable = self.mutable_names()
            sharing = self.sharing(self._blurred, mutable)
            names |= self._blurred.intersection(mutable)
            if sharing is None:
                self.blur(node)
            else:
                names |= sharing
            self._blurred = set()
        names.difference_update(node.binds)
        if rebound:
            names -= rebound
        versions = []
        for name in names:
            large = self._reach.get(name)
            keeps = large if large is not None and self._can_extend(node, large) else None
            if keeps is not None:
                self._reach[name] = Reach()  # keeps _forget from dropping the owners one by one
            versions.append(self.supersede(node, name))
            if keeps is not None:
                self._unknown.discard(name)
                self._reach[name] = keeps
                self._extend(node, name, keeps)
        versions += [self.current[name] for name in node.binds if name in self.current]
        self._change_iterated(node, changed, versions)
        held = {id(self._namespace.get(name)): name for name in (*names, *node.binds)}
        for number in changed:
            if number in self._owners:  # what no variable reaches may be gone, and its id used again
                value = self._namespace.get(held[number]) if number in held else None
                self._last_change[number] = tuple(versions), _weakly(value)
        if len(self._last_change) > 10_000:
            self._last_change.clear()

    def _change_iterated(self, node: Node, changed: set[int], versions: list[VersionId]) -> None:
        """What a loop iterates over may change when the loop's own variable means something else already."""
        loop = node.parent
        while loop is not None:
            if loop.iterated is not None and not loop.iterated.isdisjoint(changed):
                for version in versions:
                    self.read_version(loop, version)
            loop = loop.parent

    def _owners_of(self, node: Node, changed: set[int]) -> set[str]:
        while self._unknown:
            self._reach_of(self._unknown.pop())
        owners = self._owners
        names: set[str] = set()
        unowned = []
        for number in changed:
            owning = owners.get(number)
            if owning:
                names |= owning
            else:
                unowned.append(number)
        if unowned and self._may_hold_new:
            for name in list(self._may_hold_new):
                self._forget(name)
                self._reach_of(name)
            for number in unowned:
                names |= owners.get(number, set())
        if not names or unowned:
            # Nothing known reaches it: it was found through the variable that the statement names.
            names.update(name for name in node.statement.roots if name in self.current)
        if self._boundless:
            sharing = self.sharing(names | set(node.reads), self._boundless - names)
            if sharing is None:
                self.blur(node)
            else:
                names |= sharing
        return names

    # -- reachability

    def _reach_of(self, name: str) -> Reach:
        reach = self._reach.get(name)
        if reach is None:
            self._unknown.discard(name)
            value = self._namespace.get(name)
            reach = self._reach[name] = survey(self._anatomy, (value,), self.budget)
            if not reach.complete:
                self._boundless.add(name)
                reach.runs_user_code = True
                loads, stores = self._names_in_code()
                reach.loads |= loads
                reach.stores |= stores
            owners = self._owners
            for number in reach.ids:
                owning = owners.get(number)
                if owning is None:
                    owners[number] = {name}
                else:
                    owning.add(name)
        return reach

    def _forget(self, name: str) -> None:
        reach = self._reach.pop(name, None)
        if reach is None:
            return
        self._may_hold_new.discard(name)
        self._boundless.discard(name)
        owners = self._owners
        for number in reach.ids:
            owning = owners.get(number)
            if owning is not None:
                owning.discard(name)
                if not owning:
                    del owners[number]

    def _can_extend(self, node: Node, reach: Reach) -> bool:
        """Whether adding what a statement used is good enough, so that a large value need not be walked again."""
        return (
            reach.size > _LARGE
            and reach.complete
            and self._snapshot is None
            and not node.traits & HOLDS_LAMBDA
            and reach.outdated * 16 < reach.size
        )

    def _extend(self, node: Node, name: str, reach: Reach) -> None:
        reach.outdated += 1
        self._may_hold_new.add(name)
        for used in (*node.reads, *node.binds):
            if used == name or type(self._namespace.get(used)) in IMMUTABLE:
                continue
            other = self._reach_of(used)
            for number in other.ids - reach.ids:
                self._owners.setdefault(number, set()).add(name)
            reach.absorb(other)

    # -- resources

    def _check_resources(self, node: Node) -> None:
        if self.resources.has_pending:
            self._catch_up(node)
        if self.resources.is_comparing:
            self._doing(node, self.resources.compare)
        if self._resources:
            for name in self._resources:
                self._supersede_resource(node, name)
            self._resources = []
            self._has_patched = True
        if sys.stdout is not self._last_stdout:
            self._last_stdout = sys.stdout
            self._supersede_resource(node, OUTPUT)
        path = tuple(sys.path)
        if path != self._import_path:
            self._import_path = path
            self._supersede_resource(node, IMPORT_PATH)
        if node.traits & IMPORTS:
            own = [
                name
                for name in node.modules
                if name in sys.modules
                and not is_library(name)
                and not self._anatomy.is_own_module(sys.modules[name])
            ]
            if own:
                self.graph.pinned.append(node.id)
                self._own_modules.update((name, sys.modules[name]) for name in own)
                self._anatomy.has_finalizers = True
            self._ambient.finish_import(_Versions(self, node), own=bool(own))

    def _follow_ambient(self, node: Node) -> None:
        names = node.reads if self._code_names is None else (*node.reads, *self._code_names)
        callees = node.statement.callees
        self._ambient.finish(_Versions(self, node), lambda: self._text_of(node), callees, names)

    def _follow_changes(self, node: Node) -> set[int]:
        """Collect what a statement changed, figures and settings included."""
        ambient, traits = self._ambient, node.traits
        code_names, is_unknown = self._code_names, self._snapshot is not None
        changed = self._collect_changes(node)
        if not is_unknown and ambient.is_idle(changed):
            return changed
        used = {*node.reads, *(code_names or ())}
        is_home = self._runs_own_code or any(
            self._reach_of(name).runs_user_code for name in self._mutable if name in self._namespace
        )
        if ambient.watching_figures:
            hidden = used if traits & CALLS_INSIDE else used.difference(node.reads)
            changed |= ambient.finish_figures(_Versions(self, node), changed, hidden, used)
        if ambient.watching_settings:
            ambient.finish_settings(
                _Versions(self, node),
                lambda: self._text_of(node),
                node.statement.callees,
                used,
                lambda: self._types_behind(used),
                is_home=is_unknown and (is_home or bool(self._own_modules)),
                is_import=bool(traits & IMPORTS),
                calls=bool(traits & CALLS) or is_unknown,
                quietly=node.is_with,
            )
        return changed

    def _types_behind(self, names: Iterable[str]) -> set[int]:
        found: set[int] = set()
        for name in names:
            if name in self._namespace and type(self._namespace[name]) not in IMMUTABLE:
                found |= self._reach_of(name).code
        return found

    def _text_of(self, node: Node) -> str:
        """The lines of a statement; of one that holds others, those of its header."""
        statement, following, nodes = node.statement, node.id + 1, self.nodes
        end = statement.end_line
        if following < len(nodes) and nodes[following].parent is node:
            end = max(statement.line, nodes[following].statement.line - 1)
        return "".join(self._texts[statement.source][statement.line - 1 : end])

    def _settle_replaced(self, node: Node, *, raised: bool) -> None:
        if raised:  # perhaps by the very call that was to replace it
            for version, earlier in self._replaced:
                self._connect(node, version, earlier)
        self._replaced = []

    def resource_read(self, name: str) -> None:
        """The statement at work used a resource."""
        if self._acting is not None:
            self._read(self._acting, name)

    def resource_changed(self, name: str) -> None:
        """The statement at work changed a resource."""
        node = self._acting if self._acting is not None else self._node_at_work()
        if node is not None:
            self._supersede_resource(node, name)

    def resource_replaced(self, name: str) -> None:
        """The statement at work made a resource anew."""
        node = self._acting
        if node is None:
            return
        earlier = self.current.get(name)
        version = self.current[name] = self.own_version(node, name)
        if earlier is not None and earlier != version:
            self._replaced.append((version, earlier))

    def resource_version(self, name: str) -> bool:
        """Whether the session has changed a resource."""
        return name in self.current

    def resource_names(self) -> list[str]:
        """Every resource that the session has changed."""
        return [name for name in list(self.current) if name[0] == "<"]

    def file_used(self, path: str, *, written: bool) -> None:
        """The statement at work read or wrote a file."""
        if self._acting is None or (not written and is_machines(path)):
            return
        if len(self.files_used) < _MANY_FILES:
            self.files_used[self._acting.id, path, written] = None

    def connection_made(self, cls: type) -> None:
        """A database was connected to: of SQLite's own connections, their counters tell whether they changed it.

        Others cannot be seen into, and whoever uses one changes it.
        """
        handles = self.resources.handles
        own = getattr(sys.modules.get("sqlite3"), "Connection", None)
        digest = handles.connection_digest if cls is own else None
        self._anatomy.teach(
            cls, Kind(handles.connection_parts, digest=digest, opaque=digest is None, bound=True)
        )

    def versions_written(self, *, databases: bool) -> tuple[VersionId, ...]:
        """Every version of every file that the session has written, or of every database."""
        kinds, known = ("<file ", "<directory ", "<entries of "), self.resources.databases
        return tuple(
            VersionId(number)
            for number, version in enumerate(self.graph.versions)
            if (version.name in known if databases else version.name.startswith(kinds))
        )

    def probed(self, report: Callable[..., None], *arguments: object) -> None:
        """A probe saw something."""
        if self._acting is not None:
            return  # our own doing
        node = self._node_at_work()
        if node is not None:
            self._doing(node, report, *arguments)

    def _supersede_resource(self, node: Node, name: str) -> None:
        version = self.own_version(node, name)
        earlier = self.current.get(name)
        if earlier is not None and earlier != version:
            self._connect(node, version, earlier)
        self.current[name] = version

    # -- control flow that leaves blocks

    def _raised_into(self, clause: Node, raised: Node) -> None:
        edge = Raised(clause.id, raised.id)
        if edge not in self.graph.raised[-64:]:
            self.graph.raised.append(edge)

    def _watch(self, header: Node) -> None:
        """Remember a loop over an iterator that runs the user's code: each step may change what it reaches."""
        values = [self._namespace[name] for name in header.reads if name in self._namespace]
        if any(type(value) not in IMMUTABLE for value in values):
            names = self._names_of_loop(header)
            if names is not None:
                header.is_unknown = True
                values += [self._namespace[name] for name in names if name in self._namespace]
                self._open_blocks.append(
                    (header, Snapshot(self._anatomy, values, self.budget, self._digests))
                )

    def _names_of_loop(self, header: Node) -> set[str] | None:
        names: set[str] = set()
        runs_user_code = False
        for name in header.reads:
            if name in self._namespace and type(self._namespace[name]) not in IMMUTABLE:
                reach = self._reach_of(name)
                runs_user_code |= reach.runs_user_code
                names |= self.names_behind(name)
        return names if runs_user_code else None

    def _close_blocks(self, node: Node) -> None:
        """Statement `node` begins: the open blocks that do not hold it have been left."""
        while self._open_blocks and not node.is_inside(self._open_blocks[-1][0]):
            if self._open_blocks[-1][0] is node:  # the next test of a while loop
                break
            self._leave_block(abnormally=self._now is None or not self._now.traits & JUMPS)

    def _leave_block(self, *, abnormally: bool) -> None:
        block, watched = self._open_blocks.pop()
        self._digests.clear()
        loop = block.statement.kind in ("For", "AsyncFor")
        if self._now is not None:
            inside = self._now
            self._finish(raised=abnormally and not loop)
            if abnormally and not loop:
                self._raised_into(block, inside)
        changed = watched.changed() if watched is not None else set()
        reach = survey(
            self._anatomy,
            [self._namespace[n] for n in (*block.reads, *block.entry_binds) if n in self._namespace],
            self.budget,
        )
        changed |= reach.opaque
        if changed:
            self._apply(block, changed, None)

    # -- for loops that go unwatched

    def is_simple(self, loop: Loop, names: Iterable[str]) -> bool:
        """Whether nothing is in force that concerns every statement of a loop.

        Args:
            loop: The loop.
            names: The variables that it uses.
        """
        if sys.stdout is not self._stdout or self._has_patched:
            return False
        return not self._ambient.draws(
            names, (self.graph.versions[v].name for n in loop.nodes for v in n.seen)
        )

    def read_version(self, node: Node, version: VersionId) -> None:
        """A statement used a version."""
        if version not in node.seen:
            node.seen.add(version)
            self.graph.reads.append(Read(node.id, version))

    def own_version(self, node: Node, name: str) -> VersionId:
        """The version of a name that a statement writes."""
        version = node.own.get(name)
        if version is None:
            version = node.own[name] = self.graph.add_version(name, node.id)
        return version

    def count_run(self, node: Node) -> None:
        """A statement may have run."""
        node.runs += 1
        if node.runs == 1:
            self._count_first_run(node)

    def look_again(self, name: str) -> None:
        """What a variable holds may have changed by any way."""
        self._forget(name)
        self._unknown.discard(name)
        if type(self._namespace.get(name)) not in IMMUTABLE:
            self._unknown.add(name)

    def snapshot(self, values: list[object]) -> Snapshot:
        """The state of everything that can be reached from some values, before something that nobody watches."""
        self._digests.clear()
        return Snapshot(self._anatomy, values, self.budget, self._digests)

    def mutable_names(self) -> list[str]:
        """Variables whose value can change."""
        return [
            name
            for name in self.current
            if name in self._namespace and type(self._namespace[name]) not in IMMUTABLE
        ]

    def account_ambient(self, nodes: Iterable[Node]) -> None:
        """A loop went unwatched: who in it may have drawn from a generator that has moved?

        Args:
            nodes: Its statements, in their order.
        """
        nodes = list(nodes)
        for name in self._ambient.settings_changed():
            for node in nodes:
                if node.is_unknown or not node.runs:
                    self._read(node, name)
        for name in self._ambient.moved():
            drawing = [n for n in nodes if name in n.own or n.is_unknown or (not n.runs and n.traits & CALLS)]
            for node in drawing * 2:  # twice, as each round follows another
                self._read(node, name)
                self._supersede_resource(node, name)

    def resume(self, node: Node) -> None:
        """It has turned out that a statement is running, and that it is raising an exception."""
        self._now = node
        self._mutable = []

    def left_abnormally(self, loop: Loop, following: Node | None) -> None:
        """A loop may have been left by an exception which a ``with`` statement around it swallowed."""
        for block, _ in self._open_blocks:
            if block.is_with and loop.header.is_inside(block):
                if following is not None and following is not block and not following.is_inside(block):
                    for node in loop.inside:
                        if node.traits & (OPERATES | RAISES):
                            self._raised_into(block, node)

    # -- when a hook was left by an exception

    def start_afresh(self, before: Node | None, number: StatementId | None, *, is_running: bool) -> None:
        """What is known of the statement at hand is lost: forget all that may be wrong. It may have changed anything.

        Args:
            before: The statement that was running when the hook was called.
            number: The statement that the hook was called for.
            is_running: Whether that is what runs now.
        """
        lost = {node for node in (before, self._now) if node is not None}
        lost.update(block for block, _ in self._open_blocks)
        if self._hot.running is not None:
            lost.update(self._hot.running.loop.nodes)
            self._hot.running = None
        if number is not None:
            lost.add(self.nodes[number])
        self._forget_all()
        order = sorted(lost, key=lambda node: node.id)
        for node in order * 2:  # twice: a loop may have gone round
            self._lose(node)
        if number is not None and is_running:
            self._now = self.nodes[number]
            self._blurred = set(self.mutable_names())

    def _forget_all(self) -> None:
        """Whatever is remembered of values, and of the statement that is running."""
        self._now = None
        self._is_leaving = self._advances = self._covered = self._runs_own_code = False
        self._snapshot = self._stores = self._namespace_before = self._augmented = None
        self._code_names = None
        self._open_blocks, self._mutable, self._acting_names, self._replaced = [], [], [], []
        self._changed, self._spared, self._blurred = set(), set(), set()
        self._reach, self._owners, self._last_change = {}, {}, {}
        self._may_hold_new, self._boundless = set(), set()
        self._unknown = set(self.mutable_names())
        self._digests.clear()
        self._anatomy.forget()

    def _lose(self, node: Node) -> None:
        """A statement has read whatever there is, and changed whatever it could have."""
        if not node.runs:
            self.count_run(node)
        for version in list(self.current.values()):
            self.read_version(node, version)
        for name in (*node.entry_binds, *node.binds):
            earlier = self.current.get(name)
            if name in self._namespace:
                self.bind(node, name)
                if earlier is not None and earlier != self.current[name]:
                    self._connect(node, self.current[name], earlier)
        self._delete(node)
        for name in list(self.current):
            if name[0] == "<" or type(self._namespace.get(name)) not in IMMUTABLE:
                self.supersede(node, name)

    # -- for slices

    def settle(self) -> None:
        """Bring the graph up to date."""
        self._hot.settle()

    def waiting(self, value: object) -> tuple[tuple[str, ...], bool]:
        """See `Finalizers.waiting`."""
        return self._finalizers.waiting(value) if self._anatomy.has_finalizers else ((), False)

    def catch_up(self, number: StatementId) -> None:
        """Write down what the running statement has done so far to files, random generators and the like."""
        node = self.nodes[number]
        if self._ambient.watching:
            self._follow_ambient(node)
        self._check_resources(node)

    def resources_used(self, number: StatementId) -> list[VersionId]:
        """Versions of files, random generators and the like that the running statement has used or made so far."""
        node = self.nodes[number]
        versions, reads = self.graph.versions, self.graph.reads
        if node.parent is None:
            used = {
                read.version for read in takewhile(lambda read: read.statement == number, reversed(reads))
            }
        else:  # in earlier passes of a loop, too: there it is evaluated as well
            used = {read.version for read in reads if read.statement == number}
        used |= {version for version in self.current.values() if versions[version].writer == number}
        return [version for version in sorted(used) if versions[version].name.startswith("<")]

    def runs_of(self, number: StatementId) -> int:
        """How many times a statement has begun to run."""
        return self.nodes[number].runs

    def versions_read(self, names: Iterable[str]) -> list[VersionId]:
        """Present versions of some variables, and of those which code reached from them names."""
        found: dict[VersionId, None] = {}
        names = list(names)
        if any(self._reach_of(name).everything for name in names if name in self._namespace):
            names += [name for name in self.current if name in self._namespace]
        for name in (*names, *self._ambient.versions_behind(names)):
            for used in (name, *sorted(self.names_behind(name))):
                version = self.current.get(used)
                if version is not None:
                    found[version] = None
                    if self._blurs and self.is_blurred(used):
                        found[self.current[ANYTHING]] = None
        return list(found)


def _names_of(reach: Reach) -> CodeNames:
    return CodeNames(frozenset(reach.loads), frozenset(reach.stores), reach.dynamic, reach.everything)


class _Versions:
    """The recorder, for what writes down versions of ambient state on behalf of one statement."""

    __slots__ = ("_node", "_recorder")

    def __init__(self, recorder: Recorder, node: Node) -> None:
        self._recorder = recorder
        self._node = node

    @property
    def writer(self) -> StatementId:
        return self._node.id

    def read(self, name: str) -> None:
        self._recorder._read(self._node, name)

    def begin(self, name: str) -> None:
        self._recorder.current[name] = self._recorder.own_version(self._node, name)

    def supersede(self, name: str) -> None:
        self._recorder._supersede_resource(self._node, name)

    def drop(self, name: str) -> None:
        self._recorder.current.pop(name, None)

    def tie(self, statement: StatementId, name: str) -> None:
        self._recorder._read(self._recorder.nodes[statement], name)


def _weakly(value: object) -> weakref.ref[object] | None:
    """A weak reference to an object, if there can be one."""
    return weakref.ref(value) if type(value).__weakrefoffset__ else None
