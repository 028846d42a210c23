"""The end of an object: code of the program may run when the last reference goes, and change what it likes."""

from tests.notation import case, table

test_finalizers = table(
    case(
        "finalizer: a generator is abandoned by rebinding",
        "log",
        """
+ log = []
+ def rounds(n):
+     try:
+         yield from range(n)
+     finally:
+         log.append(n)
+ g = rounds(3)
+ first = next(g)
+ g = 5
  x = first + 1
""",
    ),
    case(
        "finalizer: a generator inside a with block is abandoned",
        "log",
        """
+ from contextlib import contextmanager
+ log = []
+ @contextmanager
+ def noted():
+     try:
+         yield
+     finally:
+         log.append("closed")
+ def rounds(n):
+     with noted():
+         yield from range(n)
+ g = rounds(3)
+ next(g)
+ del g
  x = 1
""",
    ),
    case(
        "finalizer: a generator that has not begun has nothing to end",
        "log",
        """
+ log = []
  def rounds(n):
      try:
          yield from range(n)
      finally:
          log.append(n)
  g = rounds(3)
  g = 5
""",
    ),
    case(
        "finalizer: a generator that came to its end has nothing more to do",
        "log",
        """
+ log = []
+ def rounds(n):
+     try:
+         yield from range(n)
+     finally:
+         log.append(n)
+ g = rounds(3)
+ total = sum(g)
  g = 5
""",
    ),
    case(
        "finalizer: the last of two references goes",
        "log",
        """
+ log = []
+ class P:
+     def __del__(self):
+         log.append("gone")
+ p = P()
+ q = p
+ p = None
+ q = None
  x = 1
""",
    ),
    case(
        "finalizer: the generators that a loop lets go of",
        "log",
        """
+ log = []
+ def rounds(n):
+     try:
+         yield from range(n)
+     finally:
+         log.append(n)
+ for g in map(rounds, [3, 4, 5]):
+     first = next(g)
?     second = first + 1
  x = 1
""",
    ),
    case(
        "finalizer: __del__ of what a list held",
        "log",
        """
+ log = []
+ class P:
+     def __init__(self, name):
+         self.name = name
+     def __del__(self):
+         log.append(self.name)
+ ps = [P("a"), P("b")]
+ kept = ps[1]
+ ps.clear()
  x = 1
""",
    ),
    case(
        "finalizer: __del__ of what a dict held",
        "log",
        """
+ log = []
+ class P:
+     def __del__(self):
+         log.append("gone")
+ ps = {"a": P()}
+ del ps["a"]
  x = 1
""",
    ),
    case(
        "finalizer: __del__ of what an object held",
        "log",
        """
+ log = []
+ class P:
+     def __del__(self):
+         log.append("gone")
+ class Box:
+     pass
+ box = Box()
+ box.p = P()
+ box.p = None
  x = 1
""",
    ),
    case(
        "finalizer: __del__ of what is behind a variable",
        "log",
        """
+ log = []
+ class P:
+     def __del__(self):
+         log.append("gone")
+ ps = [[P()]]
+ ps = None
  x = 1
""",
    ),
    case(
        "finalizer: __del__ changes what the object was given",
        "log",
        """
+ log = []
+ class P:
+     def __init__(self, log):
+         self.log = log
+     def __del__(self):
+         self.log.append("gone")
+ p = P(log)
+ p = None
  x = 1
""",
    ),
    case(
        "finalizer: __del__ without weak references",
        "log",
        """
+ log = []
+ class P:
+     __slots__ = ("log",)
+     def __init__(self, log):
+         self.log = log
+     def __del__(self):
+         self.log.append("gone")
+ p = P(log)
+ p = None
  x = 1
""",
    ),
    case(
        "finalizer: another reference keeps an object",
        "log",
        """
+ log = []
  class P:
      def __del__(self):
          log.append("gone")
  p = P()
  q = p
  p = None
""",
    ),
    case(
        "finalizer: a function lets go of a global variable",
        "log",
        """
+ log = []
+ class P:
+     def __del__(self):
+         log.append("gone")
+ def close():
+     global p
+     p = None
+ p = P()
+ close()
  x = 1
""",
    ),
    case(
        "finalizer: weakref.finalize",
        "log",
        """
+ import weakref
+ log = []
+ class P:
+     pass
+ p = P()
+ weakref.finalize(p, log.append, "gone")
+ p = None
  x = 1
""",
    ),
    case(
        "finalizer: weakref.finalize with a function of the program",
        "log",
        """
+ from weakref import finalize
+ log = []
+ def gone(name):
+     log.append(name)
+ class P:
+     pass
+ p = P()
+ finalize(p, gone, name="p")
+ del p
  x = 1
""",
    ),
    case(
        "finalizer: the callback of a weak reference",
        "log",
        """
+ import weakref
+ log = []
+ class P:
+     pass
+ p = P()
+ r = weakref.ref(p, lambda _: log.append("gone"))
+ p = None
  x = 1
""",
    ),
    case(
        "finalizer: nobody has let go",
        "log",
        """
  import weakref
+ log = []
  class P:
      pass
  p = P()
  weakref.finalize(p, log.append, "gone").atexit = False
  x = 1
""",
    ),
)
