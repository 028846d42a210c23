"""Programs that are nested as deeply as Python's compiler allows: beyond what functions may call each other."""

import os
import sys

import pytest

import lineapy
from lineapy.session import Session
from tests.api.support import trace
from tests.notation import case, table
from tests.slicing.support.interpreters import NOTEBOOK

#: Python 3.12 takes trees of half the depth that it takes texts of; IPython, with LineaPy or without, no more than 970.
MANY = 1300 if os.environ.get(NOTEBOOK) != "on" else 800

test_deep = table(
    case(
        "a chain of elif",
        "r",
        "+ v = 399\n+ if v == -1:\n+     r = -1\n"
        + "\n".join(f"+ elif v == {n}:\n+     r = {n}" for n in range(400))
        + "\n  s = 1",
    ),
    case(
        "a chain of elif in a loop",
        "r",
        "+ r = []\n+ for v in range(3):\n+     if v == -1:\n+         r.append(-1)\n"
        + "\n".join(f"+     elif v == {n}:\n+         r.append({n})" for n in range(400))
        + "\n      s = 1",
    ),
    case("a sum", "r", f"+ a = 1\n  b = 2\n+ r = {' + '.join(['a'] * MANY)}"),
    case(
        "a sum in a function", "r", f"+ a = 1\n+ def f():\n+     return {' + '.join(['a'] * MANY)}\n+ r = f()"
    ),
    case(
        "a sum in a comprehension",
        "r",
        f"+ a = 1\n  b = 2\n+ r = [n + {' + '.join(['a'] * MANY)} for n in [1]]",
    ),
    case("a chain of methods", "r", f"+ a = 'ab'\n  b = a\n+ r = a{'.upper()' * 450}"),
    case(
        "a chain of methods over many lines",
        "r",
        "+ a = 'ab'\n  b = a\n+ r = (\n+     a\n" + "+     .upper()\n" * 450 + "+ )",
    ),
    case(
        "a chain of items", "r", f"+ a = []\n+ a.append(a)\n  b = 1\n+ a{'[0]' * 450}.append(1)\n+ r = len(a)"
    ),
    case(
        "conditional expressions",
        "r",
        f"+ a = 1\n  b = 2\n+ r = {''.join(f'{n} if a == {n + 5} else ' for n in range(500))}a",
    ),
    case("lists and calls", "r", f"+ def f(x): return x\n+ a = 1\n+ r = {'[f(' * 90}a{')]' * 90}\n  b = r"),
    case(
        "an expression as target", f"{' + '.join(['a'] * MANY)}", "+ a = 1\n? a = 1\n  b = 2", sound_only=True
    ),
    case(
        "a value nested deeply",
        "n",
        "+ d = None\n+ for _ in range(20_000):\n+     d = [d]\n+ n = len(d)\n  e = d",
    ),
)


def test_an_artifact_is_saved() -> None:
    total = " + ".join(["a"] * MANY)
    trace(f"import lineapy\na = 1\nb = 2\nr = {total}\nlineapy.save(r, 'r')\nlineapy.save({total}, 's')\n")
    assert lineapy.get("r").get_value() == lineapy.get("s").get_value() == MANY
    assert lineapy.get("r").get_code() == f"a = 1\nr = {total}\n"
    assert lineapy.get("s").get_code() == f"a = 1\ns = {total}\n"


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="Python 3.13 takes it")
def test_what_is_too_deep_for_python_is_too_deep() -> None:
    text = f"a = 1\nr = {' + '.join(['a'] * 5000)}\n"
    with pytest.raises(RecursionError):
        compile(text, "plain.py", "exec")
    with pytest.raises(RecursionError):
        Session(None, namespace={}).run(text)
