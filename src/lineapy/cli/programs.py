"""``lineapy jupyter``, ``lineapy ipython``, ``lineapy jupytext``: those programs, with LineaPy loaded where code runs.

Nothing of the user's own settings is replaced. IPython is told on its command line, which adds to what its profile
says. The kernels that Jupyter starts are told on theirs: a folder of kernel specifications, which Jupyter finds before
those that are installed, holds the same ones with one argument more.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

#: Adds to the extensions of a profile; ipykernel has no shorter name for it.
_LOAD = "--InteractiveShellApp.extra_extensions=lineapy"
_HISTORY_AND_PROFILES = ("history", "locate", "profile")  # subcommands of IPython that run no code

_passes_all_on: dict[str, Any] = {
    "ignore_unknown_options": True,
    "allow_interspersed_args": False,
    "help_option_names": [],  # --help is for the program as well
}


@click.command(context_settings=_passes_all_on)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def ipython(arguments: tuple[str, ...]) -> Callable[[], None]:
    """Start IPython with LineaPy loaded. All ARGUMENTS are IPython's, and so is the exit status.

    Your own profile stays in force.

    \b
    Example:
      lineapy ipython
      lineapy ipython --no-banner -i prepare.py
    """
    _require("IPython", "ipython")
    command = [sys.executable, "-m", "IPython"]
    if arguments[:1] == ("kernel",):
        command += [*arguments, _LOAD]
    elif arguments and arguments[0] in _HISTORY_AND_PROFILES:
        command += arguments
    else:
        command += [_LOAD, *arguments]
    return lambda: sys.exit(_run(command, os.environ))


@click.command(context_settings=_passes_all_on)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def jupyter(arguments: tuple[str, ...]) -> Callable[[], None]:
    """Start Jupyter; LineaPy is loaded in every Python kernel it starts.

    All ARGUMENTS are Jupyter's, and so is the exit status. Your own profile and configuration stay in force.

    \b
    Example:
      lineapy jupyter lab
      lineapy jupyter nbconvert --to notebook --execute analysis.ipynb
    """
    _require("jupyter_core", "jupyterlab")
    return lambda: _with_kernels([sys.executable, "-m", "jupyter", *arguments])


@click.command(context_settings=_passes_all_on)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def jupytext(arguments: tuple[str, ...]) -> Callable[[], None]:
    """Start Jupytext; LineaPy is loaded in every Python kernel it starts.

    All ARGUMENTS are Jupytext's, and so is the exit status.

    \b
    Example:
      lineapy jupytext --to notebook --execute analysis.py
    """
    _require("jupytext", "jupytext")
    return lambda: _with_kernels([sys.executable, "-m", "jupytext", *arguments])


def _require(module: str, package: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise click.UsageError(
            f"{package} is not installed for {sys.executable}. Install it there, for example by: "
            f"{sys.executable} -m pip install {package}"
        )


def _with_kernels(command: Sequence[str]) -> None:
    if importlib.util.find_spec("jupyter_client") is None:
        sys.exit(_run(command, os.environ))  # then it starts no kernel
    with kernels_with_lineapy() as folder:
        path = os.pathsep.join(filter(None, (str(folder), os.environ.get("JUPYTER_PATH"))))
        status = _run(command, {**os.environ, "JUPYTER_PATH": path})
    sys.exit(status)


@contextmanager
def kernels_with_lineapy() -> Iterator[Path]:
    """A folder for ``JUPYTER_PATH`` with the kernels of IPython that are installed, which here load LineaPy.

    Yields:
        The folder, which is gone afterwards.
    """
    from jupyter_client.kernelspec import KernelSpecManager

    with tempfile.TemporaryDirectory(prefix="lineapy-kernels-") as temporary:
        for name, found in KernelSpecManager().get_all_specs().items():
            spec = found["spec"]
            if not any("ipykernel" in argument for argument in spec["argv"]):
                continue
            folder = Path(temporary, "kernels", name)
            shutil.copytree(found["resource_dir"], folder)
            spec["argv"] = [*spec["argv"], _LOAD]
            (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
        yield Path(temporary)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a program at this terminal. What ends this process ends that one, and not the other way round.

    Returns:
        Its exit status, for signals as a shell has it.
    """
    process = subprocess.Popen(command, env=environment)
    # Ctrl-C reaches the program itself, which decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    status = process.wait()
    return status if status >= 0 else 128 - status
