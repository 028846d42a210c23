"""pandas."""

from __future__ import annotations

from tests.effects.trials import trials

_SETUP = """
import io
import pandas as pd
import pandas.testing
df = pd.DataFrame({"a": [3, 1, 2], "b": [1.0, None, 2.0], "c": ["x", "y", "x"]})
other = pd.DataFrame({"a": [3, 2], "d": [7, 8]})
s = df["a"]; t = df["c"]; view = df["b"]
when = pd.Series(pd.date_range("2020-01-01", periods=3)); kind = t.astype("category")
groups = df.groupby("c"); one = groups["a"]; rolling = s.rolling(2); index = df.index
"""

test_functions = trials(
    _SETUP,
    """
    pd.DataFrame({"a": [1]})
    pd.Series([1])
    pd.concat([df, other])
    pd.merge(df, other)
    pd.to_datetime(["2020-01-01"])
    pd.to_numeric(s)
    pd.get_dummies(df)
    pd.cut(s, 2)
    pd.qcut(s, 2)
    pd.date_range("2020", periods=2)
    pd.isna(df)
    pd.crosstab(df["a"], df["c"])
    pd.melt(df)
    pd.pivot_table(df, values="a", index="c")
    pd.unique(s)
    pd.Timestamp("2020-01-01")
    pd.Timestamp.now()
    pd.api.types.is_numeric_dtype(s)
    pd.testing.assert_frame_equal(df, df)
    """,
)

test_frames = trials(
    _SETUP,
    """
    df.head()
    df.tail(1)
    df.describe()
    df.dropna()
    df.fillna(0)
    df.drop(columns="a")
    df.drop_duplicates()
    df.rename(columns={"a": "z"})
    df.sort_values("a")
    df.sort_index()
    df.set_index("a")
    df.reset_index()
    df.assign(z=1)
    df.merge(other, on="a")
    df.join(other, rsuffix="_r")
    df.groupby("c")
    df.pivot_table(values="a", index="c")
    df.melt()
    df.corr(numeric_only=True)
    df.mean(numeric_only=True)
    df.sum()
    df.value_counts()
    df.nunique()
    df.isna()
    df.astype({"a": float})
    df.copy()
    df.to_dict()
    df.to_numpy()
    df.iterrows()
    df.itertuples()
    df.items()
    df.select_dtypes("number")
    df.memory_usage()
    df.nlargest(1, "a")
    df.isin([1])
    df.shift()
    df.stack()
    df.explode("c")
    df.replace("x", "z")
    df.where(df["a"] > 1)
    df.cumsum()
    df.count()
    df.equals(other)
    df.xs(0)
    df.get("a")
    df.transpose()
    df.pop("a")
    df.insert(0, "z", 1)
    df.isetitem(0, [7, 8, 9])
    df.update(pd.DataFrame({"b": [9.0]}))
    df.__setitem__("a", 0)
    df.__delitem__("a")
    pd.DataFrame.from_dict({"a": [1]})
    pd.DataFrame.from_records([(1, 2)])
    """,
)

test_series = trials(
    _SETUP,
    """
    s.mean()
    s.unique()
    s.value_counts()
    s.tolist()
    s.to_frame()
    s.sort_values()
    s.isin([1])
    s.between(1, 2)
    s.astype(float)
    s.fillna(0)
    s.rank()
    s.quantile(0.5)
    s.cumsum()
    s.shift()
    s.rolling(2)
    s.idxmax()
    s.corr(view)
    s.replace(1, 5)
    s.repeat(2)
    s.add(1)
    s.pop(0)
    s.update(pd.Series([9]))
    s.__setitem__(0, 7)
    """,
)

test_accessors_and_indexes = trials(
    _SETUP,
    """
    t.str.upper()
    t.str.contains("x")
    t.str.split("x")
    t.str.replace("x", "y")
    t.str.len()
    when.dt.strftime("%Y")
    when.dt.floor("D")
    kind.cat.add_categories(["z"])
    kind.cat.rename_categories({"x": "w"})
    index.union([7])
    index.get_loc(0)
    index.to_list()
    index.take([0])
    pd.MultiIndex.from_product([[1], [2]])
    """,
)

test_groups_and_windows = trials(
    _SETUP,
    """
    groups.sum()
    groups.mean(numeric_only=True)
    groups.size()
    groups.head(1)
    groups.get_group("x")
    groups.cumcount()
    one.sum()
    one.mean()
    one.nlargest(1)
    one.rank()
    rolling.mean()
    s.expanding().sum()
    s.ewm(2).mean()
    when.to_frame().set_index(0).resample("D").size()
    """,
    caches=True,
)

test_writing = trials(
    _SETUP + "buffer = io.StringIO()",
    """
    df.to_csv("a.csv")
    df.to_csv(buffer)
    df.to_json("a.json")
    df.to_pickle("a.pickle")
    df.to_parquet("a.parquet")
    df.to_feather("a.feather")
    df.to_orc("a.orc")
    df.to_html("a.html")
    df.to_string(buffer)
    df.to_stata("a.dta")
    df.to_hdf("a.h5", key="a")
    df.to_excel("a.xlsx")
    s.to_csv("a.csv")
    """,
)

test_reading = trials(
    _SETUP
    + """
df.to_csv("a.csv"); df.to_json("a.json"); df.to_pickle("a.pickle"); df.to_parquet("a.parquet"); df.to_feather("a.feather")
df.to_orc("a.orc"); df.to_excel("a.xlsx"); df.to_hdf("a.h5", key="a")
buffer = open("a.csv").read(); buffer = io.StringIO(buffer)
""",
    """
    pd.read_csv("a.csv")
    pd.read_csv(buffer)
    pd.read_table("a.csv")
    pd.read_json("a.json")
    pd.read_pickle("a.pickle")
    pd.read_parquet("a.parquet")
    pd.read_feather("a.feather")
    pd.read_orc("a.orc")
    pd.read_excel("a.xlsx")
    pd.read_hdf("a.h5")
    """,
)

test_settings = trials(
    _SETUP,
    """
    pd.set_option("display.max_rows", 7)
    pd.reset_option("display.max_rows")  # maybe
    pd.get_option("display.max_rows")
    """,
)

test_plots = trials(
    "import matplotlib; matplotlib.use('agg'); import matplotlib.pyplot" + _SETUP,
    """
    df.plot()
    df.plot.bar()
    s.plot.hist()
    s.hist()
    df.boxplot()
    """,
)
