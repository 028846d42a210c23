"""Column types that give back exactly what was put in, on every database."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlalchemy import DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_ESCAPED = "\ufffdjson:"


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. SQLite forgets time zones, so every moment is stored in UTC and comes back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone, so it names no moment; use datetime.now(UTC)")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class AnyText(TypeDecorator[str]):
    """Any Python string.

    Folder names that are not UTF-8 have lone surrogates in Python, which no database takes, and PostgreSQL takes no
    NUL characters. Such strings are stored as JSON behind a prefix; equal strings are stored equally, so they can be
    looked up.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        if value is None or _is_storable(value):
            return value
        return _ESCAPED + json.dumps(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        if value is None or not value.startswith(_ESCAPED):
            return value
        return str(json.loads(value.removeprefix(_ESCAPED)))


def _is_storable(text: str) -> bool:
    if "\0" in text or text.startswith(_ESCAPED):
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
