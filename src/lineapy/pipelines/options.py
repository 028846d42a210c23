"""What a framework can be told by ``pipeline_dag_config``: its options, checked before anything is written."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lineapy.errors import LineaWarning, PipelineOptionError
from lineapy.pipelines.tasks import Grain

Options = TypeVar("Options", bound="DagOptions")
#: What becomes of the files by which tasks hand on values, once a run is over.
KeepValues = Literal["never", "on_failure", "always"]


class DagOptions(BaseModel):
    """Options of a framework; each framework has a class of its own that adds to these.

    Attributes:
        grains: For each flavor, how much makes a task. The first is the default.
        moved: For options that LineaPy 0.2.3 had and that are called otherwise now, their names today.
        gone: For options that nothing follows from any more, why.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    grains: ClassVar[Mapping[str, Grain]] = {}
    moved: ClassVar[Mapping[str, str]] = {}
    gone: ClassVar[Mapping[str, str]] = {}

    dag_flavor: str = Field("", description="How much makes a task, and in which style.")

    @property
    def flavor(self) -> str:
        """The flavor, or the default."""
        return self.dag_flavor or next(iter(self.grains), "")

    @property
    def grain(self) -> Grain:
        """How much makes a task."""
        return self.grains[self.flavor]

    @classmethod
    def adapted(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Options of 0.2.3 as they are today; frameworks override it for values that were called otherwise."""
        return given


def checked(options: type[Options], framework: str, given: Mapping[str, object]) -> Options:
    """Check the options of a framework.

    Args:
        options: The class of its options.
        framework: Its name.
        given: The options by name; also those of LineaPy 0.2.3.

    Returns:
        The options.

    Raises:
        PipelineOptionError: There is no such option, or a value is wrong; the error lists what is right.

    Warns:
        LineaWarning: An option is called otherwise today, or has no effect any more.

    Example:
        >>> class Some(DagOptions):
        ...     retries: int = 2
        >>> checked(Some, "SOME", {"retries": "3"}).retries
        3
        >>> checked(Some, "SOME", {"retry": 3})
        Traceback (most recent call last):
        lineapy.errors.PipelineOptionError: The framework SOME has no option 'retry'. Did you mean 'retries'? ...
    """
    today: dict[str, Any] = {}
    for name, value in given.items():
        if name in options.gone:
            _note(f"{name!r} in pipeline_dag_config has no effect any more: {options.gone[name]}.")
        elif name in options.moved:
            _note(f"{name!r} in pipeline_dag_config is called {options.moved[name]!r} today.")
            today[options.moved[name]] = value
        else:
            today[name] = value
    today = options.adapted(today)
    unknown = next((name for name in today if name not in options.model_fields), None)
    if unknown is not None:
        raise PipelineOptionError(_no_such_option(options, framework, unknown))
    flavor = today.get("dag_flavor")
    if flavor is not None and flavor not in options.grains:
        raise PipelineOptionError(
            f"{framework} has no dag_flavor {flavor!r}. Choose one of: {_listed(options.grains)}. Nothing was written."
        )
    try:
        return options.model_validate(today)
    except ValidationError as error:
        found = error.errors()[0]
        name = ".".join(map(str, found["loc"]))
        what = found["msg"].removeprefix("Value error, ")
        raise PipelineOptionError(
            f"{name!r} in pipeline_dag_config cannot be {found['input']!r}: {what[:1].lower()}{what[1:]}"
            f"{_choices(options, name)}. Nothing was written."
        ) from None


def _note(text: str) -> None:
    warnings.warn(text, LineaWarning, stacklevel=6)


def _no_such_option(options: type[DagOptions], framework: str, name: str) -> str:
    if not options.model_fields.keys() - {"dag_flavor"}:
        return (
            f"The framework {framework} has no options, so {name!r} means nothing to it. Nothing was written."
        )
    close = difflib.get_close_matches(name, options.model_fields, 1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return (
        f"The framework {framework} has no option {name!r}.{hint} It has: {_listed(options.model_fields)}. "
        "Nothing was written."
    )


def _choices(options: type[DagOptions], name: str) -> str:
    field = options.model_fields.get(name)
    choices = [value for value in get_args(field.annotation) if isinstance(value, str)] if field else []
    return f" (choose one of: {_listed(choices)})" if choices else ""


def _listed(names: Any) -> str:
    return ", ".join(names)
