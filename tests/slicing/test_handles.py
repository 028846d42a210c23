"""Open files: who writes through one writes the file."""

from tests.notation import case, table

test_handles = table(
    case(
        "handle: written to and closed",
        "x",
        """
+ f = open("a", "w")
  g = open("b", "w")
+ f.write("1")
  g.write("2")
+ f.close()
  g.close()
+ x = open("a").read()
""",
    ),
    case(
        "handle: print",
        "x",
        """
+ f = open("a", "w")
  g = open("b", "w")
+ print(1, file=f)
  print(2, file=g)
  print(3)
+ f.close()
+ x = open("a").read()
""",
    ),
    case(
        "handle: csv writer",
        "x",
        """
+ import csv
+ f = open("a", "w")
+ w = csv.writer(f)
+ w.writerow([1, 2])
+ f.close()
+ x = open("a").read()
""",
    ),
    case(
        "handle: pickle",
        "x",
        """
+ import pickle
+ with open("a", "wb") as f:
+     pickle.dump([1], f)
+     pickle.dump([2], f)
+ with open("a", "rb") as f:
+     x = [pickle.load(f), pickle.load(f)]
""",
    ),
    case(
        "handle: in an object, used by a function",
        "x",
        """
+ class Log:
+     def __init__(self, path):
+         self.f = open(path, "w")
+     def say(self, text):
+         self.f.write(text)
+ log = Log("a")
  other = Log("b")
+ log.say("1")
  other.say("1")
+ log.f.close()
+ x = open("a").read()
""",
    ),
    case(
        "handle: a global of a function",
        "x",
        """
+ f = open("a", "w")
+ def say(text):
+     f.write(text)
+ say("1")
+ f.close()
+ x = open("a").read()
""",
    ),
    case(
        "handle: flushed",
        "x",
        """
+ f = open("a", "w")
+ f.write("1")
+ f.flush()
+ x = open("a").read()
  f.write("2")
  f.close()
""",
    ),
    case(
        "handle: closed by going away",
        "x",
        """
+ f = open("a", "w")
+ f.write("1")
+ del f
+ x = open("a").read()
""",
    ),
    case(
        "handle: closed by another value of its name",
        "x",
        """
+ f = open("a", "w")
+ f.write("1")
+ f = None
+ x = open("a").read()
""",
    ),
    case(
        "handle: what is left to be read",
        "x",
        """
+ f = open("in.txt")
+ first = f.readline()
+ x = f.readline()
  y = f.readline()
""",
        files={"in.txt": "1\n2\n3\n"},
    ),
    case(
        "handle: read and written",
        "x",
        """
+ f = open("a", "w+")
+ f.write("12")
+ f.seek(0)
+ x = f.read()
""",
    ),
    case(
        "handle: output goes there",
        "x",
        """
+ import contextlib
+ with open("a", "w") as f, contextlib.redirect_stdout(f):
+     print("hello")
+ x = open("a").read()
""",
    ),
)
