"""The page itself: the tables that need no script, and the script that makes a theatre of them."""

from __future__ import annotations

import base64
import json
import zlib
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from ..run import ExplainedRun
from ..views.html import html
from .content import content
from .javascript import script

#: In the order in which they need each other.
PARTS = ("values.js", "rows.js", "picture.js", "words.js", "operations.js", "point.js", "plot.js", "stage.js")
LONG = 60_000  #: characters of data from which on they are compressed

#: Starts every element of this key that is not alive yet: a notebook may show one explanation twice.
START = """
const read = async (script) => {
  const text = script.textContent;
  if (!script.dataset.packed) return JSON.parse(text);
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
};
for (const root of document.querySelectorAll('[data-fluxbridge="KEY"]:not(.live)')) {
  root.classList.add("live");
  read(root.querySelector("script.data")).then((data) => { root.stage = new Stage(root, data); });
}
"""


@cache
def resource(name: str) -> str:
    """A file of page/."""
    return (files(__package__) / "page" / name).read_text("utf8")


def library() -> str:
    return "\n".join(map(resource, PARTS))


def element(e: ExplainedRun, plots: bool = True) -> str:
    """One self-contained element of HTML: no network, no server; without scripts it is the static tables."""
    data = content(e, plots)
    program = data.get("program", {"steps": [], "tests": []})
    tables = script(
        (step["operation"] for step in program["steps"]), (test["question"] for test in program["tests"])
    )
    packed = ""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if len(text) > LONG:
        packed = ' data-packed="deflate"'
        text = base64.b64encode(zlib.compress(text.encode())).decode()
    text = text.replace("<", "\\u003c")  # or a text in it could end the element
    static = html(e)
    key = f"t{zlib.crc32((text + static).encode()):x}"
    code = "\n".join([library(), tables, START.replace("KEY", key)])
    return (
        f'<div class="fb-theatre" data-fluxbridge="{key}"><style>{resource("theatre.css")}</style>'
        f'<div class="static">{static}</div>'
        f'<script type="application/json" class="data"{packed}>{text}</script>'
        f"<script>(() => {{\n{code}\n}})();</script></div>"
    )


def document(e: ExplainedRun, plots: bool = True) -> str:
    """A whole page."""
    title = escape(f"{e.function}({', '.join(e.names.arguments)})")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f"<title>{title}, explained</title></head>\n"
        f'<body class="fb-page">\n{element(e, plots)}\n</body></html>\n'
    )


def data_of(e: ExplainedRun) -> dict[str, Any]:
    """What a page in touch with Python is sent."""
    return content(e, kernel=True)
