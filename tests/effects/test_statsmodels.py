"""statsmodels."""

from __future__ import annotations

from tests.effects.trials import trials
from tests.notation import case, table

_SETUP = """
import numpy as np, pandas as pd
import statsmodels.api as sm
import statsmodels.discrete.discrete_model, statsmodels.stats.api as sms
from statsmodels.stats import stattools
from statsmodels.stats.multitest import fdrcorrection, multipletests
from statsmodels.stats.outliers_influence import variance_inflation_factor
from statsmodels.stats.weightstats import ttest_ind, zconfint, ztest
from statsmodels.tsa import stattools as tsa
from statsmodels.tsa.seasonal import seasonal_decompose
rng = np.random.default_rng(0)
frame = pd.DataFrame(rng.normal(size=(40, 2)), columns=["a", "b"])
X = sm.add_constant(frame); y = frame["a"] * 2 + rng.normal(size=40); flag = (y > 0).astype(int)
counts = pd.Series(rng.poisson(2, size=40)); raw = X.to_numpy(); series = y.to_numpy()
model = sm.OLS(y, X); res = model.fit(); logit = sm.Logit(flag, X).fit(disp=0)
glm = sm.GLM(counts, X, family=sm.families.Poisson()).fit(); summary = logit.summary()
p = np.array([0.01, 0.04, 0.3]); month = pd.Series(rng.normal(size=36), index=pd.date_range("2020-01-31", periods=36, freq="ME"))
"""

test_results = trials(
    _SETUP,
    """
    res.conf_int()
    res.cov_params()
    res.info_criteria("aic")
    res.summary2()
    logit.summary()
    logit.summary2()
    logit.conf_int()
    logit.cov_params()
    logit.info_criteria("bic")
    glm.summary()
    glm.summary2()
    glm.conf_int()
    summary.as_text()
    summary.as_html()
    summary.as_latex()
    summary.as_csv()
    """,
    caches=True,
)

test_data = trials(
    _SETUP,
    """
    res.remove_data()
    sm.OLS(y, X)
    sm.OLS(series, raw)
    sm.WLS(y, X, weights=np.ones(40))
    sm.Logit(flag, X)
    sm.Probit(flag, X)
    sm.Poisson(counts, X)
    sm.MNLogit(counts, X)
    sm.add_constant(frame)
    sm.add_constant(series)
    stattools.durbin_watson(series)
    stattools.jarque_bera(series)
    stattools.omni_normtest(series)
    stattools.medcouple(series)
    stattools.robust_skewness(series)
    sms.het_breuschpagan(series, raw)
    sms.het_white(series, raw)
    sms.acorr_ljungbox(series, lags=3)
    sms.normal_ad(series)
    sms.lilliefors(series)
    multipletests(p, method="fdr_bh")
    multipletests(p, method="holm")
    fdrcorrection(p)
    variance_inflation_factor(raw, 1)
    ttest_ind(series, series + 1)
    ztest(series)
    zconfint(series)
    sms.proportions_ztest(3, 10, 0.5)
    sms.proportion_confint(3, 10)
    sms.proportion_effectsize(0.5, 0.4)
    tsa.acf(series)
    tsa.pacf(series, nlags=4)
    tsa.ccf(series, series)
    tsa.adfuller(series)
    tsa.kpss(series)
    tsa.grangercausalitytests(raw[:, 1:], 2)
    seasonal_decompose(month, period=12)
    """,
)

test_slices = table(
    case(
        "a linear regression",
        "x",
        """
+ import numpy as np
+ import statsmodels.api as sm
+ rng = np.random.default_rng(0)
+ X = sm.add_constant(rng.normal(size=(30, 2)))
+ y = X @ [1.0, 2.0, 3.0] + rng.normal(size=30)
+ model = sm.OLS(y, X)
+ res = model.fit()
  print(res.rsquared)
  interval = res.conf_int()
  shaky = sm.stats.durbin_watson(res.resid)
? res.summary()
  pred = res.predict(X)
+ x = res.params.tolist()
""",
        compare_output=False,
    ),
    case(
        "what a summary leaves behind",
        "x",
        """
+ import numpy as np
+ import statsmodels.api as sm
+ y = np.arange(10.0)
+ res = sm.OLS(y, sm.add_constant(y**2)).fit()
+ res.summary()
+ x = sorted(res.diagn)
""",
    ),
    case(
        "a formula",
        "x",
        """
+ import numpy as np, pandas as pd
+ import statsmodels.formula.api as smf
+ df = pd.DataFrame({"a": np.arange(10.0), "b": np.arange(10.0) ** 2})
+ df["c"] = df["a"] + 1
  small = df.head()
+ def halved(column):
+     return column / 2
+ res = smf.ols("b ~ halved(c)", data=df).fit()
+ x = res.params.round(6).to_dict()
""",
    ),
    case(
        "kept in a file",
        "x",
        """
+ import numpy as np
+ import statsmodels.api as sm
+ y = np.arange(10.0)
+ X = sm.add_constant(y ** 2)
+ res = sm.OLS(y, X).fit()
+ res.save("m.pickle")
  other = sm.OLS(y, X ** 2).fit()
  other.save("n.pickle")
+ x = sm.load("m.pickle").params.tolist()
""",
    ),
    case(
        "a classification",
        "x",
        """
+ import numpy as np
+ import statsmodels.api as sm
+ rng = np.random.default_rng(0)
+ X = sm.add_constant(rng.normal(size=(60, 1)))
+ y = (rng.random(60) > 0.5).astype(float)
+ model = sm.Logit(y, X)
+ res = model.fit(disp=0)
? ci = res.conf_int()
? text = res.summary().as_text()
+ x = res.params.tolist()
""",
    ),
)
