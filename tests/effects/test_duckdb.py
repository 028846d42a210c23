"""DuckDB: files in directories that nobody watches."""

from __future__ import annotations

from tests.notation import case, table

test_slices = table(
    case(
        "copied into a file elsewhere",
        "x",
        """
+ import duckdb
+ duckdb.sql("copy (select 1 as a) to 'out/a.csv'")
+ x = open("out/a.csv").read()
""",
        files={"out/keep.txt": ""},
    ),
    case(
        "a relation written elsewhere, and read again",
        "x",
        """
+ import duckdb
+ con = duckdb.connect()
+ con.execute("create table t as select 5 as a")
+ con.table("t").write_parquet("out/a.parquet")
+ con.execute("copy t to 'out/b.csv'")
  n = 3
+ x = duckdb.read_csv("out/b.csv").fetchall() + duckdb.read_parquet("out/a.parquet").fetchall()
""",
        files={"out/keep.txt": ""},
    ),
)
