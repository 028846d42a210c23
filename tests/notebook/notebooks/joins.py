# saves: merged table open_orders
# %%
import pandas as pd

orders = pd.DataFrame({"id": [1, 2, 3], "who": ["a", "b", "a"], "sum": [10, 20, 30]})
people = pd.DataFrame({"who": ["a", "b"], "city": ["Oslo", "Rome"]})

# %%
orders

# %%
merged = orders.merge(people, on="who")
merged

# %%
orders.rename(columns={"sum": "amount"}, inplace=True)

# %%
table = merged.pivot_table(index="city", values=merged.columns[2], aggfunc="sum")
table

# %%
orders["open"] = orders["id"] > 1

# %%
open_orders = orders[orders["open"]]
open_orders

# %%
people.loc[len(people)] = ["c", "Bern"]

# %%
orders = pd.concat([orders, orders.tail(1)], ignore_index=True)
