"""Makes 'wide table', 'prices' and 'sum of prices'."""

import lineapy


def get_wide_table():
    """Make 'wide table'."""
    table = {"a": [1, 2], "b": [3, 4]}
    table["c"] = [5, 6]
    return table


def get_prices():
    """Make 'prices'."""
    prices = lineapy.get("prices", 0).get_value()
    return prices


def get_sum_of_prices(prices):
    """Make 'sum of prices'."""
    total = sum(prices)
    return total


def run_session_including_wide_table():
    """Make 'wide table'; return it by name."""
    artifacts = {}
    table = get_wide_table()
    artifacts["wide table"] = table
    return artifacts


def run_session_including_prices():
    """Make 'prices' and 'sum of prices'; return them by name."""
    artifacts = {}
    prices = get_prices()
    artifacts["prices"] = prices
    total = get_sum_of_prices(prices)
    artifacts["sum of prices"] = total
    return artifacts


def run_all_sessions():
    """Make all artifacts; return them by name."""
    artifacts = {}
    artifacts.update(run_session_including_wide_table())
    artifacts.update(run_session_including_prices())
    return artifacts


if __name__ == "__main__":
    print(run_all_sessions())
