"""Programs that save from where a program is not alone: at exit, from threads, from forked and spawned processes."""

from __future__ import annotations

from pathlib import Path

import lineapy
from tests.api.support import artifacts, check_alone, run_python, run_traced


def test_at_exit(tmp_path: Path, linea_home: Path) -> None:
    done = run_traced(
        "import atexit, lineapy\nxs = [1]\n@atexit.register\ndef last():\n    lineapy.save(xs, 'xs')\n    print('saved')\n\nxs.append(2)\n",
        tmp_path,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("saved\n", "", 0)
    assert [path.name for path in linea_home.glob("db*")] == ["db.sqlite"], "the database was closed"
    assert lineapy.get("xs").get_value() == [1, 2]


def test_at_exit_after_an_error(tmp_path: Path) -> None:
    done = run_traced(
        "import atexit, lineapy\nxs = [1]\natexit.register(lambda: lineapy.save(xs, 'xs'))\nxs.append(1 / 0)\n",
        tmp_path,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert lineapy.get("xs").get_value() == [1]


def test_from_a_thread_that_outlives_the_script(tmp_path: Path) -> None:
    done = run_traced(
        "import lineapy, threading, time\ndef late():\n    time.sleep(0.2)\n    lineapy.save(x, 'x')\n\n"
        "x = [1]\nthreading.Thread(target=late).start()\n",
        tmp_path,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert lineapy.get("x").get_value() == [1]


def test_fork_gives_two_sessions(tmp_path: Path) -> None:
    done = run_traced(
        "import os, lineapy\nx = [1]\nlineapy.save(x, 'before')\npid = os.fork()\nif pid == 0:\n    x.append('child')\nelse:\n"
        "    x.append('parent')\nlineapy.save(x, 'after')\nif pid:\n    os.waitpid(pid, 0)\n    lineapy.save(x, 'end')\n",
        tmp_path,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    found = artifacts()
    assert sorted(found) == [("after", 0), ("after", 1), ("before", 0), ("end", 0)]
    both = [found["after", 0], found["after", 1]]
    assert sorted(a.get_value()[1] for a in both) == ["child", "parent"]
    assert both[0].get_metadata()["lineapy"].session_id != both[1].get_metadata()["lineapy"].session_id
    for artifact in both:
        assert f'append("{artifact.get_value()[1]}")' in artifact.get_code()
    check_alone(found["before", 0])


SPAWN = """
import multiprocessing as mp
import lineapy

print("top", __name__, flush=True)
limits = [1, 2]
saved = lineapy.save(limits, "limits")

def work(n):
    return n * limits[1]

{main}

if __name__ == "__main__":
    with mp.get_context("{method}").Pool(1) as pool:
        result = pool.map(work, limits)
    lineapy.save(result, "result")
"""


def test_a_spawned_worker_saves_nothing_on_import(tmp_path: Path) -> None:
    main = "def main():\n    lineapy.save(limits, 'again')\n\nmain()\n[lineapy.save(n, 'each') for n in limits]\n"
    done = run_traced(SPAWN.format(method="spawn", main=main), tmp_path)
    assert (done.stderr, done.returncode) == ("", 0)
    assert "__mp_main__" in done.stdout
    assert sorted(artifacts()) == [("again", 0), ("each", 0), ("each", 1), ("limits", 0), ("result", 0)]
    assert lineapy.get("result").get_value() == [2, 4]


def test_forked_workers(tmp_path: Path) -> None:
    done = run_traced(SPAWN.format(method="fork", main=""), tmp_path)
    assert (done.stderr, done.returncode) == ("", 0)
    assert sorted(artifacts()) == [("limits", 0), ("result", 0)]


def test_save_called_by_a_spawned_worker_says_what_to_do(tmp_path: Path) -> None:
    done = run_traced(
        "import multiprocessing as mp\nimport lineapy\n\ndef work(n):\n    lineapy.save(n, 'n')\n\n"
        "if __name__ == '__main__':\n    with mp.get_context('spawn').Pool(1) as pool:\n        pool.map(work, [1])\n",
        tmp_path,
    )
    assert done.returncode == 1
    assert "Return the value from the worker" in done.stderr
    assert lineapy.artifact_store().len == 0


def test_a_script_run_by_a_traced_script_is_not_traced(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("import lineapy\nlineapy.save(1, 'other')\n")
    done = run_traced(
        "import subprocess, sys, lineapy\ncode = subprocess.run([sys.executable, 'other.py'], stderr=subprocess.DEVNULL).returncode\nlineapy.save(code, 'code')\n",
        tmp_path,
    )
    assert done.stderr == ""
    assert lineapy.get("code").get_value() == 1


def test_runpy_within_a_traced_script(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("import lineapy\ny = [2]\nlineapy.save(y, 'y')\n")
    done = run_traced(
        "import runpy, lineapy\nnames = runpy.run_path('other.py')\nx = names['y'] + [1]\nlineapy.save(x, 'x')\n",
        tmp_path,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert lineapy.get("x").get_value() == [2, 1]
    assert lineapy.get("y").get_value() == [2]


def test_save_in_an_imported_module(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("import lineapy\ndef keep(v):\n    lineapy.save(v, 'v')\n")
    done = run_traced("import helper\nx = [1]\nhelper.keep(x)\n", tmp_path)
    assert (done.stderr, done.returncode) == ("", 0)
    assert lineapy.get("v").get_value() == [1]


def test_many_at_once(tmp_path: Path) -> None:
    import subprocess
    import sys

    (tmp_path / "script.py").write_text("import lineapy\nfor x in range(5):\n    lineapy.save(x, 'x')\n")
    command = [sys.executable, "-m", "lineapy", "python", "script.py"]
    started = [subprocess.Popen(command, cwd=tmp_path) for _ in range(3)]
    assert [process.wait(120) for process in started] == [0, 0, 0]
    assert [a.version for a in lineapy.artifact_store().artifacts] == list(range(15))


def test_classes_of_the_script_come_back_elsewhere(tmp_path: Path) -> None:
    done = run_traced(
        "import lineapy\nclass Model:\n    def __init__(self, k): self.k = k\n    def predict(self, x): return self.k * x\n\nmodel = Model(3)\nlineapy.save(model, 'model')\n",
        tmp_path,
    )
    assert done.stderr == ""
    done = run_python(
        "-c", "import lineapy; print(lineapy.get('model').get_value().predict(2))", cwd=tmp_path
    )
    assert (done.stdout, done.stderr) == ("6\n", "")
