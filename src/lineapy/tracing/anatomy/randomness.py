"""Random generators that are values: where they stand, exactly.

The generators that modules keep for themselves are nobody's values: see `lineapy.tracing.ambient.generators`.
"""

from __future__ import annotations

import sys
from typing import Any

from lineapy.tracing.anatomy.kind import Kind, drawing, no_parts

#: The classes of which modules keep an instance.
_CLASSES = frozenset({"Random", "RandomState", "Generator"})


def python_kind(module: Any, cls: type) -> Kind | None:
    """`random.Random`; the attribute in which it keeps a number back is in its dictionary."""
    if cls is module.Random.__base__ or cls is module.Random:
        return Kind(lambda generator: (vars(generator),), digest=_python_digest, acts=drawing)
    if cls is module.SystemRandom:
        return Kind(no_parts)
    return None


def numpy_kind(numpy: Any, cls: type) -> Kind | None:
    """``Generator``, ``RandomState`` and the bit generators that they take from."""
    random = numpy.random
    if issubclass(cls, random.Generator):
        return Kind(
            lambda generator: (generator.bit_generator,),
            also_known_as=lambda generator: (id(generator.bit_generator),),
            acts=drawing,
        )
    if issubclass(cls, random.RandomState):
        return Kind(
            lambda generator: (generator._bit_generator,),
            digest=_legacy_digest,
            also_known_as=lambda generator: (id(generator._bit_generator),),
            acts=drawing,
        )
    if issubclass(cls, random.BitGenerator):
        return Kind(lambda bits: (bits.seed_seq,), digest=_bits_digest, acts=drawing)
    if issubclass(cls, random.SeedSequence):
        return Kind(no_parts, digest=lambda sequence: sequence.n_children_spawned, acts=drawing)
    return None


def is_global(value: object) -> bool:
    """Whether a generator is one that a module keeps for everybody's use."""
    if type(value).__name__ not in _CLASSES:
        return False
    modules = sys.modules
    return any(
        value is getattr(modules.get(module), name, None) and value is not None
        for module, name in (
            ("random", "_inst"),
            ("numpy.random.mtrand", "_rand"),
            ("torch.random", "default_generator"),
        )
    )


def _python_digest(generator: Any) -> object:
    from lineapy.tracing.ambient.memory import python_state

    return python_state(generator)()


def _legacy_digest(generator: Any) -> object:
    from lineapy.tracing.ambient.memory import numpy_state

    bits = generator._bit_generator
    return numpy_state(generator, bits)() if type(bits).__name__ == "MT19937" else _own_fields(generator)


def _own_fields(generator: Any) -> object:
    return generator.get_state(legacy=False)["has_gauss"], generator.get_state(legacy=False)["gauss"]


def _bits_digest(bits: Any) -> object:
    if type(bits).__name__ == "MT19937":
        from lineapy.tracing.ambient.memory import twister_state

        return twister_state(bits)()
    return tuple(map(_plain, bits.state.values()))


def _plain(value: Any) -> object:
    """A value of a state's dictionary, without the arrays in which some keep their words."""
    if isinstance(value, dict):
        return tuple(map(_plain, value.values()))
    return value.tobytes() if hasattr(value, "tobytes") else value
