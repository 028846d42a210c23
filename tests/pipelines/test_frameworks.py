"""Frameworks that packages bring."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from lineapy.errors import LineaWarning, PipelineError
from lineapy.pipelines import frameworks

_PLUG_IN = """
from lineapy.pipelines.frameworks import Framework
from lineapy.pipelines.options import DagOptions

RIGHT = Framework("RIGHT", DagOptions, lambda plan, options: {"right.txt": plan.name})
WRONG = "not a framework"
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package that brings frameworks."""
    folder = tmp_path / "plug_in-1.0.dist-info"
    folder.mkdir()
    (tmp_path / "a_plug_in.py").write_text(_PLUG_IN)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: plug-in\nVersion: 1.0\n")
    names = [
        "right = a_plug_in:RIGHT",
        "wrong = a_plug_in:WRONG",
        "absent = a_plug_in:ABSENT",
        "ray = a_plug_in:RIGHT",
    ]
    (folder / "entry_points.txt").write_text("[lineapy.frameworks]\n" + "\n".join(names) + "\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    frameworks._entry_points.cache_clear()
    yield
    frameworks._entry_points.cache_clear()


@pytest.mark.usefixtures("installed")
def test_one_that_a_package_brings() -> None:
    assert metadata.version("plug-in") == "1.0"
    with pytest.warns(LineaWarning, match="brings a framework 'ray', which is LineaPy's own"):
        assert frameworks.framework_named("right").name == "RIGHT"
    assert "RIGHT" in frameworks.framework_names()
    assert frameworks.framework_named("RAY").options.__name__ == "RayOptions"


@pytest.mark.usefixtures("installed")
@pytest.mark.filterwarnings("ignore:A package brings a framework")
@pytest.mark.parametrize(
    "name, message",
    [
        ("wrong", "'WRONG' of the package 'plug-in' is a str, not a lineapy.pipelines.frameworks.Framework"),
        ("absent", "'ABSENT' of the package 'plug-in' cannot be used: AttributeError"),
        ("other", "There is no framework 'other'. Choose one of: SCRIPT, .*RIGHT"),
    ],
)
def test_one_that_cannot_be_used(name: str, message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        frameworks.framework_named(name)
