"""Programs so long that they are parsed and compiled in parts."""

import ast
import traceback

import pytest

from lineapy.session import Session
from lineapy.source.pieces import LINES, pieces
from tests.notation import case, table


def others(number: int) -> str:
    """Statements that no slice needs."""
    return "\n".join(f"  other{n} = {n}" for n in range(number))


test_long = table(
    case(
        "what stands in other parts is found",
        "total",
        f"""
  '''The program's docstring.'''
+ first = [1]
{others(LINES)}
+ def grow(values):
+     values.append(len(values))
+     return values
{others(LINES)}
+ again = first
  'no docstring'
{others(2 * LINES)}
+ for number in range(3):
      print(number)
+     grow(again)
{others(LINES)}
+ total = sum(first)
""",
    ),
    case(
        "a docstring of the program only",
        "x",
        f"""
{others(3 * LINES)}
+ x = __doc__
""",
    ),
    case(
        "a block over many parts",
        "x",
        "+ x = 0\n+ if x == 0:\n"
        + "\n".join(f"      other{n} = {n}\n  # at the margin" for n in range(3 * LINES))
        + "\n+     x = 1\n"
        + others(2 * LINES),
    ),
    case(
        "a string over many parts",
        "x",
        "+ x = len('''\n"
        + "\n".join(f"+ other{n} = {n}" for n in range(3 * LINES))
        + "\n+ ''')\n"
        + others(2 * LINES),
    ),
    case(
        "annotations that are not evaluated",
        "x",
        f"""
+ from __future__ import annotations
{others(3 * LINES)}
+ def f(a: Unknown) -> Nothing: return a
+ x = f(f.__annotations__)
""",
    ),
)

FILL = "".join(f"other{n} = {n}\n" for n in range(3 * LINES))


@pytest.mark.parametrize(
    "end",
    [
        "x = = 1\n",
        "if True:\n",
        "x = '''\n",
        "x = (1,\n",
        "return 1\n",
        "from __future__ import annotations\n",
        "global other1\n",
        "  x = 1\n",
        "else:\n    pass\n",
        "def f():\n    nonlocal q\n",
        "x = 1\n\tif",
        "break\n",
    ],
)
def test_what_is_wrong_is_said_as_python_says_it(end: str) -> None:
    text = "ran = True\n" + FILL + end + FILL
    with pytest.raises(SyntaxError) as plain:
        compile(text, "long.py", "exec")
    session = Session.in_memory()
    with pytest.raises(SyntaxError) as traced:
        session.run(text, "long.py")
    assert type(traced.value) is type(plain.value)
    assert traced.value.args == plain.value.args
    assert "ran" not in session.namespace
    assert session.statements == []


def test_a_traceback_names_the_line() -> None:
    text = FILL + "def f():\n    return 1 / 0\n\n" + FILL + "f()\n"
    with pytest.raises(ZeroDivisionError) as raised:
        Session.in_memory().run(text, "long.py")
    places = [
        (frame.name, frame.lineno)
        for frame in traceback.extract_tb(raised.value.__traceback__)
        if frame.filename == "long.py"
    ]
    assert places == [("<module>", 6 * LINES + 4), ("f", 3 * LINES + 2)]


@pytest.mark.parametrize("shift", range(12))
def test_parts_are_the_whole(shift: int) -> None:
    """Wherever a part ends, the statements are those of the text parsed as a whole."""
    several = (
        'text = """\nx = 1\n"""\n'
        "if text:\n    y = 1\n# a comment\n\n    z = [\n1,\n]\nelif 2: pass\nelse:\n    z = 3 + \\\n4\n"
        "@str\ndef f(\na=1,\n): return a\n"
        "try:\n    pass\nexcept ValueError:\n    pass\nfinally:\n    pass\n"
        "a = 1; b = f'{a}'\n"
    )
    text = "\n" * shift + several * (LINES // 5)
    found = [node for _, tree in pieces(text, "long.py") for node in tree.body]
    assert len(list(pieces(text, "long.py"))) > 1
    assert [dump(node) for node in found] == [dump(node) for node in ast.parse(text).body]


def dump(node: ast.stmt) -> str:
    """A statement with all its positions."""
    return ast.dump(node, include_attributes=True)
