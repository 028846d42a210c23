"""``lineapy store``: check the store, clean it up, undo a delete, copy it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lineapy.cli.output import count, opened_store, print_json, size_of
from lineapy.errors import ArtifactNotFoundError, ConfigurationError

if TYPE_CHECKING:
    from lineapy.db.records import ArtifactRecord, ArtifactUse
    from lineapy.maintenance.check import CheckResult, Sample
    from lineapy.maintenance.copy import Copied
    from lineapy.maintenance.gc import Collected


@click.group()
def store() -> None:
    """Look after the store: artifacts in a database, and their values in files.

    \b
    Example:
      lineapy store check
    """


# --- check ----------------------------------------------------------------------------------------


def _sample(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Sample | None:
    from lineapy.maintenance.check import Sample

    try:
        return None if text is None else Sample.parse(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


@store.command()
@click.option("--sample", callback=_sample, metavar="N|N%", help="Check so many values, chosen at random.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def check(sample: Sample | None, as_json: bool) -> int:
    """Read every value that an artifact needs, and compare it with the digest that was taken when it was saved.

    Nothing is loaded or changed. The exit status is 0 if all is well, 1 if a value is damaged, missing or out of
    reach, and 2 if the check cannot be made.

    \b
    Example:
      lineapy store check --sample 5%
    """
    from lineapy.maintenance.check import check, needed_values

    with opened_store() as opened:
        uses = needed_values(opened.db, sample)
        with _progress("checking", sum(use.value.size for use in uses)) as advance:
            result = check(opened.db, opened.values, uses, lambda use: advance(use.value.size))
    if as_json:
        print_json(_check_as_json(result))
    else:
        _print_check(result)
    return 0 if result.is_clean else 1


def _print_check(result: CheckResult) -> None:
    from lineapy.maintenance.check import live_artifacts

    for bad in result.damaged:
        click.echo(f"{bad.damage.kind.upper()}  {_listed(live_artifacts(bad.use))}\n  {bad.damage.message}")
    for place in result.unreachable:
        needing = [artifact for use in place.uses for artifact in live_artifacts(use)]
        click.echo(f"NOT CHECKED  {count(len(place.uses), 'value')} at {place.location}: {_listed(needing)}")
        click.echo(f"  {place.reason}")
    missed = sum(len(place.uses) for place in result.unreachable)
    click.echo(
        f"{count(result.checked, 'value')} checked ({size_of(result.size)}): {len(result.damaged)} damaged or missing"
        + (f"; {missed} could not be reached." if missed else ".")
    )


def _check_as_json(result: CheckResult) -> dict[str, Any]:
    from lineapy.maintenance.check import live_artifacts

    return {
        "checked": result.checked,
        "bytes": result.size,
        "damaged": [
            {
                "kind": bad.damage.kind,
                "message": bad.damage.message,
                "location": bad.use.value.location,
                "key": bad.use.value.key,
                "digest": bad.use.value.digest,
                "artifacts": _as_json(live_artifacts(bad.use)),
            }
            for bad in result.damaged
        ],
        "unreachable": [
            {
                "location": place.location,
                "message": place.reason,
                "values": len(place.uses),
                "artifacts": _as_json(user for use in place.uses for user in live_artifacts(use)),
            }
            for place in result.unreachable
        ],
    }


# --- gc -------------------------------------------------------------------------------------------


def _duration(_context: click.Context, _parameter: click.Parameter, text: str) -> timedelta:
    from lineapy.maintenance.gc import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


@store.command()
@click.option(
    "--grace",
    callback=_duration,
    default="7d",
    show_default=True,
    metavar="DURATION",
    help="Leave alone what was deleted or written since; such as 90s, 12h or 7d.",
)
@click.option("--delete", is_flag=True, help="Do it. Without this, what would go is only listed.")
@click.option("--all-locations", is_flag=True, help="Clean the other locations that the database knows, too.")
@click.option("--force", is_flag=True, help="Clean the location even if it seems to be another database's.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def gc(grace: timedelta, delete: bool, all_locations: bool, force: bool, as_json: bool) -> int:
    """Remove for good what was deleted a while ago, and files that no artifact needs.

    Such files are left by deleted artifacts and by programs that were killed. Artifacts may be saved meanwhile. The
    location must not be used with another database: what only that one knows would go, too. The exit status is 1 if
    a location could not be cleaned.

    \b
    Example:
      lineapy store gc                       list what would go
      lineapy store gc --grace 30d --delete  remove it
    """
    from lineapy.maintenance.gc import clean_scratch, collect

    with opened_store() as opened, _progress("removing", None) as advance:
        result = collect(
            opened.db,
            opened.values,
            grace,
            delete=delete,
            all_locations=all_locations,
            force=force,
            on_removed=lambda file: advance(file.size),
        )
    scratch = clean_scratch(grace, delete=delete)
    if scratch.files or scratch.problem is not None:
        result = replace(result, locations=(*result.locations, scratch))
    if as_json:
        print_json(_gc_as_json(result))
    else:
        _print_gc(result)
    return 1 if any(place.problem is not None for place in result.locations) else 0


def _print_gc(result: Collected) -> None:
    would = "would be " if result.is_dry_run else ""
    for artifact in result.artifacts:
        assert artifact.deleted_at is not None
        when = f"{artifact.deleted_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"artifact  {artifact.name!r} version {artifact.version}, deleted {when}")
    for place in result.locations:
        for file in place.files:
            click.echo(f"file  {size_of(file.size):>10}  {place.location.rstrip('/')}/{file.key}")
        if place.problem is not None:
            click.echo(f"NOT CLEANED  {place.location}\n  {place.problem}")
    for location in result.not_cleaned:
        click.echo(
            f"not looked at: {location}, where this database has values, too. Say --all-locations to clean it as well."
        )
    files = [file for place in result.locations for file in place.files]
    click.echo(
        f"{count(len(result.artifacts), 'artifact')} and {count(len(files), 'file')} {would}removed "
        f"({size_of(sum(file.size for file in files))})."
    )
    if result.is_dry_run and (result.artifacts or files):
        click.echo("Nothing was touched. To remove it for good, give the command again with --delete.")


def _gc_as_json(result: Collected) -> dict[str, Any]:
    return {
        "dry_run": result.is_dry_run,
        "artifacts": _as_json(result.artifacts),
        "bytes": sum(place.size for place in result.locations),
        "locations": [
            {
                "location": place.location,
                "bytes": place.size,
                "files": [
                    {
                        "key": file.key,
                        "bytes": file.size,
                        "modified": None if file.modified is None else file.modified.isoformat(),
                    }
                    for file in place.files
                ],
                "problem": place.problem,
            }
            for place in result.locations
        ],
        "not_cleaned": list(result.not_cleaned),
    }


# --- restore --------------------------------------------------------------------------------------


def _version(_context: click.Context, _parameter: click.Parameter, text: str) -> int | None:
    """A version; None for all."""
    if text.strip().lower() == "all":
        return None
    if not text.strip().isdecimal():
        raise click.BadParameter(f"{text!r} is no version: write a whole number, or all.")
    return int(text)


@store.command()
@click.argument("name")
@click.option(
    "--version",
    callback=_version,
    default="all",
    show_default=True,
    metavar="N|all",
    help="Which one; all: every version that is deleted.",
)
def restore(name: str, version: int | None) -> None:
    """Bring back what was deleted of the artifact NAME, as long as it was not removed for good by gc.

    \b
    Example:
      lineapy store restore iris_model --version 3
    """
    with opened_store() as opened:
        deleted = [
            artifact.version
            for artifact in opened.db.artifacts(with_deleted=True)
            if artifact.name == name and artifact.deleted_at is not None
        ]
        if version is None and not deleted:
            raise ArtifactNotFoundError(
                f"Nothing of {name!r} can be restored: no version of it is deleted, or gc has removed it for good. "
                "See lineapy.artifact_store() for what there is."
            )
        wanted = deleted if version is None else [version]
        opened.db.restore_artifacts(name, wanted)
    for number in wanted:
        was = "restored" if number in deleted else "was not deleted"
        click.echo(f"{name!r} version {number} {was}")


# --- copy -----------------------------------------------------------------------------------------


@store.command()
@click.option("--to-database-url", required=True, metavar="URL", help="Where the metadata goes.")
@click.option("--to-storage-dir", required=True, metavar="LOCATION", help="Where the values go.")
@click.option(
    "--to-storage-options-file",
    type=click.Path(path_type=Path),
    metavar="JSON",
    help="A file with the storage_options for that location.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def copy(
    to_database_url: str, to_storage_dir: str, to_storage_options_file: Path | None, as_json: bool
) -> int:
    """Copy the whole store, versions and dates and deleted artifacts included. The store itself is only read.

    Each value is verified on its way. If the command is interrupted, give it again: it goes on from there. The exit
    status is 1 if artifacts could not be copied because their values are damaged or out of reach.

    \b
    Example:
      lineapy store copy --to-database-url postgresql://ada@db.example/team --to-storage-dir s3://team/values
    """
    from lineapy.db.db import RelationalLineaDB
    from lineapy.maintenance.copy import Half, copy, plan
    from lineapy.storage.values import ValueStore

    options = _storage_options(to_storage_options_file)
    with opened_store() as opened, closing(RelationalLineaDB(to_database_url)) as database:
        source, target = Half(opened.db, opened.values), Half(database, ValueStore(to_storage_dir, options))
        work = plan(source, target)
        with _progress("copying", work.size) as advance:
            result = copy(source, target, work, lambda value: advance(value.size))
    if as_json:
        print_json(_copy_as_json(result))
    else:
        _print_copy(result, database.masked_url, target.values.location)
    return 1 if result.left_out else 0


def _storage_options(path: Path | None) -> Mapping[str, object] | None:
    if path is None:
        return None
    what = f"The file {path}, which --to-storage-options-file names,"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"{what} cannot be read: {error.strerror or error}. Write the storage_options into it, as JSON."
        ) from error
    except ValueError:
        # The parser's own message may show what is in it.
        raise ConfigurationError(
            f'{what} is not JSON. Write the storage_options into it, such as {{"profile": "team"}}.'
        ) from None
    if not isinstance(found, dict):
        raise ConfigurationError(
            f'{what} holds no dictionary. Write the storage_options into it, such as {{"profile": "team"}}.'
        )
    return found


def _print_copy(result: Copied, url: str, location: str) -> None:
    for out in result.left_out:
        click.echo(f"NOT COPIED  {out.artifact.name!r} version {out.artifact.version}\n  {out.reason}")
    click.echo(
        f"{count(result.artifacts, 'artifact')} copied, with {count(result.values, 'value')} "
        f"({size_of(result.size)}), and compared; {result.present} were there before."
    )
    if result.pipelines:
        click.echo(f"{count(result.pipelines, 'pipeline')} copied.")
    if result.elsewhere:
        click.echo(
            f"{result.elsewhere} of those have their values elsewhere, where an earlier copy has put them."
        )
    if result.left_out:
        click.echo(
            f"{count(len(result.left_out), 'artifact')} not copied, see above. The others are in the copy."
        )
    click.echo(f"To use the copy, set database_url to {url} and artifact_storage_dir to {location}.")


def _copy_as_json(result: Copied) -> dict[str, Any]:
    return {
        "artifacts": result.artifacts,
        "values": result.values,
        "bytes": result.size,
        "pipelines": result.pipelines,
        "there_before": result.present,
        "values_elsewhere": result.elsewhere,
        "not_copied": [
            {"name": out.artifact.name, "version": out.artifact.version, "message": out.reason}
            for out in result.left_out
        ],
    }


# --- what they share ------------------------------------------------------------------------------


@contextmanager
def _progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on standard error while this runs, if somebody is looking; call what it gives with each number of bytes."""
    if not sys.stderr.isatty():
        yield lambda _size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda size: progress.advance(task, size)


def _listed(artifacts: Iterable[ArtifactUse]) -> str:
    return ", ".join(f"{artifact.name!r} version {artifact.version}" for artifact in artifacts)


def _as_json(artifacts: Iterable[ArtifactUse | ArtifactRecord]) -> list[dict[str, object]]:
    return [{"name": artifact.name, "version": artifact.version} for artifact in artifacts]
