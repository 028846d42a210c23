"""What `lineapy.save` accepts, refuses and returns."""

from __future__ import annotations

from pathlib import Path

import pytest

import lineapy
from lineapy.errors import ArtifactSaveError, NotTracedError, UnserializableValueError
from tests.api.support import artifacts, check_alone, run_python, run_traced, trace, value_files

NAMES = [
    "p value", "with'quote", 'with"double', "a/b\\c", "../up", "100%", "", " ", "class", "None", "größe", "模型", "😀",
    "two\nlines", "tab\t", "{braces}", "a" * 3000, "x; import os", "0", "-v", "a:1", "#no comment", "__name__", "print",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_any_text_is_a_name(name: str) -> None:
    trace(f"import lineapy\nx = [1]\nlineapy.save(x + [2], {name!r})\nlineapy.save(x, {name!r})\n")
    assert lineapy.get(name).name == name
    assert lineapy.get(name, 0).get_value() == [1, 2]
    check_alone(lineapy.get(name, 0))
    check_alone(lineapy.get(name, 1))
    lineapy.delete(name, "all")
    assert lineapy.artifact_store().len == 0


def test_a_name_may_hold_a_nul() -> None:
    trace("import lineapy\nlineapy.save([1], 'a\\0b')\n")
    assert lineapy.get("a\0b").get_value() == [1]


@pytest.mark.parametrize("name", ["5", "None", "b'x'", "['a']", "'\\ud800'"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ArtifactSaveError, match="name"):
        trace(f"import lineapy\nlineapy.save(1, {name})\n")
    assert lineapy.artifact_store().len == 0


@pytest.mark.parametrize("arguments", ["", "1", "1, 'n', None, None, 5", "refrence=1, name='n'"])
def test_wrong_arguments_are_a_type_error_or_say_what_is_wrong(arguments: str) -> None:
    with pytest.raises((TypeError, ArtifactSaveError)):
        trace(f"import lineapy\nlineapy.save({arguments})\n")


@pytest.mark.parametrize("arguments", ["storage_backend='mlflow'", "registered_model_name='m'"])
def test_other_storage_is_refused(arguments: str) -> None:
    with pytest.raises(ArtifactSaveError, match="LineaPy's own storage"):
        trace(f"import lineapy\nlineapy.save(1, 'n', {arguments})\n")


def test_own_storage_may_be_named() -> None:
    trace(
        "import lineapy\nx = 1\nlineapy.save(x, 'n', 'lineapy')\nlineapy.save(x, 'm', storage_backend=None)\n"
    )
    assert [a.name for a in lineapy.artifact_store()] == ["n", "m"]


def test_the_artifact_is_returned() -> None:
    session = trace(
        "import lineapy\nx = [1]\na = lineapy.save(x, 'x')\nb = lineapy.save(x, 'x')\nx.append(2)\n"
    )
    a, b = session.namespace["a"], session.namespace["b"]
    assert (a.name, a.version, b.version) == ("x", 0, 1)
    assert a.get_value() == [1]
    assert a.get_code() == "x = [1]\n"


def test_versions_count_on_across_sessions() -> None:
    for _ in range(2):
        trace("import lineapy\nx = 1\nlineapy.save(x, 'x')\n")
    assert [a.version for a in lineapy.artifact_store().artifacts] == [0, 1]
    assert len({a.get_metadata()["lineapy"].session_id for a in lineapy.artifact_store().artifacts}) == 2


def test_names_share_the_value_that_they_share(linea_home: Path) -> None:
    trace("import lineapy\nx = [1]\nlineapy.save(x, 'a')\nlineapy.save(x, 'b')\n")
    assert len(value_files(linea_home / "linea_pickles")) == 1


def test_a_module_is_reported_and_the_program_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    session = trace(
        "import lineapy\nimport math\nresult = lineapy.save(math, 'm')\nx = math.floor(2.5)\nlineapy.save(x, 'x')\n"
    )
    error = capsys.readouterr().err
    assert "module 'math' cannot be saved" in error
    assert "<script>:3" in error
    assert session.namespace["result"] is None
    assert list(artifacts()) == [("x", 0)]
    check_alone(lineapy.get("x"))


def test_a_module_is_reported_on_standard_error_however_logging_is_set_up(tmp_path: Path) -> None:
    done = run_traced(
        "import logging, lineapy\nlogging.basicConfig(filename='log')\nlineapy.save(logging, 'm')\nprint('on')\n",
        tmp_path,
    )
    assert done.stdout == "on\n"
    assert done.stderr.startswith(f"{tmp_path}/script.py:3: lineapy.save: The module 'logging'")


UNPICKLABLE = {
    "a generator": "(i for i in range(3))",
    "a lock": "__import__('threading').Lock()",
    "an open file": "open('/dev/null')",
    "an open file in an object": "type('C', (), {'__init__': lambda self: setattr(self, 'f', open('/dev/null'))})()",
    "a generator in a list": "[1, {'g': (i for i in 'ab')}]",
    "a socket": "__import__('socket').socket()",
    "a database": "__import__('sqlite3').connect(':memory:')",
    "an object that refuses": "type('C', (), {'__reduce__': lambda self: 1 / 0})()",
}


@pytest.mark.parametrize("value", UNPICKLABLE.values(), ids=UNPICKLABLE.keys())
def test_what_cannot_be_pickled_can_be_caught(value: str, linea_home: Path) -> None:
    session = trace(
        f"import lineapy\nx = {value}\ntry:\n    lineapy.save(x, 'x')\nexcept TypeError as error:\n    caught = error\n"
        "y = [1]\nlineapy.save(y, 'y')\n"
    )
    assert isinstance(session.namespace["caught"], UnserializableValueError)
    assert "cannot be saved" in str(session.namespace["caught"])
    assert list(artifacts()) == [("y", 0)]
    files = value_files(linea_home / "linea_pickles")
    assert len(files) == 1, "nothing half-written remains"
    check_alone(lineapy.get("y"))


def test_what_cannot_be_pickled_ends_the_program_in_its_own_line(tmp_path: Path) -> None:
    done = run_traced(
        "import lineapy\ng = (i for i in 'ab')\n\nlineapy.save(g, 'g')\nprint('never')\n", tmp_path
    )
    lines = done.stderr.splitlines()
    assert done.returncode == 1
    assert done.stdout == ""
    at = lines.index(f'  File "{tmp_path}/script.py", line 4, in <module>')
    assert lines[at + 1] == "    lineapy.save(g, 'g')"
    assert lines[-1].startswith(
        "lineapy.errors.UnserializableValueError: A value of type generator cannot be saved"
    )
    assert lineapy.artifact_store().len == 0


def test_what_cannot_be_pickled_does_not_use_up_a_version() -> None:
    trace(
        "import lineapy\ntry:\n    lineapy.save(iter(open), 'x')\nexcept TypeError:\n    pass\nlineapy.save(1, 'x')\n"
    )
    assert list(artifacts()) == [("x", 0)]


def test_in_an_untraced_program_the_error_tells_the_way(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("import lineapy\nlineapy.save(1, 'x')\n")
    done = run_python("model.py", cwd=tmp_path)
    assert done.returncode == 1
    assert "Run it with:  lineapy python model.py" in done.stderr
    with pytest.raises(NotTracedError):
        lineapy.save(1, "x")
    assert lineapy.artifact_store().len == 0


def test_what_programs_for_earlier_versions_name() -> None:
    assert lineapy.tag("demo") is None
    assert lineapy.SessionType.JUPYTER.value == 1
    assert lineapy.SessionType.SCRIPT.value == 2
    kinds = {"chart": 1, "array": 2, "dataset": 3, "code": 4, "value": 5}
    assert {kind.name: kind.value for kind in lineapy.ValueType} == kinds
    assert trace("import lineapy\nlineapy.tag('x')\nrunning = lineapy._is_executing()\n").namespace["running"]
    assert not lineapy._is_executing()


def test_a_store_that_cannot_be_written_is_an_error_in_the_users_line(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text("import lineapy\nlineapy.save(1, 'x')\n")
    done = run_python("-m", "lineapy", "--home-dir", "/proc/no", "python", "script.py", cwd=tmp_path)
    assert done.returncode == 1
    assert "lineapy.errors.StoreError" in done.stderr
    assert "artifact_storage_dir" in done.stderr
