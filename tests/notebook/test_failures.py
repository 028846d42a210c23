"""Ctrl-C, and mistakes of our own: the user's cells go on as without LineaPy, and slices stay sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.notebook.kernels import LOAD, run, text_of
from tests.notebook.test_extension import codes

#: Sends the signal that JupyterLab's stop button sends, a little later.
INTERRUPT = """
import os, signal, threading
def interrupt(after=0.3):
    threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT)).start()
"""

#: A module that lets the recorder fail at statements that mention a word. Without LineaPy it has no effect.
SABOTAGE = """
from lineapy.tracing.recorder import Recorder
def arm(method, word, error):
    function = getattr(Recorder, method)
    def instead(self, *arguments, **options):
        for node in arguments:
            if hasattr(node, "statement") and word in self._text_of(node):
                raise error
        return function(self, *arguments, **options)
    setattr(Recorder, method, instead)
"""


def test_interrupted_in_a_statement(tmp_path: Path) -> None:
    cells = f"""
{LOAD}
---
{INTERRUPT}
---
rows = [1]
other = [2]
---
import time
rows.append(2)
interrupt()
time.sleep(20)
rows.append(3)
---
rows.append(4)
---
other.append(5)
"""
    rows, other = codes(cells, tmp_path, "rows other")
    assert "rows.append(3)" not in rows
    assert other == "other = [2]\nother.append(5)\n"


def test_interrupted_in_a_loop(tmp_path: Path) -> None:
    cells = f"""
{LOAD}
---
{INTERRUPT}
---
total, rows = 0, []
---
rows.append("before")
interrupt()
while True:
    total += 1
---
rows.append("after")
"""
    (rows,) = codes(cells, tmp_path, "rows")
    assert rows == 'total, rows = 0, []\nrows.append("before")\nrows.append("after")\n'


@pytest.mark.parametrize("place", ["_start", "_bind_all"])
@pytest.mark.parametrize("error", ["KeyboardInterrupt()", "ValueError('seam')"])
def test_in_a_hook(place: str, error: str, tmp_path: Path) -> None:
    """Before ``rows.extend`` has begun, or when it is over."""
    (tmp_path / "sabotage.py").write_text(SABOTAGE)
    cells = f"""
import sabotage
sabotage.arm("{place}", "rows.extend", {error})
{LOAD}
---
rows = [1]
alias = [rows]
---
alias[0].append(2)
length = rows.extend([3])
alias[0].append(4)
---
alias[0].append(5)
"""
    for code in codes(cells, tmp_path, "alias rows"):
        assert "alias[0].append(5)" in code


def test_a_failure_is_said_and_harmless(tmp_path: Path) -> None:
    (tmp_path / "sabotage.py").write_text(SABOTAGE)
    cells = [
        "import sabotage; sabotage.arm('_start', 'marked', ValueError('seam'))",
        LOAD,
        "for i in range(3):\n    marked = i\nmarked",
        "1 / marked * 0 + marked / 0",
    ]
    outputs = run(cells, tmp_path)
    assert text_of(outputs[2]) == "2"
    said = [output["text"] for output in outputs[2] if output.get("name") == "stderr"]
    assert "".join(said).count("ValueError within LineaPy itself (seam)") == 1
    assert outputs[3][-1]["ename"] == "ZeroDivisionError"


def test_a_cell_that_cannot_be_compiled(tmp_path: Path) -> None:
    cells = f"""
{LOAD}
---
rows = [1]
---
import lineapy.session, lineapy.tracing.program as program
with_hooks = program._with_hooks
def fail(*args, **options):
    with_hooks(*args, **options)
    raise ValueError("seam")
program._with_hooks = fail
---
for i in range(2):
    rows.append(i)
shown = len(rows)
---
program._with_hooks = with_hooks
---
rows.append(9)
"""
    rows, shown = codes(cells, tmp_path, "rows shown")
    assert "rows.append(9)" in rows
    assert "rows.append(i)" in shown


def test_a_cell_of_which_nothing_is_known(tmp_path: Path) -> None:
    fail = """import lineapy, lineapy.session as s
analyse, hook = s.analyse_traced, s.hook_tree
def fail(*args, **options): raise ValueError("seam")
s.hook_tree = s.analyse_traced = fail"""
    cells = [
        LOAD,
        fail,
        "rows = [1]",
        "s.analyse_traced, s.hook_tree = analyse, hook",
        "rows",
        "lineapy.save(rows, 'rows')",
    ]
    outputs = run(cells, tmp_path)
    assert text_of(outputs[4]) == "[1]"
    assert "'rows' cannot be saved" in outputs[5][-1]["text"]


def test_the_traceback_of_an_interrupt_is_the_users(tmp_path: Path) -> None:
    (tmp_path / "sabotage.py").write_text(SABOTAGE)
    cells = [
        "import sabotage; sabotage.arm('_start', 'marked', KeyboardInterrupt())",
        LOAD,
        "marked = 1",
        "2",
    ]
    outputs = run(cells, tmp_path)
    traceback = "\n".join(outputs[2][-1]["traceback"])
    assert outputs[2][-1]["ename"] == "KeyboardInterrupt"
    assert "marked" in traceback
    assert "recorder.py" not in traceback
    assert text_of(outputs[3]) == "2"
