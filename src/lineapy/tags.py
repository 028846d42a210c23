"""Tags: what may be one. A tag must not be taken for a version."""

from __future__ import annotations

from collections.abc import Iterable

from lineapy.errors import TagError

#: What stands for a version or for all of them.
_TAKEN = ("latest", "all")

_LONGEST = 200


def why_no_tag(text: str) -> str | None:
    """Why a text may not be a tag; None if it may.

    Example:
        >>> why_no_tag("production"), why_no_tag("v1.2")
        (None, None)
        >>> why_no_tag("1.2")
        'it could be taken for a number'
    """
    if text.strip().lower() in _TAKEN:
        return "it has a meaning of its own as a version"
    if not text.strip():
        return "it is empty"
    if text != text.strip() or not text.isprintable():
        return "it begins or ends with a blank, or holds a character that cannot be seen"
    if _is_number(text):
        return "it could be taken for a number"
    if len(text) > _LONGEST:
        return f"it is longer than {_LONGEST} characters"
    return None


def _is_number(text: str) -> bool:
    if not any(character.isalpha() for character in text):
        return any(character.isdigit() for character in text)
    try:
        float(text)
    except ValueError:
        try:
            int(text, 0)
        except ValueError:
            return False
    return True


def checked(tags: object) -> tuple[str, ...]:
    """Check tags that a user gives.

    Args:
        tags: A tag, or several.

    Returns:
        The tags, each once.

    Raises:
        TagError: One of them may not be a tag.

    Example:
        >>> checked(["production", "v2"])
        ('production', 'v2')
        >>> checked("latest")
        Traceback (most recent call last):
        lineapy.errors.TagError: 'latest' cannot be a tag: it has a meaning of its own as a version. ...
    """
    given = [tags] if isinstance(tags, str) or not isinstance(tags, Iterable) else list(tags)
    found: dict[str, None] = {}
    for tag in given:
        if not isinstance(tag, str):
            raise _refused(tag, "it is no text")
        why = why_no_tag(tag)
        if why is not None:
            raise _refused(tag, why)
        found[tag] = None
    return tuple(found)


def _refused(tag: object, why: str) -> TagError:
    return TagError(
        f"{tag!r} cannot be a tag: {why}. Choose a name with a letter in it, such as 'production' or 'v1.2'."
    )
