"""Knowledge compared with what calls really do.

A trial is one call, written as a line of Python. It is made for real, in an empty folder, after some statements that
set the stage::

    test_list = trials("xs = [3, 1]", '''
        xs.append(4)
        xs.index(3)
    ''')

Before and after the call the state of all variables, of the global random generators and settings, and of the folder
is taken down. The trial fails if knowledge

- knows nothing of the callee;
- does not speak of something that did change: the receiver, another value, an ambient state, a file that is written
  without Python being asked to open it (of those it tells itself, by audit events);
- claims a change that did not happen.

A line that ends in ``# maybe`` is excused from the last: the call may change something, but here it does not.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import importlib.util
import io
import os
import pickle
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lineapy.effects.annotations import Effect, Pointer
from lineapy.effects.files import packaged_files, read_packaged
from lineapy.effects.lookup import Knowledge


def trials(setup: str, calls: str, *, caches: bool = False) -> Callable[..., None]:
    """Make one test of several calls. Assign it to a name that begins with ``test_``.

    With ``caches``, each call is made once before it is looked at: a first call leaves something behind in the receiver
    that a second finds there, and that nobody can see from outside.
    """
    lines = [line.strip() for line in calls.strip().splitlines() if line.strip() and line.strip()[0] != "#"]

    @pytest.mark.parametrize("call", lines)
    def test_call(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        problems = attempt(setup, call, caches=caches)
        assert not problems, f"{call}: " + "; ".join(problems)

    return test_call


def needs(*libraries: str) -> pytest.MarkDecorator:
    """Skip, and say so, where a library is not installed."""
    missing = [library for library in libraries if importlib.util.find_spec(library) is None]
    return pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}: make test-knowledge")


def everything_known(
    library: str,
    setup: str,
    *,
    arguments: str,
    receivers: dict[str, str] | None = None,
    calls: str = "",
    caches: bool = False,
) -> Callable[..., None]:
    """Make one test of each function and method that a knowledge file speaks of. Assign it to ``test_...``.

    Each is called with such of the arguments as it takes, and at least once. Who claims a change has to show it once.

    Args:
        library: Whose file it is.
        setup: Statements that set the stage.
        arguments: Lists of arguments to try, one a line; that of no arguments comes first.
        receivers: By the name of a class: objects to call its methods of, one a line.
        calls: Calls in place of those, one a line, for names that need arguments of their own.
        caches: As for `trials`.
    """
    given: dict[str, list[str]] = {}
    for line in calls.strip().splitlines():
        node = ast.parse(line.strip(), mode="eval").body
        assert isinstance(node, ast.Call), f"not a call: {line}"
        given.setdefault(ast.unparse(node.func).rpartition(".")[2], []).append(line.strip())
    lists = ["", *(line.strip() for line in arguments.strip().splitlines())]
    # A later annotation of the same name wins.
    known = {
        (annotation.module, annotation.class_name, name): None
        for annotation in read_packaged(packaged_files()[library])
        for name in annotation.names
    }

    @pytest.mark.parametrize("name", known, ids=lambda name: ".".join(filter(None, name)))
    def test_name(name: tuple[str, str | None, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        module, cls, last = name
        owners = [module] if cls is None else (receivers or {}).get(cls, "").split("\n")
        lines = [
            owner.strip() + ("" if last == "__call__" else f".{last}") + f"({each})"
            for owner in owners
            for each in lists
        ]
        own = given.get(f"{cls}.{last}".removeprefix("None.").rpartition(".")[2], [])
        assert own or owners != [""], f"there is no {cls} to try it with"
        shown = False
        last_problems = ["it could not be called"]
        for tried, line in enumerate(own or _possible(setup, lines), start=1):
            for file in tmp_path.iterdir():
                shutil.rmtree(file) if file.is_dir() else file.unlink()
            problems = attempt(setup, line, caches=caches)
            false = [problem for problem in problems if "did not" not in problem]
            assert not false, f"{line}: " + "; ".join(false)
            shown = shown or not problems
            last_problems = [line, *problems]
            if shown and tried >= 2 and not own:
                break
        assert shown, "; ".join(last_problems)

    return test_name


def _possible(setup: str, lines: list[str]) -> Iterator[str]:
    """Those of some calls that can be made."""
    namespace: dict[str, Any] = {}
    for line in lines:
        with _restored(), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            if not namespace:
                exec(setup, namespace)
            try:
                eval(line, namespace)
            except Exception:
                continue
        yield line


@cache
def _knowledge() -> Knowledge:
    return Knowledge.of_libraries()


@dataclass
class Seen:
    """What changed during a call."""

    receiver: bool | None  # None: its state cannot be told
    names: set[str]
    states: set[str]
    #: Files that were written, and those of them which Python was asked to open for writing.
    files: set[str]
    opened: set[str]


@dataclass
class Call:
    """A call that is ready to be made."""

    callee: Any
    arguments: list[Any]
    keywords: dict[str, Any]
    receiver: Any

    def at(self, pointer: Pointer) -> Any:
        """The argument that a pointer points to."""
        if pointer.keyword is not None and pointer.keyword in self.keywords:
            return self.keywords[pointer.keyword]
        if pointer.position is not None and pointer.position < len(self.arguments):
            return self.arguments[pointer.position]
        return None


def attempt(setup: str, line: str, *, caches: bool = False) -> list[str]:
    """Make a call and compare; what is wrong with knowledge."""
    text, _, remark = line.partition("  # ")
    namespace: dict[str, Any] = {}
    with _restored(), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        exec(setup, namespace)
        call = _prepare(text, namespace)
        effect = _knowledge().effect(call.callee)
        if effect is None:
            return ["nothing is known of it"]
        if caches:
            call.callee(*call.arguments, **call.keywords)
        return list(_problems(effect, call, _make(call, namespace), excused="maybe" in remark))


def _prepare(text: str, namespace: dict[str, Any]) -> Call:
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.Call), f"not a call: {text}"

    def value(part: ast.expr) -> Any:
        return eval(compile(ast.Expression(part), "<trial>", "eval"), namespace)

    keywords = {keyword.arg or "": value(keyword.value) for keyword in node.keywords}
    callee = value(node.func)
    receiver = getattr(callee, "__self__", None)
    if isinstance(receiver, type) or (
        isinstance(node.func, ast.Attribute) and isinstance(value(node.func.value), ModuleType)
    ):
        receiver = None  # random.random is a method of a hidden object
    return Call(callee, [value(argument) for argument in node.args], keywords, receiver)


def _make(call: Call, namespace: dict[str, Any]) -> Seen:
    watched = {name: value for name, value in namespace.items() if _is_data(name, value)}
    for number, value in enumerate(call.arguments):
        if _is_data("", value):
            watched[f"argument {number}"] = value
    before = {name: digest(value) for name, value in watched.items()}
    receiver = None if _is_drawing(call.receiver) else digest(call.receiver)
    states, files = _states(), _files()
    with _opened_files() as opened:
        call.callee(*call.arguments, **call.keywords)
    after = None if receiver is None else digest(call.receiver)
    return Seen(
        receiver=None if receiver is None else receiver != after,
        names={name for name, value in watched.items() if digest(value) != before[name]},
        states={name for name, state in _states().items() if state != states.get(name, state)},
        files={name for name, state in _files().items() if state != files.get(name)},
        opened=opened,
    )


def _problems(effect: Effect, call: Call, seen: Seen, *, excused: bool) -> Iterator[str]:
    others = effect.changes_others and len(call.arguments) >= effect.least_arguments
    if seen.receiver and not (effect.changes_receiver or others):
        yield "the receiver changed, and knowledge does not say so"
    if seen.names and not (effect.changes_receiver or others or "matplotlib" in effect.changes_states):
        yield f"{', '.join(sorted(seen.names))} changed, and knowledge does not say so"
    hidden = "matplotlib" in effect.changes_states  # the names may be parts of pyplot's figures
    if [name for name in seen.names if name.startswith("argument")] and not (others or hidden):
        yield "an argument changed, and knowledge does not say so"
    if seen.receiver is False and effect.changes_receiver and not excused:
        yield "the receiver did not change, and knowledge says that it does"
    if others and effect.least_arguments and not seen.names:
        yield "knowledge takes an argument for the place of the result, but it did not change"
    if effect.changes_receiver and _is_drawing(call.receiver):
        seen.states.discard("matplotlib")  # its figure is one of pyplot's
    for state in sorted(seen.states - set(effect.changes_states)):
        yield f"the state {state!r} changed, and knowledge does not say so"
    settings = set(effect.changes_states).difference(
        effect.reads_states
    )  # who reads it as well may draw, or may not
    for state in sorted(settings & set(STATES) - seen.states):
        if not excused and state in _states():
            yield f"the state {state!r} did not change, and knowledge says that it does"
    told = [os.path.realpath(call.at(p)) for p in effect.writes_files if isinstance(call.at(p), str | Path)]
    for file in sorted(seen.files - seen.opened):
        if not any(os.path.realpath(file).startswith(path) for path in told):
            yield f"the file {file} was written, and neither Python nor knowledge says so"
    if told and not excused and not any(os.path.realpath(f).startswith(tuple(told)) for f in seen.files):
        yield "no file was written, and knowledge says so"
    for pointer in effect.reads_files:
        path = call.at(pointer)
        if isinstance(path, str | Path) and not os.path.exists(path):
            yield f"knowledge says that {path} is read, but there is no such file"


# -- states


def _is_data(name: str, value: object) -> bool:
    return not (
        _is_drawing(value)
        or name.startswith("__")
        or isinstance(value, ModuleType | type)
        or digest(value) is None
    )


def _is_drawing(value: object) -> bool:
    return type(value).__module__.startswith("matplotlib")


def digest(value: object) -> str | None:
    """What stands for the state of a value; None if it cannot be told."""
    if value is None:
        return None
    try:
        # Twice, so that it does not matter which equal objects are the same one.
        return hashlib.md5(pickle.dumps(pickle.loads(_pickled(value)), 5)).hexdigest()
    except Exception:
        return None


def _pickled(value: object) -> bytes:
    target = io.BytesIO()
    _Pickler(target, 5).dump(value)
    return target.getvalue()


class _Pickler(pickle.Pickler):
    """Sees of a tensor what its own pickle leaves out, such as its gradient."""

    def reducer_override(self, value: Any) -> Any:
        torch = sys.modules.get("torch")
        if torch is None or not isinstance(value, torch.Tensor):
            return NotImplemented
        gradient = value.grad if value.is_leaf or value.retains_grad else None
        hooks = sorted(value._backward_hooks or ())
        state = (value.tolist(), str(value.dtype), value.requires_grad, value.retains_grad, gradient, hooks)
        return tuple, (state,)


def _read_matplotlib() -> object:
    """What can be seen of the open figures, and which one is current."""
    managers = sys.modules["matplotlib._pylab_helpers"].Gcf.figs  # asking pyplot would make a figure current
    return [
        (number, id(manager.canvas.figure._axstack.current()), _seen(manager.canvas.figure))
        for number, manager in managers.items()
    ]


def _seen(figure: Any) -> str:
    figure.canvas.draw()
    return hashlib.md5(figure.canvas.buffer_rgba().tobytes()).hexdigest()


def _pandas_options(pandas: ModuleType) -> dict[str, Any]:
    return {
        name: pandas.get_option(name)
        for name in (
            "display.max_rows",
            "display.max_columns",
            "display.precision",
        )
    }


def _put_pandas_options(options: dict[str, Any]) -> None:
    for name, value in options.items():
        sys.modules["pandas"].set_option(name, value)


#: Each ambient state: the module that has to be there, how to read it, how to put it back.
STATES: dict[str, tuple[str, Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    "random": ("random", lambda m: m.getstate(), lambda m, state: m.setstate(state)),
    "numpy.random": (
        "numpy.random",
        lambda m: tuple(part if i != 1 else part.tobytes() for i, part in enumerate(m.get_state())),
        lambda m, state: None,
    ),
    "numpy settings": (
        "numpy",
        lambda m: (
            m.geterr(),
            {k: v for k, v in m.get_printoptions().items() if k != "formatter"},
            m.getbufsize(),
        ),
        lambda m, state: (m.seterr(**state[0]), m.set_printoptions(**state[1]), m.setbufsize(state[2])),
    ),
    "warnings settings": ("warnings", lambda m: list(m.filters), lambda m, state: None),
    "locale settings": ("locale", lambda m: m.setlocale(m.LC_ALL), lambda m, s: m.setlocale(m.LC_ALL, s)),
    "pandas settings": ("pandas", _pandas_options, lambda m, state: _put_pandas_options(state)),
    "sklearn settings": ("sklearn", lambda m: m.get_config(), lambda m, state: m.set_config(**state)),
    "matplotlib settings": (
        "matplotlib",
        lambda m: dict(m.rcParams),
        lambda m, state: dict.update(m.rcParams, state),
    ),
    "matplotlib": (
        "matplotlib.pyplot",
        lambda m: _read_matplotlib(),
        lambda m, state: m.close("all"),
    ),
    "torch.random": (
        "torch.random",
        lambda m: m.get_rng_state().tolist(),
        lambda m, state: None,
    ),
    "torch settings": (
        "torch",
        lambda m: (
            m.get_default_dtype(),
            m.is_grad_enabled(),
            m.get_num_threads(),
            str(m.get_default_device()),
            m.get_float32_matmul_precision(),
            m.are_deterministic_algorithms_enabled(),
            {**vars(m._tensor_str.PRINT_OPTS)},
        ),
        lambda m, state: (
            m.set_default_dtype(state[0]),
            m.set_grad_enabled(state[1]),
            m.set_num_threads(state[2]),
            m.set_default_device(state[3]),
            m.set_float32_matmul_precision(state[4]),
            m.use_deterministic_algorithms(state[5]),
            m.set_printoptions(**state[6]),
        ),
    ),
}


def _states() -> dict[str, Any]:
    return {
        name: read(sys.modules[module]) for name, (module, read, _) in STATES.items() if module in sys.modules
    }


@contextlib.contextmanager
def _restored() -> Iterator[None]:
    before = _states()
    try:
        yield
    finally:
        for name, state in before.items():
            module, _, put = STATES[name]
            put(sys.modules[module], state)
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")


def _files() -> dict[str, object]:
    found: dict[str, object] = {}
    for folder, _, names in os.walk("."):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                found[path] = (os.stat(path).st_mtime_ns, hashlib.md5(file.read()).hexdigest())
    return found


_open_now: list[set[str]] = []


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _open_now:
        path, mode, flags = arguments
        writes = any(letter in mode for letter in "wax+") if mode else flags & (os.O_WRONLY | os.O_RDWR)
        if writes and isinstance(path, str | bytes | Path):
            _open_now[-1].add(os.path.join(".", os.path.relpath(os.fsdecode(path))))


sys.addaudithook(_audit)


@contextlib.contextmanager
def _opened_files() -> Iterator[set[str]]:
    """Files that Python is asked to open for writing, as the tracer learns of them."""
    _open_now.append(set())
    try:
        yield _open_now[-1]
    finally:
        _open_now.pop()
