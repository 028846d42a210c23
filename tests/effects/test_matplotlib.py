"""Matplotlib and seaborn."""

from __future__ import annotations

from tests.effects.trials import trials

_SETUP = """
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt, matplotlib.style, matplotlib.patches, matplotlib.colors
import numpy as np, pandas as pd, seaborn as sns
fig, ax = plt.subplots(); other, (left, right) = plt.subplots(1, 2); plt.figure(1); plt.plot([1, 2])
line, = ax.plot([3, 4]); title = ax.set_title("a"); image = np.eye(3)
df = pd.DataFrame({"a": [1, 2, 3], "b": [3.0, 1.0, 2.0], "c": ["x", "y", "x"]})
plt.imsave("there.png", image)
"""

test_pyplot = trials(
    _SETUP,
    """
    plt.figure()
    plt.plot([1, 2, 3])
    plt.bar([1], [2])
    plt.hist([1, 2, 2])
    plt.scatter([1], [1])
    plt.imshow(image)
    plt.title("a title")
    plt.xlabel("x")
    plt.xlim(0, 9)
    plt.yscale("log")
    plt.grid()
    plt.legend(["a"])
    plt.axhline(1)
    plt.text(0, 0, "here")
    plt.subplot(2, 1, 1)
    plt.subplots(2)
    plt.tight_layout()
    plt.sca(left)
    plt.gca()
    plt.clf()
    plt.close()
    plt.suptitle("all")
    plt.savefig("a.png")
    plt.savefig("a.pdf")
    plt.show()
    plt.get_fignums()
    plt.imread("there.png")
    plt.imsave("b.png", image)
    """,
)

test_axes_and_figures = trials(
    _SETUP,
    """
    ax.plot([1, 2])
    ax.scatter([1], [1])
    ax.set_title("b")
    ax.set_xlim(0, 9)
    ax.legend(["a"])
    ax.twinx()
    ax.axis("off")
    ax.invert_yaxis()
    ax.get_xlim()
    ax.get_title()
    fig.suptitle("all")
    fig.add_subplot(2, 2, 4)
    fig.subplots_adjust(left=0.2)
    fig.get_figwidth()
    fig.savefig("a.png")
    line.set_color("r")
    line.get_color()
    title.set_text("c")
    matplotlib.patches.Rectangle((0, 0), 1, 1)
    matplotlib.colors.to_rgb("red")
    """,
)

test_settings = trials(
    "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt, matplotlib.style, seaborn as sns",
    """
    plt.rc("lines", linewidth=7)
    matplotlib.rc("lines", linewidth=7)
    matplotlib.style.use("ggplot")
    plt.style.use("ggplot")
    sns.set_theme(style="dark")
    sns.set_style("white")
    sns.set_palette("husl")
    sns.set_context("poster")
    sns.color_palette()
    """,
)

test_seaborn = trials(
    _SETUP,
    """
    sns.scatterplot(data=df, x="a", y="b")
    sns.scatterplot(data=df, x="a", y="b", ax=ax)
    sns.histplot(df["a"])
    sns.boxplot(data=df, x="c", y="a")
    sns.heatmap(df[["a", "b"]])
    sns.lineplot(data=df, x="a", y="b")
    sns.pairplot(df)
    sns.regplot(data=df, x="a", y="b")
    sns.despine()
    """,
)
