"""All cells of a notebook, in a kernel: to save the value of an expression at their end, or to take their time.

What is saved is asked for between cells, so it is no cell, and no part of what is traced.
"""

from __future__ import annotations

import importlib.util
import json
import os
import queue
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lineapy.errors import ScriptError

if TYPE_CHECKING:
    from jupyter_client.blocking.client import BlockingKernelClient
    from jupyter_client.manager import KernelManager

#: Seconds until a kernel must have answered that it is there.
_START = 120
#: Bytes that the path of a socket may have, without the number at its end; macOS allows 103 in all.
_SOCKET_PATH = 100


def require_kernels() -> None:
    """See that kernels can be started.

    Raises:
        UsageError: Something is not installed.
    """
    for module in ("jupyter_client", "ipykernel"):
        if importlib.util.find_spec(module) is None:
            raise click.UsageError(
                f"{module} is not installed for {sys.executable}. Install it there, for example by: "
                f"{sys.executable} -m pip install ipykernel"
            )


def cells_of(path: str) -> list[tuple[str, bool]]:
    """The code cells of a notebook.

    Args:
        path: A file in format 4.

    Returns:
        The text of each, and whether it may fail, as its tag ``raises-exception`` says.

    Raises:
        ScriptError: There is no such file, it is no such notebook, or its language is not Python.
    """
    try:
        notebook = json.loads(Path(path).read_text(encoding="utf-8"))
        language = notebook.get("metadata", {}).get("kernelspec", {}).get("language", "python")
        cells = [
            ("".join(cell["source"]), "raises-exception" in cell.get("metadata", {}).get("tags", ()))
            for cell in notebook["cells"]
            if cell["cell_type"] == "code"
        ]
    except OSError as error:
        raise ScriptError(f"can't open notebook {path!r}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ScriptError(f"{path} is no notebook (of format 4): {type(error).__name__}: {error}.") from error
    if language != "python":
        raise ScriptError(f"{path} is a notebook in {language}. LineaPy knows Python.")
    return cells


def run_and_save(
    cells: Sequence[tuple[str, bool]],
    folder: Path,
    name: str,
    expression: str,
    show: Callable[[str], None],
    picture: Path | None = None,
) -> str:
    """Run cells in a fresh kernel of this interpreter, save what an expression is at their end.

    Args:
        cells: Their texts, and which of them may fail.
        folder: Where the kernel stands.
        name: The name of the artifact.
        expression: Over the variables of the notebook.
        show: Given what the cells write and show.
        picture: Where to draw the graph of the notebook, if at all.

    Returns:
        The code that makes the value.

    Raises:
        ScriptError: A cell failed, or the kernel died; or the expression could not be evaluated or saved.
    """
    with _kernel(folder) as execute, tempfile.TemporaryDirectory(prefix="lineapy-notebook-") as temporary:
        execute("%load_ext lineapy", show)
        _run_all(execute, cells, show)
        answer = Path(temporary, "slice.py")
        arguments = (expression, name, str(answer), str(picture) if picture is not None else None)
        call = f"__import__({__name__!r}, fromlist=['_']).save_here(*{arguments!r})"
        found = execute("", show, call)["user_expressions"]["it"]
        if found["status"] != "ok":
            raise ScriptError(found["evalue"])
        return answer.read_text(encoding="utf-8")


def seconds(
    cells: Sequence[tuple[str, bool]], folder: Path, environment: Mapping[str, str], *, is_traced: bool
) -> float:
    """How long the cells of a notebook take together in a fresh kernel, without its start.

    Args:
        cells: Their texts, and which of them may fail.
        folder: Where the kernel stands.
        environment: Its environment.
        is_traced: Whether LineaPy is loaded, whatever the cells say; if not, `lineapy.save` does nothing.

    Raises:
        ScriptError: A cell failed, or the kernel died.
    """
    shown: list[str] = []
    with _kernel(folder, environment) as execute:
        if is_traced:
            execute("%load_ext lineapy", shown.append)
        else:
            execute("", shown.append, f"__import__({__name__!r}, fromlist=['_']).leave_out_lineapy()")
        begin = time.perf_counter()
        try:
            _run_all(execute, cells, shown.append)
        except ScriptError as error:
            raise ScriptError(f"{error}\n{''.join(shown)}".rstrip()) from error
        return time.perf_counter() - begin


def leave_out_lineapy() -> None:
    """Let what a notebook does with LineaPy do nothing, in this kernel."""
    from IPython.core.getipython import get_ipython

    import lineapy

    lineapy.save = lambda *_, **__: None
    shell = get_ipython()
    if shell is not None and shell.extension_manager is not None:
        shell.extension_manager.loaded.add("lineapy")


def _run_all(execute: _Execute, cells: Sequence[tuple[str, bool]], show: Callable[[str], None]) -> None:
    for number, (text, may_fail) in enumerate(cells, 1):
        reply = execute(text, show)
        if reply["status"] != "ok" and not may_fail:
            show("\n".join(reply.get("traceback", ())) + "\n")
            raise ScriptError(f"code cell {number} failed ({reply.get('ename')}: {reply.get('evalue')})")


def save_here(expression: str, name: str, file: str, picture: str | None) -> None:
    """Save what an expression is in this kernel, and write the code that makes it to a file.

    Args:
        expression: Over the variables of the notebook.
        name: The name of the artifact.
        file: The file's path.
        picture: The path of that to which the graph is drawn, if it is.

    Raises:
        LineaError: There is no session, the expression has no value, or it cannot be saved.
    """
    from lineapy.cli.saving import save
    from lineapy.session import current

    session = current()
    if session is None:
        raise ScriptError("the notebook has unloaded LineaPy, so nothing was saved")
    code = save(session, expression, name, Path(picture) if picture is not None else None)
    Path(file).write_text(code, encoding="utf-8")


_Execute = Callable[..., dict[str, Any]]


@contextmanager
def _kernel(folder: Path, environment: Mapping[str, str] = os.environ) -> Iterator[_Execute]:
    """A fresh kernel."""
    with (
        tempfile.TemporaryDirectory(prefix="lineapy-kernel-") as temporary,
        _started(kernel_manager(Path(temporary)), folder, environment) as execute,
    ):
        yield execute


def kernel_manager(folder: Path) -> KernelManager:
    """What starts a kernel of this interpreter, whatever kernels are installed.

    A kernel binds its TCP ports after the manager has chosen them, and by then another program may have taken one. So
    they speak through sockets in a folder, where the system has such and the path is not too long for one.

    Args:
        folder: Where the files of the connection are to be.
    """
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import KernelManager

    class ThisPython(KernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=command, display_name="Python", language="python")

    manager = ThisPython(connection_file=str(folder / "kernel.json"))
    sockets = str(folder / "socket")
    if os.name == "posix" and len(os.fsencode(sockets)) <= _SOCKET_PATH:
        manager.transport, manager.ip = "ipc", sockets
    return manager


@contextmanager
def _started(manager: KernelManager, folder: Path, environment: Mapping[str, str]) -> Iterator[_Execute]:
    manager.start_kernel(cwd=str(folder), env=dict(environment), stdout=2, stderr=2)  # also of what it starts
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=_START)
        yield lambda text, show, wanted=None: _execute(manager, client, text, show, wanted)
    except RuntimeError as error:  # it died before it answered
        raise ScriptError(str(error)) from error
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _execute(
    manager: Any, client: BlockingKernelClient, text: str, show: Callable[[str], None], wanted: str | None
) -> dict[str, Any]:
    """Let the kernel run a cell, however long that takes; if it is not there any more, say so."""
    message = client.execute(
        text,
        silent=wanted is not None,
        user_expressions={"it": wanted} if wanted is not None else None,
        allow_stdin=False,
        stop_on_error=False,
    )
    idle, reply = False, None
    while not idle or reply is None:
        if not idle:
            with suppress(queue.Empty):
                idle = _heard(client.get_iopub_msg(timeout=1), message, show)
        if reply is None:
            try:
                answer = client.get_shell_msg(timeout=1 if idle else 0)
            except queue.Empty:
                if not manager.is_alive():
                    raise ScriptError("the kernel died") from None
            else:
                if answer["parent_header"].get("msg_id") == message:
                    reply = answer["content"]
    answered: dict[str, Any] = reply
    return answered


def _heard(said: dict[str, Any], message: str, show: Callable[[str], None]) -> bool:
    """Show what a kernel says of a cell; whether it is done with it."""
    if said["parent_header"].get("msg_id") != message:
        return False
    content = said["content"]
    match said["msg_type"]:
        case "stream":
            show(content["text"])
        case "execute_result" | "display_data":
            show(content["data"].get("text/plain", "") + "\n")
        case "status":
            return bool(content["execution_state"] == "idle")
    return False
