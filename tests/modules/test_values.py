"""Modules make what was saved: for every choice of a script's artifacts, each of them made or reused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.modules.support import check

#: Scripts by what is special about them; ``save`` is `lineapy.save`.
CASES = {
    "one artifact": """
x = 1
y = x + 1
save(y, "y")
""",
    "a generator that is still waiting when what its end changes is saved": """
log = []
def rows(data):
    try:
        yield from data
    finally:
        log.append("closed")
reader = rows([1, 2, 3])
log.append(next(reader))
save(log, "log")
size = len(log)
first = log[0]
save(size, "size")
save(first, "first")
""",
    "an object that is still there when what its end changes is saved": """
import weakref
events = []
class Handle:
    def __init__(self, name):
        self.name = name
        events.append("open " + name)
    def __del__(self):
        events.append("close " + self.name)
class Plain:
    pass
one = Handle("one")
two = Handle("two")
plain = Plain()
weakref.finalize(plain, events.append, "plain ended")
save(events, "opened")
count = len(events)
save(count, "count")
del two
names = sorted(events)
save(names, "names")
save(events, "events")
""",
    "a list that a block changes behind binding its variable anew": """
log = [2, 0, 1]
rows = log
save(rows, "rows")
if True:
    rows = [0]
    log.reverse()
save(log, "log")
""",
    "a list that is changed behind binding its variable anew": """
log = [2, 0, 1]
rows = log
save(rows, "rows")
rows = [0]
log.reverse()
save(log, "log")
""",
    "a function that is handed the variable which it looks up itself": """
rate = 2
def grown(value):
    return value * rate
first = grown(1)
save(first, "first")
rate = 5
data = [rate]
save(data, "data")
second = grown(rate)
save(second, "second")
""",
    "two that have nothing in common": """
x = [1]
y = [2]
save(x, "x")
save(y, "y")
""",
    "one made from the other": """
x = [1, 2]
y = sum(x)
save(x, "x")
save(y, "y")
""",
    "a chain of three": """
a = 2
b = a * 3
c = b - 1
save(a, "a")
save(b, "b")
save(c, "c")
""",
    "shared work": """
base = list(range(5))
doubled = [v * 2 for v in base]
low = doubled[:2]
high = doubled[-2:]
save(low, "low")
save(high, "high")
""",
    "shared by some of them": """
a = [1]
b = a + [2]
c = b + [3]
d = b + [4]
e = a + [5]
save(c, "c")
save(d, "d")
save(e, "e")
""",
    "the complex one: f from a and c, h from a and c": """
a = [1, 2, 3]
b = 4
c = [v + b for v in a]
e = max(a)
f = sum(c) * b
g = min(c)
h = (g, sum(a), e)
save(f, "f")
save(h, "h")
""",
    "changed after it was saved": """
x = [1]
save(x, "first")
x.append(2)
save(x, "second")
""",
    "changed after it was saved, by something else than its name": """
x = [1]
y = {"x": x}
save(x, "first")
y["x"].append(2)
save(y, "second")
""",
    "extended in place after it was saved": """
x = [1]
save(x, "first")
x += [2]
save(x, "second")
n = len(x)
x += [n]
save(n, "n")
""",
    "changed, then needed by one only": """
x = [3, 1, 2]
n = len(x)
x.sort()
save(n, "n")
save(x, "x")
""",
    "saved twice under one name": """
x = [1]
save(x, "x")
x.append(2)
y = len(x)
save(x, "x")
save(y, "y")
""",
    "an alias": """
x = [1]
y = x
y.append(2)
save(x, "x")
save(y, "y")
""",
    "an alias that is changed after both were saved": """
x = [1]
y = x
save(x, "x")
save(y, "y")
y.append(2)
z = list(x)
save(z, "z")
""",
    "an alias whose name is used again": """
x = [1]
y = x
save(x, "before")
x = 0
y.append(2)
save(y, "after")
""",
    "a variable that is bound again": """
x = 1
a = x + 1
x = 10
b = x + 1
save(a, "a")
save(b, "b")
""",
    "a variable that is bound again, and both values are needed": """
x = [1]
n = len(x)
x = x + [2]
report = (n, len(x))
save(report, "report")
save(x, "x")
""",
    "the first value of a name that is bound again in shared work": """
data = [3, 1, 2]
raw = data
data = sorted(data)
save(raw, "raw")
save(data, "data")
top = (data[-1], raw[0])
save(top, "top")
""",
    "a variable that takes turns": """
t = 1
a = t
t = 2
b = t
t = 3
c = (a, b, t)
save(a, "a")
save(b, "b")
save(c, "c")
""",
    "chained assignment": """
a = b = 3
c = a + 1
d = b + 2
save(c, "c")
save(d, "d")
""",
    "two statements on a line": """
a = 1; b = 2
c = a + 1; d = b + 1
save(c, "c"); save(d, "d")
""",
    "an expression": """
class K:
    v = 5
k = K()
k.v = [6]
save(k.v, "kv")
save(k.v + [7], "sum")
save(len(k.v), "length")
""",
    "an expression whose name is that of a variable": """
x = 1
save(x + 1, "x")
y = x + 5
save(y, "y")
""",
    "made in a for loop": """
rows = []
for i in range(4):
    rows.append(i * i)
    last = i
save(rows, "rows")
save(last, "last")
""",
    "saved in each pass of a loop": """
total = 0
for i in range(4):
    total += i
    save(total, "total")
save(i, "i")
after = total * 2
save(after, "after")
""",
    "several saved in one loop": """
models = {}
for name in ["a", "b", "c"]:
    models[name] = [name] * len(models)
    save(models[name], name)
save(models, "all")
""",
    "made in a while loop with break": """
n = 0
seen = []
while True:
    n += 1
    if n > 5:
        break
    if n % 2:
        continue
    seen.append(n)
save(n, "n")
save(seen, "seen")
""",
    "made in a branch": """
flag = 3
if flag > 2:
    x = "big"
else:
    x = "small"
y = x * 2
save(x, "x")
save(y, "y")
""",
    "bound before a branch that may bind it again": """
x = 1
flag = False
if flag:
    x = 2
y = x + 1
save(x, "x")
save(y, "y")
save(flag, "flag")
""",
    "saved in a branch, and bound again there": """
if True:
    x = [1]
    save(x, "one")
    x = [2]
    save(x, "two")
save(x, "three")
""",
    "saved in blocks that go on": """
try:
    x = 1
    save(x, "one")
    y = x + 1
    if y > 5:
        y = 0
    save(y, "two")
except ValueError:
    x = 5
finally:
    x = 9
def go(v):
    save(v, "given")
    return v
if go(x):
    x = x + 1
    if x > 100:
        x = 0
save(x, "ten")
""",
    "what did not run binds and uses a variable": """
rows = [1, 2]
limit = 5
for row in rows[:0]:
    first, *rest = rows
    limit = 0
save(limit, "limit")
if limit > 9:
    limit = len(rest)
save([limit], "limits")
""",
    "made in a with block": """
import contextlib
with contextlib.nullcontext([1, 2]) as found:
    count = len(found)
    found.append(3)
save(found, "found")
save(count, "count")
""",
    "made in a try block": """
try:
    x = int("no number")
except ValueError as error:
    x = -1
    why = str(error)
finally:
    done = True
save(x, "x")
save(why, "why")
save(done, "done")
""",
    "a match statement": """
command = ["go", 3]
match command:
    case [verb, steps]:
        path = list(range(steps))
    case _:
        verb, path = "", []
save(path, "path")
save(verb, "verb")
""",
    "a helper function": """
def double(v):
    return v * 2
a = double(3)
b = double(a)
save(a, "a")
save(b, "b")
""",
    "a helper function that uses a constant": """
FACTOR = 7
def scale(v):
    return v * FACTOR
a = scale(1)
b = scale(2)
save(a, "a")
save(b, "b")
""",
    "a helper function that uses what was made": """
table = {"x": 1}
table["y"] = 2
def look_up(key):
    return table[key]
a = look_up("x")
b = look_up("y") + a
save(a, "a")
save(b, "b")
""",
    "a global that is bound again behind the function": """
k = 3
def f(v):
    return v * k
a = f(1)
k = 4
b = f(1)
save(a, "a")
save(b, "b")
save(k, "k")
""",
    "a function that counts": """
count = 0
def tick():
    global count
    count += 1
    return count
a = tick()
b = tick()
save(a, "a")
save(b, "b")
save(count, "count")
""",
    "helpers that call each other": """
def even(n):
    return n == 0 or odd(n - 1)
def odd(n):
    return n != 0 and even(n - 1)
a = even(4)
b = odd(4)
save(a, "a")
save(b, "b")
""",
    "a helper with a cache": """
CACHE = {}
def slow(n):
    if n not in CACHE:
        CACHE[n] = n * n
    return CACHE[n]
a = slow(2)
b = [slow(2), slow(3)]
save(a, "a")
save(b, "b")
save(CACHE, "cache")
""",
    "a helper that changes its argument": """
def extend(xs):
    xs.append(len(xs))
data = []
extend(data)
n = len(data)
extend(data)
save(n, "n")
save(data, "data")
""",
    "a decorated helper": """
import functools
@functools.lru_cache
def square(v):
    return v * v
a = square(3)
save(a, "a")
save(a + square(2), "b")
""",
    "a decorator of the program's own": """
CALLS = []
def noted(function):
    def inner(*args):
        CALLS.append(function.__name__)
        return function(*args)
    return inner
@noted
def add(a, b):
    return a + b
x = add(1, 2)
y = add(x, 1)
save(x, "x")
save(y, "y")
save(CALLS, "calls")
""",
    "a default argument that is shared": """
def collect(v, into=[]):
    into.append(v)
    return list(into)
a = collect(1)
b = collect(2)
save(a, "a")
save(b, "b")
""",
    "a lambda": """
offset = 2
shift = lambda v: v + offset
a = shift(1)
offset = 5
b = shift(1)
save(a, "a")
save(b, "b")
""",
    "a class": """
class Point:
    def __init__(self, x):
        self.x = x
    def moved(self, by):
        return Point(self.x + by)
p = Point(1)
a = p.moved(2).x
p.x = 7
b = p.x
save(a, "a")
save(b, "b")
""",
    "a class that counts its instances": """
class Item:
    made = 0
    def __init__(self):
        Item.made += 1
one = Item()
a = Item.made
two = Item()
b = Item.made
save(a, "a")
save(b, "b")
""",
    "a dataclass": """
from dataclasses import dataclass, field
@dataclass
class Settings:
    rate: float = 0.5
    names: list = field(default_factory=list)
s = Settings()
s.names.append("n")
a = s.names
b = s.rate * 2
save(a, "a")
save(b, "b")
""",
    "a name that shadows a builtin": """
values = [3, 4]
sum = sum(values)
max = max(values)
save(sum, "sum")
save(max, "max")
save((sum, max), "both")
""",
    "a deleted variable": """
x = [1]
y = x + [2]
del x
x = "again"
save(y, "y")
save(x, "x")
""",
    "tuple assignment": """
(a, b), *c = (1, 2), 3, 4
save(a, "a")
save(b, "b")
save(c, "c")
""",
    "annotated and augmented": """
n: int = 3
n += 2
m: list = [n]
m += [4]
save(n, "n")
save(m, "m")
""",
    "the walrus": """
if (n := 10) > 5:
    m = [half := n // 2, half + 1]
save(n, "n")
save(m, "m")
save(half, "half")
""",
    "a generator that is handed on": """
numbers = (v * v for v in range(6))
first = next(numbers)
second = next(numbers)
rest = list(numbers)
save(first, "first")
save(second, "second")
save(rest, "rest")
""",
    "an iterator in turns": """
it = iter([1, 2, 3, 4])
a = [next(it)]
b = [next(it)]
a.append(next(it))
b.append(next(it))
save(a, "a")
save(b, "b")
""",
    "seeded draws": """
import random
random.seed(3)
a = [random.random() for _ in range(2)]
b = [random.random() for _ in range(2)]
c = sum(a)
save(a, "a")
save(b, "b")
save(c, "c")
""",
    "draws in turns": """
import random
random.seed(1)
a = [random.random()]
b = [random.random()]
a.append(random.random())
b.append(random.random())
save(a, "a")
save(b, "b")
""",
    "seeded again between": """
import random
random.seed(1)
a = random.random()
random.seed(2)
b = random.random()
save(a, "a")
save(b, "b")
""",
    "a generator object of random numbers": """
import random
rng = random.Random(5)
a = rng.random()
b = rng.random()
save(a, "a")
save(b, "b")
""",
    "an environment variable": """
import os
os.environ["LINEA_CASE"] = "one"
a = os.environ["LINEA_CASE"]
os.environ["LINEA_CASE"] = "two"
b = os.environ["LINEA_CASE"]
save(a, "a")
save(b, "b")
""",
    "decimal settings": """
import decimal
decimal.getcontext().prec = 4
a = decimal.Decimal(1) / 3
decimal.getcontext().prec = 8
b = decimal.Decimal(1) / 3
save(a, "a")
save(b, "b")
""",
    "a file in between": """
from pathlib import Path
Path("words.txt").write_text("one two")
words = Path("words.txt").read_text().split()
Path("words.txt").write_text("three")
more = Path("words.txt").read_text().split()
save(words, "words")
save(more, "more")
""",
    "a file that grows": """
with open("log.txt", "w") as log:
    log.write("a\\n")
first = open("log.txt").read()
with open("log.txt", "a") as log:
    log.write("b\\n")
second = open("log.txt").read()
save(first, "first")
save(second, "second")
""",
    "cells run twice": """
x = [1]
--- another cell
x = x + [2]
save(x, "x")
--- another cell
x = x + [2]
save(x, "x")
--- another cell
y = len(x)
save(y, "y")
""",
    "a cell that fails half-way": """
x = [1]
--- another cell
x.append(2)
y = 1 / (len(x) - 2)
x.append(3)
--- another cell
save(x, "x")
z = len(x)
save(z, "z")
""",
    "names that are no identifiers": """
x = 1
save(x, "first value")
save(x + 1, "class")
save(x + 2, "2nd-value")
save(x + 3, "x")
""",
    "names that clash": """
artifacts = [1]
get_a = 2
deepcopy = 3
save(artifacts, "artifacts")
save(get_a, "a")
a_b = deepcopy
save(a_b, "a b")
save([a_b], "a-b")
""",
    "saved in a function": """
def make(v):
    found = [v]
    save(found, "inner")
    found.append(v + 1)
    return found
a = make(1)
save(a, "outer")
""",
    "saved in a function that is called twice": """
def make(v):
    found = [v]
    save(found, f"made {v}")
    return found
a = make(1)
b = make(2)
save(a + b, "both")
""",
    "saved in a function in a loop": """
def note(v):
    save(v * 10, "noted")
for i in range(3):
    note(i)
    last = i
save(last, "last")
""",
    "imports by other names": """
import math as m
from collections import OrderedDict as O, Counter
import os.path
a = m.floor(2.5)
b = O(x=a)
c = os.path.join("a", "b") + str(Counter("aab")["a"])
save(a, "a")
save(b, "b")
save(c, "c")
""",
    "an import in the middle": """
a = 4
import math
b = math.sqrt(a)
from math import pi
c = b * pi
save(b, "b")
save(c, "c")
""",
    "an import that may fail": """
try:
    import no_such_library_at_all as library
except ImportError:
    library = None
a = library is None
save(a, "a")
save([a], "b")
""",
    "the main program": """
def main():
    return [1]
if __name__ == "__main__":
    result = main()
save(result, "result")
name = __name__
save(name, "name")
""",
    "strings of several lines": '''
text = """one
  two
three"""
lines = text.splitlines()
def count():
    doc = """
in a function
"""
    return len(doc)
n = count()
save(lines, "lines")
save(n, "n")
''',
    "exec": """
x = 1
exec("x = x + 1; y = [x]")
z = y + [3]
save(x, "x")
save(z, "z")
""",
    "globals": """
globals()["made"] = [4]
a = made
b = len(made)
save(a, "a")
save(b, "b")
""",
    "eval": """
x = 3
y = eval("x + 1")
save(y, "y")
save(x, "x")
""",
    "made from another session's artifact": """
base = [1, 2]
save(base, "base")
total = sum(base)
save(total, "total")
=== another session
import lineapy
found = lineapy.get("base").get_value()
found.append(3)
save(found, "longer")
=== another session
from lineapy import get
artifact = get("longer")
value = artifact.get_value()
save(len(value), "size")
""",
    "loaded twice, and changed": """
base = [1, 2]
save(base, "base")
=== another session
import lineapy
one = lineapy.get("base").get_value()
two = lineapy.get("base").get_value()
one.append(3)
save([one, two], "both")
artifact = lineapy.get("base")
artifact.get_value().append(9)
save(artifact.get_value(), "again")
""",
    "loaded in a loop and in a function": """
base = [1, 2]
save(base, "base")
=== another session
import lineapy
rows = []
for number in range(3):
    row = lineapy.get("base").get_value()
    row.append(number)
    rows.append(row)
save(rows, "rows")
=== another session
import lineapy
def fresh():
    return lineapy.get("base").get_value()
one = fresh()
one += fresh()
save(one, "one")
save(fresh(), "two")
""",
    "loaded under a name that is bound again": """
base = [1, 2]
limit = 2
save(base, "base")
save(limit, "limit")
=== another session
import lineapy
base = lineapy.get("base").get_value()
base = base + [3]
limit = lineapy.get("limit").get_value()
if limit > 1:
    limit = limit * 2
save(base, "longer")
save(limit, "twice")
""",
    "loaded under a name, changed and saved": """
base = [1, 2]
save(base, "base")
=== another session
import lineapy
base = lineapy.get("base").get_value()
save(base, "same")
base.append(1)
n = len(base)
save(n, "n")
save(base, "longer")
""",
    "a registry that grows": """
HANDLERS = {}
def register(name):
    def deco(f):
        HANDLERS[name] = f
        return f
    return deco
@register("up")
def up(t): return t.upper()
n_before = len(HANDLERS)
save(n_before, "n_before")
@register("down")
def down(t): return t.lower()
out = {k: f("Ab") for k, f in HANDLERS.items()}
save(out, "out")
save(sorted(HANDLERS), "names")
""",
    "a function that looks a variable up later": """
weight = 1
def key(v): return v * weight
a = sorted([3, 1, 2], key=key)
save(a, "a")
weight = -1
b = sorted(a, key=key)
save(b, "b")
save(weight, "weight")
""",
    "a closure that counts": """
def counter():
    n = 0
    def step():
        nonlocal n
        n += 1
        return n
    return step
step = counter()
first = [step(), step()]
save(first, "first")
second = step()
save(second, "second")
step()
third = step()
save(third, "third")
""",
    "a property and a counter of a class": """
class T:
    count = 0
    def __init__(self): self._x = 1; T.count += 1
    @property
    def x(self): return self._x
    @x.setter
    def x(self, v): self._x = v * 2
t = T()
t.x = 5
save(t.x, "x")
u = T()
save(T.count, "n")
u.x = t.x
save([t.x, u.x], "both")
""",
    "functions that change globals": """
total = 0
log = []
def add(v):
    global total
    total += v
    log.append(v)
add(1)
save(total, "t1")
add(2)
save(log, "log")
add(3)
save(total, "t3")
""",
    "context managers of the program": """
from contextlib import suppress, contextmanager
@contextmanager
def noted(notes, what):
    notes.append("in " + what)
    try:
        yield what.upper()
    finally:
        notes.append("out " + what)
notes = []
with noted(notes, "a") as a:
    with suppress(KeyError):
        d = {}["k"]
save(a, "a")
with noted(notes, "b") as b:
    n = len(notes)
save(n, "n")
save(notes, "notes")
""",
    "items that are augmented": """
m = {"a": [1]}
x = m["a"]
x += [2]
save(m, "m")
m["a"] *= 2
save(x, "x")
m.setdefault("b", []).extend(x)
y, *rest = m["b"]
save(rest, "rest")
save(m, "m2")
""",
    "lambdas that look up later": """
fs = [lambda v, i=i: v + i for i in range(3)]
gs = [lambda v: v + i for i in range(3)]
i = 10
r1 = [f(1) for f in fs]
r2 = [g(1) for g in gs]
save(r1, "r1")
save(r2, "r2")
scale = 2
h = lambda v: v * scale
a = h(3)
save(a, "a3")
scale = 5
save(h(3), "b3")
""",
    "folders, files and the environment": """
import os, json
from pathlib import Path
Path("d").mkdir(exist_ok=True)
Path("d/a.json").write_text(json.dumps({"k": 1}))
cfg = json.loads(Path("d/a.json").read_text())
save(cfg, "cfg")
cfg["k"] += 1
Path("d/a.json").write_text(json.dumps(cfg))
again = json.loads(open("d/a.json").read())
save(again, "again")
os.environ["LP_X"] = str(again["k"])
save(os.environ["LP_X"], "env")
os.remove("d/a.json")
save(sorted(os.listdir("d")), "left")
""",
    "expressions that draw and read": """
import random, os
from pathlib import Path
random.seed(1)
u = random.random()
save(random.random(), "r")
Path("d").mkdir(exist_ok=True)
with open("d/f.txt","w") as f: f.write("hello")
save(os.listdir("d"), "ls")
save(random.choice([1,2,3,4,5,6,7]), "c")
save(Path("d/f.txt").read_text(), "txt")
def go():
    x = random.random()
    save(x, "fr")
    return 1
k = go()
xs = [random.random()]
save(xs[0], "x0")
""",
    "expressions in functions and branches": """
import random, os
random.seed(1)
def go():
    save(random.random(), "fr")
    return 1
k = go()
os.environ["ZZ"] = "3"
save(os.environ["ZZ"], "zz")
if k:
    save(random.randint(0,1000), "br")
f = open("f.txt", "w+")
f.write("hello")
f.seek(0)
save(f.read(2), "he")
save(f.read(2), "ll")
""",
    "expressions in a loop": """
import random
from pathlib import Path
random.seed(3)
Path('f.txt').write_text('hello')
for i in range(3):
    save(random.random(), 'lr')
    save(Path('f.txt').read_text() + str(i), 'lt')
    Path('f.txt').write_text('h' * i)
save(random.random(), 'after')
it = iter(range(9))
save(next(it), 'n0')
save(next(it), 'n1')
xs = [1, 2, 3]
save(xs.pop(), 'p3')
save(xs.pop(), 'p2')
save(xs, 'xs')
""",
    "a database in memory": """
import sqlite3
con = sqlite3.connect(":memory:")
con.execute("create table t (a int)")
con.executemany("insert into t values (?)", [(1,), (2,)])
one = con.execute("select sum(a) from t").fetchone()[0]
save(one, "one")
con.execute("insert into t values (10)")
two = con.execute("select sum(a) from t").fetchone()[0]
save(two, "two")
con.close()
""",
    "two sessions with the same names": """
def f(v):
    return v + 1
k = 1
a = f(k)
save(a, "a")
=== another session
def f(v):
    return v + 2
k = 10
b = f(k)
save(b, "b")
=== another session
def f(v):
    return v + 1
c = f(100)
save(c, "c")
""",
}

PANDAS = {
    "a view that is written through": """
import numpy as np
a = np.arange(6)
v = a[:3]
save(v, "v")
a[0] = 100
save(a.copy(), "a")
w = v.sum()
save(w, "w")
v[:] = 0
save(a, "a2")
""",
    "draws of two generators": """
import numpy as np
rng = np.random.default_rng(3)
a = rng.normal(size=2)
save(a, "a")
junk = rng.normal(size=3)
b = rng.integers(0, 9, 3)
save(b, "b")
np.random.seed(1)
c = np.random.rand(2)
np.random.rand(1)
d = np.random.rand(2)
save(d, "d")
save(c, "c")
""",
    "a frame that is changed in place": """
import pandas as pd
df = pd.DataFrame({"k": list("abab"), "v": [4,3,2,1]})
top = df.head(2)
save(top, "top")
df.sort_values("v", inplace=True)
df["c"] = df.groupby("k")["v"].cumsum()
save(df, "df")
s = df.pop("c")
save(s, "s")
save(list(df.columns), "cols")
df.columns = ["K", "V"]
save(df.set_index("K"), "idx")
""",
    "a frame that grows": """
import pandas as pd
frame = pd.DataFrame({"x": [1, 2, 3], "y": [4.0, 5.0, None]})
save(frame, "raw")
frame["z"] = frame.x * 2
mean = frame.z.mean()
frame = frame.dropna()
save(frame, "clean")
save(mean, "mean")
""",
    "query and eval by name": """
import pandas as pd
limit = 1
frame = pd.DataFrame({"x": [1, 2, 3]})
some = frame.query("x > @limit")
both = frame.eval("x + @limit")
save(some, "some")
save(both, "both")
""",
    "views of an array": """
import numpy as np
grid = np.zeros((3, 3))
row = grid[0]
row[:] = 5
save(grid, "grid")
corner = grid[:1, :1].copy()
grid[2] = 7
save(corner, "corner")
save(row, "row")
""",
    "NumPy's draws": """
import numpy as np
np.random.seed(0)
a = np.random.rand(2)
b = np.random.rand(2)
rng = np.random.default_rng(1)
c = rng.normal(size=2)
d = rng.normal(size=2)
save(a, "a")
save(b, "b")
save(c + d, "cd")
""",
    "an estimator that is fitted": """
import numpy as np
from sklearn.linear_model import LinearRegression
X = np.arange(6.0).reshape(-1, 1)
y = X[:, 0] * 2 + 1
model = LinearRegression()
model.fit(X, y)
prediction = model.predict(X)
save(model, "model")
save(prediction, "prediction")
save(model.coef_, "coefficients")
""",
    "options": """
import pandas as pd
pd.set_option("display.precision", 2)
a = repr(pd.Series([1.23456]))
pd.set_option("display.precision", 4)
b = repr(pd.Series([1.23456]))
save(a, "a")
save(b, "b")
""",
}


def _with_sessions(text: str) -> str:
    parts = text.split("=== another session\n")
    return "=== another session\n".join("from lineapy import save\n" + part for part in parts)


@pytest.mark.parametrize("name", [*CASES, *PANDAS])
def test_module_makes_what_was_saved(name: str, tmp_path: Path) -> None:
    check(_with_sessions((CASES | PANDAS)[name]), tmp_path)


def test_functions_and_classes(tmp_path: Path) -> None:
    script = """
from lineapy import save
k = 2
def f(v):
    return v * k
class C:
    def __init__(self, v):
        self.v = f(v)
save(f, "f")
save(C, "C")
save(f(4), "eight")
"""
    check(script, tmp_path, f="value(3)", C="value(5).v")
