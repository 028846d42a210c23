"""h5py: what is done to a file shows in everything that leads into it, and in the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from lineapy.effects.lookup import Knowledge
from tests.notation import case, table

_CALLS = """
    f.create_group("new")
    f.create_dataset("new", data=[1])
    f.create_dataset_like("new", d)
    f.create_virtual_dataset("new", layout)
    f.require_group("new")
    f.require_dataset("new", (2,), "i4")
    f.move("a", "b")
    f.pop("a")
    f.clear()
    f.setdefault("new", [1, 2])
    f.keys()
    f.values()
    f.items()
    f.get("a")
    d.resize((5,))
    d.write_direct(np.array([9, 9, 9]))
    d.make_scale("x")
    d.astype("f8")
    d.len()
    d.iter_chunks()
    words.asstr()
    f.attrs.create("new", 1)
    f.attrs.modify("n", 2)
    f.attrs.pop("n")
    f.attrs.clear()
    f.attrs.setdefault("new", 1)
    f.attrs.keys()
    f.attrs.values()
    f.attrs.items()
    f.attrs.get("n")
"""


def _contents(file: h5py.File) -> list[Any]:
    found: list[Any] = [dict(file.attrs)]
    for name in sorted(file):
        found += [name, dict(file[name].attrs)]
        if isinstance(file[name], h5py.Dataset):
            found += [file[name].shape, file[name][()].tolist()]
    return found


@pytest.mark.parametrize("call", [line.strip() for line in _CALLS.strip().splitlines()])
def test_what_changes_a_file(call: str, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as f:
        d = f.create_dataset("a", data=np.arange(3), maxshape=(None,))
        words = f.create_dataset("words", data=["x"])
        f.attrs["n"] = 1
        layout = h5py.VirtualLayout((3,), "i8")
        names = {"f": f, "d": d, "words": words, "layout": layout, "np": np}
        effect = Knowledge.of_libraries().effect(eval(call.partition("(")[0], names))
        assert effect is not None
        before = _contents(f)
        eval(call, names)
        assert (_contents(f) != before) is effect.changes_receiver


def test_reading_into_an_array_changes_the_array(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as f:
        f["a"] = [1, 2]
        effect = Knowledge.of_libraries().effect(f["a"].read_direct)
    assert effect is not None
    assert effect.changes_others


test_slices = table(
    case(
        "written and read",
        "x",
        """
+ import h5py
+ import numpy as np
+ a = np.arange(3.0)
+ with h5py.File("a.h5", "w") as f:
+     f.create_dataset("a", data=a)
+     f.attrs["n"] = 3
  a[0] = 9
+ with h5py.File("a.h5", "r") as f:
+     x = f["a"][:].tolist()
""",
    ),
    case(
        "a data set that is changed",
        "x",
        """
+ import h5py
+ import numpy as np
+ f = h5py.File("a.h5", "w")
+ f["a"] = np.arange(3.0)
+ d = f["a"]
+ d[0] = 5
+ f.close()
  n = 3
+ g = h5py.File("a.h5")
+ x = g["a"][:].tolist()
""",
    ),
    case(
        "two ways into one open file",
        "x",
        """
+ import h5py
+ f = h5py.File("a.h5", "w")
+ g = f.create_group("g")
+ g.attrs["k"] = 1
+ h = f["g"]
+ h.attrs["k"] = 2
  n = 3
+ x = int(f["g"].attrs["k"])
""",
    ),
    case(
        "a group's attributes in a variable",
        "x",
        """
+ import h5py
+ f = h5py.File("a.h5", "w")
+ notes = f.attrs
+ notes["unit"] = "m"
  n = 3
+ x = dict(f.attrs)
""",
    ),
    case(
        "a file in another directory",
        "x",
        """
+ import h5py, os
+ os.mkdir("sub")
+ f = h5py.File("sub/a.h5", "w")
+ d = f.create_dataset("a", (2,), "i4")
+ d[1] = 7
? del d
+ f = None
+ with h5py.File("sub/a.h5") as g:
+     x = g["a"][:].tolist()
""",
    ),
    case(
        "a file that grows while it is open",
        "x",
        """
+ import h5py
+ f = h5py.File("a.h5", "w")
+ log = f.create_dataset("log", (0,), maxshape=(None,), dtype="i4")
+ for n in range(3):
+     log.resize((n + 1,))
+     log[n] = n * n
+ f.flush()
  label = "done"
+ x = f["log"][:].tolist()
""",
    ),
    case(
        "what only looks at a file",
        "x",
        """
+ import h5py
+ import numpy as np
+ f = h5py.File("a.h5", "w")
+ d = f.create_dataset("a", data=np.arange(4))
  names = list(f.keys())
  n = d.len()
? out = np.zeros(4, dtype=int)
? d.read_direct(out)
+ d.write_direct(np.ones(4, dtype=int))
+ x = f["a"][:].tolist()
""",
    ),
    case(
        "written by a function",
        "x",
        """
+ import h5py
+ def write(path, values):
+     with h5py.File(path, "w") as file:
+         file["values"] = values
+ write("a.h5", [1, 2])
  n = 3
+ def read(path):
+     with h5py.File(path) as file:
+         return file["values"][:].tolist()
+ x = read("a.h5")
""",
    ),
    case(
        "an HDF5 file written by a function into another directory",
        "x",
        """
+ import h5py
+ def save():
+     with h5py.File("out/a.h5", "w") as f:
+         f["a"] = [1]
+ save()
  n = 3
+ with h5py.File("out/a.h5") as g:
+     x = g["a"][:].tolist()
""",
        files={"out/keep.txt": ""},
    ),
)
