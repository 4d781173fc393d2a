"""The tables of the documentation are those of the table of names; the gallery is current, and runs."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from portrunning import execute

import fluxbridge
from fluxbridge import flux as Flux
from fluxbridge.flux import oldnames
from fluxbridge.port import base, guide, translate, translate_cells
from fluxbridge.port.names import ELEMENTWISE

ROWS = [
    row
    for row in (guide.DOCS / "porting.md").read_text(encoding="utf-8").splitlines()
    if row.startswith("| `") and row.count(" | ") == 1
]


@pytest.mark.parametrize("path", guide.pages(), ids=lambda path: path.name)
def test_a_page_is_current(path):
    assert path.read_text(encoding="utf-8") == guide.pages()[path], "run python -m fluxbridge.port.guide"


@pytest.mark.parametrize("path", sorted((guide.DOCS / "gallery").glob("*.jl")), ids=lambda path: path.stem)
def test_the_gallery_is_translated_as_a_whole_and_runs(path):
    if "Plots" in path.read_text(encoding="utf-8"):
        pytest.importorskip("matplotlib.pyplot").switch_backend("Agg")
    translation = translate_cells([path.read_text(encoding="utf-8")])
    assert [p.refused for p in translation.refusals] == []
    _, _, errors = execute(translation)
    assert errors == []


def test_every_name_of_the_table_exists():
    known = {"jl": base, "Flux": Flux, "np": np}
    for package, table in guide.names().items():
        for julia, python in table.items():
            module, _, name = python.partition(".")
            assert module == "plt" or hasattr(known[module], name), f"{package}.{julia} → {python}"


#: Values for the names in the rows of docs/porting.md.
NAMES = {
    "x": np.array([0.5, 1.0, 2.0]), "y": np.array([1.0, 3.0, 2.0]), "A": np.array([[4.0, 1.0], [2.0, 3.0]]),
    "B": np.array([[1.0, 2.0], [0.0, 1.0]]), "b": np.array([1.0, 2.0]), "c": np.array([True, False, True]), "a": 2.0, "n": 5,  # noqa: E501
    "xs": np.array([1.0, 2.0]), "f": np.sqrt, "z": 1 + 2j, "v": np.array([1.0, 2.0]), "p": np.array([1.0, 2.0]),  # noqa: E501
}  # fmt: skip
#: Spans that mean the same, and whose values are written otherwise: positions, generators of random numbers, objects.  # noqa: E501
OTHERWISE = (
    "argmax",
    "onecold",
    "findm",
    "rand",
    "similar",
    "eachcol",
    "eachslice",
    "collect",
    "1:10",
    "ifelse",
    "cond",
    "typeof",
    "//",
)


def spans(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def pairs():
    for row in ROWS:
        left, right = row.strip("| ").split(" | ")
        if len(spans(left)) == len(spans(right)):
            yield from zip(spans(left), spans(right), strict=True)


def evaluated(code: str):
    scope = {**NAMES, "np": np, "Flux": Flux, "fluxbridge": fluxbridge, "jl": base}
    return eval(code, scope)


def test_the_rows_for_people_and_the_translator_compute_the_same():
    equal = 0
    for julia, python in pairs():
        if any(word in julia for word in OTHERWISE):
            continue
        lines = translate("using Flux, LinearAlgebra, Statistics\n" + julia).strip().splitlines()
        if not lines or lines[-1].startswith("#"):
            continue
        made = lines[-1]
        try:
            wanted, found = evaluated(python), evaluated(made)
            if callable(wanted) or callable(found) or wanted is None:
                continue
            same = np.allclose(np.asarray(wanted, complex), np.asarray(found, complex))
        except (NameError, SyntaxError, TypeError, ValueError, AttributeError, IndexError):
            continue  # a piece of code, with names of its own
        assert same, f"{julia}: {python} is not {made}"
        equal += 1
    assert equal > 60


def test_elementwise_functions_have_the_name_that_the_rows_give():
    for julia, python in pairs():
        name = re.match(r"^(\w+)\.\(x\)$", julia)
        if name and name[1] in ELEMENTWISE:
            assert python == f"{ELEMENTWISE[name[1]][0]}(x)"


def test_the_translator_the_mirror_and_the_page_say_the_same_of_old_names():
    page = Path(guide.DOCS / "porting.md").read_text(encoding="utf-8")
    for name, old in oldnames.TABLE.items():
        assert old.now in page
        with pytest.raises(AttributeError, match=re.escape(old.now)):
            getattr(Flux, name)
        julia = name[:-1] + "!" if name.endswith("_") else name
        made = translate(f"using Flux\nFlux.{julia}(m, 3)")
        if old.renamed:
            assert f"Flux.{old.renamed}(m, 3)" in made
        else:
            assert f"is a name of older versions of Flux: {old.now}" in made
