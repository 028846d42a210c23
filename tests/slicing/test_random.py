"""Random generators: a seed and the draws after it belong together; draws that nobody seeded stand alone."""

from tests.notation import case, table

test_seeded = table(
    case(
        "random: the seed and every draw up to the needed one",
        "b",
        """
+ import random
+ random.seed(1)
+ a = random.random()
+ b = random.random()
  c = random.random()
  d = 1
""",
    ),
    case(
        "numpy: the seed and every draw up to the needed one",
        "b",
        """
+ import numpy as np
+ np.random.seed(1)
+ a = np.random.rand(3)
  n = np.zeros(3)
+ b = np.random.rand(3)
  c = np.random.rand(3)
""",
    ),
    case(
        "numpy: a number that randn keeps back is state too",
        "b",
        """
+ import numpy as np
+ np.random.seed(1)
+ a = np.random.randn()
+ b = np.random.randn()
  c = np.random.randn()
""",
    ),
    case(
        "random: a number that gauss keeps back is state too",
        "b",
        """
+ import random
+ random.seed(1)
+ a = random.gauss(0, 1)
+ b = random.gauss(0, 1)
  c = random.gauss(0, 1)
""",
    ),
    case(
        "random and numpy have nothing to do with each other",
        "b",
        """
+ import random
  import numpy as np
+ random.seed(1)
  np.random.seed(1)
  a = np.random.rand()
+ b = random.random()
""",
    ),
    case(
        "draws of exactly as many words as the state has",
        "b",
        """
+ import random
+ random.seed(1)
+ a = [random.getrandbits(32) for _ in range(624)]
+ b = random.getrandbits(32)
""",
    ),
    case(
        "numpy: draws of exactly as many words as the state has",
        "b",
        """
+ import numpy as np
+ np.random.seed(1)
+ a = np.random.bytes(4 * 624)
+ b = np.random.bytes(4)
""",
    ),
    case(
        "names imported from random",
        "b",
        """
+ from random import random, seed
+ seed(2)
+ a = random()
+ b = random()
  c = random()
""",
    ),
    case(
        "names imported from numpy.random",
        "b",
        """
+ from numpy.random import rand, seed
+ seed(2)
+ a = rand()
+ b = rand()
  c = rand()
""",
    ),
    case(
        "shuffle in place",
        "items",
        """
+ import random
+ random.seed(3)
+ items = list(range(9))
+ first = random.choice(items)
+ random.shuffle(items)
  second = random.choice(items)
""",
    ),
    case(
        "draws in a loop",
        "total",
        """
+ import random
+ random.seed(3)
+ total = 0
  other = 0
+ for i in range(5):
+     total += random.random()
      other += 1
""",
    ),
    case(
        "a draw in a loop that the needed one comes after",
        "x",
        """
+ import random
+ random.seed(3)
  seen = []
+ for i in range(5):
+     noise = random.random()
      seen.append(noise)
+ x = random.random()
""",
    ),
    case(
        "draws in comprehensions and lambdas",
        "b",
        """
+ import random
+ random.seed(3)
+ a = [random.random() for _ in range(3)]
+ f = lambda: random.random()
+ c = f()
+ b = {i: random.random() for i in range(3)}
  d = f()
""",
    ),
    case(
        "draws in functions",
        "b",
        """
+ import numpy as np
+ def noise(n):
+     return np.random.normal(size=n)
+ np.random.seed(0)
+ a = noise(3)
+ b = noise(3)
  c = noise(3)
""",
    ),
    case(
        "draws in methods and properties",
        "b",
        """
+ import random
+ class Die:
+     @property
+     def top(self):
+         return random.randint(1, 6)
+     def roll(self, n):
+         return [self.top for _ in range(n)]
+ random.seed(0)
+ die = Die()
+ a = die.top
+ b = die.roll(4)
  c = die.top
""",
    ),
    case(
        "draws in a generator, when it is advanced",
        "b",
        """
+ import random
+ def rolls():
+     while True:
+         yield random.randint(1, 6)
+ random.seed(0)
+ r = rolls()
+ x = random.random()
+ a = next(r)
+ b = random.random()
  c = next(r)
""",
    ),
    case(
        "draws across cells, and in the other library's cell none",
        "b",
        """
+ import numpy as np
+ np.random.seed(7)
---
+ a = np.random.rand()
---
  x = [1, 2, 3]
  x.sort()
---
+ b = np.random.rand()
---
  c = np.random.rand()
""",
    ),
    case(
        "a draw in the condition",
        "x",
        """
+ import random
+ random.seed(1)
+ if random.random() < 0.5:
+     x = 1
+ else:
+     x = 2
  y = random.random()
""",
    ),
    case(
        "a draw in an iterable",
        "last",
        """
+ import random
+ random.seed(1)
+ for last in random.sample(range(100), 3):
+     pass
  y = random.random()
""",
    ),
    case(
        "a cell that fails after it has drawn",
        "b",
        """
+ import random
+ random.seed(1)
---
+ a = random.random() + None
---
+ b = random.random()
""",
        raises="1: TypeError",
        sound_only=True,
    ),
)

test_unseeded = table(
    case(
        "unseeded: a draw keeps only itself",
        "type(b)",
        """
+ import random
  a = random.random()
+ b = random.random()
> target = type(b)
""",
    ),
    case(
        "unseeded: numpy, in functions and loops",
        "b.shape",
        """
+ import numpy as np
+ def noise(n):
+     return np.random.normal(size=n)
  for i in range(3):
      a = noise(1000)
+ b = noise(4)
> target = b.shape
""",
    ),
    case(
        "unseeded: names imported from the module",
        "b > 2",
        """
+ from random import random
  a = random()
+ b = random()
> target = b > 2
""",
    ),
    case(
        "unseeded: many draws beside a function that could seed, but is not called",
        "b.shape",
        """
+ import numpy as np
  def set_seed(n):
      np.random.seed(n)
  a = np.random.rand(5000)
+ b = np.random.rand(4)
> target = b.shape
""",
    ),
    case(
        "unseeded: a parameter called random_state is no seed",
        "len(b)",
        """
+ import numpy as np
+ from sklearn.model_selection import train_test_split
+ X = np.arange(4000)
  a, _ = train_test_split(X, random_state=None)
+ b, _ = train_test_split(X, random_state=None)
> target = len(b)
""",
    ),
    case(
        "draws before the seed have nothing to do with it",
        "b",
        """
+ import random
  a = random.random()
+ random.seed(1)
+ b = random.random()
""",
    ),
)

test_seeding = table(
    case(
        "seeding anew starts anew",
        "b",
        """
+ import numpy as np
  np.random.seed(1)
  a = np.random.rand()
+ np.random.seed(2)
+ b = np.random.rand()
""",
    ),
    case(
        "seeding anew with the same number",
        "b",
        """
+ import random
  random.seed(1)
  a = random.random()
+ random.seed(1)
+ b = random.random()
""",
    ),
    case(
        "a seed that was drawn needs what it was drawn from",
        "b",
        """
+ import random
+ random.seed(1)
+ random.seed(random.randint(0, 9))
+ b = random.random()
""",
    ),
    case(
        "a function that seeds",
        "b",
        """
+ import random
+ import numpy as np
+ def set_seed(n):
+     random.seed(n)
+     np.random.seed(n)
  set_seed(0)
  a = np.random.rand()
+ set_seed(1)
+ b = np.random.rand()
""",
    ),
    case(
        "a function that seeds with what it draws",
        "b",
        """
+ import random
+ def reseed():
+     random.seed(random.random())
+ random.seed(3)
+ a = random.random()
+ reseed()
+ b = random.random()
""",
    ),
    case(
        "a function that seeds among other things",
        "b",
        """
+ import numpy as np
+ def prepare(n):
+     np.random.seed(n)
+     return np.random.rand(n)
+ first = prepare(3)
+ b = np.random.rand(3)
""",
    ),
    case(
        "a method that seeds",
        "b",
        """
+ import random
+ class Experiment:
+     def __init__(self, seed):
+         random.seed(seed)
+ e = Experiment(4)
+ b = random.random()
""",
    ),
    case(
        "a seed in the user's own module",
        "b",
        """
+ import numpy as np
+ import helpers
+ helpers.fix(5)
+ b = np.random.rand()
  c = np.random.rand()
""",
        files={"helpers.py": "import numpy\n\ndef fix(n):\n    numpy.random.seed(n)\n"},
    ),
    case(
        "a module that seeds when it is imported",
        "b",
        """
+ import random
+ import settled
+ b = random.random()
""",
        files={"settled.py": "import random\n\nrandom.seed(11)\n"},
    ),
    case(
        "a seed in executed text",
        "b",
        """
+ import random
+ exec("random.seed(5)")
+ b = random.random()
""",
    ),
    case(
        "a state that is kept and put back",
        "b",
        """
+ import random
+ random.seed(1)
+ state = random.getstate()
  a = random.random()
  c = [random.random() for _ in range(9)]
+ random.setstate(state)
+ b = random.random()
""",
    ),
    case(
        "a state that is kept and put back, for numpy",
        "b",
        """
+ import numpy as np
+ np.random.seed(1)
+ x = np.random.rand()
+ state = np.random.get_state()
  a = np.random.rand(1000)
+ np.random.set_state(state)
+ b = np.random.rand()
""",
    ),
    case(
        "a block with a seed of its own",
        "b",
        """
+ import contextlib
+ import random
+ @contextlib.contextmanager
+ def seeded(n):
+     before = random.getstate()
+     random.seed(n)
+     yield
+     random.setstate(before)
+ with seeded(3):
      a = 1
+     b = random.random()
  c = random.random()
""",
    ),
    case(
        "seeding in a loop",
        "rows",
        """
+ import random
+ rows = []
+ for n in range(3):
+     random.seed(n)
+     rows.append(random.random())
      other = n
""",
    ),
)

test_libraries_that_draw = table(
    case(
        "scikit-learn without a random state draws from numpy's generator",
        "b",
        """
+ import numpy as np
+ from sklearn.model_selection import train_test_split
+ X = np.arange(20)
+ np.random.seed(0)
+ a, _ = train_test_split(X)
+ b, _ = train_test_split(X)
  c, _ = train_test_split(X)
""",
    ),
    case(
        "scikit-learn with a random state does not",
        "b",
        """
+ import numpy as np
+ from sklearn.model_selection import train_test_split
+ X = np.arange(20)
+ np.random.seed(0)
  a, _ = train_test_split(X, random_state=3)
+ b, _ = train_test_split(X)
""",
    ),
    case(
        "scikit-learn: an estimator that draws when it is fitted",
        "b",
        """
+ import numpy as np
+ from sklearn.ensemble import RandomForestClassifier
+ X = np.arange(40).reshape(20, 2)
+ y = np.arange(20) % 2
+ np.random.seed(0)
+ model = RandomForestClassifier(n_estimators=2)
+ model.fit(X, y)
+ b = np.random.rand()
""",
    ),
    case(
        "pandas: sample",
        "b",
        """
+ import numpy as np
+ import pandas as pd
+ df = pd.DataFrame({"a": range(30)})
+ np.random.seed(0)
+ a = df.sample(3)
  c = df.sample(3, random_state=1)
+ b = df.sample(3)
""",
    ),
    case(
        "SciPy",
        "b",
        """
+ import numpy as np
+ from scipy import stats
+ np.random.seed(0)
+ a = stats.norm.rvs(size=3)
  p = stats.norm.cdf(0.5)
+ b = stats.norm.rvs(size=3)
""",
    ),
)

test_generator_objects = table(
    case(
        "a Generator: draws are chained, other things are not",
        "b",
        """
+ import numpy as np
+ rng = np.random.default_rng(0)
+ a = rng.random(3)
  kind = type(rng)
  bits = rng.bit_generator
+ b = rng.random(3)
  c = rng.random(3)
""",
    ),
    case(
        "a Generator that is passed to a function which does not draw",
        "b",
        """
+ import numpy as np
  def describe(r):
      return str(type(r))
+ def draw(r):
+     return r.normal(size=2)
+ rng = np.random.default_rng(0)
  text = describe(rng)
+ a = draw(rng)
+ b = draw(rng)
""",
    ),
    case(
        "a Generator's bit generator is the same thing",
        "b",
        """
+ import numpy as np
+ bits = np.random.PCG64(3)
+ rng = np.random.Generator(bits)
+ bits.advance(5)
+ b = rng.random()
""",
    ),
    case(
        "a Generator: half a word that is kept back",
        "b",
        """
+ import numpy as np
+ rng = np.random.default_rng(0)
+ a = rng.integers(0, 10, dtype=np.int32)
+ b = rng.integers(0, 10, dtype=np.int32)
""",
    ),
    case(
        "a Generator: spawning counts children",
        "b",
        """
+ import numpy as np
+ rng = np.random.default_rng(0)
+ first, = rng.spawn(1)
+ second, = rng.spawn(1)
+ b = second.random()
""",
    ),
    case(
        "two generators",
        "b",
        """
+ import numpy as np
  one = np.random.default_rng(0)
+ two = np.random.default_rng(1)
  a = one.random(3)
+ b = two.random(3)
""",
    ),
    case(
        "a RandomState: a number that randn keeps back",
        "b",
        """
+ import numpy as np
+ rs = np.random.RandomState(3)
+ a = rs.randn()
  t = type(rs)
+ b = rs.randn()
""",
    ),
    case(
        "a random.Random",
        "b",
        """
+ import random
  def name(r):
      return type(r).__name__
+ r = random.Random(5)
  n = name(r)
+ a = r.gauss(0, 1)
+ b = r.gauss(0, 1)
  c = r.gauss(0, 1)
""",
    ),
    case(
        "a class of the user's own on top of random.Random",
        "b",
        """
+ import random
+ class Dice(random.Random):
+     def roll(self):
+         return self.randint(1, 6)
+ dice = Dice(5)
+ a = dice.roll()
+ b = dice.roll()
  c = dice.roll()
""",
    ),
    case(
        "a generator object handed to a library",
        "b",
        """
+ import numpy as np
+ from sklearn.utils import shuffle
+ rs = np.random.RandomState(0)
+ a = shuffle(list(range(9)), random_state=rs)
+ b = shuffle(list(range(9)), random_state=rs)
  c = shuffle(list(range(9)), random_state=rs)
""",
    ),
)

test_hot_loops = table(
    case(
        "many draws in a loop, and one after it",
        "(total, x)",
        """
+ import random
+ random.seed(3)
+ total = 0
+ for i in range(1000):
+     total += random.random()
+ x = random.random()
> target = (total, x)
""",
    ),
    case(
        "a draw that only late rounds make",
        "x",
        """
+ import numpy as np
+ np.random.seed(3)
+ total = 0
+ for i in range(1000):
+     if i > 900:
+         y = np.random.rand()
      total += i
+ x = np.random.rand()
""",
        sound_only=True,
    ),
    case(
        "a draw that a function makes in late rounds",
        "x",
        """
+ import random
+ def step(i):
+     if i > 900:
+         return random.random()
+     return 0
+ random.seed(3)
+ total = 0
+ for i in range(1000):
+     total += step(i)
+ x = random.random()
""",
        sound_only=True,
    ),
)
