"""The specification checked against Python itself, without the engine.

Every expected slice, run alone, must make the value that the whole script makes. A case whose expectation is wrong
is worse than no case: somebody would bend the engine to fit it.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.notation import ALL_CASES, Case, difference, parseable, result_name, write_files
from tests.slicing.support.interpreters import run_plain

for _file in sorted(Path(__file__).parent.glob("test_*.py")):
    if _file.stem != "test_table":
        importlib.import_module(f"{__package__}.{_file.stem}")

_CHECKED = [case for case in ALL_CASES if not case.sound_only]


@pytest.mark.parametrize("case", _CHECKED, ids=[case.name for case in _CHECKED])
def test_the_expected_slice_is_sound(case: Case, tmp_path: Path) -> None:
    case.skip_if_it_cannot_run()
    write_files(case, tmp_path)
    whole = run_plain(case.scripts(), case.target, tmp_path)
    assert whole.raised == case.raises, "\n".join(whole.tracebacks)
    assert whole.value is not None, whole.value_error
    programs = list(parseable(case.expected()))
    assert programs, "no expected slice is a program"
    for program in programs:
        write_files(case, tmp_path)  # nothing may be left of what the whole script wrote
        alone = run_plain([program], result_name(case.target), tmp_path)
        assert not alone.raised, f"{program}\n{alone.tracebacks[0]}"
        assert alone.value == whole.value, f"{program}\n{difference(whole.value, alone.value)}"


def test_names_of_cases_are_unique() -> None:
    names = [case.name for case in ALL_CASES]
    assert sorted(names) == sorted(set(names))
