"""Where knowledge lies: our files in two forms, and the user's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lineapy.effects.files import compile_packaged, packaged_files, read_packaged, read_users
from lineapy.errors import KnowledgeFileError

_HEAPQ = """
- module: heapq
  annotations:
  - criteria: {function_name: nlargest}
    side_effects: []
"""


def test_the_quick_form_is_that_of_the_yaml_files() -> None:
    for path, content in compile_packaged().items():
        assert Path(path).read_text() == content, (
            f"{path} is out of date: run python -m lineapy.effects.files"
        )


def test_an_outdated_quick_form_does_not_count(tmp_path: Path) -> None:
    ours = Path(packaged_files()["builtins"])
    yaml = tmp_path / "heapq.annotations.yaml"
    yaml.write_text(_HEAPQ)
    (tmp_path / "heapq.annotations.json").write_text(ours.with_suffix(".json").read_text())
    assert [annotation.names for annotation in read_packaged(str(yaml))] == [("nlargest",)]


def test_both_forms_say_the_same(tmp_path: Path) -> None:
    for file in packaged_files().values():
        alone = tmp_path / Path(file).name
        alone.write_text(Path(file).read_text())
        assert read_packaged(str(alone)) == read_packaged(file)


def test_a_session_reads_no_yaml_and_nothing_of_libraries_that_are_not_imported() -> None:
    program = (
        "import sys; from lineapy.effects.lookup import Knowledge; k = Knowledge.of_libraries(); k.effect(len)\n"
        "print('yaml' in sys.modules, 'pandas' in k.unread, 'builtins' in k.unread)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "False"]


class TestUsersFiles:
    def test_all_that_end_in_annotations_yaml_are_read_in_order(self, tmp_path: Path) -> None:
        (tmp_path / "b.annotations.yaml").write_text(_HEAPQ)
        (tmp_path / "a.annotations.yaml").write_text(_HEAPQ.replace("nlargest", "nsmallest"))
        (tmp_path / "notes.yaml").write_text("nothing of ours: [")
        assert [a.names for a in read_users(str(tmp_path))] == [("nsmallest",), ("nlargest",)]

    def test_there_need_not_be_a_folder(self, tmp_path: Path) -> None:
        assert read_users(str(tmp_path / "nowhere")) == []

    def test_a_wrong_file_is_named_with_its_path(self, tmp_path: Path) -> None:
        file = tmp_path / "mine.annotations.yaml"
        file.write_text("- modul: heapq\n")
        with pytest.raises(KnowledgeFileError) as caught:
            read_users(str(tmp_path))
        assert str(file) in str(caught.value)
        assert "line 1" in str(caught.value)

    def test_with_one_that_is_wrong_no_script_begins(self, tmp_path: Path, linea_home: Path) -> None:
        folder = linea_home / "custom-annotations"
        folder.mkdir(parents=True)
        (folder / "mine.annotations.yaml").write_text("- modul: heapq\n")
        script = tmp_path / "script.py"
        script.write_text("print('begun')\n")
        command = [sys.executable, "-m", "lineapy", "python", str(script)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert "mine.annotations.yaml, line 1: the key 'modul' is not known" in done.stderr

    def test_a_file_that_is_no_text_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "mine.annotations.yaml").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(KnowledgeFileError, match=r"mine\.annotations\.yaml: the file cannot be read"):
            read_users(str(tmp_path))
