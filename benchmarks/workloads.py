"""The programs that are measured. Each is text, so that it can be run plain and traced."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field

#: What one takes as the ratio of anything for which nothing stricter is asked.
ANY = 1.5


@dataclass(frozen=True)
class Workload:
    """A program, and what is asked of it.

    Attributes:
        name: What the table calls it.
        section: What chooses it on the command line.
        source: The program; ``# %%`` begins a cell.
        target: The variable whose slice is asked for.
        most: The highest ratio to plain Python that is acceptable.
        most_added: Instead of that, the microseconds that tracing may add to each statement.
        needs: Packages without which it is left out.
        big: It takes long: three pairs are enough, and it needs no run to warm up.
    """

    name: str
    section: str
    source: str
    target: str
    most: float = ANY
    most_added: float | None = None
    needs: tuple[str, ...] = field(default=())
    big: bool = False

    @property
    def cells(self) -> list[str]:
        """The texts that are run one after the other."""
        return self.source.split("# %%\n")

    @property
    def is_possible(self) -> bool:
        """Whether the packages that it needs are installed."""
        return all(importlib.util.find_spec(package) is not None for package in self.needs)


# --- statements -----------------------------------------------------------------------------------


def assignments(n: int) -> Workload:
    """`n` statements that bind, build, change and alias numbers and lists; the names grow with the program."""
    lines = ["total = 0"]
    for i in range(n // 6 + 1):
        lines += [
            f"a = {i}",
            f"b{i} = a + 1",
            f"c{i} = [a, b{i}]",
            f"c{i}[0] = b{i}",
            f"d = c{i}",
            "total = total + d[0]",
        ]
    return Workload(f"{n:,} statements", "statements", "\n".join(lines[:n]), "total", most_added=20.0)


def notebook(n: int, rows: int = 20_000) -> Workload:
    """A notebook of `n` cells, each with some steps on a table of so many rows, a short loop and a function call."""
    cells = [
        f"""
import numpy as np
import pandas as pd
rng = np.random.default_rng(0)
shops = rng.integers(0, 12, {rows})
summary, chosen = {{}}, []
def describe(table):
    spread = table["price"].quantile(0.75) - table["price"].quantile(0.25)
    return {{"mean": table["price"].mean(), "spread": spread}}
"""
    ]
    cells += [
        f"""
prices = rng.gamma(2.0, {i + 1}, {rows})
table = pd.DataFrame({{"shop": shops, "price": prices}})
table["dear"] = table["price"] > table["price"].median()
means{i} = table.groupby("shop")["price"].mean().round(2)
for shop, mean in means{i}.items():
    if mean > {2 * i + 2}:
        chosen.append((shop, mean))
summary[{i}] = describe(table)
best = max(row["mean"] for row in summary.values())
"""
        for i in range(n - 1)
    ]
    return Workload(f"a notebook of {n} cells", "notebook", "# %%\n".join(cells), "best", needs=("pandas",))


# --- loops and functions --------------------------------------------------------------------------

_BODIES = {
    "arithmetic": ("total = 0", "total = (total * 3 + i) % 1_000_003", "total"),
    "list append": ("values = []", "values.append(i * 2)", "values"),
    "dict update": ("counts = {}", "key = i % 101\n    counts[key] = counts.get(key, 0) + i", "counts"),
    "a user function": (
        "total = 0\ndef step(x, y):\n    return (x + y) % 1_000_003",
        "total = step(total, i)",
        "total",
    ),
    "branches": (
        "even = odd = third = 0",
        "if i % 2:\n        odd += i\n    elif i % 3:\n        third += 1\n    else:\n        even += i",
        "even",
    ),
}


def loops(n: int, most: float) -> list[Workload]:
    """Loops at module level of `n` rounds, with several bodies."""
    found = []
    for kind, (before, body, target) in _BODIES.items():
        source = f"{before}\nfor i in range({n}):\n    {body}\n"
        found.append(Workload(f"for, {n:,} rounds: {kind}", "loops", source, target, most))
    for kind in ("arithmetic", "list append"):
        before, body, target = _BODIES[kind]
        source = f"{before}\ni = 0\nwhile i < {n}:\n    {body}\n    i += 1\n"
        found.append(Workload(f"while, {n:,} rounds: {kind}", "loops", source, target, most))
    return found


_CALLS = """
def weight(x):
    if x % 3:
        return x * 2
    return x + 1

weights = [weight(i) for i in range(100_000)]
best = max(map(weight, weights))
"""

_RECURSION = """
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

numbers = [fibonacci(n) for n in range(22)]
best = max(numbers)
"""

# --- libraries ------------------------------------------------------------------------------------


def pandas_session(rows: int, name: str) -> Workload:
    """A session of 40 steps on a table."""
    source = f"""
import numpy as np
import pandas as pd
rng = np.random.default_rng(0)
n = {rows}
orders = pd.DataFrame({{
    "customer": rng.integers(0, 20_000, n),
    "price": rng.gamma(2.0, 30.0, n),
    "amount": rng.integers(1, 6, n),
    "shop": rng.integers(0, 30, n),
}})
size = orders.shape
print(orders.head())
limit = orders["price"].quantile(0.999)
orders.loc[orders["price"] > limit, "price"] = np.nan
missing = orders["price"].isna().sum()
middle = orders["price"].median()
orders["price"] = orders["price"].fillna(middle)
orders["price"] = orders["price"].round(2)
orders["revenue"] = orders["price"] * orders["amount"]
orders["large"] = orders["revenue"] > 200
share = orders["large"].mean()
columns = list(orders.columns)
by_shop = orders.groupby("shop")["revenue"].sum()
best_shop = by_shop.idxmax()
by_shop = by_shop.sort_values()
top_shops = by_shop.tail(5)
means = orders.groupby("shop")["price"].mean()
spread = means.max() - means.min()
customers = orders.groupby("customer")["revenue"].agg(["sum", "count"])
customers.columns = ["revenue", "orders"]
customers["mean"] = customers["revenue"] / customers["orders"]
customers = customers[customers["orders"] > 2]
customers = customers.sort_values("revenue", ascending=False)
top = customers.head(100)
print(top.describe())
sample = orders.head(1_000).copy()
sample["rank"] = sample["revenue"].rank()
sample = sample.merge(top, left_on="customer", right_index=True, how="left", suffixes=("", "_all"))
sample["mean"] = sample["mean"].fillna(0.0)
pivot = sample.pivot_table(index="shop", columns="amount", values="revenue", aggfunc="sum")
pivot = pivot.fillna(0)
shares = pivot.div(pivot.sum(axis=1), axis=0)
shares = shares.round(3)
sums = shares.sum()
result = sums.to_dict()
"""
    return Workload(
        f"pandas, 40 steps on {name} rows",
        "pandas",
        source,
        "result",
        1.05,
        needs=("pandas",),
        big=rows > 10**6,
    )


_SKLEARN = """
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
rng = np.random.default_rng(0)
X = rng.normal(size=(1_500, 12))
y = (X[:, 0] + X[:, 1] ** 2 + rng.normal(scale=0.3, size=1_500) > 0.5).astype(int)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
linear = make_pipeline(StandardScaler(), LogisticRegression())
linear.fit(X_train, y_train)
print(accuracy_score(y_test, linear.predict(X_test)))
scores = cross_val_score(linear, X_train, y_train, cv=5)
forest = RandomForestClassifier(n_estimators=60, random_state=0)
forest.fit(X_train, y_train)
predicted = forest.predict(X_test)
accuracy = accuracy_score(y_test, predicted)
"""

_NUMPY = """
import numpy as np
field = np.ones(125_000_000)
field += 1.5
field *= 0.5
field[::2] -= 0.25
np.sqrt(field, out=field)
row = field[:1_000]
row[:] = 3
field.clip(0.5, 2.0, out=field)
total = float(field.sum())
"""

_MATPLOTLIB = """
import io
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
x = np.linspace(0, 10, 1_000)
pictures = []
for k in range(4):
    fig, axes = plt.subplots(1, 2, figsize=(8, 3))
    axes[0].plot(x, np.sin(x * (k + 1)), label="sine")
    axes[0].legend()
    axes[1].hist(np.cos(x * (k + 1)), bins=40)
    axes[1].set_title(f"round {k}")
    out = io.BytesIO()
    fig.savefig(out)
    pictures.append(out.getvalue())
    plt.close(fig)
plt.figure()
plt.plot(x, np.cos(x))
plt.xlabel("x")
plt.ylabel("cosine")
last = io.BytesIO()
plt.savefig(last)
plt.close()
"""

_TORCH = """
import torch
torch.manual_seed(0)
X = torch.randn(2_000, 16)
y = (X[:, :1] * X[:, 1:2] > 0).float()
model = torch.nn.Sequential(torch.nn.Linear(16, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
loss_of = torch.nn.BCEWithLogitsLoss()
losses = []
for epoch in range(4_000):
    optimizer.zero_grad()
    loss = loss_of(model(X), y)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
last = losses[-1]
"""

# --- large values and unknown functions -----------------------------------------------------------

_OBJECTS = """
import helpers
items = [[i] for i in range(1_000_000)]
sizes = 0
for k in range(20):
    sizes += helpers.look(items)
total = sum(len(item) for item in items)
helpers.replace(items, 7, [])
size = helpers.look(items)
helpers.deep(items, 8)
last = items[8]
"""

#: Large values, all reachable from each other, that change in turn, deep inside, by functions nothing is known of.
_BREAKING = "import helpers\nrows = [[[i], {'n': i}] for i in range(20_000)]\nbags = [rows, {'rows': rows}]\n"
_BREAKING += "".join(
    f"helpers.deep(rows, {i})\nhelpers.look(bags)\nshort{i} = helpers.look(rows)\n"
    "some = sum(i * i for i in range(400_000))\n"
    for i in range(40)
)

WORKLOADS = (
    assignments(200),
    assignments(2_000),
    assignments(20_000),
    *loops(100_000, ANY),
    *loops(1_000_000, 1.2),
    Workload("a user function called 100,000 times", "functions", _CALLS, "best", 1.2),
    Workload("recursion", "functions", _RECURSION, "best", 1.2),
    pandas_session(200_000, "200,000"),
    pandas_session(5_000_000, "5 million"),
    Workload("scikit-learn training", "sklearn", _SKLEARN, "accuracy", 1.05, needs=("sklearn",)),
    Workload("NumPy in place, 1 GB", "numpy", _NUMPY, "total", needs=("numpy",)),
    Workload("matplotlib figures", "matplotlib", _MATPLOTLIB, "pictures", 1.05, needs=("matplotlib",)),
    Workload("torch training", "torch", _TORCH, "last", 1.05, needs=("torch",), big=True),
    Workload("a list of 1,000,000 objects, unknown functions", "objects", _OBJECTS, "last"),
    Workload("built to break the fingerprint budget", "budget", _BREAKING, "rows"),
    notebook(300),
)


def workload_named(name: str) -> Workload:
    """The workload of a name.

    Raises:
        LookupError: There is none.
    """
    for workload in WORKLOADS:
        if workload.name == name:
            return workload
    raise LookupError(name)
