"""Every kind of expression and small statement, and slices of an expression instead of a variable."""

from tests.notation import case, table

test_targets = table(
    case(
        "target: an attribute",
        "p.x",
        """
+ class P:
+     pass
+ p = P()
+ p.x = 1
  q = p.x
> target = p.x
""",
    ),
    case(
        "target: an item",
        "d['a']",
        """
+ d = {"a": 1}
+ d["a"] += 1
  e = d["a"]
> target = d["a"]
""",
    ),
    case(
        "target: an operation of two variables",
        "a + b",
        """
+ a = 1
+ b = 2
  c = 3
> target = a + b
""",
    ),
    case(
        "target: a call",
        "f(x)",
        """
+ k = 2
+ def f(x):
+     return x * k
+ x = 3
  y = f(x)
> target = f(x)
""",
    ),
    case(
        "target: a literal",
        "42",
        """
  a = 1
> target = 42
""",
    ),
    case(
        "target: a comprehension",
        "[x * k for x in xs]",
        """
+ xs = [1, 2]
+ k = 3
  x = 9
> target = [x * k for x in xs]
""",
    ),
    case(
        "target: a function of a module",
        "math.sqrt(n)",
        """
+ import math
  import json
+ n = 4
> target = math.sqrt(n)
""",
    ),
    case(
        "target: an f-string",
        'f"{a}-{b}"',
        """
+ a = 1
+ b = 2
  c = 3
> target = f"{a}-{b}"
""",
    ),
    case(
        "target: a variable never changed since the first cell",
        "x",
        """
+ x = 1
  y = 2
  z = x + y
""",
    ),
)

test_bindings = table(
    case(
        "bind: the last binding counts",
        "x",
        """
  x = 1
  x = 2
+ x = 3
""",
    ),
    case(
        "bind: a chain of variables",
        "d",
        """
+ a = 1
+ b = a + 1
+ c = b * 2
+ d = c - a
  e = d + 1
""",
    ),
    case(
        "bind: an old value, then a new one",
        "y",
        """
+ x = 1
+ y = x
  x = 2
  z = x
""",
    ),
    case(
        "bind: from itself",
        "x",
        """
+ x = 1
+ x = x + 1
+ x += 1
  y = x
""",
    ),
    case(
        "bind: unpacking",
        "b",
        """
+ t = (1, 2)
+ a, b = t
  c = a
""",
    ),
    case(
        "bind: nested unpacking",
        "c",
        """
+ a, (b, [c, *d]) = 1, (2, [3, 4, 5])
  e = d
""",
    ),
    case(
        "bind: starred",
        "mid",
        """
+ first, *mid, last = range(5)
  n = len(mid)
""",
    ),
    case(
        "bind: chained targets",
        "b",
        """
+ a = b = c = 5
  a = 6
""",
    ),
    case(
        "bind: chained unpacking",
        "t",
        """
+ t = a, b = 1, 2
  a = 5
""",
    ),
    case(
        "bind: swap",
        "a",
        """
+ a, b = 1, 2
+ a, b = b, a
  b = 5
""",
    ),
    case(
        "bind: with annotation",
        "x",
        """
+ x: int = 3
  y: int = 4
  z: str
""",
    ),
    case(
        "bind: annotated without a value binds nothing",
        "x",
        """
+ x = 3
  x: int
""",
    ),
    case(
        "bind: walrus in a condition",
        "n",
        """
+ xs = [1, 2, 3]
+ if (n := len(xs)) > 2:
      y = 1
>     pass
""",
    ),
    case(
        "bind: walrus in a comprehension",
        "last",
        """
+ xs = [1, 2, 3]
+ squares = [last := x * x for x in xs]
  n = len(squares)
""",
    ),
    case(
        "bind: walrus in a call",
        "n",
        """
+ print(n := 5)
  m = n + 1
""",
    ),
    case(
        "bind: walrus in an assertion",
        "n",
        """
+ xs = [1]
+ assert (n := len(xs)) == 1
  m = n
""",
    ),
    case(
        "bind: walrus in a subscript",
        "i",
        """
+ xs = [1, 2]
+ y = xs[(i := 1)]
  z = xs[0]
""",
    ),
    case(
        "bind: the name a comprehension uses is its own",
        "x",
        """
+ x = 1
  y = [x for x in range(3)]
  z = {x: x for x in range(3)}
""",
    ),
    case(
        "bind: the name a lambda uses is its own",
        "y",
        """
  x = [1]
  x.append(2)
+ f = lambda x: x + 1
+ y = f(1)
""",
    ),
    case(
        "bind: the name an except clause uses is gone",
        "e",
        """
  e = 1
  try:
      int("x")
  except ValueError as e:
      print(e)
+ e = 2
""",
    ),
    case(
        "bind: del and use again",
        "x",
        """
  x = 1
  del x
+ x = 2
""",
    ),
    case(
        "bind: del of a name leaves the object",
        "y",
        """
+ x = [1]
+ y = x
  del x
+ y.append(2)
""",
    ),
    case(
        "bind: del of several targets",
        "d",
        """
+ d = {"a": 1, "b": 2, "c": 3}
+ xs = [1, 2]
+ del d["a"], xs[0], d["b"]
  n = len(xs)
""",
    ),
    case(
        "bind: del of a slice",
        "xs",
        """
+ xs = [1, 2, 3, 4]
+ del xs[1:3]
  n = len(xs)
""",
    ),
    case(
        "bind: names beyond ASCII",
        "größe",
        """
+ größe = 3
  länge = 4
+ größe += 1
""",
    ),
    case(
        "bind: a name that is a builtin",
        "y",
        """
+ sum = 5
+ y = sum + 1
  max = 3
""",
    ),
    case(
        "bind: a builtin deleted comes back",
        "y",
        """
  len = 5
  del len
+ y = len([1])
""",
        sound_only=True,
    ),
)

test_operators = table(
    case(
        "operator: boolean operators give an operand",
        "x",
        """
+ a = 0
+ b = "x"
+ x = a or b
  y = a and b
""",
    ),
    case(
        "operator: chained comparison",
        "x",
        """
+ a, b, c = 3, 2, 1
+ x = a > b > c
  y = a < b < c
""",
    ),
    case(
        "operator: not, in, is",
        "x",
        """
+ xs = [1, None]
+ x = (1 in xs, None not in xs, xs[1] is None, not xs)
  y = 2 in xs
""",
    ),
    case(
        "operator: conditional expression",
        "x",
        """
+ flag = True
+ a = 1
+ b = 2
  c = 3
+ x = a if flag else b
""",
    ),
    case(
        "operator: a change in one arm of a conditional expression",
        "a",
        """
+ flag = True
+ a = []
  b = []
+ a.append(1) if flag else b.append(1)
  c = 1
""",
        sound_only=True,
    ),
    case(
        "operator: and used as if",
        "a",
        """
+ flag = True
+ a = []
+ flag and a.append(1)
  flag and len(a)
""",
    ),
    case(
        "operator: arithmetic",
        "x",
        """
+ a, b = 7, 2
+ x = (a + b) * (a - b) // b % 5 ** 2 << 1 | 3 & ~b ^ a
  y = a / b
""",
    ),
    case(
        "operator: complex numbers",
        "x",
        """
+ x = 1 + 2j
  y = abs(x)
""",
    ),
    case(
        "operator: matrix multiplication of one's own",
        "x",
        """
+ class M:
+     def __matmul__(self, other):
+         return "product"
+ x = M() @ M()
  y = M()
""",
    ),
    case(
        "operator: slices with steps",
        "x",
        """
+ xs = list(range(10))
+ i = 2
+ x = xs[i:-1:i]
  y = xs[::-1]
""",
    ),
    case(
        "operator: displays with stars",
        "x",
        """
+ a = [1, 2]
+ d = {"k": 1}
+ x = [*a, 4], (*a,), {*a}, {**d, "j": 2}
  y = [*x]
""",
    ),
    case(
        "operator: calls with stars",
        "x",
        """
+ a = [1, 2]
+ d = {"sep": "-"}
+ x = dict(zip(*[a, a]), **d)
  y = max(*a)
""",
    ),
    case(
        "operator: f-string with a format taken from a variable",
        "x",
        """
+ width = 6
+ value = 3.14159
  other = 2
+ x = f"{value:{width}.2f}|{value!r}|{width=}"
""",
    ),
    case(
        "operator: string methods",
        "x",
        """
+ words = "b a".split()
+ words.sort()
+ x = " ".join(words).title()
  y = x.lower()
""",
    ),
    case(
        "operator: bytes, sets, ellipsis, none",
        "x",
        """
+ x = [b"a", {1}, ..., None, True, frozenset({2})]
  y = x[0]
""",
    ),
    case(
        "operator: an expression over several lines",
        "x",
        """
+ a = 1
+ x = (
+     a
+     + 2  # two
+     + 3
+ )
  y = (
      a
  )
""",
    ),
)

test_comprehensions = table(
    case(
        "comprehension: list",
        "x",
        """
+ xs = [1, 2, 3]
+ k = 2
+ x = [v * k for v in xs if v > 1]
  y = [v for v in xs]
""",
    ),
    case(
        "comprehension: dict",
        "x",
        """
+ names = ["a", "b"]
+ x = {n: i for i, n in enumerate(names)}
  y = {n: n for n in names}
""",
    ),
    case(
        "comprehension: set",
        "x",
        """
+ names = ["a", "b", "a"]
+ x = {n.upper() for n in names}
  y = {n for n in names}
""",
    ),
    case(
        "comprehension: nested",
        "x",
        """
+ rows = [[1, 2], [3]]
+ x = [v for row in rows for v in row]
  y = [[v + 1 for v in row] for row in rows]
""",
    ),
    case(
        "comprehension: with a function",
        "x",
        """
+ k = 3
+ def f(v):
+     return v * k
+ x = [f(v) for v in range(3)]
  y = [f(v) for v in range(2)]
""",
    ),
    case(
        "comprehension: with an effect and a value",
        "seen",
        """
+ seen = set()
+ xs = [1, 2, 1]
+ unique = [v for v in xs if not (v in seen or seen.add(v))]
  n = len(unique)
""",
    ),
    case(
        "comprehension: generator inside a call",
        "x",
        """
+ xs = [1, 2]
+ x = sum(v * v for v in xs)
  y = max(v for v in xs)
""",
    ),
    case(
        "comprehension: over something changed",
        "x",
        """
+ xs = []
+ for i in range(3):
+     xs.append(i)
      print(i)
+ x = [v for v in xs]
  xs.clear()
""",
    ),
    case(
        "comprehension: the outer variable of the same name",
        "x",
        """
+ v = [1, 2]
+ x = [v for v in v]
  y = [u for u in v]
""",
    ),
    case(
        "comprehension: async",
        "x",
        """
+ import asyncio
+ async def numbers():
+     for i in range(3):
+         yield i
+ async def collect():
+     return [i async for i in numbers()]
+ x = asyncio.run(collect())
  y = len(x)
""",
    ),
)
