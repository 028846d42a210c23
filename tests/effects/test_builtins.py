"""Built-in functions and types."""

from __future__ import annotations

from tests.effects.trials import trials

test_functions = trials(
    "import builtins\nxs = [3, 1, 2]; d = {'a': 1}; it = iter(xs)\nclass Thing: pass\nthing = Thing.__new__(Thing); import types; o = types.SimpleNamespace(a=1)",
    """
    len(xs)
    print(xs)
    sorted(xs)
    list(xs)
    dict(d)
    max(xs)
    sum(xs)
    enumerate(xs)
    zip(xs, xs)
    reversed(xs)
    next(it)
    setattr(o, "a", 2)
    delattr(o, "a")
    getattr(o, "a")
    ValueError("no", xs)
    """,
)

test_containers = trials(
    "xs = [3, 1, 2]; d = {'a': 1}; s = {1, 2}; b = bytearray(b'abc'); t = (1, 2); f = frozenset(s)",
    """
    xs.append(4)
    xs.extend(t)
    xs.insert(0, 9)
    xs.remove(3)
    xs.pop()
    xs.clear()
    xs.sort()
    xs.reverse()
    xs.copy()
    xs.count(1)
    xs.index(1)
    d.pop("a")
    d.popitem()
    d.clear()
    d.setdefault("b", 2)
    d.update(c=1)
    d.get("a")
    d.items()
    dict.fromkeys(t)
    s.add(3)
    s.discard(1)
    s.update(t, [5])
    s.intersection_update([1])
    s.pop()
    s.union([7])
    s.issubset(t)
    f.union(s)
    t.index(1)
    b.append(1)
    b.extend(b"x")
    b.decode()
    "a,b".split(",")
    ", ".join(["a"])
    bytes.fromhex("00ff")
    int.from_bytes(b"ab", "big")
    (5).bit_length()
    """,
)
