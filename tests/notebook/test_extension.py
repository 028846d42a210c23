"""What LineaPy knows of a notebook: slices of what its cells made, whatever was run how."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.notebook.kernels import LOAD, run, text_of

NOT_LOADED = "LineaPy:"


def codes(cells: str, folder: Path, names: str) -> list[str]:
    """Run the cells, save some variables, and give the code of each. Each is run alone as well, and compared."""
    wanted = names.split()
    ask = [f"import lineapy; lineapy.save({name}, '{name}'); print(repr({name}))" for name in wanted]
    show = [f"print(lineapy.get('{name}').get_code(), end='')" for name in wanted]
    texts = [cell.strip("\n") for cell in cells.strip("\n").split("\n---\n")]
    outputs = run([*texts, *ask, *show], folder)
    values = [text_of(output).splitlines()[0] for output in outputs[len(texts) : len(texts) + len(wanted)]]
    found = [text_of(output) for output in outputs[len(texts) + len(wanted) :]]
    for name, value, code in zip(wanted, values, found, strict=True):
        done = subprocess.run(
            [sys.executable, "-c", f"{code}\nprint(repr({name}))"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.splitlines()[-1:] == [value], f"{code}\n{done.stderr}"
    return found


def test_cells_run_again_and_out_of_order(tmp_path: Path) -> None:
    cells = f"""
{LOAD}
---
rows = [1]
other = [0]
---
rows.append(len(rows) + 1)
---
rows.append(len(rows) + 1)
---
broken = 1 / 0
---
other.append(2)
---
total = sum(rows)
"""
    total, other = codes(cells, tmp_path, "total other")
    assert total == (
        "rows = [1]\nrows.append(len(rows) + 1)\nrows.append(len(rows) + 1)\ntotal = sum(rows)\n"
    )
    assert other == "other = [0]\nother.append(2)\n"


def test_magics_become_plain_python(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "numbers.txt").write_text("1 2 3")
    (tmp_path / "helper.py").write_text("def double(x):\n    return 2 * x\n")
    cells = f"""
%matplotlib inline
{LOAD}
---
from helper import double
%cd -q data
%time text = open("numbers.txt").read()
---
%%time
unused = 1
numbers = [int(word) for word in text.split()]
for i in range(2):
    numbers.append(i)
---
%timeit -n1 -r1 sum(numbers)
---
%%capture shown
print(numbers)
%time total = double(sum(numbers))
---
%cd -q ..
files = !ls data
"""
    total, files, numbers = codes(cells, tmp_path, "total files numbers")
    assert numbers == (
        '__import__("os").chdir("data")\n'
        'text = open("numbers.txt").read()\n'
        "numbers = [int(word) for word in text.split()]\n"
        "for i in range(2):\n    numbers.append(i)\n"
    )
    assert "total = double(sum(numbers))" in total
    assert "unused" not in total
    assert "shown" not in total
    assert '__import__("subprocess").getoutput("ls data").splitlines()' in files


def test_run(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("def double(x):\n    return 2 * x\n")
    (total,) = codes(f"{LOAD}\n---\n%run helper.py\n---\ntotal = double(2)", tmp_path, "total")
    assert total == (
        'globals().update(__import__("runpy").run_path("helper.py", run_name="__main__"))\ntotal = double(2)\n'
    )


@pytest.mark.parametrize(
    "how",
    [
        "%run program.py",
        "%run program",
        "%run program.py 5 'a b'",
        "%run -i program.py",
        "%run -i program.py 5",
        "%run -n program.py",
        "%run -m program",
        "%run folder/beside.py",
        "%run folder/beside.py 5",
        "%run exits.py",
        "%run -i exits.py",
        "%run -G exits.py *",
    ],
)
def test_run_in_all_its_ways(how: str, tmp_path: Path) -> None:
    program = """\
import sys
given = sys.argv[1:]
own = __name__
def scaled(x, scale=3):
    return [own, scale * x, *given]
"""
    (tmp_path / "folder").mkdir()
    (tmp_path / "program.py").write_text(program)
    (tmp_path / "exits.py").write_text(program + "sys.exit(1)\nscaled = None\n")
    (tmp_path / "folder" / "neighbour.py").write_text("size = 4\n")
    (tmp_path / "folder" / "beside.py").write_text(program + "import neighbour\ngiven += [neighbour.size]\n")
    cells = f"{LOAD}\n---\nstart = 2\n---\n{how}\n---\nunrelated = 1\n---\nfound = scaled(start)"
    (found,) = codes(cells, tmp_path, "found")
    assert "unrelated" not in found
    assert "get_ipython" not in found


@pytest.mark.parametrize(
    "how",
    [
        "%run raises.py",
        "%run raises.py 5",
        "%run -i raises.py",
        "%run -n raises.py",
        "%run folder/raises.py",
        "%run interrupted.py",
        "%run raises.py\n%run program.py",
        "%run program.py\nextra = 1\n%run raises.py",
    ],
)
def test_a_program_that_raises_half_way_has_done_the_first_half(how: str, tmp_path: Path) -> None:
    """IPython shows the traceback, and keeps the names that the program has bound before."""
    program = (
        "import sys\nsizes = [len(sys.argv)]\ndef scaled(x, scale=3):\n    return scale * x * len(sizes)\n"
    )
    (tmp_path / "folder").mkdir()
    (tmp_path / "program.py").write_text("other = 1\n")
    for file, failure in (
        ("raises.py", "1 / 0"),
        ("folder/raises.py", "{}['missing']"),
        ("interrupted.py", "raise KeyboardInterrupt"),
    ):
        (tmp_path / file).write_text(f"{program}{failure}\nsizes.append(2)\nscaled = None\n")
    cells = f"{LOAD}\n---\nstart = 2\n---\n{how}\n---\nunrelated = 1\n---\nfound = scaled(start)"
    (found,) = codes(cells, tmp_path, "found")
    assert "unrelated" not in found
    assert "get_ipython" not in found


@pytest.mark.parametrize("end", ["", "raise SystemExit", "import sys; sys.exit(3)", "1 / 0"])
def test_a_module_that_is_run_may_end_in_any_way(end: str, tmp_path: Path) -> None:
    (tmp_path / "step.py").write_text(f"from pathlib import Path\nPath('out.txt').write_text('5')\n{end}\n")
    cells = (
        f"{LOAD}\n---\n%run -m step\n---\nfrom pathlib import Path\n---\nfound = Path('out.txt').read_text()"
    )
    (found,) = codes(cells, tmp_path, "found")
    assert "run_module" in found


def test_functions_of_a_program_that_was_run_change_what_is_the_programs(tmp_path: Path) -> None:
    (tmp_path / "steps.py").write_text("rate = 2\nrows = []\ndef push(x):\n    rows.append(x * rate)\n")
    cells = f"{LOAD}\n---\n%run steps.py\n---\npush(4)\n---\nrate = 3\n---\npush(5)\n---\ntotal = sum(rows)"
    (total,) = codes(cells, tmp_path, "total")
    assert total.endswith("push(4)\npush(5)\ntotal = sum(rows)\n")


def test_a_notebook_that_is_run_is_traced_statement_by_statement(tmp_path: Path) -> None:
    inner = ["rows = [1]", "unrelated = 2\nrows.append(3)"]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in inner])
    nbformat.write(book, tmp_path / "inner.ipynb")
    (total,) = codes(f"{LOAD}\n---\n%run inner.ipynb\n---\ntotal = sum(rows)", tmp_path, "total")
    assert total == "rows = [1]\nrows.append(3)\ntotal = sum(rows)\n"


def test_await(tmp_path: Path) -> None:
    cells = f"""
{LOAD}
import asyncio
---
async def late(n):
    await asyncio.sleep(0)
    return n
---
unused = await late(0)
---
text = '''two
lines'''
first = await late(1)
---
task = asyncio.create_task(late(2))
---
total = first + await task
"""
    total, text = codes(cells, tmp_path, "total text")
    assert text == "text = '''two\nlines'''\n".replace("'''", '"""')
    assert "unused" not in total
    assert "asyncio.run(main())" in total


def test_loaded_in_the_middle(tmp_path: Path) -> None:
    cells = f"""
rows = [1]
alias = rows
---
alias.append(2)
useless = 3
---
{LOAD}
---
total = sum(rows)
later = [5]
"""
    total, later = codes(cells, tmp_path, "total later")
    assert total == "rows = [1]\nalias = rows\nalias.append(2)\ntotal = sum(rows)\n"
    assert later == "later = [5]\n"


def test_loaded_by_a_cell_that_does_more(tmp_path: Path) -> None:
    cells = f"""
{LOAD}
import math
from statistics import mean
rows = [1, 2]
rows.append(3)
other = 4
---
total = math.sqrt(mean(rows))
"""
    (total,) = codes(cells, tmp_path, "total")
    assert total == (
        "import math\nfrom statistics import mean\n\nrows = [1, 2]\nrows.append(3)\n"
        "total = math.sqrt(mean(rows))\n"
    )


def test_loaded_in_the_middle_is_said(tmp_path: Path) -> None:
    (_, output) = run(["x = 1", LOAD], tmp_path)
    assert [o["name"] for o in output] == ["stderr"]
    assert "1 cell ran before LineaPy was loaded" in output[0]["text"]
    assert run([LOAD], tmp_path) == [[]]


def test_paused(tmp_path: Path) -> None:
    cells = f"""
{LOAD}
import lineapy
---
rows = {{"a": 1}}
lineapy.pause()
---
alias = rows
for key in ("b", "c"):
    alias[key] = 2
---
lineapy.resume()
---
size = len(rows)
"""
    (size,) = codes(cells, tmp_path, "size")
    assert size == (
        'rows = {"a": 1}\nalias = rows\nfor key in ("b", "c"):\n    alias[key] = 2\nsize = len(rows)\n'
    )


@pytest.mark.parametrize("again", ["%reload_ext lineapy", LOAD])
def test_loaded_again(again: str, tmp_path: Path) -> None:
    (total,) = codes(f"{LOAD}\n---\nx = [1]\n---\n{again}\n---\ntotal = sum(x)", tmp_path, "total")
    assert total == "x = [1]\ntotal = sum(x)\n"


def test_unloaded(tmp_path: Path) -> None:
    *_, hooks, transformers, error = run(
        [
            LOAD,
            "x = 1",
            "%unload_ext lineapy",
            "import builtins; [name for name in dir(builtins) if 'lineapy' in name]",
            "shell = get_ipython(); [*shell.ast_transformers, *shell.input_transformers_post]",
            "import lineapy; lineapy.save(x, 'x')",
        ],
        tmp_path,
    )
    assert text_of(hooks) == text_of(transformers) == "[]"
    assert error[0]["ename"] == "NotTracedError"
    assert "%load_ext lineapy" in error[0]["evalue"]


def test_a_transformer_of_somebody_else(tmp_path: Path) -> None:
    cells = f"""
import ast
class Doubled(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.copy_location(ast.Constant(node.value * 2), node)
get_ipython().ast_transformers.append(Doubled())
{LOAD}
---
x = 21
get_ipython().ast_transformers.pop(0)
---
y = x
"""
    (y,) = codes(cells, tmp_path, "y")
    assert y == "x = 42\ny = x\n"
