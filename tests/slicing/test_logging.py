"""What a program logs is state: it may end in a buffer, or in a handler that the program wrote."""

from tests.notation import case, table

test_logging = table(
    case(
        "a log that goes to memory",
        "x",
        """
+ import io
+ import logging
+ stream = io.StringIO()
+ log = logging.getLogger("job")
+ log.addHandler(logging.StreamHandler(stream))
+ log.warning("one")
+ x = stream.getvalue()
  log.warning("two")
""",
    ),
    case(
        "a handler of the program's own, reached through a function",
        "rows",
        """
+ import logging
+ class Keep(logging.Handler):
+     def __init__(self):
+         super().__init__()
+         self.rows = []
+     def emit(self, record):
+         self.rows.append(record.getMessage())
+ keep = Keep()
+ log = logging.getLogger("job")
+ log.addHandler(keep)
+ def f(x):
+     log.warning("f %s", x)
+ f(1)
+ rows = list(keep.rows)
  f(2)
""",
    ),
    case(
        "what goes to the terminal does not matter",
        "y",
        """
+ import logging
+ log = logging.getLogger("job")
+ def f(x):
+     log.warning("f %s", x)
+     return x
  log.warning("begin")
  x = f(1)
+ y = f(2)
""",
    ),
)
