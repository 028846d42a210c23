"""A notebook shows the same with LineaPy and without."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.notebook.kernels import LOAD, comparable, run, text_of

NOTEBOOKS = {
    "values and history": """
x = 1
---
x
---
x + 1;
---
_
---
_2, Out[2], In[2]
---
'a docstring is a value'
---
x = 5
x
---
print("first")
x * 2
---
# only a comment
---
x = 3
%who
---
?x
---
x??
---
from IPython.display import display, HTML
display(HTML("<b>bold</b>")); 7
---
del x
"x" in globals()
---
get_ipython().history_manager.input_hist_raw[-3:]
""",
    "magics": """
%time y = sum(range(1000))
---
y
---
%%time
z = y + 1
z
---
%timeit -n1 -r1 y + 1
---
%%timeit -n1 -r1
q = 0
for i in range(10):
    q += i
---
%%capture out
print("captured")
k = 4
---
out.stdout, k
---
!echo $HOME | wc -l
---
names = !printf 'a\\nb\\n'
names
---
%%bash
echo from bash
---
%%writefile helper.py
def double(x):
    return 2 * x
---
%run helper.py
double(4)
---
from helper import double
double(21)
---
%load_ext autoreload
%autoreload 2
---
%cd -q ..
---
%env LINEA_DEMO=3
---
%config InlineBackend.figure_format = 'png'
---
%unknown_magic
""",
    "errors": """
def f(n):
    return 1 / n
---
a = 1
f(0)
b = 2
---
a, "b" in globals()
---
x = = 1
---
if True:
    return 3
---
first = 1
yield first
---
raise KeyboardInterrupt
---
import sys
sys.exit(3)
---
try:
    f(0)
except ZeroDivisionError as error:
    print(type(error), error.__traceback__.tb_lineno)
---
assert a == 2, f"{a=}"
---
for i in range(1000):
    if i == 900:
        f(0)
---
i
---
import traceback
try:
    f(0)
except ZeroDivisionError:
    print(len(traceback.format_exc().splitlines()))
---
import warnings
warnings.warn("look")
---
class Odd(Exception):
    pass
raise Odd("on purpose")
""",
    "asynchronous": """
import asyncio
---
async def late(n):
    await asyncio.sleep(0.001)
    return n
---
await late(3)
---
results = await asyncio.gather(late(1), late(2))
results
---
async for x in (late(i) for i in []):
    pass
---
total = 0
for i in range(3):
    total += await late(i)
total
---
task = asyncio.create_task(late(5))
await task
---
[await late(i) for i in range(3)]
""",
    "classes and generators": """
from dataclasses import dataclass
@dataclass
class Point:
    x: int
    y: int = 0
---
Point(1)
---
p = Point(2, 3)
match p:
    case Point(x=2, y=yy):
        print(yy)
---
def count():
    n = 0
    while True:
        n += 1
        yield n
c = count()
next(c), next(c)
---
with open("a.txt", "w") as handle:
    handle.write("hello")
---
open("a.txt").read()
---
import inspect
print(inspect.getsource(count))
---
import pickle
pickle.loads(pickle.dumps(p)) == p
---
globals()["made"] = 3
made
---
__name__, p.__class__.__module__
""",
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_same_outputs(name: str, tmp_path: Path) -> None:
    cells = [cell.strip("\n") for cell in NOTEBOOKS[name].split("\n---\n")]
    seen = []
    for first in ("pass", LOAD):
        folder = tmp_path / ("traced" if first == LOAD else "plain")
        folder.mkdir()
        *outputs, is_traced = run([first, *cells, "import lineapy; lineapy._is_executing()"], folder)[1:]
        assert text_of(is_traced) == str(first == LOAD)
        seen.append(outputs)
    plain, traced = seen
    for cell, before, after in zip(cells, plain, traced, strict=True):
        assert comparable(after) == comparable(before), cell
