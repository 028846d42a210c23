"""``lineapy python script.py`` looks from outside like ``python script.py``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lineapy.handover import compile_with_start
from tests.script.both import Case, check

ERRORS = [
    Case(
        "error at top level", "x = 1\nprint('before')\nx.nope\nprint('never')\n", status=1, shows=("x.nope",)
    ),
    Case("error in a function", "def f(n):\n    return 1 / n\n\nvalues = [f(n) for n in (1, 0)]\n", status=1),
    Case("error in a call's arguments", "def f(*a):\n    pass\n\nf(1,\n  f(2),\n  1 / 0,\n)\n", status=1),
    Case(
        "error in an imported module",
        "import helper\nhelper.go()\n",
        files={"helper.py": "def go():\n    {}['k']\n"},
        status=1,
    ),
    Case("error while importing", "import helper\n", files={"helper.py": "1 / 0\n"}, status=1),
    Case(
        "error within control flow",
        "for i in range(3):\n    with open(__file__) as f:\n        if i == 2:\n            raise ValueError(i)\n",
        status=1,
    ),
    Case(
        "chained exceptions",
        "try:\n    {}['k']\nexcept KeyError as e:\n    raise ValueError('v') from e\n",
        status=1,
        shows=("direct cause",),
    ),
    Case(
        "exception while handling",
        "try:\n    {}['k']\nexcept KeyError:\n    1 / 0\n",
        status=1,
        shows=("During handling",),
    ),
    Case(
        "exception in finally",
        "try:\n    1 / 0\nfinally:\n    print('cleaned')\n",
        status=1,
        shows=("cleaned",),
    ),
    Case(
        "suppressed context",
        "try:\n    {}['k']\nexcept KeyError:\n    raise ValueError from None\n",
        status=1,
    ),
    Case(
        "exception group",
        "raise ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [TypeError(2)])])\n",
        status=1,
    ),
    Case(
        "except*",
        "try:\n    raise ExceptionGroup('g', [ValueError(1), TypeError(2)])\nexcept* ValueError as g:\n    print(g.exceptions)\n",
        status=1,
    ),
    Case(
        "exception with notes",
        "e = ValueError('v')\ne.add_note('a note')\nraise e\n",
        status=1,
        shows=("a note",),
    ),
    Case("name with a suggestion", "counter = 1\nprint(countr)\n", status=1, shows=("Did you mean",)),
    Case(
        "exception whose text fails",
        "class E(Exception):\n    def __str__(self):\n        return 1 / 0\n\nraise E\n",
        status=1,
    ),
    Case("missing module", "import no_such_module_anywhere\n", status=1),
    Case("failed assertion", "x = 1\nassert x == 2, f'{x=}'\n", status=1),
    Case("recursion without end", "def f():\n    return f()\n\nf()\n", status=1, shows=("RecursionError",)),
    Case(
        "depth of the stack",
        "def depth(n):\n    try:\n        return depth(n + 1)\n    except RecursionError:\n        return n\n\nprint(depth(0))\n",
    ),
    Case("syntax error", "print('never')\nx = = 1\n", status=1, shows=("SyntaxError",)),
    Case("syntax error in the last line", "print('never')\nif True:", status=1),
    Case("syntax error found late", "print('never')\nreturn 1\n", status=1, shows=("outside function",)),
    Case("indentation error", "if True:\nx = 1\n", status=1, shows=("IndentationError",)),
    Case("tabs and spaces", "if True:\n        x = 1\n\ty = 2\n", status=1, shows=("TabError",)),
    Case("syntax error in a module", "import helper\n", files={"helper.py": "x = = 1\n"}, status=1),
    Case("null bytes", b"x = 1\0\n", status=1),
    Case("missing script", "", path="nothing.py", status=2, shows=("can't open file",)),
    Case("missing script in a missing folder", "", path="a/../b/nothing.py", status=2),
    Case("a folder without __main__", "", path="sub", files={"sub/x.py": ""}, status=1),
]

ENDS = [
    Case("sys.exit()", "import sys\nprint('out')\nsys.exit()\n"),
    Case("sys.exit(0)", "import sys\nsys.exit(0)\n"),
    Case("sys.exit(3)", "import sys\nsys.exit(3)\n", status=3),
    Case("sys.exit(None)", "import sys\nsys.exit(None)\n"),
    Case("sys.exit(text)", "import sys\nsys.exit('that is why')\n", status=1, shows=("that is why",)),
    Case("sys.exit(object)", "import sys\nsys.exit([1, 2])\n", status=1),
    Case("sys.exit(large)", "import sys\nsys.exit(2 ** 40)\n", status=None),
    Case("raise SystemExit", "raise SystemExit\n"),
    Case("raise SystemExit(4)", "def f():\n    raise SystemExit(4)\n\nf()\n", status=4),
    Case("os._exit", "import os, sys\nprint('out', flush=True)\nos._exit(5)\n", status=5),
    Case("KeyboardInterrupt raised", "raise KeyboardInterrupt\n", status=-2),
    Case(
        "KeyboardInterrupt by signal",
        # A shell starts what it puts into the background with SIGINT ignored.
        "import os, signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "os.kill(os.getpid(), signal.SIGINT)\nfor _ in range(10**6): pass\n",
        status=-2,
    ),
    Case(
        "ended by a signal",
        "import os, signal\nprint('out', flush=True)\nos.kill(os.getpid(), signal.SIGTERM)\n",
        status=-15,
    ),
    Case(
        "signal handler",
        "import os, signal\nsignal.signal(signal.SIGUSR1, lambda *a: print('got it'))\nos.kill(os.getpid(), signal.SIGUSR1)\n",
    ),
    Case("abort", "import os\nos.abort()\n", status=-6),
    Case(
        "atexit",
        "import atexit\natexit.register(print, 'first in, last out')\natexit.register(lambda: print(x))\nx = 1\n",
        shows=("last out",),
    ),
    Case(
        "atexit after an error",
        "import atexit\natexit.register(print, 'bye')\n1 / 0\n",
        status=1,
        shows=("bye",),
    ),
    Case(
        "error in atexit",
        "import atexit\natexit.register(lambda: 1 / 0)\n",
        status=0,
        shows=("ZeroDivisionError",),
    ),
    Case(
        "thread still running",
        "import threading, time\ndef late():\n    time.sleep(0.1)\n    print('late')\n\nthreading.Thread(target=late).start()\nprint('main done')\n",
        shows=("late",),
    ),
    Case(
        "daemon thread",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\nprint('main done')\n",
    ),
    Case(
        "error in a thread",
        "import threading\ndef f():\n    1 / 0\n\nt = threading.Thread(target=f, name='worker')\nt.start()\nt.join()\nprint('on')\n",
        shows=("worker",),
    ),
    Case(
        "thread pool",
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(2) as pool:\n    print(list(pool.map(abs, [-1, -2])))\n",
    ),
    Case(
        "thread pool left open",
        "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(2)\npool.submit(print, 'done')\n",
    ),
    Case(
        "__del__ at the end",
        "class C:\n    def __del__(self):\n        print('gone', __name__)\n\nc = C()\n",
        shows=("gone",),
    ),
    Case(
        "__del__ when rebound",
        "class C:\n    def __init__(self, n): self.n = n\n    def __del__(self): print('gone', self.n)\n\nc = C(1)\nc = C(2)\nprint('on')\nd = [c]\nc = None\nd.clear()\nprint('end')\n",
        shows=("gone 2",),
    ),
    Case(
        "__del__ of a cycle",
        "class C:\n    def __del__(self):\n        print('gone')\n\nc = C()\nc.c = c\ndel c\n",
        shows=("gone",),
    ),
    Case(
        "weakref.finalize",
        "import weakref\nclass C: pass\nc = C()\nweakref.finalize(c, print, 'finalized')\n",
        shows=("finalized",),
    ),
    Case(
        "sys.excepthook",
        "import sys\ndef hook(kind, error, tb):\n    print('hook', kind.__name__, error, tb.tb_lineno, tb.tb_frame.f_code.co_name)\n\nsys.excepthook = hook\n1 / 0\n",
        status=1,
        shows=("hook",),
    ),
    Case(
        "sys.excepthook is Python's",
        "import sys\nprint(sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__)\n",
        shows=("True True",),
    ),
    Case("broken sys.excepthook", "import sys\nsys.excepthook = lambda *a: 1 / 0\n{}['k']\n", status=1),
    Case(
        "sys.last_value at exit",
        "import atexit, sys, traceback\natexit.register(lambda: traceback.print_tb(sys.last_traceback))\n1 / 0\n",
        status=1,
    ),
    Case(
        "unraisable",
        "class C:\n    def __del__(self):\n        1 / 0\n\nc = C()\ndel c\n",
        shows=("ignored",),
    ),
    Case("warning at exit", "f = open(__file__)\ndel f\n", flags=("-X", "dev"), shows=("ResourceWarning",)),
]

SURROUNDINGS = [
    Case("sys.argv", "import sys\nprint(sys.argv)\n", args=("--epochs", "3", "-v", "a b", "--help", "--")),
    Case(
        "input()",
        "name = input('name? ')\nprint('hello', name)\nprint(open(0).read())\n",
        stdin="ada\nmore\n",
    ),
    Case("input() at the end of stdin", "input()\n", status=1, shows=("EOFError",)),
    *(
        Case(
            f"__file__ for {path}",
            "import sys\nprint(__file__, sys.argv, sys.path[0])\n",
            path=path,
            cwd=cwd,
            files={"sub/x": ""},
        )
        for path, cwd in [
            ("script.py", "."),
            ("./script.py", "."),
            (".//script.py", "."),
            ("../script.py", "sub"),
            ("sub/../script.py", "."),
        ]
    ),
    Case(
        "script in a folder",
        "",
        path="sub/main.py",
        files={
            "sub/main.py": "import sys, os, neighbour\nprint(sys.path[0], os.getcwd())\n",
            "sub/neighbour.py": "print('hello')\n",
        },
    ),
    Case("sys.path", "import sys\nprint(sys.path)\n"),
    Case("isolated", "import sys\nprint(sys.path, sys.flags)\n", flags=("-I",)),
    Case("safe path", "import sys\nprint(sys.path)\n", flags=("-P",)),
    Case("optimised", "assert False\nprint(__debug__)\n'doc'\n", flags=("-O",), shows=("False",)),
    Case("no docstrings", "'doc'\nprint(__doc__)\n", flags=("-OO",)),
    Case(
        "flags",
        "import sys\nprint(sys.flags, sys.warnoptions, sys._xoptions)\n",
        flags=("-W", "ignore::UserWarning", "-X", "utf8"),
    ),
    Case(
        "working directory",
        "import os\nprint(os.getcwd(), os.listdir())\n",
        path="../script.py",
        cwd="sub",
        files={"sub/here.txt": ""},
    ),
    Case(
        "temporary files",
        "import os, tempfile\nprint(sorted(os.listdir(tempfile.gettempdir())))\n",
        env={"TMPDIR": "."},
        files={},
    ),
    Case(
        "__main__",
        "import sys\nm = sys.modules['__main__']\nprint(__name__, __doc__, __spec__, __package__, type(__loader__), __loader__.name, __loader__.path, __builtins__, __cached__, m.__dict__ is globals())\n",
    ),
    Case("import __main__", "x = 5\nimport __main__\nprint(__main__.x, __main__)\n"),
    Case("module docstring", '"""What this is."""\nprint(__doc__)\n', shows=("What this is.",)),
    Case(
        "docstring and future import",
        '"""What this is."""\n\nfrom __future__ import annotations\ndef f(x: nonsense): pass\nprint(__doc__, f.__annotations__)\n',
    ),
    Case(
        "future import",
        "from __future__ import annotations\ndef f(x: nonsense): pass\nprint(f.__annotations__)\n",
    ),
    Case(
        "globals, dir, vars",
        "x = 1\ndef f(): pass\nprint(list(globals()), dir(), list(vars()), list(locals()))\n",
    ),
    Case("globals in full", "print(globals())\n"),
    Case(
        "nothing of ours is bound",
        "import sys\nprint([name for name in dir(sys.modules['__main__']) if 'linea' in name])\n",
        shows=("[]",),
    ),
    Case("annotations", "x: int = 1\ny: str\nprint(__annotations__)\n"),
    Case(
        "the stack",
        "import traceback, sys, inspect\ntraceback.print_stack()\nprint(len(inspect.stack()), sys._getframe().f_back)\ndef f():\n    traceback.print_stack()\n\nf()\n",
        shows=("1 None",),
    ),
    Case(
        "no frame beneath",
        "import sys\nsys._getframe(1)\n",
        status=1,
        shows=("call stack is not deep enough",),
    ),
    Case("logging with the stack", "import logging\nlogging.warning('w', stack_info=True)\n"),
    Case(
        "logging",
        "import logging\nlogging.basicConfig(format='%(levelname)s %(name)s %(funcName)s %(lineno)d %(message)s')\nlogging.info('i')\nlogging.warning('w')\ndef f():\n    logging.getLogger('a.b').error('e')\n\nf()\n",
    ),
    Case(
        "logging without set-up",
        "import logging\nprint(logging.root.handlers, logging.root.level)\nlogging.warning('w')\n",
    ),
    Case("environment", "import os\nprint(sorted(n for n in os.environ if 'LINEA' in n or 'PYTHON' in n))\n"),
    Case(
        "faulthandler",
        "import faulthandler, sys\nfaulthandler.dump_traceback(file=sys.stderr, all_threads=False)\n",
    ),
    Case(
        "tracing slot is free",
        "import sys, threading\nprint(sys.gettrace(), sys.getprofile(), threading.active_count(), threading.current_thread().name)\n",
    ),
    Case(
        "interactive debugger",
        "x = 1\nbreakpoint()\nx = 2\nprint(x)\n",
        stdin="w\nn\np x\nc\n",
        shows=("-> x = 2",),
    ),
    Case(
        "step into a function",
        "def f(a):\n    return a\n\nbreakpoint()\nx = f(1)\nprint(x)\n",
        stdin="s\ns\nw\nu\np x if 'x' in dir() else 'none'\nr\nn\nn\nc\n",
        shows=("--Return--",),
        differs="stepping goes into the hooks",
    ),
    Case(
        "step to the end",
        "import threading\nimport pdb; pdb.set_trace()\nx = 2\n",
        stdin="n\nn\n",
        shows=("--Return--",),
        status=None,
    ),
    Case("umask, descriptors", "import os\nprint(sorted(os.listdir('/dev/fd'))[:3], oct(os.umask(0o22)))\n"),
    Case(
        "sys.stdout replaced",
        "import io, sys\nold, sys.stdout = sys.stdout, io.StringIO()\nprint('caught')\nold.write(sys.stdout.getvalue().upper())\n",
        shows=("CAUGHT",),
    ),
    Case("sys.stdout closed", "import sys\nsys.stdout.close()\n"),
    Case("output not flushed", "import sys, os\nsys.stdout.write('no newline')\n", shows=("no newline",)),
    Case("random numbers unseeded", "import random\nrandom.random()\nprint('ok')\n"),
    Case("random numbers seeded", "import random\nrandom.seed(4)\nprint(random.random())\n"),
    Case("hash seed", "print(hash('a'))\n", env={"PYTHONHASHSEED": "7"}),
    Case(
        "time of import",
        "import sys\nprint(sys.dont_write_bytecode, sys.getrecursionlimit(), sys.getswitchinterval())\n",
    ),
    Case("garbage collector", "import gc\nprint(gc.isenabled(), gc.get_threshold())\n"),
]

TEXTS = [
    Case("latin-1 cookie", "# -*- coding: latin-1 -*-\nprint('Zoë', len('ë'))\n".encode("latin-1")),
    Case("latin-1 cookie, error", "# coding: latin-1\nname = 'Zoë'; 1 / 0\n".encode("latin-1"), status=1),
    Case("not UTF-8", b"x = 1\nname = 'Zo\xeb'\n", status=1, shows=("SyntaxError",)),
    Case("unknown cookie", "# coding: no-such-encoding\n", status=1, shows=("no-such-encoding",)),
    Case(
        "UTF-8", "größe = 'ß'; print(größe, größe.undefined)\n", status=1, env={"PYTHONIOENCODING": "utf-8"}
    ),
    Case(
        "CRLF",
        b"x = 1\r\nif x:\r\n    print('a\\\r\nb')\r\ns = '''a\r\nb'''\r\nprint(repr(s))\r\n1 / 0\r\n",
        status=1,
    ),
    Case("CR", b"x = 1\rprint(x)\r1 / 0\r", status=1),
    Case("BOM", b"\xef\xbb\xbfprint('ok')\n1 / 0\n", status=1),
    Case(
        "BOM and cookie",
        b"\xef\xbb\xbf# coding: utf-8\nprint('\xc3\xab')\n",
        env={"PYTHONIOENCODING": "utf-8"},
    ),
    Case("form feed", "x = 1\n\f\ndef f():\n    return x\n\f\nprint(f())\n1 / 0\n", status=1),
    Case("empty", ""),
    Case("only comments", "# nothing\n\n# here\n"),
    Case("only a docstring", '"""Nothing."""\n'),
    Case("shebang, no newline at the end", "#!/usr/bin/env python\nprint('ok')"),
    Case("several statements on a line", "a = 1; b = a; print(a, b); c = b / 0; print(c)\n", status=1),
    Case("backslashes", "x = 1 + \\\n    2\nassert x == 3, \\\n    x\nprint(x) ; \\\nx.nope\n", status=1),
    Case("long expression", f"x = {' + '.join(['1'] * 900)}\nprint(x)\n"),
    Case("deep nesting", "x = " + "[" * 90 + "]" * 90 + "\nprint(x)\n"),
    Case("SyntaxWarning", "x = '\\d'\nprint(x is 1)\nassert (x, 'm')\n", shows=("SyntaxWarning",)),
    Case("SyntaxWarning before a SyntaxError", "x = '\\d'\nx = = 1\n", status=1),
    Case("SyntaxWarning as an error", "x = 1\nprint(x is 1)\n", flags=("-W", "error"), status=1),
    Case(
        "DeprecationWarning",
        "import warnings\nwarnings.warn('old', DeprecationWarning)\ndef f():\n    warnings.warn('older', DeprecationWarning, stacklevel=2)\n\nf()\nf()\n",
        shows=("script.py:6",),
    ),
    Case(
        "warning about a module",
        "import helper\nhelper.f()\n",
        files={
            "helper.py": "import warnings\ndef f():\n    warnings.warn('w', stacklevel=2)\n    warnings.warn('d', DeprecationWarning)\n"
        },
        shows=("script.py:2",),
    ),
    Case(
        "warning beyond the stack",
        "import warnings\nwarnings.warn('w', stacklevel=2)\nwarnings.warn('w', stacklevel=9)\n",
    ),
    Case("warnings as errors", "import warnings\nwarnings.warn('w')\n", flags=("-W", "error"), status=1),
    Case(
        "warnings recorded",
        "import warnings\nwith warnings.catch_warnings(record=True) as w:\n    warnings.warn('w')\nprint(w[0].filename, w[0].lineno, __warningregistry__ if '__warningregistry__' in dir() else None)\n",
    ),
]

LANGUAGE = [
    Case(
        "if __name__ == '__main__'",
        "def main():\n    return 3\n\nif __name__ == '__main__':\n    result = main()\n    print(result)\n",
    ),
    Case("exec and eval", "exec('y = 2')\nprint(eval('y + 1'))\nexec('1 / 0')\n", status=1),
    Case(
        "inspect.getsource",
        "import inspect\ndef f(a):\n    # a comment\n    return a\n\nclass C:\n    x = 1\n\ng = lambda: 0\nprint(inspect.getsource(f), inspect.getsource(C), inspect.getsource(g), inspect.getsourcefile(f), inspect.getsource(inspect.getmodule(f)))\n",
    ),
    Case(
        "traceback.print_exc",
        "import traceback\ntry:\n    {}['k']\nexcept KeyError:\n    traceback.print_exc()\nprint(traceback.format_exc())\n",
    ),
    Case(
        "sys.exc_info",
        "import sys\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    print(sys.exc_info()[1], sys.exc_info()[2].tb_lineno)\nprint(sys.exc_info())\n",
    ),
    Case(
        "dataclasses, enums",
        "import enum\nfrom dataclasses import dataclass, field, asdict\n@dataclass(order=True)\nclass P:\n    x: int = 0\n    tags: list = field(default_factory=list)\n\nclass E(enum.Enum):\n    A = enum.auto()\n\nprint(asdict(P(1)), P(1) < P(2), E.A)\n",
    ),
    Case(
        "class bodies",
        "class A:\n    n = 0\n    for n in range(3): pass\n    m = [i for i in range(n)]\n    def f(self): return super().__repr__()[:1]\n\nprint(A.n, A.m, A().f(), A.__qualname__, A.__module__)\n",
    ),
    Case(
        "decorators",
        "def twice(f):\n    return lambda *a: 2 * f(*a)\n\n@twice\n@(lambda f: f)\ndef g(x): return x\n\nprint(g(4))\n",
    ),
    Case(
        "generators",
        "def g():\n    got = yield 1\n    print(got)\n    yield from 'ab'\n\nit = g()\nnext(it)\nprint(it.send('s'), list(it))\nprint(*(x for x in range(3)))\n",
    ),
    Case(
        "asyncio",
        "import asyncio\nasync def f(n):\n    await asyncio.sleep(0)\n    return n\n\nasync def main():\n    async with asyncio.timeout(5):\n        return await asyncio.gather(*(f(n) for n in range(3)))\n\nprint(asyncio.run(main()))\n",
    ),
    Case("asyncio, error", "import asyncio\nasync def main():\n    1 / 0\n\nasyncio.run(main())\n", status=1),
    Case(
        "walrus, match",
        "import re\nif (m := re.match('(a)', 'ab')):\n    print(m[1])\nmatch {'k': [1, 2]}:\n    case {'k': [a, *rest]} if a:\n        print(a, rest)\n    case _:\n        print('no')\n",
    ),
    Case(
        "loops with else",
        "for i in range(3):\n    if i == 5: break\nelse:\n    print('else', i)\nwhile i:\n    i -= 1\n    if i == 1: continue\nprint(i)\n",
    ),
    Case(
        "with, several",
        "from contextlib import suppress, ExitStack\nwith suppress(KeyError), ExitStack() as s:\n    s.callback(print, 'left')\n    {}['k']\nprint('on')\n",
    ),
    Case(
        "chained comparison and bool",
        "print(3 > 2 > 1, 1 and 2, 0 or 'x', 1 < 3 < 2, None and None.foo)\nprint(3j, [*'ab', 4], *[1, 2])\nx = y = []\nx += [1]\ndel x\nprint(y)\n",
    ),
    Case("star import", "from math import *\nprint(floor(pi))\n"),
    Case(
        "global in a function",
        "n = 0\ndef f():\n    global n, m\n    n += 1\n    m = 2\n\nf()\nprint(n, m)\n",
    ),
    Case(
        "names of builtins rebound", "print = print\nlist = [1]\nlen = lambda x: 7\nprint(list, len(list))\n"
    ),
    Case("__builtins__ shadowed", "__name__ = 'other'\n__file__ = 'x'\nprint(__name__)\n"),
    Case("f-strings", "x = 3\nprint(f'{x=} {x!r:>4} {\"a\" if x else 1}')\n"),
    Case(
        "type alias",
        "type Pair[T] = tuple[T, T]\ndef first[T](p: Pair[T]) -> T: return p[0]\nclass Box[T]: pass\nprint(Pair, first((1, 2)), Box.__type_params__)\n",
        since=(3, 12),
    ),
    Case("nested f-string quotes", "x = {'a': 1}\nprint(f'{x['a']}')\n", since=(3, 12)),
    Case(
        "type defaults",
        "class Box[T = int]: pass\nprint(Box.__type_params__[0].__default__)\n",
        since=(3, 13),
    ),
    Case(
        "pickling",
        "import pickle\nclass C:\n    def __init__(self): self.x = 1\n\ndef f(): return 2\n\nc = pickle.loads(pickle.dumps([C(), f]))\nprint(c[0].x, c[1](), type(c[0]) is C, type(c[0]))\n",
    ),
    Case(
        "pickling to another process",
        "import pickle, subprocess, sys\nclass C: x = 1\nif len(sys.argv) > 1:\n    print(pickle.loads(bytes.fromhex(sys.argv[1])).x)\nelse:\n    subprocess.run([sys.executable, __file__, pickle.dumps(C()).hex()], check=True)\n",
        shows=("1",),
    ),
    Case(
        "copy, deepcopy",
        "import copy\nclass C: pass\nc = C()\nc.a = [c]\nprint(copy.deepcopy(c).a[0] is c)\n",
    ),
    Case(
        "sqlite3",
        "import sqlite3\ndb = sqlite3.connect(':memory:')\ndb.execute('create table t (a)')\ndb.execute('insert into t values (1)')\nprint(db.execute('select * from t').fetchall())\n",
    ),
    Case(
        "doctest",
        "def f():\n    '''\n    >>> f()\n    1\n    '''\n    return 1\n\nimport doctest\nprint(doctest.testmod())\n",
    ),
    Case(
        "unittest",
        "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertEqual(1, 2)\n\nunittest.main(verbosity=0, argv=['x'], testRunner=unittest.TextTestRunner(stream=open('log', 'w')))\n",
        status=1,
    ),
    Case(
        "argparse",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--n', type=int)\nprint(p.parse_args())\n",
        args=("--n", "x"),
        status=2,
        shows=("usage: script.py",),
    ),
    Case(
        "typing.get_type_hints",
        "import typing\ndef f(x: 'int') -> None: pass\nprint(typing.get_type_hints(f))\n",
    ),
    Case(
        "namedtuple, module of classes",
        "from collections import namedtuple\nP = namedtuple('P', 'x y')\nprint(P.__module__, P(1, 2))\n",
    ),
]

PROCESSES = [
    Case(
        "os.fork",
        "import os\npid = os.fork()\nif pid == 0:\n    print('child')\n    raise SystemExit(7)\nprint(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n",
        shows=("7",),
    ),
    Case(
        "order of a subprocess's output",
        "import subprocess, sys\nprint('before', flush=True)\nsubprocess.run([sys.executable, '-c', \"print('within')\"], check=True)\nprint('after')\n",
    ),
    Case(
        "sys.executable",
        "import sys, os\nprint(sys.executable, os.path.exists(sys.executable), sys.prefix)\n",
    ),
    *(
        Case(
            f"multiprocessing, {method}",
            f"import multiprocessing as mp\nprint('top', __name__, flush=True)\nclass C:\n    def __init__(self, n): self.n = n\n\ndef work(c):\n    return C(c.n + 1)\n\nif __name__ == '__main__':\n    with mp.get_context('{method}').Pool(1) as pool:\n        print([c.n for c in pool.map(work, [C(1), C(2)])])\n",
            shows=("[2, 3]",),
            any_order=True,
        )
        for method in ("spawn", "fork", "forkserver")
    ),
    Case(
        "multiprocessing, error in a worker",
        "import multiprocessing as mp\ndef work(n):\n    return 1 / n\n\nif __name__ == '__main__':\n    with mp.get_context('spawn').Pool(1) as pool:\n        pool.map(work, [0])\n",
        status=1,
    ),
    Case(
        "process pool",
        "from concurrent.futures import ProcessPoolExecutor\ndef f(x): return x * x\n\nif __name__ == '__main__':\n    with ProcessPoolExecutor(1) as pool:\n        print(list(pool.map(f, [1, 2])))\n",
    ),
    Case(
        "spawned Process",
        "import multiprocessing as mp\ndef work(q): q.put(__name__)\n\nif __name__ == '__main__':\n    context = mp.get_context('spawn')\n    q = context.Queue()\n    p = context.Process(target=work, args=(q,))\n    p.start()\n    print(q.get())\n    p.join()\n    print(p.exitcode)\n",
        shows=("__mp_main__",),
    ),
]


def table(cases: list[Case]) -> pytest.MarkDecorator:
    marked = [
        pytest.param(
            case, id=case.name, marks=[pytest.mark.xfail(reason=case.differs)] if case.differs else []
        )
        for case in cases
    ]
    return pytest.mark.parametrize("case", marked)


@table(ERRORS)
def test_errors(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)


@table(ENDS)
def test_ends(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)


@table(SURROUNDINGS)
def test_surroundings(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)


@table(TEXTS)
def test_texts(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)


def test_a_script_has_loops_that_may_go_unwatched() -> None:
    code = compile_with_start("script.py", b"for x in range(3):\n    y = x\n")
    assert "__lineapy_rest__" in code.co_names


@table(LANGUAGE)
def test_language(case: Case, tmp_path: Path) -> None:
    if sys.version_info < case.since:
        pytest.skip(f"syntax of Python {'.'.join(map(str, case.since))}")
    check(case, tmp_path)


@table(PROCESSES)
def test_processes(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)
