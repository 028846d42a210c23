"""The global random generators: of `random`, of ``numpy.random``, of torch and of TensorFlow.

A draw from a generator that the program seeded needs the seed and every draw in between, in their order, wherever they
happen: `finish` compares each generator's state after each statement that calls anything. A generator that nobody
seeded gives other numbers in every run, so its draws need nothing.

Seeding is told from drawing by three signs together: the words of the state are new, which takes more than six hundred
draws; and the statement, or the user's own code that it runs, mentions a name that has to do with seeds or states.
"""

from __future__ import annotations

import re
import struct
import sys
from collections.abc import Callable
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lineapy.tracing.ambient.versions import Versions

_MENTIONS = re.compile(r"(?<!random_)(?:seed|state)|set_random_seed", re.IGNORECASE)
_SETS_STATE = re.compile(r"set_?(?:rng_?)?state$")
_GETS_STATE = re.compile(r"(?:get_?(?:rng_?|random_?)?state|initial_seed)$")
_NAMES_STATE = re.compile(r"[gs]et_?(?:rng_?|random_?)?state|initial_seed")
_SEEDS = re.compile(
    r"(?:seed|manual_seed|manual_seed_all|seed_all|seed_everything|set_\w*seed|fix_\w*seeds?)$"
)
#: What else a function that does nothing but seed may name.
_SEEDING_COMPANY = frozenset(
    {
        *(
            "random",
            "np",
            "numpy",
            "torch",
            "tf",
            "tensorflow",
            "keras",
            "transformers",
            "pl",
            "os",
            "environ",
        ),
        *(
            "cuda",
            "mps",
            "is_available",
            "backends",
            "cudnn",
            "deterministic",
            "benchmark",
            "int",
            "str",
            "print",
        ),
        *("use_deterministic_algorithms", "set_deterministic_debug_mode", "utils"),
    }
)
_PLAIN_CALLEES = frozenset(
    {"int", "str", "len", "print", "range", "list", "enumerate", "zip", "max", "min", "abs"}
)


class _Generator:
    """One global generator, and its state when it was last looked at."""

    def __init__(self, name: str, read: Callable[[], tuple[object, ...]], key: int) -> None:
        self.name = f"<{name}>"
        self.read = read
        self.key = key  # where in the state the part is that only seeding, or very many draws, make anew
        self.last = read()
        self.is_seeded = False

    def just_seeded(self) -> bool:
        """Whether it was seeded, and nothing drawn since."""
        from lineapy.tracing.ambient.memory import just_seeded

        position, words = self.last[0], self.last[1]
        if isinstance(position, int) and isinstance(words, bytes):
            # torch: { uint64 seed; int left; int seeded; uint64 next; uint64 state[624]; … }, as `get_state` gives it
            left, _, following, first = struct.unpack_from("=iiQQ", words, 8)
            return bool(left == 1 and following == 0 and first == position & 0xFFFFFFFF)
        return isinstance(position, bytes) and isinstance(words, bytes) and just_seeded(position, words)

    def untouched(self) -> bool:
        """Whether it is, by all signs, in the state in which its library was imported."""
        if self.name == "<numpy.random>":
            return self.last[0] == (623).to_bytes(4, sys.byteorder) and self.last[1][3:4] == b"\x80"  # type: ignore[index]
        return isinstance(self.last[0], bytes) or self.last[0] > 1 << 32  # type: ignore[operator]


class Generators:
    """The global generators of this process, as a session sees them.

    Attributes:
        watching: Their states have to be compared.
    """

    def __init__(self) -> None:
        self.watching = False
        self._known: dict[str, _Generator] = {}
        self._moves_states = False
        self._reseeded: set[str] = set()
        self._modules = 0
        self._at_start = sys.modules["random"].getstate() if "random" in sys.modules else None

    def look_at(self, text: str) -> None:
        """A text is going to run: does it speak of seeds or states?"""
        lower = text.lower()
        if "seed" not in lower and "state" not in lower:
            return
        if _MENTIONS.search(text):
            self.watch()
        if _NAMES_STATE.search(text):
            self._moves_states = True

    def watch(self) -> None:
        """Compare states from now on."""
        if not self.watching:
            self.watching = True
            self.find()

    def find(self) -> None:
        """Look for generators of libraries that have been imported since."""
        modules = sys.modules
        if "random" not in self._known and "random" in modules:
            read = _python(modules["random"])
            if read is not None:
                self._known["random"] = _Generator("random", read, 1)
        if "numpy.random" not in self._known:
            generator = getattr(modules.get("numpy.random.mtrand"), "_rand", None)
            if generator is not None:
                self._known["numpy.random"] = _Generator("numpy.random", _numpy(generator), 1)
        if "torch.random" not in self._known:
            torch = modules.get("torch.random")
            if getattr(torch, "default_generator", None) is not None:
                self._known["torch.random"] = _Generator("torch.random", _torch(torch), 0)
        if "tensorflow.random" not in self._known and "tensorflow.python.eager.context" in modules:
            read = _tensorflow(modules["tensorflow.python.eager.context"])
            self._known["tensorflow.random"] = _Generator("tensorflow.random", read, 1)

    def reseed(self, name: str) -> None:
        """A function known to change a generator's state, and not to depend on it, is about to be called."""
        self.watch()
        self._reseeded.add(name)

    def imported(self, versions: Versions) -> None:
        """One of the user's own modules has been imported: it may hold seeding functions, and may have seeded."""
        fresh = not self.watching
        self.watch()
        self._moves_states = True
        if fresh:
            for key, generator in self._known.items():
                moved = not generator.untouched()
                if key == "random":
                    moved = sys.modules["random"].getstate() != self._at_start
                if moved and not generator.is_seeded:
                    generator.is_seeded = True
                    versions.begin(generator.name)

    def finish(self, versions: Versions, statement: Callable[[], Doings]) -> None:
        """A statement is done: which generators did it seed, or draw from?

        Args:
            versions: Where it is written down.
            statement: Gives what the statement's text and code name; asked for only where something happened.
        """
        if len(sys.modules) != self._modules:
            self._modules = len(sys.modules)
            self._find_new(versions, statement)
        for key, generator in self._known.items():
            state = generator.read()
            if state != generator.last or key in self._reseeded:
                before, generator.last = generator.last, state
                self._changed(key, generator, before, versions, statement)
            elif self._moves_states and generator.is_seeded and statement().gets_state:
                versions.read(generator.name)
        if self._reseeded:
            self._reseeded = set()

    def moved(self) -> list[str]:
        """The generators that were seeded and have moved since they were last looked at; now they have been."""
        found = []
        for generator in self._known.values():
            state = generator.read()
            if state != generator.last:
                generator.last = state
                if generator.is_seeded:
                    found.append(generator.name)
        return found

    def _find_new(self, versions: Versions, statement: Callable[[], Doings]) -> None:
        """Look for new generators; one may have been seeded by the very statement that imported its library."""
        known = set(self._known)
        self.find()
        for key in self._known.keys() - known:
            generator = self._known[key]
            if not generator.untouched() and statement().mentions:
                generator.is_seeded = True
                versions.begin(generator.name)

    def _changed(
        self,
        key: str,
        generator: _Generator,
        before: tuple[object, ...],
        versions: Versions,
        statement: Callable[[], Doings],
    ) -> None:
        if not generator.is_seeded:
            if key not in self._reseeded:
                doings = statement()
                new_words = before[generator.key] != generator.last[generator.key]
                if not (doings.sets_state or (new_words and doings.mentions)):
                    return  # a draw from a generator that nobody seeded
            generator.is_seeded = True
            versions.begin(generator.name)
            return
        if key in self._reseeded or self._moves_states or generator.just_seeded():
            doings = statement()
            if doings.only_seeds and (key in self._reseeded or doings.sets_state or generator.just_seeded()):
                versions.begin(generator.name)
                return
        versions.read(generator.name)
        versions.supersede(generator.name)


class Doings:
    """What a statement's text, and the user's own code that it can reach, say about seeds and states.

    Args:
        text: The statement.
        callees: What it calls, as in `Statement.callees`.
        codes: The user's code that it may run.
    """

    def __init__(self, text: str, callees: tuple[str, ...], codes: list[CodeType]) -> None:
        self._callees = callees
        self._codes = codes
        self._names = {name for code in codes for name in names_in(code)}
        self.mentions = bool(_MENTIONS.search(text)) or any(map(_MENTIONS.search, self._names))

    @property
    def sets_state(self) -> bool:
        """It puts a generator back into a state that was kept."""
        return any(map(_SETS_STATE.search, self._callees)) or any(map(_SETS_STATE.search, self._names))

    @property
    def gets_state(self) -> bool:
        """It asks for a generator's state."""
        return any(map(_GETS_STATE.search, self._callees)) or any(map(_GETS_STATE.search, self._names))

    @property
    def only_seeds(self) -> bool:
        """It seeds or sets states, and calls nothing that could have drawn before."""
        return all(
            name in _PLAIN_CALLEES or _SEEDS.search(name) or _SETS_STATE.search(name) or self._is_own(name)
            for name in self._callees
        ) and all(map(_code_only_seeds, self._codes))

    def _is_own(self, callee: str) -> bool:
        return any(code.co_name == callee.rpartition(".")[2] for code in self._codes)


def names_in(code: CodeType) -> set[str]:
    """Every global and attribute that a code object, or one nested in it, names."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= names_in(constant)
    return found


def _code_only_seeds(code: CodeType) -> bool:
    import dis

    before = ""
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_ATTR", "LOAD_METHOD") and instruction.argval == before == "random":
            return False  # random.random()
        if instruction.opname not in ("PUSH_NULL", "CACHE"):
            before = str(instruction.argval)
    return all(
        name in _SEEDING_COMPANY or _SEEDS.search(name) or _SETS_STATE.search(name) for name in names_in(code)
    )


def _python(module: Any) -> Callable[[], tuple[object, ...]] | None:
    from lineapy.tracing.ambient.memory import python_state

    generator = getattr(module, "_inst", None)
    if generator is None:
        return None
    read = python_state(generator)
    return lambda: (*read(), generator.gauss_next)


def _numpy(generator: Any) -> Callable[[], tuple[object, ...]]:
    from lineapy.tracing.ambient.memory import numpy_state

    bits = generator._bit_generator
    if type(bits).__name__ != "MT19937":
        return lambda: (None, repr(generator._bit_generator.state))
    fast = numpy_state(generator, bits)

    def read() -> tuple[object, ...]:
        if generator._bit_generator is bits:
            return fast()
        return (None, repr(generator._bit_generator.state))  # np.random.set_bit_generator

    return read


def _torch(module: Any) -> Callable[[], tuple[object, ...]]:
    generator = module.default_generator
    cuda = sys.modules.get("torch.cuda")

    def read() -> tuple[object, ...]:
        states = [generator.get_state().numpy().tobytes()]
        if cuda is not None and cuda.is_initialized():
            states += [other.get_state().numpy().tobytes() for other in cuda.default_generators]
        return (generator.initial_seed(), *states)

    return read


def _tensorflow(module: Any) -> Callable[[], tuple[object, ...]]:
    """TensorFlow's seeds of operations, and Keras's, which are drawn from generators that seeding makes anew."""

    def read() -> tuple[object, ...]:
        context = getattr(module, "_context", None)
        generator = getattr(context, "_rng", None)
        states = sys.modules.get("keras.src.backend.common.global_state")
        keras = states.get_global_attribute("global_seed_generator") if states is not None else None
        return (
            b"",
            (
                getattr(context, "_seed", None),
                None if generator is None else generator.getstate(),
                None if keras is None else str(keras.state.numpy()),
            ),
        )

    return read
