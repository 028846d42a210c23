"""Random small programs, for asking of each whether its slices are sound.

A program is built by drawing from a `random.Random`: a real one for the hunt, one that Hypothesis controls for the
property test. Programs are deterministic, end soon, and hardly ever raise, because every name keeps its type for
life, told by its first letter, and every draw that could fail is guarded:

=======  ==============================  =======  =========================================
``i``    a small whole number            ``o``    an instance of the class ``Node``
``l``    a list of numbers               ``g``    an iterator or generator of numbers
``n``    a list of lists of numbers      ``c``    a closure that returns a number
``d``    a dict from letters to numbers  ``f_…``  a function, its kind in its name
``e``    a dict from letters to lists    ``w``    a counter of a loop that nobody else changes
``s``    a set of numbers                ``t``    a tuple of a number and a list
``b``    an instance of the class ``Box``  ``h``    a file that a ``with`` statement opened
``r``    a `random.Random`               ``q``    a NumPy generator
=======  ==============================  =======  =========================================

What goes beyond the language itself comes as *features*, of which each program has some: ``files``, in the current
directory, which is empty at first; ``seeds``, of `random`; ``numpy``, whose generators are seeded too; ``hot``, loops
of hundreds of rounds in which something happens late, or only once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random

#: Defined by every program that uses objects or context managers.
PRELUDE_NODE = """\
class Node:
    shared = []
    count = 0

    def __init__(self, v):
        self.v = v
        self.items = []
        self.link = None
        Node.count += 1

    def add(self, x):
        self.items.append(x)
        return self

    def bump(self):
        self.v = (self.v + 1) % 50

    def total(self):
        return self.v + sum(self.items[:4])

    def share(self, x):
        self.shared.append(x)

    @property
    def fresh(self):
        self.v = (self.v + 3) % 50
        return self.v

    @classmethod
    def tick(cls):
        cls.count += 1
        return cls.count
"""
PRELUDE_GUARD = """\
class Guard:
    def __init__(self, log, swallow):
        self.log = log
        self.swallow = swallow

    def __enter__(self):
        self.log.append(1)
        return self.log

    def __exit__(self, kind, error, trace):
        self.log.append(2)
        return self.swallow
"""

PRELUDE_BOX = """\
class Box(Node):
    def __init__(self, v):
        super().__init__(v)
        self.rows = [v]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, k):
        return self.rows[k % len(self.rows)] if self.rows else 0

    def __setitem__(self, k, v):
        self.rows[k % len(self.rows) if self.rows else 0 :] = [v]

    def __iter__(self):
        return iter(self.rows[:4])

    def __iadd__(self, others):
        self.rows.extend(others)
        return self

    def __contains__(self, v):
        self.items.append(v)
        return v in self.rows

    def bump(self):
        super().bump()
        self.rows.append(self.v)

    @property
    def first(self):
        return self.rows[0] if self.rows else 0

    @first.setter
    def first(self, v):
        self.rows[:1] = [v]

    @staticmethod
    def of(a):
        box = Box(len(a))
        box.rows = a
        return box
"""
PRELUDE_FILES = """\
import json
import os
import shutil
from pathlib import Path
with open("a.txt", "w") as h1:
    h1.write("1\\n2\\n")
Path("b.txt").write_text("3\\n")
with open("c.json", "w") as h2:
    json.dump([4, 5], h2)
"""
PRELUDE_SEEDS = """\
import random
random.seed(3)
r1 = random.Random(4)
"""
PRELUDE_NUMPY = """\
import numpy as np
np.random.seed(5)
q1 = np.random.default_rng(6)
"""

#: What programs may hold beyond the language itself.
FEATURES = ("files", "seeds", "numpy", "hot")

#: The features that programs have unless others are asked for.
SOUND: Sequence[str] = ()

#: The kinds of functions that a feature adds.
FEATURE_FUNCTIONS: dict[str, dict[str, list[str]]] = {
    "files": {
        "log": ["def {f}(v):", "    with open('a.txt', 'a') as h:", "        h.write(f'{{int(v)}}\\n')"],
        "keep": ["def {f}(v):", "    Path('b.txt').write_text(f'{{int(v)}}\\n')"],
        "load": [
            "def {f}(v):",
            "    return (v + sum(int(x) for x in Path('b.txt').read_text().split())) % 50",
        ],
        "lines": [
            "def {f}(v):",
            "    with open('a.txt') as h:",
            "        return (v + len(h.readlines())) % 50",
        ],
    },
    "seeds": {
        "draw": ["def {f}(v):", "    return (v + random.randrange(50)) % 50"],
        "reseed": ["def {f}(v):", "    random.seed(int(v))"],
        "own": ["def {f}(v):", "    return (v + r1.randrange(50)) % 50"],
    },
    "numpy": {
        "npdraw": ["def {f}(v):", "    return (v + int(np.random.randint(50))) % 50"],
        "nprng": ["def {f}(v):", "    return (v + int(q1.integers(50))) % 50"],
    },
    "hot": {},
}

#: The kinds of functions; the keys are the second part of a function's name.
FUNCTIONS: dict[str, list[str]] = {
    "pure": ["def {f}(a):", "    return (a * 2 + {i}) % 50"],
    "calls": ["def {f}(a):", "    return (a + {pure}) % 50"],
    "read": ["def {f}(a):", "    return sum(a[:3]) + len({l})"],
    "push": ["def {f}(a):", "    a.append({k})", "    return len(a)"],
    "maybe": ["def {f}(a, v):", "    if v > {k}:", "        a.append(v)"],
    "note": ["def {f}(v):", "    {l}.append(v)"],
    "deep": ["def {f}(v):", "    if v % 2:", "        {o}.items.append(v)", "    {d}['z'] = v"],
    "set": ["def {f}(v):", "    global {i}", "    {i} = (v + {k}) % 50"],
    "add": ["def {f}(v):", "    global {i}", "    {i} = ({i} + v) % 50", "    return {i}"],
    "swap": ["def {f}(v):", "    global {l}", "    {l} = [v, {k}]"],
    "same": ["def {f}(a):", "    return a"],
    "pick": ["def {f}(a, b):", "    return a if len(a) > {k} else b"],
    "copy": ["def {f}(a):", "    a = list(a)", "    a.append({k})", "    return a"],
    "default": ["def {f}(v, acc=[]):", "    acc.append(v)", "    return acc"],
    "alias": ["def {f}(v, acc={l}):", "    acc.append(v)", "    return len(acc)"],
    "gen": ["def {f}(a):", "    for v in a[:3]:", "        yield v + {i}"],
    "drain": ["def {f}(a):", "    while a:", "        yield a.pop()"],
    "raise": ["def {f}(v):", "    if v % 2:", "        raise ValueError(v)", "    return v"],
    "fail": ["def {f}(a):", "    a.append({k})", "    raise ValueError({k})"],
    "counter": [
        "def {f}(v):",
        "    def inner():",
        "        nonlocal v",
        "        v = (v + {k}) % 50",
        "        return v",
        "    return inner",
    ],
    "adder": ["def {f}(a):", "    def inner():", "        a.append({k})", "        return len(a)", "    return inner"],
    "make": ["def {f}(v):", "    x = Node(v)", "    x.items = {l}", "    return x"],
    "attr": ["def {f}(v):", "    {f}.seen = getattr({f}, 'seen', 0) + v", "    return {f}.seen % 50"],
    "twice": ["def {f}(h, v):", "    return (h(v) or 0) + (h(v + 1) or 0)"],
    "star": ["def {f}(*args, **kw):", "    args[0].append(len(args) + len(kw))", "    return kw"],
    "send": ["def {f}(a):", "    v = 0", "    while True:", "        v = yield (v or 0) + 1", "        a.append(v or 0)"],
    "pair": [
        "def {f}(v):",
        "    def put(x):",
        "        nonlocal v",
        "        v = x",
        "    def get():",
        "        return v",
        "    return put, get",
    ],
    "memo": [
        "def {f}(v, known={{}}):",
        "    if v not in known:",
        "        known[v] = [v]",
        "    return known[v]",
    ],
    "glob": ["def {f}(v):", "    globals()['{i}'] = v % 50"],
    "late": ["def {f}(v):", "    try:", "        return {i} // (v % 3)", "    except ZeroDivisionError:",
             "        {l}.append(v)", "        return 0"],
    "loop": ["def {f}(a):", "    for v in a[:3]:", "        {s}.add(v)", "        if v > {k}:", "            break"],
    "node": ["def {f}(o, v):", "    o.v = v", "    o.link = {o}", "    return o"],
    "final": ["def {f}(v):", "    try:", "        return v // (v % 2)", "    except ZeroDivisionError as error:",
              "        raise ValueError(v) from error", "    finally:", "        {l}.append(v)"],
    "guard": ["def {f}(a):", "    with Guard(a, True) as x, Guard({l}, False):", "        x.append({k})",
              "        raise ValueError", "    return len(a)"],
    "from": ["def {f}(a):", "    try:", "        yield from a[:2]", "    finally:", "        {l}.append({k})"],
    "class": ["class {f}:", "    rows = {l}", "    def __init__(self, v):", "        self.rows.append(v)",
              "        self.v = v", "    def __call__(self, x):", "        {l}.append(x)", "        return self.v"],
    "lam": ["{f} = lambda v: (v + {i}) % 50"],
    "lamnote": ["{f} = lambda v: {l}.append(v)"],
}  # fmt: skip

_MAX_DEPTH = 3


class ProgramWriter:
    """Writes one program. ``size`` is roughly the number of its statements."""

    def __init__(self, random: Random, size: int, features: Sequence[str]) -> None:
        self._random = random
        self._size = size
        self._features = {name for name in features if self._chance(35)}
        self._kinds = FUNCTIONS | {
            k: v for name in FEATURES if name in self._features for k, v in FEATURE_FUNCTIONS[name].items()
        }
        self._lines: list[str] = []
        self._indent = 0
        self._names: set[str] = set()
        self._pinned: set[str] = set()  # used in functions: may not be deleted
        self._count = 0
        self._loops = 0

    def write(self) -> str:
        """The whole program."""
        for prelude in (PRELUDE_NODE, PRELUDE_GUARD, PRELUDE_BOX):
            self._lines += prelude.splitlines()
        for feature, prelude in (
            ("files", PRELUDE_FILES),
            ("seeds", PRELUDE_SEEDS),
            ("numpy", PRELUDE_NUMPY),
        ):
            if feature in self._features:
                self._lines += prelude.splitlines()
        self._names |= {"r1"} if "seeds" in self._features else set()
        self._names |= {"q1"} if "numpy" in self._features else set()
        for letter in "iiillnndesob":
            self._bind_new(letter)
        for _ in range(self._random.randint(2, 6)):
            self._define_function()
        for _ in range(self._size):
            self._statement()
        return "".join(line + "\n" for line in self._lines)

    # Drawing

    def _pick(self, options: list[str]) -> str:
        return options[self._random.randrange(len(options))]

    def _chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent

    def _constant(self) -> str:
        return str(self._random.randrange(8))

    def _of(self, letter: str) -> str:
        """A variable of this type; there is always one of each of the types that programs begin with."""
        found = sorted(name for name in self._names if name[0] == letter and not name.startswith("f_"))
        return self._pick(found)

    def _has(self, letter: str) -> bool:
        return any(name[0] == letter and not name.startswith("f_") for name in self._names)

    def _functions(self, *kinds: str) -> list[str]:
        return sorted(n for n in self._names if n.startswith("f_") and n.split("_")[1] in kinds)

    def _new(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count}"

    def _old_or_new(self, letter: str) -> str:
        return (
            self._of(letter)
            if self._has(letter) and (self._indent or self._chance(60))
            else self._new(letter)
        )

    # Writing

    def _line(self, text: str) -> None:
        self._lines.append("    " * self._indent + text)

    @contextmanager
    def _block(self, header: str) -> Iterator[None]:
        """A block. What is first bound inside may be unbound afterwards, so it is forgotten."""
        self._line(header)
        names = set(self._names)
        self._indent += 1
        before = len(self._lines)
        yield
        if len(self._lines) == before:
            self._line("pass")
        self._indent -= 1
        self._names = names

    def _body(self, most: int = 3) -> None:
        for _ in range(self._random.randint(1, most)):
            self._statement()

    def _bind(self, name: str, expression: str) -> None:
        self._line(f"{name} = {expression}")
        self._names.add(name)

    def _bind_new(self, letter: str) -> None:
        self._bind(self._new(letter), self._fresh(letter))

    def _fresh(self, letter: str) -> str:
        """A new value of a type, made of literals only."""
        k, m = self._constant(), self._constant()
        return {
            "i": k,
            "l": f"[{k}, {m}]",
            "n": f"[[{k}], [{m}, 1]]",
            "d": f"{{'a': {k}, 'b': {m}}}",
            "e": f"{{'a': [{k}], 'b': [{m}]}}",
            "s": f"{{{k}, {m}}}",
            "o": f"Node({k})",
            "b": f"Box({k})",
            "t": f"({k}, [{m}])",
            "g": f"iter([{k}, {m}, 3])",
        }[letter]

    # Expressions

    def _number(self) -> str:
        options: list[Callable[[], str]] = [
            self._constant,
            lambda: self._of("i"),
            lambda: self._of("i"),
            lambda: f"({self._of('i')} + {self._of('i')}) % 50",
            lambda: f"len({self._list()})",
            lambda: f"sum({self._list()}[:3])",
            lambda: f"({self._list()} or [0])[-1]",
            lambda: f"{self._of('d')}.get('{self._pick(['a', 'b', 'z'])}', 0)",
            lambda: f"{self._of('o')}.v",
            lambda: f"{self._of('o')}.total()",
            lambda: f"({self._of('i')} if {self._condition()} else {self._constant()})",
            lambda: f"max({self._of('s')}, default=0)",
            lambda: self._call_number() or self._constant(),
            lambda: self._call_number() or self._constant(),
            lambda: f"{self._of('b')}.first",
            lambda: f"{self._of('b')}[{self._of('i')}]",
            lambda: f"len({self._of('b')})",
            self._drawn,
        ]
        return options[self._random.randrange(len(options))]()

    def _call_number(self) -> str:
        """A call that returns a number, with or without an effect."""
        options = [
            f"{f}({self._of('i')})" for f in self._functions("pure", "calls", "add", "attr", "alias", "lam")
        ]
        options += [f"{f}({self._list()})" for f in self._functions("read", "push")]
        options += [f"next({g}, 0)" for g in sorted(self._names) if g[0] == "g"]
        options += [f"{c}()" for c in sorted(self._names) if c[0] == "c"]
        options += [f"{self._of('o')}.fresh", "Node.tick()", "Node.count % 50"]
        options += [f"({self._of('l')}.pop() if {self._of('i')} > 3 and len({self._of('l')}) > 99 else 1)"]
        return self._pick(options)

    def _drawn(self) -> str:
        """A number from a file or a generator of random numbers, if the program has any."""
        options = [f"{self._of('i')} % 7"]
        options += [
            f"{f}({self._of('i')})"
            for f in self._functions("load", "lines", "draw", "own", "npdraw", "nprng")
        ]
        if "files" in self._features:
            options += [
                "sum(int(x) for x in Path('b.txt').read_text().split()) % 50",
                "len(open('a.txt').readlines())",
                "int(os.path.exists('d.txt'))",
                "len(json.loads(Path('c.json').read_text()))",
                "len(os.listdir('.'))",
            ]
        if "seeds" in self._features:
            options += ["random.randrange(50)", "int(random.random() * 50)", f"{self._of('r')}.randrange(50)"]
        if "numpy" in self._features:
            options += ["int(np.random.randint(50))", f"int({self._of('q')}.integers(50))"]
        return self._pick(options)

    def _condition(self) -> str:
        i, k = self._of("i"), self._constant()
        return self._pick(
            [
                f"{i} > {k}",
                f"{i} % 2 == 0",
                f"len({self._list()}) > {k}",
                f"{k} in {self._of('s')}",
                f"{i} < {k} or {self._of('i')} > 2",
                f"not {self._list()}",
                "False",
                "True",
            ]
        )

    def _list(self) -> str:
        """An expression for a list that exists already, so what is done to it is done to others' lists."""
        options: list[Callable[[], str]] = [
            lambda: self._of("l"),
            lambda: self._of("l"),
            lambda: self._of("l"),
            lambda: f"{self._of('o')}.items",
            lambda: f"{self._of('n')}[0]",
            lambda: f"{self._of('e')}['a']",
            lambda: "Node.shared",
            lambda: f"{self._of('t')}[1]" if self._has("t") else self._of("l"),
        ]
        return options[self._random.randrange(len(options))]()

    def _new_list(self) -> str:
        """An expression for a list that nobody else has, or perhaps has."""
        a = self._list()
        options = [
            self._fresh("l"),
            f"list({a})[:6]",
            f"{a}[:2] + [{self._of('i')}]",
            f"[v % 50 for v in {a}[:4]]",
            f"[v + {self._of('i')} for v in {a}[:3] if v != {self._constant()}]",
            f"sorted({a})[:5]",
            f"list({self._of('d')}.values())[:5]",
            f"[x for row in {self._of('n')}[:3] for x in row[:2]]",
            f"sorted({self._of('s')})[:4]",
        ]
        options += [f"[{f}(v) for v in {a}[:3]]" for f in self._functions("pure", "add", "lam", "calls")]
        options += [f"list(map({f}, {a}[:3]))" for f in self._functions("pure", "add")]
        options += [f"list({g})[:5]" for g in sorted(self._names) if g[0] == "g"]
        options += [f"{f}({a})" for f in self._functions("same", "copy")]
        options += [f"{f}({a}, {self._list()})" for f in self._functions("pick")]
        options += [f"{f}({self._of('i')})" for f in self._functions("default")]
        return self._pick(options)

    # Statements

    def _statement(self) -> None:
        simple = [
            self._assign_number, self._assign_number, self._assign_list, self._assign_list, self._alias,
            self._alias, self._mutate_list, self._mutate_list, self._mutate_list, self._mutate_nested,
            self._mutate_dict, self._mutate_set, self._augmented, self._augmented, self._object, self._object,
            self._call, self._call, self._call, self._unpack, self._iterator, self._closure, self._lookup,
            self._walrus, self._useless, self._delete, self._comprehension_effect, self._tuple,
            self._short_circuit, self._reflection, self._class_state, self._bound, self._higher, self._identity,
            self._swap_items, self._box, self._box,
        ]  # fmt: skip
        simple += [self._file] * 6 if "files" in self._features else []
        simple += [self._seed] * 4 if {"seeds", "numpy"} & self._features else []
        compound = [self._if, self._if, self._for, self._for, self._while, self._try, self._try, self._with]
        rare = [self._define_function, self._match, self._drain_loop, self._jump_in_try, self._growing_loop]
        rare += [self._match_shapes, self._nested_with, self._walrus_loop, self._subclass]
        if "hot" in self._features and not self._indent and self._chance(12):
            self._hot_loop()
        elif self._indent < _MAX_DEPTH and self._chance(24):
            self._choose(compound)
        elif self._indent < _MAX_DEPTH and self._chance(6):
            self._choose(rare)
        else:
            self._choose(simple)

    def _choose(self, options: list[Callable[[], None]]) -> None:
        options[self._random.randrange(len(options))]()

    def _assign_number(self) -> None:
        value = self._number()
        self._bind(self._old_or_new("i"), value)

    def _assign_list(self) -> None:
        value = self._new_list()
        self._bind(self._old_or_new("l"), value)

    def _alias(self) -> None:
        letter = self._pick(list("llnedo"))
        value = self._list() if letter == "l" else self._of(letter)
        if letter == "o" and self._chance(30):
            value = f"({value}.link or {self._of('o')})"
        if letter == "n" and self._chance(40):
            value = f"[{self._list()}, {self._list()}]"
        if letter == "e" and self._chance(40):
            value = f"{{'a': {self._list()}, 'b': {self._list()}}}"
        if self._chance(10):
            other = self._old_or_new(letter)
            self._names.add(other)
            value = f"{other} = {value}"
        self._bind(self._old_or_new(letter), value)

    def _mutate_list(self) -> None:
        a = self._list()
        self._line(
            self._pick(
                [
                    f"{a}.append({self._number()})",
                    f"{a}.append({self._number()})",
                    f"{a}.extend({self._list()}[:2])",
                    f"{a}.insert(0, {self._of('i')})",
                    f"{a}.sort()",
                    f"{a}.reverse()",
                    f"{a}[:] = {a}[:5]",
                    f"{a}[:1] = [{self._number()}]",
                    f"{a} and {a}.pop()",
                    f"del {a}[3:]",
                    f"{a}.clear()" if self._chance(30) else f"{a}.append(1)",
                ]
            )
        )

    def _mutate_nested(self) -> None:
        n, e = self._of("n"), self._of("e")
        self._line(
            self._pick(
                [
                    f"{n}.append({self._list()})",
                    f"{n}[0] = {self._list()}",
                    f"{n}[-1].append({self._of('i')})",
                    f"{n}.insert(0, {self._new_list()})",
                    f"{e}['{self._pick(list('abc'))}'] = {self._list()}",
                    f"{e}.setdefault('{self._pick(list('abcd'))}', []).append({self._of('i')})",
                    f"{e}.update(b={self._list()})",
                    f"{e}.pop('c', None)",
                    f"{n}.reverse()",
                ]
            )
        )

    def _mutate_dict(self) -> None:
        d = self._of("d")
        self._line(
            self._pick(
                [
                    f"{d}['{self._pick(list('abcz'))}'] = {self._number()}",
                    f"{d}.update(x={self._of('i')})",
                    f"{d}.pop('{self._pick(list('abz'))}', 0)",
                    f"{d}.setdefault('q', {self._of('i')})",
                    f"{d}['n'] = {d}.get('n', 0) + 1",
                    f"{d} |= {{'u': {self._of('i')}}}",
                ]
            )
        )

    def _mutate_set(self) -> None:
        s = self._of("s")
        i = self._of("i")
        options = [f"{s}.add({i})", f"{s}.discard({i})", f"{s} |= {{{i}}}", f"{s}.update({self._list()}[:2])"]
        self._line(self._pick(options))

    def _augmented(self) -> None:
        i, a = self._of("i"), self._of("l")
        o = self._of("o")
        self._line(
            self._pick(
                [
                    f"{i} += {self._constant()}",
                    f"{i} -= {self._of('i')}",
                    f"{i} = ({i} + {self._number()}) % 50",
                    f"{a} += [{self._of('i')}]",
                    f"{a} = {a}[:4] + [{self._of('i')}]",
                    f"{o}.v += {self._of('i')} % 5",
                    f"{o}.items += [{self._of('i')}]",
                ]
            )
        )

    def _object(self) -> None:
        o, i = self._of("o"), self._of("i")
        choices = [
            f"{o}.add({i})",
            f"{o}.add({i}).add({self._of('i')})",
            f"{o}.bump()",
            f"{o}.v = {self._number()}",
            f"{o}.items = {self._list()}",
            f"{o}.items = {self._new_list()}",
            f"{o}.link = {self._of('o')}",
            f"{o}.share({i})",
            f"Node.shared.append({i})",
            f"setattr({o}, 'v', {i})",
            "Node.tick()",
        ]
        if self._chance(25):
            makers = [f"{f}({i})" for f in self._functions("make")]
            self._bind(self._old_or_new("o"), self._pick([f"Node({i})", *makers]))
        else:
            self._line(self._pick(choices))

    def _call(self) -> None:
        i = self._of("i")
        options = [
            f"{f}({i})"
            for f in self._functions("note", "deep", "set", "add", "swap", "default", "alias", "lamnote")
        ]
        options += [f"{f}({self._list()})" for f in self._functions("push", "same", "read", "copy", "guard")]
        options += [f"{f}({self._list()}, {i})" for f in self._functions("maybe")]
        options += [f"{f}({i})" for f in self._functions("pure", "attr", "make")]
        options += [f"{c}()" for c in sorted(self._names) if c[0] == "c"]
        if options:
            self._line(self._pick(options))
        else:
            self._mutate_list()

    def _unpack(self) -> None:
        a, b = self._old_or_new("i"), self._old_or_new("i")
        form = self._random.randrange(4)
        if form == 0:
            self._line(f"{a}, {b} = {self._number()}, {self._of('i')}")
        elif form == 1:
            rest = self._old_or_new("l")
            self._line(f"{a}, *{rest} = [{self._number()}, *{self._list()}[:3]]")
            self._names.add(rest)
            b = a
        elif form == 2:
            one, two = self._of("l"), self._of("l")
            self._line(f"{one}, {two} = {two}, {one}")
            return
        else:
            rest = self._old_or_new("l")
            self._line(f"{a}, {rest} = ({self._of('i')}, {self._list()})")
            self._names.add(rest)
            b = a
        self._names |= {a, b}

    def _tuple(self) -> None:
        self._bind(self._old_or_new("t"), f"({self._number()}, {self._list()})")

    def _iterator(self) -> None:
        if self._has("g") and self._chance(60):
            g = self._of("g")
            form = self._random.randrange(4)
            if form == 0:
                self._line(f"next({g}, None)")
            elif form == 1:
                self._bind(self._old_or_new("i"), f"next({g}, 0)")
            elif form == 2:
                self._bind(self._old_or_new("l"), f"list({g})[:6]")
            else:
                with self._block(f"for v in {g}:"):
                    self._line(f"if v > {self._constant()}:")
                    self._line("    break")
            return
        a = self._list()
        options = [f"iter({a}[:4])", f"(v + 1 for v in {a}[:4])", f"zip({a}[:3], {a}[:3])"][:2]
        options += [f"map({f}, {a}[:4])" for f in self._functions("pure", "add", "lam")]
        options += [f"{f}({a})" for f in self._functions("gen", "drain", "from")]
        self._bind(self._old_or_new("g"), self._pick(options))

    def _closure(self) -> None:
        options = [f"{f}({self._of('i')})" for f in self._functions("counter")]
        options += [f"(lambda x={f}({self._of('i')}): x({self._of('i')}))" for f in self._functions("class")]
        options += [f"{f}({self._list()})" for f in self._functions("adder")]
        if not options:
            return self._assign_number()
        return self._bind(self._old_or_new("c"), self._pick(options))

    def _lookup(self) -> None:
        i = self._old_or_new("i")
        self._bind(i, self._call_number())

    def _walrus(self) -> None:
        i = self._old_or_new("i")
        with self._block(f"if ({i} := {self._number()}) > {self._constant()}:"):
            self._body(2)
        self._names.add(i)

    def _useless(self) -> None:
        a = self._list()
        self._line(
            self._pick(
                [f"len({a})", f"sorted({a})", f"str({a})", f"{a}", f"assert {self._of('i')} is not None"]
            )
        )

    def _delete(self) -> None:
        deletable = sorted(
            n for n in self._names if n[0] in "ilg" and not n.startswith("f_") and n not in self._pinned
        )
        if self._indent or len(deletable) < 8:
            return self._line(f"{self._of('d')}.pop('a', 0)")
        name = self._pick(deletable)
        if sum(other[0] == name[0] and not other.startswith("f_") for other in self._names) < 2:
            return self._line(f"del {self._of('l')}[4:]")
        self._names.discard(name)
        return self._line(f"del {name}")

    def _comprehension_effect(self) -> None:
        notes = self._functions("note", "lamnote", "add", "set")
        a = self._list()
        if notes:
            self._line(f"[{self._pick(notes)}(v) for v in {a}[:3]]")
        else:
            self._line(f"[{self._of('l')}.append(v) for v in {a}[:2]]")

    def _short_circuit(self) -> None:
        i, a, b = self._of("i"), self._list(), self._list()
        self._line(
            self._pick(
                [
                    f"{self._condition()} and {a}.append({i})",
                    f"{self._condition()} or {a}.append({i})",
                    f"{a}.append({i}) if {self._condition()} else {b}.append({i})",
                    f"({a} if {self._condition()} else {b}).append({i})",
                    f"{i} = {i} if {self._call_number()} > {self._constant()} else {self._call_number()}",
                    f"({a} or {b}).append({i})",
                    f"{i} = 0 < {self._call_number()} < {self._call_number()}",
                ]
            )
        )

    def _reflection(self) -> None:
        i, a, d = self._of("i"), self._of("l"), self._of("d")
        self._line(
            self._pick(
                [
                    f"exec('{i} = {self._constant()}')",
                    f"exec('{a}.append({self._constant()})')",
                    f"globals()['{i}'] = {self._number()}",
                    f"globals()['{a}'].append({i})",
                    f"{i} = eval('{self._of('i')} + 1') % 50",
                    f"{i} = globals()['{self._of('i')}']",
                    f"{d}['k'] = len(eval('{self._of('l')}'))",
                    f"vars({self._of('o')})['v'] = {i}",
                    f"{self._of('o')}.__dict__.update(v={i})",
                    f"{i} = getattr({self._of('o')}, 'v')",
                ]
            )
        )

    def _class_state(self) -> None:
        i, o = self._of("i"), self._of("o")
        self._line(
            self._pick(
                [
                    f"Node.shared = {self._list()}",
                    f"Node.count = {i}",
                    f"Node.extra = {i}",
                    f"{i} = getattr(Node, 'extra', 0)",
                    f"{i} = getattr({o}, 'extra', 0)",
                    f"Node.bump = lambda self: setattr(self, 'v', {self._constant()})",
                    f"{o}.shared = {self._list()}",
                    f"{o}.bump = lambda: {self._of('l')}.append({self._constant()})",
                    f"{o}.__class__.count += 1",
                    f"type({o}).shared.append({i})",
                ]
            )
        )

    def _bound(self) -> None:
        if self._has("c") and self._chance(40):
            self._line(f"{self._of('c')}()")
            return
        o, a, i = self._of("o"), self._of("l"), self._of("i")
        options = [
            f"{o}.tick",
            f"{o}.total",
            f"lambda: len({a})",
            f"lambda: {a}.append({self._constant()}) or 1",
        ]
        options += [f"(lambda x: lambda: x.append({self._constant()}) or len(x))({a})", f"{a}.__len__"]
        options += [f"(lambda x=[{i}]: x.append(1) or len(x))"]
        self._bind(self._old_or_new("c"), self._pick(options))

    def _higher(self) -> None:
        i, a = self._of("i"), self._list()
        number = self._functions("pure", "add", "lam", "set", "note", "attr")
        options = [
            f"{self._list()}.sort(key=lambda v: -v)",
            f"sorted({a}[:4], key={self._of('d')}.get('f', abs))",
        ]
        options += [f"{f}({self._pick(number)}, {i})" for f in self._functions("twice") if number]
        options += [f"{f}({a}, {i}, k={i})" for f in self._functions("star")]
        options += [f"{f}(*[{a}, {i}], **{self._of('d')})" for f in self._functions("star")]
        options += [f"sorted({a}[:4], key={f})" for f in self._functions("pure", "add", "attr")]
        options += [f"{f}({i}).append({self._of('i')})" for f in self._functions("memo", "default")]
        options += [f"{self._of('e')}['c'] = {f}({i})" for f in self._functions("memo", "default")]
        options += [f"{self._of('l')} = {f}({i})" for f in self._functions("memo")]
        options += [f"{f}({i})" for f in self._functions("glob", "late")]
        options += [f"{i} = {f}({i})" for f in self._functions("late")]
        options += [f"{f}({a})" for f in self._functions("loop")]
        options += [f"{f}({self._of('o')}, {i})" for f in self._functions("node")]
        options += [f"{self._of('o')} = {f}({self._of('o')}, {i})" for f in self._functions("node")]
        senders = self._functions("send")
        pairs = self._functions("pair")
        if senders and self._chance(40):
            g = self._old_or_new("g")
            self._bind(g, f"{self._pick(senders)}({self._list()})")
            self._line(f"next({g}, 0)")
            self._line(
                f"{g} = ({g}.send(v) for v in {self._list()}[:3]) if {self._chance(30)} else iter([{g}.send({i})])"
            )
        elif pairs and self._chance(40):
            c, p = self._old_or_new("c"), f"p{self._count}"
            self._line(f"{p}, {c} = {self._pick(pairs)}({i})")
            self._line(f"{p}({self._of('i')})")
            self._names.add(c)
        else:
            self._line(self._pick(options))

    def _identity(self) -> None:
        a, b = self._list(), self._list()
        i = self._old_or_new("i")
        same = self._pick([f"{a} is {b}", f"{self._of('o')} is {self._of('o')}.link", f"{a} == {b}"])
        self._bind(i, f"int({same}) + {self._constant()}")

    def _swap_items(self) -> None:
        a, n, d, i = self._of("l"), self._of("n"), self._of("d"), self._of("i")
        self._line(
            self._pick(
                [
                    f"{d}['a'], {i} = {i}, {d}.get('a', 0)",
                    f"{n}[0], {a} = {a}, {n}[0]",
                    f"{n}[0], {n}[-1] = {n}[-1], {n}[0]",
                    f"{self._of('o')}.items, {a} = {a}, {self._of('o')}.items",
                    f"[{d}['x'], {d}['y']] = {i}, {self._of('i')}",
                    f"for {d}['i'] in {a}[:3]: pass",
                ]
            )
        )

    def _box(self) -> None:
        b, i, a = self._of("b"), self._of("i"), self._list()
        choices = [
            f"{b}[{i}] = {self._number()}",
            f"{b} += {a}[:2]",
            f"{b}.first = {i}",
            f"{b}.bump()",
            f"{b}.add({i})",
            f"{b}.rows = {self._list()}",
            f"{self._of('i')} = int({i} in {b})",
            f"{self._of('i')} = sum({b}) % 50",
            f"{self._of('l')} = [*{b}]",
            f"{self._of('o')} = {b}",
            f"{b}.link = {self._of('o')}",
            f"{b}.rows.append({i})",
            f"{self._of('l')} = {b}.rows",
            f"super(Box, {b}).bump()",
        ]
        if self._chance(25):
            self._bind(self._old_or_new("b"), self._pick([f"Box({i})", f"Box.of({a})", self._of("b")]))
        else:
            self._line(self._pick(choices))

    def _file(self) -> None:
        """Something about the files of the program, all of which hold numbers."""
        i, a = self._of("i"), self._of("l")
        name = self._pick(["a.txt", "b.txt"])
        form = self._random.randrange(12)
        if form < 3:
            with self._block(f"with open('{name}', '{self._pick(['w', 'a', 'a'])}') as {self._new('h')}:"):
                self._line(f"h{self._count}.write(f'{{int({i})}}\\n')")
                if self._chance(30):
                    self._statement()
        elif form < 5:
            with self._block(f"with open('{name}') as {self._new('h')}:"):
                h = f"h{self._count}"
                self._line(f"{a} = [int(x) for x in {h}][:5]")
                if self._chance(30):
                    self._line(f"{h}.seek(0)")
                    self._line(f"{i} = int({h}.readline() or 0) % 50")
            return
        elif form == 5:
            h = self._new("h")
            self._line(f"{h} = open('{name}', 'a')")
            self._line(f"{h}.write(f'{{int({i})}}\\n')")
            if self._chance(40):
                self._line(f"{h}.flush()")
            self._line(f"{h}.close()")
        elif form == 6:
            with self._block(f"with open('c.json', 'w') as {self._new('h')}:"):
                self._line(f"json.dump([int(x) for x in {self._list()}[:4]], h{self._count})")
        else:
            options = [
                f"{a} = json.loads(Path('c.json').read_text())",
                f"{a}.extend(json.loads(Path('c.json').read_text())[:2])",
                "shutil.copy('a.txt', 'b.txt')",
                "shutil.copy('b.txt', 'd.txt')",
                "Path('d.txt').unlink(missing_ok=True)",
                f"os.replace('{name}', 'e.txt'); Path('{name}').write_text('7\\n')",
                f"Path('{name}').write_text(f'{{int({i})}}\\n')",
                f"{i} = len(Path('{name}').read_text())",
                f"{i} = int(Path('d.txt').read_text().split()[0]) % 50 if Path('d.txt').exists() else 0",
                "os.makedirs('sub', exist_ok=True)",
                f"{a} = sorted(len(x.name) for x in Path('.').iterdir())[:6]",
            ]
            options += [f"{f}({i})" for f in self._functions("log", "keep")] * 3
            self._line(self._pick(options))

    def _seed(self) -> None:
        """Something about generators of random numbers, all of which have been seeded."""
        i, a, k = self._of("i"), self._of("l"), self._constant()
        options: list[str] = []
        if "seeds" in self._features:
            r = self._of("r")
            options += [
                f"random.seed({k})", f"{i} = random.randrange(50)", f"random.shuffle({a})", "random.random()",
                f"{a} = [random.randrange(50) for x in {a}[:3]]", f"{i} = random.choice({a} or [0])",
                f"{i} = {r}.randrange(50)", f"{r}.shuffle({a})", f"{r}.seed({i})", f"{r} = random.Random({k})",
                f"{self._new('r')} = {r}", f"random.setstate({r}.getstate())",
            ]  # fmt: skip
            options += [f"{f}({i})" for f in self._functions("reseed", "draw", "own")]
        if "numpy" in self._features:
            q = self._of("q")
            options += [
                f"np.random.seed({k})", f"{i} = int(np.random.randint(50))", f"np.random.shuffle({a})",
                f"{i} = int({q}.integers(50))", f"{q}.shuffle({a})", f"{q} = np.random.default_rng({k})",
                f"{a} = np.random.permutation(4).tolist()", f"{q}.random(3)",
            ]  # fmt: skip
            options += [f"{f}({i})" for f in self._functions("npdraw", "nprng")]
        self._line(self._pick(options))

    # Blocks

    def _hot_loop(self) -> None:
        """A loop of hundreds of rounds: something happens late, or for a few rounds only."""
        self._loops += 1
        rounds = self._random.randint(60, 300)
        if self._chance(70):
            count = self._new("i")
            header = f"for {count} in range({rounds}):"
        else:
            count = self._new("w")
            self._line(f"{count} = 0")
            header = f"while {count} < {rounds}:"
        with self._block(header):
            if count[0] == "w":
                self._line(f"{count} += 1")
            else:
                self._names.add(count)
            for _ in range(self._random.randint(0, 2)):
                self._hot_statement()
            for _ in range(self._random.randint(1, 2)):
                late = self._random.randrange(rounds)
                when = self._pick(
                    [
                        f"{count} == {late}",
                        f"{count} > {late}",
                        f"{count} % 61 == 47",
                        f"{count} in ({late}, 3)",
                    ]
                )
                with self._block(f"if {when}:"):
                    self._body(2)
                    if self._chance(15):
                        self._line(self._pick(["break", "continue"]))
                if self._chance(15):
                    with self._block("else:"):
                        self._hot_statement()
            for _ in range(self._random.randint(0, 2)):
                self._hot_statement()
        self._loop_else()
        self._loops -= 1

    def _hot_statement(self) -> None:
        if self._chance(75):
            hot = [
                self._assign_number,
                self._mutate_list,
                self._mutate_dict,
                self._augmented,
                self._object,
                self._call,
            ]
            self._choose([*hot, self._alias, self._lookup, self._short_circuit, self._box])
        else:
            self._statement()

    def _match_shapes(self) -> None:
        subject = self._pick([self._list(), self._of("d"), self._of("o"), self._of("b")])
        self._line(f"match {subject}:")
        self._indent += 1
        x, rest = self._new("i"), self._new("l")
        for pattern, bound in (
            (f"[{x}, *{rest}]", {x, rest}),
            (f"{{'a': {x}}}", {x}),
            (f"Box(v={x})", {x}),
            ("_", set()),
        ):
            if self._chance(70) or pattern == "_":
                with self._block(f"case {pattern}:"):
                    self._names |= bound
                    self._body(2)
        self._indent -= 1

    def _nested_with(self) -> None:
        one, two = self._new("l"), self._new("l")
        with self._block(
            f"with Guard({self._list()}, True) as {one}, Guard({self._list()}, False) as {two}:"
        ):
            self._names |= {one, two}
            self._body(2)
            if self._chance(50):
                self._line(self._risky())
                self._body(1)

    def _walrus_loop(self) -> None:
        if self._loops >= 2:
            return self._if()
        self._loops += 1
        i = self._new("i")
        self._line(f"{i} = 0")
        self._names.add(i)
        with self._block(f"while ({i} := {i} + 1) < {self._random.randint(2, 5)}:"):
            names, self._names = self._names, self._names - {i}  # the body must not bind it
            self._steered_body()
            self._names = names
        self._loop_else()
        self._loops -= 1
        return None

    def _subclass(self) -> None:
        name = f"B{self._count}"
        self._count += 1
        base = self._pick(["Box", "Node"])
        with self._block(f"class {name}({base}):"):
            self._line(f"more = {self._of('l')}")
            self._line("def bump(self):")
            self._line(f"    self.more.append({self._constant()})")
            self._line("    return super().bump()")
        self._bind(self._old_or_new("b" if base == "Box" else "o"), f"{name}({self._of('i')})")

    def _drain_loop(self) -> None:
        """A loop whose header changes what it walks."""
        if self._loops >= 2:
            return self._if()
        self._loops += 1
        a, i = self._of("l"), self._of("i")
        headers = [
            f"while {a} and {a}.pop() > {self._constant()}:",
            f"while len({a}) > 2 and ({i} := {a}.pop()):",
        ]
        headers += [f"for v in iter(lambda: {a}.pop() if {a} else 0, 0):"]
        with self._block(self._pick(headers)):
            # The body must not make the list longer, so it has statements about numbers only.
            for _ in range(self._random.randint(1, 2)):
                self._choose([self._assign_plain, self._useless, self._mutate_dict])
        self._loop_else()
        self._loops -= 1
        return None

    def _assign_plain(self) -> None:
        self._bind(self._old_or_new("i"), f"({self._of('i')} + {self._of('i')}) % 50")

    def _growing_loop(self) -> None:
        """A loop over a list that may grow meanwhile."""
        if self._loops >= 2:
            return self._if()
        self._loops += 1
        a = self._list()
        v = self._new("i")
        with self._block(f"for {v} in {a}:"):
            self._line(f"if len({a}) > 9:")
            self._line("    break")
            self._names.add(v)
            self._line(f"{a}.append({self._of('i')})")
            self._body(2)
            self._line("if Node.count > 400:")
            self._line("    break")
            self._line("Node.count += 100")
        self._loops -= 1
        return None

    def _jump_in_try(self) -> None:
        """Leaving a loop from inside a try, past a finally."""
        if self._loops >= 2:
            return self._try()
        self._loops += 1
        v = self._new("i")
        with self._block(f"for {v} in range({self._random.randint(1, 4)}):"):
            self._names.add(v)
            with self._block("try:"):
                self._statement()
                with self._block(f"if {self._condition()}:"):
                    self._line(self._pick(["break", "continue", self._risky(), self._risky()]))
                self._statement()
            with self._block("except Exception:"):
                self._body(1)
                self._line(self._pick(["continue", "break", "pass"]))
            if self._chance(60):
                with self._block("finally:"):
                    self._body(1)
            self._statement()
        self._loops -= 1
        return None

    def _if(self) -> None:
        with self._block(f"if {self._condition()}:"):
            self._body()
        if self._chance(25):
            with self._block(f"elif {self._condition()}:"):
                self._body(2)
        if self._chance(40):
            with self._block("else:"):
                self._body(2)

    def _for(self) -> None:
        if self._loops >= 2:
            return self._if()
        self._loops += 1
        name, items = self._pick(
            [f"i{self._count + 1} in range({self._random.randint(0, 4)})", f"v in {self._list()}[:4]"]
        ).split(" in ")
        form = self._random.randrange(4)
        if form == 0:
            items = f"{self._of('n')}[:3]"
            name = self._new("l")
        elif form == 1:
            name = self._of("i")
        else:
            self._count += 1
            name = f"i{self._count}"
        with self._block(f"for {name} in {items}:"):
            self._names.add(name)
            self._steered_body()
        self._loop_else()
        self._loops -= 1
        return None

    def _while(self) -> None:
        if self._loops >= 2:
            return self._if()
        self._loops += 1
        w = self._new("w")
        self._line(f"{w} = 0")
        more = f" and ({self._condition()})" if self._chance(40) else ""
        with self._block(f"while {w} < {self._random.randint(1, 4)}{more}:"):
            self._line(f"{w} += 1")
            self._steered_body()
        self._loop_else()
        self._loops -= 1
        return None

    def _steered_body(self) -> None:
        self._body()
        if self._chance(45):
            with self._block(f"if {self._condition()}:"):
                if self._chance(30):
                    self._statement()
                self._line(self._pick(["break", "break", "continue"]))
            self._body(2)

    def _loop_else(self) -> None:
        if self._chance(20):
            with self._block("else:"):
                self._body(2)

    def _risky(self) -> str:
        i, a = self._of("i"), self._list()
        options = [
            "int('x')",
            f"raise ValueError({i})",
            f"{a}[{i} % 9]",
            f"{self._of('d')}['{self._pick(list('ab'))}']",
            f"1 // ({i} % 3)",
        ]
        options += [f"{f}({i})" for f in self._functions("raise")] * 2
        options += [f"{f}({a})" for f in self._functions("fail")] * 2
        options += [f"{f}({i})" for f in self._functions("final")] * 2
        return self._pick(options)

    def _try(self) -> None:
        with self._block("try:"):
            if self._chance(60):
                self._statement()
            if self._chance(85):
                risky = self._risky()
                bind = self._chance(25) and not risky.startswith(("raise", "f_fail"))
                self._line(f"{self._of('i')} = {risky}" if bind else risky)
            if self._chance(60):
                self._statement()
        kinds = self._pick(["Exception", "Exception", "(ValueError, LookupError, ArithmeticError)"])
        catch = self._pick([f"except {kinds}:", f"except {kinds} as error:"])
        if self._chance(25):
            with self._block("except KeyError:"):
                self._body(2)
        with self._block(catch):
            self._body(2)
        if self._chance(25):
            with self._block("else:"):
                self._body(2)
        if self._chance(25):
            with self._block("finally:"):
                self._body(2)

    def _with(self) -> None:
        swallow = self._chance(50)
        name = self._new("l")
        with self._block(f"with Guard({self._list()}, {swallow}) as {name}:"):
            self._names.add(name)
            self._body(2)
            if swallow and self._chance(70):
                self._line(self._risky())
                self._body(2)

    def _match(self) -> None:
        self._line(f"match {self._of('i')} % 3:")
        self._indent += 1
        for pattern in ("0", f"1 if {self._condition()}", "_"):
            if pattern != "_" or self._chance(60):
                with self._block(f"case {pattern}:"):
                    self._body(2)
        self._indent -= 1

    def _define_function(self) -> None:
        kinds = list(self._kinds)
        kind = self._pick(kinds)
        pure = self._functions("pure", "lam")
        if kind == "calls" and not pure:
            kind = "pure"
        existing = self._functions(kind)
        if self._indent and not existing:
            return self._assign_number()
        self._count += 1
        name = self._pick(existing) if existing and self._chance(30) else f"f_{kind}_{self._count}"
        parts = {letter: self._top(letter) for letter in "ildos"}
        parts |= {"f": name, "k": self._constant(), "pure": f"{self._pick(pure)}(a)" if pure else "0"}
        self._pinned |= {parts[letter] for letter in "ildos"}
        for line in self._kinds[kind]:
            self._line(line.format(**parts))
        self._names.add(name)
        return None

    def _top(self, letter: str) -> str:
        """A variable of the module that is there whenever a function is called."""
        return min(
            (n for n in self._names if n[0] == letter and not n.startswith("f_")), key=lambda n: int(n[1:])
        )


def write_program(random: Random, size: int, features: Sequence[str] = SOUND) -> str:
    """A random program of about this many statements, after its preludes."""
    return ProgramWriter(random, size, features).write()
