"""The notation itself: how a case is read, how programs and values are compared."""

from __future__ import annotations

import copy
import functools
import itertools
import types

import pytest

from tests.notation import case, normalise, parseable, result_name
from tests.slicing.support.describe import describe
from tests.slicing.support.interpreters import run_plain


def test_marks_say_what_is_script_and_what_is_slice() -> None:
    example = case(
        "marks",
        "b",
        """
+ a = 1
  print(a)
  b = a; c = 2
> b = a
""",
    )
    assert example.scripts() == ["a = 1\nprint(a)\nb = a; c = 2\n"]
    assert list(example.expected()) == ["a = 1\nb = a\n"]


def test_optional_lines_give_several_right_slices() -> None:
    example = case(
        "optional",
        "a",
        """
? b = 1
+ a = 1
? c = 1
? d = 1
""",
    )
    assert set(example.expected()) == {
        "b = 1\na = 1\nc = 1\nd = 1\n",
        "a = 1\nc = 1\nd = 1\n",
        "b = 1\na = 1\n",
        "a = 1\n",
    }


def test_cells_are_separate_programs_but_one_slice() -> None:
    example = case(
        "cells",
        "a",
        """
+ a = 1
---
  b = 2
+ a += 1
""",
    )
    assert example.scripts() == ["a = 1\n", "b = 2\na += 1\n"]
    assert list(example.expected()) == ["a = 1\na += 1\n"]


def test_a_line_without_a_mark_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="begins with"):
        case("wrong", "a", "a = 1")


def test_empty_lines_need_no_mark() -> None:
    assert case("empty", "a", "+ a = '''\n\n+ '''").scripts() == ["a = '''\n\n'''\n"]


def test_exceptions_are_named_with_their_cell() -> None:
    assert case("raises", "a", "+ a = 1", raises="ValueError").raises == ("0: ValueError",)
    assert case("raises", "a", "+ a = 1", raises="0: A, 2: B").raises == ("0: A", "2: B")


def test_layout_comments_and_the_place_of_imports_do_not_count() -> None:
    one = "x = (1 +\n  2)  # sum\nimport b\nimport a\n"
    assert normalise(one) == normalise("import b\nimport a\n\n\nx = 1 + 2\n")
    assert normalise(one) != normalise("import a\nimport b\nx = 1 + 2")


def test_choices_that_are_no_programs_are_left_out() -> None:
    assert list(parseable(iter(["if x:\n", "pass\n"]))) == ["pass\n"]


def test_an_expression_ends_in_a_variable_called_target() -> None:
    assert result_name("model") == "model"
    assert result_name("model.coef_") == "target"


class Box:
    def __init__(self, item: object) -> None:
        self.item = item


def _counter() -> object:
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return count

    return step


shared: list[int] = []

EQUAL: list[tuple[str, object, object]] = [
    ("numbers", 1, 1),
    ("nan", float("nan"), float("nan")),
    ("sets in any order", {"a", "b", "c"}, {"c", "b", "a"}),
    ("instances", Box([1]), Box([1])),
    ("iterators", iter([1, 2]), iter([1, 2])),
    ("endless iterators", itertools.count(), itertools.count()),
    ("partials", functools.partial(max, 1), functools.partial(max, 1)),
    ("closures", _counter(), _counter()),
    ("modules", types, types),
]

DIFFERENT: list[tuple[str, object, object]] = [
    ("int and bool", 1, True),
    ("int and float", 1, 1.0),
    ("negative zero", 0.0, -0.0),
    ("list and tuple", [1], (1,)),
    ("order of keys", {"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ("sharing", [shared, shared], [[], []]),
    ("attributes", Box(1), Box(2)),
    ("what is left", iter([1, 2]), iter([2])),
    ("arguments of a partial", functools.partial(max, 1), functools.partial(max, 2)),
]


@pytest.mark.parametrize("one, two", [pair[1:] for pair in EQUAL], ids=[pair[0] for pair in EQUAL])
def test_equal_values_have_equal_descriptions(one: object, two: object) -> None:
    assert describe(one) == describe(two)


@pytest.mark.parametrize("one, two", [pair[1:] for pair in DIFFERENT], ids=[pair[0] for pair in DIFFERENT])
def test_different_values_have_different_descriptions(one: object, two: object) -> None:
    assert describe(one) != describe(two)


def test_a_cycle_can_be_described() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert describe(loop) == describe(copy.deepcopy(loop))


def test_a_function_is_described_with_the_globals_it_uses() -> None:
    def described(text: str) -> object:
        return run_plain([text], "f").value

    assert described("k = 1\ndef f(): return k\n") != described("k = 2\ndef f(): return k\n")
    assert described("k = 1\ndef f(): return 0\n") == described("k = 2\ndef f(): return 0\n")


def test_class_attributes_are_part_of_an_instance() -> None:
    def described(text: str) -> object:
        return run_plain([f"class C:\n    items = {text}\nc = C()\n"], "c").value

    assert described("[1]") != described("[2]")


def test_interpreters_are_fresh() -> None:
    run_plain(["import math, sys\nmath.pi = 3\nx = 1\n"], "x")
    assert run_plain(["import math\n"], "math.pi > 3.1").value == ["bool", "True"]
    assert run_plain([""], "x").value is None


def test_exceptions_end_their_cell_only() -> None:
    outcome = run_plain(["a = 1\n1 / 0\na = 2\n", "b = a\n"], "b")
    assert outcome.raised == ("0: ZeroDivisionError",)
    assert outcome.value == ["int", "1"]
