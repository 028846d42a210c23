"""Libraries that read and write files without Python being asked to open them."""

from __future__ import annotations

from tests.effects.trials import trials

test_pyarrow = trials(
    """
import pyarrow as pa
from pyarrow import csv, feather, orc, parquet
t = pa.table({"a": [1, 2]})
parquet.write_table(t, "a.parquet"); feather.write_feather(t, "a.feather"); orc.write_table(t, "a.orc"); csv.write_csv(t, "a.csv")
""",
    """
    parquet.write_table(t, "b.parquet")
    feather.write_feather(t, "b.feather")
    orc.write_table(t, "b.orc")
    csv.write_csv(t, "b.csv")
    parquet.read_table("a.parquet")
    parquet.read_schema("a.parquet")
    feather.read_feather("a.feather")
    orc.read_table("a.orc")
    csv.read_csv("a.csv")
    """,
)
