"""``lineapy annotate``: the user's own knowledge files, which tell what library calls do."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

import click

from lineapy.cli.output import count, print_json, say, shown
from lineapy.config import Config
from lineapy.errors import KnowledgeFileError

_SUFFIX = ".annotations.yaml"


@click.group()
def annotate() -> None:
    """Tell LineaPy what the calls of a library do, in YAML files that count from the next session on.

    The format is described in docs/annotations.md.

    \b
    Example:
      lineapy annotate list
    """


_name = click.option("-n", "--name", help="Under which it is listed; by default that of the file.")


@annotate.command()
@click.argument("path", type=click.Path(path_type=Path))
@_name
@click.option("--force", is_flag=True, help="Replace annotations of the same name.")
def add(path: Path, name: str | None, force: bool) -> int:
    """Check the annotations in the file PATH, which ends in .yaml, and copy it to where LineaPy reads them.

    The exit status is 1 if the file is wrong; nothing is copied then.

    \b
    Example:
      lineapy annotate add mylib.yaml --name mylib
    """
    text = _valid(path)
    if text is None:
        return 1
    slug = _slug(name if name is not None else _stem(path))
    if not slug:
        say(f"{name!r} has neither a letter nor a digit in it. Give another name with --name.")
        return 1
    target = _folder() / f"{slug}{_SUFFIX}"
    if target.exists() and not force:
        say(
            f"There are annotations {slug!r} already, in {target}. Say --force to replace them, or give a --name."
        )
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    click.echo(f"{slug}\t{target}")
    return 0


@annotate.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_annotations(as_json: bool) -> None:
    """List your annotations: name, and file.

    \b
    Example:
      lineapy annotate list --json
    """
    found = {path.name.removesuffix(_SUFFIX): str(path) for path in _files()}
    if as_json:
        print_json([{"name": name, "path": path} for name, path in found.items()])
        return
    for name, path in found.items():
        click.echo(f"{shown(name)}\t{shown(path)}")
    if not found:
        say(f"There are no annotations of yours in {_folder()}.")


@annotate.command()
@click.option("-n", "--name", required=True, help="As it is listed.")
def delete(name: str) -> int:
    """Delete annotations of yours. The exit status is 1 if there are none of that name.

    \b
    Example:
      lineapy annotate delete --name oldlib
    """
    target = _folder() / f"{name}{_SUFFIX}"
    if target not in _files():
        target = _folder() / f"{_slug(name)}{_SUFFIX}"
    try:
        target.unlink()
    except FileNotFoundError:
        say(f"There are no annotations {name!r} in {_folder()}. See `lineapy annotate list`.")
        return 1
    click.echo(f"{target} deleted")
    return 0


@annotate.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
def validate(paths: tuple[Path, ...]) -> int:
    """Check files with annotations; without PATH, all that LineaPy reads. The exit status is 1 if one is wrong.

    \b
    Example:
      lineapy annotate validate mylib.yaml
    """
    is_right = True
    for path in paths or _files():
        text = _valid(path)
        is_right &= text is not None
        if text is not None:
            click.echo(f"{path}: {count(_number_in(text, path), 'annotation')}")
    return 0 if is_right else 1


def _valid(path: Path) -> str | None:
    """The text of a file with annotations; None if it is wrong, which is said."""
    try:
        if path.suffix != ".yaml":
            raise KnowledgeFileError(f"{path}: the name of a file with annotations ends in .yaml")
        text = path.read_text(encoding="utf-8")
        _number_in(text, path)
    except KnowledgeFileError as error:
        say(str(error))
    except (OSError, UnicodeDecodeError) as error:
        say(f"{path}: the file cannot be read: {getattr(error, 'strerror', None) or error}")
    else:
        return text
    return None


def _number_in(text: str, path: Path) -> int:
    from lineapy.effects.annotations import read_annotations

    return len(read_annotations(text, file=str(path)))


def _folder() -> Path:
    return Path(Config.from_environment().customized_annotation_folder)


def _files() -> list[Path]:
    folder = _folder()
    return sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else []


def _stem(path: Path) -> str:
    return path.name.removesuffix(".yaml").removesuffix(".annotations")


def _slug(name: str) -> str:
    """A name as part of a file's.

    Example:
        >>> _slug("My Lib (v2)"), _slug("Zoë")
        ('my-lib-v2', 'zoe')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-")
