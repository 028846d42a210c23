"""Which annotation belongs to a callable."""

from __future__ import annotations

import collections
import gc
import json
import operator
import sys
import types
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lineapy.effects.annotations import Effect, read_annotations
from lineapy.effects.lookup import Knowledge

_NOTHING = Effect()
_RECEIVER = Effect(changes_receiver=True)


@pytest.fixture
def library() -> Iterator[types.ModuleType]:
    """A module that counts as installed: knowledge about it comes from the user."""
    module = types.ModuleType("somelib")
    exec(
        """
class Base:
    def work(self): ...
    def look(self): ...
    def __call__(self): ...
    @classmethod
    def make(cls): return cls()
class Child(Base):
    def work(self): ...
def plain(): ...
also_plain = plain
instance = Base()
class Accessor(Base): ...
""",
        vars(module),
    )
    sys.modules["somelib"] = module
    yield module
    del sys.modules["somelib"]


_ANNOTATIONS = """
- module: somelib
  annotations:
  - criteria: {class_instance: Base, class_method_names: [work]}
    side_effects: [mutated_value: {self_ref: SELF_REF}]
  - criteria: {class_instance: Base, class_method_names: [look, make, __call__, __init__]}
    side_effects: []
  - criteria: {function_names: [plain, missing]}
    side_effects: []
"""


def _knowledge(text: str = _ANNOTATIONS) -> Knowledge:
    return Knowledge(read_annotations(text, file="somelib.annotations.yaml"))


class TestWhatIsFound:
    def test_a_function_under_any_of_its_names(self, library: Any) -> None:
        assert _knowledge().effect(library.also_plain) == _NOTHING

    def test_a_method_and_one_that_is_inherited(self, library: Any) -> None:
        knowledge = _knowledge()
        assert knowledge.effect(library.Base().work) == _RECEIVER
        assert knowledge.effect(library.Child().look) == _NOTHING

    def test_a_method_that_the_same_library_overrides(self, library: Any) -> None:
        assert _knowledge().effect(library.Child().work) == _RECEIVER

    def test_a_class_method_a_constructor_and_an_object_that_is_called(self, library: Any) -> None:
        knowledge = _knowledge()
        assert knowledge.effect(library.Child.make) == _NOTHING
        assert (
            knowledge.effect(library.Child) is None
        )  # in a module that only looks installed: nobody vouches for it
        assert knowledge.effect(library.instance) == _NOTHING

    def test_again_and_again(self, library: Any) -> None:
        knowledge = _knowledge()
        assert [knowledge.effect(library.Base().work) for _ in range(3)] == [_RECEIVER] * 3
        assert [knowledge.effect([].append) for _ in range(3)] == [None] * 3

    def test_a_method_of_a_built_in_type_and_its_subclass(self) -> None:
        class Rows(list):  # type: ignore[type-arg]
            pass

        knowledge = Knowledge.of_libraries()
        assert knowledge.effect([].append).changes_receiver  # type: ignore[union-attr]
        assert knowledge.effect(Rows().append).changes_receiver  # type: ignore[union-attr]
        assert knowledge.effect(dict.fromkeys) == _NOTHING

    def test_an_unbound_method_only_if_it_changes_nothing(self) -> None:
        knowledge = Knowledge.of_libraries()
        assert knowledge.effect(str.upper) is not None
        assert knowledge.effect(list.append) is None  # whose receiver is an argument

    def test_ufuncs_their_methods_and_accessors(self) -> None:
        knowledge = Knowledge.of_libraries()
        assert knowledge.effect(np.add).least_arguments == 3  # type: ignore[union-attr]
        assert knowledge.effect(np.add.outer) == _NOTHING
        assert knowledge.effect(pd.Series(["a"]).str.lower) == _NOTHING
        assert knowledge.effect(pd.Series([1]).plot.bar).changes_states == ("matplotlib",)  # type: ignore[union-attr]

    def test_one_function_with_a_hidden_receiver_and_one_with_its_own(self) -> None:
        import random

        knowledge = Knowledge.of_libraries()
        for _ in range(2):
            assert not knowledge.effect(random.gauss).changes_receiver  # type: ignore[union-attr]
            assert knowledge.effect(random.gauss).changes_states == ("random",)  # type: ignore[union-attr]
            assert knowledge.effect(random.Random().gauss).changes_receiver  # type: ignore[union-attr]

    def test_when_the_module_is_imported_later(self) -> None:
        knowledge = _knowledge()
        module = types.ModuleType("somelib")
        module.plain = operator.add  # type: ignore[attr-defined]
        assert knowledge.effect(operator.add) is None
        sys.modules["somelib"] = module
        try:
            assert knowledge.effect(operator.add) == _NOTHING
        finally:
            del sys.modules["somelib"]


class TestWhatIsNotFound:
    def test_a_method_that_the_user_overrides(self, library: Any) -> None:
        class Own(library.Base):  # type: ignore[misc]
            def work(self) -> None: ...

        knowledge = _knowledge()
        assert knowledge.effect(Own().work) is None
        assert knowledge.effect(Own().look) == _NOTHING

    def test_a_users_subclass_that_is_made(self) -> None:
        class Own(collections.Counter):  # type: ignore[type-arg]
            def __new__(cls) -> Any:
                return super().__new__(cls)

        assert Knowledge.of_libraries().effect(Own) is None

    def test_a_function_that_the_user_put_in_the_place_of_the_librarys(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(json, "dumps", lambda value: value.clear())
        monkeypatch.setattr(pd.DataFrame, "head", lambda frame: frame.pop("a"))
        knowledge = Knowledge.of_libraries()
        assert knowledge.effect(json.dumps) is None
        assert knowledge.effect(pd.DataFrame().head) is None
        assert knowledge.effect(json.loads) is not None

    def test_a_method_that_only_has_the_name(self) -> None:
        def append(rows: list[int], row: int) -> None: ...

        assert Knowledge.of_libraries().effect(types.MethodType(append, [])) is None

    def test_a_module_of_the_user_with_the_name_of_a_library(self) -> None:
        knowledge = Knowledge.of_libraries(is_library=lambda name: name != "json")
        assert knowledge.effect(json.dumps) is None

    def test_anything_without_knowledge(self) -> None:
        knowledge = Knowledge()
        assert [knowledge.effect(callee) for callee in (len, [].append, str.upper, dict, np.add)] == [
            None
        ] * 5


class TestPrecedence:
    def test_the_later_annotation_wins(self, library: Any) -> None:
        later = _ANNOTATIONS + (
            "- module: somelib\n  annotations:\n  - criteria: {function_name: plain}\n"
            "    side_effects: [mutated_value: {positional_argument_index: 0}]\n"
        )
        assert _knowledge(later).effect(library.plain).changes_others  # type: ignore[union-attr]

    def test_the_users_word_counts_more_than_ours_even_for_a_base_class(self, tmp_path: Any) -> None:
        (tmp_path / "mine.annotations.yaml").write_text(
            "- module: pandas.core.generic\n  annotations:\n"
            "  - criteria: {class_instance: NDFrame, class_method_names: [head]}\n"
            "    side_effects: [mutated_value: {self_ref: SELF_REF}]\n"
        )
        assert Knowledge.of_libraries().effect(pd.DataFrame().head) == _NOTHING
        assert Knowledge.of_libraries(str(tmp_path)).effect(pd.DataFrame().head) == _RECEIVER


class TestTheUsersObjects:
    def test_their_classes_are_not_kept_alive(self) -> None:
        class Rows(list):  # type: ignore[type-arg]
            def extend(self, rows: Any) -> None: ...

        knowledge = Knowledge.of_libraries()
        for callee in (Rows().append, Rows().extend, Rows, Rows()):
            knowledge.effect(callee)
        alive = weakref.ref(Rows)
        del Rows, callee
        gc.collect()
        assert alive() is None

    def test_none_of_their_code_runs(self) -> None:
        def fail(*_: object) -> Any:
            raise AssertionError("the user's code ran")

        class Meta(type):
            __hash__ = __eq__ = __getattribute__ = fail  # type: ignore[assignment]

        class Own(metaclass=Meta):
            __hash__ = __eq__ = __getattribute__ = __call__ = fail  # type: ignore[assignment]

        own = object.__new__(Own)
        assert Knowledge.of_libraries().effect(own) is None
        assert Knowledge.of_libraries().effect(Own) is None
        assert Knowledge.of_libraries().effect(types.MethodType(own, own)) is None
