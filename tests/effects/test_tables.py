"""PyTables, whose objects complain once their file is closed."""

from __future__ import annotations

from tests.notation import case, table

test_slices = table(
    case(
        "written, closed and read",
        "x",
        """
+ import tables
+ f = tables.open_file("a.h5", "w")
+ a = f.create_array("/", "a", [1, 2])
+ a[0] = 5
+ f.close()
  n = 3
+ g = tables.open_file("a.h5")
+ x = g.root.a.read()
""",
    ),
    case(
        "two ways to one array",
        "x",
        """
+ import tables
+ f = tables.open_file("a.h5", "w")
+ a = f.create_array("/", "a", [1, 2])
+ b = f.root.a
+ b.attrs.unit = "m"
+ a[1] = 4
  n = 3
+ x = [f.root.a.attrs.unit, f.root.a.read()]
""",
    ),
    case(
        "a store of pandas",
        "x",
        """
+ import pandas as pd
+ store = pd.HDFStore("a.h5", "w")
+ df = pd.DataFrame({"a": [1]})
+ store["df"] = df
  n = 3
+ store.close()
+ x = pd.read_hdf("a.h5", "df")["a"].tolist()
""",
    ),
)

test_containers_with_ways_of_their_own = table(
    case(
        "which say nothing any more",
        "n",
        """
+ class Items(dict):
+     open = True
+     def values(self):
+         if not self.open:
+             raise ValueError("closed")
+         return super().values()
+ class Rows(list):
+     open = True
+     def __iter__(self):
+         if not self.open:
+             raise ValueError("closed")
+         return super().__iter__()
+ items, rows = Items(a=[1]), Rows([[2]])
+ def close(*things):
+     for thing in things:
+         thing.open = False
+ close(items, rows)
  other = 3
+ n = len(items) + len(rows) + len(rows[0]) + items.open
""",
    ),
)
