"""Links of the pages to files that are no pages: they lead to the repository."""

from __future__ import annotations

import posixpath
import shutil
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

REPOSITORY = "https://github.com/fluxbridge/fluxbridge/tree/main/"


def of_repository(app, doctree):
    """Before Sphinx looks for a page or copies a file: what the repository has and the site has not."""
    here = posixpath.dirname(app.env.docname)
    for node in list(doctree.findall(addnodes.pending_xref)) + list(
        doctree.findall(addnodes.download_reference)
    ):
        target = node.get("reftarget", "")
        if node.get("refdomain") not in (None, "doc", "std", "") or not target or target.startswith("#"):
            continue
        path = posixpath.normpath(posixpath.join(here, target.partition("#")[0]))
        if node.get("refdomain") == "doc":  # the name of a page, from the root
            path = target + ".md"
        there = Path(app.srcdir, path)
        if path.startswith("..") or not there.exists() or app.env.path2doc(str(there)) in app.env.found_docs:
            continue
        published = path.endswith(".html")  # a page by itself, copied as it is
        link = nodes.reference("", "", refuri=target if published else REPOSITORY + path.removeprefix("."))
        link += node.children
        node.replace_self(link)


def copy_pages(app, exception):
    """The pages of the gallery, to where their links lead."""
    for page in () if exception else Path(app.srcdir, "docs", "gallery").glob("*.html"):
        shutil.copy(page, Path(app.outdir, "docs", "gallery", page.name))


def in_signatures(app, env, node, contnode):
    """Types in signatures are links where the site has a page of them, and text where it has none."""
    parent = node.parent
    while parent is not None and not isinstance(parent, (addnodes.desc_signature, nodes.document)):
        parent = parent.parent
    return contnode if isinstance(parent, addnodes.desc_signature) else None


def setup(app):
    app.connect("doctree-read", of_repository)
    app.connect("missing-reference", in_signatures)
    app.connect("build-finished", copy_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
