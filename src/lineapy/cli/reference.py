"""The page docs/cli.md, made from the commands themselves: ``python -m lineapy.cli.reference > docs/cli.md``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from lineapy.cli.commands import cli


def page() -> str:
    """The page.

    Example:
        >>> page().splitlines()[0]
        '# The lineapy command'
    """
    lines = [
        "# The lineapy command",
        "",
        "This page is made from the code by `python -m lineapy.cli.reference > docs/cli.md`; `lineapy COMMAND --help`",
        "says the same. `python -m lineapy` is the same as `lineapy`, and `python -m lineapy SCRIPT` is the same as",
        "`lineapy python SCRIPT`.",
        "",
        *_described(cli, click.Context(cli, info_name="lineapy"), level=2),
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def commands(
    command: click.Command = cli, context: click.Context | None = None
) -> Iterator[tuple[click.Command, click.Context]]:
    """All commands, each behind the group that it is in."""
    context = context or click.Context(command, info_name="lineapy")
    yield command, context
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            part = command.commands[name]
            yield from commands(part, click.Context(part, info_name=name, parent=context))


def examples(command: click.Command) -> list[str]:
    """The examples in a command's help, without what is said about them."""
    block = re.search(
        r"^Example:\n((?:  .*\n?)+)", inspect.cleandoc(command.help or "").replace("\b\n", ""), re.MULTILINE
    )
    lines = block[1].splitlines() if block else []
    return [re.split(r" {2,}", line.strip())[0] for line in lines]


def _described(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    yield f"{'#' * level} {context.command_path}"
    yield ""
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"`{usage}`"
    yield ""
    yield from _help(command)
    options = [option for option in command.params if isinstance(option, click.Option)]
    if options:
        yield "| Option | |"
        yield "| --- | --- |"
        for option in options:
            yield f"| `{_spelled(option)}` | {_told(option)} |"
        yield ""
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            part = command.commands[name]
            yield from _described(part, click.Context(part, info_name=name, parent=context), level=level + 1)


def _help(command: click.Command) -> Iterator[str]:
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        is_literal = paragraph.startswith("\b\n")
        lines = paragraph.removeprefix("\b\n").splitlines()
        if not is_literal:
            yield from lines
        else:
            head = 0 if lines[0].startswith(" ") else 1
            yield from lines[:head]
            yield ""
            yield (
                "```sh"
                if "xample" in lines[0] or any("lineapy " in line for line in lines[1:])
                else "```text"
            )
            yield from (line.removeprefix("  ") for line in lines[head:])
            yield "```"
        yield ""


def _spelled(option: click.Option) -> str:
    names = ", ".join(sorted(option.opts, key=len))
    if option.is_flag or option.count:
        return names
    if isinstance(option.type, click.Choice) and option.metavar is None:
        return f"{names} {'|'.join(map(str, option.type.choices))}".replace("|", "\\|")
    return f"{names} {option.metavar or option.type.name.upper()}".replace("|", "\\|")


def _told(option: click.Option) -> str:
    text = option.help or ("Show the version." if "--version" in option.opts else "")
    more = " Required." if option.required else ""
    if option.show_default and option.default is not None:
        more += f" By default {option.default}."
    if option.multiple:
        more += " May be given more than once."
    return (text + more).replace("|", "\\|")


if __name__ == "__main__":
    print(page(), end="")
