"""Iterators, generators and other opaque things: whoever uses them, uses them up."""

from tests.notation import case, table

test_iterators = table(
    case(
        "iterator: next twice",
        "b",
        """
+ it = iter([1, 2, 3])
+ a = next(it)
+ b = next(it)
  c = next(it)
""",
    ),
    case(
        "iterator: next as a statement",
        "rest",
        """
+ it = iter([1, 2, 3])
+ next(it)
+ rest = list(it)
""",
    ),
    case(
        "iterator: what is left of it",
        "it",
        """
+ it = iter([1, 2, 3])
+ a = next(it)
  b = a + 1
""",
    ),
    case(
        "iterator: looked at without using it",
        "a",
        """
+ it = iter([1, 2, 3])
  print(type(it))
  isinstance(it, list)
+ a = next(it)
""",
    ),
    case(
        "iterator: walking the list does not change it",
        "b",
        """
+ xs = [1, 2]
  a = list(xs)
  for x in xs:
      print(x)
+ b = list(xs)
""",
    ),
    case(
        "iterator: walking the iterator does",
        "b",
        """
+ it = iter([1, 2])
+ for x in it:
+     break
+ b = list(it)
""",
        sound_only=True,
    ),
    case(
        "iterator: consumed by a loop",
        "b",
        """
+ it = iter([1, 2])
+ for x in it:
      print(x)
>     pass
+ b = list(it)
""",
    ),
    case(
        "iterator: half by a loop, half by list",
        "rest",
        """
+ it = iter(range(6))
+ head = []
+ for x in it:
?     head.append(x)
+     if x == 2:
+         break
+ rest = list(it)
""",
        sound_only=True,
    ),
    case(
        "iterator: a default for next",
        "b",
        """
+ it = iter([1])
+ a = next(it, None)
+ b = next(it, None)
  c = next(it, None)
""",
    ),
    case(
        "iterator: the list grows under it",
        "r",
        """
+ xs = [1]
+ it = iter(xs)
+ xs.append(2)
+ r = list(it)
  xs.append(3)
""",
    ),
    case(
        "iterator: in a container",
        "b",
        """
+ box = {"it": iter([1, 2, 3])}
+ a = next(box["it"])
+ b = next(box["it"])
  box["n"] = 1
""",
    ),
    case(
        "iterator: two names",
        "b",
        """
+ it = iter([1, 2, 3])
+ same = it
+ a = next(same)
+ b = next(it)
""",
    ),
    case(
        "iterator: iter() of an iterator is itself",
        "b",
        """
+ it = iter([1, 2, 3])
+ same = iter(it)
+ next(same)
+ b = next(it)
  c = next(same)
""",
    ),
    case(
        "iterator: two iterators over one list",
        "b",
        """
+ xs = [1, 2]
  one = iter(xs)
+ two = iter(xs)
  next(one)
+ b = next(two)
""",
    ),
    case(
        "iterator: zip of one iterator with itself",
        "pairs",
        """
+ it = iter([1, 2, 3, 4])
+ pairs = list(zip(it, it))
  rest = list(it)
""",
    ),
    case(
        "iterator: zip half used",
        "rest",
        """
+ a = iter([1, 2, 3])
+ b = iter("xyz")
+ z = zip(a, b)
+ first = next(z)
+ rest = list(a)
  more = list(b)
""",
    ),
    case(
        "iterator: enumerate half used",
        "b",
        """
+ e = enumerate("abc")
+ a = next(e)
+ b = next(e)
  c = next(e)
""",
    ),
    case(
        "iterator: map is lazy",
        "r",
        """
+ xs = [1]
+ m = map(str, xs)
+ xs.append(2)
+ r = list(m)
  s = list(m)
""",
    ),
    case(
        "iterator: map with a function that notes",
        "log",
        """
+ log = []
+ def f(x):
+     log.append(x)
+     return x
+ m = map(f, [1, 2, 3])
+ next(m)
+ total = sum(m)
  n = len(log)
""",
    ),
    case(
        "iterator: filter",
        "b",
        """
+ limit = 2
+ f = filter(lambda x: x > limit, [1, 3, 2, 4])
+ a = next(f)
? limit = 3
+ b = next(f)
""",
        sound_only=True,
    ),
    case(
        "iterator: reversed",
        "b",
        """
+ r = reversed([1, 2, 3])
+ next(r)
+ b = next(r)
""",
    ),
    case(
        "iterator: membership uses it up",
        "rest",
        """
+ it = iter([1, 2, 3])
+ found = 2 in it
+ rest = list(it)
  found = None
""",
    ),
    case(
        "iterator: unpacking uses it up",
        "rest",
        """
+ it = iter([1, 2, 3])
+ a, *b = it
+ rest = list(it)
""",
    ),
    case(
        "iterator: a starred argument uses it up",
        "rest",
        """
+ it = iter([1, 2, 3])
+ m = max(*it)
+ rest = list(it)
  m = 0
""",
    ),
    case(
        "iterator: a starred display uses it up",
        "rest",
        """
+ it = iter([1, 2, 3])
+ xs = [*it, 4]
+ rest = list(it)
  xs.append(1)
""",
    ),
    case(
        "iterator: sum, any and friends use it up",
        "rest",
        """
+ it = iter([0, 1, 2, 3])
+ any(it)
+ rest = list(it)
""",
    ),
    case(
        "iterator: join uses it up",
        "rest",
        """
+ it = iter("abc")
+ text = "".join(it)
+ rest = list(it)
  text = text.upper()
""",
    ),
    case(
        "iterator: extend uses it up",
        "rest",
        """
+ xs = []
+ it = iter("abc")
+ xs.extend(it)
+ rest = list(it)
  xs.append("d")
""",
    ),
    case(
        "iterator: a comprehension uses it up",
        "rest",
        """
+ it = iter([1, 2])
+ xs = [x * 2 for x in it]
+ rest = list(it)
  xs = None
""",
    ),
    case(
        "iterator: slice assignment uses it up",
        "rest",
        """
+ it = iter([1, 2])
+ xs = [0]
+ xs[:] = it
+ rest = list(it)
""",
    ),
    case(
        "iterator: dict iterator",
        "b",
        """
+ d = {"a": 1, "b": 2}
+ it = iter(d.items())
+ a = next(it)
+ b = next(it)
  d["c"] = 3
""",
    ),
    case(
        "iterator: a user class with __next__",
        "b",
        """
+ class Count:
+     n = 0
+     def __iter__(self):
+         return self
+     def __next__(self):
+         self.n += 1
+         return self.n
+ c = Count()
+ a = next(c)
+ b = next(c)
  d = next(c)
""",
    ),
    case(
        "iterator: iter with a sentinel",
        "out",
        """
+ source = [0, 2, 1]
+ out = []
+ for x in iter(source.pop, 0):
+     out.append(x)
      print(x)
  n = len(source)
""",
    ),
)

test_itertools = table(
    case(
        "itertools: count",
        "b",
        """
+ import itertools
+ ids = itertools.count()
+ a = next(ids)
+ b = next(ids)
  c = next(ids)
""",
    ),
    case(
        "itertools: count used inside a function",
        "b",
        """
+ import itertools
+ ids = itertools.count()
+ def fresh():
+     return next(ids)
+ a = fresh()
+ b = fresh()
  c = fresh()
""",
    ),
    case(
        "itertools: islice takes from what it wraps",
        "b",
        """
+ import itertools
+ it = iter(range(10))
+ a = list(itertools.islice(it, 3))
+ b = list(itertools.islice(it, 3))
  c = list(itertools.islice(it, 3))
""",
    ),
    case(
        "itertools: tee",
        "r",
        """
+ import itertools
+ a, b = itertools.tee(iter([1, 2, 3]))
+ x = next(a)
+ r = list(b)
""",
        sound_only=True,
    ),
    case(
        "itertools: chain",
        "r",
        """
+ import itertools
+ a = iter([1, 2])
+ c = itertools.chain(a, [3])
+ next(a)
+ r = list(c)
""",
    ),
    case(
        "itertools: cycle",
        "r",
        """
+ import itertools
+ c = itertools.cycle("ab")
+ first = next(c)
+ r = [next(c) for _ in range(3)]
  last = next(c)
""",
    ),
    case(
        "itertools: groupby in a loop",
        "groups",
        """
+ import itertools
+ words = ["ab", "ac", "b"]
+ groups = {}
+ for k, g in itertools.groupby(words, key=lambda w: w[0]):
+     groups[k] = list(g)
      print(k)
""",
    ),
    case(
        "itertools: accumulate",
        "r",
        """
+ import itertools
+ xs = [1, 2, 3]
+ acc = itertools.accumulate(xs)
+ next(acc)
+ r = next(acc)
  s = next(acc)
""",
    ),
    case(
        "itertools: product is pure when listed",
        "r",
        """
+ import itertools
+ xs = [1, 2]
+ r = list(itertools.product(xs, xs))
  n = len(list(itertools.permutations(xs)))
""",
    ),
)

test_generators = table(
    case(
        "generator: next twice",
        "b",
        """
+ def gen():
+     yield 1
+     yield 2
+     yield 3
+ g = gen()
+ a = next(g)
+ b = next(g)
  c = next(g)
""",
    ),
    case(
        "generator: two from one function",
        "b",
        """
+ def gen():
+     yield 1
+     yield 2
+ g = gen()
  h = gen()
  next(h)
+ b = next(g)
""",
    ),
    case(
        "generator: what is left",
        "rest",
        """
+ def gen(n):
+     for i in range(n):
+         yield i
+ g = gen(5)
+ for x in g:
+     if x == 2:
+         break
+ rest = list(g)
  empty = list(g)
""",
    ),
    case(
        "generator: send",
        "b",
        """
+ def running():
+     total = 0
+     while True:
+         x = yield total
+         total += x
+ g = running()
+ next(g)
+ g.send(1)
+ b = g.send(2)
  g.send(3)
""",
    ),
    case(
        "generator: changes a global when advanced",
        "log",
        """
+ log = []
+ def gen():
+     log.append("a")
+     yield 1
+     log.append("b")
+     yield 2
+ g = gen()
+ next(g)
+ x = next(g)
  y = 3
""",
    ),
    case(
        "generator: not advanced, nothing happened",
        "log",
        """
+ log = []
  def gen():
      log.append("a")
      yield 1
  g = gen()
""",
    ),
    case(
        "generator: reads a global when advanced",
        "b",
        """
+ k = 1
+ def gen():
+     while True:
+         yield k
+ g = gen()
+ a = next(g)
+ k = 5
+ b = next(g)
""",
        sound_only=True,
    ),
    case(
        "generator: expression is lazy",
        "r",
        """
+ xs = [1, 2]
+ g = (x * 2 for x in xs)
+ xs.append(3)
+ r = list(g)
  xs.append(4)
""",
    ),
    case(
        "generator: expression half used",
        "b",
        """
+ g = (x * x for x in range(5))
+ a = next(g)
+ b = next(g)
  c = next(g)
""",
    ),
    case(
        "generator: expression with a late name",
        "r",
        """
? k = 1
+ g = (x * k for x in [1, 2])
+ k = 10
+ r = list(g)
""",
    ),
    case(
        "generator: its argument is its state",
        "r",
        """
+ def walk(xs):
+     while xs:
+         yield xs.pop()
+ items = [1, 2, 3]
+ g = walk(items)
+ next(g)
+ r = list(items)
""",
    ),
    case(
        "generator: yield from",
        "r",
        """
+ def inner():
+     yield 1
+     yield 2
+ def outer():
+     yield from inner()
+     yield 3
+ g = outer()
+ next(g)
+ r = list(g)
  def other():
      yield 4
""",
    ),
    case(
        "generator: pipeline",
        "r",
        """
+ def evens(xs):
+     for x in xs:
+         if x % 2 == 0:
+             yield x
+ def squares(xs):
+     for x in xs:
+         yield x * x
+ source = iter(range(10))
+ p = squares(evens(source))
+ next(p)
+ r = next(p)
  s = next(p)
""",
    ),
    case(
        "generator: the source is used up by the pipeline",
        "left",
        """
+ source = iter(range(6))
+ doubled = (x * 2 for x in source)
+ a = next(doubled)
+ b = next(doubled)
+ left = list(source)
  c = a + b
""",
    ),
    case(
        "generator: close runs finally",
        "log",
        """
+ log = []
+ def gen():
+     try:
+         yield 1
+     finally:
+         log.append("closed")
+ g = gen()
+ next(g)
+ g.close()
  x = 1
""",
    ),
    case(
        "generator: advanced by a function",
        "b",
        """
+ def gen():
+     yield from [1, 2, 3]
+ def take(g):
+     return next(g)
+ g = gen()
+ a = take(g)
+ b = take(g)
  c = take(g)
""",
    ),
    case(
        "generator: in an object",
        "b",
        """
+ class Source:
+     def __init__(self):
+         self.gen = (i for i in range(9))
+     def take(self):
+         return next(self.gen)
+ s = Source()
+ a = s.take()
+ b = s.take()
  c = s.take()
""",
    ),
    case(
        "generator: zip with a list",
        "left",
        """
+ g = (i for i in range(5))
+ pairs = list(zip("ab", g))
+ left = list(g)
  pairs = None
""",
    ),
    case(
        "generator: any stops early",
        "left",
        """
+ g = (i for i in range(5))
+ hit = any(i > 1 for i in g)
+ left = list(g)
  hit = None
""",
    ),
    case(
        "generator: StringIO lines",
        "b",
        """
+ import io
+ f = io.StringIO("a\\nb\\nc\\n")
+ a = f.readline()
+ b = f.readline()
  c = f.readline()
""",
    ),
    case(
        "generator: StringIO walked",
        "rest",
        """
+ import io
+ f = io.StringIO("head\\na\\nb\\n")
+ next(f)
+ rest = [line.strip() for line in f]
""",
    ),
    case(
        "generator: csv reader",
        "rows",
        """
+ import csv, io
+ reader = csv.reader(io.StringIO("h1,h2\\n1,2\\n"))
+ header = next(reader)
+ rows = list(reader)
  more = list(reader)
""",
    ),
    case(
        "generator: re.finditer",
        "b",
        """
+ import re
+ it = re.finditer("[a-z]", "abc")
+ next(it)
+ b = next(it).group()
  c = next(it)
""",
    ),
)

test_iterated_under_another_name = table(
    case(
        "a list that grows while it is iterated over, and is let go",
        "rounds",
        """
+ xs = [1, 2]
+ rounds = 0
+ for x in xs:
+     xs.append(3)
+     xs = [4]
+     rounds += 1
+     if rounds > 9:
+         break
""",
    ),
    case(
        "a list that grows under its other name",
        "rounds",
        """
+ xs = [1, 2]
+ ys = xs
+ rounds = 0
+ for x in xs:
+     xs = []
+     rounds += 1
+     if rounds < 5:
+         ys.append(3)
  n = len(xs)
""",
    ),
    case(
        "many rounds over a list that grows under its other name",
        "rounds",
        """
+ xs = [1, 2]
+ ys = xs
+ rounds = 0
+ for x in xs:
+     xs = []
+     rounds += 1
+     if rounds < 500:
+         ys.append(3)
""",
    ),
)
