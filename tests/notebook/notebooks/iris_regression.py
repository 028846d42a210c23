# saves: model score coefficients
# %%
import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.datasets import load_iris

# %%
data = load_iris()
X, y = data.data, data.target

# %%
X.shape, y.shape

# %%
X = X - X.mean(axis=0)
X[:2]

# %%
order = np.random.RandomState(3).permutation(len(X))
X, y = X[order], y[order]

# %%
model = LinearRegression()
model

# %%
model.fit(X[:100], y[:100])

# %%
score = round(float(model.score(X[100:], y[100:])), 6)
score

# %%
coefficients = [round(float(c), 6) for c in model.coef_]
for name, value in zip(data.feature_names, coefficients):
    print(f"{name:20} {value: .3f}")
