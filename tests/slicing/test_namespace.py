"""What syntax cannot tell: exec, eval, globals(), star imports, code that reaches for the namespace itself."""

from tests.notation import case, table

test_exec = table(
    case(
        "exec: binds a name",
        "x",
        """
+ exec("x = 5")
  y = x
""",
    ),
    case(
        "exec: text made by the program",
        "x",
        """
+ name = "x"
+ value = 5
+ exec(f"{name} = {value}")
  y = x
""",
    ),
    case(
        "exec: binds something else",
        "x",
        """
+ x = 1
  exec("y = 5")
  z = 2
""",
    ),
    case(
        "exec: functions of a namespace without a name change what is theirs",
        "total",
        """
+ ns = {}
+ exec("rows = []\\ndef push(x): rows.append(x)", ns)
+ push, rows = ns["push"], ns["rows"]
+ push(4)
  rate = 2
+ push(5)
  first = rows[0]
+ total = sum(rows)
""",
    ),
    case(
        "exec: a namespace that bears a library's name is still the user's",
        "total",
        """
+ ns = {"__name__": "json"}
+ exec("rows = []\\ndef push(x): rows.append(x)", ns)
+ push, rows = ns["push"], ns["rows"]
+ push(4)
  rate = 2
+ total = sum(rows)
""",
    ),
    case(
        "exec: classes of a namespace without a name keep what is theirs",
        "held",
        """
+ ns = {}
+ exec("class Box:\\n    items = []\\n    def add(self, x): self.items.append(x)", ns)
+ Box = ns["Box"]
+ box = Box()
+ box.add(5)
  other = 1
+ held = len(Box.items)
""",
    ),
    case(
        "exec: reads a name",
        "y",
        """
+ x = 2
+ exec("y = x + 1")
  z = y
""",
        sound_only=True,
    ),
    case(
        "exec: changes an object",
        "xs",
        """
+ xs = []
+ exec("xs.append(1)")
  exec("1 + 1")
""",
    ),
    case(
        "exec: in a namespace of its own",
        "ns",
        """
+ ns = {}
+ exec("a = 1", ns)
+ ns.pop("__builtins__")
  b = ns["a"]
""",
    ),
    case(
        "exec: the namespace of its own does not touch ours",
        "a",
        """
+ a = 1
  ns = {}
  exec("a = 2", ns)
""",
    ),
    case(
        "exec: compiled code",
        "x",
        """
+ code = compile("x = 5", "<made>", "exec")
+ exec(code)
  y = x
""",
    ),
    case(
        "exec: defines a function",
        "y",
        """
+ exec("def f(x): return x + 1")
+ y = f(1)
  z = f(2)
""",
    ),
    case(
        "exec: in a loop",
        "v2",
        """
+ for i in range(3):
+     exec(f"v{i} = {i}")
      print(i)
""",
    ),
    case(
        "exec: rebinds",
        "x",
        """
? x = 1
+ exec("x = x + 1 if False else 7")
  y = x
""",
        sound_only=True,
    ),
    case(
        "exec: deletes",
        "x",
        """
? x = 1
? exec("del x")
+ x = 2
""",
    ),
)

test_eval = table(
    case(
        "eval: reads a name",
        "y",
        """
+ a = 3
? b = 4
+ y = eval("a + 1")
""",
        sound_only=True,
    ),
    case(
        "eval: reads a name given by a variable",
        "y",
        """
+ a = 3
+ text = "a + 1"
+ y = eval(text)
""",
        sound_only=True,
    ),
    case(
        "eval: changes an object",
        "xs",
        """
+ xs = []
+ eval("xs.append(1)")
  y = 2
""",
    ),
    case(
        "eval: with names of its own",
        "y",
        """
  a = 3
+ y = eval("a + 1", {"a": 5})
""",
        sound_only=True,
    ),
    case(
        "eval: pure, not needed",
        "x",
        """
+ x = 1
  y = eval("1 + 1")
""",
    ),
)

test_globals = table(
    case(
        "globals: assigned",
        "x",
        """
+ globals()["x"] = 5
  y = x
""",
    ),
    case(
        "globals: assigned by a made-up name",
        "x1",
        """
+ for i in range(2):
+     globals()[f"x{i}"] = i
      print(i)
""",
    ),
    case(
        "globals: read",
        "y",
        """
+ x = 1
+ y = globals()["x"] + 1
""",
    ),
    case(
        "globals: read by a made-up name",
        "y",
        """
+ x = 1
+ name = "x"
+ y = globals()[name] + 1
""",
    ),
    case(
        "globals: the object is changed",
        "xs",
        """
+ xs = []
+ globals()["xs"].append(1)
  n = len(xs)
""",
    ),
    case(
        "globals: update",
        "b",
        """
+ globals().update(a=1, b=2)
  c = 3
""",
    ),
    case(
        "globals: inside a function",
        "x",
        """
+ def put(name, value):
+     globals()[name] = value
+ put("x", 5)
  put("y", 6)
""",
    ),
    case(
        "globals: read inside a function",
        "y",
        """
+ x = 5
+ def take(name):
+     return globals()[name]
+ y = take("x")
""",
        sound_only=True,
    ),
    case(
        "globals: locals() and vars() at the top are the same",
        "x",
        """
+ locals()["x"] = 5
+ vars()["x"] += 1
  y = x
""",
    ),
    case(
        "globals: the module itself",
        "x",
        """
+ ns = globals()
+ ns["x"] = 5
  y = x
""",
        sound_only=True,
    ),
    case(
        "globals: a format string filled from them",
        "text",
        """
+ a = 1
+ b = 2
+ text = "{a}-{b}".format(**globals())
""",
    ),
    case(
        "globals: format_map with locals",
        "text",
        """
+ a = 1
+ text = "{a}".format_map(locals())
""",
    ),
    case(
        "globals: is a name there",
        "y",
        """
+ x = 1
+ y = "x" in globals()
""",
    ),
    case(
        "globals: is a name not there yet",
        "y",
        """
+ if "cache" not in globals():
+     cache = [1]
      print("made")
+ y = cache
""",
    ),
    case(
        "globals: a frame's names",
        "y",
        """
+ import sys
+ x = 1
+ def caller_value(name):
+     return sys._getframe(1).f_globals[name]
+ y = caller_value("x")
""",
        sound_only=True,
    ),
    case(
        "globals: deleted through them",
        "x",
        """
  x = 1
  del globals()["x"]
+ x = 2
""",
        sound_only=True,
    ),
    case(
        "globals: a builtin replaced",
        "y",
        """
+ import builtins
+ old = builtins.len
+ builtins.len = lambda x: 99
+ y = len([])
  builtins.len = old
""",
        sound_only=True,
    ),
)
