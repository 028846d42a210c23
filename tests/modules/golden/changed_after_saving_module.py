"""Makes 'rows' and 'longest'."""

from copy import deepcopy


def get_rows():
    """Make 'rows'."""
    rows = [[1], [2, 3]]
    return rows


def get_longest(rows):
    """Make 'longest'."""
    for row in rows:
        row.append(0)
    rows.sort(key=len)
    longest = rows[-1]
    return longest


def run_session_including_rows():
    """Make 'rows' and 'longest'; return them by name."""
    artifacts = {}
    rows = get_rows()
    artifacts["rows"] = deepcopy(rows)
    longest = get_longest(rows)
    artifacts["longest"] = longest
    return artifacts


def run_all_sessions():
    """Make all artifacts; return them by name."""
    return run_session_including_rows()


if __name__ == "__main__":
    print(run_all_sessions())
