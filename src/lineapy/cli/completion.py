"""``lineapy completion``: the script that lets a shell complete the command's words."""

from __future__ import annotations

import click

_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a script for SHELL, after which the tabulator completes commands, options and names of artifacts.

    \b
    Example:
      lineapy completion bash > lineapy-completion.bash

    \b
    For bash, put this into ~/.bashrc (for zsh likewise, with zsh, into ~/.zshrc):
      eval "$(lineapy completion bash)"
    For fish, write it to ~/.config/fish/completions/lineapy.fish.
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    completing = kind(context.find_root().command, {}, "lineapy", "_LINEAPY_COMPLETE")
    # Not .source(), which also starts bash, only to find out its version.
    click.echo(completing.source_template % completing.source_vars())
