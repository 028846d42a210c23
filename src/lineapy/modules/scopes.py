"""The names in a statement, by the scope in which they are looked up and by when."""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

_WORD = re.compile(r"[^\W\d]\w*")
#: What binds or reads variables by their names in strings.
_BY_NAME = frozenset(
    {"delattr", "eval", "exec", "globals", "locals", "run_path", "setattr", "vars", "__dict__"}
)


@dataclass(frozen=True, slots=True)
class Scopes:
    """What a piece of a program at module level has to do with the module's names.

    Attributes:
        binds: Names that it binds or deletes while it runs.
        reads: Names that it looks up while it runs.
        late: Names that functions in it look up whenever they are called.
        assigns_late: Names that functions in it declare ``global`` and bind.
        words: Words in its strings: a library may take them for variables, as ``frame.query("x > @y")`` does.
    """

    binds: frozenset[str]
    reads: frozenset[str]
    late: frozenset[str]
    assigns_late: frozenset[str]
    words: frozenset[str]

    @property
    def mentions(self) -> frozenset[str]:
        """Every name that has to mean something where the piece stands."""
        return self.binds | self.reads | self.late | self.assigns_late | self.words


def scopes_of(text: str) -> Scopes:
    """Look through a piece of a program.

    Args:
        text: Statements, without indentation.

    Example:
        >>> scopes = scopes_of("def f(a, b=start):\\n    return a + step")
        >>> sorted(scopes.binds), sorted(scopes.reads), sorted(scopes.late)
        (['f'], ['start'], ['step'])
    """
    binds: set[str] = set()
    reads: set[str] = set()
    late: set[str] = set()
    assigns_late: set[str] = set()
    for table, is_late in _tables(symtable.symtable(_without_await(text), "<piece>", "exec"), False):
        for symbol in table.get_symbols():
            is_module = table.get_type() == "module"
            if not (is_module or symbol.is_global()):
                continue
            name = symbol.get_name()
            if symbol.is_assigned() or symbol.is_imported():
                (assigns_late if is_late else binds).add(name)
            if symbol.is_referenced():
                (late if is_late else reads).add(name)
    return Scopes(*map(frozenset, (binds, reads, late, assigns_late, _words_in_strings(text))))


def names_of(text: str) -> set[str]:
    """Every name in a program, of whatever scope; every word of a text in which names may be made of strings.

    Args:
        text: A program.

    Example:
        >>> sorted(names_of("def f(a):\\n    return a + 'b'  # c"))
        ['a', 'f']
        >>> sorted(names_of("exec('b = 1')"))
        ['b', 'exec']
    """
    try:
        pending = [compile(text, "<names>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)]
    except (SyntaxError, ValueError):
        return set(_WORD.findall(text))
    found: set[str] = set()
    while pending:
        code = pending.pop()
        found.update(code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
        pending += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(_WORD.findall(text)) if found & _BY_NAME else found


def _tables(table: symtable.SymbolTable, is_late: bool) -> Iterator[tuple[symtable.SymbolTable, bool]]:
    yield table, is_late
    for child in table.get_children():
        runs_at_once = child.get_type() == "class" or child.get_name() in ("listcomp", "setcomp", "dictcomp")
        yield from _tables(child, is_late or not runs_at_once)


def _without_await(text: str) -> str:
    """`symtable` refuses ``await`` outside of functions."""
    return re.sub(r"\b(?:await|async(?=\s+(?:for|with)))\b\s*", "", text)


def _words_in_strings(text: str) -> Iterator[str]:
    if "'" not in text and '"' not in text:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _WORD.findall(node.value)
