"""The ``lineapy`` command: global options, and the way into the subcommands."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from lineapy.cli.annotate import annotate
from lineapy.cli.artifacts import artifacts
from lineapy.cli.benchmark import benchmark
from lineapy.cli.completion import completion
from lineapy.cli.config import config
from lineapy.cli.db import db
from lineapy.cli.file import file
from lineapy.cli.init import init
from lineapy.cli.notebook import notebook
from lineapy.cli.pipeline import pipeline
from lineapy.cli.programs import ipython, jupyter, jupytext
from lineapy.cli.python import python
from lineapy.cli.sessions import sessions
from lineapy.cli.store import store
from lineapy.config import COMMAND_LINE_VARIABLE, OPTIONS, PREFIX, about, flags


def _print_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"lineapy {version('lineapy')}")
        context.exit()


def _options_of_lineapy(command: Callable[..., Any]) -> Callable[..., Any]:
    """One for each option of `Config` that can be given on the command line; `Config` checks the values."""
    for name in reversed(OPTIONS):
        if flags(name):
            command = click.option(*flags(name), name, metavar="VALUE", help=about(name))(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-v", "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version)
@click.option("--verbose", is_flag=True, help="The same as --logging-level DEBUG.")
@_options_of_lineapy
def cli(verbose: bool, **options: str | None) -> None:
    """Capture what data science code really did, and get back just the code that matters.

    \b
    Example:
      lineapy python messy.py                  run a script that calls lineapy.save()
      lineapy file messy.py my_model model     save a variable of a script, print the code that makes it
      lineapy notebook messy.ipynb m model     the same of a notebook
      lineapy artifacts list                   list what was saved
      lineapy config                           show the options, and check that the store can be used

    Results go to standard output, messages to standard error.

    \b
    Exit status:
      0    it was done, and all is well
      1    it was done, and the answer is bad news; or the script failed
      2    it could not be done: the command line is wrong, there is no such artifact, the store cannot be used
      130  interrupted

    The scripts and programs that it runs (python, ipython, jupyter, jupytext) pass on their own exit status.
    """
    if verbose:
        options["logging_level"] = options["logging_level"] or "DEBUG"
    given = {name: value for name, value in options.items() if value is not None}
    # In the environment, so that the script and its child processes use the same store.
    for name, value in given.items():
        os.environ[PREFIX + name.upper()] = _from_here(name, value)
    if given:
        os.environ[COMMAND_LINE_VARIABLE] = ",".join(given)


def _from_here(option: str, value: str) -> str:
    """A relative path counts from the folder in which the command was given, wherever it is used."""
    is_path = option.endswith(("_dir", "_folder", "_file")) and value and "://" not in value
    return os.path.abspath(value) if is_path and not value.startswith("~") else value


for command in (
    annotate,
    artifacts,
    benchmark,
    completion,
    config,
    db,
    file,
    init,
    ipython,
    jupyter,
    jupytext,
    notebook,
    pipeline,
    python,
    sessions,
    store,
):
    cli.add_command(command)
