"""``python -m tests.orchestrators.matrix``: what the last runs of the tests made, as a table for the documentation."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterator

from lineapy.pipelines.frameworks import framework_named
from tests.orchestrators.cases import CASES
from tests.orchestrators.runs import NOTES

#: For each framework, what the tests do with what is written for it.
HOW = {
    "AIRFLOW": ("Airflow", "executed"),
    "DVC": ("DVC", "executed"),
    "KUBEFLOW": ("kfp", "compiled, executed"),
    "ARGO": ("Hera", "validated, steps executed"),
    "RAY": ("Ray", "executed"),
    "PREFECT": ("Prefect", "executed"),
    "DAGSTER": ("Dagster", "executed"),
}
BEGIN, END = "<!-- begin of the table -->\n", "<!-- end of the table -->\n"


def table() -> str:
    """The table, with a line for each flavor of each framework."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f"| framework | flavor | {' | '.join(CASES)} |"
    yield "| --- | --- |" + " --- |" * len(CASES)
    for name, (title, how) in HOW.items():
        note = json.loads((NOTES / f"{name.lower()}.json").read_text())
        for flavor in framework_named(name).options.grains:
            cells = [how if note["cells"][f"{flavor}|{case}"] else "**wrong**" for case in CASES]
            yield f"| {title} {note['version']} | `{flavor}` | {' | '.join(cells)} |"
    yield ""
    yield f"Python {platform.python_version()}, {sys.platform}."


if __name__ == "__main__":
    sys.stdout.write(table())
