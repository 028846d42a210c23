"""Modules to read: what is written for a dozen scripts, down to the letter.

Each script in ``golden/`` says in its first lines which artifacts the module beside it makes. After a change of what is
written, look at the difference: ``GOLDEN_WRITE=1 pytest tests/modules/test_golden.py && git diff tests/modules/golden``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.modules.support import NEW_SESSION, definition, saved_values, trace, values_of

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
SCRIPTS = sorted(path for path in GOLDEN.glob("*.py") if not path.stem.endswith("_module"))
#: Those that are kept elsewhere, with what their modules are to make.
EXAMPLES = {
    "house_prices": "# artifacts: cleaned_data_housing, linear_model_housing, error_housing\n"
    "# parameters: data_file, largest_area, strength, seed\n",
    "messy_iris": "# artifacts: iris_model, iris_accuracy\n# parameters: SEED\n",
}
#: For functions and classes, an expression over ``value`` that is compared instead.
PROBES = {"square": "value(5)", "Point": "value(2).x", "report": "1"}


@pytest.mark.parametrize("name", [*(path.stem for path in SCRIPTS), *EXAMPLES])
def test_module(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = GOLDEN / f"{name}.py"
    if name in EXAMPLES:
        pytest.importorskip("sklearn")
        shutil.copytree(ROOT / "examples", tmp_path / "examples")
        script = ROOT / "examples" / f"{name}.py"
    text = EXAMPLES.get(name, "") + script.read_text()
    monkeypatch.chdir(tmp_path)
    trace(text.replace(f"# {NEW_SESSION}", NEW_SESSION))
    artifacts = _listed("artifacts", text)
    module = definition(artifacts, _listed("reuse", text), _listed("parameters", text))

    kept = GOLDEN / f"{name}_module.py"
    if os.environ.get("GOLDEN_WRITE"):
        kept.write_text(module)
    assert module == kept.read_text()

    saved = saved_values(PROBES)
    made = values_of(module, PROBES, tmp_path)
    assert sorted(made) == sorted(artifacts)
    assert {artifact: made[artifact] for artifact in artifacts} == {
        artifact: saved[artifact] for artifact in artifacts
    }


@pytest.mark.parametrize("command", ["check", "format --check"])
def test_modules_are_clean_by_ruffs_own_rules(command: str) -> None:
    modules = sorted(map(str, GOLDEN.glob("*_module.py")))
    assert len(modules) == len(SCRIPTS) + len(EXAMPLES)
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", *command.split(), "--isolated", *modules],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def _listed(what: str, text: str) -> list[str]:
    found = re.search(rf"^# {what}: (.*)$", text, re.MULTILINE)
    return found[1].split(", ") if found else []
