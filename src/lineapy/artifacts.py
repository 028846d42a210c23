"""Artifacts as users hold them in their hands: a value, and the code that made it."""

from __future__ import annotations

import ast
import io
import linecache
import os
import sys
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from lineapy.errors import ArtifactVersionError
from lineapy.file_uses import FileDigests, FileUse, from_json
from lineapy.graph.serialize import load
from lineapy.ids import SourceId, StatementId
from lineapy.kinds import ExternalState
from lineapy.slicing.slice import Slice
from lineapy.slicing.target import Target
from lineapy.source.analysis import analyse
from lineapy.source.statements import Statement
from lineapy.tracing.hooks import unobserved

if TYPE_CHECKING:
    from lineapy.db.records import ArtifactRecord
    from lineapy.store import Store


#: How many artifacts a table shows.
_SHOWN = 50
_COLUMNS = ("artifact", "version", "kind", "size", "created (UTC)")


@dataclass(frozen=True, slots=True)
class ArtifactMetadata:
    """What the store knows of an artifact besides its value and code.

    Attributes:
        artifact_id: Number of the row.
        name: Its name.
        version: Its version, counted from 0.
        session_id: The traced run it was saved in.
        date_created: When, in UTC.
        storage_path: Where the value is.
        storage_backend: ``"lineapy"``.
        value_type: ``"dataset"``, ``"chart"``, ``"array"``, ``"code"`` or ``"value"``.
        size: Of the stored value, in bytes.
        digest: SHA-256 of the stored bytes, in hexadecimal.
        python_version: Of the run, such as ``"3.11"``.
        user_name, host_name, working_directory: Of the run.
    """

    artifact_id: int
    name: str
    version: int
    session_id: str
    date_created: datetime
    storage_path: str
    storage_backend: str
    value_type: str | None
    size: int
    digest: str
    python_version: str
    user_name: str
    host_name: str
    working_directory: str


class Metadata(TypedDict):
    """What `LineaArtifact.get_metadata` returns."""

    lineapy: ArtifactMetadata
    files: list[FileUse]


@dataclass(eq=False)
class LineaArtifact:
    """One version of an artifact. Nothing is loaded before it is asked for, and nothing twice.

    Attributes:
        name: Its name.
        version: Its version, counted from 0.
        date_created: When it was saved, in UTC.
        variable: The name that holds the value once the artifact's code has run.
    """

    name: str
    version: int
    date_created: datetime = field(repr=False)
    _record: ArtifactRecord = field(repr=False)
    _store: Store = field(repr=False)

    @classmethod
    def from_record(cls, record: ArtifactRecord, store: Store) -> LineaArtifact:
        """The artifact that a row of the database describes."""
        return cls(record.name, record.version, record.date_created, record, store)

    @cached_property
    def _value(self) -> object:
        with unobserved():
            if self._record.value.format == "file":
                return self._file()
            return self._store.values.read(self._record.value)

    def _file(self) -> Path:
        """A local copy of the file that the artifact is, under its own name."""
        value = self._record.value
        name = next(os.path.basename(use.path) for use in self._files if use.role == "value")
        path = self._store.config.home_dir / "files" / value.digest[:32] / name
        if not path.is_file() or FileDigests().describe(str(path), "value").digest != value.digest:
            path.parent.mkdir(parents=True, exist_ok=True)
            fetched = path.with_name(f".{os.getpid()}-{name}")
            try:
                self._store.values.fetch(value, fetched)
                fetched.replace(path)
            finally:
                fetched.unlink(missing_ok=True)
        return path

    @cached_property
    def _files(self) -> list[FileUse]:
        return from_json(self._record.files)

    @cached_property
    def _target(self) -> Target:
        return Target.from_json(self._record.target)

    @cached_property
    def _texts(self) -> dict[SourceId, str]:
        sources = self._store.db.sources(self._record.session_id)
        return {SourceId(source.number): source.text for source in sources}

    @cached_property
    def _slice(self) -> Slice:
        graph = load(part.data for part in self._store.db.graph_parts(self._record.session_id))
        statements: list[Statement] = []
        for number, text in self._texts.items():
            found = analyse(ast.parse(text), source=number, first=StatementId(len(statements)))
            statements += found.statements
        return Slice(graph, statements, self._texts, self._target)

    @property
    def variable(self) -> str:
        """The name that holds the value once the artifact's code has run."""
        return self._target.name

    def get_value(self) -> Any:
        """Load the value.

        Returns:
            A value equal to the one that was saved, the same object at each call. For an artifact that is a file, the
            path of a copy of it in LineaPy's home folder.

        Raises:
            ValueMissingError: The value's file is gone.
            DigestMismatchError: The file is not what was saved. It has not been loaded.
            UnreadableValueError: The value cannot be made here, as when a package is missing.

        Example:
            >>> artifact = example_artifact("limits = [1]; limits.append(2)", "limits")
            >>> artifact.get_value()
            [1, 2]
        """
        return self._value

    def get_code(
        self,
        use_lineapy_serialization: bool = True,
        keep_lineapy_save: bool = False,
        include_non_slice_as_comment: bool = False,
    ) -> str:
        """The least code that makes the value: a backward slice of the session.

        Args:
            use_lineapy_serialization: Leave ``lineapy.save`` and ``lineapy.get`` in the code as they are; otherwise
                read the stored files as plain Python does, by ``json``, ``numpy.load``, ``pickle`` and the like.
            keep_lineapy_save: Keep the ``lineapy.save`` call itself.
            include_non_slice_as_comment: Show the session's other lines as comments.

        Returns:
            A formatted program. Run alone, it leaves the value in the variable `variable`.

        Example:
            >>> artifact = example_artifact("a = 1; b = 2\\na += 1\\nc = [b]", "c")
            >>> print(artifact.get_code(), end="")
            b = 2
            c = [b]
        """
        code = self._slice.code(keep_save=keep_lineapy_save, comment_rest=include_non_slice_as_comment)
        return code if use_lineapy_serialization else self._plain(code)

    def get_session_code(self, use_lineapy_serialization: bool = True) -> str:
        """The text of the whole session: the script, or the cells in the order in which they were run.

        Args:
            use_lineapy_serialization: As for `get_code`.

        Example:
            >>> artifact = example_artifact("a = 1  # not needed\\nc = 2\\n", "c")
            >>> print(artifact.get_session_code(), end="")
            a = 1  # not needed
            c = 2
        """
        text = "".join(text if text.endswith("\n") else text + "\n" for text in self._texts.values())
        return text if use_lineapy_serialization else self._plain(text)

    def _plain(self, code: str) -> str:
        from lineapy.slicing.plain import PlainFile, without_lineapy
        from lineapy.storage.serializers import plain_reading

        def find_file(name: str, version: int | None) -> PlainFile | None:
            value = self._found_then(name, version).value
            path, reading = self._store.values.local_file(value), plain_reading(value.format)
            # What is on another machine, or in a format of its own, is left to LineaPy.
            return PlainFile(str(path), reading) if path is not None and reading is not None else None

        return without_lineapy(code, find_file, own_name=self.name)

    def _found_then(self, name: str, version: int | None) -> ArtifactRecord:
        """What a call of `get` found before this artifact was saved: a program may load what it is about to replace."""
        if version is None:
            for earlier in reversed(self._store.db.versions(name)):
                record = self._store.db.find_artifact(name, earlier)
                if record.id < self._record.id:
                    return record
        return self._store.db.find_artifact(name, version)

    def get_metadata(self, lineapy_only: bool = False) -> Metadata:
        """What the store knows of the artifact.

        Args:
            lineapy_only: Leave out what other storage backends know; there are none yet.

        Returns:
            ``"lineapy"``, what is known of the artifact, and ``"files"``, the files that its code read and wrote.

        Example:
            >>> example_artifact("c = 2", "c").get_metadata()["lineapy"].value_type
            'array'
            >>> example_artifact("c = 2", "c").get_metadata()["files"]
            []
        """
        record, session = self._record, self._store.db.session(self._record.session_id)
        return {
            "lineapy": ArtifactMetadata(
                artifact_id=record.id,
                name=record.name,
                version=record.version,
                session_id=record.session_id,
                date_created=record.date_created,
                storage_path=f"{record.value.location.rstrip('/')}/{record.value.key}",
                storage_backend="lineapy",
                value_type=record.value_type,
                size=record.value.size,
                digest=record.value.digest,
                python_version=session.python_version,
                user_name=session.user_name,
                host_name=session.host_name,
                working_directory=session.working_directory,
            ),
            "files": self._files,
        }

    def explain(self) -> Explanation:
        """Why each line of the artifact's code is there.

        Returns:
            Pairs of a statement's first line and the reason for which it is kept; shown as a table.

        Example:
            >>> list(example_artifact("a = [0]\\nb = 1\\na.append(2)", "a").explain())
            [('a = [0]', 'binds a, used in line 3'), ('a.append(2)', 'changes a, used in the value')]
        """
        return Explanation(self._slice.explain())

    def execute(self) -> Any:
        """Run the artifact's code in a fresh ``__main__`` namespace of this process, and return the value it makes.

        Meanwhile the working directory is the one that the session had when it began.

        Raises:
            BaseException: What the code raises.

        Example:
            >>> example_artifact("a = 20\\nb = a + 1", "b").execute()
            21
        """
        code, file = self.get_code(), f"<{self.name} version {self.version}>"
        compiled = compile(code, file, "exec", dont_inherit=True)
        linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)  # for tracebacks
        module = types.ModuleType("__main__")
        main, sys.modules["__main__"] = sys.modules["__main__"], module  # where pickle and dataclasses look
        try:
            with _working_directory(self._store.db.session(self._record.session_id).working_directory):
                exec(compiled, vars(module))
        finally:
            sys.modules["__main__"] = main
        if self.variable not in vars(module) and isinstance(self._value, ExternalState):
            return self._value  # what stands for all that was written is bound to no variable
        return vars(module)[self.variable]

    def warn_of_other_python(self) -> None:
        """Warn if the artifact was saved by a Python that may not read what this one reads."""
        here = f"{sys.version_info.major}.{sys.version_info.minor}"
        there = self._store.db.session(self._record.session_id).python_version
        if there != here:
            warnings.warn(
                f"Artifact {self.name!r} version {self.version} was saved by Python {there}, and this is Python "
                f"{here}: its value may not load, or not behave the same. If it does not, use Python {there}, or run "
                "its code (get_code()) here.",
                stacklevel=3,
            )


class Explanation(list[tuple[str, str]]):
    """Pairs of a statement and the reason why it is kept; printed as two columns.

    Example:
        >>> Explanation([("a = 1", "binds a, used in the value")])
        a = 1  # binds a, used in the value
    """

    def __repr__(self) -> str:
        width = min(max((len(text) for text, _ in self), default=0), 60)
        return "\n".join(f"{text:<{width}}  # {reason}" for text, reason in self)

    __str__ = __repr__


class LineaArtifactStore:
    """Every artifact in the store, oldest first. Nothing is read before it is asked for.

    Args:
        store: Where they are.

    Example:
        >>> import lineapy
        >>> lineapy.artifact_store()
        no artifacts yet; make one with lineapy.save(value, name)
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def artifacts(self) -> list[LineaArtifact]:
        """All of them, as they were when this was first asked for."""
        return [LineaArtifact.from_record(record, self._store) for record in self._store.db.artifacts()]

    def page(self, number: int = 0, size: int = 50) -> list[LineaArtifact]:
        """Some of them, newest first: for stores with too many to read them all.

        Args:
            number: Which page, counted from 0.
            size: How many artifacts a page has.

        Returns:
            The artifacts of the page; fewer on the last one, none behind it.

        Example:
            >>> import lineapy
            >>> lineapy.artifact_store().page(0)
            []
        """
        records = self._store.db.artifacts(offset=number * size, limit=size, newest_first=True)
        return [LineaArtifact.from_record(record, self._store) for record in records]

    @property
    def len(self) -> int:
        """How many there are."""
        return len(self.artifacts) if "artifacts" in vars(self) else self._store.db.count()

    @property
    def print(self) -> str:
        """One line for each: name, version, date."""
        return "\n".join(f"{a.name}:{a.version} created on {a.date_created}" for a in self.artifacts)

    @property
    def export(self) -> list[dict[str, object]]:
        """One dictionary for each: ``artifact_name``, ``artifact_version``, ``date_created``."""
        return [
            {"artifact_name": a.name, "artifact_version": a.version, "date_created": a.date_created}
            for a in self.artifacts
        ]

    def __len__(self) -> int:
        return self.len

    def __iter__(self) -> Iterator[LineaArtifact]:
        return iter(self.artifacts)

    def __str__(self) -> str:
        return self.print

    def __repr__(self) -> str:
        """A table, for terminals."""
        from rich.console import Console
        from rich.table import Table

        artifacts, older = self._newest()
        if not artifacts:
            return "no artifacts yet; make one with lineapy.save(value, name)"
        table = Table(*_COLUMNS)
        for artifact in artifacts:
            table.add_row(*_cells(artifact))
        console = Console(file=io.StringIO(), width=100, color_system=None, markup=False, emoji=False)
        with console.capture() as captured:
            console.print(table)
        return captured.get() + older

    def _repr_html_(self) -> str:
        """A table, for notebooks."""
        from html import escape

        artifacts, older = self._newest()
        head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(artifact)) + "</tr>"
            for artifact in artifacts
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{escape(older)}"

    def _newest(self) -> tuple[list[LineaArtifact], str]:
        """The artifacts to be shown, oldest first, and what to say of the others."""
        shown = self.page(0, _SHOWN)[::-1]
        older = self.len - len(shown) if len(shown) == _SHOWN else 0
        return shown, f"and {older:,} older; see .page(1), or all in .artifacts" if older > 0 else ""


@contextmanager
def _working_directory(folder: str) -> Iterator[None]:
    if not os.path.isdir(folder):
        warnings.warn(
            f"The folder {folder!r}, in which the artifact was made, does not exist here. Its code runs in the present "
            "working directory; relative paths in it may lead elsewhere.",
            stacklevel=5,
        )
        yield
        return
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _cells(artifact: LineaArtifact) -> tuple[str, ...]:
    record = artifact._record
    created = artifact.date_created.strftime("%Y-%m-%d %H:%M:%S")
    return artifact.name, str(artifact.version), record.value_type or "", _bytes(record.value.size), created


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def parse_version(version: object) -> int | None:
    """Understand a version as users write it.

    Args:
        version: A whole number, as int, float or text (``1``, ``1.0``, ``"1"``); None or ``"latest"`` for the newest.

    Returns:
        The number, or None for the newest.

    Raises:
        ArtifactVersionError: It is something else, or negative.

    Example:
        >>> parse_version("1.1"), parse_version("latest")
        (1, None)
    """
    if version is None or (isinstance(version, str) and version.strip().lower() in ("latest", "all")):
        return None
    if isinstance(version, int | float | str) and not isinstance(version, bool):
        try:
            number = int(float(version))
        except (ValueError, OverflowError):
            number = -1
        if number >= 0:
            return number
    raise ArtifactVersionError(
        f"{version!r} is not a version of an artifact. Versions are whole numbers from 0, or 'latest' for the newest; "
        "lineapy.artifact_store() lists those there are."
    )


def example_artifact(text: str, expression: str) -> LineaArtifact:
    """An artifact made by a small script, in a store that goes away with the process; for the examples above.

    Args:
        text: The script.
        expression: What to save.
    """
    import atexit
    import tempfile

    from lineapy.config import Config
    from lineapy.session import Session
    from lineapy.store import Store

    folder = tempfile.TemporaryDirectory(prefix="lineapy-example-")
    store = Store(lambda: Config.from_environment(home_dir=folder.name))
    atexit.register(folder.cleanup)
    atexit.register(store.close)
    session = Session(store)
    session.run(text)
    return LineaArtifact.from_record(session.save_expression(expression, expression)[0], store)
