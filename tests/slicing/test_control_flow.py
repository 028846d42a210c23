"""Statements inside blocks are sliced one by one; the headers above them, and the jumps that steer them, stay."""

from tests.notation import case, table

test_if = table(
    case(
        "if: the taken branch",
        "x",
        """
+ flag = True
+ if flag:
+     x = 1
      y = 2
""",
    ),
    case(
        "if: the header keeps what it reads",
        "x",
        """
+ n = 3
  m = 4
+ if n > 2:
+     x = 1
  n = 9
""",
    ),
    case(
        "if: an irrelevant branch goes",
        "x",
        """
+ x = 1
  if x > 0:
      y = 2
  else:
      y = 3
""",
    ),
    case(
        "if: both branches bind",
        "x",
        """
+ n = 3
+ if n > 2:
+     x = 1
      print("big")
+ else:
+     x = 2
      print("small")
""",
    ),
    case(
        "if: an untaken branch that would bind",
        "x",
        """
+ x = 1
+ n = 3
+ if n > 5:
+     x = 2
      y = 2
""",
    ),
    case(
        "if: an untaken branch that would change the object",
        "a",
        """
+ a = []
+ n = 3
+ if n > 5:
+     a.append(n)
      print(n)
""",
    ),
    case(
        "if: the value before a branch that was taken",
        "x",
        """
? x = 1
+ n = 3
+ if n > 2:
+     x = 2
""",
    ),
    case(
        "if: the value before a branch that changes it",
        "x",
        """
+ x = 1
+ n = 3
+ if n > 2:
+     x = x + 1
""",
    ),
    case(
        "if: elif chain",
        "size",
        """
+ n = 7
+ if n < 5:
+     size = "small"
+ elif n < 10:
+     size = "medium"
      print(size)
+ else:
+     size = "large"
""",
    ),
    case(
        "if: an earlier arm decides that a later one runs",
        "x",
        """
+ n = 7
? x = 0
+ if n < 5:
      print("small")
>     pass
+ elif n < 10:
+     x = 1
""",
    ),
    case(
        "if: only else binds",
        "x",
        """
+ n = 7
? x = 0
+ if n < 5:
      print("small")
>     pass
+ else:
+     x = 1
""",
    ),
    case(
        "if: an else arm that loses everything vanishes",
        "x",
        """
+ n = 7
? x = 0
+ if n > 5:
+     x = 1
  else:
      print("small")
""",
    ),
    case(
        "if: nested",
        "x",
        """
+ a, b = 1, 2
? x = 0
+ if a == 1:
+     if b == 2:
+         x = 5
          y = 6
      z = 7
""",
    ),
    case(
        "if: nested, the inner one irrelevant",
        "x",
        """
+ a, b = 1, 2
+ if a == 1:
+     x = 5
      if b == 2:
          y = 6
+ else:
+     x = 6
""",
    ),
    case(
        "if: after a branch",
        "y",
        """
+ n = 1
+ if n:
+     x = 2
+ else:
+     x = 3
+ y = x * 10
  z = x * 20
""",
    ),
    case(
        "if: branches change two lists",
        "evens",
        """
+ evens = []
  odds = []
+ n = 4
+ if n % 2 == 0:
+     evens.append(n)
  else:
      odds.append(n)
""",
    ),
    case(
        "if: the header has an effect",
        "a",
        """
+ a = [1, 2]
+ if a.pop() == 2:
      x = 1
>     pass
""",
    ),
    case(
        "if: walrus in the header",
        "n",
        """
+ a = [1, 2]
+ if (n := len(a)) > 1:
      print(n)
>     pass
""",
    ),
    case(
        "if: function defined conditionally",
        "y",
        """
+ fast = False
+ if fast:
+     def f(x):
+         return x
+ else:
+     def f(x):
+         return x + 1
      def g(x):
          return x
+ y = f(1)
""",
    ),
    case(
        "if: the main guard",
        "x",
        """
  import sys
+ def main():
+     return 5
+ if __name__ == "__main__":
      print("start")
+     x = main()
      print("end")
""",
    ),
    case(
        "if: a condition that short-circuits",
        "x",
        """
+ a = None
+ x = 0
+ if a is not None and a.size > 0:
+     x = a.size
""",
    ),
    case(
        "if: a list changed through an alias in a branch",
        "a",
        """
+ a = []
+ b = a
+ if len(b) == 0:
+     b.append(1)
      c = 2
""",
    ),
    case(
        "if: rebinding in an untaken branch keeps the alias",
        "a",
        """
+ a = []
+ b = a
+ other = []
+ if len(other) > 0:
+     b = other
+ b.append(1)
""",
    ),
)

test_for = table(
    case(
        "for: a running sum",
        "total",
        """
+ total = 0
+ for i in range(4):
+     total += i
      square = i * i
      print(i)
""",
    ),
    case(
        "for: the target after the loop",
        "i",
        """
+ for i in range(4):
      print(i)
>     pass
""",
    ),
    case(
        "for: an irrelevant loop goes",
        "x",
        """
+ x = 1
  for i in range(4):
      y = i + x
""",
    ),
    case(
        "for: the last value",
        "y",
        """
? y = None
+ for i in range(4):
+     y = i * 2
      z = i * 3
""",
    ),
    case(
        "for: over a list that was changed",
        "out",
        """
+ items = [1]
+ items.append(2)
+ out = []
+ for x in items:
+     out.append(x)
  items.append(3)
""",
    ),
    case(
        "for: several targets",
        "names",
        """
+ pairs = [("a", 1), ("b", 2)]
+ names = []
  total = 0
+ for name, n in pairs:
+     names.append(name)
      total += n
""",
    ),
    case(
        "for: carried from one round to the next",
        "a",
        """
+ a, b = 0, 1
+ for _ in range(5):
+     a, b = b, a + b
      print(a)
""",
    ),
    case(
        "for: carried through another variable",
        "out",
        """
+ prev = 0
+ out = []
+ for x in [1, 2, 3]:
+     out.append(x - prev)
+     prev = x
      cur = x
""",
    ),
    case(
        "for: condition inside",
        "evens",
        """
+ evens = []
  odds = []
+ for i in range(5):
+     if i % 2 == 0:
+         evens.append(i)
      else:
          odds.append(i)
""",
    ),
    case(
        "for: break",
        "seen",
        """
+ seen = []
+ for i in range(10):
+     if i == 3:
          print("stop")
+         break
+     seen.append(i)
      last = i
""",
    ),
    case(
        "for: break after the change",
        "seen",
        """
+ seen = []
+ limit = 5
+ total = 0
+ for i in range(10):
+     seen.append(i)
+     total += i
+     if total > limit:
+         break
      other = total
""",
    ),
    case(
        "for: continue",
        "seen",
        """
+ seen = []
+ for i in range(5):
+     if i == 2:
          print("skip")
+         continue
+     seen.append(i)
""",
    ),
    case(
        "for: continue behind the change does not matter",
        "seen",
        """
+ seen = []
  others = []
+ for i in range(5):
+     seen.append(i)
      if i == 2:
          continue
      others.append(i)
""",
    ),
    case(
        "for: else runs",
        "found",
        """
? found = None
+ for x in [1, 2, 3]:
+     if x > 5:
+         found = x
+         break
      print(x)
+ else:
+     found = -1
""",
    ),
    case(
        "for: else does not run",
        "found",
        """
+ for x in [1, 2, 3]:
+     if x > 1:
+         found = x
+         break
+ else:
+     found = -1
      print("none")
""",
    ),
    case(
        "for: an else that loses everything vanishes",
        "found",
        """
+ found = []
+ for x in [1, 2, 3]:
+     found.append(x)
  else:
      print("done")
""",
    ),
    case(
        "for: nested loops",
        "pairs",
        """
+ pairs = []
+ for i in range(3):
      row = []
+     for j in range(i):
+         pairs.append((i, j))
          row.append(j)
""",
    ),
    case(
        "for: nested loops, only the outer one matters",
        "total",
        """
+ total = 0
+ for i in range(3):
+     total += i
      for j in range(i):
          print(j)
""",
    ),
    case(
        "for: break of the inner loop only",
        "pairs",
        """
+ pairs = []
+ for i in range(3):
+     for j in range(3):
+         if j > i:
+             break
+         pairs.append((i, j))
      k = i
""",
    ),
    case(
        "for: break of an irrelevant inner loop",
        "total",
        """
+ total = 0
+ for i in range(3):
      for j in range(3):
          if j > i:
              break
+     total += i
""",
    ),
    case(
        "for: break of the outer loop after an inner one",
        "seen",
        """
+ seen = []
+ for i in range(5):
+     stop = False
+     for j in range(5):
+         if i * j > 3:
+             stop = True
+             break
          print(j)
+     if stop:
+         break
+     seen.append(i)
""",
    ),
    case(
        "for: never entered",
        "x",
        """
+ x = 0
+ for i in []:
+     x = i
      y = i
""",
    ),
    case(
        "for: no rounds, target unbound",
        "out",
        """
+ out = []
+ items = []
+ for x in items:
+     out.append(x)
      print(x)
""",
    ),
    case(
        "for: a change in one round only",
        "a",
        """
+ a = []
+ for i in range(100):
+     if i == 77:
+         a.append(i)
      b = i
""",
    ),
    case(
        "for: alias made in one round, used in the next",
        "a",
        """
+ a = []
+ b = None
+ for i in range(3):
+     if b is not None:
+         b.append(i)
+     b = a
      c = i
""",
    ),
    case(
        "for: enumerate",
        "d",
        """
+ words = ["x", "y"]
+ d = {}
+ for n, w in enumerate(words):
+     d[w] = n
      print(n)
  words = None
""",
    ),
    case(
        "for: dict of lists",
        "groups",
        """
+ rows = [("a", 1), ("b", 2), ("a", 3)]
+ groups = {}
  count = 0
+ for k, v in rows:
+     if k not in groups:
+         groups[k] = []
+     groups[k].append(v)
      count += 1
""",
    ),
    case(
        "for: the sequence changes while it is walked",
        "queue",
        """
+ queue = [3]
  seen = []
+ for x in queue:
+     if x > 0:
+         queue.append(x - 1)
      seen.append(x)
""",
    ),
    case(
        "for: definitions in the loop",
        "total",
        """
+ total = 0
+ for i in range(3):
+     def f(x):
+         return x * i
      def g(x):
          return x
+     total += f(2)
""",
    ),
    case(
        "for: functions that remember the loop variable",
        "values",
        """
+ fs = []
+ for i in range(3):
+     fs.append(lambda: i)
+ values = [f() for f in fs]
""",
    ),
    case(
        "for: the loop variable is shadowed by nothing",
        "x",
        """
+ x = 5
  for y in range(3):
      z = [x for x in range(2)]
""",
    ),
    case(
        "for: two loops over one list",
        "b",
        """
+ items = [1, 2]
  a = 0
+ b = 0
  for x in items:
      a += x
+ for x in items:
+     b += x * x
""",
    ),
    case(
        "for: a loop that rebinds what it walks",
        "items",
        """
+ items = [1, 2]
+ for x in items:
+     items = items + [x]
      n = x
""",
    ),
    case(
        "for: many rounds",
        "total",
        """
+ total = 0
  other = 0
+ for i in range(3000):
+     total += i
      other -= i
""",
    ),
    case(
        "for: many rounds, change late",
        "hits",
        """
+ hits = []
+ def check(i):
+     if i in (5, 1999):
+         hits.append(i)
+ for i in range(2000):
+     check(i)
      waste = i
""",
    ),
)

test_while = table(
    case(
        "while: countdown",
        "out",
        """
+ n = 3
+ out = []
+ while n > 0:
+     out.append(n)
+     n -= 1
      print(n)
""",
    ),
    case(
        "while: the condition keeps its variable alive",
        "total",
        """
+ n = 3
+ total = 0
+ while n:
+     total += 10
      half = n / 2
+     n = n - 1
""",
    ),
    case(
        "while: endless with break",
        "x",
        """
+ x = 0
  tries = 0
+ while True:
+     x += 2
      tries += 1
+     if x > 6:
          print("enough")
+         break
""",
    ),
    case(
        "while: break decided by a variable changed in the loop",
        "out",
        """
+ out = []
+ k = 0
+ while True:
+     k += 1
+     if k == 2:
+         continue
+     if k > 4:
+         break
+     out.append(k)
      print(k)
""",
    ),
    case(
        "while: else",
        "x",
        """
+ n = 2
+ while n > 0:
+     n -= 1
      print(n)
+ else:
+     x = "ran out"
""",
    ),
    case(
        "while: else not reached",
        "x",
        """
+ n = 2
+ x = None
+ while n > 0:
+     n -= 1
+     if n == 1:
+         break
+ else:
+     x = "ran out"
      print(x)
""",
    ),
    case(
        "while: pop until empty",
        "done",
        """
+ todo = [1, 2, 3]
+ done = []
+ while todo:
+     x = todo.pop()
+     done.append(x)
      n = len(todo)
""",
    ),
    case(
        "while: the header pops",
        "out",
        """
+ todo = [0, 1, 2]
+ out = []
+ while x := todo.pop():
+     out.append(x)
      y = x
""",
    ),
    case(
        "while: an irrelevant loop goes",
        "x",
        """
+ x = 1
  n = 3
  while n:
      n -= 1
""",
    ),
    case(
        "while: never entered",
        "x",
        """
+ x = 1
+ n = 0
+ while n > 0:
+     x += 1
+     n -= 1
      print(n)
""",
    ),
    case(
        "while: search",
        "root",
        """
+ lo, hi = 0.0, 2.0
+ while hi - lo > 1e-3:
+     mid = (lo + hi) / 2
      print(mid)
+     if mid * mid < 2:
+         lo = mid
+     else:
+         hi = mid
+ root = round(lo, 2)
""",
    ),
    case(
        "while: nested with break and else",
        "primes",
        """
+ primes = []
+ n = 2
  tested = 0
+ while n < 12:
+     for p in primes:
+         if n % p == 0:
+             break
          tested += 1
+     else:
+         primes.append(n)
+     n += 1
""",
    ),
)

test_match = table(
    case(
        "match: the matching arm binds",
        "x",
        """
+ v = 2
+ match v:
+     case 1:
+         x = "one"
+     case 2:
+         x = "two"
          y = 0
+     case _:
+         x = "many"
""",
    ),
    case(
        "match: earlier arms decide",
        "x",
        """
+ v = 2
? x = 0
+ match v:
+     case 1:
          print("one")
>         pass
+     case _:
+         x = 5
""",
    ),
    case(
        "match: pattern variables",
        "b",
        """
+ point = (1, 2)
+ match point:
+     case (a, b):
          print(a)
>         pass
""",
    ),
    case(
        "match: class patterns and guards",
        "area",
        """
+ from dataclasses import dataclass
+ @dataclass
+ class Rect:
+     w: int
+     h: int
+ limit = 10
+ shape = Rect(2, 3)
+ match shape:
+     case Rect(w=w, h=h) if w * h < limit:
+         area = w * h
          note = "small"
+     case Rect():
+         area = limit
""",
    ),
    case(
        "match: irrelevant",
        "x",
        """
+ x = 1
  match x:
      case 1:
          y = 2
      case _:
          y = 3
""",
    ),
    case(
        "match: mapping pattern with rest",
        "rest",
        """
+ d = {"kind": "a", "n": 1, "m": 2}
+ match d:
+     case {"kind": "a", **rest}:
          n = rest["n"]
>         pass
  print(d)
""",
    ),
    case(
        "match: changes in a loop",
        "stack",
        """
+ stack = []
  log = []
+ for op in [("push", 1), ("push", 2), ("pop",)]:
+     match op:
+         case ("push", n):
+             stack.append(n)
              log.append("push")
+         case ("pop",):
+             stack.pop()
              log.append("pop")
""",
    ),
)

test_with = table(
    case(
        "with: a statement inside keeps the header",
        "x",
        """
+ from contextlib import nullcontext
+ with nullcontext(5) as n:
+     x = n + 1
      y = n + 2
""",
    ),
    case(
        "with: the bound name",
        "n",
        """
+ from contextlib import nullcontext
+ with nullcontext(5) as n:
      y = n + 2
>     pass
""",
    ),
    case(
        "with: an irrelevant block goes",
        "x",
        """
  from contextlib import nullcontext
+ x = 1
  with nullcontext(5) as n:
      y = n + x
""",
    ),
    case(
        "with: several items",
        "x",
        """
+ from contextlib import nullcontext
+ with nullcontext(5) as n, nullcontext([1]) as m:
+     x = n
      y = m
""",
    ),
    case(
        "with: entering and leaving change a list",
        "log",
        """
+ log = []
+ class Note:
+     def __enter__(self):
+         log.append("in")
+     def __exit__(self, *exc):
+         log.append("out")
+ with Note():
      x = 1
>     pass
  y = 2
""",
    ),
    case(
        "with: a context manager made by a generator",
        "log",
        """
+ from contextlib import contextmanager
+ log = []
+ @contextmanager
+ def note(name):
+     log.append(name)
+     yield name
+     log.append(name.upper())
+ with note("a") as n:
+     log.append(n * 2)
      x = 1
""",
    ),
    case(
        "with: an exception suppressed half-way",
        "a",
        """
+ from contextlib import suppress
+ a = []
+ with suppress(ValueError):
+     a.append(1)
+     int("x")
+     a.append(2)
      b = 3
""",
    ),
    case(
        "with: local decimal context",
        "x",
        """
+ from decimal import Decimal, localcontext
+ with localcontext() as ctx:
+     ctx.prec = 4
+     x = Decimal(1) / Decimal(3)
      y = 5
  z = 6
""",
    ),
    case(
        "with: nested in a loop",
        "out",
        """
+ from contextlib import nullcontext
+ out = []
+ for i in range(2):
+     with nullcontext(i) as n:
+         out.append(n)
          print(n)
""",
    ),
    case(
        "with: ExitStack",
        "log",
        """
+ from contextlib import ExitStack
+ log = []
+ with ExitStack() as stack:
+     stack.callback(log.append, "bye")
      x = 1
""",
    ),
    case(
        "with: redirected output",
        "text",
        """
+ import io
+ from contextlib import redirect_stdout
+ buffer = io.StringIO()
+ with redirect_stdout(buffer):
+     print("a")
+ text = buffer.getvalue()
  print(text)
""",
    ),
)
