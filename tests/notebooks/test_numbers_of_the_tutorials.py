"""The numbers that the originals print stand in the notebooks as our own answers.

The cells of the quick notebooks are run here. The slow ones are run, and their outputs compared with what
comes out, in tests/test_notebooks.py; here their kept outputs are read.
"""

from __future__ import annotations

import contextlib
import io
import json
import warnings
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

#: What Zygote's and Flux's pages and the originals print, in the order of the notebook.
NUMBERS = {
    "gradient_in_flux": [
        "(20.0,)", "(2.0, 1.0, 6.0)", "([0.0, 2.0], [-0.0, -2.0])", "([10.0, 5.0, 6.0], [1.0, 2.0, 4.0])",
        "(9, 9)", "([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],)", "(None,)",
        "([[1.0, 0.0, 0.0], [-1.0, 1.0, 0.0], [0.0, -1.0, 1.0]],)", "True", "(15.0, 10.0, 6.0)",
        "([14.0, 22.0], 2.0, None)", "([[7.0, 70.0, 700.0], [8.0, 80.0, 800.0]], False)", "[[2, 1], [2, 0]]",
    ],
    "zygote_gradients": [
        "(32.0,)", "(3.0, 2.0)", "(Fraction(7, 2),)", "(75.0,)", "(10.0,)", "7.211102550927978",
        "(x=0.5547001962252291, y=0.8320502943378437)", "(0.25,)",
    ],
    "zygote_adjoints_and_complex": [
        "0.479425538604203", "(0.8775825618903728,)", "(None, 0.8775825618903728)",
        "((a=2.0), 3.0)", "(3.0, 2.0)", "(-3.0, 2.0)",
        "(x=0.4472135954999579, y=0.8944271909999159)", "(0.7071067811865475,)", "(0.5403023058681398,)",
        "((2+4j),)", "(0.2-0.4j)", "(-0.2+0.4j)", "((8+12j), 0j)", "((1-2j), (1+2j))",
    ],
    "gradients_and_layers": [
        "17.5", "9.75", "2.010000000000005", "2.000100000003613", "(2.0,)", "(40.0, 30.0, 1.0)",
        "(2.0, [1.0, 5.0, 25.0])", "(1.0, [1.0, 17.5, 306.25], [0.5, 2.5, 12.5])", "[0.478101, 0.481976]",
    ],
    "matrix_calculus": [
        "gradient  [ 1.00129  0.12486 -0.51951]", "A x [ 3.10101 -2.96199 -2.93225]   x'x 2.290914008019",
        "sizes (3, 3) (3,) (3,) (1, 3) (1, 3) (3, 1) (1, 1)",
        "[[2, 2, 3, 0], [3, 5, 0, 3], [2, 0, 5, 2], [0, 2, 3, 8]]",
        "[[15, 12, 18, 6], [18, 33, 9, 27], [12, 4, 33, 18], [6, 18, 27, 60]]",
        "-21.0", "[[-3.0, 6.0, -3.0], [27.0, 2.0, -22.0], [-15.0, -5.0, 13.0]]",
        "[-0.36, 0.12, 0.12, -0.04]", "-3.25",
    ],
    "convexity_and_mlp": ["[50240, 4160, 650] 55050"],
}  # fmt: skip


#: Notebooks that train, or ask many for the same derivative.
SLOW = {"gradients_and_layers", "convexity_and_mlp"}


def cells(name: str) -> list[dict]:
    """The cells of a notebook, those that ask Julia left out."""
    found = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    return [c for c in found if "julia" not in c["metadata"].get("tags", [])]


def kept(name: str) -> list[str]:
    """All that the cells of a notebook printed when it was kept."""
    outputs = [o for c in cells(name) for o in c.get("outputs", [])]
    return "".join("".join(o["text"]) for o in outputs if o["output_type"] == "stream").splitlines()


def run(name: str) -> list[str]:
    """All that the cells of a notebook print now."""
    told, names = io.StringIO(), {"__name__": "__main__"}
    with contextlib.redirect_stdout(told), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for k, cell in enumerate(cells(name)):
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), f"{name}, cell {k}", "exec"), names)
    return told.getvalue().splitlines()


@pytest.mark.once
@pytest.mark.parametrize("name", NUMBERS)
def test_the_numbers_are_ours_in_this_order(name):
    printed = kept(name) if name in SLOW else run(name)
    ours = [line for line in printed if not line.startswith(("Julia", "Flux"))]
    answers = iter([line.removeprefix("ours").strip() for line in ours])
    for number in NUMBERS[name]:
        assert number in answers, number  # `in` goes on from where the last one was found
