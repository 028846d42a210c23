"""Wherever a value is saved, the artifact has the value it had then, and the code that makes just that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.api.support import artifacts, check_alone, trace


@dataclass(frozen=True)
class Case:
    name: str
    text: str
    #: Values by name of the artifact, one for each version.
    values: dict[str, list[Any]]
    #: The code of the newest version of the first artifact, where it is worth looking at.
    code: str | None = None
    #: What is wrong as yet. The test fails when it no longer is.
    wrong: str = ""


CASES = [
    Case(
        "a variable",
        "import lineapy\nx = 1\ny = [x]\nlineapy.save(y, 'y')\n",
        {"y": [[1]]},
        "x = 1\ny = [x]\n",
    ),
    Case(
        "by keyword",
        "import lineapy\ny = [1]\nlineapy.save(reference=y, name='n')\n",
        {"n": [[1]]},
        "y = [1]\n",
    ),
    Case(
        "by keyword, turned round",
        "import lineapy\ny = [1]\nlineapy.save(name='n', reference=y)\n",
        {"n": [[1]]},
    ),
    Case("half by keyword", "import lineapy\ny = [1]\nlineapy.save(y, name='n')\n", {"n": [[1]]}),
    Case(
        "starred",
        "import lineapy\ny = [1]\nargs = (y, 'n')\nlineapy.save(*args)\n",
        {"n": [[1]]},
    ),
    Case(
        "double starred",
        "import lineapy\ny = [1]\nlineapy.save(**{'reference': y, 'name': 'n'})\n",
        {"n": [[1]]},
    ),
    Case(
        "an expression",
        "import lineapy\nx = 2\nlineapy.save(x * 2 + 1, 'n')\n",
        {"n": [5]},
        "x = 2\nn = x * 2 + 1\n",
    ),
    Case("a literal", "import lineapy\nlineapy.save({'a': 1}, 'n')\n", {"n": [{"a": 1}]}, 'n = {"a": 1}\n'),
    Case("an attribute", "import lineapy\nz = 3 + 4j\nlineapy.save(z.imag, 'n')\n", {"n": [4.0]}),
    Case(
        "an item",
        "import lineapy\nd = {'k': [1]}\nd['k'].append(2)\nlineapy.save(d['k'], 'n')\n",
        {"n": [[1, 2]]},
    ),
    Case("a call", "import lineapy\ndef f(a):\n    return a + 1\nlineapy.save(f(2), 'n')\n", {"n": [3]}),
    Case(
        "a lambda",
        "import lineapy\nk = 2\nlineapy.save([*map(lambda a: a * k, [1, 2])], 'n')\n",
        {"n": [[2, 4]]},
    ),
    Case(
        "a comprehension",
        "import lineapy\nxs = [1, 2]\nlineapy.save([x + 1 for x in xs], 'n')\n",
        {"n": [[2, 3]]},
    ),
    Case(
        "a walrus",
        "import lineapy\nlineapy.save((y := 3) + 1, 'n')\nlineapy.save(y, 'm')\n",
        {"n": [4], "m": [3]},
    ),
    Case(
        "an f-string name",
        "import lineapy\nfor i in 'ab':\n    lineapy.save(i, f'n_{i}')\n",
        {"n_a": ["a"], "n_b": ["b"]},
    ),
    Case("a name in a variable", "import lineapy\nx, name = 1, 'n'\nlineapy.save(x, name)\n", {"n": [1]}),
    Case(
        "several lines",
        "import lineapy\nx = 1\nlineapy.save(\n    x\n    + 1,  # why\n    'n',\n)\n",
        {"n": [2]},
    ),
    Case(
        "on one line with others",
        "import lineapy; x = 1; y = 2; lineapy.save(y, 'y'); x = 3\n",
        {"y": [2]},
        "y = 2\n",
    ),
    Case(
        "the result is used",
        "import lineapy\nx = 1\na = lineapy.save(x, 'x')\nprint(a.version)\n",
        {"x": [1]},
        "x = 1\n",
    ),
    Case(
        "save renamed", "from lineapy import save as keep\nx = [1]\nkeep(x, 'x')\n", {"x": [[1]]}, "x = [1]\n"
    ),
    Case("package renamed", "import lineapy as lp\nx = [1]\nlp.save(x, 'x')\n", {"x": [[1]]}, "x = [1]\n"),
    Case("from lineapy import save", "from lineapy import save, get\nx = [1]\nsave(x, 'x')\n", {"x": [[1]]}),
    Case("save in a variable", "import lineapy\ns = lineapy.save\nx = [1]\ns(x, 'x')\n", {"x": [[1]]}),
    Case("getattr", "import lineapy\nx = [1]\ngetattr(lineapy, 'save')(x, 'x')\n", {"x": [[1]]}),
    Case(
        "save, change, save again",
        "import lineapy\nx = [1]\nlineapy.save(x, 'x')\nx.append(2)\nlineapy.save(x, 'x')\nx.append(3)\n",
        {"x": [[1], [1, 2]]},
        "x = [1]\nx.append(2)\n",
    ),
    Case(
        "rebound in between",
        "import lineapy\nx = [1]\nlineapy.save(x, 'x')\nx = 'other'\nlineapy.save(x, 'x')\n",
        {"x": [[1], "other"]},
        'x = "other"\n',
    ),
    Case(
        "two names for one value",
        "import lineapy\nx = [1]\nlineapy.save(x, 'a')\nlineapy.save(x, 'b')\n",
        {"a": [[1]], "b": [[1]]},
    ),
    Case("an alias", "import lineapy\nx = [1]\ny = x\ny.append(2)\nlineapy.save(x, 'x')\n", {"x": [[1, 2]]}),
    Case(
        "in a function",
        "import lineapy\ndef f(n):\n    total = n + 1\n    lineapy.save(total, 'total')\n    return 0\n\nunrelated = 3\nf(4)\n",
        {"total": [5]},
    ),
    Case(
        "in a function that is called twice",
        "import lineapy\ndef f(n):\n    lineapy.save([n], 'n')\n\nf(1)\nf(2)\n",
        {"n": [[1], [2]]},
    ),
    Case(
        "in a function, by return",
        "import lineapy\ndef f(n):\n    return lineapy.save(n + 1, 'n')\n\na = f(4)\n",
        {"n": [5]},
    ),
    Case(
        "in a nested function",
        "import lineapy\ndef f(n):\n    def g(m):\n        lineapy.save(n + m, 'n')\n    g(2)\n\nf(4)\n",
        {"n": [6]},
    ),
    Case(
        "in a recursion",
        "import lineapy\ndef f(n):\n    if n:\n        f(n - 1)\n    lineapy.save(n, 'n')\n\nf(2)\n",
        {"n": [0, 1, 2]},
    ),
    Case(
        "in a method",
        "import lineapy\nclass C:\n    def __init__(self, n):\n        self.n = n\n    def keep(self):\n        lineapy.save(self.n, 'n')\n\nC(3).keep()\n",
        {"n": [3]},
    ),
    Case(
        "in a class body", "import lineapy\nclass C:\n    n = [1]\n    lineapy.save(n, 'n')\n", {"n": [[1]]}
    ),
    Case("in a lambda", "import lineapy\nf = lambda n: lineapy.save(n, 'n')\nf(3)\n", {"n": [3]}),
    Case(
        "in a generator",
        "import lineapy\ndef g():\n    yield 1\n    lineapy.save('between', 'n')\n    yield 2\n\nxs = list(g())\n",
        {"n": ["between"]},
    ),
    Case(
        "in a loop",
        "import lineapy\nxs = []\nfor i in range(3):\n    xs.append(i)\n    lineapy.save(xs, 'xs')\n",
        {"xs": [[0], [0, 1], [0, 1, 2]]},
    ),
    Case(
        "in a loop, conditionally",
        "import lineapy\nxs = []\nfor i in range(4):\n    if i % 2:\n        lineapy.save(xs, 'xs')\n    xs.append(i)\n",
        {"xs": [[0], [0, 1, 2]]},
    ),
    Case(
        "in a while loop",
        "import lineapy\nn = 0\nwhile n < 3:\n    n += 1\n    lineapy.save(n, 'n')\n",
        {"n": [1, 2, 3]},
    ),
    Case(
        "in nested loops",
        "import lineapy\nn = 0\nfor i in range(2):\n    for j in range(2):\n        n += 1\n        lineapy.save(n, 'n')\n",
        {"n": [1, 2, 3, 4]},
    ),
    Case(
        "in a loop over a generator",
        "import lineapy\ng = (c for c in 'ab')\nfor c in g:\n    lineapy.save(c, 'c')\n",
        {"c": ["a", "b"]},
    ),
    Case(
        "a loop's expression",
        "import lineapy\nfor i in range(2):\n    lineapy.save(i * 10, 'i')\n",
        {"i": [0, 10]},
    ),
    Case(
        "two saves in a loop",
        "import lineapy\nfor i in range(2):\n    lineapy.save(i, 'a')\n    lineapy.save(-i, 'b')\n",
        {"a": [0, 1], "b": [0, -1]},
    ),
    Case(
        "by a function called in a loop",
        "import lineapy\ndef f(n):\n    lineapy.save(n, 'n')\n\nfor i in range(3):\n    f(i * i)\n",
        {"n": [0, 1, 4]},
    ),
    Case(
        "in a comprehension",
        "import lineapy\n[lineapy.save(i, 'i') for i in range(3)]\n",
        {"i": [0, 1, 2]},
    ),
    Case("in if", "import lineapy\nx = 1\nif x:\n    lineapy.save(x, 'x')\nelse:\n    x = 2\n", {"x": [1]}),
    Case(
        "in try",
        "import lineapy\ntry:\n    x = 1\n    lineapy.save(x, 'x')\n    1 / 0\nexcept ZeroDivisionError:\n    y = 2\n    lineapy.save(y, 'y')\n",
        {"x": [1], "y": [2]},
    ),
    Case(
        "in finally",
        "import lineapy\nx = 0\ntry:\n    x += 1\nfinally:\n    lineapy.save(x, 'x')\n",
        {"x": [1]},
    ),
    Case(
        "in with",
        "import lineapy, io\nwith io.StringIO() as f:\n    f.write('a')\n    text = f.getvalue()\n    lineapy.save(text, 'text')\n",
        {"text": ["a"]},
    ),
    Case(
        "in match",
        "import lineapy\nmatch [1, 2]:\n    case [a, *rest]:\n        lineapy.save(rest, 'rest')\n",
        {"rest": [[2]]},
    ),
    Case(
        "by a decorator",
        "import lineapy\ndef kept(f):\n    lineapy.save(f(), f.__name__)\n    return f\n\n@kept\ndef g():\n    return 7\n",
        {"g": [7]},
    ),
    Case(
        "as a default argument",
        "import lineapy\nx = [1]\ndef f(a=lineapy.save(x, 'x')):\n    pass\n",
        {"x": [[1]]},
    ),
    Case(
        "in a condition",
        "import lineapy\nx = [1]\nif lineapy.save(x, 'x') is not None:\n    y = 1\n",
        {"x": [[1]]},
    ),
    Case(
        "by exec",
        "import lineapy\nx = [1]\nexec(\"lineapy.save(x, 'x')\")\n",
        {"x": [[1]]},
        wrong="the slice is empty",
    ),
    Case(
        "by a thread",
        "import lineapy, threading\ndef f():\n    lineapy.save([1], 'x')\n\nt = threading.Thread(target=f)\nt.start()\nt.join()\n",
        {"x": [[1]]},
    ),
    Case(
        "by a slow thread, behind another",
        "import lineapy, threading, time\nk = 1\ndef f():\n    time.sleep(k / 10)\n    lineapy.save([k], 'x')\n\n"
        "t = threading.Thread(target=f)\nt.start()\nt.join()\nk = 2\nt = threading.Thread(target=f)\nt.start()\nt.join()\n",
        {"x": [[1], [2]]},
    ),
    Case(
        "by a pool of threads",
        "import lineapy\nfrom concurrent.futures import ThreadPoolExecutor\ndef f(v):\n    lineapy.save([v], 'x')\n    return v\n\n"
        "with ThreadPoolExecutor(1) as pool:\n    xs = list(pool.map(f, [1, 2]))\n",
        {"x": [[1], [2]]},
    ),
    Case(
        "by a callback",
        "import lineapy\nxs = sorted([2, 1], key=lambda v: (lineapy.save(v, 'v'), v)[1])\n",
        {"v": [2, 1]},
    ),
    Case(
        "a function",
        "import lineapy\nk = 2\ndef f(a):\n    return a * k\n\nlineapy.save(f(3), 'r')\n",
        {"r": [6]},
    ),
    Case(
        "after form feeds",
        "import lineapy\nx = 1\n\f\ny = [x]\n\f\nlineapy.save(y, 'y')\n",
        {"y": [[1]]},
        "x = 1\ny = [x]\n",
    ),
    Case(
        "after wide characters", "import lineapy\nö = 'ü'; lineapy.save(ö + 'é', 'ä'); x = 1\n", {"ä": ["üé"]}
    ),
    Case(
        "after a line separator in a text",
        "import lineapy\ns = 'a\u2028b\x0cc'\ny = [s]\nlineapy.save(y, 'y')\n",
        {"y": [["a\u2028b\x0cc"]]},
    ),
    Case("a docstring before", "'''Doc.'''\nimport lineapy\nx = 1\nlineapy.save(x, 'x')\n", {"x": [1]}),
    Case(
        "save within save",
        "import lineapy\nx = [1]\nlineapy.save(lineapy.save(x, 'x').version, 'v')\n",
        {"v": [0], "x": [[1]]},
        wrong="the inner save is kept",
    ),
    Case(
        "what get gave",
        "import lineapy\nlineapy.save([1], 'a')\nb = lineapy.get('a').get_value() + [2]\nlineapy.save(len(b), 'b')\n",
        {"a": [[1]]},
    ),
]


def _param(case: Case) -> Any:
    marks = [pytest.mark.xfail(reason=case.wrong)] if case.wrong else []
    return pytest.param(case, id=case.name, marks=marks)


@pytest.mark.parametrize("case", [_param(case) for case in CASES])
def test_place(case: Case) -> None:
    trace(case.text)
    found = artifacts()
    for name, values in case.values.items():
        assert [found[name, version].get_value() for version in range(len(values))] == values
        assert (name, len(values)) not in found
        for version in range(len(values)):
            check_alone(found[name, version])
    if case.code is not None:
        name, values = next(iter(case.values.items()))
        assert found[name, len(values) - 1].get_code() == case.code
