"""Artifacts as users hold them in their hands: a value, and the code that made it."""

from __future__ import annotations

import io
import linecache
import os
import sys
import types
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from lineapy.depth import deep
from lineapy.display.words import size_in_words
from lineapy.errors import (
    ArtifactSaveError,
    ArtifactVersionError,
    MissingExtraError,
    SearchError,
    TagNotFoundError,
)
from lineapy.file_uses import FileDigests, FileUse, from_json
from lineapy.graph.serialize import load
from lineapy.ids import SourceId, StatementId
from lineapy.kinds import ExternalState, ValueType
from lineapy.masking import masked_url
from lineapy.slicing.slice import Slice
from lineapy.slicing.target import Target
from lineapy.source.analysis import analyse
from lineapy.source.pieces import pieces
from lineapy.source.statements import Statement
from lineapy.tags import checked, why_no_tag
from lineapy.tracing.hooks import unobserved

if TYPE_CHECKING:
    import pandas

    from lineapy.db.records import ArtifactRecord, Search
    from lineapy.display.card import Card
    from lineapy.display.preview import Preview
    from lineapy.store import Store


#: How many bytes of a value are read only to show it.
_GLANCE = 20_000_000
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
        notes: What the user wrote about it, if anything.
        tags: Names that stand for this version, in alphabetical order.
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
    notes: str | None
    tags: tuple[str, ...]


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
        return Slice(graph, _analysed(self._texts), self._texts, self._target)

    @property
    def variable(self) -> str:
        """The name that holds the value once the artifact's code has run."""
        return self._target.name

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that stand for this version, in alphabetical order."""
        return self._record.tags

    @property
    def notes(self) -> str | None:
        """What the user wrote about this version, if anything."""
        return self._record.notes

    def tag(self, *tags: str) -> None:
        """Let tags stand for this version. One that another version of the artifact has, moves.

        Args:
            *tags: Names such as ``"production"``.

        Raises:
            TagError: One of them could be taken for a number or for ``"latest"``. None was given.

        Example:
            >>> artifact = example_artifact("c = 2", "c")
            >>> artifact.tag("production", "v1.0")
            >>> artifact.tags
            ('production', 'v1.0')
        """
        for tag in checked(tags):
            self._store.db.tag_artifact(self.name, self.version, tag)
        self._refresh()

    def untag(self, tag: str) -> None:
        """Take a tag away.

        Args:
            tag: One that stands for this version.

        Raises:
            TagNotFoundError: It does not.

        Example:
            >>> artifact = example_artifact("c = 2", "c")
            >>> artifact.tag("production")
            >>> artifact.untag("production")
            >>> artifact.tags
            ()
        """
        if self._store.db.find_tagged(self.name, tag).version != self.version:
            raise TagNotFoundError(
                f"{tag!r} is no tag of version {self.version} of {self.name!r}, but of version "
                f"{self._store.db.find_tagged(self.name, tag).version}."
            )
        self._store.db.remove_tag(self.name, tag)
        self._refresh()

    def set_notes(self, notes: str | None) -> None:
        """Replace the notes on this version.

        Args:
            notes: Any text; None for none.

        Example:
            >>> artifact = example_artifact("c = 2", "c")
            >>> artifact.set_notes("before the outliers were removed")
            >>> artifact.notes
            'before the outliers were removed'
        """
        self._store.db.set_notes(self.name, self.version, notes)
        self._refresh()

    def _refresh(self) -> None:
        self._record = self._store.db.find_artifact(self.name, self.version)

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
                notes=record.notes,
                tags=record.tags,
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

    def visualize(self, path: str | os.PathLike[str] | None = None) -> None:
        """Draw the session in which the artifact was saved, with the artifact's slice brought out.

        Args:
            path: A file to draw to; its ending, ``.svg``, ``.html``, ``.png`` or ``.pdf``, says how. By default, the
                graph is shown in the notebook.

        Raises:
            DisplayError: There is no path, and this is no notebook; or the path has another ending.
            MissingExtraError: PNG and PDF are drawn by matplotlib, and it is not installed.

        Example:
            >>> import pathlib, tempfile
            >>> path = pathlib.Path(tempfile.mkdtemp(), "graph.svg")
            >>> example_artifact("a = 1; b = 2\\nc = [b]", "c").visualize(path)
            >>> "c = [b]" in path.read_text()
            True
        """
        from lineapy.db.records import Search
        from lineapy.display.session_graph import Shown, session_drawing
        from lineapy.display.show import show

        sliced = self._slice
        with unobserved():
            records = self._store.db.artifacts(search=Search(session_id=self._record.session_id))
            every = [Shown(one.name, one.version, Target.from_json(one.target)) for one in records]
            drawing = session_drawing(
                f"{self.name}, version {self.version}",
                sliced.graph,
                sliced.statements,
                sliced.texts,
                every,
                only=Shown(self.name, self.version, self._target),
            )
            show(drawing, path)

    def _repr_html_(self) -> str:
        """A card, for notebooks."""
        return self._card.html()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """A card, for IPython in a terminal; within a list or the like, one line."""
        alone = len(getattr(printer, "stack", ())) <= 1
        printer.text(self._card.text() if alone else repr(self))

    @property
    def _card(self) -> Card:
        from lineapy.display.card import Card

        record, files = self._record, self._files
        try:
            code = self.get_code()
        except Exception as error:  # what else there is to see is shown all the same
            code = f"# The code cannot be shown: {type(error).__name__}: {error}\n"
        return Card(
            name=self.name,
            version=self.version,
            kind=record.value_type or "",
            created=f"{self.date_created:%Y-%m-%d %H:%M} UTC",
            author=record.user_name,
            size=size_in_words(record.value.size),
            tags=self.tags,
            notes=self.notes,
            preview=self._glance,
            code=code,
            inputs=[use.path for use in files if use.role == "input"],
            outputs=[use.path for use in files if use.role == "output"],
            storage=masked_url(f"{record.value.location.rstrip('/')}/{record.value.key}"),
        )

    @cached_property
    def _glance(self) -> Preview:
        """What the stored value looks like. It is read anew: what the user holds may have changed meanwhile."""
        from lineapy.display.preview import Preview, failed, preview, without_new_figures
        from lineapy.session import user_name
        from lineapy.storage.serializers import serializer_named

        stored = self._record.value
        if stored.format == "file":
            path = next((use.path for use in self._files if use.role == "value"), "")
            return Preview("file", text=path)
        why_not = None
        if stored.size > _GLANCE:
            why_not = "large, and not loaded to be shown"
        try:
            if self._record.user_name != user_name() and serializer_named(stored.format).can_run_code:
                why_not = "not shown, as loading it could run code of another user"
            if why_not is not None:
                return Preview(f"{why_not}; get_value() loads it")
            with unobserved(), without_new_figures():
                return preview(self._store.values.read(stored))
        except Exception as error:
            return failed("not readable", error)

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


@deep
def _analysed(texts: Mapping[SourceId, str]) -> list[Statement]:
    statements: list[Statement] = []
    for number, text in texts.items():
        for _, tree in pieces(text, "<source>"):
            statements += analyse(tree, source=number, first=StatementId(len(statements))).statements
    return statements


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
    """Every artifact in the store, or those that were searched for, oldest first. Nothing is read before it is asked.

    Args:
        store: Where they are.
        search: Which ones; by default all.

    Example:
        >>> import lineapy
        >>> lineapy.artifact_store()
        no artifacts yet; make one with lineapy.save(value, name)
    """

    def __init__(self, store: Store, search: Search | None = None) -> None:
        self._store = store
        self._wanted = search

    @property
    def _search(self) -> Search:
        from lineapy.db.records import Search

        return self._wanted or Search()

    @cached_property
    def artifacts(self) -> list[LineaArtifact]:
        """All of them, as they were when this was first asked for."""
        records = self._store.db.artifacts(search=self._search)
        return [LineaArtifact.from_record(record, self._store) for record in records]

    def search(
        self,
        name: str | None = None,
        *,
        type: str | ValueType | None = None,  # noqa: A002  # what users call it
        since: datetime | date | timedelta | str | None = None,
        until: datetime | date | timedelta | str | None = None,
        author: str | None = None,
        tag: str | None = None,
        input_file: str | os.PathLike[str] | None = None,
        session_id: str | None = None,
    ) -> LineaArtifactStore:
        """Those of the artifacts to which all applies that is given. The database searches, when it is asked.

        Patterns are those of file names: ``*`` for anything, ``?`` for one character, ``[abc]`` for one of some and
        ``[!abc]`` for one of all others. Capital letters are not small letters.

        Args:
            name: Pattern of the name.
            type: ``"dataset"``, ``"chart"``, ``"array"``, ``"code"`` or ``"value"``.
            since: Saved at that time or later: a moment, a day, either as text (``"2026-11-23"``), or how long ago
                (a `timedelta`). Times without a time zone are in UTC, as they are shown.
            until: Saved before that moment, or on that day or earlier.
            author: Pattern of the name of the user who saved it.
            tag: Pattern of a tag.
            input_file: Pattern of the path of a file that its code read, with no symbolic links; without a ``/`` in it,
                of the file's name.
            session_id: Saved in that traced run.

        Returns:
            The artifacts. Searching these again searches among them; what is given again, replaces.

        Raises:
            SearchError: Something of it cannot be understood.

        Example:
            >>> import lineapy
            >>> lineapy.artifact_store().search("model*", type="value", since="2026-01-01").artifacts
            []
        """
        given: dict[str, object] = {
            "name": _text_or_none("name", name),
            "value_type": None if type is None else _value_type(type),
            "since": None if since is None else moment(since, end=False),
            "until": None if until is None else moment(until, end=True),
            "author": _text_or_none("author", author),
            "tag": _text_or_none("tag", tag),
            "input_file": None if input_file is None else os.fspath(input_file),
            "session_id": _text_or_none("session_id", session_id),
        }
        changes: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
        return LineaArtifactStore(self._store, replace(self._search, **changes))

    def rename(self, name: str, new_name: str) -> None:
        """Give all versions of an artifact another name. Versions, tags and dates stay.

        Code that was traced is kept as it was written, so where it loads the artifact, it names it as before.

        Args:
            name: Its name.
            new_name: The other name.

        Raises:
            ArtifactNotFoundError: There is no artifact of that name.
            ArtifactSaveError: There is one of the other name, perhaps a deleted one; or it is no text.

        Example:
            >>> import lineapy
            >>> lineapy.artifact_store().rename("no such thing", "model")
            Traceback (most recent call last):
            lineapy.errors.ArtifactNotFoundError: ...
        """
        check_name(new_name)
        self._store.db.rename_artifacts(name, new_name)

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame with a row for each artifact, oldest first.

        Returns:
            A frame with the columns ``name``, ``version``, ``type``, ``size`` (bytes), ``created`` (UTC), ``author``,
            ``host``, ``tags`` (a tuple), ``notes``, ``format`` (of the stored value), ``session_id`` and ``digest``.

        Raises:
            MissingExtraError: pandas is not installed.

        Example:
            >>> import lineapy
            >>> len(lineapy.artifact_store().to_pandas())
            0
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingExtraError(
                f"A data frame needs pandas, which cannot be imported ({error}). Install it with: pip install pandas. "
                "Without it, artifact_store().export is a list of dictionaries."
            ) from error

        records = [artifact._record for artifact in self.artifacts]
        created = pandas.to_datetime([record.date_created for record in records], utc=True)
        columns: dict[str, object] = {
            "name": pandas.Series([record.name for record in records], dtype=object),
            "version": pandas.Series([record.version for record in records], dtype="int64"),
            "type": pandas.Series([record.value_type for record in records], dtype=object),
            "size": pandas.Series([record.value.size for record in records], dtype="int64"),
            "created": created,
            "author": pandas.Series([record.user_name for record in records], dtype=object),
            "host": pandas.Series([record.host_name for record in records], dtype=object),
            "tags": pandas.Series([record.tags for record in records], dtype=object),
            "notes": pandas.Series([record.notes for record in records], dtype=object),
            "format": pandas.Series([record.value.format for record in records], dtype=object),
            "session_id": pandas.Series([str(record.session_id) for record in records], dtype=object),
            "digest": pandas.Series([record.value.digest for record in records], dtype=object),
        }
        return pandas.DataFrame(columns)

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
        records = self._store.db.artifacts(
            offset=number * size, limit=size, newest_first=True, search=self._search
        )
        return [LineaArtifact.from_record(record, self._store) for record in records]

    @property
    def len(self) -> int:
        """How many there are."""
        return len(self.artifacts) if "artifacts" in vars(self) else self._store.db.count(self._search)

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
            if self._wanted is not None:
                return "no such artifacts; see lineapy.artifact_store() for all"
            return "no artifacts yet; make one with lineapy.save(value, name)"
        columns, rows = _columns(artifacts)
        table = Table(*columns)
        for row in rows:
            table.add_row(*row)
        console = Console(file=io.StringIO(), width=100, color_system=None, markup=False, emoji=False)
        with console.capture() as captured:
            console.print(table)
        return captured.get() + older

    def _repr_html_(self) -> str:
        """A table that can be sorted, for notebooks."""
        from lineapy.display.table import Cell, table_html

        artifacts, older = self._newest()
        if not artifacts:
            return table_html([], [], repr(self))
        columns, rows = _columns(artifacts)
        cells = [list(map(Cell, row)) for row in rows]
        for artifact, row in zip(artifacts, cells, strict=True):
            row[1] = Cell(row[1].text, artifact.version)
            row[3] = Cell(row[3].text, artifact._record.value.size)
        return table_html(columns, cells, older)

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


def _columns(artifacts: list[LineaArtifact]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows of a table; tags only if there are any."""
    rows = [_cells(artifact) for artifact in artifacts]
    if not any(artifact.tags for artifact in artifacts):
        return _COLUMNS, rows
    return (*_COLUMNS, "tags"), [
        (*row, ", ".join(artifact.tags)) for row, artifact in zip(rows, artifacts, strict=True)
    ]


def _cells(artifact: LineaArtifact) -> tuple[str, ...]:
    record = artifact._record
    created = artifact.date_created.strftime("%Y-%m-%d %H:%M:%S")
    return (
        artifact.name,
        str(artifact.version),
        record.value_type or "",
        size_in_words(record.value.size),
        created,
    )


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
        f"{version!r} is not a version of an artifact. Versions are whole numbers from 0, 'latest' for the newest, or "
        "tags; lineapy.artifact_store() lists those there are."
    )


def find_record(store: Store, name: str, version: float | str | None) -> ArtifactRecord:
    """Look up an artifact by what users call a version.

    Args:
        store: Where it is.
        name: Its name.
        version: A version as `parse_version` understands it, or a tag.

    Raises:
        ArtifactNotFoundError: There is none of that name, version or tag.
        ArtifactVersionError: The version cannot be understood.
    """
    if isinstance(version, str) and why_no_tag(version.strip()) is None:
        return store.db.find_tagged(name, version.strip())
    return store.db.find_artifact(name, parse_version(version))


def check_name(name: object) -> None:
    """Make sure that something may be the name of an artifact.

    Raises:
        ArtifactSaveError: It may not.
    """
    if not isinstance(name, str):
        raise ArtifactSaveError(
            f"An artifact's name is a text, not {name!r}. Write lineapy.save(value, 'name')."
        )
    try:
        name.encode()
    except UnicodeEncodeError:
        raise ArtifactSaveError(
            f"The name {name!r} holds half of a character (a surrogate), which no database can store. Choose another."
        ) from None


def moment(given: object, *, end: bool) -> datetime:
    """Understand a time as users write it.

    Args:
        given: A moment, a day, either as text in ISO format, or how long ago.
        end: Whether a day means its end instead of its beginning.

    Raises:
        SearchError: It is something else.

    Example:
        >>> moment("2026-11-23", end=True), moment("2026-11-23 12:00", end=True)
        (datetime.datetime(2026, 11, 24, 0, 0, tzinfo=datetime.timezone.utc),
         datetime.datetime(2026, 11, 23, 12, 0, tzinfo=datetime.timezone.utc))
    """
    found = given
    if isinstance(found, str):
        try:
            text = found.strip()
            found = date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
        except ValueError:
            found = None
    if isinstance(found, timedelta):
        return datetime.now(UTC) - found
    if isinstance(found, datetime):
        return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    if isinstance(found, date):
        day = datetime(found.year, found.month, found.day, tzinfo=UTC)
        return day + timedelta(days=1) if end else day
    raise SearchError(
        f"{given!r} is no time. Give a datetime, a date, how long ago as a timedelta, or a text such as '2026-11-23' "
        "or '2026-11-23 12:00' (UTC)."
    )


def _value_type(given: object) -> str:
    name = given.name if isinstance(given, ValueType) else given
    if name not in ValueType.__members__:
        raise SearchError(f"{given!r} is no type of value. There are: {', '.join(ValueType.__members__)}.")
    return str(name)


def _text_or_none(what: str, given: object) -> str | None:
    if given is not None and not isinstance(given, str):
        raise SearchError(f"Artifacts can be searched by a {what} that is a text, not {given!r}.")
    return given


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
