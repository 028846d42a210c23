"""What counts as the same value, as tables: two expressions each, evaluated apart."""

from __future__ import annotations

import io
import threading
import types
from pathlib import Path
from typing import Any

import pytest

from lineapy.verify import difference, rerun, same_value

pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")

SETUP = """
import array, collections, dataclasses, datetime, decimal, enum, fractions, functools, itertools, operator, pathlib, re
import types, typing
import matplotlib
matplotlib.use("Agg")
import matplotlib.figure
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

nan = float("nan")

class Plain:
    limit = 3
    def __init__(self, **kwargs):
        self.__dict__.update(kwargs)
    def double(self, x):
        '''Twice.

        Or more.
        '''
        return x * 2

class Slots:
    __slots__ = ("x",)
    def __init__(self, x):
        self.x = x

class Names(list):
    pass

class Bag(set):
    pass

class Always:
    def __init__(self, x):
        self.x = x
    def __eq__(self, other):
        return True
    __hash__ = None

@dataclasses.dataclass
class Point:
    x: int
    y: list = dataclasses.field(default_factory=list)

class Colour(enum.Enum):
    RED = 1
    BLUE = 2

Pair = collections.namedtuple("Pair", "a b")

def make_counter(start):
    count = start
    def step():
        nonlocal count
        count += 1
        return count
    return step

factor = 2
def scale(x):
    return x * factor

def numbers(n):
    for i in range(n):
        yield i

def advanced(iterator, steps):
    for _ in range(steps):
        next(iterator)
    return iterator

def loop():
    knot = []
    knot.append(knot)
    return knot

def nested(depth, core):
    value = core
    for _ in range(depth):
        value = [value]
    return value

def twice(item):
    return [item, item]

def picture(height):
    figure = matplotlib.figure.Figure(figsize=(2, 2))
    figure.subplots().plot([0, height, 1])
    return figure

def points(n=40):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 3))
    return X, (X[:, 0] > 0).astype(int)

def frame(**changes):
    data = {"n": [1, 2, 3], "x": [0.5, nan, 1.5], "s": ["a", None, "c"], "when": pd.to_datetime(["2020-01-01"] * 3)}
    return pd.DataFrame(data | changes)
"""

SAME = """
None
...
3
nan
-0.0
complex(nan, 1)
"text"
b"bytes"
bytearray(b"x")
memoryview(b"abc")
range(3)
slice(1, None)
[1, "a", None, [2.5]]
[0.1, nan, 3.0]
(1, (2, nan))
{"a": 1, "b": {"c": [nan]}}
{1, "a", None, (1, nan), frozenset({2})}
{Pair(1, 2), Colour.RED}
frozenset({Colour.RED, Colour.BLUE})
loop()
twice([])
nested(50_000, 1)
collections.OrderedDict(a=1)
collections.defaultdict(list, a=[1])
collections.Counter("abca")
collections.deque([1, 2], maxlen=3)
array.array("d", [1.0])
types.SimpleNamespace(a=1)
types.MappingProxyType({"a": 1})
datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
decimal.Decimal("1.10")
fractions.Fraction(1, 3)
pathlib.Path("/tmp/x")
re.compile("a+", re.I)
ValueError("no", 3)
list[int]
typing.Optional[int]
object()
int
collections
len
[].append
"abc".upper
operator.itemgetter(1)
functools.partial(scale, 3)
functools.lru_cache(scale)
itertools.count(3)
iter([1, 2, 3])
advanced(iter([1, 2, 3]), 1)
enumerate("ab", 3)
zip([1], [2])
map(scale, [1, 2])
{"a": 1}.keys()
Plain()
Plain(a=1, b=[nan])
Plain(b=2, a=1)
Plain().double
Plain
Slots(3)
Slots
Names([1, 2])
Bag({1, 2})
Point(1, [2])
Point
Colour
Colour.RED
Pair(1, 2)
Pair
scale
lambda x, y=[1]: x + y
make_counter(1)
np.arange(3)
np.array(nan)
np.array([])
np.float32(1.5)
np.array([nan, -0.0])
np.array([1 + 2j, nan])
np.array(["a", "bc"])
np.array([1, "a", None, [2]], dtype=object)
np.array([(1, nan)], dtype=[("a", "i1"), ("b", "f8")])
np.array(["2020-01-01", "NaT"], dtype="M8[D]")
np.ma.array([1.0, 2.0], mask=[False, True])
np.dtype("f4")
np.sin
np.random.default_rng(3)
np.random.RandomState(3)
np.matrix([[1]])
frame()
frame().s
frame().index
frame().set_index(["n", "x"])
frame().columns
frame(s=[1, True, [nan]])
frame().astype({"s": "category"})
frame().assign(n=pd.array([1, None, 2], dtype="Int64"), b=pd.array([True, None, False], dtype="boolean"))
frame().when.dt.tz_localize("Europe/Vienna")
pd.Series([1.0, nan], name="x", index=["a", "b"])
pd.Series([0, 0, 1], dtype="Sparse[int]")
pd.period_range("2020", periods=3, freq="M")
pd.interval_range(0, 3)
pd.date_range("2020", periods=3)
pd.Timestamp("2020-01-01", tz="UTC")
pd.Timedelta("1D")
pd.NaT
pd.NA
LinearRegression().fit(*points())
LogisticRegression(C=2)
RandomForestRegressor(n_estimators=5, random_state=0).fit(*points())
GradientBoostingClassifier(n_estimators=5, random_state=0).fit(*points())
make_pipeline(StandardScaler(), LogisticRegression()).fit(*points())
GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=2).fit(*points())
picture(1)
picture(1).axes[0]
picture(1).axes[0].lines
"""

DIFFERENT = """
1                       | True
1                       | 1.0
0.0                     | -0.0
1                       | 2
"1"                     | 1
b"a"                    | bytearray(b"a")
None                    | 0
[1, 2]                  | (1, 2)
[1, 2]                  | [1, 2, 3]
[1, 2]                  | [1, True]
[1.0, 0.0]              | [1.0, -0.0]
[1.0, 2.0]              | [1.0, 2.5]
[[1], [2]]              | [[1], [3]]
{"a": 1}                | {"a": 2}
{"a": 1}                | {"b": 1}
{"a": 1}                | {"a": 1, "b": 2}
{1: 0}                  | {True: 0}
{"a": 1, "b": 2}        | {"b": 2, "a": 1}
{1, 2}                  | {1, 3}
{1}                     | {True}
{Pair(1, 2)}            | {Pair(1, 3)}
{Colour.RED}            | {Colour.BLUE}
twice([])               | [[], []]
[[], []]                | twice([])
loop()                  | [[]]
nested(50_000, 1)       | nested(50_000, 2)
nested(50_000, 1)       | nested(50_001, 1)
collections.OrderedDict(a=1)          | {"a": 1}
collections.OrderedDict(a=1, b=2)     | collections.OrderedDict(b=2, a=1)
collections.defaultdict(list, a=[1])  | collections.defaultdict(set, a=[1])
collections.defaultdict(list, a=[1])  | collections.defaultdict(list, a=[2])
collections.Counter("ab")             | collections.Counter("abb")
collections.deque([1], maxlen=3)      | collections.deque([1], maxlen=4)
datetime.date(2020, 1, 1)             | datetime.date(2020, 1, 2)
decimal.Decimal("1.10")               | decimal.Decimal("1.1")
re.compile("a")         | re.compile("a", re.I)
ValueError("no")        | ValueError("yes")
ValueError("no")        | KeyError("no")
list[int]               | list[str]
int                     | float
len                     | max
[1].append              | [2].append
functools.partial(scale, 3)           | functools.partial(scale, 4)
functools.lru_cache(scale)            | functools.lru_cache(lambda x: x)
itertools.count(3)      | itertools.count(4)
iter([1, 2, 3])         | advanced(iter([1, 2, 3]), 1)
zip([1], [2])           | zip([1], [3])
map(scale, [1])         | map(scale, [2])
Plain(a=1)              | Plain(a=2)
Plain(a=1)              | Plain(b=1)
Plain(a=1)              | types.SimpleNamespace(a=1)
Plain().double          | Plain(a=1).double
Always(1)               | Always(2)
Slots(3)                | Slots(4)
Names([1, 2])           | Names([1, 3])
Names([1, 2])           | [1, 2]
Bag({1, 2})             | Bag({1, 3})
Point(1, [2])           | Point(1, [3])
Colour.RED              | Colour.BLUE
Pair(1, 2)              | (1, 2)
Pair(1, 2)              | Pair(1, 3)
type("Plain", (), {"limit": 3})       | type("Plain", (), {"limit": 4})
type("T", (), {})                     | type("T", (list,), {})
type("T", (), {})()                   | type("T", (), {"limit": 4})()
lambda x: x             | lambda x: x + 1
lambda x: x + 1         | lambda x: x + 2
lambda x: x + 1         | lambda x: x + True
lambda x, y=[1]: x      | lambda x, y=[2]: x
lambda: {1 for _ in ()} | lambda: {2 for _ in ()}
make_counter(1)         | make_counter(2)
np.arange(3)            | np.arange(4)
np.arange(3)            | [0, 1, 2]
np.arange(3)            | np.arange(3.0)
np.arange(3)            | np.array([0, 1, 3])
np.arange(4)            | np.arange(4).reshape(2, 2)
np.array([0.0])         | np.array([-0.0])
np.array([nan])         | np.array([1.0])
np.array([1j])          | np.array([2j])
np.float64(1)           | 1.0
np.float64(1)           | np.float64(2)
np.array([1], dtype=object)           | np.array([True], dtype=object)
np.array([(1, nan)], dtype="i1,f8")   | np.array([(1, 2.0)], dtype="i1,f8")
np.ma.array([1, 2], mask=[0, 1])      | np.ma.array([1, 2], mask=[1, 0])
np.dtype("f4")          | np.dtype("f8")
np.random.default_rng(3)              | np.random.default_rng(4)
np.random.RandomState(3)              | np.random.RandomState(4)
np.matrix([[1]])        | np.array([[1]])
frame()                 | frame(n=[1, 2, 4])
frame()                 | frame(n=[1.0, 2.0, 3.0])
frame()                 | frame(s=["a", "b", "c"])
frame()                 | frame(when=pd.to_datetime(["2020-01-02"] * 3))
frame()                 | frame().rename(columns={"n": "m"})
frame()                 | frame()[["x", "n", "s", "when"]]
frame()                 | frame().set_index("s")
frame()                 | frame().iloc[::-1]
frame()                 | frame().rename_axis("row")
frame(s=[1, 2, 3])      | frame(s=[1, True, 3])
frame().n               | frame().n.rename("m")
frame().s.astype("category")          | frame().s.astype("category").cat.as_ordered()
pd.array([1, None], dtype="Int64")    | pd.array([1, 0], dtype="Int64")
pd.array([1, None], dtype="Int64")    | pd.array([1, None], dtype="Int32")
pd.Series([0, 1], dtype="Sparse[int]") | pd.Series([0, 2], dtype="Sparse[int]")
pd.Timestamp("2020-01-01", tz="UTC")  | pd.Timestamp("2020-01-01")
pd.date_range("2020", periods=3)      | pd.date_range("2020", periods=3, freq="h")
pd.NaT                  | pd.NA
LinearRegression()      | LinearRegression(fit_intercept=False)
LinearRegression()      | LinearRegression().fit(*points())
LinearRegression().fit(*points())     | LinearRegression().fit(*points(41))
RandomForestRegressor(3, random_state=0).fit(*points()) | RandomForestRegressor(3, random_state=1).fit(*points())
picture(1)              | picture(2)
picture(1).axes[0]      | picture(2).axes[0]
"""


@pytest.fixture(scope="module")
def namespace() -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(SETUP, "setup.py", "exec", dont_inherit=True), names)
    return names


def evaluate(expression: str, namespace: dict[str, Any]) -> Any:
    # Not plain `eval`, which would compile with the __future__ imports of this file.
    return eval(compile(expression, "expression.py", "eval", dont_inherit=True), namespace)


@pytest.mark.parametrize("expression", SAME.strip().splitlines())
def test_evaluated_twice_it_is_the_same(expression: str, namespace: dict[str, Any]) -> None:
    again: dict[str, Any] = {"__name__": "__main__"}
    # So each class is defined twice, on other lines.
    exec(compile("\n\n" + SETUP, "again.py", "exec", dont_inherit=True), again)

    assert difference(evaluate(expression, namespace), evaluate(expression, again)) is None


@pytest.mark.parametrize("expressions", DIFFERENT.strip().splitlines())
def test_they_differ(expressions: str, namespace: dict[str, Any]) -> None:
    first, second = (evaluate(text.strip(), namespace) for text in expressions.split(" | "))

    assert not same_value(first, second)
    assert not same_value(second, first)


def test_what_comes_back_from_another_process_is_the_same(namespace: dict[str, Any]) -> None:
    not_pickled = ("memoryview", "functools.lru_cache", "itertools.count", "nested(")
    expressions = [line for line in SAME.strip().splitlines() if not line.startswith(not_pickled)]
    code = SETUP + "\nvalues = [" + ",\n".join(expressions) + "]"

    elsewhere = rerun(code, "values")
    here = [evaluate(expression, namespace) for expression in expressions]

    assert isinstance(elsewhere, list)
    for expression, one, other in zip(expressions, here, elsewhere, strict=True):
        assert difference(one, other) is None, expression


@pytest.mark.parametrize(
    "one, other, said",
    [
        ([1, {"a": (2, 3)}], [1, {"a": (2, 4)}], "in value[1]['a'][1]: 3 (int) is not 4 (int)"),
        ({"a": 1}, {"b": 1}, "in value.keys()[0]: 'a' (str) is not 'b' (str)"),
        ({"a": 1}, {}, "in value: 1 keys are not 0 keys: only one has 'a'"),
        ({1}, {2}, "in value: only one of the two sets has 1"),
        (types.SimpleNamespace(a=1), types.SimpleNamespace(b=1), "only one of the two has the attribute 'a'"),
    ],
)
def test_it_says_where_and_what(one: object, other: object, said: str) -> None:
    assert said in (difference(one, other) or "")


def test_it_says_where_arrays_differ() -> None:
    np = pytest.importorskip("numpy")

    said = difference({"w": np.zeros((2, 2))}, {"w": np.eye(2)})

    assert said is not None
    assert said.startswith("in value['w']: 2 of 4 elements differ; [0, 0]: ")


def test_iterators_and_generators_are_not_used_up(namespace: dict[str, Any]) -> None:
    iterator, twin = iter([1, 2, 3]), iter([1, 2, 3])
    generator, other = namespace["numbers"](3), namespace["numbers"](3)

    assert same_value(iterator, twin)
    assert same_value(generator, other)
    assert (list(iterator), list(generator)) == ([1, 2, 3], [0, 1, 2])
    assert not same_value(generator, other)
    next(other)
    assert not same_value(namespace["numbers"](3), other)


def test_a_function_is_as_good_as_the_globals_it_uses() -> None:
    source = "def shift(x):\n    return [x + OFFSET for _ in range(2)]"
    here: dict[str, Any] = {"OFFSET": 1, "unused": 1}
    same: dict[str, Any] = {"OFFSET": 1, "unused": 2}
    other: dict[str, Any] = {"OFFSET": 2}
    lacking: dict[str, Any] = {}
    for names in (here, same, other, lacking):
        exec(source, names)

    assert same_value(here["shift"], same["shift"])
    assert difference(here["shift"], other["shift"]) == "in value's global OFFSET: 1 (int) is not 2 (int)"
    assert "only one of the two has" in (difference(here["shift"], lacking["shift"]) or "")


def test_where_a_function_stands_does_not_matter_nor_how_its_docstring_is_indented() -> None:
    here: dict[str, Any] = {}
    there: dict[str, Any] = {}
    exec('def f():\n    """One.\n\n    Two.\n    """\n    return 1', here)
    exec('\n\ndef f():\n  """One.\n\n  Two."""\n  return 1', there)

    assert same_value(here["f"], there["f"])


def test_what_cannot_be_compared_differs_unless_it_is_the_same_object() -> None:
    lock, file = threading.Lock(), io.TextIOWrapper(io.BytesIO())

    assert same_value([lock, file], [lock, file])
    assert "cannot be compared" in (difference(lock, threading.Lock()) or "")
    assert "cannot be compared" in (difference(file, io.TextIOWrapper(io.BytesIO())) or "")


def test_a_failing_repr_does_no_harm() -> None:
    class Shy:
        def __init__(self, x: int) -> None:
            self.x = x

        def __repr__(self) -> str:
            raise RuntimeError

    assert not same_value({1: Shy(1)}, {1: 2})


def test_comparing_imports_no_library(tmp_path: Path) -> None:
    code = """
import sys
from lineapy.verify import same_value
class A: pass
same_value([A(), {1: 2.0}, len, lambda: 1], [A(), {1: 2.0}, len, lambda: 1])
heavy = sorted({"numpy", "pandas", "sklearn", "matplotlib", "cloudpickle", "sqlalchemy"} & set(sys.modules))
"""
    assert rerun(code, "heavy") == []
