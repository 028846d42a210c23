"""Code that did not run is kept as far as it could bind or change what the slice needs, so that the slice also
runs on other data. What touches nothing relevant goes."""

from tests.notation import case, table

test_unrun = table(
    case(
        "unrun: a branch that would bind keeps what it reads",
        "x",
        """
+ big = [100]
+ n = 1
+ x = 0
+ if n > 5:
+     x = big[0]
  small = 1
""",
    ),
    case(
        "unrun: what the branch reads may itself be made in several steps",
        "x",
        """
+ table = {}
+ table["k"] = 5
+ n = 1
+ x = 0
+ if n > 5:
+     x = table["k"]
  table2 = {}
""",
    ),
    case(
        "unrun: inside the branch, statements that lead to the binding",
        "x",
        """
+ n = 1
+ x = 0
+ if n > 5:
+     t = n * 2
      u = n * 3
+     x = t + 1
""",
    ),
    case(
        "unrun: a branch with nothing relevant",
        "x",
        """
+ x = 1
  n = 1
  if n > 5:
      y = 2
      print(y)
""",
    ),
    case(
        "unrun: a branch beside a relevant one",
        "x",
        """
+ n = 1
+ if n < 5:
+     x = 1
  else:
      print("big")
      y = 2
""",
    ),
    case(
        "unrun: a branch that calls a function that could change it",
        "xs",
        """
+ def spoil(v):
+     v.clear()
+ xs = [1]
+ n = 1
+ if n > 5:
+     spoil(xs)
      print(xs)
""",
    ),
    case(
        "unrun: a branch that calls a function that cannot reach it",
        "xs",
        """
  def show(v):
      print(v)
+ xs = [1]
  n = 1
  if n > 5:
      show(n)
""",
    ),
    case(
        "unrun: a branch that could change it through an alias",
        "xs",
        """
+ xs = [1]
+ ys = xs
+ n = 1
+ if n > 5:
+     ys.append(2)
""",
    ),
    case(
        "unrun: a branch with item assignment",
        "d",
        """
+ d = {}
+ n = 1
+ if n > 5:
+     d["a"] = n
      print(d)
""",
    ),
    case(
        "unrun: a branch with deletion",
        "d",
        """
+ d = {"a": 1}
+ n = 1
+ if n > 5:
+     del d["a"]
      print(d)
""",
    ),
    case(
        "unrun: a branch with augmented assignment",
        "x",
        """
+ x = 1
+ step = 2
+ n = 1
+ if n > 5:
+     x += step
""",
    ),
    case(
        "unrun: a loop that has no rounds",
        "total",
        """
+ total = 0
+ rows = []
+ for row in rows:
+     total += row
      print(row)
""",
    ),
    case(
        "unrun: a loop that has no rounds and touches nothing",
        "total",
        """
+ total = 0
  rows = []
  for row in rows:
      print(row)
""",
    ),
    case(
        "unrun: a handler",
        "x",
        """
+ default = 5
+ try:
+     x = int("3")
+ except ValueError:
+     x = default
      print("bad")
""",
    ),
    case(
        "unrun: a branch in a loop",
        "out",
        """
+ out = []
+ skip = "z"
+ for c in "abc":
+     if c == skip:
+         out.append("skipped")
          print(c)
+     else:
+         out.append(c)
""",
    ),
    case(
        "unrun: a break that never came",
        "out",
        """
+ out = []
+ limit = 100
+ for i in range(3):
+     if i > limit:
          print("too many")
+         break
+     out.append(i)
""",
    ),
    case(
        "unrun: a continue that never came",
        "out",
        """
+ out = []
+ bad = [7]
+ for i in range(3):
+     if i in bad:
+         continue
+     out.append(i)
""",
    ),
    case(
        "unrun: a raise that never came, in a kept loop",
        "out",
        """
+ out = []
+ for i in range(3):
?     if i > 100:
?         raise ValueError(i)
+     out.append(i)
""",
    ),
    case(
        "unrun: else of a while loop left by break",
        "x",
        """
+ n = 0
+ x = None
+ while n < 3:
+     n += 1
+     if n == 2:
+         break
+ else:
+     x = n
      print("done")
""",
    ),
    case(
        "unrun: a branch that binds a function",
        "y",
        """
+ fancy = False
+ def f(x):
+     return x
+ if fancy:
+     def f(x):
+         return x * 2
+ y = f(1)
""",
    ),
    case(
        "unrun: a branch that binds a class",
        "p",
        """
+ fancy = False
+ class P:
+     n = 1
+ if fancy:
+     class P:
+         n = 2
+ p = P()
""",
    ),
    case(
        "unrun: a branch that imports",
        "y",
        """
+ exact = False
+ from math import sqrt
+ if exact:
+     from cmath import sqrt
+ y = sqrt(4)
""",
    ),
    case(
        "unrun: a with inside an untaken branch",
        "x",
        """
+ from contextlib import nullcontext
+ n = 1
+ x = 0
+ if n > 5:
+     with nullcontext(3) as v:
+         x = v
          print(v)
""",
    ),
    case(
        "unrun: a loop inside an untaken branch",
        "x",
        """
+ n = 1
+ x = 0
+ more = [1, 2]
+ if n > 5:
+     for m in more:
+         x += m
          print(m)
""",
    ),
    case(
        "unrun: a nested untaken branch",
        "x",
        """
+ n = 1
+ m = 2
+ x = 0
+ if n < 5:
+     if m > 5:
+         x = 1
      print(n)
""",
    ),
    case(
        "unrun: a name used only in an untaken branch that goes",
        "x",
        """
+ x = 1
  y = 2
  if x > 5:
      z = y
""",
    ),
    case(
        "unrun: several untaken arms, one relevant",
        "x",
        """
+ n = 1
+ x = 0
+ if n == 5:
      print(5)
>     pass
+ elif n == 6:
+     x = 6
  elif n == 7:
      print(7)
""",
        sound_only=True,
    ),
    case(
        "unrun: a walrus in an untaken branch",
        "n",
        """
+ n = 1
+ flag = False
+ if flag:
+     print(n := 5)
""",
    ),
    case(
        "unrun: an unpacking in an untaken branch",
        "a",
        """
+ a = 1
+ pair = (3, 4)
+ flag = False
+ if flag:
+     a, b = pair
""",
    ),
    case(
        "unrun: a global assigned by a function called in an untaken branch",
        "x",
        """
+ x = 1
+ def reset():
+     global x
+     x = 0
+ flag = False
+ if flag:
+     reset()
""",
    ),
    case(
        "unrun: exec in an untaken branch",
        "x",
        """
+ x = 1
+ flag = False
+ if flag:
+     exec("x = 2")
""",
        sound_only=True,
    ),
    case(
        "unrun: a match arm that would bind",
        "x",
        """
+ kind = "a"
+ other = 5
+ match kind:
+     case "a":
+         x = 1
+     case "b":
+         x = other
          print(x)
""",
    ),
    case(
        "unrun: a finally that did run",
        "x",
        """
+ x = 0
+ try:
      y = 1
>     pass
+ finally:
+     x += 1
""",
    ),
    case(
        "unrun: a short-circuited change",
        "a",
        """
+ a = []
? flag = False
? flag and a.append(1)
""",
    ),
    case(
        "unrun: the generator was never advanced",
        "a",
        """
+ a = []
? def gen():
?     a.append(1)
?     yield
? g = gen()
""",
    ),
)
