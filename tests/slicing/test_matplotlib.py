"""matplotlib: a figure needs what drew on it, through pyplot or through objects, and not what drew on others."""

from tests.notation import case, table

test_pyplot = table(
    case(
        "pyplot: the current figure, taken when it is done",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ x = [1, 2, 4]
  y = [3, 2, 1]
+ plt.figure()
+ plt.plot(x)
+ plt.title("t")
+ fig = plt.gcf()
""",
    ),
    case(
        "pyplot: a figure that is drawn on after it was made",
        "fig",
        """
+ import matplotlib.pyplot as plt
  n = 3
+ fig = plt.figure()
+ plt.plot([1, 2, 4])
+ plt.xlabel("x")
  m = n + 1
""",
    ),
    case(
        "pyplot: what drew on another figure does not matter",
        "one",
        """
+ import matplotlib.pyplot as plt
+ one = plt.figure()
+ plt.plot([1, 2, 4])
  two = plt.figure()
  plt.plot([4, 2, 1])
""",
    ),
    case(
        "pyplot: nor what drew on an earlier one",
        "two",
        """
+ import matplotlib.pyplot as plt
  one = plt.figure()
  plt.plot([1, 2, 4])
+ two = plt.figure()
+ plt.plot([4, 2, 1])
""",
    ),
    case(
        "pyplot: the first function that draws makes a figure",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ plt.plot([4, 2, 1])
+ plt.grid(True)
+ fig = plt.gcf()
""",
    ),
    case(
        "pyplot: the current axes",
        "ax",
        """
+ import matplotlib.pyplot as plt
+ plt.plot([4, 2, 1])
+ ax = plt.gca()
+ plt.ylabel("y")
""",
    ),
    case(
        "pyplot: an expression",
        "plt.gcf()",
        """
+ import matplotlib.pyplot as plt
  plt.figure()
  plt.plot([1])
+ plt.figure()
+ plt.plot([4, 2, 1])
> target = plt.gcf()
""",
    ),
    case(
        "pyplot: two subplots of one figure",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ fig = plt.figure()
+ plt.subplot(2, 1, 1)
+ plt.plot([1, 2])
+ plt.subplot(2, 1, 2)
+ plt.plot([2, 1])
""",
    ),
    case(
        "pyplot: back to a figure by its number",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ plt.figure()
+ plt.plot([1, 2])
+ plt.figure()
  plt.plot([3, 4])
+ plt.figure(1)
+ plt.title("one")
+ fig = plt.gcf()
""",
    ),
    case(
        "pyplot: by number, where numbers depend on all figures before",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ plt.figure()
+ plt.figure()
+ plt.plot([3, 4])
+ plt.figure(2)
+ plt.title("two")
+ fig = plt.gcf()
""",
        sound_only=True,
    ),
    case(
        "pyplot: back to a figure by name",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ plt.figure("a")
+ plt.plot([1, 2])
+ plt.figure("b")
+ plt.plot([3, 4])
+ plt.figure("a")
+ plt.title("one")
+ fig = plt.gcf()
""",
        sound_only=True,
    ),
    case(
        "pyplot: a figure that was closed does not matter to the next",
        "fig",
        """
+ import matplotlib.pyplot as plt
  plt.plot([1, 2])
  plt.title("first")
  plt.close()
+ plt.plot([2, 1])
+ fig = plt.gcf()
""",
    ),
    case(
        "pyplot: unless something of it is kept",
        "(lines, fig)",
        """
+ import matplotlib.pyplot as plt
+ lines = plt.plot([1, 2])
+ plt.close()
+ plt.plot([2, 1])
+ fig = plt.gcf()
> target = (lines, fig)
""",
        sound_only=True,
    ),
    case(
        "pyplot: closing leads back to the figure before",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ plt.plot([1, 2])
? plt.figure()
  plt.plot([5, 6])
? plt.close()
+ plt.title("first")
+ fig = plt.gcf()
""",
        sound_only=True,
    ),
    case(
        "pyplot: clearing the figure",
        "fig",
        """
+ import matplotlib.pyplot as plt
  plt.plot([1, 2])
+ plt.clf()
+ plt.plot([2, 1])
+ fig = plt.gcf()
""",
    ),
    case(
        "pyplot: showing and saving change nothing",
        "fig",
        """
+ import io
+ import matplotlib.pyplot as plt
+ plt.plot([1, 2])
  plt.show()
  plt.savefig(io.BytesIO())
+ plt.title("t")
+ fig = plt.gcf()
""",
        sound_only=True,
    ),
    case(
        "pyplot: names imported from it",
        "fig",
        """
+ from matplotlib.pyplot import figure, gcf, plot, title
  figure()
  plot([1])
+ figure()
+ plot([1, 2])
+ title("t")
+ fig = gcf()
""",
    ),
    case(
        "pyplot: cells",
        "fig",
        """
+ import matplotlib.pyplot as plt
---
  a = plt.figure()
  plt.plot([1])
---
+ fig = plt.figure()
---
  x = [1]
  x.append(2)
---
+ plt.plot([1, 2])
---
+ plt.legend(["a"])
""",
    ),
    case(
        "pyplot: figures made in a loop",
        "figs",
        """
+ import matplotlib.pyplot as plt
+ figs = []
+ for n in range(3):
+     figs.append(plt.figure())
+     plt.plot([n, 1])
""",
    ),
    case(
        "pyplot: figures made and closed in a loop have nothing to do with the next",
        "fig",
        """
+ import matplotlib.pyplot as plt
  for n in range(3):
      plt.figure()
      plt.plot([n, 1])
      plt.close()
+ plt.plot([1, 2])
+ fig = plt.gcf()
""",
    ),
    case(
        "pyplot: drawing in a comprehension",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ fig = plt.figure()
+ [plt.plot([n, 1]) for n in range(3)]
  x = [n for n in range(3)]
""",
    ),
)

test_through_functions = table(
    case(
        "a function that draws on the current figure",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ def draw(n):
+     plt.plot([n, 1])
+ fig = plt.figure()
+ draw(3)
  other = plt.figure()
  draw(4)
""",
    ),
    case(
        "a function that makes a figure and gives it back",
        "b",
        """
+ import matplotlib.pyplot as plt
+ def make(n):
+     fig, ax = plt.subplots()
+     ax.plot([n, 1])
+     return fig
  a = make(1)
+ b = make(2)
  c = make(3)
""",
    ),
    case(
        "a function that is handed axes",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ def draw(ax, n):
+     ax.plot([n, 1])
+ fig, ax = plt.subplots()
+ draw(ax, 1)
+ ax.set_title("t")
""",
    ),
    case(
        "a function that has nothing to do with it",
        "fig",
        """
+ import matplotlib.pyplot as plt
  def count(n):
      return n + 1
+ fig = plt.figure()
  m = count(1)
+ plt.plot([1, 2])
""",
    ),
    case(
        "pandas: a frame makes a figure",
        "fig",
        """
+ import pandas as pd
+ import matplotlib.pyplot as plt
+ df = pd.DataFrame({"a": [1, 2, 3]})
  plt.plot([1])
+ ax = df.plot()
+ plt.title("t")
+ fig = ax.get_figure()
""",
        sound_only=True,
    ),
    case(
        "pandas: a series draws on the current axes",
        "fig",
        """
+ import pandas as pd
+ import matplotlib.pyplot as plt
+ s = pd.Series([1, 2, 3])
  unused = s.sum()
+ fig = plt.figure()
+ s.plot()
""",
    ),
    case(
        "pandas: drawing on axes that are given",
        "fig",
        """
+ import pandas as pd
+ import matplotlib.pyplot as plt
+ df = pd.DataFrame({"a": [1, 2, 3]})
+ fig, ax = plt.subplots()
+ df.plot(ax=ax)
  mean = df.mean()
""",
    ),
    case(
        "scikit-learn computes beside an open figure, and does not draw on it",
        "fig",
        """
+ import matplotlib.pyplot as plt
  from sklearn.linear_model import LinearRegression
+ fig = plt.figure()
  model = LinearRegression()
  model.fit([[1], [2]], [1, 2])
+ plt.plot([1, 2])
""",
    ),
)

test_own_figures = table(
    case(
        "a function that makes a figure through pyplot, and draws on it",
        "b",
        """
+ import matplotlib.pyplot as plt
+ def make(n):
+     plt.figure()
+     plt.plot([n, 1])
+     plt.grid(True)
+     return plt.gcf()
  a = make(1)
+ b = make(2)
  c = make(3)
""",
    ),
    case(
        "a function that draws on the figure before it makes another",
        "a",
        """
+ import matplotlib.pyplot as plt
+ def next_figure():
+     plt.grid(True)
+     plt.figure()
+ a = plt.figure()
+ plt.plot([1, 2])
+ next_figure()
  plt.plot([2, 1])
""",
    ),
    case(
        "methods of an object that holds its axes",
        "report.fig",
        """
+ import matplotlib.pyplot as plt
+ class Report:
+     def __init__(self):
+         self.fig, self.ax = plt.subplots()
+     def add(self, values):
+         self.ax.plot(values)
+ report = Report()
+ report.add([1, 2])
  other = Report()
  other.add([3])
+ plt.figure(report.fig)
+ plt.title("t")
> target = report.fig
""",
        sound_only=True,
    ),
)

test_objects = table(
    case(
        "axes and figure are one",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ fig, ax = plt.subplots()
+ ax.plot([1, 2])
+ ax.set_title("t")
+ fig.suptitle("T")
  x = 1
""",
    ),
    case(
        "two figures side by side",
        "fig1",
        """
+ import matplotlib.pyplot as plt
+ fig1, ax1 = plt.subplots()
  fig2, ax2 = plt.subplots()
+ ax1.plot([1, 2])
  ax2.plot([2, 1])
+ ax1.set_xlabel("x")
""",
    ),
    case(
        "axes in an array",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ fig, axes = plt.subplots(2, 2)
+ axes[0, 1].plot([1, 2])
+ for ax in axes.flat:
+     ax.set_xlabel("x")
      n = 1
""",
    ),
    case(
        "a line's properties",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ fig, ax = plt.subplots()
+ line, = ax.plot([1, 2])
+ line.set_color("red")
""",
    ),
    case(
        "a second y axis",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ fig, ax = plt.subplots()
+ other = ax.twinx()
+ other.plot([1, 2])
""",
    ),
    case(
        "a colour bar",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ fig, ax = plt.subplots()
+ image = ax.imshow([[1, 2], [3, 4]])
+ fig.colorbar(image)
""",
    ),
    case(
        "pyplot and objects mixed",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ fig, ax = plt.subplots()
+ plt.plot([1, 2])
+ ax.set_title("t")
+ plt.legend(["a"])
""",
    ),
    case(
        "current axes chosen by hand",
        "fig1",
        """
+ import matplotlib.pyplot as plt
+ fig1, ax1 = plt.subplots()
? fig2, ax2 = plt.subplots()
+ plt.sca(ax1)
+ plt.plot([1, 2])
""",
    ),
    case(
        "a figure outside pyplot",
        "fig",
        """
+ from matplotlib.figure import Figure
+ fig = Figure()
+ ax = fig.add_subplot()
+ ax.plot([1, 2])
  x = 1
""",
    ),
    case(
        "figures in a dictionary",
        "figs",
        """
+ import matplotlib.pyplot as plt
+ figs = {}
+ for name in ("a", "b"):
+     figs[name], ax = plt.subplots()
+     ax.set_title(name)
""",
    ),
    case(
        "what is drawn, not the drawing",
        "data",
        """
  import matplotlib.pyplot as plt
+ data = [1, 2, 3]
  fig, ax = plt.subplots()
  ax.plot(data)
  plt.plot(data)
""",
    ),
    case(
        "current axes asked for, where there are some",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ fig, ax = plt.subplots()
+ plt.plot([1, 2])
  current = plt.gca()
+ plt.title("t")
""",
    ),
    case(
        "current axes asked for, which makes them",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ fig = plt.figure()
+ current = plt.gca()
""",
    ),
    case(
        "a figure that is saved stays as it is",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ fig, ax = plt.subplots()
  fig.savefig("a.png")
+ ax.plot([1, 2])
  fig.savefig("b.png")
""",
    ),
    case(
        "a figure that is saved where a call leads which draws on it",
        "fig",
        """
+ import matplotlib.pyplot as plt
+ fig, ax = plt.subplots()
+ def place():
+     ax.plot([1, 2])
+     return "a.png"
+ fig.savefig(place())
""",
    ),
    case(
        "a figure that is saved into a buffer",
        "size",
        """
+ import io
+ import matplotlib.pyplot as plt
+ fig, ax = plt.subplots()
+ buffer = io.BytesIO()
+ fig.savefig(buffer)
+ size = len(buffer.getvalue())
""",
    ),
)
