# Which iris is it? Exploration, 12 March. Mostly works, clean up later!!
import os
import sys
import tempfile
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

import lineapy

start = time.time()
FIGURES = tempfile.mkdtemp(prefix="iris-figures-")
SEED = 42

# %% load
raw = load_iris()
df = pd.DataFrame(raw.data, columns=raw.feature_names)
df["species"] = [raw.target_names[i] for i in raw.target]
print(df.head())
print(df.describe())
df.info()

# %% shorter names, I can't type these all day
df.columns = [c.replace(" (cm)", "").replace(" ", "_") for c in df.columns]
n_before = len(df)
df = df.drop_duplicates()
print("dropped", n_before - len(df), "duplicate rows")


# %% plots
def scatter(frame, x, y, name):
    fig, ax = plt.subplots(figsize=(4, 3))
    for species, group in frame.groupby("species"):
        ax.scatter(group[x], group[y], s=8, label=species)
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    ax.legend()
    fig.savefig(os.path.join(FIGURES, name + ".png"))
    plt.close(fig)


scatter(df, "sepal_length", "sepal_width", "sepals")
scatter(df, "petal_length", "petal_width", "petals")  # these separate much better
means = df.groupby("species").mean()
print(means)
means.plot.bar()
plt.title("Mean measurements")
plt.tight_layout()
plt.savefig(os.path.join(FIGURES, "means.png"))
plt.close("all")

# %% features
df["petal_area"] = df["petal_length"] * df["petal_width"]
df["sepal_area"] = df["sepal_length"] * df["sepal_width"]
df["ratio"] = df["petal_area"] / df["sepal_area"]  # nope, did not help
correlations = df.drop(columns="species").corr()
print(correlations["petal_area"].sort_values(ascending=False))
features = ["petal_length", "petal_width", "sepal_area"]
features.remove("sepal_area")
features.append("petal_area")

X = df[features].to_numpy()
y = df["species"].to_numpy()
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=SEED, stratify=y)
print(X_train.shape, X_test.shape)

# %% 1st try: logistic regression, scaled
scaler = StandardScaler().fit(X_train)
model = LogisticRegression(max_iter=500)
model.fit(scaler.transform(X_train), y_train)
accuracy = accuracy_score(y_test, model.predict(scaler.transform(X_test)))
print("logistic", accuracy)

# %% 2nd try: neighbours. which k?
best_k, best_score = None, 0
for k in range(1, 16, 2):
    score = cross_val_score(KNeighborsClassifier(n_neighbors=k), X_train, y_train, cv=5).mean()
    print(k, round(score, 3))
    if score > best_score:
        best_k, best_score = k, score
model = KNeighborsClassifier(n_neighbors=best_k)
model.fit(X_train, y_train)
accuracy = accuracy_score(y_test, model.predict(X_test))
print("knn", best_k, accuracy)

# %% 3rd try, the forest. this one goes to Anna
params = {"n_estimators": 50, "random_state": SEED}
params["max_depth"] = 4
model = RandomForestClassifier(**params)
model.fit(X_train, y_train)
predicted = model.predict(X_test)
accuracy = accuracy_score(y_test, predicted)
print("forest", accuracy)
matrix = confusion_matrix(y_test, predicted)
print(matrix)

importances = pd.Series(model.feature_importances_, index=features)
importances.sort_values().plot.barh()
plt.savefig(os.path.join(FIGURES, "importances.png"))
plt.close("all")

lineapy.save(model, "iris_model")
lineapy.save(accuracy, "iris_accuracy")
# lineapy.save(scaler, "iris_scaler")

# %% tomorrow: what about without the hard ones?
hard = X_test[predicted != y_test]
print(len(hard), "wrong of", len(y_test), "in", round(time.time() - start, 1), "s", file=sys.stderr)
print(np.round(hard.mean(axis=0), 2) if len(hard) else "all right!")
