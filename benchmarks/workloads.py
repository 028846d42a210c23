"""The programs that are measured. Each is text, so that it can be run plain and traced."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    """A program, and the variable whose slice is asked for."""

    name: str
    source: str
    target: str


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
    return Workload(f"assignments, {n:,}", "\n".join(lines[:n]), "total")


LOOP = Workload(
    "a loop of 10,000 rounds",
    """
counts = {}
seen = []
for i in range(10_000):
    key = i % 7
    counts[key] = counts.get(key, 0) + i
    if key == 3:
        seen.append(i)
result = [counts, seen]
""",
    "result",
)

FUNCTION = Workload(
    "a function called 10,000 times",
    """
cache = {}

def fibonacci(n):
    if n < 2:
        return n
    if n not in cache:
        cache[n] = fibonacci(n - 1) + fibonacci(n - 2)
    return cache[n]

values = [fibonacci(i % 40) for i in range(10_000)]
best = max(values)
""",
    "best",
)

PANDAS = Workload(
    "a pandas session, 50,000 rows",
    """
import numpy as np
import pandas as pd
rng = np.random.default_rng(0)
n = 50_000
orders = pd.DataFrame({
    "customer": rng.integers(0, 2_000, n),
    "price": rng.gamma(2.0, 30.0, n).round(2),
    "amount": rng.integers(1, 6, n),
    "channel": rng.choice(["web", "shop", "phone"], n),
})
orders.loc[orders["price"] > 250, "price"] = np.nan
print(orders.describe())
missing = orders["price"].isna().sum()
orders["price"] = orders["price"].fillna(orders["price"].median())
orders["revenue"] = orders["price"] * orders["amount"]
by_channel = orders.groupby("channel")["revenue"].agg(["sum", "mean"])
print(by_channel)
customers = orders.groupby("customer").agg(revenue=("revenue", "sum"), orders=("amount", "size"))
customers["mean"] = customers["revenue"] / customers["orders"]
customers = customers.sort_values("revenue", ascending=False)
top = customers.head(100)
merged = orders.merge(top, left_on="customer", right_index=True, suffixes=("", "_customer"))
pivot = merged.pivot_table(index="customer", columns="channel", values="revenue", aggfunc="sum")
pivot = pivot.fillna(0)
share = pivot.div(pivot.sum(axis=1), axis=0).round(3)
""",
    "share",
)

SKLEARN = Workload(
    "scikit-learn training",
    """
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
""",
    "accuracy",
)

TRACED = (assignments(200), assignments(2_000), assignments(20_000), LOOP, FUNCTION, PANDAS, SKLEARN)
