"""Makes 'cleaned_data_housing', 'linear_model_housing' and 'error_housing'."""

import argparse

import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split


def square_metres(text):
    """Some typed square feet."""
    text = str(text)
    if text.endswith("sqft"):
        return float(text.removesuffix("sqft")) / SQUARE_FEET
    return float(text)


SQUARE_FEET = 10.764


def get_cleaned_data_housing(data_file: str, largest_area: int):
    """Make 'cleaned_data_housing'."""
    houses = pd.read_csv(data_file, thousands=",")
    houses = houses.drop_duplicates()
    houses["neighbourhood"] = houses["neighbourhood"].str.title()
    houses["living_area"] = houses["living_area"].map(square_metres)
    houses["garage"] = houses["garage"].str.lower().str[0].eq("y")
    houses["built"] = houses["built"].fillna(houses["built"].median())
    houses["sold"] = pd.to_datetime(houses["sold"])
    houses = houses[houses["living_area"] <= largest_area]
    return houses


def get_linear_model_housing(houses, seed: int, strength: float):
    """Make 'linear_model_housing'."""
    features = pd.get_dummies(
        houses.drop(columns=["sale", "sold", "price"]), columns=["neighbourhood"]
    )
    features["age"] = houses["sold"].dt.year - houses["built"]
    features = features.drop(columns="built").astype(float)
    target = houses["price"]
    x_train, x_test, y_train, y_test = train_test_split(
        features, target, test_size=0.25, random_state=seed
    )
    model = Ridge(alpha=strength)
    model.fit(x_train, y_train)
    return model, y_test, x_test


def get_error_housing(y_test, model, x_test):
    """Make 'error_housing'."""
    error = mean_absolute_error(y_test, model.predict(x_test))
    return error


def run_session_including_cleaned_data_housing(
    data_file: str = "examples/data/house_sales.csv",
    largest_area: int = 400,
    strength: float = 1.0,
    seed: int = 11,
):
    """Make 'cleaned_data_housing', 'linear_model_housing' and 'error_housing'; return them by name."""
    artifacts = {}
    houses = get_cleaned_data_housing(data_file, largest_area)
    artifacts["cleaned_data_housing"] = houses
    model, y_test, x_test = get_linear_model_housing(houses, seed, strength)
    artifacts["linear_model_housing"] = model
    error = get_error_housing(y_test, model, x_test)
    artifacts["error_housing"] = error
    return artifacts


def run_all_sessions(
    data_file: str = "examples/data/house_sales.csv",
    largest_area: int = 400,
    strength: float = 1.0,
    seed: int = 11,
):
    """Make all artifacts; return them by name."""
    return run_session_including_cleaned_data_housing(
        data_file, largest_area, strength, seed
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(argument_default=argparse.SUPPRESS)
    parser.add_argument(
        "--data-file", "--data_file", help="default: 'examples/data/house_sales.csv'"
    )
    parser.add_argument(
        "--largest-area", "--largest_area", type=int, help="default: 400"
    )
    parser.add_argument("--strength", type=float, help="default: 1.0")
    parser.add_argument("--seed", type=int, help="default: 11")
    print(run_all_sessions(**vars(parser.parse_args())))
