"""Figures of matplotlib beside each other, as ``plot(p1, p2; layout = (1, 2))`` shows plots."""

from __future__ import annotations

import math
from typing import Any


def side_by_side(*figures: Any, layout: Any = None) -> Any:
    """A figure with pictures of the others, in rows; `layout` is the number of rows and columns, or of plots."""  # noqa: E501
    import matplotlib.pyplot as plt
    import numpy as np

    if isinstance(layout, tuple):
        rows, columns = layout
    else:
        columns = math.ceil(math.sqrt(len(figures)))
        rows = math.ceil(len(figures) / columns)
    pictures = []
    for figure in figures:
        figure.canvas.draw()
        pictures.append(np.asarray(figure.canvas.buffer_rgba()).copy())
        plt.close(figure)
    height, width = pictures[0].shape[:2]
    made, axes = plt.subplots(
        rows, columns, figsize=(6.4 * columns, 6.4 * columns * rows * height / width / columns), squeeze=False
    )
    for place in axes.ravel():
        place.axis("off")
    for place, picture in zip(axes.ravel(), pictures, strict=False):
        place.imshow(picture)
    made.tight_layout(pad=0)
    return made


__all__ = ["side_by_side"]
