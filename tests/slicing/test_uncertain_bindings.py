"""Names that a statement binds only if it comes to that: what they were before stays in the slice."""

from tests.notation import case, table

test_passed_over = table(
    case(
        "behind and",
        "x",
        """
+ n = 0
  m = 1
+ rows = []
+ z = rows and (n := 2)
  rows = [1]
+ x = n
""",
    ),
    case(
        "before and",
        "x",
        """
  n = 0
+ rows = []
+ z = (n := 2) and rows
+ x = n
""",
    ),
    case(
        "in an arm of a conditional expression",
        "x",
        """
+ n = 0
+ z = 1 if n == 0 else (n := 3)
+ x = n
""",
    ),
    case(
        "in the condition of a conditional expression",
        "x",
        """
  n = 0
+ z = 1 if (n := 3) else 2
+ x = n
""",
    ),
    case(
        "behind a comparison that fails",
        "x",
        """
+ n = 0
+ z = 3 < 2 < (n := 2)
+ x = n
""",
    ),
    case(
        "in the first comparison of a chain",
        "x",
        """
  n = 0
+ z = 0 < (n := 2) < 3
+ x = n
""",
    ),
    case(
        "the message of an assertion",
        "x",
        """
+ n = 0
+ assert True, (n := 3)
+ x = n
""",
    ),
    case(
        "a comprehension over nothing",
        "x",
        """
+ n = 0
+ z = [(n := v) for v in []]
+ x = n
""",
    ),
    case(
        "a condition in a comprehension",
        "x",
        """
+ n = 0
+ z = [1 for v in [] if (n := v)]
+ x = n
""",
    ),
    case(
        "a generator that nobody asks",
        "x",
        """
+ n = 0
+ z = ((n := v) for v in [1, 2])
+ x = n
""",
    ),
    case(
        "the test of an if",
        "x",
        """
+ n = 0
+ rows = []
+ if rows and (n := 3):
+     pass
+ x = n
""",
    ),
    case(
        "the test of a while",
        "x",
        """
+ n = 0
+ rows = []
+ while rows and (n := rows.pop()):
+     pass
+ x = n
""",
    ),
    case(
        "changed afterwards",
        "x",
        """
+ n = []
+ rows = []
+ z = rows and (n := [3])
+ n.append(2)
+ x = n
""",
    ),
    case(
        "sometimes in a loop",
        "x",
        """
+ n = []
+ for v in [0, 1, 0]:
+     z = v and (n := [v])
+     n.append(5)
+ x = n
""",
    ),
)

test_scopes = table(
    case(
        "inside a lambda the name is the lambda's",
        "x",
        """
+ n = 0
  z = list(map(lambda v: (n := v), [1]))
+ x = n
""",
    ),
    case(
        "in a default of a lambda it is not",
        "x",
        """
  n = 0
+ z = list(map(lambda v, w=(n := 4): v, [1]))
+ x = n
""",
    ),
    case(
        "global in a class body",
        "x",
        """
+ n = 0
+ class Settings:
+     global n
+     n = 5
+ x = n
""",
    ),
)

test_before_the_block = table(
    case(
        "the iterable of a loop without rounds",
        "x",
        """
  n = 0
+ for v in (n := []):
+     pass
+ x = n
""",
    ),
    case(
        "a context manager that cannot be entered",
        "x",
        """
+ n = 0
+ try:
+     with open(n := "no such file") as file:
+         pass
+ except OSError:
+     pass
+ x = n
""",
    ),
    case(
        "the second of two context managers cannot be entered, and the first does not mind",
        "x",
        """
+ import contextlib
+ c = 0
+ with contextlib.suppress(OSError) as c, open("no such file") as file:
+     pass
+ x = c
""",
    ),
)

test_bound_before_it_raised = table(
    case(
        "an index",
        "x",
        """
+ n = 0
+ found = {}
+ try:
+     found[0] = (n := 2) / 0
+ except ZeroDivisionError:
+     pass
+ x = n
""",
    ),
    case(
        "the first of two targets",
        "x",
        """
+ n = 0
+ rows = []
+ try:
+     n = rows[0] = 3
+ except IndexError:
+     pass
+ x = n
""",
    ),
    case(
        "part of a tuple of targets",
        "x",
        """
+ n = 0
+ rows = []
+ try:
+     n, rows[0] = 3, 4
+ except IndexError:
+     pass
+ x = n
""",
    ),
    case(
        "an annotation is evaluated last",
        "x",
        """
+ n = 0
+ try:
+     n: 1 / 0 = 3
+ except ZeroDivisionError:
+     pass
+ x = n
""",
    ),
    case(
        "two imports of one name",
        "x",
        """
+ xml = 0
+ try:
+     import xml.dom, xml.no_such_module
+ except ImportError:
+     pass
+ x = xml.__name__
""",
    ),
    case(
        "a single target is not",
        "x",
        """
+ n = 0
  try:
      n = 1 / 0
  except ZeroDivisionError:
      pass
+ x = n
""",
    ),
)
