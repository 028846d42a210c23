"""The options of all frameworks as tables: ``python -m lineapy.pipelines.reference > docs/pipeline-options.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from lineapy.pipelines.frameworks import framework_named, framework_names
from lineapy.pipelines.options import DagOptions


def reference() -> str:
    """The page, in Markdown."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# Options of pipelines\n"
    yield "What `pipeline_dag_config` may have, for each framework."
    yield "Written by `python -m lineapy.pipelines.reference`.\n"
    for name in framework_names():
        framework = framework_named(name)
        yield f"## {name}\n"
        if not framework.options.grains:
            yield "No options.\n"
            continue
        yield "| option | type | default | |"
        yield "| --- | --- | --- | --- |"
        yield from _rows(framework.options)
        yield ""
        earlier = [f"`{old}` is `{new}`" for old, new in framework.options.moved.items()]
        earlier += [f"`{old}` has no effect ({why})" for old, why in framework.options.gone.items()]
        if earlier:
            yield f"Of LineaPy 0.2.3: {'; '.join(earlier)}.\n"


def _rows(options: type[DagOptions]) -> Iterator[str]:
    flavors = list(options.grains)
    yield f"| `dag_flavor` | {', '.join(f'`{one}`' for one in flavors)} | `{flavors[0]}` | How much makes a task. |"
    for name, field in options.model_fields.items():
        if name != "dag_flavor":
            default = field.get_default(call_default_factory=True)
            shown = default if not hasattr(default, "isoformat") else default.isoformat()
            yield f"| `{name}` | {_type(field.annotation)} | `{shown!r}` | {field.description} |"


def _type(annotation: Any) -> str:
    if get_args(annotation) and all(isinstance(value, str) for value in get_args(annotation)):
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    if get_origin(annotation) is tuple:
        return "list of text"
    if get_origin(annotation) is dict:
        return "dict"
    kinds = [one for one in get_args(annotation) or (annotation,) if one is not type(None)]
    names = {"str": "text", "int": "whole number", "float": "number", "bool": "`True`, `False`"}
    return " or ".join(names.get(one.__name__, one.__name__) for one in kinds)


if __name__ == "__main__":
    sys.stdout.write(reference())
