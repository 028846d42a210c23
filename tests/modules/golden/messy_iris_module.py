"""Makes 'iris_model' and 'iris_accuracy'."""

import argparse

import pandas as pd
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split


def get_iris_model(SEED: int):
    """Make 'iris_model'."""
    raw = load_iris()
    df = pd.DataFrame(raw.data, columns=raw.feature_names)
    df["species"] = [raw.target_names[i] for i in raw.target]
    df.columns = [c.replace(" (cm)", "").replace(" ", "_") for c in df.columns]
    df = df.drop_duplicates()
    df["petal_area"] = df["petal_length"] * df["petal_width"]
    df["sepal_area"] = df["sepal_length"] * df["sepal_width"]
    df["ratio"] = df["petal_area"] / df["sepal_area"]  # nope, did not help
    features = ["petal_length", "petal_width", "sepal_area"]
    features.remove("sepal_area")
    features.append("petal_area")
    X = df[features].to_numpy()
    y = df["species"].to_numpy()
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.3, random_state=SEED, stratify=y
    )
    params = {"n_estimators": 50, "random_state": SEED}
    params["max_depth"] = 4
    model = RandomForestClassifier(**params)
    model.fit(X_train, y_train)
    return model, X_test, y_test


def get_iris_accuracy(model, X_test, y_test):
    """Make 'iris_accuracy'."""
    predicted = model.predict(X_test)
    accuracy = accuracy_score(y_test, predicted)
    return accuracy


def run_session_including_iris_model(SEED: int = 42):
    """Make 'iris_model' and 'iris_accuracy'; return them by name."""
    artifacts = {}
    model, X_test, y_test = get_iris_model(SEED)
    artifacts["iris_model"] = model
    accuracy = get_iris_accuracy(model, X_test, y_test)
    artifacts["iris_accuracy"] = accuracy
    return artifacts


def run_all_sessions(SEED: int = 42):
    """Make all artifacts; return them by name."""
    return run_session_including_iris_model(SEED)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(argument_default=argparse.SUPPRESS)
    parser.add_argument("--SEED", type=int, help="default: 42")
    print(run_all_sessions(**vars(parser.parse_args())))
