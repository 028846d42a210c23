"""Imports: which are needed, which only look unneeded, and what they depend on."""

from tests.notation import case, table

test_names = table(
    case(
        "import: unused ones go",
        "x",
        """
  import json
+ import math
  import os, sys
+ x = math.sqrt(4)
""",
    ),
    case(
        "import: with another name",
        "x",
        """
+ import math as m
  import json as j
+ x = m.sqrt(4)
""",
    ),
    case(
        "import: from",
        "x",
        """
+ from math import sqrt
  from math import cos
+ x = sqrt(4)
""",
    ),
    case(
        "import: several names in one statement",
        "x",
        """
+ from math import sqrt, pi
+ x = sqrt(4)
  y = pi
""",
    ),
    case(
        "import: a submodule",
        "x",
        """
+ import os.path
+ x = os.path.join("a", "b")
  y = os.path.join("c", "d")
""",
    ),
    case(
        "import: a submodule that the package does not load itself",
        "x",
        """
+ import xml
+ import xml.dom.minidom
+ x = xml.dom.minidom.parseString("<a/>").documentElement.tagName
  import xml.sax
""",
        sound_only=True,
    ),
    case(
        "import: submodules with the same head",
        "x",
        """
+ import xml.etree.ElementTree
? import xml.dom.minidom
+ x = xml.etree.ElementTree.fromstring("<a/>").tag
""",
    ),
    case(
        "import: a submodule needed only by attribute access",
        "x",
        """
  import json
+ import importlib
+ import importlib.util
+ x = importlib.util.find_spec("json").name
""",
        sound_only=True,
    ),
    case(
        "import: twice under two names",
        "x",
        """
  import math
+ import math as m
+ x = m.pi
""",
    ),
    case(
        "import: two names of a module, both used",
        "x",
        """
+ import math
+ import math as m
+ x = math.pi + m.e
""",
    ),
    case(
        "import: two names of a module, changed through one",
        "x",
        """
+ import math
+ import math as m
+ m.answer = 42
+ x = math.answer
  m.other = 1
""",
        sound_only=True,
    ),
    case(
        "import: a name from a module that was changed",
        "x",
        """
+ import math
+ math.answer = 42
+ from math import answer
+ x = answer
""",
    ),
    case(
        "import: the same import again",
        "x",
        """
? import math
+ import math
+ x = math.pi
""",
    ),
    case(
        "import: the name was used for something else before",
        "x",
        """
  math = 5
+ import math
+ x = math.pi
""",
    ),
    case(
        "import: the name is used for something else later",
        "x",
        """
+ import math
+ x = math.pi
  math = 5
""",
    ),
    case(
        "import: only by an annotation",
        "f",
        """
+ from typing import Optional
  from typing import Any
+ def f(x: Optional[int]) -> int:
+     return x or 0
""",
    ),
    case(
        "import: only by the annotation of a variable",
        "x",
        """
+ from typing import Optional
+ x: Optional[int] = 3
""",
    ),
    case(
        "import: only by a decorator",
        "y",
        """
+ import functools
+ @functools.lru_cache
+ def f(x):
+     return x
+ y = f(1)
""",
    ),
    case(
        "import: only by a base class",
        "p",
        """
+ import collections
+ class P(collections.OrderedDict):
+     pass
+ p = P(a=1)
""",
    ),
    case(
        "import: only inside a function",
        "y",
        """
+ def f(x):
+     import math
+     return math.sqrt(x)
+ y = f(4)
  import math
""",
    ),
    case(
        "import: star",
        "x",
        """
+ from math import *
+ x = sqrt(4)
  y = cos(0)
""",
    ),
    case(
        "import: star, irrelevant",
        "x",
        """
  from math import *
+ x = 4
  y = sqrt(x)
""",
    ),
    case(
        "import: two stars, the later one wins",
        "x",
        """
? from cmath import *
+ from math import *
+ x = sqrt(4)
""",
    ),
    case(
        "import: importlib.import_module",
        "x",
        """
+ import importlib
+ math = importlib.import_module("math")
+ x = math.pi
  json = importlib.import_module("json")
""",
    ),
    case(
        "import: __import__",
        "x",
        """
+ m = __import__("math")
+ x = m.pi
  j = __import__("json")
""",
    ),
    case(
        "import: the module is the target",
        "math",
        """
+ import math
  x = math.pi
""",
    ),
)

test_optional_imports = table(
    case(
        "import: falls back",
        "y",
        """
+ try:
+     import no_such_module_anywhere as fast
+ except ImportError:
      print("slow")
+     fast = None
+ y = 1 if fast is None else fast.y
""",
    ),
    case(
        "import: does not fall back",
        "y",
        """
+ try:
+     import math as m
      print("fine")
+ except ImportError:
+     m = None
+ y = m.pi
""",
    ),
    case(
        "import: chosen by a condition",
        "y",
        """
+ exact = True
+ if exact:
+     from fractions import Fraction as Number
      print("exact")
+ else:
+     Number = float
+ y = Number(3) / 2
""",
    ),
    case(
        "import: in a loop",
        "versions",
        """
+ import importlib
+ versions = []
+ for name in ["json", "math"]:
+     module = importlib.import_module(name)
+     versions.append(module.__name__)
      print(module)
""",
        compare_output=False,
    ),
    case(
        "import: only for type checking",
        "y",
        """
+ from typing import TYPE_CHECKING
+ if TYPE_CHECKING:
+     from decimal import Decimal
+ def f(x: "Decimal") -> int:
+     return 1
+ y = f(2)
""",
        sound_only=True,
    ),
)

_HELPER = "count = 0\ndef inc():\n    global count\n    count += 1\n    return count\n"
_REGISTRY = "items = []\ndef add(x):\n    items.append(x)\n"

test_own_modules = table(
    case(
        "module: a function of a module beside the script",
        "y",
        """
+ from helper import inc
  import registry
+ y = inc()
""",
        files={"helper.py": _HELPER, "registry.py": _REGISTRY},
    ),
    case(
        "module: state inside it",
        "y",
        """
+ import helper
+ helper.inc()
+ y = helper.inc()
  helper.inc()
""",
        files={"helper.py": _HELPER},
    ),
    case(
        "module: state inside it, seen by attribute",
        "y",
        """
+ import helper
+ helper.inc()
+ y = helper.count
  helper.inc()
""",
        files={"helper.py": _HELPER},
    ),
    case(
        "module: state inside it, changed through an imported function",
        "y",
        """
+ from registry import add
+ import registry
+ add(1)
+ y = list(registry.items)
  add(2)
""",
        files={"registry.py": _REGISTRY},
    ),
    case(
        "module: an attribute assigned",
        "y",
        """
+ import helper
+ helper.count = 10
+ y = helper.inc()
  helper.count = 0
""",
        files={"helper.py": _HELPER},
    ),
    case(
        "module: a function replaced",
        "y",
        """
+ import helper
+ def fake():
+     return -1
+ helper.inc = fake
+ y = helper.inc()
""",
        files={"helper.py": _HELPER},
    ),
    case(
        "module: imported for its side effect",
        "y",
        """
+ import registry
+ import plugin
+ y = list(registry.items)
  import helper
""",
        files={
            "registry.py": _REGISTRY,
            "plugin.py": "import registry\nregistry.add(1)\n",
            "helper.py": _HELPER,
        },
    ),
    case(
        "module: a package and its submodule",
        "y",
        """
+ import pack.inner
  import pack.other
+ y = pack.inner.value + 1
""",
        files={
            "pack/__init__.py": "",
            "pack/inner.py": "value = 1\n",
            "pack/other.py": "value = 2\n",
        },
        sound_only=True,
    ),
    case(
        "module: star import that honours __all__",
        "y",
        """
  hidden = 5
+ from names import *
+ y = shown
  z = hidden
""",
        files={"names.py": "__all__ = ['shown']\nshown = 1\nhidden = 2\n"},
    ),
    case(
        "module: star import replaces a name",
        "x",
        """
? x = 1
+ from names import *
  y = 2
""",
        files={"names.py": "x = 5\n"},
    ),
    case(
        "module: reloaded",
        "y",
        """
+ import importlib
+ import helper
? helper.inc()
+ importlib.reload(helper)
+ y = helper.inc()
""",
        files={"helper.py": _HELPER},
    ),
    case(
        "module: found on a changed path",
        "y",
        """
  import os
+ import sys
+ sys.path.insert(0, "lib")
+ import deep
+ y = deep.value
""",
        files={"lib/deep.py": "value = 7\n"},
    ),
    case(
        "module: the path is made by a variable",
        "y",
        """
+ import os
+ import sys
+ here = os.getcwd()
+ folder = os.path.join(here, "lib")
+ sys.path.append(folder)
  sys.argv.append("x")
+ from deep import value
+ y = value
""",
        files={"lib/deep.py": "value = 7\n"},
        sound_only=True,
    ),
    case(
        "module: of two path changes both may matter",
        "y",
        """
+ import sys
? sys.path.insert(0, "other")
+ sys.path.insert(0, "lib")
+ import deep
+ y = deep.value
""",
        files={"lib/deep.py": "value = 7\n", "other/deep.py": "value = 8\n"},
    ),
    case(
        "module: put into sys.modules by hand",
        "y",
        """
+ import sys
+ import types
+ made = types.ModuleType("made")
+ made.value = 3
+ sys.modules["made"] = made
+ import made as again
+ y = again.value
  z = made.value
""",
    ),
    case(
        "module: a class of a module, instance changed",
        "b",
        """
+ from shapes import Box
+ b = Box()
+ b.grow()
  c = Box()
  c.grow()
""",
        files={"shapes.py": "class Box:\n    size = 0\n    def grow(self):\n        self.size += 1\n"},
    ),
    case(
        "module: a class of a module keeps count in itself",
        "n",
        """
+ from shapes import Box
+ a = Box()
+ b = Box()
+ n = Box.made
  c = Box()
""",
        files={"shapes.py": "class Box:\n    made = 0\n    def __init__(self):\n        Box.made += 1\n"},
    ),
    case(
        "module: its function changes what it is given",
        "xs",
        """
+ import tools
+ xs = [3, 1]
+ tools.clean(xs)
  tools.show(xs)
""",
        files={"tools.py": "def clean(xs):\n    xs.sort()\ndef show(xs):\n    return str(xs)\n"},
    ),
)
