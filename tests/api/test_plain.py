"""`get_code(use_lineapy_serialization=False)`: code that runs where there is no LineaPy."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import lineapy
from lineapy.slicing.plain import without_lineapy
from lineapy.verify import rerun
from tests.api.support import trace

BLOCKED = "import sys; sys.modules['lineapy'] = None\n"


def plain(code: str) -> str:
    return without_lineapy(code, lambda name, version: f"/s/{name}-{version}", "own")


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


def test_files_that_are_not_local_are_left_to_lineapy() -> None:
    code = "import lineapy\nx = lineapy.get('a').get_value()\n"
    assert without_lineapy(code, lambda *_: "s3://bucket/a", "own") == code


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


def test_the_store_is_not_written_to(tmp_path: Path, linea_home: Path) -> None:
    trace("import lineapy\nx = [1]\nlineapy.save(x, 'x')\n")
    files = {path: path.read_bytes() for path in linea_home.rglob("*.pickle")}
    code = lineapy.get("x").get_code(use_lineapy_serialization=False, keep_lineapy_save=True)
    subprocess.run([sys.executable, "-c", BLOCKED + code], cwd=tmp_path, check=True)
    assert pickle.loads((tmp_path / "x.pickle").read_bytes()) == [1]
    assert {path: path.read_bytes() for path in linea_home.rglob("*.pickle")} == files
