"""Makes 'mean' and 'spread'."""

import lineapy


def get_values_for_artifact_mean_and_downstream():
    """Make values for 'mean' and 'spread'."""
    values = lineapy.get("values", 0).get_value()
    return values


def get_mean(values):
    """Make 'mean'."""
    mean = sum(values) / len(values)
    return mean


def get_spread(values):
    """Make 'spread'."""
    spread = max(values) - min(values)
    return spread


def run_session_including_mean():
    """Make 'mean' and 'spread'; return them by name."""
    artifacts = {}
    values = get_values_for_artifact_mean_and_downstream()
    mean = get_mean(values)
    artifacts["mean"] = mean
    spread = get_spread(values)
    artifacts["spread"] = spread
    return artifacts


def run_all_sessions():
    """Make all artifacts; return them by name."""
    return run_session_including_mean()


if __name__ == "__main__":
    print(run_all_sessions())
