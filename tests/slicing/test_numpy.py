"""NumPy: views share memory, copies do not; many functions write into what they are given."""

from tests.notation import case, table

test_views = table(
    case(
        "numpy: a slice is a view",
        "a",
        """
+ import numpy as np
+ a = np.arange(5)
+ v = a[1:3]
+ v[:] = 0
  w = a[1:3].copy()
  w[:] = 9
""",
    ),
    case(
        "numpy: a change seen through a view",
        "v",
        """
+ import numpy as np
+ a = np.arange(5)
+ v = a[1:3]
+ a[1] = 10
  b = a.copy()
""",
    ),
    case(
        "numpy: fancy indexing copies",
        "a",
        """
+ import numpy as np
+ a = np.arange(5)
  b = a[[0, 1]]
  b[0] = 9
  c = a[a > 2]
  c[0] = 9
""",
    ),
    case(
        "numpy: transposed",
        "a",
        """
+ import numpy as np
+ a = np.zeros((2, 3))
+ t = a.T
+ t[0, 1] = 5
  s = t.sum()
""",
    ),
    case(
        "numpy: reshaped",
        "a",
        """
+ import numpy as np
+ a = np.arange(6)
+ m = a.reshape(2, 3)
+ m[1, 1] = 50
  n = m.max()
""",
    ),
    case(
        "numpy: raveled and flattened",
        "a",
        """
+ import numpy as np
+ a = np.zeros((2, 2))
+ r = a.ravel()
+ r[0] = 1
  f = a.flatten()
  f[1] = 2
""",
    ),
    case(
        "numpy: a view of a view",
        "a",
        """
+ import numpy as np
+ a = np.arange(10)
+ v = a[2:8]
+ w = v[::2]
+ w += 100
  total = w.sum()
""",
    ),
    case(
        "numpy: rows in a loop",
        "m",
        """
+ import numpy as np
+ m = np.ones((3, 2))
+ for row in m:
+     row *= 2
      print(row)
""",
    ),
    case(
        "numpy: diagonal written through flat",
        "m",
        """
+ import numpy as np
+ m = np.zeros((3, 3))
+ m.flat[::4] = 1
  d = np.diag(m)
""",
    ),
    case(
        "numpy: asarray shares, array copies",
        "a",
        """
+ import numpy as np
+ a = np.zeros(3)
+ b = np.asarray(a)
+ b[0] = 1
  c = np.array(a)
  c[1] = 2
""",
    ),
    case(
        "numpy: a list is copied",
        "a",
        """
+ import numpy as np
+ xs = [1, 2]
+ a = np.array(xs)
  xs.append(3)
""",
    ),
    case(
        "numpy: a buffer is shared",
        "data",
        """
+ import numpy as np
+ data = bytearray(4)
+ a = np.frombuffer(data, dtype=np.uint8)
+ a[0] = 7
  n = len(data)
""",
    ),
    case(
        "numpy: broadcast and sliding views",
        "w",
        """
+ import numpy as np
+ a = np.arange(5.0)
+ w = np.lib.stride_tricks.sliding_window_view(a, 2)
+ a[0] = 9
  s = w.sum()
""",
    ),
    case(
        "numpy: split into views",
        "a",
        """
+ import numpy as np
+ a = np.arange(6)
+ left, right = np.split(a, 2)
+ left[0] = 5
+ right[0] = 6
  n = left.sum()
""",
    ),
    case(
        "numpy: structured fields",
        "a",
        """
+ import numpy as np
+ a = np.zeros(2, dtype=[("x", int), ("y", float)])
+ x = a["x"]
+ x[0] = 5
+ a["y"] = 1.5
  n = a.shape
""",
    ),
    case(
        "numpy: a view taken in a function",
        "a",
        """
+ import numpy as np
+ def head(x):
+     return x[:2]
+ a = np.arange(4)
+ h = head(a)
+ h[:] = 7
  k = head(np.ones(3))
""",
    ),
    case(
        "numpy: views in containers",
        "a",
        """
+ import numpy as np
+ a = np.arange(4)
+ parts = {"low": a[:2], "high": a[2:]}
+ parts["low"][0] = 9
+ parts["high"] += 1
  n = len(parts)
""",
    ),
    case(
        "numpy: object arrays hold objects",
        "inner",
        """
+ import numpy as np
+ inner = [1]
+ a = np.empty(1, dtype=object)
+ a[0] = inner
+ a[0].append(2)
  n = a.shape
""",
    ),
)

test_in_place = table(
    case(
        "numpy: item assignment",
        "a",
        """
+ import numpy as np
+ a = np.zeros(3)
+ a[1] = 5
+ a[a > 4] = 6
  b = a + 1
""",
    ),
    case(
        "numpy: in-place operator through another name",
        "a",
        """
+ import numpy as np
+ a = np.zeros(3)
+ b = a
+ b += 1
  c = b + 1
""",
    ),
    case(
        "numpy: plain operator binds anew",
        "a",
        """
+ import numpy as np
+ a = np.zeros(3)
  b = a
  b = b + 1
  b[0] = 5
""",
    ),
    case(
        "numpy: sort, fill, partition, resize, put",
        "a",
        """
+ import numpy as np
+ a = np.array([3, 1, 2, 5])
+ a.sort()
+ a.put([0], [9])
+ a.partition(2)
+ b = np.sort(a)
+ a[:] = b
  c = a.argsort()
  d = a.clip(0, 2)
""",
    ),
    case(
        "numpy: fill",
        "a",
        """
+ import numpy as np
+ a = np.zeros(3)
+ a.fill(7)
  m = a.mean()
""",
    ),
    case(
        "numpy: resize in place",
        "a",
        """
+ import numpy as np
+ a = np.array([1, 2])
+ a.resize(4, refcheck=False)
  b = np.resize(a, 8)
""",
    ),
    case(
        "numpy: out=",
        "b",
        """
+ import numpy as np
+ a = np.arange(3.0)
+ b = np.zeros(3)
+ np.add(a, 1, out=b)
  np.add(a, 1)
  c = np.multiply(a, 2)
""",
    ),
    case(
        "numpy: out= positional",
        "b",
        """
+ import numpy as np
+ a = np.arange(3.0)
+ b = np.zeros(3)
+ np.sqrt(a, b)
  np.sqrt(b)
""",
    ),
    case(
        "numpy: out= of a reduction into a row",
        "m",
        """
+ import numpy as np
+ m = np.zeros((2, 3))
+ x = np.ones((4, 3))
+ x.sum(axis=0, out=m[1])
  s = x.sum(axis=0)
""",
    ),
    case(
        "numpy: copyto, place, putmask, fill_diagonal",
        "m",
        """
+ import numpy as np
+ m = np.zeros((2, 2))
+ np.copyto(m, 3)
+ np.fill_diagonal(m, 1)
+ np.putmask(m, m == 3, 4)
+ np.place(m, m == 1, [8])
  t = np.trace(m)
""",
    ),
    case(
        "numpy: ufunc.at",
        "a",
        """
+ import numpy as np
+ a = np.zeros(3)
+ idx = np.array([0, 0, 2])
+ np.add.at(a, idx, 1)
  b = np.bincount(idx)
""",
    ),
    case(
        "numpy: shape, dtype and flags assigned",
        "a",
        """
+ import numpy as np
+ a = np.arange(6)
+ a.shape = (2, 3)
  n = a.size
""",
    ),
    case(
        "numpy: nditer writes",
        "a",
        """
+ import numpy as np
+ a = np.arange(3)
+ with np.nditer(a, op_flags=["readwrite"]) as it:
+     for x in it:
+         x[...] = 2 * x
  n = a.sum()
""",
        sound_only=True,
    ),
    case(
        "numpy: a function that standardises in place",
        "x",
        """
+ import numpy as np
+ def standardise(x):
+     x -= x.mean()
+     x /= x.std()
+ x = np.array([1.0, 2.0, 3.0])
+ standardise(x)
  y = x.max()
""",
    ),
    case(
        "numpy: a function that works on a copy",
        "x",
        """
+ import numpy as np
  def standardise(x):
      x = x - x.mean()
      return x / x.std()
+ x = np.array([1.0, 2.0, 3.0])
  y = standardise(x)
""",
    ),
    case(
        "numpy: read-only functions",
        "a",
        """
+ import numpy as np
+ a = np.arange(4.0)
  np.mean(a)
  np.sort(a)
  np.dot(a, a)
  np.concatenate([a, a])
  np.linalg.norm(a)
  a.astype(int)
  a.tolist()
  print(a.shape, a.dtype)
""",
    ),
    case(
        "numpy: a stencil in a loop",
        "u",
        """
+ import numpy as np
+ u = np.zeros(6)
+ u[0] = 1.0
  history = []
+ for step in range(4):
+     u[1:-1] = 0.5 * (u[:-2] + u[2:])
      history.append(u.sum())
""",
    ),
    case(
        "numpy: buffers swapped in a loop",
        "a",
        """
+ import numpy as np
+ a = np.ones(3)
+ b = np.zeros(3)
+ for _ in range(3):
+     b[:] = a * 2
+     a, b = b, a
      print(a)
""",
    ),
    case(
        "numpy: a generator object",
        "b",
        """
+ import numpy as np
+ rng = np.random.default_rng(0)
+ a = rng.normal(size=2)
+ b = rng.normal(size=2)
  c = rng.normal(size=2)
""",
    ),
    case(
        "numpy: a generator object shuffles",
        "a",
        """
+ import numpy as np
+ rng = np.random.default_rng(0)
+ a = np.arange(5)
+ rng.shuffle(a)
  p = rng.permutation(a)
""",
    ),
    case(
        "numpy: a RandomState object",
        "y",
        """
+ import numpy as np
+ rs = np.random.RandomState(3)
+ x = rs.rand(2)
+ y = rs.rand(2)
  z = rs.rand(2)
""",
    ),
    case(
        "numpy: poly1d and other small objects",
        "p",
        """
+ import numpy as np
+ p = np.poly1d([1.0, 2.0])
+ p[2] = 5.0
  v = p(3)
""",
        sound_only=True,
    ),
    case(
        "numpy: masked arrays",
        "total",
        """
+ import numpy as np
+ m = np.ma.array([1, 2, 3])
+ m[1] = np.ma.masked
+ total = m.sum()
  n = m.count()
""",
    ),
    case(
        "numpy: a whole small computation",
        "w",
        """
+ import numpy as np
+ X = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])
+ y = np.array([1.0, 2.0, 2.5])
+ w = np.zeros(2)
  losses = []
+ for i in range(20):
+     error = X @ w - y
      losses.append(float((error ** 2).mean()))
+     gradient = X.T @ error / len(y)
+     w -= 0.1 * gradient
      if i % 10 == 0:
          print(losses[-1])
""",
    ),
)
