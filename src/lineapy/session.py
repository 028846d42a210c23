"""One traced run: the one place that wires tracing, slicing, metadata and values together."""

from __future__ import annotations

import ast
import builtins
import getpass
import linecache
import os
import platform
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any, cast

from lineapy.depth import deep
from lineapy.effects.lookup import Knowledge
from lineapy.errors import (
    ArtifactSaveError,
    NoSuchFileError,
    NothingWrittenError,
    NotTracedError,
    ScriptError,
    StoreError,
)
from lineapy.graph.serialize import EMPTY, dump_since
from lineapy.ids import SessionId, SourceId, StatementId
from lineapy.kinds import ExternalState, external_state, value_type
from lineapy.slicing.target import Target
from lineapy.source.analysis import names_read
from lineapy.source.places import Place, reference_of
from lineapy.source.statements import Statement
from lineapy.tracing.budget import Budget
from lineapy.tracing.call_site import CallSite, find_call_site
from lineapy.tracing.hooks import installed, listening
from lineapy.tracing.libraries import is_library
from lineapy.tracing.mending import guarded
from lineapy.tracing.program import Program, analyse_traced, compile_traced, hook_tree
from lineapy.tracing.recorder import Recorder
from lineapy.tracing.rewrite import hook_in_front
from lineapy.tracing.unseen import take_in

#: The share of the run time that looking at values may take, in a session without options.
_DEFAULT_BUDGET = 0.1

if TYPE_CHECKING:
    from types import FrameType

    from lineapy.db.records import ArtifactRecord, NewArtifact
    from lineapy.file_uses import FileDigests, FileUse
    from lineapy.slicing.slice import Slice
    from lineapy.store import Store


def knowledge_for_session(users_folder: str | None = None) -> Knowledge:
    """What is known of library calls.

    Args:
        users_folder: The folder with the user's own knowledge files; there may be none.

    Raises:
        KnowledgeFileError: One of the user's files is wrong.
    """
    return Knowledge.of_libraries(users_folder, is_library)


@dataclass(frozen=True, slots=True)
class Remarks:
    """What the user says about an artifact when saving it.

    Attributes:
        notes: Any text.
        tags: Names for the version, checked.
    """

    notes: str | None = None
    tags: tuple[str, ...] = ()


NO_REMARKS = Remarks()


class Session:
    """A traced script or notebook, from its first statement to its last.

    Args:
        store: Where artifacts go; None for a session that cannot save.
        namespace: The globals in which the program runs; a fresh ``__main__`` namespace by default.
        kind: ``"SCRIPT"`` or ``"JUPYTER"``.
        script_path: The script, if it is one.
        knowledge: What is known of library calls; by default what comes with LineaPy.

    Attributes:
        id: Of the rows in the database.
        kind: ``"SCRIPT"`` or ``"JUPYTER"``.
        namespace: The program's globals.
        recorder: What the run left behind so far.
        is_paused: In a notebook: whether cells are not to be traced, from the next one on.
        has_gap: A cell ran of which nothing could be recorded, so that no slice could be trusted.
        on_failure: Is told of a mistake of ours in a hook, and the program goes on; None lets it out.

    Example:
        >>> session = Session.in_memory()
        >>> session.run("import math\\nx = 2\\nprint(x)\\ny = [x]\\nx = 3\\ny.append(4)")
        2
        >>> print(session.slice("y").code(), end="")
        x = 2
        y = [x]
        y.append(4)
    """

    def __init__(
        self,
        store: Store | None,
        *,
        namespace: dict[str, Any] | None = None,
        kind: str = "SCRIPT",
        script_path: str | None = None,
        knowledge: Knowledge | None = None,
    ) -> None:
        self.id = SessionId(uuid.uuid4().hex)
        self._module: ModuleType | None = None
        if namespace is None:
            self._module = ModuleType("__main__")
            namespace = vars(self._module)
            namespace["__builtins__"] = builtins
        self.namespace = namespace
        knowledge = knowledge_for_session() if knowledge is None else knowledge
        self.recorder = Recorder(self.namespace, knowledge, Budget(self._budget))
        self.statements: list[Statement] = []
        self.texts: dict[SourceId, str] = {}
        self._store = store
        self.kind = kind
        self.is_paused = False
        self.has_gap = False
        self.on_failure: Callable[[Exception], None] | None = None
        self._script_path = script_path
        self._created_at = datetime.now(UTC)
        self._working_directory = os.getcwd()
        self._files: dict[str, SourceId] = {}
        self._names: list[str] = []
        self._stored = EMPTY
        self._parts = 0
        self._sources_stored = 0
        self._has_saved = False
        self._process = os.getpid()
        self._calls_of: tuple[StatementId | None, int | None] = (None, None)
        self._calls: Counter[Place | None] = Counter()
        self._calls_elsewhere: Counter[tuple[Place | None, object]] = Counter()
        self._thread = threading.get_ident()

    @classmethod
    def in_memory(cls) -> Session:
        """A session that stores nothing."""
        return cls(None)

    @property
    def has_store(self) -> bool:
        """Whether it can save."""
        return self._store is not None

    @property
    def store(self) -> Store:
        """Where artifacts go.

        Raises:
            NotTracedError: The session keeps nothing.
        """
        if self._store is None:
            raise NotTracedError(
                "This session keeps nothing: it was made by Session.in_memory(), without a store."
            )
        return self._store

    def _budget(self) -> float:
        return self._store.config.tracing_budget if self._store is not None else _DEFAULT_BUDGET

    @property
    def has_saved(self) -> bool:
        """Whether something of this session is in its store."""
        return self._has_saved

    def move_to(self, store: Store) -> None:
        """Send what is saved from now on to another store, together with all the code it needs."""
        if self._store is not None:
            self._store.close()
        self._store = store
        self._has_saved = False
        self._start_anew()

    def _start_anew(self) -> None:
        """From here on this is another session, with the same past, of which nothing is stored yet."""
        self.id = SessionId(uuid.uuid4().hex)
        self._stored, self._parts, self._sources_stored = EMPTY, 0, 0

    # -- running

    def run(self, text: str, filename: str = "<script>") -> None:
        """Run a script or a cell, traced.

        Args:
            text: The program text.
            filename: What tracebacks call it. If there is no such file, the text is made known to `linecache`.

        Raises:
            SyntaxError: As Python raises it; nothing has run.
            BaseException: Whatever the program raises.
        """
        codes = self.prepare(text, filename, text)
        if not os.path.exists(filename):
            linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        with self.active():
            self.execute(codes)

    def prepare(self, text: str, filename: str, source: str | bytes) -> tuple[CodeType, ...]:
        """Compile a text with hooks and make its statements known.

        Args:
            text: The text, decoded.
            filename: What tracebacks call it.
            source: What to compile: the text, or the bytes of its file, which may declare an encoding.

        Returns:
            What to execute, one after another.
        """
        program = compile_traced(
            text or source, filename, source=self._next_source, first=self._next_statement
        )
        self._take_in(text, filename, program)
        return program.codes

    def adopt(self, text: str, filename: str, source: str | bytes, code: CodeType) -> None:
        """Make the statements of a text known that has been compiled with hooks already.

        Args:
            text: The text, decoded.
            filename: What tracebacks call it.
            source: What was compiled: the text, or the bytes of its file.
            code: What it was compiled to.
        """
        program = analyse_traced(
            text or source, filename, source=self._next_source, first=self._next_statement
        )
        self._take_in(text, filename, replace(program, codes=(code,)))

    @property
    def _next_source(self) -> SourceId:
        return SourceId(len(self.texts))

    @property
    def _next_statement(self) -> StatementId:
        return StatementId(len(self.statements))

    def _take_in(self, text: str, filename: str, program: Program) -> None:
        number = self._next_source
        self.texts[number] = text
        self._names.append(filename)
        self._files[filename] = number
        self.statements += program.statements
        self.recorder.add_source(text, program)

    @contextmanager
    def active(self) -> Iterator[None]:
        """Let this be the current session, and its program be what is running."""
        with self.current(), self.listening():
            yield

    @contextmanager
    def current(self) -> Iterator[None]:
        """Make this the session that hooks report to and that `lineapy.save` saves in."""
        global _current
        before, _current = _current, self
        main = sys.modules.get("__main__")
        if self._module is not None:
            sys.modules["__main__"] = self._module  # where pickle looks for the program's classes
        try:
            with installed(self._hooks() | {"__lineapy_begin__": self._begin}):
                yield
        finally:
            _current = before
            if self._module is not None and main is not None:
                sys.modules["__main__"] = main

    def _hooks(self) -> dict[str, Any]:
        if self.on_failure is None:
            return self.recorder.functions()
        return guarded(self.recorder, self.on_failure)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """What happens to files and the like in this thread is the program's doing."""
        try:
            with listening(self.recorder):
                self.recorder.resources.probes.start()
                yield
        finally:
            self.recorder.resources.probes.stop()

    # -- cells

    def hook_cell(self, tree: ast.Module, text: str, recorded: str) -> set[StatementId]:
        """Put hooks into the tree of a cell that somebody else is about to compile and run.

        Args:
            tree: The tree, which is changed.
            text: Its text.
            recorded: What is to be known of it, a text of as many statements: see `lineapy.notebook.magics`.

        Returns:
            The statements that stand for others than those that are run.
        """
        number = self._next_source
        name = f"<cell {number + 1}>"
        program, others = hook_tree(
            tree, text, recorded, name, source=self._next_source, first=self._next_statement
        )
        if program.statements:
            begin = hook_in_front("__lineapy_begin__", number, tree.body[0])
            tree.body.insert(sum(map(_belongs_first, tree.body)), begin)
        self._take_in(recorded, name, program)
        return others

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Make the statements of a text known as a whole, or, if that fails, none of them."""
        sources, statements = len(self.texts), len(self.statements)
        try:
            yield
        except Exception:
            for number in range(sources, len(self.texts)):
                del self.texts[SourceId(number)]
            del self.statements[statements:], self._names[sources:], self.recorder.nodes[statements:]
            raise

    def replace_text(self, statement: StatementId, old: str, new: str) -> None:
        """Write a statement of a cell in another way.

        Args:
            statement: The statement.
            old: What stands on its first line; if it does not, or has been stored already, nothing is done.
            new: What is to stand there, on as many lines.
        """
        at = self.statements[statement]
        if at.source < self._sources_stored:
            return
        lines = self.texts[at.source].splitlines(keepends=True)
        lines[at.line - 1] = lines[at.line - 1].replace(old, new, 1)
        self.texts[at.source] = "".join(lines)

    def take_in_unseen(self, text: str) -> None:
        """Make a cell known that has run without being traced.

        Args:
            text: The cell, in plain Python.

        Raises:
            SyntaxError: It is no program.
        """
        number, first = self._next_source, self._next_statement
        name = f"<cell {number + 1}>"
        program = analyse_traced(text, name, source=number, first=first)
        self._take_in(text, name, program)
        take_in(self.recorder, self.recorder.nodes[first:])

    def _begin(self, number: int) -> None:
        """A cell begins. Only now it is known what its code was told is its file."""
        self._files[sys._getframe(1).f_code.co_filename] = SourceId(number)

    def execute(self, codes: Iterable[CodeType]) -> None:
        """Run prepared code while the session is active."""
        self.recorder.budget.begin()
        try:
            for code in codes:
                exec(code, self.namespace)
        except BaseException as error:
            self.recorder.end(error)
            raise
        finally:
            self.recorder.budget.end()
        self.recorder.end()

    # -- slices

    def slice(self, expression: str, name: str = "target") -> Slice:
        """The slice of the value that an expression has now.

        Args:
            expression: A variable, or any expression over variables.
            name: For an expression that is not a variable, the variable that holds its value in the slice.

        Raises:
            ScriptError: It is not an expression.
        """
        node = parse_expression(expression)
        is_name = isinstance(node, ast.Name)
        target = Target(
            versions=tuple(self.recorder.versions_read(names_read(node))),
            mark=self.recorder.graph.mark(),
            name=expression if is_name else name,
            expression=None if is_name else expression,
        )
        return self.slice_of(target)

    def slice_of(self, target: Target) -> Slice:
        """The slice of a target of this session."""
        from lineapy.slicing.slice import Slice  # most programs never ask for one

        return Slice(self.recorder.graph, self.statements, self.texts, target)

    # -- saving

    def save(
        self, reference: object, name: str, frame: FrameType | None, remarks: Remarks = NO_REMARKS
    ) -> ArtifactRecord:
        """Store a value as a version of an artifact.

        Args:
            reference: The value.
            name: The artifact's name.
            frame: The frame that asked for it.
            remarks: What the user says about it.

        Returns:
            What the database holds of it.

        Raises:
            ArtifactSaveError: The value cannot become an artifact.
            NoSuchFileError: The value is a path, and leads to no file.
            NothingWrittenError: An external state was to be saved, and nothing has written it.
            StoreError: The value or its metadata cannot be written; nothing is stored then.
        """
        if self.has_gap:
            raise ArtifactSaveError(
                f"{name!r} cannot be saved: LineaPy failed to record an earlier cell, so the artifact's code would "
                "be incomplete. Restart the kernel and run the cells again; please report the failure."
            )
        self.recorder.settle()
        target = self._target(name, frame)
        if issubclass(type(reference), Path):
            target = self._target_of_file(cast("Path", reference), target)
        state = external_state(reference)
        if state is not None:
            return self._record(name, self._target_of_state(state, target, name), state, remarks)
        return self._record(name, target, reference, remarks)

    def _target_of_file(self, path: Path, target: Target) -> Target:
        """Where the slice of a file starts: with what wrote it, and with what made the path."""
        if not path.is_file():
            what = "a folder" if path.is_dir() else "no file"
            raise NoSuchFileError(
                f"{str(path)!r} cannot be saved: it is {what}, and a path is saved as the file it leads to. Save it "
                "behind the statement that writes the file; of a folder, save each file, or an archive "
                "(shutil.make_archive); to save the path itself, save str(path)."
            )
        version = self.recorder.current.get(f"<file {os.path.realpath(path)}>")
        return target if version is None else replace(target, versions=(*target.versions, version))

    def _target_of_state(self, state: ExternalState, target: Target, name: str) -> Target:
        """Where the slice of all that was written to files, or to databases, starts."""
        what = "file" if state is ExternalState.FILE_SYSTEM else "database"
        versions = self.recorder.versions_written(databases=state is ExternalState.DATABASE)
        if not versions:
            raise NothingWrittenError(
                f"lineapy.{state.value} cannot be saved: as far as LineaPy can see, this program has written no "
                f"{what}. Save it behind the statements that write a {what}, or save a value by its name."
            )
        from lineapy.slicing.slice import target_name

        return replace(target, versions=versions, name=target_name(name, None), expression=None)

    def save_expression(self, expression: str, name: str) -> tuple[ArtifactRecord, Target]:
        """Store the value that an expression has now.

        Args:
            expression: A variable, or any expression over variables.
            name: The artifact's name.

        Returns:
            What the database holds of it, and where its slice starts.

        Raises:
            ScriptError: The expression cannot be evaluated.
            ArtifactSaveError, StoreError: As for `save`.
        """
        from lineapy.slicing.slice import target_name

        sliced = self.slice(expression, target_name(name, None))
        try:
            reference = eval(expression, self.namespace)
        except Exception as error:
            raise ScriptError(
                f"{expression!r} has no value at the end of the program: {type(error).__name__}: {error}. Nothing was "
                f"saved. Variables of the program: {', '.join(self._variables()) or 'none'}."
            ) from error
        return self._record(name, sliced.target, reference), sliced.target

    def _variables(self) -> list[str]:
        return [name for name in self.recorder.current if name in self.namespace and not name.startswith("_")]

    def _target(self, name: str, frame: FrameType | None) -> Target:
        site = find_call_site(frame, self._files, self.texts, self.statements, self.recorder.running)
        target = _target_at(site, name, self.recorder)
        if threading.get_ident() == self._thread:
            return replace(target, nth=self._count_call(target))
        begun = self.recorder.starter_of(threading.current_thread()) or (target.statement, target.occurrence)
        call = (target.place, begun)
        self._calls_elsewhere[call] += 1
        return replace(target, nth=self._calls_elsewhere[call] - 1, starter=begun[0])

    def _count_call(self, target: Target) -> int:
        """Which call at its place a save is since the statement that is running began."""
        run = (target.statement, target.occurrence)
        if self._calls_of != run:
            self._calls_of, self._calls = run, Counter()
        self._calls[target.place] += 1
        return self._calls[target.place] - 1

    def _record(
        self, name: str, target: Target, reference: object, remarks: Remarks = NO_REMARKS
    ) -> ArtifactRecord:
        """Store the value, and then, in one transaction, all that is to be known of it."""
        from lineapy.db.records import NewArtifact, SessionIncomplete, ValueBeingRemoved
        from lineapy.file_uses import to_json

        target = self.with_surroundings(target, reference)
        value = self.store.values.write(reference)
        files = to_json(self._files_used_for(target, reference)) if self._may_use_files(reference) else None
        if os.getpid() != self._process:
            self._process = os.getpid()
            self._start_anew()  # a forked child goes its own way
        avoid: set[str] = set()
        while True:
            new = NewArtifact(
                name, target.to_json(), value, value_type(reference).name, files, remarks.notes, remarks.tags
            )
            try:
                return self._save_with_code(new)
            except ValueBeingRemoved:
                # An equal value that nothing referred to any more is being cleared away under this very key.
                avoid.add(value.key)
                value = self.store.values.write(reference, avoid=avoid)
            except SessionIncomplete:
                # The database was deleted, or an older copy put in its place.
                self._start_anew()
            except BaseException:
                # A connection may have broken while it was committed; then nobody knows what is stored already.
                self._start_anew()
                raise

    def with_surroundings(self, target: Target, value: object) -> Target:
        """A target that knows what else there is that may change the value later."""
        shared = self.recorder.holders_of_parts(value)
        waiting, is_exposed = self.recorder.waiting(value)
        bound = self.recorder.bound()
        return replace(target, shared=shared, waiting=waiting, bound=bound, is_exposed=is_exposed)

    def _may_use_files(self, reference: object) -> bool:
        return bool(self.recorder.files_used) or issubclass(type(reference), Path)

    @cached_property
    def _file_digests(self) -> FileDigests:
        from lineapy.file_uses import FileDigests

        return FileDigests()

    def _files_used_for(self, target: Target, reference: object) -> list[FileUse]:
        """The files that a target's slice used, and the one that is the value itself."""
        found: list[FileUse] = []
        if issubclass(type(reference), Path):
            found.append(self._file_digests.describe(os.path.realpath(cast("Path", reference)), "value"))
        if self.recorder.files_used:
            kept = self.slice_of(target).kept
            found += self._file_digests.describe_uses(self.recorder.files_used, kept)
        return found

    def _save_with_code(self, new: NewArtifact) -> ArtifactRecord:
        """Store an artifact, and what is not stored yet of the run that made it."""
        from lineapy.db.records import GraphPart, SessionRecord, SourceRecord

        graph = self.recorder.graph
        mark = graph.mark()
        session = SessionRecord(
            id=self.id,
            kind=self.kind,
            python_version=f"{sys.version_info.major}.{sys.version_info.minor}",
            created_at=self._created_at,
            working_directory=self._working_directory,
            user_name=user_name(),
            host_name=platform.node(),
            script_path=self._script_path,
        )
        sources = [
            SourceRecord(number, self._names[number], self.texts[SourceId(number)])
            for number in range(self._sources_stored, len(self.texts))
        ]
        part = GraphPart(self._parts, dump_since(graph, self._stored))
        record = self.store.db.save_artifact(new, session, sources, [part])
        self._stored, self._parts, self._sources_stored = mark, self._parts + 1, len(self.texts)
        self._has_saved = True
        with suppress(StoreError):  # the artifact is stored; the next save tries again
            self.store.note_database()
        return record


_current: Session | None = None


def _belongs_first(node: ast.stmt) -> bool:
    """``from __future__`` must stand before everything else."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def current() -> Session | None:
    """The session that is being traced, if any."""
    return _current


def parse_expression(text: str) -> ast.expr:
    """Parse an expression about a program's variables.

    Raises:
        ScriptError: It is not an expression.

    Example:
        >>> parse_expression("model.coef_").__class__.__name__
        'Attribute'
    """
    try:
        return deep(ast.parse)(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ScriptError(
            f"{text!r} is not a Python expression ({error.msg}). Name a variable of the program, such as model, or "
            "write an expression over its variables, such as model.coef_"
        ) from None


def _target_at(site: CallSite, name: str, recorder: Recorder) -> Target:
    """The target of a `lineapy.save` call."""
    from lineapy.slicing.slice import target_name

    graph = recorder.graph
    occurrence = recorder.runs_of(site.statement) if site.statement is not None else None
    expression = reference_of(site.call) if site.call is not None else None
    is_inside = site.place is None or site.place.inside
    if site.statement is not None and (is_inside or not isinstance(expression, ast.Name)):
        recorder.catch_up(site.statement)
    if expression is None or site.place is None or site.place.inside:
        # The value is made inside the running statement, so that statement is what makes it.
        return Target((), graph.mark(), target_name(name, None), None, site.statement, site.place, occurrence)
    is_variable = isinstance(expression, ast.Name)
    versions = recorder.versions_read(names_read(expression))
    if not is_variable and site.statement is not None:
        versions += recorder.resources_used(site.statement)
    return Target(
        versions=tuple(versions),
        mark=graph.mark(),
        name=target_name(name, expression),
        expression=None if is_variable else deep(ast.unparse)(expression),
        statement=site.statement,
        place=site.place,
        occurrence=occurrence,
    )


def user_name() -> str:
    """Whose session this is: the name of the system's user, or the number if there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user, as in some containers
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"
