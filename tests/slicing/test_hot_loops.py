"""Loops of many rounds: most of them run without hooks, and what they did is found nevertheless."""

from tests.notation import case, table

test_late = table(
    case(
        "a function that changes a global late",
        "rows",
        """
+ rows = []
+ def f(i):
+     if i > 400:
+         rows.append(i)
+     return i
+ total = 0
+ for i in range(500):
+     total += f(i)
  done = True
""",
    ),
    case(
        "a branch that is taken late binds",
        "best",
        """
+ best = None
  other = 0
+ for i in range(500):
      other += i
+     if i == 450:
+         best = i
  print(other)
""",
    ),
    case(
        "what a late branch reads",
        "best",
        """
+ best = None
+ scale = 3
+ for i in range(500):
+     doubled = i * 2
      print(i) if i == 3 else None
+     if i == 450:
+         best = doubled * scale
""",
    ),
    case(
        "a late branch that changes through an alias",
        "first",
        """
+ rows = [[0], [1]]
+ first = rows[0]
+ for i in range(500):
+     row = rows[i % 2]
+     if i == 400:
+         row.append(i)
""",
    ),
    case(
        "a late change to an object that the loop variable names only in passing",
        "rows",
        """
+ rows = [[n] for n in range(300)]
+ def visit(row):
+     if row[0] == 200:
+         row.append("seen")
+ for row in rows:
+     visit(row)
  last = row
""",
    ),
    case(
        "an item of a list is another variable's value",
        "seldom",
        """
+ seldom = []
+ grid = [[] for _ in range(400)]
+ grid[350] = seldom
+ for i in range(400):
+     grid[i].append(i)
""",
    ),
    case(
        "what others change nearby is not its doing",
        "velocity",
        """
+ import numpy as np
  w = np.zeros(3)
+ velocity = np.zeros(3)
  path = [w.copy()]
+ for k in range(400):
+     velocity *= 0.8
+     velocity -= 0.1
      w += velocity
      path.append(w.copy())
""",
    ),
    case(
        "read through an alias in the round of the change",
        "total",
        """
+ rows = [[n] for n in range(300)]
+ def visit(row):
+     if row[0] == 200:
+         row[0] = 1000
+ total = 0
+ for n in range(300):
+     a = rows[n]
+     visit(rows[n])
+     total += a[0]
""",
    ),
    case(
        "another branch takes over",
        "x",
        """
+ x = y = 0
+ for i in range(500):
+     if i < 300:
+         x = i
+     else:
+         x = y
+     y = x + 1
      z = y
""",
    ),
    case(
        "left by a late break",
        "n",
        """
+ n = 0
+ for i in range(1000):
+     if i == 700:
+         break
+     n += 1
      m = n
""",
    ),
    case(
        "else after the last round",
        "found",
        """
+ found = None
+ for i in range(1000):
+     if i == -1:
+         found = i
+         break
      m = i
+ else:
+     found = "none"
""",
    ),
    case(
        "while",
        "n",
        """
+ n = 0
  steps = []
+ limit = 300
+ while n < limit:
+     n += 1
      steps.append(n)
+     if n == 250:
+         limit = 260
""",
    ),
    case(
        "while with else",
        "x",
        """
+ n = 0
+ while n < 300:
+     n += 1
+ else:
+     x = n
  y = 1
""",
    ),
    case(
        "an iterator shared with the rest of the program",
        "rest",
        """
+ numbers = iter(range(1000))
  total = 0
+ for n in numbers:
      total += n
+     if n == 700:
+         break
+ rest = list(numbers)
""",
    ),
    case(
        "a generator with effects of its own",
        "log",
        """
+ log = []
+ def numbers():
+     for n in range(500):
+         if n > 400:
+             log.append(n)
+         yield n
  total = 0
+ for n in numbers():
+     pass
      total += n
""",
        sound_only=True,
    ),
    case(
        "a name that a function binds",
        "count",
        """
+ count = 0
+ def bump(i):
+     global count
+     if i > 300:
+         count += 1
+ for i in range(400):
+     bump(i)
""",
    ),
    case(
        "deleted late",
        "kept",
        """
+ kept = {n: n for n in range(400)}
+ for n in range(400):
+     if n > 350:
+         del kept[n]
      m = n
""",
    ),
    case(
        "a loop in a loop",
        "grid",
        """
+ grid = [[0] * 30 for _ in range(30)]
  calls = 0
+ for i in range(30):
+     for j in range(30):
+         grid[i][j] = i * j
          calls += 1
""",
    ),
    case(
        "two loops take turns",
        "b",
        """
+ a = b = 0
+ for i in range(200):
+     a += i
+ for i in range(200):
+     b += a
  c = b
""",
    ),
    case(
        "executed text",
        "x",
        """
+ x = 0
+ def run(i):
+     if i == 300:
+         exec("global x; x = 7")
+ for i in range(400):
+     run(i)
""",
        sound_only=True,
    ),
)

test_exceptions = table(
    case(
        "a late exception ends the loop",
        "n",
        """
+ n = 0
+ data = list(range(300)) + ["x"]
+ try:
+     for item in data:
+         n += item
          print(item) if item == 0 else None
+ except TypeError:
+     n = -n
""",
    ),
    case(
        "a late exception is handled in the loop",
        "bad",
        """
+ data = list(range(300)) + ["x"]
  total = 0
+ bad = []
+ for item in data:
+     try:
+         value = item + 1
+     except TypeError:
+         bad.append(item)
      total += 1
""",
    ),
    case(
        "a context manager swallows it",
        "n",
        """
+ import contextlib
+ n = 0
+ with contextlib.suppress(TypeError):
+     for item in [*range(300), "x"]:
+         n += item
+     n = "not reached"
""",
    ),
    case(
        "finally",
        "n",
        """
+ n = 0
+ try:
+     try:
+         for item in [*range(300), "x"]:
+             n += item
+     finally:
+         n = -n
+ except TypeError:
+     pass
""",
    ),
    case(
        "nobody catches it",
        "n",
        """
+ n = 0
+ for item in [*range(300), "x"]:
+     n += item
  m = n
---
+ n += 1
""",
        sound_only=True,
        raises="0: TypeError",
    ),
)
