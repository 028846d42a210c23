"""Random programs that save values on the way: the module made of them makes the same values."""

from random import Random

import pytest

from tests.properties.generator import SOUND, write_program
from tests.properties.modules import find_module_failure


@pytest.mark.parametrize("seed", range(40))
def test_modules_make_what_was_saved(seed: int) -> None:
    chooser = Random(seed)
    program = write_program(chooser, chooser.randint(5, 25), SOUND)
    failure = find_module_failure(program, chooser)
    assert failure is None, failure.report()
