"""`lineapy store check`: what it finds, and what it says of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lineapy.db.db import RelationalLineaDB
from lineapy.db.records import StoredValue, StoredValueUse
from lineapy.maintenance.check import CheckResult, Sample, check, live_artifacts, needed_values
from lineapy.storage.values import ValueStore
from tests.servers.s3 import S3Server
from tests.store.given import saved


def checked(db: RelationalLineaDB, values: ValueStore, sample: Sample | None = None) -> CheckResult:
    return check(db, values, needed_values(db, sample))


def found(result: CheckResult) -> dict[str, list[tuple[str, int]]]:
    """Which artifacts are hit by which kind of damage."""
    kinds: dict[str, list[tuple[str, int]]] = {}
    for bad in result.damaged:
        kinds.setdefault(bad.damage.kind, []).extend((a.name, a.version) for a in live_artifacts(bad.use))
    return kinds


def file_of(values: ValueStore, stored: StoredValue) -> Path:
    path = values.local_file(stored)
    assert path is not None
    path.chmod(0o644)
    return path


def test_a_store_without_anything_is_clean(db: RelationalLineaDB, local_values: ValueStore) -> None:
    assert checked(db, local_values) == CheckResult(0, 0, (), ())


def test_every_value_is_read_once_however_many_artifacts_share_it(
    db: RelationalLineaDB, local_values: ValueStore
) -> None:
    shared = local_values.write("shared")
    for name in ("a", "b", "c"):
        saved(db, name, shared)
    saved(db, "d", local_values.write(b"x" * 1000))
    result = checked(db, local_values)
    assert result.is_clean
    assert (result.checked, result.size) == (2, shared.size + 1000)


def test_each_kind_of_damage_is_found_with_all_artifacts_that_it_hits(
    db: RelationalLineaDB, local_values: ValueStore
) -> None:
    flipped, cut, gone, whole = (local_values.write(f"value {n}") for n in range(4))
    saved(db, "flipped", flipped)
    saved(db, "flipped", flipped)
    saved(db, "cut", cut)
    saved(db, "gone", gone)
    saved(db, "whole", whole)
    path = file_of(local_values, flipped)
    content = bytearray(path.read_bytes())
    content[3] ^= 1
    path.write_bytes(content)
    os.truncate(file_of(local_values, cut), 2)
    file_of(local_values, gone).unlink()

    result = checked(db, local_values)
    assert not result.is_clean
    assert found(result) == {
        "digest": [("flipped", 0), ("flipped", 1)],
        "size": [("cut", 0)],
        "missing": [("gone", 0)],
    }
    for bad in result.damaged:
        assert bad.use.value.key in bad.damage.message
        assert "running the artifact's code" in bad.damage.message


def test_a_value_larger_than_memory_is_to_hold_is_checked_to_its_last_byte(
    sqlite_db: RelationalLineaDB, local_values: ValueStore
) -> None:
    large = local_values.write(bytes(40 << 20))
    saved(sqlite_db, "large", large)
    assert checked(sqlite_db, local_values).is_clean
    with file_of(local_values, large).open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\1")
    assert found(checked(sqlite_db, local_values)) == {"digest": [("large", 0)]}


def test_what_only_deleted_artifacts_need_is_not_checked(
    db: RelationalLineaDB, local_values: ValueStore
) -> None:
    value = local_values.write("value")
    saved(db, "deleted", value)
    db.delete_artifacts("deleted", [0])
    local_values.remove(value)
    assert checked(db, local_values) == CheckResult(0, 0, (), ())
    db.restore_artifacts("deleted", [0])
    assert found(checked(db, local_values)) == {"missing": [("deleted", 0)]}


def test_what_is_deleted_and_cleared_away_during_the_check_is_not_reported(
    db: RelationalLineaDB, local_values: ValueStore
) -> None:
    values = [local_values.write(f"value {n}") for n in range(3)]
    for number, value in enumerate(values):
        saved(db, f"a{number}", value)

    def clear_away(use: StoredValueUse) -> None:
        if use.value == values[0]:
            db.delete_artifacts("a1", [0])
            local_values.remove(values[1])

    assert check(db, local_values, needed_values(db), clear_away).is_clean


def test_a_folder_that_was_moved_is_clean_where_it_is_now(
    db: RelationalLineaDB, local_values: ValueStore, tmp_path: Path
) -> None:
    saved(db, "model", local_values.write("value"))
    Path(local_values.location).rename(tmp_path / "moved")
    assert checked(db, ValueStore(str(tmp_path / "moved"))).is_clean


def test_damage_at_a_server_is_found(db: RelationalLineaDB, s3: S3Server) -> None:
    values = ValueStore(s3.new_location(), s3.storage_options)
    whole, changed, gone = (values.write(f"value {n}") for n in range(3))
    for name, value in (("whole", whole), ("changed", changed), ("gone", gone)):
        saved(db, name, value)
    bucket, _, folder = values.location.removeprefix("s3://").partition("/")
    s3.client().put_object(Bucket=bucket, Key=f"{folder}/{changed.key}", Body=b'"valse 1"')
    s3.client().delete_object(Bucket=bucket, Key=f"{folder}/{gone.key}")
    assert found(checked(db, values)) == {"digest": [("changed", 0)], "missing": [("gone", 0)]}


def test_a_location_out_of_reach_is_reported_as_such_and_the_others_are_checked(
    db: RelationalLineaDB, local_values: ValueStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    elsewhere = "s3://bucket/values"
    digests = [f"{n:064x}" for n in range(5)]
    for digest in digests:
        saved(db, "far", StoredValue(digest, 3, "json", elsewhere, f"{digest}.json"))
    gone = local_values.write("value")
    saved(db, "near", gone)
    local_values.remove(gone)

    seen: list[StoredValueUse] = []
    result = check(db, local_values, needed_values(db), seen.append)
    assert found(result) == {"missing": [("near", 0)]}
    (place,) = result.unreachable
    assert (place.location, len(place.uses)) == (elsewhere, 5)
    assert "s3://bucket/values" in place.reason
    assert result.checked == 1
    assert len(seen) == 6


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_does_not_keep_the_others_from_being_checked(
    sqlite_db: RelationalLineaDB, local_values: ValueStore
) -> None:
    values = [local_values.write(f"value {n}") for n in range(6)]
    for value in values:
        saved(sqlite_db, "model", value)
    for value in values[:5]:
        file_of(local_values, value).chmod(0)
    local_values.remove(values[5])
    result = checked(sqlite_db, local_values)
    assert found(result) == {"missing": [("model", 5)]}
    assert [len(place.uses) for place in result.unreachable] == [5]


class TestASample:
    def test_is_as_large_as_asked_and_differs_from_time_to_time(
        self, sqlite_db: RelationalLineaDB, local_values: ValueStore
    ) -> None:
        for number in range(40):
            saved(sqlite_db, "model", local_values.write(number))
        assert checked(sqlite_db, local_values, Sample(number=7)).checked == 7
        assert checked(sqlite_db, local_values, Sample(share=0.1)).checked == 4
        assert checked(sqlite_db, local_values, Sample(number=1000)).checked == 40
        drawn = {
            tuple(use.value.key for use in needed_values(sqlite_db, Sample(number=20))) for _ in range(5)
        }
        assert len(drawn) > 1

    @pytest.mark.parametrize(
        "text, number", [("7", 7), ("10%", 5), ("1%", 1), ("100%", 50), ("0.001 %", 1), ("80", 50)]
    )
    def test_is_a_number_or_a_share_and_never_nothing(self, text: str, number: int) -> None:
        assert Sample.parse(text).size_of(50) == number

    @pytest.mark.parametrize("text", ["", "0", "-3", "0%", "101%", "nan%", "many", "1.5", "%"])
    def test_cannot_be_something_else(self, text: str) -> None:
        with pytest.raises(ValueError, match="neither a number of values"):
            Sample.parse(text)
