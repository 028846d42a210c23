"""The example in docs/display.md, and its picture."""

from __future__ import annotations

import re
from pathlib import Path

from tests.api.support import run_python

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "display.md"


def test_the_example_draws_the_picture_on_the_page(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    script = tmp_path / "script.py"
    script.write_text(example)

    done = run_python("-m", "lineapy", "python", script, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "session.svg").is_file()
    # After a change of what it looks like, copy the file that was drawn into docs/images.
    assert (tmp_path / "total.svg").read_text() == (DOCS / "images" / "total.svg").read_text()


def test_its_images_are_there() -> None:
    for path in re.findall(r"!\[[^]]*\]\(([^)]*)\)", PAGE.read_text()):
        assert DOCS.joinpath(path).is_file(), path
