"""polars: ``make test-knowledge``."""

from __future__ import annotations

from tests.effects.heavy.test_files_in_c import needs
from tests.effects.trials import trials
from tests.notation import case, table

_SETUP = """
import numpy as np, pandas as pd, polars as pl
df = pl.DataFrame({'a': [3, 1, 2], 'b': ['x', 'y', 'x']}); other = pl.DataFrame({'a': [1], 'b': ['z']})
df.write_ipc_stream('a.arrows'); df.write_parquet('a.parquet'); df.write_ipc('a.arrow')
lazy = df.lazy(); s = pl.Series('s', [3, 1, None]); more = pl.Series('s', [4]); c = pl.Series('c', [7, 8, 9])
array = np.arange(3.0); frame = pd.DataFrame({'a': [1]}); table = df.to_arrow(); rows = [{'a': 1}]; expression = pl.col('a')
"""

test_what_changes = needs("polars")(
    trials(
        _SETUP,
        """
    df.insert_column(0, c)
    df.replace_column(0, c)
    df.extend(other)
    df.drop_in_place("a")
    s.append(more)
    s.extend(more)
    df.write_ipc_stream("b.arrows")
    pl.read_ipc_stream("a.arrows")
    pl.read_parquet_schema("a.parquet")
    pl.read_parquet_metadata("a.parquet")
    pl.read_ipc_schema("a.arrow")
    """,
    )
)

test_what_changes_nothing = needs("polars")(
    trials(
        _SETUP,
        """
    pl.DataFrame({"a": [1]})
    pl.Series("a", array)
    pl.from_dict({"a": [1]})
    pl.from_dicts(rows)
    pl.from_pandas(frame)
    pl.from_arrow(table)
    pl.concat([df, df])
    pl.col("a")
    pl.lit(1)
    expression.alias("b")
    expression.sum()
    expression.mean()
    expression.min()
    expression.max()
    expression.count()
    expression.std()
    expression.median()
    expression.first()
    expression.last()
    expression.abs()
    expression.cast(pl.Float64)
    expression.over("b")
    expression.is_null()
    expression.is_not_null()
    expression.is_in([1])
    df.head()
    df.tail()
    df.limit()
    df.slice(1)
    df.clone()
    df.to_dict()
    df.to_dicts()
    df.to_arrow()
    df.to_pandas()
    df.to_numpy()
    df.to_series()
    df.sum()
    df.mean()
    df.min()
    df.max()
    df.std()
    df.var()
    df.median()
    df.count()
    df.null_count()
    df.describe()
    df.glimpse()
    df.equals(other)
    df.is_empty()
    df.estimated_size()
    df.rows()
    df.get_column("a")
    df.get_columns()
    df.lazy()
    df.transpose()
    df.reverse()
    df.is_duplicated()
    df.is_unique()
    s.head()
    s.tail()
    s.slice(1)
    s.sum()
    s.mean()
    s.min()
    s.max()
    s.std()
    s.var()
    s.median()
    s.to_list()
    s.to_numpy()
    s.to_frame()
    s.unique()
    s.n_unique()
    s.null_count()
    s.value_counts()
    s.is_null()
    s.is_not_null()
    s.cast(pl.Float64)
    s.len()
    s.count()
    s.equals(more)
    s.clone()
    s.abs()
    s.cum_sum()
    s.diff()
    s.drop_nulls()
    lazy.select("a")
    lazy.filter(expression > 1)
    lazy.with_columns(expression * 2)
    lazy.join(lazy, on="a")
    lazy.group_by("b")
    lazy.sort("a")
    lazy.unique()
    lazy.head()
    lazy.tail()
    lazy.limit()
    lazy.slice(1)
    lazy.reverse()
    lazy.drop_nulls()
    lazy.clone()
    lazy.lazy()
    """,
    )
)

test_slices = needs("polars")(
    table(
        case(
            "a lazy frame, from one file into another",
            "x",
            """
+ import polars as pl
+ df = pl.DataFrame({"a": [1, 2, 3]})
+ df.write_parquet("a.parquet")
  df.write_csv("other.csv")
+ lazy = pl.scan_parquet("a.parquet").filter(pl.col("a") > 1)
  df.head()
+ lazy.sink_csv("b.csv")
+ x = pl.read_csv("b.csv")["a"].to_list()
""",
        ),
        case(
            "a frame that is changed in place",
            "x",
            """
+ import polars as pl
+ df = pl.DataFrame({"a": [1, 2, 3]})
+ df.insert_column(0, pl.Series("b", [4, 5, 6]))
+ df[0, "a"] = 9
  total = df.sum()
  df.describe()
+ x = df.to_dict(as_series=False)
""",
        ),
        case(
            "a function inside an expression",
            "seen",
            """
+ import polars as pl
+ seen = []
+ def note(value):
+     seen.append(value)
+     return value
+ df = pl.DataFrame({"a": [1, 2]})
+ df.with_columns(pl.col("a").map_elements(note, return_dtype=pl.Int64))
  df.head()
""",
            sound_only=True,
        ),
        case(
            "a frame that is extended, and one of its columns",
            "x",
            """
+ import polars as pl
+ df = pl.DataFrame({"a": [1]})
+ more = pl.DataFrame({"a": [2]})
+ df.extend(more)
+ s = df["a"]
  n = s.sum()
+ s.append(pl.Series("a", [4]))
+ x = [df["a"].to_list(), s.to_list()]
""",
        ),
    )
)
