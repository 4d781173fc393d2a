"""A page in a notebook whose sliders and fields are answered by Python: an anywidget."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ...errors import MissingPackage
from ...recording.point import Point
from ..run import ExplainedRun
from .content import content
from .javascript import script
from .page import library, resource

ESM = """
%s
export default {
  render({ model, el }) {
    const root = document.createElement("div");
    root.className = "fb-theatre live";
    el.append(root);
    const ask = (point) => { model.set("point", { ...point }); model.save_changes(); };
    const stage = new Stage(root, model.get("content"), ask);
    const show = () => stage.replace(model.get("content"), model.get("note"));
    model.on("change:content", show);
    model.on("change:note", show);
    return () => { stage.stop(); model.off("change:content", show); model.off("change:note", show); };
  },
};
"""


def elsewhere(e: ExplainedRun, point: dict[str, Any]) -> ExplainedRun:
    """The same explanation at other arguments: by the numbers of leaves, numbers and ``{shape, flat}``."""
    arguments = Point(e.xs)
    leaves = {}
    for key, value in point.items():
        k = int(key)
        if isinstance(value, dict):
            leaves[k] = np.array(value["flat"], arguments.arrays[k].dtype).reshape(value["shape"])
        else:
            number = float(value)
            whole = isinstance(arguments.leaves[k], int) and number.is_integer()
            leaves[k] = np.array(int(number) if whole else number)
    return e.at(*arguments.with_leaves(leaves))  # type: ignore[attr-defined]


def play(e: ExplainedRun, plots: bool = True) -> Any:
    """The widget. Raises MissingPackage, with the command, where anywidget is absent."""
    try:
        import anywidget
        import traitlets
    except ImportError:
        raise MissingPackage(
            "play() needs anywidget: pip install 'fluxbridge[widget]'. Without it there are "
            'explain(...).show() and explain(...).save("page.html").'
        ) from None

    class Theatre(anywidget.AnyWidget):  # type: ignore[misc]
        """`point` is set by the page; `content` and `note` answer it."""

        _esm = ESM % "\n".join([library(), script((), ())])
        _css = resource("theatre.css")
        content = traitlets.Dict().tag(sync=True)
        point = traitlets.Dict().tag(sync=True)
        note = traitlets.Unicode().tag(sync=True)

        @traitlets.observe("point")
        def _moved(self, change: Any) -> None:
            try:
                self.explanation = elsewhere(e, change["new"])
                found = content(self.explanation, plots, kernel=True)
            except Exception as error:  # whatever the function raises there is shown beside the page
                self.note = f"At this point the function raises {type(error).__name__}: {error}"
                return
            found["fields"] = self.content["fields"]  # the sliders stay where they are
            self.note = ""
            self.content = found

    widget = Theatre(content=content(e, plots, kernel=True))
    widget.explanation = copy.copy(e)
    return widget
