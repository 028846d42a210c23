"""The format of knowledge files: YAML → annotations. The format of LineaPy 0.2.3, with one addition.

::

    - module: builtins
      annotations:
      - criteria: {class_instance: list, class_method_names: [append, sort]}
        side_effects:
        - mutated_value: {self_ref: SELF_REF}
      - criteria: {function_names: [len, print]}
        side_effects: []
        advances_iterators: false       # the addition: an iterator among the arguments stays where it is

An entry without side effects says that the call changes nothing, except that it may advance iterators given to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from lineapy.errors import KnowledgeFileError

#: The safe loader made in C, ten times as fast, where libyaml is there.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FUNCTION = ("function_name", "function_names")
_METHOD = ("class_method_name", "class_method_names")
_POINTERS = frozenset(
    {
        "self_ref",
        "positional_argument_index",
        "argument_keyword",
        "all_positional_arguments",
        "result",
        "external_state",
    }
)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a call does.

    Attributes:
        changes_receiver: It changes the object whose method it is (for a module's function: the module).
        changes_others: It changes something else, such as an argument; which one has to be found by comparing.
        advances_iterators: It may advance iterators among its arguments.
    """

    changes_receiver: bool = False
    changes_others: bool = False
    advances_iterators: bool = True


@dataclass(frozen=True, slots=True)
class Annotation:
    """One line of knowledge: which callables of a module, and what calling them does.

    Attributes:
        module: Dotted name of the module in which ``names`` or ``class_name`` is found.
        class_name: The class whose methods are meant; None for functions and classes called by themselves.
        names: The functions or methods.
        keyword: Applies only when this keyword argument has this value.
        effect: What the call does.
    """

    module: str
    class_name: str | None
    names: tuple[str, ...]
    keyword: tuple[str, object] | None
    effect: Effect


def read_annotations(text: str, *, file: str) -> list[Annotation]:
    """Read a knowledge file.

    Args:
        text: Its YAML.
        file: Its name, for messages.

    Returns:
        The annotations, in the file's order.

    Raises:
        KnowledgeFileError: The text is not YAML, or not of this format; the message says where and why.

    Example:
        >>> read_annotations('''
        ... - module: heapq
        ...   annotations:
        ...   - criteria: {function_name: nlargest}
        ...     side_effects: []
        ... ''', file="heapq.annotations.yaml")[0].names
        ('nlargest',)
    """
    try:
        document = yaml.load(text, Loader=_LOADER)  # noqa: S506  both loaders are safe ones
    except yaml.YAMLError as error:
        raise KnowledgeFileError(f"{file} is not valid YAML: {error}") from error
    return list(_Reader(file).modules(document))


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file

    def fail(self, where: str, why: str) -> KnowledgeFileError:
        return KnowledgeFileError(f"{self.file}: {where}: {why}")

    def modules(self, document: Any) -> Iterator[Annotation]:
        for number, entry in enumerate(self.sequence(document or [], "the file"), 1):
            where = f"entry {number}"
            known = self.mapping(entry, where, required=("module", "annotations"))
            for inner, annotation in enumerate(self.sequence(known["annotations"], where), 1):
                yield self.annotation(
                    known["module"], annotation, f"{where} ({known['module']}), annotation {inner}"
                )

    def annotation(self, module: str, entry: Any, where: str) -> Annotation:
        known = self.mapping(
            entry, where, required=("criteria", "side_effects"), optional=("advances_iterators",)
        )
        criteria = self.mapping(
            known["criteria"],
            where,
            optional=(*_FUNCTION, "class_instance", *_METHOD, "keyword_arg_name", "keyword_arg_value"),
        )
        class_name = criteria.get("class_instance")
        names = self.names(criteria, _METHOD if class_name else _FUNCTION)
        keyword = None
        if "keyword_arg_name" in criteria:
            keyword = (criteria["keyword_arg_name"], criteria.get("keyword_arg_value"))
        if not names and keyword is None:
            raise self.fail(
                where, "criteria name no function, no method and no keyword argument, so nothing can match"
            )
        effect = self.effect(known["side_effects"], bool(known.get("advances_iterators", True)), where)
        return Annotation(module, class_name, names, keyword, effect)

    def effect(self, side_effects: Any, advances: bool, where: str) -> Effect:
        receiver = others = False
        for side_effect in self.sequence(side_effects, where):
            known = self.mapping(side_effect, where, optional=("mutated_value", "views", "dependency"))
            if "mutated_value" in known:
                pointer = self.mapping(known["mutated_value"], where, optional=tuple(_POINTERS))
                if "self_ref" in pointer:
                    receiver = True
                else:
                    others = True
        return Effect(receiver, others, advances)

    def names(self, criteria: Mapping[str, Any], keys: tuple[str, str]) -> tuple[str, ...]:
        single, several = keys
        found = criteria.get(several) or ([criteria[single]] if single in criteria else [])
        return tuple(found)

    def sequence(self, value: Any, where: str) -> Sequence[Any]:
        if not isinstance(value, list):
            raise self.fail(where, f"a list is expected here, not {value!r}")
        return value

    def mapping(
        self, value: Any, where: str, *, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()
    ) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.fail(where, f"keys and values are expected here, not {value!r}")
        for key in required:
            if key not in value:
                raise self.fail(where, f"the key {key!r} is missing")
        for key in value:
            if key not in required and key not in optional:
                raise self.fail(
                    where, f"the key {key!r} is not known; expected {', '.join((*required, *optional))}"
                )
        return value
