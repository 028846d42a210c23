"""Makes 'first' and 'second'."""

import random


def get_first():
    """Make 'first'."""
    random.seed(5)
    first = [random.random() for _ in range(2)]
    return first


def get_second():
    """Make 'second'."""
    _noise = random.random()
    second = [random.random() for _ in range(2)]
    return second


def run_session_including_first():
    """Make 'first' and 'second'; return them by name."""
    artifacts = {}
    first = get_first()
    artifacts["first"] = first
    second = get_second()
    artifacts["second"] = second
    return artifacts


def run_all_sessions():
    """Make all artifacts; return them by name."""
    return run_session_including_first()


if __name__ == "__main__":
    print(run_all_sessions())
