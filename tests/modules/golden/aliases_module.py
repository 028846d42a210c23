"""Makes 'x' and 'y'."""

from copy import deepcopy


def get_x():
    """Make 'x'."""
    x = [1, 2]
    return x


def get_y(x):
    """Make 'y'."""
    y = x
    y.append(3)
    return y


def run_session_including_x():
    """Make 'x' and 'y'; return them by name."""
    artifacts = {}
    x = get_x()
    artifacts["x"] = deepcopy(x)
    y = get_y(x)
    artifacts["y"] = y
    return artifacts


def run_all_sessions():
    """Make all artifacts; return them by name."""
    return run_session_including_x()


if __name__ == "__main__":
    print(run_all_sessions())
