"""Look for unsound slices in many random programs, and show each as small as it can be made.

    python -m tests.properties.hunt --programs 10000 --seed 1 --jobs 2

The seed and the number of a program are all that is needed to see it again: ``--only 4711``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterable, Sequence
from random import Random

from lineapy.slicing import slice as slices
from tests.properties.generator import FEATURES, SOUND, write_program
from tests.properties.soundness import Failure, choose_targets, find_failures, minimise, statements_in

#: Variables asked for in each program, beside one pair.
TARGETS = 4


def program_and_targets(seed: int, number: int, features: Sequence[str] = SOUND) -> tuple[str, list[str]]:
    """The program of a number, and what is asked of it. Once in ten thousand, one raises: then another is written."""
    for attempt in range(10):
        random = Random(f"{seed}:{number}" + f":{attempt}" * bool(attempt))
        program = write_program(random, random.choice([3, 6, 10, 16, 24]), features)
        try:
            return program, choose_targets(random, program, TARGETS)
        except Exception as error:  # whatever the program raises
            reason = error
    raise reason


def hunt(task: tuple[int, int, bool, Sequence[str]]) -> tuple[int, list[Failure], int]:
    """Check one program: its number, what is wrong, and how many statements it has."""
    seed, number, small, features = task
    program, targets = program_and_targets(seed, number, features)
    failures = find_failures(program, targets)[:1]
    return number, [minimise(f) if small else f for f in failures], statements_in(program)


def main() -> int:
    """The command line."""
    options = _options()
    numbers: Iterable[int] = range(options.programs) if options.only is None else [options.only]
    tasks = [(options.seed, number, not options.raw, options.features) for number in numbers]
    started, bad, statements = time.monotonic(), 0, 0
    with multiprocessing.Pool(options.jobs, initializer=_without_formatting) as pool:
        for done, (number, failures, size) in enumerate(
            pool.imap_unordered(hunt, tasks, chunksize=4), start=1
        ):
            statements += size
            bad += bool(failures)
            for failure in failures:
                print(f"==== program {number} of seed {options.seed}: {failure.report()}\n", flush=True)
            if done % 1000 == 0:
                print(
                    f"{done} programs, {bad} bad, {time.monotonic() - started:.0f} s",
                    file=sys.stderr,
                    flush=True,
                )
            if bad >= options.most:
                break
    seconds = time.monotonic() - started
    print(f"{len(tasks)} programs of {statements} statements, {bad} with an unsound slice, {seconds:.0f} s")
    return 1 if bad else 0


def _without_formatting() -> None:
    """Formatting takes more time than all the rest, and cannot make a slice unsound unless the formatter is broken."""
    vars(slices)["tidy_statements"] = "\n".join


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Look for unsound slices in random programs.")
    parser.add_argument("--programs", type=int, default=10_000, help="how many programs")
    parser.add_argument("--seed", type=int, default=0, help="which programs")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--only", type=int, help="look at this program only")
    parser.add_argument("--most", type=int, default=20, help="stop after this many bad programs")
    parser.add_argument(
        "--features",
        nargs="*",
        default=list(FEATURES),
        choices=[[], *FEATURES],
        help="what programs may hold",
    )
    parser.add_argument("--raw", action="store_true", help="show bad programs as they are, not made small")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
