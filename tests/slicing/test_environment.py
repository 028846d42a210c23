"""The current directory and the environment: set by some statements, used by others without a name."""

from tests.notation import case, table

test_directory = table(
    case(
        "cwd: a relative path",
        "x",
        """
+ import os
+ os.mkdir("d")
  os.mkdir("e")
+ os.chdir("d")
+ open("a", "w").write("1")
+ os.chdir("..")
+ x = open("d/a").read()
""",
    ),
    case(
        "cwd: asked for",
        "x",
        """
+ import os
  before = 1
+ os.mkdir("d")
+ os.chdir("d")
+ x = os.path.basename(os.getcwd())
""",
    ),
    case(
        "cwd: an absolute path does not need it",
        "x",
        """
+ import os
+ p = os.path.abspath("a")
  os.mkdir("d")
  os.chdir("d")
+ open(p, "w").write("1")
+ x = open(p).read()
""",
    ),
)

test_variables = table(
    case(
        "environment: set and read",
        "x",
        """
+ import os
+ os.environ["ONE"] = "1"
  os.environ["TWO"] = "2"
+ x = os.environ["ONE"]
""",
    ),
    case(
        "environment: read in a function, in another way",
        "x",
        """
+ import os
+ def known(name):
+     return os.getenv(name, "none")
+ os.environ.update({"ONE": "1"})
  os.environ["TWO"] = "2"
+ x = known("ONE")
""",
    ),
    case(
        "environment: set by setdefault, and deleted",
        "x",
        """
+ import os
+ os.environ.setdefault("ONE", "1")
+ del os.environ["ONE"]
+ x = "ONE" in os.environ
""",
    ),
    case(
        "environment: used in a path",
        "x",
        """
+ import os
+ os.environ["PLACE"] = "a"
+ x = os.path.expandvars("$PLACE/b")
""",
    ),
)

test_processes = table(
    case(
        "process: it writes a file",
        "x",
        """
+ import subprocess
+ open("a.txt", "w").write("1")
+ subprocess.run(["cp", "a.txt", "b.txt"])
+ x = open("b.txt").read()
""",
    ),
    case(
        "process: a shell command",
        "x",
        """
+ import os
+ os.system("echo 1 > a.txt")
+ x = open("a.txt").read()
""",
    ),
    case(
        "process: it reads the environment",
        "x",
        """
+ import os, subprocess
+ os.environ["ONE"] = "1"
+ x = subprocess.check_output("echo $ONE", shell=True)
""",
    ),
)
