# saves: people by_city oldest
# %%
import io
import pandas as pd

# %%
text = """name,age,city
Ada,36,London
Grace,85,New York
Alan,41,London
Linus,,Helsinki
Ada,36,London
"""

# %%
people = pd.read_csv(io.StringIO(text))
people

# %%
people.isna().sum()

# %%
people = people.drop_duplicates()

# %%
people["age"] = people["age"].fillna(people["age"].median())

# %%
people["decade"] = (people["age"] // 10 * 10).astype(int)
people.head(2)

# %%
by_city = people.groupby("city")["age"].mean()
by_city

# %%
people.loc[len(people)] = ["Edsger", 72.0, "Rotterdam", 70]

# %%
oldest = people.sort_values("age").iloc[-1]["name"]
oldest

# %%
people.loc[0, "missing"] + undefined_name
