"""Exceptions: raised and handled, not raised, suppressed, and those that end a cell."""

from tests.notation import case, table

test_try = table(
    case(
        "try: nothing raised, the handler would bind",
        "x",
        """
+ try:
+     x = int("3")
      print("fine")
+ except ValueError:
+     x = 0
      print("bad")
""",
    ),
    case(
        "try: the handler ran",
        "x",
        """
+ try:
+     x = int("three")
+ except ValueError:
      print("bad")
+     x = 0
""",
    ),
    case(
        "try: the statement that raised is kept with the handler",
        "x",
        """
+ text = "three"
? x = 1
+ try:
+     int(text)
      print("never")
+ except ValueError:
+     x = 0
""",
    ),
    case(
        "try: what follows the statement that raised did not run",
        "a",
        """
+ a = []
+ try:
+     a.append(1)
+     int("x")
+     a.append(2)
+ except ValueError:
      print("bad")
>     pass
""",
    ),
    case(
        "try: irrelevant",
        "x",
        """
+ x = 1
  try:
      y = int("x")
  except ValueError:
      y = 0
""",
    ),
    case(
        "try: handlers stay, their bodies need not",
        "a",
        """
+ a = []
+ try:
+     a.append(1)
      print("in")
+ except KeyError:
      print("key")
>     pass
+ except ValueError as e:
      print("value", e)
>     pass
""",
    ),
    case(
        "try: a raise in a kept handler stays",
        "a",
        """
+ a = []
+ try:
+     a.append(int("1"))
+ except ValueError:
      print("bad")
+     raise
""",
    ),
    case(
        "try: the bound exception",
        "message",
        """
+ try:
+     int("x")
+ except ValueError as e:
+     message = str(e)
      kind = type(e)
""",
    ),
    case(
        "try: else",
        "x",
        """
+ try:
+     n = int("3")
+ except ValueError:
+     x = 0
+ else:
+     x = n + 1
      y = n + 2
""",
    ),
    case(
        "try: an else that loses everything vanishes",
        "n",
        """
+ try:
+     n = int("3")
+ except ValueError:
+     n = 0
  else:
      print(n)
""",
    ),
    case(
        "try: finally",
        "log",
        """
+ log = []
+ try:
+     log.append("try")
      x = 1
+ finally:
+     log.append("finally")
      print("done")
""",
    ),
    case(
        "try: a finally that loses everything vanishes",
        "x",
        """
+ try:
+     x = int("x")
+ except ValueError:
+     x = 0
  finally:
      print("done")
""",
    ),
    case(
        "try: only finally matters",
        "log",
        """
+ log = []
+ try:
      x = 1
>     pass
+ finally:
+     log.append("finally")
""",
    ),
    case(
        "try: explicit raise",
        "x",
        """
? x = 0
+ try:
      y = 1
+     raise KeyError("k")
+ except KeyError:
+     x = 1
""",
    ),
    case(
        "try: raise in a function",
        "x",
        """
+ def check(n):
+     if n > 2:
+         raise ValueError(n)
+     return n
? x = 0
+ try:
?     check(1)
+     check(3)
+     x = 5
+ except ValueError as e:
+     x = e.args[0]
""",
    ),
    case(
        "try: exception class of the program",
        "code",
        """
+ class Failed(Exception):
+     def __init__(self, code):
+         super().__init__(code)
+         self.code = code
+ try:
+     raise Failed(7)
+ except Failed as f:
+     code = f.code
      print(code)
""",
    ),
    case(
        "try: nested, the inner one handles",
        "x",
        """
? x = 0
+ try:
+     try:
+         1 / 0
+     except ZeroDivisionError:
+         x = 1
+ except ValueError:
      print("no")
>     pass
""",
    ),
    case(
        "try: in a loop, some rounds raise",
        "good",
        """
+ good = []
  bad = []
+ for text in ["1", "x", "2"]:
+     try:
+         good.append(int(text))
+     except ValueError:
          bad.append(text)
>         pass
""",
    ),
    case(
        "try: in a loop, the bad ones",
        "bad",
        """
  good = []
+ bad = []
+ for text in ["1", "x", "2"]:
+     try:
+         n = int(text)
          good.append(n)
+     except ValueError:
+         bad.append(text)
""",
    ),
    case(
        "try: continue in a handler",
        "good",
        """
+ good = []
  bad = []
+ for text in ["1", "x", "2"]:
+     try:
+         n = int(text)
+     except ValueError:
          bad.append(text)
+         continue
+     good.append(n)
""",
    ),
    case(
        "try: break in a handler",
        "good",
        """
+ good = []
+ it = iter(["1", "2"])
+ while True:
+     try:
+         text = next(it)
+     except StopIteration:
          print("end")
+         break
+     good.append(text)
""",
    ),
    case(
        "try: retry until it works",
        "attempts",
        """
+ attempts = 0
+ def flaky():
+     global attempts
+     attempts += 1
+     if attempts < 3:
+         raise OSError("try again")
+     return "ok"
+ result = None
+ while result is None:
+     try:
+         result = flaky()
+     except OSError:
          print("again")
>         pass
""",
    ),
    case(
        "try: effects before the raise stay",
        "a",
        """
+ a = []
+ def add_and_fail(x):
+     a.append(x)
+     raise ValueError(x)
+ try:
+     add_and_fail(1)
      print("never")
+ except ValueError:
      print("failed")
>     pass
""",
    ),
    case(
        "try: an exception group",
        "n",
        """
+ n = 0
+ try:
+     raise ExceptionGroup("g", [ValueError(1), KeyError(2)])
+ except* ValueError as g:
+     n += len(g.exceptions)
+ except* KeyError:
+     n += 10
      print("key")
""",
    ),
    case(
        "try: a missing attribute falls back",
        "x",
        """
+ class P:
+     pass
+ p = P()
+ try:
+     x = p.size
+ except AttributeError:
+     x = -1
  y = x
""",
    ),
    case(
        "try: a missing name falls back",
        "x",
        """
+ try:
+     x = undefined_thing
+ except NameError:
+     x = "fallback"
      print(x)
""",
    ),
    case(
        "try: from a cause",
        "cause",
        """
+ try:
+     try:
+         1 / 0
+     except ZeroDivisionError as e:
+         raise ValueError("outer") from e
+ except ValueError as e:
+     cause = repr(e.__cause__)
      kind = type(e)
""",
    ),
    case(
        "try: the exception kept beyond its handler",
        "saved",
        """
? saved = None
+ try:
+     {}["k"]
+ except KeyError as e:
+     saved = e
  text = repr(saved)
""",
    ),
    case(
        "try: assertion error",
        "x",
        """
+ n = 3
? x = 1
+ try:
+     assert n > 5, "small"
+     x = 2
+ except AssertionError as e:
+     x = str(e)
""",
    ),
    case(
        "try: an assertion that may raise in a kept try",
        "x",
        """
+ n = 3
+ try:
?     assert n > 2
+     x = 1
+ except AssertionError:
+     x = 2
""",
    ),
    case(
        "try: exit is an exception as well",
        "x",
        """
+ import sys
? x = 0
+ try:
+     sys.exit(3)
+ except SystemExit as e:
+     x = e.code
  y = x
""",
    ),
)

test_cells_that_fail = table(
    case(
        "fail: what comes after did not run",
        "a",
        """
+ a = []
+ a.append(1)
  1 / 0
  a.append(2)
""",
        raises="ZeroDivisionError",
    ),
    case(
        "fail: the next cell goes on",
        "a",
        """
+ a = []
+ a.append(1)
  1 / 0
  a.append(2)
---
+ a.append(3)
""",
        raises="ZeroDivisionError",
    ),
    case(
        "fail: the assignment that failed did not bind",
        "x",
        """
+ x = 1
---
  x = int("x")
---
  y = x
""",
        raises="1: ValueError",
    ),
    case(
        "fail: a name error",
        "x",
        """
+ x = 1
  y = undefined
  x = 2
---
+ x += 5
""",
        raises="NameError",
    ),
    case(
        "fail: sys.exit ends the script",
        "a",
        """
  import sys
+ a = [1]
  sys.exit(0)
  a.append(2)
""",
        raises="SystemExit",
    ),
    case(
        "fail: a syntax error runs nothing",
        "a",
        """
+ a = [1]
---
  a.append(2)
  a.append(
---
+ a.append(3)
""",
        raises="1: SyntaxError",
    ),
    case(
        "fail: a loop that fails half-way",
        "a",
        """
+ a = []
---
+ for x in [1, 2, 0, 4]:
+     a.append(4 // x)
---
+ a.append(9)
""",
        raises="1: ZeroDivisionError",
        sound_only=True,
    ),
    case(
        "fail: a call that changes its argument and then fails",
        "a",
        """
+ a = []
+ def add_and_fail(xs):
+     xs.append(1)
+     raise ValueError
---
+ add_and_fail(a)
---
+ a.append(9)
""",
        raises="1: ValueError",
        sound_only=True,
    ),
    case(
        "fail: inside a block",
        "a",
        """
+ a = []
+ b = True
---
+ if b:
+     a.append(1)
      int("x")
      a.append(2)
---
+ a.append(3)
""",
        raises="1: ValueError",
        sound_only=True,
    ),
    case(
        "fail: inside a try with finally only",
        "a",
        """
+ a = []
---
+ try:
+     a.append(1)
+     int("x")
+ finally:
+     a.append(2)
---
+ a.append(3)
""",
        raises="1: ValueError",
        sound_only=True,
    ),
    case(
        "fail: an import that fails",
        "x",
        """
+ x = 1
  import no_such_module_anywhere
  x = 2
---
+ x += 1
""",
        raises="ModuleNotFoundError",
    ),
    case(
        "fail: a repaired cell",
        "y",
        """
+ x = "3"
---
  y = x + 1
---
+ y = int(x) + 1
""",
        raises="1: TypeError",
    ),
    case(
        "fail: something was not imported yet",
        "path",
        """
+ path = [0]
+ def step():
+     return math.floor(2.5)
---
+ for _ in range(3):
+     path.append(step())
---
+ import math
+ path.append(step())
""",
        raises="1: NameError",
        sound_only=True,
    ),
    case(
        "fail: a function fails, then is repaired",
        "y",
        """
  def f(x):
      return x / 0
  y = f(1)
---
+ def f(x):
+     return x / 2
+ y = f(1)
""",
        raises="ZeroDivisionError",
    ),
)
