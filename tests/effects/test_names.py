"""Names in our knowledge files exist. At run time a name that does not is passed over, as one of another version."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

import pytest

from lineapy.effects.annotations import Annotation
from lineapy.effects.files import ALWAYS, packaged_files, read_packaged

#: Names that the versions installed for the tests do not have, but others do.
OTHER_VERSIONS = {
    # Before 2.0
    "numpy": "cumproduct in1d product round_ trapz ndarray.itemset row_stack",
    # Before 3.0
    "pandas": "value_counts DataFrame.to_gbq"
    " DataFrame.backfill DataFrame.bool DataFrame.first DataFrame.last DataFrame.pad DataFrame.swapaxes"
    " Series.backfill Series.bool Series.first Series.last Series.pad Series.ravel Series.swapaxes Series.view"
    " DataFrameGroupBy.fillna SeriesGroupBy.fillna Resampler.fillna",
}


def _is_installed(library: str) -> bool:
    return library in ALWAYS or importlib.util.find_spec(library) is not None


@pytest.mark.parametrize("library", sorted(packaged_files()))
def test_every_annotated_name_exists(library: str) -> None:
    if not _is_installed(library):
        pytest.skip(f"{library} is not in this environment: see the groups 'knowledge' and 'knowledge-heavy'")
    annotations = read_packaged(packaged_files()[library])
    for annotation in annotations:
        importlib.import_module(annotation.module)
    missing = {name for annotation in annotations for name in _missing(annotation)}
    assert missing <= set(OTHER_VERSIONS.get(library, "").split())


def _missing(annotation: Annotation) -> list[str]:
    module = importlib.import_module(annotation.module)
    if annotation.class_name is None:
        return [name for name in annotation.names if not _has(module, name)]
    cls = getattr(module, annotation.class_name, None)
    if cls is None:
        return [annotation.class_name]
    # What is said of a base class holds for its subclasses, and perhaps only they have the method.
    classes = _with_subclasses(cls)
    return [
        f"{annotation.class_name}.{name}"
        for name in annotation.names
        if not any(hasattr(c, name) for c in classes)
    ]


def _with_subclasses(cls: type) -> list[type]:
    found = [cls]
    for known in found:
        found += [c for c in type.__subclasses__(known) if c not in found]
    return found


def _has(module: ModuleType, name: str) -> bool:
    # As knowledge looks them up: a module's __getattr__ is not asked.
    return name in vars(module)
