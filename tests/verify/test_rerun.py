"""Running code in a fresh interpreter."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from lineapy.errors import VerificationError
from lineapy.verify import rerun


def test_the_value_comes_back() -> None:
    assert rerun("a = [1]\nb = [a, a]", "b") == [[1], [1]]
    assert rerun("a = 1", "a + 1") == 2


def test_it_is_a_program_of_its_own() -> None:
    code = "import os, sys\nfacts = __name__, sys.argv[0] == __file__, os.getpid(), 'lineapy' in sys.modules"

    facts: Any = rerun(code, "facts")

    assert facts[:2] == ("__main__", True)
    assert facts[2] != os.getpid()
    assert not facts[3]


def test_classes_and_functions_of_the_program_come_back() -> None:
    code = """
FACTOR = 3
class Shape:
    def __init__(self, side): self.side = side
    def area(self): return scale(self.side ** 2)
def scale(x): return FACTOR * x
shape = Shape(2)
"""
    assert rerun(code, "shape").area() == 12  # type: ignore[attr-defined]


def test_it_runs_in_the_folder_given(tmp_path: Path) -> None:
    tmp_path.joinpath("data.txt").write_text("here")

    assert rerun("text = open('data.txt').read()", "text", cwd=tmp_path) == "here"


def test_names_of_the_program_do_not_get_in_the_way() -> None:
    assert rerun("open = io = cloudpickle = pickle = None\nx = 1", "x") == 1


def test_output_and_input_do_no_harm(capfd: pytest.CaptureFixture[str]) -> None:
    code = "import sys\nprint('out')\nprint('err', file=sys.stderr)\nx = sys.stdin.read()"

    assert rerun(code, "x") == ""
    assert capfd.readouterr() == ("", "")


def test_a_failure_shows_the_traceback() -> None:
    with pytest.raises(
        VerificationError, match=r"(?s)does not run alone.*line 2, in <module>.*ZeroDivisionError"
    ):
        rerun("a = 1\nb = a / 0", "b")
    with pytest.raises(VerificationError, match="NameError: name 'c' is not defined"):
        rerun("a = 1", "c")


def test_a_value_that_does_not_pickle_is_said() -> None:
    with pytest.raises(VerificationError, match="cannot pickle"):
        rerun("import threading\nlock = threading.Lock()", "lock")


def test_a_value_that_does_not_load_is_said() -> None:
    code = "class Trap:\n    def __reduce__(self): return int, ('x',)\ntrap = Trap()"

    with pytest.raises(VerificationError, match="cannot be loaded here"):
        rerun(code, "trap")


def test_an_early_end_is_said() -> None:
    with pytest.raises(VerificationError, match=r"sys.exit\(\)"):
        rerun("import sys\nx = 1\nsys.exit(0)", "x")


def test_an_endless_program_is_ended() -> None:
    with pytest.raises(VerificationError, match=r"within 0.5 seconds"):
        rerun("while True: pass", "x", timeout=0.5)


def test_what_is_wanted_must_be_an_expression() -> None:
    with pytest.raises(SyntaxError):
        rerun("x = 1", "y = x")
