# saves: ys summary
# %%
%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np

# %%
xs = np.linspace(0, 6, 30)
ys = np.sin(xs)

# %%
plt.plot(xs, ys)
plt.title("A sine")
plt.show()

# %%
fig, ax = plt.subplots(figsize=(3, 2))
ax.bar(["a", "b"], [3, 5]);

# %%
ys[::5] = 0

# %%
fig, axes = plt.subplots(1, 2)
axes[0].scatter(xs, ys)
axes[1].hist(ys, bins=5)

# %%
ax.set_title("again")
fig

# %%
summary = {"mean": round(float(ys.mean()), 6), "bars": len(ax.patches)}
summary
