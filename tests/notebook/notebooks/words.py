# saves: counts top longest
# %%
import re
from collections import Counter

# %%
text = "the cat sat on the mat and the dog sat on the cat"

# %%
words = re.findall(r"\w+", text)
len(words)

# %%
counts = Counter(words)
counts.most_common(2)

# %%
for stop in ("the", "on"):
    del counts[stop]

# %%
text = text.replace("dog", "elephant")

# %%
top = counts.most_common(3)
top

# %%
counts.update(["cat"] * 3)

# %%
longest = max(words, key=len)
longest

# %%
counts["nobody"] / 0
