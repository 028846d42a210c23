"""`lineapy.options`: what it shows, and what changes when one is set while a program runs."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

import lineapy
from lineapy.errors import (
    ArtifactNotFoundError,
    ConfigurationError,
    DatabaseUnreachableError,
    StoreInUseError,
    StoreLocationWarning,
)
from tests.api.support import run_python, run_traced, value_files


@pytest.fixture(autouse=True)
def unset() -> Iterator[None]:
    """What a test sets is not set for the next."""
    yield
    lineapy.options._set.clear()


def two_stores(tmp_path: Path) -> str:
    return f"import lineapy\na, b = {str(tmp_path / 'a')!r}, {str(tmp_path / 'b')!r}\n"


class TestShowing:
    def test_each_option_with_its_value_and_where_it_comes_from(
        self, linea_home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LINEAPY_TRACING_BUDGET", "0.2")
        lines = repr(lineapy.options).splitlines()
        assert lines[0].split() == ["option", "value", "comes", "from"]
        by_name = {line.split()[0]: line for line in lines}
        assert by_name["tracing_budget"].split(maxsplit=2)[1:] == [
            "0.2",
            "environment variable LINEAPY_TRACING_BUDGET",
        ]
        assert by_name["logging_level"].split() == ["logging_level", "INFO", "default"]
        assert by_name["database_url"].endswith("follows home_dir")

    def test_without_secrets(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LINEAPY_ARTIFACT_STORAGE_DIR", "sftp://ada:lovelace@host/x")
        lineapy.options.set("storage_options", {"secret": "lovelace"})
        assert "lovelace" not in repr(lineapy.options)
        assert "lovelace" not in lineapy.options._repr_html_()
        assert "storage_options" in repr(lineapy.options)

    def test_as_a_table_in_a_notebook(self) -> None:
        assert "<td>lineapy.options.set</td>" not in lineapy.options._repr_html_()
        lineapy.options.set("tracing_budget", 0.3)
        assert "<td>0.3</td><td>lineapy.options.set</td>" in lineapy.options._repr_html_()

    def test_the_value_itself_with_its_secrets(self) -> None:
        lineapy.options.set("storage_options", {"secret": "lovelace"})
        assert lineapy.options.get("storage_options") == {"secret": "lovelace"}
        assert lineapy.options.storage_options == {"secret": "lovelace"}

    def test_a_change_of_the_file_is_seen(self, linea_home: Path) -> None:
        assert lineapy.options.get("tracing_budget") == 0.1
        linea_home.mkdir()
        (linea_home / "lineapy_config.json").write_text(json.dumps({"tracing_budget": 0.4}))
        assert lineapy.options.get("tracing_budget") == 0.4


class TestSettingWrongly:
    def test_a_name_that_is_none_gets_the_nearest(self) -> None:
        with pytest.raises(ConfigurationError, match=r"lineapy\.options\.set.*'artifact_storage_dir'"):
            lineapy.options.set("artifact_storage", "/x")

    def test_a_value_that_is_none_changes_nothing(self) -> None:
        lineapy.options.set("tracing_budget", 0.3)
        with pytest.raises(ConfigurationError, match="tracing_budget"):
            lineapy.options.set("tracing_budget", 3)
        assert lineapy.options.get("tracing_budget") == 0.3

    def test_a_database_that_cannot_be_reached_changes_nothing(self) -> None:
        before = lineapy.options.get("database_url")
        with pytest.raises(DatabaseUnreachableError):
            lineapy.options.set("database_url", "postgresql://ada:lovelace@127.0.0.1:1/x")
        assert lineapy.options.get("database_url") == before

    def test_none_takes_it_back(self) -> None:
        lineapy.options.set("tracing_budget", 0.3)
        lineapy.options.set("tracing_budget", None)
        assert lineapy.options.get("tracing_budget") == 0.1


class TestInAPlainProgram:
    def test_the_store_changes_at_once(self, tmp_path: Path) -> None:
        run_traced(
            two_stores(tmp_path) + "lineapy.options.set('home_dir', a)\nlineapy.save(1, 'x')", tmp_path
        )
        assert lineapy.artifact_store().len == 0
        lineapy.options.set("home_dir", str(tmp_path / "a"))
        assert lineapy.get("x").get_value() == 1
        lineapy.options.set("home_dir", str(tmp_path / "b"))
        with pytest.raises(ArtifactNotFoundError):
            lineapy.get("x")


class TestInAScript:
    def test_what_is_saved_goes_to_the_new_place(self, tmp_path: Path, linea_home: Path) -> None:
        text = two_stores(tmp_path) + (
            "lineapy.options.set('database_url', f'sqlite:///{a}/meta.sqlite')\n"
            "lineapy.options.set('artifact_storage_dir', b)\n"
            "x = [1]\nlineapy.save(x, 'x')\nprint(lineapy.get('x').get_code(), end='')\n"
        )
        done = run_traced(text, tmp_path)
        assert done.stdout == "x = [1]\n"
        assert (tmp_path / "a" / "meta.sqlite").exists()
        assert len(value_files(tmp_path / "b")) == 1
        assert not (linea_home / "db.sqlite").exists()

    def test_setting_one_half_of_the_store_warns_and_setting_the_other_does_not(self, tmp_path: Path) -> None:
        with pytest.warns(StoreLocationWarning, match="hand in hand"):
            lineapy.options.set("artifact_storage_dir", str(tmp_path / "values"))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            lineapy.options.set("database_url", f"sqlite:///{tmp_path}/meta.sqlite")

    def test_the_home_folder_is_both_halves(self, tmp_path: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            lineapy.options.set("home_dir", str(tmp_path / "other"))

    @pytest.mark.parametrize("option", ["home_dir", "database_url", "artifact_storage_dir"])
    def test_after_something_was_saved_the_place_cannot_be_changed(self, option: str, tmp_path: Path) -> None:
        value = f"sqlite:///{tmp_path}/meta.sqlite" if option == "database_url" else str(tmp_path / "other")
        text = (
            "import lineapy\nfrom lineapy.errors import StoreInUseError\nx = 1\nlineapy.save(x, 'x')\n"
            f"try:\n    lineapy.options.set({option!r}, {value!r})\nexcept StoreInUseError as error:\n    print(error)\n"
            "lineapy.save(x, 'y')\nprint(lineapy.artifact_store().len)\n"
        )
        lines = run_traced(text, tmp_path).stdout.splitlines()
        assert f"The option {option} cannot be changed now" in lines[0]
        assert lines[1] == "2"
        assert issubclass(StoreInUseError, ConfigurationError)

    def test_other_options_can_be_changed_at_any_time(self, tmp_path: Path) -> None:
        text = (
            "import lineapy\nx = 1\nlineapy.save(x, 'x')\nlineapy.options.set('tracing_budget', 0.2)\n"
            "lineapy.options.set('trusted_types_only', True)\nlineapy.save(x, 'y')\n"
            "print(lineapy.artifact_store().len, lineapy.options.get('tracing_budget'))\n"
        )
        assert run_traced(text, tmp_path).stdout == "2 0.2\n"

    def test_the_environment_is_read_when_the_store_is_first_used(self, tmp_path: Path) -> None:
        text = (
            f"import os\nos.environ['LINEAPY_HOME_DIR'] = {str(tmp_path / 'late')!r}\n"
            "import lineapy\nx = 1\nlineapy.save(x, 'x')\n"
        )
        script = tmp_path / "script.py"
        script.write_text(text)
        environ = {name: value for name, value in os.environ.items() if not name.startswith("LINEAPY_")}
        run_python(
            "-m", "lineapy", "python", "script.py", cwd=tmp_path, env=environ | {"HOME": str(tmp_path)}
        )
        assert (tmp_path / "late" / "db.sqlite").exists()
        assert not (tmp_path / ".lineapy").exists()


class TestInALiveSession:
    """A notebook's session goes on in the new store, and takes with it what its artifacts need."""

    def test_what_is_saved_afterwards_has_all_its_code(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from lineapy.api import store_of_session
        from lineapy.session import Session

        session = Session(store_of_session(), kind="JUPYTER")
        session.run("import lineapy\nx = [1]\nlineapy.save(x, 'x')", "<cell 1>")
        first = session.id
        with session.active():
            lineapy.options.set("home_dir", str(tmp_path / "other"))
        assert "Those saved before stay in the old one" in capsys.readouterr().err
        session.run("x.append(2)\nlineapy.save(x, 'x')", "<cell 2>")
        session.store.close()
        assert session.id != first
        assert [a.get_value() for a in lineapy.artifact_store().artifacts] == [[1, 2]]  # set in this process
        assert lineapy.get("x").get_code() == "x = [1]\nx.append(2)\n"
        lineapy.options.set("home_dir", None)
        assert lineapy.get("x").get_value() == [1]
