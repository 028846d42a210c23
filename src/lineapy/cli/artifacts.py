"""``lineapy artifacts``: find artifacts, look at them, take their code and values, name them and delete them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
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
    size_of,
)
from lineapy.kinds import ValueType

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from lineapy.artifacts import LineaArtifact
    from lineapy.store import Store


@click.group()
def artifacts() -> None:
    """Find artifacts, look at them, take their code and values, name them and delete them.

    \b
    Example:
      lineapy artifacts list
    """


def _complete_name(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Names of artifacts, for shells. Whatever goes wrong, a shell wants no message."""
    from click.shell_completion import CompletionItem

    from lineapy.db.records import Search
    from lineapy.errors import LineaError

    pattern = begun.replace("[", "[[]").replace("*", "[*]").replace("?", "[?]") + "*"
    try:
        with opened_store() as store:
            found = store.db.artifacts(search=Search(name=pattern), limit=500, newest_first=True)
    except LineaError:
        return []
    return [CompletionItem(name) for name in dict.fromkeys(record.name for record in found)]


_name = click.argument("name", shell_complete=_complete_name)
_version = click.option(
    "--version",
    "-V",
    default="latest",
    show_default=True,
    metavar="N|TAG|latest",
    help="Which version.",
)
_json = click.option("--json", "as_json", is_flag=True, help="For programs.")


# --- list -----------------------------------------------------------------------------------------


def _time(end: bool) -> Callable[[click.Context, click.Parameter, str | None], datetime | None]:
    def understood(_context: click.Context, _parameter: click.Parameter, text: str | None) -> datetime | None:
        from lineapy.artifacts import moment
        from lineapy.errors import SearchError
        from lineapy.maintenance.gc import parse_duration

        if text is None:
            return None
        try:
            return moment(parse_duration(text), end=end)
        except ValueError:
            pass
        try:
            return moment(text, end=end)
        except SearchError:
            raise click.BadParameter(
                f"{text!r} is no time. Write a day such as 2026-11-23, a moment such as '2026-11-23 12:00' (UTC), or "
                "how long ago, such as 12h or 7d."
            ) from None

    return understood


@artifacts.command("list")
@click.argument("pattern", required=False)
@click.option("--type", "kind", type=click.Choice(list(ValueType.__members__)), help="What the value is.")
@click.option(
    "--since",
    callback=_time(end=False),
    metavar="TIME",
    help="Saved then or later; such as 2026-11-23 or 7d.",
)
@click.option("--until", callback=_time(end=True), metavar="TIME", help="Saved before that, or on that day.")
@click.option("--author", metavar="PATTERN", help="Who saved it.")
@click.option("--tag", metavar="PATTERN", help="With such a tag.")
@click.option("--input-file", metavar="PATTERN", help="Whose code read a file of that name, or that path.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many a page has."
)
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Which page.")
@click.option("--all", "all_pages", is_flag=True, help="All in one.")
@_json
def list_artifacts(
    pattern: str | None, limit: int, page: int, all_pages: bool, as_json: bool, **search: Any
) -> None:
    """List artifacts, newest first: all, or those whose name matches PATTERN and to which all applies that is given.

    Patterns are those of file names: * stands for anything, ? for one character, [abc] for one of some.

    \b
    Example:
      lineapy artifacts list
      lineapy artifacts list "model*" --since 7d --author ada --json
      lineapy artifacts list --input-file iris.csv --tag production
    """
    from lineapy.artifacts import LineaArtifactStore

    kind = search.pop("kind")
    with opened_store() as store:
        found = LineaArtifactStore(store).search(pattern, type=kind, **search)
        rows = found.artifacts[::-1] if all_pages else found.page(page - 1, limit)
        total = found.len
    if as_json:
        print_json([_as_json(artifact) for artifact in rows])
        return
    if not total:
        say(
            "There are no such artifacts."
            if pattern or kind or any(search.values())
            else "There are no artifacts yet."
        )
        return
    print_table(("name", "version", "type", "size", "created (UTC)", "author", "tags"), map(_row, rows))
    if len(rows) < total:
        say(f"{len(rows)} of {count(total, 'artifact')}; see --page and --all.")


def _row(artifact: LineaArtifact) -> tuple[str, ...]:
    record = artifact._record
    return (
        artifact.name,
        str(artifact.version),
        record.value_type or "",
        size_of(record.value.size),
        f"{artifact.date_created:%Y-%m-%d %H:%M:%S}",
        record.user_name,
        ", ".join(artifact.tags),
    )


def _as_json(artifact: LineaArtifact) -> dict[str, Any]:
    record = artifact._record
    return {
        "name": artifact.name,
        "version": artifact.version,
        "type": record.value_type,
        "bytes": record.value.size,
        "created": artifact.date_created.isoformat(),
        "author": record.user_name,
        "host": record.host_name,
        "tags": list(artifact.tags),
        "notes": artifact.notes,
        "session_id": record.session_id,
    }


# --- show, code -----------------------------------------------------------------------------------


@artifacts.command()
@_name
@_version
@_json
def show(name: str, version: str, as_json: bool) -> None:
    """Show what is known of the artifact NAME, but for its code and value.

    \b
    Example:
      lineapy artifacts show model
      lineapy artifacts show model --version production --json
    """
    with opened_store() as store:
        artifact = _artifact(store, name, version)
        metadata = artifact.get_metadata()
        known, files = metadata["lineapy"], metadata["files"]
    if as_json:
        more = {
            "variable": artifact.variable,
            "digest": known.digest,
            "storage_path": known.storage_path,
            "format": artifact._record.value.format,
            "python_version": known.python_version,
            "working_directory": known.working_directory,
            "files": [
                {"path": use.path, "role": use.role, "bytes": use.size, "digest": use.digest} for use in files
            ],
        }
        print_json(_as_json(artifact) | more)
        return
    print_fields(
        [
            ("name", shown(artifact.name)),
            ("version", str(artifact.version)),
            ("tags", ", ".join(known.tags)),
            ("notes", known.notes),
            ("type", known.value_type),
            ("size", size_of(known.size)),
            ("created", f"{known.date_created:%Y-%m-%d %H:%M:%S} UTC"),
            ("author", f"{known.user_name} at {known.host_name}"),
            ("Python", known.python_version),
            ("session", known.session_id),
            ("folder", known.working_directory),
            ("stored at", known.storage_path),
            ("format", artifact._record.value.format),
            ("SHA-256", known.digest),
            *((use.role, use.path) for use in files),
        ]
    )


@artifacts.command()
@_name
@_version
@click.option("--plain", is_flag=True, help="Read stored values as plain files, without LineaPy.")
@click.option("--with-rest", is_flag=True, help="Show the other lines of the session, too, as comments.")
def code(name: str, version: str, plain: bool, with_rest: bool) -> None:
    """Print the least code that makes the value of the artifact NAME.

    \b
    Example:
      lineapy artifacts code model > clean.py
      lineapy artifacts code model --version 0 --with-rest
    """
    with opened_store() as store:
        artifact = _artifact(store, name, version)
        text = artifact.get_code(use_lineapy_serialization=not plain, include_non_slice_as_comment=with_rest)
    print_code(text)


# --- value ----------------------------------------------------------------------------------------


@artifacts.command()
@_name
@_version
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file."
)
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
def value(name: str, version: str, output: Path | None, force: bool) -> None:
    """Print what the value of the artifact NAME looks like, or write it to a file.

    The file gets the value's own format: text as it is, a saved file as it was, a data frame as CSV, plain data as
    JSON; everything else is pickled, and so is what goes to a file that ends in .pickle or .pkl. Loading a pickle can
    run code, and values may be stored as pickles: look only at those of people you trust.

    \b
    Example:
      lineapy artifacts value model
      lineapy artifacts value model --version 0 --output model.pickle
    """
    from lineapy.cli import values

    if output is not None and output.exists() and not force:
        raise click.UsageError(f"The file {output} exists and was not replaced. Say --force to replace it.")
    with opened_store() as store:
        found = _artifact(store, name, version).get_value()
    if output is None:
        click.echo(values.preview(found))
        return
    try:
        kind = values.write(found, output)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror or error}.") from error
    click.echo(f"{output}: {kind}, {size_of(output.stat().st_size)}")


# --- delete, rename, tag, note --------------------------------------------------------------------------


@artifacts.command()
@_name
@click.option("--version", "-V", required=True, metavar="N|TAG|latest|all", help="Which version.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def delete(name: str, version: str, yes: bool) -> int:
    """Delete a version of the artifact NAME, or all, after asking.

    Until "lineapy store gc --delete" removes it for good, "lineapy store restore" brings it back. The exit status is 1
    if the answer was no.

    \b
    Example:
      lineapy artifacts delete model --version 0 --yes
    """
    with opened_store() as store:
        if version.strip().lower() == "all":
            versions = store.db.versions(name) or [store.db.find_artifact(name).version]
        else:
            versions = [_artifact(store, name, version).version]
        what = f"{name!r} version {', '.join(map(str, versions))}"
        if not yes:
            if not sys.stdin.isatty():
                raise click.UsageError(f"Nobody can be asked whether to delete {what}. Say --yes.")
            if not click.confirm(f"Delete {what}?", err=True):
                say("Nothing was deleted.")
                return 1
        store.db.delete_artifacts(name, versions)
    click.echo(f"{what} deleted")
    return 0


@artifacts.command()
@_name
@click.argument("new_name")
def rename(name: str, new_name: str) -> None:
    """Give all versions of the artifact NAME the name NEW_NAME.

    Versions, tags and dates stay. Code that was traced is kept as it was written.

    \b
    Example:
      lineapy artifacts rename model best_model
    """
    from lineapy.artifacts import LineaArtifactStore

    with opened_store() as store:
        LineaArtifactStore(store).rename(name, new_name)
        versions = store.db.versions(new_name)
    click.echo(f"{name!r} is {new_name!r} now ({count(len(versions), 'version')})")


@artifacts.command()
@_name
@click.argument("tags", nargs=-1, metavar="[TAG]...")
@_version
@click.option("--remove", is_flag=True, help="Take the tags away instead.")
@_json
def tag(name: str, tags: tuple[str, ...], version: str, remove: bool, as_json: bool) -> None:
    """Let tags stand for a version of the artifact NAME, and list its tags.

    A tag stands for one version; one that another version has, moves. A tag is found by "lineapy artifacts show NAME
    --version TAG" and in programs by lineapy.get(NAME, version=TAG).

    \b
    Example:
      lineapy artifacts tag model
      lineapy artifacts tag model production --version 0
      lineapy artifacts tag model production --remove
    """
    with opened_store() as store:
        artifact = _artifact(store, name, version)
        if remove:
            for given in tags:
                store.db.remove_tag(name, given)
        else:
            artifact.tag(*tags)
        present = store.db.tags(name)
    if as_json:
        print_json(present)
        return
    for given, number in present.items():
        click.echo(f"{shown(given)}\t{number}")


@artifacts.command()
@_name
@click.argument("text", required=False)
@_version
@click.option("--remove", is_flag=True, help="Take the notes away instead.")
@_json
def note(name: str, text: str | None, version: str, remove: bool, as_json: bool) -> None:
    """Put TEXT in the place of the notes on a version of the artifact NAME; without TEXT, print them.

    \b
    Example:
      lineapy artifacts note model "before the outliers were removed"
      lineapy artifacts note model --version production
      lineapy artifacts note model --version 0 --remove
    """
    if remove and text is not None:
        raise click.UsageError("Either give the notes a text, or --remove them.")
    with opened_store() as store:
        artifact = _artifact(store, name, version)
        if remove or text is not None:
            artifact.set_notes(text)
        notes, number = artifact.notes, artifact.version
    if as_json:
        print_json({"name": name, "version": number, "notes": notes})
    elif notes:
        click.echo(notes)


def _artifact(store: Store, name: str, version: str) -> LineaArtifact:
    from lineapy.artifacts import LineaArtifact, find_record

    return LineaArtifact.from_record(find_record(store, name, version), store)
