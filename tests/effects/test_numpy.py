"""NumPy."""

from __future__ import annotations

from tests.effects.trials import trials

_SETUP = """
import numpy as np
import io
a = np.array([3.0, 1.0, 2.0]); b = np.array([1.0, 2.0, 3.0]); m = np.eye(3); o = np.full(3, 7.0); i = np.array([2, 0, 1])
rng = np.random.default_rng(1); state = np.random.RandomState(1); view = a[::2]; xs = [1, 2, 3]
np.random.seed(1); old = np.random.get_state()
"""

test_functions = trials(
    _SETUP,
    """
    np.array(xs)
    np.zeros(3)
    np.where(a > 1, a, b)
    np.concatenate([a, b])
    np.sort(a)
    np.linspace(0, 1, 3)
    np.sum(a)
    np.mean(a, 0)
    np.mean(a, 0, None, np.array(0.0))
    np.median(a)
    np.dot(a, b)
    np.dot(m, m, np.full((3, 3), 7.0))
    np.clip(a, 1, 2)
    np.clip(a, 1, 2, o)
    np.cumsum(a, 0, None, o)
    np.add(a, b)
    np.add(a, b, o)
    np.maximum(a, 2.5, a)
    np.sqrt(a)
    np.sqrt(a, o)
    np.exp(a, a)
    np.add.reduce(a)
    np.add.accumulate(a)
    np.add.outer(a, b)
    np.add.at(a, [0, 0], 1)
    np.put(a, [0], 9)
    np.place(a, a > 1, 0)
    np.copyto(o, a)
    np.fill_diagonal(m, 7)
    np.putmask(a, a > 1, 0)
    np.unique(a)
    np.histogram(a)
    np.einsum("i,i", a, b)
    np.tensordot(m, m)
    np.polyfit(a, b, 1)
    np.round(a, 1, o)
    np.divmod(a, b)
    np.modf(a)
    np.matmul(m, m, np.full((3, 3), 7.0))
    np.take(a, i, 0, o)
    np.float64(3)
    np.dtype("f4")
    np.linalg.inv(m)
    np.linalg.svd(m)
    np.linalg.solve(m, a)
    np.fft.fft(a)
    np.fft.fftfreq(3)
    np.testing.assert_allclose(a, a)
    np.lib.stride_tricks.sliding_window_view(a, 2)
    np.meshgrid(a, b)
    np.array2string(a)
    """,
)

test_arrays = trials(
    _SETUP,
    """
    a.sum()
    a.mean(0)
    a.mean(0, None, np.array(0.0))
    a.cumsum(0, None, o)
    a.clip(1, 2)
    a.clip(1, 2, o)
    a.max()
    a.max(0, np.array(0.0))
    a.dot(b)
    m.dot(a, o)
    a.astype(int)
    a.copy()
    a.reshape(3, 1)
    a.ravel()
    a.tolist()
    a.argsort()
    a.round(1)
    a.round(1, o)
    a.item(0)
    a.sort()
    a.fill(0)
    a.partition(1)
    a.put([0], 8)
    a.setflags(write=False)  # maybe
    np.arange(3.0).resize(4, refcheck=False)
    a.tobytes()
    m.trace()
    m.transpose()
    a.take(i)
    a.take(i, 0, o)
    a.tofile("raw")
    a.dump("pickled")
    np.float64(3).item()
    """,
)

test_random_numbers = trials(
    _SETUP,
    """
    np.random.rand(3)
    np.random.normal(size=3)
    np.random.choice(xs)
    np.random.permutation(3)
    np.random.shuffle(xs)
    np.random.seed(2)
    np.random.get_state()
    np.random.set_state(np.random.RandomState(9).get_state())
    np.random.default_rng(1)
    np.random.RandomState(1)
    rng.normal(size=3)
    rng.integers(3)
    rng.choice(xs)
    rng.shuffle(xs)
    rng.permutation(xs)
    rng.random(3)
    rng.random(3, float, o)
    rng.standard_normal(3)
    rng.standard_exponential(3, float, "zig", o)
    rng.spawn(1)
    state.rand(3)
    state.shuffle(xs)
    state.seed(3)
    state.get_state()
    """,
)

test_settings = trials(
    _SETUP,
    """
    np.seterr(all="raise")
    np.geterr()
    np.set_printoptions(precision=3)
    np.get_printoptions()
    """,
)

test_files = trials(
    _SETUP + "np.save('a.npy', a); np.savetxt('a.txt', a); a.tofile('raw')",
    """
    np.load("a.npy")
    np.loadtxt("a.txt")
    np.genfromtxt("a.txt")
    np.fromfile("raw")
    """,
)
