"""pandas: assignments of every kind change the frame, most methods do not, and copies are made on write."""

from tests.notation import case, table

test_assignment = table(
    case(
        "a frame puts its columns in order inside",
        "x",
        """
+ import pandas as pd
+ t = pd.DataFrame({"a": [1.0, 2.0], "d": ["x", "y"]})
+ t["b"] = t["a"] / 2
  def medians(frame):
      return frame.groupby("d").median()
  m = medians(t)
  t._consolidate_inplace()
+ t.loc[0, "a"] = 5
+ x = t["a"].sum() + t["b"].sum()
""",
    ),
    case(
        "pandas: a new column",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2, 3]})
+ df["b"] = df["a"] * 2
  c = df["a"].sum()
""",
    ),
    case(
        "pandas: loc, iloc, at, iat",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6]})
+ df.loc[0, "a"] = 10
+ df.iloc[1, 1] = 20
+ df.at[2, "a"] = 30
+ df.iat[0, 1] = 40
  x = df.loc[0, "a"]
  y = df.iloc[1]
""",
    ),
    case(
        "pandas: loc with a mask",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2, 3]})
+ mask = df["a"] > 1
+ df.loc[mask, "a"] = 0
  n = mask.sum()
""",
    ),
    case(
        "pandas: loc adds a row",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1]})
+ for i in range(3):
+     df.loc[len(df)] = [i]
      print(i)
  n = len(df)
""",
    ),
    case(
        "pandas: columns and index replaced",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ df.columns = ["x"]
+ df.index = ["r", "s"]
+ df.index.name = "key"
  s = df.shape
""",
    ),
    case(
        "pandas: an attribute column",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ df.a = [5, 6]
  m = df.a.max()
""",
    ),
    case(
        "pandas: attrs",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ df.attrs["source"] = "made"
  k = df.attrs.get("source")
""",
    ),
    case(
        "pandas: del of a column",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
+ del df["a"]
  n = df.shape
""",
    ),
    case(
        "pandas: a column used in place",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1.0, 2.0]})
+ df["a"] += 1
+ df["b"] = 0
+ df["b"] -= df["a"]
  d = df["a"] - 1
""",
    ),
    case(
        "pandas: many columns in a loop",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ for n in range(3):
+     df[f"c{n}"] = df["a"] ** n
      print(n)
""",
    ),
    case(
        "pandas: an item of a series",
        "s",
        """
+ import pandas as pd
+ s = pd.Series([1, 2, 3], index=list("xyz"))
+ s["x"] = 10
+ s.loc["w"] = 5
+ s.name = "s"
  t = s * 2
""",
    ),
)

test_methods = table(
    case(
        "pandas: inplace",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [2.0, None, 1.0], "b": [1, 2, 3]})
+ df.fillna(0, inplace=True)
+ df.sort_values("a", inplace=True)
+ df.drop(columns="b", inplace=True)
+ df.rename(columns={"a": "x"}, inplace=True)
+ df.reset_index(drop=True, inplace=True)
  df.sort_values("x")
  df.drop(columns="x")
""",
    ),
    case(
        "pandas: inplace by a variable",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [2, 1]})
+ flag = True
+ df.sort_values("a", inplace=flag)
  df.sort_values("a", inplace=not flag)
""",
    ),
    case(
        "pandas: insert and pop",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
+ df.insert(0, "z", [0, 0])
+ b = df.pop("b")
  c = df["a"]
""",
    ),
    case(
        "pandas: the popped column",
        "y",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
+ y = df.pop("b")
  X = df
""",
    ),
    case(
        "pandas: update",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ other = pd.DataFrame({"a": [9]})
+ df.update(other)
  merged = df.merge(other, on="a")
""",
    ),
    case(
        "pandas: eval inplace",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ df.eval("b = a * 2", inplace=True)
  df.eval("c = a * 3")
""",
    ),
    case(
        "pandas: query reads a variable",
        "r",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2, 3]})
+ low = 1
+ r = df.query("a > @low")
  low = 5
""",
    ),
    case(
        "pandas: methods that make new frames",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [3, 1, 2], "k": ["x", "y", "x"]})
  df.head()
  df.describe()
  df.info()
  df.groupby("k").sum()
  df.assign(b=1)
  df.merge(df, on="k")
  df.dropna()
  pd.concat([df, df])
  df.apply(lambda col: col.max())
  df["a"].map(str)
  print(df.shape, df.dtypes, len(df))
""",
    ),
    case(
        "pandas: a chain of methods",
        "r",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [3, 1, 2], "k": ["x", "y", "x"]})
+ r = (
+     df.assign(b=lambda d: d["a"] * 2)
+     .query("b > 2")
+     .groupby("k")["b"]
+     .sum()
+ )
  s = df.sort_values("a").head(1)
""",
    ),
    case(
        "pandas: pipe with a function of one's own",
        "r",
        """
+ import pandas as pd
+ factor = 2
+ def scale(d):
+     return d * factor
  def shift(d):
      return d + 1
+ df = pd.DataFrame({"a": [1, 2]})
+ r = df.pipe(scale)
  s = df.pipe(shift)
""",
    ),
    case(
        "pandas: apply with a function that notes",
        "seen",
        """
+ import pandas as pd
+ seen = []
+ df = pd.DataFrame({"a": [1, 2]})
+ r = df["a"].apply(lambda v: seen.append(v) or v)
  t = df["a"].apply(lambda v: v + 1)
""",
    ),
    case(
        "pandas: apply reads a global table",
        "r",
        """
+ import pandas as pd
+ table = {1: "one"}
+ table[2] = "two"
+ df = pd.DataFrame({"a": [1, 2]})
+ r = df["a"].apply(lambda v: table[v])
  table[3] = "three"
""",
    ),
    case(
        "pandas: rows in a loop",
        "out",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
+ out = []
  total = 0
+ for index, row in df.iterrows():
+     out.append(int(row["a"]) + index)
      total += row["b"]
""",
    ),
    case(
        "pandas: a function that changes the frame",
        "df",
        """
+ import pandas as pd
+ def clean(d):
+     d["b"] = d["a"].fillna(0)
  def report(d):
      print(d.shape)
+ df = pd.DataFrame({"a": [1.0, None]})
+ clean(df)
  report(df)
""",
    ),
    case(
        "pandas: a function that copies first",
        "df",
        """
+ import pandas as pd
  def clean(d):
      d = d.copy()
      d["b"] = 1
      return d
+ df = pd.DataFrame({"a": [1.0, None]})
  other = clean(df)
""",
    ),
)

test_sharing = table(
    case(
        "pandas: another name for the frame",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ same = df
+ same["b"] = 1
  other = df.copy()
  other["c"] = 1
""",
    ),
    case(
        "pandas: a column taken out is a copy on write",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
? s = df["a"]
? s.iloc[0] = 9
""",
    ),
    case(
        "pandas: the column taken out",
        "s",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ s = df["a"]
+ s.iloc[0] = 9
  t = s.sum()
""",
    ),
    case(
        "pandas: the column taken out does not follow the frame",
        "s",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ s = df["a"]
? df.loc[0, "a"] = 9
""",
    ),
    case(
        "pandas: rows taken out",
        "part",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2, 3]})
+ part = df[df["a"] > 1]
+ part["b"] = 5
? df["c"] = 1
""",
    ),
    case(
        "pandas: a frame in a dict",
        "frames",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ frames = {"x": df}
+ df["b"] = 1
  n = len(frames)
""",
    ),
    case(
        "pandas: a groupby object keeps its frame",
        "r",
        """
+ import pandas as pd
+ df = pd.DataFrame({"k": ["x", "y", "x"], "v": [1, 2, 3]})
+ g = df.groupby("k")
+ r = g["v"].sum()
  s = g["v"].max()
""",
    ),
    case(
        "pandas: a groupby object and a later change of the frame",
        "r",
        """
+ import pandas as pd
+ df = pd.DataFrame({"k": ["x", "y", "x"], "v": [1, 2, 3]})
+ g = df.groupby("k")
+ df["v"] = 0
+ r = g["v"].sum()
  s = 1
""",
        sound_only=True,
    ),
    case(
        "pandas: groups in a loop",
        "sizes",
        """
+ import pandas as pd
+ df = pd.DataFrame({"k": ["x", "y", "x"], "v": [1, 2, 3]})
+ sizes = {}
+ for key, group in df.groupby("k"):
+     sizes[key] = len(group)
      print(group)
""",
    ),
    case(
        "pandas: rolling objects",
        "r",
        """
+ import pandas as pd
+ s = pd.Series([1.0, 2.0, 3.0])
+ w = s.rolling(2)
+ r = w.mean()
  m = w.max()
""",
    ),
    case(
        "pandas: values of a frame",
        "m",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ df["a"] = df["a"] * 2
+ m = df.to_numpy().copy()
+ m[0, 0] = 7
  df["a"] = 0
""",
        sound_only=True,
    ),
    case(
        "pandas: lists inside cells",
        "df",
        """
+ import pandas as pd
+ inner = [1]
+ df = pd.DataFrame({"a": [inner, [2]]})
+ inner.append(5)
  n = len(inner)
""",
    ),
    case(
        "pandas: the index is shared",
        "r",
        """
+ import pandas as pd
+ a = pd.DataFrame({"x": [1, 2]}, index=["p", "q"])
+ b = pd.DataFrame({"y": [3, 4]}, index=["q", "p"])
+ r = a.join(b)
  a["z"] = 1
""",
    ),
    case(
        "pandas: a small cleaning",
        "clean",
        """
+ import pandas as pd
  import json
+ raw = pd.DataFrame({"name": [" ann", "bob ", None], "age": ["31", "x", "40"], "junk": [0, 0, 0]})
  print(raw.head())
+ raw["name"] = raw["name"].str.strip()
+ raw["age"] = pd.to_numeric(raw["age"], errors="coerce")
  stats = raw.describe()
+ clean = raw.dropna().drop(columns=["junk"])
+ clean["adult"] = clean["age"] >= 18
  by_age = clean.groupby("adult").size()
  print(json.dumps({"rows": len(clean)}))
""",
    ),
)
