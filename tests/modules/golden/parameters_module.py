"""Makes 'plan'."""

import argparse
import datetime
import json
from pathlib import Path


def get_plan(
    weights: list,
    count: int,
    name: str,
    loud: bool,
    start: datetime.date,
    share: float,
    limits: dict,
    folder: Path,
    seed,
):
    """Make 'plan'."""
    weights.append(count)
    plan = {
        "title": name.upper() if loud else name,
        "days": [start + datetime.timedelta(days=7 * week) for week in range(count)],
        "share": share * sum(weights),
        "limits": limits,
        "path": str(folder / name),
        "seed": seed,
    }
    return plan


def run_session_including_plan(
    name: str = "spring",
    count: int = 3,
    share: float = 0.25,
    loud: bool = False,
    weights: list | None = None,
    limits: dict | None = None,
    start: datetime.date = datetime.date(2026, 3, 1),
    folder: Path = Path("plans"),
    seed=None,
):
    """Make 'plan'; return it by name."""
    if weights is None:
        weights = [1, 2, 3]
    if limits is None:
        limits = {"low": 0, "high": 9}
    artifacts = {}
    plan = get_plan(weights, count, name, loud, start, share, limits, folder, seed)
    artifacts["plan"] = plan
    return artifacts


def run_all_sessions(
    name: str = "spring",
    count: int = 3,
    share: float = 0.25,
    loud: bool = False,
    weights: list | None = None,
    limits: dict | None = None,
    start: datetime.date = datetime.date(2026, 3, 1),
    folder: Path = Path("plans"),
    seed=None,
):
    """Make all artifacts; return them by name."""
    if weights is None:
        weights = [1, 2, 3]
    if limits is None:
        limits = {"low": 0, "high": 9}
    return run_session_including_plan(
        name, count, share, loud, weights, limits, start, folder, seed
    )


def json_or_text(text):
    """What a text stands for in JSON; the text itself if it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


if __name__ == "__main__":
    parser = argparse.ArgumentParser(argument_default=argparse.SUPPRESS)
    parser.add_argument("--name", help="default: 'spring'")
    parser.add_argument("--count", type=int, help="default: 3")
    parser.add_argument("--share", type=float, help="default: 0.25")
    parser.add_argument(
        "--loud", action=argparse.BooleanOptionalAction, help="default: False"
    )
    parser.add_argument("--weights", type=json.loads, help="default: [1, 2, 3]")
    parser.add_argument(
        "--limits", type=json.loads, help="default: {'low': 0, 'high': 9}"
    )
    parser.add_argument(
        "--start",
        type=datetime.date.fromisoformat,
        help="default: datetime.date(2026, 3, 1)",
    )
    parser.add_argument("--folder", type=Path, help="default: Path('plans')")
    parser.add_argument("--seed", type=json_or_text, help="default: None")
    print(run_all_sessions(**vars(parser.parse_args())))
