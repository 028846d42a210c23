"""What LineaPy 0.2.3 got wrong, each as a case."""

from tests.notation import case, table

test_wrong_results = table(
    case("0.2.3: and gives an operand", "x", "+ x = 1 and 2\n  y = 3"),
    case("0.2.3: or of different types", "x", "+ x = 0 or 'x'\n  y = 3"),
    case("0.2.3: three operands", "x", "+ x = 0 or '' or [] or 'end'\n  y = 3"),
    case(
        "0.2.3: short circuit",
        "x",
        """
+ y = None
+ x = y is not None and y.foo
  z = 1
""",
    ),
    case("0.2.3: chained comparison", "x", "+ x = 3 > 2 > 1\n  y = 3"),
    case("0.2.3: chained comparison that fails at the end", "x", "+ x = 1 < 3 < 2\n  y = 3"),
    case("0.2.3: complex literals", "x", "+ x = 3j * 2\n  y = 3"),
    case("0.2.3: stars in a list", "y", "+ x = [1]\n+ y = [*x, 4]\n  z = 3"),
    case("0.2.3: del of a variable", "y", "+ x = 1\n+ y = x\n  del x\n  z = 3"),
    case("0.2.3: del of two targets", "d", "+ d = {1: 1, 2: 2}\n+ del d[1], d[2]\n  z = 3"),
    case(
        "0.2.3: print with a star in a block",
        "x",
        """
+ x = 1
  if x:
      print(*[1, 2])
""",
    ),
    case(
        "0.2.3: an except clause in a block",
        "x",
        """
+ for i in range(1):
+     try:
+         x = int("a")
+     except ValueError:
+         x = 0
  y = 1
""",
    ),
    case(
        "0.2.3: chained assignment calls once",
        "(p, q)",
        """
+ n = 0
+ def g():
+     global n
+     n += 1
+     return n
+ p = q = g()
> target = (p, q)
""",
    ),
    case(
        "0.2.3: eval, locals and globals",
        "y",
        """
+ a = 2
+ y = eval("a") + locals()["a"] + globals()["a"]
""",
    ),
    case(
        "0.2.3: query with a variable",
        "r",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ x = 1
+ r = df.query("a > @x")
  s = df.sum()
""",
    ),
    case(
        "0.2.3: a class of the script, pickled",
        "data",
        """
+ import pickle
+ class P:
+     def __init__(self, x):
+         self.x = x
+ data = pickle.loads(pickle.dumps(P(3))).x
  q = P(4)
""",
    ),
    case(
        "0.2.3: an import used only by an annotation",
        "f",
        """
+ from typing import List
+ def f(xs: List[int]):
+     return xs
""",
    ),
    case(
        "0.2.3: __future__ lost",
        "f",
        """
+ from __future__ import annotations
+ def f(x: NotDefinedAnywhere):
+     return x
  y = f(1)
""",
    ),
    case(
        "0.2.3: cut through a multi-line string",
        "b",
        '''
  a = """
  x = 1
  """
+ b = """
+ a = 1
+ """
''',
    ),
    case(
        "0.2.3: an import moved above the path it needs",
        "x",
        """
+ import sys
+ sys.path.insert(0, "lib")
+ import only_there
+ x = only_there.value
""",
        files={"lib/only_there.py": "value = 4\n"},
    ),
)

test_wrong_slices = table(
    case(
        "0.2.3: df.loc and df.at",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ df.loc[0, "a"] = 5
+ df.at[1, "a"] = 6
  x = df.loc[0, "a"]
""",
    ),
    case(
        "0.2.3: df.update",
        "df",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ df.update(pd.DataFrame({"a": [7]}))
  x = df.sum()
""",
    ),
    case(
        "0.2.3: ndarray.sort, fill and out=",
        "c",
        """
+ import numpy as np
+ a = np.array([3, 1])
+ a.sort()
+ b = np.zeros(2)
+ b.fill(2)
+ c = np.zeros(2)
+ np.add(a, b, out=c)
  d = a + b
""",
    ),
    case(
        "0.2.3: a method that changes its object",
        "a",
        """
+ class A:
+     n = 0
+     def inc(self):
+         self.n += 1
+ a = A()
+ a.inc()
  b = A()
  b.inc()
""",
    ),
    case(
        "0.2.3: an attribute of an ordinary object",
        "a",
        """
+ class A:
+     pass
+ a = A()
+ a.n = 5
  m = a.n
""",
    ),
    case(
        "0.2.3: setdefault",
        "d",
        """
+ d = {}
+ d.setdefault("k", []).append(1)
  x = d.get("k")
""",
    ),
    case(
        "0.2.3: deque.append",
        "q",
        """
+ from collections import deque
+ q = deque()
+ q.append(1)
  n = len(q)
""",
    ),
    case(
        "0.2.3: state of a closure",
        "b",
        """
+ def counter():
+     n = 0
+     def inc():
+         nonlocal n
+         n += 1
+         return n
+     return inc
+ c = counter()
+ a = c()
+ b = c()
  d = c()
""",
    ),
    case(
        "0.2.3: next",
        "b",
        """
+ it = iter("abc")
+ a = next(it)
+ b = next(it)
  c = next(it)
""",
    ),
    case(
        "0.2.3: a class changed by its classmethod",
        "C",
        """
+ class C:
+     n = 0
+     @classmethod
+     def inc(cls):
+         cls.n += 1
+ C.inc()
+ C.inc()
  m = C.n
""",
    ),
    case(
        "0.2.3: a function that changes its argument",
        "df",
        """
+ def add(d):
+     d["z"] = 1
+ df = {}
+ add(df)
  e = 1
""",
    ),
    case(
        "0.2.3: the second name of a module",
        "x",
        """
+ import math
+ import math as m
+ x = math.pi + m.e
  y = m.pi
""",
    ),
    case(
        "0.2.3: a change in the second round of a loop",
        "log",
        """
+ log = []
+ def step(i):
+     if i > 2:
+         log.append(i)
+ for i in range(5):
+     step(i)
      x = i
""",
    ),
    case(
        "0.2.3: an unrelated statement on the same line",
        "a",
        """
> a = 1
  a = 1; b = print("b")
""",
    ),
    case(
        "0.2.3: a kept loop with its prints",
        "total",
        """
+ total = 0
+ for i in range(3):
      print(i)
+     total += i
""",
    ),
    case(
        "0.2.3: an object operator that changes another",
        "log",
        """
+ log = []
+ class V:
+     def __iadd__(self, x):
+         log.append(x)
+         return self
+ v = V()
+ v += 1
  w = 2
""",
    ),
    case(
        "0.2.3: vars() and __dict__",
        "a",
        """
+ class A:
+     pass
+ a = A()
+ vars(a)["n"] = 1
+ a.__dict__.update(m=2)
  k = a.n
""",
    ),
    case(
        "0.2.3: delattr",
        "a",
        """
+ class A:
+     pass
+ a = A()
+ a.n = 1
+ a.m = 2
+ delattr(a, "n")
  k = a.m
""",
    ),
    case(
        "0.2.3: heapq",
        "h",
        """
+ import heapq
+ h = []
+ heapq.heappush(h, 3)
+ heapq.heappush(h, 1)
  low = h[0]
""",
    ),
    case(
        "0.2.3: partial_fit and set_params",
        "m",
        """
+ from sklearn.naive_bayes import GaussianNB
+ m = GaussianNB()
+ m.set_params(var_smoothing=1e-3)
+ m.partial_fit([[0.0], [1.0]], [0, 1], classes=[0, 1])
+ m.partial_fit([[0.5], [2.0]], [0, 1])
  p = m.predict([[1.0]])
""",
    ),
)
