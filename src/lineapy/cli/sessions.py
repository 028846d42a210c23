"""``lineapy sessions``: the traced runs that artifacts were saved in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lineapy.cli.output import (
    count,
    opened_store,
    print_code,
    print_fields,
    print_json,
    print_table,
    say,
    shown,
)

if TYPE_CHECKING:
    from lineapy.db.records import SessionRecord, SessionSummary


@click.group()
def sessions() -> None:
    """Look at traced runs, of scripts and notebooks, in which something was saved.

    \b
    Example:
      lineapy sessions list
    """


_json = click.option("--json", "as_json", is_flag=True, help="For programs.")


@sessions.command("list")
@click.option("--author", metavar="PATTERN", help="Who ran it.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many a page has."
)
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Which page.")
@_json
def list_sessions(author: str | None, limit: int, page: int, as_json: bool) -> None:
    """List sessions, newest first.

    \b
    Example:
      lineapy sessions list --limit 10
      lineapy sessions list --author "ada*" --json
    """
    with opened_store() as store:
        found = store.db.sessions(author=author, offset=(page - 1) * limit, limit=limit + 1)
    rows = found[:limit]
    if as_json:
        print_json([_as_json(summary.session) | {"artifacts": summary.artifacts} for summary in rows])
        return
    if not rows:
        say("There are no such sessions.")
        return
    print_table(("id", "kind", "artifacts", "created (UTC)", "author", "script"), map(_row, rows))
    if len(found) > limit:
        say(f"There are more; see --page {page + 1}.")


def _row(summary: SessionSummary) -> tuple[str, ...]:
    session = summary.session
    return (
        session.id[:12],
        session.kind.lower(),
        str(summary.artifacts),
        f"{session.created_at:%Y-%m-%d %H:%M:%S}",
        session.user_name,
        session.script_path or "",
    )


def _as_json(session: SessionRecord) -> dict[str, Any]:
    return {
        "id": session.id,
        "kind": session.kind,
        "created": session.created_at.isoformat(),
        "author": session.user_name,
        "host": session.host_name,
        "python_version": session.python_version,
        "working_directory": session.working_directory,
        "script": session.script_path,
    }


@sessions.command()
@click.argument("session_id", metavar="ID")
@_json
def show(session_id: str, as_json: bool) -> None:
    """Show what is known of the session whose id begins with ID, and its artifacts.

    \b
    Example:
      lineapy sessions show 4f1c
    """
    from lineapy.db.records import Search

    with opened_store() as store:
        session = store.db.find_session(session_id)
        saved = store.db.artifacts(search=Search(session_id=session.id))
        texts = store.db.sources(session.id)
    if as_json:
        artifacts = [{"name": artifact.name, "version": artifact.version} for artifact in saved]
        print_json(_as_json(session) | {"sources": [text.name for text in texts], "artifacts": artifacts})
        return
    lines = sum(text.text.count("\n") + (not text.text.endswith("\n")) for text in texts)
    what = "cell" if session.kind == "JUPYTER" else "text"
    print_fields(
        [
            ("id", session.id),
            ("kind", session.kind.lower()),
            ("created", f"{session.created_at:%Y-%m-%d %H:%M:%S} UTC"),
            ("author", f"{session.user_name} at {session.host_name}"),
            ("Python", session.python_version),
            ("folder", session.working_directory),
            ("script", session.script_path),
            ("code", f"{count(len(texts), what)}, {count(lines, 'line')}"),
            (
                "artifacts",
                "\n".join(f"{shown(artifact.name)} version {artifact.version}" for artifact in saved),
            ),
        ]
    )


@sessions.command()
@click.argument("session_id", metavar="ID")
def code(session_id: str) -> None:
    """Print all code of the session whose id begins with ID, as it was written: the script, or the cells as they ran.

    \b
    Example:
      lineapy sessions code 4f1c > messy.py
    """
    with opened_store() as store:
        session = store.db.find_session(session_id)
        texts = [text.text for text in store.db.sources(session.id)]
    print_code("".join(text if text.endswith("\n") else text + "\n" for text in texts))
