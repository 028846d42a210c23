# saves: path steps mean
# %%
import random

random.seed(1)

# %%
position, path = 0, [0]


# %%
def step():
    return random.choice([-1, 1])


# %%
for _ in range(50):
    position += step()
    path.append(position)
path[-5:]

# %%
steps = 0
while abs(position) < 5 and steps < 200:
    position += step()
    steps += 1
steps

# %%
mean = sum(path) / len(path)
mean

# %%
random.seed(2)


# %%
def step():
    return random.randint(-2, 2)


# %%
path = path[-10:]
