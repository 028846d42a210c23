# House prices for the town council. First look, then a model; Ben wants it to run every month!
import os

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

import lineapy

data_file = "examples/data/house_sales.csv"
largest_area = 400  # m², above that it is no house
trees = 40
seed = 11

# %% look
houses = pd.read_csv(data_file, thousands=",")
print(houses.shape)
print(houses.isna().sum())
print(houses["neighbourhood"].value_counts())
houses["price"].hist(bins=30)
plt.close("all")


# %% clean
def square_metres(text):
    """Some typed square feet."""
    text = str(text)
    if text.endswith("sqft"):
        return float(text.removesuffix("sqft")) / SQUARE_FEET
    return float(text)


SQUARE_FEET = 10.764
houses = houses.drop_duplicates()
houses["neighbourhood"] = houses["neighbourhood"].str.title()
houses["living_area"] = houses["living_area"].map(square_metres)
houses["garage"] = houses["garage"].str.lower().str[0].eq("y")
print("no year:", houses["built"].isna().sum())
houses["built"] = houses["built"].fillna(houses["built"].median())
houses["sold"] = pd.to_datetime(houses["sold"])
houses = houses[houses["living_area"] <= largest_area]
lineapy.save(houses, "cleaned_data_housing")

# %% what matters?
by_place = houses.groupby("neighbourhood")["price"].agg(["mean", "count"])
print(by_place.sort_values("mean"))
houses.plot.scatter("living_area", "price")
plt.close("all")
print(houses.select_dtypes("number").corr()["price"].round(2))

# %% features
features = pd.get_dummies(houses.drop(columns=["sale", "sold", "price"]), columns=["neighbourhood"])
features["age"] = houses["sold"].dt.year - houses["built"]
features = features.drop(columns="built").astype(float)
target = houses["price"]
x_train, x_test, y_train, y_test = train_test_split(features, target, test_size=0.25, random_state=seed)
baseline = mean_absolute_error(y_test, np.full(len(y_test), y_train.median()))
print("median for all:", round(baseline))

# %% a forest, 1st idea
forest = RandomForestRegressor(n_estimators=trees, random_state=seed)
forest.fit(x_train, y_train)
error = mean_absolute_error(y_test, forest.predict(x_test))
print("forest:", round(error))

# %% a line is better
strength = 1.0
for candidate in (0.1, 1.0, 10.0):
    tried = Ridge(alpha=candidate).fit(x_train, y_train)
    print(candidate, round(mean_absolute_error(y_test, tried.predict(x_test))))
model = Ridge(alpha=strength)
model.fit(x_train, y_train)
error = mean_absolute_error(y_test, model.predict(x_test))
print("ridge:", round(error), "of", round(target.mean()), "from", os.getcwd())
lineapy.save(model, "linear_model_housing")
lineapy.save(error, "error_housing")
