"""Writing: notebooks, scripts with ``# %%``, Markdown, text."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from .cells import Cell


def write_text(cells: list[Cell], suffix: str, julia: list[str | None] | None = None) -> str:
    """The text of a file with these cells (code is Python); ``julia`` is folded below each cell of a
    notebook or of Markdown."""
    folded: list[str | None] = julia if julia is not None else [None] * len(cells)
    if suffix == ".ipynb":
        return notebook(cells, folded)
    if suffix in (".md", ".markdown"):
        return markdown(cells, folded)
    if suffix == ".py":
        return script(cells)
    return "\n\n".join(c.text for c in cells if c.kind == "code") + "\n"


def notebook(cells: list[Cell], julia: list[str | None]) -> str:
    """A notebook of Jupyter."""
    entries: list[dict[str, Any]] = []
    for number, (cell, source) in enumerate(zip(cells, julia, strict=False)):
        name = hashlib.sha256(f"{number}:{cell.text}".encode()).hexdigest()[:8]
        if cell.kind == "prose":
            entries.append(
                {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(prose(cell.text))}
            )
            continue
        entries.append(
            {
                "cell_type": "code",
                "execution_count": None,
                "id": name,
                "metadata": {},
                "outputs": [],
                "source": _lines(cell.text),
            }
        )
        if source:
            folded = f"<details><summary>Julia</summary>\n\n```julia\n{source}\n```\n\n</details>"
            entries.append(
                {"cell_type": "markdown", "id": name[:7] + "j", "metadata": {}, "source": _lines(folded)}
            )
    data = {
        "cells": entries,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _lines(text: str) -> list[str]:
    parts = text.split("\n")
    return [p + "\n" for p in parts[:-1]] + [parts[-1]]


def prose(text: str) -> str:
    """Documenter's Markdown as Markdown: mathematics between dollars, admonitions as quotations."""
    text = re.sub(r"``([^`]+)``", r"$\1$", text)
    text = re.sub(r"```math\n(.*?)\n```", r"$$\n\1\n$$", text, flags=re.DOTALL)
    out: list[str] = []
    inside = False
    for line in text.split("\n"):
        admonition = re.match(r'^!!! (\w+)(?: "(.*)")?\s*$', line)
        if admonition:
            out.append(f"> **{admonition.group(2) or admonition.group(1).capitalize()}**")
            inside = True
        elif inside and (line.startswith("    ") or not line.strip()):
            out.append("> " + line[4:] if line.strip() else ">")
        else:
            inside = False
            out.append(line)
    return "\n".join(out)


def markdown(cells: list[Cell], julia: list[str | None]) -> str:
    """Markdown with fenced blocks of Python."""
    parts = []
    for cell, source in zip(cells, julia, strict=False):
        if cell.kind == "prose":
            parts.append(prose(cell.text))
            continue
        parts.append(f"```python\n{cell.text}\n```")
        if source:
            parts.append(f"<details><summary>Julia</summary>\n\n```julia\n{source}\n```\n\n</details>")
    return "\n\n".join(parts) + "\n"


def script(cells: list[Cell]) -> str:
    """A script with ``# %%`` cells."""
    parts = []
    for cell in cells:
        if cell.kind == "prose":
            body = "\n".join(("# " + line).rstrip() for line in prose(cell.text).split("\n"))
            parts.append(f"# %% [markdown]\n{body}")
        else:
            parts.append(f"# %%\n{cell.text}")
    return "\n\n".join(parts) + "\n"
