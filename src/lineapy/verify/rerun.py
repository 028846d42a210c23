"""Run code in a fresh interpreter, and bring one value back from it."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

from lineapy.errors import VerificationError

# Written for a namespace in which anything may be shadowed, hence `__import__`. Nothing of LineaPy is imported: that
# the code runs without it is a part of what is verified.
_EPILOGUE = """

with __import__("io").open({path!r}, "wb") as __value_file:
    __import__("cloudpickle").dump(({expression}), __value_file)
"""


def rerun(code: str, variable: str, cwd: Path | None = None, *, timeout: float | None = None) -> object:
    r"""Return what `variable` holds after `code` ran as a program of its own.

    The code is the ``__main__`` of a new process of this Python, in the working directory `cwd`. What it prints is
    dropped, and it finds nothing to read on its standard input.

    Args:
        code: a whole program, such as a slice.
        variable: the name, or any expression, whose value is wanted.
        cwd: the program's working directory; by default the present one.
        timeout: how many seconds the program may take.

    Raises:
        VerificationError: the program failed or took too long, or its value cannot be brought back.

    >>> rerun("import math\nradius = 2\narea = round(math.pi * radius**2, 2)", "area")
    12.57
    """
    compile(variable, "<variable>", "eval")
    with tempfile.TemporaryDirectory(prefix="lineapy-rerun-") as folder:
        program, value = Path(folder, "code.py"), Path(folder, "value.pickle")
        epilogue = _EPILOGUE.format(path=str(value), expression=variable)
        program.write_text(code + epilogue, encoding="utf-8")
        _run(program, cwd, timeout)
        if not value.exists():
            raise VerificationError(
                f"The code ended before its last line, so there is no value of {variable!r}: does it call sys.exit()?"
            )
        try:
            with value.open("rb") as file:
                return pickle.load(file)  # written a moment ago, by our own child
        except Exception as error:
            raise VerificationError(
                f"The code ran, but its value of {variable!r} cannot be loaded here: {error!r}"
            ) from error


def _run(program: Path, cwd: Path | None, timeout: float | None) -> None:
    try:
        subprocess.run(
            [sys.executable, str(program)],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise VerificationError(
            f"The code does not run alone; it ended with exit code {error.returncode}:\n\n{error.stderr.strip()}"
        ) from None
    except subprocess.TimeoutExpired:
        raise VerificationError(f"The code did not end within {timeout:g} seconds.") from None
