"""Formulas as MathML, which browsers draw by themselves: no script, no network, and searchable text."""

from __future__ import annotations

import latex2mathml.converter
from docutils import nodes
from sphinx.util import logging

log = logging.getLogger(__name__)


def mathml(source: str, display: str, node: nodes.Node) -> str:
    try:
        return latex2mathml.converter.convert(source.strip(), display=display)
    except Exception as error:
        log.warning("not a formula that can be written: %s (%r)", source, error, location=node)
        return ""


def inline(writer, node):
    writer.body.append(mathml(node.astext(), "inline", node))
    raise nodes.SkipNode


def block(writer, node):
    writer.body.append(f'<div class="math">{mathml(node.astext(), "block", node)}</div>\n')
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
