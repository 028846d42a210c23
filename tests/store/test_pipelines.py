"""Pipelines in the database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lineapy.db.db import RelationalLineaDB
from lineapy.db.records import PipelineRecord
from lineapy.errors import PipelineNotFoundError


def a_pipeline(name: str = "iris", **changes: object) -> PipelineRecord:
    fields: dict[str, object] = {
        "name": name,
        "version": 0,
        "date_created": datetime(2026, 11, 23, 12, tzinfo=UTC),
        "artifacts": (("model", 3), ("the score \ud800", 0)),
        "dependencies": {"the score \ud800": ["model"]},
        "parameters": ("seed", "share"),
        "user_name": "ada",
    }
    return PipelineRecord(**{**fields, **changes})  # type: ignore[arg-type]


def test_comes_back_as_it_was_stored(db: RelationalLineaDB) -> None:
    assert db.save_pipeline(a_pipeline()) == a_pipeline()
    assert db.find_pipeline("iris") == a_pipeline()


def test_versions_are_counted_for_each_name(db: RelationalLineaDB) -> None:
    versions = [db.save_pipeline(a_pipeline(name)).version for name in ("iris", "iris", "house", "iris")]
    assert versions == [0, 1, 0, 2]
    assert db.find_pipeline("iris").version == 2
    assert db.find_pipeline("iris", 1).version == 1


def test_the_newest_of_each_name_is_listed(db: RelationalLineaDB) -> None:
    for name in ("iris", "house", "iris"):
        db.save_pipeline(a_pipeline(name))
    assert [(found.name, found.version) for found in db.pipelines()] == [("house", 0), ("iris", 1)]
    assert [found.name for found in db.pipelines(offset=1, limit=5)] == ["iris"]


@pytest.mark.parametrize("name, version", [("other", None), ("iris", 1)])
def test_what_is_not_there(db: RelationalLineaDB, name: str, version: int | None) -> None:
    db.save_pipeline(a_pipeline())
    with pytest.raises(PipelineNotFoundError, match=f"no pipeline '{name}'.*there are 'iris'"):
        db.find_pipeline(name, version)
