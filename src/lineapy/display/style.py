"""The look of everything that is shown in a notebook: colours for light and dark pages, letters and distances.

A page says in different ways whether it is dark: JupyterLab and Notebook by an attribute of the body, VS Code by a
class, others leave it to the system. All is below the class ``lineapy``, so nothing else on the page changes. Each
piece brings its own background, so it can be read even where none of the ways is understood.
"""

from __future__ import annotations

import re

_LIGHT = (
    "--l-page:#fff;--l-soft:#f6f7f9;--l-line:#e1e4e9;--l-text:#1d232c;--l-dim:#5b6573;--l-accent:#2459c4;"
    "--l-tint:#e9effb;--l-keyword:#8a2fa8;--l-string:#1e7340;--l-number:#a64b0b;--l-comment:#6b7482;"
    "--l-name:#1f52b8;--l-warn:#9a4a00;--l-edge:#a6aebb;--l-mark:#c2410c;color-scheme:light;"
)
_DARK = (
    "--l-page:#181b20;--l-soft:#20242b;--l-line:#343a44;--l-text:#e4e7ec;--l-dim:#9ba4b3;--l-accent:#82aaff;"
    "--l-tint:#25304a;--l-keyword:#d7a1f0;--l-string:#8fd19e;--l-number:#f2b27a;--l-comment:#8d97a6;"
    "--l-name:#8db4ff;--l-warn:#f0b070;--l-edge:#7b8494;--l-mark:#ff9b6a;color-scheme:dark;"
)
_DARK_PAGES = (
    "[data-jp-theme-light=false]",
    ".vscode-dark",
    ".vscode-high-contrast:not(.vscode-high-contrast-light)",
    "[data-theme=dark]",
)
_LIGHT_PAGES = (
    "[data-jp-theme-light=true]",
    ".vscode-light",
    ".vscode-high-contrast-light",
    "[data-theme=light]",
)

_RULES = """
.lineapy{background:var(--l-page);color:var(--l-text);border:1px solid var(--l-line);border-radius:10px;
max-width:860px;margin:6px 2px;overflow:hidden;text-align:left;font:13px/1.5 system-ui,-apple-system,"Segoe UI",
Roboto,"Helvetica Neue","DejaVu Sans",sans-serif}
.lineapy *{box-sizing:border-box}
.lineapy code,.lineapy pre{font:12px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
background:none;color:inherit;border:0;padding:0;margin:0}
.lineapy pre{white-space:pre;overflow:auto;max-height:340px;tab-size:4}
.lineapy .l-head{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 10px;padding:12px 16px 10px}
.lineapy .l-name{font-size:15px;font-weight:600;overflow-wrap:anywhere}
.lineapy .l-dim{color:var(--l-dim)}
.lineapy .l-chip{color:var(--l-accent);background:var(--l-tint);border-radius:9px;padding:0 8px;font-size:11.5px;
line-height:18px}
.lineapy .l-far{margin-left:auto}
.lineapy .l-notes{padding:0 16px 10px;white-space:pre-wrap;overflow-wrap:anywhere}
.lineapy .l-part{border-top:1px solid var(--l-line);padding:10px 16px}
.lineapy style+.l-part{border-top:0}
.lineapy .l-label{color:var(--l-dim);font-size:11.5px;margin-bottom:5px}
.lineapy .l-scroll{overflow:auto;max-height:460px}
.lineapy table{border-collapse:collapse;margin:0;font-size:12.5px;border:0;background:none;color:inherit;width:auto}
.lineapy tr,.lineapy tbody tr:nth-child(odd),.lineapy tbody tr:nth-child(even){background:none}
.lineapy th,.lineapy td{padding:3px 14px 3px 0;border:0;text-align:left;vertical-align:top;max-width:560px;
overflow-wrap:anywhere;white-space:pre-wrap;font-variant-numeric:tabular-nums;color:inherit}
.lineapy .l-wide td{max-width:none}
.lineapy th{font-weight:600;color:var(--l-dim);white-space:nowrap}
.lineapy .l-grid th,.lineapy .l-grid td{border-bottom:1px solid var(--l-line);padding:3px 12px;text-align:right;
white-space:nowrap}
.lineapy .l-grid th:first-child,.lineapy .l-grid td:first-child{padding-left:0;text-align:left}
.lineapy .l-grid tbody tr:last-child>*{border-bottom:0}
.lineapy .l-after{color:var(--l-dim);font-size:11.5px;margin-top:5px}
.lineapy .l-warn{color:var(--l-warn)}
.lineapy img{max-width:100%;height:auto;display:block;border-radius:4px;margin:0}
.lineapy .k{color:var(--l-keyword)}.lineapy .s{color:var(--l-string)}.lineapy .n{color:var(--l-number)}
.lineapy .c{color:var(--l-comment);font-style:italic}.lineapy .d{color:var(--l-name)}
.lineapy .lineapy-list th,.lineapy .lineapy-list td{padding:6px 16px 6px 0;border-bottom:1px solid var(--l-line)}
.lineapy .lineapy-list th:first-child,.lineapy .lineapy-list td:first-child{padding-left:16px}
.lineapy .lineapy-list tbody tr:last-child td{border-bottom:0}
.lineapy .lineapy-list th.l-right,.lineapy .lineapy-list td.l-right{text-align:right;white-space:nowrap}
.lineapy .lineapy-list td.l-lead{font-weight:600}
.lineapy .lineapy-list[data-ready] th{cursor:pointer;user-select:none}
.lineapy .lineapy-list[data-ready] th:hover{color:var(--l-text)}
.lineapy .lineapy-list[data-ready] th:after{content:"";display:inline-block;width:1.2em;padding-left:.3em}
.lineapy .lineapy-list th[aria-sort=ascending]:after{content:"▴"!important}
.lineapy .lineapy-list th[aria-sort=descending]:after{content:"▾"!important}
.lineapy .lineapy-list .l-after{padding:8px 16px;margin:0;border-top:1px solid var(--l-line)}
"""


def style(extra: str = "") -> str:
    """The style sheet as an HTML element.

    Args:
        extra: Further rules.

    Example:
        >>> style().startswith("<style>.lineapy{--l-page:#fff;")
        True
    """
    dark = ",".join(f"{page} .lineapy" for page in _DARK_PAGES)
    light = ",".join(f"{page} .lineapy" for page in _LIGHT_PAGES)
    return (
        f"<style>.lineapy{{{_LIGHT}}}@media (prefers-color-scheme:dark){{.lineapy{{{_DARK}}}}}"
        f"{light}{{{_LIGHT}}}{dark}{{{_DARK}}}{_firm(_RULES)}{extra.replace(chr(10), '')}</style>"
    )


def _firm(rules: str) -> str:
    """Rules that win over those that the page has for everything that is shown in it."""
    return rules.replace("\n", "").replace(".lineapy ", ".lineapy.lineapy.lineapy ")


def light(rules: str) -> str:
    """Rules with the colours of light pages in place of variables, for images that stand alone.

    Example:
        >>> light("rect{fill:var(--l-page)}")
        'rect{fill:#fff}'
    """
    return re.sub(r"var\((--l-\w+)\)", lambda found: COLOURS[found[1]], rules)


#: The colours of light pages, by the names of their variables.
COLOURS = dict(part.split(":") for part in _LIGHT.split(";") if part.startswith("--"))
