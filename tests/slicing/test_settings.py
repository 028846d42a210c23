"""Settings of libraries: set by one statement, and needed by those which depend on them."""

from tests.notation import case, table

test_matplotlib = table(
    case(
        "rcParams: what is drawn after it needs it",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ plt.rcParams["lines.linewidth"] = 5
+ fig, ax = plt.subplots()
+ ax.plot([1, 2])
  x = [1]
""",
    ),
    case(
        "rcParams: data does not",
        "x",
        """
  import matplotlib.pyplot as plt
  plt.rcParams["lines.linewidth"] = 5
+ x = [1]
+ x.append(2)
""",
    ),
    case(
        "rcParams: not what was drawn before, where it is not drawn on again",
        "data",
        """
  import matplotlib.pyplot as plt
  import pandas as pd
+ import numpy as np
  plt.rcParams.update({"lines.linewidth": 5})
+ data = np.arange(3)
""",
    ),
    case(
        "rcParams: by another name of the same object",
        "fig",
        """
+ import matplotlib
+ from matplotlib import pyplot as plt
+ rc = matplotlib.rcParams
+ rc["axes.facecolor"] = "red"
+ fig = plt.figure()
+ plt.plot([1])
""",
    ),
    case(
        "rcParams: update",
        "fig",
        """
+ import matplotlib as mpl
+ import matplotlib.pyplot as plt
+ mpl.rcParams.update({"axes.facecolor": "red"})
+ fig = plt.figure()
+ plt.plot([1])
""",
    ),
    case(
        "rc and style.use",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ plt.style.use("ggplot")
+ plt.rc("lines", linewidth=7)
+ fig = plt.figure()
+ plt.plot([1, 2])
""",
    ),
    case(
        "a block with settings of its own",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ with plt.rc_context({"axes.facecolor": "red"}):
+     fig = plt.figure()
+     plt.plot([1, 2])
      x = 1
""",
    ),
    case(
        "a block that is over",
        "fig",
        """
+ import matplotlib.pyplot as plt
  with plt.style.context("ggplot"):
      other = plt.figure()
      plt.plot([1, 2])
+ fig = plt.figure()
+ plt.plot([1, 2])
""",
    ),
    case(
        "a function that sets",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ def dark():
+     plt.rcParams["axes.facecolor"] = "black"
+ dark()
+ fig = plt.figure()
+ plt.plot([1, 2])
""",
    ),
    case(
        "a function that draws depends on them",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ def draw():
+     fig, ax = plt.subplots()
+     ax.plot([1, 2])
+     return fig
+ plt.rcParams["axes.facecolor"] = "black"
+ fig = draw()
""",
    ),
    case(
        "pandas draws as matplotlib is set",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ import pandas as pd
+ plt.rcParams["axes.facecolor"] = "black"
+ s = pd.Series([1, 2, 3])
  n = s.sum()
+ fig = s.plot().get_figure()
""",
    ),
    case(
        "the user's own module sets",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ import look
+ look.apply()
+ fig = plt.figure()
+ plt.plot([1, 2])
""",
        files={
            "look.py": "import matplotlib.pyplot as plt\n\ndef apply():\n    plt.rcParams['axes.facecolor'] = 'red'\n"
        },
    ),
    case(
        "a value that was there already",
        "fig",
        """
+ import matplotlib.pyplot as plt
  plt.rcParams["lines.linewidth"] = plt.rcParams["lines.linewidth"]
  plt.rc("lines", linewidth=1.5)
+ fig = plt.figure()
+ plt.plot([1, 2])
""",
        sound_only=True,
    ),
)

test_pandas = table(
    case(
        "options that say how frames are shown: needed by text",
        "text",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": range(20)})
+ pd.set_option("display.max_rows", 4)
+ text = str(df)
  total = df.sum()
""",
    ),
    case(
        "options that say how frames are shown: not needed by numbers",
        "total",
        """
+ import pandas as pd
  pd.set_option("display.max_rows", 4)
  pd.options.display.width = 70
+ df = pd.DataFrame({"a": range(20)})
  print(df)
+ total = df["a"].sum()
""",
    ),
    case(
        "options as attributes",
        "text",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1.23456789]})
+ pd.options.display.precision = 2
+ text = df.to_string()
""",
    ),
    case(
        "options and a function that makes text",
        "text",
        """
+ import pandas as pd
+ def show(frame):
+     return f"{frame}"
+ df = pd.DataFrame({"a": [1.23456789]})
+ pd.set_option("display.precision", 2)
+ text = show(df)
""",
    ),
    case(
        "options and frames in a list",
        "text",
        """
+ import pandas as pd
+ frames = [pd.DataFrame({"a": [1.23456789]})]
+ pd.set_option("display.precision", 2)
+ text = str(frames)
""",
    ),
    case(
        "options that change values",
        "kind",
        """
+ import pandas as pd
+ pd.set_option("mode.string_storage", "python")
+ s = pd.Series(["a"], dtype="string")
+ kind = s.dtype.storage
  x = 1
""",
    ),
    case(
        "a block of options",
        "b",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1.23456789]})
  with pd.option_context("display.precision", 2):
      a = str(df)
+ b = str(df)
""",
    ),
)

test_numpy = table(
    case(
        "print options",
        "text",
        """
+ import numpy as np
+ a = np.array([1.23456789])
+ np.set_printoptions(precision=2)
+ text = str(a)
  b = a + 1
""",
    ),
    case(
        "print options are not for numbers",
        "b",
        """
+ import numpy as np
  np.set_printoptions(precision=2)
+ a = np.array([1.23456789])
+ b = a + 1
""",
    ),
    case(
        "floating-point errors that are raised",
        "x",
        """
+ import numpy as np
+ np.seterr(all="raise")
+ try:
+     x = np.array([1.0]) / 0
+ except FloatingPointError:
+     x = None
  y = 1
""",
    ),
    case(
        "floating-point errors in a block",
        "x",
        """
+ import numpy as np
+ with np.errstate(divide="raise"):
+     try:
+         x = np.array([1.0]) / 0
+     except FloatingPointError:
+         x = None
""",
    ),
)

test_others = table(
    case(
        "warnings that are raised",
        "x",
        """
+ import warnings
+ def f():
+     warnings.warn("no")
+     return 1
+ warnings.simplefilter("error")
+ try:
+     x = f()
+ except UserWarning:
+     x = 2
""",
    ),
    case(
        "warnings that are not shown change nothing",
        "x",
        """
+ import numpy as np
  import warnings
  warnings.filterwarnings("ignore")
+ x = np.arange(3).sum()
""",
    ),
    case(
        "decimal: precision of the context",
        "x",
        """
+ import decimal
+ from decimal import Decimal
+ decimal.getcontext().prec = 5
+ x = Decimal(1) / Decimal(3)
""",
    ),
    case(
        "decimal: set in a function",
        "x",
        """
+ from decimal import Decimal, getcontext
+ def precise(n):
+     getcontext().prec = n
+ precise(5)
+ x = Decimal(1) / Decimal(3)
""",
    ),
    case(
        "recursion",
        "n",
        """
+ import sys
+ sys.setrecursionlimit(5000)
+ def depth(n):
+     return 0 if n == 0 else 1 + depth(n - 1)
+ n = depth(3000)
  m = 1
""",
    ),
    case(
        "scikit-learn: frames instead of arrays",
        "out",
        """
+ import sklearn
+ import pandas as pd
+ from sklearn.preprocessing import StandardScaler
+ sklearn.set_config(transform_output="pandas")
+ df = pd.DataFrame({"a": [1.0, 2.0]})
+ out = StandardScaler().fit_transform(df)
""",
    ),
    case(
        "locale",
        "point",
        """
+ import locale
+ locale.setlocale(locale.LC_ALL, "C.UTF-8")
+ point = locale.getlocale()
  x = 1
""",
    ),
    case(
        "sockets",
        "limit",
        """
+ import socket
+ socket.setdefaulttimeout(3)
+ limit = socket.getdefaulttimeout()
""",
    ),
    case(
        "a setting that is put back",
        "text",
        """
+ import numpy as np
? np.set_printoptions(precision=2)
? np.set_printoptions(precision=8)
+ text = str(np.array([1.23456789]))
""",
        sound_only=True,
    ),
)

test_first_seen = table(
    case(
        "a library that another imports when it is called, and nobody sets",
        "x",
        """
  import importlib.resources
  options = {"fractions": 1}
  import logging.config
  logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
  import statistics
  settings = statistics.mean([1, 2])
+ x = [1, 2]
+ x.append(3)
""",
    ),
    case(
        "a function that imports the library itself, and sets",
        "x",
        """
+ def precise(n):
+     import decimal
+     decimal.getcontext().prec = n
+ precise(5)
+ from decimal import Decimal
+ x = Decimal(1) / Decimal(3)
""",
    ),
    case(
        "a module of the user's own that sets when it is imported",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ import look
+ plt.rc("lines", linewidth=7)
+ fig = plt.figure()
+ plt.plot([1, 2])
""",
        files={"look.py": "import matplotlib.pyplot as plt\n\nplt.rcParams['axes.facecolor'] = 'red'\n"},
    ),
    case(
        "seaborn sets what matplotlib draws",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ import seaborn as sns
+ sns.set_theme(style="darkgrid")
+ fig, ax = plt.subplots()
+ ax.plot([1, 2])
  x = 1
""",
    ),
)

test_hot_loops = table(
    case(
        "a setting that a late round changes",
        "text",
        """
+ import numpy as np
+ total = 0
+ for i in range(500):
+     if i == 400:
+         np.set_printoptions(precision=2)
      total += i
+ text = str(np.array([1.23456789]))
""",
        sound_only=True,
    ),
    case(
        "text that late rounds make",
        "texts",
        """
+ import numpy as np
+ np.set_printoptions(precision=2)
+ texts = []
+ for i in range(500):
+     if i >= 400:
+         texts.append(str(np.array([1.23456789])))
""",
    ),
)

test_text_with_a_percent_sign = table(
    case(
        "a format that is no operator",
        "days",
        """
+ import pandas as pd
  pd.set_option("display.precision", 2)
+ times = pd.Series(pd.to_datetime(["2024-06-01"]))
+ days = list(times.dt.strftime("%d.%m."))
""",
    ),
    case(
        "an array that is filled in",
        "text",
        """
+ import numpy as np
+ np.set_printoptions(precision=2)
+ a = np.array([1.23456789])
+ text = "it's %s" % a
""",
    ),
    case(
        "filled in over lines",
        "text",
        """
+ import numpy as np
+ np.set_printoptions(precision=2)
+ d = {"k": np.array([1.23456789])}
+ text = '''one "
+ %s''' % d["k"]
""",
    ),
)

test_registries = table(
    case(
        "abc: a class that was registered",
        "found",
        """
+ import abc
+ class Shape(abc.ABC): pass
+ class Square: pass
+ Shape.register(Square)
  z = [1]
+ found = isinstance(Square(), Shape)
""",
    ),
    case(
        "abc: libraries that register their own are nobody's doing",
        "total",
        """
  import atexit
  rows = [1]
  atexit.register(print)
+ import fractions
+ total = fractions.Fraction(1, 3).numerator
""",
    ),
    case(
        "csv: a dialect",
        "rows",
        """
+ import csv, io
+ csv.register_dialect("semi", delimiter=";")
+ rows = list(csv.reader(io.StringIO("a;b"), "semi"))
""",
    ),
    case(
        "csv: a dialect is nothing to who reads no table",
        "n",
        """
  import csv
+ import math
  csv.register_dialect("colon", delimiter=":")
+ n = math.floor(2.5)
""",
    ),
    case(
        "mimetypes",
        "kind",
        """
+ import mimetypes
+ mimetypes.add_type("x/y", ".zz")
+ kind = mimetypes.guess_type("a.zz")
""",
    ),
    case(
        "copyreg: how objects are copied",
        "v",
        """
+ import copy, copyreg
+ class P:
+     def __init__(self, v): self.v = v
+ copyreg.pickle(P, lambda p: (P, (p.v + 1,)))
+ v = copy.copy(P(3)).v
""",
    ),
    case(
        "sqlite3: how objects are stored",
        "found",
        """
+ import sqlite3
+ class Point:
+     def __init__(self, x): self.x = x
+ sqlite3.register_adapter(Point, lambda p: p.x)
+ connection = sqlite3.connect(":memory:")
+ found = connection.execute("select ?", (Point(5),)).fetchall()
""",
    ),
    case(
        "codecs: a codec",
        "data",
        """
+ import codecs
+ codecs.register(lambda name: codecs.lookup("utf-8") if name == "mine" else None)
+ data = "é".encode("mine")
""",
    ),
    case(
        "codecs: what is done about errors",
        "data",
        """
+ import codecs
+ codecs.register_error("ask", lambda error: ("?", error.end))
+ data = "é".encode("ascii", "ask")
""",
    ),
    case(
        "logging: names of levels",
        "name",
        """
+ import logging
+ logging.addLevelName(35, "LOUD")
+ name = logging.getLevelName(35)
""",
    ),
    case(
        "pandas: accessors",
        "n",
        """
+ import pandas as pd
+ @pd.api.extensions.register_dataframe_accessor("geo")
+ class Geo:
+     def __init__(self, table): self.table = table
+     def n(self): return len(self.table)
+ table = pd.DataFrame({"a": [1, 2]})
+ n = table.geo.n()
""",
    ),
    case(
        "builtins: names of one's own",
        "total",
        """
+ import builtins
+ builtins.answer = 42
  z = [1]
+ total = answer + 1
""",
    ),
    case(
        "pandas: who asks for an option gets it",
        "rows",
        """
+ import pandas as pd
+ pd.set_option("display.max_rows", 7)
+ rows = pd.get_option("display.max_rows")
""",
    ),
)
