"""Makes 'total', 'text', 'number', 'size', 'squares', 'report', 'square' and 'Point'."""


def square(x):
    return x * x


class Point:
    def __init__(self, x):
        self.x = x


def get_total():
    """Make 'total'."""
    total = 0
    for value in range(4):
        total += value
    return total


def prepare_for_artifact_text_and_downstream():
    """Prepare what 'text', 'number' and 'report' need."""
    with open("notes.txt", "w") as file:
        file.write("one\ntwo\n")


def get_text():
    """Make 'text'."""
    with open("notes.txt") as file:
        text = file.read()
    return text


def get_number(text):
    """Make 'number'."""
    try:
        number = int(text)
    except ValueError:
        number = -1
    return number


def get_size(total):
    """Make 'size'."""
    if total > 3:
        size: str = "large"
    else:
        size = "small"
    return size


def get_squares(total):
    """Make 'squares'."""
    squares: list = []
    squares += [square(total)]
    return squares


def get_report(total):
    """Make 'report'."""
    with open("report.csv", "w") as file:
        file.write(f"total,{total}\n")


def get_square():
    """Make 'square'."""
    return square


def get_Point():
    """Make 'Point'."""
    return Point


def run_session_including_total():
    """Make 'total', 'text', 'number', 'size', 'squares', 'report', 'square' and 'Point'; return them by name."""
    artifacts = {}
    total = get_total()
    artifacts["total"] = total
    prepare_for_artifact_text_and_downstream()
    text = get_text()
    artifacts["text"] = text
    number = get_number(text)
    artifacts["number"] = number
    size = get_size(total)
    artifacts["size"] = size
    squares = get_squares(total)
    artifacts["squares"] = squares
    get_report(total)
    artifacts["report"] = None
    square_ = get_square()
    artifacts["square"] = square_
    Point_ = get_Point()
    artifacts["Point"] = Point_
    return artifacts


def run_all_sessions():
    """Make all artifacts; return them by name."""
    return run_session_including_total()


if __name__ == "__main__":
    print(run_all_sessions())
