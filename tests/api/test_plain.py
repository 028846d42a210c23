"""`get_code(use_lineapy_serialization=False)`: code that runs where there is no LineaPy."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import lineapy
from lineapy.slicing.plain import PlainFile, without_lineapy
from lineapy.verify import difference, rerun
from tests.api.support import trace
from tests.servers.s3 import S3Server

BLOCKED = "import sys; sys.modules['lineapy'] = None\n"
PICKLE = "{pickle}.loads({pathlib}.Path({path}).read_bytes())"


def plain(code: str, reading: str = PICKLE) -> str:
    return without_lineapy(code, lambda name, version: PlainFile(f"/s/{name}-{version}", reading), "own")


LOADS = {
    "the newest": ("import lineapy\nx = lineapy.get('a').get_value()\n", "/s/a-None"),
    "a version": ("import lineapy\nx = lineapy.get('a', 3).get_value()\n", "/s/a-3"),
    "by keyword": ("import lineapy\nx = lineapy.get(version=3, artifact_name='a').get_value()\n", "/s/a-3"),
    "a version as text": ("import lineapy\nx = lineapy.get('a', '3').get_value()\n", "/s/a-3"),
    "latest": ("import lineapy\nx = lineapy.get('a', 'latest').get_value()\n", "/s/a-None"),
    "None": ("import lineapy\nx = lineapy.get('a', None).get_value()\n", "/s/a-None"),
    "package renamed": ("import lineapy as lp\nx = lp.get('a').get_value()\n", "/s/a-None"),
    "function imported": ("from lineapy import get\nx = get('a').get_value()\n", "/s/a-None"),
    "function renamed": ("from lineapy import get as fetch\nx = fetch('a').get_value()\n", "/s/a-None"),
    "in a function": ("def f():\n    import lineapy\n    return lineapy.get('a').get_value()\n", "/s/a-None"),
    "over several lines": (
        "import lineapy\nx = (lineapy\n  .get('a',  # this one\n  )\n  .get_value())\n",
        "/s/a-None",
    ),
    "in an expression": (
        "import lineapy\nx = [lineapy.get('a').get_value() + 1 for _ in 'ab']\n",
        "/s/a-None",
    ),
    "next to other imports": ("import os, lineapy, sys\nx = lineapy.get('a').get_value()\n", "/s/a-None"),
    "after a docstring": (
        "'''D.'''\nfrom __future__ import annotations\nimport lineapy\nx = lineapy.get('a').get_value()\n",
        "/s/a-None",
    ),
    "after a docstring, on its line": (
        "'''D.'''; import lineapy; x = lineapy.get('a').get_value()\n",
        "/s/a-None",
    ),
    "before a decorator": (
        "from lineapy import get\n@(lambda f: f)\ndef f(): return get('a').get_value()\n",
        "/s/a-None",
    ),
    "where names are taken": (
        "import lineapy\npickle, pathlib = 1, 2\nx = lineapy.get('a').get_value()\n",
        "/s/a-None",
    ),
    "after wide characters": ("import lineapy\nß = '😀'; x = lineapy.get('ä').get_value()\n", "/s/ä-None"),
}


@pytest.mark.parametrize("code, path", LOADS.values(), ids=LOADS.keys())
def test_loading(code: str, path: str) -> None:
    found = plain(code)
    assert path in found
    assert "lineapy" not in found
    compile(found, "x", "exec")


LEFT_ALONE = {
    "the artifact itself": "import lineapy\na = lineapy.get('a')\n",
    "its code": "import lineapy\nc = lineapy.get('a').get_code()\n",
    "a name that is not written out": "import lineapy\nx = lineapy.get(name).get_value()\n",
    "a version that is not written out": "import lineapy\nx = lineapy.get('a', n).get_value()\n",
    "a wrong version": "import lineapy\nx = lineapy.get('a', 'newest').get_value()\n",
    "starred": "import lineapy\nx = lineapy.get(*a).get_value()\n",
    "double starred": "import lineapy\nx = lineapy.get(**a).get_value()\n",
    "what save returns": "import lineapy\na = lineapy.save(1, 'x')\n",
    "save, starred": "import lineapy\nlineapy.save(*a)\n",
    "the list": "import lineapy\nprint(lineapy.artifact_store())\n",
    "something else called lineapy": "lineapy = other\nx = lineapy.get('a').get_value()\nlineapy.save(1, 'n')\n",
    "another get": "x = session.get('a').get_value()\nd.get('x')\n",
    "no LineaPy": "x = 1\n",
    "nothing": "",
}


@pytest.mark.parametrize("code", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_left_alone(code: str) -> None:
    assert plain(code) == code


def test_what_only_lineapy_can_read_is_left_to_it() -> None:
    code = "import lineapy\nx = lineapy.get('a').get_value()\n"
    assert without_lineapy(code, lambda *_: None, "own") == code


def test_each_format_is_read_in_its_own_way() -> None:
    code = "import lineapy\nx = lineapy.get('a').get_value()\n"
    assert plain(code, "{numpy}.load({path}, allow_pickle=False)") == (
        "import numpy\nx = numpy.load('/s/a-None', allow_pickle=False)\n"
    )
    assert (
        plain(code, "{os.path}.getsize({path})")
        == "import os.path as os_path\nx = os_path.getsize('/s/a-None')\n"
    )
    assert plain(code, "open({path}).read()") == "x = open('/s/a-None').read()\n"


def test_several_formats_in_one_program() -> None:
    readings = {"a": "{numpy}.load({path})", "b": "{json}.load(open({path}))", "c": "{numpy}.load({path})"}
    code = "import lineapy\njson = 1\nx = [lineapy.get(n).get_value() for n in 'a']\n" + "".join(
        f"{name} = lineapy.get('{name}').get_value()\n" for name in readings
    )
    found = without_lineapy(code, lambda name, _: PlainFile(name, readings[name]), "own")
    assert found.startswith("import json as json_\nimport numpy\nimport lineapy\n")
    assert "a = numpy.load('a')\nb = json_.load(open('b'))\nc = numpy.load('c')\n" in found


def test_an_import_that_nothing_uses_goes() -> None:
    assert plain("import lineapy\nx = 1\n") == "x = 1\n"
    assert plain("import os, lineapy as lp\nx = 1\n") == "import os\nx = 1\n"
    assert plain("from lineapy import get, save\nx = get\n") == "from lineapy import get\nx = get\n"
    assert plain("def f():\n    import lineapy\n    return 1\n") == "def f():\n    return 1\n"
    assert plain("def f():\n    import lineapy\n") == "def f():\n    pass\n"
    compile(plain("if 1: import lineapy; x = 1\n"), "x", "exec")


@pytest.mark.parametrize(
    "save, file",
    [
        ("lineapy.save(x, 'p value')", "p_value.pickle"),
        ("lineapy.save(name='n', reference=x)", "n.pickle"),
        ("lineapy.save((x), '../n')", "n.pickle"),
        ("lineapy.save(x, name)", "own.pickle"),
        ("lineapy.save(x, '')", "artifact.pickle"),
    ],
)
def test_saving(save: str, file: str, tmp_path: Path) -> None:
    code = plain(f"import lineapy\nname = 'n'\nx = (1, lambda: 2)\n{save}\n")
    assert "lineapy" not in code
    subprocess.run([sys.executable, "-c", BLOCKED + code], cwd=tmp_path, check=True)
    assert pickle.loads((tmp_path / file).read_bytes())[0] == 1


def test_saving_what_was_loaded() -> None:
    code = plain("import lineapy\nlineapy.save([lineapy.get('a').get_value()], 'b')\n")
    assert "lineapy" not in code
    compile(code, "x", "exec")


# with a real store


def test_an_artifact_made_from_another(tmp_path: Path) -> None:
    trace("import lineapy\na = [1]\nlineapy.save(a, 'a')\n")
    trace("import lineapy\nb = lineapy.get('a').get_value() + [2]\nlineapy.save(b, 'b')\n")
    artifact = lineapy.get("b")
    assert "lineapy.get" in artifact.get_code()
    code = artifact.get_code(use_lineapy_serialization=False)
    assert "lineapy.get" not in code
    assert rerun(BLOCKED + code, "b", tmp_path) == [1, 2]


def test_an_artifact_made_from_its_own_past(tmp_path: Path) -> None:
    trace("import lineapy\nx = [1]\nlineapy.save(x, 'x')\n")
    for _ in range(2):
        trace("import lineapy\nx = lineapy.get('x').get_value() + [2]\nlineapy.save(x, 'x')\n")
    for version, value in ((1, [1, 2]), (2, [1, 2, 2])):
        code = lineapy.get("x", version).get_code(use_lineapy_serialization=False)
        assert rerun(BLOCKED + code, "x", tmp_path) == value


FORMATS = {
    "plain data": ("{'a': [1, 2.5]}", "json.loads("),
    "bytes": ("b'raw'", ".read_bytes()"),
    "an array": ("__import__('numpy').arange(3)", "numpy.load("),
    "a frame": ("__import__('pandas').DataFrame({'a': [1, 2]})", "pandas.read_feather("),
    "objects": ("{1, 2}", "pickle.loads("),
}


@pytest.mark.parametrize("value, reading", FORMATS.values(), ids=FORMATS.keys())
def test_a_value_of_each_format(value: str, reading: str, tmp_path: Path) -> None:
    trace(f"import lineapy\na = {value}\nlineapy.save(a, 'a')\n")
    trace("import lineapy\nb = [lineapy.get('a').get_value()]\nlineapy.save(b, 'b')\n")
    artifact = lineapy.get("b")
    code = artifact.get_code(use_lineapy_serialization=False)
    assert reading in code
    assert "lineapy.get" not in code
    assert difference(rerun(BLOCKED + code, "b", tmp_path), artifact.get_value()) is None


def test_a_store_that_was_moved(tmp_path: Path, linea_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trace("import lineapy\na = [1]\nlineapy.save(a, 'a')\n")
    trace("import lineapy\nb = lineapy.get('a').get_value() + [2]\nlineapy.save(b, 'b')\n")
    (linea_home / "linea_pickles").rename(tmp_path / "moved")
    monkeypatch.setenv("LINEAPY_ARTIFACT_STORAGE_DIR", str(tmp_path / "moved"))
    code = lineapy.get("b").get_code(use_lineapy_serialization=False)
    assert str(tmp_path / "moved") in code
    assert rerun(BLOCKED + code, "b", tmp_path) == [1, 2]


def test_values_on_another_machine_are_left_to_lineapy(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, variable in s3.environment.items():
        monkeypatch.setenv(name, variable)
    monkeypatch.setenv("LINEAPY_ARTIFACT_STORAGE_DIR", s3.new_location())
    trace("import lineapy\na = [1]\nlineapy.save(a, 'a')\n")
    trace("import lineapy\nb = lineapy.get('a').get_value() + [2]\nlineapy.save(b, 'b')\n")
    code = lineapy.get("b").get_code(use_lineapy_serialization=False)
    assert "lineapy.get(" in code


def test_the_store_is_not_written_to(tmp_path: Path, linea_home: Path) -> None:
    trace("import lineapy\nx = [1]\nlineapy.save(x, 'x')\n")
    values = linea_home / "linea_pickles"
    files = {path: path.read_bytes() for path in values.iterdir()}
    code = lineapy.get("x").get_code(use_lineapy_serialization=False, keep_lineapy_save=True)
    subprocess.run([sys.executable, "-c", BLOCKED + code], cwd=tmp_path, check=True)
    assert pickle.loads((tmp_path / "x.pickle").read_bytes()) == [1]
    assert {path: path.read_bytes() for path in values.iterdir()} == files
