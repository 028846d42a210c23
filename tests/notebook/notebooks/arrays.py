# saves: image edges histogram view
# %%
import numpy as np

# %%
image = np.arange(64).reshape(8, 8) % 7

# %%
view = image[2:4]
view

# %%
image[3] = 9
view

# %%
edges = np.abs(np.diff(image, axis=1))
edges.sum()

# %%
view += 1

# %%
image = np.pad(image, 1)

# %%
histogram = np.bincount(image.ravel())
histogram

# %%
np.clip(image, 0, 5, out=image)
# %%
out = []
for row in image:
    out.append(int(row.max()))
assert sum(out) < 0, out
