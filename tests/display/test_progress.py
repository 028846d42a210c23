"""Long saves say that they go on, to who sits before a terminal or a notebook, and to nobody else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lineapy.cli.kernel import kernel_manager
from tests.api.support import run_python

PROGRAM = """\
import time
import lineapy

class Slow:
    def __init__(self, seconds):
        self.seconds = seconds

    def __getstate__(self):
        time.sleep(self.seconds)
        return {"seconds": self.seconds}

lineapy.save(1, "first")  # reads what LineaPy needs for saving from the disk
slow = Slow(SECONDS)
lineapy.save([b"0" * 2_000_000, slow], "a <slow> one")
"""


def in_a_terminal(path: Path, folder: Path) -> tuple[str, str]:
    """What a script that is traced writes: standard output, and what it writes to the terminal as standard error."""
    ours, terminal = pty.openpty()
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "lineapy", "python", str(path)],
            cwd=folder, env=os.environ | {"HOME": str(folder)}, stdout=subprocess.PIPE, stderr=terminal, text=True,
        )  # fmt: skip
    finally:
        os.close(terminal)
    seen = b""
    try:
        while piece := os.read(ours, 65536):
            seen += piece
    except OSError:  # the other end is closed
        pass
    finally:
        os.close(ours)
    said, _ = process.communicate(timeout=60)
    return said, seen.decode()


def script(folder: Path, seconds: float) -> Path:
    path = folder / "script.py"
    path.write_text(PROGRAM.replace("SECONDS", str(seconds)) + "print('done')\n")
    return path


def test_in_a_terminal_a_line_that_goes_away(tmp_path: Path) -> None:
    said, seen = in_a_terminal(script(tmp_path, 2.2), tmp_path)

    lines = seen.split("\r")
    assert said == "done\n"
    assert [line for line in lines if line.startswith("saving 'a <slow> one': 2.0 MB written, ")]
    assert lines[-1] == "\x1b[K"


def test_a_short_save_says_nothing(tmp_path: Path) -> None:
    said, seen = in_a_terminal(script(tmp_path, 0), tmp_path)

    assert said == "done\n"
    assert "slow" not in seen


def test_nothing_is_said_into_a_file(tmp_path: Path) -> None:
    done = run_python("-m", "lineapy", "python", script(tmp_path, 1.6), cwd=tmp_path)

    assert (done.stdout, done.stderr) == ("done\n", "")


@pytest.mark.parametrize("somebody_is_there", [True, False])
def test_in_a_notebook_an_output_that_changes(somebody_is_there: bool, tmp_path: Path) -> None:
    pytest.importorskip("jupyter_client.manager")
    pytest.importorskip("ipykernel")
    kernel = kernel_manager(tmp_path)
    kernel.start_kernel(cwd=str(tmp_path))
    client = kernel.blocking_client()
    messages: list[dict[str, Any]] = []
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        for code in ("%load_ext lineapy", PROGRAM.replace("SECONDS", "2.2")):
            client.execute_interactive(
                code, timeout=60, allow_stdin=somebody_is_there, output_hook=messages.append
            )
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)

    wanted = ("stream", "display_data", "update_display_data", "error")
    outputs = [
        (m["msg_type"], m["content"].get("data", {}).get("text/plain"))
        for m in messages
        if m["msg_type"] in wanted
    ]
    if not somebody_is_there:
        assert outputs == []
        return
    kinds, texts = zip(*(output for output in outputs if "slow" in output[1]), strict=True)
    assert kinds[0] == "display_data"
    assert {*kinds[1:]} == {"update_display_data"}
    assert [text for text in texts if text.startswith("saving 'a <slow> one': 2.0 MB written, ")]
