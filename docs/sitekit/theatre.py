"""The directive ``{theatre}``: Python that ends in an explanation, shown as the page that walks through it."""

from __future__ import annotations

import linecache

from docutils import nodes
from docutils.parsers.rst import Directive

from fluxbridge.explain.theatre.page import element


class Theatre(Directive):
    has_content = True

    def run(self):
        source = "\n".join(self.content) + "\n"
        name = f"<theatre of line {self.lineno}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        found: dict[str, object] = {}
        exec(compile(source, name, "exec"), found)
        return [nodes.raw("", element(found["shown"]), format="html")]


def setup(app):
    app.add_directive("theatre", Theatre)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
