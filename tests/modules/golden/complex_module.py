"""Makes 'f' and 'h'."""


def get_c_a_for_artifact_f_and_downstream():
    """Make c and a for 'f' and 'h'."""
    a = 1
    b = a + 2
    c = b + a
    return c, a


def get_f(c):
    """Make 'f'."""
    f = c * 7
    return f


def get_h(a, c):
    """Make 'h'."""
    h = a * 6 + c
    return h


def run_session_including_f():
    """Make 'f' and 'h'; return them by name."""
    artifacts = {}
    c, a = get_c_a_for_artifact_f_and_downstream()
    f = get_f(c)
    artifacts["f"] = f
    h = get_h(a, c)
    artifacts["h"] = h
    return artifacts


def run_all_sessions():
    """Make all artifacts; return them by name."""
    return run_session_including_f()


if __name__ == "__main__":
    print(run_all_sessions())
