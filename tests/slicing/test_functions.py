"""User functions: the globals they use and change, their closures, their defaults, what they return."""

from tests.notation import case, table

test_globals_read = table(
    case(
        "read: a global the function uses",
        "y",
        """
+ k = 3
  m = 4
+ def f(x):
+     return x * k
+ y = f(2)
""",
    ),
    case(
        "read: the value at the moment of the call",
        "y",
        """
? k = 3
+ def f(x):
+     return x * k
+ k = 4
+ y = f(2)
  k = 5
""",
    ),
    case(
        "read: a global changed in place before the call",
        "y",
        """
+ table = {}
+ def f(k):
+     return table.get(k)
+ table["a"] = 1
+ y = f("a")
  table["b"] = 2
""",
    ),
    case(
        "read: through another function",
        "y",
        """
+ k = 3
+ def g(x):
+     return x * k
+ def f(x):
+     return g(x) + 1
  def h(x):
      return x
+ y = f(2)
""",
    ),
    case(
        "read: defined later than its user",
        "y",
        """
+ def f(x):
+     return g(x) + 1
+ def g(x):
+     return x * k
+ k = 3
+ y = f(2)
""",
    ),
    case(
        "read: recursion",
        "y",
        """
+ base = 1
+ def fact(n):
+     return base if n < 2 else n * fact(n - 1)
  fact(3)
+ y = fact(5)
""",
    ),
    case(
        "read: mutual recursion",
        "y",
        """
+ def even(n):
+     return n == 0 or odd(n - 1)
+ def odd(n):
+     return n != 0 and even(n - 1)
  def neither(n):
      return False
+ y = even(6)
""",
    ),
    case(
        "read: the function was redefined",
        "y",
        """
  def f(x):
      return x
+ def f(x):
+     return x + 1
+ y = f(1)
""",
    ),
    case(
        "read: called before it was redefined",
        "y",
        """
+ def f(x):
+     return x
+ y = f(1)
  def f(x):
      return x + 1
""",
    ),
    case(
        "read: a helper was redefined between two calls",
        "y",
        """
? def g():
?     return 1
+ def f():
+     return g()
  x = f()
+ def g():
+     return 2
+ y = f()
""",
    ),
    case(
        "read: in a nested function",
        "y",
        """
+ k = 2
+ def outer():
+     def inner(x):
+         return x + k
+     return inner
+ f = outer()
+ y = f(1)
""",
    ),
    case(
        "read: in a comprehension inside",
        "y",
        """
+ k = 2
+ def f(xs):
+     return [x * k for x in xs]
+ y = f([1, 2])
""",
    ),
    case(
        "read: in a lambda",
        "y",
        """
+ k = 2
+ f = lambda x: x + k
+ y = f(1)
  g = lambda x: x
""",
    ),
    case(
        "read: a local hides the global",
        "y",
        """
  k = [1]
+ def f():
+     k = 5
+     return k
  k.append(2)
+ y = f()
""",
    ),
    case(
        "read: a parameter hides the global",
        "y",
        """
  k = [1]
+ def f(k):
+     return k
+ y = f(3)
""",
    ),
    case(
        "read: an attribute of the same name is no global",
        "y",
        """
  size = 5
+ class P:
+     pass
+ p = P()
+ p.size = 2
+ def f(p):
+     return p.size
+ y = f(p)
""",
    ),
    case(
        "read: the default is evaluated once",
        "y",
        """
+ k = 1
+ def f(x=k):
+     return x
  k = 2
+ y = f()
""",
    ),
    case(
        "read: an imported module",
        "y",
        """
+ import math
  import json
+ def area(r):
+     return math.pi * r ** 2
+ y = area(2)
""",
    ),
    case(
        "read: a class used inside",
        "y",
        """
+ class P:
+     n = 3
+ def f():
+     return P().n
+ y = f()
""",
    ),
    case(
        "read: a constant read through globals of a method",
        "y",
        """
+ rate = 2
+ class P:
+     def price(self):
+         return rate * 5
+ p = P()
+ rate = 3
+ y = p.price()
""",
        sound_only=True,
    ),
    case(
        "read: the result is not needed",
        "x",
        """
+ x = [1]
  def total(xs):
      return sum(xs)
  t = total(x)
  print(total(x))
""",
    ),
    case(
        "read: a name only an untaken branch of the function uses",
        "y",
        """
+ rare = 5
+ def f(x):
+     if x > 100:
+         return rare
+     return x
+ y = f(1)
""",
    ),
    case(
        "read: function as an argument",
        "y",
        """
+ k = 2
+ def scale(x):
+     return x * k
+ def twice(f, x):
+     return f(f(x))
+ y = twice(scale, 3)
  z = twice(str, 3)
""",
    ),
    case(
        "read: functions in a dict",
        "y",
        """
+ k = 2
+ def double(x):
+     return x * k
+ def triple(x):
+     return x * 3
+ ops = {"double": double, "triple": triple}
+ y = ops["double"](4)
  z = ops["triple"](4)
""",
    ),
)

test_globals_changed = table(
    case(
        "write: global statement",
        "n",
        """
+ n = 0
+ def inc():
+     global n
+     n += 1
+ inc()
+ inc()
  m = n
""",
    ),
    case(
        "write: the call whose result is wanted elsewhere",
        "n",
        """
+ n = 0
+ def inc():
+     global n
+     n += 1
+     return n
+ y = inc()
  z = n
+ inc()
""",
    ),
    case(
        "write: chained assignment calls once",
        "q",
        """
+ n = 0
+ def g():
+     global n
+     n += 1
+     return n
+ p = q = g()
  r = g()
""",
    ),
    case(
        "write: made by the function",
        "made",
        """
+ def setup():
+     global made
+     made = [1, 2]
+ setup()
+ made.append(3)
  x = 1
""",
    ),
    case(
        "write: a rebinding replaces",
        "x",
        """
? x = 1
+ def reset():
+     global x
+     x = 5
+ reset()
  y = 2
""",
    ),
    case(
        "write: deep in the calls",
        "log",
        """
+ log = []
+ def a(x):
+     log.append(x)
+ def b(x):
+     a(x + 1)
+ def c(x):
+     b(x + 1)
+ c(1)
  d = 3
""",
    ),
    case(
        "write: one function writes, another reads",
        "y",
        """
+ state = {}
+ def put(k, v):
+     state[k] = v
+ def take(k):
+     return state[k]
+ put("a", 1)
+ y = take("a")
  put("a", 2)
""",
    ),
    case(
        "write: the list before the call",
        "n",
        """
+ log = []
+ def note(x):
+     log.append(x)
+ note(1)
+ n = len(log)
  note(2)
""",
    ),
    case(
        "write: only a print inside",
        "x",
        """
  def show(x):
      print("x is", x)
+ x = [1]
  show(x)
""",
    ),
    case(
        "write: a local change only",
        "x",
        """
  def f(xs):
      ys = list(xs)
      ys.append(1)
      return ys
+ x = [1]
  f(x)
  y = f(x)
""",
    ),
    case(
        "write: del of a global",
        "x",
        """
+ x = 1
+ def drop():
+     global x
+     del x
  drop()
+ x = 2
""",
        sound_only=True,
    ),
    case(
        "write: memo",
        "memo",
        """
+ memo = {}
+ def fib(n):
+     if n not in memo:
+         memo[n] = n if n < 2 else fib(n - 1) + fib(n - 2)
+     return memo[n]
+ a = fib(5)
+ b = fib(7)
  c = fib(3)
""",
    ),
    case(
        "write: a memo does not change the result",
        "b",
        """
+ memo = {}
+ def fib(n):
+     if n not in memo:
+         memo[n] = n if n < 2 else fib(n - 1) + fib(n - 2)
+     return memo[n]
? a = fib(5)
+ b = fib(7)
  c = fib(9)
""",
    ),
    case(
        "write: through a function stored elsewhere",
        "total",
        """
+ total = 0
+ def add(x):
+     global total
+     total += x
+ callbacks = [add]
+ for cb in callbacks:
+     cb(5)
  n = len(callbacks)
""",
    ),
    case(
        "write: by a library calling back",
        "count",
        """
+ from functools import reduce
+ count = 0
+ def add(a, b):
+     global count
+     count += 1
+     return a + b
+ total = reduce(add, [1, 2, 3])
  other = reduce(max, [1, 2])
""",
    ),
    case(
        "write: in a loop, seldom",
        "best",
        """
+ best = None
+ def consider(x):
+     global best
+     if best is None or x > best:
+         best = x
+ for x in [3, 1, 9, 2]:
+     consider(x)
      print(x)
""",
    ),
)

test_arguments_and_results = table(
    case(
        "argument: changed by the function",
        "a",
        """
+ def fill(xs, n):
+     for i in range(n):
+         xs.append(i)
+ a = []
+ n = 3
+ fill(a, n)
  m = 4
""",
    ),
    case(
        "argument: the result of a changing call",
        "n",
        """
+ def push(xs, x):
+     xs.append(x)
+     return len(xs)
+ a = []
+ m = push(a, 1)
+ n = push(a, 2)
  k = push(a, 3)
""",
    ),
    case(
        "argument: default list keeps state",
        "r",
        """
+ def add(x, acc=[]):
+     acc.append(x)
+     return list(acc)
+ add(1)
+ r = add(2)
  add(3)
""",
    ),
    case(
        "argument: keyword-only default keeps state",
        "r",
        """
+ def add(x, *, acc={}):
+     acc[x] = len(acc)
+     return dict(acc)
+ add("a")
+ r = add("b")
  s = add("c")
""",
    ),
    case(
        "argument: the default is shared by the results",
        "r",
        """
+ def get(acc=[]):
+     return acc
+ r = get()
+ s = get()
+ s.append(1)
  t = len(get())
""",
    ),
    case(
        "argument: function attributes as state",
        "n",
        """
+ def f():
+     f.calls += 1
+     return f.calls
+ f.calls = 0
+ f()
+ n = f()
  f()
""",
    ),
    case(
        "argument: result is an item of the argument",
        "rows",
        """
+ def first(xs):
+     return xs[0]
+ rows = [[1], [2]]
+ r = first(rows)
+ r.append(5)
  s = first([3])
""",
    ),
    case(
        "argument: kept by the function",
        "a",
        """
+ kept = []
+ def keep(x):
+     kept.append(x)
+ a = [1]
+ keep(a)
+ kept[0].append(2)
  kept.append(3)
""",
    ),
    case(
        "argument: starred",
        "t",
        """
+ def f(*args, **kw):
+     return sum(args) + len(kw)
+ xs = [1, 2]
+ xs.append(3)
+ opts = {"a": 1}
+ t = f(*xs, **opts)
  xs.append(4)
""",
    ),
    case(
        "argument: result discarded, argument untouched",
        "a",
        """
  import json
+ a = {"k": [1]}
  json.dumps(a)
  text = json.dumps(a)
""",
    ),
)

test_closures = table(
    case(
        "closure: a counter",
        "n",
        """
+ def make():
+     count = 0
+     def step():
+         nonlocal count
+         count += 1
+         return count
+     return step
+ c = make()
+ c()
+ c()
+ n = c()
  c()
""",
    ),
    case(
        "closure: two counters do not share",
        "n",
        """
+ def make():
+     count = 0
+     def step():
+         nonlocal count
+         count += 1
+         return count
+     return step
+ c = make()
  d = make()
  d()
+ c()
+ n = c()
""",
    ),
    case(
        "closure: two functions share a cell",
        "get",
        """
+ def make():
+     value = 0
+     def put(x):
+         nonlocal value
+         value = x
+     def get():
+         return value
+     return put, get
+ put, get = make()
+ put(5)
  x = get()
""",
    ),
    case(
        "closure: a list in the cell",
        "items",
        """
+ def make():
+     items = []
+     def add(x):
+         items.append(x)
+         return items
+     return add
+ add = make()
+ add(1)
+ items = add(2)
+ add(3)
  n = len(items)
""",
    ),
    case(
        "closure: a decorator",
        "y",
        """
+ factor = 3
+ def scaled(f):
+     def wrapper(x):
+         return f(x) * factor
+     return wrapper
+ @scaled
+ def f(x):
+     return x + 1
+ y = f(1)
  z = f(2)
""",
    ),
    case(
        "closure: a decorator that counts",
        "calls",
        """
+ import functools
+ calls = {}
+ def counted(f):
+     @functools.wraps(f)
+     def wrapper(*args):
+         calls[f.__name__] = calls.get(f.__name__, 0) + 1
+         return f(*args)
+     return wrapper
+ @counted
+ def f(x):
+     return x
+ f(1)
+ y = f(2)
  z = 3
""",
    ),
    case(
        "closure: a decorator with arguments",
        "y",
        """
+ def times(n):
+     def decorate(f):
+         return lambda x: f(x) * n
+     return decorate
+ n = 4
+ @times(n)
+ def f(x):
+     return x
  n = 5
+ y = f(2)
""",
    ),
    case(
        "closure: lru_cache",
        "y",
        """
+ from functools import lru_cache
+ k = 2
+ @lru_cache
+ def f(x):
+     return x * k
? f(1)
+ y = f(3)
  f(4)
""",
    ),
    case(
        "closure: lru_cache remembers the old global",
        "y",
        """
+ from functools import lru_cache
+ k = 2
+ @lru_cache
+ def f(x):
+     return x * k
+ f(3)
? k = 5
+ y = f(3)
""",
    ),
    case(
        "closure: functools.cache remembers a list",
        "a",
        """
+ from functools import cache
+ @cache
+ def make(n):
+     return [n]
+ a = make(1)
+ b = make(1)
+ b.append(2)
  c = make(2)
""",
    ),
    case(
        "closure: singledispatch",
        "y",
        """
+ from functools import singledispatch
+ @singledispatch
+ def f(x):
+     return "object"
+ @f.register
+ def _(x: int):
+     return "int"
+ y = f(1)
  z = f("a")
""",
    ),
    case(
        "closure: partial with a changed argument",
        "y",
        """
+ from functools import partial
+ opts = {"base": 2}
+ def power(x, opts):
+     return opts["base"] ** x
+ f = partial(power, opts=opts)
+ opts["base"] = 3
+ y = f(2)
  opts["base"] = 4
""",
    ),
    case(
        "closure: a loop makes functions with defaults",
        "y",
        """
+ fs = [lambda x, n=n: x + n for n in range(3)]
+ y = fs[2](1)
  z = fs[0](1)
""",
    ),
    case(
        "closure: a class as a closure",
        "y",
        """
+ def make(n):
+     class K:
+         def get(self):
+             return n
+     return K
+ K = make(3)
+ y = K().get()
  z = make(4)
""",
    ),
    case(
        "closure: async functions",
        "y",
        """
+ import asyncio
+ k = 2
+ async def f(x):
+     await asyncio.sleep(0)
+     return x * k
+ y = asyncio.run(f(3))
  z = asyncio.run(f(4))
""",
    ),
    case(
        "closure: async functions that change a global",
        "log",
        """
+ import asyncio
+ log = []
+ async def work(n):
+     log.append(n)
+     await asyncio.sleep(0)
+ async def main():
+     await asyncio.gather(work(1), work(2))
+ asyncio.run(main())
  n = len(log)
""",
    ),
    case(
        "closure: type hints are evaluated at the definition",
        "y",
        """
+ from typing import Optional
+ def f(x: Optional[int] = None) -> int:
+     return x or 0
+ y = f(3)
""",
    ),
    case(
        "closure: an unused helper goes",
        "y",
        """
  def unused(x):
      return x
  def also_unused(x):
      return unused(x)
+ def used(x):
+     return x
+ y = used(1)
""",
    ),
    case(
        "closure: the function itself is wanted",
        "f",
        """
+ k = 3
+ def g(x):
+     return x + k
+ def f(x):
+     return g(x)
  y = f(1)
  def h(x):
      return f(x)
""",
    ),
)
