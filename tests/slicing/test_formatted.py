"""Long slices are written quickly: what is in Black's style already is not shown to Black, and the text is the same."""

from random import Random

import black
import pytest

from lineapy.session import Session
from lineapy.slicing.formatted import is_formatted
from lineapy.slicing.render import tidy, tidy_statements

FORMATTED = [
    "x = 1",
    "x, y = y, -x",
    "x += 2.5",
    "a[0].b = c[i][-1:]",
    "total = total + d[0] * (k + 1)",
    'frame = pd.DataFrame({"a": [1, 2], "b": rows[1:]}, index=None)',
    'orders.loc[orders["price"] > 250, "price"] = np.nan',
    "print(model.fit(X, y).score(X_test, y_test))",
    "x = a if b is not None else c",
]

#: Each is one step away from a statement that is formatted.
NOT_FORMATTED = [
    "x=1",
    "x  = 1",
    "x = 1 ",
    "x = 'a'",
    "x = (1 + 2)",
    "x = f(a = 1)",
    "a, b=1, 2",
    "x = a, b=1",
    "x = f(a)  #comment",
    "x = f(1,)",
    "x = f( 1)",
    "x = a ** b",
    "x = a[b + 1:]",
    "x = {a:1}",
    "x = a[b: c]",
    "x = not(a)",
    "x = 0XFF",
    "x = f(" + ", ".join(["argument"] * 12) + ")",
    "import os",
    "del (x)",
    '"text"',
    "print (x)",
]


@pytest.mark.parametrize("statement", FORMATTED)
def test_a_formatted_statement_is_known_without_black(statement: str) -> None:
    assert is_formatted(statement)
    assert tidy(statement) == statement + "\n"


@pytest.mark.parametrize("statement", NOT_FORMATTED)
def test_what_black_might_change_is_left_to_it(statement: str) -> None:
    assert not is_formatted(statement)


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_statements_put_together_at_random_are_known_to_be_formatted_only_if_they_are() -> None:
    random = Random(0)
    tried = 0
    while tried < 300:
        statement = _statement(random)
        if not is_formatted(statement):
            continue
        try:
            compile(statement, "", "exec")
        except SyntaxError:
            continue
        tried += 1
        assert (
            black.format_str(f"q = 1\n{statement}\nq = 1\n", mode=black.Mode())
            == f"q = 1\n{statement}\nq = 1\n"
        )


def _statement(random: Random) -> str:
    pieces = [
        "a",
        "b.c",
        "f",
        "0",
        "-3",
        '"s"',
        "[",
        "]",
        "(",
        ")",
        ", ",
        ": ",
        ":",
        " + ",
        " = ",
        "=",
        " - ",
        "{",
        "}",
    ]
    value = "".join(random.choices(pieces, k=random.randint(1, 7)))
    return random.choice(["a = ", "a[0] = ", "a, b = ", "a.b += ", ""]) + value


@pytest.mark.parametrize(
    "around",
    [
        ["import os"],
        ["def f(x): return x", "class A: pass"],
        ['"""About."""', "import os", "from sys import path"],
        ["if x:\n    y = 1\n\n    z = 2", "for i in []: pass", "@cache\ndef f():\n    return 1"],
        ["x = [1,]", "s = '''a\nspared0\n'''", "x = 1  # one"],
        ["async def f(): pass", "x = f'{y}'", "with a as b: c"],
    ],
)
def test_leaving_out_what_is_formatted_changes_nothing(around: list[str]) -> None:
    plain = [f"x{i} = {i}" for i in range(6)]
    statements = plain + [statement for other in around for statement in (other, *plain)] + around
    assert tidy_statements(statements) == tidy("\n".join(statements))


def test_comments_that_steer_the_formatter_are_heard() -> None:
    statements = ["# fmt: off\nx = [1,\n  2]", *["y = 1"] * 6]
    assert tidy_statements(statements) == tidy("\n".join(statements))


def test_a_very_long_slice_is_a_program_even_if_it_is_not_formatted() -> None:
    session = Session.in_memory()
    session.run("x = 0\n" + "x = (x+1)\n" * 5_000)
    code = session.slice("x").code()
    assert code == "x = 0\n" + "x = (x+1)\n" * 5_000


def test_a_long_chain_of_changes_is_followed_to_its_start() -> None:
    session = Session.in_memory()
    session.run("import lineapy\nx = []\n" + "x.append(len(x))\n" * 5_000 + "y = len(x)\n")
    code = session.slice("y").code()
    assert code.splitlines() == ["x = []", *["x.append(len(x))"] * 5_000, "y = len(x)"]
