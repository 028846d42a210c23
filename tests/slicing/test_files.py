"""Files and directories: who writes one matters to who reads it, under whatever spelling of its path."""

from tests.notation import case, table

test_files = table(
    case(
        "file: read back under another spelling",
        "x",
        """
+ open("a.txt", "w").write("1")
  open("b.txt", "w").write("2")
+ x = open("./nowhere/../a.txt".replace("nowhere/../", "")).read()
""",
    ),
    case(
        "file: two of which one matters",
        "x",
        """
+ with open("a.txt", "w") as f:
+     f.write("1")
  with open("b.txt", "w") as g:
      g.write("2")
+ with open("a.txt") as f:
+     x = f.read()
""",
    ),
    case(
        "file: written anew",
        "x",
        """
  open("a.txt", "w").write("1")
+ open("a.txt", "w").write("2")
+ x = open("a.txt").read()
""",
    ),
    case(
        "file: appended to",
        "x",
        """
+ open("a.txt", "w").write("1")
+ open("a.txt", "a").write("2")
+ x = open("a.txt").read()
  open("a.txt", "a").write("3")
""",
    ),
    case(
        "file: changed in the middle",
        "x",
        """
+ open("a.txt", "w").write("123")
+ with open("a.txt", "r+") as f:
+     f.seek(1)
+     f.write("_")
+ x = open("a.txt").read()
""",
    ),
    case(
        "file: an input that nobody wrote",
        "x",
        """
  open("b.txt", "w").write("2")
+ x = open("in.txt").read()
""",
        files={"in.txt": "input"},
    ),
    case(
        "file: an input that is appended to",
        "x",
        """
+ open("in.txt", "a").write("2")
+ x = open("in.txt").read()
""",
        files={"in.txt": "input"},
    ),
    case(
        "file: pathlib",
        "x",
        """
+ from pathlib import Path
+ p = Path("out") / "deep"
+ p.mkdir(parents=True)
+ (p / "a.txt").write_text("1")
  (p / "b.txt").write_text("2")
+ x = Path("out/deep/a.txt").read_text()
""",
    ),
    case(
        "file: written in a function",
        "x",
        """
+ def put(path, text):
+     with open(path, "w") as f:
+         f.write(text)
+ def fetch(path):
+     return open(path).read()
+ put("a.txt", "1")
  put("b.txt", "2")
+ x = fetch("a.txt")
""",
    ),
    case(
        "file: json",
        "x",
        """
+ import json
+ data = {"a": 1}
+ with open("a.json", "w") as f:
+     json.dump(data, f)
  data["b"] = 2
+ with open("a.json") as f:
+     x = json.load(f)
""",
    ),
    case(
        "file: copied and moved",
        "x",
        """
+ import shutil
+ open("a.txt", "w").write("1")
+ shutil.copy("a.txt", "b.txt")
  open("a.txt", "w").write("changed")
+ shutil.move("b.txt", "c.txt")
+ x = open("c.txt").read()
""",
    ),
    case(
        "file: a directory is moved",
        "x",
        """
+ import os
+ os.mkdir("one")
+ open("one/a.txt", "w").write("1")
+ os.rename("one", "two")
+ x = open("two/a.txt").read()
""",
    ),
    case(
        "file: a tree is removed and made again",
        "x",
        """
+ import os, shutil
+ os.makedirs("d/e")
+ open("d/e/a.txt", "w").write("1")
+ shutil.rmtree("d")
+ os.makedirs("d/e")
+ open("d/e/a.txt", "w").write("2")
+ x = open("d/e/a.txt").read()
""",
        sound_only=True,
    ),
    case(
        "file: through a symbolic link",
        "x",
        """
+ import os
+ open("a.txt", "w").write("1")
+ os.symlink("a.txt", "link")
  open("b.txt", "w").write("2")
+ x = open("link").read()
""",
    ),
    case(
        "file: written through a symbolic link",
        "x",
        """
+ import os
  open("a.txt", "w").write("1")
+ os.symlink("a.txt", "link")
+ open("link", "w").write("2")
+ x = open("a.txt").read()
""",
    ),
    case(
        "file: a hard link",
        "x",
        """
+ import os
+ open("a.txt", "w").write("1")
+ os.link("a.txt", "b.txt")
+ open("b.txt", "a").write("2")
+ x = open("a.txt").read()
""",
    ),
    case(
        "file: bytes as path, and a number",
        "x",
        """
+ import os
+ fd = os.open(b"a.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
+ os.write(fd, b"1")
? os.close(fd)
+ x = open("a.txt").read()
""",
    ),
    case(
        "file: removed, and asked for",
        "there",
        """
+ import os
+ open("a.txt", "w").write("1")
  open("b.txt", "w").write("2")
+ os.remove("a.txt")
  os.remove("b.txt")
+ there = os.path.exists("a.txt")
""",
    ),
    case(
        "file: its size",
        "n",
        """
+ import os
+ open("a.txt", "w").write("1")
  open("b.txt", "w").write("1")
+ n = os.path.getsize("a.txt")
""",
    ),
    case(
        "file: asked for in a function, under a name of its own",
        "there",
        """
+ from os.path import isfile as check
+ def known(path):
+     return check(path)
+ open("a.txt", "w").write("1")
  open("b.txt", "w").write("1")
+ there = [known(p) for p in ("a.txt", "c.txt")]
""",
    ),
    case(
        "file: numpy",
        "x",
        """
+ import numpy as np
+ a = np.arange(3)
+ np.save("a.npy", a)
  np.save("b.npy", a)
  a[0] = 7
+ x = np.load("a.npy")
""",
    ),
    case(
        "file: pandas",
        "x",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ df.to_csv("a.csv", index=False)
  df.to_csv("b.csv", index=False)
  df["a"] = 0
+ x = pd.read_csv("a.csv")
""",
    ),
    case(
        "file: parquet",
        "x",
        """
+ import pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ df.to_parquet("a.parquet")
? df.to_parquet("b.parquet")
  df["a"] = 0
+ x = pd.read_parquet("a.parquet")
""",
    ),
    case(
        "file: several in a loop",
        "x",
        """
+ for i in range(3):
+     with open(f"part_{i}", "w") as f:
+         f.write(str(i))
  open("other", "w").write("")
+ x = [open(f"part_{i}").read() for i in range(3)]
""",
    ),
    case(
        "file: a loop that appends many times",
        "x",
        """
+ open("log", "w").close()
+ for i in range(500):
+     with open("log", "a") as f:
+         f.write(str(i))
+ x = len(open("log").read())
""",
    ),
    case(
        "file: read by a generator that a loop walks",
        "x",
        """
+ def lines():
+     yield from open("a.txt")
+ open("a.txt", "w").write("1\\n2\\n")
+ x = []
+ for line in lines():
+     x.append(line)
""",
    ),
    case(
        "file: the writing fails",
        "x",
        """
+ open("a.txt", "w").write("1")
  try:
      open("a.txt", "x")
  except FileExistsError:
      pass
+ x = open("a.txt").read()
""",
        sound_only=True,
    ),
    case(
        "file: by a thread",
        "x",
        """
+ import threading
+ def put():
+     open("a.txt", "w").write("1")
+ t = threading.Thread(target=put)
+ t.start()
+ t.join()
  open("b.txt", "w").write("2")
+ x = open("a.txt").read()
""",
    ),
    case(
        "file: by a pool of threads",
        "x",
        """
+ from concurrent.futures import ThreadPoolExecutor
+ def put(n):
+     open(f"{n}.txt", "w").write("1")
+ with ThreadPoolExecutor(2) as pool:
+     list(pool.map(put, range(3)))
+ x = open("2.txt").read()
""",
    ),
    case(
        "file: a module of one's own is written and imported",
        "x",
        """
+ open("steps_written.py", "w").write("A = 1")
  open("b.py", "w").write("A = 1")
+ import sys
+ sys.path.insert(0, ".")
+ import steps_written
+ x = steps_written.A
""",
        sound_only=True,
    ),
    case(
        "file: gzip",
        "x",
        """
+ import gzip
+ with gzip.open("a.gz", "wt") as f:
+     f.write("1")
+ x = gzip.open("a.gz", "rt").read()
""",
    ),
    case(
        "file: zip",
        "x",
        """
+ import zipfile
+ z = zipfile.ZipFile("a.zip", "w")
+ z.writestr("one", "1")
+ z.close()
  open("b.txt", "w").close()
+ x = zipfile.ZipFile("a.zip").namelist()
""",
    ),
    case(
        "file: a temporary one",
        "x",
        """
+ import tempfile
+ f = tempfile.NamedTemporaryFile("w", delete=False)
+ f.write("1")
+ f.close()
+ x = open(f.name).read()
""",
    ),
    case(
        "file: a temporary directory",
        "x",
        """
+ import tempfile, os
+ with tempfile.TemporaryDirectory() as folder:
+     open(os.path.join(folder, "a"), "w").write("1")
+     x = open(f"{folder}/a").read()
""",
    ),
)

test_directories = table(
    case(
        "directory: its names",
        "x",
        """
+ import os
+ os.mkdir("d")
+ open("d/a", "w").write("1")
+ open("d/b", "w").write("1")
  open("d/a", "w").write("2")
+ os.remove("d/b")
  open("c", "w").close()
+ x = os.listdir("d")
""",
    ),
    case(
        "directory: glob",
        "x",
        """
+ import glob
+ import os
+ os.makedirs("d/e")
+ open("d/e/a.csv", "w").write("1")
  open("c.csv", "w").write("1")
+ x = [open(p).read() for p in glob.glob("d/*/*.csv")]
""",
    ),
    case(
        "directory: walked",
        "x",
        """
+ import os
+ os.makedirs("d/e")
+ open("d/e/a", "w").write("1")
  open("c", "w").write("1")
+ x = [files for _, _, files in os.walk("d")]
""",
    ),
    case(
        "directory: made twice",
        "x",
        """
+ import os
+ os.makedirs("d", exist_ok=True)
? os.makedirs("d", exist_ok=True)
+ open("d/a", "w").write("1")
+ x = open("d/a").read()
""",
    ),
    case(
        "directory: there already, but not where the slice runs",
        "x",
        """
+ import os
+ os.makedirs("d", exist_ok=True)
+ open("d/a", "w").write("1")
+ x = open("d/a").read()
""",
        files={"d/in.txt": ""},
    ),
    case(
        "directory: searched for modules, which finds none of what was written",
        "x",
        """
  open("notes.txt", "w").write("1")
+ import colorsys
+ x = colorsys.rgb_to_hls(0, 0, 0)
""",
    ),
    case(
        "directory: searched for a module that was written",
        "x",
        """
+ import sys
+ sys.path.insert(0, ".")
  open("notes.txt", "w").write("1")
+ open("found.py", "w").write("value = 1")
+ import found
+ x = found.value
""",
    ),
    case(
        "directory: searched for a module that was removed from it",
        "x",
        """
+ import os, sys
+ sys.path[:0] = [os.path.abspath("a"), os.path.abspath("b")]
+ os.remove("a/found.py")
  open("notes.txt", "w").write("1")
+ import found
+ x = found.value
""",
        files={"a/found.py": "value = 1", "b/found.py": "value = 2"},
    ),
)
