"""The format of knowledge files."""

from __future__ import annotations

import pytest

from lineapy.effects.annotations import Effect, Pointer, read_annotations
from lineapy.errors import KnowledgeFileError


def _effect(side_effects: str) -> Effect:
    text = (
        f"- module: m\n  annotations:\n  - criteria: {{function_name: f}}\n    side_effects: {side_effects}\n"
    )
    (annotation,) = read_annotations(text, file="m.annotations.yaml")
    return annotation.effect


@pytest.mark.parametrize(
    "side_effects, effect",
    [
        ("[]", Effect()),
        ("[mutated_value: {self_ref: SELF_REF}]", Effect(changes_receiver=True)),
        (
            "[mutated_value: {self_ref: SELF_REF, with_parts: true}]",
            Effect(changes_receiver=True, changes_parts=True),
        ),
        ("[mutated_value: {positional_argument_index: 0}]", Effect(changes_others=True)),
        ("[mutated_value: {argument_keyword: target}]", Effect(changes_others=True)),
        (
            "[mutated_value: {all_positional_arguments: ALL_POSITIONAL_ARGUMENTS}]",
            Effect(changes_others=True),
        ),
        (
            "[mutated_value: {positional_argument_index: 2, argument_keyword: out}]",
            Effect(changes_others=True, least_arguments=3),
        ),
        ("[mutated_value: {result: RESULT}]", Effect()),
        ("[views: [{positional_argument_index: 0}, {result: RESULT}]]", Effect()),
        ("[mutated_value: {external_state: random}]", Effect(changes_states=("random",))),
        (
            "[dependency: {external_state: matplotlib settings}]",
            Effect(reads_states=("matplotlib settings",)),
        ),
        ("[mutated_value: {external_state: db}]", Effect(writes_db=True)),
        ("[dependency: {external_state: db}]", Effect(reads_db=True)),
        # As LineaPy 0.2.3 has it: some file, nobody knows which.
        ("[mutated_value: {external_state: file_system}]", Effect(changes_states=("file_system",))),
        (
            "[mutated_value: {external_state: file_system, positional_argument_index: 0, argument_keyword: path}]",
            Effect(changes_others=True, writes_files=(Pointer(0, "path"),)),
        ),
        (
            "[dependency: {external_state: file_system, argument_keyword: path}]",
            Effect(changes_others=True, reads_files=(Pointer(None, "path"),)),
        ),
    ],
)
def test_what_side_effects_mean(side_effects: str, effect: Effect) -> None:
    assert _effect(side_effects) == effect


def test_criteria_of_the_three_shapes() -> None:
    text = """
- module: m
  annotations:
  - criteria: {function_names: [f, g]}
    side_effects: []
    advances_iterators: false
  - criteria: {class_instance: C, class_method_name: h}
    side_effects: []
  - criteria: {class_instance: C, keyword_arg_name: inplace, keyword_arg_value: 1}
    side_effects: [mutated_value: {self_ref: SELF_REF}]
"""
    functions, method, keyword = read_annotations(text, file="m.annotations.yaml")
    assert (functions.class_name, functions.names) == (None, ("f", "g"))
    assert not functions.effect.advances_iterators
    assert (method.class_name, method.names) == ("C", ("h",))
    assert (keyword.names, keyword.keyword) == ((), ("inplace", 1))


_GOOD = "- module: m\n  annotations:\n"


@pytest.mark.parametrize(
    "text, line, reason",
    [
        ("- {a: b]\n", 1, "not valid YAML"),
        ("- module: m\n   annotations: []\n", 2, "not valid YAML"),
        ("module: m\n", 1, "a list of modules is expected"),
        ("- module: m\n", 1, "the key 'annotations' is missing"),
        ("- module: m\n  annotations: []\n  modul: n\n", 3, "the key 'modul' is not known"),
        ("- module: m\n  module: n\n  annotations: []\n", 2, "the key 'module' is there twice"),
        (_GOOD + "  - criteria: {function_name: f}\n", 3, "the key 'side_effects' is missing"),
        (_GOOD + "  - criteria: {function: f}\n    side_effects: []\n", 3, "the key 'function' is not known"),
        (_GOOD + "  - criteria: {}\n    side_effects: []\n", 3, "nothing can match"),
        (_GOOD + "  - criteria: {class_method_name: f}\n    side_effects: []\n", 3, "needs 'class_instance'"),
        (
            _GOOD + "  - criteria: {class_instance: C, function_name: f}\n    side_effects: []\n",
            3,
            "exclude each other",
        ),
        (
            _GOOD + "  - criteria: {function_names: f}\n    side_effects: []\n",
            3,
            "a list of names is expected",
        ),
        (
            _GOOD + "  - criteria: {function_names: [yes]}\n    side_effects: []\n",
            3,
            "a name is expected here",
        ),
        (_GOOD + "  - criteria: {function_name: f}\n    side_effects:\n    - {}\n", 5, "is expected here"),
        (
            _GOOD + "  - criteria: {function_name: f}\n    side_effects:\n    - mutated_value: {self: x}\n",
            5,
            "the key 'self' is not known",
        ),
        (
            _GOOD
            + "  - criteria: {function_name: f}\n    side_effects:\n    - mutated_value:\n"
            + "        positional_argument_index: first\n",
            6,
            "is a number",
        ),
        (
            _GOOD + "  - criteria: {function_name: f}\n    side_effects: []\n    advances_iterators: maybe\n",
            5,
            "true or false is expected",
        ),
    ],
)
def test_a_wrong_file_is_named_with_line_and_reason(text: str, line: int, reason: str) -> None:
    with pytest.raises(KnowledgeFileError) as caught:
        read_annotations(text, file="mine.annotations.yaml")
    assert str(caught.value).startswith(f"mine.annotations.yaml, line {line}: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[]\n"])
def test_an_empty_file_says_nothing(text: str) -> None:
    assert read_annotations(text, file="mine.annotations.yaml") == []
