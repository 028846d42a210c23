"""Changes of an object: those the syntax shows, and those that have to be found out."""

from tests.notation import case, table

test_by_syntax = table(
    case(
        "syntax: item assignment",
        "a",
        """
+ a = [1, 2]
+ a[0] = 5
  b = a[1]
""",
    ),
    case(
        "syntax: slice assignment",
        "a",
        """
+ a = [1, 2, 3]
+ new = [7, 8]
+ a[1:] = new
  old = a[:1]
""",
    ),
    case(
        "syntax: item deletion",
        "a",
        """
+ a = [1, 2]
+ del a[0]
  n = len(a)
""",
    ),
    case(
        "syntax: attribute assignment",
        "p",
        """
+ class P:
+     pass
+ p = P()
+ p.x = 1
  q = P()
  q.x = 2
""",
    ),
    case(
        "syntax: attribute deletion",
        "p",
        """
+ class P:
+     pass
+ p = P()
+ p.x = 1
+ p.y = 2
+ del p.x
  z = p.y
""",
    ),
    case(
        "syntax: nested item assignment",
        "d",
        """
+ d = {"a": {"b": 1}}
+ d["a"]["b"] = 2
  e = {"a": 3}
  e["a"] = 4
""",
    ),
    case(
        "syntax: attribute of an item",
        "people",
        """
+ class P:
+     pass
+ people = [P(), P()]
+ people[1].name = "x"
  n = len(people)
""",
    ),
    case(
        "syntax: the index is read",
        "a",
        """
+ a = [1, 2]
+ i = 1
+ a[i] = 5
  i = 0
""",
    ),
    case(
        "syntax: several targets in one statement",
        "a",
        """
+ a = [0, 0]
+ b = {}
+ a[0], b["k"] = 1, 2
  b["j"] = 3
""",
    ),
    case(
        "syntax: unpacking into items",
        "b",
        """
  a = [0, 0]
+ b = {}
+ c = [0]
+ c[0], b["k"] = 1, 2
  a[0] = 3
""",
    ),
    case(
        "syntax: in-place operator changes the alias",
        "a",
        """
+ a = [1]
+ b = a
+ b += [2]
  c = b + [3]
""",
    ),
    case(
        "syntax: in-place operator on an immutable binds anew",
        "a",
        """
+ a = 1
  b = a
  b += 2
""",
    ),
    case(
        "syntax: in-place operator on a tuple binds anew",
        "a",
        """
+ a = (1,)
  b = a
  b += (2,)
""",
    ),
    case(
        "syntax: in-place operator on a set",
        "s",
        """
+ s = {1, 2}
+ t = s
+ t |= {3}
  u = t | {4}
""",
    ),
    case(
        "syntax: in-place operator on a dict",
        "d",
        """
+ d = {"a": 1}
+ e = d
+ e |= {"b": 2}
  f = e | {"c": 3}
""",
    ),
    case(
        "syntax: in-place operator on an item",
        "d",
        """
+ d = {"n": 0}
+ d["n"] += 1
  m = d["n"]
+ d["n"] *= 5
""",
    ),
    case(
        "syntax: in-place operator on an attribute",
        "p",
        """
+ class P:
+     n = 0
+ p = P()
+ p.n += 1
  m = p.n
+ p.n += 2
""",
    ),
    case(
        "syntax: in-place list in a dict is shared",
        "a",
        """
+ a = [1]
+ d = {"k": a}
+ d["k"] += [2]
  d["j"] = 3
""",
    ),
    case(
        "syntax: without __iadd__ a new object",
        "a",
        """
+ class V:
+     def __init__(self, n):
+         self.n = n
+     def __add__(self, m):
+         return V(self.n + m)
+ a = V(1)
  b = a
  b += 2
""",
    ),
    case(
        "syntax: with __iadd__ the same object",
        "a",
        """
+ class V:
+     def __init__(self, n):
+         self.n = n
+     def __iadd__(self, m):
+         self.n += m
+         return self
+ a = V(1)
+ b = a
+ b += 2
  c = b.n
""",
    ),
    case(
        "syntax: matrix of lists",
        "grid",
        """
+ grid = [[0] * 3 for _ in range(2)]
+ for r in range(2):
+     for c in range(3):
+         grid[r][c] = r * c
  size = len(grid)
""",
    ),
    case(
        "syntax: loop over an item target",
        "d",
        """
+ d = {}
+ for d["i"] in range(3):
+     pass
  n = d["i"]
""",
    ),
    case(
        "syntax: with an attribute target",
        "p",
        """
+ from contextlib import nullcontext
+ class P:
+     pass
+ p = P()
+ with nullcontext(5) as p.value:
      n = 1
>     pass
  m = p.value
""",
    ),
)

test_by_knowledge = table(
    case(
        "list: append, extend, insert",
        "a",
        """
+ a = []
+ a.append(1)
+ a.extend([2, 3])
+ a.insert(0, 0)
  b = []
  b.append(1)
  n = a.index(2)
""",
    ),
    case(
        "list: remove, pop, clear",
        "a",
        """
+ a = [1, 2, 3]
+ a.remove(1)
+ a.pop()
  n = a.count(2)
  c = a.copy()
""",
    ),
    case(
        "list: sort and reverse",
        "a",
        """
+ a = [3, 1, 2]
+ a.sort()
+ a.reverse()
  s = sorted(a)
  r = list(reversed(a))
""",
    ),
    case(
        "list: the popped value",
        "x",
        """
+ a = [1, 2, 3]
+ a.append(4)
+ x = a.pop()
  a.append(5)
""",
    ),
    case(
        "list: pops in a row",
        "y",
        """
+ a = [1, 2, 3]
+ x = a.pop()
+ y = a.pop()
  z = a.pop()
""",
    ),
    case(
        "list: clear after changes",
        "a",
        """
+ a = [1]
? a.append(2)
+ a.clear()
+ a.append(3)
""",
    ),
    case(
        "dict: update, pop, setdefault, popitem",
        "d",
        """
+ d = {"a": 1}
+ d.update(b=2)
+ d.update({"c": 3})
+ d.setdefault("e", [])
+ d.pop("a")
+ d.popitem()
  k = list(d.keys())
  g = d.get("b")
""",
    ),
    case(
        "dict: items seen by a for loop",
        "pairs",
        """
+ d = {"a": 1}
+ d["b"] = 2
+ pairs = []
+ for k, v in d.items():
+     pairs.append((k, v))
      print(k)
  d["c"] = 3
""",
    ),
    case(
        "dict: __setitem__ by name",
        "d",
        """
+ d = {}
+ d.__setitem__("a", 1)
  n = d.__len__()
""",
    ),
    case(
        "dict: __ior__ by name",
        "d",
        """
+ d = {}
+ d.__ior__({"a": 1})
  n = d.__len__()
""",
    ),
    case(
        "set: add, discard, update",
        "s",
        """
+ s = {1}
+ s.add(2)
+ s.discard(1)
+ s.update([5, 6])
+ s.difference_update({6})
  t = s.union({7})
  u = s & {5}
""",
    ),
    case(
        "bytearray",
        "b",
        """
+ b = bytearray(b"ab")
+ b.append(99)
+ b.extend(b"de")
+ b[0] = 120
  t = b.decode()
  u = b.upper()
""",
    ),
    case(
        "deque",
        "q",
        """
+ from collections import deque
+ q = deque()
+ q.append(1)
+ q.appendleft(0)
+ q.rotate(1)
+ q.popleft()
  n = q.count(1)
""",
    ),
    case(
        "Counter",
        "c",
        """
+ from collections import Counter
+ c = Counter("abca")
+ c.update("aa")
+ c.subtract("b")
  top = c.most_common(1)
  e = list(c.elements())
""",
    ),
    case(
        "OrderedDict",
        "d",
        """
+ from collections import OrderedDict
+ d = OrderedDict(a=1, b=2)
+ d.move_to_end("a")
  first = next(iter(d))
""",
    ),
    case(
        "defaultdict: reading makes an item",
        "keys",
        """
+ from collections import defaultdict
+ d = defaultdict(list)
+ d["a"]
+ keys = list(d)
  n = len(keys)
""",
    ),
    case(
        "defaultdict: append to a new item",
        "d",
        """
+ from collections import defaultdict
+ d = defaultdict(list)
+ d["a"].append(1)
+ for w in ["x", "yy", "zz"]:
+     d[len(w)].append(w)
      n = len(w)
""",
    ),
    case(
        "array.array",
        "a",
        """
+ from array import array
+ a = array("i", [1, 2])
+ a.append(3)
+ a[0] = 9
  t = a.tolist()
""",
    ),
    case(
        "strings are never changed",
        "s",
        """
+ s = "abc"
  s.upper()
  s.replace("a", "b")
  t = s + "d"
""",
    ),
    case(
        "a frozenset is never changed",
        "s",
        """
+ s = frozenset([1])
  t = s | {2}
  s.union([3])
""",
    ),
    case(
        "setattr and delattr",
        "p",
        """
+ class P:
+     pass
+ p = P()
+ setattr(p, "x", 1)
+ setattr(p, "y", 2)
+ delattr(p, "x")
  h = hasattr(p, "x")
  g = getattr(p, "y")
""",
    ),
    case(
        "object.__setattr__",
        "p",
        """
+ from dataclasses import dataclass
+ @dataclass(frozen=True)
+ class P:
+     x: int
+ p = P(1)
+ object.__setattr__(p, "x", 2)
  h = hash(p)
""",
    ),
    case(
        "heapq",
        "h",
        """
+ import heapq
+ h = [5, 3, 8]
+ heapq.heapify(h)
+ heapq.heappush(h, 1)
+ heapq.heappop(h)
  small = heapq.nsmallest(1, h)
""",
    ),
    case(
        "bisect.insort",
        "a",
        """
+ import bisect
+ a = [1, 3]
+ bisect.insort(a, 2)
  i = bisect.bisect(a, 2)
""",
    ),
    case(
        "operator.setitem",
        "d",
        """
+ import operator
+ d = {}
+ operator.setitem(d, "k", 1)
  v = operator.getitem(d, "k")
""",
    ),
    case(
        "operator.iadd",
        "a",
        """
+ import operator
+ a = [1]
+ b = operator.iadd(a, [2])
  c = operator.add(a, [3])
  b = None
""",
    ),
    case(
        "list.append called on the class",
        "a",
        """
+ a = []
+ list.append(a, 1)
  n = list.index(a, 1)
""",
    ),
    case(
        "a generator object of random numbers: draws are chained",
        "b",
        """
+ import random
+ rng = random.Random(7)
+ a = rng.random()
+ b = rng.random()
  c = rng.random()
""",
    ),
    case(
        "shuffle with a generator of one's own",
        "a",
        """
+ import random
+ rng = random.Random(7)
+ a = [1, 2, 3, 4]
+ rng.shuffle(a)
  b = rng.choice(a)
""",
    ),
)

test_detected = table(
    case(
        "detected: a function appends to its argument",
        "d",
        """
+ def add(d):
+     d["z"] = 1
+ d = {}
+ add(d)
  e = {}
  add(e)
""",
    ),
    case(
        "detected: a function that only reads its argument",
        "d",
        """
  def total(d):
      return sum(d.values())
+ d = {"a": 1}
  total(d)
  t = total(d)
""",
    ),
    case(
        "detected: a function that changes something deep inside",
        "config",
        """
+ def tune(config):
+     config["model"]["layers"][0] += 1
+ config = {"model": {"layers": [1, 2]}}
+ tune(config)
  n = len(config)
""",
    ),
    case(
        "detected: a function that sometimes changes its argument",
        "a",
        """
+ def maybe(xs, x):
+     if x > 1:
+         xs.append(x)
+ a = []
  maybe(a, 0)
  maybe(a, 1)
+ maybe(a, 2)
+ maybe(a, 3)
""",
    ),
    case(
        "detected: only in the last rounds of a loop",
        "log",
        """
+ def step(i):
+     if i > 2:
+         log.append(i)
+ log = []
+ for i in range(5):
+     step(i)
      n = i * 2
""",
    ),
    case(
        "detected: by keyword argument",
        "a",
        """
+ def add(*, into, x):
+     into.append(x)
+ a = []
+ b = 1
+ add(x=b, into=a)
""",
    ),
    case(
        "detected: by star arguments",
        "a",
        """
+ def add(into, x):
+     into.append(x)
+ a = []
+ args = (a, 1)
+ add(*args)
+ kw = {"into": a, "x": 2}
+ add(**kw)
  kw["x"] = 3
""",
    ),
    case(
        "detected: two arguments, one of them changed",
        "b",
        """
+ def move(src, dst):
+     dst.extend(src)
+ a = [1]
+ b = []
+ move(a, b)
  c = []
  move(b, c)
""",
    ),
    case(
        "detected: the other argument is untouched",
        "a",
        """
  def move(src, dst):
      dst.extend(src)
+ a = [1]
  b = []
  move(a, b)
""",
    ),
    case(
        "detected: a method of an object",
        "c",
        """
+ class Counter:
+     def __init__(self):
+         self.n = 0
+     def inc(self):
+         self.n += 1
+     def show(self):
+         return self.n
+ c = Counter()
+ c.inc()
  c.show()
+ c.inc()
  n = c.show()
""",
    ),
    case(
        "detected: a property that counts",
        "b",
        """
+ class Ids:
+     last = 0
+     @property
+     def fresh(self):
+         self.last += 1
+         return self.last
+ ids = Ids()
+ a = ids.fresh
+ b = ids.fresh
  c = ids.fresh
""",
    ),
    case(
        "detected: __getitem__ that counts",
        "s",
        """
+ class Spy:
+     def __init__(self):
+         self.seen = []
+     def __getitem__(self, k):
+         self.seen.append(k)
+         return k
+ s = Spy()
+ x = s[1]
+ s[2]
  y = 5
""",
    ),
    case(
        "detected: __getattr__ that caches",
        "p",
        """
+ class Lazy:
+     def __getattr__(self, name):
+         if name.startswith("_"):
+             raise AttributeError(name)
+         self.__dict__[name] = value = name.upper()
+         return value
+ p = Lazy()
+ p.colour
  z = 1
""",
    ),
    case(
        "detected: a comparison that counts",
        "log",
        """
+ log = []
+ class V:
+     def __init__(self, n):
+         self.n = n
+     def __lt__(self, other):
+         log.append((self.n, other.n))
+         return self.n < other.n
+ a = V(1)
+ b = V(2)
+ a < b
  c = 3
""",
    ),
    case(
        "detected: an operator that counts",
        "log",
        """
+ log = []
+ class V:
+     def __add__(self, other):
+         log.append(other)
+         return self
+ v = V()
+ w = v + 1
+ v + 2
  u = 3
""",
    ),
    case(
        "detected: truth that counts",
        "log",
        """
+ log = []
+ class V:
+     def __bool__(self):
+         log.append(1)
+         return True
+ v = V()
+ if v:
      x = 1
>     pass
""",
    ),
    case(
        "detected: membership that counts",
        "log",
        """
+ log = []
+ class V:
+     def __contains__(self, x):
+         log.append(x)
+         return True
+ v = V()
+ found = 3 in v
  found = None
""",
    ),
    case(
        "detected: iteration that counts",
        "v",
        """
+ class V:
+     passes = 0
+     def __iter__(self):
+         self.passes += 1
+         return iter([1, 2])
+ v = V()
+ for x in v:
+     pass
+ total = sum(v)
  n = 3
""",
    ),
    case(
        "detected: formatting that counts",
        "log",
        """
+ log = []
+ class V:
+     def __format__(self, spec):
+         log.append(spec)
+         return "v"
+ v = V()
+ text = f"{v:>3}"
  n = 3
""",
    ),
    case(
        "detected: sorted with a key that counts",
        "log",
        """
+ log = []
+ def key(x):
+     log.append(x)
+     return -x
+ r = sorted([1, 2], key=key)
  n = 3
""",
    ),
    case(
        "detected: a callback for a library",
        "seen",
        """
+ import re
+ seen = []
+ def replace(match):
+     seen.append(match.group())
+     return "x"
+ re.sub("[0-9]", replace, "a1b2")
  n = re.sub("[0-9]", "y", "a1b2")
""",
    ),
    case(
        "detected: map with a callback, consumed",
        "seen",
        """
+ seen = []
+ def note(x):
+     seen.append(x)
+     return x
+ list(map(note, [1, 2]))
  m = list(map(str, [1, 2]))
""",
    ),
    case(
        "detected: a function stored in a dict",
        "a",
        """
+ a = []
+ def add(x):
+     a.append(x)
+ handlers = {"add": add}
+ handlers["add"](1)
  n = len(handlers)
""",
    ),
    case(
        "detected: a lambda stored in a list",
        "a",
        """
+ a = []
+ todo = [lambda: a.append(1), lambda: a.append(2)]
+ for f in todo:
+     f()
  n = len(todo)
""",
    ),
    case(
        "detected: a library object nobody knows",
        "text",
        """
+ import io
+ out = io.StringIO()
+ out.write("a")
+ out.write("b")
+ text = out.getvalue()
  out.write("c")
""",
    ),
    case(
        "detected: csv writer into a buffer",
        "text",
        """
+ import csv, io
+ buffer = io.StringIO()
+ writer = csv.writer(buffer)
+ writer.writerow([1, 2])
+ writer.writerow([3, 4])
+ text = buffer.getvalue()
  writer.writerow([5, 6])
""",
    ),
    case(
        "detected: print into a buffer",
        "text",
        """
+ import io
+ buffer = io.StringIO()
  print("to the screen")
+ print("a", file=buffer)
+ text = buffer.getvalue()
""",
    ),
    case(
        "detected: pickle into a buffer",
        "data",
        """
+ import io, pickle
+ buffer = io.BytesIO()
+ pickle.dump([1, 2], buffer)
+ data = buffer.getvalue()
  n = pickle.loads(data)
""",
    ),
    case(
        "detected: a queue",
        "x",
        """
+ import queue
+ q = queue.Queue()
+ q.put(1)
+ q.put(2)
+ x = q.get()
  q.put(3)
""",
    ),
    case(
        "detected: a hash object",
        "digest",
        """
+ import hashlib
+ h = hashlib.sha256()
+ h.update(b"a")
+ h.update(b"b")
+ digest = h.hexdigest()
  h.update(b"c")
""",
    ),
    case(
        "detected: ElementTree",
        "text",
        """
+ import xml.etree.ElementTree as ET
+ root = ET.Element("r")
+ child = ET.SubElement(root, "c")
+ child.text = "t"
+ child.set("k", "v")
+ text = ET.tostring(root)
  root.tag = "s"
""",
    ),
    case(
        "detected: argparse",
        "args",
        """
+ import argparse
+ parser = argparse.ArgumentParser()
+ parser.add_argument("--n", type=int, default=3)
+ parser.add_argument("--m", default="x")
+ args = parser.parse_args([])
  other = argparse.ArgumentParser()
  other.add_argument("--z")
""",
    ),
    case(
        "detected: a decimal context of one's own",
        "x",
        """
+ from decimal import Context, Decimal
+ ctx = Context(prec=5)
+ ctx.prec = 3
+ x = ctx.divide(Decimal(1), Decimal(3))
  ctx.prec = 9
""",
    ),
    case(
        "detected: an assertion that pops",
        "a",
        """
+ a = [1, 2]
+ assert a.pop() == 2
  assert len(a) == 1
""",
    ),
    case(
        "detected: a comprehension used for its effect",
        "a",
        """
+ a = []
+ [a.append(i) for i in range(3)]
  [str(i) for i in range(3)]
""",
    ),
    case(
        "detected: an effect in a subscript",
        "a",
        """
+ a = [0, 1, 2]
+ b = [5, 6, 7]
+ x = b[a.pop()]
  y = b[a[0]]
""",
    ),
    case(
        "detected: an effect in a default value",
        "a",
        """
+ a = [1]
+ def f(x=a.pop()):
+     return x
  def g(x=len(a)):
      return x
""",
    ),
    case(
        "detected: an effect in a decorator",
        "registry",
        """
+ registry = {}
+ def register(f):
+     registry[f.__name__] = f
+     return f
+ @register
+ def one():
+     return 1
  def two():
      return 2
""",
    ),
    case(
        "detected: an effect in a class body",
        "names",
        """
+ names = []
+ class A:
+     names.append("A")
  class B:
      pass
""",
    ),
    case(
        "detected: print is only harmless when it is print",
        "log",
        """
+ log = []
+ def print(*things):
+     log.append(things)
+ print("a")
  n = len(log)
""",
    ),
    case(
        "detected: len is only harmless when it is len",
        "calls",
        """
+ calls = []
+ def len(x):
+     calls.append(x)
+     return 0
+ n = len("a")
  m = repr(calls)
""",
    ),
    case(
        "detected: print shows an object that counts its showings",
        "log",
        """
+ log = []
+ class V:
+     def __str__(self):
+         log.append(1)
+         return "v"
+ v = V()
+ print(v)
  print("v")
""",
    ),
    case(
        "detected: nothing harmless stays",
        "a",
        """
+ a = [3, 1]
  print(a, len(a), sum(a), min(a), max(a), sorted(a), str(a), repr(a), type(a), id(a) > 0)
  isinstance(a, list)
  hasattr(a, "append")
  any(a)
  all(a)
  list(a)
  tuple(a)
  set(a)
  enumerate(a)
  reversed(a)
  abs(a[0])
  a
  a[0]
  a == [1]
  assert a
  assert len(a) == 2, "two"
""",
    ),
    case(
        "detected: the change is undone, but it was a change",
        "a",
        """
+ a = [1]
? a.append(2)
? a.pop()
+ a.append(3)
""",
    ),
    case(
        "detected: shared between threads",
        "results",
        """
+ from concurrent.futures import ThreadPoolExecutor
+ results = {}
+ def work(i):
+     results[i] = i * i
+ with ThreadPoolExecutor(1) as pool:
+     list(pool.map(work, range(3)))
  n = len(results)
""",
    ),
)
