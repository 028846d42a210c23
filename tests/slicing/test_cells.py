"""Notebook cells: run in any order, run again, edited and run again, failing and going on."""

from tests.notation import case, table

test_cells = table(
    case(
        "cells: over two cells",
        "b",
        """
+ a = 1
  x = 5
---
+ b = a + 1
  y = 6
""",
    ),
    case(
        "cells: a cell that is not needed goes",
        "b",
        """
+ a = 1
---
  print(a)
  c = a * 2
---
+ b = a + 1
""",
    ),
    case(
        "cells: run twice",
        "x",
        """
+ x = 1
---
+ x += 1
---
+ x += 1
""",
    ),
    case(
        "cells: run twice, with its initialisation",
        "x",
        """
  x = []
  x.append(1)
---
+ x = []
+ x.append(1)
""",
    ),
    case(
        "cells: the first cell again after the second",
        "b",
        """
+ a = 1
---
+ b = a + 1
---
  a = 1
""",
    ),
    case(
        "cells: out of order",
        "total",
        """
+ def f(x):
+     return x * k
---
  k = 1
---
+ k = 2
---
+ total = f(10)
---
  k = 3
""",
    ),
    case(
        "cells: edited and run again",
        "y",
        """
+ xs = [1, 2, 3]
---
  y = sum(xs)
---
+ y = max(xs)
""",
    ),
    case(
        "cells: a function edited, the result computed again",
        "y",
        """
  def f(x):
      return x
---
  y = f(1)
---
+ def f(x):
+     return x + 1
---
+ y = f(1)
""",
    ),
    case(
        "cells: a function edited, the result not computed again",
        "y",
        """
+ def f(x):
+     return x
---
+ y = f(1)
---
  def f(x):
      return x + 1
""",
    ),
    case(
        "cells: two versions of a function both needed",
        "y",
        """
+ def f(x):
+     return x
---
+ a = f(1)
---
+ def f(x):
+     return x + 1
---
+ y = a + f(1)
""",
    ),
    case(
        "cells: a list grown in many cells",
        "xs",
        """
+ xs = []
---
+ xs.append(1)
---
  ys = list(xs)
---
+ xs.append(2)
  print(xs)
---
+ xs.sort()
""",
    ),
    case(
        "cells: an iterator over cells",
        "b",
        """
+ it = iter([1, 2, 3])
---
+ a = next(it)
---
  print(a)
---
+ b = next(it)
---
  c = next(it)
""",
    ),
    case(
        "cells: imported again",
        "x",
        """
? import math
---
+ import math
---
+ x = math.pi
""",
    ),
    case(
        "cells: an import in a late cell",
        "y",
        """
+ a = 4
---
+ import math
---
+ y = math.sqrt(a)
---
  import json
""",
    ),
    case(
        "cells: a loop in one cell, its result in another",
        "best",
        """
+ scores = {}
---
+ for n in range(3):
+     scores[n] = n * n % 3
      print(n)
---
+ best = max(scores, key=scores.get)
---
  worst = min(scores, key=scores.get)
""",
    ),
    case(
        "cells: a class edited, old instances live on",
        "old",
        """
+ class P:
+     n = 1
---
+ old = P()
---
  class P:
      n = 2
---
+ old.extra = P
""",
        sound_only=True,
    ),
    case(
        "cells: the same text with another meaning",
        "y",
        """
+ x = 1
---
+ x = x * 2
---
+ x = x * 2
---
+ y = x
---
  x = x * 2
""",
    ),
    case(
        "cells: a name deleted in one cell and made in another",
        "x",
        """
  x = 1
---
  del x
---
+ x = 2
""",
    ),
    case(
        "cells: an expression at the end of a cell",
        "x",
        """
+ x = [1]
  x
---
  len(x)
---
+ x.pop()
""",
    ),
    case(
        "cells: the last cell failed",
        "x",
        """
+ x = [1]
---
+ x.append(2)
  undefined
  x.append(3)
""",
        raises="1: NameError",
    ),
    case(
        "cells: failed, repaired, run again",
        "x",
        """
+ x = []
---
+ x.append(1)
  x.append(undefined)
---
+ undefined = 5
---
+ x.append(1)
+ x.append(undefined)
""",
        raises="1: NameError",
        # That append was not reached is not known: the call that failed is kept, and survived.
        sound_only=True,
    ),
    case(
        "cells: empty cells and comments",
        "x",
        """
+ x = 1
---
  # nothing here
---

---
+ x += 1
""",
    ),
    case(
        "cells: __future__ in a later cell",
        "x",
        """
+ x = 1
---
  from __future__ import annotations
---
+ x += 1
""",
        sound_only=True,
    ),
    case(
        "cells: a variable for one purpose, then another",
        "model",
        """
  data = [1, 2]
  first = sum(data)
---
+ data = [5, 6]
---
+ model = max(data)
""",
    ),
    case(
        "cells: changes between the alias and its use",
        "report",
        """
+ base = {"n": 1}
---
+ view = base
---
+ base["n"] = 2
---
+ report = dict(view)
---
  base["n"] = 3
""",
    ),
    case(
        "cells: one that failed within a with block",
        "lines",
        """
+ with open("log.txt", "a") as log:
+     log.write(f"{missing}")
---
+ lines = open("log.txt").read().splitlines()
""",
        raises="NameError",
        sound_only=True,
        contains=("NameError",),
    ),
)
