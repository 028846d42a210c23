"""The functions that users call. Thin: each finds the session or store at hand, and asks it."""

from __future__ import annotations

import atexit
import logging
import sys
from typing import TYPE_CHECKING, Any

from lineapy.artifacts import LineaArtifact, LineaArtifactStore, parse_version
from lineapy.errors import (
    ArtifactNotFoundError,
    ArtifactSaveError,
    NoSuchFileError,
    NothingWrittenError,
    NotTracedError,
    UnserializableValueError,
)
from lineapy.live_options import options
from lineapy.session import current
from lineapy.store import Store
from lineapy.tracing.hooks import unobserved

if TYPE_CHECKING:
    from types import FrameType

_logger = logging.getLogger(__name__)


def save(
    reference: object, name: str, storage_backend: str | None = None, **kwargs: Any
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
        ArtifactSaveError: The name is no text, or the storage backend does not exist.
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
    _check_name(name)
    try:
        with unobserved():
            record = session.save(reference, name, frame)
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
        version: A version, or None or ``"latest"`` for the newest.

    Returns:
        The artifact; its value is loaded when asked for.

    Raises:
        ArtifactNotFoundError: There is none of that name or version.
        ArtifactVersionError: The version cannot be understood.

    Example:
        >>> get("no such thing", version=3)
        Traceback (most recent call last):
        lineapy.errors.ArtifactNotFoundError: ...
    """
    store = _store()
    _check_wanted(artifact_name)
    with unobserved():
        record = store.db.find_artifact(artifact_name, parse_version(version))
        artifact = LineaArtifact.from_record(record, store)
        artifact.warn_of_other_python()
    return artifact


def delete(artifact_name: str, version: float | str) -> None:
    """Delete one version of an artifact, the newest, or all.

    A value that another artifact shares is kept.

    Args:
        artifact_name: Its name.
        version: A version, ``"latest"`` or ``"all"``.

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
        number = parse_version(version)
        versions = [store.db.find_artifact(artifact_name).version if number is None else number]
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


def tag(name: str) -> None:
    """Do nothing. Programs written for earlier versions may call it; LineaPy does not track usage.

    Args:
        name: Ignored.

    Example:
        >>> tag("demo")
    """


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


def _check_name(name: object) -> None:
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
    command = f"lineapy python {script}" if script.endswith(".py") else "lineapy python your_script.py"
    return (
        "lineapy.save() works only in a traced program, because an artifact includes the code that made it, and this "
        f"program is not traced. Run it with:  {command}"
    )
