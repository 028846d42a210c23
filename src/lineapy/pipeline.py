"""Artifacts, by name, → a module or a pipeline that makes them: what users hold in their hands."""

from __future__ import annotations

import linecache
import numbers
import sys
import types
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineapy.artifacts import LineaArtifact, find_record
from lineapy.db.records import PipelineRecord, Search
from lineapy.errors import DependencyError, ParameterError, PipelineError
from lineapy.modules.module import Module, SessionRequest, make_module
from lineapy.modules.program import SessionCode, Wanted
from lineapy.modules.render import module_text
from lineapy.session import user_name
from lineapy.slicing.render import identifier
from lineapy.slicing.target import Target

if TYPE_CHECKING:
    from lineapy.db.records import ArtifactRecord
    from lineapy.ids import SessionId
    from lineapy.pipelines.frameworks import Framework
    from lineapy.pipelines.plan import PipelinePlan
    from lineapy.store import Store

#: Of a number, in bytes as it is stored; NumPy's are pickled.
_LARGEST_NUMBER = 300
#: An artifact as users name it: its newest version, or a certain one.
Entry = str | tuple[str, int]
#: For artifacts, those that have to be made before.
Dependencies = Mapping[Any, Iterable[Any]]


@dataclass
class Pipeline:
    """Artifacts that are made together.

    Attributes:
        artifacts: The artifacts, as they were asked for.
        name: The pipeline's name.
        dependencies: For artifacts by name, those that have to be made before.
        parameters: Variables that become parameters unless others are asked for.
        version: Which pipeline of that name it is, counted from 0; None if it is not stored.

    Example:
        >>> from lineapy.artifacts import example_artifact
        >>> artifact = example_artifact("n = 3\\ntotal = sum(range(n))", "total")
        >>> pipeline = Pipeline.of(artifact._store, ["total"])
        >>> pipeline.load(["n"]).run_all_sessions(n=4)
        {'total': 6}
    """

    artifacts: list[Entry]
    name: str
    dependencies: dict[str, list[str]]
    _store: Store = field(repr=False)
    _records: list[ArtifactRecord] = field(repr=False)
    parameters: tuple[str, ...] = ()
    version: int | None = None

    @classmethod
    def of(
        cls,
        store: Store,
        artifacts: Sequence[Entry],
        name: str | None = None,
        dependencies: Dependencies | None = None,
    ) -> Pipeline:
        """Look the artifacts of a pipeline up.

        Args:
            store: Where they are.
            artifacts: Their names, or pairs of name and version.
            name: The pipeline's name; by default made of theirs.
            dependencies: For artifacts, those that have to be made before; by name, or as pairs of name and version.

        Raises:
            ArtifactNotFoundError: There is no artifact of that name or version.
            PipelineError: There is no artifact, one is named twice, or the name is none.
            DependencyError: A dependency is on something else, or they go in a circle.
        """
        entries = _checked_entries(artifacts)
        records = [find_record(store, *_name_and_version(entry)) for entry in entries]
        checked = _checked_dependencies(dependencies or {}, [record.name for record in records])
        given = name if name is not None else "_".join(identifier(record.name) for record in records)
        if not any(map(str.isalnum, given)):
            raise PipelineError(
                f"{given!r} cannot name a pipeline: files and functions are named after it, so it needs a letter or a "
                "digit. Give it another pipeline_name."
            )
        return cls(entries, given, checked, store, records)

    @classmethod
    def stored(cls, store: Store, name: str, version: int | None = None) -> Pipeline:
        """Find a pipeline again, with the versions of artifacts that it was stored with.

        Args:
            store: Where it is.
            name: Its name.
            version: Which one of that name; the newest by default.

        Raises:
            PipelineNotFoundError: There is none.
            ArtifactNotFoundError: One of its artifacts was deleted.
        """
        record = store.db.find_pipeline(name, version)
        found = cls.of(store, record.artifacts, record.name, record.dependencies)
        return replace(found, parameters=record.parameters, version=record.version)

    def save(self, input_parameters: Sequence[str] | None = None) -> Pipeline:
        """Store the pipeline, with the versions that its artifacts have now, for `get_pipeline` to find it.

        Args:
            input_parameters: Variables that become its parameters.

        Returns:
            The pipeline, with its version.

        Raises:
            ParameterError: A variable cannot be a parameter. Nothing was stored.
            StoreError: The store cannot be written. Nothing was stored.
        """
        parameters = self.parameters if input_parameters is None else tuple(input_parameters)
        self.module(parameters)  # what cannot be made is not stored
        record = PipelineRecord(
            name=self.name,
            version=0,
            date_created=datetime.now(UTC),
            artifacts=tuple((one.name, one.version) for one in self._records),
            dependencies=self.dependencies,
            parameters=parameters,
            user_name=user_name(),
        )
        self.version, self.parameters = self._store.db.save_pipeline(record).version, parameters
        return self

    @property
    def artifact_names(self) -> list[str]:
        """The names of its artifacts."""
        return [record.name for record in self._records]

    @property
    def slug(self) -> str:
        """The name as files and functions have it."""
        return identifier(self.name)

    def module(
        self,
        input_parameters: Sequence[str] | None = None,
        reuse: Sequence[Entry] = (),
        *,
        include_non_slice_as_comment: bool = False,
    ) -> Module:
        """The module that makes the artifacts.

        Args:
            input_parameters: Variables that are bound from a literal, and become parameters; by default its own.
            reuse: Artifacts that are loaded from the store instead of being made.
            include_non_slice_as_comment: Show the statements that are not needed as comments.

        Raises:
            ParameterError: A variable cannot be a parameter.
            PipelineError: An artifact that is to be reused is not used.
            DependencyError: The artifacts' sessions depend on one another in a circle.
        """
        sessions = _Sessions(
            self._store, self._records, _checked_entries(reuse, may_be_none=True), self.dependencies
        )
        parameters = self.parameters if input_parameters is None else input_parameters
        return make_module(sessions.requests(), list(parameters), comment_rest=include_non_slice_as_comment)

    def module_definition(
        self, input_parameters: Sequence[str] | None = None, reuse: Sequence[Entry] = ()
    ) -> str:
        """The text of that module. Arguments and errors as for `module`."""
        return module_text(self.module(input_parameters, reuse))

    def _repr_html_(self) -> str:
        """A card, for notebooks."""
        from lineapy.display.card import PipelineCard

        try:
            code = self.module_definition()
        except Exception as error:  # what else there is to see is shown all the same
            code = f"# The module cannot be made: {type(error).__name__}: {error}\n"
        before = {name: ", ".join(names) for name, names in self.dependencies.items()}
        about = "pipeline, not stored" if self.version is None else f"pipeline · version {self.version}"
        rows = [
            (one.name, str(one.version), one.value_type or "", before.get(one.name, ""))
            for one in self._records
        ]
        return PipelineCard(self.name, about, rows, self.parameters, code).html()

    def load(
        self, input_parameters: Sequence[str] | None = None, reuse: Sequence[Entry] = ()
    ) -> types.ModuleType:
        """That module, run. Arguments and errors as for `module`."""
        text = self.module_definition(input_parameters, reuse)
        file = f"<{self.slug}_module>"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)  # for tracebacks
        module = types.ModuleType(f"{self.slug}_module", f"Makes {', '.join(self.artifact_names)}.")
        exec(compile(text, file, "exec", dont_inherit=True), vars(module))
        return module

    def export(
        self,
        framework: str = "SCRIPT",
        output_dir: str | Path = ".",
        input_parameters: Sequence[str] | None = None,
        reuse_pre_computed_artifacts: Sequence[Entry] = (),
        generate_test: bool = False,
        pipeline_dag_config: Mapping[str, object] | None = None,
        include_non_slice_as_comment: bool = False,
        *,
        sweep: Mapping[str, Iterable[object]] | None = None,
        overwrite: bool = False,
    ) -> Path:
        """Write the pipeline's files: all of them, or none.

        Args:
            framework: What is to run it, such as ``"SCRIPT"`` or ``"AIRFLOW"``.
            output_dir: The folder; ``~`` stands for the home folder, and it is made if it is not there.
            input_parameters: Variables that are bound from a literal, and become parameters; by default its own.
            reuse_pre_computed_artifacts: Artifacts that are loaded from the store instead of being made.
            generate_test: Write tests as well, which compare what the module makes with the stored values.
            pipeline_dag_config: Options of the framework; see the page on pipelines.
            include_non_slice_as_comment: Show the statements that are not needed as comments.
            sweep: For variables that can be parameters, values that are all tried, in branches of their own.
            overwrite: Replace files also if they were edited since they were written.

        Returns:
            The folder.

        Raises:
            ParameterError: A variable cannot be a parameter.
            DependencyError: The artifacts' sessions depend on one another in a circle.
            PipelineOptionError: The framework has no such option, or not with this value.
            PipelineFileError: A file would replace one that was edited, or cannot be written.
            PipelineError: There is no such framework, or an artifact that is to be reused is not used.
        """
        from lineapy.pipelines.frameworks import framework_named
        from lineapy.pipelines.options import checked
        from lineapy.pipelines.writing import write_together

        target = framework_named(framework)
        options = checked(target.options, target.name, pipeline_dag_config or {})
        branches = _checked_sweep(sweep or {}, target)
        parameters = list(self.parameters if input_parameters is None else input_parameters)
        module = self.module(
            [*parameters, *(name for name in branches if name not in parameters)],
            reuse_pre_computed_artifacts,
            include_non_slice_as_comment=include_non_slice_as_comment,
        )
        folder = Path(output_dir).expanduser()
        plan = self._plan(module, reuse_pre_computed_artifacts, branches, with_samples=generate_test)
        write_together(folder, target.files(plan, options), overwrite=overwrite)
        return folder

    def _plan(
        self, module: Module, reuse: Sequence[Entry], sweep: Mapping[str, list[Any]], *, with_samples: bool
    ) -> PipelinePlan:
        from lineapy.pipelines.plan import PipelinePlan
        from lineapy.pipelines.requirements import requirements_of, with_extras

        text = module_text(module)
        samples = None
        if with_samples:
            found = {record.name: LineaArtifact.from_record(record, self._store) for record in self._records}
            samples = {name: artifact.get_value() for name, artifact in found.items()}
        return PipelinePlan(
            name=self.slug,
            artifacts=tuple(self.artifact_names),
            module=module,
            text=text,
            requirements=tuple(with_extras(line, self._extras(reuse)) for line in requirements_of(text)),
            python=f"{sys.version_info.major}.{sys.version_info.minor}",
            samples=samples,
            dependencies=self.dependencies,
            sweep=sweep,
            numbers=frozenset(record.name for record in self._records if self._is_number(record)),
            frames=frozenset(record.name for record in self._records if record.value_type == "dataset"),
        )

    def _extras(self, reuse: Sequence[Entry]) -> list[str]:
        """What LineaPy has to be installed with where artifacts are loaded."""
        from lineapy.storage.places import extra_for

        records = [find_record(self._store, *_name_and_version(entry)) for entry in reuse]
        found = {extra_for(record.value.location) for record in records}
        found |= {"arrow" for record in records if record.value.format == "arrow"}
        if records and self._store.config.database_url.startswith("postgresql"):
            found.add("postgres")
        return sorted(filter(None, found))

    def _is_number(self, record: ArtifactRecord) -> bool:
        """Whether an artifact is one; what could run code when it is loaded is so only if it is the user's own."""
        if record.value.size > _LARGEST_NUMBER:
            return False
        if record.value.format != "json" and record.user_name != user_name():
            return False
        value = LineaArtifact.from_record(record, self._store).get_value()
        return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _checked_sweep(given: Mapping[str, Iterable[object]], framework: Framework) -> dict[str, list[Any]]:
    if given and not framework.sweeps:
        raise PipelineError(
            f"The framework {framework.name} runs one task after the other, so it has no sweep. Choose AIRFLOW, RAY or "
            "another one that has tasks. Nothing was written."
        )
    found: dict[str, list[Any]] = {}
    for name, values in given.items():
        if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
            raise ParameterError(
                f"The sweep gives {name!r} {values!r}. Give a list of the values to try, such as [{values!r}]."
            )
        found[name] = list(values)
        if not found[name]:
            raise ParameterError(
                f"The sweep gives {name!r} no value to try. Give at least one, or leave it out."
            )
    return found


def _checked_entries(given: Sequence[Entry], *, may_be_none: bool = False) -> list[Entry]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise PipelineError(f"Give the artifacts as a list, such as [{given!r}].")
    entries: list[Any] = list(given)
    for entry in entries:
        is_pair = isinstance(entry, tuple | list) and len(entry) == 2 and isinstance(entry[0], str)
        if not isinstance(entry, str) and not is_pair:
            raise PipelineError(f"{entry!r} names no artifact. Give its name, or (name, version).")
    names = [_name_and_version(entry)[0] for entry in entries]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise PipelineError(
            f"The artifact {twice!r} is given more than once, and its value could not be told from the other by its "
            "name. Give each artifact once; another version of it can go into another pipeline."
        )
    if not entries and not may_be_none:
        raise PipelineError("There is no artifact to make. Give the name of at least one.")
    return entries


def _name_and_version(entry: Entry) -> tuple[str, int | None]:
    return (entry, None) if isinstance(entry, str) else (entry[0], entry[1])


def _checked_dependencies(given: Dependencies, names: Collection[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for artifact, earlier in given.items():
        needed = [earlier] if isinstance(earlier, str) else list(earlier)
        found[_name_and_version(artifact)[0]] = [_name_and_version(entry)[0] for entry in needed]
    for artifact, needed in found.items():
        for name in (artifact, *needed):
            if name not in names:
                raise DependencyError(
                    f"The dependencies name {name!r}, which is none of the pipeline's artifacts "
                    f"({', '.join(map(repr, names))}). Add it to them, or take it out of the dependencies."
                )
    try:
        TopologicalSorter(found).prepare()
    except CycleError as error:
        raise DependencyError(
            f"The dependencies go in a circle: {_circle(error.args[1])}. Leave one out."
        ) from None
    return found


def _circle(names: Sequence[str]) -> str:
    return " needs ".join(map(repr, reversed(names)))


class _Sessions:
    """The sessions that artifacts come from, in an order in which they can run."""

    def __init__(
        self,
        store: Store,
        records: Sequence[ArtifactRecord],
        reuse: Sequence[Entry],
        dependencies: Mapping[str, Sequence[str]],
    ) -> None:
        self.store, self.records, self.dependencies = store, records, dependencies
        self.by_session: dict[SessionId, list[ArtifactRecord]] = {}
        for record in records:
            self.by_session.setdefault(record.session_id, []).append(record)
        self.of_artifact = {record.name: record for record in records}
        self.loading: dict[str, str] = {}
        for entry in reuse:
            name, version = _name_and_version(entry)
            found = find_record(store, name, version)
            self.loading[name] = f"lineapy.get({name!r}, {found.version}).get_value()".replace("'", '"')

    def requests(self) -> list[SessionRequest]:
        found = {session: self._request(session) for session in self.by_session}
        used = {value.name for request in found.values() for value in (*request.given, *request.wanted)}
        unused = next((name for name in self.loading if name not in used), None)
        if unused is not None:
            raise PipelineError(
                f"{unused!r} cannot be reused: none of the artifacts is it, or was made in a session that saved it. "
                "Leave it out of reuse_pre_computed_artifacts."
            )
        return [found[session] for session in self._in_order(found)]

    def _request(self, session: SessionId) -> SessionRequest:
        records = self.by_session[session]
        artifact = LineaArtifact.from_record(records[0], self.store)
        sliced = artifact._slice
        code = SessionCode(sliced.graph, sliced.statements, sliced.texts)
        saved = self.store.db.artifacts(search=Search(session_id=session))
        targets = {record.id: Target.from_json(record.target) for record in (*saved, *records)}
        last = {targets[record.id].place: record.id for record in saved}
        wanted = [
            Wanted(r.name, targets[r.id], self.loading.get(r.name), last.get(targets[r.id].place) == r.id)
            for r in records
        ]
        names = {record.name for record in records}
        given = [
            Wanted(record.name, targets[record.id], self.loading[record.name])
            for record in saved
            if record.name in self.loading and record.name not in names
        ]
        before = max(record.id for record in records)

        def find(name: str, version: int | None) -> str | None:
            """An artifact of another session of the pipeline, if that is what was loaded."""
            record = self.of_artifact.get(name)
            if record is None or record.session_id == session:
                return None
            loaded = version if version is not None else self._newest_before(name, before)
            return name if loaded == record.version else None

        return SessionRequest(code, wanted, given, find)

    def _newest_before(self, name: str, record_id: int) -> int | None:
        """The version that was the newest when an artifact was saved."""
        for version in reversed(self.store.db.versions(name)):
            if self.store.db.find_artifact(name, version).id < record_id:
                return version
        return None

    def _in_order(self, requests: Mapping[SessionId, SessionRequest]) -> Iterator[SessionId]:
        from lineapy.modules.lineage import loaded_artifacts

        needs: dict[SessionId, dict[SessionId, str]] = {session: {} for session in self.by_session}
        for session, request in requests.items():
            assert request.find is not None
            for name in loaded_artifacts(request.code, request.find):
                needs[session][self.of_artifact[name].session_id] = name
        for artifact, earlier in self.dependencies.items():
            session = self.of_artifact[artifact].session_id
            for name in earlier:
                if self.of_artifact[name].session_id != session:
                    needs[session].setdefault(self.of_artifact[name].session_id, name)
        sorter = TopologicalSorter({session: list(earlier) for session, earlier in needs.items()})
        try:
            yield from sorter.static_order()
        except CycleError as error:
            names = [self.by_session[session][0].name for session in error.args[1]]
            raise DependencyError(
                f"The sessions of these artifacts need each other: {_circle(names)}. A module runs each session as a "
                "whole. Leave one of the artifacts out, or the dependency that asks for this order."
            ) from None
