# saves: sales weekly trend
# %%
import numpy as np, pandas as pd

np.random.seed(7)

# %%
days = pd.date_range("2024-01-01", periods=60, freq="D")
sales = pd.Series(np.random.poisson(20, 60), index=days, name="sales")
sales.head()

# %%
sales.describe()

# %%
noise = np.random.normal(size=60).round(2)
sales = sales + noise

# %%
weekly = sales.resample("W").sum()
weekly

# %%
weekly.plot
weekly.index[0]

# %%
sales.iloc[:5] = 0

# %%
trend = sales.rolling(7).mean().dropna().round(3)
trend.tail(3)

# %%
np.random.seed(8)
