"""The facts about one statement that its text alone can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag

from lineapy.ids import SourceId, StatementId


class Trait(IntFlag):
    """What a statement's syntax says about the ways in which it may act on values."""

    NONE = 0
    #: An operator, attribute, subscript, call …: code of the operands' classes may run.
    OPERATES = 1
    #: Something is iterated over or unpacked, so an iterator may advance.
    ITERATES = 2
    #: A call that the hooks cannot see: in a lambda, comprehension, class body or decorator.
    CALLS_INSIDE = 4
    #: ``exec``, ``eval``, ``globals`` …: the namespace itself has to be compared.
    DYNAMIC = 8
    #: ``import`` in any form.
    IMPORTS = 16
    #: ``import a.b``: binds ``a``, but leaves what was there before in force.
    IMPORTS_SUBMODULE = 32
    #: ``for`` and ``while``.
    LOOPS = 64
    #: ``break`` and ``continue``.
    JUMPS = 128
    #: ``x += …``: may change the object in place.
    AUGMENTS = 256
    #: Contains a call of any kind.
    CALLS = 512
    #: ``from __future__ import …``: belongs to the compiler, and so to every slice.
    FUTURE = 1024
    #: ``raise`` and ``assert``.
    RAISES = 2048
    #: Holds a lambda: the value may carry code that no name tells of.
    HOLDS_LAMBDA = 4096
    #: Binds one name, and that is the last thing it does.
    BINDS_LAST = 8192
    #: Calls a method of, or sets an item or attribute of, an object that is not the value of a variable: `a[i].add(x)`.
    INDIRECT = 16384


# Not frozen, though nobody changes it: that would make each one take three times as long to make.
@dataclass(slots=True, eq=False)
class Statement:
    """One statement at module level or nested in module-level control flow.

    An ``except`` clause and a ``case`` clause count as statements too: they hold other statements, bind names and
    are kept or dropped on their own.

    Attributes:
        id: Its number in the session.
        source: The text it stands in.
        kind: Name of its syntax node, such as ``"Assign"`` or ``"For"``.
        line: First line, counted from 1 (of the first decorator, if any).
        column: First column, in UTF-8 bytes counted from 0, as `ast` has it.
        end_line: Last line.
        end_column: Column behind its last character.
        parent: The compound statement or clause that holds it.
        arm: The field of the parent it stands in: ``"body"``, ``"orelse"``, ``"handlers"`` …
        reads: Names it may load from the namespace while it runs itself.
        binds: Names it binds.
        assigned: Those of them that it binds on the way (``name := …``, ``global name`` in a class body), each with
            whether it surely does: in ``a and (b := c)`` it does not.
        deletes: Names it deletes.
        roots: Variables whose value it changes by item or attribute assignment or deletion.
        callees: What it calls, for judging code that did not run: ``"print"``, ``"rows.append"``,
            ``".append"`` or ``"?"``.
        traits: See `Trait`.
        arguments: How many positional arguments the call in it has that has the most; with ``*args``, very many.
    """

    id: StatementId
    source: SourceId
    kind: str
    line: int
    column: int
    end_line: int
    end_column: int
    parent: StatementId | None
    arm: str
    reads: tuple[str, ...]
    binds: tuple[str, ...]
    assigned: Mapping[str, bool]
    deletes: tuple[str, ...]
    roots: tuple[str, ...]
    callees: tuple[str, ...]
    traits: Trait
    arguments: int = 0
