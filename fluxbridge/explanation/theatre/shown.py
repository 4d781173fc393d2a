"""Where a page appears: below the cell of a notebook, or in a browser."""

from __future__ import annotations

import os
import sys
import tempfile
import webbrowser
from pathlib import Path
from typing import Any

from .page import document, element


def in_notebook() -> bool:
    """Does a kernel of Jupyter run this? Without importing IPython."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def show(e: Any, plots: bool) -> Path | None:
    """Display the page; the file if it was opened in a browser."""
    if in_notebook():
        from IPython.display import HTML, display

        display(HTML(element(e, plots)))
        return None
    return open_in_browser(document(e, plots))


def open_in_browser(page: str) -> Path:
    """A file in the folder for temporary ones, and a browser asked to open it."""
    handle, name = tempfile.mkstemp(prefix="fluxbridge-", suffix=".html")
    with os.fdopen(handle, "w", encoding="utf8") as file:
        file.write(page)
    webbrowser.open(Path(name).as_uri())
    return Path(name)
