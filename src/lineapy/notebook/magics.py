"""What IPython makes of magics and shell commands → the plain Python that a slice needs in their place.

IPython rewrites ``%time model = fit(x)`` into ``get_ipython().run_line_magic('time', 'model = fit(x)')`` and runs that.
A slice is to run without IPython, so what is recorded of such a statement is another: here ``model = fit(x)``. What
only shows something, or sets up the notebook, becomes ``pass``. What has no like in plain Python stays as it is.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shlex
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

from lineapy.source.places import span

#: Magics whose whole effect is on what the notebook shows, on its set-up, or on the installation.
_SHOWING = frozenset(
    [
        "alias",
        "alias_magic",
        "autoawait",
        "autocall",
        "automagic",
        "autoreload",
        "bookmark",
        "cache",
        "code_wrap",
        "colors",
        "conda",
        "config",
        "connect_info",
        "dhist",
        "dirs",
        "doctest_mode",
        "gui",
        "hist",
        "history",
        "killbgscripts",
        "lineapy",
        "load_ext",
        "logoff",
        "logon",
        "logstart",
        "logstate",
        "logstop",
        "ls",
        "lsmagic",
        "magic",
        "mamba",
        "man",
        "matplotlib",
        "micromamba",
        "more",
        "notebook",
        "page",
        "pastebin",
        "pdb",
        "pdef",
        "pdoc",
        "pfile",
        "pinfo",
        "pinfo2",
        "pip",
        "pprint",
        "precision",
        "psearch",
        "psource",
        "pwd",
        "pycat",
        "quickref",
        "recall",
        "rehashx",
        "reload_ext",
        "tb",
        "unalias",
        "unload_ext",
        "uv",
        "who",
        "who_ls",
        "whos",
        "xmode",
    ]
)
#: Cell magics that show their cell.
_SHOWING_CELLS = frozenset({"html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG", "debug"})
#: Cell magics that run their cell as Python, so that its statements are traced one by one.
_RUNNING_CELLS = frozenset({"time", "capture", "prun", "lprun", "memit", "mprun"})


def plain(statement: ast.stmt) -> str | None:
    """What a statement is in plain Python.

    Args:
        statement: A statement of a cell as IPython has rewritten it.

    Returns:
        The text of one statement; None if it is no magic, or none that plain Python has a word for.

    Example:
        >>> for line in (
        ...     "get_ipython().run_line_magic('time', 'model = fit(x)')",
        ...     "get_ipython().run_line_magic('matplotlib', 'inline')",
        ...     "names = get_ipython().getoutput('ls -a')",
        ...     "get_ipython().run_line_magic('cd', 'data')",
        ...     "x = get_ipython().run_line_magic('unknown', '')",
        ... ):
        ...     print(plain(ast.parse(line).body[0]))
        model = fit(x)
        pass
        names = __import__('subprocess').getoutput('ls -a').splitlines()
        __import__('os').chdir('data')
        None
    """
    match statement:
        case ast.Expr(value=ast.Call() as call):
            target = ""
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
            target = f"{name} = "
        case _:
            return None
    found = _call(call)
    if found is None:
        return None
    if target and found == "pass":
        return f"{target}None"
    if target and not _is_expression(found):
        return None
    return target + found


def _call(call: ast.Call) -> str | None:
    match call.func:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=method):
            pass
        case _:
            return None
    if call.keywords or not all(isinstance(a, ast.Constant) and isinstance(a.value, str) for a in call.args):
        return None
    texts = [str(a.value) for a in call.args if isinstance(a, ast.Constant)]
    match method, texts:
        case "run_line_magic", [name, line]:
            return _line(name, line.strip())
        case "run_cell_magic", [name, line, cell]:
            return _cell(name, line.strip(), cell)
        case "system", [command]:
            return None if _expands(command) else f"__import__('subprocess').run({command!r}, shell=True)"
        case "getoutput", [command]:
            if _expands(command):
                return None
            return f"__import__('subprocess').getoutput({command!r}).splitlines()"
    return None


def _line(name: str, line: str) -> str | None:
    if name in _LINES:
        return _LINES[name](line)
    return "pass" if name in _SHOWING else None


def _time(line: str) -> str | None:
    try:
        body = ast.parse(line).body
    except SyntaxError:
        return None
    return line if len(body) == 1 and "\n" not in line else None


def _debug(line: str) -> str | None:
    return _time(line) if line else "pass"


def _prun(line: str) -> str | None:
    return _time(line) if not line.startswith("-") else None


def _timeit(line: str, cell: str | None = None) -> str | None:
    """As often as ``-n`` and ``-r`` say; how often else is chance, and once is as good as any."""
    number, repeat = 0, 7
    while match := _OPTION_OF_TIMEIT.match(line):
        option, value = match.groups()
        number = int(value) if option == "n" and value else number
        repeat = int(value) if option == "r" and value else repeat
        line = line[match.end() :]
    setup, statement = ("pass", line) if cell is None else (line or "pass", cell)
    times = number * repeat or 1
    return f"__import__('timeit').timeit({statement!r}, {setup!r}, number={times}, globals=globals())"


#: Such as ``-n 10``, ``-r3`` and ``-q``.
_OPTION_OF_TIMEIT = re.compile(r"-(?:([nrp])\s*(\d+)|[tcqov]+)\s*(?=\S|$)")


def _cd(line: str) -> str | None:
    words = [word for word in line.split() if word != "-q"]
    if len(words) > 1 or line.startswith("%") or words[:1] == ["-"]:
        return None
    if not words or words[0].startswith("~"):
        return f"__import__('os').chdir(__import__('os').path.expanduser({(words or ['~'])[0]!r}))"
    folder = words[0].strip("\"'")
    return None if _expands(folder) else f"__import__('os').chdir({folder!r})"


def _env(line: str) -> str | None:
    name, equals, value = line.partition("=")
    if not equals:
        name, _, value = line.partition(" ")
    if not value:
        return "pass"  # shows it
    return None if _expands(value) else f"__import__('os').environ[{name.strip()!r}] = {value.strip()!r}"


def _run(line: str, *, is_to_end_early: bool = False) -> str | None:
    """``%run`` of a program, in a namespace of its own unless ``-i`` is given.

    What a notebook (``.ipynb``, ``.ipy``) does that is run has statements of its own: IPython runs it cell by cell.

    Args:
        line: What is behind ``%run``.
        is_to_end_early: Whether the program's names are wanted also if it raises half-way.
    """
    if _expands(line):
        return None
    try:
        words = shlex.split(line)
    except ValueError:
        return None
    options = list(takewhile(lambda word: word.startswith("-"), words))
    name, *arguments = words[len(options) :] or [""]
    if options == ["-m"] and name and not arguments:
        module = f"__import__('runpy').run_module({name!r}, run_name='__main__', alter_sys=True)"
        if not is_to_end_early and not _may_exit(_file_of(name)):
            return f"globals().update({module})"
        return f"exec({_MODULE.format(module=module)!r}, {{'here': globals()}})"
    if not name or not set(options) <= _OPTIONS_OF_RUN:
        return None
    if name.endswith((".ipynb", ".ipy")):
        return "pass"
    if "-G" not in options and any(_PATTERN.search(argument) for argument in arguments):
        return None  # which files these are is known to IPython alone
    file = os.path.expanduser(name if name.endswith(".py") else f"{name}.py")
    own_name = os.path.basename(file)[:-3] if "-n" in options else "__main__"
    if not arguments and file == os.path.basename(file) and not is_to_end_early and not _may_exit(file):
        if "-i" in options:
            return f"exec(compile(open({file!r}, 'rb').read(), {file!r}, 'exec'))"
        return f"globals().update(__import__('runpy').run_path({file!r}, run_name={own_name!r}))"
    names = "here" if "-i" in options else f"dict(__name__={own_name!r}, __file__=file)"
    text = _PROGRAM.format(file=file, arguments=arguments, folder=os.path.dirname(file) or ".", names=names)
    return f"exec({text!r}, {{'here': globals()}})"


#: Options of ``%run`` that are heeded, or do not matter here.
_OPTIONS_OF_RUN = frozenset({"-i", "-n", "-e", "-G", "-t"})
_PATTERN = re.compile(r"[*?\[]")

#: Runs a program as ``%run`` does: with its arguments, and what is beside it at hand. It may call `sys.exit`.
_PROGRAM = """\
import os, sys
file, before = {file!r}, (sys.argv, sys.path[:])
sys.argv = [file, *{arguments!r}]
sys.path.insert(0, os.path.abspath({folder!r}))
names = {names}
try:
    exec(compile(open(file, 'rb').read(), file, 'exec'), names)
except SystemExit:
    pass
finally:
    sys.argv, sys.path[:] = before
    here.update((name, names[name]) for name in list(names) if name not in ('__name__', '__file__', '__builtins__'))
"""
_MODULE = """\
try:
    here.update({module})
except SystemExit:
    pass
"""


def _file_of(module: str) -> str | None:
    """The file of a module, if it can be found without importing a package."""
    try:
        found = None if "." in module else importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None
    if found is not None and found.submodule_search_locations:
        return os.path.join(found.submodule_search_locations[0], "__main__.py")
    return found.origin if found is not None else None


def _may_exit(file: str | None) -> bool:
    """Whether a program may end by `sys.exit`, which IPython takes for its end, and not for that of the session."""
    try:
        text = Path(file or "").read_bytes()
    except OSError:
        return True
    return b"exit" in text or b"Exit" in text or b"quit" in text


def programs(tree: ast.Module) -> dict[str, str]:
    """How programs that ``%run`` runs are to be written if they raise half-way, when IPython keeps their names.

    Args:
        tree: A cell as IPython has rewritten it.

    Returns:
        For each program as `plain` writes it, how it is written then.
    """
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr="run_line_magic"),
                args=[ast.Constant(value="run"), ast.Constant(value=str(line))],
            ):
                usual, early = _run(line.strip()), _run(line.strip(), is_to_end_early=True)
                if usual is not None and early is not None:
                    found[usual] = early
    return found


_LINES: dict[str, Callable[[str], str | None]] = {
    "time": _time,
    "timeit": _timeit,
    "prun": _prun,
    "debug": _debug,
    "cd": _cd,
    "env": _env,
    "set_env": _env,
    "run": _run,
}


def _cell(name: str, line: str, cell: str) -> str | None:
    if name in _RUNNING_CELLS or name in _SHOWING_CELLS:
        return "pass"  # what a cell does that is run has statements of its own
    if name == "timeit":
        return _timeit(line, cell)
    if name in {"bash", "sh"} and not line:
        return f"__import__('subprocess').run([{name!r}, '-c', {cell!r}])"
    if name in {"writefile", "file"} and len(line.split()) == 1:
        return f"__import__('pathlib').Path({line!r}).write_text({cell!r})"
    return None


def in_plain_python(text: str, tree: ast.Module) -> str:
    """A cell in which each magic has become plain Python, as far as possible.

    Lines stay where they are.

    Args:
        text: The cell, as IPython has rewritten it.
        tree: Its tree.

    Returns:
        The text of as many statements.

    Example:
        >>> text = "get_ipython().run_line_magic('cd', 'data')\\nx = 1\\n"
        >>> in_plain_python(text, ast.parse(text))
        "__import__('os').chdir('data')\\nx = 1\\n"
    """
    lines = text.splitlines(keepends=True)
    found: list[tuple[tuple[int, int, int, int], str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr | ast.Assign):
            instead = plain(node)
            if instead is not None:
                found.append((span(node), instead))
    for (line, column, end_line, end_column), instead in sorted(found, reverse=True):
        if line == end_line:
            raw = lines[line - 1].encode()
            lines[line - 1] = (raw[:column] + instead.encode() + raw[end_column:]).decode()
    return "".join(lines)


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True


def _expands(command: str) -> bool:
    """Whether IPython puts values of variables into a command."""
    return "{" in command or "$" in command
