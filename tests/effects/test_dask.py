"""dask: what is asked for is done later, in threads, and by other libraries."""

from __future__ import annotations

from tests.effects.trials import trials
from tests.notation import case, table

test_files = trials(
    """
import pandas as pd, dask.array as da, dask.dataframe as dd
ddf = dd.from_pandas(pd.DataFrame({"a": [1, 2]}), npartitions=1); array = da.ones((4, 4), chunks=2)
pd.DataFrame({"a": [1]}).to_csv("a.csv"); ddf.to_parquet("a.parquet")
import dask.dataframe.io.parquet, pyarrow.parquet
""",
    """
    dd.read_csv("a.csv")
    dd.read_parquet("a.parquet")
    ddf.to_parquet("b.parquet")
    """,
)

test_slices = table(
    case(
        "Parquet",
        "x",
        """
+ import dask.dataframe as dd
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2, 3]})
+ ddf = dd.from_pandas(df, npartitions=1)
+ ddf.to_parquet("a.parquet")
  n = ddf["a"].sum().compute()
+ x = int(dd.read_parquet("a.parquet")["a"].sum().compute())
""",
    ),
    case(
        "Parquet, read and written by Arrow in another directory",
        "x",
        """
+ import os
+ import dask.dataframe as dd
+ import pandas as pd
+ os.makedirs("out/deep")
+ ddf = dd.from_pandas(pd.DataFrame({"a": [1, 2, 3]}), npartitions=2)
+ place = "file://" + os.path.abspath("out/deep/a")
+ ddf.to_parquet(place, filesystem="arrow")
+ later = dd.read_parquet(place, filesystem="arrow")
  n = 3
+ x = int(later["a"].sum().compute())
""",
    ),
    case(
        "several CSV files",
        "x",
        """
+ import dask.dataframe as dd
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2, 3]})
+ df.to_csv("a-1.csv", index=False)
+ df.to_csv("a-2.csv", index=False)
  df["a"] = 0
+ ddf = dd.read_csv("a-*.csv")
+ ddf["b"] = ddf["a"] + 1
? m = ddf.mean().compute()
+ x = int(ddf["b"].sum().compute())
""",
    ),
    case(
        "CSV files that change before they are read",
        "x",
        """
+ import dask.dataframe as dd
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2, 3]})
+ df.to_csv("a-0.csv", index=False)
+ ddf = dd.read_csv("a-*.csv")
+ df["a"] = 7
+ df.to_csv("a-0.csv", index=False)
+ x = int(ddf["a"].sum().compute())
""",
    ),
    case(
        "written as CSV",
        "x",
        """
+ import dask.dataframe as dd
+ import pandas as pd
+ ddf = dd.from_pandas(pd.DataFrame({"a": [1, 2, 3]}), npartitions=2)
+ ddf.to_csv("b-*.csv", index=False)
  n = len(ddf)
+ x = open("b-1.csv").read()
""",
    ),
    case(
        "an array that is changed",
        "x",
        """
+ import dask.array as da
+ a = da.ones((4, 4), chunks=2)
+ a[0] = 5
? a.mean().compute()
+ x = float(a.sum().compute())
""",
    ),
    case(
        "a function that is called later",
        "x",
        """
+ import dask
+ seen = []
+ def f(n):
+     seen.append(n)
+     return n
+ d = dask.delayed(f)(3)
+ d.compute()
+ x = seen
""",
    ),
)
