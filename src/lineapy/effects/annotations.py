"""The format of knowledge files: YAML → annotations. The format of LineaPy 0.2.3, with a few additions.

::

    - module: builtins
      annotations:
      - criteria: {class_instance: list, class_method_names: [append, sort]}
        side_effects:
        - mutated_value: {self_ref: SELF_REF}
      - criteria: {function_names: [len, print]}
        side_effects: []
        advances_iterators: false       # addition: an iterator among the arguments stays where it is

An entry without side effects says that the call changes nothing, except that it may advance iterators given to it.
``docs/annotations.md`` explains the format to those who write such files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from lineapy.errors import KnowledgeFileError

if TYPE_CHECKING:
    import yaml

_FUNCTION = ("function_name", "function_names")
_METHOD = ("class_method_name", "class_method_names")
_KEYWORD = ("keyword_arg_name", "keyword_arg_value")
_POINTERS = (
    "self_ref",
    "with_parts",
    "positional_argument_index",
    "argument_keyword",
    "all_positional_arguments",
    "result",
    "external_state",
)
#: Arguments of these names say where a function leaves its result: who leaves them out has nothing changed.
OUTPUT_KEYWORDS = frozenset({"out", "inplace", "file"})
#: States of the world outside that have fields of their own in an `Effect`.
FILE_SYSTEM, DATABASE = "file_system", "db"


class Pointer(NamedTuple):
    """Where in a call an argument stands; one of the two may be None.

    Attributes:
        position: Among the positional arguments, the receiver of a method not counted.
        keyword: Its name.
    """

    position: int | None
    keyword: str | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a call does.

    Attributes:
        changes_receiver: It changes the object whose method it is (for a module's function: the module).
        changes_others: It changes something else, such as an argument; which one has to be found by comparing.
        advances_iterators: It may advance iterators among its arguments.
        changes_states: Ambient states that it changes, such as ``"numpy.random"`` or ``"matplotlib"``; the state
            ``"file_system"`` stands for a file whose path the annotation does not tell.
        reads_states: Ambient states that its result depends on.
        reads_files: Arguments that are paths, or file objects, which it reads.
        writes_files: Arguments that are paths, or file objects, which it writes.
        reads_db: It reads a database; the connection is the receiver or among the arguments.
        writes_db: It writes a database.
        changes_parts: Besides the receiver it may change objects that the receiver holds, such as the steps of a
            pipeline; which ones has to be found by comparing.
        least_arguments: ``changes_others`` holds only for calls with at least so many positional arguments: fewer
            leave out the one that says where the result goes.
    """

    changes_receiver: bool = False
    changes_others: bool = False
    advances_iterators: bool = True
    changes_states: tuple[str, ...] = ()
    reads_states: tuple[str, ...] = ()
    reads_files: tuple[Pointer, ...] = ()
    writes_files: tuple[Pointer, ...] = ()
    reads_db: bool = False
    writes_db: bool = False
    changes_parts: bool = False
    least_arguments: int = 0


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
        KnowledgeFileError: The text is not YAML, or not of this format; the message says in which line, and why.

    Example:
        >>> read_annotations('''
        ... - module: heapq
        ...   annotations:
        ...   - criteria: {function_name: nlargest}
        ...     side_effects: []
        ... ''', file="heapq.annotations.yaml")[0].names
        ('nlargest',)
    """
    import yaml

    # The safe loader made in C, ten times as fast, where libyaml is there.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        document = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        why = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise KnowledgeFileError(f"{file}{where}: this is not valid YAML: {why}") from error
    return list(_Reader(file).modules(document)) if document is not None else []


class _Reader:
    """Understands the nodes of a YAML document, which know the line they stand in."""

    def __init__(self, file: str) -> None:
        import yaml

        self.file = file
        self.yaml = yaml
        self.constructor = yaml.constructor.SafeConstructor()

    def fail(self, node: yaml.Node, why: str) -> KnowledgeFileError:
        return KnowledgeFileError(f"{self.file}, line {node.start_mark.line + 1}: {why}")

    def modules(self, document: yaml.Node) -> Iterator[Annotation]:
        for entry in self.sequence(document, "modules"):
            known = self.mapping(entry, required=("module", "annotations"))
            module = self.text(known["module"])
            for annotation in self.sequence(known["annotations"], "annotations"):
                yield self.annotation(module, annotation)

    def annotation(self, module: str, entry: yaml.Node) -> Annotation:
        known = self.mapping(entry, required=("criteria", "side_effects"), optional=("advances_iterators",))
        criteria = self.mapping(
            known["criteria"], optional=(*_FUNCTION, "class_instance", *_METHOD, *_KEYWORD)
        )
        class_name = self.text(criteria["class_instance"]) if "class_instance" in criteria else None
        unfit = _METHOD if class_name is None else _FUNCTION
        for key in unfit:
            if key in criteria:
                raise self.fail(
                    known["criteria"],
                    f"{key!r} needs 'class_instance', the class whose methods are meant"
                    if class_name is None
                    else f"{key!r} and 'class_instance' exclude each other: methods are 'class_method_names'",
                )
        names = self.names(criteria, _METHOD if class_name is not None else _FUNCTION)
        keyword = None
        if "keyword_arg_name" in criteria:
            value = criteria.get("keyword_arg_value")
            keyword = (self.text(criteria["keyword_arg_name"]), None if value is None else self.value(value))
        if not names and keyword is None:
            raise self.fail(
                known["criteria"],
                "the criteria name no function, no method and no keyword argument, so nothing can match",
            )
        advances = self.switch(known["advances_iterators"]) if "advances_iterators" in known else True
        effect = self.effect(known["side_effects"], advances)
        return Annotation(module, class_name, names, keyword, effect)

    def effect(self, side_effects: yaml.Node, advances: bool) -> Effect:
        receiver = others = parts = False
        least: int | None = None
        states = {"mutated_value": dict[str, None](), "dependency": dict[str, None]()}
        files = {"mutated_value": dict[Pointer, None](), "dependency": dict[Pointer, None]()}
        for side_effect in self.sequence(side_effects, "side effects"):
            known = self.mapping(side_effect, optional=("mutated_value", "dependency", "views"))
            if not known:
                raise self.fail(side_effect, "'mutated_value', 'dependency' or 'views' is expected here")
            for view in self.sequence(known["views"], "pointers") if "views" in known else ():
                self.pointer(view)  # aliases are found by looking
            for kind in ("mutated_value", "dependency"):
                if kind not in known:
                    continue
                pointer = self.pointer(known[kind])
                argument = Pointer(pointer.get("positional_argument_index"), pointer.get("argument_keyword"))
                state = pointer.get("external_state")
                if state == FILE_SYSTEM and argument != (None, None):
                    files[kind][argument] = None
                    others, least = True, 0  # in place of a path there may be a file object
                elif state is not None:
                    states[kind][state] = None
                elif kind == "dependency":
                    pass  # on arguments, as every call
                elif "self_ref" in pointer:
                    receiver = True
                    parts = parts or pointer.get("with_parts", False)
                elif argument.keyword in OUTPUT_KEYWORDS and argument.position is not None:
                    others = True
                    least = argument.position + 1 if least is None else min(least, argument.position + 1)
                elif "result" not in pointer:
                    others = True
                    least = 0
        return Effect(
            changes_receiver=receiver,
            changes_others=others,
            advances_iterators=advances,
            changes_states=tuple(state for state in states["mutated_value"] if state != DATABASE),
            reads_states=tuple(state for state in states["dependency"] if state != DATABASE),
            reads_files=tuple(files["dependency"]),
            writes_files=tuple(files["mutated_value"]),
            reads_db=DATABASE in states["dependency"],
            writes_db=DATABASE in states["mutated_value"],
            changes_parts=parts,
            least_arguments=least or 0,
        )

    def pointer(self, node: yaml.Node) -> dict[str, Any]:
        """The keys of a pointer with their values, checked."""
        known = self.mapping(node, optional=_POINTERS)
        if not known:
            raise self.fail(node, f"a pointer is expected here: one of {', '.join(_POINTERS)}")
        found: dict[str, Any] = {}
        for key, value in known.items():
            if key == "positional_argument_index":
                found[key] = self.value(value)
                if type(found[key]) is not int or found[key] < 0:
                    raise self.fail(value, f"{key!r} is a number, 0 for the first argument")
            elif key == "with_parts":
                found[key] = self.switch(value)
            else:
                found[key] = self.text(value)
        return found

    def names(self, criteria: Mapping[str, yaml.Node], keys: tuple[str, str]) -> tuple[str, ...]:
        single, several = keys
        found = [self.text(criteria[single])] if single in criteria else []
        if several in criteria:
            found += [self.text(name) for name in self.sequence(criteria[several], "names")]
        return tuple(found)

    # -- nodes

    def value(self, node: yaml.Node) -> Any:
        return self.constructor.construct_object(node, deep=True)

    def text(self, node: yaml.Node) -> str:
        value = self.value(node)
        if not isinstance(value, str):
            raise self.fail(node, f"a name is expected here, not {value!r}; quotes make anything a name")
        return value

    def switch(self, node: yaml.Node) -> bool:
        value = self.value(node)
        if not isinstance(value, bool):
            raise self.fail(node, f"true or false is expected here, not {value!r}")
        return value

    def sequence(self, node: yaml.Node, of: str) -> Sequence[yaml.Node]:
        if not isinstance(node, self.yaml.SequenceNode):
            raise self.fail(node, f"a list of {of} is expected here, not {self.value(node)!r}")
        items: Sequence[yaml.Node] = node.value
        return items

    def mapping(
        self, node: yaml.Node, *, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()
    ) -> Mapping[str, yaml.Node]:
        if not isinstance(node, self.yaml.MappingNode):
            raise self.fail(node, f"keys and values are expected here, not {self.value(node)!r}")
        found: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = self.value(key_node)
            if key not in required and key not in optional:
                expected = ", ".join((*required, *optional))
                raise self.fail(key_node, f"the key {key!r} is not known; expected {expected}")
            if key in found:
                raise self.fail(key_node, f"the key {key!r} is there twice")
            found[key] = value
        for key in required:
            if key not in found:
                raise self.fail(node, f"the key {key!r} is missing")
        return found
