"""What users hold in their hands: `LineaArtifact` and `LineaArtifactStore`."""

from __future__ import annotations

import datetime
import os
import sys
from pathlib import Path

import pytest

import lineapy
from tests.api.support import run_python, trace

SESSION = "import lineapy\n# what is left\na = 1  # why\nprint('shown')\nb = [a]\nlineapy.save(b, 'b')\nb.append(2)\n"


@pytest.fixture
def artifact() -> lineapy.LineaArtifact:
    trace(SESSION)
    return lineapy.get("b")


def test_names(artifact: lineapy.LineaArtifact) -> None:
    assert (artifact.name, artifact.version, artifact.variable) == ("b", 0, "b")
    assert repr(artifact) == "LineaArtifact(name='b', version=0)"
    age = datetime.datetime.now(datetime.UTC) - artifact.date_created.replace(tzinfo=datetime.UTC)
    assert datetime.timedelta(0) <= age < datetime.timedelta(minutes=1)


def test_get_value_gives_the_same_object_each_time(artifact: lineapy.LineaArtifact) -> None:
    assert artifact.get_value() == [1]
    assert artifact.get_value() is artifact.get_value()
    assert lineapy.get("b").get_value() is not artifact.get_value()


def test_get_code(artifact: lineapy.LineaArtifact) -> None:
    assert artifact.get_code() == "a = 1  # why\nb = [a]\n"


def test_get_code_keep_lineapy_save(artifact: lineapy.LineaArtifact) -> None:
    assert artifact.get_code(keep_lineapy_save=True).split() == [
        *("import", "lineapy", "a", "=", "1", "#", "why", "b", "=", "[a]", "lineapy.save(b,", '"b")')
    ]


def test_get_code_include_non_slice_as_comment(artifact: lineapy.LineaArtifact) -> None:
    code = artifact.get_code(include_non_slice_as_comment=True)
    active = [line for line in code.splitlines() if line and not line.startswith("#")]
    assert active == ["a = 1  # why", "b = [a]"]
    for line in ("print('shown')", "lineapy.save(b, 'b')", "b.append(2)", "import lineapy", "# what is left"):
        assert any(c.startswith("#") and line.lstrip("# ") in c for c in code.splitlines()), line


def test_get_code_all_flags(artifact: lineapy.LineaArtifact) -> None:
    code = artifact.get_code(False, True, True)
    active = [line for line in code.splitlines() if line and not line.startswith("#")]
    assert "import lineapy" not in active
    assert any("write_bytes" in line for line in active)


def test_flags_may_be_positional(artifact: lineapy.LineaArtifact) -> None:
    assert artifact.get_code(True, False, False) == artifact.get_code()
    assert artifact.get_code(True, True) == artifact.get_code(keep_lineapy_save=True)


def test_get_session_code(artifact: lineapy.LineaArtifact) -> None:
    assert artifact.get_session_code() == SESSION


def test_get_session_code_plain(artifact: lineapy.LineaArtifact) -> None:
    code = artifact.get_session_code(use_lineapy_serialization=False)
    assert "lineapy" not in code
    assert "# what is left\na = 1  # why\nprint('shown')\n" in code


def test_get_metadata(artifact: lineapy.LineaArtifact) -> None:
    metadata = artifact.get_metadata()
    assert metadata.keys() == {"lineapy", "files"}
    known = metadata["lineapy"]
    assert metadata["files"] == []
    assert artifact.get_metadata(lineapy_only=True) == metadata
    assert (known.name, known.version, known.value_type, known.storage_backend) == (
        "b",
        0,
        "array",
        "lineapy",
    )
    assert known.working_directory == os.getcwd()
    assert known.python_version == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert os.path.getsize(known.storage_path) == known.size
    assert known.date_created == artifact.date_created
    assert known.artifact_id > 0
    assert known.session_id


def test_explain(artifact: lineapy.LineaArtifact) -> None:
    explanation = artifact.explain()
    assert [line for line, _ in explanation] == ["a = 1  # why", "b = [a]"]
    assert all(reason for _, reason in explanation)
    assert str(explanation).splitlines()[1].startswith("b = [a]")


def test_the_code_is_that_of_the_moment(artifact: lineapy.LineaArtifact) -> None:
    assert "append" not in artifact.get_code()


# execute


def test_execute(artifact: lineapy.LineaArtifact) -> None:
    assert artifact.execute() == [1]
    assert artifact.execute() is not artifact.get_value()


def test_execute_in_a_fresh_namespace() -> None:
    session = trace("import lineapy\nx = [1]\nlineapy.save(x, 'x')\n")
    main = sys.modules["__main__"]
    made = lineapy.get("x").execute()
    made.append(2)
    assert session.namespace["x"] == [1]
    assert sys.modules["__main__"] is main
    assert not hasattr(main, "x")


def test_execute_where_the_session_ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    (there / "data.txt").write_text("data")
    monkeypatch.chdir(there)
    trace("import lineapy\nwith open('data.txt') as f:\n    text = f.read()\nlineapy.save(text, 'text')\n")
    monkeypatch.chdir(here)
    assert lineapy.get("text").execute() == "data"
    assert Path.cwd() == here
    (there / "data.txt").unlink()
    with pytest.raises(FileNotFoundError):
        lineapy.get("text").execute()
    assert Path.cwd() == here


def test_execute_where_the_folder_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "there"
    there.mkdir()
    monkeypatch.chdir(there)
    trace("import lineapy\nx = 2\nlineapy.save(x, 'x')\n")
    monkeypatch.chdir(tmp_path)
    there.rmdir()
    with pytest.warns(UserWarning, match="does not exist here"):
        assert lineapy.get("x").execute() == 2


def test_execute_code_that_pickles_its_own_classes() -> None:
    trace(
        "import lineapy, pickle\nclass C:\n    n = 3\n\nc = pickle.loads(pickle.dumps(C()))\nlineapy.save(c.n, 'n')\n"
    )
    assert lineapy.get("n").execute() == 3


def test_execute_within_a_traced_program() -> None:
    session = trace(
        "import lineapy\nx = [1]\nlineapy.save(x, 'x')\ny = lineapy.get('x').execute()\ny.append(2)\nlineapy.save(y, 'y')\n"
    )
    assert session.namespace["x"] == [1]
    assert lineapy.get("y").get_value() == [1, 2]


def test_an_error_in_execute_shows_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import traceback

    monkeypatch.chdir(tmp_path)
    Path("n").write_text("1")
    trace("import lineapy\nn = int(open('n').read())\nm = 1 / n\nlineapy.save(m, 'm')\n")
    Path("n").write_text("0")
    with pytest.raises(ZeroDivisionError) as caught:
        lineapy.get("m").execute()
    assert "m = 1 / n" in "".join(traceback.format_tb(caught.value.__traceback__))


# the store


def test_an_empty_store() -> None:
    store = lineapy.artifact_store()
    assert (store.len, len(store), store.artifacts, store.export, store.print) == (0, 0, [], [], "")
    assert "lineapy.save" in repr(store)
    assert "no artifacts yet; make one with lineapy.save" in store._repr_html_()


def test_the_store_lists_all_oldest_first() -> None:
    trace(
        "import lineapy\nx = [1]\nlineapy.save(x, 'zeta')\nlineapy.save(x, 'alpha')\nlineapy.save(x, 'zeta')\n"
    )
    store = lineapy.artifact_store()
    assert [(a.name, a.version) for a in store.artifacts] == [("zeta", 0), ("alpha", 0), ("zeta", 1)]
    assert (store.len, len(store)) == (3, 3)
    assert [line.split(" created on ")[0] for line in store.print.splitlines()] == [
        "zeta:0",
        "alpha:0",
        "zeta:1",
    ]
    assert str(store) == store.print
    assert store.export == [
        {"artifact_name": a.name, "artifact_version": a.version, "date_created": a.date_created}
        for a in store.artifacts
    ]


def test_the_store_is_shown_as_a_table() -> None:
    trace("import lineapy\nx = 'long' * 1000\nlineapy.save(x, 'a name')\nlineapy.save(len, 'f')\n")
    lines = repr(lineapy.artifact_store()).splitlines()
    row = next(line for line in lines if "a name" in line)
    assert "array" in row
    assert "4.0 kB" in row
    assert any("code" in line for line in lines if " f " in line)


def test_html_and_markup_are_escaped() -> None:
    trace("import lineapy\nlineapy.save(1, '<script>alert(1)</script>')\nlineapy.save(1, '[bold]x[/nope]')\n")
    store = lineapy.artifact_store()
    assert "<script>alert" not in store._repr_html_()
    assert "&lt;script&gt;alert" in store._repr_html_()
    assert "[bold]x[/nope]" in repr(store)


@pytest.mark.parametrize(
    "value, kind",
    [
        ("[1]", "array"),
        ("'text'", "array"),
        ("7", "array"),
        ("{'a': 1}", "value"),
        ("2.5", "value"),
        ("len", "code"),
        ("(lambda: 0)", "code"),
        ("None", "value"),
    ],
)
def test_kinds_of_values(value: str, kind: str) -> None:
    trace(f"import lineapy\nlineapy.save({value}, 'x')\n")
    assert lineapy.get("x").get_metadata()["lineapy"].value_type == kind


def test_kinds_of_library_values() -> None:
    pytest.importorskip("pandas")
    trace(
        "import lineapy, pandas as pd, numpy as np\nlineapy.save(pd.DataFrame({'a': [1]}), 'd')\nlineapy.save(np.arange(3), 'n')\n"
    )
    assert lineapy.get("d").get_metadata()["lineapy"].value_type == "dataset"
    assert lineapy.get("n").get_metadata()["lineapy"].value_type == "array"


def test_importing_does_nothing(tmp_path: Path) -> None:
    program = (
        "import sys, logging\nbefore = set(sys.modules)\nimport lineapy\n"
        "from lineapy import save, get, delete, artifact_store, SessionType\n"
        "assert not logging.root.handlers\n"
        "print([m for m in ('sqlalchemy', 'alembic', 'black', 'pandas', 'numpy', 'fsspec', 'rich', 'click') if m in sys.modules])\n"
    )
    done = run_python("-c", program, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("[]\n", "")
    assert list(tmp_path.iterdir()) == []
