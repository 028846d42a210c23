"""What was ever saved stays readable: stores that earlier versions wrote are kept in ``golden``."""

from __future__ import annotations

import copy
import shutil
import types
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from lineapy.db.db import RelationalLineaDB
from lineapy.errors import UntrustedFormatError
from lineapy.storage.values import ValueStore
from lineapy.verify.compare import difference

STORES = sorted(path for path in (Path(__file__).parent / "golden").iterdir() if path.is_dir())


@pytest.fixture(params=STORES, ids=lambda path: path.name)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of an old store, in another place than it was written in."""
    return Path(shutil.copytree(request.param, tmp_path / "home"))


@pytest.fixture
def old_db(home: Path) -> Iterator[RelationalLineaDB]:
    db = RelationalLineaDB(f"sqlite:///{home}/db.sqlite")
    yield db
    db.close()


def made_by_its_program(home: Path) -> dict[tuple[str, int], object]:
    """The values that the program of a store saved, made again."""
    values: dict[tuple[str, int], object] = {}
    versions: Counter[str] = Counter()

    def save(value: object, name: str) -> None:
        values[name, versions[name]] = copy.deepcopy(value)
        versions[name] += 1

    text = (home / "model.py.txt").read_text(encoding="utf-8").replace("import lineapy\n", "")
    exec(compile(text, "model.py", "exec"), {"lineapy": types.SimpleNamespace(save=save)})
    return values


def test_there_are_old_stores() -> None:
    assert {path.name for path in STORES} >= {"0.3.0.dev0-first", "0.3.0.dev0-formats"}


def test_every_value_reads(home: Path, old_db: RelationalLineaDB) -> None:
    values, expected = ValueStore(str(home / "linea_pickles")), made_by_its_program(home)
    records = old_db.artifacts()
    assert {(record.name, record.version) for record in records} == set(expected)
    for record in records:
        assert not Path(record.value.location).exists(), "or it would be read from there"
        found = difference(values.read(record.value), expected[record.name, record.version])
        assert found is None, f"{record.name}: {found}"
        assert values.verify(record.value) is None
        local = values.local_file(record.value)
        assert local is not None
        assert local.is_relative_to(home)


def test_every_file_is_known(home: Path, old_db: RelationalLineaDB) -> None:
    """Or collecting garbage would not see it."""
    values = ValueStore(str(home / "linea_pickles"))
    assert {file.key for file in values.files()} == {record.value.key for record in old_db.artifacts()}


def test_every_value_moves_to_the_layout_of_today(
    home: Path, old_db: RelationalLineaDB, tmp_path: Path
) -> None:
    old, new = ValueStore(str(home / "linea_pickles")), ValueStore(str(tmp_path / "new"))
    for record in old_db.artifacts():
        moved = new.copy_in(old, record.value)
        assert difference(new.read(moved), old.read(record.value)) is None
        assert "/" not in moved.key


def test_pickles_are_told_apart(home: Path, old_db: RelationalLineaDB) -> None:
    careful = ValueStore(str(home / "linea_pickles"), trusted_types_only=True)
    for record in old_db.artifacts():
        if record.value.format == "cloudpickle":
            with pytest.raises(UntrustedFormatError):
                careful.read(record.value)
        else:
            careful.read(record.value)
