"""The ``lineapy`` command as its users type it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import lineapy
from lineapy.cli.commands import cli
from lineapy.cli.main import COMMANDS
from tests.api.support import run_python


def run(folder: Path, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return run_python("-m", "lineapy", *arguments, cwd=folder, **options)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "messy.py"
    path.write_text(
        "import subprocess\n"
        "print('shown')\n"
        "subprocess.run(['echo', 'from a child'])\n"
        "unrelated = 1\n"
        "xs = [1]\n"
        "xs.append(2)\n"
        "print('end')\n"
    )
    return path


# as a whole


@pytest.mark.parametrize("option", ["--version", "-v"])
def test_version(option: str, tmp_path: Path) -> None:
    done = run(tmp_path, option)
    assert (done.stdout, done.stderr, done.returncode) == (f"lineapy {version('lineapy')}\n", "", 0)


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["python", "--help"], ["file", "--help"]])
def test_help_has_an_example(arguments: list[str], tmp_path: Path) -> None:
    done = run(tmp_path, *arguments)
    assert (done.stderr, done.returncode) == ("", 0)
    assert re.search(r"Example:\n  +lineapy \w+ \w+\.py", done.stdout)
    assert list(tmp_path.iterdir()) == []


def test_commands_known_to_the_module_are_all_there_are() -> None:
    assert frozenset(cli.commands) == COMMANDS


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"], ["--nonsense"], ["python"], ["file"], ["file", "messy.py"], ["file", "messy.py", "n"],
        ["file", "messy.py", "n", "xs", "more"], ["python", "-a"], ["--home-dir"], ["--do-not-track", "perhaps", "python", "x.py"],
        ["--database-url", "mysql://x/y", "python", "messy.py"], ["--database-url", "nonsense", "file", "messy.py", "n", "xs"],
        ["--database-url", "sqlite:///:memory:", "python", "messy.py"], ["--home-dir", "messy.py", "python", "messy.py"],
        ["--home-dir", "", "python", "messy.py"], ["--home-dir", "s3://b", "python", "messy.py"],
    ],
)  # fmt: skip
def test_bad_usage(arguments: list[str], script: Path, linea_home: Path) -> None:
    done = run_python("-c", "from lineapy.cli.main import main; main()", *arguments, cwd=script.parent)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr) > 20
    assert not linea_home.exists()


def test_without_arguments_it_tells_what_it_can(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert "Commands:" in done.stdout + done.stderr


def test_the_console_script(script: Path) -> None:
    command = Path(sys.executable).with_name("lineapy")
    if not command.exists():
        pytest.skip("not installed beside this Python")
    done = subprocess.run([command, "python", script.name], cwd=script.parent, capture_output=True, text=True)
    assert sorted(done.stdout.splitlines()) == ["end", "from a child", "shown"]
    assert (done.stderr, done.returncode) == ("", 0)


def test_the_module_takes_a_script(script: Path) -> None:
    script.write_text("import sys\nprint(sys.argv)\n")
    assert run(script.parent, "messy.py", "-v", "x").stdout == "['messy.py', '-v', 'x']\n"


# global options


SAVING = "import lineapy\nx = [1]\nlineapy.save(x, 'x')\nprint(lineapy.get('x').get_value())\n"


def stored(folder: Path) -> list[str]:
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix in (".sqlite", ".json")
    )


@pytest.mark.parametrize("option", [["--home-dir", "there"], ["--home-dir=there"]])
def test_home_dir_moves_all(option: list[str], script: Path, linea_home: Path) -> None:
    script.write_text(SAVING + "import os, subprocess, sys\nos.chdir('/')\n" + SAVING)
    done = run(script.parent, *option, "python", "messy.py")
    assert (done.stdout, done.stderr) == ("[1]\n[1]\n", "")
    assert len(stored(script.parent / "there")) == 2
    assert not linea_home.exists()


def test_database_and_values_move_apart(script: Path, linea_home: Path) -> None:
    script.write_text("import os\nos.chdir('/')\n" + SAVING)
    done = run(
        script.parent,
        "--database-url",
        "sqlite:///meta.sqlite",
        "--artifact-storage-dir",
        "values",
        "python",
        "messy.py",
    )
    assert (done.stdout, done.stderr) == ("[1]\n", "")
    assert stored(script.parent)[0] == "meta.sqlite"
    assert len(list((script.parent / "values").rglob("*.json"))) == 1
    assert [path.name for path in linea_home.iterdir()] == ["lineapy.log"]


def test_child_processes_use_the_same_store(script: Path) -> None:
    script.write_text(
        SAVING + "import os, subprocess, sys\nos.mkdir('sub')\nos.chdir('sub')\n"
        "subprocess.run([sys.executable, '-c', 'import lineapy; print(lineapy.artifact_store().len)'])\n"
    )
    done = run(script.parent, "--home-dir", "there", "python", "messy.py")
    assert "1" in done.stdout.splitlines()  # whose output comes first depends on buffers


def test_an_option_wins_over_the_environment(script: Path, linea_home: Path) -> None:
    run(script.parent, "--home-dir", "there", "file", "messy.py", "n", "xs")
    assert stored(script.parent / "there")
    assert not linea_home.exists()


def test_do_not_track_is_accepted(script: Path) -> None:
    assert run(script.parent, "--do-not-track", "true", "python", "messy.py").returncode == 0


# lineapy python


def test_arguments_of_the_script(script: Path) -> None:
    script.write_text("import sys\nprint(sys.argv)\n")
    assert run(script.parent, "python", "messy.py", "-a", "--help").stdout == "['messy.py', '-a', '--help']\n"
    assert (
        run(script.parent, "python", "-a", "1", "--arg", "2", "messy.py", "3").stdout
        == "['messy.py', '1', '2', '3']\n"
    )
    assert run(script.parent, "--home-dir", "h", "python", "messy.py", "-v").stdout == "['messy.py', '-v']\n"


def test_nothing_is_written_unless_something_is_saved(script: Path, linea_home: Path) -> None:
    before = set(script.parent.rglob("*"))
    assert run(script.parent, "python", "messy.py").returncode == 0
    assert set(script.parent.rglob("*")) == before
    assert not linea_home.exists()


def test_the_temporary_program_is_gone_when_the_script_begins(script: Path) -> None:
    temporary = script.parent / "tmp"
    temporary.mkdir()
    script.write_text("import os, tempfile\nprint(os.listdir(tempfile.gettempdir()))\n")
    done = run_python(
        "-c",
        f"import os, runpy, sys; os.environ['TMPDIR'] = {str(temporary)!r}; sys.argv = ['lineapy', 'python', 'messy.py']\n"
        "runpy.run_module('lineapy', run_name='__main__')",
        cwd=script.parent,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_without_a_place_for_temporary_files(script: Path) -> None:
    script.write_text("import sys\nprint(sys.argv, __file__)\nsys.exit(3)\n")
    program = (
        "import sys, tempfile\ndef refuse(*a, **o): raise OSError\n\ntempfile.mkdtemp = refuse\n"
        "from lineapy.cli.main import main\nmain(['python', 'messy.py', 'x'])\n"
    )
    done = run_python("-c", program, cwd=script.parent)
    assert done.stdout == f"['messy.py', 'x'] {script}\n"
    assert (done.stderr, done.returncode) == ("", 3)


def test_without_handing_over_tracebacks_begin_with_the_script(script: Path) -> None:
    script.write_text("def f():\n    1 / 0\n\nf()\n")
    program = (
        "import os\nos.name = 'other'\nfrom lineapy.cli.main import main\nmain(['python', 'messy.py'])\n"
    )
    done = run_python("-c", program, cwd=script.parent)
    plain = run_python("messy.py", cwd=script.parent)
    assert (done.stderr, done.returncode) == (plain.stderr, plain.returncode)


def test_the_command_line_can_be_used_to_start_again(script: Path) -> None:
    script.write_text(
        "import os, subprocess, sys\nprint(sys.orig_argv[1:], flush=True)\n"
        "if 'AGAIN' not in os.environ:\n    subprocess.run(sys.orig_argv, env={**os.environ, 'AGAIN': '1'}, check=True)\n"
    )
    done = run(script.parent, "python", "messy.py", "x")
    expected = "['-m', 'lineapy', 'python', 'messy.py', 'x']\n"
    assert (done.stdout, done.stderr) == (expected * 2, "")


def test_what_is_imported_to_run_a_script(script: Path) -> None:
    heavy = [
        "sqlalchemy",
        "alembic",
        "black",
        "click",
        "rich",
        "fsspec",
        "cloudpickle",
        "numpy",
        "pandas",
        "asyncio",
    ]
    script.write_text(f"import sys\nprint([name for name in {heavy} if name in sys.modules])\n")
    done = run(script.parent, "python", "messy.py")
    assert (done.stdout, done.stderr) == ("[]\n", "")


# lineapy file


def test_file_prints_the_slice_and_nothing_else(script: Path) -> None:
    done = run(script.parent, "file", "messy.py", "my list", "xs")
    assert done.stdout == "xs = [1]\nxs.append(2)\n"
    assert sorted(done.stderr.splitlines()) == ["end", "from a child", "shown"]
    assert done.returncode == 0
    assert lineapy.get("my list").get_value() == [1, 2]
    assert lineapy.get("my list").get_code() == done.stdout
    assert script.read_text().startswith("import subprocess"), "the script is left as it is"


def test_file_with_an_expression(script: Path) -> None:
    done = run(script.parent, "file", "messy.py", "total", "sum(xs) + 1")
    assert done.stdout == "xs = [1]\nxs.append(2)\ntotal = sum(xs) + 1\n"
    assert lineapy.get("total").get_value() == 4


def test_graphs_are_drawn(script: Path) -> None:
    script.write_text("import os\nos.mkdir('d')\nos.chdir('d')\n" + script.read_text())
    done = run(script.parent, "file", "messy.py", "n", "xs", "--visualize-slice", "slice.html")
    assert done.returncode == 0, done.stderr
    assert "xs.append(2)" in (script.parent / "slice.html").read_text()
    (script.parent / "d").rmdir()
    done = run(script.parent, "python", "--visualize", "all.svg", "messy.py")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "xs.append(2)" in (script.parent / "all.svg").read_text()


@pytest.mark.parametrize(
    "command", [["python", "--visualize", "x.txt", "messy.py"], ["file", "messy.py", "n", "xs", "--visualize-slice", "x"]]
)  # fmt: skip
def test_a_graph_that_cannot_be_drawn_is_refused_before_anything_runs(
    script: Path, command: list[str]
) -> None:
    done = run(script.parent, *command)
    assert (done.returncode, done.stdout) == (2, "")
    assert ".svg, .html, .png, .pdf" in done.stderr


def test_file_again_is_a_new_version(script: Path) -> None:
    for _ in range(2):
        assert run(script.parent, "file", "messy.py", "n", "xs").returncode == 0
    assert [a.version for a in lineapy.artifact_store().artifacts] == [0, 1]


def test_file_leaves_no_side_files(script: Path, linea_home: Path) -> None:
    run(script.parent, "file", "messy.py", "n", "xs")
    assert sorted(path.name for path in linea_home.iterdir()) == ["db.sqlite", "linea_pickles"]


def test_file_of_a_script_that_saves_as_well(script: Path) -> None:
    script.write_text("import lineapy\nx = [1]\nlineapy.save(x, 'a')\nx.append(2)\n")
    done = run(script.parent, "file", "messy.py", "b", "x")
    assert done.stdout == "x = [1]\nx.append(2)\n"
    assert lineapy.get("a").get_value() == [1]


def test_file_of_a_script_that_talks_at_exit(script: Path) -> None:
    script.write_text(
        "import atexit, sys, threading, time\natexit.register(print, 'bye')\n"
        "threading.Thread(target=lambda: (time.sleep(0.2), print('late'))).start()\nx = 1\n"
    )
    done = run(script.parent, "file", "messy.py", "n", "x")
    assert done.stdout == "x = 1\n"
    assert done.stderr == "late\nbye\n"


def test_file_of_a_script_that_replaces_stdout(script: Path) -> None:
    script.write_text("import io, sys\nsys.stdout = io.StringIO()\nprint('x')\nx = 1\n")
    assert run(script.parent, "file", "messy.py", "n", "x").stdout == "x = 1\n"


def test_file_of_a_script_that_is_not_ascii(script: Path) -> None:
    script.write_text("größe = 'ß'\n", encoding="utf-8")
    done = run_python("-m", "lineapy", "file", "messy.py", "n", "größe", cwd=script.parent, encoding="utf-8")
    assert done.stdout == 'größe = "ß"\n'


def test_file_with_main_guard_and_exit_0(script: Path) -> None:
    script.write_text("import sys\nif __name__ == '__main__':\n    x = [1]\n    sys.exit(0)\n")
    done = run(script.parent, "file", "messy.py", "n", "x")
    assert done.returncode == 0
    assert lineapy.get("n").get_value() == [1]


FAILING = {
    "the script fails": ("x = 1\n1 / 0\n", "x", 1, "ZeroDivisionError"),
    "the script exits": ("import sys\nx = 1\nsys.exit(7)\n", "x", 7, ""),
    "the script exits with a text": ("import sys\nx = 1\nsys.exit('why')\n", "x", 1, "why"),
    "the script is interrupted": ("x = 1\nraise KeyboardInterrupt\n", "x", -2, "KeyboardInterrupt"),
    "the script has no syntax": ("x = = 1\n", "x", 1, "SyntaxError"),
    "no such name": ("x = 1\nyy = 2\n", "y", 1, "Variables of the program: x, yy"),
    "the expression fails": ("x = 1\n", "x / 0", 1, "ZeroDivisionError"),
    "not an expression": ("x = 1\n", "x = 2", 2, "not a Python expression"),
    "no expression": ("x = 1\n", "", 2, "not a Python expression"),
    "two expressions": ("x = 1\n", "x; x", 2, "not a Python expression"),
    "a module": ("import math\n", "math", 1, "cannot be saved"),
    "a generator": ("x = (i for i in 'ab')\n", "x", 1, "cannot be saved"),
}


@pytest.mark.parametrize("text, expression, status, message", FAILING.values(), ids=FAILING.keys())
def test_file_that_fails(
    text: str, expression: str, status: int, message: str, script: Path, linea_home: Path
) -> None:
    script.write_text(text)
    done = run(script.parent, "file", "messy.py", "n", expression)
    assert done.returncode == status
    assert done.stdout == ""
    assert message in done.stderr
    assert lineapy.artifact_store().len == 0
    assert not linea_home.exists() or not [path for path in linea_home.rglob("*") if path.is_file()]


def test_file_that_fails_shows_only_the_scripts_frames(script: Path) -> None:
    script.write_text("def f():\n    1 / 0\n\nf()\n")
    done = run(script.parent, "file", "messy.py", "n", "x")
    assert done.stderr == run_python("messy.py", cwd=script.parent).stderr


def test_file_without_a_file(tmp_path: Path) -> None:
    done = run(tmp_path, "file", "nothing.py", "n", "x")
    assert (done.stdout, done.returncode) == ("", 2)
    assert "can't open file" in done.stderr
    assert "Traceback" not in done.stderr


def test_file_into_a_store_that_cannot_be_written(script: Path) -> None:
    done = run(script.parent, "--home-dir", "/proc/nothing", "file", "messy.py", "n", "xs")
    assert (done.stdout, done.returncode) == ("", 1)
    assert "Traceback" not in done.stderr
    assert "/proc/nothing" in done.stderr


def test_a_reader_that_goes_away(script: Path) -> None:
    script.write_text("".join(f"x{n} = {n}\n" for n in range(3)) + "x = [x0, x1, x2]\n")
    with subprocess.Popen(
        [sys.executable, "-m", "lineapy", "file", "messy.py", "n", "x"],
        cwd=script.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        error = process.stderr.read()
    assert error == ""
    assert lineapy.get("n").get_value() == [0, 1, 2]
