"""The functions that users call. Thin: each finds the session or store at hand, and asks it."""

from __future__ import annotations

import atexit
import builtins
import logging
import sys
from typing import TYPE_CHECKING, Any, cast

from lineapy.artifacts import LineaArtifact, LineaArtifactStore, check_name, find_record
from lineapy.display.progress import progress
from lineapy.errors import (
    ArtifactNotFoundError,
    ArtifactSaveError,
    NoSuchFileError,
    NothingWrittenError,
    NotTracedError,
    UnserializableValueError,
)
from lineapy.live_options import options
from lineapy.session import Remarks, current
from lineapy.store import Store
from lineapy.tags import checked
from lineapy.tracing.hooks import unobserved

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path
    from types import FrameType, ModuleType

    from lineapy.display.drawing import Drawing
    from lineapy.pipeline import Dependencies, Entry, Pipeline
    from lineapy.session import Session

_logger = logging.getLogger(__name__)


def save(
    reference: object,
    name: str,
    storage_backend: str | None = None,
    *,
    notes: str | None = None,
    tags: Iterable[str] = (),
    **kwargs: Any,
) -> LineaArtifact | None:
    """Store a value as an artifact, together with the code that made it.

    Saving under a name that is taken makes a new version. The value is stored first, then everything about it in one
    transaction: whatever happens meanwhile, there is never an artifact without its value.

    Args:
        reference: Any value that can be pickled: a variable, or any expression. A `pathlib.Path` saves the file it
            leads to, with the code that wrote it; `lineapy.file_system` and `lineapy.db` stand for every statement that
            wrote a file, or a database.
        name: The artifact's name, any text.
        storage_backend: None or ``"lineapy"``.
        notes: What is to be remembered about this version, any text.
        tags: Names for this version, by which `get` finds it. A tag stands for one version of an artifact: one that
            another version has, moves.
        **kwargs: For other storage backends; there are none yet.

    Returns:
        The artifact; None if the value is a module, which is reported on standard error while the program goes on,
        and None in a worker process that `multiprocessing` has spawned and that only imports the script again.

    Raises:
        NotTracedError: The program is not traced.
        NoSuchFileError: A `pathlib.Path` was given that leads to no file. Nothing was stored.
        NothingWrittenError: `lineapy.file_system` or `lineapy.db` was given, which stand for every statement that wrote
            a file or a database, and no statement did. Nothing was stored.
        UnserializableValueError: The value cannot be pickled, as a generator or a lock. Nothing was stored.
        TagError: A tag could be taken for a number or for ``"latest"``. Nothing was stored.
        ArtifactSaveError: The name is no text, the notes are none, or the storage backend does not exist.
        StoreError: The store cannot be written. Nothing was stored.

    Example:
        >>> save([1, 2], "limits")
        Traceback (most recent call last):
        lineapy.errors.NotTracedError: lineapy.save() works only in a traced program...
    """
    session = current()
    frame = sys._getframe(1)
    if session is None:
        if _imports_main_again(frame):
            return None
        raise NotTracedError(_how_to_trace(sys.argv[0] if sys.argv else ""))
    if storage_backend not in (None, "lineapy") or kwargs:
        given = (
            f"storage_backend={storage_backend!r}"
            if storage_backend not in (None, "lineapy")
            else ", ".join(kwargs)
        )
        raise ArtifactSaveError(
            f"lineapy.save() cannot use {given}: this version stores values in LineaPy's own storage only. Leave it "
            "out."
        )
    check_name(name)
    if notes is not None and not isinstance(notes, str):
        raise ArtifactSaveError(
            f"The notes on an artifact are a text, not {notes!r}. Write lineapy.save(value, 'name', notes='…')."
        )
    remarks = Remarks(notes, checked(tags))
    try:
        with unobserved(), progress(f"saving {name!r}", lambda: session.store.written):
            record = session.save(reference, name, frame, remarks)
    except (NoSuchFileError, NothingWrittenError, UnserializableValueError):
        raise
    except ArtifactSaveError as error:
        # A module. The program is not wrong for it, so it goes on.
        _report(error, frame)
        return None
    # What LineaPy itself writes is no work of the program, the log included.
    session.recorder.resources.noise.add_folder(str(options.config().home_dir))
    _logger.info("saved artifact %r version %d in %s", name, record.version, record.value.location)
    if session.store.fallback is not None:
        _report(
            f"{name!r} version {record.version} is not where it was to be: {session.store.fallback}", frame
        )
    return LineaArtifact.from_record(record, session.store)


def get(artifact_name: str, version: float | str | None = None) -> LineaArtifact:
    """Find an artifact by name. Works in any Python program, traced or not.

    Args:
        artifact_name: Its name.
        version: A version, or a tag of one; None or ``"latest"`` for the newest.

    Returns:
        The artifact; its value is loaded when asked for.

    Raises:
        ArtifactNotFoundError: There is none of that name or version.
        TagNotFoundError: No version has that tag.
        ArtifactVersionError: The version cannot be understood.

    Example:
        >>> get("no such thing", version=3)
        Traceback (most recent call last):
        lineapy.errors.ArtifactNotFoundError: ...
    """
    store = _store()
    _check_wanted(artifact_name)
    with unobserved():
        record = find_record(store, artifact_name, version)
        artifact = LineaArtifact.from_record(record, store)
        artifact.warn_of_other_python()
    return artifact


def delete(artifact_name: str, version: float | str) -> None:
    """Delete one version of an artifact, the newest, or all.

    A value that another artifact shares is kept.

    Args:
        artifact_name: Its name.
        version: A version or a tag of one, ``"latest"`` or ``"all"``.

    Raises:
        ArtifactNotFoundError: There is none of that name or version.
        ArtifactVersionError: The version cannot be understood.

    Example:
        >>> delete("no such thing", version="all")
        Traceback (most recent call last):
        lineapy.errors.ArtifactNotFoundError: ...
    """
    store = _store()
    _check_wanted(artifact_name)
    if isinstance(version, str) and version.strip().lower() == "all":
        versions = store.db.versions(artifact_name) or [store.db.find_artifact(artifact_name).version]
    else:
        versions = [find_record(store, artifact_name, version).version]
    store.db.delete_artifacts(artifact_name, versions)


def artifact_store() -> LineaArtifactStore:
    """All artifacts. Works in any Python program, traced or not.

    Returns:
        The artifacts, oldest first; a table when shown in a terminal or notebook.

    Example:
        >>> artifact_store().len >= 0
        True
    """
    return LineaArtifactStore(_store())


def to_pipeline(
    artifacts: Sequence[Entry],
    framework: str = "SCRIPT",
    pipeline_name: str | None = None,
    dependencies: Dependencies | None = None,
    output_dir: str | Path = ".",
    input_parameters: Sequence[str] = (),
    reuse_pre_computed_artifacts: Sequence[Entry] = (),
    generate_test: bool = False,
    pipeline_dag_config: Mapping[str, object] | None = None,
    include_non_slice_as_comment: bool = False,
    *,
    sweep: Mapping[str, Iterable[object]] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a pipeline that makes artifacts, and what it takes to run it elsewhere; `get_pipeline` finds it again.

    Args:
        artifacts: Names of artifacts, or pairs of name and version.
        framework: What is to run it: ``"SCRIPT"``, Python alone, or ``"AIRFLOW"``.
        pipeline_name: What its files are named after; by default made of the artifacts' names.
        dependencies: For artifacts, those that have to be made before, such as ``{"report": {"model"}}``. What one
            artifact's code loads of the others by `get` is found without being told.
        output_dir: Where the files go; the folder is made if it is not there.
        input_parameters: Variables that are bound from a literal in the artifacts' code; they become parameters.
        reuse_pre_computed_artifacts: Artifacts that are loaded from the store instead of being made.
        generate_test: Write tests as well, which compare what the pipeline makes with the stored values.
        pipeline_dag_config: Options of the framework, such as ``{"retries": 3}``.
        include_non_slice_as_comment: Show the statements that are not needed as comments.
        sweep: For variables that can be parameters, values that are all tried, in branches of their own that run side
            by side: ``{"alpha": [0.1, 0.2, 0.3]}``.
        overwrite: Replace files also if they were edited since they were written.

    Returns:
        The folder: in it a module, its requirements, a Dockerfile and a README.

    Raises:
        ArtifactNotFoundError: There is no artifact of that name or version.
        ParameterError: A variable cannot be a parameter; the error says why, and which can.
        DependencyError: A dependency is on something else, or they go in a circle.
        PipelineOptionError: The framework has no such option, or not with this value; the error lists what it has.
        PipelineFileError: A file would replace one that was edited, or cannot be written. Nothing was written.
        PipelineError: The artifacts cannot make a pipeline for another reason, which it says.

    Example:
        >>> to_pipeline([])
        Traceback (most recent call last):
        lineapy.errors.PipelineError: There is no artifact to make. Give the name of at least one.
    """
    with unobserved():
        pipeline = _pipeline(artifacts, pipeline_name, dependencies)
        folder = pipeline.export(
            framework,
            output_dir,
            input_parameters,
            reuse_pre_computed_artifacts,
            generate_test,
            pipeline_dag_config,
            include_non_slice_as_comment,
            sweep=sweep,
            overwrite=overwrite,
        )
        pipeline.save(input_parameters)
        return folder


def create_pipeline(
    artifacts: Sequence[Entry],
    pipeline_name: str | None = None,
    dependencies: Dependencies | None = None,
    persist: bool = False,
) -> Pipeline:
    """Put artifacts together that are made together, for `Pipeline.export` to write the files.

    Args:
        artifacts, pipeline_name, dependencies: As for `to_pipeline`.
        persist: Store it, so that `get_pipeline` finds it.

    Raises:
        ArtifactNotFoundError: There is no artifact of that name or version.
        DependencyError: A dependency is on something else, or they go in a circle.
        PipelineError: There is no artifact, one is named twice, or the name is none.

    Example:
        >>> create_pipeline(["a", "a"])
        Traceback (most recent call last):
        lineapy.errors.PipelineError: The artifact 'a' is given more than once...
    """
    with unobserved():
        pipeline = _pipeline(artifacts, pipeline_name, dependencies)
        return pipeline.save() if persist else pipeline


def get_pipeline(name: str, version: int | None = None) -> Pipeline:
    """Find a pipeline that was stored, with the versions of artifacts, dependencies and parameters it had then.

    Args:
        name: Its name.
        version: Which one of that name, counted from 0; the newest by default.

    Raises:
        PipelineNotFoundError: There is none of that name or version.
        ArtifactNotFoundError: One of its artifacts was deleted.

    Example:
        >>> get_pipeline("no such pipeline")
        Traceback (most recent call last):
        lineapy.errors.PipelineNotFoundError: There is no pipeline 'no such pipeline'...
    """
    from lineapy.pipeline import Pipeline

    with unobserved():
        return Pipeline.stored(_store(), name, version)


def get_module_definition(
    artifacts: Sequence[Entry],
    input_parameters: Sequence[str] = (),
    reuse_pre_computed_artifacts: Sequence[Entry] = (),
) -> str:
    """Write a Python module that makes artifacts, from the slices of their code.

    The artifacts become functions: ``get_<artifact>()``, and where several need the same values, functions that make
    those once. ``run_session_including_<artifact>()`` calls what one session needs, ``run_all_sessions()`` everything;
    both return a dictionary of values by name. Run as a program, the module prints that.

    Args:
        artifacts: Names of artifacts, or pairs of name and version.
        input_parameters: Variables that are bound from a literal in the artifacts' code (numbers, text, booleans, None,
            lists, dicts, tuples, dates, paths); they become parameters, with their value as the default.
        reuse_pre_computed_artifacts: Artifacts that are loaded from the store instead of being made, also where
            others need them; what only they need is left out.

    Returns:
        The text of the module.

    Raises:
        ArtifactNotFoundError: There is no artifact of that name or version.
        ParameterError: A variable cannot be a parameter; the error says why, and which can.
        DependencyError: The artifacts' sessions load each other's artifacts in a circle.
        PipelineError: The artifacts cannot make a module for another reason, which it says.

    Example:
        >>> get_module_definition(["no such artifact"])
        Traceback (most recent call last):
        lineapy.errors.ArtifactNotFoundError: ...
    """
    with unobserved():
        return _pipeline(artifacts).module_definition(input_parameters, reuse_pre_computed_artifacts)


def get_module(
    artifacts: Sequence[Entry],
    input_parameters: Sequence[str] = (),
    reuse_pre_computed_artifacts: Sequence[Entry] = (),
) -> ModuleType:
    """Make the module that `get_module_definition` writes, and import it.

    Arguments and errors are those of `get_module_definition`.

    Example:
        >>> get_module(["no such artifact"])
        Traceback (most recent call last):
        lineapy.errors.ArtifactNotFoundError: ...
    """
    with unobserved():
        return _pipeline(artifacts).load(input_parameters, reuse_pre_computed_artifacts)


def get_function(
    artifacts: Sequence[Entry],
    input_parameters: Sequence[str] = (),
    reuse_pre_computed_artifacts: Sequence[Entry] = (),
) -> Callable[..., dict[str, Any]]:
    """Make a function that makes artifacts: ``run_all_sessions`` of what `get_module` returns.

    Arguments and errors are those of `get_module_definition`.

    Returns:
        A function of the parameters, by keyword, that returns the artifacts' values by name.

    Example:
        >>> get_function(["no such artifact"])
        Traceback (most recent call last):
        lineapy.errors.ArtifactNotFoundError: ...
    """
    module = get_module(artifacts, input_parameters, reuse_pre_computed_artifacts)
    return cast("Callable[..., dict[str, Any]]", module.run_all_sessions)


def tag(name: str) -> None:
    """Do nothing. Programs written for earlier versions may call it; LineaPy does not track usage.

    Args:
        name: Ignored.

    Example:
        >>> tag("demo")
    """


def visualize(path: str | os.PathLike[str] | None = None, *, live: bool = False) -> None:
    """Draw the session so far: its statements, the variables that go from one to another, and its artifacts.

    Args:
        path: A file to draw to; its ending, ``.svg``, ``.html``, ``.png`` or ``.pdf``, says how. By default, the graph
            is shown in the notebook.
        live: Draw it anew after each cell, in the same place.

    Raises:
        NotTracedError: Nothing is being traced.
        DisplayError: There is no path, and this is no notebook; or the path has another ending.
        MissingExtraError: PNG and PDF are drawn by matplotlib, and it is not installed.

    Example:
        >>> visualize("session.svg")
        Traceback (most recent call last):
        lineapy.errors.NotTracedError: lineapy.visualize() draws the program ...
    """
    session = current()
    if session is None:
        raise NotTracedError(
            "lineapy.visualize() draws the program that is being traced, and this one is not. In a notebook, write "
            "%load_ext lineapy in the first cell; run a script with lineapy python. What was saved earlier is drawn by "
            "lineapy.get(name).visualize()."
        )
    from lineapy.display.show import show, show_live

    with unobserved():
        if live and path is None:
            show_live(lambda: _drawing(session))
        else:
            show(_drawing(session), path)


def _drawing(session: Session) -> Drawing:
    from lineapy.db.records import Search
    from lineapy.display.session_graph import Shown, session_drawing
    from lineapy.slicing.target import Target

    saved = session.store.db.artifacts(search=Search(session_id=session.id)) if session.has_saved else []
    artifacts = [Shown(one.name, one.version, Target.from_json(one.target)) for one in saved]
    return session_drawing(
        "this session", session.recorder.graph, session.statements, session.texts, artifacts
    )


def pause() -> None:
    """Trace no cell of this notebook from the next one on: it runs as without LineaPy.

    Variables that such cells bind or change stay known: what the cells did is taken from their text, which makes slices
    larger than need be. Files that they write are not known.

    Raises:
        NotTracedError: No notebook is being traced.

    Example:
        >>> pause()
        Traceback (most recent call last):
        lineapy.errors.NotTracedError: lineapy.pause() is for notebooks ...
    """
    _notebook("pause").is_paused = True


def resume() -> None:
    """Trace cells again, from the next one on, after `pause`.

    Raises:
        NotTracedError: No notebook is being traced.

    Example:
        >>> resume()
        Traceback (most recent call last):
        lineapy.errors.NotTracedError: lineapy.resume() is for notebooks ...
    """
    _notebook("resume").is_paused = False


def _notebook(function: str) -> Session:
    session = current()
    if session is None or session.kind != "JUPYTER":
        raise NotTracedError(
            f"lineapy.{function}() is for notebooks that are traced, cell by cell, and this program is none. In a "
            "notebook, write %load_ext lineapy in the first cell."
        )
    return session


def _is_executing() -> bool:
    """Whether a traced program is running.

    Example:
        >>> _is_executing()
        False
    """
    return current() is not None


def store_of_session() -> Store:
    """The store for a session that begins now. What is wrong with the options is found now, not at the first save.

    Nothing is created, and if nothing is configured, nothing is read or imported either.

    Raises:
        ConfigurationError: An option is wrong.
        DatabaseUnreachableError: The database cannot be reached, and `database_fallback` is off.
    """
    store = Store(options.config)
    if not options.nothing_is_set() and not options.config().has_default_database:
        # Whoever needs another database learns now that it is not there. A relative path counts from this folder.
        _ = store.db
    return store


#: Opened once: connections are to be closed when the program ends, not when garbage is collected.
_opened: Store | None = None


def _pipeline(
    artifacts: Sequence[Entry], name: str | None = None, dependencies: Dependencies | None = None
) -> Pipeline:
    from lineapy.pipeline import Pipeline  # most programs make none

    return Pipeline.of(_store(), artifacts, name, dependencies)


def _store() -> Store:
    global _opened
    session = current()
    if session is not None:
        return session.store
    config = options.config()
    if _opened is None or _opened.config is not config:
        _opened = Store(lambda: config)
        atexit.register(_opened.close)
    return _opened


def _check_wanted(name: object) -> None:
    if not isinstance(name, str):
        raise ArtifactNotFoundError(
            f"There is no artifact {name!r}: the name of an artifact is a text. See lineapy.artifact_store() for all "
            "artifacts."
        )


def _imports_main_again(frame: FrameType | None) -> bool:
    """Whether a spawned worker process is running the script's top level, to find the functions it is to call.

    The script itself was traced and has saved, in the process that it was started in.
    """
    while frame is not None:
        if frame.f_globals.get("__name__") == "__mp_main__" and frame.f_code.co_name == "<module>":
            return True
        frame = frame.f_back
    return False


def _report(message: object, frame: FrameType) -> None:
    """Say something to the user without stopping the program. Not logged: who has set up logging may see no log."""
    where = f"{frame.f_code.co_filename}:{frame.f_lineno}"
    print(f"{where}: lineapy.save: {message}", file=sys.stderr)  # noqa: T201


def _how_to_trace(script: str) -> str:
    if "__mp_main__" in sys.modules:
        return (
            "lineapy.save() works only in a traced program, and this is a worker process: what it does is no part of "
            "the code that is traced. Return the value from the worker, and save it in the script."
        )
    if "IPython" in sys.modules and getattr(builtins, "get_ipython", None) is not None:
        return (
            "lineapy.save() works only in a traced notebook, because an artifact includes the code that made it, and "
            "this one is not traced. Load LineaPy in the first cell:  %load_ext lineapy"
        )
    command = f"lineapy python {script}" if script.endswith(".py") else "lineapy python your_script.py"
    return (
        "lineapy.save() works only in a traced program, because an artifact includes the code that made it, and this "
        f"program is not traced. Run it with:  {command}"
    )
