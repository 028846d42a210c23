"""Where knowledge lies on the disk: ours beside this module, one file per library, and the user's own. Reads files.

Importing a YAML parser and reading YAML takes longer than everything else at the start of a session. So each of our
YAML files has a JSON file beside it with the same annotations, which ``python -m lineapy.effects.files`` writes. It
holds the digest of the YAML that it was made from, and counts only as long as that is right.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import astuple, fields
from functools import cache
from typing import Any

from xxhash import xxh3_128_hexdigest

from lineapy.effects.annotations import Annotation, Effect, Pointer, read_annotations
from lineapy.errors import KnowledgeFileError

SUFFIX = ".annotations.yaml"
#: Files that are not about one package: they are read for every session.
ALWAYS = frozenset({"builtins", "stdlib", "lineapy"})
_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "knowledge")


@cache
def packaged_files() -> dict[str, str]:
    """The knowledge files that come with LineaPy, by the package that each speaks of."""
    names = [name for name in sorted(os.listdir(_FOLDER)) if name.endswith(SUFFIX)]
    return {name.removesuffix(SUFFIX): os.path.join(_FOLDER, name) for name in names}


def read_packaged(file: str) -> list[Annotation]:
    """Read one of the files that come with LineaPy, the quick way if there is one."""
    with open(file, encoding="utf-8") as stream:
        text = stream.read()
    try:
        with open(_compiled(file), encoding="utf-8") as stream:
            compiled = json.load(stream)
    except (OSError, ValueError):
        compiled = {}
    if compiled.get("yaml") == xxh3_128_hexdigest(text.encode()) and compiled.get("fields") == _fields():
        return _decode(compiled)
    return read_annotations(text, file=os.path.basename(file))


def read_users(folder: str) -> list[Annotation]:
    """Read the user's own files.

    Args:
        folder: Where they are. There may be no such folder.

    Returns:
        The annotations of all its ``*.annotations.yaml``, the files in the order of their names.

    Raises:
        KnowledgeFileError: One of them is wrong, or cannot be read.
    """
    found: list[Annotation] = []
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(SUFFIX))
    except (FileNotFoundError, NotADirectoryError):
        return found
    except OSError as error:
        raise KnowledgeFileError(
            f"{folder}: the knowledge files in it cannot be read: {error.strerror}"
        ) from error
    for name in names:
        file = os.path.join(folder, name)
        try:
            with open(file, encoding="utf-8") as stream:
                text = stream.read()
        except (OSError, UnicodeDecodeError) as error:
            raise KnowledgeFileError(f"{file}: the file cannot be read: {error}") from error
        found += read_annotations(text, file=file)
    return found


# -- the quick form


def compile_packaged() -> dict[str, str]:
    """The text of the JSON file that belongs beside each YAML file, by its path."""
    found = {}
    for file in packaged_files().values():
        with open(file, encoding="utf-8") as stream:
            text = stream.read()
        found[_compiled(file)] = _encode(text, read_annotations(text, file=os.path.basename(file)))
    return found


def _compiled(file: str) -> str:
    return file.removesuffix(".yaml") + ".json"


def _fields() -> list[str]:
    return [field.name for field in fields(Effect)]


def _encode(text: str, annotations: Iterable[Annotation]) -> str:
    effects: dict[Effect, int] = {}
    lines = [
        json.dumps(
            [a.module, a.class_name, " ".join(a.names), a.keyword, effects.setdefault(a.effect, len(effects))]
        )
        for a in annotations
    ]
    head = {
        "yaml": xxh3_128_hexdigest(text.encode()),
        "fields": _fields(),
        "effects": [astuple(e) for e in effects],
    }
    return json.dumps(head)[:-1] + ', "annotations": [\n' + ",\n".join(lines) + "\n]}\n"


def _decode(compiled: dict[str, Any]) -> list[Annotation]:
    effects = [Effect(*map(_frozen, values)) for values in compiled["effects"]]
    return [
        Annotation(
            module, cls, tuple(names.split()), None if keyword is None else tuple(keyword), effects[effect]
        )
        for module, cls, names, keyword, effect in compiled["annotations"]
    ]


def _frozen(value: Any) -> Any:
    if type(value) is not list:
        return value
    return tuple(Pointer(*item) if type(item) is list else item for item in value)


if __name__ == "__main__":
    for path, content in compile_packaged().items():
        with open(path, "w", encoding="utf-8") as target:
            target.write(content)
