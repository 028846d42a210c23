"""From statements to text: whatever the layout of the script, whole statements come out, formatted."""

import pytest

from tests.notation import case, normalise, table
from tests.slicing.support.interpreters import run_plain, run_traced

test_layout = table(
    case(
        "layout: two statements on one line, one kept",
        "a",
        """
> a = 1
  a = 1; b = 2
""",
    ),
    case(
        "layout: the second of two statements",
        "b",
        """
> b = 2
  a = 1; b = 2
""",
    ),
    case(
        "layout: three statements on one line, the outer ones kept",
        "c",
        """
> a = [1]
> c = a
  a = [1]; b = 2; c = a
""",
    ),
    case(
        "layout: a semicolon at the end",
        "a",
        """
+ a = 1;
  print(a);
""",
    ),
    case(
        "layout: one-line if",
        "x",
        """
+ n = 1
+ if n: x = 2
  if n: y = 3
""",
    ),
    case(
        "layout: one-line if with two statements",
        "y",
        """
+ n = 1
> if n:
>     y = 2
  if n: x = 1; y = 2
""",
    ),
    case(
        "layout: one-line if and else",
        "x",
        """
+ n = 1
+ if n: x = 2
+ else: x = 3
""",
    ),
    case(
        "layout: one-line for",
        "total",
        """
+ total = 0
> for i in range(3):
>     total += i
  for i in range(3): total += i; print(i)
""",
    ),
    case(
        "layout: one-line while, try and with",
        "n",
        """
? n = 3
? while n > 1: n -= 1
+ try: n = int("7")
+ except ValueError: n = 0
  try: m = 1
  finally: print(n)
""",
    ),
    case(
        "layout: one-line function and class",
        "y",
        """
+ def f(x): return x + 1
+ class P: n = 1
  def g(x): return x
+ y = f(P.n)
""",
    ),
    case(
        "layout: a multi-line string",
        "s",
        '''
+ s = """one
+ two
+   three
+ """
  t = """four
  five"""
''',
    ),
    case(
        "layout: a multi-line string inside a block keeps its own indentation",
        "s",
        '''
+ n = 1
+ if n:
+     s = """one
+ two
+         three"""
      t = """four
  five"""
''',
    ),
    case(
        "layout: a string that looks like a statement",
        "s",
        '''
+ s = """
+ import os
+ x = 1
+ """
  x = 2
''',
    ),
    case(
        "layout: a multi-line f-string",
        "s",
        '''
+ n = 2
  m = 3
+ s = f"""{n}
+   and {n + 1:>{n}}
+ """
''',
    ),
    case(
        "layout: implicit concatenation",
        "s",
        """
+ s = ("a"
+      "b"
+      "c")
  t = ("d"
       "e")
""",
    ),
    case(
        "layout: backslash continuation",
        "x",
        r"""
+ a = 1
+ x = a + \
+     2
  y = a + \
      3
""",
    ),
    case(
        "layout: backslash in with and assert",
        "x",
        r"""
+ from contextlib import nullcontext
+ with nullcontext(1) as a, \
+      nullcontext(2) as b:
+     x = a + b
  assert x, \
      "no x"
""",
    ),
    case(
        "layout: tabs",
        "total",
        """
+ total = 0
+ for i in range(3):
+ \tif i:
+ \t\ttotal += i
  \t\tprint(i)
""",
    ),
    case(
        "layout: mixed indentation widths",
        "x",
        """
+ n = 1
+ if n:
+   if n > 0:
+          x = n
  else:
      y = n
""",
    ),
    case(
        "layout: brackets that close at the margin",
        "d",
        """
+ d = {
+     "a": [
+         1,
+         2,
+     ],
+ }
  e = {
      "b": 1,
  }
""",
    ),
    case(
        "layout: a call over several lines",
        "x",
        """
+ x = dict(
+     a=1,
+
+     b=2,
+ )
  print(
      x
  )
""",
    ),
    case(
        "layout: decorators",
        "y",
        """
+ import functools
+ def deco(f):
+     return f
+ @deco
+ @functools.lru_cache(
+     maxsize=None,
+ )
+ def f(x):
+     return x
  @deco
  def g(x):
      return x
+ y = f(1)
""",
    ),
    case(
        "layout: decorated class",
        "p",
        """
+ from dataclasses import dataclass
+ @dataclass
+ class P:
+     x: int = 1
  @dataclass
  class Q:
      x: int = 1
+ p = P()
""",
    ),
    case(
        "layout: names and strings beyond ASCII",
        "naïve",
        """
+ café = "déjà vu ☕";
  日本 = "語"
+ naïve = café + "é"
""",
    ),
    case(
        "layout: columns after wide characters",
        "b",
        """
> b = "é"
  a = "日本語"; b = "é"; c = "ü"
""",
    ),
    case(
        "layout: two statements after a multi-line string",
        "b",
        '''
> b = 5
  a = """x
  y"""; b = 5; c = 6
''',
    ),
    case(
        "layout: a docstring of the script",
        "x",
        '''
  """A script."""
+ x = 1
''',
    ),
    case(
        "layout: docstrings of functions and classes",
        "y",
        '''
+ def f(x):
+     """Add one."""
+     return x + 1
+ y = f.__doc__
''',
    ),
    case(
        "layout: elif stays elif",
        "x",
        """
+ n = 2
+ if n == 1:
+     x = 1
+ elif n == 2:
+     x = 2
      y = 3
+ elif n == 3:
+     x = 3
""",
        contains=("elif n == 2",),
    ),
    case(
        "layout: if inside else is not elif",
        "x",
        """
+ n = 2
? x = 0
+ if n == 1:
+     x = 1
+ else:
      y = 2
+     if n == 2:
+         x = 2
""",
    ),
    case(
        "layout: form feeds and empty lines",
        "x",
        """
+ x = 1

  y = 2

+ x += 1
""",
    ),
    case(
        "layout: windows line ends",
        "x",
        """
+ x = 1\r
  y = 2\r
+ x += 1\r
""",
    ),
    case(
        "layout: no line end at the end",
        "x",
        """
+ a = 1
+ x = a
""",
        exact="a = 1\nx = a\n",
    ),
    case(
        "layout: a lambda over several lines",
        "y",
        """
+ f = lambda x: (
+     x + 1
+ )
+ y = f(1)
  g = lambda: (
      None
  )
""",
    ),
    case(
        "layout: global statement at module level",
        "x",
        """
? global x
+ x = 1
  y = 2
""",
    ),
    case(
        "layout: pass statements go",
        "x",
        """
  pass
+ x = 1
  ...
  pass
""",
    ),
    case(
        "layout: a string statement in a kept block",
        "x",
        """
+ n = 1
+ if n:
      "note"
+     x = 2
""",
    ),
)

test_imports_first = table(
    case(
        "hoist: imports come first",
        "x",
        """
+ a = 4
+ import math
+ x = math.sqrt(a)
""",
        exact="import math\n\na = 4\nx = math.sqrt(a)\n",
    ),
    case(
        "hoist: __future__ stays the very first",
        "text",
        """
+ from __future__ import annotations
+ import math
+ def f(x: Undefined) -> None: ...
+ text = f.__annotations__["x"] + str(math.pi)
""",
    ),
    case(
        "hoist: __future__ that nothing needs",
        "x",
        """
? from __future__ import annotations
+ x = 1
""",
    ),
    case(
        "hoist: an import inside a block stays there",
        "x",
        """
+ n = 1
+ if n:
+     import math
+     x = math.pi
""",
    ),
    case(
        "hoist: not above the path it needs",
        "x",
        """
+ import sys
+ sys.path.insert(0, "lib")
+ import deep
+ x = deep.value
""",
        files={"lib/deep.py": "value = 1\n"},
        exact='import sys\n\nsys.path.insert(0, "lib")\nimport deep\n\nx = deep.value\n',
        sound_only=True,
    ),
    case(
        "hoist: not above a name it replaces",
        "y",
        """
+ pi = 3
+ x = pi
+ from math import pi
+ y = x + pi
""",
    ),
    case(
        "hoist: not above a change of the module it takes a name from",
        "y",
        """
+ import math
+ math.answer = 42
+ from math import answer
+ y = answer
""",
    ),
    case(
        "hoist: not above a module made by hand",
        "y",
        """
+ import sys
+ import types
+ sys.modules["made"] = types.SimpleNamespace(v=3)
+ import made
+ y = made.v
""",
    ),
    case(
        "hoist: not below a del",
        "y",
        """
+ import math
+ x = math.pi
+ del math
+ import math
+ y = x + math.e
""",
        sound_only=True,
    ),
)

test_comments = table(
    case(
        "comments: inside a kept statement stay",
        "d",
        """
+ d = [
+     1,  # first of all
+     # on its own line
+     2,
+ ]
  e = [
      3,  # never mind
  ]
""",
        contains=("# first of all", "# on its own line"),
        lacks=("# never mind",),
    ),
    case(
        "comments: inside a function stay",
        "y",
        """
+ def f(x):
+     # add one
+     return x + 1  # like this
  # about nothing
+ y = f(1)
""",
        contains=("# add one", "# like this"),
        lacks=("# about nothing",),
    ),
    case(
        "comments: of what goes go",
        "x",
        """
  # a heading
+ x = 1
  # about y
  y = 2
""",
        lacks=("# about y", "# a heading"),
    ),
)


def test_formatting_is_that_of_a_formatter() -> None:
    traced = run_traced(["x = { 'a':1,\n  'b' : 2 }\ny=[x ]\n"], "y")
    assert traced.code == 'x = {"a": 1, "b": 2}\ny = [x]\n'


def test_a_slice_ends_with_one_line_end() -> None:
    traced = run_traced(["x = 1\n\n\ny = 2\n\n\n"], "x")
    assert traced.code == "x = 1\n"


def test_the_slice_of_a_slice_is_itself() -> None:
    script = "import json, math\na = [1]\nb = a\nb.append(math.pi)\nprint(json.dumps(a))\nfor i in a:\n    print(i)\n"
    once = run_traced([script], "a").code
    assert run_traced([once], "a").code == once


@pytest.mark.parametrize("quote", ["'", '"', "'''", '"""'])
def test_every_kind_of_string_survives(quote: str) -> None:
    script = f"a = {quote}x # no comment; y = 1{quote}\nb = a\nc = 3\n"
    traced = run_traced([script], "b")
    assert normalise(traced.code) == normalise(script.replace("c = 3\n", ""))
    assert run_plain([traced.code], "b").value == traced.value
