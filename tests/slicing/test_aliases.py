"""One object under several names: a change through any of them is a change of all."""

from tests.notation import case, table

test_two_names = table(
    case(
        "alias: change through the second name",
        "a",
        """
+ a = [1]
+ b = a
+ b.append(2)
  c = len(b)
""",
    ),
    case(
        "alias: change through the first name",
        "b",
        """
+ a = [1]
+ b = a
+ a.append(2)
  print(a)
""",
    ),
    case(
        "alias: the name goes, the change stays",
        "b",
        """
+ a = [1]
+ b = a
+ a.append(2)
  a = None
""",
    ),
    case(
        "alias: rebinding one name leaves the other",
        "a",
        """
+ a = [1]
  b = a
  b = [9]
  b.append(2)
""",
    ),
    case(
        "alias: chained assignment binds one object",
        "a",
        """
+ a = b = []
+ b.append(1)
  c = []
  c.append(2)
""",
    ),
    case(
        "alias: chain of names",
        "d",
        """
+ a = {}
+ b = a
+ c = b
+ d = c
+ a["x"] = 1
+ b["y"] = 2
  e = dict(c)
  e["z"] = 3
""",
    ),
    case(
        "alias: swapped names",
        "x",
        """
+ x = [1]
+ y = [2]
+ x, y = y, x
+ x.append(3)
  y.append(4)
""",
    ),
    case(
        "alias: through a conditional expression",
        "a",
        """
+ a = []
+ b = []
+ c = a if len(b) == 0 else b
+ c.append(1)
  b.append(2)
""",
    ),
    case(
        "alias: through or",
        "a",
        """
+ a = [0]
+ b = None
+ c = b or a
+ c.append(1)
""",
    ),
    case(
        "alias: walrus",
        "a",
        """
+ a = (b := [])
+ b.append(1)
  print(b)
""",
    ),
    case(
        "alias: slice makes a copy",
        "a",
        """
+ a = [1, 2]
  b = a[:]
  b.append(3)
""",
    ),
    case(
        "alias: list() makes a copy",
        "b",
        """
+ a = [1, 2]
+ b = list(a)
  a.append(3)
""",
    ),
    case(
        "alias: a shallow copy shares what is inside",
        "b",
        """
+ a = [[1], [2]]
+ b = list(a)
? a.append([3])
+ a[0].append(9)
""",
    ),
    case(
        "alias: copy.copy shares what is inside",
        "b",
        """
+ import copy
+ a = {"k": [1]}
+ b = copy.copy(a)
? a["j"] = 1
+ a["k"].append(2)
""",
    ),
    case(
        "alias: deepcopy shares nothing",
        "b",
        """
+ import copy
+ a = {"k": [1]}
+ b = copy.deepcopy(a)
  a["k"].append(2)
""",
    ),
    case(
        "alias: the copy was made after the change",
        "b",
        """
+ a = [1]
+ a.append(2)
+ b = a.copy()
  a.append(3)
""",
    ),
    case(
        "alias: multiplied lists share their item",
        "rows",
        """
+ rows = [[0]] * 3
+ first = rows[0]
+ first.append(1)
  cols = [0] * 3
""",
    ),
    case(
        "alias: dict.fromkeys shares its value",
        "d",
        """
+ d = dict.fromkeys("ab", [])
+ inner = d["a"]
+ inner.append(1)
""",
    ),
)

test_containers = table(
    case(
        "container: a list inside a list",
        "b",
        """
+ a = []
+ b = [a]
+ a.append(1)
  c = 3
""",
    ),
    case(
        "container: change of the inner list through the outer",
        "a",
        """
+ a = []
+ b = [a]
+ b[0].append(1)
  b.append(2)
""",
    ),
    case(
        "container: both inner lists belong to the outer",
        "l",
        """
+ a = []
+ b = []
+ l = [a, b]
+ a.append(1)
+ b.append(2)
  c = []
  c.append(3)
""",
    ),
    case(
        "container: inner list read alone does not need its sibling",
        "a",
        """
+ a = []
  b = []
  l = [a, b]
+ a.append(1)
  b.append(2)
  l.append(3)
""",
    ),
    case(
        "container: in a dict",
        "d",
        """
+ a = [1]
+ d = {"a": a, "n": 1}
+ a.append(2)
""",
    ),
    case(
        "container: through a dict",
        "a",
        """
+ a = [1]
+ d = {"a": a}
+ d["a"].append(2)
  d["n"] = 3
""",
    ),
    case(
        "container: in a tuple",
        "t",
        """
+ a = [1]
+ t = (a, 2)
+ a.append(3)
""",
    ),
    case(
        "container: through a tuple",
        "a",
        """
+ a = [1]
+ t = (a, 2)
+ t[0].append(3)
  u = t + (4,)
""",
    ),
    case(
        "container: put in later by append",
        "outer",
        """
+ outer = []
+ inner = []
+ outer.append(inner)
+ inner.append(1)
  other = []
  other.append(inner)
""",
    ),
    case(
        "container: put in later by item assignment",
        "d",
        """
+ d = {}
+ inner = []
+ d["k"] = inner
+ inner.append(1)
""",
    ),
    case(
        "container: changed before it was put in",
        "d",
        """
+ d = {}
+ inner = []
+ inner.append(1)
+ d["k"] = inner
  print(d)
""",
    ),
    case(
        "container: changed after it was taken out",
        "d",
        """
+ inner = []
+ d = {"k": inner, "j": 2}
+ del d["k"]
  inner.append(1)
""",
    ),
    case(
        "container: three levels deep",
        "top",
        """
+ leaf = []
+ mid = {"leaf": leaf}
+ top = [mid]
+ leaf.append(1)
  leaf2 = []
  leaf2.append(leaf)
""",
    ),
    case(
        "container: three levels deep, seen from below",
        "leaf",
        """
+ leaf = []
+ mid = {"leaf": leaf}
+ top = [mid]
+ top[0]["leaf"].append(1)
  top.append(2)
  mid["other"] = 3
""",
    ),
    case(
        "container: a list that holds itself",
        "a",
        """
+ a = []
+ a.append(a)
+ a[0].append(1)
  b = 1
""",
    ),
    case(
        "container: unpacked names share the items",
        "pair",
        """
+ pair = ([1], [2])
+ first, second = pair
+ first.append(3)
+ second.append(4)
  n = len(first)
""",
    ),
    case(
        "container: starred names are new lists of old items",
        "rows",
        """
+ rows = [[1], [2], [3]]
+ head, *tail = rows
? tail.append([4])
+ tail[0].append(9)
  head = None
""",
    ),
    case(
        "container: the loop variable is an alias of each item",
        "rows",
        """
+ rows = [[1], [2]]
+ for row in rows:
+     row.append(0)
      n = len(row)
""",
    ),
    case(
        "container: a comprehension keeps the items themselves",
        "rows",
        """
+ rows = [[1], [2]]
+ long = [row for row in rows if row[0] > 1]
+ long[0].append(7)
  long.append(1)
""",
    ),
    case(
        "container: dict values are shared",
        "d",
        """
+ d = {"a": [1], "b": [2]}
+ for v in d.values():
+     v.append(0)
""",
    ),
    case(
        "container: a dict view sees later changes",
        "keys",
        """
+ d = {"a": 1}
+ keys = d.keys()
+ d["b"] = 2
  n = len(keys)
""",
    ),
    case(
        "container: zip shares the items",
        "a",
        """
+ a = [[1], [2]]
+ b = [[3], [4]]
+ for x, y in zip(a, b):
+     x.append(0)
?     y.append(0)
""",
    ),
    case(
        "container: concatenation shares the items",
        "a",
        """
+ a = [[1]]
+ b = [[2]]
+ c = a + b
+ c[0].append(5)
  c.append(6)
""",
    ),
    case(
        "container: deque",
        "q",
        """
+ from collections import deque
+ inner = []
+ q = deque([inner], maxlen=3)
+ inner.append(1)
  print(q)
""",
    ),
    case(
        "container: ChainMap shows its maps",
        "chain",
        """
+ from collections import ChainMap
+ low = {"a": 1}
+ high = {}
+ chain = ChainMap(high, low)
+ high["a"] = 2
+ low["b"] = 3
  x = chain["a"]
""",
    ),
    case(
        "container: memoryview of a bytearray",
        "data",
        """
+ data = bytearray(b"abc")
+ view = memoryview(data)
+ view[0] = 120
  n = len(view)
""",
    ),
    case(
        "container: namedtuple",
        "p",
        """
+ from collections import namedtuple
+ P = namedtuple("P", "xs n")
+ xs = []
+ p = P(xs, 1)
+ xs.append(2)
  q = p._replace(n=3)
""",
    ),
    case(
        "container: SimpleNamespace",
        "ns",
        """
+ from types import SimpleNamespace
+ xs = []
+ ns = SimpleNamespace(xs=xs)
+ xs.append(2)
  ys = xs + [1]
""",
    ),
    case(
        "container: MappingProxyType shows its dict",
        "n",
        """
+ from types import MappingProxyType
+ d = {"a": 1}
+ p = MappingProxyType(d)
+ d["b"] = 2
+ n = len(p)
  d["c"] = 3
""",
    ),
)

test_objects = table(
    case(
        "object: an attribute holds the list",
        "box",
        """
+ class Box:
+     pass
+ box = Box()
+ items = []
+ box.items = items
+ items.append(1)
  print(box)
""",
        compare_output=False,
    ),
    case(
        "object: change through the attribute",
        "items",
        """
+ class Box:
+     pass
+ box = Box()
+ items = []
+ box.items = items
+ box.items.append(1)
  box.name = "b"
""",
    ),
    case(
        "object: given to the constructor",
        "items",
        """
+ class Box:
+     def __init__(self, items):
+         self.items = items
+     def add(self, x):
+         self.items.append(x)
+ items = []
+ box = Box(items)
+ box.add(1)
  n = len(box.items)
""",
    ),
    case(
        "object: in __slots__",
        "box",
        """
+ class Box:
+     __slots__ = ("items",)
+ box = Box()
+ items = []
+ box.items = items
+ items.append(1)
""",
    ),
    case(
        "object: a class attribute is shared by all instances",
        "one",
        """
+ class Box:
+     items = []
+ one = Box()
+ two = Box()
+ two.items.append(1)
  three = Box()
  four = 4
""",
    ),
    case(
        "object: a bound method is an alias",
        "a",
        """
+ a = []
+ add = a.append
+ add(1)
  b = []
  b.append(2)
""",
    ),
    case(
        "object: a bound method in a container",
        "a",
        """
+ a = []
+ actions = {"add": a.append}
+ actions["add"](1)
  actions["n"] = 1
""",
    ),
    case(
        "object: a bound method of an instance",
        "c",
        """
+ class Counter:
+     def __init__(self):
+         self.n = 0
+     def inc(self):
+         self.n += 1
+ c = Counter()
+ step = c.inc
+ step()
  m = c.n
+ step()
""",
    ),
    case(
        "object: a partial is an alias",
        "a",
        """
+ from functools import partial
+ a = []
+ add = partial(a.append, 1)
+ add()
  n = len(a)
""",
    ),
    case(
        "object: a default argument is an alias",
        "a",
        """
+ a = []
+ def add(x, into=a):
+     into.append(x)
+ add(1)
  print(a)
""",
    ),
    case(
        "object: a closure is an alias",
        "a",
        """
+ def adder(target):
+     def add(x):
+         target.append(x)
+     return add
+ a = []
+ add = adder(a)
+ add(1)
  b = 2
""",
    ),
    case(
        "object: seen through a closure",
        "reader",
        """
+ def make(target):
+     return lambda: len(target)
+ a = []
+ reader = make(a)
+ a.append(1)
  n = reader()
""",
    ),
    case(
        "object: a function attribute",
        "f",
        """
+ def f():
+     return f.calls
+ calls = []
+ f.calls = calls
+ calls.append(1)
  g = f
""",
    ),
    case(
        "object: an exception carries it",
        "error",
        """
+ a = []
+ error = ValueError(a)
+ a.append(1)
  text = str(error)
""",
    ),
    case(
        "object: vars() is the object",
        "box",
        """
+ class Box:
+     pass
+ box = Box()
+ d = vars(box)
+ d["x"] = 1
  n = len(d)
""",
    ),
    case(
        "object: __dict__ is the object",
        "box",
        """
+ class Box:
+     pass
+ box = Box()
+ box.__dict__["x"] = 1
  y = box.x
""",
    ),
    case(
        "object: two instances do not share",
        "one",
        """
+ class Box:
+     def __init__(self):
+         self.items = []
+ one = Box()
  two = Box()
  two.items.append(1)
+ one.items.append(2)
""",
    ),
    case(
        "object: a linked list",
        "head",
        """
+ class Node:
+     def __init__(self, value, tail=None):
+         self.value = value
+         self.tail = tail
+ end = Node(1)
+ head = Node(2, end)
+ end.tail = Node(3)
  length = 3
""",
    ),
    case(
        "object: a tree with parents, changed at a leaf",
        "root",
        """
+ class Node:
+     def __init__(self, parent=None):
+         self.parent = parent
+         self.children = []
+         if parent is not None:
+             parent.children.append(self)
+ root = Node()
+ child = Node(root)
+ leaf = Node(child)
+ leaf.mark = True
  depth = 3
""",
    ),
    case(
        "object: a function returns its argument",
        "a",
        """
+ def same(x):
+     return x
+ a = []
+ b = same(a)
+ b.append(1)
  c = same(3)
""",
    ),
    case(
        "object: a method returns self",
        "b",
        """
+ class Builder:
+     def __init__(self):
+         self.parts = []
+     def add(self, part):
+         self.parts.append(part)
+         return self
+ b = Builder()
+ c = b.add(1)
+ c.add(2).add(3)
  n = len(c.parts)
""",
    ),
    case(
        "object: setdefault returns what is inside",
        "d",
        """
+ d = {}
+ inner = d.setdefault("k", [])
+ inner.append(1)
  n = len(inner)
""",
    ),
    case(
        "object: dict.get returns what is inside",
        "d",
        """
+ d = {"k": []}
+ inner = d.get("k")
+ inner.append(1)
  m = d.get("missing")
""",
    ),
    case(
        "object: max returns an item",
        "rows",
        """
+ rows = [[1], [2]]
+ best = max(rows)
+ best.append(0)
  worst = min(rows)
""",
    ),
    case(
        "object: the popped item is no longer inside",
        "rows",
        """
+ rows = [[1], [2]]
+ last = rows.pop()
  last.append(0)
""",
    ),
    case(
        "object: the popped item itself",
        "last",
        """
+ rows = [[1], [2]]
+ last = rows.pop()
+ last.append(0)
  rows.append(3)
""",
    ),
    case(
        "object: a weak reference",
        "thing",
        """
+ import weakref
+ class Thing:
+     pass
+ thing = Thing()
+ ref = weakref.ref(thing)
+ ref().x = 1
  y = 2
""",
    ),
    case(
        "object: a global the function names",
        "f",
        """
+ table = {}
+ def f(k):
+     return table[k]
+ table["a"] = 1
  other = {}
  other["b"] = 2
""",
    ),
)
