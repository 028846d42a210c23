"""What a harmless function is given may do harm: a method to call, a generator to draw from."""

from tests.notation import case, table

test_methods = table(
    case(
        "a method as the key of a sort",
        "out",
        """
+ out = []
+ xs = [3]
+ xs.sort(key=out.append)
  n = len(xs)
""",
    ),
    case(
        "a method under a name of its own",
        "out",
        """
+ out = []
+ note = out.append
+ max([1], key=note)
  n = len(out)
""",
    ),
    case(
        "a method in a list of arguments",
        "out",
        """
+ xs = [3]
+ out = []
+ args = (out.append, xs)
+ list(map(*args))
""",
    ),
    case(
        "a method among keyword arguments",
        "out",
        """
+ out = []
+ options = {"key": out.append}
+ sorted([3], **options)
""",
    ),
    case(
        "one method or the other",
        "seen",
        """
+ seen, left = [], []
+ wanted = True
+ sorted([3], key=seen.append if wanted else left.append)
""",
    ),
    case(
        "a method that a partial object keeps",
        "out",
        """
+ import functools
+ out = [1]
+ first = functools.partial(out.insert, 0)
  n = len(out)
+ first(5)
""",
    ),
    case(
        "a method that map calls later",
        "out",
        """
+ out = []
+ todo = map(out.append, [1, 2])
  n = len(out)
+ list(todo)
""",
    ),
    case(
        "a method that filter calls later",
        "out",
        """
+ out = []
+ todo = filter(out.append, [1, 2])
+ any(todo)
""",
    ),
    case(
        "a method that an iterator calls until a value comes",
        "xs",
        """
+ xs = [1, 2, 0]
+ calls = iter(xs.pop, 2)
+ list(calls)
""",
    ),
    case(
        "a method that makes the missing values of a dictionary",
        "xs",
        """
+ from collections import defaultdict
+ xs = [1, 2]
+ missing = defaultdict(xs.pop)
+ missing[3]
""",
    ),
    case(
        "the method of a class, called with each of its instances",
        "xs",
        """
+ xs = [[1], [2]]
+ list(map(list.clear, xs))
""",
    ),
    case(
        "a method that is called by its name",
        "out",
        """
+ import operator
+ out = []
+ add = operator.methodcaller("append", 1)
  n = len(out)
+ add(out)
""",
    ),
    case(
        "a method as the key of groups",
        "out",
        """
+ import itertools
+ out = []
+ for key, group in itertools.groupby([1, 2], key=out.append):
+     pass
""",
    ),
    case(
        "a function that changes nothing",
        "xs",
        """
+ xs = ["b", "A"]
  ys = list(map(str.upper, xs))
  zs = sorted(xs, key=str.lower)
  ws = max(xs, key=len)
""",
    ),
    case(
        "a method that changes nothing",
        "counts",
        """
+ counts = {"a": 2, "b": 1}
  most = max(counts, key=counts.get)
  known = list(filter(counts.__contains__, "abc"))
""",
    ),
)

test_generators = table(
    case(
        "a splitter that is given a random generator",
        "x",
        """
+ import numpy as np
+ from sklearn.model_selection import train_test_split
+ rs = np.random.RandomState(0)
+ a, b = train_test_split([1, 2, 3, 4], random_state=rs)
+ x = rs.rand()
""",
    ),
    case(
        "a sample that is drawn by a random generator",
        "x",
        """
+ import numpy as np, pandas as pd
+ rng = np.random.default_rng(0)
+ df = pd.DataFrame({"a": [1, 2, 3]})
+ some = df.sample(2, random_state=rng)
+ x = rng.random()
""",
    ),
    case(
        "a random generator that is only looked at",
        "x",
        """
+ import numpy as np
+ rng = np.random.default_rng(0)
  print(rng)
  same = isinstance(rng, np.random.Generator)
+ x = rng.random()
""",
    ),
    case(
        "a loader that shuffles by a generator of its own",
        "x",
        """
+ import torch
+ g = torch.Generator().manual_seed(3)
+ loader = torch.utils.data.DataLoader(list(range(8)), batch_size=4, shuffle=True, generator=g)
+ for batch in loader:
+     pass
+ x = torch.rand(1, generator=g)
""",
    ),
)
