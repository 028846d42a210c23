"""``lineapy pipeline``: artifacts that are made together, by one module."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lineapy.cli.output import opened_store, print_code, print_fields, print_json, print_table, say, shown

if TYPE_CHECKING:
    from lineapy.db.records import PipelineRecord


@click.group()
def pipeline() -> None:
    """Make artifacts together: look at pipelines, write their files, run them.

    \b
    Example:
      lineapy pipeline create weekly model iris_model
    """


_json = click.option("--json", "as_json", is_flag=True, help="For programs.")
_version = click.option(
    "--version", type=click.IntRange(min=0), help="Which one of that name; the newest by default."
)


@pipeline.command("list")
@_json
def list_pipelines(as_json: bool) -> None:
    """List the newest version of each pipeline.

    \b
    Example:
      lineapy pipeline list
    """
    with opened_store() as store:
        found = store.db.pipelines()
    if as_json:
        print_json([_as_json(record) for record in found])
        return
    if not found:
        say("There are no pipelines; lineapy pipeline create makes one.")
        return
    print_table(("name", "version", "artifacts", "created (UTC)", "author"), map(_row, found))


def _row(record: PipelineRecord) -> tuple[str, ...]:
    return (
        shown(record.name),
        str(record.version),
        ", ".join(shown(name) for name, _ in record.artifacts),
        f"{record.date_created:%Y-%m-%d %H:%M:%S}",
        record.user_name,
    )


def _as_json(record: PipelineRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "version": record.version,
        "created": record.date_created.isoformat(),
        "author": record.user_name,
        "artifacts": [{"name": name, "version": version} for name, version in record.artifacts],
        "dependencies": {name: list(earlier) for name, earlier in record.dependencies.items()},
        "parameters": list(record.parameters),
    }


@pipeline.command()
@click.argument("name")
@_version
@_json
def show(name: str, version: int | None, as_json: bool) -> None:
    """Show what is known of a pipeline.

    \b
    Example:
      lineapy pipeline show weekly
    """
    with opened_store() as store:
        record = store.db.find_pipeline(name, version)
    if as_json:
        print_json(_as_json(record))
        return
    print_fields(
        [
            ("name", shown(record.name)),
            ("version", str(record.version)),
            ("created", f"{record.date_created:%Y-%m-%d %H:%M:%S} UTC"),
            ("author", record.user_name),
            ("artifacts", "\n".join(f"{shown(one)} version {number}" for one, number in record.artifacts)),
            ("parameters", ", ".join(record.parameters) or None),
            (
                "order",
                "\n".join(
                    f"{shown(one)} after {', '.join(first)}" for one, first in record.dependencies.items()
                )
                or None,
            ),
        ]
    )


@pipeline.command()
@click.argument("name")
@_version
def code(name: str, version: int | None) -> None:
    """Print the module that makes a pipeline's artifacts.

    \b
    Example:
      lineapy pipeline code weekly > weekly_module.py
    """
    from lineapy.pipeline import Pipeline

    with opened_store() as store:
        print_code(Pipeline.stored(store, name, version).module_definition())


@pipeline.command()
@click.argument("name")
@click.argument("artifacts", nargs=-1, required=True, metavar="ARTIFACT...")
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="VARIABLE",
    help="A variable that becomes a parameter.",
)
def create(name: str, artifacts: tuple[str, ...], parameters: tuple[str, ...]) -> None:
    """Store a pipeline that makes artifacts, with the versions that they have now.

    \b
    Example:
      lineapy pipeline create weekly model iris_model
    """
    from lineapy.pipeline import Pipeline

    with opened_store() as store:
        stored = Pipeline.of(store, list(artifacts), name).save(parameters)
    say(f"Stored pipeline {shown(name)} version {stored.version}.")


@pipeline.command()
@click.argument("name")
@_version
@click.option(
    "--framework", default="SCRIPT", show_default=True, help="What is to run it, such as AIRFLOW, DVC or RAY."
)
@click.option("--output-dir", default=".", show_default=True, metavar="FOLDER", help="Where the files go.")
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="VARIABLE",
    help="A variable that becomes a parameter.",
)
@click.option("--reuse", multiple=True, metavar="ARTIFACT", help="An artifact to load instead of making it.")
@click.option(
    "--config",
    multiple=True,
    metavar="OPTION=VALUE",
    help="An option of the framework; a value that is JSON is read as such.",
)
@click.option(
    "--sweep",
    multiple=True,
    metavar="VARIABLE=[VALUES]",
    help="Values that are all tried, as a list in JSON.",
)
@click.option("--generate-test", is_flag=True, help="Write tests as well.")
@click.option("--overwrite", is_flag=True, help="Replace files also if they were edited.")
def export(
    name: str,
    version: int | None,
    framework: str,
    output_dir: str,
    parameters: tuple[str, ...],
    reuse: tuple[str, ...],
    config: tuple[str, ...],
    sweep: tuple[str, ...],
    generate_test: bool,
    overwrite: bool,
) -> None:
    """Write a pipeline's files.

    \b
    Example:
      lineapy pipeline export weekly --output-dir weekly
      lineapy pipeline export weekly --framework AIRFLOW --config retries=3
    """
    from lineapy.pipeline import Pipeline

    with opened_store() as store:
        folder = Pipeline.stored(store, name, version).export(
            framework,
            output_dir,
            parameters or None,
            reuse,
            generate_test=generate_test,
            pipeline_dag_config=dict(map(_setting, config)),
            sweep=dict(map(_setting, sweep)),
            overwrite=overwrite,
        )
    say(f"Written to {shown(str(folder))}.")


def _setting(text: str) -> tuple[str, Any]:
    """Name and value of ``NAME=VALUE``."""
    name, sign, value = text.partition("=")
    if not sign:
        raise click.UsageError(f"{text!r} gives {name!r} no value. Write it as {name}=VALUE.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


@pipeline.command(context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[PARAMETERS]...")
@_version
def run(name: str, arguments: tuple[str, ...], version: int | None) -> None:
    """Run a pipeline in a Python of its own, in this folder; it prints the artifacts' values.

    What follows the name goes to the pipeline: --<parameter> <value>. The exit status is that of the run.

    \b
    Example:
      lineapy pipeline run weekly
    """
    from lineapy.pipeline import Pipeline

    with opened_store() as store:
        found = Pipeline.stored(store, name, version)
        text = found.module_definition()
    with tempfile.TemporaryDirectory(prefix="lineapy-") as folder:
        module = Path(folder) / f"{found.slug}_module.py"
        module.write_text(text)
        done = subprocess.run([sys.executable, str(module), *arguments], check=False)
    sys.exit(done.returncode)
