"""Makes 'clean' and 'count of words'."""

import string


def get_clean():
    """Make 'clean'."""
    text = " One two  three "
    clean = text.strip().lower().translate(str.maketrans("", "", string.punctuation))
    return clean


def get_count_of_words(clean):
    """Make 'count of words'."""
    words = clean.split()
    count_of_words = len(words)
    return count_of_words


def run_session_including_clean():
    """Make 'clean'; return it by name."""
    artifacts = {}
    clean = get_clean()
    artifacts["clean"] = clean
    return artifacts


def run_session_including_count_of_words(clean):
    """Make 'count of words'; return it by name."""
    artifacts = {}
    count_of_words = get_count_of_words(clean)
    artifacts["count of words"] = count_of_words
    return artifacts


def run_all_sessions():
    """Make all artifacts; return them by name."""
    artifacts = {}
    artifacts.update(run_session_including_clean())
    artifacts.update(run_session_including_count_of_words(artifacts["clean"]))
    return artifacts


if __name__ == "__main__":
    print(run_all_sessions())
