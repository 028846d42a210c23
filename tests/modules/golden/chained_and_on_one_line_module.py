"""Makes 'a' and 'c'."""


def get_a():
    """Make 'a'."""
    a = b = 3
    return a, b


def get_c(b, a):
    """Make 'c'."""
    b += 1
    c = a + b
    return c


def run_session_including_a():
    """Make 'a' and 'c'; return them by name."""
    artifacts = {}
    a, b = get_a()
    artifacts["a"] = a
    c = get_c(b, a)
    artifacts["c"] = c
    return artifacts


def run_all_sessions():
    """Make all artifacts; return them by name."""
    return run_session_including_a()


if __name__ == "__main__":
    print(run_all_sessions())
