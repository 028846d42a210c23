"""Writes a store with the LineaPy of this checkout, to be kept in ``tests/store/golden`` for ever.

Usage: ``python -m tests.store.make_golden_store 0.3.0``
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"

MODEL = """\
import collections
import datetime
import decimal

import lineapy
import numpy as np
import pandas as pd

numbers = [0, -1, 10**30, 1.5, -0.0, float("inf"), True, None]
numbers.append(2)
lineapy.save(numbers, "numbers")

settings = {"name": "iris ✓", "limits": {"low": [0.1], "high": []}, "": ""}
lineapy.save(settings, "settings")
settings["limits"]["high"].append(9.5)
lineapy.save(settings, "settings")

text = "naïve 😀\\n"
lineapy.save(text, "text")

raw = bytes(range(256))
lineapy.save(raw, "raw")

objects = (
    {1, 2},
    frozenset("a"),
    3 + 4j,
    decimal.Decimal("1.10"),
    datetime.datetime(2026, 11, 23, 12, 30, tzinfo=datetime.timezone.utc),
    collections.OrderedDict(b=1, a=2),
    range(3),
)
lineapy.save(objects, "objects")

one = [1]
shared = [one, one]
lineapy.save(shared, "shared")

array = np.arange(12.0).reshape(3, 4)
array[1, 2] = np.nan
lineapy.save(array, "array")

fortran = np.asfortranarray(array)
lineapy.save(fortran, "fortran")

days = np.array(["2026-11-23", "NaT"], dtype="datetime64[D]")
days.flags.writeable = False
lineapy.save(days, "days")

table = np.zeros(2, dtype=[("id", ">i4"), ("name", "S3")])
table["name"] = b"abc"
lineapy.save(table, "table")

frame = pd.DataFrame({"n": [1, 2], "x": [0.5, float("nan")], "t": np.array(["2026", "NaT"], "M8[ns]")}, index=[7, 3])
lineapy.save(frame, "frame")
"""


def make(name: str) -> None:
    """Run the model, and keep its store."""
    from lineapy.config import Config
    from lineapy.session import Session
    from lineapy.store import Store

    platform.node = lambda: "engine"
    os.environ["LOGNAME"] = "ada"
    with tempfile.TemporaryDirectory(prefix="lineapy-golden-") as home:
        os.chdir(home)
        store = Store(lambda: Config.from_environment(home_dir=home))
        session = Session(store, script_path="/home/ada/model.py")
        session._working_directory = "/home/ada"
        session.run(MODEL, "/home/ada/model.py")
        store.close()
        shutil.copytree(home, GOLDEN / name, ignore=shutil.ignore_patterns("*.log"))
    (GOLDEN / name / "model.py.txt").write_text(MODEL, encoding="utf-8")


if __name__ == "__main__":
    make(sys.argv[1])
