"""Read HTML as a browser would, and complain about what only a browser would forgive."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"img", "br", "hr", "meta", "input", "link"}


@dataclass
class Element:
    """An element of a page."""

    tag: str
    attributes: dict[str, str]
    inside: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What a reader sees: no style sheet, no script."""
        if self.tag in ("style", "script"):
            return ""
        return "".join(part if isinstance(part, str) else part.text for part in self.inside)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements below, in the page's order; an attribute, `class_` say, has to hold the given word."""
        found = []
        for part in self.inside:
            if isinstance(part, Element):
                wanted = {name.rstrip("_").replace("_", "-"): word for name, word in attributes.items()}
                if part.tag == tag and all(
                    word in part.attributes.get(name, "").split() for name, word in wanted.items()
                ):
                    found.append(part)
                found += part.all(tag, **attributes)
        return found

    def rows(self) -> list[list[str]]:
        """The texts of a table's cells."""
        return [
            [cell.text for cell in row.inside if isinstance(cell, Element) and cell.tag in ("td", "th")]
            for row in self.all("tr")
        ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"<{tag}> has an attribute twice: {attrs}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(html: str) -> Element:
    """The page; each element is closed, and nothing is fetched from elsewhere."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is not closed"
    outside = re.findall(r"(?:src|href)=(?![\"']?(?:data:|#))[^\s>]{,80}|@import|url\((?!#)[^)]{,80}", html)
    assert not outside, outside
    return reader.open[0]
