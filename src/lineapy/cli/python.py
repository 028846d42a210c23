"""``lineapy python``: run a script traced, otherwise as Python runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from lineapy.cli.output import picture_option
from lineapy.cli.run import names_a_database, run_script


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option(
    "-a", "--arg", "more_arguments", multiple=True, metavar="ARG", help="An argument for the script."
)
@click.option(
    "--slice", "slices", multiple=True, metavar="NAME", help="Print the code of this artifact at the end."
)
@click.option(
    "--export-slice",
    "exports",
    multiple=True,
    metavar="STEM",
    help="Write that code to STEM.py instead; once for each --slice, in the same order.",
)
@click.option(
    "--export-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    show_default=True,
    help="Where to write it.",
)
@click.option("--print-source", is_flag=True, help="Print the script's text at the end.")
@click.option("--print-graph", is_flag=True, help="Print which line uses what of which other, at the end.")
@picture_option("--visualize", "Draw the graph of the script to this file at the end.")
@click.argument("script", type=click.Path())
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def python(
    script: str,
    arguments: tuple[str, ...],
    more_arguments: tuple[str, ...],
    slices: tuple[str, ...],
    exports: tuple[str, ...],
    export_dir: Path,
    print_source: bool,
    print_graph: bool,
    visualize: Path | None,
) -> Callable[[], None]:
    """Run SCRIPT traced, so that lineapy.save() in it works.

    Everything else is as with "python SCRIPT ARGUMENTS": output, exit status, tracebacks, sys.argv, working directory.
    Options of LineaPy stand before SCRIPT. With one that prints at the end, only what is asked for goes to standard
    output, and what the script itself prints to standard error.

    \b
    Example:
      lineapy python messy.py --epochs 3
      lineapy python --slice model messy.py > clean.py
      lineapy python --slice model --export-slice clean --export-dir made messy.py
    """
    if len(exports) > len(slices):
        raise click.UsageError(
            "There are more --export-slice than --slice. Name the artifact of each with --slice."
        )
    connect = names_a_database()
    if slices or print_source or print_graph or visualize:
        from lineapy.api import store_of_session
        from lineapy.cli.report import Report, run_and_report

        report = Report(
            slices, tuple(export_dir / f"{stem}.py" for stem in exports), print_source, print_graph, visualize
        )
        store = store_of_session()
        return lambda: run_and_report(script, (*more_arguments, *arguments), store, report)
    return lambda: run_script(script, (*more_arguments, *arguments), connect=connect)
