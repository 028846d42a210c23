"""Secrets are never shown: what takes their place in messages, logs and listings."""

from __future__ import annotations

import re
from collections.abc import Mapping

MASK = "***"

_PASSWORD_IN_AUTHORITY = re.compile(r"(?P<before>://[^/@:]*:)(?P<secret>[^/]*)(?=@)")
#: Query parameters whose name says that the value is a secret, such as libpq's ``password`` and ``sslpassword``.
_SECRET_PARAMETER = re.compile(
    r"(?i)(?P<before>[?&][^=&#]*(?:passw|secret|token|key|credential)[^=&#]*=)[^&#]*"
)


def masked_url(url: str) -> str:
    """A URL without its secrets.

    Args:
        url: Any URL, or a path, which is left as it is.

    Returns:
        The URL with ``***`` for the password, and for query parameters that are named like secrets.

    Example:
        >>> masked_url("postgresql://ada:secret@db.example:5432/team?sslmode=require&password=x")
        'postgresql://ada:***@db.example:5432/team?sslmode=require&password=***'
        >>> masked_url("/home/ada/values")
        '/home/ada/values'
    """
    if "://" not in url:
        return url
    url = _PASSWORD_IN_AUTHORITY.sub(lambda found: found["before"] + MASK, url)
    return _SECRET_PARAMETER.sub(lambda found: found["before"] + MASK, url)


def masked_mapping(options: Mapping[str, object]) -> dict[str, object]:
    """Options without their values: which of them are secrets is known only to who they are meant for.

    Args:
        options: As `storage_options`.

    Returns:
        The same keys; ``***`` for each value.

    Example:
        >>> masked_mapping({"key": "AKIA…", "client_kwargs": {"region_name": "eu-west-1"}})
        {'key': '***', 'client_kwargs': '***'}
    """
    return dict.fromkeys(options, MASK)
