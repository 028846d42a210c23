"""Python code in colours, by the standard library's tokenizer alone."""

from __future__ import annotations

import builtins
import io
import keyword
import token
import tokenize
from collections.abc import Iterator
from html import escape

from lineapy.source.lines import lines_of

_STRINGS = {token.STRING} | {
    getattr(token, name)
    for name in ("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")
    if hasattr(token, name)
}
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))


def highlighted(code: str) -> str:
    """Code as HTML; what a class means is said in `lineapy.display.style`.

    Args:
        code: Python, or what is meant to be: text that has no tokens stays without colours.

    Returns:
        The same text, escaped, with elements around its tokens.

    Example:
        >>> highlighted("a = '<b>'  # why")
        'a = <span class="s">&#x27;&lt;b&gt;&#x27;</span>  <span class="c"># why</span>'
    """
    lines = lines_of(code)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    found, done = [], 0
    try:
        for kind, first, last in _coloured(code):
            begin, end = starts[first[0] - 1] + first[1], starts[last[0] - 1] + last[1]
            if begin < done:  # with {{ in an f-string, Python 3.12 counts the columns behind it wrongly
                continue
            found += [escape(code[done:begin]), f'<span class="{kind}">{escape(code[begin:end])}</span>']
            done = end
    except (tokenize.TokenError, SyntaxError, ValueError, IndexError):
        pass  # the rest is shown as it is
    return "".join(found) + escape(code[done:])


def _coloured(code: str) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    """The tokens that have a colour: which one, from where, to where."""
    before = ""
    for kind, text, first, last, _ in tokenize.generate_tokens(io.StringIO(code).readline):
        colour = _colour(kind, text, before)
        if colour is not None and text:
            yield colour, first, last
        if text.strip():
            before = text


def _colour(kind: int, text: str, before: str) -> str | None:
    if kind == token.COMMENT:
        return "c"
    if kind in _STRINGS:
        return "s"
    if kind == token.NUMBER:
        return "n"
    if kind == token.NAME and before != ".":
        if keyword.iskeyword(text):
            return "k"
        if before in ("def", "class") or text in _BUILTINS:
            return "d"
    return None
