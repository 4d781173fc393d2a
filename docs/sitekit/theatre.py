"""The directive ``{theatre}``: Python whose `shown` is an explanation, as a page to walk through."""

from __future__ import annotations

import linecache

from docutils import nodes
from docutils.parsers.rst import Directive

from fluxbridge.explanation.theatre.page import element


class Theatre(Directive):
    has_content = True

    def run(self):
        source = "\n".join(self.content) + "\n"
        name = "example.py"  # for the head of the code
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        found: dict[str, object] = {}
        exec(compile(source, name, "exec"), found)
        return [nodes.raw("", element(found["shown"]), format="html")]


def setup(app):
    app.add_directive("theatre", Theatre)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
