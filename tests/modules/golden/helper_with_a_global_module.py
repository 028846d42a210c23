"""Makes 'low' and 'high'."""

LIMIT = 3


def is_low(value):
    return value < LIMIT


def get_values_for_artifact_low_and_downstream():
    """Make values for 'low' and 'high'."""
    values = [5, 1, 4, 2]
    return values


def get_low(values):
    """Make 'low'."""
    low = [v for v in values if is_low(v)]
    return low


def get_high(values):
    """Make 'high'."""
    high = [v for v in values if not is_low(v)]
    return high


def run_session_including_low():
    """Make 'low' and 'high'; return them by name."""
    artifacts = {}
    values = get_values_for_artifact_low_and_downstream()
    low = get_low(values)
    artifacts["low"] = low
    high = get_high(values)
    artifacts["high"] = high
    return artifacts


def run_all_sessions():
    """Make all artifacts; return them by name."""
    return run_session_including_low()


if __name__ == "__main__":
    print(run_all_sessions())
