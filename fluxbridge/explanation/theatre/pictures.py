"""Explanations as files: by the end of the name, a page, a picture, the sweep as an animation, or a text."""

from __future__ import annotations

import importlib.util
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ...errors import MissingPackage
from ..views.graph import graph, keys_of
from ..views.svg import Moment, svg
from .page import document

LASTS = 900  #: milliseconds of a frame
ZOOM = 2  #: pixels of a PNG for one of the picture


def frames(e: Any) -> Iterator[str]:
    """The picture of the graph at each moment of the sweeps, as SVG."""
    arguments, steps, backs = keys_of(e)
    values, done = set(arguments), set()
    g = graph(e)
    yield svg(e, Moment(g, frozenset(values), frozenset(), ""))
    for key in steps:
        values.add(key)
        yield svg(e, Moment(g, frozenset(values), frozenset(), key))
    for key in backs:
        done.add(key)
        yield svg(e, Moment(g, frozenset(values), frozenset(done), key))
    if backs:
        yield svg(e, Moment(g, frozenset(values), frozenset(done | set(arguments)), ""))


def png(picture: str) -> bytes:
    """An SVG as PNG, by resvg, on white."""
    try:
        import resvg_py
    except ImportError:
        raise MissingPackage(
            "PNG and GIF need resvg_py and Pillow: pip install 'fluxbridge[pictures]'. SVG and HTML do not."
        ) from None
    fonts = importlib.util.find_spec("matplotlib")  # it brings the font along, for machines without any
    folders = [str(Path(str(fonts.origin)).parent / "mpl-data" / "fonts" / "ttf")] if fonts else None
    made = resvg_py.svg_to_bytes(
        svg_string=picture,
        zoom=ZOOM,
        background="white",
        font_dirs=folders,
        monospace_family="DejaVu Sans Mono",
    )
    return bytes(made)


def gif(e: Any) -> bytes:
    """The sweep as an animation."""
    try:
        from PIL import Image
    except ImportError:
        raise MissingPackage(
            "GIF needs resvg_py and Pillow: pip install 'fluxbridge[pictures]'. frames() gives SVG without."
        ) from None
    first, *rest = [Image.open(io.BytesIO(png(frame))).convert("P") for frame in frames(e)]
    out = io.BytesIO()
    lasts = [LASTS] * len(rest) + [4 * LASTS]
    first.save(out, "GIF", save_all=True, append_images=rest, duration=lasts, loop=0)
    return out.getvalue()


WRITERS: dict[str, Callable[..., str | bytes]] = {
    ".html": lambda e, plots: document(e, plots),
    ".svg": lambda e, _plots: e.svg(),
    ".png": lambda e, _plots: png(e.svg()),
    ".gif": lambda e, _plots: gif(e),
    ".json": lambda e, _plots: e.json(),
    ".md": lambda e, _plots: e.markdown(),
    ".tex": lambda e, _plots: e.latex(),
    ".txt": lambda e, _plots: e.text(),
    ".dot": lambda e, _plots: e.dot(),
    ".mmd": lambda e, _plots: e.mermaid(),
}


def save(e: Any, path: str | os.PathLike[str], plots: bool = True) -> Path:
    """Write the file; raises ValueError for an ending that is not in WRITERS."""
    file = Path(path)
    writer = WRITERS.get(file.suffix.lower())
    if writer is None:
        raise ValueError(
            f"{file.name!r} does not say what to write: the name must end with {', '.join(WRITERS)}"
        )
    made = writer(e, plots)
    file.write_bytes(made if isinstance(made, bytes) else made.encode("utf8"))
    return file
