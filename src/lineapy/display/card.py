"""An artifact as a card: what it is, a glance at its value, its code, and where everything is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from lineapy.display.code import highlighted
from lineapy.display.preview import Preview
from lineapy.display.style import style
from lineapy.display.words import clean, counted

_FILES = 8
_LINES = 12  # of code in a terminal
_LINES_OF_HTML = 1000


@dataclass(frozen=True, slots=True)
class Card:
    """All that a card shows; plain texts, of which nothing is trusted.

    Attributes:
        name, version: Of the artifact.
        kind: What sort of value it is, such as ``"dataset"``.
        created: When, in words.
        author: Who saved it.
        size: Of the stored value, in words.
        tags: Names of the version.
        notes: What the user wrote about it.
        preview: A glance at the value.
        code: The slice; a text that says why there is none, if it cannot be read.
        inputs, outputs: Paths of files.
        storage: Where the value is.
    """

    name: str
    version: int
    kind: str
    created: str
    author: str
    size: str
    tags: Sequence[str]
    notes: str | None
    preview: Preview
    code: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    storage: str

    def html(self) -> str:
        """The card for a notebook. It needs nothing from elsewhere, and no script."""
        about = " · ".join(filter(None, (f"version {self.version}", self.kind, self.size)))
        parts = [_head(self.name, about, self._origin(), self.tags)]
        if self.notes:
            parts.append(f'<div class="l-notes">{escape(self.notes)}</div>')
        parts.append(
            _part(f"Value · {self.preview.what}", f'<div class="l-scroll">{self.preview.html}</div>'),
        )
        parts.append(code_part("Code", self.code))
        rows = "".join(
            f"<tr><th>{label}</th><td><code>{escape(text)}</code></td></tr>" for label, text in self._places()
        )
        parts.append(f'<div class="l-part"><table class="l-wide">{rows}</table></div>')
        return _card(parts)

    def text(self) -> str:
        """The card for a terminal."""
        about = ", ".join(filter(None, (f"version {self.version}", self.kind, self.size)))
        lines = [
            f"{self.name}  ({about})",
            f"  saved {self.created}{f' by {self.author}' if self.author else ''}",
        ]
        if self.tags:
            lines.append(f"  tags: {', '.join(self.tags)}")
        lines += [f"  {line}" for line in (self.notes or "").splitlines()]
        lines += ["", f"  {self.preview.what}", *_indented(self.preview.text.splitlines())]
        code = self.code.splitlines()
        lines += ["", "  code", *_indented(code[:_LINES])]
        if len(code) > _LINES:
            lines.append(f"    … {counted(len(code) - _LINES, 'more line')}, see get_code()")
        lines += ["", *(f"  {label.lower()}: {text}" for label, text in self._places())]
        return "\n".join(_printable(line) for line in lines)

    def _origin(self) -> str:
        return f"{self.created}{f' by {self.author}' if self.author else ''}"

    def _places(self) -> list[tuple[str, str]]:
        found = [("Reads", path) for path in _some(self.inputs)]
        found += [("Writes", path) for path in _some(self.outputs)]
        return [*found, ("Stored in", self.storage)]


@dataclass(frozen=True, slots=True)
class PipelineCard:
    """All that the card of a pipeline shows; plain texts.

    Attributes:
        name: Of the pipeline.
        about: What else there is to say in a few words.
        artifacts: Name, version, type and what has to be made before, for each artifact.
        parameters: Names of its parameters.
        code: The module.
    """

    name: str
    about: str
    artifacts: Sequence[tuple[str, str, str, str]]
    parameters: Sequence[str]
    code: str

    def html(self) -> str:
        """The card for a notebook."""
        head = ("artifact", "version", "kind", "after")
        columns = [number for number in range(4) if number < 3 or any(row[3] for row in self.artifacts)]
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(row[number])}</td>" for number in columns) + "</tr>"
            for row in self.artifacts
        )
        names = "".join(f"<th>{head[number]}</th>" for number in columns)
        parts = [
            _head(self.name, self.about, "", ()),
            _part("Artifacts", f"<table><thead><tr>{names}</tr></thead><tbody>{rows}</tbody></table>"),
        ]
        if self.parameters:
            parts.append(_part("Parameters", f"<code>{escape(', '.join(self.parameters))}</code>"))
        return _card([*parts, code_part("Module", self.code)])


def code_part(label: str, code: str) -> str:
    """The part of a card that shows code.

    Args:
        label: What it is.
        code: Python; of very many lines, only the first are shown.
    """
    lines = code.splitlines(keepends=True)
    shown = "".join(lines[:_LINES_OF_HTML])
    if len(lines) > _LINES_OF_HTML:
        shown += f"# … {counted(len(lines) - _LINES_OF_HTML, 'more line')}"
    return _part(f"{label} · {counted(len(lines), 'line')}", f"<pre><code>{highlighted(shown)}</code></pre>")


def _card(parts: Iterable[str]) -> str:
    return clean(f'<div class="lineapy lineapy-card">{style()}{"".join(parts)}</div>')


def _head(name: str, about: str, origin: str, tags: Iterable[str]) -> str:
    chips = "".join(f'<span class="l-chip">{escape(tag)}</span>' for tag in tags)
    left = f'<span class="l-name">{escape(name)}</span><span class="l-dim">{escape(about)}</span>{chips}'
    right = f'<span class="l-dim l-far">{escape(origin)}</span>' if origin else ""
    return f'<div class="l-head">{left}{right}</div>'


def _part(label: str, html: str) -> str:
    return f'<div class="l-part"><div class="l-label">{escape(label)}</div>{html}</div>'


def _some(paths: Sequence[str]) -> list[str]:
    if len(paths) <= _FILES:
        return list(paths)
    return [*paths[:_FILES], f"… and {len(paths) - _FILES:,} more"]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _printable(line: str) -> str:
    """Without what a terminal would take for a command to itself."""
    return "".join(letter if letter.isprintable() or letter == "\t" else "�" for letter in line)
