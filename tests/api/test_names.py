"""Tags, notes, searching and renaming, as users call them."""

from __future__ import annotations

import getpass
import platform
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import lineapy
from lineapy.errors import (
    ArtifactNotFoundError,
    ArtifactSaveError,
    ArtifactVersionError,
    SearchError,
    TagError,
    TagNotFoundError,
)
from tests.api.support import check_alone, run_python, trace

TAGGED = """
import lineapy
for x in (10, 11, 12):
    lineapy.save(x, "x", notes=f"number {x}", tags=["newest"] if x < 12 else ())
lineapy.save("a text", "other", tags="production")
"""


@pytest.fixture
def tagged() -> None:
    trace(TAGGED)


def names(store: lineapy.LineaArtifactStore) -> list[str]:
    return [f"{artifact.name}:{artifact.version}" for artifact in store]


@pytest.mark.usefixtures("tagged")
class TestTags:
    def test_are_versions_that_people_can_remember(self) -> None:
        assert lineapy.get("x", version="newest").get_value() == 11
        assert lineapy.get("x", " newest ").version == 1
        assert lineapy.get("x", "latest").version == 2
        assert lineapy.get("other", "production").tags == ("production",)

    def test_move(self) -> None:
        lineapy.get("x", 2).tag("production", "newest")
        assert lineapy.get("x", "newest").version == 2
        assert lineapy.get("x", 1).tags == ()
        assert lineapy.get("x", 2).tags == ("newest", "production")

    def test_are_taken_away(self) -> None:
        artifact = lineapy.get("x", "newest")
        artifact.untag("newest")
        assert artifact.tags == ()
        with pytest.raises(TagNotFoundError):
            artifact.untag("newest")
        lineapy.get("x", 0).tag("newest")
        with pytest.raises(TagNotFoundError, match="no tag of version 1 of 'x', but of version 0"):
            artifact.untag("newest")
        assert lineapy.get("x", "newest").version == 0

    def test_that_are_not_there(self) -> None:
        for kind in (ArtifactNotFoundError, ArtifactVersionError, NameError, ValueError):
            with pytest.raises(kind, match="its tags are 'newest'"):
                lineapy.get("x", "production")
        with pytest.raises(TagNotFoundError):
            lineapy.delete("x", "production")
        with pytest.raises(ArtifactNotFoundError, match="There is no artifact 'nothing'"):
            lineapy.get("nothing", "production")

    def test_say_what_to_delete(self) -> None:
        lineapy.delete("x", "newest")
        assert names(lineapy.artifact_store()) == ["x:0", "x:2", "other:0"]

    def test_stand_in_tables(self) -> None:
        assert "tags" in repr(lineapy.artifact_store())
        assert "<td>production</td>" in lineapy.artifact_store()._repr_html_()
        assert "tags" not in repr(lineapy.artifact_store().search("x", until=timedelta(days=1)))

    def test_in_a_program_that_loads_by_one_leave_its_slice_sound(self) -> None:
        trace("import lineapy\ny = lineapy.get('x', 'newest').get_value() + 1\nlineapy.save(y, 'y')\n")
        artifact = lineapy.get("y")
        assert artifact.execute() == artifact.get_value() == 12


class TestATag:
    @pytest.mark.parametrize(
        "tag",
        ["1", "1.0", " 1", "-1", "1e5", "1_000", "0x1f", "nan", "inf", "2026-11-23", "latest", "Latest", "all", "", " ",
         " a", "a ", "a\nb", "a\0b", "\ud800", "n" * 1000, 1, None, b"a", True],
    )  # fmt: skip
    def test_that_could_be_taken_for_something_else_is_refused(self, tag: Any) -> None:
        trace("import lineapy\nx = 1\nlineapy.save(x, 'x')\n")
        with pytest.raises(TagError, match="cannot be a tag"):
            lineapy.get("x").tag(tag)
        with pytest.raises(ValueError, match="Choose a name with a letter"):
            trace(f"import lineapy\ny = 1\nlineapy.save(y, 'y', tags=['fine', {tag!r}])\n")
        assert names(lineapy.artifact_store()) == ["x:0"]
        assert lineapy.get("x").tags == ()

    @pytest.mark.parametrize(
        "tag", ["production", "v1.2", "best so far", "naïve ✓", "a/b", "x" * 200, "%", "2nd"]
    )
    def test_may_be(self, tag: str) -> None:
        trace(f"import lineapy\nx = 1\nlineapy.save(x, 'x', tags=[{tag!r}, {tag!r}])\n")
        assert lineapy.get("x", tag).tags == (tag,)


@pytest.mark.usefixtures("tagged")
class TestNotes:
    def test_are_shown_with_author_and_host(self) -> None:
        metadata = lineapy.get("x", 1).get_metadata()["lineapy"]
        assert (metadata.notes, metadata.tags) == ("number 11", ("newest",))
        assert (metadata.user_name, metadata.host_name) == (getpass.getuser(), platform.node())
        assert lineapy.get("other").get_metadata()["lineapy"].notes is None

    def test_are_replaced(self) -> None:
        artifact = lineapy.get("x", 0)
        artifact.set_notes("zero")
        assert (artifact.notes, lineapy.get("x", 0).notes, lineapy.get("x", 1).notes) == (
            "zero",
            "zero",
            "number 11",
        )

    def test_that_are_no_text_are_refused(self) -> None:
        with pytest.raises(ArtifactSaveError, match="notes on an artifact are a text, not 5"):
            trace("import lineapy\nz = 1\nlineapy.save(z, 'z', notes=5)\n")

    def test_are_no_part_of_the_slice(self) -> None:
        trace(
            "import lineapy\nscore = 0.5\nz = [1]\nlineapy.save(z, 'z', notes=f'score {score}', tags=[f's{score}'])\n"
        )
        artifact = lineapy.get("z", "s0.5")
        assert artifact.get_code() == "z = [1]\n"
        assert check_alone(artifact) == [1]


class TestSearching:
    @pytest.fixture(autouse=True)
    def _saved(self, tmp_path: Path) -> None:
        (tmp_path / "iris.csv").write_text("1,2\n")
        trace(
            "import lineapy\n"
            f"text = open({str(tmp_path / 'iris.csv')!r}).read()\n"
            "lineapy.save(text, 'raw', tags=['checked'])\n"
            "model = {'weights': text}\n"
            "lineapy.save(model, 'model_1')\n"
            "other = object\n"
            "lineapy.save(other, 'model_2')\n"
        )

    @pytest.mark.parametrize(
        "wanted, found",
        [
            ({}, ["raw:0", "model_1:0", "model_2:0"]),
            ({"name": "model*"}, ["model_1:0", "model_2:0"]),
            ({"type": "code"}, ["model_2:0"]),
            ({"type": lineapy.ValueType.value}, ["model_1:0"]),
            ({"tag": "*"}, ["raw:0"]),
            ({"author": getpass.getuser()}, ["raw:0", "model_1:0", "model_2:0"]),
            ({"author": "nobody*"}, []),
            ({"input_file": "iris.csv"}, ["raw:0", "model_1:0"]),
            ({"input_file": Path("iris.*"), "name": "m*"}, ["model_1:0"]),
            ({"since": timedelta(hours=1)}, ["raw:0", "model_1:0", "model_2:0"]),
            ({"until": timedelta(hours=1)}, []),
            ({"since": datetime.now(UTC).date(), "until": datetime.now(UTC).date() + timedelta(days=1)}, ["raw:0", "model_1:0", "model_2:0"]),
            ({"until": "2020-01-01"}, []),
            ({"since": date(9000, 1, 1)}, []),
            ({"until": datetime(9000, 1, 1)}, ["raw:0", "model_1:0", "model_2:0"]),  # noqa: DTZ001
        ],
    )  # fmt: skip
    def test_by(self, wanted: dict[str, Any], found: list[str]) -> None:
        store = lineapy.artifact_store().search(**wanted)
        assert names(store) == found
        assert len(lineapy.artifact_store().search(**wanted)) == len(found)
        assert [f"{a.name}:{a.version}" for a in store.page(0, 2)] == found[::-1][:2]

    def test_again_searches_among_them(self) -> None:
        assert names(lineapy.artifact_store().search("m*").search(type="code")) == ["model_2:0"]

    def test_for_a_session(self) -> None:
        session_id = lineapy.get("raw").get_metadata()["lineapy"].session_id
        trace("import lineapy\nlineapy.save(1, 'late')\n")
        assert len(lineapy.artifact_store().search(session_id=session_id)) == 3

    def test_that_finds_nothing_says_so(self) -> None:
        assert (
            repr(lineapy.artifact_store().search("no*"))
            == "no such artifacts; see lineapy.artifact_store() for all"
        )

    @pytest.mark.parametrize(
        "wanted",
        [{"name": 1}, {"type": "frame"}, {"type": 3}, {"since": "yesterday"}, {"until": 2026}, {"since": ""}, {"tag": ["a"]}],
    )  # fmt: skip
    def test_by_what_cannot_be_understood_is_refused(self, wanted: dict[str, Any]) -> None:
        with pytest.raises(SearchError):
            lineapy.artifact_store().search(**wanted)


class TestRenaming:
    def test_all_versions(self) -> None:
        trace(TAGGED)
        lineapy.artifact_store().rename("x", "y")
        assert names(lineapy.artifact_store()) == ["y:0", "y:1", "y:2", "other:0"]
        assert lineapy.get("y", "newest").get_value() == 11
        with pytest.raises(ArtifactSaveError, match="'y' cannot be renamed to 'other'"):
            lineapy.artifact_store().rename("y", "other")
        with pytest.raises(ArtifactSaveError):
            lineapy.artifact_store().rename("y", 3)  # type: ignore[arg-type]


class TestToPandas:
    def test_has_a_row_for_each(self) -> None:
        trace(TAGGED)
        frame = lineapy.artifact_store().search("x").to_pandas()
        assert list(frame["version"]) == [0, 1, 2]
        assert list(frame["tags"]) == [(), ("newest",), ()]
        assert list(frame["notes"]) == ["number 10", "number 11", "number 12"]
        assert set(frame["author"]) == {getpass.getuser()}
        assert str(frame["created"].dtype).endswith("UTC]")
        assert frame["created"].is_monotonic_increasing

    def test_of_nothing_has_the_same_columns(self) -> None:
        empty = lineapy.artifact_store().to_pandas()
        trace(TAGGED)
        full = lineapy.artifact_store().to_pandas()
        assert list(empty.columns) == list(full.columns)
        assert (len(empty), len(full)) == (0, 4)

    def test_says_what_to_install(self, tmp_path: Path) -> None:
        program = (
            "import sys; sys.modules['pandas'] = None; import lineapy; lineapy.artifact_store().to_pandas()"
        )
        done = run_python("-c", program, cwd=tmp_path)
        assert "lineapy.errors.MissingExtraError" in done.stderr
        assert "pip install pandas" in done.stderr
