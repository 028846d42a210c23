"""Every error LineaPy raises on its own behalf, in one tree.

::

    LineaError
    ├── NotTracedError            save() was called, but nothing is being traced        (RuntimeError)
    ├── ArtifactNotFoundError     no artifact of that name or version                   (NameError)
    │   └── TagNotFoundError            no version has that tag               (also an ArtifactVersionError)
    ├── ArtifactVersionError      a version that cannot be understood                   (ValueError)
    ├── SearchError               what was searched for cannot be understood            (ValueError)
    ├── PipelineNotFoundError     no pipeline of that name or version                   (NameError)
    ├── SessionNotFoundError      no session of that id                                 (LookupError)
    ├── ArtifactSaveError         an artifact cannot be stored as it was asked for
    │   ├── NoSuchFileError             a path leads to no file                         (FileNotFoundError)
    │   ├── TagError                    a tag that could be taken for something else    (ValueError)
    │   ├── NothingWrittenError         nothing wrote what lineapy.file_system or lineapy.db stands for
    │   └── UnserializableValueError    no serializer can write it                      (TypeError)
    ├── StoreError                metadata or values cannot be read or written
    │   ├── ValueMissingError           the file of a value is gone                     (FileNotFoundError)
    │   ├── DigestMismatchError         the bytes of a value are not the ones saved
    │   ├── UnreadableValueError        the bytes are right but cannot be turned back into a value
    │   ├── UntrustedFormatError        loading could run code, and `trusted_types_only` is set
    │   ├── DatabaseUnreachableError    the database server does not answer, or refuses us  (ConnectionError)
    │   ├── SchemaTooNewError           the database was written by a newer LineaPy
    │   ├── SchemaTooOldError           the database was written by an older LineaPy, and others share it
    │   └── StoreConflictError          two stores cannot become one: they give one name to different things
    ├── ConfigurationError        an option has a wrong name or value                   (ValueError)
    │   ├── MissingExtraError           an option needs a package that is not installed     (ImportError)
    │   └── StoreInUseError             a script that has saved cannot change its store
    ├── KnowledgeFileError        a file about library calls is wrong                   (ValueError)
    ├── PipelineError             artifacts cannot be made into a module or pipeline    (ValueError)
    │   ├── ParameterError              a variable cannot be a parameter of it
    │   ├── PipelineOptionError         an option of its framework has a wrong name or value
    │   ├── PipelineFileError           its files cannot be written, or would replace somebody's own
    │   └── DependencyError             artifacts cannot be made in the order that was asked for
    ├── DisplayError              a graph cannot be shown or written as it was asked for  (RuntimeError)
    ├── ScriptError               a script given on the command line cannot be used
    └── VerificationError         code run again in a fresh interpreter failed

    LineaWarning              something works, but not as was asked for                 (UserWarning)
    ├── FallbackWarning           another database is used than the one that was named
    └── StoreLocationWarning      the two halves of the store were not set together

Where a user of plain Python would expect a built-in exception, the class in brackets is a base too, so an
existing ``except NameError:`` keeps working. Each message says what happened, why, and what to do about it.
Exceptions that the user's own code raises are never wrapped.
"""

from __future__ import annotations


class LineaError(Exception):
    """Base of every error that LineaPy raises on its own behalf."""


class NotTracedError(LineaError, RuntimeError):
    """`lineapy.save` was called in a program that LineaPy is not tracing."""


class ArtifactNotFoundError(LineaError, NameError):
    """No artifact has this name, or not in this version."""


class ArtifactVersionError(LineaError, ValueError):
    """A version is neither a whole number of 0 or more nor ``"latest"`` (nor, for deleting, ``"all"``)."""


class TagNotFoundError(ArtifactNotFoundError, ArtifactVersionError):
    """There is an artifact of this name, but no version of it has this tag."""


class SearchError(LineaError, ValueError):
    """What artifacts are searched by has a wrong type or value."""


class PipelineNotFoundError(LineaError, NameError):
    """No pipeline has that name or version."""


class SessionNotFoundError(LineaError, LookupError):
    """No session has this id, or several have ids that begin like this."""


class ArtifactSaveError(LineaError):
    """An artifact cannot be stored as it was asked for."""


class TagError(ArtifactSaveError, ValueError):
    """A tag is no text, or one that could be taken for a number or for ``"latest"``."""


class UnserializableValueError(ArtifactSaveError, TypeError):
    """No serializer can turn the value into bytes."""


class NothingWrittenError(ArtifactSaveError):
    """`lineapy.file_system` or `lineapy.db` was to be saved, but the program has written no file, or no database."""


class NoSuchFileError(ArtifactSaveError, FileNotFoundError):
    """A `pathlib.Path` was to be saved, but leads to no file."""


class StoreError(LineaError):
    """Metadata or values cannot be read or written."""


class ValueMissingError(StoreError, FileNotFoundError):
    """The database knows the value, but its file is gone."""


class DigestMismatchError(StoreError):
    """The bytes in storage are not the bytes that were saved; they are not loaded."""


class UnreadableValueError(StoreError):
    """The bytes are those that were saved, but they cannot be turned back into a value here."""


class UntrustedFormatError(StoreError):
    """Loading the value could run code that came with it, and the option `trusted_types_only` forbids that."""


class DatabaseUnreachableError(StoreError, ConnectionError):
    """The database server does not answer, or does not let us in."""


class SchemaTooNewError(StoreError):
    """The database was written by a newer LineaPy than this one."""


class SchemaTooOldError(StoreError):
    """The database was written by an older LineaPy; it is shared, so it is upgraded only on request."""


class StoreConflictError(StoreError):
    """One store cannot be copied into another: they give the same name and version to different things."""


class ConfigurationError(LineaError, ValueError):
    """An option has a wrong name or a wrong value."""


class MissingExtraError(ConfigurationError, ImportError):
    """An option asks for something that needs a package which is not installed; the message names the extra."""


class StoreInUseError(ConfigurationError):
    """A script that has saved something cannot change its store: its artifacts would be scattered."""


class KnowledgeFileError(LineaError, ValueError):
    """A YAML file about what library calls do is wrong."""


class PipelineError(LineaError, ValueError):
    """Artifacts cannot be made into a module or a pipeline as it was asked for."""


class ParameterError(PipelineError):
    """A variable cannot be a parameter of a module or pipeline."""


class PipelineOptionError(PipelineError):
    """An option in ``pipeline_dag_config`` has a wrong name or a wrong value."""


class PipelineFileError(PipelineError):
    """A pipeline's files cannot be written, or would replace somebody's own work."""


class DependencyError(PipelineError):
    """Artifacts cannot be made in the order that was asked for."""


class DisplayError(LineaError, RuntimeError):
    """A graph cannot be shown, or not be written as it was asked for."""


class ScriptError(LineaError):
    """A script, or an expression about it, given on the command line cannot be used."""


class VerificationError(LineaError):
    """Code that was run again in a fresh interpreter failed, or its value could not be brought back."""


class LineaWarning(UserWarning):
    """Base of every warning that LineaPy gives on its own behalf."""


class FallbackWarning(LineaWarning):
    """The database that was named cannot be used, so artifacts go to another one."""


class StoreLocationWarning(LineaWarning):
    """Only one of `database_url` and `artifact_storage_dir` was changed, or what was saved stays behind."""
