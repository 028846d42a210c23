"""The program's own module, of which the variables are attributes."""

from tests.notation import case, table

test_own_module = table(
    case(
        "out of sys.modules",
        "y",
        """
+ import sys
+ x = [1]
  z = 2
+ me = sys.modules["__main__"]
  z = 3
+ x.append(2)
+ y = me.x
""",
    ),
    case(
        "out of sys.modules, by its attribute",
        "y",
        """
+ import sys
+ x = [1]
  z = 2
+ y = sys.modules["__main__"].x
  x = 5
""",
    ),
    case("by name", "y", "+ import sys\n+ x = [1]\n  z = 2\n+ y = sys.modules[__name__].x\n  x = 5"),
    case("imported", "y", "+ import __main__\n+ x = [1]\n  z = 2\n+ y = __main__.x"),
    case("imported under another name", "y", "+ import __main__ as m\n+ x = [1]\n  z = 2\n+ y = m.x"),
    case("imported from", "y", "+ x = [1]\n  z = 2\n+ from __main__ import x as y\n+ y.append(2)"),
    case(
        "imported by a call",
        "y",
        "+ import importlib\n+ x = [1]\n+ me = importlib.import_module('__main__')\n+ y = me.x",
    ),
    case(
        "set",
        "y",
        """
+ import __main__
? x = 1
+ __main__.x = 2
+ setattr(__main__, "z", 3)
+ y = x + z
""",
    ),
    case(
        "set through sys.modules",
        "y",
        """
+ import sys
? x = 1
+ sys.modules["__main__"].x = 2
+ setattr(sys.modules["__main__"], "z", 3)
+ y = x + z
""",
    ),
    case("set in its dictionary", "y", "+ import __main__\n? x = 1\n+ vars(__main__)['x'] = 2\n+ y = x"),
    case(
        "changed by its attribute",
        "x",
        """
+ import __main__
+ x = []
  y = []
+ __main__.x.append(1)
  __main__.y.append(1)
""",
    ),
    case(
        "asked for any attribute",
        "y",
        "+ import __main__\n+ x = [1]\n+ name = 'x'\n+ y = getattr(__main__, name)\n? z = name",
    ),
    case(
        "deleted from",
        "y",
        "+ import __main__\n+ x = 1\n+ del __main__.x\n+ y = 'x' in globals()",
        sound_only=True,
    ),
    case(
        "in a function",
        "y",
        """
+ import sys
+ x = [1]
+ def f():
+     return sys.modules["__main__"].x
+ def g():
+     import __main__
+     __main__.z = 4
+ g()
+ y = f() + [z]
""",
    ),
    case(
        "in a container",
        "y",
        "+ import __main__\n+ x = [1]\n+ modules = {'me': __main__}\n+ y = modules['me'].x",
    ),
    case(
        "in a hot loop",
        "y",
        """
+ import sys
+ x = 0
+ for i in range(3000):
+     sys.modules["__main__"].x = i
+ y = x
""",
    ),
    case(
        "imported, in a hot loop",
        "y",
        """
+ import __main__
+ x = 0
+ for i in range(3000):
+     __main__.x = __main__.x + i
+ y = x
""",
    ),
    case(
        "all modules",
        "y",
        "+ import sys\n+ x = [1]\n+ modules = sys.modules\n+ y = modules['__main__'].x",
    ),
    case(
        "another module",
        "y",
        """
+ import sys
  import json
  x = 1
+ y = "json" in sys.modules and sys.modules["json"].__name__
+ import json
""".replace("+ import json\n", ""),
        sound_only=True,
    ),
    case("expression", "m.x", "+ import __main__ as m\n+ x = [1]\n> target = m.x"),
)
