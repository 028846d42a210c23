"""Keeps passwords and storage options out of what people read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lineapy.masking import MASK, masked_url

_PASSWORD = re.compile(r"(?P<before>://[^/@:]*):(?P<secret>[^/]*)@")
#: Shorter texts are no secrets, but parts of other words.
_SHORTEST = 4


def without_password(location: str) -> str:
    """A location as it may be written down: it goes to the database, where others read it.

    Args:
        location: A path or URL.

    Returns:
        The same, without the password of a URL.

    Example:
        >>> without_password("sftp://ada:secret@host/values")
        'sftp://ada@host/values'
    """
    return _PASSWORD.sub(lambda found: found["before"] + "@", location, count=1)


def with_password_of(location: str, own: str) -> str:
    """The inverse: a location with the password of another one for the same user and machine.

    Args:
        location: Without a password.
        own: A location that may have one.

    Returns:
        `location`, with the password if it is meant for it.

    Example:
        >>> with_password_of("sftp://ada@host/old", "sftp://ada:secret@host/new")
        'sftp://ada:secret@host/old'
        >>> with_password_of("sftp://ada@elsewhere/old", "sftp://ada:secret@host/new")
        'sftp://ada@elsewhere/old'
    """
    start, own_start = _up_to_folder(location), _up_to_folder(own)
    return own_start + location[len(start) :] if start == without_password(own_start) else location


def without_secrets(text: str, location: str, storage_options: Mapping[str, object] | None) -> str:
    """A message without the values of storage options, and without the password of a location.

    Which options are secrets is known only to the file system, so none of their values is shown.

    Args:
        text: Perhaps what a library says.
        location: A URL that may have a password.
        storage_options: Perhaps with secrets.

    Returns:
        The text with ``***`` in their places.

    Example:
        >>> without_secrets("bad key AKIA5", "s3://bucket", {"key": "AKIA5"})
        'bad key ***'
    """
    text = text.replace(location, masked_url(location))
    found = _PASSWORD.search(location)
    secrets = set(_texts_in(storage_options or {})) | ({found["secret"]} if found else set())
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, MASK)
    return text


def _up_to_folder(location: str) -> str:
    before, separator, after = location.partition("://")
    return before + separator + after.partition("/")[0] if separator else ""


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts_in(part)
    elif isinstance(value, Sequence | set | frozenset):
        for part in value:
            yield from _texts_in(part)
