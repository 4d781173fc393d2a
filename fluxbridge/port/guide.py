"""The tables of the documentation that are read off the table of names.

``python -m fluxbridge.port.guide`` writes them anew: docs/porting_names.md, the older names in docs/porting.md and the
gallery.
"""  # noqa: E501

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path

from ..flux import oldnames
from .lower import Lowerer, Tables
from .lower.packages import _PACKAGED, BASE_NAMES
from .names import BASE, ELEMENTWISE, REFUSED_NAMES, REFUSED_PACKAGES, SELECTED, datasets, plots
from .translate import translate_cells

DOCS = Path(__file__).parents[2] / "docs"
EVERY = frozenset(
    [
        "Flux",
        "LinearAlgebra",
        "Statistics",
        "Random",
        "StatsBase",
        "DelimitedFiles",
        "Primes",
        "MLUtils",
        "ForwardDiff",
    ]
)


def names() -> dict[str, dict[str, str]]:
    """Julia's names by package, and what each is here.

    >>> names()["Base"]["sum"], names()["LinearAlgebra"]["norm"], names()["Plots"]["heatmap"]
    ('jl.sum_', 'jl.norm', 'plt.pcolormesh')
    """
    t = Lowerer("", Tables(), True)
    t.packages = set(EVERY)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    other = {python: julia for julia, python in BASE.items()}
    for python in sorted(BASE_NAMES):
        julia = other.get(python) or (python[:-1] + "!" if python.endswith("_") else python)
        if t.helper_name(julia) == python and julia not in SELECTED:
            found[_PACKAGED.get(julia, ("Base",))[0]][julia] = f"jl.{python}"
    for julia, python in BASE.items():
        if t.helper_name(julia) == python:
            found[_PACKAGED.get(julia, ("Base",))[0]].setdefault(julia, f"jl.{python}")
    for julia, (python, _) in ELEMENTWISE.items():
        found["NNlib" if python.startswith("Flux.") else "Base"][julia] = python
    for julia in sorted(SELECTED):
        found["Flux and MLUtils, counted from 1"][julia] = "jl." + julia.replace("!", "_")
    for julia, python in plots.SERIES.items():
        found["Plots"][julia] = f"plt.{python}"
    for julia, python in plots.CHANGES.items():
        found["Plots"][julia] = f"plt.{python}"
    for julia in sorted(datasets.HERE):
        found["MLDatasets"][julia] = f"jl.{julia}"
    return dict(found)


def names_page() -> str:
    """docs/porting_names.md."""
    lines = [
        "# Every name that the translator knows",
        "",
        "Made by `python -m fluxbridge.port.guide` from the table that the translator reads. `jl` is `fluxbridge.port.base`; where the",  # noqa: E501
        "kinds of the arguments are known, NumPy or Python is written in its place. Every other name of Flux, NNlib, Optimisers,",  # noqa: E501
        "MLUtils and OneHotArrays is called as in the mirror ([flux.md](flux.md)). The rules for people are in [porting.md](porting.md).",  # noqa: E501
    ]
    for package, table in sorted(names().items(), key=lambda item: (item[0] != "Base", item[0])):
        lines += ["", f"## {package}", ""]
        lines += [", ".join(f"`{julia}` → `{python}`" for julia, python in sorted(table.items()))]
    lines += ["", "## Refused, and what to do", "", "| Julia | |", "| --- | --- |"]
    refused = {**REFUSED_PACKAGES, **REFUSED_NAMES, **datasets.ELSEWHERE, **plots.REFUSED}
    lines += [f"| `{name}` | {reason} |" for name, reason in sorted(refused.items())]
    return "\n".join(lines) + "\n"


def with_old_names(page: str) -> str:
    """docs/porting.md with its table of older names made anew."""
    table = "\n".join(oldnames.rows())
    return re.sub(
        r"(<!-- older names -->\n).*?(<!-- /older names -->)",
        lambda m: f"{m[1]}\n{table}\n\n{m[2]}",
        page,
        flags=re.DOTALL,
    )


PANEL = """## {title}

<table>
<tr><th>Julia</th><th>Python</th></tr>
<tr><td>

```julia
{julia}
```

</td><td>

```python
{python}
```

</td></tr>
</table>
"""


def gallery() -> str:
    """docs/porting_gallery.md: the programs of docs/gallery beside their translations."""
    lines = [
        "# Julia on the left, Python on the right",
        "",
        "Small programs as `fluxbridge port` translates them, for learning. Made by `python -m fluxbridge.port.guide` from the files in",  # noqa: E501
        "[gallery/](gallery/); the tests run them. `jl` is `fluxbridge.port.base`, which does what Julia does where the kind of a value is",  # noqa: E501
        "not certain ([porting_tool.md](porting_tool.md)).",
        "",
    ]
    for path in sorted((DOCS / "gallery").glob("*.jl")):
        title, _, julia = path.read_text(encoding="utf-8").partition("\n")
        python = translate_cells([julia.strip()]).code.rstrip()
        lines.append(PANEL.format(title=title.lstrip("# "), julia=julia.strip(), python=python))
    return "\n".join(lines)


def pages() -> dict[Path, str]:
    """The pages that are made here."""
    porting = DOCS / "porting.md"
    return {
        DOCS / "porting_names.md": names_page(),
        DOCS / "porting_gallery.md": gallery(),
        porting: with_old_names(porting.read_text(encoding="utf-8")),
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.name, file=sys.stderr)
