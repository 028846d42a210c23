"""Makes 'kv', 'k' and 'first letters'."""


class Pair:
    def __init__(self, k, v):
        self.k = k
        self.v = v


def get_pair_for_artifact_kv_and_downstream():
    """Make pair for 'kv' and 'k'."""
    pair = Pair("key", [1, 2])
    return pair


def get_kv(pair):
    """Make 'kv'."""
    kv = pair.v
    return kv


def get_k(pair):
    """Make 'k'."""
    k_ = pair.k
    return k_


def get_first_letters():
    """Make 'first letters'."""
    words = ["to", "be"]
    first_letters = [word[0] for word in words]
    return first_letters


def run_session_including_kv():
    """Make 'kv', 'k' and 'first letters'; return them by name."""
    artifacts = {}
    pair = get_pair_for_artifact_kv_and_downstream()
    kv = get_kv(pair)
    artifacts["kv"] = kv
    k_ = get_k(pair)
    artifacts["k"] = k_
    first_letters = get_first_letters()
    artifacts["first letters"] = first_letters
    return artifacts


def run_all_sessions():
    """Make all artifacts; return them by name."""
    return run_session_including_kv()


if __name__ == "__main__":
    print(run_all_sessions())
