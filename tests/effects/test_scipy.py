"""SciPy."""

from __future__ import annotations

from tests.effects.trials import trials

_SETUP = """
import numpy as np
from scipy import io, linalg, signal, special, stats
from scipy.io import wavfile
from scipy.spatial import distance
a = np.array([1.0, 4.0, 2.0, 8.0, 5.0, 7.0, 3.0, 6.0, 9.5, 2.5]); b = a[::-1] + 0.5 * np.sqrt(a)
m = np.array([[2.0, 1.0], [1.0, 3.0]])
long = np.sin(np.arange(64.0)); sos = signal.butter(2, 0.3, output="sos")
io.savemat("a.mat", {"m": m}); wavfile.write("a.wav", 8000, np.zeros(8, np.int16))
"""

test_stats = trials(
    _SETUP,
    """
    stats.spearmanr(a, b)
    stats.kendalltau(a, b)
    stats.ttest_rel(a, b)
    stats.ttest_1samp(a, 2)
    stats.kruskal(a, b)
    stats.f_oneway(a, b)
    stats.shapiro(a)
    stats.normaltest(a)
    stats.skew(a)
    stats.kurtosis(a)
    stats.zscore(a)
    stats.describe(a)
    stats.linregress(a, b)
    stats.chisquare(a)
    stats.ks_2samp(a, b)
    stats.iqr(a)
    stats.sem(a)
    stats.rankdata(a)
    stats.entropy(a)
    stats.gmean(a)
    stats.hmean(a)
    stats.trim_mean(a, 0.1)
    stats.mode(a)
    stats.levene(a, b)
    stats.bartlett(a, b)
    stats.norm.rvs(size=3)
    stats.poisson.rvs(3.0, size=3)
    """,
)

test_numbers = trials(
    _SETUP,
    """
    special.logsumexp(a)
    special.softmax(a)
    special.log_softmax(a)
    special.factorial(5)
    special.comb(5, 2)
    special.perm(5, 2)
    linalg.norm(m)
    linalg.block_diag(m, m)
    linalg.toeplitz(a)
    linalg.circulant(a)
    linalg.hilbert(3)
    linalg.expm(m)
    linalg.sqrtm(m)
    linalg.orth(m)
    linalg.pinv(m)
    signal.convolve(a, b)
    signal.fftconvolve(a, b)
    signal.correlate(a, b)
    signal.butter(2, 0.3)
    signal.cheby1(2, 1, 0.3)
    signal.lfilter([1.0], [1.0, 0.5], a)
    signal.filtfilt([1.0], [1.0, 0.5], a)
    signal.sosfilt(sos, long)
    signal.sosfiltfilt(sos, long)
    signal.savgol_filter(a, 5, 2)
    signal.medfilt(a, 3)
    signal.find_peaks(a)
    distance.squareform(np.array([1.0, 2.0, 3.0]))
    distance.euclidean(a, b)
    distance.cosine(a, b)
    distance.cityblock(a, b)
    distance.hamming(a, b)
    distance.jaccard(a > 3, b > 3)
    """,
)

test_files = trials(
    _SETUP,
    """
    io.savemat("b.mat", {"m": m})
    io.loadmat("a.mat")
    wavfile.write("b.wav", 8000, np.zeros(8, np.int16))
    wavfile.read("a.wav")
    """,
)
