"""The example in docs/annotations.md."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

import pytest

from lineapy.effects.annotations import Pointer
from lineapy.effects.lookup import Knowledge

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "annotations.md"


def test_the_example_means_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", _PAGE.read_text(), re.DOTALL)
    (tmp_path / "mylib.annotations.yaml").write_text(example)
    library = types.ModuleType("mylib.models")
    exec(
        "class Model:\n def fit(self): ...\n def reset(self): ...\n def predict(self): ...\n"
        "def normalise(data): ...\ndef export(model, path): ...\n",
        vars(library),
    )
    monkeypatch.setitem(sys.modules, "mylib.models", library)
    knowledge = Knowledge.of_libraries(str(tmp_path))
    effects = {
        name: knowledge.effect(getattr(library, name, None) or getattr(library.Model(), name))
        for name in ("fit", "reset", "predict", "normalise", "export")
    }
    assert all(effect is not None for effect in effects.values())
    assert [n for n, e in effects.items() if e.changes_receiver] == ["fit", "reset"]  # type: ignore[union-attr]
    assert [n for n, e in effects.items() if e.changes_others] == ["normalise", "export"]  # type: ignore[union-attr]
    assert effects["export"].writes_files == (Pointer(1, "path"),)  # type: ignore[union-attr]
