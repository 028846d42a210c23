"""Statements that are in Black's style already: a check that costs microseconds, where Black takes a millisecond.

The check may say no to a statement that Black would leave as it is. It never says yes to one that Black would change.
"""

from __future__ import annotations

import re

#: Black's line length.
LINE_LENGTH = 88

# Words that look like a name, and before which or after which Black has rules of its own.
_KEYWORDS = (
    "and|as|assert|async|await|break|case|class|continue|def|del|elif|else|except|exec|finally|for|from|global|if|"
    "import|in|is|lambda|match|nonlocal|not|or|pass|print|raise|return|try|type|while|with|yield"
)
_NAME = rf"(?!(?:{_KEYWORDS})\b)[A-Za-z_]\w*"
_NUMBER = r"(?:0|[1-9]\d*)(?:\.\d+)?(?![\w.])"
_STRING = r'"[^"\'\\]*"(?!")'
_PRINT = r"print(?=\()"  # a function, whatever Python 2 thought of it
_OPERAND = rf"(?:-?(?:{_NUMBER}|{_NAME})|{_PRINT}|{_STRING}|\[\]|\{{\}}|\(\))"
_EDGE = r"(?:-?\d+|[A-Za-z_]\w*)"
_AFTER = rf"(?:\.{_NAME}|[)\]}}]|\(\)|\[{_EDGE}?:{_EDGE}?\])*"
_OPERATOR = r"(?: (?:\+|-|\*|/|//|%|<|>|<=|>=|==|!=|and|or|in|not in|is|is not|&|\||if|else) )"
_JOIN = rf"(?:(?:[(\[]|, )(?:{_NAME}=)?|{_OPERATOR}|: )"
_OPEN = r"(?:(?<=[(\[,+*/ -])[(\[{](?![)\]}]))*"
_EXPRESSION = rf"{_OPEN}{_OPERAND}{_AFTER}(?:{_JOIN}{_OPEN}{_OPERAND}{_AFTER})*"
_STATEMENT = re.compile(
    rf"(?:{_NAME}{_AFTER}(?:{_JOIN}{_OPEN}{_OPERAND}{_AFTER})* (?:\+|-|\*|/|//|%)?= )?(?! ){_EXPRESSION}",
    re.ASCII,
)
_QUOTED = re.compile(r'"[^"]*"')
_BRACKET = re.compile(r"[(\[{]")
_TIGHT = re.compile(r"\w=")
_STRUCTURE = re.compile(r"[(\[{)\]}]|(?<=\w)=|: ")
# Parentheses that Black may take away, or a tuple's comma that makes it break the line.
_UNSURE = re.compile(r"= \(|\[\(|,[)\]}]|\(\(|in \(|^[\"(\[{0-9-]")


def is_formatted(statement: str) -> bool:
    """Whether Black surely leaves a statement as it is, wherever it stands at module level.

    Args:
        statement: A valid statement, without indentation.

    Example:
        >>> is_formatted('model.fit(x[1:], weights=None)'), is_formatted("y=2"), is_formatted("import os")
        (True, False, False)
    """
    if len(statement) > LINE_LENGTH or _STATEMENT.fullmatch(statement) is None:
        return False
    if _BRACKET.search(statement) is None:
        return (
            not statement.startswith(("-", '"'))
            and ": " not in statement
            and _TIGHT.search(statement) is None
        )
    return _UNSURE.search(statement) is None and _is_spaced_by_depth(statement)


def _is_spaced_by_depth(statement: str) -> bool:
    """``=`` has no spaces in calls, and only there; a colon is followed by one in dictionaries, and only there."""
    before, assigns, value = statement.partition(" = ")
    if assigns and _BRACKET.search(before) is None and _TIGHT.search(before) is None:
        statement = value
    elif assigns and (before.count("(") != before.count(")") or before.count("[") != before.count("]")):
        return False
    if ": " not in statement and _TIGHT.search(statement) is None:
        return True
    around: list[str] = []
    for sign in _STRUCTURE.findall(_QUOTED.sub("0", statement)):
        if sign in "([{":
            around.append(sign)
        elif sign in ")]}":
            around.pop()
        elif around[-1:] != (["("] if sign == "=" else ["{"]):
            return False
    return True
