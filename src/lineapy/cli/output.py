"""How commands say what they have found: tables, JSON, and colour where somebody is looking."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lineapy.config import Config

if TYPE_CHECKING:
    from lineapy.store import Store


#: How a graph can be written; `lineapy.display.show` knows the same.
_PICTURES = (".svg", ".html", ".png", ".pdf")


def picture_option(flag: str, about: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An option for the file that a graph is drawn to. A wrong ending is refused before anything runs."""

    def checked(_context: click.Context, _parameter: click.Parameter, path: Path | None) -> Path | None:
        if path is not None and path.suffix.lower() not in _PICTURES:
            raise click.BadParameter(
                f"{path.name!r} ends in none of {', '.join(_PICTURES)}, which say how to draw it."
            )
        return path

    return click.option(
        flag,
        callback=checked,
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False, resolve_path=True),  # programs change their folder
        help=f"{about} It ends in {', '.join(_PICTURES[:-1])} or {_PICTURES[-1]}.",
    )


@contextmanager
def opened_store() -> Iterator[Store]:
    """The very store that is configured: with another database in its place, everything would seem to be gone."""
    from lineapy.store import Store

    config = Config.from_environment().model_copy(update={"database_fallback": False})
    opened = Store(lambda: config)
    with closing(opened):
        yield opened


def has_colour() -> bool:
    """Whether standard output is to have colour: it is a terminal that can, and nobody has said no.

    ``NO_COLOR``, if set to anything, says no (https://no-color.org).
    """
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def styled(text: str, **style: Any) -> str:
    """Text in a style of `click.style`, if standard output is to have colour."""
    return click.style(text, **style) if has_colour() else text


def shown(text: str) -> str:
    """A text on one line, in which nothing is that a terminal would obey.

    Example:
        >>> print(shown("iris model"), shown("two\\nlines"))
        iris model 'two\\nlines'
    """
    return text if text.isprintable() and text.strip() else repr(text)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under their columns, as wide as they need be."""
    cells = [list(map(shown_or_empty, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]

    def line(row: Sequence[str]) -> str:
        return "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()

    click.echo(styled(line(columns), bold=True))
    for row in cells:
        click.echo(line(row))


def print_fields(fields: Iterable[tuple[str, str | None]]) -> None:
    """Print names and values, one a line; those without a value are left out."""
    given = [(name, value) for name, value in fields if value]
    width = max(len(name) for name, _ in given) + 1
    for name, value in given:
        first, *more = value.splitlines() or [""]
        click.echo(f"{styled(f'{name}:'.ljust(width), bold=True)}  {shown_or_empty(first)}")
        for text in more:
            click.echo(f"{'':{width}}  {shown_or_empty(text)}")


def shown_or_empty(text: str) -> str:
    """As `shown`, but nothing for nothing."""
    return shown(text) if text else ""


def print_code(code: str) -> None:
    """Print a program; with colours for a terminal, and otherwise exactly as it is."""
    if has_colour():
        from rich.console import Console
        from rich.syntax import Syntax

        syntax = Syntax(code, "python", theme="ansi_dark", background_color="default", word_wrap=True)
        Console().print(syntax)
    else:
        click.echo(code, nl=not code.endswith("\n"))


def print_json(answer: object) -> None:
    """Print something for programs."""
    click.echo(json.dumps(answer, indent=4))


def say(message: str) -> None:
    """Tell the user something that is not the result."""
    click.echo(message, err=True)


def count(number: int, what: str) -> str:
    """A number of things.

    Example:
        >>> count(1, "artifact"), count(12_000, "value")
        ('1 artifact', '12,000 values')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def size_of(size: float) -> str:
    """Bytes, for people.

    Example:
        >>> size_of(300), size_of(12_345_678)
        ('300 bytes', '12.3 MB')
    """
    if size < 1000:
        return f"{size:.0f} bytes"
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 999.95:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} TB"
